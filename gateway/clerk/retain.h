/*
 * retain - how long bodies are kept (journal/prune.h says of what). Private to the clerk.
 */
#ifndef NSW_CLERK_RETAIN_H
#define NSW_CLERK_RETAIN_H

#include "clerk/due.h"
#include "clerk/step.h"

#define RETAIN_EVERY INT64_C(86400000) /* ms of gateway time */

/* The order `prune`: what has been over for its `age`. REJECT CTL-005. */
MUST_CHECK bool step_prune(struct step *step, const struct slip *slip, size_t *count,
			   struct failure *why);

/* Once a gateway day, where the setting `retention` says so. It wakes nobody: it has its turn when
 * something else has. */
MUST_CHECK bool due_retain(struct due *due, struct failure *why);

#endif
