#include "cli/plan/plan_sheet.h"

#include <stdlib.h>
#include <string.h>

/* ---- moments -------------------------------------------------------------------------------- */

void moments_add(struct moments *moments, struct arena *arena, gateway_time at)
{
	for (size_t i = 0; i < moments->count; i++)
		if (moments->at[i] == at)
			return;
	/* Rooms of powers of two: the arena frees the smaller ones at the end. */
	if ((moments->count & (moments->count - 1)) == 0) {
		size_t room = moments->count != 0 ? 2 * moments->count : 1;
		gateway_time *larger = arena_alloc(arena, room * sizeof *larger);

		if (moments->count != 0)
			memcpy(larger, moments->at, moments->count * sizeof *larger);
		moments->at = larger;
	}
	moments->at[moments->count++] = at;
}

static int by_time(const void *a, const void *b)
{
	gateway_time one = *(const gateway_time *)a, other = *(const gateway_time *)b;

	return (one > other) - (one < other);
}

static void moments_sort(struct moments *moments)
{
	if (moments->count != 0)
		qsort(moments->at, moments->count, sizeof *moments->at, by_time);
}

static gateway_time midnight(gateway_time at)
{
	char date[TIME_TEXT_SIZE];
	gateway_time start = at;

	return time_parse(date_text(at, date), &start, NULL) ? start : at;
}

/* ---- what a task comes to ------------------------------------------------------------------- */

const char *task_cell(const struct plan_task *task)
{
	if (task == NULL)
		return "not required";
	if (task->link == LINK_PARALLEL)
		return "electronic (parallel)";
	return task->route == ROUTE_PAPER ? "paper" : "electronic";
}

bool task_needs_paper(const struct plan_task *task)
{
	return task->route == ROUTE_PAPER || task->link == LINK_PARALLEL;
}

const char *task_via(const struct plan_task *task)
{
	if (!link_carries(task->link))
		return NULL;
	return task->since != NULL && task->since->via != NULL ? task->since->via : "single window";
}

