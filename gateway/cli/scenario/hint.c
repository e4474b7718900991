#include "cli/scenario/hint.h"

#include <string.h>

#include "cli/catalogue.h"
#include "cli/follow.h"
#include "cli/scenario/observe.h"
#include "cli/scenario/tell.h"
#include "cli/scenario/words.h"
#include "core/nearest.h"

struct question {
	struct play *play;
	const struct deed *deed;
	const struct submitted *submitted;
	const struct hop *hop;
};

const char *hint_for_code(const struct play *play, const char *code)
{
	struct session *session = play->session;
	const char *catalogue;
	struct failure ignored;

	if (!sandbox_data(&session->sandbox, session->arena, "schemas/catalogue.xml", &catalogue,
			  &ignored))
		return NULL;
	return catalogue_hint(catalogue, code, play->arena);
}

/* ---- time ---------------------------------------------------------------------------------------------------- */

static bool was_said(const struct question *asked, const struct hop *hop)
{
	return (strcmp(hop->event, asked->deed->state) == 0 ||
		(hop->state != NULL && strcmp(hop->state, asked->deed->state) == 0)) &&
	       !is_receipt(asked->play, asked->submitted, hop);
}

/* The latest observation is what was expected, behind the time. */
static const char *too_late(const struct question *asked)
{
	const struct play *play = asked->play;

	if (asked->hop == NULL || asked->deed->state == NULL || !was_said(asked, asked->hop) ||
	    asked->hop->time <= play->acted)
		return NULL;
	return arena_printf(play->arena,
			    "it came at %s, too late; within=\"\" counts from what was last done, "
			    "not from the expectation before",
			    tell_moment(play, asked->hop->time));
}

static const char *only_a_receipt(const struct question *asked)
{
	const struct play *play = asked->play;
	const struct life *life = observe_life(play, asked->submitted);

	if (asked->hop == NULL || asked->deed->state == NULL || asked->deed->party == NULL ||
	    strcmp(asked->deed->state, "RECEIVED") != 0)
		return NULL;
	for (size_t i = 0; i < play->hop_count; i++)
		if (is_of(&play->hops[i], asked->submitted) &&
		    is_from(&play->hops[i], asked->deed->party) &&
		    is_receipt(play, asked->submitted, &play->hops[i]))
			return arena_printf(play->arena,
					    "the receipt of %s came at %s, but %s %s is a decision "
					    "of its own: to "
					    "look in, which takes its time",
					    asked->deed->party,
					    tell_moment(play, play->hops[i].time),
					    life != NULL ? "here" : "", asked->deed->state);
	return NULL;
}

/* What it has answered, and what waits for its time. */
static const char *not_yet(const struct question *asked)
{
	const struct play *play = asked->play;
	gateway_time until = 0, due;
	struct failure ignored;

	for (size_t i = 0; asked->deed->party != NULL && i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (is_of(hop, asked->submitted) && is_from(hop, asked->deed->party) &&
		    strcmp(hop->event, "held") == 0 && hop->text != NULL &&
		    time_parse(hop->text, &due, &ignored) && due > play->now &&
		    (until == 0 || due < until))
			until = due;
	}
	return until == 0 ? NULL
			  : arena_printf(play->arena,
					 "%s will answer at %s: that is later than expected",
					 asked->deed->party, tell_moment(play, until));
}

/* ---- the calendar --------------------------------------------------------------------------------------- */

/* The procedure of its task that waits on paper; NULL: none does. */
static const char *paper_procedure(const struct question *asked)
{
	const struct play *play = asked->play;
	const char *procedure = NULL;

	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (is_of(hop, asked->submitted) && is_from(hop, asked->deed->party) &&
		    strcmp(hop->event, "task") == 0 && hop->state != NULL &&
		    strcmp(hop->state, "PAPER_DUE") == 0)
			procedure = hop->text;
	}
	return procedure;
}

static const char *joins(const struct question *asked, const char *who, const char *procedure)
{
	const struct play *play = asked->play;
	const struct rollout_row *next =
		rollout_next(play_calendar(play), asked->deed->party, procedure, NULL, play->acted);
	char now[TIME_TEXT_SIZE], then[TIME_TEXT_SIZE];

	if (next == NULL)
		return arena_printf(
			play->arena,
			"at %s %s is not connected, and no day is known on which it joins",
			date_text(play->acted, now), who);
	return arena_printf(play->arena, "at %s %s is not connected; it joins on %s",
			    date_text(play->acted, now), who, date_text(next->from, then));
}

static const char *not_connected(const struct question *asked)
{
	const char *party = asked->deed->party, *procedure;
	const struct rollout *calendar = play_calendar(asked->play);
	gateway_time at = asked->play->acted;

	if (party == NULL)
		return NULL;
	procedure = paper_procedure(asked);
	if (procedure != NULL &&
	    !link_carries(rollout_state(calendar, party, procedure, NULL, at, NULL)) &&
	    link_carries(rollout_state(calendar, party, NULL, NULL, at, NULL)))
		return joins(asked, procedure, procedure);
	if (link_carries(rollout_state(calendar, party, procedure, NULL, at, NULL)))
		return NULL;
	return joins(asked, party, procedure);
}

