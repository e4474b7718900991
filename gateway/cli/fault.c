/* nsw fault: what is to go wrong at the parties. */
#include <string.h>

#include "cli/command.h"
#include "core/fault.h"

/* ---- add ------------------------------------------------------------------------------------------ */

struct add_options {
	struct session *session;
	struct words words; /* as they are to stand in the line */
};

enum {
	KEY_ON = 0x2000,
	KEY_BY,
	KEY_JITTER,
	KEY_CODE,
	KEY_TEXT,
	KEY_DOCUMENT,
	KEY_FIRST,
	KEY_EVERY,
	KEY_PROBABILITY,
	KEY_FOR,
	KEY_ID
};

static const struct argp_option add_argp_options[] = {
	{ "on", KEY_ON, "SIDE", 0, "What is delivered (request) or what is answered (reply)", 0 },
	{ "by", KEY_BY, "TIME", 0, "Of delay: gateway time", 0 },
	{ "jitter", KEY_JITTER, "TIME", 0, "Of delay: up to so much more", 0 },
	{ "code", KEY_CODE, "CODE", 0, "Of reject: the code that refuses", 0 },
	{ "text", KEY_TEXT, "TEXT", 0, "Of reject: what the refusal says", 0 },
	{ "document", KEY_DOCUMENT, "KIND", 0, "Only messages of this kind", 1 },
	{ "first", KEY_FIRST, "N", 0, "At most so many attempts of each message", 1 },
	{ "every", KEY_EVERY, "N", 0, "Each N-th attempt at that party that fits", 1 },
	{ "probability", KEY_PROBABILITY, "P", 0, "From 0 to 1; drawn by the gateway's seed", 1 },
	{ "for", KEY_FOR, "TIME", 0, "So much gateway time from now on", 1 },
	{ "id", KEY_ID, "ID", 0, "What it is called, instead of f-1, f-2 ...", 1 },
	{ 0 },
};

static const char *name_of(int key)
{
	for (size_t i = 0; add_argp_options[i].name != NULL; i++)
		if (add_argp_options[i].key == key)
			return add_argp_options[i].name;
	return NULL;
}

static void add_value(struct add_options *options, const char *name, const char *value)
{
	struct text word = TEXT_EMPTY;

	fault_write_value(&word, name, value);
	words_add(options->session, &options->words,
		  arena_string(options->session->arena, word.bytes));
	text_free(&word);
}

/* The shell has taken the quotes of a value away. */
static void add_word(struct add_options *options, const char *word)
{
	const char *equals = strchr(word, '=');

	if (equals == NULL || equals == word)
		words_add(options->session, &options->words, word);
	else
		add_value(options,
			  arena_printf(options->session->arena, "%.*s", (int)(equals - word), word),
			  equals + 1);
}

static error_t parse_add(int key, char *value, struct argp_state *state)
{
	struct add_options *options = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		add_word(options, command_word(state, value, "argument"));
		return 0;
	case ARGP_KEY_END:
		if (options->words.count < 2)
			argp_error(state, "PARTY and KIND are missing");
		return 0;
	default:
		if (name_of(key) == NULL)
			return ARGP_ERR_UNKNOWN;
		add_value(options, name_of(key), command_word(state, value, name_of(key)));
		return 0;
	}
}

static const struct argp add_argp = {
	add_argp_options,
	parse_add,
	"PARTY KIND [NAME=VALUE...]",
	"From now on this goes wrong at a party. Kinds: delay, drop, duplicate, reorder, corrupt, "
	"truncate, bad-signature, expired-certificate, wrong-version, reject, hang, "
	"down.\vWhat the options say may also be written NAME=VALUE, as in settings and "
	"scenarios: nsw fault add PARTY drop on=request first=2. With --run LABEL only messages of "
	"that run are struck. Each time it strikes is a line in the message's trace (nsw show).",
	NULL,
	NULL,
	NULL
};

static const char *line_of(const struct add_options *options)
{
	const char *line = "";

	for (size_t i = 0; i < options->words.count; i++)
		line = arena_printf(options->session->arena, "%s%s%s", line, i > 0 ? " " : "",
				    options->words.words[i]);
	return line;
}

/* The question of an order; a member that is NULL is left out. */
static struct row *order(const char *what, const char *name, const char *value, const char *run)
{
	struct row *question = row_new("ask");

	row_put(question, "ask", "fault");
	row_put(question, "do", what);
	if (name != NULL)
		row_put(question, name, value);
	if (run != NULL)
		row_put(question, "run", run);
	return question;
}

