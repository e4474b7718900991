/*
 * client - one connection to a gateway, speaking as one party.
 *
 * Above core/bus.h's link this knows the protocol page: it greets, answers silence by asking
 * again, keeps the heartbeat, and opens what comes back (a receipt is trusted only when
 * envelope_open() says so). Every wait has an end in monotonic time.
 *
 * A client belongs to one thread; several clients of one party are fine.
 */
#ifndef NSW_CLIENT_H
#define NSW_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/bus.h"
#include "core/clock.h"
#include "core/envelope.h"
#include "core/failure.h"
#include "core/keyring.h"
#include "core/row.h"

struct client;

struct client_settings {
	const char *endpoint;
	struct keyring *keyring; /* outlives the client */
	const char *party;	 /* who we are */
	const char *instance;	 /* who the gateway is */
	int64_t timeout;	 /* ms that any one verb below may take */
	bool patient;		 /* a gateway that is away may come back within that time */
	bool mortal;		 /* a gateway that goes away is not started again */
	int interrupts;		 /* give up after so many ^C; 0: one */
	unsigned credit;	 /* of a push party: deliveries it is ready for; 0: none */
};

/* What the gateway said of itself. */
struct welcome {
	char instance[PARTY_ID_SIZE];
	char environment[16];
	gateway_time time;
	bool held; /* its clock stands still until an order moves it */
	int64_t polite_limit, heartbeat;
};

/*
 * Connected and welcomed. REJECT BUS-032, BUS-033; DEFER BUS-031 nobody listens (not when
 * patient), CLI-003 no answer in time; REJECT CLI-013 interrupted; KEY-….
 * All verbs below may give these as well.
 */
MUST_CHECK bool client_open(struct client **out, const struct client_settings *settings,
			    struct failure *why);
void client_close(struct client *client); /* NULL is fine */

const struct welcome *client_welcome(const struct client *client);
const char *client_party(const struct client *client);
/* Gateway time as far as we know: what we were told last, and what has passed since. */
gateway_time client_time(const struct client *client);
/* It is `time` there now. The greeting tells so, and every answer that has a row `date` or
 * `settled`; whoever learns it another way may say it here. */
void client_told(struct client *client, gateway_time time);

/* ---- questions (control/protocol.md) ---------------------------------------------------- */

struct answer {
	struct row **rows;
	size_t count;
};
void answer_free(struct answer *answer);

/* Ask and wait for all rows; takes the question. An `error` row becomes the failure it describes. FAULT CLI-007
 * when the answer is no rows. */
MUST_CHECK bool client_ask(struct client *client, struct row *question, struct answer *answer,
			   struct failure *why);

/* ---- messages ---------------------------------------------------------------------------- */

/* What the gateway said to a message: the signed answer, opened. Strings and bytes are in the
 * arena given. */
struct reply {
	bool taken; /* receipt; otherwise refusal */
	const unsigned char *envelope, *payload;
	size_t envelope_length, payload_length;
	struct envelope cover; /* empty for an unsigned refusal */
	struct failure why;    /* of a refusal: its first error */
	unsigned sent, busy;   /* how often it took */
};

/*
 * Send a sealed message until it is answered: silence is met by sending the same bytes again,
 * BUSY by coming back when told. True when there is an answer, receipt or refusal.
 * DEFER CLI-004 no answer in time (the message may or may not be safe: send it again);
 * DEFER BUS-030 at once when the message is above the hard limit; REJECT SIG-… when the answer
 * does not verify as the gateway's.
 */
MUST_CHECK bool client_submit(struct client *client, struct arena *arena, const char *id,
			      const void *envelope, size_t envelope_length, const void *payload,
			      size_t payload_length, struct reply *reply, struct failure *why);

/* Send without waiting for an answer; answers that came meanwhile are thrown away. */
MUST_CHECK bool client_post(struct client *client, const void *envelope, size_t envelope_length,
			    const void *payload, size_t payload_length, struct failure *why);

/* A message for us, opened. */
struct letter {
	struct envelope cover;
	struct digest digest; /* of the message */
	const unsigned char *envelope, *payload;
	size_t envelope_length, payload_length;
};

/* Lease up to `credit` messages of the mailbox, oldest first. Each must be signed by the
 * gateway. */
MUST_CHECK bool client_fetch(struct client *client, struct arena *arena, size_t credit,
			     struct letter **letters, size_t *count, struct failure *why);
/*
 * The next delivery of a push party, which comes by itself where credit was said, oldest first;
 * *got false when none came until that moment of monotonic time. It may come twice: the id tells.
 * What came while another verb waited for its answer is not lost. A lost connection is made
 * again.
 */
MUST_CHECK bool client_delivery(struct client *client, struct arena *arena, uint64_t until,
				struct letter *letter, bool *got, struct failure *why);
/* It is safe with us: true when the gateway has removed it. */
MUST_CHECK bool client_keep(struct client *client, const char *id, struct failure *why);

#endif
