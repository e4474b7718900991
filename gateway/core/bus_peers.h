/*
 * bus_peers - the gateway's connections: who is on each, and how it ended. Private to bus*.c.
 *
 * libzmq tells of a connection twice: its monitor names a descriptor, its messages name a
 * routing id and that descriptor. Here both meet. Of each descriptor a copy is kept, for as long
 * as the monitor has not said that the connection is over: through it one can still see
 * who hung up, and end the connection without hitting a newer one that got the same number.
 */
#ifndef NSW_BUS_PEERS_H
#define NSW_BUS_PEERS_H

#include "core/bus.h"

struct peer {
	bool open;
	int watch;     /* our copy of the descriptor; -1 when there is none */
	char from[64]; /* "127.0.0.1:51234", "pid 4711 uid 0"; empty when it was gone too soon */

	bool spoke; /* only then is there a name */
	struct address address;
	char party[PARTY_ID_SIZE];
	char key[CURVE_TEXT_SIZE];

	bool cut;	   /* by peer_cut() */
	bool completed;	   /* a message, since the guard has looked */
	uint64_t taken_in; /* bytes on the wire when the last message was complete */
	uint64_t heard_at; /* monotonic time of that; at first, of its coming */
};

struct peers;

struct peers *peers_new(void);
void peers_free(struct peers *peers); /* NULL is fine */

/* The monitor saw it come. */
void peers_accept(struct peers *peers, int descriptor);
/* A message came: its connection, noted with the name. */
struct peer *peers_heard(struct peers *peers, const struct address *address, const char *party,
			 const char *key);

/* Likewise when it is not to get a name. */
struct peer *peers_on(struct peers *peers, int descriptor);

/* NULL when that connection is over, or was never heard. */
struct peer *peers_find(struct peers *peers, const struct address *address);
/* Open connections one after the other, from *position = 0 on; NULL after the last. */
struct peer *peers_next(struct peers *peers, size_t *position);
size_t peers_open(const struct peers *peers);

enum peer_end {
	PEER_LEFT,    /* hung up, or its host vanished */
	PEER_CUT,     /* by peer_cut() */
	PEER_DROPPED, /* by libzmq: too large, not its protocol, or without a heartbeat */
	PEER_UNKNOWN, /* no such connection */
};

/* The monitor saw it go: *was is what was known. */
enum peer_end peers_leave(struct peers *peers, int descriptor, struct peer *was);
/* The oldest that left after it had spoken and has not been told of; false when there is none. */
bool peers_departed(struct peers *peers, struct address *address, char party[PARTY_ID_SIZE]);

/* End the connection; the monitor will see it go. */
void peer_cut(struct peer *peer);
/* Bytes received so far, handshake and heartbeats included; false where the system keeps no such
 * count (ipc). */
bool peer_taken_in(const struct peer *peer, uint64_t *bytes);

#endif
