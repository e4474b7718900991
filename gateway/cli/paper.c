/* nsw paper: tasks that an agency decides on paper, and its decisions by hand. */
#include <string.h>

#include "cli/command.h"
#include "cli/follow.h"

/* ---- ls -------------------------------------------------------------------------------------------- */

struct ls_options {
	const char *id;
};

static error_t parse_ls(int key, char *value, struct argp_state *state)
{
	struct ls_options *options = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (options->id != NULL)
		argp_error(state, "one ID at a time");
	options->id = command_word(state, value, "ID");
	return 0;
}

static const struct argp ls_argp = {
	NULL,
	parse_ls,
	"[ID]",
	"What waits for a decision on paper, of all cases or of one: at which counter, and when "
	"the "
	"simulation of the agency decides if nobody does before.\vID is a message id (its first 8 "
	"characters are enough), a declaration number or a reference.",
	NULL,
	NULL,
	NULL
};

static const struct column columns[] = {
	{ .name = "number" },  { .name = "party" },	{ .name = "procedure" }, { .name = "due" },
	{ .name = "counter" }, { .name = "reference" }, { .name = "case" },
};

/* The case that an id means, so that any name of it will do. */
static bool find_case(struct session *session, const char *id, const char **case_id,
		      struct failure *why)
{
	struct client *client;
	struct answer answer;
	bool found;

	if (!session_connect(session, &client, NULL, false, why))
		return false;
	found = follow_message_of(client, session->run, id, &answer, why);
	client_close(client);
	if (!found)
		return false;
	*case_id = arena_string(session->arena, row_get(answer.rows[0], "case") ?: "-");
	answer_free(&answer);
	return true;
}

static bool of_case(const struct row *paper, const char *case_id)
{
	const char *of = row_get(paper, "case");

	return case_id == NULL || (of != NULL && strcmp(of, case_id) == 0);
}

static bool list(struct session *session, const char *id, struct failure *why)
{
	struct row *question;
	const char *case_id = NULL;
	struct answer papers;
	struct table *table;

	if (id != NULL && !find_case(session, id, &case_id, why))
		return false;
	question = row_new("ask");
	row_put(question, "ask", "papers");
	if (session->run != NULL)
		row_put(question, "run", session->run);
	if (!session_ask(session, question, &papers, why))
		return false;
	table = table_begin(session->output, columns, sizeof columns / sizeof *columns, false);
	for (size_t i = 0; i < papers.count; i++) {
		if (!of_case(papers.rows[i], case_id))
			continue;
		table_add(table, papers.rows[i]);
		papers.rows[i] = NULL;
	}
	table_end(table);
	answer_free(&papers);
	return true;
}

static enum exit_code run_ls(struct session *session, int argc, char **argv)
{
	struct ls_options options = { 0 };
	struct failure why;

	command_line(session, &ls_argp, argc, argv, &options);
	return list(session, options.id, &why) ? EXIT_DONE : session_failed(session, &why);
}

/* ---- decide ------------------------------------------------------------------------------------------ */

struct decide_options {
	const char *id, *agency, *procedure, *permit, *text;
	bool refuse;
};

enum { KEY_AGENCY = 0x2000, KEY_PROCEDURE, KEY_PERMIT, KEY_REFUSE, KEY_TEXT };

static const struct argp_option decide_argp_options[] = {
	{ "agency", KEY_AGENCY, "PARTY", 0, "Who has decided", 0 },
	{ "procedure", KEY_PROCEDURE, "ID", 0,
	  "Under which procedure, where the agency has several in the case", 0 },
	{ "permit", KEY_PERMIT, "NUMBER", 0, "Number of the paper that was issued", 0 },
	{ "refuse", KEY_REFUSE, NULL, 0, "It was refused", 0 },
	{ "text", KEY_TEXT, "TEXT", 0, "Why, with --refuse", 0 },
	{ 0 },
};

static void check_complete(struct argp_state *state, const struct decide_options *options)
{
	if (options->agency == NULL)
		argp_error(state, "--agency PARTY is missing");
	if (!options->refuse && options->permit == NULL)
		argp_error(state, "--permit NUMBER is missing, or --refuse");
	if (options->refuse != (options->text != NULL))
		argp_error(state, "--refuse and --text TEXT go together");
}

static error_t parse_decide(int key, char *value, struct argp_state *state)
{
	struct decide_options *options = state->input;

	switch (key) {
	case KEY_AGENCY:
		options->agency = command_word(state, value, "PARTY");
		return 0;
	case KEY_PROCEDURE:
		options->procedure = command_word(state, value, "ID");
		return 0;
	case KEY_PERMIT:
		options->permit = command_word(state, value, "NUMBER");
		return 0;
	case KEY_REFUSE:
		options->refuse = true;
		return 0;
	case KEY_TEXT:
		options->text = command_word(state, value, "TEXT");
		return 0;
	case ARGP_KEY_END:
		check_complete(state, options);
		return 0;
	default:
		return command_one(state, key, value, "ID", &options->id);
	}
}

static const struct argp decide_argp = {
	decide_argp_options,
	parse_decide,
	"ID",
	"An agency has decided at its counter: enter what the paper says, instead of waiting for "
	"its "
	"simulation. The case goes on as after an electronic decision.\vID as in `nsw show`; `nsw "
	"paper ls` shows what waits. Exit code 3 when nothing of that agency waits on paper there.",
	NULL,
	NULL,
	NULL
};

static struct row *decision(const struct decide_options *options)
{
	const struct {
		const char *name, *value;
	} members[] = {
		{ "ask", "paper" },
		{ "id", options->id },
		{ "agency", options->agency },
		{ "procedure", options->procedure },
		{ "permit", options->permit },
		{ "status", options->refuse ? "REFUSED" : "APPROVED" },
		{ "text", options->text },
	};
	struct row *question = row_new("ask");

	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (members[i].value != NULL)
			row_put(question, members[i].name, members[i].value);
	return question;
}

static enum exit_code run_decide(struct session *session, int argc, char **argv)
{
	struct decide_options options = { 0 };
	struct answer answer;
	struct failure why;
	int64_t count = 0;

	command_line(session, &decide_argp, argc, argv, &options);
	if (!session_ask(session, decision(&options), &answer, &why))
		return session_failed(session, &why);
	if (answer.count > 0) {
		row_get_number(answer.rows[0], "count", &count);
		output_row(session->output, answer.rows[0]);
		answer.rows[0] = NULL;
	}
	answer_free(&answer);
	output_say(session->output, "%lld decision%s of %s entered", (long long)count,
		   count == 1 ? "" : "s", options.agency);
	return count > 0 ? EXIT_DONE : EXIT_UNMET;
}

const struct command command_paper_ls = { "paper ls", GROUP_STEER, "what is decided on paper",
					  &ls_argp, run_ls };
const struct command command_paper_decide = { "paper decide", GROUP_STEER,
					      "enter a decision made on paper", &decide_argp,
					      run_decide };
