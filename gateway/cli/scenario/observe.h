/*
 * observe - which of the things that happened belong to a submit, and which are meant by an
 * expectation.
 *
 * Of a submit are the hops, after it was handed in, of its message and of the case that its message
 * opened or belongs to. Words of the gateway are the states of that case, and RECEIVED or REFUSED
 * of the message itself; words of a party are what its hops say happened (event) and what the task
 * or delivery came to (state).
 */
#ifndef NSW_SCENARIO_OBSERVE_H
#define NSW_SCENARIO_OBSERVE_H

#include "cli/scenario/play.h"

bool is_of(const struct hop *hop, const struct submitted *submitted);
/* What it says under the name that scenarios use; NULL: nothing that is a word of anybody. */
const char *word_of(const struct play *play, const struct submitted *submitted,
		    const struct hop *hop);
/* Something its party said itself, instead of what the gateway did for it. */
bool is_said(const struct hop *hop);
/* A receipt is RECEIVED, unless that is something a party decides in this life. */
bool is_receipt(const struct play *play, const struct submitted *submitted, const struct hop *hop);
/* By that party (NULL: the gateway). */
bool is_from(const struct hop *hop, const char *party);

/* The first hop that an expectation means, and that no identical one was met by; NULL. */
const struct hop *observe_match(struct play *play, const struct deed *deed,
				const struct submitted *submitted);
/* For <never>: the first that no expectation was met by. */
const struct hop *observe_slip(struct play *play, const struct deed *deed,
			       const struct submitted *submitted);
void observe_met(struct play *play, const struct deed *deed, const struct hop *hop);

/* The latest that was observed from there, in the sense of words; NULL. */
const struct hop *observe_latest(const struct play *play, const struct submitted *submitted,
				 const char *party);
/* Nothing else can come from there any more. */
MUST_CHECK bool observe_final(struct play *play, const struct deed *deed,
			      const struct submitted *submitted, bool *final, struct failure *why);

/* Of the kind that was handed in; NULL. */
const struct life *observe_life(const struct play *play, const struct submitted *submitted);
/* The findings in what a party answered in that case; message NULL: in all its answers. Party NULL: in
 * what the gateway told whoever handed it in. */
MUST_CHECK bool observe_findings(struct play *play, const struct submitted *submitted,
				 const char *party, const char *message, struct findings *findings,
				 struct failure *why);
#endif
