#include "cli/exits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void test_of_several_exits_the_worst_decides(void **state)
{
	/* Worst first. */
	static const enum exit_code order[] = { 130, 70, 2, 7, 4, 5, 3, 6, 1, 0 };
	const size_t count = sizeof order / sizeof *order;

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = i; j < count; j++) {
			assert_int_equal(exit_worse(order[i], order[j]), order[i]);
			assert_int_equal(exit_worse(order[j], order[i]), order[i]);
		}
}

static void test_every_code_has_a_meaning_and_is_told_once(void **state)
{
	const char *meaning;
	unsigned long long seen[3] = { 0 };
	int code;
	size_t i;

	(void)state;
	for (i = 0; exit_describe(i, &code, &meaning); i++) {
		assert_true(code >= 0 && code < 192 && meaning[0] != '\0');
		assert_false(seen[code / 64] >> code % 64 & 1);
		seen[code / 64] |= 1ULL << code % 64;
	}
	assert_int_equal(i, 10);
}

static void test_a_failure_has_the_exit_that_its_kind_deserves(void **state)
{
	static const struct {
		enum verdict verdict;
		const char *code;
		enum exit_code exit;
	} cases[] = {
		{ REJECT, "XML-001", EXIT_INVALID },
		{ REJECT, "KND-001", EXIT_INVALID },
		{ FAULT, "KND-901", EXIT_INVALID }, /* a broken data file is input, not a bug */
		{ FAULT, "CFG-001", EXIT_INVALID },
		{ FAULT, "KEY-001", EXIT_INVALID },
		{ FAULT, "RUL-902", EXIT_INVALID },
		{ REJECT, "IO-001", EXIT_INVALID },
		{ REJECT, "PLD-001", EXIT_INVALID },
		{ FAULT, "IO-003", EXIT_INTERNAL },
		{ DEFER, "BUS-030", EXIT_UNREACHABLE },
		{ DEFER, "BUS-031", EXIT_UNREACHABLE },
		{ REJECT, "BUS-032", EXIT_UNREACHABLE },
		{ REJECT, "CLI-001", EXIT_USAGE },
		{ REJECT, "CLI-002", EXIT_UNREACHABLE },
		{ DEFER, "CLI-003", EXIT_UNREACHABLE },
		{ DEFER, "CLI-004", EXIT_TIMEOUT },
		{ DEFER, "CLI-005", EXIT_UNREACHABLE },
		{ REJECT, "CLI-012", EXIT_BROKEN },
		{ REJECT, "CLI-013", EXIT_INTERRUPTED },
		{ REJECT, "CLI-015", EXIT_UNMET },
		{ REJECT, "SIG-002", EXIT_BROKEN }, /* of an answer that should be the gateway's */
		{ FAULT, "SIG-090", EXIT_INTERNAL },
		{ REJECT, "JRN-950", EXIT_BROKEN },
		{ REJECT, "JRN-954", EXIT_INVALID },
		{ FAULT, "JRN-901", EXIT_INVALID }, /* no such journal */
		{ REJECT, "CTL-003", EXIT_INVALID },
		{ DEFER, "ANY-001", EXIT_UNREACHABLE },
		{ FAULT, "ANY-001", EXIT_INTERNAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct failure why = { .verdict = cases[i].verdict };

		snprintf(why.code, sizeof why.code, "%s", cases[i].code);
		if (exit_for(&why) != cases[i].exit)
			fail_msg("%s exits with %d", cases[i].code, exit_for(&why));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_several_exits_the_worst_decides),
		cmocka_unit_test(test_every_code_has_a_meaning_and_is_told_once),
		cmocka_unit_test(test_a_failure_has_the_exit_that_its_kind_deserves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
