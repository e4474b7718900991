/*
 * accept - the stages between the wire and the journal, in pipeline order.
 *
 * Each looks at the house and at one message and nothing else: no past, no other message,
 * no socket. They run in parallel, one worker a message. False means that the message goes
 * no further: REJECT becomes a signed refusal, DEFER "come back later", FAULT an error
 * of ours.
 *
 * No payload byte reaches the XML parser before the envelope's signature over it has
 * verified: parse comes after verify.
 */
#ifndef NSW_ACCEPT_H
#define NSW_ACCEPT_H

#include "core/failure.h"
#include "core/house.h"
#include "core/message.h"

typedef bool accept_stage(const struct house *house, struct message *message, struct failure *why);

/* The envelope: its grammar, its addressee and environment, and that transport identity and
 * stated sender are one party. REJECT ENV-001..004, ENV-006, PTY-001, PTY-003, XML-…, PLD-001. */
accept_stage accept_open;
/* Signature, certificate, the payload has the stated size, signer is sender. REJECT SIG-…
 * (SIG-019 another signer), ENV-005; DEFER SIG-018. */
accept_stage accept_verify;
/* Created, expires and effective against gateway time. REJECT ENV-007..009. */
accept_stage accept_date;
/* The payload's XML. REJECT XML-…. */
accept_stage accept_parse;
/* Its kind, and whether this party may send it. REJECT KND-001..003. */
accept_stage accept_recognise;
/* The kind's schema, and a signature of the payload's own. REJECT XSD-…, SIG-…, PLD-002,
 * PLD-003. */
accept_stage accept_validate;
/* Facts and rules of the message phase. REJECT a rule's id, FCT-002, PLD-004. */
accept_stage accept_check;

/*
 * The last step of every message, accepted or refused: write and sign what goes back. A
 * receipt says only what is known without the past (id, digest, time). Call with
 * message->refused and message->why set for a refusal. FAULT SIG-090, KEY-….
 */
MUST_CHECK bool accept_answer(const struct house *house, struct message *message,
			      struct failure *why);

#endif
