#include "deliver/outbox.h"

#include <stdio.h>
#include <string.h>

#include "core/crash.h"
#include "core/log.h"
#include "deliver/respond.h"
#include "journal/delivery.h"

#define NUMBER_SIZE 24

static const char *number(struct arena *arena, int64_t value)
{
	return arena_printf(arena, "%lld", (long long)value);
}

/* ---- planning ------------------------------------------------------------------------------ */

struct parcel_plan { /* one delivery to write down */
	const char *id, *party, *kind, *ref, *payload;
	bool push;
};

static bool write_delivery(struct outbox *outbox, const struct move *move,
			   const struct parcel_plan *parcel, struct failure *why)
{
	const struct journal_case *case_ = &move->case_;
	gateway_time expires = move->at + ENVELOPE_LIFETIME_MAX;

	if (!journal_append(outbox->journal, move->at, why, "delivery", "delivery", parcel->id,
			    "party", parcel->party, "push", parcel->push ? "1" : "0", "kind",
			    parcel->kind, "case", case_->id, "declarant", case_->declarant,
			    "conversation", case_->conversation, "cause", move->cause, "ref",
			    parcel->ref, "payload", parcel->payload, "environment",
			    case_->environment, "origin", move->origin, "run", case_->run,
			    "created", number(outbox->arena, move->at), "expires",
			    number(outbox->arena, expires), "due",
			    parcel->push ? number(outbox->arena, move->at) : NULL, NULL))
		return false;
	crash_point(CRASH_DELIVERY_PLANNED);
	return true;
}

/* The id of what a move sends to a party. Ids are their senders' own: two parties may use the
 * same one, so the sender is part of the cause. */
static const char *derive_id(struct outbox *outbox, const struct move *move, const char *party,
			     const char *step)
{
	char id[UUID_SIZE];

	uuid_derive(id, arena_printf(outbox->arena, "%s/%s", move->by, move->cause), party, step);
	return arena_string(outbox->arena, id);
}

static bool open_task(struct outbox *outbox, const struct move *move, const struct plan_task *task,
		      struct failure *why)
{
	struct parcel_plan parcel = { .id = derive_id(outbox, move, task->party, task->procedure),
				      .party = task->party,
				      .kind = kind_id(move->kind),
				      .payload = move->payload,
				      .push = parties_push(outbox->house->parties, task->party) };

	return journal_append(outbox->journal, move->at, why, "task", "case", move->case_.id,
			      "version", number(outbox->arena, move->case_.version), "party",
			      task->party, "procedure", task->procedure, "releases",
			      task->releases ? "1" : "0", "delivery", parcel.id, NULL) &&
	       write_delivery(outbox, move, &parcel, why);
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

/* The delivery and, where it was opened for one, its task. */
static bool withdraw(struct outbox *outbox, const struct journal_delivery *delivery, const char *by,
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
		if (delivery_next(&deliveries[i], DELIVERY_WITHDRAWN) != NULL &&
		    !withdraw(outbox, &deliveries[i], move->cause, NULL, move->at, why))
			return false;
	}
	return true;
}

static bool withdraw_task_of(struct outbox *outbox, const struct journal_held *held,
			     const struct move *move, struct failure *why)
{
	struct journal_message answer;
	struct journal_delivery delivery;

	if (!journal_message(outbox->journal, outbox->arena, held->sender, held->message,
			     &answer) ||
	    !journal_delivery(outbox->journal, outbox->arena, answer.ref, &delivery))
		return fault(why, "JRN-907", "the held answer %s is not in the journal",
			     held->message);
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
	struct parcel_plan parcel = { .id = derive_id(outbox, move, declarant, "response"),
				      .party = declarant,
				      .kind = "RES",
				      .ref = move->case_.message,
				      .payload = digest,
				      .push = parties_push(outbox->house->parties, declarant) };
	struct text payload = TEXT_EMPTY;
	bool good;

	good = respond_write(&payload, outbox->journal, outbox->arena, move, why) &&
	       journal_body(outbox->journal,
			    (struct bytes){ (const unsigned char *)payload.bytes, payload.length },
			    digest, why) &&
	       write_delivery(outbox, move, &parcel, why);
	text_free(&payload);
	return good;
}

