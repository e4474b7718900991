#include "core/clock.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FEBRUARY_2014	INT64_C(1393372800000) /* 2014-02-26T00:00:00Z */
#define HOUR		INT64_C(3600000)
#define DAY		(24 * HOUR)

static void test_a_clock_starts_where_it_is_told_and_ticks_with_the_wall(void **state)
{
	uint64_t began = monotonic_ms();
	struct clock *clock = clock_new(FEBRUARY_2014);
	gateway_time first = clock_now(clock);

	(void)state;
	assert_true(first >= FEBRUARY_2014);
	while (clock_now(clock) < first + 20) /* busy, so that no machine is too fast */
		continue;
	assert_true(monotonic_ms() - began >= 20);
	assert_true(clock_now(clock) - FEBRUARY_2014 <= (int64_t)(monotonic_ms() - began) + 1);
	clock_free(clock);
	clock_free(NULL);
}

static void test_a_clock_moves_only_forward(void **state)
{
	struct clock *clock = clock_new(FEBRUARY_2014);

	(void)state;
	clock_advance(clock, FEBRUARY_2014 - 1);
	clock_advance(clock, FEBRUARY_2014 - 365 * DAY);
	assert_true(clock_now(clock) >= FEBRUARY_2014);
	clock_advance(clock, FEBRUARY_2014 + DAY);
	assert_true(clock_now(clock) >= FEBRUARY_2014 + DAY);
	assert_true(clock_now(clock) < FEBRUARY_2014 + DAY + HOUR);
	clock_advance(clock, FEBRUARY_2014 + HOUR);
	assert_true(clock_now(clock) >= FEBRUARY_2014 + DAY);
	clock_free(clock);
}

static void test_a_clock_that_is_held_moves_when_told_to(void **state)
{
	struct clock *clock = clock_new(FEBRUARY_2014);
	uint64_t began = monotonic_ms();
	gateway_time held;

	(void)state;
	assert_false(clock_is_held(clock));
	clock_hold(clock);
	assert_true(clock_is_held(clock));
	held = clock_now(clock);
	assert_in_range(held, FEBRUARY_2014, FEBRUARY_2014 + HOUR);
	while (monotonic_ms() < began + 20) /* busy, so that the wall has moved */
		continue;
	assert_int_equal(clock_now(clock), held);
	clock_advance(clock, held + DAY);
	assert_int_equal(clock_now(clock), held + DAY);
	clock_advance(clock, held);
	assert_int_equal(clock_now(clock), held + DAY);
	clock_free(clock);
}

struct watch {
	struct clock *clock;
	atomic_bool enough;
};

static void *look_at_the_clock(void *argument)
{
	struct watch *watch = argument;
	gateway_time last = FEBRUARY_2014;

	while (!atomic_load(&watch->enough)) {
		gateway_time now = clock_now(watch->clock);

		if (now < last)
			return watch; /* time went backwards */
		last = now;
	}
	return NULL;
}

static void test_readers_never_see_time_go_backwards(void **state)
{
	struct watch watch = { clock_new(FEBRUARY_2014), false };
	pthread_t readers[2];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(readers); i++)
		assert_int_equal(pthread_create(&readers[i], NULL, look_at_the_clock, &watch), 0);
	for (int i = 1; i <= 20000; i++)
		clock_advance(watch.clock, FEBRUARY_2014 + i * HOUR);
	atomic_store(&watch.enough, true);
	for (size_t i = 0; i < COUNT_OF(readers); i++) {
		void *complaint;

		pthread_join(readers[i], &complaint);
		assert_null(complaint);
	}
	clock_free(watch.clock);
}

static void test_monotonic_time_does_not_step_back(void **state)
{
	uint64_t last = monotonic_ms();

	(void)state;
	for (int i = 0; i < 100000; i++) {
		uint64_t now = monotonic_ms();

		assert_true(now >= last);
		last = now;
	}
}

