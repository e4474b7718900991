/* nsw demo: three imports on three days, told to somebody who is here for the first time. */
#include <string.h>

#include "cli/command.h"
#include "cli/demo/demo.h"
#include "cli/interrupt.h"

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
	"The same import on three days, as ministries and partners join the window: sent, "
	"receipted, "
	"decided electronically or on paper, answered; a silent ministry, a certificate from "
	"abroad, "
	"a forged, a repeated and a broken declaration; and the proof of it all. Everything is "
	"real "
	"but the ministries.\vExit code 0 only when each thing happened as told. Nothing is left "
	"behind.",
	NULL,
	NULL,
	NULL
};

/* ---- the story's days, and its chapters ------------------------------------------------------------------------------------- */

/* Days of the calendar; each import is drawn up for its day. */
static const struct story stories[STORIES] = {
	[PILOT] = { .date = "2014-02-26", .sample = "shrimp-thailand" },
	[PARTNER] = { .date = "2015-09-08", .sample = "shrimp-thailand-2015-09" },
	[JOINED] = { .date = "2015-12-01", .sample = "shrimp-thailand-2015-12" },
};

static const struct chapter {
	const char *title;
	demo_chapter *tell;
	const struct story *day; /* on which it begins; NULL: it has none */
} chapters[] = {
	{ "What one import needs, day by day", demo_needs, NULL },
	{ "the window opens", demo_opening, &stories[PILOT] },
	{ "papers beside one electronic answer", demo_papers, &stories[PILOT] },
	{ "a partner abroad is connected, beside paper", demo_parallel, &stories[PARTNER] },
	{ "a form D arrives from Thailand", demo_arriving, &stories[JOINED] },
	{ "a ministry that has joined does not answer", demo_silence, &stories[JOINED] },
	{ "cleared, and Thailand hears of it", demo_utilisation, &stories[JOINED] },
	{ "Changed, sent twice, full of mistakes", demo_refusals, NULL },
	{ "The record, and proof that leaves the house", demo_proof, NULL },
};
#define CHAPTERS (sizeof chapters / sizeof *chapters)

static const char *title_of(const struct demo *demo, const struct chapter *chapter)
{
	if (chapter->day == NULL)
		return chapter->title;
	return arena_printf(demo->arena, "%s: %s", chapter->day->date, chapter->title);
}

static struct row *chapter_row(const struct demo *demo, const struct chapter *chapter, bool told)
{
	struct row *row = row_new("chapter");

	row_put(row, "chapter", title_of(demo, chapter));
	row_put(row, "result", demo->result);
	row_put_flag(row, "as_told", told);
	return row;
}

static bool tell_all(struct demo *demo, struct row **rows, size_t *count, struct failure *why)
{
	bool told = true;

	for (*count = 0; told && *count < CHAPTERS; (*count)++) {
		const struct chapter *chapter = &chapters[*count];

		output_print(demo->session->output, "\n%zu. %s\n\n", *count + 1,
			     title_of(demo, chapter));
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

	demo_pause(demo);
	table = table_begin(demo->session->output, columns, 3, false);
	for (size_t i = 0; i < count; i++)
		table_add(table, rows[i]);
	table_end(table);
}

static void tell_next(struct demo *demo, bool keep, uint64_t began)
{
	struct output *output = demo->session->output;

	output_print(output, "\nAll of it happened as told, in %.1f s%s.\n\n",
		     (double)(monotonic_ms() - began) / 1000,
		     keep ? "" : ", and nothing of it is left");
	output_print(
		output,
		"Where to go from here:\n"
		"   nsw up --date %s --skip-time --detach   a sandbox that stays\n"
		"   nsw samples ls                                  documents to try\n"
		"   nsw plan FILE                                   what one needs, on any day\n"
		"   nsw submit FILE --wait                          send one, see what becomes of "
		"it\n"
		"   nsw timeline, nsw date next                     the calendar, and on to its "
		"next day\n"
		"   nsw help                                        everything else\n"
		"README.md tells how to add a kind of document, a rule, an agency.\n",
		demo->stories[PILOT].date);
}

/* ---- all of it --------------------------------------------------------------------------------- */

/* Where rows are asked for, people read the other stream. */
static void tell_banner(struct session *session)
{
	static const char banner[] = "Simulation: not connected to any government system.";

	if (output_style_of(session->output).form == OUTPUT_JSON)
		output_say(session->output, "%s", banner);
	else
		output_print(session->output, "%s\n", banner);
	output_flush(session->output);
}

static bool tell_story(struct demo *demo, bool keep, struct failure *why)
{
	uint64_t began = monotonic_ms();
	struct row *rows[CHAPTERS];
	size_t count = 0;
	bool told;

	output_print(demo->session->output,
		     "The single window, in one story. Everything is real but the ministries.\n");
	if (!demo_prepare(demo, why))
		return false;
	told = tell_all(demo, rows, &count, why);
	tell_table(demo, rows, count);
	demo_pause(demo);
	if (!told || !demo_attendance(demo, why))
		return false;
	tell_next(demo, keep, began);
	return true;
}

static enum exit_code tell(struct demo *demo, bool *keep)
{
	enum exit_code code = EXIT_DONE;
	struct failure why;

	tell_banner(demo->session);
	if (!tell_story(demo, *keep, &why)) {
		code = exit_worse(EXIT_UNMET, session_failed(demo->session, &why));
		*keep = true; /* its logs are wanted now */
	}
	tell_banner(demo->session);
	return code;
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { 0 };
	struct demo demo = { .session = session, .arena = session->arena };
	enum exit_code code;

	command_line(session, &argp, argc, argv, &options);
	interrupt_catch();
	memcpy(demo.stories, stories, sizeof stories);
	code = tell(&demo, &options.keep);
	demo_stop(&demo, options.keep && interrupts() == 0);
	return interrupts() > 0 ? EXIT_INTERRUPTED : code;
}

const struct command command_demo = { "demo", GROUP_RUN, "one import on three days, explained",
				      &argp, run };
