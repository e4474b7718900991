/*
 * clerk - the journal thread: everything that needs the past.
 *
 * Takes slips from the desk and works them off in batches: one transaction a batch, one
 * savepoint a slip, so that a fault undoes that slip alone. What is to leave the house waits
 * until the commit that makes it true. Between batches it looks for what has become due:
 * deliveries, held answers, cases that have waited too long. When nothing is in flight, time
 * that skips moves to the next due moment, and time that is held does as it was ordered.
 */
#ifndef NSW_CLERK_H
#define NSW_CLERK_H

#include "deliver/leases.h"
#include "pipeline.h"

#define BATCH 64

/* Which deliveries are between the clerk and the wire: sent for sealing, attempt not yet
 * recorded. */
struct sending {
	struct {
		char delivery[UUID_SIZE], party[PARTY_ID_SIZE];
		char conversation[UUID_SIZE], declarant[PARTY_ID_SIZE];
	} * entries;
	size_t count, room;
};
bool sending_has(const struct sending *sending, const char *delivery);
size_t sending_to(const struct sending *sending, const char *party);
/* Is one of the same conversation on its way to that party? The next must not overtake it. */
bool sending_before(const struct sending *sending, const struct journal_delivery *delivery);
void sending_begin(struct sending *sending, const struct journal_delivery *delivery);
void sending_end(struct sending *sending, const char *delivery);

struct slips { /* a list that grows */
	struct slip **slip;
	size_t count, room;
};

struct settling { /* who asked to be told when nothing is in flight and nothing is due */
	struct slip *slip;
	gateway_time to; /* 0: none */
	bool tried;	 /* the leap had its turn */
	bool leapt;
};

struct added { /* the fault that was added last: who hears nothing asks again */
	char tag[64], id[40];
	struct address from;
};

struct clerk {
	struct gateway *gateway;
	struct leases *leases;
	struct sending sending;
	struct slips outgoing; /* released by the commit */
	struct slips done;     /* freed after the commit */
	struct settling *settling;
	size_t settling_count;
	struct slip *settled; /* the last such question, with its answer as the payload; NULL */
	struct added added;
	gateway_time prunes; /* next: retain.c */
	gateway_time looked; /* what was due by then has had its turn */
	uint64_t commits;
};

/* slips.c: one function a slip, inside the transaction. False is a FAULT. */
MUST_CHECK bool clerk_handle(struct clerk *clerk, struct slip *slip, struct failure *why);

/* due.c: what time has brought, in transactions of its own. *more when there is more
 * to do at once. */
MUST_CHECK bool clerk_due(struct clerk *clerk, bool *more, struct failure *why);

/* time.c: what is in flight, and where time goes when nothing is. */

/* Messages inside, deliveries sent to which their party has not said SETTLED (or, where it never
 * says so, no decision), a party that was there a moment ago and has something open. */
bool clerk_in_flight(const struct clerk *clerk);
/* A party that has only just gone, or not yet come, may be back at once: time that does not tick must
 * not run through all its attempts meanwhile. Not one that is switched off, or that a fault has down. */
bool clerk_may_come_back(const struct clerk *clerk, const char *party,
			 const struct presence_view *view);
/* ms until the next due moment by the clock as it ticks; -1 for none. In skip mode with
 * nothing in flight the clock is moved there and 0 returned. */
int clerk_wait(struct clerk *clerk);
/* A moment that is not over. REJECT TIM-001, CTL-007. */
MUST_CHECK bool clerk_read_time(const struct clerk *clerk, const char *text, gateway_time *to,
				struct failure *why);
/* Forward to there, recorded, so that the next start goes on from there; inside a transaction. */
MUST_CHECK bool clerk_date(struct clerk *clerk, gateway_time to, const char *by,
			   struct failure *why);
/* The order `settle`: takes the slip, and answers it in time. */
void clerk_settle(struct clerk *clerk, struct slip *slip);
/* Nothing is in flight and nothing is due: who waits for that is told, or has his leap; *more when time
 * has moved. */
MUST_CHECK bool clerk_settled(struct clerk *clerk, bool *more, struct failure *why);
/* That connection has ended. */
void clerk_stop_settling(struct clerk *clerk, const struct address *address);
void clerk_free_settling(struct clerk *clerk);

/* simulate.c: what goes wrong. All inside a transaction. */

struct outbox;
struct firing;
/* What strikes the attempt that is about to be made; *leaves is false when it is not made now: held
 * back, or noted as one to a party that is not there. FAULT FLT-901, JRN-…. */
MUST_CHECK bool clerk_strike(struct clerk *clerk, struct outbox *outbox,
			     const struct journal_delivery *delivery, gateway_time now,
			     struct firing **firings, size_t *count, bool *leaves,
			     struct failure *why);
/* A delivery with what its party's simulation is to do wrong in front of it: two slips, or the one,
 * that a worker takes together and that leave in this order. */
struct slip *clerk_simulated(struct slip *deliver, const struct firing *firings, size_t count);
/* The orders `fault` and `agency`; *added is the id of what was added, else left alone. REJECT
 * FLT-…, PTY-004, CTL-005. */
MUST_CHECK bool clerk_order_fault(struct clerk *clerk, struct outbox *outbox,
				  const struct slip *slip, const char **added, size_t *count,
				  struct failure *why);
MUST_CHECK bool clerk_order_agency(struct clerk *clerk, struct outbox *outbox,
				   const struct slip *slip, size_t *count, struct failure *why);

/* Keep a slip until the commit: to hand it on then, or to free it then. */
void clerk_send_later(struct clerk *clerk, struct slip *slip);
void clerk_done(struct clerk *clerk, struct slip *slip);

MUST_CHECK bool clerk_begin(struct clerk *clerk, struct failure *why);
/* Commit, then hand over what waited for it. */
MUST_CHECK bool clerk_commit(struct clerk *clerk, struct failure *why);

#endif