bool outbox_carry_out(struct outbox *outbox, const struct move *move, struct failure *why)
{
	const struct life_row *row = move->row;

	if (!move->made)
		return true;
	if (row->withdraw &&
	    (!withdraw_deliveries(outbox, move, why) || !withdraw_held(outbox, move, why)))
		return false;
	if (row->plan && !open_tasks(outbox, move, why))
		return false;
	return row->send == NULL || respond(outbox, move, why);
}

/* ---- attempts ------------------------------------------------------------------------------ */

/* Twice as long each time up to a cap, and somewhere in the upper half of that, so that a
 * party that comes back is not met by everybody at once. The draw is keyed: no state. */
static int64_t back_off(const struct house *house, const struct journal_delivery *delivery,
			int64_t attempts)
{
	const struct settings *settings = house->settings;
	int64_t delay = settings->retry_first;
	char attempt[NUMBER_SIZE];

	for (int64_t i = 1; i < attempts && delay < settings->retry_most; i++)
		delay *= 2;
	if (delay > settings->retry_most)
		delay = settings->retry_most;
	snprintf(attempt, sizeof attempt, "%lld", (long long)attempts);
	return delay / 2 +
	       (int64_t)((double)(delay - delay / 2) *
			 keyed_draw(settings->seed, "retry", delivery->id, attempt, NULL));
}

bool outbox_give_up(struct outbox *outbox, const struct journal_delivery *delivery, gateway_time at,
		    bool *given_up, struct failure *why)
{
	bool expired = delivery->expires <= at;
	const char *code = expired		    ? "DLV-007"
			   : delivery->code != NULL ? delivery->code
						    : "DLV-008";
	const char *text = expired		    ? "it expired before it was answered"
			   : delivery->text != NULL ? delivery->text
						    : "no answer after the last attempt";

	struct delivery_note note = { .code = code, .text = text };

	*given_up = expired || delivery->attempts >= outbox->house->settings->attempts;
	if (!*given_up)
		return true;
	log_line(LOG_WARN, "dead-letter", "delivery", delivery->id, "party", delivery->party,
		 "code", code, "text", text, NULL);
	return delivery_move(outbox->journal, delivery, DELIVERY_GIVEN_UP, &note, at, why) &&
	       delivery_task(outbox->journal, delivery, "DEAD", NULL, NULL, at, why);
}

static bool note_attempt(struct outbox *outbox, const struct journal_delivery *delivery, bool sent,
			 const struct failure *failed, struct bytes envelope, gateway_time at,
			 struct failure *why)
{
	const struct settings *settings = outbox->house->settings;
	int64_t wait = back_off(outbox->house, delivery, delivery->attempts + 1);
	const char *state = delivery_next(delivery, sent ? DELIVERY_SENT : DELIVERY_NOT_SENT);
	char digest[DIGEST_TEXT_SIZE];

	if (sent && !journal_body(outbox->journal, envelope, digest, why))
		return false;
	if (sent)
		wait += settings->answer_within;
	return journal_append(outbox->journal, at, why, "attempt", "delivery", delivery->id, "case",
			      delivery->case_id, "party", delivery->party, "state", state,
			      "attempt", number(outbox->arena, delivery->attempts + 1), "outcome",
			      sent ? "sent" : "not sent", "code", sent ? NULL : failed->code,
			      "text", sent ? NULL : failed->text, "due",
			      delivery->push ? number(outbox->arena, at + wait) : NULL, "envelope",
			      sent ? digest : NULL, NULL);
}

bool outbox_attempt(struct outbox *outbox, const char *id, bool sent, const struct failure *failed,
		    struct bytes envelope, gateway_time at, struct failure *why)
{
	struct journal_delivery delivery;

