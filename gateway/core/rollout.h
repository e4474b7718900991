/*
 * rollout - who is connected when: the calendar, compiled.
 *
 * schemas/rollout.xml (and the rollout.xml of any further folder; all rows are joined) says by
 * day what state the link of a party, or a procedure of its own, is in, and what else happened.
 * schemas/README.md has the grammar. Days begin at 00:00 Asia/Ho_Chi_Minh.
 *
 * A procedure follows its party unless some row names the procedure: then only those rows
 * count for it, on any date. Of the rows that have begun and fit the place, the latest counts.
 * Of one day's rows the last counts. Before the first of all the state is NONE. Whoever no row names at all is outside the
 * calendar, and LIVE.
 *
 * Read-only after loading, shared by all threads. Strings live as long as the calendar.
 */
#ifndef NSW_ROLLOUT_H
#define NSW_ROLLOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/clock.h"
#include "core/failure.h"

enum link_state { LINK_NONE, LINK_TEST, LINK_PARALLEL, LINK_LIVE, LINK_ENDED };
const char *link_state_name(enum link_state state); /* "NONE", "TEST", ... */
/* Do documents go over such a link? PARALLEL too: then paper stays the legal proof beside them. */
bool link_carries(enum link_state state);

struct rollout_row {
	const char *const *of; /* parties or procedures; empty: an event, which switches nothing */
	enum link_state state; /* of a row with `of` */
	const char *const *places; /* beginnings of office or port codes; empty: everywhere */
	const char *via;	   /* "e-customs pilot"; NULL: the single window itself */
	gateway_time from;	   /* the day that acts ("used"); 0: not known (of a membership) */
	gateway_time earliest, latest; /* what is known of the day; 0: the day itself */
	const char *title, *title_vi;
	const char *source, *mark,
		*mark_day;	    /* mark_day: of the day, where it is known less well */
	const char *club, *country; /* "ASW", "TH": joined it; NULL otherwise */
	int order;		    /* 5: the fifth to join; 0: not known */
	const char *place;	    /* FILE:LINE */
};

struct rollout;

/* `calendar` "": the rollout.xml of each folder that has one, joined; "none": rollout_none();
 * else the path of a file, which counts alone. FAULT ROL-901 file broken (FILE:LINE), or not
 * there. */
MUST_CHECK bool rollout_load(struct rollout **out, const char *const folders[], size_t count,
			     const char *calendar, struct failure *why);
/* A calendar without rows: everybody is LIVE, always. */
struct rollout *rollout_none(void);
void rollout_free(struct rollout *rollout); /* NULL is fine */

size_t rollout_count(const struct rollout *rollout); /* by date, then as in the files */
const struct rollout_row *rollout_at(const struct rollout *rollout, size_t index);

/* `procedure` and `place` may be NULL; without a place only rows that hold everywhere fit. *row
 * (may be NULL) is what says so; NULL outside the calendar, and before the first row. */
enum link_state rollout_state(const struct rollout *rollout, const char *party,
			      const char *procedure, const char *place, gateway_time at,
			      const struct rollout_row **row);
/* The first row after `at` from which documents go over that link; NULL: none is planned. */
const struct rollout_row *rollout_next(const struct rollout *rollout, const char *party,
				       const char *procedure, const char *place, gateway_time at);
/* The first row after `at` that says anything of it; NULL: it stays as it is. */
const struct rollout_row *rollout_change(const struct rollout *rollout, const char *party,
					 const char *procedure, const char *place, gateway_time at);
/* Does some row name it, as party or procedure? */
bool rollout_knows(const struct rollout *rollout, const char *id);

#endif
