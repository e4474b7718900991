/* nsw up, nsw down: a sandbox of one gateway and its simulated parties. */
#include <string.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/running.h"
#include "cli/status.h"

#define OPTIONS_MOST 64
#define KEY_SETTING  0x3000 /* plus the setting's row */

enum { KEY_DETACH = 0x2000, KEY_NO_ADAPTERS, KEY_WITHOUT, KEY_EXEC, KEY_EXEC_WITHIN };

static const char banner[] = "Simulation: not connected to any government system.";

/* ---- the command line: our own options, and one for each setting ------------------------------ */

static struct argp_option argp_options[OPTIONS_MOST] = {
	{ "detach", KEY_DETACH, NULL, 0, "Return when everything is ready; `nsw down` ends it", 0 },
	{ "no-adapters", KEY_NO_ADAPTERS, NULL, 0, "The gateway alone, no simulated parties", 0 },
	{ "without", KEY_WITHOUT, "PARTY", 0,
	  "Do not simulate this party: somebody else stands in for it (nsw receive, nsw-adapter "
	  "--exec); may be repeated",
	  0 },
	{ "exec", KEY_EXEC, "[PARTY=]CMD", 0,
	  "This command decides in place of PARTY's table, or of every party's; may be repeated",
	  0 },
	{ "exec-within", KEY_EXEC_WITHIN, "TIME", 0, "How long it may take (5s, at most 10s)", 0 },
	{ NULL, 0, NULL, 0, "Settings of the gateway:", 1 },
};

