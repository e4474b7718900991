#include "adapters/errand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"

#include "scene.h"

#define PATIENCE 1000
#define EXPIRES	 (CREATED + INT64_C(30) * 86400 * 1000)

/* ---- answers to hand over --------------------------------------------------------------- */

/* Two answers, whose ids derive from the request's. */
static void add(struct scene *scene, struct errands *errands, const char *request)
{
	static const char *const steps[] = { "receipt", "approved" };
	struct answer rows[2];
	struct answers answers = { .rows = rows, .count = 2 };
	char ids[2][UUID_SIZE];
	struct failure why;

	for (size_t i = 0; i < answers.count; i++) {
		uuid_derive(ids[i], request, PARTY, steps[i]);
		rows[i] = (struct answer){ .step = steps[i], .payload = "<a/>" };
		rows[i].envelope = scene_request(ids[i]);
		rows[i].envelope.from = PARTY;
		rows[i].envelope.to = GATEWAY;
		rows[i].envelope.ref = request;
		rows[i].envelope.payload_size = 4;
	}
	must(errands_add(errands, request, &answers, scene_key(scene, PARTY, CREATED), NULL, &why),
	     &why);
}

#define ONE "6f1c1d3e-0000-4000-8000-000000000001"
#define TWO "6f1c1d3e-0000-4000-8000-000000000002"

static const struct letter *next(struct errands *errands, uint64_t now)
{
	return errands_next(errands, now, PATIENCE, CREATED);
}

static void digest_of_letter(char text[DIGEST_TEXT_SIZE], const struct letter *letter)
{
	struct digest digest = digest_of(letter->envelope, letter->envelope_length);

	digest_text(&digest, text);
}

/* ---- in order --------------------------------------------------------------------------- */

static void test_the_next_answer_waits_for_the_receipt_of_the_last(void **state)
{
	struct scene *scene = *state;
	struct errands errands = { 0 };
	const struct letter *letter;

	add(scene, &errands, ONE);
	letter = next(&errands, 0);
	assert_non_null(letter);
	assert_string_equal(letter->step, "receipt");
	assert_null(next(&errands, 0));

	assert_true(errands_receipted(&errands, letter->id));
	letter = next(&errands, 0);
	assert_non_null(letter);
	assert_string_equal(letter->step, "approved");
	assert_int_equal(errands.ended, 0);
	assert_true(errands_receipted(&errands, letter->id));
	assert_int_equal(errands.count, 0);
	assert_int_equal(errands.ended, 1);
	assert_null(next(&errands, 0));
}

static void test_a_receipt_that_is_not_awaited_changes_nothing(void **state)
{
	struct scene *scene = *state;
	struct errands errands = { 0 };
	char receipt[UUID_SIZE], approved[UUID_SIZE];

	uuid_derive(receipt, ONE, PARTY, "receipt");
	uuid_derive(approved, ONE, PARTY, "approved");
	add(scene, &errands, ONE);
	assert_false(errands_receipted(&errands, ONE));
	assert_false(errands_receipted(&errands, approved));
	assert_true(errands_receipted(&errands, receipt));
	assert_false(errands_receipted(&errands, receipt)); /* said twice */
	assert_string_equal(next(&errands, 0)->step, "approved");
	errands_clear(&errands);
}

static void test_deliveries_do_not_wait_for_each_other(void **state)
{
	struct scene *scene = *state;
	struct errands errands = { 0 };
	const struct letter *first, *second;

	add(scene, &errands, ONE);
	add(scene, &errands, TWO);
	first = next(&errands, 0);
	second = next(&errands, 0);
	assert_non_null(first);
	assert_non_null(second);
	assert_string_not_equal(first->id, second->id);
	assert_null(next(&errands, 0));
	assert_int_equal(errands.count, 2);
	errands_clear(&errands);
	assert_int_equal(errands.count, 0);
	assert_int_equal(errands.ended, 0); /* forgotten, not ended */
}

