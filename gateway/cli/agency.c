/* nsw agency: the parties that are delivered to, and switching them off and on. */
#include "cli/command.h"

/* ---- ls --------------------------------------------------------------------------------------------- */

static const struct argp ls_argp = {
	NULL,
	NULL,
	NULL,
	"The parties that messages are delivered to: who is connected, who is switched off, what "
	"waits for them.",
	NULL,
	NULL,
	NULL
};

static const struct column columns[] = {
	{ .name = "id" },
	{ .name = "role" },
	{ .name = "connected", .word = true },
	{ .name = "off", .word = true },
	{ .name = "waiting", .right = true },
	{ .name = "in_flight", .right = true },
	{ .name = "dead", .right = true },
	{ .name = "name" },
};

static enum exit_code run_ls(struct session *session, int argc, char **argv)
{
	struct row *question;
	struct answer answer;
	struct failure why;
	struct table *table;

	command_line(session, &ls_argp, argc, argv, NULL);
	question = row_new("ask");
	row_put(question, "ask", "status");
	if (!session_ask(session, question, &answer, &why))
		return session_failed(session, &why);
	table = table_begin(session->output, columns, sizeof columns / sizeof *columns, false);
	for (size_t i = 0; i < answer.count; i++) {
		if (!row_get_flag(answer.rows[i], "expected"))
			continue; /* the gateway's own row, and who fetches by himself */
		table_add(table, answer.rows[i]);
		answer.rows[i] = NULL;
	}
	table_end(table);
	answer_free(&answer);
	return EXIT_DONE;
}

/* ---- on, off ------------------------------------------------------------------------------------------ */

static error_t parse_switch(int key, char *value, struct argp_state *state)
{
	return command_one(state, key, value, "ID", state->input);
}

static const struct argp on_argp = {
	NULL,
	parse_switch,
	"ID",
	"Switch a party on again: it is as though it had just connected, and what waits for it is "
	"delivered.",
	NULL,
	NULL,
	NULL
};

static const struct argp off_argp = {
	NULL,
	parse_switch,
	"ID",
	"Switch a party off: it is as though it were not connected, and nobody waits for it. "
	"Attempts fail until it is switched on again, or until they are used up. Kept over a "
	"restart.",
	NULL,
	NULL,
	NULL
};

static enum exit_code switch_party(struct session *session, const char *id, const char *what)
{
	struct row *question = row_new("ask");
	struct answer answer;
	struct failure why;
	int64_t count = 0;

	if (session->run != NULL) {
		row_free(question);
		reject(&why, "CLI-009",
		       "--run: a party is switched for everybody; a fault can be for one run: "
		       "nsw fault add %s down",
		       id);
		return session_failed(session, &why);
	}
	row_put(question, "ask", "agency");
	row_put(question, "id", id);
	row_put(question, "do", what);
	if (!session_ask(session, question, &answer, &why))
		return session_failed(session, &why);
	if (answer.count > 0) {
		row_get_number(answer.rows[0], "count", &count);
		output_row(session->output, answer.rows[0]);
		answer.rows[0] = NULL;
	}
	answer_free(&answer);
	output_say(session->output, "%s is %s%s", id, count == 0 ? "already " : "", what);
	return EXIT_DONE;
}

static enum exit_code run_on(struct session *session, int argc, char **argv)
{
	const char *id = NULL;

	command_line(session, &on_argp, argc, argv, &id);
	return switch_party(session, id, "on");
}

static enum exit_code run_off(struct session *session, int argc, char **argv)
{
	const char *id = NULL;

	command_line(session, &off_argp, argc, argv, &id);
	return switch_party(session, id, "off");
}

const struct command command_agency_ls = { "agency ls", GROUP_STEER, "who is connected, who is off",
					   &ls_argp, run_ls };
const struct command command_agency_on = { "agency on", GROUP_STEER, "switch a party on", &on_argp,
					   run_on };
const struct command command_agency_off = { "agency off", GROUP_STEER, "switch a party off",
					    &off_argp, run_off };
