#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "journal/delivery.h"

static const char *const states[] = { "WAITING", "SENT", "RECEIVED", "DEAD", "DONE", "WITHDRAWN" };
#define STATES (sizeof states / sizeof *states)

static const char *next(const char *state, bool push, enum delivery_event event)
{
	struct journal_delivery delivery = { .state = state, .push = push };

	return delivery_next(&delivery, event);
}

static void test_what_is_over_stays_over(void **state)
{
	(void)state;
	for (int event = 0; event < DELIVERY_EVENTS; event++)
		for (int push = 0; push <= 1; push++) {
			assert_null(next("DONE", push, (enum delivery_event)event));
			assert_null(next("WITHDRAWN", push, (enum delivery_event)event));
		}
}

static void test_each_state_is_reached_and_each_open_one_can_be_left(void **state)
{
	bool reached[STATES] = { true }, left[STATES] = { false };

	(void)state;
	for (size_t i = 0; i < STATES; i++)
		for (int event = 0; event < DELIVERY_EVENTS; event++) {
			const char *to = next(states[i], true, (enum delivery_event)event);

			for (size_t j = 0; to != NULL && j < STATES; j++)
				if (strcmp(states[j], to) == 0) {
					reached[j] = true;
					left[i] = left[i] || i != j;
				}
		}
	for (size_t i = 0; i < STATES; i++) {
		assert_true(reached[i]);
		assert_int_equal(left[i], i < 4);
	}
}

/* A technical receipt stops no redelivery: only a decision ends a delivery to an agency. */
static void test_only_a_decision_ends_what_asks_for_one(void **state)
{
	(void)state;
	assert_string_equal(next("SENT", true, DELIVERY_RECEIVED), "RECEIVED");
	assert_string_equal(next("RECEIVED", true, DELIVERY_SENT), "RECEIVED");
	assert_string_equal(next("RECEIVED", true, DELIVERY_DECIDED), "DONE");
	assert_null(next("RECEIVED", true, DELIVERY_ACKNOWLEDGED));
}

static void test_a_decision_after_a_dead_letter_still_counts(void **state)
{
	(void)state;
	assert_string_equal(next("DEAD", true, DELIVERY_DECIDED), "DONE");
	assert_null(next("DEAD", true, DELIVERY_SENT));
	assert_string_equal(next("DEAD", true, DELIVERY_RETRIED), "WAITING");
}

static void test_a_mailbox_ends_by_acknowledgement_alone(void **state)
{
	(void)state;
	for (int event = 0; event < DELIVERY_EVENTS; event++) {
		const char *to = next("WAITING", false, (enum delivery_event)event);

		if (event == DELIVERY_ACKNOWLEDGED)
			assert_string_equal(to, "DONE");
		else if (event == DELIVERY_SENT)
			assert_string_equal(to, "WAITING");
		else
			assert_null(to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_over_stays_over),
		cmocka_unit_test(test_each_state_is_reached_and_each_open_one_can_be_left),
		cmocka_unit_test(test_only_a_decision_ends_what_asks_for_one),
		cmocka_unit_test(test_a_decision_after_a_dead_letter_still_counts),
		cmocka_unit_test(test_a_mailbox_ends_by_acknowledgement_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
