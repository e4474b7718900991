#include "cli/scenario/schedule.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/interrupt.h"

/* ---- scenarios of two steps that do one thing each ------------------------------------------- */

enum deed {
	PASS,
	FAIL,
	NO_GATEWAY,
	CRASH,
	LEAVE,	      /* ends before it tells */
	STUMBLE,      /* tells, and ends badly */
	AWAIT_NEXT,   /* until the next one has run */
	RELEASE_LAST, /* the one that waits */
	INTERRUPT,    /* tells its parent to end, and ends when told */
	INTERRUPT_STUBBORNLY,
};

struct stage {
	const enum deed *deeds;
	int gate[2]; /* what RELEASE_LAST writes, AWAIT_NEXT reads */
};

static void describe(void *context, size_t scenario, struct arena *arena,
		     struct scenario_result *out)
{
	(void)context;
	out->name = arena_printf(arena, "scenario-%zu", scenario + 1);
	out->file = "tests/stories.xml";
	out->steps = arena_alloc(arena, 2 * sizeof *out->steps);
	out->count = 2;
	out->steps[0].name = "first";
	out->steps[0].line = 3;
	out->steps[1].name = "second";
	out->steps[1].line = 9;
}

static void outcomes(struct scenario_result *result, enum outcome first, enum outcome second)
{
	result->steps[0].outcome = first;
	result->steps[1].outcome = second;
}

static void stumble(void)
{
	_exit(9);
}

static void wait_until_told(void)
{
	while (interrupts() == 0)
		poll(NULL, 0, 10);
}

static void stay_until_killed(void)
{
	signal(SIGTERM, SIG_IGN);
	kill(getppid(), SIGTERM);
	kill(getppid(), SIGINT);
	for (;;)
		pause();
}

static void interrupt_parent(struct scenario_result *result)
{
	kill(getppid(), SIGTERM);
	wait_until_told();
	outcomes(result, STEP_PASSED, STEP_SKIPPED);
	result->trouble = EXIT_INTERRUPTED;
}

static void perform(void *context, size_t scenario, struct scenario_result *result)
{
	struct stage *stage = context;
	char byte = 0;

	outcomes(result, STEP_PASSED, STEP_PASSED);
	switch (stage->deeds[scenario]) {
	case PASS:
		break;
	case FAIL:
		outcomes(result, STEP_FAILED, STEP_SKIPPED);
		break;
	case NO_GATEWAY:
		outcomes(result, STEP_ERRORED, STEP_SKIPPED);
		result->trouble = EXIT_UNREACHABLE;
		break;
	case CRASH:
		signal(SIGABRT, SIG_DFL);
		raise(SIGKILL);
		break;
	case LEAVE:
		_exit(0);
	case STUMBLE:
		atexit(stumble);
		break;
	case AWAIT_NEXT:
		if (read(stage->gate[0], &byte, 1) != 1)
			abort();
		break;
	case RELEASE_LAST:
		if (write(stage->gate[1], &byte, 1) != 1)
			abort();
		break;
	case INTERRUPT:
		interrupt_parent(result);
		break;
	case INTERRUPT_STUBBORNLY:
		stay_until_killed();
		break;
	}
}

/* ---- running them --------------------------------------------------------------------------- */

static char told[65536];
static enum exit_code code;

static const char *run(struct schedule schedule, const enum deed *deeds)
{
	struct stage stage = { .deeds = deeds };
	FILE *file = tmpfile();
	struct output *output = output_new((struct output_style){ 0 }, file, file);
	struct failure why;
	size_t length;

	assert_int_equal(pipe(stage.gate), 0);
	schedule.describe = describe;
	schedule.perform = perform;
	schedule.context = &stage;
	assert_true(schedule_run(&schedule, output, &code, &why));
	output_free(output);
	close(stage.gate[0]);
	close(stage.gate[1]);

	rewind(file);
	length = fread(told, 1, sizeof told - 1, file);
	told[length] = '\0';
	fclose(file);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
	return told;
}

