#include "cli/lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void test_what_was_put_is_found_however_many_there_are(void **state)
{
	enum { COUNT = 5000 };
	static char keys[COUNT][16];
	struct lookup *lookup = lookup_new();
	size_t number;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		snprintf(keys[i], sizeof keys[i], "key-%zu", i);
		assert_false(lookup_get(lookup, keys[i], &number));
		lookup_put(lookup, keys[i], i);
	}
	for (size_t i = 0; i < COUNT; i++) {
		assert_true(lookup_get(lookup, keys[i], &number));
		assert_int_equal(number, i);
	}
	assert_false(lookup_get(lookup, "key-", &number));
	assert_false(lookup_get(lookup, "", &number));
	lookup_free(lookup);
}

static void test_a_key_put_again_gets_the_new_number(void **state)
{
	struct lookup *lookup = lookup_new();
	size_t number;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		lookup_put(lookup, "same", i);
	assert_true(lookup_get(lookup, "same", &number));
	assert_int_equal(number, 999);
	lookup_free(lookup);
	lookup_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_put_is_found_however_many_there_are),
		cmocka_unit_test(test_a_key_put_again_gets_the_new_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
