/* clerk_due - what time has brought: held answers, waiting cases, deliveries. */
#include <limits.h>
#include <string.h>

#include "clerk.h"
#include "core/digest.h"
#include "core/log.h"
#include "deliver/outbox.h"

#define AT_ONCE	   64	/* of one sort, before looking at the desk again */
#define GRACE	   2000 /* ms of silence after which a party's answer no longer holds the clock */
#define LOOK_AGAIN 100	/* ms until skipping time looks whether it still has to wait */
#define POSTPONED  3600000 /* ms of gateway time until what has faulted is tried again */

struct due {
	struct clerk *clerk;
	struct conduct conduct;
	struct outbox outbox;
	struct arena *arena;
	gateway_time now;
	bool more;
};

/* One piece of work in a savepoint. A fault undoes it alone; `postpone` then moves it out of
 * the way, so that it neither comes back at once nor keeps others from their turn. */
typedef bool due_work(struct due *due, const void *thing, struct failure *why);
typedef bool postpone_work(struct due *due, const void *thing, const struct failure *reason,
			   struct failure *why);

struct sort { /* of work that falls due */
	due_work *work;
	postpone_work *postpone; /* NULL: what is due again has a moment of its own */
	size_t size;
};

static bool do_one(struct due *due, const struct sort *sort, const void *thing, bool *done,
		   struct failure *why)
{
	struct journal *journal = due->conduct.journal;
	struct failure reason;

	if (!journal_savepoint(journal, why))
		return false;
	*done = sort->work(due, thing, &reason);
	if (*done)
		return journal_keep(journal, why);
	if (journal_broken(journal)) {
		*why = reason;
		return false;
	}
	log_failure(LOG_ERROR, "undone", &reason);
	return journal_undo(journal, why) &&
	       (sort->postpone == NULL || sort->postpone(due, thing, &reason, why));
}

static bool do_all(struct due *due, const struct sort *sort, const void *things, size_t count,
		   struct failure *why)
{
	size_t succeeded = 0;

	if (count == 0)
		return true;
	if (!clerk_begin(due->clerk, why))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool done;

		if (!do_one(due, sort, (const char *)things + i * sort->size, &done, why))
			return false;
		succeeded += done;
	}
	due->more = due->more || (count == AT_ONCE && succeeded != 0);
	return clerk_commit(due->clerk, why);
}

/* ---- held answers and waiting cases -------------------------------------------------------- */

/* What was found due together is done one by one: a case that one of them has moved may leave
 * nothing to do for the next. */

static bool release_answer(struct due *due, const void *thing, struct failure *why)
{
	struct move move;

	if (!journal_still_held(due->conduct.journal, thing))
		return true;
	return conduct_release(&due->conduct, thing, due->now, &move, why) &&
	       outbox_carry_out(&due->outbox, &move, why);
}

static bool time_out(struct due *due, const void *thing, struct failure *why)
{
	const struct journal_case *found = thing;
	struct journal_case case_;
	struct move move;

	if (!journal_case(due->conduct.journal, due->arena, found->id, &case_) ||
	    case_.since != found->since || strcmp(case_.state, found->state) != 0)
		return true;
	return conduct_timeout(&due->conduct, &case_, due->now, &move, why) &&
	       outbox_carry_out(&due->outbox, &move, why);
}

static const char *later(struct due *due)
{
	return arena_printf(due->arena, "%lld", (long long)(due->now + POSTPONED));
}

static bool postpone_answer(struct due *due, const void *thing, const struct failure *reason,
			    struct failure *why)
{
	const struct journal_held *held = thing;

	return journal_append(due->conduct.journal, due->now, why, "answer-postponed", "message",
			      held->message, "sender", held->sender, "case", held->case_id, "due",
			      later(due), "code", reason->code, "text", reason->text, NULL);
}

static bool postpone_case(struct due *due, const void *thing, const struct failure *reason,
			  struct failure *why)
{
	const struct journal_case *case_ = thing;

	return journal_append(due->conduct.journal, due->now, why, "postponed", "case", case_->id,
			      "due", later(due), "code", reason->code, "text", reason->text, NULL);
}

static bool release_answers(struct due *due, struct failure *why)
{
	static const struct sort sort = { release_answer, postpone_answer,
					  sizeof(struct journal_held) };
	struct journal_held *held;
	size_t count = journal_held_due(due->conduct.journal, due->arena, due->now, AT_ONCE, &held);

	return do_all(due, &sort, held, count, why);
}

static bool time_out_cases(struct due *due, struct failure *why)
{
	static const struct sort sort = { time_out, postpone_case, sizeof(struct journal_case) };
	struct journal_case *cases;
	size_t count =
		journal_cases_due(due->conduct.journal, due->arena, due->now, AT_ONCE, &cases);

	return do_all(due, &sort, cases, count, why);
}

/* ---- papers -------------------------------------------------------------------------------- */

/* The number that a ministry's counter would have stamped: drawn, so that it repeats. */
static const char *stamped_number(struct due *due, const struct journal_task *task)
{
	char date[TIME_TEXT_SIZE];
	double draw = keyed_draw(due->outbox.house->settings->seed, "paper", task->delivery, NULL);

	return arena_printf(due->arena, "PAPER-%.4s-%08lld", date_text(due->now, date),
			    (long long)(draw * 1e8));
}

