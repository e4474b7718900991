#include "journal/paper.h"

/* Three messages, a delivery that was sent and a held answer: enough of everything to forge. */
static void fill(struct paper *paper)
{
	paper_begin(paper);
	paper_message(paper, "m1", NOON);
	paper_message(paper, "m2", NOON + 1);
	paper_message(paper, "m3", NOON + 2);
	paper_delivery(paper, "d1", "A", "c1", true, NOON);
	assert_true(journal_append(paper->journal, NOON + 3, &paper->why, "attempt", "delivery",
				   "d1", "party", "A", "state", "SENT", "outcome", "sent",
				   "envelope", paper_body(paper, "sent d1"), NULL));
	assert_true(journal_append(paper->journal, NOON + 3, &paper->why, "held", "message", "x",
				   "sender", "A", "case", "m1", "until", "1393390801000", NULL));
	paper_commit(paper);
}

static void test_an_honest_journal_is_whole(void **state)
{
	struct paper *paper = *state;
	struct journal_report report;
	char anchor[128];

	fill(paper);
	assert_true(journal_anchor(paper->path, anchor, sizeof anchor, &paper->why));
	assert_true(journal_verify(paper->path, anchor, &report, &paper->why));
	assert_int_equal(report.records, 9);
	assert_int_equal(report.messages, 3);
	assert_int_equal(report.cases, 3);
	assert_int_equal(report.deliveries, 1);
	assert_int_equal(report.head.seq, 9);
	assert_string_equal(report.finding, "");
}

static void test_it_can_be_verified_while_it_is_written(void **state)
{
	struct paper *paper = *state;
	struct journal_report report;

	fill(paper);
	paper_begin(paper);
	paper_message(paper, "m4", NOON + 9);
	assert_true(journal_verify(paper->path, NULL, &report, &paper->why));
	assert_int_equal(report.records, 9);
	paper_commit(paper);
	assert_true(journal_verify(paper->path, NULL, &report, &paper->why));
	assert_int_equal(report.records, 11);
}

static void test_what_was_forged_is_found(void **state)
{
	static const struct {
		const char *what, *sql, *code, *says;
	} forgeries[] = {
		{ "a field of a record is edited",
		  "UPDATE record SET fields=replace(fields, 'reference=m2', 'reference=m9')"
		  " WHERE seq=3",
		  "JRN-950", "record 3" },
		{ "the time of a record is edited", "UPDATE record SET at=at-1 WHERE seq=5",
		  "JRN-950", "record 5" },
		{ "its hash is made to fit", "UPDATE record SET hash=hash||'0' WHERE seq=4",
		  "JRN-950", "record 4" },
		{ "a record is deleted", "DELETE FROM record WHERE seq=4", "JRN-950",
		  "record 4 is missing" },
		{ "the first record is deleted", "DELETE FROM record WHERE seq=1", "JRN-950",
		  "record 1 is missing" },
		{ "two records change places",
		  "UPDATE record SET seq=99 WHERE seq=3; UPDATE record SET seq=3 WHERE seq=5;"
		  "UPDATE record SET seq=5 WHERE seq=99",
		  "JRN-950", "record 3" },
		{ "a body is changed",
		  "UPDATE body SET bytes=CAST('m0' AS BLOB) WHERE bytes=CAST('m2' AS BLOB)",
		  "JRN-951", "has been changed" },
		{ "a body has no digest", "INSERT INTO body(digest, bytes) VALUES(NULL, 'm0')",
		  "JRN-951", "without a digest" },
		{ "a body is taken away", "DELETE FROM body WHERE bytes=CAST('m2' AS BLOB)",
		  "JRN-951", "is missing" },
		{ "the facts of a message are taken away",
		  "DELETE FROM body WHERE bytes=CAST('<facts/>' AS BLOB)", "JRN-951",
		  "facts of record 1" },
		{ "the envelope of a receipt is taken away",
		  "DELETE FROM body WHERE bytes=CAST('receipt m2' AS BLOB)", "JRN-951",
		  "receipt_envelope of record 3" },
		{ "the envelope of a delivery is taken away",
		  "DELETE FROM body WHERE bytes=CAST('sent d1' AS BLOB)", "JRN-951",
		  "envelope of record 8" },
		{ "a record is filed under another case",
		  "UPDATE record SET case_id='m9' WHERE seq=3", "JRN-950", "record 3" },
		{ "a record is taken out of its case", "UPDATE record SET case_id=NULL WHERE seq=3",
		  "JRN-950", "record 3" },
		{ "a record is put into a case", "UPDATE record SET case_id='m1' WHERE seq=7",
		  "JRN-950", "record 7" },
		{ "a second gateway's records are put beside",
		  "INSERT INTO record SELECT 'NSW-LA', seq, at, type, case_id, fields, hash"
		  " FROM record",
		  "JRN-950", "another instance" },
		{ "a projection is edited", "UPDATE case_ SET state='CLEARED' WHERE id='m2'",
		  "JRN-952", "column state" },
		{ "a row is added to a projection",
		  "INSERT INTO held(seq, message) VALUES(99, 'y')", "JRN-952", "too many" },
		{ "a row is taken from a projection", "DELETE FROM delivery", "JRN-952",
		  "too few" },
	};

	for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
		struct journal_report report;
		void *fresh;

		assert_int_equal(paper_open(&fresh), 0);
		fill(fresh);
		paper_forge(fresh, forgeries[i].sql);
		if (journal_verify(((struct paper *)fresh)->path, NULL, &report,
				   &((struct paper *)fresh)->why))
			fail_msg("not found: %s", forgeries[i].what);
		assert_failure(&((struct paper *)fresh)->why, REJECT, forgeries[i].code, NULL,
			       forgeries[i].says);
		assert_non_null(strstr(report.finding, forgeries[i].says));
		paper_close(&fresh);
	}
	(void)state;
}

