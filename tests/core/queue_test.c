#include "core/queue.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/clock.h"

static int things[8];

static int open_queue(void **state)
{
	*state = queue_new();
	return 0;
}

static int close_queue(void **state)
{
	queue_free(*state);
	return 0;
}

static void test_things_come_out_as_they_went_in(void **state)
{
	for (int i = 0; i < 8; i++)
		queue_put(*state, &things[i]);
	assert_int_equal(queue_length(*state), 8);
	for (int i = 0; i < 8; i++)
		assert_ptr_equal(queue_take(*state, 0), &things[i]);
	assert_int_equal(queue_length(*state), 0);
	queue_put(*state, &things[0]); /* after it was empty */
	assert_ptr_equal(queue_take(*state, -1), &things[0]);
}

static void test_nothing_is_told_at_once_or_when_the_time_is_over(void **state)
{
	uint64_t start = monotonic_ms();

	assert_null(queue_take(*state, 0));
	assert_null(queue_take(*state, 15));
	assert_true(monotonic_ms() - start >= 15);
}

static void test_a_closed_queue_gives_what_it_has_and_then_nothing(void **state)
{
	queue_put(*state, &things[0]);
	assert_false(queue_closed(*state));
	queue_close(*state);
	assert_true(queue_closed(*state));
	assert_ptr_equal(queue_take(*state, -1), &things[0]);
	assert_null(queue_take(*state, -1));
	queue_put(*state, &things[1]); /* a latecomer is not lost */
	assert_ptr_equal(queue_take(*state, -1), &things[1]);
}

static void *take_one(void *queue)
{
	return queue_take(queue, -1);
}

static void test_who_waits_is_woken_by_a_thing(void **state)
{
	pthread_t taker;
	void *taken;

	assert_int_equal(pthread_create(&taker, NULL, take_one, *state), 0);
	queue_put(*state, &things[3]);
	pthread_join(taker, &taken);
	assert_ptr_equal(taken, &things[3]);
}

static void test_all_who_wait_are_woken_by_the_end(void **state)
{
	pthread_t takers[3];
	void *taken;

	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&takers[i], NULL, take_one, *state), 0);
	queue_close(*state);
	for (int i = 0; i < 3; i++) {
		pthread_join(takers[i], &taken);
		assert_null(taken);
	}
}

/* ---- many at once ------------------------------------------------------------------------- */

#define GIVERS	 3
#define TAKERS	 3
#define A_GIVER	 2000
#define EVERYONE (GIVERS * A_GIVER)

struct thing {
	int giver, number;
	int taken; /* how often; each taker has things of its own, so no lock */
};

static struct thing crowd[GIVERS][A_GIVER];

struct giver {
	struct queue *queue;
	int number;
};

static void *give(void *argument)
{
	struct giver *giver = argument;

	for (int i = 0; i < A_GIVER; i++) {
		crowd[giver->number][i] = (struct thing){ giver->number, i, 0 };
		queue_put(giver->queue, &crowd[giver->number][i]);
	}
	return NULL;
}

/* NULL when each giver's things came in their order, which one taker must see too. */
static void *take(void *queue)
{
	int last[GIVERS] = { -1, -1, -1 };
	struct thing *thing;

	while ((thing = queue_take(queue, -1)) != NULL) {
		thing->taken++;
		if (thing->number <= last[thing->giver])
			return thing;
		last[thing->giver] = thing->number;
	}
	return NULL;
}

static void test_many_threads_hand_on_each_thing_once_and_in_order(void **state)
{
	pthread_t givers[GIVERS], takers[TAKERS];
	struct giver arguments[GIVERS];
	void *disorder;
	int total = 0;

	for (int i = 0; i < TAKERS; i++)
		assert_int_equal(pthread_create(&takers[i], NULL, take, *state), 0);
	for (int i = 0; i < GIVERS; i++) {
		arguments[i] = (struct giver){ *state, i };
		assert_int_equal(pthread_create(&givers[i], NULL, give, &arguments[i]), 0);
	}
	for (int i = 0; i < GIVERS; i++)
		pthread_join(givers[i], NULL);
	queue_close(*state);
	for (int i = 0; i < TAKERS; i++) {
		pthread_join(takers[i], &disorder);
		assert_null(disorder);
	}
	for (int i = 0; i < GIVERS; i++)
		for (int j = 0; j < A_GIVER; j++)
			total += crowd[i][j].taken == 1;
	assert_int_equal(total, EVERYONE);
}

static void test_freeing_nothing_is_fine(void **state)
{
	(void)state;
	queue_free(NULL);
}

#define WITH_QUEUE(test) cmocka_unit_test_setup_teardown(test, open_queue, close_queue)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_QUEUE(test_things_come_out_as_they_went_in),
		WITH_QUEUE(test_nothing_is_told_at_once_or_when_the_time_is_over),
		WITH_QUEUE(test_a_closed_queue_gives_what_it_has_and_then_nothing),
		WITH_QUEUE(test_who_waits_is_woken_by_a_thing),
		WITH_QUEUE(test_all_who_wait_are_woken_by_the_end),
		WITH_QUEUE(test_many_threads_hand_on_each_thing_once_and_in_order),
		cmocka_unit_test(test_freeing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
