/* A payload from a trader: parsed, taken for one of our kinds, and held to its schema and rules. */
#include "core/document.h"
#include "core/kind.h"
#include "core/log.h"
#include "fuzz.h"

#define NOON ((gateway_time)1460005200000) /* 2016-04-07T05:00:00Z: all are connected */

static struct kinds *kinds;

void fuzz_set_up(void)
{
	static const char *const folders[] = { "schemas" };
	struct failure why;

	log_level(LOG_ERROR);
	document_setup();
	fuzz_must(kinds_load(&kinds, folders, 1, &why), &why);
}

/* What a message's payload meets, in this order (accept/): schema, facts, rules. */
static void take(const struct kind *kind, const struct document *document)
{
	struct arena *arena = arena_new();
	struct findings findings;
	struct failure why;
	struct facts *facts;

	findings_start(&findings, arena);
	if (!kind_validate(kind, document, &findings, &why))
		fuzz_refused(&why);
	else if (findings.errors == 0 && !kind_facts(kind, document, NOON, arena, &facts, &why))
		fuzz_refused(&why);
	else if (findings.errors == 0 && !kind_check(kind, document, NOON, &findings, &why))
		fuzz_refused(&why);
	arena_free(arena);
}

void fuzz_bytes(const unsigned char *bytes, size_t size)
{
	struct document *document;
	const struct kind *kind;
	struct failure why;

	if (!document_parse(&document, "fuzz", bytes, size, &document_limits_message, &why)) {
		fuzz_refused(&why);
		return;
	}
	if (kinds_recognise(kinds, document, &kind, &why))
		take(kind, document);
	else
		fuzz_refused(&why);
	document_free(document);
}
