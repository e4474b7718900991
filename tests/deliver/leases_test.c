#include "deliver/leases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LETTER "11111111-1111-4111-8111-111111111111"
#define OTHER  "22222222-2222-4222-8222-222222222222"

static const struct address first = { "\0AAAA", 5, 7 }, second = { "\0BBBB", 5, 7 };

static int open_leases(void **state)
{
	*state = leases_new();
	return 0;
}

static int close_leases(void **state)
{
	leases_free(*state);
	return 0;
}

static void test_what_is_lent_is_lent_to_one(void **state)
{
	assert_true(leases_take(*state, LETTER, &first, 0, 100));
	assert_false(leases_take(*state, LETTER, &second, 50, 150));
	assert_true(leases_take(*state, OTHER, &second, 50, 150));
	assert_false(leases_take(*state, OTHER, &first, 50, 150));
}

static void test_the_holder_may_have_it_again_and_for_longer(void **state)
{
	assert_true(leases_take(*state, LETTER, &first, 0, 100));
	assert_true(leases_take(*state, LETTER, &first, 50, 200));
	assert_false(leases_take(*state, LETTER, &second, 150, 300));
}

static void test_time_gives_it_back(void **state)
{
	assert_true(leases_take(*state, LETTER, &first, 0, 100));
	assert_false(leases_take(*state, LETTER, &second, 99, 200));
	assert_true(leases_take(*state, LETTER, &second, 100, 200));
	assert_false(leases_take(*state, LETTER, &first, 150, 300));
}

static void test_what_is_ended_is_free(void **state)
{
	assert_true(leases_take(*state, LETTER, &first, 5, 100));
	assert_true(leases_take(*state, OTHER, &first, 5, 100));
	leases_end(*state, LETTER);
	leases_end(*state, "never lent");
	assert_true(leases_take(*state, LETTER, &second, 6, 100));
	assert_false(leases_take(*state, OTHER, &second, 6, 100));
}

static void test_a_connection_that_ends_gives_back_all_it_held(void **state)
{
	assert_true(leases_take(*state, LETTER, &first, 5, 100));
	assert_true(leases_take(*state, OTHER, &second, 5, 100));
	leases_return(*state, &first);
	assert_true(leases_take(*state, LETTER, &second, 6, 100));
	assert_false(leases_take(*state, OTHER, &first, 6, 100));
}

static void test_freeing_nothing_is_fine(void **state)
{
	(void)state;
	leases_free(NULL);
}

#define WITH_LEASES(test) cmocka_unit_test_setup_teardown(test, open_leases, close_leases)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LEASES(test_what_is_lent_is_lent_to_one),
		WITH_LEASES(test_the_holder_may_have_it_again_and_for_longer),
		WITH_LEASES(test_time_gives_it_back),
		WITH_LEASES(test_what_is_ended_is_free),
		WITH_LEASES(test_a_connection_that_ends_gives_back_all_it_held),
		cmocka_unit_test(test_freeing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
