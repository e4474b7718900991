/*
 * How cases hang together, told of a library (tests/journal/library): books that are lent, notes
 * about them, bills for loans. Nothing in the engine knows of customs, or of books.
 */
#include "counter.h"

#define LIBRARY "LIBRARY"
#define MUSEUM	"MUSEUM"
#define SHELF	"tests/journal/library"
#define COPIES	"<Mark count='2'>M-1</Mark>"
#define APRIL	INT64_C(1396800000000) /* 2014-04-06T16:00Z */

static const struct reply lent = { "RES", "AP", "RELEASED", 0 };

/* <Book><Function>…</Function><Reference>…</Reference>…</Book> */
static struct letter *paper(struct counter *counter, const char *from, const char *kind,
			    const char *function, const char *reference, const char *rest)
{
	static const struct {
		const char *kind, *root, *ns;
	} kinds[] = { { "BOOK", "Book", "book" },
		      { "LOAN", "Loan", "loan" },
		      { "NOTE", "Note", "note" },
		      { "BILL", "Bill", "bill" } };
	size_t i = 0;
	struct letter *letter;

	while (strcmp(kinds[i].kind, kind) != 0)
		i++;
	letter = letter_new(counter->arena, from, kind,
			    arena_printf(counter->arena,
					 "<%s xmlns='urn:example:%s:1'><Function>%s</Function>"
					 "%s%s%s%s</%s>",
					 kinds[i].root, kinds[i].ns, function,
					 reference != NULL ? "<Reference>" : "",
					 reference != NULL ? reference : "",
					 reference != NULL ? "</Reference>" : "", rest,
					 kinds[i].root));
	letter->envelope.created = counter_now(counter);
	letter->envelope.expires = letter->envelope.created + DAY;
	letter_seal(letter, NULL);
	return letter;
}

static void book(struct counter *counter, const char *reference, const char *rest)
{
	counter_accepts(counter, paper(counter, TRADER, "BOOK", "9", reference, rest));
}

static struct letter *loan_of(struct counter *counter, const char *reference, const char *rest)
{
	return paper(counter, RIVAL, "LOAN", "9", reference, rest);
}

/* Lent, as soon as the library has decided. */
static void lend(struct counter *counter, const char *reference, const char *rest)
{
	struct envelope delivery;

	counter_accepts(counter, loan_of(counter, reference, rest));
	delivery = counter_take(counter, LIBRARY);
	counter_answers(counter, LIBRARY, &delivery, &lent);
}

static void open_library(struct counter *counter)
{
	counter_connect(counter, LIBRARY, 1, 8);
	counter_connect(counter, MUSEUM, 2, 8);
}

/* ---- references and uses ------------------------------------------------------------------ */

static void test_what_is_not_found_is_refused_by_the_kinds_own_rule(void **state)
{
	struct counter *counter = *state;

	open_library(counter);
	book(counter, "B1", COPIES);
	counter_refuses(counter, loan_of(counter, "L1", "<Mark count='1'>M-9</Mark>"), "LIB-01");
	counter_accepts(counter, loan_of(counter, "L2", "<Mark count='1'>M-1</Mark>"));
}

static void test_what_others_use_counts(void **state)
{
	struct counter *counter = *state;

	open_library(counter);
	book(counter, "B1", COPIES);
	lend(counter, "L1", "<Mark count='1.5'>M-1</Mark>");
	counter_refuses(counter, loan_of(counter, "L2", "<Mark count='1'>M-1</Mark>"), "LIB-02");
	counter_accepts(counter, loan_of(counter, "L3", "<Mark count='0.5'>M-1</Mark>"));
	counter_verify(counter);
}

static void test_two_nodes_of_one_thing_add_up(void **state)
{
	struct counter *counter = *state;

	open_library(counter);
	book(counter, "B1", COPIES);
	lend(counter, "L1", "<Mark count='1'>M-1</Mark><Mark count='1'>M-1</Mark>");
	counter_stands(counter, "B1", "LENT");
}

