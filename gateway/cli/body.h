/*
 * body - a message and all that belongs to it, byte for byte, as the gateway's journal has them.
 *
 * What the control protocol's `export` answers: a row each of the message, its receipt, what
 * went to each party ("delivery-MARD"), what they answered ("answer-MARD-1") and what the sender
 * was told ("response-1").
 */
#ifndef NSW_BODY_H
#define NSW_BODY_H

#include "cli/session.h"

struct body {
	const char *name, *id; /* the row's */
	const unsigned char *envelope, *payload;
	size_t envelope_length, payload_length;
};

/* Ask for all of a message; `id` as `nsw show` takes it. */
MUST_CHECK bool bodies_ask(struct session *session, const char *id, struct answer *bodies,
			   struct failure *why);
/* The row of that name; NULL. */
const struct row *bodies_find(const struct answer *bodies, const char *name);
/* Bytes go into the arena. FAULT CLI-007 when the row holds no message. */
MUST_CHECK bool body_read(struct body *out, struct arena *arena, const struct row *row,
			  struct failure *why);

/* Why agencies refused: the errors that their answers name, each told under the party that said
 * so. `about` is what follow_message() answered: of the parties whose task is DECIDED, for what
 * others answered has not taken effect, or never will. */
MUST_CHECK bool bodies_tell_reasons(struct session *session, const char *id,
				    const struct answer *about, struct failure *why);

#endif
