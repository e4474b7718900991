#include "adapters/execute.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"

#define PATIENCE 30000 /* ms: longer than anything here takes, on a busy machine too */
#define LARGE	 (8 * 1024 * 1024)

static const char *const environment[] = { "PATH=/usr/bin:/bin", "WORD=two words", NULL };

struct outcome {
	bool done;
	struct text output;
	char said[EXECUTE_SAID + 1];
	struct failure why;
};

static struct outcome ran(const char *line, const void *input, size_t length, int64_t within,
			  int stop)
{
	const struct command command = { line, environment, input, length, within, stop };
	struct outcome outcome = { .output = TEXT_EMPTY };

	outcome.done = execute(&outcome.output, outcome.said, &command, &outcome.why);
	return outcome;
}

static struct outcome of(const char *line)
{
	return ran(line, "", 0, PATIENCE, -1);
}

/* No child of ours is there any more, neither alive nor to be reaped. */
static void check_no_child(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* ---- how it may go ---------------------------------------------------------------------- */

static void test_what_a_command_writes_is_taken_and_how_it_ends_is_told(void **state)
{
	static const struct {
		const char *line, *output, *code, *text;
	} rows[] = {
		{ "echo yes", "yes\n", NULL, NULL },
		{ "true", "", NULL, NULL },
		{ "echo \"$WORD\" \"$HOME\"", "two words \n", NULL, NULL },
		{ "echo yes; echo a word >&2", "yes\n", NULL, NULL },
		{ "exec >&-; exit 0", "", NULL, NULL },
		{ "echo half; exit 3", NULL, "ADP-021", "status 3" },
		{ "echo no such agency >&2; exit 1", NULL, "ADP-021", "it said: no such agency" },
		{ "echo one >&2; echo two >&2; exit 1", NULL, "ADP-021", "it said: one|two" },
		{ "no-such-command-here", NULL, "ADP-021", "status 127" },
		{ "kill -9 $$", NULL, "ADP-021", "SIGKILL" },
		{ "kill -SEGV $$", NULL, "ADP-021", "SIGSEGV" },
		{ "head -c 65536 /dev/zero", NULL, NULL, NULL },
		{ "head -c 65537 /dev/zero", NULL, "ADP-022", "more than 65536 bytes" },
		{ "cat /dev/zero", NULL, "ADP-022", "more than 65536 bytes" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct outcome outcome = of(rows[i].line);

		if (outcome.done != (rows[i].code == NULL))
			fail_msg("%s: %s", rows[i].line, outcome.done ? "done" : outcome.why.text);
		if (rows[i].output != NULL)
			assert_string_equal(outcome.output.bytes ?: "", rows[i].output);
		if (rows[i].code != NULL &&
		    (strcmp(outcome.why.code, rows[i].code) != 0 || outcome.why.verdict != DEFER ||
		     strstr(outcome.why.text, rows[i].text) == NULL))
			fail_msg("%s: %s: %s", rows[i].line, outcome.why.code, outcome.why.text);
		text_free(&outcome.output);
		check_no_child();
	}
}

static void test_the_end_of_a_long_complaint_is_kept(void **state)
{
	struct outcome outcome = of("seq 100000 >&2; echo the reason >&2; exit 1");

	(void)state;
	assert_false(outcome.done);
	assert_non_null(strstr(outcome.why.text, "100000|the reason"));
	assert_true(strlen(outcome.said) <= EXECUTE_SAID);
}

/* ---- both ways at once ------------------------------------------------------------------ */

static void test_a_large_input_is_fed_whatever_the_command_does_first(void **state)
{
	static const struct {
		const char *line, *output;
	} rows[] = {
		{ "wc -c", "8388608\n" },
		{ "head -c 3", "xxx" },		 /* reads no further */
		{ "exec <&-; echo no", "no\n" }, /* nor at all */
		{ "true", "" },
		/* fills both of its pipes before it reads */
		{ "seq 20000 >&2; head -c 60000 /dev/zero | tr '\\0' y; wc -c", NULL },
	};
	char *input = must_alloc(LARGE);

	(void)state;
	memset(input, 'x', LARGE);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct outcome outcome = ran(rows[i].line, input, LARGE, PATIENCE, -1);

		if (!outcome.done)
			fail_msg("%s: %s", rows[i].line, outcome.why.text);
		if (rows[i].output != NULL)
			assert_string_equal(outcome.output.bytes ?: "", rows[i].output);
		else
			assert_string_equal(outcome.output.bytes + 60000, "8388608\n");
		text_free(&outcome.output);
	}
	free(input);
	check_no_child();
}

/* ---- nothing is left of it ---------------------------------------------------------------- */

/* The process whose number the text begins with ends; it is no child of ours. */
static void check_ends(const char *number)
{
	int process = pidfd_open((pid_t)atoi(number), 0);
	struct pollfd end = { process, POLLIN, 0 };

	if (process < 0)
		return; /* it has */
	assert_int_equal(poll(&end, 1, PATIENCE), 1);
	close(process);
}

static void test_what_a_command_leaves_behind_is_killed_and_not_waited_for(void **state)
{
	uint64_t begun = monotonic_ms();
	struct outcome outcome = of("sleep 300 & echo $!");

	(void)state;
	assert_true(outcome.done);
	check_ends(outcome.output.bytes);
	assert_true(monotonic_ms() - begun < PATIENCE);
	text_free(&outcome.output);
	check_no_child();
}

static void test_a_command_that_is_late_is_killed_with_all_that_it_started(void **state)
{
	static const char *const lines[] = {
		"echo 0; sleep 300",
		"sleep 300 & echo $!; sleep 300",
		"sh -c 'trap \"\" TERM INT HUP; sleep 300 & echo $!; wait'",
		"exec >&- 2>&-; sleep 300",
		"yes >&2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		uint64_t begun = monotonic_ms();
		struct outcome outcome = ran(lines[i], "", 0, 200, -1);

		assert_false(outcome.done);
		assert_int_equal(outcome.why.verdict, DEFER);
		assert_string_equal(outcome.why.code, "ADP-020");
		assert_non_null(strstr(outcome.why.text, "within 0.2 s"));
		assert_true(monotonic_ms() - begun < PATIENCE);
		if (outcome.output.length > 2)
			check_ends(outcome.output.bytes);
		text_free(&outcome.output);
		check_no_child();
	}
}

static void test_who_is_told_to_stop_does_not_wait(void **state)
{
	int stop = eventfd(1, EFD_CLOEXEC);
	struct outcome outcome = ran("sleep 300", "", 0, PATIENCE, stop);

	(void)state;
	assert_false(outcome.done);
	assert_string_equal(outcome.why.code, "ADP-020");
	assert_non_null(strstr(outcome.why.text, "stopped"));
	close(stop);
	check_no_child();
}

static int open_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

static void test_a_command_has_three_streams_and_no_other_descriptor(void **state)
{
	int leaky = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
	struct outcome outcome = of("ls /proc/self/fd");

	(void)state;
	assert_true(outcome.done);
	assert_string_equal(outcome.output.bytes, "0\n1\n2\n3\n"); /* the fourth is that of ls */
	text_free(&outcome.output);
	close(leaky);
}

static void test_no_descriptor_is_left_with_us(void **state)
{
	static const char *const lines[] = { "true", "exit 1", "cat /dev/zero", "kill -9 $$" };
	int before = open_descriptors();

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct outcome outcome = of(lines[i]);

		text_free(&outcome.output);
		assert_int_equal(open_descriptors(), before);
	}
}

static void test_a_command_stands_in_a_group_of_its_own(void **state)
{
	struct outcome outcome = of("cut -d ' ' -f 1,5 /proc/$$/stat");
	int process, group;

	(void)state;
	assert_true(outcome.done);
	assert_int_equal(sscanf(outcome.output.bytes, "%d %d", &process, &group), 2);
	assert_int_equal(process, group);
	assert_int_not_equal(group, getpgrp());
	text_free(&outcome.output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_command_writes_is_taken_and_how_it_ends_is_told),
		cmocka_unit_test(test_the_end_of_a_long_complaint_is_kept),
		cmocka_unit_test(test_a_large_input_is_fed_whatever_the_command_does_first),
		cmocka_unit_test(test_what_a_command_leaves_behind_is_killed_and_not_waited_for),
		cmocka_unit_test(test_a_command_that_is_late_is_killed_with_all_that_it_started),
		cmocka_unit_test(test_who_is_told_to_stop_does_not_wait),
		cmocka_unit_test(test_a_command_has_three_streams_and_no_other_descriptor),
		cmocka_unit_test(test_no_descriptor_is_left_with_us),
		cmocka_unit_test(test_a_command_stands_in_a_group_of_its_own),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
