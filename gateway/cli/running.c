#include "cli/running.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/status.h"
#include "core/nearest.h"
#include "core/party.h"
#include "core/text.h"

#define STOP_MS	      5000
#define PROFILES_MOST 32

static const char *file_of(const struct session *session, const char *name)
{
	return sandbox_file(&session->sandbox, session->arena, name);
}

/* ---- settings.xml --------------------------------------------------------------------------- */

/* What was given there for a setting; NULL when that is about another one. */
static const char *given_at(const struct running_choice *choice, size_t at, const char *name)
{
	return strcmp(choice->given[at].name, name) == 0 ? choice->given[at].value : NULL;
}

/* The last word counts. */
static const char *given_value(const struct running_choice *choice, const char *name)
{
	const char *value = NULL;

	for (size_t i = choice->count; i > 0 && value == NULL; i--)
		value = given_at(choice, i - 1, name);
	return value;
}

static const char *variable_of(const struct session *session, const char *name)
{
	char *variable = arena_printf(session->arena, "NSW_%s", name);
	const char *value;

	for (char *at = variable; *at != '\0'; at++)
		*at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
	value = getenv(variable);
	return value != NULL && *value != '\0' ? value : NULL;
}

static void add_element(struct text *out, const char *name, const char *value)
{
	text_printf(out, "\t<%s>", name);
	text_add_xml(out, value);
	text_printf(out, "</%s>\n", name);
}

static const char *absolute_path(const struct session *session, const char *path)
{
	char *here = *path != '/' ? getcwd(NULL, 0) : NULL;
	const char *absolute =
		here != NULL ? arena_printf(session->arena, "%s/%s", here, path) : path;

	free(here);
	return absolute;
}

/* settings.xml stands elsewhere: what is named relative to here would be looked for there. */
static const char *calendar_path(const struct session *session, const char *calendar)
{
	bool path = *calendar != '\0' && strcmp(calendar, "none") != 0;

	return path ? absolute_path(session, calendar) : calendar;
}

/* What the sandbox itself decides. */
static bool add_places(struct text *out, struct session *session,
		       const struct running_choice *choice, struct failure *why)
{
	const char *endpoint = session->gateway, *schemas, *adapters, *folder;

	if (endpoint == NULL)
		endpoint = given_value(choice, "endpoint");
	if (endpoint == NULL &&
	    !sandbox_endpoint(&session->sandbox, session->arena, &endpoint, why))
		return false;
	if (!sandbox_data(&session->sandbox, session->arena, "schemas", &schemas, why) ||
	    !sandbox_data(&session->sandbox, session->arena, "adapters", &adapters, why))
		return false;
	add_element(out, "state", session->sandbox.state);
	add_element(out, "keys", absolute_path(session, session_keys(session)));
	add_element(out, "endpoint", endpoint);
	add_element(out, "kinds", schemas);
	for (size_t i = 0; (folder = session->kinds[i]) != NULL; i++)
		add_element(out, "kinds", absolute_path(session, folder));
	add_element(out, "parties", adapters);
	for (size_t i = 0; i < choice->count; i++)
		if ((folder = given_at(choice, i, "parties")) != NULL)
			add_element(out, "parties", absolute_path(session, folder));
	return true;
}

/* Everything else: an option, else the environment. */
static void add_others(struct text *out, struct session *session,
		       const struct running_choice *choice)
{
	static const char *const places[] = { "state", "keys", "endpoint", "kinds", "parties" };
	const char *name, *metavar, *description, *standard, *value;

	for (size_t i = 0; settings_describe(i, &name, &metavar, &description, &standard); i++) {
		bool place = false;

		for (size_t j = 0; j < sizeof places / sizeof *places; j++)
			place = place || strcmp(name, places[j]) == 0;
		value = given_value(choice, name);
		if (value == NULL)
			value = variable_of(session, name);
		if (value != NULL && strcmp(name, "calendar") == 0)
			value = calendar_path(session, value);
		if (!place && value != NULL)
			add_element(out, name, value);
	}
}

static bool write_settings(struct session *session, const struct running_choice *choice,
			   struct failure *why)
{
	struct text out = TEXT_EMPTY;
	bool written;

