/* What is looked up is found, and found by an index. */
#include "journal/journal_private.h"
#include "journal/number.h"
#include "journal/paper.h"

#define DECLARANT "9900000016"

/* ---- numbers ------------------------------------------------------------------------------- */

static void test_a_number_tells_the_serial_whatever_the_version(void **state)
{
	struct paper *paper = *state;
	int64_t serial;

	assert_string_equal(number_of(paper->arena, 7, 1), "300000000070");
	assert_string_equal(number_of(paper->arena, 7, 10), "300000000079");
	for (int64_t version = 1; version <= 10; version++) {
		assert_true(number_serial(number_of(paper->arena, 7, version), &serial));
		assert_int_equal(serial, 7);
	}
}

static void test_what_was_never_given_is_no_number(void **state)
{
	static const char *const texts[] = {
		"",
		"0",
		"30000000007",	 /* a digit short */
		"3000000000700", /* one too many */
		"300000000009",	 /* serials begin with 1 */
		"200000000070",
		"000000000000",
		"30000000007x",
		"-30000000007",
		"+30000000007",
		" 30000000007",
		"30000000007 ",
		"3000000000\xD9\xA7", /* digits of another script */
	};
	int64_t serial;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (number_serial(texts[i], &serial))
			fail_msg("a number: '%s'", texts[i]);
}

static void give_number(struct paper *paper, const char *name, int64_t serial)
{
	char text[NUMBER_SIZE];

	assert_true(journal_append(paper->journal, NOON, &paper->why, "numbered", "case", name,
				   "number", number_of(paper->arena, serial, 1), "serial",
				   number_text(serial, text), NULL));
}

/* m1 and m2 with numbers, m3 without; a delivery of each state for A, one for B. */
static void fill(struct paper *paper)
{
	static const char *const states[] = { "WAITING", "SENT", "RECEIVED",
					      "DONE",	 "DEAD", "WITHDRAWN" };

	paper_begin(paper);
	for (int i = 1; i <= 3; i++)
		paper_message(paper, arena_printf(paper->arena, "m%d", i), NOON);
	give_number(paper, "m1", 1);
	give_number(paper, "m2", 2);
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		const char *id = arena_printf(paper->arena, "d%zu", i);

		paper_delivery(paper, id, "A", "c1", true, NOON);
		assert_true(journal_append(paper->journal, NOON, &paper->why, "delivery-state",
					   "delivery", id, "state", states[i], NULL));
	}
	paper_delivery(paper, "d9", "B", "c1", true, NOON);
	paper_commit(paper);
}

static void test_a_case_is_found_by_its_number_among_its_declarants_own(void **state)
{
	struct paper *paper = *state;
	struct journal_case case_;

	fill(paper);
	assert_true(journal_case_by_number(paper->journal, paper->arena, DECLARANT, "300000000020",
					   &case_));
	assert_string_equal(case_.id, "m2");
	assert_true(journal_case_by_number(paper->journal, paper->arena, DECLARANT, "300000000025",
					   &case_));
	assert_string_equal(case_.id, "m2");
	assert_false(journal_case_by_number(paper->journal, paper->arena, "9900000023",
					    "300000000020", &case_));
	assert_false(journal_case_by_number(paper->journal, paper->arena, DECLARANT, "300000000030",
					    &case_));
	assert_false(journal_case_by_number(paper->journal, paper->arena, DECLARANT, "m2", &case_));
}

/* ---- lists --------------------------------------------------------------------------------- */

static void test_messages_are_found_by_each_of_their_names(void **state)
{
	static const struct {
		struct journal_filter by;
		size_t count;
		const char *newest;
	} rows[] = {
		{ { .limit = 0 }, 3, "m3" },
		{ { .limit = 2 }, 2, "m3" },
		{ { .id = "m2" }, 1, "m2" },
		{ { .id = "m" }, 3, "m3" },
		{ { .id = "" }, 3, "m3" },
		{ { .id = "m22" }, 0, NULL },
		{ { .id = "M" }, 0, NULL },
		{ { .id = "m%" }, 0, NULL },
		{ { .reference = "m1" }, 1, "m1" },
		{ { .reference = "m" }, 0, NULL },
		{ { .case_id = "m3" }, 1, "m3" },
		{ { .number = "300000000020" }, 1, "m2" },
		{ { .number = "300000000029" }, 1, "m2" }, /* any version of it */
		{ { .number = "300000000030" }, 0, NULL },
		{ { .number = "m2" }, 0, NULL },
		{ { .number = "" }, 0, NULL },
		{ { .id = "m2", .kind = "DEC-EXP" }, 0, NULL },
		{ { .id = "m", .since = 2 }, 2, "m3" },
		{ { .kind = "DEC-IMP", .applications = true }, 3, "m3" },
		{ { .party = DECLARANT }, 3, "m3" },
		{ { .party = "A" }, 0, NULL },
		{ { .failed = true }, 0, NULL },
		{ { .run = "r" }, 0, NULL },
	};
	struct paper *paper = *state;
	struct journal_message *found;

	fill(paper);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t count = journal_messages(paper->journal, paper->arena, &rows[i].by, &found);

		if (count != rows[i].count)
			fail_msg("row %zu: %zu", i, count);
		if (count != 0)
			assert_string_equal(found[0].id, rows[i].newest);
	}
}

