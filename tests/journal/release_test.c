/*
 * No declaration clears without a decision of customs, whatever is dropped, duplicated or
 * reordered: some histories, drawn from seeds, each looked at after every step.
 */
#include "core/digest.h"
#include "counter.h"

#define HISTORIES 36
#define STEPS	  14

struct history {
	struct counter *counter;
	const char *seed, *reference;
	struct envelope customs, ministry; /* what was delivered to them; id NULL: nothing yet */
	bool ever_releases, released;
	int connections;
};

static int draw(const struct history *history, const char *what, int step, int below)
{
	return (int)(keyed_draw(history->seed, what,
				arena_printf(history->counter->arena, "%d", step), NULL) *
		     below);
}

/* The latest delivery, if one has come; some are simply lost on the way. */
static void take(struct history *history, const char *party, struct envelope *delivery)
{
	while (counter_untaken(history->counter, party) != 0)
		*delivery = counter_take(history->counter, party);
}

static void say(struct history *history, const char *party, struct envelope *delivery,
		const struct reply *reply)
{
	take(history, party, delivery);
	if (delivery->id == NULL)
		return;
	(void)counter_say(history->counter,
			  letter_reply(history->counter->arena, party, delivery, reply));
	if (strcmp(party, CUSTOMS) == 0 && reply->status != NULL &&
	    strcmp(reply->status, "RELEASED") == 0)
		history->released = true;
}

static void customs_channel(struct history *history)
{
	say(history, CUSTOMS, &history->customs, &channelled);
}

static void customs_release(struct history *history)
{
	if (history->ever_releases)
		say(history, CUSTOMS, &history->customs, &released);
}

static void customs_receive(struct history *history)
{
	say(history, CUSTOMS, &history->customs, &received);
}

static void ministry_approve(struct history *history)
{
	say(history, MINISTRY, &history->ministry, &approved);
}

static void ministry_want_documents(struct history *history)
{
	say(history, MINISTRY, &history->ministry, &docs_required);
}

/* An agency may call itself what it likes: its word does not release. */
static void ministry_claim_release(struct history *history)
{
	static const struct reply claim = { "RES", "AP", "RELEASED", 0 };

	say(history, MINISTRY, &history->ministry, &claim);
}

static void lose_the_line(struct history *history)
{
	counter_disconnect(history->counter, CUSTOMS, history->connections);
	counter_connect(history->counter, CUSTOMS, ++history->connections, 8);
}

static void wait_an_hour(struct history *history)
{
	counter_at(history->counter, counter_now(history->counter) + HOUR);
}

static void stop_and_start(struct history *history)
{
	counter_restart(history->counter);
	counter_connect(history->counter, CUSTOMS, ++history->connections, 8);
	counter_connect(history->counter, MINISTRY, history->connections + 100, 8);
}

static void (*const steps[])(struct history *history) = {
	customs_channel,  customs_release,	   customs_receive,	   ministry_approve,
	ministry_approve, ministry_want_documents, ministry_claim_release, lose_the_line,
	wait_an_hour,	  stop_and_start,
};

static void nothing_cleared_too_early(const struct history *history)
{
	struct journal_case case_ = counter_case(history->counter, history->reference);

	if (strcmp(case_.state, "CLEARED") == 0 && !history->released)
		fail_msg("history %s: cleared, and customs has not released", history->seed);
}

static bool run_history(struct counter *counter, int number)
{
	struct history history = {
		.counter = counter,
		.seed = arena_printf(counter->arena, "%d", number),
		.reference = arena_printf(counter->arena, "R%d", number),
		.ever_releases = number % 2 == 0,
		.connections = 1,
	};

	counter_begin(counter, MORNING);
	counter_connect(counter, CUSTOMS, 1, 8);
	counter_connect(counter, MINISTRY, 101, 8);
	counter_lodge(counter, SHRIMP, history.reference);
	for (int step = 0; step < STEPS; step++) {
		steps[draw(&history, "step", step, (int)COUNT_OF(steps))](&history);
		nothing_cleared_too_early(&history);
	}
	counter_verify(counter);
	return strcmp(counter_case(counter, history.reference).state, "CLEARED") == 0;
}

static void test_nothing_clears_without_a_decision_of_customs(void **state)
{
	int cleared = 0;

	for (int i = 0; i < HISTORIES; i++)
		cleared += run_history(*state, i);
	/* The histories would show nothing if none of them came to its end. */
	assert_in_range(cleared, HISTORIES / 10, HISTORIES / 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		AT_COUNTER(test_nothing_clears_without_a_decision_of_customs),
	};

	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
