/* What a message means to the case it belongs to, seen from the counter. */
#include "counter.h"

static struct letter *changed(struct counter *counter, const char *reference, const char *function)
{
	struct journal_case case_ = counter_case(counter, reference);
	char *declared = declaration(counter->arena, SHRIMP, reference);

	return letter_sealed(
		counter->arena, case_.declarant, "DEC-IMP",
		change(counter->arena, declared, function, case_.number, case_.version));
}

/* ---- lodging ------------------------------------------------------------------------------ */

static void test_lodging_opens_a_case_with_a_number(void **state)
{
	struct counter *counter = *state;
	struct letter *letter = counter_lodge(counter, SHRIMP, "R1");
	struct journal_case case_ = counter_case(counter, "R1");

	assert_string_equal(case_.state, "REGISTERED");
	assert_string_equal(case_.number, "300000000010");
	assert_string_equal(case_.message, letter->envelope.id);
	assert_string_equal(case_.conversation, letter->envelope.conversation);
	assert_int_equal(case_.version, 1);
	counter_verify(counter);
}

static void test_numbers_count_up_over_all_declarants(void **state)
{
	struct counter *counter = *state;
	struct letter *letter = letter_sealed(counter->arena, RIVAL, "DEC-IMP",
					      declaration(counter->arena, MACHINE, "R2"));

	counter_lodge(counter, MACHINE, "R1");
	counter_accepts(counter, letter);
	counter_lodge(counter, MACHINE, "R3");
	assert_string_equal(counter_case(counter, "R2").number, "300000000020");
	assert_string_equal(counter_case(counter, "R3").number, "300000000030");
}

static void test_a_reference_is_used_once(void **state)
{
	struct counter *counter = *state;
	char *again = declaration(counter->arena, MACHINE, "R1");

	counter_lodge(counter, MACHINE, "R1");
	counter_refuses(counter, letter_sealed(counter->arena, TRADER, "DEC-IMP", again), "IDM-03");
	counter_accepts(counter, letter_sealed(counter->arena, RIVAL, "DEC-IMP", again));
}

static void test_the_same_message_gets_the_same_receipt_and_moves_nothing(void **state)
{
	struct counter *counter = *state;
	struct letter *letter = letter_sealed(counter->arena, TRADER, "DEC-IMP",
					      declaration(counter->arena, SHRIMP, "R1"));
	struct left first = *counter_say(counter, letter), again;
	struct journal_head head = journal_head(counter->gateway.journal);

	letter_seal(letter, NULL); /* a retry may be signed anew */
	again = *counter_say(counter, letter);
	assert_int_equal(again.verb, VERB_RECEIPT);
	assert_int_equal(again.envelope.length, first.envelope.length);
	assert_memory_equal(again.envelope.start, first.envelope.start, first.envelope.length);
	assert_memory_equal(again.payload.start, first.payload.start, first.payload.length);
	assert_int_equal(journal_head(counter->gateway.journal).seq, head.seq);
}

static void test_an_id_used_for_another_content_is_refused(void **state)
{
	struct counter *counter = *state;
	struct letter *letter = counter_lodge(counter, SHRIMP, "R1");

	letter->payload = declaration(counter->arena, SHRIMP, "R2");
	letter->payload_length = strlen(letter->payload);
	letter_seal(letter, NULL);
	counter_refuses(counter, letter, "JRN-001");
	counter_stands(counter, "R1", "REGISTERED");
}

static void test_two_senders_may_use_the_same_id(void **state)
{
	struct counter *counter = *state;
	struct letter *first = counter_lodge(counter, MACHINE, "R1"), *second;

	second = letter_new(counter->arena, RIVAL, "DEC-IMP",
			    declaration(counter->arena, MACHINE, "R2"));
	second->envelope.id = first->envelope.id;
	letter_seal(second, NULL);
	counter_accepts(counter, second);
	counter_stands(counter, "R2", "REGISTERED");
	assert_string_not_equal(counter_delivery(counter, "R1", CUSTOMS).id,
				counter_delivery(counter, "R2", CUSTOMS).id);
}

