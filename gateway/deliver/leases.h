/*
 * leases - which mailbox messages are in a trader's hands just now.
 *
 * FETCH lends messages to one connection; ACK ends the message; the end of the connection or of
 * the lease's time gives it back. In memory only: after a restart everything unacknowledged is
 * free again, which costs a trader a repeated delivery and nothing else. The clerk's alone.
 */
#ifndef NSW_LEASES_H
#define NSW_LEASES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bus.h"

struct leases;

struct leases *leases_new(void);
void leases_free(struct leases *leases); /* NULL is fine */

/* Lend a delivery until a monotonic moment; false when it is lent to somebody else. The
 * connection that holds it may have it again. */
bool leases_take(struct leases *leases, const char *delivery, const struct address *holder,
		 uint64_t now, uint64_t until);
void leases_end(struct leases *leases, const char *delivery);
/* A connection has ended: what it held is free. */
void leases_return(struct leases *leases, const struct address *holder);

#endif
