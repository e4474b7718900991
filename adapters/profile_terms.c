/* profile_terms - what a table says of all its rows: how long they take, how long what they issue is
 * valid. */
#include "core/clock.h"

#include "profile_step.h"

static bool read_wait(const struct reader *reader, xmlNodePtr node, struct wait *wait,
		      struct failure *why)
{
	return read_question(reader, node, "when", &wait->when, why) &&
	       read_question(reader, node, "seconds", &wait->seconds, why) &&
	       datafile_yes(reader->file, node, "instead", &wait->instead, why);
}

static bool read_validity(const struct reader *reader, xmlNodePtr node, struct validity *validity,
			  struct failure *why)
{
	const char *text = datafile_get(reader->file, node, "for");

	if (!duration_parse(text, &validity->valid, NULL) || validity->valid <= 0)
		return datafile_fault(reader->file, node, why, "for '%.60s' is no duration like 1d",
				      text);
	return read_question(reader, node, "when", &validity->when, why);
}

bool read_terms(const struct reader *reader, struct profile *profile, xmlNodePtr table,
		struct failure *why)
{
	struct wait *waits =
		arena_alloc(reader->arena, (count_named(table, "wait") + 1) * sizeof *waits);
	struct validity *validities =
		arena_alloc(reader->arena, (count_named(table, "valid") + 1) * sizeof *validities);

	profile->waits = waits;
	profile->validities = validities;
	for (xmlNodePtr node = child_named(table, "wait"); node != NULL;
	     node = next_named(node, "wait"))
		if (!read_wait(reader, node, &waits[profile->wait_count++], why))
			return false;
	for (xmlNodePtr node = child_named(table, "valid"); node != NULL;
	     node = next_named(node, "valid"))
		if (!read_validity(reader, node, &validities[profile->validity_count++], why))
			return false;
	return true;
}
