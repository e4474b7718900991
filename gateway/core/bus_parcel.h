/*
 * bus_parcel - frames become a parcel, or are refused. Private to bus.c and link.c.
 */
#ifndef NSW_BUS_PARCEL_H
#define NSW_BUS_PARCEL_H

#include "core/bus.h"
#include "core/bus_socket.h"

#define PARCEL_FRAMES 4 /* version, verb, envelope, payload */

enum side { GATEWAY_SIDE = 1, CLIENT_SIDE = 2 };

/*
 * Fill verb, envelope and payload of *out from the frames that `sender` sent; bytes are
 * copied into the arena only when all is well. REJECT BUS-010 otherwise.
 */
MUST_CHECK bool parcel_read(struct parcel *out, struct arena *arena, const struct frame *frames,
			    size_t count, enum side sender, struct failure *why);
/* The other way round; the frames borrow from the arguments. */
void parcel_write(struct frame frames[PARCEL_FRAMES], enum verb verb, const void *envelope,
		  size_t envelope_length, const void *payload, size_t payload_length);

/* Bytes of all parcels of this process whose arenas still live. Any thread. */
size_t parcels_alive(void);

#endif
