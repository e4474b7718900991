/*
 * What is long over gives its bodies back, told of a library (tests/journal/library): a loan that
 * was brought back is over, the book on its shelf is not.
 */
#include "counter.h"

#define LIBRARY "LIBRARY"
#define SHELF	"tests/journal/library"

static const struct reply lent = { "RES", "AP", "RELEASED", 0 };

static struct letter *paper(struct counter *counter, const char *from, const char *kind,
			    const char *body)
{
	struct letter *letter = letter_new(counter->arena, from, kind, body);

	letter->envelope.created = counter_now(counter);
	letter->envelope.expires = letter->envelope.created + DAY;
	letter_seal(letter, NULL);
	return letter;
}

static struct letter *loan(struct counter *counter)
{
	return paper(counter, RIVAL, "LOAN",
		     "<Loan xmlns='urn:example:loan:1'><Function>9</Function>"
		     "<Reference>L1</Reference><Mark count='1'>M-1</Mark></Loan>");
}

static struct letter *bring_back(struct counter *counter)
{
	return paper(counter, RIVAL, "LOAN",
		     arena_printf(counter->arena,
				  "<Loan xmlns='urn:example:loan:1'><Function>1</Function>"
				  "<Number>%s</Number></Loan>",
				  counter_case(counter, "L1").number));
}

static struct letter *note(struct counter *counter, const char *function)
{
	return paper(counter, TRADER, "NOTE",
		     arena_printf(counter->arena,
				  "<Note xmlns='urn:example:note:1'><Function>%s</Function>"
				  "<Mark>M-1</Mark></Note>",
				  function));
}

static void acknowledge_all(struct counter *counter, const char *party)
{
	counter_fetch(counter, party, 0, 8);
	while (counter_untaken(counter, party) > 0)
		counter_ack(counter, party, counter_take(counter, party).id);
}

static void put_on_shelf(struct counter *counter)
{
	counter_connect(counter, LIBRARY, 1, 8);
	counter_accepts(counter,
			paper(counter, TRADER, "BOOK",
			      "<Book xmlns='urn:example:book:1'><Function>9</Function>"
			      "<Reference>B1</Reference><Mark count='2'>M-1</Mark></Book>"));
	acknowledge_all(counter, TRADER);
}

/* Lent and brought back: what asked for it is given. */
static const struct letter *lend_and_return(struct counter *counter)
{
	const struct letter *asked = loan(counter);
	struct envelope delivery;

	put_on_shelf(counter);
	counter_accepts(counter, asked);
	delivery = counter_take(counter, LIBRARY);
	counter_answers(counter, LIBRARY, &delivery, &lent);
	counter_stands(counter, "L1", "GIVEN");
	counter_accepts(counter, bring_back(counter));
	counter_stands(counter, "L1", "BACK");
	return asked;
}

static const char *prune(struct counter *counter, const char *age)
{
	return counter_order_with(counter, &(struct control_order){ .name = "prune", .age = age });
}

static struct journal_message message_of(struct counter *counter, const char *reference)
{
	const struct journal_case case_ = counter_case(counter, reference);
	struct journal_message found;

	assert_true(journal_message(counter->gateway.journal, counter->arena, case_.declarant,
				    case_.message, &found));
	return found;
}

static bool is_kept(struct counter *counter, const char *digest)
{
	struct bytes body;

	return journal_body_read(counter->gateway.journal, counter->arena, digest, &body);
}

/* ---- what goes, what stays ---------------------------------------------------------------- */

static void test_what_is_long_over_gives_its_bodies_back(void **state)
{
	struct counter *counter = *state;
	struct journal_message message;
	int64_t records;

	lend_and_return(counter);
	acknowledge_all(counter, RIVAL);
	counter_at(counter, counter_now(counter) + 89 * DAY);
	assert_non_null(strstr(prune(counter, "90d"), "\"count\":0"));
	counter_at(counter, counter_now(counter) + 2 * DAY);
	records = journal_head(counter->gateway.journal).seq;
	assert_null(strstr(prune(counter, "90d"), "\"count\":0"));
	assert_true(journal_head(counter->gateway.journal).seq > records);

	message = message_of(counter, "L1");
	assert_false(is_kept(counter, message.payload));
	assert_false(is_kept(counter, message.envelope));
	assert_true(is_kept(counter, message.facts));
	assert_true(is_kept(counter, message.receipt_envelope));
	assert_true(is_kept(counter, message.receipt_payload));
	assert_false(is_kept(counter, counter_delivery(counter, "L1", LIBRARY).envelope));
	assert_false(is_kept(counter, counter_delivery(counter, "L1", RIVAL).payload));
	message = message_of(counter, "B1"); /* on its shelf: not over */
	assert_true(is_kept(counter, message.payload));
	assert_true(is_kept(counter, message.envelope));
	assert_non_null(strstr(prune(counter, "90d"), "\"count\":0"));
	counter_verify(counter);
}

