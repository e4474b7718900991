/*
 * adapter - what nsw-adapter does: simulated parties: ministries, the bank, partners abroad.
 *
 * Hosts one party for each --profile, every one on a link of its own, until SIGTERM or
 * SIGINT. What a party answers stands in its profile; README.md has the form.
 */
#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/document.h"
#include "core/keyring.h"
#include "core/kind.h"
#include "core/log.h"
#include "core/programs.h"
#include "core/secrets.h"

#include "profile.h"
#include "request.h"
#include "serve.h"

#define PARTIES_MOST 32
#define FOLDERS_MOST 16
#define EXIT_USAGE   2
#define EXIT_INPUT   3

static const char description[] =
	"Simulated parties of the single window: each --profile is connected to the gateway and "
	"decides by the table in its file.\vSimulation, not connected to any government system.";

static const struct argp_option options[] = {
	{ "profile", 'p', "FILE", 0, "Host this party; may be given several times", 0 },
	{ "connect", 'c', "ENDPOINT", 0, "Where the gateway listens: ipc://PATH, tcp://HOST:PORT",
	  0 },
	{ "keys", 'k', "FOLDER", 0, "Keyring with the home folders of these parties", 0 },
	{ "kinds", 'd', "FOLDER", 0, "Folder of document kinds; may be given several times", 0 },
	{ "calendar", 'a', "FILE", 0,
	  "Who is connected when: a file, or none; else the rollout.xml of the kinds", 0 },
	{ "gateway", 'g', "PARTY", 0, "Party id of the gateway (NSW-VN)", 0 },
	{ "seed", 's', "TEXT", 0, "Seed of every draw (1)", 0 },
	{ "exec", 'x', "[PARTY=]CMD", 0,
	  "Ask this command instead of the table of PARTY, or of all parties; may be given several "
	  "times",
	  0 },
	{ "exec-within", 'w', "TIME", 0, "How long a command may take (5s, at most 10s)", 0 },
	{ 0 },
};

/* A list that an option appends to. */
struct list {
	const char *values[PARTIES_MOST];
	size_t count, most;
	const char *option;
};

struct arguments {
	struct list profiles, folders, execs;
	const char *connect, *keys, *gateway, *seed, *calendar, *exec_within;
};

static void append(struct argp_state *state, struct list *list, const char *value)
{
	if (list->count == list->most)
		argp_error(state, "--%s may be given %zu times", list->option, list->most);
	list->values[list->count++] = value;
}

static void check_complete(struct argp_state *state, const struct arguments *arguments)
{
	const struct {
		const char *option;
		bool given;
	} needed[] = {
		{ "profile", arguments->profiles.count > 0 },
		{ "connect", arguments->connect != NULL },
		{ "keys", arguments->keys != NULL },
		{ "kinds", arguments->folders.count > 0 },
	};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!needed[i].given)
			argp_error(state, "--%s is missing", needed[i].option);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'p':
		append(state, &arguments->profiles, value);
		return 0;
	case 'd':
		append(state, &arguments->folders, value);
		return 0;
	case 'c':
		arguments->connect = value;
		return 0;
	case 'k':
		arguments->keys = value;
		return 0;
	case 'g':
		arguments->gateway = value;
		return 0;
	case 'a':
		arguments->calendar = value;
		return 0;
	case 's':
		arguments->seed = value;
		return 0;
	case 'x':
		append(state, &arguments->execs, value);
		return 0;
	case 'w':
		arguments->exec_within = value;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is not an option", value);
		return 0;
	case ARGP_KEY_END:
		check_complete(state, arguments);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Everything that is opened at the start and closed at the end. */
struct house {
	struct keyring *keyring;
	struct kinds *kinds;
	struct office office;
	struct stand_in stand_ins[PARTIES_MOST];
	struct profile *profiles[PARTIES_MOST];
	struct serving *servings[PARTIES_MOST];
	size_t count;
};

static bool already_hosted(const struct house *house, const struct profile *profile,
			   struct failure *why)
{
	for (size_t i = 0; i < house->count; i++) {
		if (strcmp(house->profiles[i]->party, profile->party) != 0)
			continue;
		fault(why, "ADP-005", "the party %s is already that of %s", profile->party,
		      house->profiles[i]->file);
		failure_at(why, "%s", profile->file);
		return true;
	}
	return false;
}

static bool load_profiles(struct house *house, const struct list *files, struct failure *why)
{
	for (size_t i = 0; i < files->count; i++) {
		struct profile **profile = &house->profiles[i];

		if (!profile_load(profile, files->values[i], house->kinds, why))
			return false;
		if (already_hosted(house, *profile, why)) {
			profile_free(*profile);
			return false;
		}
		house->count++;
	}
	return true;
}

/* ---- commands that decide ----------------------------------------------------------------- */

/* How long the PARTY of "PARTY=CMD" is; 0: there is none. */
static size_t party_length(const char *text)
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789-");

	return text[length] == '=' ? length : 0;
}

