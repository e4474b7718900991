/*
 * number - the number of a declaration: eleven digits of its case and one of its version.
 *
 *	serial 7, version 2	300000000071
 *
 * The last digit counts the amendments (version 1 ends in 0), as declarants know it from
 * VNACCS. Private to gateway/journal.
 */
#ifndef NSW_NUMBER_H
#define NSW_NUMBER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

#define NUMBER_DIGITS 12
#define FIRST_SERIAL  INT64_C(30000000000)

static inline const char *number_of(struct arena *arena, int64_t serial, int64_t version)
{
	return arena_printf(arena, "%lld%lld", (long long)(FIRST_SERIAL + serial),
			    (long long)(version - 1));
}

/* The case's serial, whichever version is named; false for what is no number given here. */
static inline bool number_serial(const char *number, int64_t *serial)
{
	if (strlen(number) != NUMBER_DIGITS || strspn(number, "0123456789") != NUMBER_DIGITS)
		return false;
	*serial = strtoll(number, NULL, 10) / 10 - FIRST_SERIAL;
	return *serial > 0;
}

#endif
