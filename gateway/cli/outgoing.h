/*
 * outgoing - a document on its way to the gateway: read, recognised, signed.
 *
 * Who sends it: --as, else the document's `declarant` if the keyring holds that party's keys,
 * else the first trader whose keys it holds. The payload's bytes are sent as they were read.
 */
#ifndef NSW_OUTGOING_H
#define NSW_OUTGOING_H

#include "cli/client.h"
#include "cli/session.h"
#include "core/text.h"

struct outgoing_choice {
	const char *as;		  /* party; NULL: see above */
	const char *id;		  /* UUID; NULL: a fresh one for each document */
	const char *conversation; /* UUID; NULL: a fresh one */
	const char *kind;	  /* "DEC-IMP"; NULL: recognised, which needs well-formed XML */
	bool force_size;	  /* send what is above the polite limit */

	/* For testing refusals: what no honest sender does. */
	const char *from;	  /* stated sender, other than the signer */
	const char *sign_as;	  /* signer, other than the party connected */
	gateway_time sign_at;	  /* with the key that was valid then; 0: now */
	const char *raw_envelope; /* a file: send these bytes as the envelope */
	bool no_signature;
};

struct outgoing {
	const char *file;
	struct text payload;
	const char *kind;
	const char *party; /* who connects and signs */
	char id[UUID_SIZE];
	struct text envelope; /* once sealed */
};

/* REJECT XML-…, KND-001, IO-…, CLI-008 nobody to send it as. Strings live in the session. */
MUST_CHECK bool outgoing_read(struct outgoing *out, struct session *session, const char *file,
			      const struct outgoing_choice *choice, struct failure *why);
/* Written and signed for the gateway of that connection, under a fresh id unless one was chosen.
 * REJECT PLD-001 above the polite limit. */
MUST_CHECK bool outgoing_seal(struct outgoing *out, struct session *session,
			      const struct client *client, const struct outgoing_choice *choice,
			      struct failure *why);
void outgoing_free(struct outgoing *out);

#endif
