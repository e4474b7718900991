/* clerk_due - what time has brought: held answers, waiting cases, deliveries. */
#include <limits.h>
#include <string.h>

#include "clerk.h"
#include "core/log.h"
#include "deliver/outbox.h"

#define AT_ONCE 64   /* of one sort, before looking at the desk again */
#define GRACE	2000 /* ms of silence after which a party's answer no longer holds the clock */

struct due {
	struct clerk *clerk;
	struct conduct conduct;
	struct outbox outbox;
	struct arena *arena;
	gateway_time now;
	bool more;
};

/* One piece of work in a savepoint; a fault undoes it alone. */
typedef bool due_work(struct due *due, const void *thing, struct failure *why);

static bool do_one(struct due *due, due_work *work, const void *thing, struct failure *why)
{
	struct journal *journal = due->conduct.journal;

	if (!journal_savepoint(journal, why))
		return false;
	if (work(due, thing, why))
		return journal_keep(journal, why);
	if (journal_broken(journal))
		return false;
	log_failure(LOG_ERROR, "undone", why);
	return journal_undo(journal, why);
}

static bool do_all(struct due *due, due_work *work, const void *things, size_t count, size_t size,
		   struct failure *why)
{
	if (count == 0)
		return true;
	due->more = due->more || count == AT_ONCE;
	if (!clerk_begin(due->clerk, why))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!do_one(due, work, (const char *)things + i * size, why))
			return false;
	return clerk_commit(due->clerk, why);
}

/* ---- held answers and waiting cases -------------------------------------------------------- */

static bool release_answer(struct due *due, const void *thing, struct failure *why)
{
	struct move move;

	return conduct_release(&due->conduct, thing, due->now, &move, why) &&
	       outbox_carry_out(&due->outbox, &move, why);
}

static bool time_out(struct due *due, const void *thing, struct failure *why)
{
	struct move move;

	return conduct_timeout(&due->conduct, thing, due->now, &move, why) &&
	       outbox_carry_out(&due->outbox, &move, why);
}

static bool release_answers(struct due *due, struct failure *why)
{
	struct journal_held *held;
	size_t count = journal_held_due(due->conduct.journal, due->arena, due->now, AT_ONCE, &held);

	return do_all(due, release_answer, held, count, sizeof *held, why);
}

static bool time_out_cases(struct due *due, struct failure *why)
{
	struct journal_case *cases;
	size_t count =
		journal_cases_due(due->conduct.journal, due->arena, due->now, AT_ONCE, &cases);

	return do_all(due, time_out, cases, count, sizeof *cases, why);
}

/* ---- deliveries ---------------------------------------------------------------------------- */

static bool note_absence(struct due *due, const void *thing, struct failure *why)
{
	const struct journal_delivery *delivery = thing;
	struct failure absent;
	bool given_up;

	if (sending_has(&due->clerk->sending, delivery->id))
		return true;
	defer(&absent, "BUS-020", "%s is not connected", delivery->party);
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

static void send(struct due *due, const struct journal_delivery *delivery,
		 const struct address *address)
{
	struct slip *slip = slip_new(SLIP_DELIVER);
	struct journal *journal = due->conduct.journal;

	if (!journal_delivery(journal, slip->arena, delivery->id, &slip->delivery) ||
	    !journal_body_read(journal, slip->arena, slip->delivery.payload, &slip->payload))
		slip->payload.start = NULL; /* deliver_address says so as a fault */
	slip->address = *address;
	sending_begin(&due->clerk->sending, delivery);
	queue_put(due->clerk->gateway->work, slip);
}

/* Planned rows are durable already: sending needs no transaction, burying does. */
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
	count = journal_due(due->conduct.journal, due->arena, party, due->now, view->since,
			    window - busy, &ready);
	for (size_t i = 0; i < count; i++) {
		if (sending_has(&due->clerk->sending, ready[i].id))
			continue;
		if (ready[i].attempts >= settings->attempts || ready[i].expires <= due->now) {
			if (!do_all(due, give_up, &ready[i], 1, sizeof ready[i], why))
				return false;
			continue;
		}
		send(due, &ready[i], &view->address);
	}
	return true;
}

static bool deliver(struct due *due, struct failure *why)
{
	struct gateway *gateway = due->clerk->gateway;
	const struct parties *parties = gateway->house.parties;

	for (size_t i = 0; i < parties_count(parties); i++) {
		const struct party *party = parties_at(parties, i);
		struct presence_view view;
		struct journal_delivery *late;
		size_t count;

		if (!party->push)
			continue;
		view = presence_of(gateway->presence, party->id);
		if (view.connected && view.since != INT64_MAX) {
			if (!send_to(due, party->id, &view, why))
				return false;
			continue;
		}
		if (view.connected)
			continue; /* its slip is on the desk: a moment */
		count = journal_overdue(due->conduct.journal, due->arena, party->id, due->now,
					AT_ONCE, &late);
		if (!do_all(due, note_absence, late, count, sizeof *late, why))
			return false;
	}
	return true;
}

bool clerk_due(struct clerk *clerk, bool *more, struct failure *why)
{
	struct gateway *gateway = clerk->gateway;
	struct arena *arena = arena_new();
	struct due due = {
		.clerk = clerk,
		.conduct = { gateway->journal, gateway->house.kinds, gateway->lives, arena },
		.outbox = { &gateway->house, gateway->journal, gateway->plan, arena },
		.arena = arena,
		.now = clock_now(gateway->house.clock),
	};
	bool good = release_answers(&due, why) && time_out_cases(&due, why) && deliver(&due, why);

	*more = due.more;
	arena_free(arena);
	return good;
}

/* ---- waiting ------------------------------------------------------------------------------- */

/* Does a connected party owe us an answer that it would give at once? */
static bool awaiting_answers(const struct clerk *clerk)
{
	struct gateway *gateway = clerk->gateway;
	const struct parties *parties = gateway->house.parties;

	if (monotonic_ms() - clerk->last_traffic >= GRACE)
		return false;
	for (size_t i = 0; i < parties_count(parties); i++) {
		const char *party = parties_at(parties, i)->id;
		struct presence_view view = presence_of(gateway->presence, party);

		if (view.connected && view.since != INT64_MAX &&
		    journal_in_flight(gateway->journal, party, view.since) != 0)
			return true;
	}
	return false;
}

static bool nothing_in_flight(const struct clerk *clerk)
{
	struct gateway *gateway = clerk->gateway;

	return atomic_load(&gateway->inside) == 0 && clerk->sending.count == 0 &&
	       queue_length(gateway->desk) == 0 && !awaiting_answers(clerk);
}

int clerk_wait(struct clerk *clerk)
{
	struct gateway *gateway = clerk->gateway;
	gateway_time now = clock_now(gateway->house.clock);
	gateway_time next = journal_next_due(gateway->journal, now);
	bool skips = gateway->house.settings->skip_time;

	if (next == 0)
		return -1;
	if (skips && nothing_in_flight(clerk)) {
		clock_advance(gateway->house.clock, next);
		return 0;
	}
	if (skips && next - now > GRACE)
		return GRACE;
	return next - now < INT_MAX ? (int)(next - now) : INT_MAX;
}
