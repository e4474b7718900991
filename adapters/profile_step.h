/* profile_step - what profile.c shares with the files that read parts of a decision table: the steps of
 * a row, the documents they issue, the terms of all rows. */
#ifndef NSW_ADAPTERS_PROFILE_STEP_H
#define NSW_ADAPTERS_PROFILE_STEP_H

#include <libxml/tree.h>

#include "core/datafile.h"

#include "profile.h"

#define PROFILE_CODE "PRF-901"

/* A profile, or a decision that comes alone, while it is read. */
struct reader {
	struct datafile *file;
	struct arena *arena; /* for what is read */
	const struct profile *profile;
	const struct rules_world *world; /* of questions over the facts */
};

size_t count_named(xmlNodePtr parent, const char *name);
/* *out is NULL without the attribute. FAULT RUL-903. */
MUST_CHECK bool read_question(const struct reader *reader, xmlNodePtr node, const char *attribute,
			      struct question **out, struct failure *why);

/* What the table says of all its rows. FAULT PRF-901, RUL-903. */
MUST_CHECK bool read_terms(const struct reader *reader, struct profile *profile, xmlNodePtr table,
			   struct failure *why);

/* The documents of a step of `row`, of which it is the last one read. */
MUST_CHECK bool read_issues(const struct reader *reader, xmlNodePtr node,
			    const struct decision *row, struct step *step, struct failure *why);

/* All steps of the row at `node`. FAULT PRF-901, RUL-903, ADP-010. */
MUST_CHECK bool read_steps(const struct reader *reader, xmlNodePtr node, struct decision *row,
			   struct failure *why);

#endif
