/* nsw ls: messages of the gateway, newest first. */
#include <limits.h>

#include "cli/command.h"

struct options {
	struct session *session;
	const char *state, *party, *kind, *case_id;
	long limit;
	long since;
	bool failed;
};

enum { KEY_STATE_OF = 0x2000, KEY_PARTY, KEY_KIND, KEY_SINCE, KEY_FAILED, KEY_CASE };

static const struct argp_option argp_options[] = {
	{ "in", KEY_STATE_OF, "STATE", 0, "Only in this state: CLEARED, REFUSED...", 0 },
	{ "party", KEY_PARTY, "PARTY", 0, "Only from this party", 0 },
	{ "kind", KEY_KIND, "ID", 0, "Only of this kind", 0 },
	{ "case", KEY_CASE, "CASE", 0, "Only of this case", 0 },
	{ "since", KEY_SINCE, "SEQ", 0, "Only after this journal record", 0 },
	{ "failed", KEY_FAILED, NULL, 0, "Only what was refused or is stuck", 0 },
	{ "limit", 'n', "N", 0, "At most so many (100)", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_STATE_OF:
		options->state = value;
		return 0;
	case KEY_PARTY:
		options->party = value;
		return 0;
	case KEY_KIND:
		options->kind = value;
		return 0;
	case KEY_CASE:
		options->case_id = value;
		return 0;
	case KEY_SINCE:
		options->since = command_number(state, value, 0, LONG_MAX);
		return 0;
	case KEY_FAILED:
		options->failed = true;
		return 0;
	case 'n':
		options->limit = command_number(state, value, 1, 100000);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	argp_options, parse, NULL, "Messages the gateway has taken or refused, newest first.",
	NULL,	      NULL,  NULL
};

static const struct column columns[] = {
	{ .name = "seq", .right = true },
	{ .name = "time" },
	{ .name = "kind" },
	{ .name = "from" },
	{ .name = "reference" },
	{ .name = "number" },
	{ .name = "state", .word = true },
	{ .name = "code" },
	{ .name = "id" },
};

static struct row *question(const struct session *session, const struct options *options)
{
	struct row *row = row_new("ask");

	row_put(row, "ask", "messages");
	row_put_number(row, "limit", options->limit);
	if (options->state != NULL)
		row_put(row, "state", options->state);
	if (options->party != NULL)
		row_put(row, "party", options->party);
	if (options->kind != NULL)
		row_put(row, "kind", options->kind);
	if (options->case_id != NULL)
		row_put(row, "case", options->case_id);
	if (options->since > 0)
		row_put_number(row, "since", options->since);
	if (options->failed)
		row_put_flag(row, "failed", true);
	if (session->run != NULL)
		row_put(row, "run", session->run);
	return row;
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { .session = session, .limit = 100 };
	struct answer answer;
	struct failure why;
	struct table *table;

	command_line(session, &argp, argc, argv, &options);
	if (!session_ask(session, question(session, &options), &answer, &why))
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

const struct command command_ls = { "ls", GROUP_LOOK, "messages, newest first", &argp, run };