static void test_a_refused_id_may_come_again_with_what_is_right(void **state)
{
	struct counter *counter = *state;
	struct letter *letter = letter_sealed(counter->arena, TRADER, "DEC-IMP", "<wrong/>");

	counter_refuses(counter, letter, "KND-001");
	letter->payload = declaration(counter->arena, MACHINE, "R1");
	letter->payload_length = strlen(letter->payload);
	letter_seal(letter, NULL);
	counter_accepts(counter, letter);
}

static void assert_same(const struct left *one, const struct left *other)
{
	assert_int_equal(one->verb, other->verb);
	assert_int_equal(one->envelope.length, other->envelope.length);
	assert_memory_equal(one->envelope.start, other->envelope.start, one->envelope.length);
	assert_int_equal(one->payload.length, other->payload.length);
	assert_memory_equal(one->payload.start, other->payload.start, one->payload.length);
}

static void test_the_same_message_gets_the_same_answer_whatever_the_date(void **state)
{
	struct counter *counter = *state;
	struct letter *good = letter_sealed(counter->arena, TRADER, "DEC-IMP",
					    declaration(counter->arena, MACHINE, "R1"));
	struct letter *bad = letter_sealed(counter->arena, TRADER, "DEC-IMP", "<wrong/>");
	struct letter *swapped = letter_sealed(counter->arena, TRADER, "DEC-IMP", "<wrong/>");
	struct left receipt, refusal, other, again;

	swapped->payload = "<other/>";
	receipt = *counter_say(counter, good);
	refusal = *counter_say(counter, bad);
	other = *counter_say(counter, swapped);
	assert_int_equal(receipt.verb, VERB_RECEIPT);
	assert_int_equal(refusal.verb, VERB_REFUSAL);
	assert_string_equal(counter_code(counter, &other), "SIG-002");

	counter_at(counter, MORNING + 2 * DAY); /* they have expired */
	again = *counter_say(counter, good);
	assert_same(&receipt, &again);
	again = *counter_say(counter, bad);
	assert_same(&refusal, &again);
	again = *counter_say(counter, swapped);
	assert_same(&other, &again);
	counter_refuses(counter,
			letter_sealed(counter->arena, TRADER, "DEC-IMP",
				      declaration(counter->arena, MACHINE, "R2")),
			"ENV-008");
	counter_verify(counter);
}

/* ---- changing ----------------------------------------------------------------------------- */

static void test_an_amendment_makes_a_new_version(void **state)
{
	struct counter *counter = *state;
	struct letter *letter;
	struct journal_case case_;

	counter_lodge(counter, SHRIMP, "R1");
	letter = changed(counter, "R1", "4");
	counter_accepts(counter, letter);
	case_ = counter_case(counter, "R1");
	assert_int_equal(case_.version, 2);
	assert_string_equal(case_.number, "300000000011");
	assert_string_equal(case_.message, letter->envelope.id);
	assert_string_equal(case_.state, "REGISTERED");
	counter_verify(counter);
}

static void test_an_amendment_withdraws_the_old_tasks_and_opens_new_ones(void **state)
{
	struct counter *counter = *state;
	struct journal_delivery *deliveries;
	struct envelope old, new;
	struct journal_case case_;

	counter_connect_both(counter);
	counter_lodge(counter, SHRIMP, "R1");
	old = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &old, &channelled);
	counter_accepts(counter, changed(counter, "R1", "4"));

	case_ = counter_case(counter, "R1");
	assert_int_equal(
		journal_deliveries(counter->gateway.journal, counter->arena, case_.id, &deliveries),
		7); /* two tasks, twice, and three responses */
	assert_string_equal(deliveries[0].state, "WITHDRAWN");
	assert_string_equal(deliveries[1].state, "WITHDRAWN");
	assert_string_equal(counter_task(counter, "R1", CUSTOMS).state, "SENT");
	assert_null(counter_task(counter, "R1", CUSTOMS).status);
	new = counter_take(counter, CUSTOMS);
	assert_string_not_equal(new.id, old.id);

	/* Who still answers the old version is heard, and moves nothing. */
	counter_answers(counter, CUSTOMS, &old, &released);
	assert_int_equal(counter_records(counter, "not-applied"), 1);
	counter_stands(counter, "R1", "REGISTERED");
	counter_answers(counter, CUSTOMS, &new, &released);
	counter_stands(counter, "R1", "AWAITING_AGENCY");
}

