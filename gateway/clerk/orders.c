/* orders - one function an order of the operator, each inside the clerk's transaction. */
#include <string.h>

#include "clerk/retain.h"
#include "clerk/step.h"
#include "control/control.h"

static struct slip *order_done(const struct step *step, const struct slip *order,
			       const struct failure *refusal, size_t count)
{
	struct slip *reply = slip_new(SLIP_REPLY);
	struct text rows = TEXT_EMPTY;

	if (refusal == NULL && step->added != NULL)
		control_write_fault(&rows, order->order->tag, step->conduct.journal, step->added);
	else if (refusal == NULL)
		control_write_done(&rows, order->order->tag, count);
	else
		control_write_error(&rows, order->order->tag, refusal);
	reply->verb = VERB_ROWS;
	reply->address = order->address;
	reply->payload.start = arena_copy(reply->arena, rows.bytes, rows.length);
	reply->payload.length = rows.length;
	text_free(&rows);
	return reply;
}

static bool order_outbox(struct step *step, const struct slip *slip, size_t *count,
			 struct failure *why)
{
	return outbox_order(&step->outbox, slip->order->name, slip->order->id, slip->party,
			    clock_now(step->outbox.house->clock), count, why);
}

static bool is_meant(const struct journal_task *task, const struct control_order *order)
{
	return strcmp(task->state, "PAPER_DUE") == 0 && strcmp(task->party, order->agency) == 0 &&
	       (order->procedure == NULL || strcmp(task->procedure, order->procedure) == 0);
}

/* The one task on paper that an order means; NULL and *why when there is none, or several. */
static const struct journal_task *find_paper(struct step *step, const struct control_order *order,
					     struct failure *why)
{
	const struct journal_task *found = NULL;
	struct journal_task *tasks;
	size_t count = journal_tasks(step->conduct.journal, step->conduct.arena, order->id, &tasks);

	for (size_t i = 0; i < count; i++) {
		if (!is_meant(&tasks[i], order))
			continue;
		if (found != NULL) {
			reject(why, "PPR-002",
			       "%s decides on paper under %s and under %s: name the procedure",
			       order->agency, found->procedure, tasks[i].procedure);
			return NULL;
		}
		found = &tasks[i];
	}
	if (found == NULL)
		reject(why, "PPR-001", "no task of %s waits on paper in that case", order->agency);
	return found;
}

static bool order_paper(struct step *step, const struct slip *slip, size_t *count,
			struct failure *why)
{
	const struct control_order *order = slip->order;
	struct paper_decision decision = { .permit = order->permit,
					   .text = order->text,
					   .by = slip->party };
	const struct journal_task *task;
	struct move move;

	if (order->status != NULL && strcmp(order->status, "APPROVED") != 0 &&
	    strcmp(order->status, "REFUSED") != 0)
		return reject(why, "CTL-005", "status is APPROVED or REFUSED, not '%.40s'",
			      order->status);
	task = find_paper(step, order, why);
	if (task == NULL)
		return false;
	decision.status = task->releases ? "RELEASED" : "APPROVED";
	if (order->status != NULL && strcmp(order->status, "REFUSED") == 0)
		decision.status = order->status;
	*count = 1;
	return conduct_paper(&step->conduct, task, &decision, clock_now(step->outbox.house->clock),
			     &move, why) &&
	       outbox_carry_out(&step->outbox, &move, why);
}

static bool order_date(struct step *step, const struct slip *slip, size_t *count,
		       struct failure *why)
{
	gateway_time to;

	*count = 1;
	return clerk_read_time(step->clerk, slip->order->to, &to, why) &&
	       clerk_date(step->clerk, to, slip->party, why);
}

static bool order_fault(struct step *step, const struct slip *slip, size_t *count,
			struct failure *why)
{
	return clerk_order_fault(step->clerk, &step->outbox, slip, &step->added, count, why);
}

static bool order_agency(struct step *step, const struct slip *slip, size_t *count,
			 struct failure *why)
{
	return clerk_order_agency(step->clerk, &step->outbox, slip, count, why);
}

static const struct {
	const char *name;
	bool (*carry_out)(struct step *step, const struct slip *slip, size_t *count,
			  struct failure *why);
} orders[] = {
	{ "retry", order_outbox }, { "drop", order_outbox }, { "paper", order_paper },
	{ "date", order_date },	   { "fault", order_fault }, { "agency", order_agency },
	{ "prune", step_prune },
};

static bool carry_out(struct step *step, const struct slip *slip, size_t *count,
		      struct failure *why)
{
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
		if (strcmp(orders[i].name, slip->order->name) == 0)
			return orders[i].carry_out(step, slip, count, why);
	return reject(why, "CTL-005", "there is no order '%s'", slip->order->name);
}

/* An order that is refused half-way has done nothing. */
bool step_order(struct step *step, struct slip *slip, struct failure *why)
{
	struct journal *journal = step->conduct.journal;
	struct failure refusal;
	size_t count = 0;
	bool good = carry_out(step, slip, &count, &refusal);

	if (!good && refusal.verdict == FAULT) {
		*why = refusal;
		return false;
	}
	if (!good && (!journal_undo(journal, why) || !journal_savepoint(journal, why)))
		return false;
	clerk_send_later(step->clerk, order_done(step, slip, good ? NULL : &refusal, count));
	return true;
}
