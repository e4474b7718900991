/* ${...} is replaced by what its giver knows, and by nothing else. */
#include "cli/scenario/fill.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *value_of(void *context, const char *name, struct failure *why)
{
	(void)context;
	if (strcmp(name, "run") == 0)
		return "ci-7";
	if (strcmp(name, "d1.number") == 0)
		return "3000";
	if (strcmp(name, "") == 0)
		return "nothing";
	reject(why, "SCN-003", "%s", name);
	return NULL;
}

static void test_names_in_braces_are_replaced_where_they_stand(void **state)
{
	static const struct {
		const char *text, *filled;
	} rows[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "${run}", "ci-7" },
		{ "VN-${run}-${d1.number}.", "VN-ci-7-3000." },
		{ "${run}${run}", "ci-7ci-7" },
		{ "$run $ {run} $$", "$run $ {run} $$" },
		{ "${}", "nothing" },
		{ "$${run}}", "$ci-7}" },
	};
	struct arena *arena = arena_new();
	struct failure why;
	const char *filled;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(fill(&filled, arena, rows[i].text, value_of, NULL, &why));
		assert_string_equal(filled, rows[i].filled);
	}
	arena_free(arena);
}

static void test_an_unknown_name_or_a_missing_brace_is_told(void **state)
{
	struct arena *arena = arena_new();
	struct failure why;
	const char *filled;

	(void)state;
	assert_false(fill(&filled, arena, "a ${ruin} b", value_of, NULL, &why));
	assert_string_equal(why.code, "SCN-003");
	assert_string_equal(why.text, "ruin");
	assert_false(fill(&filled, arena, "${run} ${run", value_of, NULL, &why));
	assert_string_equal(why.code, "SCN-001");
	arena_free(arena);
}

static void test_a_dot_parts_alias_and_what_is_asked_of_it(void **state)
{
	struct arena *arena = arena_new();
	const char *alias, *what;

	(void)state;
	assert_true(fill_split(arena, "d1.number", &alias, &what));
	assert_string_equal(alias, "d1");
	assert_string_equal(what, "number");
	assert_false(fill_split(arena, "run", &alias, &what));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_in_braces_are_replaced_where_they_stand),
		cmocka_unit_test(test_an_unknown_name_or_a_missing_brace_is_told),
		cmocka_unit_test(test_a_dot_parts_alias_and_what_is_asked_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
