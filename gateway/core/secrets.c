#include "core/secrets.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

static bool traceable(void)
{
#ifdef SANITIZED
	return true;
#else
	const char *word = getenv("NSW_TRACEABLE");

	return word != NULL && strcmp(word, "yes") == 0;
#endif
}

void secrets_stay_inside(void)
{
	struct rlimit none;

	/* The soft limit only: what we start on somebody's behalf may have its own. */
	if (getrlimit(RLIMIT_CORE, &none) == 0) {
		none.rlim_cur = 0;
		setrlimit(RLIMIT_CORE, &none);
	}
	/* A pipe in core_pattern does not mind the limit; this it does. */
	if (!traceable())
		prctl(PR_SET_DUMPABLE, 0);
}