static const char *hosted(const struct house *house, const char *id, size_t length)
{
	for (size_t i = 0; i < house->count; i++) {
		const char *party = house->profiles[i]->party;

		if (strncmp(party, id, length) == 0 && party[length] == '\0')
			return party;
	}
	return NULL;
}

static bool read_stand_in(struct stand_in *out, const struct house *house, const char *text,
			  struct failure *why)
{
	size_t length = party_length(text);

	out->command = length > 0 ? text + length + 1 : text;
	out->party = length > 0 ? hosted(house, text, length) : NULL;
	if (length > 0 && out->party == NULL)
		fault(why, "ADP-024",
		      "no party %.*s is hosted here (a variable is set by: env NAME=VALUE CMD)",
		      (int)length, text);
	else if (*out->command == '\0')
		fault(why, "ADP-024", "there is no command");
	else
		return true;
	return failure_at(why, "--exec %s", text);
}

static bool same_party(const struct stand_in *a, const struct stand_in *b)
{
	return a->party == b->party; /* both are the profile's own string, or NULL */
}

static bool read_within(int64_t *within, const char *text, struct failure *why)
{
	*within = STAND_IN_WITHIN;
	if (text == NULL ||
	    (duration_parse(text, within, NULL) && *within > 0 && *within <= STAND_IN_WITHIN_MOST))
		return true;
	fault(why, "ADP-024", "a command may take a time like 800ms or 5s, and at most %ds",
	      STAND_IN_WITHIN_MOST / 1000);
	return failure_at(why, "--exec-within %s", text);
}

static bool read_stand_ins(struct house *house, const struct arguments *arguments,
			   struct failure *why)
{
	int64_t within;

	if (!read_within(&within, arguments->exec_within, why))
		return false;
	for (size_t i = 0; i < arguments->execs.count; i++) {
		struct stand_in *stand_in = &house->stand_ins[i];

		stand_in->within = within;
		if (!read_stand_in(stand_in, house, arguments->execs.values[i], why))
			return false;
		for (size_t j = 0; j < i; j++)
			if (same_party(&house->stand_ins[j], stand_in)) {
				fault(why, "ADP-024",
				      "there is a command for the same party already");
				return failure_at(why, "--exec %s", arguments->execs.values[i]);
			}
	}
	return true;
}

static bool open_house(struct house *house, const struct arguments *arguments, struct failure *why)
{
	if (!kinds_load_with(&house->kinds, arguments->folders.values, arguments->folders.count,
			     arguments->calendar, why) ||
	    !load_profiles(house, &arguments->profiles, why) ||
	    !read_stand_ins(house, arguments, why) ||
	    !keyring_open(&house->keyring, arguments->keys, why))
		return false;
	house->office = (struct office){
		.keyring = house->keyring,
		.kinds = house->kinds,
		.gateway = arguments->gateway,
		.endpoint = arguments->connect,
		.seed = arguments->seed,
		.stand_ins = house->stand_ins,
		.stand_in_count = arguments->execs.count,
	};
	for (size_t i = 0; i < house->count; i++)
		if (!serve_start(&house->servings[i], &house->office, house->profiles[i], why))
			return failure_at(why, "%s", house->profiles[i]->file);
	return true;
}

static void close_house(struct house *house)
{
	/* All are asked before any is waited for: ending twenty takes no longer than one. */
	for (size_t i = 0; i < house->count; i++)
		if (house->servings[i] != NULL)
			serve_stop(house->servings[i]);
	for (size_t i = 0; i < house->count; i++)
		serve_close(house->servings[i]);
	for (size_t i = 0; i < house->count; i++)
		profile_free(house->profiles[i]);
	keyring_close(house->keyring);
	kinds_free(house->kinds);
}

/* Blocked before the first thread is made, so that only main() ever gets them. */
static sigset_t hold_signals(void)
{
	sigset_t ending;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ending, NULL);
	return ending;
}

int adapter_main(int count, char *words[])
{
	static const struct argp argp = { options, parse, NULL, description, NULL, NULL, NULL };
	struct arguments arguments = {
		.profiles = { .most = PARTIES_MOST, .option = "profile" },
		.folders = { .most = FOLDERS_MOST, .option = "kinds" },
		.execs = { .most = PARTIES_MOST, .option = "exec" },
		.gateway = "NSW-VN",
		.seed = "1",
		.calendar = "",
	};
	struct house house = { 0 };
	struct failure why;
	sigset_t ending = hold_signals();
	int signal_number;
	bool open;

	secrets_stay_inside();
	argp_program_version = "nsw-adapter 1";
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, count, words, 0, NULL, &arguments);
	document_setup();

	open = open_house(&house, &arguments, &why);
	if (!open)
		log_failure(LOG_ERROR, "cannot start", &why);
	else
		sigwait(&ending, &signal_number);
	close_house(&house);
	return open ? EXIT_SUCCESS : EXIT_INPUT;
}
