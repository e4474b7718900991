/*
 * clerk - the journal thread: everything that needs the past.
 *
 * Takes slips from the desk and works them off in batches: one transaction a batch, one
 * savepoint a slip, so that a fault undoes that slip alone. What is to leave the house waits
 * until the commit that makes it true. Between batches it looks for what has become due:
 * deliveries, held answers, cases that have waited too long; in skip mode, when nothing is in
 * flight, it moves gateway time to the next due moment.
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

struct clerk {
	struct gateway *gateway;
	struct leases *leases;
	struct sending sending;
	struct slips outgoing; /* released by the commit */
	struct slips done;     /* freed after the commit */
	uint64_t
		last_traffic; /* monotonic: when something last went to or came from a push party */
	gateway_time looked;  /* what was due by then has had its turn */
	uint64_t commits;
};

/* clerk_slips.c: one function a slip, inside the transaction. False is a FAULT. */
MUST_CHECK bool clerk_handle(struct clerk *clerk, struct slip *slip, struct failure *why);

/* clerk_due.c: what time has brought, in transactions of its own. *more when there is more
 * to do at once. */
MUST_CHECK bool clerk_due(struct clerk *clerk, bool *more, struct failure *why);
/* ms until the next due moment by the clock as it ticks; -1 for none. In skip mode with
 * nothing in flight the clock is moved there and 0 returned. */
int clerk_wait(struct clerk *clerk);

/* Keep a slip until the commit: to hand it on then, or to free it then. */
void clerk_send_later(struct clerk *clerk, struct slip *slip);
void clerk_done(struct clerk *clerk, struct slip *slip);

MUST_CHECK bool clerk_begin(struct clerk *clerk, struct failure *why);
/* Commit, then hand over what waited for it. */
MUST_CHECK bool clerk_commit(struct clerk *clerk, struct failure *why);

#endif