static void test_what_is_refused_is_free_again(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery;

	open_library(counter);
	book(counter, "B1", COPIES);
	counter_accepts(counter, loan_of(counter, "L1", "<Mark count='2'>M-1</Mark>"));
	counter_refuses(counter, loan_of(counter, "L2", "<Mark count='1'>M-1</Mark>"), "LIB-02");
	delivery = counter_take(counter, LIBRARY);
	counter_answers(counter, LIBRARY, &delivery, &refused);
	counter_stands(counter, "L1", "REFUSED");
	counter_accepts(counter, loan_of(counter, "L3", "<Mark count='2'>M-1</Mark>"));
	counter_verify(counter);
}

static void test_an_amendment_uses_what_it_says_now(void **state)
{
	struct counter *counter = *state;
	const char *number;

	open_library(counter);
	book(counter, "B1", COPIES);
	counter_accepts(counter, loan_of(counter, "L1", "<Mark count='2'>M-1</Mark>"));
	number = counter_case(counter, "L1").number;
	/* Its own use does not count against it. */
	counter_accepts(counter, paper(counter, RIVAL, "LOAN", "4", "L1",
				       arena_printf(counter->arena,
						    "<Number>%s</Number><To>other</To>"
						    "<Mark count='1'>M-1</Mark>",
						    number)));
	counter_accepts(counter, loan_of(counter, "L2", "<Mark count='1'>M-1</Mark>"));
	counter_verify(counter);
}

static void test_keys_are_those_of_the_last_version(void **state)
{
	struct counter *counter = *state;

	open_library(counter);
	book(counter, "B1", COPIES);
	counter_accepts(counter, paper(counter, TRADER, "BOOK", "4", "B1",
				       arena_printf(counter->arena,
						    "<Number>%s</Number><Mark count='2'>M-2</Mark>",
						    counter_case(counter, "B1").number)));
	counter_refuses(counter, loan_of(counter, "L1", "<Mark count='1'>M-1</Mark>"), "LIB-01");
	counter_accepts(counter, loan_of(counter, "L2", "<Mark count='1'>M-2</Mark>"));
}

/* ---- events of others --------------------------------------------------------------------- */

static void test_a_case_tells_those_it_refers_to(void **state)
{
	struct counter *counter = *state;

	open_library(counter);
	book(counter, "B1", COPIES);
	lend(counter, "L1", "<Mark count='1'>M-1</Mark>");
	counter_stands(counter, "B1", "THERE");
	lend(counter, "L2", "<Mark count='1'>M-1</Mark>");
	counter_stands(counter, "B1", "LENT");
	counter_accepts(counter, paper(counter, RIVAL, "LOAN", "1", NULL,
				       arena_printf(counter->arena, "<Number>%s</Number>",
						    counter_case(counter, "L1").number)));
	counter_stands(counter, "B1", "THERE");
	counter_verify(counter);
}

static void test_what_is_referred_to_twice_is_told_once(void **state)
{
	struct counter *counter = *state;

	open_library(counter);
	book(counter, "B1", "<Mark count='1'>M-1</Mark><Mark count='1'>M-2</Mark>");
	lend(counter, "L1", "<Mark count='1'>M-1</Mark><Mark count='1'>M-2</Mark>");
	counter_stands(counter, "B1", "LENT");
	/* The loan took two steps, and the book two. */
	assert_int_equal(counter_records(counter, "state"), 4);
	counter_verify(counter);
}

static void test_only_who_has_it_may_say_something_of_it(void **state)
{
	struct counter *counter = *state;

	open_library(counter);
	book(counter, "B1", "<To>" LIBRARY "</To>" COPIES);
	/* Neither a stranger nor one who names nothing learns which of the two it was. */
	counter_refuses(counter, paper(counter, RIVAL, "NOTE", "damage", NULL, "<Mark>M-1</Mark>"),
			"JRN-011");
	counter_refuses(counter, paper(counter, RIVAL, "NOTE", "damage", NULL, "<Mark>M-7</Mark>"),
			"JRN-011");
	counter_accepts(counter,
			paper(counter, TRADER, "NOTE", "damage", NULL, "<Mark>M-1</Mark>"));
	counter_stands(counter, "B1", "DAMAGED");
}