/* A release is no permit, and what was only shown was issued by somebody else. */
static bool issues(const struct journal_task *task)
{
	return !task->releases && strcmp(task->way, "delivery") == 0;
}

/* Nobody noted what the counter decided: after the procedure's time it has approved. */
static bool decide_paper(struct due *due, const void *thing, struct failure *why)
{
	const struct journal_task *task = thing;
	struct journal_task now;
	struct paper_decision decision = {
		.status = task->releases ? "RELEASED" : "APPROVED",
		.permit = issues(task) ? stamped_number(due, task) : NULL,
		.by = "simulation",
	};
	struct move move;

	if (!journal_task(due->conduct.journal, due->arena, task->delivery, &now) ||
	    strcmp(now.state, "PAPER_DUE") != 0)
		return true;
	return conduct_paper(&due->conduct, task, &decision, due->now, &move, why) &&
	       outbox_carry_out(&due->outbox, &move, why);
}

static bool postpone_paper(struct due *due, const void *thing, const struct failure *reason,
			   struct failure *why)
{
	const struct journal_task *task = thing;

	return journal_append(due->conduct.journal, due->now, why, "paper-postponed", "case",
			      task->case_id, "delivery", task->delivery, "due", later(due), "code",
			      reason->code, "text", reason->text, NULL);
}

static bool decide_papers(struct due *due, struct failure *why)
{
	static const struct sort sort = { decide_paper, postpone_paper,
					  sizeof(struct journal_task) };
	struct journal_task *tasks;
	size_t count = journal_papers(due->conduct.journal, due->arena, due->now, AT_ONCE, &tasks);

	return do_all(due, &sort, tasks, count, why);
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
	static const struct sort burial = { give_up, NULL, sizeof(struct journal_delivery) };
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
		if (sending_before(&due->clerk->sending, &ready[i]))
			continue;
		if (ready[i].attempts >= settings->attempts || ready[i].expires <= due->now) {
			if (!do_all(due, &burial, &ready[i], 1, why))
				return false;
			continue;
		}
		send(due, &ready[i], &view->address);
	}
	return true;
}

/* A party that has only just gone, or not yet come, may be back at once: time that skips must
 * not run through all its attempts meanwhile. */
static bool may_come_back(const struct gateway *gateway, const struct presence_view *view)
{
	const struct settings *settings = gateway->house.settings;

	return settings->skip_time && !view->connected &&
	       monotonic_ms() - view->absent_since < (uint64_t)settings->absence;
}

static bool deliver(struct due *due, struct failure *why)
{
	static const struct sort absence = { note_absence, NULL, sizeof(struct journal_delivery) };
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
		if (view.connected || may_come_back(gateway, &view))
			continue; /* connected: its slip is on the desk, a moment */
		count = journal_overdue(due->conduct.journal, due->arena, party->id, due->now,
					AT_ONCE, &late);
		if (!do_all(due, &absence, late, count, why))
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
		.conduct = { gateway->journal, gateway->house.kinds, gateway->lives, arena, 0 },
		.outbox = { &gateway->house, gateway->journal, gateway->plan, arena },
		.arena = arena,
		.now = clock_now(gateway->house.clock),
	};
	bool good = release_answers(&due, why) && decide_papers(&due, why) &&
		    time_out_cases(&due, why) && deliver(&due, why);

	*more = due.more;
	clerk->looked = due.now;
	arena_free(arena);
	return good;
}

/* ---- waiting ------------------------------------------------------------------------------- */

/* Does a party owe us an answer that it would give at once? */
static bool awaiting_answers(const struct clerk *clerk)
{
	struct gateway *gateway = clerk->gateway;
	const struct parties *parties = gateway->house.parties;

	bool recent = monotonic_ms() - clerk->last_traffic < GRACE;

	for (size_t i = 0; i < parties_count(parties); i++) {
		const char *party = parties_at(parties, i)->id;
		struct presence_view view = presence_of(gateway->presence, party);

		if (may_come_back(gateway, &view) && journal_has_open(gateway->journal, party))
			return true;
		if (recent && view.connected && view.since != INT64_MAX &&
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

/* Nobody comes in between the look and the leap. */
static bool skip_to(struct clerk *clerk, gateway_time next)
{
	struct gateway *gateway = clerk->gateway;
	bool idle;

	pthread_mutex_lock(&gateway->door);
	idle = nothing_in_flight(clerk);
	if (idle)
		clock_advance(gateway->house.clock, next);
	pthread_mutex_unlock(&gateway->door);
	return idle;
}

int clerk_wait(struct clerk *clerk)
{
	struct gateway *gateway = clerk->gateway;
	gateway_time now = clock_now(gateway->house.clock);
	/* Not after now: a commit takes its time, and something may have fallen due meanwhile. */
	bool skips = gateway->house.settings->skip_time;
	gateway_time next = journal_next_due(gateway->journal, clerk->looked, !skips);

	if (next == 0)
		return skips && awaiting_answers(clerk) ? LOOK_AGAIN : -1;
	if (next <= now)
		return 0;
	if (skips && skip_to(clerk, next))
		return 0;
	if (skips && next - now > LOOK_AGAIN)
		return LOOK_AGAIN;
	return next - now < INT_MAX ? (int)(next - now) : INT_MAX;
}
