#include "cli/scenario/observe.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/follow.h"
#include "cli/report.h"

static bool same(const char *one, const char *other)
{
	return one != NULL && other != NULL && strcmp(one, other) == 0;
}

/* ---- whose, and what --------------------------------------------------------------------------------- */

bool is_of(const struct hop *hop, const struct submitted *submitted)
{
	return hop->seq > submitted->since &&
	       (same(hop->message, submitted->id) || same(hop->case_id, submitted->case_id));
}

bool is_said(const struct hop *hop)
{
	return isupper((unsigned char)hop->event[0]) || strcmp(hop->event, "received") == 0 ||
	       strcmp(hop->event, "refused") == 0;
}

const struct life *observe_life(const struct play *play, const struct submitted *submitted)
{
	const struct library *library = play->choice->library;
	const struct kind *kind =
		submitted->kind != NULL ? kinds_named(library->kinds, submitted->kind) : NULL;

	return kind != NULL ? life_of(library->lives, kind) : NULL;
}

static bool is_a_state(const struct life *life, const char *state)
{
	bool found = false;

	for (size_t i = 0; life != NULL && !found && life_state(life, i) != NULL; i++)
		found = strcmp(life_state(life, i), state) == 0;
	return found;
}

/* What became of the message itself, unless its case has a state of that name. */
static const char *word_of_message(const struct play *play, const struct submitted *submitted,
				   const struct hop *hop)
{
	if (!same(hop->message, submitted->id) || !same(hop->party, submitted->party))
		return NULL;
	if (strcmp(hop->event, "refused") == 0)
		return "REFUSED";
	if (strcmp(hop->event, "received") == 0 &&
	    !is_a_state(observe_life(play, submitted), "RECEIVED"))
		return "RECEIVED";
	return NULL;
}

const char *word_of(const struct play *play, const struct submitted *submitted,
		    const struct hop *hop)
{
	const char *word = word_of_message(play, submitted, hop);

	if (word != NULL)
		return word;
	if (hop->party == NULL)
		return strcmp(hop->event, "state") == 0 ? hop->state : NULL;
	if (isupper((unsigned char)hop->event[0]) || hop->state == NULL)
		return hop->event;
	return hop->state;
}

bool is_from(const struct hop *hop, const char *party)
{
	return party == NULL ? hop->party == NULL : same(hop->party, party);
}

/* ---- what an expectation means ------------------------------------------------------------------------- */

/* The gateway speaks of cases, and of messages under their senders' names. */
static bool speaks(const struct play *play, const struct submitted *submitted,
		   const struct hop *hop, const char *party)
{
	if (party != NULL)
		return is_from(hop, party);
	return word_of(play, submitted, hop) != NULL &&
	       (hop->party == NULL || word_of_message(play, submitted, hop) != NULL);
}

bool is_receipt(const struct play *play, const struct submitted *submitted, const struct hop *hop)
{
	return same(hop->state, "RECEIVED") && !same(hop->event, "RECEIVED") &&
	       is_a_state(observe_life(play, submitted), "RECEIVED");
}

static bool state_fits(const struct play *play, const struct submitted *submitted,
		       const struct hop *hop, const struct deed *deed)
{
	if (deed->state == NULL)
		return deed->party == NULL || is_said(hop) ||
		       (deed->code != NULL && same(hop->code, deed->code));
	if (deed->party == NULL)
		return same(word_of(play, submitted, hop), deed->state);
	return same(hop->event, deed->state) ||
	       (same(hop->state, deed->state) && !is_receipt(play, submitted, hop));
}

static bool has_finding(const struct findings *findings, const char *code)
{
	for (const struct finding *at = findings->first; at != NULL; at = at->next)
		if (same(at->code, code))
			return true;
	return false;
}

/* A decision's codes stand in the answer that it came with, those of a state in what its sender is
 * told of it. */
static bool code_fits(struct play *play, const struct submitted *submitted, const struct hop *hop,
		      const struct deed *deed)
{
	const char *message = deed->party != NULL ? hop->message : NULL;
	struct findings findings;
	struct failure ignored;

	if (deed->code == NULL || same(hop->code, deed->code))
		return true;
	if (same(hop->message, submitted->id) && strcmp(hop->event, "refused") == 0)
		return has_finding(&submitted->findings, deed->code);
	if (deed->party != NULL && (!is_said(hop) || message == NULL))
		return false;
	return observe_findings(play, submitted, deed->party, message, &findings, &ignored) &&
	       has_finding(&findings, deed->code);
}

static bool means(struct play *play, const struct deed *deed, const struct submitted *submitted,
		  const struct hop *hop)
{
	return is_of(hop, submitted) && speaks(play, submitted, hop, deed->party) &&
	       state_fits(play, submitted, hop, deed) && code_fits(play, submitted, hop, deed);
}

static bool identical(const struct deed *one, const struct deed *other)
{
	return strcmp(one->of, other->of) == 0 &&
	       (one->party == other->party || same(one->party, other->party)) &&
	       (one->state == other->state || same(one->state, other->state)) &&
	       (one->code == other->code || same(one->code, other->code));
}

/* One answer may move a delivery and a task: that is one observation. */
static bool same_observation(const struct submitted *submitted, const struct hop *one,
			     const struct hop *other)
{
	return one->seq == other->seq ||
	       (same(one->message, other->message) && !same(one->message, submitted->id) &&
		one->party != NULL && same(one->party, other->party) && one->time == other->time);
}

