#include "journal/paper.h"

/* ---- appending and undoing ----------------------------------------------------------------- */

static void test_a_record_changes_its_projection(void **state)
{
	struct paper *paper = *state;
	struct journal_message message;
	struct journal_case case_;

	paper_begin(paper);
	paper_message(paper, "m1", NOON);
	paper_commit(paper);
	assert_true(journal_message(paper->journal, paper->arena, "9900000016", "m1", &message));
	assert_string_equal(message.state, "RECEIVED");
	assert_int_equal(message.at, NOON);
	assert_true(journal_case(paper->journal, paper->arena, "m1", &case_));
	assert_string_equal(case_.reference, "m1");
	assert_int_equal(case_.version, 1);
	assert_false(journal_message(paper->journal, paper->arena, "9900000023", "m1", &message));
}

static void test_what_is_undone_leaves_no_trace(void **state)
{
	struct paper *paper = *state;
	struct journal_head before, after;
	struct journal_message message;

	paper_begin(paper);
	paper_message(paper, "m1", NOON);
	before = journal_head(paper->journal);
	assert_true(journal_savepoint(paper->journal, &paper->why));
	paper_message(paper, "m2", NOON + 5000);
	assert_true(journal_undo(paper->journal, &paper->why));
	after = journal_head(paper->journal);
	assert_int_equal(after.seq, before.seq);
	assert_string_equal(after.hash, before.hash);
	assert_int_equal(journal_last_time(paper->journal), NOON);
	paper_commit(paper);
	assert_false(journal_message(paper->journal, paper->arena, "9900000016", "m2", &message));
}

static void test_the_chain_goes_on_after_an_undo_and_a_restart(void **state)
{
	struct paper *paper = *state;
	struct journal_report report;

	paper_begin(paper);
	assert_true(journal_savepoint(paper->journal, &paper->why));
	paper_message(paper, "m1", NOON);
	assert_true(journal_undo(paper->journal, &paper->why));
	assert_true(journal_savepoint(paper->journal, &paper->why));
	paper_message(paper, "m2", NOON);
	assert_true(journal_keep(paper->journal, &paper->why));
	paper_commit(paper);
	paper_reopen(paper);
	paper_begin(paper);
	paper_message(paper, "m3", NOON);
	paper_commit(paper);
	assert_true(journal_verify(paper->path, NULL, &report, &paper->why));
	assert_int_equal(report.records, 4);
	assert_int_equal(report.messages, 2);
}

static void test_time_in_the_journal_never_goes_back(void **state)
{
	struct paper *paper = *state;
	struct journal_record *records;

	paper_begin(paper);
	paper_message(paper, "m1", NOON);
	paper_message(paper, "m2", NOON - 1000);
	paper_commit(paper);
	assert_int_equal(journal_last_time(paper->journal), NOON);
	assert_int_equal(journal_records(paper->journal, paper->arena, 0, NULL, 10, &records), 4);
	assert_int_equal(records[2].at, NOON);
}

static void test_fields_come_back_as_they_went_in(void **state)
{
	static const char *const values[] = {
		"",	 "two\nlines", "back\\slash", "\\n",
		"a=b=c", "tiếng Việt", "\n\n",	      "ends with \\"
	};
	struct paper *paper = *state;
	struct journal_record *records;

	paper_begin(paper);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		assert_true(journal_append(paper->journal, NOON, &paper->why, "not-applied", "text",
					   values[i], "none", NULL, "sender", "S", NULL));
	paper_commit(paper);
	assert_int_equal(journal_records(paper->journal, paper->arena, 0, NULL, 99, &records), 8);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		assert_string_equal(journal_field(&records[i], "text"), values[i]);
		assert_string_equal(journal_field(&records[i], "sender"), "S");
		assert_null(journal_field(&records[i], "none"));
	}
}

static void test_a_record_of_an_unknown_type_is_a_fault(void **state)
{
	struct paper *paper = *state;

	paper_begin(paper);
	assert_false(journal_append(paper->journal, NOON, &paper->why, "gossip", NULL));
	assert_failure(&paper->why, FAULT, "JRN-906", NULL, "gossip");
}

static void test_an_accepted_identity_can_be_recorded_once(void **state)
{
	struct paper *paper = *state;

	paper_begin(paper);
	paper_message(paper, "m1", NOON);
	assert_false(journal_append(paper->journal, NOON, &paper->why, "message", "id", "m1",
				    "sender", "9900000016", NULL));
	assert_failure(&paper->why, FAULT, "JRN-903", NULL, "UNIQUE");
}

