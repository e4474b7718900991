/* The machine's date jumps, while a gateway runs and between two of its runs. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "telephone.h"

/* ---- the machine's date --------------------------------------------------------------------- */

static _Atomic int64_t jumped; /* seconds */

int clock_gettime(clockid_t id, struct timespec *now)
{
	long done = syscall(SYS_clock_gettime, id, now);

	if (done == 0 && id == CLOCK_REALTIME)
		now->tv_sec += jumped;
	return (int)done;
}

static const int64_t jumps[] = { DAY / 1000, -DAY / 1000, 1, -1, 400 * DAY / 1000 };

static int back_again(void **state)
{
	jumped = 0;
	return exchange_close(state);
}

static gateway_time last_time(struct exchange *exchange)
{
	struct journal *journal;
	gateway_time last;

	must(journal_open_reader(&journal, exchange->journal_path, &exchange->why), &exchange->why);
	last = journal_last_time(journal);
	journal_close(journal);
	return last;
}

static struct letter *declared(struct exchange *exchange, const char *reference)
{
	return letter_sealed(exchange->arena, TRADER, "DEC-IMP",
			     declaration(exchange->arena, MACHINE, reference));
}

/* ---- while it runs ---------------------------------------------------------------------------- */

static void test_a_date_that_jumps_moves_nothing_that_runs(void **state)
{
	struct exchange *exchange = *state;
	struct call *trader;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	for (size_t i = 0; i < COUNT_OF(jumps); i++) {
		struct parcel receipt;
		struct envelope envelope;

		jumped = jumps[i];
		receipt = call_says(trader,
				    declared(exchange, arena_printf(exchange->arena, "R%zu", i)),
				    VERB_RECEIPT);
		envelope = call_opened(trader, &receipt);
		assert_in_range(envelope.created, MORNING, MORNING + HOUR);
	}
	call_close(trader);
	exchange_stop(exchange);
	assert_in_range(last_time(exchange), MORNING, MORNING + HOUR);
	exchange_verify(exchange);
}

/* ---- between two runs ------------------------------------------------------------------------- */

/* Gateway time at the next start, when nobody says what day it is. */
static gateway_time started(struct exchange *exchange)
{
	struct journal *journal;
	gateway_time at, wall;

	exchange->settings.date = "";
	exchange_start(exchange);
	exchange_stop(exchange);
	must(journal_open_reader(&journal, exchange->journal_path, &exchange->why), &exchange->why);
	assert_true(journal_started(journal, &at, &wall));
	journal_close(journal);
	return at;
}

static void test_a_date_that_went_back_takes_nothing_back(void **state)
{
	struct exchange *exchange = *state;
	struct letter *letter = declared(exchange, "R1");
	struct call *trader;
	gateway_time last;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	(void)call_says(trader, letter, VERB_RECEIPT);
	call_close(trader);
	exchange_stop(exchange);
	last = last_time(exchange);

	jumped = -DAY / 1000;
	assert_in_range(started(exchange), last, last + HOUR);
	jumped = 0; /* as if a day had passed since */
	assert_in_range(started(exchange), last + DAY - HOUR, last + DAY + HOUR);
	jumped = -1;
	assert_in_range(started(exchange), last + DAY - HOUR, last + DAY + HOUR);
	exchange_verify(exchange);
}

static void test_a_date_that_went_on_lets_time_go_on(void **state)
{
	struct exchange *exchange = *state;
	struct call *trader;
	struct parcel refusal;
	const char *code;

	exchange_start(exchange);
	exchange_stop(exchange);
	jumped = 2 * DAY / 1000;
	assert_in_range(started(exchange), MORNING + 2 * DAY, MORNING + 2 * DAY + HOUR);
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	refusal = call_says(trader, declared(exchange, "R1"), VERB_REFUSAL); /* it was for a day */
	code = element_text(exchange->arena, refusal.payload, refusal.payload_length,
			    "ValidationCode");
	assert_string_equal(code, "ENV-008");
	call_close(trader);
	exchange_stop(exchange);
	exchange_verify(exchange);
}

#define IN_SERVICE(test) cmocka_unit_test_setup_teardown(test, exchange_open, back_again)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SERVICE(test_a_date_that_jumps_moves_nothing_that_runs),
		IN_SERVICE(test_a_date_that_went_back_takes_nothing_back),
		IN_SERVICE(test_a_date_that_went_on_lets_time_go_on),
	};

	return cmocka_run_group_tests(tests, people_gather, people_leave);
}