static void test_a_number_finds_ones_own_alone(void **state)
{
	struct counter *counter = *state;
	const char *number;

	open_library(counter);
	book(counter, "B1", COPIES);
	number = arena_printf(counter->arena, "<Number>%s</Number>",
			      counter_case(counter, "B1").number);
	counter_refuses(counter, paper(counter, RIVAL, "NOTE", "query", NULL, number), "JRN-011");
	counter_accepts(counter, paper(counter, TRADER, "NOTE", "query", NULL, number));
	assert_non_null(strstr(counter_fetch(counter, TRADER, 5, 8), "count=1"));
}

static void test_an_event_that_no_row_takes_is_refused(void **state)
{
	struct counter *counter = *state;

	open_library(counter);
	book(counter, "B1", COPIES);
	counter_accepts(counter,
			paper(counter, TRADER, "NOTE", "damage", NULL, "<Mark>M-1</Mark>"));
	counter_refuses(counter, paper(counter, TRADER, "NOTE", "damage", NULL, "<Mark>M-1</Mark>"),
			"LIF-001");
}

/* ---- carrying on -------------------------------------------------------------------------- */

static void test_a_message_is_carried_on_as_it_came(void **state)
{
	struct counter *counter = *state;
	struct envelope told;
	struct letter *note;

	open_library(counter);
	book(counter, "B1", COPIES);
	note = paper(counter, TRADER, "NOTE", "damage", NULL, "<Mark>M-1</Mark>");
	counter_accepts(counter, note);
	told = counter_take(counter, LIBRARY);
	assert_string_equal(told.kind, "NOTE");
	assert_string_equal(told.ref, note->envelope.id);
	assert_string_equal(told.environment, "LIVE"); /* as the calendar has the link */
	assert_int_equal(told.payload_size, note->payload_length);
	/* An information ends with its receipt. */
	counter_answers(counter, LIBRARY, &told, &received);
	assert_string_equal(counter_delivery(counter, "B1", LIBRARY).state, "DONE");
	counter_verify(counter);
}

static void test_who_has_no_link_gets_it_on_paper(void **state)
{
	struct counter *counter = *state;

	open_library(counter);
	book(counter, "B1", "<To>" MUSEUM "</To>" COPIES);
	counter_accepts(counter,
			paper(counter, TRADER, "NOTE", "damage", NULL, "<Mark>M-1</Mark>"));
	assert_int_equal(counter_records(counter, "on-paper"), 1);
	assert_int_equal(counter_untaken(counter, MUSEUM), 0);

	counter_at(counter, APRIL);
	book(counter, "B2", "<To>" MUSEUM "</To><Mark count='2'>M-2</Mark>");
	counter_accepts(counter,
			paper(counter, TRADER, "NOTE", "damage", NULL, "<Mark>M-2</Mark>"));
	assert_int_equal(counter_untaken(counter, MUSEUM), 1);
	assert_string_equal(counter_take(counter, MUSEUM).environment, "PARALLEL");
}

static void test_nobody_gets_his_own_message_back(void **state)
{
	struct counter *counter = *state;

	open_library(counter);
	book(counter, "B1", "<To>" TRADER "</To>" COPIES);
	counter_accepts(counter,
			paper(counter, TRADER, "NOTE", "damage", NULL, "<Mark>M-1</Mark>"));
	assert_non_null(strstr(counter_fetch(counter, TRADER, 5, 8), "count=0"));
}

static void test_a_document_is_sent_again_to_who_asks(void **state)
{
	struct counter *counter = *state;

	open_library(counter);
	book(counter, "B1", COPIES);
	counter_accepts(counter, paper(counter, TRADER, "NOTE", "copy", NULL, "<Mark>M-1</Mark>"));
	assert_non_null(strstr(counter_fetch(counter, TRADER, 5, 8), "count=1"));
	assert_string_equal(counter_delivery(counter, "B1", TRADER).kind, "BOOK");
}

/* ---- parents ------------------------------------------------------------------------------ */

static struct letter *bill(struct counter *counter, const struct envelope *about, const char *to,
			   gateway_time effective)
{
	struct letter *letter = paper(counter, LIBRARY, "BILL", "9", "BILL-1",
				      arena_printf(counter->arena, "<To>%s</To>", to));

	letter->envelope.ref = about->id;
	letter->envelope.conversation = about->conversation;
	letter->envelope.effective = effective;
	letter_seal(letter, NULL);
	return letter;
}