/* Truncation and a chain that was written anew are consistent in themselves: only what was
 * kept elsewhere convicts them. */
static void test_an_anchor_convicts_a_truncated_journal(void **state)
{
	struct paper *paper = *state;
	struct journal_report report;
	char anchor[128];

	fill(paper);
	assert_true(journal_anchor(paper->path, anchor, sizeof anchor, &paper->why));
	paper_forge(paper, "DELETE FROM record WHERE seq=9; DELETE FROM held");
	assert_true(journal_verify(paper->path, NULL, &report, &paper->why));
	assert_false(journal_verify(paper->path, anchor, &report, &paper->why));
	assert_failure(&paper->why, REJECT, "JRN-953", NULL, "truncated");
}

static void test_an_anchor_convicts_a_rewritten_journal(void **state)
{
	struct paper *paper = *state;
	struct journal_report report;
	char anchor[128];
	void *rewritten;

	fill(paper);
	assert_true(journal_anchor(paper->path, anchor, sizeof anchor, &paper->why));
	assert_int_equal(paper_open(&rewritten), 0);
	paper_begin(rewritten);
	paper_message(rewritten, "other", NOON);
	paper_commit(rewritten);
	fill(rewritten);
	assert_true(journal_verify(((struct paper *)rewritten)->path, NULL, &report, &paper->why));
	assert_false(
		journal_verify(((struct paper *)rewritten)->path, anchor, &report, &paper->why));
	assert_failure(&paper->why, REJECT, "JRN-953", NULL, "rewritten");
	paper_close(&rewritten);
}

static void copy(const char *from, const char *to)
{
	char command[1024];

	snprintf(command, sizeof command, "cp '%s' '%s'", from, to);
	assert_int_equal(system(command), 0);
}

