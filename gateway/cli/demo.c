/* nsw demo: one declaration all the way, told to somebody who is here for the first time. */
#include "cli/demo.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/interrupt.h"

#define DATE "2014-02-26" /* the day the window opened */

static const char banner[] = "Simulation: not connected to any government system.";

struct options {
	bool keep;
};

static const struct argp_option argp_options[] = {
	{ "keep", 'k', NULL, 0, "Leave the state folder, and say where it is", 0 }, { 0 }
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	(void)value;
	if (key != 'k')
		return ARGP_ERR_UNKNOWN;
	options->keep = true;
	return 0;
}

static const struct argp argp = {
	argp_options,
	parse,
	NULL,
	"One declaration all the way: sent, receipted, decided, answered; a forged, a repeated and "
	"a broken one; and the proof of it all. Everything is real but the ministries.\vExit code "
	"0 "
	"only when each thing happened as told. Nothing is left behind.",
	NULL,
	NULL,
	NULL
};

/* ---- telling ------------------------------------------------------------------------------------- */

void demo_say(struct demo *demo, const char *format, ...)
{
	struct text line = TEXT_EMPTY;
	char part[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(part, sizeof part, format, arguments);
	va_end(arguments);
	cell_add(&line, part);
	output_print(demo->session->output, "   %s\n", line.bytes);
	output_flush(demo->session->output);
	text_free(&line);
}

void demo_result(struct demo *demo, const char *format, ...)
{
	char part[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(part, sizeof part, format, arguments);
	va_end(arguments);
	demo->result = arena_string(demo->arena, part);
}

bool demo_otherwise(struct failure *why, const char *expected, const char *found)
{
	return reject(why, "CLI-015", "this should have happened: %s; and this did: %s", expected,
		      found);
}

/* ---- chapters ------------------------------------------------------------------------------------- */

static const struct chapter {
	const char *title;
	demo_chapter *tell;
} chapters[] = {
	{ "Who is there", demo_who },
	{ "A trader hands in a declaration, once", demo_sending },
	{ "Everybody who must decide decides", demo_decision },
	{ "The trader gets the answers", demo_mailbox },
	{ "One byte changed after signing", demo_forged },
	{ "The same message sent twice", demo_twice },
	{ "A declaration with mistakes", demo_broken },
	{ "The record of it all", demo_journal },
	{ "Proof that leaves the house", demo_export },
};
#define CHAPTERS (sizeof chapters / sizeof *chapters)

static struct row *chapter_row(const struct demo *demo, const struct chapter *chapter, bool told)
{
	struct row *row = row_new("chapter");

	row_put(row, "chapter", chapter->title);
	row_put(row, "result", demo->result);
	row_put_flag(row, "as_told", told);
	return row;
}

static bool tell_all(struct demo *demo, struct row **rows, size_t *count, struct failure *why)
{
	bool told = true;

	for (*count = 0; told && *count < CHAPTERS; (*count)++) {
		const struct chapter *chapter = &chapters[*count];

		output_print(demo->session->output, "\n%zu. %s\n\n", *count + 1, chapter->title);
		demo->result = NULL;
		told = chapter->tell(demo, why);
		rows[*count] = chapter_row(demo, chapter, told);
	}
	return told;
}

static void tell_table(struct demo *demo, struct row **rows, size_t count)
{
	static const struct column columns[] = { { .name = "chapter" },
						 { .name = "as_told", .word = true },
						 { .name = "result" } };
	struct table *table;

	output_print(demo->session->output, "\n");
	table = table_begin(demo->session->output, columns, 3, false);
	for (size_t i = 0; i < count; i++)
		table_add(table, rows[i]);
	table_end(table);
}

static void tell_next(struct demo *demo, uint64_t began)
{
	struct output *output = demo->session->output;

	output_print(
		output,
		"\nAll of it happened as told, in %.1f s, and nothing of it is left.\n\n"
		"Where to go from here:\n"
		"   nsw up --date " DATE " --skip-time --detach   a sandbox that stays\n"
		"   nsw samples ls                                  declarations to try\n"
		"   nsw submit FILE --wait                          send one, see what becomes of "
		"it\n"
		"   nsw help                                        everything else\n"
		"README.md has three recipes: how to add a kind of document, a rule, an agency.\n"
		"%s\n",
		(double)(monotonic_ms() - began) / 1000, banner);
}

/* ---- a place of its own ---------------------------------------------------------------------------- */

static bool make_folder(struct demo *demo, struct failure *why)
{
	struct session *session = demo->session;
	const char *scratch = session->sandbox.scratch;
	char *folder = arena_printf(demo->arena, "%s/demo.XXXXXX", scratch);

	if (!folder_make(scratch, 0777) || mkdtemp(folder) == NULL) {
		reject(why, "CLI-006", "no folder can be made here for the demo");
		return failure_at(why, "%s", scratch);
	}
	demo->folder = folder;
	session->sandbox.state = arena_printf(demo->arena, "%s/state", folder);
	session->gateway = session->keys = session->run = NULL; /* this sandbox, whatever is set */
	return true;
}

static void remove_folder(struct demo *demo)
{
	const char *const command[] = { "/bin/rm", "-rf", demo->folder, NULL };
	struct failure why;

	if (demo->folder != NULL && !process_run(command, &why))
		session_failed(demo->session, &why);
}

static bool start(struct demo *demo, struct failure *why)
{
	struct running_choice choice = {
		.given = { { "date", DATE }, { "skip-time", "yes" }, { "seed", "1" } },
		.count = 3,
		.quiet = true,
	};

	return make_folder(demo, why) &&
	       running_start(&demo->running, demo->session, &choice, why) &&
	       follower_open(&demo->follower, demo->session, why);
}

static void stop(struct demo *demo, bool keep)
{
	client_close(demo->trader);
	follower_close(&demo->follower);
	outgoing_free(&demo->declaration);
	if (demo->running.session != NULL)
		running_stop(&demo->running);
	if (!keep)
		remove_folder(demo);
	else if (demo->folder != NULL)
		output_say(demo->session->output, "left for you: %s", demo->folder);
}

/* ---- all of it --------------------------------------------------------------------------------------- */

static enum exit_code tell_story(struct demo *demo, bool *keep)
{
	uint64_t began = monotonic_ms();
	struct row *rows[CHAPTERS];
	struct failure why;
	size_t count = 0;
	bool told;

	output_print(
		demo->session->output,
		"The single window, in one story. Everything is real but the ministries.\n%s\n",
		banner);
	if (!start(demo, &why)) {
		*keep = demo->folder != NULL;
		return session_failed(demo->session, &why);
	}
	told = tell_all(demo, rows, &count, &why);
	tell_table(demo, rows, count);
	if (told) {
		tell_next(demo, began);
		return EXIT_DONE;
	}
	*keep = true; /* its logs are wanted now */
	return exit_worse(EXIT_UNMET, session_failed(demo->session, &why));
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { 0 };
	struct demo demo = { .session = session };
	enum exit_code code;

	command_line(session, &argp, argc, argv, &options);
	interrupt_catch();
	demo.arena = session->arena;
	code = tell_story(&demo, &options.keep);
	stop(&demo, options.keep && interrupts() == 0);
	return interrupts() > 0 ? EXIT_INTERRUPTED : code;
}

const struct command command_demo = { "demo", GROUP_RUN, "one declaration all the way, explained",
				      &argp, run };
