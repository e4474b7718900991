#include "core/log.h"

#include <errno.h>
#include <pthread.h>
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

#include "core/arena.h"
#include "core/clock.h"
#include "overhear.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* Behind the date, which is checked on the way. */
static const char *without_date(const char *line)
{
	char date[TIME_TEXT_SIZE] = "";
	gateway_time when;

	memcpy(date, line, strcspn(line, " \n"));
	assert_true(time_parse(date, &when, NULL));
	assert_true(when > wall_now() - 60000 && when <= wall_now());
	return line + strlen(date) + 1;
}

static void expect(char *text, const char *expected)
{
	assert_string_equal(without_date(text), expected);
	free(text);
}

static int quiet(void **state)
{
	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_level(LOG_NOTE);
	return 0;
}

static void test_a_line_is_date_level_event_and_pairs(void **state)
{
	(void)state;
	overhear();
	log_line(LOG_NOTE, "refused", "id", "3f-01", "code", "SIG-002", NULL);
	expect(overheard(), "note refused id=3f-01 code=SIG-002\n");
	overhear();
	log_line(LOG_ERROR, "stopped", NULL);
	expect(overheard(), "error stopped\n");
}

static void test_values_are_quoted_where_needed_and_nobody_forges_a_line(void **state)
{
	static const struct {
		const char *value, *shown;
	} rows[] = {
		{ NULL, "-" },
		{ "", "\"\"" },
		{ "plain", "plain" },
		{ "two words", "\"two words\"" },
		{ "a=b", "\"a=b\"" },
		{ "say \"no\"", "\"say \\\"no\\\"\"" },
		{ "back\\slash", "\"back\\\\slash\"" },
		{ "x\n2014-02-26T00:00:00.000Z note receipted", "\"x\\n2014-02-26T00:00:00.000Z "
								"note receipted\"" },
		{ "\r\t\x01\x1b[31m\x7f", "\"\\r\\t\\x01\\x1b[31m\\x7f\"" },
		{ "tờ-khai-số-€-🚢", "tờ-khai-số-€-🚢" },
		{ "csi \xc2\x9b", "\"csi \\xc2\\x9b\"" },
		{ "bad\xff", "\"bad\\xff\"" },
		{ "cut\xe1\xbb", "\"cut\\xe1\\xbb\"" },
		{ "long\xc0\x8a", "\"long\\xc0\\x8a\"" },
		{ "half\xed\xa0\x80", "\"half\\xed\\xa0\\x80\"" },
		{ "far\xf4\x90\x80\x80", "\"far\\xf4\\x90\\x80\\x80\"" },
		{ "ls\xe2\x80\xa8", "\"ls\\xe2\\x80\\xa8\"" },
		{ "rlo\xe2\x80\xae", "\"rlo\\xe2\\x80\\xae\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char expected[200];

		overhear();
		log_line(LOG_NOTE, "seen", "value", rows[i].value, "after", "1", NULL);
		snprintf(expected, sizeof expected, "note seen value=%s after=1\n", rows[i].shown);
		expect(overheard(), expected);
	}
}

static void test_lines_above_the_level_are_not_written(void **state)
{
	static const struct {
		enum log_level level;
		const char *written;
	} rows[] = {
		{ LOG_ERROR, "e" },
		{ LOG_WARN, "ew" },
		{ LOG_NOTE, "ewn" },
		{ LOG_DEBUG, "ewnd" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char initials[8] = "";
		char *text;

		overhear();
		log_level(rows[i].level);
		for (enum log_level level = LOG_ERROR; level <= LOG_DEBUG; level++)
			log_line(level, "event", NULL);
		text = overheard();
		for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
			strncat(initials, without_date(line), 1);
		assert_string_equal(initials, rows[i].written);
		free(text);
	}
}

static void test_a_failure_is_logged_with_all_it_says(void **state)
{
	struct failure why;

	(void)state;
	reject(&why, "SIG-002", "digest differs");
	overhear();
	log_failure(LOG_WARN, "refused", &why);
	expect(overheard(),
	       "warn refused code=SIG-002 place=- verdict=REJECT text=\"digest differs\"\n");
	failure_at(&why, "envelope.xml:3");
	overhear();
	log_failure(LOG_ERROR, "refused", &why);
	expect(overheard(), "error refused code=SIG-002 place=envelope.xml:3 verdict=REJECT "
			    "text=\"digest differs\"\n");
}

static void test_a_line_too_long_is_cut_between_characters(void **state)
{
	enum { LONG = 20000 };
	char *value = must_alloc(LONG + 1);
	char *text;

	(void)state;
	for (int shift = 0; shift < 4; shift++) {
		memset(value, 'x', (size_t)shift);
		for (int at = shift; at < LONG - 4; at += 4)
			memcpy(value + at, "🚢", 4);
		overhear();
		log_line(LOG_NOTE, "seen", "value", value, "after", "1", NULL);
		text = overheard();
		assert_true(strlen(text) <= 4096);
		assert_true(strlen(text) > 4000);
		assert_string_equal(text + strlen(text) - 9, "🚢...\"\n");
		free(text);
	}
	free(value);
}

static void test_under_systemd_a_line_starts_with_its_priority(void **state)
{
	static const struct {
		enum log_level level;
		const char *start;
	} rows[] = {
		{ LOG_ERROR, "<3>error seen id=1\n" },
		{ LOG_WARN, "<4>warn seen id=1\n" },
		{ LOG_NOTE, "<5>note seen id=1\n" },
		{ LOG_DEBUG, "<7>debug seen id=1\n" },
	};
	char stream[64];
	struct stat file;

	(void)state;
	log_level(LOG_DEBUG);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char *text;

		overhear();
		fstat(STDERR_FILENO, &file);
		snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)file.st_dev,
			 (unsigned long long)file.st_ino);
		setenv("JOURNAL_STREAM", stream, 1);
		log_line(rows[i].level, "seen", "id", "1", NULL);
		text = overheard();
		assert_string_equal(text, rows[i].start);
		free(text);
	}

	/* Redirected since: systemd does not read this file. */
	setenv("JOURNAL_STREAM", "1:1", 1);
	overhear();
	log_line(LOG_NOTE, "seen", NULL);
	expect(overheard(), "note seen\n");
}