static void test_a_delivery_that_comes_again_begins_anew(void **state)
{
	struct scene *scene = *state;
	struct errands errands = { 0 };
	char receipt[UUID_SIZE];

	uuid_derive(receipt, ONE, PARTY, "receipt");
	add(scene, &errands, ONE);
	assert_true(errands_receipted(&errands, receipt));
	add(scene, &errands, ONE);
	assert_int_equal(errands.count, 1);
	assert_int_equal(errands.ended, 1);
	assert_string_equal(next(&errands, 0)->id, receipt);
	errands_clear(&errands);
}

/* ---- again ------------------------------------------------------------------------------ */

static void test_silence_repeats_the_same_bytes_ever_more_rarely(void **state)
{
	/* at least the patience, and at most a quarter more */
	static const int64_t waits[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
	struct scene *scene = *state;
	struct errands errands = { 0 };
	char first[DIGEST_TEXT_SIZE], again[DIGEST_TEXT_SIZE];
	uint64_t now = 5000;

	add(scene, &errands, ONE);
	assert_int_equal(errands_wait(&errands, now, 7000), 0);
	digest_of_letter(first, next(&errands, now));
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		int64_t wait = errands_wait(&errands, now, INT64_MAX);
		const struct letter *letter;

		assert_in_range(wait, waits[i], waits[i] + waits[i] / 4);
		assert_int_equal(errands_wait(&errands, now, 10), 10);
		assert_null(next(&errands, now + (uint64_t)wait - 1));
		now += (uint64_t)wait;
		letter = next(&errands, now);
		assert_non_null(letter);
		digest_of_letter(again, letter);
		assert_string_equal(first, again);
	}
	errands_clear(&errands);
}

static void test_what_was_not_taken_is_said_again_when_told_to(void **state)
{
	struct scene *scene = *state;
	struct errands errands = { 0 };
	const struct letter *letter;
	char digest[DIGEST_TEXT_SIZE];
	int64_t wait;

	add(scene, &errands, ONE);
	letter = next(&errands, 0);
	assert_false(errands_postponed(&errands, "no such digest", 0, 100));
	digest_of_letter(digest, letter);
	assert_true(errands_postponed(&errands, digest, 50, 100));
	wait = errands_wait(&errands, 50, 1000);
	assert_in_range(wait, 100, 125);
	assert_null(next(&errands, 149));
	assert_string_equal(next(&errands, 50 + (uint64_t)wait)->id, letter->id);

	assert_true(errands_postponed(&errands, digest, 50, INT64_MAX));
	assert_in_range(errands_wait(&errands, 50, INT64_MAX), 60000, 75000);
	errands_clear(&errands);
}

static void test_a_refused_or_expired_answer_ends_its_errand_alone(void **state)
{
	struct scene *scene = *state;
	struct errands errands = { 0 };
	char receipt[UUID_SIZE];

	uuid_derive(receipt, ONE, PARTY, "receipt");
	add(scene, &errands, TWO);
	add(scene, &errands, ONE);
	assert_true(errands_refused(&errands, receipt));
	assert_false(errands_refused(&errands, receipt));
	assert_int_equal(errands.count, 1);
	assert_int_equal(errands.ended, 1);

	assert_null(errands_next(&errands, 0, PATIENCE, EXPIRES));
	assert_int_equal(errands.count, 0);
	assert_int_equal(errands.ended, 2);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(test_the_next_answer_waits_for_the_receipt_of_the_last),
		SCENE(test_a_receipt_that_is_not_awaited_changes_nothing),
		SCENE(test_deliveries_do_not_wait_for_each_other),
		SCENE(test_a_delivery_that_comes_again_begins_anew),
		SCENE(test_silence_repeats_the_same_bytes_ever_more_rarely),
		SCENE(test_what_was_not_taken_is_said_again_when_told_to),
		SCENE(test_a_refused_or_expired_answer_ends_its_errand_alone),
	};

	return cmocka_run_group_tests(tests, scene_begin, scene_end);
}
