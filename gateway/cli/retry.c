/* nsw retry: dead letters are tried again at once. */
#include "cli/command.h"

struct options {
	const char *id;
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	return command_one(state, key, value, "ID", &options->id);
}

static const struct argp argp = {
	NULL,
	parse,
	"ID",
	"Try dead letters again: one delivery, or those of a message, of a "
	"case (by its number) or of a party. The message id stays the "
	"same.",
	NULL,
	NULL,
	NULL
};

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { 0 };
	struct row *question;
	struct answer answer;
	struct failure why;
	int64_t count = 0;

	command_line(session, &argp, argc, argv, &options);
	question = row_new("ask");
	row_put(question, "ask", "retry");
	row_put(question, "id", options.id);
	if (!session_ask(session, question, &answer, &why))
		return session_failed(session, &why);
	if (answer.count > 0) {
		row_get_number(answer.rows[0], "count", &count);
		output_row(session->output, answer.rows[0]);
		answer.rows[0] = NULL;
	}
	answer_free(&answer);
	output_say(session->output, "%lld deliver%s will be tried again", (long long)count,
		   count == 1 ? "y" : "ies");
	return count > 0 ? EXIT_DONE : EXIT_UNMET;
}

const struct command command_retry = { "retry", GROUP_STEER, "try deliveries again", &argp, run };
