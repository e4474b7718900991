#include "cli/replay/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_thresholds_are_checked_before_anything_is_sent(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "p95<500ms", true },	 { "p95<500ms,errors<1%", true },
		{ " p50 < 2s", true },	 { "max<10s,refused<0.5%", true },
		{ "", false },		 { "p95", false },
		{ "p95<500", false },	 { "p95>500ms", false },
		{ "p96<500ms", false },	 { "errors<1s", false },
		{ "p95<1%", false },	 { "p95<500ms,", false },
		{ "p95<500msx", false }, { "p95<500ms;errors<1%", false },
		{ "p95<5 0ms", false },	 { "p95<1.5.2%", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct failure why;

		if (replay_threshold_check(cases[i].text, &why) != cases[i].good)
			fail_msg("'%s'", cases[i].text);
		if (!cases[i].good)
			assert_string_equal(why.code, "CLI-001");
	}
}

static void order_of(size_t *order, const char *seed, size_t loop, bool shuffle)
{
	struct replay_options options = { .shuffle = shuffle, .seed = seed };
	struct replay *replay = calloc(1, sizeof *replay);

	assert_non_null(replay);
	replay->options = &options;
	replay->document_count = 20;
	replay->order = order;
	replay_order(replay, loop);
	free(replay);
}

static void test_a_seed_shuffles_the_same_way_and_each_loop_anew(void **state)
{
	size_t plain[20], once[20], again[20], next_loop[20], other_seed[20];
	bool seen[20] = { false };

	(void)state;
	order_of(plain, "1", 0, false);
	order_of(once, "1", 0, true);
	order_of(again, "1", 0, true);
	order_of(next_loop, "1", 1, true);
	order_of(other_seed, "2", 0, true);
	for (size_t i = 0; i < 20; i++) {
		assert_int_equal(plain[i], i);
		assert_false(seen[once[i]]); /* each exactly once */
		seen[once[i]] = true;
	}
	assert_memory_equal(once, again, sizeof once);
	assert_memory_not_equal(once, plain, sizeof once);
	assert_memory_not_equal(once, next_loop, sizeof once);
	assert_memory_not_equal(once, other_seed, sizeof once);
}

static void test_spans_are_written_as_people_say_them(void **state)
{
	static const char began[] = "2014-02-26T00:00:00.000Z";
	static const struct {
		const char *to, *text;
	} cases[] = {
		{ "2014-02-26T00:00:00.004Z", "+0.004s" },
		{ "2014-02-26T00:00:59.999Z", "+59.999s" },
		{ "2014-02-26T00:01:00.000Z", "+1m00s" },
		{ "2014-02-26T00:10:34.800Z", "+10m34s" },
		{ "2014-02-26T19:53:48.000Z", "+19h53m" },
		{ "2014-03-01T04:05:00.000Z", "+3d04h" },
		{ "2014-02-25T23:59:59.000Z", "-1.000s" },
		{ "tomorrow", "-" },
		{ NULL, "-" },
	};
	char text[SPAN_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(span_text(began, cases[i].to, text), cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thresholds_are_checked_before_anything_is_sent),
		cmocka_unit_test(test_a_seed_shuffles_the_same_way_and_each_loop_anew),
		cmocka_unit_test(test_spans_are_written_as_people_say_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
