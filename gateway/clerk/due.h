/*
 * due - what the files that do what is due share. Private to them.
 */
#ifndef NSW_CLERK_DUE_H
#define NSW_CLERK_DUE_H

#include "clerk/clerk.h"
#include "deliver/outbox.h"

#define AT_ONCE 64 /* of one sort, before looking at the desk again */

struct due {
	struct clerk *clerk;
	struct conduct conduct;
	struct outbox outbox;
	struct arena *arena;
	gateway_time now;
	gateway_time by; /* what is due by then is looked at: now, or earlier */
	bool more;
	bool moved; /* something was done, or sent */
};

/* One piece of work in a savepoint. A fault undoes it alone; `postpone` then moves it out of
 * the way, so that it neither comes back at once nor keeps others from their turn. */
typedef bool due_work(struct due *due, const void *thing, struct failure *why);
typedef bool postpone_work(struct due *due, const void *thing, const struct failure *reason,
			   struct failure *why);

struct sort { /* of work that falls due */
	due_work *work;
	postpone_work *postpone; /* NULL: what is due again has a moment of its own */
	size_t size;
};
/* Those things, one by one, in one transaction; nothing to do is fine. */
MUST_CHECK bool due_do(struct due *due, const struct sort *sort, const void *things, size_t count,
		       struct failure *why);

/* deliver.c: all deliveries that are due and have room; or the one whose turn it is, whomever
 * it is for. Either notes as an attempt what is due to a party that is not there. */
MUST_CHECK bool due_deliver(struct due *due, struct failure *why);
MUST_CHECK bool due_deliver_next(struct due *due, struct failure *why);

#endif
