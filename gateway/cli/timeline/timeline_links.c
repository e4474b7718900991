/* What the timeline is about: calendar, register, and whose links there are. */
#include <string.h>

#include "cli/timeline/timeline.h"
#include "core/nearest.h"

/* ---- the links ------------------------------------------------------------------------ */

struct parties_seen {
	const char **ids;
	size_t count;
};

static void note_party(struct parties_seen *seen, const char *id)
{
	for (size_t i = 0; i < seen->count; i++)
		if (strcmp(seen->ids[i], id) == 0)
			return;
	if (*id != '\0')
		seen->ids[seen->count++] = id;
}

static size_t most_parties(const struct timeline *timeline)
{
	size_t count = procedures_count(timeline->procedures);

	for (size_t i = 0; i < rollout_count(timeline->rollout); i++)
		for (const char *const *of = rollout_at(timeline->rollout, i)->of; *of != NULL;
		     of++)
			count++;
	return count;
}

/* In the calendar's order, then the register's. */
static struct parties_seen find_parties(const struct timeline *timeline)
{
	struct parties_seen seen = {
		arena_alloc(timeline->arena, most_parties(timeline) * sizeof *seen.ids), 0
	};

	for (size_t i = 0; i < rollout_count(timeline->rollout); i++)
		for (const char *const *of = rollout_at(timeline->rollout, i)->of; *of != NULL;
		     of++) {
			const struct procedure *procedure =
				procedures_find(timeline->procedures, *of);

			note_party(&seen, procedure != NULL ? procedure->party : *of);
		}
	for (size_t i = 0; i < procedures_count(timeline->procedures); i++)
		note_party(&seen, procedures_at(timeline->procedures, i)->party);
	return seen;
}

/* A procedure that several parties have, each under its id, has no link of its own. */
static void find_links(struct timeline *timeline)
{
	struct parties_seen parties = find_parties(timeline);
	size_t most = parties.count + procedures_count(timeline->procedures);

	timeline->links = arena_alloc(timeline->arena, most * sizeof *timeline->links);
	for (size_t i = 0; i < parties.count; i++) {
		timeline->links[timeline->count++].party = parties.ids[i];
		for (size_t j = 0; j < procedures_count(timeline->procedures); j++) {
			const struct procedure *procedure = procedures_at(timeline->procedures, j);

			if (strcmp(procedure->party, parties.ids[i]) == 0)
				timeline->links[timeline->count++] =
					(struct timeline_link){ parties.ids[i], procedure->id };
		}
	}
}

/* ---- opening -------------------------------------------------------------------------- */

bool timeline_open(struct timeline *out, struct session *session, const char *calendar,
		   struct failure *why)
{
	const char *folders[SETTINGS_FOLDERS];
	const struct settings *settings;
	size_t count;

	*out = (struct timeline){ .arena = session->arena };
	if (!session_kind_folders(session, folders, &count, why) ||
	    !session_settings(session, &settings, why) ||
	    !procedures_load(&out->procedures, folders, count, NULL, why))
		return false;
	if (!rollout_load(&out->rollout, folders, count,
			  calendar != NULL ? calendar : settings->calendar, why)) {
		timeline_close(out);
		return false;
	}
	find_links(out);
	return true;
}

void timeline_close(struct timeline *timeline)
{
	rollout_free(timeline->rollout);
	procedures_free(timeline->procedures);
}

/* ---- asking --------------------------------------------------------------------------- */

const char *timeline_id(const struct timeline_link *link)
{
	return link->procedure != NULL ? link->procedure : link->party;
}

bool timeline_own(const struct timeline *timeline, const struct timeline_link *link)
{
	return rollout_knows(timeline->rollout, timeline_id(link));
}

bool timeline_names(const struct rollout_row *row, const char *id)
{
	for (const char *const *of = row->of; *of != NULL; of++)
		if (strcmp(*of, id) == 0)
			return true;
	return false;
}

bool timeline_about(const struct timeline *timeline, const struct rollout_row *row, const char *id)
{
	if (timeline_names(row, id))
		return true;
	for (const char *const *of = row->of; *of != NULL; of++) {
		const struct procedure *procedure = procedures_find(timeline->procedures, *of);

		if (procedure != NULL && strcmp(procedure->party, id) == 0)
			return true;
	}
	return false;
}

bool timeline_known(const struct timeline *timeline, const char *id, struct failure *why)
{
	struct nearest nearest = nearest_to(id);
	char hint[NEAREST_TEXT_SIZE];

	for (size_t i = 0; i < timeline->count; i++) {
		const char *known = timeline_id(&timeline->links[i]);

		if (strcmp(known, id) == 0)
			return true;
		nearest_offer(&nearest, known);
	}
	reject(why, "CLI-009", "neither calendar nor register has this party or procedure%s",
	       nearest_text(&nearest, hint));
	return failure_at(why, "%s", id);
}

gateway_time timeline_day(const struct rollout_row *row)
{
	return row->from != 0 ? row->from : row->latest;
}

bool timeline_chosen(const struct timeline *timeline, const struct timeline_choice *choice,
		     const struct rollout_row *row)
{
	gateway_time day = timeline_day(row);

	return day >= choice->from && day <= choice->to &&
	       (choice->id == NULL || timeline_about(timeline, row, choice->id));
}

const char *timeline_words(struct arena *arena, const char *const words[])
{
	const char *all = words[0];

	for (size_t i = 1; all != NULL && words[i] != NULL; i++)
		all = arena_printf(arena, "%s %s", all, words[i]);
	return all;
}
