/* slips - one function a kind of slip, each inside the clerk's transaction. */
#include <string.h>

#include "accept/accept.h"
#include "clerk/step.h"
#include "control/control.h"
#include "core/log.h"
#include "deliver/faults.h"
#include "deliver/outbox.h"

#define RETRY_AFTER  2000 /* ms, for what may be possible later */
#define MAILBOX_LOOK 256  /* messages of a mailbox looked at in one go */

static void begin_step(struct step *step, struct clerk *clerk, struct arena *arena)
{
	struct gateway *gateway = clerk->gateway;

	*step = (struct step){
		.clerk = clerk,
		.conduct = { gateway->journal, gateway->house.kinds, gateway->lives, arena, 0 },
		.outbox = { &gateway->house, gateway->journal, gateway->plan, arena },
	};
}

/* ---- messages ------------------------------------------------------------------------------ */

/* A fault has the answer of that delivery take effect later; its bytes stay as they came. */
static void hold_up(struct step *step, struct message *message)
{
	struct journal_delivery delivery;
	struct failure none;
	int64_t later;

	if (message->envelope.ref == NULL ||
	    !conduct_answered(&step->conduct, message, &delivery, &none))
		return;
	later = faults_hold_reply(step->conduct.journal, &delivery);
	if (later == 0)
		return;
	if (message->envelope.effective < message->at)
		message->envelope.effective = message->at;
	message->envelope.effective += later;
}

static bool conduct_an_application(struct step *step, struct message *message, struct failure *why)
{
	struct move move;

	hold_up(step, message);
	return conduct_application(&step->conduct, message, &move, why) &&
	       outbox_carry_out(&step->outbox, &move, why);
}

static bool conduct_a_decision(struct step *step, struct message *message, struct failure *why)
{
	struct journal_delivery delivery;
	struct move move;
	bool final;

	hold_up(step, message);
	return conduct_answered(&step->conduct, message, &delivery, why) &&
	       conduct_decision(&step->conduct, message, &delivery, &final, &move, why) &&
	       outbox_carry_out(&step->outbox, &move, why);
}

static bool conduct_a_receipt(struct step *step, struct message *message, struct failure *why)
{
	struct journal_delivery delivery;

	return conduct_answered(&step->conduct, message, &delivery, why) &&
	       conduct_receipt(&step->conduct, message, &delivery, why);
}

static bool (*const conduct_by_role[])(struct step *, struct message *, struct failure *) = {
	[KIND_APPLICATION] = conduct_an_application,
	[KIND_DECISION] = conduct_a_decision,
	[KIND_RECEIPT] = conduct_a_receipt,
};

/* The same answer, byte for byte, as when it was first given. */
static bool repeat_answer(struct step *step, struct message *message,
			  const struct journal_message *known, struct failure *why)
{
	struct journal *journal = step->conduct.journal;

	if (!journal_body_read(journal, message->arena, known->receipt_envelope,
			       &message->answer_envelope) ||
	    !journal_body_read(journal, message->arena, known->receipt_payload,
			       &message->answer_payload))
		return fault(why, "JRN-907", "the answer to %s is not in the journal",
			     message->envelope.id);
	message->refused = strcmp(known->state, "REFUSED") == 0;
	atomic_fetch_add(&step->clerk->gateway->duplicates, 1);
	return true;
}

static bool keep_refusal(struct step *step, struct message *message, struct failure *why)
{
	atomic_fetch_add(&step->clerk->gateway->refused, 1);
	log_line(LOG_NOTE, "refused", "party", message->parcel.party, "id",
		 message->opened ? message->envelope.id : NULL, "code", message->why.code, "text",
		 message->why.text, NULL);
	return conduct_refusal(&step->conduct, message, why);
}

/* Nothing of it is kept, and its sender is told to come back. */
static bool put_off(struct step *step, struct slip *slip, struct failure *why)
{
	struct gateway *gateway = step->clerk->gateway;
	struct failure reason = slip->message->why;

	if (!journal_undo(step->conduct.journal, why) ||
	    !journal_savepoint(step->conduct.journal, why))
		return false;
	log_failure(reason.verdict == FAULT ? LOG_ERROR : LOG_WARN, "not-now", &reason);
	gateway_tell(gateway, &slip->message->parcel, VERB_BUSY, &reason, RETRY_AFTER);
	gateway_left(gateway, slip->message);
	clerk_done(step->clerk, slip);
	return true;
}