	text_add(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		       "<!-- Written by `nsw up`, anew each time. -->\n"
		       "<settings xmlns=\"urn:nsw:settings:1\">\n");
	written = add_places(&out, session, choice, why);
	add_others(&out, session, choice);
	text_add(&out, "</settings>\n");
	written = written &&
		  file_write(file_of(session, "settings.xml"), out.bytes, out.length, 0600, why);
	text_free(&out);
	session->settings = NULL; /* read again by whoever needs them */
	return written;
}

/* ---- keys --------------------------------------------------------------------------------------- */

/* Those the source tree has made already, to save the time of making them. */
static bool copy_keys(struct session *session, const char *keys, struct failure *why)
{
	const char *made = arena_printf(session->arena, "%s/build/pki", session->sandbox.data);
	const char *const copy[] = { "/bin/cp", "-R", made, keys, NULL };

	if (path_exists(keys) || session->sandbox.data == NULL ||
	    !path_exists(arena_printf(session->arena, "%s/.made", made)))
		return true;
	return process_run(copy, why);
}

static bool has_keys(struct session *session, const char *keys, const char *party)
{
	return path_exists(arena_printf(session->arena, "%s/parties/%s/sign.crt", keys, party));
}

/* A profile of a party without keys: a new agency. It gets some. */
static bool make_keys(struct session *session, const struct parties *parties, struct failure *why)
{
	const char *keys = session_keys(session), *make_pki;
	const char *words[PROFILES_MOST + 3];
	size_t count = 0;

	if (!sandbox_data(&session->sandbox, session->arena, "certs-example/make-pki", &make_pki,
			  why) ||
	    !copy_keys(session, keys, why))
		return false;
	words[count++] = make_pki;
	words[count++] = keys;
	words[count] = NULL;
	if (!path_exists(arena_printf(session->arena, "%s/ca", keys)) && !process_run(words, why))
		return false;
	for (size_t i = 0; i < parties_count(parties) && count < PROFILES_MOST + 2; i++)
		if (!has_keys(session, keys, parties_at(parties, i)->id))
			words[count++] = parties_at(parties, i)->id;
	words[count] = NULL;
	return count == 2 || process_run(words, why);
}

/* ---- the programs ---------------------------------------------------------------------------------- */

static const char *log_of(const struct session *session, const struct running_choice *choice,
			  const char *name)
{
	return choice->detach || choice->quiet ? file_of(session, name) : NULL;
}

static bool start_gateway(struct running *running, const struct running_choice *choice,
			  struct failure *why)
{
	struct session *session = running->session;
	const char *program;
	const char *const *argv;

	if (!sandbox_program(&session->sandbox, session->arena, "nswd", &program, why))
		return false;
	argv = (const char *const[]){ program, "--settings", file_of(session, "settings.xml"),
				      NULL };
	unlink(file_of(session, "endpoint"));
	return process_start(&running->gateway, argv, log_of(session, choice, "nswd.log"),
			     choice->detach, why);
}

static bool is_left_out(const struct running_choice *choice, const char *party)
{
	for (size_t i = 0; choice->without[i] != NULL; i++)
		if (strcmp(choice->without[i], party) == 0)
			return true;
	return false;
}

/* A misspelt party would be simulated after all. */
static bool check_left_out(const struct running_choice *choice, const struct parties *parties,
			   struct failure *why)
{
	char did_you_mean[NEAREST_TEXT_SIZE];

	for (size_t i = 0; choice->without[i] != NULL; i++) {
		struct nearest nearest = nearest_to(choice->without[i]);

		if (parties_push(parties, choice->without[i]))
			continue;
		for (size_t j = 0; j < parties_count(parties); j++)
			nearest_offer(&nearest, parties_at(parties, j)->id);
		return reject(why, "CLI-009", "--without %s: no such party is simulated%s",
			      choice->without[i], nearest_text(&nearest, did_you_mean));
	}
	return true;
}

/* Of those that were left out, or of all others. */
static bool start_adapters(struct running *running, struct process *out, bool left_out,
			   const struct running_choice *choice, const struct parties *parties,
			   struct failure *why)
{
	struct session *session = running->session;
	const struct settings *settings;
	const char *argv[2 * (PROFILES_MOST + SETTINGS_FOLDERS + RUNNING_EXECS) + 16], *endpoint;
	size_t count = 1, hosted = 0;

