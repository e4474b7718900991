/* nsw journal prune: bodies of what is long over are given up, the records stay. */
#include "cli/command.h"

struct options {
	const char *age;
};

static const struct argp_option options[] = {
	{ "older-than", 'o', "TIME", 0, "Of what has been over for that long: 90d (required)", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *into = state->input;

	switch (key) {
	case 'o':
		command_duration(state, value); /* the gateway reads it again */
		into->age = value;
		return 0;
	case ARGP_KEY_END:
		if (into->age == NULL)
			argp_error(state, "how old must it be? --older-than 90d");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	NULL,
	"Give up what came and went as messages of cases that are over, and of refused messages: "
	"what makes a journal large.\vThe records, what was declared (its facts), receipts and "
	"refusals stay for ever: the journal stays verifiable, and the same message sent again "
	"gets the same answer. A case with a delivery that nobody has acknowledged, a dead "
	"letter, an open task or a held answer is not over. The setting `retention` does the "
	"same once a day.",
	NULL,
	NULL,
	NULL
};

/* The gateway does a part at a time, so that it never keeps anybody waiting for long. */
static bool prune_part(struct session *session, const char *age, int64_t *count,
		       struct failure *why)
{
	struct row *question = row_new("ask");
	struct answer answer;

	row_put(question, "ask", "prune");
	row_put(question, "age", age);
	*count = 0;
	if (!session_ask(session, question, &answer, why))
		return false;
	if (answer.count > 0)
		row_get_number(answer.rows[0], "count", count);
	answer_free(&answer);
	return true;
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options chosen = { 0 };
	int64_t part, all = 0;
	struct failure why;
	struct row *row;

	command_line(session, &argp, argc, argv, &chosen);
	do {
		if (!prune_part(session, chosen.age, &part, &why))
			return session_failed(session, &why);
		all += part;
	} while (part != 0);
	row = row_new("done");
	row_put_number(row, "count", all);
	output_row(session->output, row);
	output_say(session->output, "%lld bod%s given up", (long long)all, all == 1 ? "y" : "ies");
	return EXIT_DONE;
}

const struct command command_journal_prune = { "journal prune", GROUP_STEER,
					       "give up the messages of what is long over", &argp,
					       run };