static void test_a_body_is_kept_once(void **state)
{
	struct paper *paper = *state;
	struct journal_report report;
	struct bytes body;
	const char *digest;

	paper_begin(paper);
	digest = paper_body(paper, "the same");
	assert_string_equal(paper_body(paper, "the same"), digest);
	paper_commit(paper);
	assert_true(journal_body_read(paper->journal, paper->arena, digest, &body));
	assert_int_equal(body.length, strlen("the same"));
	assert_memory_equal(body.start, "the same", body.length);
	assert_true(journal_verify(paper->path, NULL, &report, &paper->why));
	assert_int_equal(report.bodies, 1);
}

/* ---- who may open it ----------------------------------------------------------------------- */

static void test_a_second_gateway_is_kept_out(void **state)
{
	struct paper *paper = *state;
	struct journal *second;

	assert_false(journal_open(&second, paper->path, "NSW-VN", &paper->why));
	assert_failure(&paper->why, FAULT, "JRN-902", "journal.db.lock", "another gateway");
}

static void test_a_journal_belongs_to_its_gateway(void **state)
{
	struct paper *paper = *state;
	struct journal *other;

	paper_shut(paper);
	assert_false(journal_open(&other, paper->path, "NSW-LA", &paper->why));
	assert_failure(&paper->why, FAULT, "JRN-905", NULL, "NSW-LA");
}

static void test_a_journal_of_another_format_is_left_alone(void **state)
{
	struct paper *paper = *state;
	struct text before = TEXT_EMPTY, after = TEXT_EMPTY;
	struct journal *later;

	paper_begin(paper);
	paper_message(paper, "m1", NOON);
	paper_delivery(paper, "d1", "A", "c1", true, NOON); /* and it is not empty */
	paper_commit(paper);
	paper_forge(paper, "UPDATE property SET value='99' WHERE name='format'");
	assert_true(text_read_file(&before, paper->path, 1 << 24, &paper->why));
	assert_false(journal_open(&later, paper->path, "NSW-VN", &paper->why));
	assert_failure(&paper->why, FAULT, "JRN-905", NULL, "format 99");
	assert_false(journal_open_reader(&later, paper->path, &paper->why));
	assert_failure(&paper->why, FAULT, "JRN-905", NULL, "format 99");
	assert_true(text_read_file(&after, paper->path, 1 << 24, &paper->why));
	assert_int_equal(after.length, before.length);
	assert_memory_equal(after.bytes, before.bytes, before.length);
	text_free(&before);
	text_free(&after);
}

static void test_a_journal_that_is_not_there_cannot_be_read(void **state)
{
	struct paper *paper = *state;
	struct journal *reader;

	assert_false(journal_open_reader(
		&reader, arena_printf(paper->arena, "%s.none", paper->path), &paper->why));
	assert_failure(&paper->why, FAULT, "JRN-901", NULL, "opened");
}

static void test_a_reader_sees_what_was_committed_and_nothing_else(void **state)
{
	struct paper *paper = *state;
	struct journal_message message;
	struct journal *reader;

	assert_true(journal_open_reader(&reader, paper->path, &paper->why));
	paper_begin(paper);
	paper_message(paper, "m1", NOON);
	assert_false(journal_message(reader, paper->arena, "9900000016", "m1", &message));
	paper_commit(paper);
	assert_true(journal_message(reader, paper->arena, "9900000016", "m1", &message));
	assert_true(journal_refresh(reader, &paper->why));
	assert_int_equal(journal_head(reader).seq, journal_head(paper->journal).seq);
	journal_close(reader);
}

/* ---- what is due --------------------------------------------------------------------------- */

static size_t due_for(struct paper *paper, const char *party, int64_t since, size_t limit,
		      struct journal_delivery **out)
{
	return journal_due(paper->journal, paper->arena, party, NOON, since, INT64_MAX, limit, out);
}

static void set_state(struct paper *paper, const char *id, const char *delivery_state)
{
	assert_true(journal_append(paper->journal, NOON, &paper->why, "delivery-state", "delivery",
				   id, "state", delivery_state, NULL));
}

static void test_deliveries_of_a_conversation_go_one_after_the_other(void **state)
{
	struct paper *paper = *state;
	struct journal_delivery *due;

	paper_begin(paper);
	paper_delivery(paper, "d1", "A", "c1", true, NOON);
	paper_delivery(paper, "d2", "A", "c1", true, NOON);
	paper_delivery(paper, "d3", "A", "c2", true, NOON);
	paper_delivery(paper, "d4", "B", "c1", true, NOON);
	assert_int_equal(due_for(paper, "A", 0, 9, &due), 2);
	assert_string_equal(due[0].id, "d1");
	assert_string_equal(due[1].id, "d3");
	assert_int_equal(due_for(paper, "B", 0, 9, &due), 1);

	set_state(paper, "d1", "RECEIVED"); /* acknowledged: the next may go */
	assert_int_equal(due_for(paper, "A", 0, 9, &due), 2);
	assert_string_equal(due[0].id, "d2");
	paper_commit(paper);
}