/* The lines of text without their times, as "PASS scenario-1 / first". */
static void assert_told(const char *const *lines, size_t count)
{
	char *at = told;

	for (size_t i = 0; i < count; i++) {
		if (strncmp(at, lines[i], strlen(lines[i])) != 0)
			fail_msg("line %zu is not '%s' in\n%s", i + 1, lines[i], told);
		at = strchr(at, '\n') + 1;
	}
	assert_string_equal(at, "");
}
#define ASSERT_TOLD(...)                                                                           \
	assert_told((const char *const[]){ __VA_ARGS__ },                                          \
		    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void test_results_are_told_in_the_order_of_the_files(void **state)
{
	static const enum deed deeds[] = { AWAIT_NEXT, FAIL, RELEASE_LAST };

	(void)state;
	run((struct schedule){ .count = 3, .jobs = 2 }, deeds);
	ASSERT_TOLD("PASS  scenario-1 / first", "PASS  scenario-1 / second",
		    "FAIL  scenario-2 / first", "  tests/stories.xml:3  -",
		    "SKIP  scenario-2 / second", "PASS  scenario-3 / first",
		    "PASS  scenario-3 / second", "4 passed, 1 failed, 1 skipped");
	assert_int_equal(code, EXIT_UNMET);
}

static void test_one_at_a_time_is_the_same(void **state)
{
	static const enum deed deeds[] = { PASS, FAIL };

	(void)state;
	run((struct schedule){ .count = 2 }, deeds);
	ASSERT_TOLD("PASS  scenario-1 / first", "PASS  scenario-1 / second",
		    "FAIL  scenario-2 / first", "  tests/stories.xml:3  -",
		    "SKIP  scenario-2 / second", "2 passed, 1 failed, 1 skipped");
}

static void test_each_repetition_is_counted(void **state)
{
	static const enum deed deeds[] = { PASS };

	(void)state;
	run((struct schedule){ .count = 1, .jobs = 2, .repeat = 3 }, deeds);
	ASSERT_TOLD("PASS  scenario-1 (1 of 3) / first", "PASS  scenario-1 (1 of 3) / second",
		    "PASS  scenario-1 (2 of 3) / first", "PASS  scenario-1 (2 of 3) / second",
		    "PASS  scenario-1 (3 of 3) / first", "PASS  scenario-1 (3 of 3) / second",
		    "6 passed, 0 failed, 0 skipped");
	assert_int_equal(code, EXIT_DONE);
}

static void test_after_the_first_failure_nothing_more_is_started(void **state)
{
	static const enum deed deeds[] = { PASS, FAIL, CRASH, CRASH };

	(void)state;
	run((struct schedule){ .count = 4, .fail_fast = true }, deeds);
	ASSERT_TOLD("PASS  scenario-1 / first", "PASS  scenario-1 / second",
		    "FAIL  scenario-2 / first", "  tests/stories.xml:3  -",
		    "SKIP  scenario-2 / second", "SKIP  scenario-3 / first",
		    "SKIP  scenario-3 / second", "SKIP  scenario-4 / first",
		    "SKIP  scenario-4 / second", "2 passed, 1 failed, 5 skipped");
	assert_non_null(strstr(told, "not run: 'scenario-2' did not pass (--fail-fast)"));
	assert_int_equal(code, EXIT_UNMET);
}

static void test_whoever_dies_takes_nobody_along(void **state)
{
	static const struct {
		enum deed deed;
		const char *place;
	} cases[] = {
		{ CRASH, "the process that ran it was ended by signal 9 (Killed)" },
		{ LEAVE, "the process that ran it ended without a result" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const enum deed deeds[] = { cases[i].deed, PASS };

		run((struct schedule){ .count = 2 }, deeds);
		ASSERT_TOLD("ERROR scenario-1 / first", "  tests/stories.xml:3  ",
			    "SKIP  scenario-1 / second", "PASS  scenario-2 / first",
			    "PASS  scenario-2 / second",
			    "2 passed, 0 failed, 1 skipped, 1 errored");
		assert_non_null(strstr(told, cases[i].place));
		assert_int_equal(code, EXIT_INTERNAL);
	}
}

static void test_a_bad_end_after_the_last_step_is_no_success(void **state)
{
	static const enum deed deeds[] = { STUMBLE };

	(void)state;
	run((struct schedule){ .count = 1 }, deeds);
	ASSERT_TOLD("nsw: scenario-1: after its last step its process ended with status 9",
		    "PASS  scenario-1 / first", "PASS  scenario-1 / second",
		    "2 passed, 0 failed, 0 skipped");
	assert_int_equal(code, EXIT_INTERNAL);
}

static void test_the_worst_trouble_is_the_exit(void **state)
{
	static const enum deed deeds[] = { NO_GATEWAY, FAIL, PASS };

	(void)state;
	run((struct schedule){ .count = 3, .jobs = 2 }, deeds);
	assert_int_equal(code, EXIT_UNREACHABLE);
}

static void test_nothing_to_do_is_done(void **state)
{
	(void)state;
	run((struct schedule){ .count = 0 }, NULL);
	ASSERT_TOLD("0 passed, 0 failed, 0 skipped");
	assert_int_equal(code, EXIT_DONE);
}

static void test_where_no_report_can_be_written_nothing_is_run(void **state)
{
	struct schedule schedule = { .describe = NULL, .count = 1, .junit = "Makefile/junit.xml" };
	struct output *output = output_new((struct output_style){ 0 }, stdout, stderr);
	struct failure why;

	(void)state;
	assert_false(schedule_run(&schedule, output, &code, &why));
	assert_string_equal(why.code, "CLI-006");
	output_free(output);
}

static void test_names_are_wanted(void **state)
{
	static const struct {
		const char *filter;
		bool wanted;
	} cases[] = {
		{ NULL, true },	     { "", true },	     { "scenario-1", true },
		{ "nario", true },   { "NARIO", true },	     { "secon", true },
		{ "third", false },  { "scen*", true },	     { "s*d", true },
		{ "nario*", false }, { "scenario-?", true }, { "scenario-[2-9]", false },
	};
	struct arena *arena = arena_new();
	struct scenario_result result = { 0 };

	(void)state;
	describe(NULL, 0, arena, &result);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (schedule_wants(cases[i].filter, &result) != cases[i].wanted)
			fail_msg("%s", cases[i].filter);
	arena_free(arena);
}

/* ---- interrupts: last, as they are counted for the whole process ------------------------------ */

static void test_an_interrupt_ends_and_is_told(void **state)
{
	static const enum deed deeds[] = { PASS, INTERRUPT, PASS };

	(void)state;
	run((struct schedule){ .count = 3 }, deeds);
	ASSERT_TOLD("PASS  scenario-1 / first", "PASS  scenario-1 / second",
		    "PASS  scenario-2 / first", "SKIP  scenario-2 / second",
		    "SKIP  scenario-3 / first", "SKIP  scenario-3 / second",
		    "3 passed, 0 failed, 3 skipped");
	assert_non_null(strstr(told, "not run: interrupted"));
	assert_int_equal(code, EXIT_INTERRUPTED);
}

static void test_a_second_interrupt_kills(void **state)
{
	static const enum deed deeds[] = { INTERRUPT_STUBBORNLY, PASS };

	(void)state;
	run((struct schedule){ .count = 2 }, deeds);
	ASSERT_TOLD("SKIP  scenario-1 / first", "SKIP  scenario-1 / second",
		    "SKIP  scenario-2 / first", "SKIP  scenario-2 / second",
		    "0 passed, 0 failed, 4 skipped");
	assert_int_equal(code, EXIT_INTERRUPTED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results_are_told_in_the_order_of_the_files),
		cmocka_unit_test(test_one_at_a_time_is_the_same),
		cmocka_unit_test(test_each_repetition_is_counted),
		cmocka_unit_test(test_after_the_first_failure_nothing_more_is_started),
		cmocka_unit_test(test_whoever_dies_takes_nobody_along),
		cmocka_unit_test(test_a_bad_end_after_the_last_step_is_no_success),
		cmocka_unit_test(test_the_worst_trouble_is_the_exit),
		cmocka_unit_test(test_nothing_to_do_is_done),
		cmocka_unit_test(test_where_no_report_can_be_written_nothing_is_run),
		cmocka_unit_test(test_names_are_wanted),
		cmocka_unit_test(test_an_interrupt_ends_and_is_told),
		cmocka_unit_test(test_a_second_interrupt_kills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
