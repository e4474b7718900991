/*
 * message - one message on its way through the house.
 *
 * Everything here lives in the message's arena and belongs to the thread that has the
 * message. Fields are filled from top to bottom by the stages; a stage reads only what
 * the stages before it have filled.
 */
#ifndef NSW_MESSAGE_H
#define NSW_MESSAGE_H

#include "core/bus.h"
#include "core/document.h"
#include "core/envelope.h"
#include "core/facts.h"
#include "core/findings.h"
#include "core/kind.h"

struct bytes {
	const unsigned char *start;
	size_t length;
};

struct message {
	struct arena *arena;

	/* intake */
	struct parcel parcel; /* as it came, with the party that the transport key proved */
	gateway_time at;      /* gateway time of receipt: the only time this message knows */

	/* open */
	bool opened; /* the envelope could be read: the fields below are its claims */
	struct document *envelope_document;
	struct envelope envelope;

	/* verify */
	struct signature signature;
	struct digest digest;
	char digest_hex[DIGEST_TEXT_SIZE]; /* set as soon as the signature holds... */
	bool trusted;			   /* ...and this when the certificate does too */

	/* parse, recognise, validate, check */
	struct document *payload;
	const struct kind *kind;
	struct facts *facts;
	const char *own_signer; /* of a payload that bears a signature of its own; NULL */
	struct findings findings;

	/* the signed answer: a receipt, or with `refused` set a refusal for `why` */
	bool refused;
	struct failure why;
	struct bytes answer_envelope, answer_payload;
};

struct message *message_new(gateway_time at);
void message_free(struct message *message); /* its arena with it; NULL is fine */

#endif
