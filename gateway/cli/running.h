/*
 * running - a sandbox that runs: keys, a settings file, one gateway, one process of adapters.
 *
 * Used by `up`, `down`, `demo` and `test`. Whatever was started when something goes wrong is stopped
 * again.
 */
#ifndef NSW_RUNNING_H
#define NSW_RUNNING_H

#include "cli/process.h"
#include "cli/session.h"

#define RUNNING_GIVEN	64
#define RUNNING_WITHOUT 16

#define RUNNING_EXECS 16

struct running_choice {
	struct {
		const char *name, *value; /* a setting (core/settings.h) */
	} given[RUNNING_GIVEN];
	size_t count;
	bool detach; /* outlive us, write logs into the state folder */
	bool quiet;  /* logs into the state folder although they do not outlive us */
	bool no_adapters;
	bool closed;	/* no setting comes from the environment */
	bool throwaway; /* for one story: the parties start while the gateway does, all are killed */
	program_main *gateway, *adapter;      /* run in a copy of this process; NULL: executed */
	const char *execs[RUNNING_EXECS + 1]; /* "[PARTY=]CMD": decides for it; NULL at the end */
	const char *exec_within;	      /* how long such a command may take; NULL */
	const char
		*without[RUNNING_WITHOUT + 1]; /* parties whose simulation is not started; NULL */
};

struct running {
	struct session *session;
	struct process gateway, adapters;
	struct process late; /* of parties that were left out at first */
	bool throwaway;
};

/* REJECT CLI-009 `without` names no simulated party, CLI-011 already running there; CFG-…, PTY-…, CLI-014 a program ended while starting
 * (the text is the last line it said), CLI-005 not everybody connected in time. On success
 * everything is ready. */
MUST_CHECK bool running_start(struct running *out, struct session *session,
			      const struct running_choice *choice, struct failure *why);
/* Start the simulation of those whom the same choice left out, of a sandbox that is not detached;
 * on success everybody is connected. The codes of running_start(). */
MUST_CHECK bool running_admit(struct running *running, const struct running_choice *choice,
			      struct failure *why);
/* What runs in the session's state folder; false: nothing. */
bool running_find(struct running *out, struct session *session);
/* Ends what is there; true when all ended by itself. Removes the files that say it runs. */
bool running_stop(struct running *running);
/* Which has ended by itself? NULL: none, after up to timeout_ms. */
const char *running_ended(struct running *running, int timeout_ms);
/* The last line of its log; in the session's arena. */
const char *running_last_words(const struct running *running, const char *program);

#endif
