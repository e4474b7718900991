#include "core/findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_what_is_added_is_copied(void **state)
{
	struct arena *arena = arena_new();
	struct findings findings;
	char text[] = "HS code unknown";

	(void)state;
	findings_start(&findings, arena);
	findings_add(&findings, &(struct finding){ .code = "COD-01",
						   .layer = 'L',
						   .text = text,
						   .hint = "look it up",
						   .hint_vi = "hãy tra cứu",
						   .line = 12 });
	memset(text, 'x', sizeof text - 1);
	assert_string_equal(findings.first->code, "COD-01");
	assert_string_equal(findings.first->text, "HS code unknown");
	assert_string_equal(findings.first->hint, "look it up");
	assert_string_equal(findings.first->hint_vi, "hãy tra cứu");
	assert_null(findings.first->text_vi);
	assert_null(findings.first->pointer);
	assert_int_equal(findings.first->layer, 'L');
	assert_int_equal(findings.first->line, 12);
	assert_null(findings.first->next);
	arena_free(arena);
}

static void test_errors_and_warnings_are_counted_apart_and_kept_in_order(void **state)
{
	static const struct {
		const char *code;
		bool warning;
	} rows[] = { { "TOT-01", false }, { "TOT-02", true }, { "VAL-01", false } };
	struct arena *arena = arena_new();
	struct findings findings;
	size_t i = 0;

	(void)state;
	findings_start(&findings, arena);
	for (; i < 3; i++)
		findings_add(&findings, &(struct finding){ .code = rows[i].code,
							   .text = "",
							   .warning = rows[i].warning });
	assert_int_equal(findings.errors, 2);
	assert_int_equal(findings.warnings, 1);
	i = 0;
	for (struct finding *at = findings.first; at != NULL; at = at->next)
		assert_string_equal(at->code, rows[i++].code);
	assert_int_equal(i, 3);
	arena_free(arena);
}

static void test_beyond_what_is_kept_findings_are_only_counted(void **state)
{
	struct arena *arena = arena_new();
	struct findings findings;
	size_t kept = 0;

	(void)state;
	findings_start(&findings, arena);
	for (int i = 0; i < 3 * FINDINGS_KEPT; i++) {
		assert_int_equal(findings_full(&findings), i >= FINDINGS_KEPT);
		findings_add(&findings, &(struct finding){ .code = "XSD-010", .text = "no" });
	}
	findings_count(&findings, true);
	for (struct finding *at = findings.first; at != NULL; at = at->next)
		kept++;
	assert_int_equal(kept, FINDINGS_KEPT);
	assert_int_equal(findings.errors, 3 * FINDINGS_KEPT);
	assert_int_equal(findings.warnings, 1);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_added_is_copied),
		cmocka_unit_test(test_errors_and_warnings_are_counted_apart_and_kept_in_order),
		cmocka_unit_test(test_beyond_what_is_kept_findings_are_only_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
