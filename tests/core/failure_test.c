#include "core/failure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_each_way_to_fail_returns_false_and_names_its_verdict(void **state)
{
	static const struct {
		bool (*blame)(struct failure *why, const char *code, const char *text, ...);
		enum verdict verdict;
		const char *name;
	} ways[] = {
		{ reject, REJECT, "REJECT" },
		{ defer, DEFER, "DEFER" },
		{ fault, FAULT, "FAULT" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct failure why;

		memset(&why, 'x', sizeof why);
		assert_false(ways[i].blame(&why, "TST-001", "%d of %s", 3, "them"));
		assert_int_equal(why.verdict, ways[i].verdict);
		assert_string_equal(why.code, "TST-001");
		assert_string_equal(why.text, "3 of them");
		assert_string_equal(why.place, "");
		assert_string_equal(verdict_name(why.verdict), ways[i].name);
	}
}

static void test_a_caller_who_does_not_ask_why_is_served(void **state)
{
	(void)state;
	assert_false(reject(NULL, "TST-001", "nobody reads this"));
	assert_false(defer(NULL, "TST-001", "nobody reads this"));
	assert_false(fault(NULL, "TST-001", "nobody reads this"));
	assert_false(failure_at(NULL, "nowhere"));
}

static void test_the_first_place_named_is_kept(void **state)
{
	struct failure why;

	(void)state;
	reject(&why, "TST-001", "a reason");
	assert_false(failure_at(&why, "%s:%d", "a.xml", 7));
	assert_false(failure_at(&why, "b.xml:9"));
	assert_string_equal(why.place, "a.xml:7");
}

static void test_a_new_failure_forgets_the_old_place(void **state)
{
	struct failure why;

	(void)state;
	reject(&why, "TST-001", "a reason");
	failure_at(&why, "a.xml:7");
	reject(&why, "TST-002", "another");
	assert_string_equal(why.place, "");
}

static void test_what_does_not_fit_is_cut_and_ended(void **state)
{
	char huge[2000];
	struct failure why;

	(void)state;
	memset(huge, 'y', sizeof huge - 1);
	huge[sizeof huge - 1] = '\0';
	reject(&why, huge, "%s", huge);
	failure_at(&why, "%s", huge);
	assert_int_equal(strlen(why.code), sizeof why.code - 1);
	assert_int_equal(strlen(why.text), sizeof why.text - 1);
	assert_int_equal(strlen(why.place), sizeof why.place - 1);
}

static void test_a_line_shows_place_code_and_text(void **state)
{
	char buffer[200], small[8];
	struct failure why;

	(void)state;
	reject(&why, "TST-001", "a reason");
	assert_string_equal(failure_line(&why, buffer, sizeof buffer), "TST-001: a reason");
	failure_at(&why, "a.xml:7");
	assert_string_equal(failure_line(&why, buffer, sizeof buffer),
			    "a.xml:7: TST-001: a reason");
	assert_string_equal(failure_line(&why, small, sizeof small), "a.xml:7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_way_to_fail_returns_false_and_names_its_verdict),
		cmocka_unit_test(test_a_caller_who_does_not_ask_why_is_served),
		cmocka_unit_test(test_the_first_place_named_is_kept),
		cmocka_unit_test(test_a_new_failure_forgets_the_old_place),
		cmocka_unit_test(test_what_does_not_fit_is_cut_and_ended),
		cmocka_unit_test(test_a_line_shows_place_code_and_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
