/*
 * plan - who must decide on a message: the control table, compiled.
 *
 * schemas/control.xml (and the control.xml of any further folder) has rows: which kinds, which
 * goods, which condition, to which party, under which procedure. Every row that fits opens one
 * task. Pure: the same facts give the same tasks.
 *
 * Read-only after loading, shared by all threads.
 */
#ifndef NSW_PLAN_H
#define NSW_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/facts.h"
#include "core/kind.h"
#include "core/party.h"

struct plan;

struct plan_task { /* borrowed from the plan */
	const char *party, *procedure;
	bool releases; /* only such a party's decision clears the case */
};

/* FAULT PLN-901 file broken (FILE:LINE), PLN-902 a row for a party that has no profile. */
MUST_CHECK bool plan_load(struct plan **out, const struct kinds *kinds,
			  const struct parties *parties, const char *const folders[],
			  struct failure *why);
void plan_free(struct plan *plan); /* NULL is fine */

/* The tasks for a message with these facts, in the table's order, one a party and procedure.
 * FAULT RUL-901. */
MUST_CHECK bool plan_tasks(const struct plan *plan, const struct facts *facts, gateway_time at,
			   struct arena *arena, struct plan_task **tasks, size_t *count,
			   struct failure *why);

#endif
