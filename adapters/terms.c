/* The terms on which a table answers one request; see desk.h. */
#include <stdlib.h>

#include "desk.h"

#define SECOND	  INT64_C(1000)
#define WAIT_MOST (366.0 * 86400) /* s */

/* What is no number waits for nothing, and so does what is out of all proportion. */
static int64_t duration_of(const char *seconds)
{
	char *end;
	double number = strtod(seconds, &end);

	if (end == seconds || *end != '\0' || !(number >= 0 && number <= WAIT_MOST))
		return 0;
	return (int64_t)(number * SECOND);
}

static bool add_wait(struct desk *desk, const struct wait *wait, struct failure *why)
{
	xmlNodePtr facts = facts_root(desk->request->facts);
	const char *seconds;
	bool holds;

	if (!desk_holds(desk, wait->when, facts, &holds, why))
		return false;
	if (!holds)
		return true;
	if (!question_string(wait->seconds, facts, desk->request->envelope->created, desk->arena,
			     &seconds, why))
		return false;
	desk->wait += duration_of(seconds);
	desk->own_times = desk->own_times && !wait->instead;
	return true;
}

static bool find_validity(struct desk *desk, const struct validity *validity, struct failure *why)
{
	bool holds;

	if (!desk_holds(desk, validity->when, facts_root(desk->request->facts), &holds, why))
		return false;
	if (holds && desk->valid == 0)
		desk->valid = validity->valid;
	return true;
}

bool terms_find(struct desk *desk, struct failure *why)
{
	const struct profile *profile = desk->profile;

	for (size_t i = 0; i < profile->wait_count; i++)
		if (!add_wait(desk, &profile->waits[i], why))
			return failure_at(why, "%s: wait %zu", profile->file, i + 1);
	for (size_t i = 0; i < profile->validity_count; i++)
		if (!find_validity(desk, &profile->validities[i], why))
			return failure_at(why, "%s: valid %zu", profile->file, i + 1);
	return true;
}
