/*
 * talk - what one party and the gateway say to each other on one link.
 *
 * gateway/core/bus-protocol.md is the language; this is the push party's half of it: HELLO with
 * credit, an errand for each DELIVER and SETTLED when it is over, what RECEIPT, REFUSAL and BUSY mean
 * for an errand, heartbeats. No threads here: serve.c listens and calls. Only a stand-in is waited
 * for.
 *
 * A talk may be begun anew at any moment and forgets its errands then; the gateway delivers
 * again what was not decided.
 */
#ifndef NSW_ADAPTERS_TALK_H
#define NSW_ADAPTERS_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bus.h"
#include "core/clock.h"

#include "errand.h"
#include "mischief.h"
#include "profile.h"
#include "request.h"

#define TALK_CREDIT    32   /* deliveries open at a time */
#define TALK_HEARTBEAT 5000 /* ms, until the gateway says otherwise */
#define TALK_SILENCE   3    /* heartbeats without a word: the gateway is gone */

struct talk {
	const struct office *office;
	const struct profile *profile;
	const struct stand_in *stand_in; /* decides in place of the profile's table; NULL */
	int stop;			 /* readable: whoever is asked gives up; -1: never */
	struct link *link;		 /* borrowed */
	bool welcome;			 /* HELLO has been answered on this link */
	int64_t heartbeat;
	/* below: talk.c's own */
	struct errands errands;
	struct mischief wrong; /* what is to go wrong with the next delivery */
	gateway_time told;     /* by the last WELCOME, at monotonic told_at */
	uint64_t told_at;
	bool held;	       /* the gateway's clock stands still */
	uint64_t heard, spoke; /* monotonic time of the last word in, of the last word out */
};

/* The first word on a link, or on its new connection. */
void talk_begin(struct talk *talk, struct link *link);
/* What this party has to say of its own accord: answers that are due, a sign of life. */
void talk_say(struct talk *talk);
/* What the gateway said; the parcel is used no longer than the call. */
void talk_hear(struct talk *talk, const struct parcel *parcel, struct arena *arena);
/* ms until talk_say() has something again. */
int talk_patience(const struct talk *talk);
bool talk_is_over(const struct talk *talk); /* nothing heard for too long */
void talk_end(struct talk *talk);

#endif
