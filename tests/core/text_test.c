#include "core/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* ---- a string that grows -------------------------------------------------------------- */

static void test_a_text_grows_and_stays_terminated(void **state)
{
	struct text text = TEXT_EMPTY;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		text_printf(&text, "%d,", i % 10);
		assert_int_equal(text.bytes[text.length], '\0');
	}
	assert_int_equal(text.length, 2000);
	assert_int_equal(strlen(text.bytes), 2000);
	text_clear(&text);
	assert_string_equal(text.bytes, "");
	text_add(&text, "again");
	assert_string_equal(text.bytes, "again");
	text_free(&text);
	assert_null(text.bytes);
}

static void test_what_is_taken_is_yours_and_the_text_is_empty(void **state)
{
	struct text text = TEXT_EMPTY;
	char *nothing = text_take(&text), *something;

	(void)state;
	assert_string_equal(nothing, "");
	text_add(&text, "a receipt");
	something = text_take(&text);
	assert_string_equal(something, "a receipt");
	assert_null(text.bytes);
	assert_int_equal(text.length, 0);
	free(nothing);
	free(something);
}

static void test_bytes_may_hold_anything_and_be_none(void **state)
{
	struct text text = TEXT_EMPTY;

	(void)state;
	text_add_bytes(&text, NULL, 0);
	assert_string_equal(text.bytes, "");
	text_add_bytes(&text, "a\0b", 3);
	assert_int_equal(text.length, 3);
	assert_memory_equal(text.bytes, "a\0b", 4);
	text_free(&text);
}

