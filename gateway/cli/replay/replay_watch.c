#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/interrupt.h"
#include "cli/lookup.h"
#include "cli/replay/replay.h"

/*
 * Events are kept by message and by case, because the last word on a case may come before the
 * thread that sent its message has heard its receipt. At the end each shot looks up its own.
 */
struct case_end {
	char id[64];
	char state[36];
	uint64_t at;
	struct {
		char party[PARTY_ID_SIZE];
		gateway_time since;
	} open[8];
	size_t open_count;
};

#define FIRST_ROOM 256

struct notes {
	struct case_end **cases;
	size_t case_count, case_room;
	struct {
		char id[UUID_SIZE];
		size_t case_at;
	} * *messages;
	size_t message_count, message_room;
	struct lookup *by_case, *by_message;
};

/* ---- notes ----------------------------------------------------------------------------------------- */

static struct notes new_notes(void)
{
	return (struct notes){ .cases = must_alloc(FIRST_ROOM * sizeof(void *)),
			       .case_room = FIRST_ROOM,
			       .messages = must_alloc(FIRST_ROOM * sizeof(void *)),
			       .message_room = FIRST_ROOM,
			       .by_case = lookup_new(),
			       .by_message = lookup_new() };
}

static void *grow(void *list, size_t count, size_t *room)
{
	if (count < *room)
		return list;
	*room *= 2;
	return must_realloc(list, *room * sizeof(void *));
}

static size_t case_at(struct notes *notes, const char *id)
{
	struct case_end *fresh;
	size_t at;

	if (lookup_get(notes->by_case, id, &at))
		return at;
	fresh = must_alloc(sizeof *fresh);
	snprintf(fresh->id, sizeof fresh->id, "%s", id);
	notes->cases = grow(notes->cases, notes->case_count, &notes->case_room);
	notes->cases[notes->case_count] = fresh;
	lookup_put(notes->by_case, fresh->id, notes->case_count);
	return notes->case_count++;
}

static struct case_end *case_named(struct notes *notes, const char *id)
{
	size_t at = case_at(notes, id); /* may move the list */

	return notes->cases[at];
}

static void note_message(struct notes *notes, const char *id, const char *case_id)
{
	size_t at;

	if (strlen(id) >= UUID_SIZE || lookup_get(notes->by_message, id, &at))
		return;
	notes->messages = grow(notes->messages, notes->message_count, &notes->message_room);
	at = notes->message_count++;
	notes->messages[at] = must_alloc(sizeof **notes->messages);
	snprintf(notes->messages[at]->id, UUID_SIZE, "%s", id);
	notes->messages[at]->case_at = case_at(notes, case_id);
	lookup_put(notes->by_message, notes->messages[at]->id, at);
}

static void free_notes(struct notes *notes)
{
	for (size_t i = 0; i < notes->case_count; i++)
		free(notes->cases[i]);
	for (size_t i = 0; i < notes->message_count; i++)
		free(notes->messages[i]);
	free(notes->cases);
	free(notes->messages);
	lookup_free(notes->by_case);
	lookup_free(notes->by_message);
}

/* ---- who took how long -------------------------------------------------------------------------------- */

static struct replay_party *party_named(struct replay *replay, const char *id)
{
	struct replay_party *party = replay->parties;

	for (; party < replay->parties + replay->party_count; party++)
		if (strcmp(party->id, id) == 0)
			return party;
	if (replay->party_count == REPLAY_PARTIES)
		return NULL;
	replay->party_count++;
	snprintf(party->id, sizeof party->id, "%s", id);
	return party;
}

static void add_decision(struct replay *replay, const char *id, int64_t took)
{
	struct replay_party *party = party_named(replay, id);

	if (party == NULL)
		return;
	if (party->count == party->room) {
		party->room = party->room != 0 ? 2 * party->room : 64;
		party->took = must_realloc(party->took, party->room * sizeof *party->took);
	}
	party->took[party->count++] = took;
}

