/*
 * plan - who must decide on a message, and on which way each is asked.
 *
 * schemas/control.xml (and the control.xml of any further folder) has rows: which kinds, which
 * goods, which condition, to which party, under which procedure. Every row that fits opens one
 * task; what a row leaves open (party, goods) stands in the register of procedures. The
 * calendar says on the day of receipt whether a task goes electronically or on paper. It never
 * refuses anything. Pure: the same facts on the same day give the same tasks.
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
#include "core/procedures.h"
#include "core/rollout.h"

struct plan;

enum plan_by {
	BY_DELIVERY, /* the party gets the message and answers it */
	BY_DOCUMENT, /* a document of that party must be shown; the party is not asked */
	BY_CASE	     /* another case decides it (payment), by life row's `decides` */
};

enum route { ROUTE_ELECTRONIC, ROUTE_PAPER };
const char *route_name(enum route route); /* "ELECTRONIC", "PAPER" */

struct plan_task { /* strings are the plan's, or in the arena */
	const char *party, *procedure;
	const char *title, *title_vi, *source, *mark; /* of the row, else of the register */
	bool releases; /* only such a party's decision clears the case */
	enum plan_by by;
	enum route route;
	enum link_state link;		    /* PARALLEL: electronic, and paper stays the proof */
	const struct rollout_row *since;    /* what the calendar says; NULL: nothing */
	const struct rollout_row *next;	    /* of a PAPER one: when it becomes electronic; NULL */
	const struct procedure *registered; /* NULL: not in the register */
	int64_t paper_time;		    /* ms, from the register; else PAPER_TIME */
};
#define PAPER_TIME (INT64_C(3) * 86400 * 1000) /* where the register says nothing [C] */

struct plan_data { /* all borrowed; they outlive the plan */
	const struct kinds *kinds;
	const struct parties *parties;
	const struct procedures *procedures;
	const struct rollout *rollout;
};

/* With the register and the calendar that were loaded with the kinds. */
struct plan_data plan_data_of(const struct kinds *kinds, const struct parties *parties);

/* Do register, calendar and profiles speak of the same parties? FAULT PLN-904 where a procedure
 * belongs to a party without a profile, or the calendar names what is neither party nor procedure
 * (place FILE:LINE). */
MUST_CHECK bool plan_check(const struct plan_data *data, struct failure *why);

/* FAULT PLN-901 file broken (FILE:LINE), PLN-902 a row for a party that has no profile, PLN-903 a
 * row for a kind that the party does not see, PLN-904 a row without a party for a procedure that is
 * not registered, or of another party's procedure. */
MUST_CHECK bool plan_load(struct plan **out, const struct plan_data *data,
			  const char *const folders[], struct failure *why);
void plan_free(struct plan *plan); /* NULL is fine */
const struct plan_data *plan_data(const struct plan *plan);

/* The tasks for a message with these facts received `at`, in the table's order, one a party
 * and procedure. `to` and `procedure` may be facts of the message (`{agency}`): what names
 * nobody who takes such messages, no registered procedure, or another party's, opens none. Nor
 * does a procedure before its first day. FAULT RUL-901. */
MUST_CHECK bool plan_tasks(const struct plan *plan, const struct facts *facts, gateway_time at,
			   struct arena *arena, struct plan_task **tasks, size_t *count,
			   struct failure *why);

#endif
