/*
 * counterpart - a gateway that answers as a test tells it, over the real bus with real keys.
 *
 * It greets and answers PING by itself. Every other parcel is given to the test's function, on the
 * counterpart's thread; what that wants to say it says with counterpart_say(). Its heartbeat is
 * short, so that silence is answered soon.
 */
#ifndef NSW_TEST_COUNTERPART_H
#define NSW_TEST_COUNTERPART_H

#include "cli/client/client.h"
#include "core/bus.h"
#include "core/keyring.h"

#define COUNTERPART "NSW-VN"
#define TRADER	    "T1"
#define STRANGER    "T2"

struct counterpart {
	struct bus *bus;
	unsigned heard;			   /* parcels given to the test */
	int64_t credit;			   /* of the last HELLO */
	char digests[8][DIGEST_TEXT_SIZE]; /* of the envelopes of the first of them */
};

typedef void answer_parcel(struct counterpart *counterpart, const struct parcel *parcel);

/* cmocka's group setup and teardown: keys, once a program. */
int counterpart_keys(void **state);
int counterpart_forget(void **state);

/* Whether its greetings say that its clock is held; at first it ticks. */
void counterpart_hold(bool held);
/* Start answering; one at a time. */
void counterpart_start(answer_parcel *answer);
/* Stop; what it was may be looked at until the next start. */
struct counterpart *counterpart_stop(void);

void counterpart_say(struct counterpart *counterpart, const struct parcel *to, enum verb verb,
		     const char *lines);
/* A message signed by `signer`, stating `from` as its sender, about `ref`. */
void counterpart_sign(struct counterpart *counterpart, const struct parcel *to, enum verb verb,
		      const char *signer, const char *from, const char *ref, gateway_time created,
		      const char *payload);

/* How to connect to it as a trader, with 2 s for everything. */
struct client_settings counterpart_settings(void);
struct keyring *counterpart_keyring(void);
const char *counterpart_folder(void);	    /* its keys are in keys/ */
extern const gateway_time counterpart_time; /* what its greeting says */

#endif
