/*
 * host - the private gateway of one scenario, and the ground on which all of them stand.
 *
 * A ground is one folder a run, in memory where the machine has such a place, with a folder below it for
 * each gateway's state; keys are shared: those of the source tree, or made once. A host is one gateway
 * with held time and one process that plays all parties, both started at the same time.
 *
 * Whatever happens, nothing stays: a host's processes end with the process that started them, the folder
 * goes with the ground, and the folder of a run that was killed goes with the next run (its lock is
 * free). Only what was asked to be kept stays, outside the ground.
 */
#ifndef NSW_SCENARIO_HOST_H
#define NSW_SCENARIO_HOST_H

#include "cli/running.h"
#include "cli/scenario/scenario.h"

struct ground {
	const char *folder, *keys;
	int lock; /* held as long as any process of the run lives */
};

/* Strings live in the session. Whoever made it clears it; a child of it does not. REJECT CLI-006, FAULT
 * CLI-010, CLI-014 the keys cannot be made. */
MUST_CHECK bool ground_make(struct ground *out, struct session *session, struct failure *why);
void ground_clear(struct ground *ground); /* one that was never made is fine */

struct host {
	struct session session; /* as ours, but with this gateway */
	struct running running;
	struct running_choice choice;
	bool kept; /* outlives us */
};

/* `keep`: it may stay when it ends, so it lies elsewhere, with keys of its own. The codes of running_start(). */
MUST_CHECK bool host_start(struct host *out, const struct session *session,
			   const struct ground *ground, const struct scenario *scenario,
			   const char *seed, bool keep, struct failure *why);
/* `stay`: one that may be kept goes on. All others are gone, with their state. */
void host_end(struct host *host, bool stay);
/* Which of its programs has ended, after a moment in which it may, and its last words: "nswd: ..."; in the session. NULL: none has. */
const char *host_trouble(struct host *host);
/* Likewise, at once. */
const char *host_ended(struct host *host);

#endif
