#include "cli/output.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- which form ----------------------------------------------------------------------- */

static void test_the_form_follows_terminal_and_option(void **state)
{
	static const struct {
		const char *why;
		struct output_world world;
		enum output_form form;
		bool colour, glyphs;
	} cases[] = {
		{ "a terminal",
		  { .data_tty = true, .utf8 = true, .term = "xterm" },
		  OUTPUT_TABLE,
		  true,
		  true },
		{ "a pipe", { .utf8 = true, .term = "xterm" }, OUTPUT_TSV, false, false },
		{ "--json on a terminal",
		  { .json = true, .data_tty = true, .utf8 = true, .term = "xterm" },
		  OUTPUT_JSON,
		  false,
		  false },
		{ "--json in a pipe", { .json = true }, OUTPUT_JSON, false, false },
		{ "NO_COLOR",
		  { .data_tty = true, .no_color_variable = "1", .term = "xterm" },
		  OUTPUT_TABLE,
		  false,
		  false },
		{ "an empty NO_COLOR says nothing",
		  { .data_tty = true, .no_color_variable = "", .term = "xterm" },
		  OUTPUT_TABLE,
		  true,
		  false },
		{ "--no-color",
		  { .data_tty = true, .no_color = true, .term = "xterm" },
		  OUTPUT_TABLE,
		  false,
		  false },
		{ "a dumb terminal",
		  { .data_tty = true, .utf8 = true, .term = "dumb" },
		  OUTPUT_TABLE,
		  false,
		  true },
		{ "no TERM", { .data_tty = true }, OUTPUT_TABLE, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct output_style style = output_style(&cases[i].world);

		if (style.form != cases[i].form || style.colour != cases[i].colour ||
		    style.glyphs != cases[i].glyphs)
			fail_msg("%s: form %d colour %d glyphs %d", cases[i].why, style.form,
				 style.colour, style.glyphs);
	}
}

static void test_progress_is_for_a_terminal_that_can_rewrite_a_line(void **state)
{
	struct output_world world = { .talk_tty = true, .term = "xterm" };

	(void)state;
	assert_true(output_style(&world).live);
	world.term = "dumb";
	assert_false(output_style(&world).live);
	world = (struct output_world){ .data_tty = true, .term = "xterm" };
	assert_false(output_style(&world).live);
}

/* ---- what comes out --------------------------------------------------------------------- */

struct heard {
	char *data, *talk;
	size_t data_length, talk_length;
	FILE *data_file, *talk_file;
	struct output *output;
};

static void listen(struct heard *heard, struct output_style style)
{
	heard->data_file = open_memstream(&heard->data, &heard->data_length);
	heard->talk_file = open_memstream(&heard->talk, &heard->talk_length);
	heard->output = output_new(style, heard->data_file, heard->talk_file);
}

static void hear(struct heard *heard)
{
	fflush(heard->data_file);
	fflush(heard->talk_file);
}

static void end(struct heard *heard)
{
	output_free(heard->output);
	fclose(heard->data_file);
	fclose(heard->talk_file);
	free(heard->data);
	free(heard->talk);
}

static const struct column columns[] = { { .name = "id" },
					 { .name = "in_flight", .right = true },
					 { .name = "state", .word = true } };

static struct row *a_row(const char *id, int64_t in_flight, const char *word)
{
	struct row *row = row_new("party");

	row_put(row, "id", id);
	row_put_number(row, "in_flight", in_flight);
	row_put(row, "state", word);
	row_put(row, "extra", "not a column");
	return row;
}

static void show_two(struct output *output, bool growing)
{
	struct table *table = table_begin(output, columns, 3, growing);

	table_add(table, a_row("MARD", 7, "CLEARED"));
	table_add(table, a_row("9900000016", 12345678901, NULL));
	table_end(table);
}

static void test_the_same_rows_are_a_table_tsv_or_json(void **state)
{
	static const struct {
		struct output_style style;
		const char *shown;
	} cases[] = {
		{ { .form = OUTPUT_TABLE },
		  "ID            IN FLIGHT  STATE\n"
		  "MARD                  7  CLEARED\n"
		  "9900000016  12345678901  -\n" },
		{ { .form = OUTPUT_TABLE, .colour = true },
		  "ID            IN FLIGHT  STATE\n"
		  "MARD                  7  \033[32mCLEARED\033[0m\n"
		  "9900000016  12345678901  -\n" },
		{ { .form = OUTPUT_TSV },
		  "id\tin_flight\tstate\n"
		  "MARD\t7\tCLEARED\n"
		  "9900000016\t12345678901\t-\n" },
		{ { .form = OUTPUT_JSON },
		  "{\"v\":1,\"type\":\"party\",\"id\":\"MARD\",\"in_flight\":7,"
		  "\"state\":\"CLEARED\",\"extra\":\"not a column\"}\n"
		  "{\"v\":1,\"type\":\"party\",\"id\":\"9900000016\",\"in_flight\":12345678901,"
		  "\"state\":null,\"extra\":\"not a column\"}\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct heard heard;

		listen(&heard, cases[i].style);
		show_two(heard.output, false);
		hear(&heard);
		assert_string_equal(heard.data, cases[i].shown);
		assert_int_equal(heard.talk_length, 0);
		end(&heard);
	}
}

static void test_a_growing_table_shows_each_row_at_once(void **state)
{
	struct heard heard;
	struct table *table;

	(void)state;
	listen(&heard, (struct output_style){ .form = OUTPUT_TABLE });
	table = table_begin(heard.output, columns, 3, true);
	assert_string_equal(heard.data, "ID  IN FLIGHT  STATE\n");
	table_add(table, a_row("MARD", 7, "CLEARED"));
	assert_string_equal(heard.data, "ID  IN FLIGHT  STATE\nMARD          7  CLEARED\n");
	table_end(table);
	end(&heard);
}

static void test_an_empty_table_is_silent_and_empty_tsv_has_its_header(void **state)
{
	struct heard heard;

	(void)state;
	listen(&heard, (struct output_style){ .form = OUTPUT_TABLE });
	table_end(table_begin(heard.output, columns, 3, false));
	hear(&heard);
	assert_int_equal(heard.data_length, 0);
	end(&heard);
	listen(&heard, (struct output_style){ .form = OUTPUT_TSV });
	table_end(table_begin(heard.output, columns, 3, false));
	hear(&heard);
	assert_string_equal(heard.data, "id\tin_flight\tstate\n");
	end(&heard);
}

static void test_a_strangers_bytes_never_reach_the_terminal(void **state)
{
	static const struct {
		const char *given, *shown;
		int width;
	} cases[] = {
		{ "plain", "plain", 5 },
		{ "Bộ Nông nghiệp", "Bộ Nông nghiệp", 14 },
		{ "Bo\xCC\xA3\xCC\x82", "Bo\xCC\xA3\xCC\x82",
		  2 }, /* decomposed: marks take no room */
		{ "a\tb\nc", "a\\tb\\nc", 7 },
		{ "red\033[31m", "red\\x1b[31m", 11 },
		{ "\r", "\\x0d", 4 },
		{ "\xC2\x9B"
		  "31m",
		  "\\x9b31m", 7 }, /* the one-byte form of ESC [ */
		{ "\xE2\x80\xAE"
		  "cba",
		  "\\u202ecba", 9 }, /* right to left from here */
		{ "\xff", "\\xff", 4 },
		{ "\x7f", "\\x7f", 4 },
		{ "", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text text = TEXT_EMPTY;

		cell_add(&text, cases[i].given);
		assert_string_equal(text.bytes, cases[i].shown);
		assert_int_equal(cell_width(text.bytes), cases[i].width);
		text_free(&text);
	}
}

static void test_an_empty_cell_is_a_dash_so_that_columns_can_be_counted(void **state)
{
	struct heard heard;
	struct table *table;

	(void)state;
	listen(&heard, (struct output_style){ .form = OUTPUT_TSV });
	table = table_begin(heard.output, columns, 3, false);
	table_add(table, a_row("", 0, ""));
	table_end(table);
	hear(&heard);
	assert_string_equal(heard.data, "id\tin_flight\tstate\n-\t0\t-\n");
	end(&heard);
}

static void test_a_failure_is_told_on_stderr_and_as_a_row(void **state)
{
	struct failure why;
	struct heard heard;

	(void)state;
	reject(&why, "XML-001", "not well-formed:\nmore");
	failure_at(&why, "a.xml:3");
	listen(&heard, (struct output_style){ .form = OUTPUT_TSV });
	assert_int_equal(output_failure(heard.output, &why, "close the tag"), EXIT_INVALID);
	hear(&heard);
	assert_string_equal(heard.talk, "nsw: a.xml:3: XML-001: not well-formed:\\nmore\n"
					"  hint: close the tag\n");
	assert_int_equal(heard.data_length, 0);
	end(&heard);

	listen(&heard, (struct output_style){ .form = OUTPUT_JSON });
	output_quiet(heard.output); /* failures are told all the same */
	output_failure(heard.output, &why, NULL);
	hear(&heard);
	assert_string_equal(heard.talk, "nsw: a.xml:3: XML-001: not well-formed:\\nmore\n");
	assert_string_equal(heard.data,
			    "{\"v\":1,\"type\":\"error\",\"exit\":3,\"code\":\"XML-001\","
			    "\"verdict\":\"REJECT\",\"place\":\"a.xml:3\","
			    "\"text\":\"not well-formed:\\nmore\",\"hint\":null}\n");
	end(&heard);
}

static void test_quiet_silences_talk_and_json_silences_text(void **state)
{
	struct heard heard;

	(void)state;
	listen(&heard, (struct output_style){ .form = OUTPUT_JSON });
	output_print(heard.output, "for people\n");
	output_say(heard.output, "told");
	output_quiet(heard.output);
	output_say(heard.output, "not told");
	hear(&heard);
	assert_int_equal(heard.data_length, 0);
	assert_string_equal(heard.talk, "told\n");
	end(&heard);
}

static void test_progress_is_wiped_before_anything_else_is_said(void **state)
{
	struct heard heard;

	(void)state;
	listen(&heard, (struct output_style){ .form = OUTPUT_TABLE, .live = true });
	output_progress(heard.output, "10%%");
	output_progress(heard.output, "20%%");
	output_say(heard.output, "done");
	hear(&heard);
	assert_string_equal(heard.talk, "10%\r\033[K20%\r\033[Kdone\n");
	end(&heard);
	listen(&heard, (struct output_style){ .form = OUTPUT_TABLE });
	output_progress(heard.output, "10%%");
	hear(&heard);
	assert_int_equal(heard.talk_length, 0);
	end(&heard);
}

static void test_a_full_disk_is_a_failure(void **state)
{
	FILE *full = fopen("/dev/full", "w"), *null = fopen("/dev/null", "w");
	struct output *output = output_new((struct output_style){ .form = OUTPUT_TSV }, full, null);

	(void)state;
	assert_non_null(full);
	output_print(output, "data\n");
	assert_false(output_flush(output));
	assert_false(output_closed(output));
	output_free(output);
	(void)fclose(full);
	(void)fclose(null);
}

/* Somebody reads, and leaves. */
static struct output *output_into_a_pipe(FILE **data, FILE **null, int *reader)
{
	int ends[2];

	signal(SIGPIPE, SIG_IGN); /* as main() does */
	assert_int_equal(pipe(ends), 0);
	*reader = ends[0];
	*data = fdopen(ends[1], "w");
	*null = fopen("/dev/null", "w");
	return output_new((struct output_style){ .form = OUTPUT_TSV }, *data, *null);
}

static void test_a_reader_that_left_is_no_failure(void **state)
{
	(void)state;
	for (int asked = 0; asked < 2; asked++) {
		FILE *data, *null;
		int reader;
		struct output *output = output_into_a_pipe(&data, &null, &reader);

		assert_false(output_closed(output));
		close(reader);
		if (asked) /* it is seen before anything is written */
			assert_true(output_closed(output));
		output_print(output, "data\n");
		assert_true(output_flush(output));
		assert_true(output_closed(output));
		output_free(output);
		(void)fclose(data);
		(void)fclose(null);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_form_follows_terminal_and_option),
		cmocka_unit_test(test_progress_is_for_a_terminal_that_can_rewrite_a_line),
		cmocka_unit_test(test_the_same_rows_are_a_table_tsv_or_json),
		cmocka_unit_test(test_a_growing_table_shows_each_row_at_once),
		cmocka_unit_test(test_an_empty_table_is_silent_and_empty_tsv_has_its_header),
		cmocka_unit_test(test_a_strangers_bytes_never_reach_the_terminal),
		cmocka_unit_test(test_an_empty_cell_is_a_dash_so_that_columns_can_be_counted),
		cmocka_unit_test(test_a_failure_is_told_on_stderr_and_as_a_row),
		cmocka_unit_test(test_quiet_silences_talk_and_json_silences_text),
		cmocka_unit_test(test_progress_is_wiped_before_anything_else_is_said),
		cmocka_unit_test(test_a_full_disk_is_a_failure),
		cmocka_unit_test(test_a_reader_that_left_is_no_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
