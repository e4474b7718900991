/* tell - why a step was not met, in words: what was expected, what came nearest, and why. */
#ifndef NSW_SCENARIO_TELL_H
#define NSW_SCENARIO_TELL_H

#include "cli/scenario/play.h"

/* Gateway time since the last deed that is no expectation: "0.000s", "3d03h". */
const char *tell_moment(const struct play *play, gateway_time when);
/* "d2 from MoH: PAPER_DUE" */
const char *tell_hop(const struct play *play, const struct submitted *submitted,
		     const struct hop *hop);
/* "d2 from MoH: ACCEPTED within 2s" */
const char *tell_expectation(const struct play *play, const struct deed *deed);

/* All return UNMET; what they fill in is the play's step. */
enum done tell_unmet(struct play *play, const struct deed *deed, const char *expected,
		     const char *nearest);
/* An answer to a submit that is not the one expected. */
enum done tell_refusal(struct play *play, const struct deed *deed,
		       const struct submitted *submitted, const char *expected);
/* Something observed, or not; `hop` is what came nearest, NULL: nothing did. */
enum done tell_observed(struct play *play, const struct deed *deed,
			const struct submitted *submitted, const struct hop *hop,
			const char *expected);

#endif
