/*
 * plan_sheet - what one document needs, day by day: decisions down, days across.
 *
 * Rows stand in the control table's order; what is not required on a day has no task there. A
 * task on a PARALLEL link counts twice: the electronic copy goes, and the paper stays the
 * proof, with its counter and its time. Everything lives in the arena given.
 */
#ifndef NSW_PLAN_SHEET_H
#define NSW_PLAN_SHEET_H

#include "core/arena.h"
#include "deliver/plan.h"

struct sheet_day {
	gateway_time at;
	const char *label; /* "2014-02-26", or with time of day and zone when it is not 00:00 */
	struct plan_task *tasks;
	size_t count;
};

struct sheet {
	struct sheet_day *days;
	size_t day_count;
	const struct plan_task **rows; /* as on the first day on which each is required */
	size_t row_count;
};

struct moments { /* a list that grows, in the arena; each moment once */
	gateway_time *at;
	size_t count;
};
void moments_add(struct moments *moments, struct arena *arena, gateway_time at);

/* FAULT RUL-901. */
MUST_CHECK bool sheet_make(struct sheet *out, const struct plan *plan, const struct facts *facts,
			   const struct moments *days, struct arena *arena, struct failure *why);
/* The days of calendar and register on which something changes for these facts, and the day
 * `own` is in; in order. FAULT RUL-901. */
MUST_CHECK bool sheet_changes(struct moments *out, const struct plan *plan,
			      const struct facts *facts, gateway_time own, struct arena *arena,
			      struct failure *why);

/* NULL: not required on that day. */
const struct plan_task *sheet_task(const struct sheet *sheet, size_t row, size_t day);

/* ---- what a task comes to ------------------------------------------------------------------ */

/* "electronic", "electronic (parallel)", "paper"; "not required" for NULL. */
const char *task_cell(const struct plan_task *task);
bool task_needs_paper(const struct plan_task *task);
/* What carries it: "single window", or what the calendar names; NULL: nothing does. */
const char *task_via(const struct plan_task *task);
/* Does the register call that column assumed? Of what is not registered, all is. */
bool task_assumes(const struct plan_task *task, const char *column);
/* How long until the decision, in ms; 0: nobody says. *assumed is task_assumes() of it. */
int64_t task_time(const struct plan_task *task, bool *assumed);

struct sheet_totals {
	size_t required, papers, counters;
	int64_t longest; /* ms; the decisions are made at the same time */
	bool assumed;	 /* the longest is */
};
struct sheet_totals sheet_totals(const struct sheet *sheet, size_t day);

#endif
