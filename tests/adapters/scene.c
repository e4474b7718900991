#include "scene.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/response.h"
#include "core/text.h"

#include "kinds_text.h"

static char folder[128];

void must(bool done, const struct failure *why)
{
	char line[1024];

	if (!done)
		fail_msg("%s", failure_line(why, line, sizeof line));
}

/* ---- the folder ------------------------------------------------------------------------- */

const char *scene_path(const char *name)
{
	static char path[sizeof folder + 128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

int scene_begin(void **state)
{
	const char *temporary = getenv("TMPDIR");
	char command[512];

	(void)state;
	document_setup();
	snprintf(folder, sizeof folder, "%s/nsw-XXXXXX", temporary != NULL ? temporary : "/tmp");
	if (mkdtemp(folder) == NULL || mkdir(scene_path("kinds"), 0700) != 0 ||
	    !kinds_text_write(scene_path("kinds")))
		return -1;
	snprintf(command, sizeof command,
		 "certs-example/make-pki '%s/pki' " GATEWAY ":p256 " PARTY ":p256 STRANGER:p256 && "
		 "certs-example/make-pki '%s/pki' --rotate " GATEWAY ":p256 --since 2016-01-01",
		 folder, folder);
	return system(command);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)kind, (void)where;
	return remove(path);
}

int scene_end(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the gateway ------------------------------------------------------------------------ */

void scene_open_bus(struct scene *scene)
{
	struct bus_settings settings = { .endpoint = scene->office.endpoint, .party = GATEWAY };
	struct failure why;

	must(bus_open(&scene->bus, &settings, scene->keyring, &why), &why);
}

void scene_close_bus(struct scene *scene)
{
	bus_close(scene->bus);
	scene->bus = NULL;
}

int scene_open(void **state)
{
	struct scene *scene = must_alloc(sizeof *scene);
	char kinds[160];
	const char *const folders[] = { kinds };
	struct failure why;

	snprintf(kinds, sizeof kinds, "%s", scene_path("kinds"));
	scene->arena = arena_new();
	must(keyring_open(&scene->keyring, scene_path("pki"), &why), &why);
	must(kinds_load(&scene->kinds, folders, 1, &why), &why);
	scene->office = (struct office){
		.keyring = scene->keyring,
		.kinds = scene->kinds,
		.gateway = GATEWAY,
		.endpoint = arena_printf(scene->arena, "ipc://%s", scene_path("bus")),
		.seed = "1",
	};
	scene_open_bus(scene);
	*state = scene;
	return 0;
}

int scene_close(void **state)
{
	struct scene *scene = *state;

	bus_close(scene->bus);
	kinds_free(scene->kinds);
	keyring_close(scene->keyring);
	arena_free(scene->arena);
	free(scene);
	return 0;
}

const struct signing_key *scene_key(struct scene *scene, const char *party, gateway_time at)
{
	const struct signing_key *key;
	struct failure why;

	must(keyring_signing_key(scene->keyring, party, at, &key, &why), &why);
	return key;
}

/* ---- hearing and saying ----------------------------------------------------------------- */

static bool passed_over(enum verb verb)
{
	return verb == VERB_PING || verb == VERB_SETTLED || verb == VERB_GONE;
}

void scene_hear(struct scene *scene, enum verb verb)
{
	uint64_t begun = monotonic_ms();
	struct failure why;
	bool got;

	do {
		must(bus_receive(scene->bus, scene->arena, &scene->parcel, &got, PATIENCE_MS, &why),
		     &why);
		assert_true(monotonic_ms() - begun < PATIENCE_MS);
		scene->settled += got && scene->parcel.verb == VERB_SETTLED;
	} while (!got || (passed_over(scene->parcel.verb) && scene->parcel.verb != verb));
	assert_string_equal(verb_name(scene->parcel.verb), verb_name(verb));
}

static void send(struct scene *scene, enum verb verb, const struct text *envelope,
		 const char *payload, size_t payload_length)
{
	struct failure why;

	must(bus_send(scene->bus, &scene->client, verb, envelope != NULL ? envelope->bytes : "",
		      envelope != NULL ? envelope->length : 0, payload, payload_length, &why),
	     &why);
}

void scene_say(struct scene *scene, enum verb verb, const char *lines)
{
	send(scene, verb, NULL, lines, strlen(lines));
}

void scene_welcome(struct scene *scene, int heartbeat)
{
	char lines[256], settles[8];
	int64_t credit;

	scene_hear(scene, VERB_HELLO);
	assert_string_equal(scene->parcel.party, PARTY);
	assert_true(parcel_number(&scene->parcel, "credit", &credit) && credit == 32);
	assert_true(parcel_line(&scene->parcel, "settles", settles, sizeof settles));
	assert_string_equal(settles, "yes");
	scene->client = scene->parcel.address;
	scene->settled = 0;
	snprintf(lines, sizeof lines,
		 "protocol=NSW1\ninstance=" GATEWAY "\ntime=2015-12-01T01:00:00.000Z\n"
		 "polite-limit=8388608\nenvironment=TEST\nheartbeat=%d\n",
		 heartbeat);
	scene_say(scene, VERB_WELCOME, lines);
}

struct envelope scene_request(const char *id)
{
	return (struct envelope){
		.id = id,
		.conversation = "6f1c1d3e-0000-4000-8000-00000000000c",
		.from = GATEWAY,
		.to = PARTY,
		.kind = "REQ",
		.environment = "TEST",
		.created = CREATED,
		.expires = CREATED + INT64_C(30) * 86400 * 1000,
	};
}

void scene_deliver(struct scene *scene, const struct envelope *envelope, const char *payload,
		   const char *signer)
{
	struct text sealed = TEXT_EMPTY;
	struct failure why;

	must(envelope_seal(&sealed, envelope, payload, strlen(payload),
			   scene_key(scene, signer, envelope->created), &why),
	     &why);
	send(scene, VERB_DELIVER, &sealed, payload, strlen(payload));
	text_free(&sealed);
}

void scene_receipt(struct scene *scene, enum verb verb, const char *id, const char *signer)
{
	char own_id[UUID_SIZE];
	struct envelope envelope;
	struct response response = {
		.kind = "ACK",
		.result = verb == VERB_RECEIPT ? "AB" : "RE",
		.message = id,
		.issued = CREATED,
		.code = verb == VERB_RECEIPT ? NULL : "LIF-001",
		.text = "not now",
	};
	struct text payload = TEXT_EMPTY, sealed = TEXT_EMPTY;
	struct failure why;

	uuid_random(own_id);
	envelope = scene_request(own_id);
	envelope.ref = id;
	envelope.kind = "ACK";
	response_write(&payload, &response);
	must(envelope_seal(&sealed, &envelope, payload.bytes, payload.length,
			   scene_key(scene, signer, CREATED), &why),
	     &why);
	send(scene, verb, &sealed, payload.bytes, payload.length);
	text_free(&payload);
	text_free(&sealed);
}

struct submitted scene_submitted(struct scene *scene)
{
	struct submitted submitted;
	struct signature signature;
	struct failure why;

	scene_hear(scene, VERB_SUBMIT);
	assert_string_equal(scene->parcel.party, PARTY);
	must(envelope_open(&submitted.envelope, &signature, scene->arena, scene->parcel.envelope,
			   scene->parcel.envelope_length, scene->parcel.payload,
			   scene->parcel.payload_length, scene->keyring, ROTATED, &why),
	     &why);
	assert_string_equal(submitted.envelope.from, PARTY);
	submitted.digest = envelope_digest(&signature);
	submitted.payload = (const char *)scene->parcel.payload;
	submitted.frame = digest_of(scene->parcel.envelope, scene->parcel.envelope_length);
	return submitted;
}
