/*
 * Tasks on paper, told of a library (tests/journal/library) that is connected late, on 28 February
 * 2014: what was handed in before goes to its counter, and stays there.
 */
#include "counter.h"

#define LIBRARY "LIBRARY"
#define SHELF	"tests/journal/library"
#define JOINED	INT64_C(1393520400000) /* 2014-02-28 00:00 in Ha Noi */

static const struct reply lent = { "RES", "AP", "RELEASED", 0 };

static struct letter *lodged(struct counter *counter, const char *kind, const char *root,
			     const char *reference, const char *rest)
{
	struct letter *letter =
		letter_new(counter->arena, TRADER, kind,
			   arena_printf(counter->arena,
					"<%s xmlns='urn:example:%s:1'><Function>9</Function>"
					"<Reference>%s</Reference>%s</%s>",
					root, strcmp(kind, "BOOK") == 0 ? "book" : "loan",
					reference, rest, root));

	letter->envelope.created = counter_now(counter);
	letter->envelope.expires = letter->envelope.created + DAY;
	letter_seal(letter, NULL);
	return letter;
}

/* A loan is asked for, with the library's simulation at the other end of the line. */
static void ask(struct counter *counter, const char *reference)
{
	counter_connect(counter, LIBRARY, 1, 8);
	if (counter_records(counter, "case") == 0)
		counter_accepts(counter, lodged(counter, "BOOK", "Book", "B1",
						"<Mark count='9'>M-1</Mark>"));
	counter_accepts(counter,
			lodged(counter, "LOAN", "Loan", reference, "<Mark count='1'>M-1</Mark>"));
}

static struct journal_task task(struct counter *counter, const char *reference)
{
	return counter_task(counter, reference, LIBRARY);
}

static const char *decide(struct counter *counter, const char *reference, const char *status,
			  const char *permit)
{
	struct control_order order = { .name = "paper",
				       .id = counter_case(counter, reference).id,
				       .agency = LIBRARY,
				       .status = status,
				       .permit = permit,
				       .text = status != NULL ? "not today" : NULL };

	return counter_order_with(counter, &order);
}

/* ---- the route ---------------------------------------------------------------------------- */

static void test_before_the_day_a_task_goes_on_paper_and_nobody_is_sent_anything(void **state)
{
	struct counter *counter = *state;

	ask(counter, "L1");
	assert_string_equal(task(counter, "L1").route, "PAPER");
	assert_string_equal(task(counter, "L1").link, "TEST"); /* a trial carries nothing */
	assert_string_equal(task(counter, "L1").state, "PAPER_DUE");
	assert_int_equal(counter_untaken(counter, LIBRARY), 0);
	counter_verify(counter);
}

static void test_one_second_before_and_on_the_day(void **state)
{
	struct counter *counter = *state;

	counter_at(counter, JOINED - 1000);
	ask(counter, "L1");
	assert_string_equal(task(counter, "L1").route, "PAPER");
	counter_at(counter, JOINED);
	ask(counter, "L2");
	assert_string_equal(task(counter, "L2").route, "ELECTRONIC");
	assert_string_equal(task(counter, "L2").link, "LIVE");
	assert_int_equal(counter_untaken(counter, LIBRARY), 1);
}

static void test_a_route_that_was_chosen_stays(void **state)
{
	struct counter *counter = *state;

	ask(counter, "L1");
	counter_at(counter, JOINED + HOUR);
	assert_string_equal(task(counter, "L1").route, "PAPER");
	assert_string_equal(task(counter, "L1").state, "PAPER_DUE");
	assert_int_equal(counter_untaken(counter, LIBRARY), 0);
}

static void test_the_response_says_where_to_go_and_from_when_one_need_not(void **state)
{
	struct counter *counter = *state;
	struct journal_delivery response;
	struct bytes body;
	const char *text;

	ask(counter, "L1");
	response = counter_delivery(counter, "L1", TRADER);
	assert_true(journal_body_read(counter->gateway.journal, counter->arena, response.payload,
				      &body));
	text = arena_copy(counter->arena, body.start, body.length);
	assert_non_null(strstr(text, "<StatementCode>PAPER</StatementCode>"));
	assert_non_null(strstr(text, "take the papers to LIBRARY; electronic from 2014-02-28"));
	assert_non_null(strstr(text, "<NameCode>PAPER_DUE</NameCode>"));
}

/* ---- the decision ------------------------------------------------------------------------- */

static void test_after_its_time_the_counter_has_approved(void **state)
{
	struct counter *counter = *state;

	ask(counter, "L1");
	counter_at(counter, MORNING + 3 * DAY - MINUTE);
	counter_stands(counter, "L1", "ASKED");
	counter_at(counter, MORNING + 3 * DAY + MINUTE);
	assert_string_equal(task(counter, "L1").state, "DECIDED");
	assert_string_equal(task(counter, "L1").status, "RELEASED");
	counter_stands(counter, "L1", "GIVEN");
	counter_at(counter, MORNING + 9 * DAY); /* once */
	assert_int_equal(counter_records(counter, "task-state"), 1);
	counter_verify(counter);
}

static void test_it_does_so_after_a_restart_as_well(void **state)
{
	struct counter *counter = *state;

	ask(counter, "L1");
	counter_restart(counter);
	counter_at(counter, MORNING + 3 * DAY + MINUTE);
	counter_stands(counter, "L1", "GIVEN");
}