	if (!session_settings(session, &settings, why) ||
	    !session_endpoint(session, &endpoint, why) ||
	    !sandbox_program(&session->sandbox, session->arena, "nsw-adapter", &argv[0], why))
		return false;
	for (size_t i = 0; i < parties_count(parties) && hosted < PROFILES_MOST; i++) {
		const struct party *party = parties_at(parties, i);

		if (!party->push || party->file == NULL ||
		    is_left_out(choice, party->id) != left_out)
			continue;
		argv[count++] = "--profile";
		argv[count++] = party->file;
		hosted++;
	}
	for (size_t i = 0; settings->kinds[i] != NULL; i++) {
		argv[count++] = "--kinds";
		argv[count++] = settings->kinds[i];
	}
	for (size_t i = 0; choice->execs[i] != NULL; i++) {
		argv[count++] = "--exec";
		argv[count++] = choice->execs[i];
	}
	if (choice->exec_within != NULL) {
		argv[count++] = "--exec-within";
		argv[count++] = choice->exec_within;
	}
	argv[count++] = "--connect";
	argv[count++] = endpoint;
	argv[count++] = "--keys";
	argv[count++] = settings->keys;
	argv[count++] = "--gateway";
	argv[count++] = settings->instance;
	argv[count++] = "--seed";
	argv[count++] = settings->seed;
	argv[count++] = "--calendar";
	argv[count++] = settings->calendar;
	argv[count] = NULL;
	return hosted == 0 || process_start(out, argv, log_of(session, choice, "adapter.log"),
					    choice->detach, why);
}

static bool note_adapters(const struct running *running, struct failure *why)
{
	char pid[16];
	int length = snprintf(pid, sizeof pid, "%d\n", (int)running->adapters.pid);

	return running->adapters.pid == 0 ||
	       file_write(file_of(running->session, "adapter.pid"), pid, (size_t)length, 0600, why);
}

/* ---- waiting until all is well ------------------------------------------------------------------------ */

/* The last line of a log: why a program ended. */
static const char *last_line(struct session *session, const char *path)
{
	struct text text = TEXT_EMPTY;
	struct failure ignored;
	const char *line = "it said nothing";
	char *newline;

	if (text_read_file(&text, path, 64 << 20, &ignored) && text.length > 0) {
		if (text.bytes[text.length - 1] == '\n')
			text.bytes[text.length - 1] = '\0';
		newline = strrchr(text.bytes, '\n');
		line = arena_string(session->arena, newline != NULL ? newline + 1 : text.bytes);
	}
	text_free(&text);
	return line;
}