static struct envelope lend_for_a_fee(struct counter *counter)
{
	open_library(counter);
	counter_at(counter, APRIL);
	book(counter, "B1", COPIES);
	counter_accepts(counter, loan_of(counter, "L1", "<To>fee</To><Mark count='1'>M-1</Mark>"));
	return counter_take(counter, LIBRARY);
}

static void test_a_case_of_its_own_decides_a_task_of_its_parent(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery = lend_for_a_fee(counter);

	counter_accepts(counter, bill(counter, &delivery, "somebody", 0));
	assert_string_equal(counter_case(counter, "BILL-1").parent, counter_case(counter, "L1").id);
	assert_non_null(strstr(counter_fetch(counter, RIVAL, 5, 8), "count=2")); /* AJ, the bill */
	counter_answers(counter, LIBRARY, &delivery, &lent);
	counter_stands(counter, "L1", "ASKED");		       /* the fee is open */
	assert_int_equal(counter_untaken(counter, MUSEUM), 0); /* nobody is asked about it */
	counter_at(counter, APRIL + 31 * DAY);
	counter_stands(counter, "BILL-1", "PAID");
	assert_string_equal(counter_task(counter, "L1", MUSEUM).status, "APPROVED");
	counter_stands(counter, "L1", "GIVEN");
	counter_verify(counter);
}

static void test_or_fails_it(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery = lend_for_a_fee(counter);

	counter_accepts(counter, bill(counter, &delivery, "nobody", 0));
	counter_at(counter, APRIL + 31 * DAY);
	assert_string_equal(counter_task(counter, "L1", MUSEUM).status, "REFUSED");
	counter_stands(counter, "L1", "REFUSED");
	counter_verify(counter);
}

/* A bill for what was asked first is not one for what is asked now. */
static void test_but_not_of_another_version_of_it(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery = lend_for_a_fee(counter);

	counter_accepts(counter, bill(counter, &delivery, "somebody", 0));
	counter_accepts(counter, paper(counter, RIVAL, "LOAN", "4", "L1",
				       arena_printf(counter->arena,
						    "<Number>%s</Number><To>fee</To>"
						    "<Mark count='2'>M-1</Mark>",
						    counter_case(counter, "L1").number)));
	counter_at(counter, APRIL + 31 * DAY);
	counter_stands(counter, "BILL-1", "PAID");
	assert_string_equal(counter_task(counter, "L1", MUSEUM).state, "OPEN");
	counter_stands(counter, "L1", "ASKED");
	counter_verify(counter);
}

/* The gateway slept over both days: the first ends what the second waited for. */
static void test_two_that_are_due_together_come_one_after_the_other(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery = lend_for_a_fee(counter);

	counter_accepts(counter, bill(counter, &delivery, "somebody", 0));
	counter_answers(counter, LIBRARY, &delivery, &lent);
	counter_at(counter, APRIL + 70 * DAY);
	counter_stands(counter, "BILL-1", "PAID");
	counter_stands(counter, "L1", "GIVEN");
	counter_verify(counter);
}

static void test_who_was_only_told_decides_nothing(void **state)
{
	struct counter *counter = *state;
	struct envelope told;

	open_library(counter);
	book(counter, "B1", "<To>" LIBRARY "</To>" COPIES);
	lend(counter, "L1", "<Mark count='2'>M-1</Mark>");
	counter_at(counter, counter_now(counter) + 31 * DAY);
	counter_stands(counter, "B1", "LENT");
	told = counter_take(counter, LIBRARY); /* that it is out for long */
	assert_non_null(told.ref);
	counter_answers(counter, LIBRARY, &told, &lent);
	assert_int_equal(counter_records(counter, "not-applied"), 1);
	counter_stands(counter, "B1", "LENT");
	assert_string_equal(counter_delivery(counter, "B1", LIBRARY).state, "DONE");
	counter_verify(counter);
}

static void test_an_application_in_answer_is_held_until_it_takes_effect(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery = lend_for_a_fee(counter);

	counter_accepts(counter, bill(counter, &delivery, "somebody", APRIL + HOUR));
	assert_int_equal(counter_records(counter, "held"), 1);
	counter_restart(counter);
	counter_at(counter, APRIL + 2 * HOUR);
	counter_stands(counter, "BILL-1", "OPEN");
	assert_string_equal(counter_case(counter, "BILL-1").parent, counter_case(counter, "L1").id);
	counter_verify(counter);
}

