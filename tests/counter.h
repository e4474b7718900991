/*
 * counter - a gateway without sockets: everything behind the front, worked by hand.
 *
 * Data, keys, journal, stages and the clerk's own functions are the real ones. The test plays the
 * front and everybody before it: it hands letters in (counter_say), says who is connected
 * (counter_connect), moves gateway time (counter_at) and reads what would have gone out. All
 * of it happens in the test's one thread, so that every order of events can be made.
 *
 * counter_open and counter_close are a test's set-up and tear-down; people_gather and counter_leave
 * are the group's.
 */
#ifndef NSW_TEST_COUNTER_H
#define NSW_TEST_COUNTER_H

#include "clerk/clerk.h"
#include "control/control.h"
#include "people.h"

#define AT_COUNTER(test) cmocka_unit_test_setup_teardown(test, counter_open, counter_close)

/* One parcel that left the house, in order. */
struct left {
	enum verb verb;
	const char *party;		/* to whom */
	int number;			/* over which of its connections */
	struct bytes envelope, payload; /* payload with a NUL behind */
	bool taken;			/* counter_take gave it out */
};

struct counter {
	struct gateway gateway;
	struct clerk clerk;
	struct settings settings; /* may be changed before anything is said */
	struct arena *arena;
	struct scratch *scratch;
	const char *journal_path;
	struct left *left;
	size_t left_count, left_room;
	bool cut; /* sends to push parties fail */
	struct failure why;
};

int counter_open(void **state);
int counter_close(void **state);
/* The group's tear-down, instead of people_leave. */
int counter_leave(void **state);
/* The process ends and starts again: only the journal is left. */
void counter_restart(struct counter *counter);
/* Likewise, and knows other kinds from now on, as everybody here does. */
void counter_restart_with(struct counter *counter, const struct kinds *kinds);
/* Another day, and an empty journal. */
void counter_begin(struct counter *counter, gateway_time when);

/* ---- time and parties --------------------------------------------------------------------- */

/* Gateway time moves there; all that has become due is done. */
void counter_at(struct counter *counter, gateway_time when);
gateway_time counter_now(const struct counter *counter);
/* A push party says HELLO on connection `number`, with room for `credit`; what is due is sent. */
void counter_connect(struct counter *counter, const char *party, int number, size_t credit);
/* Customs as number 1 and the ministry as number 2, each with room for 8. */
void counter_connect_both(struct counter *counter);
void counter_disconnect(struct counter *counter, const char *party, int number);
/* Until nothing is left to do just now. */
void counter_work(struct counter *counter);

/* ---- what is said, and what comes back ---------------------------------------------------- */

/* Handed in, worked off; the answer to it. */
const struct left *counter_say(struct counter *counter, const struct letter *letter);
/* A trader lodges a sample under a reference, and is receipted. */
struct letter *counter_lodge(struct counter *counter, const char *sample, const char *reference);
/* The code of an answer: of a signed refusal's first error, or of BUSY; "" for a receipt. */
const char *counter_code(struct counter *counter, const struct left *answer);
/* Said, and receipted. */
void counter_accepts(struct counter *counter, const struct letter *letter);
/* Said, and refused or put off with that code. */
void counter_refuses(struct counter *counter, const struct letter *letter, const char *code);

/* The oldest delivery to the party that was not taken yet; its envelope, opened as the party
 * would. The test fails when there is none. */
struct envelope counter_take(struct counter *counter, const char *party);
size_t counter_untaken(const struct counter *counter, const char *party);
/* The party answers a delivery, and is receipted. */
void counter_answers(struct counter *counter, const char *party, const struct envelope *delivery,
		     const struct reply *reply);

/* FETCH, ACK and orders; the reply's payload. */
const char *counter_fetch(struct counter *counter, const char *party, int number, int64_t credit);
const struct left *counter_ack(struct counter *counter, const char *party, const char *id);
const char *counter_order(struct counter *counter, const char *order, const char *id);
const char *counter_order_with(struct counter *counter, const struct control_order *order);

/* ---- what stands in the journal ----------------------------------------------------------- */

/* The case that a message opened. */
struct journal_case counter_case(struct counter *counter, const char *reference);
/* Its state is this. */
void counter_stands(struct counter *counter, const char *reference, const char *state);
/* The case's task at that party now. */
struct journal_task counter_task(struct counter *counter, const char *reference, const char *party);
/* The latest delivery of the case to that party. */
struct journal_delivery counter_delivery(struct counter *counter, const char *reference,
					 const char *party);
/* Time goes from one due moment to the next until that delivery is in that state. */
void counter_until(struct counter *counter, const char *reference, const char *party,
		   const char *state);
size_t counter_records(struct counter *counter, const char *type);
/* Chain, bodies and projections hold. */
void counter_verify(struct counter *counter);

#endif