/* The whole file as it was yesterday: nothing in it is wrong, and a gateway goes on from it. */
static void test_an_anchor_convicts_yesterdays_journal(void **state)
{
	struct paper *paper = *state;
	const char *yesterday = arena_printf(paper->arena, "%s.yesterday", paper->path);
	struct journal_report report;
	char anchor[128];

	fill(paper);
	paper_shut(paper);
	copy(paper->path, yesterday);
	paper_reopen(paper);
	paper_begin(paper);
	paper_message(paper, "m4", NOON + 9);
	paper_commit(paper);
	assert_true(journal_anchor(paper->path, anchor, sizeof anchor, &paper->why));

	paper_shut(paper);
	copy(yesterday, paper->path);
	for (int went_on = 0; went_on < 2; went_on++) {
		assert_true(journal_verify(paper->path, NULL, &report, &paper->why));
		assert_false(journal_verify(paper->path, anchor, &report, &paper->why));
		assert_failure(&paper->why, REJECT, "JRN-953", NULL,
			       went_on ? "rewritten" : "truncated");
		if (went_on)
			break;
		paper_reopen(paper);
		paper_begin(paper);
		paper_message(paper, "m5", NOON + 99);
		paper_commit(paper);
	}
}

static void test_an_anchor_holds_while_the_journal_grows(void **state)
{
	struct paper *paper = *state;
	struct journal_report report;
	char anchor[128];

	fill(paper);
	assert_true(journal_anchor(paper->path, anchor, sizeof anchor, &paper->why));
	paper_begin(paper);
	paper_message(paper, "m4", NOON + 9);
	paper_commit(paper);
	assert_true(journal_verify(paper->path, anchor, &report, &paper->why));
}

static void test_what_is_no_anchor_proves_nothing(void **state)
{
	static const struct {
		const char *before;
		int digits; /* of the right hash */
		const char *after;
	} forms[] = {
		{ "", 0, "" },
		{ "eight", 0, "" },
		{ "9", 0, "" },
		{ "9 ", 0, "" },
		{ "9 ", 63, "" },
		{ "9 ", 64, "0" },
		{ "9 ", 64, " " },
		{ " 9 ", 64, "" },
		{ "-9 ", 64, "" },
		{ "+9 ", 64, "" },
		{ "9  ", 64, "" },
		{ "9 ", 63, "g" },
		{ "9:", 64, "" },
		{ "0x9 ", 64, "" },
		{ "", 64, "" },
		{ "9 ", 64, "\n9" },
		{ "99999999999999999999 ", 64, "" },
	};
	struct paper *paper = *state;
	struct journal_report report;
	char anchor[128];
	const char *hash;

	fill(paper);
	assert_true(journal_anchor(paper->path, anchor, sizeof anchor, &paper->why));
	hash = strchr(anchor, ' ') + 1;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const char *text = arena_printf(paper->arena, "%s%.*s%s", forms[i].before,
						forms[i].digits, hash, forms[i].after);

		if (journal_verify(paper->path, text, &report, &paper->why))
			fail_msg("an anchor: '%s'", text);
		assert_failure(&paper->why, REJECT, "JRN-954", NULL, "SEQ HASH");
		assert_string_equal(report.finding, ""); /* nothing is said against the journal */
	}
}

static void test_the_anchor_of_an_empty_journal_holds_for_ever(void **state)
{
	struct paper *paper = *state;
	struct journal_report report;
	char anchor[128];

	assert_true(journal_anchor(paper->path, anchor, sizeof anchor, &paper->why));
	assert_true(journal_verify(paper->path, anchor, &report, &paper->why));
	fill(paper);
	assert_true(journal_verify(paper->path, anchor, &report, &paper->why));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_open, paper_close)
	const struct CMUnitTest tests[] = {
		TEST(test_an_honest_journal_is_whole),
		TEST(test_it_can_be_verified_while_it_is_written),
		TEST(test_what_was_forged_is_found),
		TEST(test_an_anchor_convicts_a_truncated_journal),
		TEST(test_an_anchor_convicts_a_rewritten_journal),
		TEST(test_an_anchor_convicts_yesterdays_journal),
		TEST(test_an_anchor_holds_while_the_journal_grows),
		TEST(test_what_is_no_anchor_proves_nothing),
		TEST(test_the_anchor_of_an_empty_journal_holds_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