/* What depends on the past refuses as well: the receipt signed beforehand is discarded. */
static bool refuse_for_state(struct step *step, struct message *message, struct failure *why)
{
	message->refused = true;
	return journal_undo(step->conduct.journal, why) &&
	       journal_savepoint(step->conduct.journal, why) &&
	       accept_answer(&step->clerk->gateway->house, message, why) &&
	       keep_refusal(step, message, why);
}

/* Answered before, refused by the stages, or new: in this order. */
static bool file(struct step *step, struct message *message, struct failure *why)
{
	struct journal_message known;
	bool found;

	if (!conduct_known(&step->conduct, message, &known, &found, why))
		return false;
	if (found)
		return repeat_answer(step, message, &known, why);
	if (message->refused)
		return keep_refusal(step, message, why);
	if (!conduct_by_role[kind_role(message->kind)](step, message, why))
		return false;
	atomic_fetch_add(&step->clerk->gateway->accepted, 1);
	return true;
}

static bool handle_file(struct step *step, struct slip *slip, struct failure *why)
{
	struct message *message = slip->message;
	struct failure later;
	bool good;

	good = file(step, message, &later);
	if (!good && later.verdict == REJECT) {
		message->why = later;
		good = refuse_for_state(step, message, &later);
	}
	if (good) {
		slip->type = SLIP_ANSWER;
		clerk_send_later(step->clerk, slip);
		return true;
	}
	*why = message->why = later;
	return !journal_broken(step->conduct.journal) && put_off(step, slip, why);
}

/* ---- deliveries ---------------------------------------------------------------------------- */

static bool handle_attempt(struct step *step, struct slip *slip, struct failure *why)
{
	struct gateway *gateway = step->clerk->gateway;
	gateway_time at = clock_now(gateway->house.clock);

	sending_end(&step->clerk->sending, slip->delivery.id);
	return outbox_attempt(&step->outbox, slip->delivery.id, slip->good, &slip->why,
			      slip->envelope, at, why);
}

static bool handle_present(struct step *step, struct slip *slip, struct failure *why)
{
	struct gateway *gateway = step->clerk->gateway;
	struct journal_head head = journal_head(gateway->journal);

	(void)why;
	/* Everything attempted before this record went to a connection that is no more. */
	presence_since(gateway->presence, slip->party, head.seq + 1);
	log_line(LOG_NOTE, "party-connected", "party", slip->party, NULL);
	return true;
}

static bool handle_gone(struct step *step, struct slip *slip, struct failure *why)
{
	(void)why;
	leases_return(step->clerk->leases, &slip->address);
	clerk_stop_settling(step->clerk, &slip->address);
	if (parties_push(step->outbox.house->parties, slip->party))
		log_line(LOG_NOTE, "party-gone", "party", slip->party, NULL);
	return true;
}

/* The clerk looks at what is due after every batch: there is nothing else to do. */
static bool handle_look(struct step *step, struct slip *slip, struct failure *why)
{
	(void)step;
	(void)slip;
	(void)why;
	return true;
}

/* ---- the mailbox --------------------------------------------------------------------------- */

static struct slip *lend(struct step *step, const struct slip *fetch,
			 const struct journal_delivery *delivery)
{
	struct slip *slip = slip_new(SLIP_DELIVER);
	struct journal *journal = step->conduct.journal;

	if (!journal_delivery(journal, slip->arena, delivery->id, &slip->delivery) ||
	    !journal_body_read(journal, slip->arena, slip->delivery.payload, &slip->payload))
		slip->payload.start = NULL; /* deliver_address says so as a fault */
	slip->address = fetch->address;
	sending_begin(&step->clerk->sending, delivery);
	return slip;
}

static struct slip *fetched(const struct slip *fetch, size_t lent, size_t left)
{
	struct slip *reply = slip_new(SLIP_REPLY);
	char *text = arena_printf(reply->arena, "count=%zu\nleft=%zu\n", lent, left);

	reply->verb = VERB_FETCHED;
	reply->address = fetch->address;
	reply->payload = (struct bytes){ (const unsigned char *)text, strlen(text) };
	return reply;
}