static void test_deliveries_are_listed_and_counted_by_party_and_state(void **state)
{
	static const struct {
		const char *party, *state;
		size_t limit, count;
	} rows[] = {
		{ NULL, NULL, 0, 7 },	    { NULL, NULL, 3, 3 },  { "A", NULL, 0, 6 },
		{ "A", NULL, 2, 2 },	    { "B", NULL, 0, 1 },   { NULL, "WAITING", 0, 2 },
		{ "A", "WAITING", 0, 1 },   { "A", "SENT", 0, 1 }, { "A", "DEAD", 0, 1 },
		{ "A", "WITHDRAWN", 0, 1 }, { "B", "DEAD", 0, 0 }, { NULL, "LOST", 0, 0 },
	};
	struct paper *paper = *state;
	struct journal_delivery *found;

	fill(paper);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t count = journal_deliveries_of(paper->journal, paper->arena, rows[i].party,
						     rows[i].state, rows[i].limit, &found);

		if (count != rows[i].count)
			fail_msg("row %zu: %zu", i, count);
		for (size_t j = 1; j < count; j++)
			assert_true(found[j - 1].seq < found[j].seq);
		if (rows[i].state != NULL)
			assert_int_equal(journal_count_deliveries(paper->journal, rows[i].party,
								  rows[i].state),
					 count);
	}
}

static void test_the_records_of_a_case_come_in_order(void **state)
{
	struct paper *paper = *state;
	struct journal_record *records;

	fill(paper);
	assert_int_equal(journal_records(paper->journal, paper->arena, 0, "m1", 99, &records), 3);
	assert_string_equal(records[0].type, "message");
	assert_string_equal(records[1].type, "case");
	assert_string_equal(records[2].type, "numbered");
	assert_int_equal(
		journal_records(paper->journal, paper->arena, records[1].seq, "m1", 99, &records),
		1);
	assert_int_equal(journal_records(paper->journal, paper->arena, 0, "m1", 2, &records), 2);
	assert_int_equal(journal_records(paper->journal, paper->arena, 0, "m9", 9, &records), 0);
	assert_int_equal(journal_records(paper->journal, paper->arena, 4, NULL, 2, &records), 2);
	assert_int_equal(records[0].seq, 5);
}

/* ---- by an index --------------------------------------------------------------------------- */

/* Everything that is asked while messages go through, and all that names what it seeks. */
static void ask_everything(struct journal *journal, struct arena *arena)
{
	const struct journal_filter by[] = { { .id = "m1" },
					     { .reference = "m1" },
					     { .case_id = "m1" },
					     { .number = "300000000010" } };
	struct journal_message message, *messages;
	struct journal_delivery delivery, *deliveries;
	struct journal_case case_, *cases;
	struct journal_record *records;
	struct journal_task task, *tasks;
	struct journal_use *uses;
	struct journal_held *held;
	struct bytes body;

	(void)journal_message(journal, arena, DECLARANT, "m1", &message);
	(void)journal_case(journal, arena, "m1", &case_);
	(void)journal_case_by_number(journal, arena, DECLARANT, "300000000010", &case_);
	(void)journal_case_by_reference(journal, arena, DECLARANT, "DEC-IMP", "m1", &case_);
	(void)journal_next_serial(journal);
	(void)journal_tasks(journal, arena, "m1", &tasks);
	(void)journal_tasks_open(journal, arena, "m1", &tasks);
	(void)journal_task(journal, arena, "d1", &task);
	(void)journal_papers(journal, arena, NOON, 9, &tasks);
	(void)journal_shared_with(journal, "m1", "A");
	(void)journal_cases_by_key(journal, arena, "permit", "p", &cases);
	(void)journal_uses_by(journal, arena, "m1", &uses);
	(void)journal_uses_of(journal, arena, "m1", &uses);
	(void)journal_body_read(journal, arena, "d", &body);
	(void)journal_delivery(journal, arena, "d1", &delivery);
	(void)journal_deliveries(journal, arena, "m1", &deliveries);
	(void)journal_due(journal, arena, "A", NOON, 0, 9, 9, &deliveries);
	(void)journal_overdue(journal, arena, "A", NOON, 9, &deliveries);
	(void)journal_in_flight(journal, "A", 0);
	(void)journal_mailbox(journal, arena, "A", 0, 9, &deliveries);
	(void)journal_held_due(journal, arena, NOON, 9, &held);
	(void)journal_held_of(journal, arena, "m1", &held);
	(void)journal_still_held(journal, &(struct journal_held){ DECLARANT, "m1", "m1" });
	(void)journal_cases_due(journal, arena, NOON, 9, &cases);
	(void)journal_next_due(journal, NOON, true);
	(void)journal_records(journal, arena, 0, "m1", 9, &records);
	for (size_t i = 0; i < sizeof by / sizeof *by; i++)
		(void)journal_messages(journal, arena, &by[i], &messages);
	(void)journal_deliveries_of(journal, arena, "A", NULL, 9, &deliveries);
	(void)journal_deliveries_of(journal, arena, NULL, "DEAD", 9, &deliveries);
	(void)journal_deliveries_of(journal, arena, "A", "DEAD", 9, &deliveries);
	(void)journal_count_deliveries(journal, NULL, "DEAD");
	(void)journal_count_deliveries(journal, "A", "DEAD");
}

