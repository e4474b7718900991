#include "deliver/presence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"

static const struct address first = { "\0AAAA", 5, 7 }, second = { "\0BBBB", 5, 8 },
			    third = { "\0CCCC", 5, 9 };

static int open_presence(void **state)
{
	*state = presence_new();
	return 0;
}

static int close_presence(void **state)
{
	presence_free(*state);
	return 0;
}

static void assert_at(struct presence *presence, const char *party, const struct address *address)
{
	struct presence_view view = presence_of(presence, party);

	assert_true(view.connected);
	assert_true(address_same(&view.address, address));
}

static void test_who_said_hello_is_there_and_nobody_else(void **state)
{
	struct presence_view view;

	presence_hello(*state, "MoF", &first, 8, true, 100);
	view = presence_of(*state, "MoF");
	assert_true(view.connected);
	assert_int_equal(view.credit, 8);
	assert_int_equal(view.last_heard, 100);
	assert_int_equal(view.since, INT64_MAX);
	assert_false(presence_of(*state, "MARD").connected);
}

static void test_the_newest_connection_is_used_and_then_the_one_before(void **state)
{
	presence_hello(*state, "MoF", &first, 8, true, 1);
	presence_hello(*state, "MARD", &third, 8, true, 1);
	presence_hello(*state, "MoF", &second, 4, true, 2);
	assert_at(*state, "MoF", &second);
	assert_int_equal(presence_of(*state, "MoF").credit, 4);
	presence_gone(*state, &second, 200);
	assert_at(*state, "MoF", &first);
	assert_int_equal(presence_of(*state, "MoF").credit, 8);
	presence_gone(*state, &first, 200);
	assert_false(presence_of(*state, "MoF").connected);
	presence_gone(*state, &first, 200); /* it was gone before */
	assert_at(*state, "MARD", &third);
}

static void test_a_connection_begins_where_the_clerk_says(void **state)
{
	presence_hello(*state, "MoF", &first, 8, true, 1);
	presence_since(*state, "MoF", 17);
	presence_since(*state, "nobody", 18);
	assert_int_equal(presence_of(*state, "MoF").since, 17);
}

static void test_a_second_hello_begins_again_with_new_credit(void **state)
{
	presence_hello(*state, "MoF", &first, 8, true, 1);
	presence_since(*state, "MoF", 17);
	presence_hello(*state, "MoF", &first, 3, true, 2);
	assert_int_equal(presence_of(*state, "MoF").since, INT64_MAX);
	assert_int_equal(presence_of(*state, "MoF").credit, 3);
	presence_gone(*state, &first, 200);
	assert_false(presence_of(*state, "MoF").connected); /* it was one connection */
}

/* Two connections at once, both announced before the clerk gets to it: whichever remains must
 * not wait for a word that has been said. */
static void test_of_two_that_came_together_either_may_go(void **state)
{
	presence_hello(*state, "MoF", &first, 8, true, 1);
	presence_hello(*state, "MoF", &second, 8, true, 1);
	presence_since(*state, "MoF", 17);
	assert_int_equal(presence_of(*state, "MoF").since, 17);
	presence_gone(*state, &second, 200);
	assert_at(*state, "MoF", &first);
	assert_int_equal(presence_of(*state, "MoF").since, 17);
	presence_since(*state, "MoF", 18); /* what is set stays */
	assert_int_equal(presence_of(*state, "MoF").since, 17);
}

static void test_who_falls_silent_is_taken_for_gone_until_heard_again(void **state)
{
	presence_hello(*state, "MoF", &first, 8, true, 100);
	presence_hello(*state, "MARD", &second, 8, true, 100);
	presence_since(*state, "MoF", 17);
	assert_false(presence_heard(*state, &second, 200));
	assert_false(presence_heard(*state, &third, 200)); /* a stranger */
	assert_int_equal(presence_of(*state, "MARD").last_heard, 200);
	assert_int_equal(presence_sweep(*state, 100, 300), 0);
	assert_int_equal(presence_sweep(*state, 150, 300), 1);
	assert_int_equal(presence_sweep(*state, 150, 310), 0); /* it was told before */
	assert_false(presence_of(*state, "MoF").connected);
	assert_true(presence_of(*state, "MARD").connected);

	assert_true(presence_heard(*state, &first, 400));
	assert_false(presence_heard(*state, &first, 401));
	assert_at(*state, "MoF", &first);
	assert_int_equal(presence_of(*state, "MoF").since, INT64_MAX); /* it begins again */
}

