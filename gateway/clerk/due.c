/* due - what time has brought, in which order: held answers, papers, waiting cases, deliveries. */
#include <string.h>

#include "clerk/due.h"
#include "clerk/retain.h"
#include "core/digest.h"
#include "core/log.h"

#define POSTPONED 3600000 /* ms of gateway time until what has faulted is tried again */

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

bool due_do(struct due *due, const struct sort *sort, const void *things, size_t count,
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
	due->moved = due->moved || succeeded != 0;
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
	size_t count = journal_held_due(due->conduct.journal, due->arena, due->by, AT_ONCE, &held);

	return due_do(due, &sort, held, count, why);
}

static bool time_out_cases(struct due *due, struct failure *why)
{
	static const struct sort sort = { time_out, postpone_case, sizeof(struct journal_case) };
	struct journal_case *cases;
	size_t count =
		journal_cases_due(due->conduct.journal, due->arena, due->by, AT_ONCE, &cases);

	return due_do(due, &sort, cases, count, why);
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
	size_t count = journal_papers(due->conduct.journal, due->arena, due->by, AT_ONCE, &tasks);

	return due_do(due, &sort, tasks, count, why);
}

/* ---- in which order ------------------------------------------------------------------------ */

/* While time ticks, whatever is due has its turn at once. */
static bool do_what_is_due(struct due *due, struct failure *why)
{
	return release_answers(due, why) && decide_papers(due, why) && time_out_cases(due, why) &&
	       due_deliver(due, why);
}

static bool do_first_sort(struct due *due, struct failure *why)
{
	static bool (*const sorts[])(struct due *, struct failure *) = {
		release_answers,
		decide_papers,
		time_out_cases,
		due_deliver_next,
	};

	for (size_t i = 0; i < sizeof sorts / sizeof *sorts && !due->moved; i++)
		if (!sorts[i](due, why))
			return false;
	return true;
}

/*
 * While time is held, one thing follows from another: what was due first is done first, one
 * delivery is under way at a time, and nothing is done while anything is in flight. So the journal
 * does not depend on how many workers there are, or who is quick.
 */
static bool do_what_is_next(struct due *due, struct failure *why)
{
	gateway_time next = 0;

	if (clerk_in_flight(due->clerk))
		return true;
	do {
		next = journal_next_due(due->conduct.journal, next, true);
		due->by = next != 0 && next < due->now ? next : due->now;
		if (!do_first_sort(due, why))
			return false;
	} while (!due->moved && due->by < due->now);
	due->more = due->moved;
	return due->moved || clerk_settled(due->clerk, &due->more, why);
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
	bool good;

	due.by = due.now;
	good = clock_is_held(gateway->house.clock) ? do_what_is_next(&due, why)
						   : do_what_is_due(&due, why);
	good = good && due_retain(&due, why);
	*more = due.more;
	clerk->looked = due.now;
	arena_free(arena);
	return good;
}
