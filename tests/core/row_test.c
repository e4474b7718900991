#include "core/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FFFD "\xEF\xBF\xBD"

static void assert_written_as(const struct row *row, const char *line)
{
	struct text text = TEXT_EMPTY;

	row_write(&text, row);
	assert_string_equal(text.bytes, line);
	text_free(&text);
}

static struct row *read_row(const char *line)
{
	struct failure why;
	struct row *row = NULL;

	if (!row_read(&row, line, strlen(line), &why))
		fail_msg("%s: %s", line, why.text);
	return row;
}

static void test_values_are_written_in_the_order_they_were_put(void **state)
{
	struct row *row = row_new("message");

	(void)state;
	row_put(row, "zebra", "first");
	row_put_number(row, "apple", -9007199254740993);
	row_put_flag(row, "middle", true);
	row_put_flag(row, "no", false);
	row_put(row, "nothing", NULL);
	assert_written_as(row, "{\"v\":1,\"type\":\"message\",\"zebra\":\"first\","
			       "\"apple\":-9007199254740993,\"middle\":true,\"no\":false,"
			       "\"nothing\":null}\n");
	row_free(row);
}

static void test_a_value_put_again_keeps_its_place(void **state)
{
	struct row *row = row_new("x");

	(void)state;
	row_put(row, "a", "1");
	row_put(row, "b", "2");
	row_put(row, "a", "3");
	assert_written_as(row, "{\"v\":1,\"type\":\"x\",\"a\":\"3\",\"b\":\"2\"}\n");
	row_free(row);
}

static void test_strange_bytes_never_break_the_line(void **state)
{
	static const struct {
		const char *given, *written;
	} cases[] = {
		{ "", "\"\"" },
		{ "tờ khai", "\"tờ khai\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "one\ntwo\rthree\tfour", "\"one\\ntwo\\rthree\\tfour\"" },
		{ "bell\a", "\"bell\\u0007\"" },
		{ "\xff", "\"" FFFD "\"" },
		{ "a\xc3", "\"a" FFFD "\"" },
		{ "\xc0\xaf", "\"" FFFD FFFD "\"" },	      /* overlong */
		{ "\xed\xa0\x80", "\"" FFFD FFFD FFFD "\"" }, /* surrogate */
		{ "\xff\nx\a", "\"" FFFD "\\nx\\u0007\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct row *row = row_new("x"), *again;
		struct text text = TEXT_EMPTY, expected = TEXT_EMPTY;
		struct failure why;

		row_put(row, "t", cases[i].given);
		row_write(&text, row);
		text_printf(&expected, "{\"v\":1,\"type\":\"x\",\"t\":%s}\n", cases[i].written);
		assert_string_equal(text.bytes, expected.bytes);
		assert_true(row_read(&again, text.bytes, text.length, &why));
		row_free(again);
		row_free(row);
		text_free(&text);
		text_free(&expected);
	}
}

static void test_what_was_written_is_read_again(void **state)
{
	struct row *parts[] = { row_new("task"), row_new("task") }, *row = row_new("message");
	struct text text = TEXT_EMPTY;
	struct row *again;

	(void)state;
	row_put(parts[0], "party", "MARD");
	row_put(parts[1], "party", "MoF");
	row_put_rows(row, "tasks", parts, 2);
	row_put_number(row, "seq", 314);
	row_put_flag(row, "ready", true);
	row_write(&text, row);

	again = read_row(text.bytes);
	assert_written_as(again, text.bytes);
	assert_string_equal(row_type(again), "message");
	assert_int_equal(row_get_rows(again, "tasks"), 2);
	assert_string_equal(row_get(row_get_row(again, "tasks", 1), "party"), "MoF");
	assert_null(row_get_row(again, "tasks", 2));
	assert_true(row_get_flag(again, "ready"));
	row_free(again);
	row_free(row);
	text_free(&text);
}

static void test_a_line_that_is_not_one_object_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		" ",
		"[]",
		"3",
		"\"text\"",
		"null",
		"{",
		"{\"a\":}",
		"{} {}",
		"{}x",
		"{\"a\"}",
		"{'a':1}",
		"{\"a\":1,}",
		"{\"a\":NaN}",
		"{\"a\":1,\"a\":2}",
		"\xff",
		"{\"a\":\"\xff\"}",
		"{\"a\":\"\\u0000\"}",
		"{\"a\":99999999999999999999}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct failure why = { 0 };
		struct row *row = NULL;

		if (row_read(&row, lines[i], strlen(lines[i]), &why))
			fail_msg("was read: %s", lines[i]);
		assert_null(row);
		assert_int_equal(why.verdict, REJECT);
		assert_string_equal(why.code, "CTL-001");
	}
}

static void test_only_the_stated_length_is_read(void **state)
{
	struct failure why;
	struct row *row;

	(void)state;
	assert_true(row_read(&row, "{\"a\":1}{\"b\":2}", 7, &why));
	row_free(row);
	assert_false(row_read(&row, "{\"a\":1}\0", 8, &why));
}

static void test_a_value_of_another_type_counts_as_absent(void **state)
{
	struct row *row = read_row("{\"s\":\"x\",\"n\":5,\"f\":true,\"z\":null,\"l\":[1,{}]}");
	int64_t number = 77;

	(void)state;
	assert_null(row_type(row));
	assert_null(row_get(row, "n"));
	assert_null(row_get(row, "z"));
	assert_null(row_get(row, "absent"));
	assert_false(row_get_number(row, "s", &number));
	assert_int_equal(number, 77);
	assert_true(row_get_number(row, "n", &number));
	assert_int_equal(number, 5);
	assert_false(row_get_flag(row, "n"));
	assert_false(row_get_flag(row, "absent"));
	assert_int_equal(row_get_rows(row, "s"), 0);
	assert_int_equal(row_get_rows(row, "l"), 2);
	assert_null(row_get_row(row, "l", 0)); /* not a row */
	assert_non_null(row_get_row(row, "l", 1));
	row_free(row);
}

static void test_any_scalar_has_a_text(void **state)
{
	static const struct {
		const char *name, *text;
	} cases[] = {
		{ "s", "x" },  { "e", "" },  { "n", "-5" },	{ "r", "1.25" }, { "t", "yes" },
		{ "f", "no" }, { "z", "-" }, { "absent", "-" }, { "l", "-" },
	};
	struct row *row = read_row("{\"s\":\"x\",\"e\":\"\",\"n\":-5,\"r\":1.25,\"t\":true,"
				   "\"f\":false,\"z\":null,\"l\":[]}");
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(row_text(row, cases[i].name, arena), cases[i].text);
	row_free(row);
	arena_free(arena);
}

static void test_freeing_nothing_is_fine(void **state)
{
	(void)state;
	row_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_are_written_in_the_order_they_were_put),
		cmocka_unit_test(test_a_value_put_again_keeps_its_place),
		cmocka_unit_test(test_strange_bytes_never_break_the_line),
		cmocka_unit_test(test_what_was_written_is_read_again),
		cmocka_unit_test(test_a_line_that_is_not_one_object_is_refused),
		cmocka_unit_test(test_only_the_stated_length_is_read),
		cmocka_unit_test(test_a_value_of_another_type_counts_as_absent),
		cmocka_unit_test(test_any_scalar_has_a_text),
		cmocka_unit_test(test_freeing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
