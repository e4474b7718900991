/*
 * presence - which push parties are connected right now, where, and what they still have to say.
 *
 * Kept by the front thread, which hears them; read by the clerk, which plans deliveries, and
 * by control. Locks itself. A party may hold several connections: the newest that is
 * alive is used.
 */
#ifndef NSW_PRESENCE_H
#define NSW_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bus.h"

struct presence;

struct presence *presence_new(void);
void presence_free(struct presence *presence); /* NULL is fine */

/* A party said HELLO (with room for `credit` deliveries; `settles`: it will say SETTLED to each of
 * them): what is open for it is due again. */
void presence_hello(struct presence *presence, const char *party, const struct address *address,
		    size_t credit, bool settles, uint64_t monotonic);
/* A connection said anything at all. True when it had been taken for gone: it is back. */
bool presence_heard(struct presence *presence, const struct address *address, uint64_t monotonic);
/* The connection has ended. */
void presence_gone(struct presence *presence, const struct address *address, uint64_t monotonic);
/* Take those not heard since for gone, until they are heard again; how many. */
size_t presence_sweep(struct presence *presence, uint64_t silent_since, uint64_t monotonic);

/* A delivery was sent on that connection; and: to one of them nothing more will be said there. True
 * when that was the last that was owed there. What no connection owes is passed over. */
void presence_sent(struct presence *presence, const struct address *address);
bool presence_settled(struct presence *presence, const struct address *address);
/* Deliveries that those who are there have not settled. */
size_t presence_unsettled(struct presence *presence);

/* The record after which its connections began, where that is not set yet; by the clerk. All of
 * them, since two may have said HELLO before the clerk comes to the first. */
void presence_since(struct presence *presence, const char *party, int64_t seq);

/* A party is switched off: as though not connected, and nobody waits for it; or on again, as though
 * it had connected after record `seq` - 1. By the clerk. */
void presence_switch(struct presence *presence, const char *party, bool off, int64_t seq);

struct presence_view {
	bool off; /* switched off: never connected */
	bool connected;
	bool settles;
	struct address address;
	size_t credit;
	int64_t since;	       /* INT64_MAX until the clerk has set it */
	uint64_t last_heard;   /* monotonic */
	uint64_t absent_since; /* likewise; of a party that is not connected: since then, or since
				* the start */
};
struct presence_view presence_of(struct presence *presence, const char *party);

#endif