/* By that expectation or one like it; NULL: by any. */
static bool was_met(const struct play *play, const struct deed *deed,
		    const struct submitted *submitted, const struct hop *hop)
{
	for (size_t i = 0; i < play->met_count; i++)
		if ((deed == NULL || identical(play->met[i].deed, deed)) &&
		    same_observation(submitted, &play->hops[play->met[i].hop], hop))
			return true;
	return false;
}

const struct hop *observe_match(struct play *play, const struct deed *deed,
				const struct submitted *submitted)
{
	for (size_t i = 0; i < play->hop_count; i++)
		if (means(play, deed, submitted, &play->hops[i]) &&
		    !was_met(play, deed, submitted, &play->hops[i]))
			return &play->hops[i];
	return NULL;
}

const struct hop *observe_slip(struct play *play, const struct deed *deed,
			       const struct submitted *submitted)
{
	for (size_t i = 0; i < play->hop_count; i++)
		if (means(play, deed, submitted, &play->hops[i]) &&
		    !was_met(play, NULL, submitted, &play->hops[i]))
			return &play->hops[i];
	return NULL;
}

void observe_met(struct play *play, const struct deed *deed, const struct hop *hop)
{
	if (play->met_count == play->met_room) {
		play->met_room = play->met_room != 0 ? 2 * play->met_room : 32;
		play->met = must_realloc(play->met, play->met_room * sizeof *play->met);
	}
	play->met[play->met_count++] = (struct met){ deed, (size_t)(hop - play->hops) };
}

/* How much it tells: what was done for a party, what that came to, what the party decided. */
static int weight(const struct hop *hop, const char *party)
{
	if (party == NULL || isupper((unsigned char)hop->event[0]))
		return 2;
	return hop->state != NULL || hop->code != NULL ? 1 : 0;
}

const struct hop *observe_latest(const struct play *play, const struct submitted *submitted,
				 const char *party)
{
	const struct hop *latest = NULL;

	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (is_of(hop, submitted) && speaks(play, submitted, hop, party) &&
		    (latest == NULL || weight(hop, party) >= weight(latest, party)))
			latest = hop;
	}
	return latest;
}

/* ---- the end ---------------------------------------------------------------------------------------------- */

static bool of_the_delivery(const char *state)
{
	static const char *const words[] = {
		"SENT", "RECEIVED", "DONE", "DEAD", "WITHDRAWN", NULL
	};

	for (size_t i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], state) == 0)
			return true;
	return false;
}

static bool case_is_over(const struct play *play, const struct submitted *submitted)
{
	const struct life *life = observe_life(play, submitted);
	const struct hop *latest = observe_latest(play, submitted, NULL);

	return life != NULL && latest != NULL && latest->state != NULL &&
	       life_final(life, latest->state);
}

static bool is_over(const struct row *task)
{
	return same(row_get(task, "state"), "DECIDED") || same(row_get(task, "state"), "WITHDRAWN");
}

/* All that it was asked is decided. */
static bool party_is_done(struct play *play, const struct submitted *submitted, const char *party,
			  bool *done, struct failure *why)
{
	struct answer answer;
	size_t open = 0, over = 0;

	if (!follow_message(play->client, submitted->id, &answer, why))
		return false;
	for (size_t i = 0; i < answer.count; i++)
		if (same(row_type(answer.rows[i]), "task") &&
		    same(row_get(answer.rows[i], "party"), party))
			++*(is_over(answer.rows[i]) ? &over : &open);
	answer_free(&answer);
	*done = open == 0 && over > 0;
	return true;
}

/* Has it decided anything? Without that nobody needs to be asked. */
static bool has_decided(const struct play *play, const struct submitted *submitted,
			const char *party)
{
	for (size_t i = 0; i < play->hop_count; i++)
		if (is_of(&play->hops[i], submitted) && is_from(&play->hops[i], party) &&
		    same(play->hops[i].state, "DECIDED"))
			return true;
	return false;
}

bool observe_final(struct play *play, const struct deed *deed, const struct submitted *submitted,
		   bool *final, struct failure *why)
{
	*final = !submitted->taken;
	if (*final || deed->state == NULL)
		return true;
	if (deed->party == NULL) {
		*final = case_is_over(play, submitted);
		return true;
	}
	if (!isupper((unsigned char)deed->state[0]) || of_the_delivery(deed->state) ||
	    !has_decided(play, submitted, deed->party))
		return true;
	return party_is_done(play, submitted, deed->party, final, why);
}

/* ---- what is in the answers ------------------------------------------------------------------------------- */

/* An answer of that party (NULL: what the gateway tells whoever handed it in). */
static bool is_answer_of(const struct row *row, const char *party, const char *message)
{
	const char *name = row_get(row, "name") ?: "";
	size_t length = party != NULL ? strlen(party) : 0;

	if (message != NULL)
		return same(row_get(row, "id"), message);
	if (party == NULL)
		return strncmp(name, "response-", 9) == 0;
	return strncmp(name, "answer-", 7) == 0 && strncmp(name + 7, party, length) == 0 &&
	       name[7 + length] == '-';
}

bool observe_findings(struct play *play, const struct submitted *submitted, const char *party,
		      const char *message, struct findings *findings, struct failure *why)
{
	const struct answer *bodies;

	findings_start(findings, play->arena);
	if (!play_bodies(play, submitted, &bodies, why))
		return false;
	for (size_t i = 0; i < bodies->count; i++) {
		const struct row *row = bodies->rows[i];
		const char *payload = row_get(row, "payload");
		size_t length = 0;
		const void *bytes;

		if (payload == NULL || !is_answer_of(row, party, message))
			continue;
		bytes = base64_parse(play->arena, payload, &length);
		if (bytes != NULL)
			report_read(findings, bytes, length);
	}
	return true;
}
