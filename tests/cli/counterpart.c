#include "cli/counterpart.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/document.h"
#include "core/text.h"

const gateway_time counterpart_time = 1393347600000; /* 2014-02-25T17:00:00Z */

static char folder[] = "/tmp/nsw-client.XXXXXX";
static struct keyring *keyring;
static struct counterpart present;
static answer_parcel *answer_of_the_test;
static atomic_bool stopping;
static pthread_t thread;
static char endpoint[64];
static atomic_bool clock_held;

/* cmocka's own failures belong to the main thread. */
static void must(bool done, const struct failure *why)
{
	if (done)
		return;
	fprintf(stderr, "counterpart: %s: %s %s\n", why->code, why->place, why->text);
	abort();
}

/* ---- keys --------------------------------------------------------------------------------------- */

int counterpart_keys(void **state)
{
	char command[256];
	struct failure why;

	(void)state;
	document_setup();
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(command, sizeof command,
		 "certs-example/make-pki %s/keys " COUNTERPART ":p256 " TRADER ":p256 " STRANGER
		 ":p256",
		 folder);
	if (system(command) != 0)
		return -1;
	snprintf(command, sizeof command, "%s/keys", folder);
	snprintf(endpoint, sizeof endpoint, "ipc://%s/bus", folder);
	return keyring_open(&keyring, command, &why) ? 0 : -1;
}

int counterpart_forget(void **state)
{
	char command[256];

	(void)state;
	keyring_close(keyring);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

struct keyring *counterpart_keyring(void)
{
	return keyring;
}

const char *counterpart_folder(void)
{
	return folder;
}

struct client_settings counterpart_settings(void)
{
	return (struct client_settings){ .endpoint = endpoint,
					 .keyring = keyring,
					 .party = TRADER,
					 .instance = COUNTERPART,
					 .timeout = 2000 };
}

/* Whoever has left in the meantime hears nothing; that is no fault of the test. */
static void send_or_gone(bool sent, const struct failure *why)
{
	must(sent || why->verdict == DEFER, why);
}

/* ---- speaking ------------------------------------------------------------------------------------- */

void counterpart_say(struct counterpart *counterpart, const struct parcel *to, enum verb verb,
		     const char *lines)
{
	struct failure why;

	send_or_gone(
		bus_send(counterpart->bus, &to->address, verb, "", 0, lines, strlen(lines), &why),
		&why);
}

void counterpart_sign(struct counterpart *counterpart, const struct parcel *to, enum verb verb,
		      const char *signer, const char *from, const char *ref, gateway_time created,
		      const char *payload)
{
	const struct signing_key *key;
	struct text sealed = TEXT_EMPTY;
	char id[UUID_SIZE];
	struct failure why;
	struct envelope envelope = { .id = id,
				     .conversation = id,
				     .ref = ref,
				     .from = from,
				     .to = TRADER,
				     .kind = "ACK",
				     .environment = "TEST",
				     .created = created,
				     .expires = created + 86400000,
				     .payload_type = "application/xml",
				     .payload_size = strlen(payload) };

	uuid_random(id);
	must(keyring_signing_key(keyring, signer, created, &key, &why) &&
		     envelope_seal(&sealed, &envelope, payload, strlen(payload), key, &why),
	     &why);
	send_or_gone(bus_send(counterpart->bus, &to->address, verb, sealed.bytes, sealed.length,
			      payload, strlen(payload), &why),
		     &why);
	text_free(&sealed);
}

/* ---- listening -------------------------------------------------------------------------------------- */

static void greet(struct counterpart *counterpart, const struct parcel *parcel)
{
	char lines[256];

	snprintf(lines, sizeof lines,
		 "protocol=NSW1\ninstance=" COUNTERPART "\n"
		 "time=2014-02-25T17:00:00.000Z\nclock=%s\npolite-limit=1000\n"
		 "environment=TEST\nheartbeat=100\nfuture=ignored\n",
		 atomic_load(&clock_held) ? "held" : "ticking");
	counterpart_say(counterpart, parcel, VERB_WELCOME, lines);
}

void counterpart_hold(bool held)
{
	atomic_store(&clock_held, held);
}

static void note(struct counterpart *counterpart, const struct parcel *parcel)
{
	struct digest digest = digest_of(parcel->envelope, parcel->envelope_length);

	if (counterpart->heard < 8)
		digest_text(&digest, counterpart->digests[counterpart->heard]);
	counterpart->heard++;
}

static void hear(struct counterpart *counterpart, const struct parcel *parcel)
{
	if (parcel->verb == VERB_HELLO) {
		(void)parcel_number(parcel, "credit", &counterpart->credit);
		greet(counterpart, parcel);
	} else if (parcel->verb == VERB_PING) {
		counterpart_say(counterpart, parcel, VERB_PONG, "");
	} else if (parcel->verb != VERB_GONE) {
		note(counterpart, parcel);
		answer_of_the_test(counterpart, parcel);
	}
}

static void *listen(void *unused)
{
	while (!atomic_load(&stopping)) {
		struct arena *arena = arena_new();
		struct parcel parcel;
		struct failure why;
		bool got;

		must(bus_receive(present.bus, arena, &parcel, &got, -1, &why), &why);
		if (got)
			hear(&present, &parcel);
		arena_free(arena);
	}
	return unused;
}

void counterpart_start(answer_parcel *answer)
{
	struct bus_settings settings = { .endpoint = endpoint, .party = COUNTERPART };
	struct failure why;

	present = (struct counterpart){ 0 };
	answer_of_the_test = answer;
	atomic_store(&stopping, false);
	must(bus_open(&present.bus, &settings, keyring, &why), &why);
	assert_int_equal(pthread_create(&thread, NULL, listen, NULL), 0);
}

struct counterpart *counterpart_stop(void)
{
	atomic_store(&stopping, true);
	bus_wake(present.bus);
	pthread_join(thread, NULL);
	bus_close(present.bus);
	return &present;
}
