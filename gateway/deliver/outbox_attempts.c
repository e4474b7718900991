/* outbox_attempts - what becomes of a delivery: attempts, the mailbox, an operator's orders. */
#include <stdio.h>
#include <string.h>

#include "core/crash.h"
#include "core/log.h"
#include "deliver/outbox_private.h"
#include "journal/delivery.h"

#define NUMBER_SIZE 24

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

/* The last attempt is over: its time is, or it never began. */
static bool is_over(const struct journal_delivery *delivery, gateway_time at)
{
	return delivery->attempts == 0 || delivery->due <= at;
}

bool outbox_spent(const struct outbox *outbox, const struct journal_delivery *delivery,
		  gateway_time at)
{
	return delivery->expires <= at ||
	       (delivery->counted >= outbox->house->settings->attempts && is_over(delivery, at));
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

	*given_up = outbox_spent(outbox, delivery, at);
	if (!*given_up)
		return true;
	log_line(LOG_WARN, "dead-letter", "delivery", delivery->id, "party", delivery->party,
		 "code", code, "text", text, NULL);
	return delivery_move(outbox->journal, delivery, DELIVERY_GIVEN_UP, &note, at, why) &&
	       delivery_task(outbox->journal, delivery, "DEAD", NULL, NULL, at, why);
}

/* When the attempt that is made now is over. One that repeats another (the connection fell, the
 * gateway was started anew) does not count: but it has the time that an answer may take. */
static gateway_time ends(const struct outbox *outbox, const struct journal_delivery *delivery,
			 bool sent, gateway_time at)
{
	const struct settings *settings = outbox->house->settings;
	gateway_time due = at + (sent ? settings->answer_within : 0);

	if (is_over(delivery, at))
		return due + back_off(outbox->house, delivery, delivery->counted + 1);
	return due > delivery->due ? due : delivery->due;
}

static bool note_attempt(struct outbox *outbox, const struct journal_delivery *delivery, bool sent,
			 const struct failure *failed, struct bytes envelope, gateway_time at,
			 struct failure *why)
{
	const char *state = delivery_next(delivery, sent ? DELIVERY_SENT : DELIVERY_NOT_SENT);
	char digest[DIGEST_TEXT_SIZE];

	if (sent && !journal_body(outbox->journal, envelope, digest, why))
		return false;
	return journal_append(
		outbox->journal, at, why, "attempt", "delivery", delivery->id, "case",
		delivery->case_id, "party", delivery->party, "state", state, "attempt",
		outbox_number(outbox, delivery->attempts + 1), "outcome",
		sent ? "sent" : "not sent", "code", sent ? NULL : failed->code, "text",
		sent ? NULL : failed->text, "due",
		delivery->push ? outbox_number(outbox, ends(outbox, delivery, sent, at)) : NULL,
		"envelope", sent ? digest : NULL, "again", is_over(delivery, at) ? NULL : "yes",
		NULL);
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
			      outbox_number(outbox, at), "by", by, NULL) &&
	       delivery_task(outbox->journal, delivery, "OPEN", NULL, NULL, at, why);
}

static bool drop_one(struct outbox *outbox, const struct journal_delivery *delivery, const char *by,
		     gateway_time at, struct failure *why)
{
	return outbox_withdraw(outbox, delivery, by, "dropped by the operator", at, why);
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
