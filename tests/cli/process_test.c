#include "cli/process.h"

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

#include "core/arena.h"
#include "core/text.h"

static char folder[] = "/tmp/nsw-process.XXXXXX";
static struct arena *arena;

static const char *in_folder(const char *name)
{
	return arena_printf(arena, "%s/%s", folder, name);
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const files[] = { "log", "pid", "script" };

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlink(in_folder(files[i]));
	arena_free(arena);
	return rmdir(folder);
}

static struct process start(const char *const argv[], bool detached)
{
	struct process process;
	struct failure why;

	if (!process_start(&process, argv, NULL, in_folder("log"), detached, &why))
		fail_msg("%s", why.text);
	return process;
}

static void write_file(const char *name, const char *bytes)
{
	struct failure why;

	assert_true(file_write(in_folder(name), bytes, strlen(bytes), 0700, &why));
}

static const char *log_text(void)
{
	struct text text = TEXT_EMPTY;
	struct failure why;
	const char *copy;

	assert_true(text_read_file(&text, in_folder("log"), 65536, &why));
	text_add(&text, "");
	copy = arena_string(arena, text.bytes);
	text_free(&text);
	unlink(in_folder("log"));
	return copy;
}

static void test_a_program_says_what_it_says_into_its_log(void **state)
{
	const char *const argv[] = { "/bin/sh", "-c", "echo out; echo err >&2; read x || exit 3",
				     NULL };
	struct process process = start(argv, false);
	int status;

	(void)state;
	assert_true(process_ended(&process, 10000, &status)); /* stdin is empty */
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_string_equal(log_text(), "out\nerr\n");
}

static void test_settings_of_the_environment_are_not_inherited(void **state)
{
	const char *const argv[] = { "/bin/sh", "-c",
				     "echo \"$NSW_KINDS|$NSW_RETRY_FIRST|$NSW_OTHER\"", NULL };
	struct process process;

	(void)state;
	setenv("NSW_KINDS", "k", 1);
	setenv("NSW_RETRY_FIRST", "1s", 1);
	setenv("NSW_OTHER", "stays", 1);
	process = start(argv, false);
	assert_true(process_ended(&process, 10000, NULL));
	assert_string_equal(log_text(), "||stays\n");
	unsetenv("NSW_KINDS");
	unsetenv("NSW_RETRY_FIRST");
	unsetenv("NSW_OTHER");
}

static void test_a_program_that_cannot_be_run_ends_with_its_reason(void **state)
{
	const char *const argv[] = { "/no/such/program", NULL };
	struct process process = start(argv, false);
	struct failure why;
	int status;

	(void)state;
	assert_true(process_ended(&process, 10000, &status));
	assert_int_equal(WEXITSTATUS(status), 127);
	assert_string_equal(log_text(), "/no/such/program: No such file or directory\n");

	assert_false(process_run((const char *const[]){ "/bin/false", NULL }, &why));
	assert_string_equal(why.code, "CLI-014");
	assert_string_equal(why.place, "/bin/false");
	assert_true(process_run((const char *const[]){ "/bin/true", NULL }, &why));
}

static void test_a_process_is_asked_to_end_and_then_made_to(void **state)
{
	const char *const argv[] = { "/bin/sleep", "60", NULL };
	struct process process = start(argv, false);

	(void)state;
	assert_false(process_ended(&process, 0, NULL));
	assert_true(process_stop(&process, 10000));
	assert_int_equal(process.pid, 0);
	assert_true(process_stop(&process, 0)); /* nothing there: nothing to do */

	process = start(argv, true);
	kill(process.pid, SIGSTOP); /* a stopped one does not hear that it should end */
	assert_int_equal(waitpid(process.pid, NULL, WUNTRACED), process.pid);
	assert_false(process_stop(&process, 50));
	assert_int_equal(process.pid, 0);
	unlink(in_folder("log"));
}

static void test_only_our_own_program_is_found_by_its_pid_file(void **state)
{
	const char *script = in_folder("script");
	const char *const argv[] = { script, "--settings", in_folder("x"), NULL };
	struct process process, found;

	(void)state;
	write_file("script", "#!/bin/sh\necho ready; exec 3<>/dev/null; sleep 60 & wait\n");
	process = start(argv, true);
	write_file("pid", arena_printf(arena, "%d\n", (int)process.pid));
	/* Between fork and exec it still is this very program. */
	while (!process_find(&found, in_folder("pid"), "script", folder))
		assert_false(process_ended(&process, 1, NULL));
	assert_int_equal(found.pid, process.pid);
	close(found.descriptor);
	assert_false(process_find(&found, in_folder("pid"), "other", folder));
	assert_false(process_find(&found, in_folder("pid"), "script", "/tmp/nsw-proces"));
	kill(-process.pid, SIGKILL); /* its sleep as well */
	assert_true(process_ended(&process, 10000, NULL));
	assert_false(process_find(&found, in_folder("pid"), "script", folder));

	write_file("pid", "1\n"); /* somebody else */
	assert_false(process_find(&found, in_folder("pid"), "script", folder));
	write_file("pid", "nonsense\n");
	assert_false(process_find(&found, in_folder("pid"), "script", folder));
	assert_false(process_find(&found, in_folder("absent"), "script", folder));
	unlink(in_folder("log"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_program_says_what_it_says_into_its_log),
		cmocka_unit_test(test_settings_of_the_environment_are_not_inherited),
		cmocka_unit_test(test_a_program_that_cannot_be_run_ends_with_its_reason),
		cmocka_unit_test(test_a_process_is_asked_to_end_and_then_made_to),
		cmocka_unit_test(test_only_our_own_program_is_found_by_its_pid_file),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
