/*
 * timeline - the calendar as people look at it: what happened, who was connected on a day,
 * and both as a drawing.
 *
 * Works from the files alone; no gateway need run. One thread.
 */
#ifndef NSW_TIMELINE_H
#define NSW_TIMELINE_H

#include "cli/session.h"
#include "core/procedures.h"
#include "core/rollout.h"

/* Whose link it is: a party's, or that of one of its procedures. */
struct timeline_link {
	const char *party;
	const char *procedure; /* NULL: the party itself */
};

struct timeline {
	struct arena *arena; /* the session's */
	struct rollout *rollout;
	struct procedures *procedures;
	struct timeline_link *links; /* a party, then its procedures; in the calendar's order */
	size_t count;
};

/* `calendar` as in core/rollout.h; NULL: that of the sandbox. FAULT ROL-901, PRC-…. */
MUST_CHECK bool timeline_open(struct timeline *out, struct session *session, const char *calendar,
			      struct failure *why);
void timeline_close(struct timeline *timeline);

const char *timeline_id(const struct timeline_link *link);
/* Has it rows of its own, or does it follow its party? */
bool timeline_own(const struct timeline *timeline, const struct timeline_link *link);
/* Is the row about that party, one of its procedures, or that procedure? */
bool timeline_about(const struct timeline *timeline, const struct rollout_row *row, const char *id);
/* REJECT CLI-009 when neither calendar nor register has it. */
MUST_CHECK bool timeline_known(const struct timeline *timeline, const char *id,
			       struct failure *why);
bool timeline_names(const struct rollout_row *row, const char *id); /* itself */
/* Where it stands: the day that acts, else the last that it may have been. */
gateway_time timeline_day(const struct rollout_row *row);
const char *timeline_words(struct arena *arena, const char *const words[]); /* NULL: none */

/* Rows are those of `from` up to and with `to`, about `id` (NULL: all). timeline_draw.c */
struct timeline_choice {
	gateway_time from, to;
	const char *id;
};
bool timeline_chosen(const struct timeline *timeline, const struct timeline_choice *choice,
		     const struct rollout_row *row);
/* An SVG document, appended: a lane a link, with its states, who joined a club, events. */
void timeline_draw(struct text *out, const struct timeline *timeline,
		   const struct timeline_choice *choice);

#endif
