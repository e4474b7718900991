/* profile_step - the steps of one row of a decision table; the other half of profile.c. */
#ifndef NSW_ADAPTERS_PROFILE_STEP_H
#define NSW_ADAPTERS_PROFILE_STEP_H

#include <libxml/tree.h>

#include "core/datafile.h"

#include "profile.h"

/* A profile while it is read. */
struct reader {
	struct datafile *file;
	struct profile *profile;
	const struct rules_world *world; /* of questions over the facts */
};

size_t count_named(xmlNodePtr parent, const char *name);
/* *out is NULL without the attribute. FAULT RUL-903. */
MUST_CHECK bool read_question(const struct reader *reader, xmlNodePtr node, const char *attribute,
			      struct question **out, struct failure *why);

/* All steps of the row at `node`. FAULT PRF-901, RUL-903. */
MUST_CHECK bool read_steps(const struct reader *reader, xmlNodePtr node, struct decision *row,
			   struct failure *why);

#endif
