#include "cli/scenario/report.h"

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
#include <libxml/parser.h>
#include <libxml/xpath.h>

/* ---- results made by hand ------------------------------------------------------------------- */

static struct step_result flaky_steps[] = {
	{ .name = "permit is granted after two lost requests",
	  .line = 6,
	  .outcome = STEP_PASSED,
	  .ms = 31 },
	{ .name = "health ministry joins later",
	  .line = 16,
	  .outcome = STEP_FAILED,
	  .ms = 4,
	  .failed_line = 19,
	  .expected = "d2 from MoH: ACCEPTED within 2s",
	  .nearest = "d2 from MoH: PAPER_DUE at 0.000s",
	  .why = "finding: HLT-02 the batch is unknown\nfault f-1: drop of the request (1 of 2)",
	  .hint = "at 2015-09-08 MoH is not connected; it joins on 2015-12-01",
	  .more = "nsw test --keep --filter moit-flaky-permit tests/moit-flaky.xml",
	  .trace = "+0.000s  received\n+0.004s  PAPER_DUE" },
	{ .name = "and is asked again",
	  .line = 25,
	  .outcome = STEP_SKIPPED,
	  .why = "not run: 'health ministry joins later' failed" },
};
static struct step_result dead_steps[] = {
	{ .name = "a gateway that dies",
	  .line = 3,
	  .outcome = STEP_ERRORED,
	  .ms = 12034,
	  .why = "CLI-014: the gateway ended with status 70\nits last words: out of disk" },
};

static const struct scenario_result results[] = {
	{ .name = "moit-flaky-permit",
	  .file = "tests/moit-flaky.xml",
	  .date = "2014-02-26",
	  .seed = "42",
	  .iteration = 1,
	  .iterations = 1,
	  .started = 1795444502214,
	  .ms = 35,
	  .start_ms = 20,
	  .steps = flaky_steps,
	  .count = 3 },
	{ .name = "dead",
	  .file = "tests/dead.xml",
	  .date = "2014-02-26",
	  .seed = "1",
	  .iteration = 1,
	  .iterations = 1,
	  .started = 1795444502214,
	  .ms = 12040,
	  .trouble = EXIT_UNREACHABLE,
	  .steps = dead_steps,
	  .count = 1 },
};
#define RESULTS (sizeof results / sizeof *results)

/* ---- what a form makes of them -------------------------------------------------------------- */

static char told[65536];

static const char *tell_in_style(struct output_style style, enum report_form form,
				 const struct scenario_result *given, size_t count)
{
	FILE *file = tmpfile();
	struct output *output = output_new(style, file, stderr);
	struct report *report = report_new(output, form);
	size_t length;

	assert_non_null(file);
	for (size_t i = 0; i < count; i++)
		report_scenario(report, &given[i]);
	report_end(report, given, count, 12075);
	report_free(report);
	output_free(output);
	rewind(file);
	length = fread(told, 1, sizeof told - 1, file);
	told[length] = '\0';
	fclose(file);
	return told;
}

static const char *tell(enum report_form form, const struct scenario_result *given, size_t count)
{
	return tell_in_style((struct output_style){ .form = OUTPUT_TSV }, form, given, count);
}

static const char *tell_rows(const struct scenario_result *given, size_t count)
{
	return tell_in_style((struct output_style){ .form = OUTPUT_JSON }, REPORT_TEXT, given,
			     count);
}

static void test_text_is_as_documented(void **state)
{
	(void)state;
	assert_string_equal(
		tell(REPORT_TEXT, results, RESULTS),
		"PASS  moit-flaky-permit / permit is granted after two lost requests   0.031s\n"
		"FAIL  moit-flaky-permit / health ministry joins later                 0.004s\n"
		"  tests/moit-flaky.xml:19  expected d2 from MoH: ACCEPTED within 2s\n"
		"                           nearest  d2 from MoH: PAPER_DUE at 0.000s\n"
		"  why:  finding: HLT-02 the batch is unknown\n"
		"  why:  fault f-1: drop of the request (1 of 2)\n"
		"  hint: at 2015-09-08 MoH is not connected; it joins on 2015-12-01\n"
		"  more: nsw test --keep --filter moit-flaky-permit tests/moit-flaky.xml\n"
		"SKIP  moit-flaky-permit / and is asked again                          "
		"not run: 'health ministry joins later' failed\n"
		"ERROR dead / a gateway that dies  12.034s\n"
		"  tests/dead.xml:3  CLI-014: the gateway ended with status 70\n"
		"                    its last words: out of disk\n"
		"1 passed, 1 failed, 1 skipped, 1 errored\n");
}

