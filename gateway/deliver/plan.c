/* Planning: which rows open a task for a message, and on which way. Loading: plan_load.c. */
#include <string.h>

#include "deliver/plan_parts.h"

const char *route_name(enum route route)
{
	return route == ROUTE_PAPER ? "PAPER" : "ELECTRONIC";
}

struct plan_data plan_data_of(const struct kinds *kinds, const struct parties *parties)
{
	return (struct plan_data){ .kinds = kinds,
				   .parties = parties,
				   .procedures = kinds_procedures(kinds),
				   .rollout = kinds_rollout(kinds) };
}

const struct plan_data *plan_data(const struct plan *plan)
{
	return &plan->data;
}

/* ---- whose, and under which procedure ------------------------------------------------------- */

void plan_register(struct plan_task *task, const struct procedure *procedure)
{
	task->registered = procedure;
	task->procedure = procedure->id;
	task->title = task->title ?: procedure->title;
	task->title_vi = task->title_vi ?: procedure->title_vi;
	task->source = task->source ?: procedure->source;
	task->mark = task->mark ?: procedure->mark;
	task->paper_time = procedure->paper_time ?: PAPER_TIME;
}

bool plan_belongs(const struct plan_task *task)
{
	const struct procedure *registered = task->registered;

	return registered == NULL || registered->party[0] == '\0' ||
	       strcmp(registered->party, task->party) == 0;
}

/* What a message asks for is looked up: a procedure that nobody registered is nobody's. */
static bool settle_procedure(const struct plan *plan, const struct plan_row *row,
			     const struct facts *facts, struct plan_task *task)
{
	const struct procedure *procedure;
	const char *asked;

	if (row->procedure_fact == NULL)
		return true;
	asked = facts_get(facts, row->procedure_fact);
	procedure = asked != NULL ? procedures_find(plan->data.procedures, asked) : NULL;
	if (procedure == NULL)
		return false;
	plan_register(task, procedure);
	return true;
}

/* A message may name anybody: only a party that takes such messages gets it. */
static bool settle_party(const struct plan *plan, const struct plan_row *row,
			 const struct facts *facts, struct plan_task *task)
{
	const struct party *party;
	const char *asked;

	if (task->party != NULL)
		return true;
	asked = row->party_fact != NULL ? facts_get(facts, row->party_fact)
					: task->registered->party;
	party = asked != NULL ? parties_find(plan->data.parties, asked) : NULL;
	if (party == NULL || (task->by == BY_DELIVERY && !party_sees(party, facts_kind(facts))))
		return false;
	task->party = party->id;
	return true;
}

static bool settle(const struct plan *plan, const struct plan_row *row, const struct facts *facts,
		   struct plan_task *task)
{
	*task = row->task;
	return settle_procedure(plan, row, facts, task) && settle_party(plan, row, facts, task) &&
	       plan_belongs(task);
}

/* ---- does the row fit? ---------------------------------------------------------------------- */

static bool any_in(const struct hs_range *goods, size_t count, const struct facts *facts,
		   struct arena *arena)
{
	for (xmlNodePtr item = child_named(facts_root(facts), "item"); item != NULL;
	     item = next_named(item, "item")) {
		const char *hs = child_text(arena, item, "hs");

		if (hs != NULL && hs_in(goods, count, hs))
			return true;
	}
	return false;
}

static bool goods_fit(const struct plan_row *row, const struct procedure *registered,
		      const struct facts *facts, struct arena *arena)
{
	if (row->own_goods)
		return any_in(row->goods, row->goods_count, facts, arena);
	return registered == NULL || registered->goods_count == 0 ||
	       any_in(registered->goods, registered->goods_count, facts, arena);
}

static bool begun(const struct procedure *registered, gateway_time at)
{
	return registered == NULL || registered->from <= at;
}

/* *fits: then *task is what the row opens. */
static bool row_fits(const struct plan *plan, const struct plan_row *row, const struct facts *facts,
		     gateway_time at, struct arena *arena, struct plan_task *task, bool *fits,
		     struct failure *why)
{
	*fits = kind_listed(row->kinds, facts_kind(facts)) && settle(plan, row, facts, task) &&
		begun(task->registered, at) && goods_fit(row, task->registered, facts, arena);
	if (!*fits || row->when == NULL)
		return true;
	return question_ask(row->when, facts_root(facts), at, fits, why);
}

/* ---- the way --------------------------------------------------------------------------------- */

/* A copy that is only compared leaves the paper document the proof. */
static bool goes_electronically(enum plan_by by, enum link_state link)
{
	return by == BY_DOCUMENT ? link == LINK_LIVE : link_carries(link);
}

static const struct rollout_row *electronic_from(const struct rollout *rollout,
						 const struct plan_task *task, const char *place,
						 gateway_time at)
{
	const struct rollout_row *row;

	do {
		row = rollout_next(rollout, task->party, task->procedure, place, at);
		at = row != NULL ? row->from : at;
	} while (row != NULL && !goes_electronically(task->by, row->state));
	return row;
}

static void choose_route(const struct rollout *rollout, struct plan_task *task, const char *place,
			 gateway_time at)
{
	task->link = rollout_state(rollout, task->party, task->procedure, place, at, &task->since);
	task->route = goes_electronically(task->by, task->link) ? ROUTE_ELECTRONIC : ROUTE_PAPER;
	if (task->route == ROUTE_PAPER)
		task->next = electronic_from(rollout, task, place, at);
}

/* ---- all tasks ------------------------------------------------------------------------------- */

static bool opened_already(const struct plan_task *tasks, size_t count,
			   const struct plan_task *task)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(tasks[i].party, task->party) == 0 &&
		    strcmp(tasks[i].procedure, task->procedure) == 0)
			return true;
	return false;
}

bool plan_tasks(const struct plan *plan, const struct facts *facts, gateway_time at,
		struct arena *arena, struct plan_task **tasks, size_t *count, struct failure *why)
{
	const char *place = facts_get(facts, "office");
	size_t rows = 0;

	for (const struct plan_row *row = plan->rows; row != NULL; row = row->next)
		rows++;
	*tasks = arena_alloc(arena, rows * sizeof **tasks + 1);
	*count = 0;
	for (const struct plan_row *row = plan->rows; row != NULL; row = row->next) {
		struct plan_task task;
		bool fits;

		if (!row_fits(plan, row, facts, at, arena, &task, &fits, why))
			return false;
		if (!fits || opened_already(*tasks, *count, &task))
			continue;
		choose_route(plan->data.rollout, &task, place, at);
		(*tasks)[(*count)++] = task;
	}
	return true;
}