static void test_what_was_held_is_withdrawn_with_its_case(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery = lend_for_a_fee(counter);

	counter_accepts(counter, bill(counter, &delivery, "somebody", APRIL + HOUR));
	counter_answers(counter, LIBRARY, &delivery, &lent);
	counter_accepts(counter, paper(counter, RIVAL, "LOAN", "1", NULL,
				       arena_printf(counter->arena, "<Number>%s</Number>",
						    counter_case(counter, "L1").number)));
	counter_at(counter, APRIL + 2 * HOUR);
	assert_int_equal(counter_records(counter, "withdrawn"), 1);
	assert_int_equal(counter_records(counter, "released"), 0);
	assert_string_equal(counter_task(counter, "L1", MUSEUM).state, "WITHDRAWN");
	assert_string_equal(counter_task(counter, "L1", LIBRARY).state, "DECIDED");
	counter_verify(counter);
}

/* ---- what the rules say besides ----------------------------------------------------------- */

static void test_a_warning_of_the_journals_rules_reaches_the_sender(void **state)
{
	struct counter *counter = *state;
	struct journal_delivery response;
	struct bytes body;

	open_library(counter);
	book(counter, "B1", COPIES);
	lend(counter, "L1", "<To>me</To><Mark count='1'>M-1</Mark>");
	counter_accepts(counter, paper(counter, RIVAL, "LOAN", "4", "L1",
				       arena_printf(counter->arena,
						    "<Number>%s</Number><To>you</To>"
						    "<Mark count='1'>M-1</Mark>",
						    counter_case(counter, "L1").number)));
	{
		struct envelope delivery = counter_take(counter, LIBRARY);

		counter_answers(counter, LIBRARY, &delivery, &lent);
	}
	response = counter_delivery(counter, "L1", RIVAL);
	assert_true(journal_body_read(counter->gateway.journal, counter->arena, response.payload,
				      &body));
	assert_non_null(memmem(body.start, body.length, "LIB-03", 6));
	assert_non_null(memmem(body.start, body.length, "it was for", 10));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		AT_COUNTER(test_what_is_not_found_is_refused_by_the_kinds_own_rule),
		AT_COUNTER(test_what_others_use_counts),
		AT_COUNTER(test_two_nodes_of_one_thing_add_up),
		AT_COUNTER(test_what_is_refused_is_free_again),
		AT_COUNTER(test_an_amendment_uses_what_it_says_now),
		AT_COUNTER(test_keys_are_those_of_the_last_version),
		AT_COUNTER(test_a_case_tells_those_it_refers_to),
		AT_COUNTER(test_what_is_referred_to_twice_is_told_once),
		AT_COUNTER(test_only_who_has_it_may_say_something_of_it),
		AT_COUNTER(test_a_number_finds_ones_own_alone),
		AT_COUNTER(test_an_event_that_no_row_takes_is_refused),
		AT_COUNTER(test_a_message_is_carried_on_as_it_came),
		AT_COUNTER(test_who_has_no_link_gets_it_on_paper),
		AT_COUNTER(test_nobody_gets_his_own_message_back),
		AT_COUNTER(test_a_document_is_sent_again_to_who_asks),
		AT_COUNTER(test_a_case_of_its_own_decides_a_task_of_its_parent),
		AT_COUNTER(test_or_fails_it),
		AT_COUNTER(test_but_not_of_another_version_of_it),
		AT_COUNTER(test_two_that_are_due_together_come_one_after_the_other),
		AT_COUNTER(test_who_was_only_told_decides_nothing),
		AT_COUNTER(test_an_application_in_answer_is_held_until_it_takes_effect),
		AT_COUNTER(test_what_was_held_is_withdrawn_with_its_case),
		AT_COUNTER(test_a_warning_of_the_journals_rules_reaches_the_sender),
	};

	people_use(&(struct people_use){ .kinds = SHELF,
					 .parties = SHELF "/parties",
					 .keys = LIBRARY ":p256 " MUSEUM ":p256",
					 .calendar = SHELF "/rollout.xml" });
	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
