/*
 * scene - a gateway that a test plays by hand, with keys, a kind and a party of its own.
 *
 * scene_begin() and scene_end() are a group's set-up and tear-down: a temporary folder with an
 * example PKI for NSW-VN (with another signing key since ROTATED), MoT and STRANGER, and with the
 * kinds of kinds_text.h. scene_open() and scene_close() are a test's: a bus on ipc.
 * The gateway's half runs in the test's own thread, the adapter's in its own; all waiting is for
 * events, up to PATIENCE_MS.
 */
#ifndef NSW_TESTS_ADAPTERS_SCENE_H
#define NSW_TESTS_ADAPTERS_SCENE_H

#include "core/bus.h"
#include "core/clock.h"
#include "core/envelope.h"
#include "core/keyring.h"
#include "core/kind.h"

#include "adapters/request.h"

#define PATIENCE_MS 30000
#define GATEWAY	    "NSW-VN"
#define PARTY	    "MoT"
#define CREATED	    INT64_C(1448931600000) /* 2015-12-01 08:00 in Ha Noi */

#define ROTATED INT64_C(1451606400000) /* 2016-01-01T00:00:00Z */

struct scene {
	struct keyring *keyring;
	struct kinds *kinds;
	struct office office;
	struct bus *bus;
	struct arena *arena;   /* of the test */
	struct address client; /* the party's connection, from its last HELLO */
	struct parcel parcel;  /* what came last */
	size_t settled;	       /* how many SETTLED there were since the last HELLO */
};

int scene_begin(void **state);
int scene_end(void **state);
int scene_open(void **state);
int scene_close(void **state);

/* "FOLDER/NAME" in the temporary folder; good until the next call. */
const char *scene_path(const char *name);
/* Fails the test with the failure's line. */
void must(bool done, const struct failure *why);

const struct signing_key *scene_key(struct scene *scene, const char *party, gateway_time at);

/* The bus on the office's endpoint; closed: the gateway is away. */
void scene_open_bus(struct scene *scene);
void scene_close_bus(struct scene *scene);

/* The next message of this verb; PINGs, SETTLED and departures before it are passed over, anything
 * else fails the test. It is in scene->parcel. */
void scene_hear(struct scene *scene, enum verb verb);
void scene_say(struct scene *scene, enum verb verb, const char *lines);
/* HELLO and WELCOME, with a heartbeat in ms. */
void scene_welcome(struct scene *scene, int heartbeat);

/* A request of the kind REQ, as the gateway would deliver it. */
struct envelope scene_request(const char *id);
#define REQUEST_PAYLOAD                                                                            \
	"<Request xmlns='urn:example:req'><Function>9</Function><Reference>VN15-1</Reference>"     \
	"<Item><HS>03061721</HS><Origin>TH</Origin></Item></Request>"

/* DELIVER, signed by `signer` with its key of that day. */
void scene_deliver(struct scene *scene, const struct envelope *envelope, const char *payload,
		   const char *signer);
/* A signed ACK for the message `id`: verb RECEIPT with result AB, or REFUSAL with RE. */
void scene_receipt(struct scene *scene, enum verb verb, const char *id, const char *signer);

/* A SUBMIT, opened: trusted, from PARTY. Everything lives in the scene's arena. */
struct submitted {
	struct envelope envelope;
	struct digest digest; /* of the message */
	const char *payload;
	struct digest frame; /* SHA-256 of the envelope frame */
};
struct submitted scene_submitted(struct scene *scene);

#endif
