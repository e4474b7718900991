/*
 * bus - ZeroMQ with CURVE, and a name for who is speaking.
 *
 * The wire protocol is written down in bus-protocol.md beside this header: read that first.
 * libzmq itself is known to bus_socket.c alone.
 *
 * Two nouns: a `bus` is the gateway's side (one ROUTER, its ZAP handler, its
 * monitor), a `link` is a client's side (one DEALER and its monitor). Each belongs
 * to one thread; bus_wake() and link_wake() are the exceptions. Sends never block.
 *
 * Who is speaking is decided by the transport key: ZAP looks the client's key up
 * in the keyring at the handshake and sets the User-Id; bus asks the keyring
 * again at every message in either direction, so that a key withdrawn while connected
 * stops working at once. Routing ids are addresses, never names.
 */
#ifndef NSW_BUS_H
#define NSW_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/failure.h"
#include "core/keyring.h"

#define BUS_PROTOCOL	 "NSW1"
#define BUS_HARD_LIMIT	 (48 * 1024 * 1024) /* bytes of a frame; above it the connection drops */
#define BUS_MEMORY_LIMIT (64 * 1024 * 1024)
#define BUS_HEARTBEAT_MS 5000 /* the interval of WELCOME; three of them are silence */
#define BUS_ADDRESS_SIZE 8    /* bytes of a routing id; the ROUTER makes them up, with 5 */

enum verb {
	VERB_HELLO,    /* client: here I am, ready for so many deliveries */
	VERB_WELCOME,  /* gateway: instance, gateway time, polite limit ... */
	VERB_SUBMIT,   /* client: a message */
	VERB_RECEIPT,  /* gateway: signed, durable */
	VERB_REFUSAL,  /* gateway: signed, final for these bytes */
	VERB_BUSY,     /* gateway: not taken, come back after N ms */
	VERB_FETCH,    /* client: lease me up to N messages of my mailbox */
	VERB_FETCHED,  /* gateway: so many went before; 0 = the mailbox is empty */
	VERB_DELIVER,  /* gateway: a message for you */
	VERB_SIMULATE, /* gateway: a fault to commit in the delivery that follows */
	VERB_ACK,      /* client: message id is safe with me, remove it; gateway: removed */
	VERB_ASK,      /* client (operator): a question or order of the control protocol */
	VERB_ROWS,     /* gateway: the answer */
	VERB_PING,     /* client: still there? (also keeps a push party's presence) */
	VERB_PONG,
	VERB_SETTLED, /* client: to one delivery nothing more will be said */
	VERB_GONE,    /* never on the wire: bus_receive() tells that a connection has ended */
	VERB_UNKNOWN, /* not a verb of this version; never returned in a parcel */
};
const char *verb_name(enum verb verb);

/* A connection, for as long as it lasts. Copied freely; only the bus looks inside. */
struct address {
	unsigned char bytes[BUS_ADDRESS_SIZE];
	size_t length;
	int descriptor; /* which of the bus's connections it is */
};
bool address_same(const struct address *one, const struct address *other);

/* One message off the wire. Frames live in the arena given to bus_receive, each with a NUL
 * behind it, so that text may be read as a string. Empty frames are empty, never NULL. */
struct parcel {
	enum verb verb;
	char party[PARTY_ID_SIZE]; /* gateway's side: who sent it, proven by key */
	struct address address;	   /* gateway's side */
	const unsigned char *envelope;
	size_t envelope_length;
	const unsigned char *payload;
	size_t payload_length;
};

/*
 * The value of a line "name=value" in a payload that is lines (HELLO, WELCOME, BUSY, FETCH,
 * FETCHED). False when there is no such line or the value does not fit.
 */
bool parcel_line(const struct parcel *parcel, const char *name, char *value, size_t size);
/* Likewise a number: digits only, up to INT64_MAX. */
bool parcel_number(const struct parcel *parcel, const char *name, int64_t *value);

/* ---- the gateway's side --------------------------------------------------------------- */

struct bus;

struct bus_settings {
	const char *endpoint; /* "ipc://..." (path of at most 107 bytes) or "tcp://127.0.0.1:*" */
	const char *party;    /* whose transport keys the keyring holds at home */
	size_t memory_limit;  /* unfinished messages above this are cut off; 0: BUS_MEMORY_LIMIT */
	size_t hard_limit;    /* bytes of a frame; 0: BUS_HARD_LIMIT */
};