	if (!journal_delivery(outbox->journal, outbox->arena, id, &delivery))
		return fault(why, "DLV-902", "there is no delivery %s", id);
	if (delivery_next(&delivery, sent ? DELIVERY_SENT : DELIVERY_NOT_SENT) == NULL)
		return true; /* answered or withdrawn meanwhile, or a mailbox, which counts nothing */
	if (!delivery.push && delivery.attempts != 0)
		return true; /* that it was lent once is enough to know */

	if (!note_attempt(outbox, &delivery, sent, failed, envelope, at, why))
		return false;
	crash_point(CRASH_ATTEMPT_RECORDED);
	return true;
}

/* ---- mailbox and orders -------------------------------------------------------------------- */

bool outbox_acknowledge(struct outbox *outbox, const char *party, const char *id, gateway_time at,
			struct failure *why)
{
	struct delivery_note note = { .by = party };
	struct journal_delivery delivery;

	if (!journal_delivery(outbox->journal, outbox->arena, id, &delivery) || delivery.push ||
	    strcmp(delivery.party, party) != 0)
		return reject(why, "DLV-004", "%s is not in the mailbox of %s", id, party);
	if (strcmp(delivery.state, "DONE") == 0)
		return true;
	if (!delivery_move(outbox->journal, &delivery, DELIVERY_ACKNOWLEDGED, &note, at, why))
		return false;
	crash_point(CRASH_MAILBOX_ACKED);
	return true;
}

static bool retry_one(struct outbox *outbox, const struct journal_delivery *delivery,
		      const char *by, gateway_time at, struct failure *why)
{
	return journal_append(outbox->journal, at, why, "retried", "delivery", delivery->id, "case",
			      delivery->case_id, "party", delivery->party, "due",
			      number(outbox->arena, at), "by", by, NULL) &&
	       delivery_task(outbox->journal, delivery, "OPEN", NULL, NULL, at, why);
}

static bool drop_one(struct outbox *outbox, const struct journal_delivery *delivery, const char *by,
		     gateway_time at, struct failure *why)
{
	return withdraw(outbox, delivery, by, "dropped by the operator", at, why);
}

static bool of_case(struct outbox *outbox, const struct journal_delivery *delivery, const char *id)
{
	struct journal_case case_;

	if (delivery->case_id == NULL)
		return false;
	if (strcmp(delivery->case_id, id) == 0)
		return true;
	return journal_case(outbox->journal, outbox->arena, delivery->case_id, &case_) &&
	       case_.number != NULL && strcmp(case_.number, id) == 0;
}

/* Letters are thrown away one by one; to retry, a party, a message or a case will do. */
static bool concerns(struct outbox *outbox, const struct journal_delivery *delivery, const char *id,
		     bool retry)
{
	if (strcmp(delivery->id, id) == 0)
		return true;
	return retry && (strcmp(delivery->party, id) == 0 || strcmp(delivery->cause, id) == 0 ||
			 of_case(outbox, delivery, id));
}

bool outbox_order(struct outbox *outbox, const char *order, const char *id, const char *by,
		  gateway_time at, size_t *count, struct failure *why)
{
	bool retry = strcmp(order, "retry") == 0;
	struct journal_delivery *dead;
	size_t all = journal_deliveries_of(outbox->journal, outbox->arena, NULL, "DEAD", 0, &dead);

	size_t expired = 0;

	*count = 0;
	for (size_t i = 0; i < all; i++) {
		if (!concerns(outbox, &dead[i], id, retry))
			continue;
		if (retry && dead[i].expires <= at) {
			expired++;
			continue;
		}
		if (!(retry ? retry_one : drop_one)(outbox, &dead[i], by, at, why))
			return false;
		++*count;
	}
	/* Another term would make it another message under the same id. */
	if (*count == 0 && expired != 0)
		return reject(why, "DLV-005", "%zu dead letters of %s have expired; drop them",
			      expired, id);
	if (*count == 0)
		return reject(why, "DLV-006", "no dead letter is, or belongs to, %s", id);
	return true;
}
