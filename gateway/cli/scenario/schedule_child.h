/*
 * schedule_child - the process that runs one scenario, and the pipe through which it tells.
 * For schedule.c alone.
 */
#ifndef NSW_SCENARIO_SCHEDULE_CHILD_H
#define NSW_SCENARIO_SCHEDULE_CHILD_H

#include <sys/types.h>

#include "cli/scenario/schedule.h"
#include "core/text.h"

struct child {
	pid_t pid; /* 0: none, or it has ended */
	int pipe;
	struct text said;
};

/* *result is as described; the child tells it when it is filled in. FAULT CLI-010. */
MUST_CHECK bool child_start(struct child *child, const struct schedule *schedule, size_t scenario,
			    struct scenario_result *result, struct failure *why);
/* Read what has come; false when that was all. */
bool child_listen(struct child *child);
/* Wait for it. How it ended, "was ended by signal 9 (Killed)"; NULL: as it should. */
const char *child_end(struct child *child, struct arena *arena);

#endif