static void test_logging_leaves_errno_alone(void **state)
{
	(void)state;
	overhear();
	close(STDERR_FILENO); /* the write fails */
	errno = ENOSPC;
	log_line(LOG_NOTE, "seen", NULL);
	assert_int_equal(errno, ENOSPC);
	free(overheard());
}

enum { THREADS = 4, LINES = 300 };

static void *talk(void *argument)
{
	for (int i = 0; i < LINES; i++)
		log_line(LOG_NOTE, "talking", "by", argument, "about", argument, NULL);
	return NULL;
}

static void test_threads_do_not_tear_each_others_lines(void **state)
{
	static char names[THREADS][600];
	pthread_t threads[THREADS];
	int lines = 0;
	char *text;

	(void)state;
	overhear();
	for (int i = 0; i < THREADS; i++) {
		memset(names[i], 'a' + i, sizeof names[i] - 1);
		assert_int_equal(pthread_create(&threads[i], NULL, talk, names[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	text = overheard();
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"), lines++) {
		char expected[2000];
		const char *name = strstr(line, "by=") + 3;

		snprintf(expected, sizeof expected, "note talking by=%s about=%s",
			 names[*name - 'a'], names[*name - 'a']);
		assert_string_equal(without_date(line), expected);
	}
	assert_int_equal(lines, THREADS * LINES);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_line_is_date_level_event_and_pairs, quiet),
		cmocka_unit_test_setup(test_values_are_quoted_where_needed_and_nobody_forges_a_line,
				       quiet),
		cmocka_unit_test_setup(test_lines_above_the_level_are_not_written, quiet),
		cmocka_unit_test_setup(test_a_failure_is_logged_with_all_it_says, quiet),
		cmocka_unit_test_setup(test_a_line_too_long_is_cut_between_characters, quiet),
		cmocka_unit_test_setup(test_under_systemd_a_line_starts_with_its_priority, quiet),
		cmocka_unit_test_setup(test_logging_leaves_errno_alone, quiet),
		cmocka_unit_test_setup(test_threads_do_not_tear_each_others_lines, quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
