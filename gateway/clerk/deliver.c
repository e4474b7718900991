/* deliver - which deliveries leave now, and what it means that a party is not there. */
#include "clerk/due.h"
#include "deliver/faults.h"

static bool note_absence(struct due *due, const void *thing, struct failure *why)
{
	const struct journal_delivery *delivery = thing;
	struct failure absent;
	bool given_up;

	if (sending_has(&due->clerk->sending, delivery->id))
		return true;
	defer(&absent, "BUS-020", "%s is %s", delivery->party,
	      presence_of(due->clerk->gateway->presence, delivery->party).off ? "switched off"
									      : "not connected");
	if (!outbox_give_up(&due->outbox, delivery, due->now, &given_up, why))
		return false;
	return given_up || outbox_attempt(&due->outbox, delivery->id, false, &absent,
					  (struct bytes){ NULL, 0 }, due->now, why);
}

static bool give_up(struct due *due, const void *thing, struct failure *why)
{
	bool given_up;

	return outbox_give_up(&due->outbox, thing, due->now, &given_up, why);
}

static struct slip *delivery_slip(struct due *due, const struct journal_delivery *delivery,
				  const struct address *address)
{
	struct slip *slip = slip_new(SLIP_DELIVER);
	struct journal *journal = due->conduct.journal;

	if (!journal_delivery(journal, slip->arena, delivery->id, &slip->delivery) ||
	    !journal_body_read(journal, slip->arena, slip->delivery.payload, &slip->payload))
		slip->payload.start = NULL; /* deliver_address says so as a fault */
	slip->address = *address;
	sending_begin(&due->clerk->sending, delivery);
	due->moved = true;
	return slip;
}

struct attempt {
	const struct journal_delivery *delivery;
	const struct address *address;
};

/* What strikes it is on record before anything leaves. */
static bool attempt_with_faults(struct due *due, const void *thing, struct failure *why)
{
	const struct attempt *attempt = thing;
	struct firing *firings;
	size_t count;
	bool leaves;

	if (!clerk_strike(due->clerk, &due->outbox, attempt->delivery, due->now, &firings, &count,
			  &leaves, why))
		return false;
	due->more = due->more || !leaves; /* the window has room for another */
	if (leaves)
		clerk_send_later(due->clerk, clerk_simulated(delivery_slip(due, attempt->delivery,
									   attempt->address),
							     firings, count));
	return true;
}

static bool send(struct due *due, const struct journal_delivery *delivery,
		 const struct address *address, struct failure *why)
{
	static const struct sort faulty = { attempt_with_faults, NULL, sizeof(struct attempt) };
	struct attempt attempt = { delivery, address };

	if (faults_at(due->conduct.journal, delivery, due->now))
		return due_do(due, &faulty, &attempt, 1, why);
	queue_put(due->clerk->gateway->work, delivery_slip(due, delivery, address));
	return true;
}

/* Planned rows are durable already: sending needs no transaction, burying does. */
static bool send_or_bury(struct due *due, const struct journal_delivery *delivery,
			 const struct address *address, struct failure *why)
{
	static const struct sort burial = { give_up, NULL, sizeof(struct journal_delivery) };

	if (outbox_spent(&due->outbox, delivery, due->now))
		return due_do(due, &burial, delivery, 1, why);
	return send(due, delivery, address, why);
}

static bool send_to(struct due *due, const char *party, const struct presence_view *view,
		    struct failure *why)
{
	const struct settings *settings = due->outbox.house->settings;
	struct journal_delivery *ready;
	size_t window = (size_t)settings->window, busy, count;

	if (view->credit < window)
		window = view->credit;
	busy = journal_in_flight(due->conduct.journal, party, view->since) +
	       sending_to(&due->clerk->sending, party);
	if (busy >= window)
		return true;
	count = journal_due(due->conduct.journal, due->arena, party, due->by, view->since,
			    settings->attempts, window - busy, &ready);
	for (size_t i = 0; i < count; i++)
		if (!sending_before(&due->clerk->sending, &ready[i]) &&
		    !send_or_bury(due, &ready[i], &view->address, why))
			return false;
	return true;
}

static bool note_absences(struct due *due, const char *party, struct failure *why)
{
	static const struct sort absence = { note_absence, NULL, sizeof(struct journal_delivery) };
	struct journal_delivery *late;
	size_t count =
		journal_overdue(due->conduct.journal, due->arena, party, due->by, AT_ONCE, &late);

	return due_do(due, &absence, late, count, why);
}

/* The party, when something can be delivered to it now; else what its absence means is noted. */
static bool is_there(struct due *due, const struct party *party, struct presence_view *view,
		     bool *there, struct failure *why)
{
	*there = false;
	if (!party->push)
		return true;
	*view = presence_of(due->clerk->gateway->presence, party->id);
	*there = view->connected && view->since != INT64_MAX;
	/* Connected without a record: its slip is on the desk, a moment. */
	if (view->connected || clerk_may_come_back(due->clerk, party->id, view))
		return true;
	return note_absences(due, party->id, why);
}

bool due_deliver(struct due *due, struct failure *why)
{
	const struct parties *parties = due->outbox.house->parties;
	struct presence_view view;
	bool there;

	for (size_t i = 0; i < parties_count(parties); i++) {
		const struct party *party = parties_at(parties, i);

		if (!is_there(due, party, &view, &there, why) ||
		    (there && !send_to(due, party->id, &view, why)))
			return false;
	}
	return true;
}

bool due_deliver_next(struct due *due, struct failure *why)
{
	const struct parties *parties = due->outbox.house->parties;
	const struct settings *settings = due->outbox.house->settings;
	const struct journal_delivery *first = NULL;
	struct journal_delivery *ready;
	struct presence_view view;
	struct address address;
	bool there;

	for (size_t i = 0; i < parties_count(parties); i++) {
		const struct party *party = parties_at(parties, i);

		if (!is_there(due, party, &view, &there, why))
			return false;
		if (!there || journal_due(due->conduct.journal, due->arena, party->id, due->by,
					  view.since, settings->attempts, 1, &ready) == 0)
			continue;
		if (first == NULL || ready->seq < first->seq) {
			first = ready;
			address = view.address;
		}
	}
	return first == NULL || due->moved || send_or_bury(due, first, &address, why);
}
