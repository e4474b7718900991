/*
 * bus_socket - libzmq, hidden. Private to bus*.c and link.c.
 *
 * The one file that includes zmq.h is bus_socket.c. It knows sockets, options, frames and events,
 * and nothing of parties, verbs or what is to be done about anything; bus.c (the gateway's side)
 * and link.c (a client's) stand on it.
 *
 * A bus_socket has a context of its own (a ZAP handler belongs to a context), a ROUTER or a
 * DEALER, its monitor, a wake-up, and on the gateway's side the ZAP handler's socket. It belongs
 * to one thread; socket_wake() may be called by any. Nothing but socket_wait() ever waits.
 */
#ifndef NSW_BUS_SOCKET_H
#define NSW_BUS_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bus.h"
#include "core/failure.h"
#include "core/keyring.h"

#define SOCKET_ZAP_DOMAIN "nsw"
#define SOCKET_FRAMES	  8 /* of a message, or of a ZAP request or reply */

struct bus_socket;

struct socket_keys {
	const char *public_key, *secret_key; /* Z85 */
	const char *server_key;		     /* client's side */
};

/* FAULT BUS-001, BUS-002, BUS-005 as in bus.h. */
MUST_CHECK bool socket_bind(struct bus_socket **out, const char *endpoint,
			    const struct socket_keys *keys, size_t hard_limit, struct failure *why);
MUST_CHECK bool socket_connect(struct bus_socket **out, const char *endpoint,
			       const struct socket_keys *keys, struct failure *why);
void socket_close(struct bus_socket *socket); /* NULL is fine */
/* A client\'s side: no more attempts to connect. */
void socket_hang_up(struct bus_socket *socket);
const char *socket_endpoint(const struct bus_socket *socket);

/* Until something may be ready, or timeout_ms (negative: for ever) has passed. *woken: by
 * socket_wake() or a signal. FAULT BUS-004. */
MUST_CHECK bool socket_wait(struct bus_socket *socket, int timeout_ms, bool *woken,
			    struct failure *why);
void socket_wake(struct bus_socket *socket);

/* Borrowed until the next socket_receive() or socket_knock(). */
struct socket_message {
	size_t count; /* frames that came; those beyond SOCKET_FRAMES were dropped */
	struct frame frames[SOCKET_FRAMES];
	const char *user; /* User-Id and key as socket_answer() said; NULL when nobody did */
	const char *key;
	int descriptor; /* of the connection it came by, libzmq's own; -1 when unknown */
};

/* False when nothing is there. */
bool socket_receive(struct bus_socket *socket, struct socket_message *out);

enum socket_sent { SENT, SENT_FULL, SENT_GONE };
enum socket_sent socket_send(struct bus_socket *socket, const struct frame *frames, size_t count);

/* ZAP: somebody at the door, as the frames of RFC 27. Each knock must be answered, before the
 * next. `key` goes into every message's socket_message.key. */
bool socket_knock(struct bus_socket *socket, struct socket_message *out);
void socket_answer(struct bus_socket *socket, const struct frame *id, const char *status,
		   const char *user, const char *key);

enum socket_event_kind {
	EVENT_ACCEPTED,	    /* descriptor */
	EVENT_CONNECTED,    /* descriptor; the handshake follows */
	EVENT_UNREACHABLE,  /* client: an attempt to connect has failed */
	EVENT_READY,	    /* handshake done */
	EVENT_REFUSED,	    /* handshake failed: the gateway refuses the key; status */
	EVENT_NO_MATCH,	    /* handshake failed: a protocol error; libzmq's number */
	EVENT_BROKEN_OFF,   /* handshake failed: the other side went away; errno */
	EVENT_DISCONNECTED, /* descriptor, about to be closed */
};

struct socket_event {
	enum socket_event_kind kind;
	uint32_t value; /* descriptor, status, number, errno: as said above */
};

/* The next thing that the monitor saw; false when there is none. */
bool socket_event(struct bus_socket *socket, struct socket_event *out);
const char *socket_event_text(const struct socket_event *event); /* why a handshake failed */

/* What is left of a time-out that began then (monotonic ms); negative: for ever, as it was. */
int time_left(uint64_t begun, int timeout_ms);

/* 32 bytes as Z85. */
void socket_z85(char text[CURVE_TEXT_SIZE], const void *key);

#endif
