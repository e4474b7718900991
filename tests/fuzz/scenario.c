/* A scenario file of `nsw test`. */
#include "cli/scenario/scenario.h"
#include "core/document.h"
#include "core/log.h"
#include "fuzz.h"

static struct parties *parties;
static struct session session;

void fuzz_set_up(void)
{
	const char *folder = "adapters";
	struct failure why;

	log_level(LOG_ERROR);
	document_setup();
	session_start(&session);
	session.state = "build/nowhere";
	session.quiet = true;
	fuzz_must(session_ready(&session, &why), &why);
	fuzz_must(parties_load(&parties, &folder, 1, &why), &why);
}

void fuzz_bytes(const unsigned char *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct scenario *scenario;
	struct failure why;

	if (!scenario_read(&scenario, &session, arena, parties, fuzz_file(bytes, size), &why))
		fuzz_refused(&why);
	arena_free(arena);
}
