/* What belongs to no case is nobody's to throw away before it was acknowledged. */
#include "journal/paper.h"
#include "journal/prune.h"

static bool is_over(const void *context, const char *kind, const char *state)
{
	(void)context;
	(void)kind;
	(void)state;
	return true;
}

static size_t pruned(struct paper *paper)
{
	const struct pruning pruning = {
		.at = NOON, .before = NOON, .by = "OPERATOR", .limit = 100, .is_final = is_over
	};
	size_t count = 0;

	paper_begin(paper);
	assert_true(journal_prune(paper->journal, paper->arena, &pruning, &count, &paper->why));
	paper_commit(paper);
	return count;
}

static void test_a_delivery_of_no_case_keeps_its_body_until_it_is_over(void **state)
{
	static const char *const open[] = { "WAITING", "SENT", "RECEIVED", "DEAD" };
	static const char *const over[] = { "DONE", "WITHDRAWN" };
	struct paper *paper = *state;
	struct journal_report report;

	paper_begin(paper);
	paper_delivery(paper, "d1", "A", "c1", true, NOON); /* made in 1970 */
	paper_delivery(paper, "d2", "T", "c1", false, 0);
	paper_commit(paper);
	for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
		paper_begin(paper);
		assert_true(journal_append(paper->journal, NOON, &paper->why, "delivery-state",
					   "delivery", "d1", "state", open[i], NULL));
		paper_commit(paper);
		assert_int_equal(pruned(paper), 0);
	}
	for (size_t i = 0; i < sizeof over / sizeof *over; i++) {
		paper_begin(paper);
		assert_true(journal_append(paper->journal, NOON, &paper->why, "delivery-state",
					   "delivery", i == 0 ? "d1" : "d2", "state", over[i],
					   NULL));
		paper_commit(paper);
		assert_int_equal(pruned(paper), 1);
	}
	assert_true(journal_verify(paper->path, NULL, &report, &paper->why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_a_delivery_of_no_case_keeps_its_body_until_it_is_over, paper_open,
			paper_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
