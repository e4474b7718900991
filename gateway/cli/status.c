/* nsw status and nsw ready: is the gateway there, and is everybody connected? */
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/status.h"

static const struct column party_columns[] = {
	{ .name = "id" },
	{ .name = "role" },
	{ .name = "delivery" },
	{ .name = "connected", .word = true },
	{ .name = "expected" },
	{ .name = "waiting", .right = true },
	{ .name = "in_flight", .right = true },
	{ .name = "dead", .right = true },
	{ .name = "name" },
};

static const char *const gateway_fields[] = {
	"instance", "ready",	 "time", "environment", "endpoint", "pid",
	"version",  "seq",	 "head", "accepted",	"refused",  "busy",
	"waiting",  "in_flight", "dead", "queued",	"workers",
};

/* ---- asking ------------------------------------------------------------------------------------- */

bool status_ask(struct client *client, struct answer *answer, struct failure *why)
{
	struct row *question = row_new("ask");

	row_put(question, "ask", "status");
	if (!client_ask(client, question, answer, why))
		return false;
	if (answer->count > 0)
		return true;
	return fault(why, "CLI-007", "the gateway answers nothing about itself");
}

static bool is_party(const struct row *row)
{
	return row_type(row) != NULL && strcmp(row_type(row), "party") == 0;
}

static bool is_listed(const char *const list[], const char *id)
{
	for (size_t i = 0; id != NULL && list[i] != NULL; i++)
		if (strcmp(list[i], id) == 0)
			return true;
	return false;
}

static const char *missing_parties(const struct answer *answer, const char *const without[],
				   struct arena *arena)
{
	const char *list = "";

	for (size_t i = 0; i < answer->count; i++) {
		const struct row *row = answer->rows[i];

		if (is_party(row) && row_get_flag(row, "expected") &&
		    !row_get_flag(row, "connected") && !row_get_flag(row, "off") &&
		    !is_listed(without, row_get(row, "id")))
			list = arena_printf(arena, "%s%s%s", list, *list != '\0' ? ", " : "",
					    row_get(row, "id") ?: "?");
	}
	return list;
}

/* One look: ready, not yet (*missing says who), or a failure. */
static bool look(struct client *client, const char *const without[], struct arena *arena,
		 bool *ready, const char **missing, struct failure *why)
{
	struct answer answer;

	if (!status_ask(client, &answer, why))
		return false;
	*missing = missing_parties(&answer, without, arena);
	*ready = row_get_flag(answer.rows[0], "ready") || (without[0] != NULL && **missing == '\0');
	answer_free(&answer);
	return true;
}

bool status_wait_ready(struct client *client, int64_t timeout, struct failure *why)
{
	static const char *const nobody[] = { NULL };

	return status_wait_connected(client, nobody, timeout, why);
}

bool status_wait_connected(struct client *client, const char *const without[], int64_t timeout,
			   struct failure *why)
{
	uint64_t until = monotonic_ms() + (uint64_t)timeout;
	struct arena *arena = arena_new();
	const char *missing = "";
	bool ready = false, fine = true;

	while (fine && !ready) {
		fine = look(client, without, arena, &ready, &missing, why);
		if (!fine || ready)
			break;
		if (monotonic_ms() >= until || interrupts() > 0) {
			fine = defer(why, "CLI-005", "the gateway is not ready%s%s",
				     *missing != '\0' ? "; not connected: " : "", missing);
			break;
		}
		usleep(20 * 1000); /* there is no question that waits for readiness */
	}
	arena_free(arena);
	return fine;
}

/* ---- status ---------------------------------------------------------------------------------------- */

static const struct argp status_argp = { NULL, NULL, NULL, "The gateway and its parties.",
					 NULL, NULL, NULL };

static void show_gateway(struct session *session, const struct row *gateway)
{
	for (size_t i = 0; i < sizeof gateway_fields / sizeof *gateway_fields; i++) {
		struct text line = TEXT_EMPTY;

		text_printf(&line, "%-12s", gateway_fields[i]);
		output_word(session->output, &line,
			    row_text(gateway, gateway_fields[i], session->arena), 0);
		output_print(session->output, "%s\n", line.bytes);
		text_free(&line);
	}
	output_print(session->output, "\n");
}

static enum exit_code run_status(struct session *session, int argc, char **argv)
{
	struct client *client;
	struct answer answer;
	struct failure why;
	struct table *table;
	bool asked;

	command_line(session, &status_argp, argc, argv, NULL);
	if (!session_connect(session, &client, NULL, false, &why))
		return session_failed(session, &why);
	asked = status_ask(client, &answer, &why);
	client_close(client);
	if (!asked)
		return session_failed(session, &why);

	show_gateway(session, answer.rows[0]);
	output_row(session->output, answer.rows[0]);
	answer.rows[0] = NULL;
	table = table_begin(session->output, party_columns,
			    sizeof party_columns / sizeof *party_columns, false);
	for (size_t i = 1; i < answer.count; i++) {
		table_add(table, answer.rows[i]);
		answer.rows[i] = NULL;
	}
	table_end(table);
	answer_free(&answer);
	output_say(session->output, "Simulation: not connected to any government system.");
	return EXIT_DONE;
}

/* ---- ready ------------------------------------------------------------------------------------------ */

struct options {
	bool wait;
};

static const struct argp_option ready_options[] = {
	{ "wait", 'w', NULL, 0, "Wait until it is, for up to --timeout", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	(void)value;
	if (key != 'w')
		return ARGP_ERR_UNKNOWN;
	options->wait = true;
	return 0;
}

static const struct argp ready_argp = {
	ready_options,
	parse,
	NULL,
	"Is the gateway ready? It is when it serves and every party that is expected has "
	"connected.\vExit code 0 when ready, 4 when not.",
	NULL,
	NULL,
	NULL
};

/* The endpoint file appears when the gateway serves. */
static bool connect_when_there(struct session *session, struct client **client, bool wait,
			       uint64_t until, struct failure *why)
{
	while (!session_connect(session, client, NULL, wait, why)) {
		if (!wait || strcmp(why->code, "CLI-002") != 0 || monotonic_ms() >= until ||
		    interrupts() > 0)
			return false;
		usleep(20 * 1000);
	}
	return true;
}

static bool be_ready(struct session *session, bool wait, struct failure *why)
{
	uint64_t until = monotonic_ms() + (uint64_t)session->timeout;
	struct client *client;
	uint64_t now;
	bool ready;

	if (!connect_when_there(session, &client, wait, until, why))
		return false;
	now = monotonic_ms();
	ready = status_wait_ready(client, wait && now < until ? (int64_t)(until - now) : 0, why);
	client_close(client);
	return ready;
}

static enum exit_code run_ready(struct session *session, int argc, char **argv)
{
	struct options options = { 0 };
	struct failure why;
	struct row *row;

	command_line(session, &ready_argp, argc, argv, &options);
	interrupt_catch();
	if (!be_ready(session, options.wait, &why))
		return interrupts() > 0 ? EXIT_INTERRUPTED : session_failed(session, &why);
	row = row_new("ready");
	row_put_flag(row, "ready", true);
	output_row(session->output, row);
	output_say(session->output, "ready");
	return EXIT_DONE;
}

const struct command command_status = { "status", GROUP_RUN, "the gateway and its parties",
					&status_argp, run_status };
const struct command command_ready = { "ready", GROUP_RUN, "is everything connected? (--wait)",
				       &ready_argp, run_ready };