/* ---- what is given ------------------------------------------------------------------------------------------- */

static const char *wrong_word(const struct question *asked)
{
	const struct play *play = asked->play;
	char did_you_mean[NEAREST_TEXT_SIZE];
	struct nearest nearest;
	struct words words = { 0 };
	const char *who = asked->deed->party ?: "the gateway", *list = "";

	if (asked->deed->state == NULL)
		return NULL;
	words_of_speaker(&words, asked->play, asked->submitted, asked->deed->party);
	nearest = nearest_to(asked->deed->state);
	for (size_t i = 0; i < words.count; i++) {
		if (strcmp(words.words[i], asked->deed->state) == 0)
			return NULL;
		nearest_offer(&nearest, words.words[i]);
		list = arena_printf(play->arena, "%s%s%s", list, i > 0 ? " " : "", words.words[i]);
	}
	if (nearest.word != NULL)
		return arena_printf(play->arena, "%s never says %s%s", who, asked->deed->state,
				    nearest_text(&nearest, did_you_mean));
	return arena_printf(play->arena, "%s never says %s; it says: %s", who, asked->deed->state,
			    list);
}

static const char *switched_off(const struct question *asked)
{
	const struct play *play = asked->play;
	const char *party = asked->deed->party;
	bool off = false;

	for (size_t i = 0; party != NULL && i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (is_from(hop, party) && strcmp(hop->event, "switched") == 0)
			off = hop->state != NULL && strcmp(hop->state, "off") == 0;
	}
	return off ? arena_printf(play->arena,
				  "%s is switched off; <agency on=\"%s\"/> lets it answer", party,
				  party)
		   : NULL;
}

static const char *fault_fired(const struct question *asked)
{
	const struct play *play = asked->play;
	const struct hop *fired = NULL;
	size_t count = 0;

	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (strcmp(hop->event, "fault") == 0 && is_of(hop, asked->submitted) &&
		    (asked->deed->party == NULL || is_from(hop, asked->deed->party))) {
			fired = hop;
			count++;
		}
	}
	if (fired == NULL)
		return NULL;
	return arena_printf(play->arena, "a fault struck %zu time%s at %s, last: %s", count,
			    count == 1 ? "" : "s", fired->party ?: "?", fired->text ?: "?");
}

static const char *on_paper(const struct question *asked)
{
	const struct play *play = asked->play;
	const char *party = asked->deed->party;

	if (party == NULL || paper_procedure(asked) == NULL || asked->hop == NULL ||
	    asked->hop->state == NULL || strcmp(asked->hop->state, "PAPER_DUE") != 0)
		return NULL;
	return arena_printf(play->arena,
			    "%s decides on paper here: <paper decide=\"%s\" of=\"%s\"/> enters it",
			    party, party, asked->deed->of);
}

static const char *not_asked(const struct question *asked)
{
	const struct play *play = asked->play;

	if (asked->deed->party == NULL || asked->hop != NULL || !asked->submitted->taken)
		return NULL;
	return arena_printf(play->arena, "%s was not asked about %s; 'nsw plan %s' says who is",
			    asked->deed->party, asked->deed->of, asked->submitted->path ?: "FILE");
}

static const char *refused(const struct question *asked)
{
	const struct submitted *submitted = asked->submitted;

	if (!submitted->taken)
		return submitted->findings.first != NULL && submitted->findings.first->hint != NULL
			       ? submitted->findings.first->hint
			       : hint_for_code(asked->play, submitted->refusal.code);
	if (asked->hop == NULL || asked->hop->code == NULL)
		return NULL;
	return hint_for_code(asked->play, asked->hop->code);
}

/* ---- the most likely first --------------------------------------------------------------------------------------- */

static const char *(*const causes[])(const struct question *asked) = {
	not_connected,	wrong_word,  switched_off, too_late,  not_yet,
	only_a_receipt, fault_fired, on_paper,	   not_asked, refused,
};

const char *hint_for(struct play *play, const struct deed *deed, const struct submitted *submitted,
		     const struct hop *hop)
{
	struct question asked = { play, deed, submitted, hop };
	const char *hint = NULL;

	for (size_t i = 0; hint == NULL && i < sizeof causes / sizeof *causes; i++)
		hint = causes[i](&asked);
	return hint;
}

const char *hint_never_said(struct play *play, const struct deed *deed,
			    const struct submitted *submitted)
{
	struct question asked = { play, deed, submitted, NULL };
	struct words words = { 0 };

	if (deed->code != NULL && !words_have_code(play, deed->code))
		return arena_printf(
			play->arena,
			"the code %s stands in no rule, list or profile: nobody says it",
			deed->code);
	if (deed->state == NULL || deed->party == NULL)
		return wrong_word(&asked);
	words_of_all_parties(&words, play); /* it is a word, though not of that party */
	for (size_t i = 0; i < words.count; i++)
		if (strcmp(words.words[i], deed->state) == 0)
			return NULL;
	return wrong_word(&asked);
}