static void test_what_nobody_acknowledged_stays(void **state)
{
	struct counter *counter = *state;

	lend_and_return(counter);
	counter_at(counter, counter_now(counter) + 900 * DAY);
	assert_non_null(strstr(prune(counter, "0s"), "\"count\":0"));
	acknowledge_all(counter, RIVAL);
	counter_at(counter, counter_now(counter) + DAY);
	assert_null(strstr(prune(counter, "0s"), "\"count\":0"));
	counter_verify(counter);
}

static void test_a_duplicate_gets_its_old_receipt_for_ever(void **state)
{
	struct counter *counter = *state;
	const struct letter *asked = lend_and_return(counter);
	struct left first, again;

	acknowledge_all(counter, RIVAL);
	first = *counter_say(counter, asked);
	assert_int_equal(first.verb, VERB_RECEIPT);
	counter_at(counter, counter_now(counter) + 400 * DAY); /* far past `expires` */
	assert_null(strstr(prune(counter, "90d"), "\"count\":0"));
	again = *counter_say(counter, asked);
	assert_int_equal(again.verb, VERB_RECEIPT);
	assert_int_equal(again.envelope.length, first.envelope.length);
	assert_memory_equal(again.envelope.start, first.envelope.start, first.envelope.length);
	assert_int_equal(counter_records(counter, "case"), 2);
	counter_verify(counter);
}

static void test_what_was_refused_goes_after_its_time(void **state)
{
	struct counter *counter = *state;
	struct letter *nonsense;

	put_on_shelf(counter);
	nonsense = paper(counter, TRADER, "BOOK", "<Book xmlns='urn:example:book:1'/>");
	assert_int_equal(counter_say(counter, nonsense)->verb, VERB_REFUSAL);
	assert_non_null(strstr(prune(counter, "1d"), "\"count\":0"));
	counter_at(counter, counter_now(counter) + 2 * DAY);
	assert_non_null(strstr(prune(counter, "1d"), "\"count\":2")); /* cover and content */
	assert_int_equal(counter_say(counter, nonsense)->verb, VERB_REFUSAL);
	counter_verify(counter);
}

/* ---- what follows -------------------------------------------------------------------------- */

static void test_what_is_gone_cannot_be_sent_again(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery;

	put_on_shelf(counter);
	counter_accepts(counter, note(counter, "damage"));
	counter_stands(counter, "B1", "DAMAGED");
	delivery = counter_take(counter, LIBRARY); /* for information */
	counter_answers(counter, LIBRARY, &delivery, &received);
	acknowledge_all(counter, TRADER);
	counter_accepts(counter, note(counter, "copy"));
	acknowledge_all(counter, TRADER);
	counter_at(counter, counter_now(counter) + 100 * DAY);
	assert_null(strstr(prune(counter, "90d"), "\"count\":0"));
	counter_refuses(counter, note(counter, "copy"), "LIF-004");
	counter_verify(counter);
}

static void test_a_body_that_nobody_gave_up_is_still_missed(void **state)
{
	struct counter *counter = *state;
	struct journal_report report;
	struct failure why;

	lend_and_return(counter);
	acknowledge_all(counter, RIVAL);
	counter_at(counter, counter_now(counter) + 100 * DAY);
	assert_null(strstr(prune(counter, "90d"), "\"count\":0"));
	assert_int_equal(
		system(arena_printf(counter->arena,
				    "sqlite3 '%s' \"DELETE FROM body WHERE digest='%s'\"",
				    counter->journal_path, message_of(counter, "L1").facts)),
		0);
	assert_false(journal_verify(counter->journal_path, NULL, &report, &why));
	assert_string_equal(why.code, "JRN-951");
	assert_non_null(strstr(why.text, "(facts of record"));
}

static void test_the_setting_does_it_once_a_day(void **state)
{
	struct counter *counter = *state;

	counter->settings.retention = 30 * DAY;
	lend_and_return(counter);
	acknowledge_all(counter, RIVAL);
	counter_at(counter, counter_now(counter) + 29 * DAY);
	assert_int_equal(counter_records(counter, "pruned"), 0);
	counter_at(counter, counter_now(counter) + 2 * DAY);
	assert_true(counter_records(counter, "pruned") > 0);
	counter_verify(counter);
}

static void test_an_age_is_wanted(void **state)
{
	struct counter *counter = *state;

	assert_non_null(strstr(prune(counter, NULL), "CTL-005"));
	assert_non_null(strstr(prune(counter, "soon"), "CTL-005"));
	assert_non_null(strstr(prune(counter, "90d"), "\"count\":0"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		AT_COUNTER(test_what_is_long_over_gives_its_bodies_back),
		AT_COUNTER(test_what_nobody_acknowledged_stays),
		AT_COUNTER(test_a_duplicate_gets_its_old_receipt_for_ever),
		AT_COUNTER(test_what_was_refused_goes_after_its_time),
		AT_COUNTER(test_what_is_gone_cannot_be_sent_again),
		AT_COUNTER(test_a_body_that_nobody_gave_up_is_still_missed),
		AT_COUNTER(test_the_setting_does_it_once_a_day),
		AT_COUNTER(test_an_age_is_wanted),
	};

	people_use(&(struct people_use){
		.kinds = SHELF, .parties = SHELF "/parties", .keys = LIBRARY ":p256 MUSEUM:p256" });
	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
