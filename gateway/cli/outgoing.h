/*
 * outgoing - a document on its way to the gateway: read, recognised, signed.
 *
 * Who sends it: --as, else who wrote the envelope of --raw-envelope, else the document's
 * `declarant` if the keyring holds that party's keys, else the first trader whose keys it holds.
 * The payload's bytes are sent as they were read, but for what --set and --clock say (edit.h).
 */
#ifndef NSW_OUTGOING_H
#define NSW_OUTGOING_H

#include "cli/client/client.h"
#include "cli/command.h"
#include "cli/session.h"
#include "core/text.h"

/* What becomes of a document's dates. */
enum outgoing_clock {
	CLOCK_RECORDED, /* nothing */
	CLOCK_FIXED,	/* all move by whole days: it was issued on the day of --at */
	CLOCK_SHIFT	/* likewise, on gateway time's day at the moment it is signed */
};

struct outgoing_choice {
	const char *as;		  /* party; NULL: see above */
	const char *id;		  /* UUID; NULL: a fresh one for each document */
	const char *conversation; /* UUID; NULL: that of --ref's folder, else a fresh one */
	const char *ref;	  /* message it answers: UUID, or a folder that holds it; NULL */
	const char *kind;	  /* "DEC-IMP"; NULL: recognised, which needs well-formed XML */
	struct words edits;	  /* --set */
	enum outgoing_clock clock;
	gateway_time at;
	bool force_size; /* send what is above the polite limit */

	/* For testing refusals: what no honest sender does. */
	const char *from;	  /* stated sender, other than the signer */
	const char *sign_as;	  /* signer, other than the party connected */
	gateway_time sign_at;	  /* with the key that was valid then; 0: now */
	const char *raw_envelope; /* a file: send these bytes as the envelope */
	bool no_signature;
};

/* The options that make the choice, as children of a command's argp; the input of either is a
 * struct outgoing_options. The first: --as --set --clock --at; the second these and --id
 * --conversation --ref --kind. */
struct outgoing_options {
	struct session *session;
	struct outgoing_choice *choice;
};
extern const struct argp outgoing_common_argp, outgoing_argp;

struct outgoing {
	const char *file;
	struct text payload;  /* what is sent; with a --clock, once sealed */
	struct text recorded; /* what was read, where --clock changes it; else empty */
	int64_t issued;	      /* then its day (edit.h) */
	const char *kind;
	const char *party; /* who connects and signs */
	const char *ref, *conversation;
	char id[UUID_SIZE];
	struct text envelope; /* once sealed */
};

/* REJECT XML-…, KND-001, IO-…, CLI-008 nobody to send it as, CLI-009 --ref is no message, CLI-016
 * --set or --clock cannot be done. Strings live in the session. */
MUST_CHECK bool outgoing_read(struct outgoing *out, struct session *session, const char *file,
			      const struct outgoing_choice *choice, struct failure *why);

/* To whom and when. */
struct addressee {
	const char *instance, *environment;
	gateway_time now;
	int64_t lifetime;     /* ms until it expires */
	int64_t polite_limit; /* bytes; 0: not known */
};
struct addressee outgoing_addressee(const struct client *client);

/* Written and signed, under a fresh id unless one was chosen. REJECT PLD-001 above the polite
 * limit. */
MUST_CHECK bool outgoing_seal_for(struct outgoing *out, struct session *session,
				  const struct addressee *addressee,
				  const struct outgoing_choice *choice, struct failure *why);
/* The same for the gateway of that connection. */
MUST_CHECK bool outgoing_seal(struct outgoing *out, struct session *session,
			      const struct client *client, const struct outgoing_choice *choice,
			      struct failure *why);
/*
 * Was this very document handed in before under this id, by this party? Then its envelope becomes
 * the one that was signed at that time, so that it is the same message again and not another of the same id.
 * Asks the gateway as the operator; where nobody may ask, nothing is known.
 */
void outgoing_repeat(struct outgoing *out, struct session *session);
void outgoing_free(struct outgoing *out);

#endif
