/* An envelope from anybody, over a payload of ours: parsed, and held to its signature. */
#include "core/envelope.h"
#include "core/document.h"
#include "core/log.h"
#include "core/signature.h"
#include "core/text.h"
#include "fuzz.h"

#define NOON ((gateway_time)1393390800000) /* 2014-02-26T05:00:00Z */

#define PAYLOAD "schemas/qry/samples/import-by-number.xml" /* signed for us by `run` */

static struct keyring *keyring;
static struct text payload;

void fuzz_set_up(void)
{
	struct failure why;

	log_level(LOG_ERROR);
	document_setup();
	fuzz_must(keyring_open(&keyring, "build/pki", &why), &why);
	fuzz_must(text_read_file(&payload, PAYLOAD, 64 * 1024, &why), &why);
}

void fuzz_bytes(const unsigned char *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct signature signature;
	struct envelope envelope;
	struct failure why;

	if (!envelope_open(&envelope, &signature, arena, bytes, size, payload.bytes, payload.length,
			   keyring, NOON, &why))
		fuzz_refused(&why);
	arena_free(arena);
}
