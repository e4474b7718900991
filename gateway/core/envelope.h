/*
 * envelope - the signed cover of every message on every hop.
 *
 * schemas/envelope/envelope.xsd is its grammar; this is its C form. A struct
 * envelope holds strings of the message's arena. The payload's bytes travel
 * beside the envelope and are never re-serialised.
 *
 * The identity of a message is (from, id); its digest is the pair of reference
 * digests, so that a retry that was signed again is still the same message.
 *
 * Any thread may call anything.
 */
#ifndef NSW_ENVELOPE_H
#define NSW_ENVELOPE_H

#include "core/arena.h"
#include "core/clock.h"
#include "core/digest.h"
#include "core/document.h"
#include "core/failure.h"
#include "core/keyring.h"
#include "core/signature.h"
#include "core/text.h"

#define ENVELOPE_NS	      "urn:nsw:envelope:1"
#define ENVELOPE_LIMIT	      (64 * 1024)	/* bytes of an envelope */
#define PAYLOAD_POLITE_LIMIT  (8 * 1024 * 1024) /* told in WELCOME; a signed refusal above it */
#define ENVELOPE_LIFETIME_MAX ((int64_t)31 * 86400 * 1000)

struct envelope {
	const char *id;		  /* UUID */
	const char *conversation; /* UUID, constant over the life of one declaration */
	const char *ref;	  /* the message this answers; NULL */
	const char *from, *to;	  /* party ids; `to` is a gateway instance on the way in */
	const char *kind;	  /* "DEC-IMP" */
	const char *environment;  /* TEST, PARALLEL or LIVE */
	gateway_time created, expires;
	gateway_time effective;	  /* 0: at once */
	const char *run;	  /* run label; NULL */
	const char *origin;	  /* hex digest of the trader's envelope that caused this; NULL */
	const char *payload_type; /* media type; NULL when sealing: application/xml */
	size_t payload_size;	  /* as stated; sealing states the actual one */
};

struct digest envelope_digest(const struct signature *signature); /* of the message */

/*
 * Parse and check against the grammar, nothing else: no signature (not even that there is
 * one), no clock. *document is yours to free, NULL on failure; the strings do not need it.
 * REJECT ENV-003 comment, processing instruction, CDATA or xsi: attribute anywhere, checked
 * before all else; ENV-001 not an envelope (wrong root; unknown, missing or repeated element
 * or attribute: place says which), ENV-002 a value outside its type, ENV-004 expires not
 * after created or more than 31 days later; and the XML-… codes of document_parse.
 */
MUST_CHECK bool envelope_parse(struct envelope *out, struct document **document,
			       struct arena *arena, const void *bytes, size_t length,
			       struct failure *why);

/* Write and sign; the bytes are appended to `out`. FAULT SIG-090, and ENV-002, ENV-004 where
 * what we were about to send breaks the grammar. */
MUST_CHECK bool envelope_seal(struct text *out, const struct envelope *envelope,
			      const void *payload, size_t payload_length,
			      const struct signing_key *key, struct failure *why);

/* What a receiver of any kind does: parse, hold the stated payload size against the actual
 * one (ENV-005), verify, check the certificate as of creation and now, signer is sender.
 * REJECT SIG-019 when signer and sender differ, plus all of the above. */
MUST_CHECK bool envelope_open(struct envelope *out, struct signature *signature,
			      struct arena *arena, const void *bytes, size_t length,
			      const void *payload, size_t payload_length, struct keyring *keyring,
			      gateway_time now, struct failure *why);

#endif