static void test_xml_is_escaped_and_never_spoilt(void **state)
{
	static const struct {
		const char *raw, *escaped;
	} rows[] = {
		{ "", "" },
		{ "Cửa khẩu Hữu Nghị", "Cửa khẩu Hữu Nghị" },
		{ "a<b>&\"c\"", "a&lt;b&gt;&amp;&quot;c&quot;" },
		{ "one\r\ntwo\tthree", "one&#13;\ntwo\tthree" },
		{ "bell\x07 escape\x1b", "bell\xEF\xBF\xBD escape\xEF\xBF\xBD" },
		{ "latin \xE9t\xE9", "latin \xEF\xBF\xBDt\xEF\xBF\xBD" },
		{ "half \xE1\xBB", "half \xEF\xBF\xBD\xEF\xBF\xBD" },
		{ "]]>", "]]&gt;" },
		{ "\xF0\x9F\x9A\xA2", "\xF0\x9F\x9A\xA2" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text text = TEXT_EMPTY;

		text_add_xml(&text, rows[i].raw);
		assert_string_equal(text.bytes, rows[i].escaped);
		text_free(&text);
	}
}

static void test_characters_are_those_that_xml_may_hold(void **state)
{
	static const struct {
		const char *bytes;
		size_t length, step;
	} rows[] = {
		{ "", 0, 0 },
		{ "A", 1, 1 },
		{ "\t", 1, 1 },
		{ "\0", 1, 0 },
		{ "\x1F", 1, 0 },
		{ "\x7F", 1, 1 },
		{ "\x80", 1, 0 },
		{ "\xC3\xA9", 2, 2 },
		{ "\xC3", 1, 0 },
		{ "\xC3\x29", 2, 0 },
		{ "\xC0\xAF", 2, 0 },		  /* overlong '/' */
		{ "\xC1\xBF", 2, 0 },		  /* overlong */
		{ "\xE0\x80\xAF", 3, 0 },	  /* overlong */
		{ "\xF0\x80\x80\xAF", 4, 0 },	  /* overlong */
		{ "\xED\x9F\xBF", 3, 3 },	  /* U+D7FF */
		{ "\xED\xA0\x80", 3, 0 },	  /* a surrogate */
		{ "\xED\xBF\xBF", 3, 0 },	  /* the last of them */
		{ "\xEE\x80\x80", 3, 3 },	  /* U+E000 */
		{ "\xEF\xBF\xBD", 3, 3 },	  /* U+FFFD */
		{ "\xEF\xBF\xBE", 3, 0 },	  /* U+FFFE */
		{ "\xF0\x90\x80\x80", 4, 4 },	  /* U+10000 */
		{ "\xF4\x8F\xBF\xBF", 4, 4 },	  /* U+10FFFF */
		{ "\xF4\x90\x80\x80", 4, 0 },	  /* beyond */
		{ "\xF8\x88\x80\x80\x80", 5, 0 }, /* five bytes */
		{ "\xFF", 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(utf8_step((const unsigned char *)rows[i].bytes, rows[i].length),
				 rows[i].step);
}

/* ---- files ---------------------------------------------------------------------------- */

static int make_folder(void **state)
{
	const char *base = getenv("TMPDIR");
	struct text folder = TEXT_EMPTY;

	text_printf(&folder, "%s/text_test.XXXXXX", base != NULL ? base : "/tmp");
	*state = mkdtemp(folder.bytes);
	return *state != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
	int status = rmdir(*state); /* fails when a test, or file_write(), left something */

	free(*state);
	return status;
}

static char *path_in(const char *folder, const char *name)
{
	struct text path = TEXT_EMPTY;

	text_printf(&path, "%s/%s", folder, name);
	return path.bytes;
}

static void test_a_file_reads_back_as_it_was_written(void **state)
{
	char *path = path_in(*state, "receipt.xml");
	struct text read = TEXT_EMPTY;
	struct failure why;
	struct stat status;
	mode_t mask = umask(077);

	text_add(&read, "before:");
	assert_true(file_write(path, "old", 3, 0600, &why));
	assert_true(file_write(path, "new\0er", 6, 0644, &why));
	assert_true(text_read_file(&read, path, 6, &why));
	assert_int_equal(read.length, 13);
	assert_memory_equal(read.bytes, "before:new\0er", 14);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0644);
	umask(mask);
	unlink(path);
	text_free(&read);
	free(path);
}

static void test_an_empty_file_is_an_empty_text(void **state)
{
	char *path = path_in(*state, "empty");
	struct text read = TEXT_EMPTY;
	struct failure why;

	assert_true(file_write(path, NULL, 0, 0600, &why));
	assert_true(text_read_file(&read, path, 0, &why));
	assert_string_equal(read.bytes, "");
	unlink(path);
	text_free(&read);
	free(path);
}

static void test_a_large_file_is_read_whole(void **state)
{
	char *path = path_in(*state, "large");
	size_t size = 300001;
	char *content = must_alloc(size);
	struct text read = TEXT_EMPTY;
	struct failure why;

	for (size_t i = 0; i < size; i++)
		content[i] = (char)(i * 31 % 251);
	assert_true(file_write(path, content, size, 0600, &why));
	assert_true(text_read_file(&read, path, size, &why));
	assert_int_equal(read.length, size);
	assert_memory_equal(read.bytes, content, size);
	unlink(path);
	text_free(&read);
	free(content);
	free(path);
}

static void test_reading_refuses_by_name(void **state)
{
	char *path = path_in(*state, "seven"), *missing = path_in(*state, "missing");
	struct text read = TEXT_EMPTY;
	struct failure why;

	assert_true(file_write(path, "1234567", 7, 0600, &why));
	text_add(&read, "kept");

	assert_false(text_read_file(&read, path, 6, &why));
	assert_string_equal(why.code, "IO-002");
	assert_int_equal(why.verdict, REJECT);
	assert_string_equal(why.place, path);
	assert_string_equal(read.bytes, "kept");

	assert_false(text_read_file(&read, missing, 6, &why));
	assert_string_equal(why.code, "IO-001");
	assert_string_equal(why.place, missing);

	assert_false(text_read_file(&read, *state, 6, &why)); /* a folder */
	assert_string_equal(why.code, "IO-001");
	assert_string_equal(read.bytes, "kept");

	unlink(path);
	text_free(&read);
	free(path);
	free(missing);
}

static void test_a_dash_is_standard_input(void **state)
{
	struct text read = TEXT_EMPTY;
	int ends[2], saved = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "typed", 5), 5);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	assert_true(text_read_file(&read, "-", 100, NULL));
	dup2(saved, STDIN_FILENO);
	close(saved);
	assert_string_equal(read.bytes, "typed");
	text_free(&read);
}

