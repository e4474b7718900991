/*
 * fill - ${...} in the words of a scenario.
 *
 * A name is run, seed or as, or ALIAS.id, .number, .reference or .permit of an earlier submit.
 * A dollar without a brace behind it stands for itself.
 */
#ifndef NSW_SCENARIO_FILL_H
#define NSW_SCENARIO_FILL_H

#include "core/arena.h"
#include "core/failure.h"

/* The value of a name; NULL when there is none, and *why says so. */
typedef const char *fill_value(void *context, const char *name, struct failure *why);

/* *out lives in the arena. What the giver of values said, or REJECT SCN-001 for a brace that is not
 * closed. */
MUST_CHECK bool fill(const char **out, struct arena *arena, const char *text, fill_value *value,
		     void *context, struct failure *why);

/* "d1" and "number" of "d1.number"; false when the name has no dot. */
bool fill_split(struct arena *arena, const char *name, const char **alias, const char **what);

#endif
