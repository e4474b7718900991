/* A party's profile: what its adapter says to which kind. */
#include "../../adapters/profile.h"
#include "core/document.h"
#include "core/kind.h"
#include "core/log.h"
#include "fuzz.h"

static struct kinds *kinds;

void fuzz_set_up(void)
{
	static const char *const folders[] = { "schemas" };
	struct failure why;

	log_level(LOG_ERROR);
	document_setup();
	fuzz_must(kinds_load(&kinds, folders, 1, &why), &why);
}

void fuzz_bytes(const unsigned char *bytes, size_t size)
{
	struct profile *profile;
	struct failure why;

	if (profile_load(&profile, fuzz_file(bytes, size), kinds, &why))
		profile_free(profile);
	else
		fuzz_refused(&why);
}
