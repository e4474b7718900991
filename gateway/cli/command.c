#include "cli/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"

/* ---- global options ---------------------------------------------------------------------- */

enum {
	KEY_STATE = 0x1000,
	KEY_RUN,
	KEY_JSON,
	KEY_NO_COLOR,
	KEY_TIMEOUT,
	KEY_KINDS,
	KEY_KEYS,
	KEY_INSTANCE,
	KEY_OPERATOR
};

static const struct argp_option global_options[] = {
	{ NULL, 0, NULL, 0, "Everywhere (NSW_GATEWAY and so on say the same):", 90 },
	{ "gateway", 'g', "ENDPOINT", 0,
	  "Gateway to talk to, instead of the one in the state folder", 91 },
	{ "state", KEY_STATE, "DIR", 0, "State folder of the sandbox", 91 },
	{ "run", KEY_RUN, "LABEL", 0, "Label what is sent, and look only at what bears it", 91 },
	{ "kinds", KEY_KINDS, "DIR", 0, "Document kinds in addition to ours; may be repeated", 91 },
	{ "timeout", KEY_TIMEOUT, "DUR", 0, "Longest wait: 800ms, 10s, 2m (30s)", 91 },
	{ "json", KEY_JSON, NULL, 0, "One JSON object a line", 91 },
	{ "no-color", KEY_NO_COLOR, NULL, 0, "No colour (as with NO_COLOR)", 91 },
	{ "quiet", 'q', NULL, 0, "Data and failures only", 91 },
	{ "verbose", 'v', NULL, 0, "More of it", 91 },
	{ "keys", KEY_KEYS, "DIR", OPTION_HIDDEN, "Keyring, instead of the state folder's", 91 },
	{ "instance", KEY_INSTANCE, "PARTY", OPTION_HIDDEN, "Party id of the gateway", 91 },
	{ "operator", KEY_OPERATOR, "PARTY", OPTION_HIDDEN, "Party id of the operator", 91 },
	{ 0 },
};

static void add_kinds(struct argp_state *state, struct session *session, char *folder)
{
	size_t count = 0;

	while (session->kinds[count] != NULL)
		count++;
	if (count == SESSION_FOLDERS)
		argp_error(state, "--kinds may be given %d times", SESSION_FOLDERS);
	session->kinds[count] = folder;
}

static error_t parse_global(int key, char *value, struct argp_state *state)
{
	struct session *session = state->input;

	switch (key) {
	case 'g':
		session->gateway = value;
		return 0;
	case 'q':
		session->quiet = true;
		return 0;
	case 'v':
		session->verbose = true;
		return 0;
	case KEY_STATE:
		session->state = value;
		return 0;
	case KEY_RUN:
		session->run = value;
		return 0;
	case KEY_JSON:
		session->json = true;
		return 0;
	case KEY_NO_COLOR:
		session->no_color = true;
		return 0;
	case KEY_TIMEOUT:
		session->timeout = command_duration(state, value);
		return 0;
	case KEY_KINDS:
		add_kinds(state, session, value);
		return 0;
	case KEY_KEYS:
		session->keys = value;
		return 0;
	case KEY_INSTANCE:
		session->instance = value;
		return 0;
	case KEY_OPERATOR:
		session->operator_id = value;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp command_global_argp = {
	global_options, parse_global, NULL, NULL, NULL, NULL, NULL
};

/* ---- a command's line ----------------------------------------------------------------------- */

struct both {
	void *command;
	struct session *session;
};

static error_t parse_both(int key, char *value, struct argp_state *state)
{
	struct both *both = state->input;

	(void)value;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = both->command;
	state->child_inputs[1] = both->session;
	return 0;
}

void command_line(struct session *session, const struct argp *argp, int argc, char **argv,
		  void *input)
{
	struct argp_child children[] = { { argp, 0, NULL, 0 },
					 { &command_global_argp, 0, NULL, 0 },
					 { NULL, 0, NULL, 0 } };
	struct argp both = { NULL, parse_both, NULL, NULL, children, NULL, NULL };
	struct both inputs = { input, session };
	struct failure why;

	argp_parse(&both, argc, argv, 0, NULL, &inputs);
	if (!session_ready(session, &why))
		exit((int)session_failed(session, &why));
}

/* ---- values ------------------------------------------------------------------------------------ */

int64_t command_duration(struct argp_state *state, const char *value)
{
	struct failure why;
	int64_t ms = 0;

	if (!duration_parse(value, &ms, &why))
		argp_error(state, "%s", why.text);
	return ms;
}

long command_number(struct argp_state *state, const char *value, long least, long most)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || number < least || number > most)
		argp_error(state, "'%s' is not a number from %ld to %ld", value, least, most);
	return number;
}

gateway_time command_date(struct argp_state *state, const char *value)
{
	struct failure why;
	gateway_time when = 0;

	if (!time_parse(value, &when, &why))
		argp_error(state, "%s", why.text);
	return when;
}

const char *command_word(struct argp_state *state, const char *value, const char *name)
{
	if (*value == '\0')
		argp_error(state, "%s is empty", name);
	return value;
}

error_t command_one(struct argp_state *state, int key, const char *value, const char *name,
		    const char **out)
{
	switch (key) {
	case ARGP_KEY_ARG:
		if (*out != NULL)
			argp_error(state, "one %s at a time", name);
		*out = command_word(state, value, name);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which %s?", name);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void words_add(struct session *session, struct words *words, const char *word)
{
	/* Rooms of powers of two: the arena frees the smaller ones at the end. */
	if ((words->count & (words->count - 1)) == 0) {
		size_t room = words->count != 0 ? 2 * words->count : 1;
		const char **larger = arena_alloc(session->arena, room * sizeof *larger);

		for (size_t i = 0; i < words->count; i++)
			larger[i] = words->words[i];
		words->words = larger;
	}
	words->words[words->count++] = word;
}
