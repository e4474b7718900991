/* The writer beside other programs, and questions that could not be asked. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <unistd.h>

#include "core/overhear.h"
#include "journal/journal_private.h"
#include "journal/paper.h"

/* ---- could not ask ------------------------------------------------------------------------- */

static void test_what_could_not_be_asked_is_not_taken_for_nothing(void **state)
{
	struct paper *paper = *state;
	struct journal_held *held;

	paper_forge(paper, "DROP TABLE held");
	paper_reopen(paper);
	paper_begin(paper);
	paper_message(paper, "m1", NOON);
	assert_int_equal(journal_held_due(paper->journal, paper->arena, NOON, 9, &held), 0);
	assert_true(journal_broken(paper->journal));
	assert_false(journal_commit(paper->journal, &paper->why));
	assert_failure(&paper->why, FAULT, "JRN-904", NULL, "could not be read");
}

static void test_a_query_whose_asker_hears_why_breaks_nothing(void **state)
{
	struct paper *paper = *state;
	struct statement *rows;

	assert_false(store_query(paper->journal->store, &rows, &paper->why,
				 "SELECT nothing FROM nowhere", NULL));
	assert_failure(&paper->why, FAULT, "JRN-903", "nowhere", "refuses");
	assert_false(journal_broken(paper->journal));
}

static void test_a_row_that_cannot_be_read_is_not_taken_for_the_last(void **state)
{
	struct paper *paper = *state;
	struct statement *rows;

	/* The least integer has no absolute value: reading the second row fails. */
	assert_true(store_query(paper->journal->store, &rows, &paper->why,
				"SELECT abs(column1) FROM (VALUES(1), (-9223372036854775808))",
				NULL));
	assert_true(store_next(rows));
	assert_false(store_next(rows));
	assert_true(journal_broken(paper->journal));
}

/* ---- another program ----------------------------------------------------------------------- */

/* Another program checkpoints in full while a reader holds it up: then it holds the database
 * against the gateway, and calls `held_up` again and again until that says 0. */
static void checkpoint_behind_a_reader(struct paper *paper, int (*held_up)(void *, int))
{
	struct journal *reader;
	sqlite3 *tool;

	assert_true(journal_open_reader(&reader, paper->path, &paper->why));
	assert_true(store_script(reader->store, "BEGIN", &paper->why));
	assert_true(journal_refresh(reader, &paper->why)); /* stands at an old state from here */
	paper_begin(paper);
	paper_message(paper, "m1", NOON);
	paper_commit(paper);

	assert_int_equal(sqlite3_open(paper->path, &tool), SQLITE_OK);
	sqlite3_busy_handler(tool, held_up, paper);
	assert_int_equal(sqlite3_exec(tool, "PRAGMA wal_checkpoint(FULL)", NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(tool);
	journal_close(reader);
}

static int times_held_up;

static int checkpoint_meanwhile(void *argument, int times)
{
	struct paper *paper = argument;

	(void)times;
	times_held_up++;
	if (!journal_checkpoint(paper->journal, &paper->why))
		fail_msg("%s", paper->why.text);
	return 0;
}

static void test_a_checkpoint_gives_way_to_another_one(void **state)
{
	struct paper *paper = *state;

	times_held_up = 0;
	checkpoint_behind_a_reader(paper, checkpoint_meanwhile);
	assert_int_equal(times_held_up, 1);
	assert_false(journal_broken(paper->journal));
	assert_true(journal_checkpoint(paper->journal, &paper->why));
}

static pthread_t writer;
static atomic_bool over;

static void *write_something(void *argument)
{
	struct paper *paper = argument;
	bool good = journal_begin(paper->journal, &paper->why);

	if (good) {
		paper_message(paper, "m2", NOON);
		good = journal_commit(paper->journal, &paper->why);
	}
	atomic_store(&over, true);
	return good ? paper : NULL;
}

/* The tool gives way when the writer has said that it waits, or has given up. */
static int write_meanwhile(void *argument, int times)
{
	if (times == 0)
		assert_int_equal(pthread_create(&writer, NULL, write_something, argument), 0);
	return !atomic_load(&over) && lseek(STDERR_FILENO, 0, SEEK_END) == 0;
}

static void test_a_writer_waits_for_another_program_however_long(void **state)
{
	struct paper *paper = *state;
	struct journal_message message;
	void *written;
	char *said;

	atomic_store(&over, false);
	overhear();
	checkpoint_behind_a_reader(paper, write_meanwhile);
	pthread_join(writer, &written);
	said = overheard();
	assert_non_null(strstr(said, "journal-busy"));
	free(said);
	assert_ptr_equal(written, paper);
	assert_true(journal_message(paper->journal, paper->arena, "9900000016", "m2", &message));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_open, paper_close)
	const struct CMUnitTest tests[] = {
		TEST(test_what_could_not_be_asked_is_not_taken_for_nothing),
		TEST(test_a_query_whose_asker_hears_why_breaks_nothing),
		TEST(test_a_row_that_cannot_be_read_is_not_taken_for_the_last),
		TEST(test_a_checkpoint_gives_way_to_another_one),
		TEST(test_a_writer_waits_for_another_program_however_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
