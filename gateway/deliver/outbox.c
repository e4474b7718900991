#include "deliver/outbox.h"

#include <string.h>

#include "core/crash.h"
#include "deliver/outbox_private.h"
#include "deliver/respond.h"
#include "journal/delivery.h"

const char *outbox_number(struct outbox *outbox, int64_t value)
{
	return arena_printf(outbox->arena, "%lld", (long long)value);
}

/* ---- planning ------------------------------------------------------------------------------ */

bool outbox_write(struct outbox *outbox, const struct move *move, const struct parcel_plan *parcel,
		  struct failure *why)
{
	const struct journal_case *case_ = &move->case_;
	gateway_time expires = move->at + ENVELOPE_LIFETIME_MAX;

	if (!journal_append(
		    outbox->journal, move->at, why, "delivery", "delivery", parcel->id, "party",
		    parcel->party, "push", parcel->push ? "1" : "0", "kind", parcel->kind, "case",
		    case_->id, "declarant", case_->declarant, "conversation", case_->conversation,
		    "cause", move->cause, "ref", parcel->ref, "payload", parcel->payload,
		    "environment", house_environment(outbox->house, parcel->party, move->at),
		    "origin", move->origin, "run", case_->run, "created",
		    outbox_number(outbox, move->at), "expires", outbox_number(outbox, expires),
		    "due", parcel->push ? outbox_number(outbox, move->at) : NULL, NULL))
		return false;
	crash_point(CRASH_DELIVERY_PLANNED);
	return true;
}

/* The id of what a move sends to a party. Ids are their senders' own: two parties may use the
 * same one, so the sender is part of the cause; and one cause may move several cases. */
const char *outbox_id(struct outbox *outbox, const struct move *move, const char *party,
		      const char *step)
{
	char id[UUID_SIZE];

	uuid_derive(id,
		    arena_printf(outbox->arena, "%s/%s/%s", move->by, move->cause, move->case_.id),
		    party, step);
	return arena_string(outbox->arena, id);
}

static const char *const ways[] = {
	[BY_DELIVERY] = "delivery", [BY_DOCUMENT] = "document", [BY_CASE] = "case"
};

/* What becomes of a task at once: on paper it waits for its day, a document that must be shown has
 * been shown where it came electronically (the kind's rules have seen to that). */
static const char *first_state(const struct plan_task *task)
{
	if (task->route == ROUTE_PAPER)
		return "PAPER_DUE";
	return task->by == BY_DOCUMENT ? "DECIDED" : "OPEN";
}

static bool write_task(struct outbox *outbox, const struct move *move, const struct plan_task *task,
		       const char *name, struct failure *why)
{
	const char *state = first_state(task);
	bool paper = task->route == ROUTE_PAPER, decided = strcmp(state, "DECIDED") == 0;

	return journal_append(
		outbox->journal, move->at, why, "task", "case", move->case_.id, "version",
		outbox_number(outbox, move->case_.version), "party", task->party, "procedure",
		task->procedure, "releases", task->releases ? "1" : "0", "delivery", name, "state",
		state, "status", decided ? "APPROVED" : NULL, "route", route_name(task->route),
		"link", link_state_name(task->link), "way", ways[task->by], "via",
		task->since != NULL && link_carries(task->link) ? task->since->via : NULL, "due",
		paper ? outbox_number(outbox, move->at + task->paper_time) : NULL, NULL);
}

static bool open_task(struct outbox *outbox, const struct move *move, const struct plan_task *task,
		      struct failure *why)
{
	struct parcel_plan parcel = { .id = outbox_id(outbox, move, task->party, task->procedure),
				      .party = task->party,
				      .kind = kind_id(move->kind),
				      .payload = move->payload,
				      .push = parties_push(outbox->house->parties, task->party) };

	if (!write_task(outbox, move, task, parcel.id, why))
		return false;
	return task->route == ROUTE_PAPER || task->by != BY_DELIVERY ||
	       outbox_write(outbox, move, &parcel, why);
}

static bool open_tasks(struct outbox *outbox, const struct move *move, struct failure *why)
{
	struct plan_task *tasks;
	size_t count;

	if (!plan_tasks(outbox->plan, move->facts, move->at, outbox->arena, &tasks, &count, why))
		return false;
	if (count == 0)
		return reject(why, "PLN-001", "the control table names nobody who decides on a %s",
			      kind_id(move->kind));
	for (size_t i = 0; i < count; i++)
		if (!open_task(outbox, move, &tasks[i], why))
			return false;
	return true;
}

/* ---- withdrawing --------------------------------------------------------------------------- */

bool outbox_withdraw(struct outbox *outbox, const struct journal_delivery *delivery, const char *by,
		     const char *text, gateway_time at, struct failure *why)
{
	struct delivery_note note = { .by = by, .text = text };

	return delivery_move(outbox->journal, delivery, DELIVERY_WITHDRAWN, &note, at, why) &&
	       delivery_task(outbox->journal, delivery, "WITHDRAWN", NULL, NULL, at, why);
}