static void test_the_wall_shows_the_machines_date(void **state)
{
	time_t before = time(NULL);
	gateway_time wall = wall_now();

	(void)state;
	/* time() reads the coarse clock, which lags by a tick. */
	assert_true(wall >= (gateway_time)before * 1000);
	assert_true(wall <= (gateway_time)(time(NULL) + 2) * 1000);
}

static void test_times_are_written_in_one_form(void **state)
{
	static const struct {
		gateway_time when;
		const char *time, *date;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000Z", "1970-01-01" },
		{ -1, "1969-12-31T23:59:59.999Z", "1970-01-01" },
		{ FEBRUARY_2014, "2014-02-26T00:00:00.000Z", "2014-02-26" },
		{ FEBRUARY_2014 + 17 * HOUR - 1, "2014-02-26T16:59:59.999Z", "2014-02-26" },
		{ FEBRUARY_2014 + 17 * HOUR, "2014-02-26T17:00:00.000Z", "2014-02-27" },
		{ INT64_C(951782400007), "2000-02-29T00:00:00.007Z", "2000-02-29" },
		{ INT64_C(253402300799999), "9999-12-31T23:59:59.999Z", "10000-01-01" },
		{ INT64_MIN + DAY, "-292275055-05-17T16:47:04.192Z", "-292275055-05-17" },
		{ INT64_MAX - DAY, "292278994-08-16T07:12:55.807Z", "292278994-08-16" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char buffer[TIME_TEXT_SIZE];

		assert_string_equal(time_text(rows[i].when, buffer), rows[i].time);
		assert_string_equal(date_text(rows[i].when, buffer), rows[i].date);
	}
}

static void test_dates_and_times_are_read(void **state)
{
	static const struct {
		const char *text;
		gateway_time when;
	} rows[] = {
		{ "2014-02-26", FEBRUARY_2014 - 7 * HOUR },
		{ "2014-02-26T00:00:00Z", FEBRUARY_2014 },
		{ "2014-02-26T00:00:00.000Z", FEBRUARY_2014 },
		{ "2014-02-26T08:15:02.214+07:00", FEBRUARY_2014 + HOUR + 902214 },
		{ "2014-02-25T23:30:00-00:30", FEBRUARY_2014 },
		{ "2014-02-26T14:00:00+14:00", FEBRUARY_2014 },
		{ "2014-02-26T00:00:00.1Z", FEBRUARY_2014 + 100 },
		{ "2014-02-26T00:00:00.0019999Z", FEBRUARY_2014 + 1 },
		{ "2000-02-29T00:00:00Z", INT64_C(951782400000) },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "9999-12-31T23:59:59.999Z", INT64_C(253402300799999) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct failure why;
		gateway_time when;

		if (!time_parse(rows[i].text, &when, &why))
			fail_msg("%s: %s", rows[i].text, why.text);
		assert_int_equal(when, rows[i].when);
	}
}

static void test_what_is_written_is_read_back(void **state)
{
	char buffer[TIME_TEXT_SIZE];
	gateway_time when = -40 * 365 * DAY;

	(void)state;
	for (int i = 0; i < 5000; i++, when += 17 * DAY + 12345) {
		struct failure why;
		gateway_time again;

		assert_true(time_parse(time_text(when, buffer), &again, &why));
		assert_int_equal(again, when);
	}
}

static void test_anything_else_is_no_time(void **state)
{
	static const char *const texts[] = {
		"",
		"2014",
		"2014-02",
		"2014-2-26",
		"26/02/2014",
		"2014-02-26 ",
		" 2014-02-26",
		"2014-02-30",
		"2013-02-29",
		"1900-02-29",
		"2014-04-31",
		"2014-13-01",
		"2014-00-01",
		"2014-02-00",
		"0000-01-01",
		"-2014-02-26",
		"12014-02-26",
		"2014-02-26T00:00:00", /* which zone? */
		"2014-02-26T00:00Z",
		"2014-02-26T24:00:00Z",
		"2014-02-26T00:60:00Z",
		"2014-02-26T23:59:60Z",
		"2014-02-26T00:00:00.Z",
		"2014-02-26T00:00:00z",
		"2014-02-26t00:00:00Z",
		"2014-02-26T00:00:00+7",
		"2014-02-26T00:00:00+0700",
		"2014-02-26T00:00:00+14:01",
		"2014-02-26T00:00:00+07:60",
		"2014-02-26T00:00:00Z ",
		"2014-02-26T00:00:00ZZ",
		"2014-02-26T00:00:00+-7:00",
		"2014-02-26Z",
		"2014-02-26T",
		"2014-0\x80-26",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		gateway_time when = 42;
		struct failure why;

		if (time_parse(texts[i], &when, &why))
			fail_msg("'%s' was read as a time", texts[i]);
		assert_int_equal(why.verdict, REJECT);
		assert_string_equal(why.code, "TIM-001");
		assert_int_equal(when, 42);
	}
}

static void test_the_offices_zone_does_not_depend_on_the_machines(void **state)
{
	static const char *const zones[] = { "UTC", "America/New_York", "Pacific/Kiritimati" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(zones); i++) {
		char buffer[TIME_TEXT_SIZE];
		gateway_time when;

		setenv("TZ", zones[i], 1);
		tzset();
		assert_true(time_parse("2014-02-26", &when, NULL));
		assert_int_equal(when, FEBRUARY_2014 - 7 * HOUR);
		assert_string_equal(time_text(when, buffer), "2014-02-25T17:00:00.000Z");
		assert_string_equal(date_text(when, buffer), "2014-02-26");
	}
	unsetenv("TZ");
	tzset();
}

static void test_durations_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "800ms", 800 },   { "10s", 10000 },	       { "2m", 120000 },
		{ "8h", 8 * HOUR }, { "5d", 5 * DAY },	       { "0s", 0 },
		{ "007m", 420000 }, { "36525d", 36525 * DAY }, { "3155760000000ms", 36525 * DAY },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t ms;

		assert_true(duration_parse(rows[i].text, &ms, NULL));
		assert_int_equal(ms, rows[i].ms);
	}
}

