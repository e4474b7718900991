/*
 * mischief - what a simulated party does wrong because the gateway told it to.
 *
 * The gateway decides which faults strike, and records them; here they are only carried out. It
 * says SIMULATE immediately before a DELIVER (gateway/core/bus-protocol.md, 4.6). What that told
 * counts for the next delivery of that message on that link and for the answers to it, and is
 * forgotten then: the delivery after it is answered as though nothing had happened.
 *
 * All of it is a function of what was told, of the seed and of the bytes concerned. Of several
 * faults each is committed, in the order of the functions below.
 */
#ifndef NSW_ADAPTERS_MISCHIEF_H
#define NSW_ADAPTERS_MISCHIEF_H

#include "core/bus.h"
#include "core/failure.h"
#include "core/fault.h"

#include "decide.h"
#include "errand.h"

/* Of one delivery. All zero: nothing goes wrong. */
struct mischief {
	const char *seed; /* of the draws; borrowed */
	char message[UUID_SIZE];
	char attempt[24];	     /* of that message: makes its draws */
	unsigned kinds[FAULT_SIDES]; /* sets of 1 << enum fault_kind */
	struct failure because;	     /* of a refusal */
};

/* A SIMULATE; what was told before is forgotten. REJECT FLT-006. */
MUST_CHECK bool mischief_told(struct mischief *told, const struct parcel *parcel,
			      struct failure *why);
/* What was told of this delivery; it is taken out of `told`. */
struct mischief mischief_take(struct mischief *told, const struct parcel *delivery,
			      const char *seed);

bool mischief_does(const struct mischief *mischief, enum fault_side on, enum fault_kind kind);

/* What arrives of a delivery that does arrive. Lives in the arena, or is what was sent. */
struct parcel mischief_on_the_way(const struct mischief *mischief, const struct parcel *delivery,
				  struct arena *arena);

/* Which answers are given, before they are sealed. `request` is what is answered. FAULT the codes
 * of document_parse(). */
MUST_CHECK bool mischief_answers(const struct mischief *mischief, struct answers *answers,
				 struct arena *arena, const struct profile *profile,
				 const struct envelope *request, struct failure *why);

/* What becomes of them once they are sealed, and in which order they leave. */
void mischief_letters(const struct mischief *mischief, struct arena *arena, struct letter *letters,
		      size_t count);

#endif
