/*
 * decide - what a simulated party answers to a request.
 *
 * A pure function of profile, seed and request: nothing is remembered, no clock is read, and
 * the same request gives the same answers to the byte whenever and wherever it is asked. So
 * a delivery that comes again, to a process that has been restarted, is answered again with
 * the same ids and digests, and the gateway recognises them.
 *
 * Draws are hashes of (seed, party, purpose, reference, version), never a stream; times are
 * counted from the moment the request was written. Nothing waits here: an answer says from
 * when it takes effect and the gateway holds it until then.
 *
 * Any thread may call; answers live in the arena given.
 */
#ifndef NSW_ADAPTERS_DECIDE_H
#define NSW_ADAPTERS_DECIDE_H

#include <stddef.h>

#include "core/arena.h"
#include "core/digest.h"
#include "core/document.h"
#include "core/envelope.h"
#include "core/facts.h"
#include "core/failure.h"

#include "profile.h"

/* A message from the gateway, opened, trusted and understood. */
struct request {
	const struct envelope *envelope;
	struct digest digest; /* of the message */
	const struct facts *facts;
	const struct document *payload;
	const void *bytes; /* of the payload, as they came; for who reads it on its own */
	size_t length;
};

/* One message back: to be sealed and submitted as it is. */
struct answer {
	const char *step; /* "receipt", or the step's name */
	struct envelope envelope;
	const char *payload; /* envelope.payload_size bytes */
};

struct answers {
	const char *decision; /* id of the row that fitted; NULL: none was asked for */
	struct answer *rows;  /* the technical receipt, then the steps in order */
	size_t count;
};

/* A kind that the party takes for information gets the technical receipt alone. FAULT RUL-901
 * when a question of the table cannot be answered for this request, ADP-004 when an issued
 * document's number is longer than a document's number may be, ADP-011 when a style sheet
 * fails, ADP-012 when it makes something else than the message that is to be sent. */
MUST_CHECK bool decide(struct answers *out, struct arena *arena, const struct profile *profile,
		       const char *seed, const struct request *request, struct failure *why);

/* The same where somebody else has decided (decision_read()), and not the table. */
MUST_CHECK bool decide_as(struct answers *out, struct arena *arena, const struct profile *profile,
			  const char *seed, const struct request *request,
			  const struct decision *decision, struct failure *why);

/* The technical receipt of a message that cannot be acted on: RE with the failure's code. */
void decide_refuse(struct answers *out, struct arena *arena, const struct profile *profile,
		   const struct envelope *envelope, const struct failure *because);

#endif
