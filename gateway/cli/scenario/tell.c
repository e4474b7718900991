#include "cli/scenario/tell.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/follow.h"
#include "cli/scenario/hint.h"
#include "cli/scenario/observe.h"

#define FINDINGS_TOLD 5
#define FAULTS_TOLD   4

/* ---- phrases ---------------------------------------------------------------------------------------------- */

const char *tell_moment(const struct play *play, gateway_time when)
{
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE], span[SPAN_TEXT_SIZE];
	bool before = when < play->acted;

	time_text(before ? when : play->acted, from);
	time_text(before ? play->acted : when, to);
	span_text(from, to, span);
	return arena_printf(play->arena, "%s%s", span + (*span == '+'), before ? " before" : "");
}

static const char *speaker(const char *party)
{
	return party != NULL ? party : "gateway";
}

const char *tell_hop(const struct play *play, const struct submitted *submitted,
		     const struct hop *hop)
{
	const char *word = word_of(play, submitted, hop) ?: hop->event;
	const char *who = hop->party != NULL && submitted->party != NULL &&
					  strcmp(hop->party, submitted->party) == 0
				  ? "gateway"
				  : speaker(hop->party);

	return arena_printf(play->arena, "%s from %s: %s%s%s", submitted->deed->as, who, word,
			    hop->code != NULL ? " " : "", hop->code ?: "");
}

const char *tell_expectation(const struct play *play, const struct deed *deed)
{
	const char *state = deed->state ?: deed->code != NULL ? "" : "a word";
	const char *gap = deed->code != NULL && *state != '\0' ? " " : "";
	const char *code = deed->code ?: "";

	if (deed->kind == DEED_NEVER)
		return arena_printf(play->arena, "%s from %s: never %s%s%s during %s", deed->of,
				    speaker(deed->party), state, gap, code, deed->lasts_text);
	return arena_printf(play->arena, "%s from %s: %s%s%s within %s", deed->of,
			    speaker(deed->party), state, gap, code, deed->lasts_text ?: "1d");
}

/* ---- reasons -------------------------------------------------------------------------------------------------- */

/* What comes again and again is told once, with how often. */
static bool tell_again(struct play *play, const char *line)
{
	struct step_result *step = play->step;
	size_t length = strlen(line), times = 1;
	const char *last = step->why != NULL ? strrchr(step->why, '\n') : NULL, *count;

	if (step->why == NULL)
		return false;
	last = last != NULL ? last + 1 : step->why;
	if (strncmp(last, line, length) != 0 ||
	    (last[length] != '\0' && strncmp(last + length, " (", 2) != 0))
		return false;
	count = last + length;
	if (*count != '\0' && sscanf(count, " (%zu times)", &times) != 1)
		return false;
	step->why = arena_printf(play->arena, "%.*s%s (%zu times)", (int)(last - step->why),
				 step->why, line, times + 1);
	return true;
}

static void add_reason(struct play *play, const char *line)
{
	struct step_result *step = play->step;

	if (tell_again(play, line))
		return;
	step->why = step->why == NULL ? line : arena_printf(play->arena, "%s\n%s", step->why, line);
}

/* "PARTY: TOT-01 text (line 12)" */
static void add_findings(struct play *play, const struct findings *findings, const char *who,
			 const char *file)
{
	size_t told = 0;

	for (const struct finding *at = findings->first; at != NULL && told < FINDINGS_TOLD;
	     at = at->next, told++) {
		const char *place = at->line == 0 ? ""
				    : file != NULL
					    ? arena_printf(play->arena, " (%s:%d)", file, at->line)
					    : arena_printf(play->arena, " (line %d)", at->line);

		add_reason(play, arena_printf(play->arena, "%s%s%s %s%s", who ?: "",
					      who != NULL ? ": " : "", at->code, at->text, place));
	}
}

static void add_faults(struct play *play, const struct submitted *submitted)
{
	size_t struck = 0;

	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (strcmp(hop->event, "fault") == 0 && is_of(hop, submitted) &&
		    ++struck <= FAULTS_TOLD)
			add_reason(play, arena_printf(play->arena,
						      "fault %s at %s, attempt %" PRId64 ": %s",
						      hop->code ?: "", hop->party ?: "?",
						      hop->attempt, hop->text ?: ""));
	}
	if (struck > FAULTS_TOLD)
		add_reason(play,
			   arena_printf(play->arena, "and %zu times more", struck - FAULTS_TOLD));
}

/* Answers of a party that the gateway did not take, attempts that could not be made. */
static void add_codes(struct play *play, const struct submitted *submitted, const char *party)
{
	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (is_of(hop, submitted) && hop->code != NULL && hop->party != NULL &&
		    strcmp(hop->event, "fault") != 0 &&
		    strcmp(hop->message ?: "", submitted->taken ? "" : submitted->id) != 0 &&
		    (party == NULL || is_from(hop, party)))
			add_reason(play, arena_printf(play->arena, "%s: %s %s %s", hop->party,
						      hop->event, hop->code, hop->text ?: ""));
	}
}

/* Why agencies said no: in the answers of whoever did. */
static void add_answers(struct play *play, const struct submitted *submitted, const char *party)
{
	const char *last = NULL;

	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];
		struct findings findings;
		struct failure ignored;

		if (!is_of(hop, submitted) || hop->party == NULL || hop->message == NULL ||
		    !isupper((unsigned char)hop->event[0]) ||
		    (party != NULL && !is_from(hop, party)) ||
		    (last != NULL && strcmp(last, hop->message) == 0))
			continue;
		last = hop->message;
		if (observe_findings(play, submitted, hop->party, hop->message, &findings,
				     &ignored))
			add_findings(play, &findings, hop->party, NULL);
	}
}