static void test_somebody_may_note_what_the_counter_said(void **state)
{
	struct counter *counter = *state;

	ask(counter, "L1");
	assert_non_null(strstr(decide(counter, "L1", NULL, "P-1"), "\"count\":1"));
	assert_string_equal(task(counter, "L1").status, "RELEASED");
	assert_string_equal(task(counter, "L1").note, "P-1");
	counter_stands(counter, "L1", "GIVEN");
	/* The two responses: papers bring no message that could be carried on. */
	assert_non_null(strstr(counter_fetch(counter, TRADER, 5, 8), "count=2"));
	assert_non_null(strstr(decide(counter, "L1", NULL, "P-2"), "PPR-001"));
	counter_at(counter, MORNING + 9 * DAY);
	assert_int_equal(counter_records(counter, "task-state"), 1);
	counter_verify(counter);
}

static void test_the_counter_may_refuse(void **state)
{
	struct counter *counter = *state;

	ask(counter, "L1");
	assert_non_null(strstr(decide(counter, "L1", "PERHAPS", NULL), "CTL-005"));
	assert_non_null(strstr(decide(counter, "L1", "REFUSED", NULL), "\"count\":1"));
	assert_string_equal(task(counter, "L1").note, "not today");
	counter_stands(counter, "L1", "REFUSED");
	counter_verify(counter);
}

static void test_what_goes_electronically_is_not_decided_on_paper(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery;

	counter_at(counter, JOINED);
	ask(counter, "L1");
	assert_non_null(strstr(decide(counter, "L1", NULL, "P-1"), "PPR-001"));
	delivery = counter_take(counter, LIBRARY);
	counter_answers(counter, LIBRARY, &delivery, &lent);
	counter_stands(counter, "L1", "GIVEN");
}

static void test_who_goes_back_takes_the_papers_along(void **state)
{
	struct counter *counter = *state;
	struct letter *back;

	ask(counter, "L1");
	back = letter_sealed(counter->arena, TRADER, "LOAN",
			     arena_printf(counter->arena,
					  "<Loan xmlns='urn:example:loan:1'><Function>1</Function>"
					  "<Number>%s</Number></Loan>",
					  counter_case(counter, "L1").number));
	counter_accepts(counter, back);
	assert_string_equal(task(counter, "L1").state, "WITHDRAWN");
	counter_at(counter, MORNING + 9 * DAY);
	counter_stands(counter, "L1", "BACK");
	counter_verify(counter);
}

static void test_who_asks_anew_takes_the_old_papers_along(void **state)
{
	struct counter *counter = *state;
	struct journal_task *waiting;

	ask(counter, "L1");
	counter_at(counter, MORNING + DAY - HOUR);
	counter_accepts(counter,
			letter_sealed(counter->arena, TRADER, "LOAN",
				      arena_printf(counter->arena,
						   "<Loan xmlns='urn:example:loan:1'>"
						   "<Function>4</Function><Reference>L1</Reference>"
						   "<Number>%s</Number>"
						   "<Mark count='2'>M-1</Mark></Loan>",
						   counter_case(counter, "L1").number)));
	assert_int_equal(journal_papers(counter->gateway.journal, counter->arena, 0, 9, &waiting),
			 1); /* those of the present version */
	counter_at(counter,
		   MORNING + 3 * DAY + MINUTE); /* when the first would have been decided */
	assert_int_equal(counter_records(counter, "task-state"), 1);
	counter_stands(counter, "L1", "ASKED");
	counter_at(counter, MORNING + 4 * DAY + HOUR);
	counter_stands(counter, "L1", "GIVEN");
	counter_verify(counter);
}

/* ---- the day ------------------------------------------------------------------------------ */

static const char *set_date(struct counter *counter, const char *to)
{
	return counter_order_with(counter, &(struct control_order){ .name = "date", .to = to });
}

static void test_gateway_time_is_set_forward_only_and_stays_so(void **state)
{
	struct counter *counter = *state;

	assert_non_null(strstr(set_date(counter, "2014-02-25"), "CTL-007"));
	assert_non_null(strstr(set_date(counter, "someday"), "TIM-001"));
	assert_true(counter_now(counter) < JOINED);
	assert_non_null(strstr(set_date(counter, "2014-02-28"), "\"count\":1"));
	assert_true(counter_now(counter) >= JOINED);
	assert_true(journal_last_time(counter->gateway.journal) >= JOINED);
	counter_verify(counter);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		AT_COUNTER(test_before_the_day_a_task_goes_on_paper_and_nobody_is_sent_anything),
		AT_COUNTER(test_one_second_before_and_on_the_day),
		AT_COUNTER(test_a_route_that_was_chosen_stays),
		AT_COUNTER(test_the_response_says_where_to_go_and_from_when_one_need_not),
		AT_COUNTER(test_after_its_time_the_counter_has_approved),
		AT_COUNTER(test_it_does_so_after_a_restart_as_well),
		AT_COUNTER(test_somebody_may_note_what_the_counter_said),
		AT_COUNTER(test_the_counter_may_refuse),
		AT_COUNTER(test_what_goes_electronically_is_not_decided_on_paper),
		AT_COUNTER(test_who_goes_back_takes_the_papers_along),
		AT_COUNTER(test_who_asks_anew_takes_the_old_papers_along),
		AT_COUNTER(test_gateway_time_is_set_forward_only_and_stays_so),
	};

	people_use(&(struct people_use){ .kinds = SHELF,
					 .parties = SHELF "/parties",
					 .keys = LIBRARY ":p256 MUSEUM:p256",
					 .calendar = SHELF "/late.xml" });
	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
