/*
 * errand - the answers to one delivery, handed over one after the other.
 *
 * The gateway promises order among receipted messages only, so the next answer is sent when
 * the last one has its receipt: technical receipt, interim steps, decision. BUSY postpones an
 * answer; silence makes it be sent again, the same bytes, with growing patience; a refusal or
 * the end of its validity ends the errand, and the gateway will say what it wants next. That one
 * has ended is counted, for whoever tells the gateway so (talk.c).
 *
 * Times are monotonic milliseconds, as arguments. A list belongs to one thread.
 */
#ifndef NSW_ADAPTERS_ERRAND_H
#define NSW_ADAPTERS_ERRAND_H

#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/failure.h"
#include "core/keyring.h"

#include "decide.h"

/* One answer, sealed. */
struct letter {
	const char *id;	  /* of its message */
	const char *step; /* of the decision, for the log */
	const void *envelope, *payload;
	size_t envelope_length, payload_length;
	gateway_time expires;
	bool twice; /* a fault: whoever hands it over does so twice */
};

struct errand;
struct mischief;

struct errands {
	struct errand *first;
	size_t count;
	size_t ended; /* and not told yet: counted up here, down by the teller */
};

/* Seals all answers to the request, has done to them what `mischief` says (NULL: nothing), and
 * makes the first one due. A delivery that came again
 * begins anew. FAULT as envelope_seal(). */
MUST_CHECK bool errands_add(struct errands *errands, const char *request,
			    const struct answers *answers, const struct signing_key *key,
			    const struct mischief *mischief, struct failure *why);

/* Are answers to that request on their way? */
bool errands_have(const struct errands *errands, const char *request);

/* A letter that is due at `now`; NULL when there is none. It counts as sent and is due again
 * after `patience` ms, doubled with every repetition up to a minute. Letters expired at
 * gateway time `today` are dropped with their errand. Borrowed until the list changes. */
const struct letter *errands_next(struct errands *errands, uint64_t now, int64_t patience,
				  gateway_time today);
/* Until errands_next() should be asked again; `most` when nothing is due before. */
int64_t errands_wait(const struct errands *errands, uint64_t now, int64_t most);

/* The message has its receipt: the next answer is due at once. False when it is none of ours,
 * or is not the one under way. */
bool errands_receipted(struct errands *errands, const char *message);
/* The message is refused for good: its errand ends. */
bool errands_refused(struct errands *errands, const char *message);
/* The SUBMIT with this envelope (SHA-256, hex) was not taken: again after `wait` ms, or a
 * minute where that is sooner. */
bool errands_postponed(struct errands *errands, const char *envelope_digest, uint64_t now,
		       int64_t wait);

/* Forgets all of them, and what has ended as well. */
void errands_clear(struct errands *errands);

#endif