static bool is_empty(const char *folder)
{
	DIR *entries = opendir(folder);
	int count = 0;

	assert_non_null(entries);
	while (readdir(entries) != NULL)
		count++;
	closedir(entries);
	return count == 2; /* itself and its parent */
}

static void test_a_write_that_fails_leaves_the_old_file_and_nothing_else(void **state)
{
	char *inside = path_in(*state, "no-such-folder/receipt.xml");
	char *folder = path_in(*state, "occupied");
	struct failure why;

	assert_false(file_write(inside, "x", 1, 0600, &why));
	assert_string_equal(why.code, "IO-003");
	assert_int_equal(why.verdict, FAULT);
	assert_string_equal(why.place, inside);

	/* The rename is refused at the very end: a folder has the name. */
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_false(file_write(folder, "x", 1, 0600, &why));
	assert_string_equal(why.code, "IO-003");
	assert_int_equal(rmdir(folder), 0);
	assert_true(is_empty(*state));
	free(inside);
	free(folder);
}

/* ---- spellings ------------------------------------------------------------------------ */

static void test_hex_is_exact(void **state)
{
	struct arena *arena = arena_new();
	unsigned char bytes[3];

	(void)state;
	assert_string_equal(hex_text(arena, "\x00\xab\xff", 3), "00abff");
	assert_string_equal(hex_text(arena, "", 0), "");
	assert_true(hex_parse("00AbfF", bytes, 3));
	assert_memory_equal(bytes, "\x00\xab\xff", 3);
	assert_false(hex_parse("00abf", bytes, 3));
	assert_false(hex_parse("00abff0", bytes, 3));
	assert_false(hex_parse("00abfg", bytes, 3));
	assert_false(hex_parse("", bytes, 3));
	arena_free(arena);
}

static void test_base64_is_strict_both_ways(void **state)
{
	static const struct {
		const char *text, *bytes; /* NULL: refused */
	} rows[] = {
		{ "", "" },
		{ "Zg==", "f" },
		{ "Zm8=", "fo" },
		{ "Zm9v", "foo" },
		{ "Zm9vYg==", "foob" },
		{ "Zm9vYmE=", "fooba" },
		{ "Zm9vYmFy", "foobar" },
		{ " Zm9v\r\n\tYmFy\n", "foobar" },
		{ "Z g = =", "f" },
		{ "+/+/", "\xfb\xff\xbf" },
		{ "Zg", NULL },
		{ "Zg=", NULL },
		{ "Zg===", NULL },
		{ "Zh==", NULL }, /* unused bits set: a second spelling of "f" */
		{ "Zm9=", NULL },
		{ "=", NULL },
		{ "====", NULL },
		{ "Z===", NULL },
		{ "Zg==Zg==", NULL },
		{ "Zg==x", NULL },
		{ "Zm9v-_", NULL },
		{ "Zm\xC3\xA9v", NULL },
		{ "Zm9v\vYmFy", NULL },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t length = 999;
		unsigned char *bytes = base64_parse(arena, rows[i].text, &length);

		if (rows[i].bytes == NULL) {
			assert_null(bytes);
			continue;
		}
		assert_non_null(bytes);
		assert_int_equal(length, strlen(rows[i].bytes));
		assert_memory_equal(bytes, rows[i].bytes, length);
		if (strpbrk(rows[i].text, " \n") == NULL)
			assert_string_equal(base64_text(arena, bytes, length), rows[i].text);
	}
	arena_free(arena);
}

static void test_base64_of_every_length_reads_back(void **state)
{
	struct arena *arena = arena_new();
	unsigned char bytes[100];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)(i * 37 + 11);
	for (size_t length = 0; length <= sizeof bytes; length++) {
		size_t got;
		unsigned char *back = base64_parse(arena, base64_text(arena, bytes, length), &got);

		assert_non_null(back);
		assert_int_equal(got, length);
		assert_memory_equal(back, bytes, length);
	}
	arena_free(arena);
}

/* ---- names and draws ------------------------------------------------------------------ */

