/* Crash points kill; so each test looks at a child. */
#include "core/crash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/text.h"
#include "scratch.h"

/* Passes `first` and then `second` so often; how it ended: the signal, or minus the exit code. */
static int end_of_child(const char *at, const char *log, enum crash_point first, int times,
			enum crash_point second)
{
	pid_t child = fork();
	int status;

	assert_int_not_equal(child, -1);
	if (child == 0) {
		if (at != NULL)
			setenv("NSW_CRASH_AT", at, 1);
		if (log != NULL)
			setenv("NSW_CRASH_LOG", log, 1);
		crash_setup();
		for (int i = 0; i < times; i++)
			crash_point(first);
		crash_point(second);
		_exit(crash_armed ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void test_in_ordinary_life_nothing_happens(void **state)
{
	(void)state;
	assert_false(crash_armed);
	assert_int_equal(end_of_child(NULL, NULL, CRASH_AFTER_COMMIT, 3, CRASH_CHECKPOINT), 0);
}

static void test_each_point_has_a_name_of_its_own_and_kills_by_it(void **state)
{
	(void)state;
	for (int point = 0; point < CRASH_POINTS; point++) {
		const char *name = crash_point_name((enum crash_point)point);

		assert_non_null(name);
		for (int other = 0; other < point; other++)
			assert_string_not_equal(name, crash_point_name((enum crash_point)other));
		assert_int_equal(end_of_child(name, NULL, (enum crash_point)point, 1,
					      (enum crash_point)point),
				 SIGKILL);
	}
	assert_null(crash_point_name(CRASH_POINTS));
	assert_null(crash_point_name((enum crash_point) - 1));
}

static void test_the_passage_that_kills_is_the_one_named(void **state)
{
	static const struct {
		const char *at;
		int times; /* past after-commit */
		int end;
	} rows[] = {
		{ "after-commit", 0, -1 },	  { "after-commit", 1, SIGKILL },
		{ "after-commit:3", 2, -1 },	  { "after-commit:3", 3, SIGKILL },
		{ "after-commit:3", 4, SIGKILL }, { "after-commit:0", 4, -1 },
		{ "checkpoint", 0, SIGKILL },	  { "after-commi", 4, 0 },
		{ "after-commit-2", 4, 0 },	  { "", 4, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int end = end_of_child(rows[i].at, NULL, CRASH_AFTER_COMMIT, rows[i].times,
				       CRASH_CHECKPOINT);

		if (end != rows[i].end)
			fail_msg("row %zu ended with %d", i, end);
	}
}

static void test_the_log_names_each_point_once(void **state)
{
	struct scratch *scratch = scratch_new();
	const char *log = scratch_path(scratch, "log");
	struct text text = TEXT_EMPTY;

	(void)state;
	end_of_child(NULL, log, CRASH_AFTER_COMMIT, 3, CRASH_CHECKPOINT);
	end_of_child("before-commit", log, CRASH_RECEIPT_SENT, 2, CRASH_BEFORE_COMMIT);
	assert_true(text_read_file(&text, log, 1000, NULL));
	assert_string_equal(text.bytes, "after-commit\ncheckpoint\nreceipt-sent\nbefore-commit\n");
	text_free(&text);
	scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_ordinary_life_nothing_happens),
		cmocka_unit_test(test_each_point_has_a_name_of_its_own_and_kills_by_it),
		cmocka_unit_test(test_the_passage_that_kills_is_the_one_named),
		cmocka_unit_test(test_the_log_names_each_point_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
