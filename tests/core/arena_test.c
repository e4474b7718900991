#include "core/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_memory_is_zeroed_and_aligned_for_anything(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 16, 17, 4000, 5000, 8191, 8192, 100000, 1 };
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		unsigned char *thing = arena_alloc(arena, sizes[i]);

		assert_int_equal((uintptr_t)thing % alignof(max_align_t), 0);
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(thing[at], 0);
		memset(thing, 0xff, sizes[i]); /* what comes next must not see it */
	}
	arena_free(arena);
}

static void test_allocations_do_not_overlap(void **state)
{
	enum { COUNT = 3000 };
	struct arena *arena = arena_new();
	unsigned char *things[COUNT];

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		things[i] = arena_alloc(arena, 1 + i % 50);
		memset(things[i], (int)(i % 251), 1 + i % 50);
	}
	for (size_t i = 0; i < COUNT; i++)
		for (size_t at = 0; at < 1 + i % 50; at++)
			assert_int_equal(things[i][at], i % 251);
	arena_free(arena);
}

static void test_copies_are_ended_and_independent(void **state)
{
	struct arena *arena = arena_new();
	char original[] = "a\0b";
	char *copy = arena_copy(arena, original, 3);

	(void)state;
	original[0] = 'x';
	assert_memory_equal(copy, "a\0b\0", 4);
	assert_string_equal(arena_copy(arena, NULL, 0), "");
	assert_string_equal(arena_string(arena, "tờ khai"), "tờ khai");
	assert_null(arena_string(arena, NULL));
	arena_free(arena);
}

static void test_printed_strings_have_any_length(void **state)
{
	struct arena *arena = arena_new();
	char *string;

	(void)state;
	assert_string_equal(arena_printf(arena, "%s-%03d", "SIG", 2), "SIG-002");
	assert_string_equal(arena_printf(arena, "%s", ""), "");
	string = arena_printf(arena, "%*d", 20000, 7);
	assert_int_equal(strlen(string), 20000);
	assert_int_equal(string[19999], '7');
	arena_free(arena);
}

static char released[8];

static void release(void *thing)
{
	strcat(released, thing);
}

static void test_what_was_registered_is_released_last_first(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	released[0] = '\0';
	/* In the arena itself: they must still be there when they are released. */
	arena_on_free(arena, release, arena_string(arena, "a"));
	arena_on_free(arena, release, arena_string(arena, "b"));
	arena_on_free(arena, release, arena_string(arena, "c"));
	assert_string_equal(released, "");
	arena_free(arena);
	assert_string_equal(released, "cba");
}

static void test_the_size_covers_what_is_held(void **state)
{
	struct arena *arena = arena_new();
	size_t before = arena_size(arena);

	(void)state;
	arena_alloc(arena, 100);
	assert_true(arena_size(arena) >= before + 100);
	before = arena_size(arena);
	arena_alloc(arena, 1000000);
	assert_true(arena_size(arena) >= before + 1000000);
	assert_true(arena_size(arena) < before + 1100000);
	arena_free(arena);
}

static void test_freeing_no_arena_is_fine(void **state)
{
	(void)state;
	arena_free(NULL);
}

static void test_memory_beyond_arenas_is_had_or_the_process_ends(void **state)
{
	char *thing = must_alloc(3), *none = must_alloc(0), *string = must_string("permit");

	(void)state;
	assert_memory_equal(thing, "\0\0\0", 3);
	memcpy(thing, "abc", 3);
	thing = must_realloc(thing, 10000);
	assert_memory_equal(thing, "abc", 3);
	assert_non_null(none);
	assert_string_equal(string, "permit");
	free(thing);
	free(none);
	free(string);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_is_zeroed_and_aligned_for_anything),
		cmocka_unit_test(test_allocations_do_not_overlap),
		cmocka_unit_test(test_copies_are_ended_and_independent),
		cmocka_unit_test(test_printed_strings_have_any_length),
		cmocka_unit_test(test_what_was_registered_is_released_last_first),
		cmocka_unit_test(test_the_size_covers_what_is_held),
		cmocka_unit_test(test_freeing_no_arena_is_fine),
		cmocka_unit_test(test_memory_beyond_arenas_is_had_or_the_process_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
