/* expect - what must be observed, and what must not. */
#include <string.h>

#include "cli/scenario/hint.h"
#include "cli/scenario/observe.h"
#include "cli/scenario/tell.h"
#include "cli/scenario/trace.h"

#define WITHIN ((int64_t)86400 * 1000)

static enum done test_all(struct play *play, const struct deed *deed,
			  const struct submitted *submitted, struct failure *why)
{
	struct trace *trace;
	enum done done = MET;

	if (deed->value_count == 0)
		return MET;
	if (!trace_make(&trace, play, submitted, deed->party, why))
		return TROUBLE;
	for (size_t i = 0; done == MET && i < deed->value_count; i++)
		done = trace_test(trace, play, deed, &deed->values[i], why);
	trace_free(trace);
	return done;
}

static gateway_time deadline(const struct play *play, const struct deed *deed)
{
	return play->acted + (deed->lasts_text != NULL ? deed->lasts : WITHIN);
}

/* One look; *over when there is nothing to wait for any more. */
static enum done look(struct play *play, const struct deed *deed, const struct submitted *submitted,
		      bool *over, struct failure *why)
{
	const struct hop *hop = observe_match(play, deed, submitted);
	bool final;

	*over = true;
	if (hop != NULL && (hop->time <= deadline(play, deed) || hop->time <= play->acted)) {
		observe_met(play, deed, hop);
		return test_all(play, deed, submitted, why);
	}
	if (!observe_final(play, deed, submitted, &final, why))
		return TROUBLE;
	*over = final || play->now >= deadline(play, deed);
	return *over ? UNMET : MET;
}

enum done do_expect(struct play *play, const struct deed *deed, struct failure *why)
{
	const struct submitted *submitted = play_submitted(play, deed->of);
	enum done done;
	bool over, there;

	for (;;) {
		done = look(play, deed, submitted, &over, why);
		if (over || done != MET)
			break;
		if (!play_leap(play, deadline(play, deed), &there, why))
			return TROUBLE;
	}
	if (done != UNMET || play->step->expected != NULL)
		return done;
	return tell_observed(play, deed, submitted, observe_latest(play, submitted, deed->party),
			     tell_expectation(play, deed));
}

static bool same(const char *one, const char *other)
{
	return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static bool same_meaning(const struct deed *one, const struct deed *other)
{
	return same(one->party, other->party) && same(one->state, other->state) &&
	       same(one->code, other->code);
}

/* What nobody says is a slip of the pen, and would never fail. */
static enum done never_meant(struct play *play, const struct deed *deed,
			     const struct submitted *submitted)
{
	const char *hint;

	for (size_t i = 0; i < play->meant_count; i++)
		if (same_meaning(play->meant[i], deed))
			return MET;
	hint = hint_never_said(play, deed, submitted);
	if (hint == NULL) {
		play->meant =
			must_realloc(play->meant, (play->meant_count + 1) * sizeof *play->meant);
		play->meant[play->meant_count++] = deed;
		return MET;
	}
	tell_unmet(play, deed, tell_expectation(play, deed), "a word or code that nobody says");
	play->step->hint = hint;
	return UNMET;
}

enum done do_never(struct play *play, const struct deed *deed, struct failure *why)
{
	const struct submitted *submitted = play_submitted(play, deed->of);
	gateway_time until = play->now + deed->lasts;
	const struct hop *slip;
	bool there = false;

	while ((slip = observe_slip(play, deed, submitted)) == NULL && !there)
		if (!play_leap(play, until, &there, why))
			return TROUBLE;
	if (slip == NULL)
		return never_meant(play, deed, submitted);
	return tell_observed(play, deed, submitted, slip, tell_expectation(play, deed));
}