/* Where ": CFG-010: " begins in a line; NULL when there is no code. */
static const char *find_code(const char *line)
{
	for (const char *at = strstr(line, ": "); at != NULL; at = strstr(at + 2, ": "))
		if (strspn(at + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 && at[5] == '-' &&
		    strspn(at + 6, "0123456789") == 3 && strncmp(at + 9, ": ", 2) == 0)
			return at;
	return NULL;
}

/* "nswd: place: CODE: text" is a failure written down; anything else is quoted. */
static bool failure_of(const char *name, const char *line, struct failure *why)
{
	const char *at = find_code(line), *place = line;
	char code[8];

	if (at == NULL) {
		fault(why, "CLI-014", "ended while starting: %s", line);
		return failure_at(why, "%s", name);
	}
	if (strncmp(place, name, strlen(name)) == 0 && at > place + strlen(name))
		place += strlen(name) + 2;
	snprintf(code, sizeof code, "%.7s", at + 2);
	fault(why, code, "%s", at + 11);
	return failure_at(why, "%.*s", (int)(at - place), place);
}

static bool ended_early(struct running *running, const struct running_choice *choice,
			const char *name, struct failure *why)
{
	const char *log = strcmp(name, "nswd") == 0 ? "nswd.log" : "adapter.log";

	if (!choice->detach && !choice->quiet)
		return failure_of(name, "it says why above", why);
	return failure_of(name, last_line(running->session, file_of(running->session, log)), why);
}

/* nswd writes the endpoint once it serves. */
static bool wait_for_gateway(struct running *running, const struct running_choice *choice,
			     uint64_t until, struct failure *why)
{
	const char *endpoint = file_of(running->session, "endpoint"), *ended;

	while (!path_exists(endpoint)) {
		ended = running_ended(running, 10);
		if (ended != NULL)
			return ended_early(running, choice, ended, why);
		if (interrupts() > 0)
			return reject(why, "CLI-013", "interrupted");
		if (monotonic_ms() >= until)
			return defer(why, "CLI-005", "the gateway does not serve after %g s",
				     (double)running->session->timeout / 1000);
	}
	return true;
}

static bool wait_for_parties(struct running *running, const struct running_choice *choice,
			     uint64_t until, struct failure *why)
{
	struct client *client;
	const char *ended;
	bool ready = false;

	if (!session_connect(running->session, &client, NULL, true, why))
		return false;
	do {
		ready = status_wait_connected(client, choice->without, 0, why);
		ended = ready ? NULL : running_ended(running, 10);
	} while (!ready && ended == NULL && strcmp(why->code, "CLI-005") == 0 &&
		 monotonic_ms() < until && interrupts() == 0);
	client_close(client);
	if (!ready && ended != NULL)
		return ended_early(running, choice, ended, why);
	return ready;
}

/* ---- all of it ------------------------------------------------------------------------------------------ */

static bool load_parties(struct session *session, struct parties **parties, struct failure *why)
{
	const struct settings *settings;
	size_t count = 0;

	if (!session_settings(session, &settings, why))
		return false;
	while (settings->parties[count] != NULL)
		count++;
	return parties_load(parties, settings->parties, count, why);
}

static bool start_all(struct running *running, const struct running_choice *choice,
		      const struct parties *parties, struct failure *why)
{
	uint64_t until = monotonic_ms() + (uint64_t)running->session->timeout;

	if (!make_keys(running->session, parties, why) || !start_gateway(running, choice, why) ||
	    !wait_for_gateway(running, choice, until, why))
		return false;
	if (choice->no_adapters)
		return true;
	return start_adapters(running, &running->adapters, false, choice, parties, why) &&
	       note_adapters(running, why) && wait_for_parties(running, choice, until, why);
}

bool running_start(struct running *out, struct session *session,
		   const struct running_choice *choice, struct failure *why)
{
	struct parties *parties;
	bool started;

	/* Adapters whose gateway was killed wait for another one: for this, with its own. */
	if (running_find(out, session) && out->gateway.pid == 0)
		(void)running_stop(out);
	if (out->gateway.pid != 0) {
		reject(why, "CLI-011", "a gateway is running here already (pid %d)",
		       (int)out->gateway.pid);
		return failure_at(why, "%s", session->sandbox.state);
	}
	if (!sandbox_make_state(&session->sandbox, why) || !write_settings(session, choice, why) ||
	    !load_parties(session, &parties, why))
		return false;
	started = check_left_out(choice, parties, why) && start_all(out, choice, parties, why);
	parties_free(parties);
	if (!started)
		running_stop(out);
	return started;
}

bool running_admit(struct running *running, const struct running_choice *choice,
		   struct failure *why)
{
	uint64_t until = monotonic_ms() + (uint64_t)running->session->timeout;
	struct running_choice everybody = *choice;
	struct parties *parties;
	bool started;

	everybody.without[0] = NULL;
	if (!load_parties(running->session, &parties, why))
		return false;
	started = start_adapters(running, &running->late, true, choice, parties, why) &&
		  wait_for_parties(running, &everybody, until, why);
	parties_free(parties);
	return started;
}

bool running_find(struct running *out, struct session *session)
{
	const char *state = session->sandbox.state;

	*out = (struct running){ .session = session };
	process_find(&out->gateway, file_of(session, "nswd.pid"), "nswd", state);
	process_find(&out->adapters, file_of(session, "adapter.pid"), "nsw-adapter", state);
	return out->gateway.pid != 0 || out->adapters.pid != 0;
}

bool running_stop(struct running *running)
{
	static const char *const signs[] = { "adapter.pid", "nswd.pid", "endpoint" };
	bool late = process_stop(&running->late, STOP_MS);
	bool adapters = process_stop(&running->adapters, STOP_MS);
	bool gateway = process_stop(&running->gateway, STOP_MS);

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		unlink(file_of(running->session, signs[i]));
	sandbox_forget_endpoint(&running->session->sandbox, running->session->arena);
	return late && adapters && gateway;
}

const char *running_ended(struct running *running, int timeout_ms)
{
	if (running->gateway.pid == 0 || process_ended(&running->gateway, timeout_ms, NULL))
		return "nswd";
	if ((running->adapters.pid != 0 && process_ended(&running->adapters, 0, NULL)) ||
	    (running->late.pid != 0 && process_ended(&running->late, 0, NULL)))
		return "nsw-adapter";
	return NULL;
}
