/*
 * plan_parts - the inside of plan.[ch]: the rows of control tables.
 */
#ifndef NSW_PLAN_PARTS_H
#define NSW_PLAN_PARTS_H

#include "core/hs.h"
#include "deliver/plan.h"

struct plan_row {
	struct plan_row *next;
	const char *place;     /* FILE:LINE */
	struct plan_task task; /* what row and register say; no route yet */
	/* Which facts say party and procedure, for `{fact}`; NULL: the row does. */
	const char *party_fact, *procedure_fact;
	const char *const *kinds;
	bool own_goods; /* else those of the procedure count */
	struct hs_range *goods;
	size_t goods_count;
	struct question *when; /* NULL: always */
};

struct plan {
	struct arena *arena;
	struct plan_data data;
	struct plan_row *rows, **last;
};

/* The task's procedure stands in the register, which says what the row leaves open. */
void plan_register(struct plan_task *task, const struct procedure *procedure);
/* Is the task's party the one whose procedure that is? Of a procedure that is not registered, or
 * whose party the register leaves open, anybody is. */
bool plan_belongs(const struct plan_task *task);

#endif