bool task_assumes(const struct plan_task *task, const char *column)
{
	size_t length = strlen(column);
	const char *at;

	if (task->registered == NULL)
		return true;
	for (at = task->registered->assumed; (at = strstr(at, column)) != NULL; at += length)
		if ((at == task->registered->assumed || at[-1] == ' ') &&
		    (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

int64_t task_time(const struct plan_task *task, bool *assumed)
{
	bool paper = task_needs_paper(task);

	*assumed = task_assumes(task, paper ? "paper-time" : "electronic-time");
	if (paper)
		return task->paper_time;
	return task->registered != NULL ? task->registered->electronic_time : 0;
}

/* ---- the sheet ------------------------------------------------------------------------------- */

static bool same_task(const struct plan_task *one, const struct plan_task *other)
{
	return strcmp(one->party, other->party) == 0 &&
	       strcmp(one->procedure, other->procedure) == 0;
}

static const char *label_of(gateway_time at, struct arena *arena)
{
	int64_t into = at - midnight(at), seconds = into / 1000;
	char date[TIME_TEXT_SIZE];

	date_text(at, date);
	if (into == 0)
		return arena_string(arena, date);
	return arena_printf(arena, "%sT%02d:%02d:%02d%s+07:00", date, (int)(seconds / 3600),
			    (int)(seconds / 60 % 60), (int)(seconds % 60),
			    into % 1000 != 0 ? arena_printf(arena, ".%03d", (int)(into % 1000))
					     : "");
}

static bool plan_day(struct sheet_day *day, const struct plan *plan, const struct facts *facts,
		     gateway_time at, struct arena *arena, struct failure *why)
{
	day->at = at;
	day->label = label_of(at, arena);
	return plan_tasks(plan, facts, at, arena, &day->tasks, &day->count, why);
}

/* Each day's tasks have the table's order; what a day brings in goes behind what stands before
 * it there. */
static void add_rows(struct sheet *sheet, const struct sheet_day *day)
{
	size_t behind = 0;

	for (size_t i = 0; i < day->count; i++) {
		size_t at = 0;

		while (at < sheet->row_count && !same_task(sheet->rows[at], &day->tasks[i]))
			at++;
		if (at == sheet->row_count) {
			at = behind;
			memmove(&sheet->rows[at + 1], &sheet->rows[at],
				(sheet->row_count++ - at) * sizeof(struct plan_task *));
			sheet->rows[at] = &day->tasks[i];
		}
		behind = at + 1;
	}
}

bool sheet_make(struct sheet *out, const struct plan *plan, const struct facts *facts,
		const struct moments *days, struct arena *arena, struct failure *why)
{
	size_t most = 0;

	*out = (struct sheet){ .day_count = days->count };
	out->days = arena_alloc(arena, (days->count + 1) * sizeof *out->days);
	for (size_t i = 0; i < days->count; i++) {
		if (!plan_day(&out->days[i], plan, facts, days->at[i], arena, why))
			return false;
		most += out->days[i].count;
	}
	out->rows = arena_alloc(arena, (most + 1) * sizeof(struct plan_task *));
	for (size_t i = 0; i < out->day_count; i++)
		add_rows(out, &out->days[i]);
	return true;
}

const struct plan_task *sheet_task(const struct sheet *sheet, size_t row, size_t day)
{
	const struct sheet_day *on = &sheet->days[day];

	for (size_t i = 0; i < on->count; i++)
		if (same_task(&on->tasks[i], sheet->rows[row]))
			return &on->tasks[i];
	return NULL;
}

/* ---- the days on which something changes ------------------------------------------------------ */

static void add_days_of_data(struct moments *moments, const struct plan_data *data,
			     struct arena *arena)
{
	for (size_t i = 0; i < rollout_count(data->rollout); i++)
		if (rollout_at(data->rollout, i)->from != 0)
			moments_add(moments, arena, rollout_at(data->rollout, i)->from);
	for (size_t i = 0; i < procedures_count(data->procedures); i++)
		if (procedures_at(data->procedures, i)->from != 0)
			moments_add(moments, arena, procedures_at(data->procedures, i)->from);
}

static bool same_way(const struct plan_task *one, const struct plan_task *other)
{
	return same_task(one, other) && strcmp(task_cell(one), task_cell(other)) == 0 &&
	       strcmp(task_via(one) ?: "", task_via(other) ?: "") == 0;
}

static bool same_day(const struct sheet_day *one, const struct sheet_day *other)
{
	if (one->count != other->count)
		return false;
	for (size_t i = 0; i < one->count; i++)
		if (!same_way(&one->tasks[i], &other->tasks[i]))
			return false;
	return true;
}

bool sheet_changes(struct moments *out, const struct plan *plan, const struct facts *facts,
		   gateway_time own, struct arena *arena, struct failure *why)
{
	struct moments candidates = { 0 };
	struct sheet_day before, day;

	add_days_of_data(&candidates, plan_data(plan), arena);
	moments_sort(&candidates);
	*out = (struct moments){ 0 };
	if (candidates.count != 0 &&
	    !plan_day(&before, plan, facts, candidates.at[0] - 1, arena, why))
		return false;
	for (size_t i = 0; i < candidates.count; i++) {
		if (!plan_day(&day, plan, facts, candidates.at[i], arena, why))
			return false;
		if (!same_day(&before, &day))
			moments_add(out, arena, candidates.at[i]);
		before = day;
	}
	moments_add(out, arena, midnight(own));
	moments_sort(out);
	return true;
}

/* ---- totals ----------------------------------------------------------------------------------- */

/* Two procedures of one office are one counter; where none is known, the party is one. */
static const char *counter_of(const struct plan_task *task)
{
	const struct procedure *registered = task->registered;

	return registered != NULL && registered->counter != NULL ? registered->counter
								 : task->party;
}

static bool first_at_counter(const struct sheet_day *day, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (task_needs_paper(&day->tasks[i]) &&
		    strcmp(counter_of(&day->tasks[i]), counter_of(&day->tasks[index])) == 0)
			return false;
	return true;
}

struct sheet_totals sheet_totals(const struct sheet *sheet, size_t day)
{
	const struct sheet_day *on = &sheet->days[day];
	struct sheet_totals totals = { .required = on->count };

	for (size_t i = 0; i < on->count; i++) {
		const struct plan_task *task = &on->tasks[i];
		bool assumed;
		int64_t time = task_time(task, &assumed);

		if (time > totals.longest) {
			totals.longest = time;
			totals.assumed = assumed;
		}
		if (!task_needs_paper(task))
			continue;
		totals.papers++;
		totals.counters += first_at_counter(on, i);
	}
	return totals;
}