static bool add(struct session *session, const char *line, struct failure *why)
{
	struct answer answer;
	struct fault fault;

	/* What its grammar refuses needs no gateway; who there is only the gateway knows. */
	if (!fault_parse(&fault, session->arena, line, NULL, why) ||
	    !session_ask(session, order("add", "spec", line, session->run), &answer, why))
		return false;
	if (answer.count > 0) {
		const char *id = row_text(answer.rows[0], "id", session->arena);

		output_print(session->output, "%s\n", id);
		output_say(session->output, "%s: %s", id,
			   row_text(answer.rows[0], "spec", session->arena));
		output_row(session->output, answer.rows[0]);
		answer.rows[0] = NULL;
	}
	answer_free(&answer);
	return true;
}

static enum exit_code run_add(struct session *session, int argc, char **argv)
{
	struct add_options options = { .session = session };
	struct failure why;

	command_line(session, &add_argp, argc, argv, &options);
	return add(session, line_of(&options), &why) ? EXIT_DONE : session_failed(session, &why);
}

/* ---- ls --------------------------------------------------------------------------------------------- */

static const struct argp ls_argp = {
	NULL,
	NULL,
	NULL,
	"The faults there are: how many attempts each fitted, and how many it struck. With --run "
	"LABEL those of that run.",
	NULL,
	NULL,
	NULL
};

static const struct column columns[] = {
	{ .name = "id" },
	{ .name = "party" },
	{ .name = "kind" },
	{ .name = "on" },
	{ .name = "seen", .right = true },
	{ .name = "fired", .right = true },
	{ .name = "until" },
	{ .name = "run" },
	{ .name = "spec" },
};

static enum exit_code run_ls(struct session *session, int argc, char **argv)
{
	struct row *question;
	struct answer answer;
	struct failure why;
	struct table *table;

	command_line(session, &ls_argp, argc, argv, NULL);
	question = row_new("ask");
	row_put(question, "ask", "faults");
	if (session->run != NULL)
		row_put(question, "run", session->run);
	if (!session_ask(session, question, &answer, &why))
		return session_failed(session, &why);
	table = table_begin(session->output, columns, sizeof columns / sizeof *columns, false);
	for (size_t i = 0; i < answer.count; i++) {
		table_add(table, answer.rows[i]);
		answer.rows[i] = NULL;
	}
	table_end(table);
	answer_free(&answer);
	return EXIT_DONE;
}

/* ---- rm, reset ---------------------------------------------------------------------------------------- */

static enum exit_code remove_by(struct session *session, struct row *question)
{
	struct answer answer;
	struct failure why;
	int64_t count = 0;

	if (!session_ask(session, question, &answer, &why))
		return session_failed(session, &why);
	if (answer.count > 0) {
		row_get_number(answer.rows[0], "count", &count);
		output_row(session->output, answer.rows[0]);
		answer.rows[0] = NULL;
	}
	answer_free(&answer);
	output_say(session->output, "%lld fault%s removed", (long long)count,
		   count == 1 ? "" : "s");
	return EXIT_DONE;
}

static error_t parse_rm(int key, char *value, struct argp_state *state)
{
	return command_one(state, key, value, "ID", state->input);
}

static const struct argp rm_argp = { NULL, parse_rm, "ID", "Remove a fault.", NULL, NULL, NULL };

static enum exit_code run_rm(struct session *session, int argc, char **argv)
{
	const char *id = NULL;

	command_line(session, &rm_argp, argc, argv, &id);
	return remove_by(session, order("rm", "id", id, NULL));
}

static const struct argp reset_argp = {
	NULL, NULL, NULL, "Remove all faults, or with --run LABEL those of that run.",
	NULL, NULL, NULL
};

static enum exit_code run_reset(struct session *session, int argc, char **argv)
{
	command_line(session, &reset_argp, argc, argv, NULL);
	return remove_by(session, order("reset", NULL, NULL, session->run));
}

const struct command command_fault_add = { "fault add", GROUP_STEER, "let something go wrong",
					   &add_argp, run_add };
const struct command command_fault_ls = { "fault ls", GROUP_STEER, "what is to go wrong", &ls_argp,
					  run_ls };
const struct command command_fault_rm = { "fault rm", GROUP_STEER, "remove a fault", &rm_argp,
					  run_rm };
const struct command command_fault_reset = { "fault reset", GROUP_STEER, "remove all faults",
					     &reset_argp, run_reset };
