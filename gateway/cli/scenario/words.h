/* words - all that somebody may be expected to say in a scenario. */
#ifndef NSW_SCENARIO_WORDS_H
#define NSW_SCENARIO_WORDS_H

#include "cli/command.h"
#include "cli/scenario/play.h"

/* Of the gateway (party NULL) the states of the life of what was submitted; of a party the statuses in
 * its profile; of either what the runner itself calls things, and what has been seen. */
void words_of_speaker(struct words *words, struct play *play, const struct submitted *submitted,
		      const char *party);

#endif