static void test_anything_else_is_no_duration(void **state)
{
	static const char *const texts[] = {
		"",
		"5",
		"d",
		"ms",
		"-5d",
		"+5d",
		"5 d",
		" 5d",
		"5d ",
		"5D",
		"1.5h",
		"5d3h",
		"5w",
		"36526d",
		"3155760000001ms",
		"99999999999999999999999999s",
		"9223372036854775808ms",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		int64_t ms = 42;
		struct failure why;

		if (duration_parse(texts[i], &ms, &why))
			fail_msg("'%s' was read as a duration", texts[i]);
		assert_int_equal(why.verdict, REJECT);
		assert_string_equal(why.code, "TIM-002");
		assert_int_equal(ms, 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_clock_starts_where_it_is_told_and_ticks_with_the_wall),
		cmocka_unit_test(test_a_clock_moves_only_forward),
		cmocka_unit_test(test_a_clock_that_is_held_moves_when_told_to),
		cmocka_unit_test(test_readers_never_see_time_go_backwards),
		cmocka_unit_test(test_monotonic_time_does_not_step_back),
		cmocka_unit_test(test_the_wall_shows_the_machines_date),
		cmocka_unit_test(test_times_are_written_in_one_form),
		cmocka_unit_test(test_dates_and_times_are_read),
		cmocka_unit_test(test_what_is_written_is_read_back),
		cmocka_unit_test(test_anything_else_is_no_time),
		cmocka_unit_test(test_the_offices_zone_does_not_depend_on_the_machines),
		cmocka_unit_test(test_durations_are_read),
		cmocka_unit_test(test_anything_else_is_no_duration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
