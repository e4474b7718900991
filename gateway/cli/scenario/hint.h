/*
 * hint - what to do about an expectation that was not met: one sentence, from the calendar, the tasks,
 * the faults and the words that exist.
 */
#ifndef NSW_SCENARIO_HINT_H
#define NSW_SCENARIO_HINT_H

#include "cli/scenario/play.h"

/* `hop` is what came nearest; NULL: nothing. The most likely cause alone; NULL when nobody knows. */
const char *hint_for(struct play *play, const struct deed *deed, const struct submitted *submitted,
		     const struct hop *hop);
/* For an answer of the gateway with that code, from the catalogue; NULL. */
const char *hint_for_code(const struct play *play, const char *code);
/* For a <never> that came true: why it could not fail, because nobody says such a thing; NULL. */
const char *hint_never_said(struct play *play, const struct deed *deed,
			    const struct submitted *submitted);

#endif