/* Steps of a plan that pass over rows nobody asked for: a table from one end to the other, or from
 * a place on. "SCAN CONSTANT ROW" and "SCAN (subquery-1)" are no tables. */
static bool walks(const char *step)
{
	static const char *const walking[] = { "SCAN ", "(rowid>?)", "(instance=? AND seq>?)" };

	if (strncmp(step, "SCAN CONSTANT", 13) == 0 || strncmp(step, "SCAN (", 6) == 0)
		return false;
	for (size_t i = 0; i < sizeof walking / sizeof *walking; i++)
		if (strstr(step, walking[i]) != NULL)
			return true;
	return false;
}

static size_t steps_of(struct paper *paper, struct store *store, const char *sql)
{
	struct statement *steps;
	size_t count = 0;

	if (!store_query(store, &steps, &paper->why,
			 arena_printf(paper->arena, "EXPLAIN QUERY PLAN %s", sql), NULL))
		fail_msg("%s", paper->why.text);
	for (; store_next(steps); count++) {
		const char *step = store_text(steps, 3, paper->arena);

		if (walks(step))
			fail_msg("%s\n\t%s", step, sql);
	}
	return count;
}

static void test_whatever_is_looked_up_has_an_index(void **state)
{
	struct paper *paper = *state;
	const struct store *asked;
	struct store *planner;
	size_t steps = 0;

	fill(paper);
	paper_reopen(paper); /* nothing of what fill() needed is prepared */
	asked = paper->journal->store;
	ask_everything(paper->journal, paper->arena);
	assert_false(journal_broken(paper->journal));
	assert_true(store_open(&planner, paper->path, STORE_READ, &paper->why));
	for (size_t i = 0; store_prepared(asked, i) != NULL; i++)
		if (strstr(store_prepared(asked, i), "sqlite_master") == NULL)
			steps += steps_of(paper, planner, store_prepared(asked, i));
	assert_true(steps >= 36);
	store_close(planner);
}

/* The same look at a list of everything: the test above can fail. */
static void test_a_list_of_everything_is_read_as_it_lies(void **state)
{
	struct paper *paper = *state;
	struct journal_filter everything = { .limit = 9 };
	struct journal_message *messages;
	struct statement *steps;
	struct store *planner;
	const char *sql = NULL;

	fill(paper);
	(void)journal_messages(paper->journal, paper->arena, &everything, &messages);
	for (size_t i = 0; store_prepared(paper->journal->store, i) != NULL; i++)
		sql = store_prepared(paper->journal->store, i);
	assert_true(store_open(&planner, paper->path, STORE_READ, &paper->why));
	assert_true(store_query(planner, &steps, &paper->why,
				arena_printf(paper->arena, "EXPLAIN QUERY PLAN %s", sql), NULL));
	assert_true(store_next(steps));
	assert_true(walks(store_text(steps, 3, paper->arena)));
	while (store_next(steps)) /* newest first is its order from the end: nothing is sorted */
		assert_null(strstr(store_text(steps, 3, paper->arena), "TEMP B-TREE"));
	store_close(planner);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_open, paper_close)
	const struct CMUnitTest tests[] = {
		TEST(test_a_number_tells_the_serial_whatever_the_version),
		cmocka_unit_test(test_what_was_never_given_is_no_number),
		TEST(test_a_case_is_found_by_its_number_among_its_declarants_own),
		TEST(test_messages_are_found_by_each_of_their_names),
		TEST(test_deliveries_are_listed_and_counted_by_party_and_state),
		TEST(test_the_records_of_a_case_come_in_order),
		TEST(test_whatever_is_looked_up_has_an_index),
		TEST(test_a_list_of_everything_is_read_as_it_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