static void test_only_a_terminal_gets_colour(void **state)
{
	struct output_style terminal = { .form = OUTPUT_TABLE, .colour = true };

	(void)state;
	assert_non_null(strstr(tell_in_style(terminal, REPORT_TEXT, results, RESULTS), "\033["));
	assert_null(strchr(tell(REPORT_TEXT, results, RESULTS), '\033'));
	assert_null(strchr(tell(REPORT_TAP, results, RESULTS), '\033'));
	assert_null(strchr(tell_rows(results, RESULTS), '\033'));
}

static void test_repetitions_are_cases_of_their_own(void **state)
{
	struct scenario_result twice[2] = { results[1], results[1] };

	(void)state;
	twice[0].iterations = twice[1].iterations = twice[1].iteration = 2;
	tell(REPORT_TEXT, twice, 2);
	assert_non_null(strstr(told, "ERROR dead (1 of 2) / a gateway that dies"));
	assert_non_null(strstr(told, "ERROR dead (2 of 2) / a gateway that dies"));
	assert_non_null(strstr(told, "0 passed, 0 failed, 0 skipped, 2 errored\n"));
}

static void test_tap_is_as_documented(void **state)
{
	(void)state;
	assert_string_equal(
		tell(REPORT_TAP, results, RESULTS),
		"TAP version 13\n"
		"ok 1 - moit-flaky-permit / permit is granted after two lost requests\n"
		"not ok 2 - moit-flaky-permit / health ministry joins later\n"
		"# tests/moit-flaky.xml:19  expected d2 from MoH: ACCEPTED within 2s\n"
		"#                          nearest  d2 from MoH: PAPER_DUE at 0.000s\n"
		"# why:  finding: HLT-02 the batch is unknown\n"
		"# why:  fault f-1: drop of the request (1 of 2)\n"
		"# hint: at 2015-09-08 MoH is not connected; it joins on 2015-12-01\n"
		"# more: nsw test --keep --filter moit-flaky-permit tests/moit-flaky.xml\n"
		"ok 3 - moit-flaky-permit / and is asked again # SKIP "
		"not run: 'health ministry joins later' failed\n"
		"not ok 4 - dead / a gateway that dies\n"
		"# an error of the harness, not of what was tested\n"
		"# tests/dead.xml:3  CLI-014: the gateway ended with status 70\n"
		"#                   its last words: out of disk\n"
		"1..4\n");
	assert_string_equal(tell(REPORT_TAP, results, 0),
			    "TAP version 13\n1..0 # SKIP nothing was run\n");
}

/* ---- exit codes ----------------------------------------------------------------------------- */