static void note_task(struct case_end *of, const char *party, gateway_time when)
{
	if (of->open_count == sizeof of->open / sizeof *of->open)
		return;
	snprintf(of->open[of->open_count].party, PARTY_ID_SIZE, "%s", party);
	of->open[of->open_count++].since = when;
}

static void note_decision(struct replay *replay, struct case_end *of, const char *party,
			  gateway_time when)
{
	for (size_t i = 0; i < of->open_count; i++) {
		if (strcmp(of->open[i].party, party) != 0)
			continue;
		add_decision(replay, party, when - of->open[i].since);
		of->open[i] = of->open[--of->open_count];
		return;
	}
}

/* ---- events ---------------------------------------------------------------------------------------------- */

static bool is(const struct row *row, const char *name, const char *value)
{
	const char *found = row_get(row, name);

	return found != NULL && strcmp(found, value) == 0;
}

static void note_hop(struct replay_watch *watch, struct notes *notes, const struct row *hop)
{
	const char *case_id = row_get(hop, "case"), *message = row_get(hop, "message");
	const char *party = row_get(hop, "hop"), *time = row_get(hop, "time");
	struct case_end *of;
	gateway_time when = 0;
	struct failure ignored;

	if (case_id == NULL || party == NULL || time == NULL || !time_parse(time, &when, &ignored))
		return;
	of = case_named(notes, case_id);
	if (is(hop, "event", "received") && message != NULL)
		note_message(notes, message, case_id);
	else if (is(hop, "event", "task"))
		note_task(of, party, when);
	else if (is(hop, "state", "DECIDED"))
		note_decision(watch->replay, of, party, when);
	else if (is(hop, "event", "state") && follow_final(&watch->follower, hop)) {
		snprintf(of->state, sizeof of->state, "%s", row_get(hop, "state"));
		of->at = monotonic_ms();
	}
}

/* How many of the shots that were receipted have come to an end. */
static size_t settle(struct replay_watch *watch, const struct notes *notes)
{
	struct replay *replay = watch->replay;
	size_t ended = 0, at, count;

	pthread_mutex_lock(&replay->lock);
	count = replay->next;
	pthread_mutex_unlock(&replay->lock);
	for (size_t i = 0; i < count; i++) {
		struct shot *shot = replay_shot(replay, i);
		const struct case_end *of;

		if (shot->state != SHOT_TAKEN || !lookup_get(notes->by_message, shot->id, &at))
			continue;
		of = notes->cases[notes->messages[at]->case_at];
		if (of->state[0] == '\0')
			continue;
		snprintf(shot->end, sizeof shot->end, "%s", of->state);
		shot->ended = of->at > shot->answered ? of->at : shot->answered;
		ended++;
	}
	return ended;
}

static bool take_events(struct replay_watch *watch, struct notes *notes, struct failure *why)
{
	struct answer events;

	if (!follow_events(watch->follower.client, watch->replay->options->session->run,
			   &watch->since, 200, &events, why))
		return false;
	for (size_t i = 0; i < events.count; i++)
		if (is(events.rows[i], "type", "hop"))
			note_hop(watch, notes, events.rows[i]);
	answer_free(&events);
	return true;
}

/* Until every receipted message has come to its end, or time is over after the last was sent. */
static void watch_all(struct replay_watch *watch, struct notes *notes)
{
	struct replay *replay = watch->replay;
	uint64_t until = UINT64_MAX;

	for (;;) {
		if (!take_events(watch, notes, &replay->watch_failure)) {
			replay->watch_failed = true;
			return;
		}
		if (!atomic_load(&replay->done))
			continue;
		if (until == UINT64_MAX)
			until = monotonic_ms() + (uint64_t)replay->options->session->timeout;
		atomic_store(&replay->ended, settle(watch, notes));
		if (atomic_load(&replay->ended) == atomic_load(&replay->taken) ||
		    monotonic_ms() >= until || interrupts() > 1)
			return;
	}
}

void *replay_watcher(void *argument)
{
	struct replay_watch *watch = argument;
	struct notes notes = new_notes();

	watch_all(watch, &notes);
	free_notes(&notes);
	return NULL;
}