static void add_reasons(struct play *play, const struct submitted *submitted, const char *party)
{
	if (!submitted->taken && submitted->findings.first != NULL)
		add_findings(play, &submitted->findings, NULL, submitted->path);
	else if (!submitted->taken)
		add_reason(play, arena_printf(play->arena, "%s %s", submitted->refusal.code,
					      submitted->refusal.text));
	add_faults(play, submitted);
	add_codes(play, submitted, party);
	add_answers(play, submitted, party);
}

/* ---- where more is to be seen -------------------------------------------------------------------------------------- */

static const char *trace_lines(struct play *play, const struct submitted *submitted)
{
	struct text lines = TEXT_EMPTY;
	const char *kept;

	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (!is_of(hop, submitted))
			continue;
		text_printf(&lines, "%9s  %-14s %-10s %-16s", tell_moment(play, hop->time),
			    hop->event, speaker(hop->party), hop->state ?: "-");
		if (hop->attempt != 0)
			text_printf(&lines, " attempt %" PRId64, hop->attempt);
		text_printf(&lines, " %s %s\n", hop->code ?: "", hop->text ?: "");
	}
	kept = lines.length > 0 ? arena_string(play->arena, lines.bytes) : NULL;
	text_free(&lines);
	return kept;
}

/* The start of an id is enough for `nsw show`. */
static const char *more(const struct play *play, const struct submitted *submitted)
{
	const struct scenario *scenario = play->scenario;
	const char *show = submitted != NULL
				   ? arena_printf(play->arena, "nsw show %.8s", submitted->id)
				   : "nsw tail --no-follow";

	if (play->host == NULL)
		return show;
	if (play->choice->keep)
		return arena_printf(play->arena, "export NSW_STATE=%s; %s",
				    play->session->sandbox.state, show);
	return arena_printf(play->arena, "nsw test --keep --filter %s %s, then %s", scenario->name,
			    scenario->file, show);
}

/* ---- all of it ------------------------------------------------------------------------------------------------------- */

enum done tell_unmet(struct play *play, const struct deed *deed, const char *expected,
		     const char *nearest)
{
	const struct submitted *submitted =
		deed->of != NULL ? play_submitted(play, deed->of) : NULL;
	struct step_result *step = play->step;

	step->failed_line = deed->line;
	step->expected = expected;
	step->nearest = nearest;
	step->more = more(play, submitted);
	if (submitted != NULL)
		step->trace = trace_lines(play, submitted);
	return UNMET;
}

/* A rule that compares a moment in the document with another, or with today. */
static bool finds_a_date(const struct findings *findings)
{
	for (const struct finding *at = findings->first; at != NULL; at = at->next)
		if (at->path != NULL && strstr(at->path, "DateTime") != NULL)
			return true;
	return false;
}

enum done tell_refusal(struct play *play, const struct deed *deed,
		       const struct submitted *submitted, const char *expected)
{
	struct step_result *step = play->step;
	const char *alias = submitted->deed->as;

	tell_unmet(play, deed, expected,
		   submitted->taken ? arena_printf(play->arena, "%s accepted", alias)
				    : arena_printf(play->arena, "%s refused with %s", alias,
						   submitted->refusal.code));
	step->trace = trace_lines(play, submitted);
	step->more = more(play, submitted);
	if (submitted->taken)
		return UNMET;
	add_reasons(play, submitted, NULL);
	step->hint = submitted->findings.first != NULL ? submitted->findings.first->hint : NULL;
	if (step->hint == NULL)
		step->hint = hint_for_code(play, submitted->refusal.code);
	if (play->host == NULL && strcmp(submitted->refusal.code, "JRN-001") == 0)
		step->hint =
			arena_printf(play->arena,
				     "this gateway has it from an earlier run of that label, %s: "
				     "take another --run, or --seed",
				     play->label);
	if (!submitted->deed->shift && finds_a_date(&submitted->findings))
		step->hint = "its dates are the document's own; clock=\"shift\" on <submit> moves "
			     "them to "
			     "gateway time";
	return UNMET;
}

/* Nothing from there: how far it has come otherwise. */
static const char *nothing(const struct play *play, const struct deed *deed,
			   const struct submitted *submitted)
{
	const struct hop *latest = observe_latest(play, submitted, NULL);

	if (deed->party == NULL || latest == NULL)
		return arena_printf(play->arena, "%s from %s: nothing", deed->of,
				    speaker(deed->party));
	return arena_printf(play->arena, "%s from %s: nothing; %s at %s", deed->of, deed->party,
			    tell_hop(play, submitted, latest), tell_moment(play, latest->time));
}

enum done tell_observed(struct play *play, const struct deed *deed,
			const struct submitted *submitted, const struct hop *hop,
			const char *expected)
{
	const char *nearest =
		hop == NULL ? nothing(play, deed, submitted)
			    : arena_printf(play->arena, "%s at %s", tell_hop(play, submitted, hop),
					   tell_moment(play, hop->time));

	tell_unmet(play, deed, expected, nearest);
	add_reasons(play, submitted, deed->party);
	if (deed->kind != DEED_NEVER)
		play->step->hint = hint_for(play, deed, submitted, hop);
	return UNMET;
}
