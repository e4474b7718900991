/*
 * The shrimp import on the days that the window's history turns on, and one second either side:
 * answered as the files in tests/answers/shrimp say, which were written before the code.
 */
#include <glob.h>

#include "counter.h"

#define ANSWERS	  "tests/answers/shrimp/*.txt"
#define LINE_SIZE 256

static const struct { /* the same goods, drawn up for their day */
	const char *from, *sample;
} samples[] = {
	{ "2015-11", "shrimp-thailand-2015-12" },
	{ "2015-09", "shrimp-thailand-2015-09" },
	{ "2014-02", "shrimp-thailand" },
	{ "2000-01", "shrimp-thailand-2013" },
};

static const char *sample_of(const char *moment)
{
	size_t i = 0;

	while (strncmp(moment, samples[i].from, strlen(samples[i].from)) < 0)
		i++;
	return samples[i].sample;
}

static void lodge_at(struct counter *counter, const char *moment)
{
	struct letter *letter;
	gateway_time at;

	must(time_parse(moment, &at, &counter->why), &counter->why);
	counter_begin(counter, at);
	letter = letter_new(counter->arena, TRADER, "DEC-IMP",
			    declaration(counter->arena, sample_of(moment), "SHRIMPS"));
	letter->envelope.created = at;
	letter->envelope.expires = at + DAY;
	letter_seal(letter, NULL);
	counter_accepts(counter, letter);
}

static const char *via_of(const struct journal_task *task)
{
	bool carries = strcmp(task->link, "PARALLEL") == 0 || strcmp(task->link, "LIVE") == 0;

	if (task->via != NULL)
		return task->via;
	return carries ? "single window" : "-";
}

static bool is_opened(struct counter *counter, const char *expected)
{
	struct journal_case case_ = counter_case(counter, "SHRIMPS");
	struct journal_task *tasks;
	size_t count = journal_tasks(counter->gateway.journal, counter->arena, case_.id, &tasks);

	for (size_t i = 0; i < count; i++)
		if (strcmp(arena_printf(counter->arena, "%s %s %s %s %s", tasks[i].party,
					tasks[i].procedure, tasks[i].route, tasks[i].link,
					via_of(&tasks[i])),
			   expected) == 0)
			return true;
	return false;
}

static size_t tasks_of(struct counter *counter)
{
	struct journal_case case_ = counter_case(counter, "SHRIMPS");
	struct journal_task *tasks;

	return journal_tasks(counter->gateway.journal, counter->arena, case_.id, &tasks);
}

static void tell_tasks(struct counter *counter)
{
	struct journal_case case_ = counter_case(counter, "SHRIMPS");
	struct journal_task *tasks;
	size_t count = journal_tasks(counter->gateway.journal, counter->arena, case_.id, &tasks);

	for (size_t i = 0; i < count; i++)
		print_error("%s %s %s %s %s\n", tasks[i].party, tasks[i].procedure, tasks[i].route,
			    tasks[i].link, via_of(&tasks[i]));
}

static void answered_as(struct counter *counter, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[LINE_SIZE];
	size_t expected = 0;

	assert_non_null(file);
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (strncmp(line, "at ", 3) == 0) {
			lodge_at(counter, line + 3);
			continue;
		}
		expected++;
		if (is_opened(counter, line))
			continue;
		tell_tasks(counter);
		fail_msg("%s: there is no task '%s'", path, line);
	}
	fclose(file);
	assert_int_equal(tasks_of(counter), expected);
	counter_verify(counter);
}

static void test_the_shrimp_import_is_answered_as_on_its_day(void **state)
{
	struct counter *counter = *state;
	glob_t files;

	assert_int_equal(glob(ANSWERS, 0, NULL, &files), 0);
	assert_int_equal(files.gl_pathc, 12);
	for (size_t i = 0; i < files.gl_pathc; i++)
		answered_as(counter, files.gl_pathv[i]);
	globfree(&files);
}

/* A release is the customs' word alone: what is on paper must be decided as well. */
static void test_no_paper_no_clearance_and_no_clearance_by_paper_alone(void **state)
{
	struct counter *counter = *state;
	struct journal_delivery delivery;

	lodge_at(counter, "2014-02-26T09:00:00+07:00");
	counter_at(counter, counter_now(counter) + 14 * DAY);
	assert_string_equal(counter_task(counter, "SHRIMPS", MINISTRY).state, "DECIDED");
	counter_stands(counter, "SHRIMPS", "REGISTERED");
	delivery = counter_delivery(counter, "SHRIMPS", CUSTOMS);
	assert_string_not_equal(delivery.state, "DONE");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		AT_COUNTER(test_the_shrimp_import_is_answered_as_on_its_day),
		AT_COUNTER(test_no_paper_no_clearance_and_no_clearance_by_paper_alone),
	};

	people_use(&(struct people_use){ .calendar = "" });
	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