static void test_nine_amendments_and_no_more(void **state)
{
	struct counter *counter = *state;

	counter_lodge(counter, SHRIMP, "R1");
	for (int i = 0; i < 9; i++)
		counter_accepts(counter, changed(counter, "R1", "4"));
	assert_string_equal(counter_case(counter, "R1").number, "300000000019");
	counter_refuses(counter, changed(counter, "R1", "4"), "LIF-003");
	assert_int_equal(counter_case(counter, "R1").version, 10);
}

static void test_a_cancellation_ends_the_case(void **state)
{
	struct counter *counter = *state;

	counter_lodge(counter, SHRIMP, "R1");
	counter_accepts(counter, changed(counter, "R1", "1"));
	counter_stands(counter, "R1", "CANCELLED");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "WITHDRAWN");
	assert_string_equal(counter_delivery(counter, "R1", MINISTRY).state, "WITHDRAWN");
	counter_refuses(counter, changed(counter, "R1", "4"), "LIF-001");
	counter_refuses(counter, changed(counter, "R1", "1"), "LIF-001");
}

static void test_what_is_cleared_cannot_be_amended(void **state)
{
	struct counter *counter = *state;
	struct envelope customs, ministry;

	counter_connect_both(counter);
	counter_lodge(counter, SHRIMP, "R1");
	customs = counter_take(counter, CUSTOMS);
	ministry = counter_take(counter, MINISTRY);
	counter_answers(counter, CUSTOMS, &customs, &released);
	counter_answers(counter, MINISTRY, &ministry, &approved);
	counter_stands(counter, "R1", "CLEARED");
	counter_refuses(counter, changed(counter, "R1", "4"), "LIF-001");
	counter_stands(counter, "R1", "CLEARED");
}

/* Numbers and versions that are not the declarant's own, or not the present ones. */
static void test_only_the_present_version_of_ones_own_can_be_changed(void **state)
{
	static const struct {
		const char *from, *number;
		int64_t version;
		const char *code;
	} rows[] = {
		{ TRADER, "300000000010", 1, "" },
		{ TRADER, "300000000010", 1, "IDM-04" },
		{ TRADER, "300000000011", 3, "IDM-04" },
		{ TRADER, "300000000090", 1, "IDM-04" },
		{ TRADER, "3", 1, "IDM-04" },
		{ TRADER, "x", 1, "IDM-04" },
		{ RIVAL, "300000000011", 2, "IDM-04" },
		{ TRADER, "300000000011", 2, "" },
	};
	struct counter *counter = *state;
	char *declared = declaration(counter->arena, SHRIMP, "R1");

	counter_lodge(counter, SHRIMP, "R1");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char *text = change(counter->arena, declared, "4", rows[i].number, rows[i].version);
		const struct left *answer = counter_say(
			counter, letter_sealed(counter->arena, rows[i].from, "DEC-IMP", text));

		if (strcmp(counter_code(counter, answer), rows[i].code) != 0)
			fail_msg("row %zu: %s", i, counter_code(counter, answer));
	}
	assert_int_equal(counter_case(counter, "R1").version, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_COUNTER(test_lodging_opens_a_case_with_a_number),
		AT_COUNTER(test_numbers_count_up_over_all_declarants),
		AT_COUNTER(test_a_reference_is_used_once),
		AT_COUNTER(test_the_same_message_gets_the_same_receipt_and_moves_nothing),
		AT_COUNTER(test_an_id_used_for_another_content_is_refused),
		AT_COUNTER(test_two_senders_may_use_the_same_id),
		AT_COUNTER(test_a_refused_id_may_come_again_with_what_is_right),
		AT_COUNTER(test_the_same_message_gets_the_same_answer_whatever_the_date),
		AT_COUNTER(test_an_amendment_makes_a_new_version),
		AT_COUNTER(test_an_amendment_withdraws_the_old_tasks_and_opens_new_ones),
		AT_COUNTER(test_nine_amendments_and_no_more),
		AT_COUNTER(test_a_cancellation_ends_the_case),
		AT_COUNTER(test_what_is_cleared_cannot_be_amended),
		AT_COUNTER(test_only_the_present_version_of_ones_own_can_be_changed),
	};

	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