static void test_an_absent_party_is_absent_since_it_went(void **state)
{
	uint64_t start = presence_of(*state, "MoF").absent_since;

	assert_true(start <= monotonic_ms());
	presence_hello(*state, "MoF", &first, 8, true, start + 10);
	presence_gone(*state, &first, start + 20);
	assert_int_equal(presence_of(*state, "MoF").absent_since, start + 20);
	presence_hello(*state, "MoF", &second, 8, true, start + 30);
	assert_int_equal(presence_sweep(*state, start + 40, start + 50), 1);
	assert_int_equal(presence_of(*state, "MoF").absent_since, start + 50);
	assert_int_equal(presence_of(*state, "MARD").absent_since, start);
}

static void test_what_was_sent_is_unsettled_until_it_is_settled_or_its_connection_gone(void **state)
{
	presence_hello(*state, "MoF", &first, 8, true, 1);
	presence_hello(*state, "MARD", &second, 8, true, 1);
	presence_sent(*state, &first);
	presence_sent(*state, &first);
	presence_sent(*state, &second);
	assert_int_equal(presence_unsettled(*state), 3);
	assert_false(presence_settled(*state, &first)); /* one is left there */
	presence_hello(*state, "MoF", &first, 8, true, 2);
	assert_int_equal(presence_unsettled(*state), 2); /* greeting again settles nothing */
	assert_true(presence_settled(*state, &first));
	assert_false(presence_settled(*state, &first)); /* said once too often */
	assert_int_equal(presence_unsettled(*state), 1);
	presence_gone(*state, &second, 3);
	assert_int_equal(presence_unsettled(*state), 0);
	assert_false(presence_settled(*state, &second));
	presence_sent(*state, &second); /* it had gone before */
	assert_int_equal(presence_unsettled(*state), 0);
}

static void test_who_never_settles_owes_nothing(void **state)
{
	presence_hello(*state, "MoF", &first, 8, false, 1);
	assert_false(presence_of(*state, "MoF").settles);
	presence_sent(*state, &first);
	assert_int_equal(presence_unsettled(*state), 0);
	assert_false(presence_settled(*state, &first));
}

static void test_nobody_waits_for_who_has_fallen_silent(void **state)
{
	presence_hello(*state, "MoF", &first, 8, true, 100);
	presence_sent(*state, &first);
	assert_int_equal(presence_sweep(*state, 200, 300), 1);
	assert_int_equal(presence_unsettled(*state), 0);
	(void)presence_heard(*state, &first, 400);
	assert_int_equal(presence_unsettled(*state), 1);
}

static void test_freeing_nothing_is_fine(void **state)
{
	(void)state;
	presence_free(NULL);
}

#define WITH_PRESENCE(test) cmocka_unit_test_setup_teardown(test, open_presence, close_presence)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PRESENCE(test_who_said_hello_is_there_and_nobody_else),
		WITH_PRESENCE(test_the_newest_connection_is_used_and_then_the_one_before),
		WITH_PRESENCE(test_a_connection_begins_where_the_clerk_says),
		WITH_PRESENCE(test_a_second_hello_begins_again_with_new_credit),
		WITH_PRESENCE(test_of_two_that_came_together_either_may_go),
		WITH_PRESENCE(test_who_falls_silent_is_taken_for_gone_until_heard_again),
		WITH_PRESENCE(test_an_absent_party_is_absent_since_it_went),
		WITH_PRESENCE(
			test_what_was_sent_is_unsettled_until_it_is_settled_or_its_connection_gone),
		WITH_PRESENCE(test_who_never_settles_owes_nothing),
		WITH_PRESENCE(test_nobody_waits_for_who_has_fallen_silent),
		cmocka_unit_test(test_freeing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
