/*
 * pipeline - the gateway as a whole: its threads, what they hand each other, and THE two
 * tables (accept, deliver) in pipeline.c.
 *
 *	front	one thread; the only one that touches the bus		front.c
 *	workers	N threads; the pure stages and all signatures		pipeline.c
 *	clerk	one thread; the only one that writes the journal	clerk.c
 *	control	one thread; answers questions from a reader's journal	control/
 *
 * They hand each other slips through queues. What enters is bounded at the door: the front
 * counts the messages inside the house and tells new business "busy" above the limit; answers
 * have room of their own, so that a flood of declarations cannot keep decisions out.
 */
#ifndef NSW_PIPELINE_H
#define NSW_PIPELINE_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/bus.h"
#include "core/house.h"
#include "core/message.h"
#include "core/queue.h"
#include "deliver/plan.h"
#include "deliver/presence.h"
#include "journal/journal.h"
#include "journal/life.h"

struct control;

struct gateway {
	struct house house;
	const struct lives *lives;
	const struct plan *plan;
	struct bus *bus;	 /* the front's */
	struct journal *journal; /* the clerk's */
	struct control *control;
	struct presence *presence;
	struct queue *work, *desk, *out; /* to the workers, the clerk, the front */
	pthread_mutex_t door;	    /* held to come in, and to skip time while nobody is inside */
	atomic_size_t inside_bytes; /* of those */
	atomic_size_t inside;	    /* messages taken and not yet answered */
	atomic_ullong accepted, refused, busy, duplicates;
	atomic_bool stopping;
	atomic_bool failed; /* stopping because of a fault: exit 70 */
};

enum slip_type {
	/* to a worker */
	SLIP_ACCEPT,  /* message */
	SLIP_DELIVER, /* delivery to seal */
	/* to the clerk */
	SLIP_FILE,    /* message, accepted or refused, with its signed answer */
	SLIP_ATTEMPT, /* delivery, sent or not */
	SLIP_PRESENT, /* party: a push party has connected */
	SLIP_GONE,    /* party, address: a connection has ended */
	SLIP_LOOK,    /* nothing: only a reason to look at what is due */
	SLIP_FETCH,   /* party, address, number: mailbox */
	SLIP_ACK,     /* party, address, id */
	SLIP_ORDER,   /* party, address, order */
	SLIP_SETTLE,  /* party, address, order: to be answered when nothing is in flight */
	/* to the front */
	SLIP_ANSWER, /* message: send its answer */
	SLIP_SEND,   /* delivery: send it */
	SLIP_REPLY   /* address, verb, payload */
};

struct slip {
	enum slip_type type;
	struct slip *next;	 /* a lease: what must leave in this order, sealed by one worker */
	struct arena *arena;	 /* of everything below but the message; freed with the slip */
	struct message *message; /* owned */
	struct journal_delivery delivery;
	struct bytes envelope, payload;
	struct failure why; /* of an attempt that failed, or of what is only told, not signed */
	bool good;
	const char *party, *id;
	const struct control_order *order;
	struct address address;
	enum verb verb;
	int64_t number;
};

struct slip *slip_new(enum slip_type type);
void slip_free(struct slip *slip); /* NULL is fine */

/* Hand a slip to the front and wake it; any thread. */
void gateway_out(struct gateway *gateway, struct slip *slip);
/* Stop everything; `failed` when a fault is the reason. Any thread. */
void gateway_stop(struct gateway *gateway, bool failed);

/* A message has been answered, or was told to come back. */
void gateway_left(struct gateway *gateway, const struct message *message);

/* Thread bodies; the argument is the gateway. */
void *pipeline_worker(void *gateway);
void *clerk_run(void *gateway);
/* The front runs on the main thread until stopped. */
MUST_CHECK bool front_run(struct gateway *gateway, struct failure *why);
void front_drain(struct gateway *gateway); /* send what the others left behind */

/* Tell the sender of a parcel something unsigned: busy, or that it speaks out of turn. */
void gateway_tell(struct gateway *gateway, const struct parcel *about, enum verb verb,
		  const struct failure *why, int64_t retry_after);

#endif