static bool withdraw_deliveries(struct outbox *outbox, const struct move *move, struct failure *why)
{
	struct journal_delivery *deliveries;
	size_t count =
		journal_deliveries(outbox->journal, outbox->arena, move->case_.id, &deliveries);

	for (size_t i = 0; i < count; i++) {
		/* What only informs has been said, and stays so. */
		if (deliveries[i].ref == NULL &&
		    delivery_next(&deliveries[i], DELIVERY_WITHDRAWN) != NULL &&
		    !outbox_withdraw(outbox, &deliveries[i], move->cause, NULL, move->at, why))
			return false;
	}
	return true;
}

/* Tasks that nothing was delivered for: on paper, or for another case to decide; those of an
 * earlier version too, because the case is amended by now. */
static bool withdraw_others(struct outbox *outbox, const struct move *move, struct failure *why)
{
	struct journal_task *tasks;
	size_t count = journal_tasks_open(outbox->journal, outbox->arena, move->case_.id, &tasks);

	for (size_t i = 0; i < count; i++) {
		bool waits =
			strcmp(tasks[i].state, "PAPER_DUE") == 0 ||
			(strcmp(tasks[i].state, "OPEN") == 0 && strcmp(tasks[i].way, "case") == 0);

		if (waits && !journal_append(outbox->journal, move->at, why, "task-state", "case",
					     move->case_.id, "party", tasks[i].party, "delivery",
					     tasks[i].delivery, "state", "WITHDRAWN", "by",
					     move->cause, NULL))
			return false;
	}
	return true;
}

static bool withdraw_task_of(struct outbox *outbox, const struct journal_held *held,
			     const struct move *move, struct failure *why)
{
	struct journal_message answer;
	struct journal_delivery delivery;
	struct journal_task task;

	if (!journal_message(outbox->journal, outbox->arena, held->sender, held->message,
			     &answer) ||
	    !journal_delivery(outbox->journal, outbox->arena, answer.ref, &delivery))
		return fault(why, "JRN-907", "the held answer %s is not in the journal",
			     held->message);
	if (!journal_task(outbox->journal, outbox->arena, delivery.id, &task) ||
	    strcmp(task.state, "DECIDED") == 0)
		return true; /* an application that came beside the decision */
	return delivery_task(outbox->journal, &delivery, "WITHDRAWN", NULL, NULL, move->at, why);
}

/* Answers that are still held will never take effect, and their tasks wait for nothing. */
static bool withdraw_held(struct outbox *outbox, const struct move *move, struct failure *why)
{
	struct journal_held *held;
	size_t count = journal_held_of(outbox->journal, outbox->arena, move->case_.id, &held);

	for (size_t i = 0; i < count; i++)
		if (!journal_append(outbox->journal, move->at, why, "withdrawn", "message",
				    held[i].message, "sender", held[i].sender, "case",
				    move->case_.id, NULL) ||
		    !withdraw_task_of(outbox, &held[i], move, why))
			return false;
	return true;
}

/* ---- responding ---------------------------------------------------------------------------- */

static bool respond(struct outbox *outbox, const struct move *move, struct failure *why)
{
	const char *declarant = move->case_.declarant;
	char digest[DIGEST_TEXT_SIZE];
	struct parcel_plan parcel = { .id = outbox_id(outbox, move, declarant, "response"),
				      .party = declarant,
				      .kind = move->row->answer,
				      .ref = move->case_.message,
				      .payload = digest,
				      .push = parties_push(outbox->house->parties, declarant) };
	struct text payload = TEXT_EMPTY;
	bool good;

	good = respond_write(&payload, outbox->journal, outbox->arena, plan_data(outbox->plan),
			     move, why) &&
	       journal_body(outbox->journal,
			    (struct bytes){ (const unsigned char *)payload.bytes, payload.length },
			    digest, why) &&
	       outbox_write(outbox, move, &parcel, why);
	text_free(&payload);
	return good;
}

/* ---- all that a move asks for -------------------------------------------------------------- */

static bool carry_out_one(struct outbox *outbox, const struct move *move, struct failure *why)
{
	const struct life_row *row = move->row;

	if (!move->made)
		return true;
	if (row->withdraw &&
	    (!withdraw_deliveries(outbox, move, why) || !withdraw_others(outbox, move, why) ||
	     !withdraw_held(outbox, move, why)))
		return false;
	if (row->plan && !open_tasks(outbox, move, why))
		return false;
	return outbox_carry_on(outbox, move, why) &&
	       (row->send == NULL || respond(outbox, move, why));
}

bool outbox_carry_out(struct outbox *outbox, const struct move *move, struct failure *why)
{
	for (; move != NULL; move = move->next)
		if (!carry_out_one(outbox, move, why))
			return false;
	return true;
}
