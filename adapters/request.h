/*
 * request - a delivery taken out of its envelope: trusted, recognised, its facts read.
 *
 * What arrives from the gateway is believed no more than what arrives at it: the envelope's
 * signature is verified before the payload meets the XML parser, the signer must be the
 * gateway we were told to serve, and the message must be for us and of a kind we see.
 */
#ifndef NSW_ADAPTERS_REQUEST_H
#define NSW_ADAPTERS_REQUEST_H

#include "core/bus.h"
#include "core/clock.h"
#include "core/keyring.h"
#include "core/kind.h"

#include "decide.h"
#include "profile.h"
#include "stand_in.h"

/* What every hosted party shares; all of it outlives the links. Read-only, any thread. */
struct office {
	struct keyring *keyring;
	const struct kinds *kinds;
	const char *gateway; /* party id of the gateway served: "NSW-VN" */
	const char *endpoint;
	const char *seed;
	const struct stand_in *stand_ins; /* who decides in place of whose table */
	size_t stand_in_count;
};

/*
 * Open the cover of anything that the gateway wrote, a delivery or a receipt. `now` is gateway
 * time as far as we were told; it may have skipped ahead since, so a cover written later counts
 * as just written.
 *
 * `envelope` is filled as soon as it could be read, also when what follows fails, so that a
 * refusal can name the message; envelope->id is NULL before. Everything lives in the arena.
 *
 * REJECT ADP-001 not from the gateway served, ADP-002 not addressed to this party; and what
 * envelope_open() has, DEFER and FAULT among it.
 */
MUST_CHECK bool cover_open(struct envelope *envelope, struct signature *signature,
			   struct arena *arena, const struct office *office,
			   const struct profile *profile, const struct parcel *parcel,
			   gateway_time now, struct failure *why);

/* The same for a delivery, and understand what is in it. REJECT also ADP-003 a kind that the party
 * does not see, or other than the envelope says; and the codes of document_parse(),
 * kinds_recognise() and kind_facts(). */
MUST_CHECK bool request_open(struct request *out, struct envelope *envelope, struct arena *arena,
			     const struct office *office, const struct profile *profile,
			     const struct parcel *parcel, gateway_time now, struct failure *why);

#endif
