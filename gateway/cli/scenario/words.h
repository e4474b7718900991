/* words - all that somebody may be expected to say in a scenario. */
#ifndef NSW_SCENARIO_WORDS_H
#define NSW_SCENARIO_WORDS_H

#include "cli/command.h"
#include "cli/scenario/play.h"

/* Of the gateway (party NULL) the states of the life of what was submitted; of a party the statuses in
 * its profile; of either what the runner itself calls things, and what has been seen. */
void words_of_speaker(struct words *words, struct play *play, const struct submitted *submitted,
		      const char *party);

/* The statuses of every party's profile. */
void words_of_all_parties(struct words *words, struct play *play);
/* Somebody may say that code: it stands in the data of the kinds, or in a party's profile. */
bool words_have_code(struct play *play, const char *code);

#endif