static void test_a_dead_letter_holds_its_conversation_for_its_party_only(void **state)
{
	struct paper *paper = *state;
	struct journal_delivery *due;

	paper_begin(paper);
	paper_delivery(paper, "d1", "A", "c1", true, NOON);
	paper_delivery(paper, "d2", "A", "c1", true, NOON);
	paper_delivery(paper, "d3", "B", "c1", true, NOON);
	set_state(paper, "d1", "DEAD");
	assert_int_equal(due_for(paper, "A", 0, 9, &due), 0);
	assert_int_equal(due_for(paper, "B", 0, 9, &due), 1);
	set_state(paper, "d1", "WITHDRAWN");
	assert_int_equal(due_for(paper, "A", 0, 9, &due), 1);
	paper_commit(paper);
}

static void test_a_new_connection_makes_open_deliveries_due(void **state)
{
	struct paper *paper = *state;
	struct journal_delivery *due;
	int64_t sent;

	paper_begin(paper);
	paper_delivery(paper, "d1", "A", "c1", true, NOON);
	assert_true(journal_append(paper->journal, NOON, &paper->why, "attempt", "delivery", "d1",
				   "state", "SENT", "due", "9999999999999", NULL));
	sent = journal_head(paper->journal).seq;
	assert_int_equal(due_for(paper, "A", sent, 9, &due), 0);
	assert_int_equal(due_for(paper, "A", sent + 1, 9, &due), 1);
	assert_int_equal(due[0].attempts, 1);
	assert_int_equal(journal_in_flight(paper->journal, "A", sent), 1);
	assert_int_equal(journal_in_flight(paper->journal, "A", sent + 1), 0);
	paper_commit(paper);
}

static void test_a_mailbox_is_never_due_and_keeps_its_order(void **state)
{
	struct paper *paper = *state;
	struct journal_delivery *waiting;

	paper_begin(paper);
	paper_delivery(paper, "d1", "T", "c1", false, 0);
	paper_delivery(paper, "d2", "T", "c1", false, 0);
	assert_int_equal(due_for(paper, "T", 0, 9, &waiting), 0);
	assert_int_equal(journal_mailbox(paper->journal, paper->arena, "T", 0, 9, &waiting), 2);
	assert_string_equal(waiting[0].id, "d1");
	set_state(paper, "d1", "DONE");
	assert_int_equal(journal_mailbox(paper->journal, paper->arena, "T", 0, 9, &waiting), 1);
	assert_string_equal(waiting[0].id, "d2");
	paper_commit(paper);
}

static void test_the_next_due_moment_is_the_earliest_of_all_sorts(void **state)
{
	struct paper *paper = *state;

	paper_begin(paper);
	assert_int_equal(journal_next_due(paper->journal, NOON, true), 0);
	paper_delivery(paper, "d1", "A", "c1", true, NOON + 3000);
	assert_int_equal(journal_next_due(paper->journal, NOON, true), NOON + 3000);
	paper_message(paper, "m1", NOON);
	assert_true(journal_append(paper->journal, NOON, &paper->why, "state", "case", "m1", "to",
				   "REGISTERED", "due", "1393390802000", NULL));
	assert_int_equal(journal_next_due(paper->journal, NOON, true), NOON + 2000);
	assert_true(journal_append(paper->journal, NOON, &paper->why, "held", "message", "x",
				   "sender", "A", "case", "m1", "until", "1393390801000", NULL));
	assert_int_equal(journal_next_due(paper->journal, NOON, true), NOON + 1000);
	assert_int_equal(journal_next_due(paper->journal, NOON + 1000, true), NOON + 2000);
	paper_commit(paper);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_open, paper_close)
	const struct CMUnitTest tests[] = {
		TEST(test_a_record_changes_its_projection),
		TEST(test_what_is_undone_leaves_no_trace),
		TEST(test_the_chain_goes_on_after_an_undo_and_a_restart),
		TEST(test_time_in_the_journal_never_goes_back),
		TEST(test_fields_come_back_as_they_went_in),
		TEST(test_a_record_of_an_unknown_type_is_a_fault),
		TEST(test_an_accepted_identity_can_be_recorded_once),
		TEST(test_a_body_is_kept_once),
		TEST(test_a_second_gateway_is_kept_out),
		TEST(test_a_journal_belongs_to_its_gateway),
		TEST(test_a_journal_of_another_format_is_left_alone),
		TEST(test_a_journal_that_is_not_there_cannot_be_read),
		TEST(test_a_reader_sees_what_was_committed_and_nothing_else),
		TEST(test_deliveries_of_a_conversation_go_one_after_the_other),
		TEST(test_a_dead_letter_holds_its_conversation_for_its_party_only),
		TEST(test_a_new_connection_makes_open_deliveries_due),
		TEST(test_a_mailbox_is_never_due_and_keeps_its_order),
		TEST(test_the_next_due_moment_is_the_earliest_of_all_sorts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
