/*
 * presence - which push parties are connected right now, and where.
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

/* A party said HELLO (with room for `credit` deliveries): what is open for it is due again. */
void presence_hello(struct presence *presence, const char *party, const struct address *address,
		    size_t credit, uint64_t monotonic);
/* A connection said anything at all. */
void presence_heard(struct presence *presence, const struct address *address, uint64_t monotonic);
/* A send to it failed, or it fell silent. */
void presence_gone(struct presence *presence, const struct address *address);
/* Drop those not heard since; the number dropped. */
size_t presence_sweep(struct presence *presence, uint64_t silent_since);

/* The record after which its present connection began; set once by the clerk. */
void presence_since(struct presence *presence, const char *party, int64_t seq);

struct presence_view {
	bool connected;
	struct address address;
	size_t credit;
	int64_t since;	     /* INT64_MAX until the clerk has set it */
	uint64_t last_heard; /* monotonic */
};
struct presence_view presence_of(struct presence *presence, const char *party);

#endif