static void test_uuids_have_one_spelling(void **state)
{
	char id[UUID_SIZE];

	(void)state;
	assert_true(uuid_valid("3f2504e0-4f89-41d3-9a0c-0305e82c3301"));
	assert_false(uuid_valid("3F2504E0-4F89-41D3-9A0C-0305E82C3301"));
	assert_false(uuid_valid("3f2504e0-4f89-41d3-9a0c-0305e82c330"));
	assert_false(uuid_valid("3f2504e0-4f89-41d3-9a0c-0305e82c33011"));
	assert_false(uuid_valid("3f2504e04f89-41d3-9a0c-0305e82c3301-"));
	assert_false(uuid_valid("{3f2504e0-4f89-41d3-9a0c-0305e82c3301"));
	assert_false(uuid_valid(""));
	for (int i = 0; i < 100; i++) {
		uuid_random(id);
		assert_true(uuid_valid(id));
		assert_int_equal(id[14], '4');
	}
}

static void test_derived_ids_are_the_same_for_ever(void **state)
{
	static const char *const others[][3] = {
		{ "cause2", "MARD", "decision" }, { "cause", "MoF", "decision" },
		{ "cause", "MARD", "receipt" },	  { "causeM", "ARD", "decision" },
		{ "cause", "MARDd", "ecision" },  { "", "causeMARD", "decision" },
	};
	char id[UUID_SIZE], other[UUID_SIZE];

	(void)state;
	uuid_derive(id, "cause", "MARD", "decision");
	/* Written down once: stored answers carry ids made like this. */
	assert_string_equal(id, "a3eb345e-ecd4-500d-af64-bb2fb5701b7e");
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		uuid_derive(other, others[i][0], others[i][1], others[i][2]);
		assert_true(uuid_valid(other));
		assert_string_not_equal(id, other);
	}
}

static void test_a_draw_depends_on_its_keys_alone(void **state)
{
	int low = 0;

	(void)state;
	assert_true(keyed_draw("1", "MARD", "inspect", NULL) ==
		    keyed_draw("1", "MARD", "inspect", NULL));
	assert_false(keyed_draw("1", "MARD", "inspect", NULL) ==
		     keyed_draw("2", "MARD", "inspect", NULL));
	assert_false(keyed_draw("1", "MA", "RD", NULL) == keyed_draw("1", "MAR", "D", NULL));
	assert_false(keyed_draw("1", NULL) == keyed_draw("1", "", NULL));
	for (int i = 0; i < 2000; i++) {
		char key[12];
		double draw;

		snprintf(key, sizeof key, "%d", i);
		draw = keyed_draw("seed", key, NULL);
		assert_true(draw >= 0 && draw < 1);
		low += draw < 0.25;
	}
	assert_in_range(low, 420, 580); /* a fixed outcome: five sigma would be 403 to 597 */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text_grows_and_stays_terminated),
		cmocka_unit_test(test_what_is_taken_is_yours_and_the_text_is_empty),
		cmocka_unit_test(test_bytes_may_hold_anything_and_be_none),
		cmocka_unit_test(test_xml_is_escaped_and_never_spoilt),
		cmocka_unit_test(test_characters_are_those_that_xml_may_hold),
		cmocka_unit_test(test_a_file_reads_back_as_it_was_written),
		cmocka_unit_test(test_an_empty_file_is_an_empty_text),
		cmocka_unit_test(test_a_large_file_is_read_whole),
		cmocka_unit_test(test_reading_refuses_by_name),
		cmocka_unit_test(test_a_dash_is_standard_input),
		cmocka_unit_test(test_a_write_that_fails_leaves_the_old_file_and_nothing_else),
		cmocka_unit_test(test_hex_is_exact),
		cmocka_unit_test(test_base64_is_strict_both_ways),
		cmocka_unit_test(test_base64_of_every_length_reads_back),
		cmocka_unit_test(test_uuids_have_one_spelling),
		cmocka_unit_test(test_derived_ids_are_the_same_for_ever),
		cmocka_unit_test(test_a_draw_depends_on_its_keys_alone),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
