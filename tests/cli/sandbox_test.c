#include "cli/sandbox.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/text.h"

static char folder[] = "/tmp/nsw-sandbox.XXXXXX";
static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	unsetenv("NSW_DATA");
	unsetenv("NSW_PROGRAMS");
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return rmdir(folder);
}

static struct sandbox find(const char *state)
{
	struct sandbox sandbox;
	struct failure why;

	if (!sandbox_find(&sandbox, arena, state, &why))
		fail_msg("%s", why.text);
	return sandbox;
}

static void test_the_state_folder_is_the_first_that_is_named(void **state)
{
	static const struct {
		const char *option, *nsw, *xdg, *home, *found;
	} cases[] = {
		{ "/o", "/n", "/x", "/h", "/o" },
		{ NULL, "/n", "/x", "/h", "/n" },
		{ NULL, NULL, "/x", "/h", "/x/nsw" },
		{ NULL, NULL, NULL, "/h", "/h/.local/state/nsw" },
		{ NULL, "", "", "/h", "/h/.local/state/nsw" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		(cases[i].nsw != NULL ? setenv("NSW_STATE", cases[i].nsw, 1)
				      : unsetenv("NSW_STATE"));
		(cases[i].xdg != NULL ? setenv("XDG_STATE_HOME", cases[i].xdg, 1)
				      : unsetenv("XDG_STATE_HOME"));
		setenv("HOME", cases[i].home, 1);
		assert_string_equal(find(cases[i].option).state, cases[i].found);
	}
	unsetenv("NSW_STATE");
	unsetenv("XDG_STATE_HOME");
}

static void test_nowhere_to_keep_state_is_said(void **state)
{
	struct sandbox sandbox;
	struct failure why;

	(void)state;
	unsetenv("HOME");
	assert_false(sandbox_find(&sandbox, arena, NULL, &why));
	assert_string_equal(why.code, "CLI-006");
	setenv("HOME", folder, 1);
}

static void test_a_relative_state_folder_becomes_absolute(void **state)
{
	char here[PATH_MAX];

	(void)state;
	assert_non_null(getcwd(here, sizeof here));
	assert_string_equal(find("some/where").state, arena_printf(arena, "%s/some/where", here));
}

static void test_data_is_found_in_the_tree_the_program_was_built_in(void **state)
{
	struct sandbox sandbox = find("/s");
	const char *path;
	struct failure why;

	(void)state;
	assert_non_null(sandbox.data);
	assert_true(sandbox_data(&sandbox, arena, "schemas", &path, &why));
	assert_true(path_exists(path));
	assert_false(sandbox_data(&sandbox, arena, "no-such-thing", &path, &why));
	assert_string_equal(why.code, "CLI-010");
	assert_non_null(strstr(why.place, "no-such-thing"));
	assert_false(sandbox_program(&sandbox, arena, "no-such-program", &path, &why));
	assert_string_equal(why.code, "CLI-010");
}

static void test_the_environment_says_where_data_and_programs_are(void **state)
{
	struct sandbox sandbox;

	(void)state;
	setenv("NSW_DATA", "/d", 1);
	setenv("NSW_PROGRAMS", "/p", 1);
	sandbox = find("/s");
	assert_string_equal(sandbox.data, "/d");
	assert_string_equal(sandbox.programs, "/p");
	unsetenv("NSW_DATA");
	unsetenv("NSW_PROGRAMS");
}

static void test_a_state_folder_is_its_owners_alone(void **state)
{
	struct sandbox sandbox = find(arena_printf(arena, "%s/a/b", folder));
	struct failure why;
	struct stat found;

	(void)state;
	assert_true(sandbox_make_state(&sandbox, &why));
	assert_true(sandbox_make_state(&sandbox, &why)); /* once more is fine */
	assert_int_equal(stat(sandbox.state, &found), 0);
	assert_int_equal(found.st_mode & 0777, 0700);
	assert_int_equal(rmdir(sandbox.state), 0);
	assert_int_equal(rmdir(arena_printf(arena, "%s/a", folder)), 0);
}

static void test_a_state_folder_that_cannot_be_made_is_named(void **state)
{
	struct sandbox sandbox = find("/proc/nsw");
	struct failure why;

	(void)state;
	assert_false(sandbox_make_state(&sandbox, &why));
	assert_string_equal(why.code, "CLI-006");
	assert_string_equal(why.place, "/proc/nsw");
}

static void test_a_socket_fits_its_name_however_long_the_state_folder(void **state)
{
	struct sandbox sandbox = find("/s");
	const char *endpoint;
	struct failure why;
	char deep[160];

	(void)state;
	assert_true(sandbox_endpoint(&sandbox, arena, &endpoint, &why));
	assert_string_equal(endpoint, "ipc:///s/bus");

	memset(deep, 'x', sizeof deep - 1);
	deep[0] = '/';
	deep[sizeof deep - 1] = '\0';
	setenv("XDG_RUNTIME_DIR", folder, 1);
	sandbox.state = deep;
	assert_true(sandbox_endpoint(&sandbox, arena, &endpoint, &why));
	assert_true(strlen(endpoint) <= strlen("ipc://") + 107);
	assert_int_equal(strncmp(endpoint + strlen("ipc://"), folder, strlen(folder)), 0);
	sandbox_forget_endpoint(&sandbox, arena); /* tear_down finds the folder empty */

	setenv("XDG_RUNTIME_DIR", deep, 1); /* there is no such folder */
	assert_true(sandbox_endpoint(&sandbox, arena, &endpoint, &why));
	assert_int_equal(strncmp(endpoint, "ipc:///tmp/nsw-", 15), 0);
	sandbox_forget_endpoint(&sandbox, arena);
	unsetenv("XDG_RUNTIME_DIR");
}

static void test_a_socket_is_not_put_where_others_may_write(void **state)
{
	struct sandbox sandbox = find("/s");
	const char *endpoint, *place;
	struct failure why;
	char deep[160];

	(void)state;
	memset(deep, 'y', sizeof deep - 1);
	deep[0] = '/';
	deep[sizeof deep - 1] = '\0';
	setenv("XDG_RUNTIME_DIR", folder, 1);
	sandbox.state = deep;
	assert_true(sandbox_endpoint(&sandbox, arena, &endpoint, &why));
	place = arena_printf(arena, "%.*s", (int)(strlen(endpoint) - strlen("ipc:///bus")),
			     endpoint + strlen("ipc://"));
	assert_int_equal(chmod(place, 0777), 0);
	assert_false(sandbox_endpoint(&sandbox, arena, &endpoint, &why));
	assert_string_equal(why.code, "CLI-006");
	assert_string_equal(why.place, place);
	assert_int_equal(rmdir(place), 0);
	assert_int_equal(mkdir(arena_printf(arena, "%s/own", folder), 0700), 0);
	assert_int_equal(symlink("own", place), 0); /* nor where a link leads */
	assert_false(sandbox_endpoint(&sandbox, arena, &endpoint, &why));
	assert_int_equal(unlink(place), 0);
	assert_int_equal(rmdir(arena_printf(arena, "%s/own", folder)), 0);
	unsetenv("XDG_RUNTIME_DIR");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_state_folder_is_the_first_that_is_named),
		cmocka_unit_test(test_nowhere_to_keep_state_is_said),
		cmocka_unit_test(test_a_relative_state_folder_becomes_absolute),
		cmocka_unit_test(test_data_is_found_in_the_tree_the_program_was_built_in),
		cmocka_unit_test(test_the_environment_says_where_data_and_programs_are),
		cmocka_unit_test(test_a_state_folder_is_its_owners_alone),
		cmocka_unit_test(test_a_state_folder_that_cannot_be_made_is_named),
		cmocka_unit_test(test_a_socket_is_not_put_where_others_may_write),
		cmocka_unit_test(test_a_socket_fits_its_name_however_long_the_state_folder),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