static void test_the_worst_decides_the_exit(void **state)
{
	static const struct {
		const char *why;
		enum outcome outcome;
		enum exit_code trouble, expected;
	} cases[] = {
		{ "all passed", STEP_PASSED, EXIT_DONE, EXIT_DONE },
		{ "a skip alone is no failure", STEP_SKIPPED, EXIT_DONE, EXIT_DONE },
		{ "a failure", STEP_FAILED, EXIT_DONE, EXIT_UNMET },
		{ "no gateway", STEP_ERRORED, EXIT_UNREACHABLE, EXIT_UNREACHABLE },
		{ "an error without a code", STEP_ERRORED, EXIT_DONE, EXIT_INTERNAL },
		{ "interrupted", STEP_SKIPPED, EXIT_INTERRUPTED, EXIT_INTERRUPTED },
		{ "interrupted after a failure", STEP_FAILED, EXIT_INTERRUPTED, EXIT_INTERRUPTED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct step_result step = { .name = "s", .outcome = cases[i].outcome };
		struct scenario_result result = { .name = "a",
						  .file = "f",
						  .trouble = cases[i].trouble,
						  .steps = &step,
						  .count = 1 };

		if (results_exit(&result, 1) != cases[i].expected)
			fail_msg("%s: %d", cases[i].why, results_exit(&result, 1));
	}
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void assert_same_text(const char *one, const char *other)
{
	if (one == NULL || other == NULL)
		assert_ptr_equal(one, other);
	else
		assert_string_equal(one, other);
}

static void assert_same_step(const struct step_result *one, const struct step_result *other)
{
	assert_same_text(one->name, other->name);
	assert_int_equal(one->line, other->line);
	assert_int_equal(one->outcome, other->outcome);
	assert_int_equal(one->ms, other->ms);
	assert_int_equal(one->failed_line, other->failed_line);
	assert_same_text(one->expected, other->expected);
	assert_same_text(one->nearest, other->nearest);
	assert_same_text(one->why, other->why);
	assert_same_text(one->hint, other->hint);
	assert_same_text(one->more, other->more);
	assert_same_text(one->trace, other->trace);
}

static void test_a_result_survives_the_pipe(void **state)
{
	(void)state;
	for (size_t i = 0; i < RESULTS; i++) {
		struct arena *arena = arena_new();
		struct text lines = TEXT_EMPTY;
		struct scenario_result back;
		struct failure why;

		result_write(&lines, &results[i]);
		assert_true(result_read(&back, arena, lines.bytes, lines.length, &why));
		text_free(&lines);
		assert_string_equal(back.name, results[i].name);
		assert_string_equal(back.file, results[i].file);
		assert_string_equal(back.date, results[i].date);
		assert_string_equal(back.seed, results[i].seed);
		assert_int_equal(back.iteration, results[i].iteration);
		assert_int_equal(back.iterations, results[i].iterations);
		assert_int_equal(back.started, results[i].started);
		assert_int_equal(back.ms, results[i].ms);
		assert_int_equal(back.start_ms, results[i].start_ms);
		assert_int_equal(back.trouble, results[i].trouble);
		assert_int_equal(back.count, results[i].count);
		for (size_t s = 0; s < back.count; s++)
			assert_same_step(&back.steps[s], &results[i].steps[s]);
		arena_free(arena);
	}
}

#define STEP	 "{\"v\":1,\"type\":\"step\",\"step\":\"s\",\"outcome\":\"passed\"}\n"
#define SCENARIO "{\"v\":1,\"type\":\"scenario\",\"scenario\":\"a\",\"file\":\"f\"}\n"

static void test_half_a_result_is_none(void **state)
{
	static const struct {
		const char *why, *lines;
		bool good;
	} cases[] = {
		{ "steps and itself", STEP STEP SCENARIO, true },
		{ "no step at all", SCENARIO, true },
		{ "nothing", "", false },
		{ "the end is missing", STEP, false },
		{ "cut in a line", STEP "{\"v\":1,\"type\":\"scen", false },
		{ "something after the end", SCENARIO STEP, false },
		{ "two ends", SCENARIO SCENARIO, false },
		{ "not JSON", "Segmentation fault\n", false },
		{ "another row", "{\"v\":1,\"type\":\"hop\"}\n" SCENARIO, false },
		{ "an outcome that nobody knows",
		  "{\"v\":1,\"type\":\"step\",\"step\":\"s\",\"outcome\":\"odd\"}\n" SCENARIO,
		  false },
		{ "a step without a name",
		  "{\"v\":1,\"type\":\"step\",\"outcome\":\"passed\"}\n" SCENARIO, false },
		{ "a scenario without a name", "{\"v\":1,\"type\":\"scenario\",\"file\":\"f\"}\n",
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena *arena = arena_new();
		struct scenario_result back;
		struct failure why = { .code = "" };
		bool good = result_read(&back, arena, cases[i].lines, strlen(cases[i].lines), &why);

		if (good != cases[i].good || (!good && strcmp(why.code, "CTL-001") != 0))
			fail_msg("%s: %d %s", cases[i].why, good, why.code);
		arena_free(arena);
	}
}

/* ---- names that nobody would choose --------------------------------------------------------- */

static const char odd[] =
	"<b>&amp; \"x\" 'y' ]]> --> \033[31mred\033[0m \x01 \x7f \xff\xfe \xc3\x28 "
	"# SKIP it \\ line\nnext \xef\xbf\xbf \xe2\x80\xae mộc";

static struct step_result odd_step = { .name = odd,
				       .line = 1,
				       .outcome = STEP_FAILED,
				       .expected = odd,
				       .nearest = odd,
				       .why = odd,
				       .hint = odd,
				       .more = odd,
				       .trace = odd };
static const struct scenario_result odd_result = { .name = odd,
						   .file = odd,
						   .date = odd,
						   .seed = odd,
						   .iteration = 1,
						   .steps = &odd_step,
						   .count = 1 };

static void assert_printable_lines(const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		size_t step = utf8_step((const unsigned char *)at, strlen(at));

		if (step == 0 || ((unsigned char)*at < 0x20 && *at != '\n'))
			fail_msg("byte 0x%02x after '%.*s'", (unsigned char)*at,
				 (int)(at - text < 40 ? at - text : 40),
				 at - (at - text < 40 ? at - text : 40));
		at += step - 1;
	}
}

static size_t lines_that_begin(const char *text, const char *begin)
{
	size_t count = 0;

	for (const char *line = text; line != NULL && *line != '\0';) {
		count += strncmp(line, begin, strlen(begin)) == 0;
		line = strchr(line, '\n');
		line = line != NULL ? line + 1 : NULL;
	}
	return count;
}

static void test_odd_names_stay_harmless(void **state)
{
	(void)state;
	assert_printable_lines(tell(REPORT_TEXT, &odd_result, 1));
	assert_int_equal(lines_that_begin(told, "FAIL"), 1);
	assert_printable_lines(tell(REPORT_TAP, &odd_result, 1));
	assert_int_equal(lines_that_begin(told, "not ok"), 1);
	*strchr(strstr(told, "not ok"), '\n') = '\0';
	assert_null(strstr(told, " # SKIP")); /* its own "#" is no directive */
	assert_printable_lines(tell_rows(&odd_result, 1));
	assert_int_equal(lines_that_begin(told, "{\"v\":1,"), 3);
}

/* ---- JUnit ---------------------------------------------------------------------------------- */

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "build/junit.XXXXXX");
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static const char *in_folder(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static xmlDocPtr junit_of(const struct scenario_result *given, size_t count)
{
	const char *path = in_folder("junit.xml");
	struct failure why;
	xmlDocPtr document;

	assert_true(report_junit_ready(path, &why));
	assert_true(report_junit(path, given, count, 12075, &why));
	document = xmlReadFile(path, NULL, XML_PARSE_NONET);
	assert_int_equal(unlink(path), 0);
	assert_non_null(document);
	return document;
}

static double number_in(xmlDocPtr document, const char *expression)
{
	xmlXPathContextPtr context = xmlXPathNewContext(document);
	xmlXPathObjectPtr found = xmlXPathEvalExpression(BAD_CAST expression, context);
	double number;

	assert_non_null(found);
	number = xmlXPathCastToNumber(found);
	xmlXPathFreeObject(found);
	xmlXPathFreeContext(context);
	return number;
}

static void test_junit_says_what_was_counted(void **state)
{
	static const struct {
		const char *expression;
		double expected;
	} cases[] = {
		{ "/testsuites/@tests", 4 },
		{ "/testsuites/@failures", 1 },
		{ "/testsuites/@errors", 1 },
		{ "/testsuites/@skipped", 1 },
		{ "/testsuites/@time", 12.075 },
		{ "count(/testsuites/testsuite)", 2 },
		{ "count(//testcase)", 4 },
		{ "count(//failure)", 1 },
		{ "count(//error)", 1 },
		{ "count(//skipped)", 1 },
		{ "//testsuite[1]/@tests", 3 },
		{ "//testsuite[1]/@time", 0.035 },
		{ "//testsuite[2]/@errors", 1 },
		{ "count(//testsuite[1][@file='tests/moit-flaky.xml'][@name='moit-flaky-permit'])",
		  1 },
		{ "count(//testsuite[@timestamp='2026-11-23T14:35:02.214Z'])", 2 },
		{ "count(//testsuite[1]//property[@name='seed'][@value='42'])", 1 },
		{ "count(//testsuite[1]//property[@name='date'][@value='2014-02-26'])", 1 },
		{ "count(//testcase[@classname='moit-flaky-permit'][@line='16'][@time='0.004'])",
		  1 },
		{ "count(//failure[@type='Expectation'][@message='expected d2 from MoH: ACCEPTED "
		  "within 2s, nearest d2 from MoH: PAPER_DUE at 0.000s'])",
		  1 },
		{ "count(//failure[contains(., '+0.004s  PAPER_DUE')])", 1 },
		{ "count(//failure[contains(., 'hint: at 2015-09-08 MoH')])", 1 },
		{ "count(//error[@type='Harness'][contains(@message, 'status 70; its last')])", 1 },
		{ "count(//skipped[contains(@message, 'not run')])", 1 },
	};
	xmlDocPtr document = junit_of(results, RESULTS);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double number = number_in(document, cases[i].expression);

		if (number < cases[i].expected || number > cases[i].expected)
			fail_msg("%s: %g", cases[i].expression, number);
	}
	xmlFreeDoc(document);
}

static void test_junit_stays_well_formed_whatever_the_names(void **state)
{
	xmlDocPtr document = junit_of(&odd_result, 1);

	(void)state;
	assert_int_equal(
		number_in(document, "count(//testcase[contains(@name, '<b>&amp; \"x\"')])"), 1);
	assert_int_equal(number_in(document, "count(//testcase[contains(@name, 'mộc')])"), 1);
	assert_int_equal(number_in(document, "count(//failure[contains(., ']]> -->')])"), 1);
	xmlFreeDoc(document);
}

static void test_what_cannot_be_written_is_said_at_once(void **state)
{
	static const char *const places[] = { "junit.xml/below.xml", "" };
	struct failure why;
	FILE *file = fopen(in_folder("junit.xml"), "w");

	(void)state;
	assert_non_null(file);
	fclose(file);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		assert_false(report_junit_ready(in_folder(places[i]), &why));
		assert_string_equal(why.code, "CLI-006");
		assert_string_equal(why.place, in_folder(places[i]));
		assert_false(report_junit(in_folder(places[i]), results, RESULTS, 1, &why));
		assert_string_equal(why.code, "CLI-006");
	}
	assert_int_equal(unlink(in_folder("junit.xml")), 0);
}