/* A lease is one chain of slips, FETCHED behind its messages: they leave in this order. */
static bool handle_fetch(struct step *step, struct slip *slip, struct failure *why)
{
	struct clerk *clerk = step->clerk;
	uint64_t now = monotonic_ms();
	uint64_t until = now + (uint64_t)clerk->gateway->house.settings->lease;
	size_t lent = 0, left = 0, credit = slip->number > BATCH ? BATCH : (size_t)slip->number;
	struct slip *first = NULL, **last = &first;
	struct journal_delivery *waiting;
	int64_t after = 0;
	size_t count;

	(void)why;
	do {
		count = journal_mailbox(step->conduct.journal, step->conduct.arena, slip->party,
					after, MAILBOX_LOOK, &waiting);
		for (size_t i = 0; i < count; i++) {
			after = waiting[i].seq;
			if (lent == credit) {
				left++;
			} else if (leases_take(clerk->leases, waiting[i].id, &slip->address, now,
					       until)) {
				*last = lend(step, slip, &waiting[i]);
				last = &(*last)->next;
				lent++;
			}
		}
	} while (count == MAILBOX_LOOK && lent < credit);
	*last = fetched(slip, lent, left);
	clerk_send_later(clerk, first);
	return true;
}

static bool handle_ack(struct step *step, struct slip *slip, struct failure *why)
{
	struct gateway *gateway = step->clerk->gateway;
	struct failure refusal;
	struct slip *reply;

	if (!outbox_acknowledge(&step->outbox, slip->party, slip->id,
				clock_now(gateway->house.clock), &refusal)) {
		if (refusal.verdict == REJECT) {
			gateway_tell(gateway, &(struct parcel){ .address = slip->address },
				     VERB_REFUSAL, &refusal, 0);
			return true;
		}
		*why = refusal;
		return false;
	}
	leases_end(step->clerk->leases, slip->id);
	reply = slip_new(SLIP_REPLY);
	reply->verb = VERB_ACK;
	reply->address = slip->address;
	reply->payload.start = (const unsigned char *)arena_string(reply->arena, slip->id);
	reply->payload.length = strlen(slip->id);
	clerk_send_later(step->clerk, reply);
	return true;
}

static bool handle_settle(struct step *step, struct slip *slip, struct failure *why)
{
	(void)why;
	clerk_settle(step->clerk, slip);
	return true;
}

/* ---- the table ----------------------------------------------------------------------------- */

static const struct {
	enum slip_type type;
	bool keeps; /* the function hands the slip on */
	bool (*handle)(struct step *step, struct slip *slip, struct failure *why);
} handlers[] = {
	{ SLIP_FILE, true, handle_file },	 { SLIP_ATTEMPT, false, handle_attempt },
	{ SLIP_PRESENT, false, handle_present }, { SLIP_FETCH, false, handle_fetch },
	{ SLIP_ACK, false, handle_ack },	 { SLIP_ORDER, false, step_order },
	{ SLIP_LOOK, false, handle_look },	 { SLIP_GONE, false, handle_gone },
	{ SLIP_SETTLE, true, handle_settle },
};

/*
 * A fault undoes its slip alone; only a broken journal stops the clerk. A slip without an
 * answer (an attempt, an order) that faults is logged and tried again by what caused it.
 */
bool clerk_handle(struct clerk *clerk, struct slip *slip, struct failure *why)
{
	struct journal *journal = clerk->gateway->journal;
	struct arena *arena = arena_new();
	size_t outgoing = clerk->outgoing.count;
	bool good = false, keeps = false;
	struct step step;

	begin_step(&step, clerk, arena);
	if (!journal_savepoint(journal, why)) {
		arena_free(arena);
		return false;
	}
	for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++) {
		if (handlers[i].type != slip->type)
			continue;
		keeps = handlers[i].keeps;
		good = handlers[i].handle(&step, slip, why);
	}
	arena_free(arena);
	if (!keeps)
		clerk_done(clerk, slip);
	if (good)
		return journal_keep(journal, why);

	if (journal_broken(journal))
		return false;
	log_failure(LOG_ERROR, "undone", why);
	while (clerk->outgoing.count > outgoing)
		slip_free(clerk->outgoing.slip[--clerk->outgoing.count]);
	return journal_undo(journal, why);
}
