/* A settings.xml. */
#include "core/settings.h"
#include "core/document.h"
#include "core/log.h"
#include "fuzz.h"

void fuzz_set_up(void)
{
	log_level(LOG_ERROR);
	document_setup();
}

void fuzz_bytes(const unsigned char *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct settings settings;
	struct failure why;

	if (!settings_load(&settings, arena, fuzz_file(bytes, size), &why))
		fuzz_refused(&why);
	arena_free(arena);
}
