/*
 * planner - the control table and all that it asks, for questions without a gateway.
 *
 * Kinds, register and calendar are the session's and outlive it.
 */
#ifndef NSW_PLANNER_H
#define NSW_PLANNER_H

#include "cli/session.h"
#include "deliver/plan.h"

struct planner {
	struct parties *parties;
	struct plan *plan;
};

/* Our own profiles, the sandbox's and those of `more` folders. PTY-…, PLN-90…, KND-…. */
MUST_CHECK bool planner_open(struct planner *out, struct session *session, const char *const *more,
			     size_t more_count, struct failure *why);
void planner_close(struct planner *planner); /* one that was never opened is fine */

#endif
