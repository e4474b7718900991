/*
 * telephone - a gateway running in this process, and parties who call it over the real bus.
 *
 * The service runs on a thread of its own, on an ipc socket in a scratch folder. What waits,
 * waits for an event and is bounded by PATIENCE_MS. people_gather is the group's set-up.
 */
#ifndef NSW_TEST_TELEPHONE_H
#define NSW_TEST_TELEPHONE_H

#include <pthread.h>

#include "core/row.h"
#include "journal/journal.h"
#include "people.h"
#include "service.h"

#define PATIENCE_MS 30000

struct exchange {
	struct service *service;
	struct settings settings; /* to be changed before exchange_start() */
	struct arena *arena;
	struct scratch *scratch;
	const char *journal_path;
	pthread_t thread;
	bool running, good;
	struct failure why;
};

/* A test's set-up and tear-down; *state becomes an exchange that is not started. */
int exchange_open(void **state);
int exchange_close(void **state);
void exchange_start(struct exchange *exchange);
void exchange_stop(struct exchange *exchange);
/* The journal as it is now: chain, bodies and projections hold. */
void exchange_verify(struct exchange *exchange);

/* One party's connection. What comes in and is not asked for is kept, in order. */
struct call {
	struct exchange *exchange;
	struct link *link;
	const char *party;
	struct parcel *kept; /* in the exchange's arena */
	size_t kept_count, kept_room;
};

/* Connected, HELLO said with that credit, WELCOME heard. */
struct call *call_open(struct exchange *exchange, const char *party, int credit);
void call_close(struct call *call);

void call_send(struct call *call, enum verb verb, const char *payload);
void call_submit(struct call *call, const struct letter *letter);
/* The oldest parcel of that verb; waits for it. */
struct parcel call_hears(struct call *call, enum verb verb);
/* The oldest of those three: RECEIPT, REFUSAL or BUSY. */
struct parcel call_answer(struct call *call);
/* Submitted and answered like that. */
struct parcel call_says(struct call *call, const struct letter *letter, enum verb answer);
/* The next DELIVER, opened. */
struct envelope call_delivery(struct call *call);
/* A signed answer or delivery, opened as its receiver would. */
struct envelope call_opened(struct call *call, const struct parcel *parcel);

/* An operator's question, as JSON; the rows of the answer. */
const char *call_asks(struct call *call, const char *question);
/* Follows the events from the start until a row holds both pieces of text. */
void call_follows(struct call *call, const char *one, const char *other);

#endif