/* FAULT BUS-001 endpoint cannot be bound (place names it), BUS-002 libzmq cannot enforce the
 * ZAP domain, BUS-003 a documentation test key is configured, BUS-005 the key pair is none; KEY-…. */
MUST_CHECK bool bus_open(struct bus **out, const struct bus_settings *settings,
			 struct keyring *keyring, struct failure *why);
/* Ends every connection at once; what was sent but has not left is lost, and repaired by the
 * protocol. NULL is fine. */
void bus_close(struct bus *bus);
const char *bus_endpoint(const struct bus *bus); /* as bound: the real port */

/*
 * Wait until a message arrives, bus_wake() was called, a signal handler has run, or timeout_ms
 * (negative: for ever) has passed. True with *got set when *out holds a message. ZAP requests,
 * monitor events and malformed messages are handled inside (logged with their code, never
 * returned): a message of another protocol version or shape is answered with REFUSAL BUS-010, one
 * from a key no longer in the keyring is dropped, logged as BUS-011 and its connection ended.
 *
 * VERB_GONE (party and address set, frames empty) tells that a connection which had spoken
 * has ended: return its leases, wait for its HELLO. What it had sent just before may still follow.
 *
 * FAULT BUS-004 when the sockets are broken.
 */
MUST_CHECK bool bus_receive(struct bus *bus, struct arena *arena, struct parcel *out, bool *got,
			    int timeout_ms, struct failure *why);
/* DEFER BUS-020 the peer is gone or its key withdrawn, BUS-021 its queue is full. */
MUST_CHECK bool bus_send(struct bus *bus, const struct address *to, enum verb verb,
			 const void *envelope, size_t envelope_length, const void *payload,
			 size_t payload_length, struct failure *why);
/* Any thread, any signal handler: make a bus_receive return (with *got false). Coalesces. */
void bus_wake(struct bus *bus);

/* Figures for `status`: never reset. */
struct bus_counts {
	uint64_t received, sent, malformed, handshakes_refused, disconnects, cut_off;
	uint64_t connections; /* open now, those in handshake included */
};
struct bus_counts bus_counts(const struct bus *bus);

/* ---- a client's side ------------------------------------------------------------------ */

struct link;

struct link_settings {
	const char *endpoint;	/* of the gateway */
	const char *server_key; /* Z85 public key of the gateway */
	const char *public_key, *secret_key;
	size_t hard_limit; /* the gateway's, for the text of BUS-030; 0: BUS_HARD_LIMIT */
};

/* Connects in the background. FAULT BUS-001 endpoint not usable, BUS-003, BUS-005 as above. */
MUST_CHECK bool link_open(struct link **out, const struct link_settings *settings,
			  struct failure *why);
/* What link_send() has queued gets half a second to leave; with nothing queued it returns at once.
 * NULL is fine. */
void link_close(struct link *link);

/* Queued, also while the connection is being made. No limit is checked here: the polite one is
 * the caller's, the hard one shows as BUS-030. DEFER BUS-021 when nothing more fits: receive for a
 * while, then send again. */
MUST_CHECK bool link_send(struct link *link, enum verb verb, const void *envelope,
			  size_t envelope_length, const void *payload, size_t payload_length,
			  struct failure *why);
struct frame {
	const void *bytes;
	size_t length;
};

/* For who tests a gateway: these frames as one message, whatever they are. DEFER BUS-021. */
MUST_CHECK bool link_send_frames(struct link *link, const struct frame *frames, size_t count,
				 struct failure *why);
/*
 * As bus_receive (party and address stay empty). Besides, what the monitor saw becomes a failure:
 *
 * DEFER BUS-030 connection lost (a message above the hard limit ends like this: the text says so
 *	when one was just sent). libzmq reconnects by itself: say HELLO again, and repeat
 *	what has no answer.
 * DEFER BUS-031 cannot connect; told once until a connection succeeds. libzmq goes on trying.
 * REJECT BUS-032 the gateway refused our key, BUS-033 the gateway's key is not the one expected, or
 *	it speaks no CURVE. Final: every further call says the same; close the link.
 */
MUST_CHECK bool link_receive(struct link *link, struct arena *arena, struct parcel *out, bool *got,
			     int timeout_ms, struct failure *why);
/* Any thread, any signal handler: make a link_receive return. */
void link_wake(struct link *link);

/* A fresh pair of transport keys (Z85), for certs-example and tests. */
void bus_keypair(char public_key[CURVE_TEXT_SIZE], char secret_key[CURVE_TEXT_SIZE]);

#endif