/* What `up` or the global options decide already. */
static bool decided_elsewhere(const char *name)
{
	static const char *const names[] = { "state", "keys", "kinds", "instance" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void add_settings_options(void)
{
	const char *name, *metavar, *description, *standard;
	size_t at = 0;

	while (argp_options[at].name != NULL || argp_options[at].doc != NULL)
		at++;
	for (size_t i = 0; settings_describe(i, &name, &metavar, &description, &standard) &&
			   at + 1 < OPTIONS_MOST;
	     i++) {
		if (decided_elsewhere(name))
			continue;
		argp_options[at++] = (struct argp_option){
			.name = name,
			.key = KEY_SETTING + (int)i,
			.arg = metavar,
			.flags = strcmp(metavar, "YES") == 0 ? OPTION_ARG_OPTIONAL : 0,
			.doc = description,
			.group = 1,
		};
	}
}

struct options {
	struct session *session;
	struct running_choice choice;
	struct settings scratch; /* where values are tried */
};

/* An option that says yes or no may be given alone. */
static void add_setting(struct argp_state *state, struct options *options, int row,
			const char *value)
{
	const char *name, *metavar, *description, *standard;
	struct running_choice *choice = &options->choice;
	struct failure why;

	if (!settings_describe((size_t)row, &name, &metavar, &description, &standard))
		return;
	if (value == NULL)
		value = "yes";
	if (!settings_set(&options->scratch, options->session->arena, name, value,
			  arena_printf(options->session->arena, "--%s", name), &why))
		argp_error(state, "--%s: %s", name, why.text);
	if (choice->count == RUNNING_GIVEN)
		argp_error(state, "too many settings");
	choice->given[choice->count].name = name;
	choice->given[choice->count].value = value;
	choice->count++;
}

static void add_without(struct argp_state *state, struct running_choice *choice, const char *party)
{
	size_t count = 0;

	while (choice->without[count] != NULL)
		count++;
	if (count == RUNNING_WITHOUT)
		argp_error(state, "--without may be given %d times", RUNNING_WITHOUT);
	choice->without[count] = command_word(state, party, "PARTY");
}

static void add_exec(struct argp_state *state, struct running_choice *choice, const char *command)
{
	size_t count = 0;

	while (choice->execs[count] != NULL)
		count++;
	if (count == RUNNING_EXECS)
		argp_error(state, "--exec may be given %d times", RUNNING_EXECS);
	choice->execs[count] = command;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_EXEC:
		add_exec(state, &options->choice, value);
		return 0;
	case KEY_EXEC_WITHIN:
		options->choice.exec_within = value;
		return 0;
	case KEY_WITHOUT:
		add_without(state, &options->choice, value);
		return 0;
	case KEY_DETACH:
		options->choice.detach = true;
		return 0;
	case KEY_NO_ADAPTERS:
		options->choice.no_adapters = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is not an option", value);
		return 0;
	default:
		if (key < KEY_SETTING || key >= KEY_SETTING + OPTIONS_MOST)
			return ARGP_ERR_UNKNOWN;
		add_setting(state, options, key - KEY_SETTING, value);
		return 0;
	}
}

static const struct argp up_argp = {
	argp_options,
	parse,
	NULL,
	"Start a sandbox: example keys, the gateway, and one process that plays every party with a "
	"profile. Stays until ^C, or returns at once with --detach.\vThe state folder keeps the "
	"journal: the next `nsw up` goes on where this one ended. Gateway time only moves forward; "
	"an earlier --date wants a new --state.",
	NULL,
	NULL,
	NULL
};

/* ---- telling ------------------------------------------------------------------------------------ */

static bool is_expected(const struct row *row)
{
	return row_type(row) != NULL && strcmp(row_type(row), "party") == 0 &&
	       row_get_flag(row, "expected");
}

static const char *connected_parties(struct session *session, const struct answer *answer)
{
	const char *list = "";
	size_t connected = 0, expected = 0;

	for (size_t i = 1; i < answer->count; i++) {
		const struct row *row = answer->rows[i];

		if (!is_expected(row))
			continue;
		expected++;
		if (!row_get_flag(row, "connected"))
			continue;
		connected++;
		list = arena_printf(session->arena, "%s %s", list, row_get(row, "id") ?: "?");
	}
	return arena_printf(session->arena, "%zu of %zu connected:%s", connected, expected, list);
}

static bool tell(struct session *session, uint64_t began, struct failure *why)
{
	const char *endpoint, *parties, *time;
	struct client *client;
	struct answer answer;
	struct row *row;
	bool asked;

	if (!session_endpoint(session, &endpoint, why) ||
	    !session_connect(session, &client, NULL, true, why))
		return false;
	asked = status_ask(client, &answer, why);
	client_close(client);
	if (!asked)
		return false;
	time = row_get(answer.rows[0], "time") ?: "-";
	parties = connected_parties(session, &answer);
	output_say(session->output, "%s", banner);
	output_print(session->output, "gateway  %s  ready in %.2fs  gateway time %s\n", endpoint,
		     (double)(monotonic_ms() - began) / 1000, time);
	output_print(session->output, "parties  %s\n", parties);
	output_print(session->output, "state    %s\n", session->sandbox.state);
	row = row_new("up");
	row_put(row, "endpoint", endpoint);
	row_put(row, "state", session->sandbox.state);
	row_put(row, "time", time);
	row_put(row, "parties", parties);
	row_put_number(row, "ready_ms", (int64_t)(monotonic_ms() - began));
	row_put(row, "note", banner);
	output_row(session->output, row);
	output_flush(session->output);
	answer_free(&answer);
	return true;
}

/* ---- up -------------------------------------------------------------------------------------------- */

static bool stay(struct running *running, struct failure *why)
{
	const char *ended = NULL;

	output_say(running->session->output, "^C stops it");
	while (interrupts() == 0 && ended == NULL)
		ended = running_ended(running, 200);
	if (ended == NULL)
		return true;
	fault(why, "CLI-014", "has ended by itself");
	return failure_at(why, "%s", ended);
}

static enum exit_code run_up(struct session *session, int argc, char **argv)
{
	struct options options = { .session = session };
	uint64_t began = monotonic_ms();
	struct running running;
	struct failure why;
	bool fine;

	add_settings_options();
	command_line(session, &up_argp, argc, argv, &options);
	interrupt_catch();
	if (!running_start(&running, session, &options.choice, &why))
		return session_failed(session, &why);
	fine = tell(session, began, &why);
	if (fine && options.choice.detach)
		return EXIT_DONE;
	fine = fine && stay(&running, &why);
	if (!running_stop(&running))
		output_say(session->output, "had to be killed");
	return fine ? EXIT_DONE : session_failed(session, &why);
}

/* ---- down ------------------------------------------------------------------------------------------- */

static const struct argp down_argp = {
	NULL, NULL, NULL, "Stop the sandbox of the state folder. The journal stays.",
	NULL, NULL, NULL
};

static enum exit_code run_down(struct session *session, int argc, char **argv)
{
	struct running running;
	bool found, gently;
	struct row *row;

	command_line(session, &down_argp, argc, argv, NULL);
	found = running_find(&running, session);
	gently = running_stop(&running);
	output_say(session->output, !found   ? "nothing was running"
				    : gently ? "stopped"
					     : "did not stop by itself and was killed");
	row = row_new("down");
	row_put_flag(row, "stopped", found);
	row_put_flag(row, "killed", found && !gently);
	output_row(session->output, row);
	return EXIT_DONE;
}

const struct command command_up = { "up", GROUP_RUN, "start a sandbox", &up_argp, run_up };
const struct command command_down = { "down", GROUP_RUN, "stop it", &down_argp, run_down };