static void test_a_pipe_is_written_to_and_not_replaced(void **state)
{
	const char *path = in_folder("pipe");
	struct failure why;
	struct stat there;
	char begin[5];
	int reader;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	assert_true(report_junit_ready(path, &why));
	assert_true(report_junit(path, results, RESULTS, 1, &why));
	assert_int_equal(read(reader, begin, sizeof begin), sizeof begin);
	assert_memory_equal(begin, "<?xml", sizeof begin);
	close(reader);
	assert_int_equal(stat(path, &there), 0);
	assert_true(S_ISFIFO(there.st_mode));
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_as_documented),
		cmocka_unit_test(test_only_a_terminal_gets_colour),
		cmocka_unit_test(test_repetitions_are_cases_of_their_own),
		cmocka_unit_test(test_tap_is_as_documented),
		cmocka_unit_test(test_the_worst_decides_the_exit),
		cmocka_unit_test(test_a_result_survives_the_pipe),
		cmocka_unit_test(test_half_a_result_is_none),
		cmocka_unit_test(test_odd_names_stay_harmless),
		cmocka_unit_test_setup_teardown(test_junit_says_what_was_counted, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(test_junit_stays_well_formed_whatever_the_names,
						make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_what_cannot_be_written_is_said_at_once,
						make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_a_pipe_is_written_to_and_not_replaced,
						make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
