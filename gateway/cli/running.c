#include "cli/running_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/status.h"
#include "core/nearest.h"
#include "core/party.h"
#include "core/text.h"

#define STOP_MS 5000
#define LOOK_MS 2 /* a start is waited for so often: it is over in a tenth of a second */

const char *running_file(const struct session *session, const char *name)
{
	return sandbox_file(&session->sandbox, session->arena, name);
}

/* ---- the programs ---------------------------------------------------------------------------------- */

static const char *log_of(const struct session *session, const struct running_choice *choice,
			  const char *name)
{
	return choice->detach || choice->quiet ? running_file(session, name) : NULL;
}

static bool start_gateway(struct running *running, const struct running_choice *choice,
			  struct failure *why)
{
	struct session *session = running->session;
	const char *program;
	const char *const *argv;

	if (!sandbox_program(&session->sandbox, session->arena, "nswd", &program, why))
		return false;
	argv = (const char *const[]){ program, "--settings", running_file(session, "settings.xml"),
				      NULL };
	unlink(running_file(session, "endpoint"));
	return process_start(&running->gateway, argv, choice->gateway,
			     log_of(session, choice, "nswd.log"), choice->detach, why);
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

/* Where it will listen, before it does. */
static bool find_endpoint(struct session *session, const struct running_choice *choice,
			  const struct settings *settings, const char **endpoint,
			  struct failure *why)
{
	*endpoint = settings->endpoint;
	return choice->throwaway || session_endpoint(session, endpoint, why);
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
	    !find_endpoint(session, choice, settings, &endpoint, why) ||
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
	return hosted == 0 ||
	       process_start(out, argv, choice->adapter, log_of(session, choice, "adapter.log"),
			     choice->detach, why);
}

static bool note_adapters(const struct running *running, struct failure *why)
{
	char pid[16];
	int length = snprintf(pid, sizeof pid, "%d\n", (int)running->adapters.pid);

	return running->adapters.pid == 0 ||
	       file_write(running_file(running->session, "adapter.pid"), pid, (size_t)length, 0600,
			  why);
}

/* ---- waiting until all is well ------------------------------------------------------------------------ */

/* nswd writes the endpoint once it serves. */
static bool wait_for_gateway(struct running *running, const struct running_choice *choice,
			     uint64_t until, struct failure *why)
{
	const char *endpoint = running_file(running->session, "endpoint"), *ended;

	while (!path_exists(endpoint)) {
		ended = running_ended(running, LOOK_MS);
		if (ended != NULL)
			return running_ended_early(running, choice, ended, why);
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
		ended = ready ? NULL : running_ended(running, LOOK_MS);
	} while (!ready && ended == NULL && strcmp(why->code, "CLI-005") == 0 &&
		 monotonic_ms() < until && interrupts() == 0);
	client_close(client);
	if (!ready && ended != NULL)
		return running_ended_early(running, choice, ended, why);
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

static bool start_parties(struct running *running, const struct running_choice *choice,
			  const struct parties *parties, struct failure *why)
{
	return start_adapters(running, &running->adapters, false, choice, parties, why) &&
	       note_adapters(running, why);
}

static bool start_all(struct running *running, const struct running_choice *choice,
		      const struct parties *parties, struct failure *why)
{
	uint64_t until = monotonic_ms() + (uint64_t)running->session->timeout;

	if (!running_make_keys(running->session, parties, why) ||
	    !start_gateway(running, choice, why))
		return false;
	if (choice->throwaway && !start_parties(running, choice, parties, why))
		return false;
	if (!wait_for_gateway(running, choice, until, why))
		return false;
	if (choice->no_adapters)
		return true;
	return (choice->throwaway || start_parties(running, choice, parties, why)) &&
	       wait_for_parties(running, choice, until, why);
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
	if (!sandbox_make_state(&session->sandbox, why) ||
	    !running_write_settings(session, choice, why) || !load_parties(session, &parties, why))
		return false;
	out->throwaway = choice->throwaway;
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
	process_find(&out->gateway, running_file(session, "nswd.pid"), "nswd", state);
	process_find(&out->adapters, running_file(session, "adapter.pid"), "nsw-adapter", state);
	return out->gateway.pid != 0 || out->adapters.pid != 0;
}

bool running_stop(struct running *running)
{
	static const char *const signs[] = { "adapter.pid", "nswd.pid", "endpoint" };
	struct process *const all[] = { &running->late, &running->adapters, &running->gateway };
	bool gently = true;

	/* What a gateway forgets and its parties have queued for it would only keep them waiting. */
	for (size_t i = 0; running->throwaway && i < sizeof all / sizeof *all; i++)
		process_kill(all[i]);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		gently = process_stop(all[i], STOP_MS) && gently;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		unlink(running_file(running->session, signs[i]));
	sandbox_forget_endpoint(&running->session->sandbox, running->session->arena);
	return gently;
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
