/* What is kept until somebody takes care of it: dead letters and mailboxes, from the counter. */
#include "counter.h"

/* Lodged as part of a conversation. */
static void lodge_in(struct counter *counter, const char *conversation, const char *sample,
		     const char *reference)
{
	struct letter *letter = letter_new(counter->arena, TRADER, "DEC-IMP",
					   declaration(counter->arena, sample, reference));

	letter->envelope.conversation = conversation;
	letter_seal(letter, NULL);
	counter_accepts(counter, letter);
}

/* ---- dead letters ------------------------------------------------------------------------- */

static void die(struct counter *counter, const char *reference)
{
	counter->settings.attempts = 1;
	counter_lodge(counter, MACHINE, reference);
	counter_until(counter, reference, CUSTOMS, "DEAD");
	counter->settings.attempts = 12;
}

static void test_a_dead_letter_holds_its_conversation_for_its_party_alone(void **state)
{
	static const char conversation[] = "11111111-1111-4111-8111-111111111111";
	struct counter *counter = *state;

	counter->settings.attempts = 1;
	lodge_in(counter, conversation, MACHINE, "R1");
	counter_until(counter, "R1", CUSTOMS, "DEAD");
	counter->settings.attempts = 12;
	counter_connect(counter, CUSTOMS, 1, 8);
	counter_connect(counter, MINISTRY, 2, 8);
	lodge_in(counter, conversation, SHRIMP, "R2");
	counter_lodge(counter, MACHINE, "R3");
	assert_string_equal(counter_delivery(counter, "R2", MINISTRY).state, "SENT");
	assert_string_equal(counter_delivery(counter, "R3", CUSTOMS).state, "SENT");
	assert_string_equal(counter_delivery(counter, "R2", CUSTOMS).state, "WAITING");
	counter_order(counter, "drop", counter_delivery(counter, "R1", CUSTOMS).id);
	assert_string_equal(counter_delivery(counter, "R2", CUSTOMS).state, "SENT");
}

/* Conversations are their declarants' own, whatever they call them. */
static void test_a_dead_letter_holds_nobody_elses_conversation(void **state)
{
	static const char conversation[] = "11111111-1111-4111-8111-111111111111";
	struct counter *counter = *state;
	struct letter *letter = letter_new(counter->arena, RIVAL, "DEC-IMP",
					   declaration(counter->arena, MACHINE, "R2"));

	counter->settings.attempts = 1;
	lodge_in(counter, conversation, MACHINE, "R1");
	counter_until(counter, "R1", CUSTOMS, "DEAD");
	counter->settings.attempts = 12;
	counter_connect(counter, CUSTOMS, 1, 8);
	letter->envelope.conversation = conversation;
	letter_seal(letter, NULL);
	counter_accepts(counter, letter);
	assert_string_equal(counter_delivery(counter, "R2", CUSTOMS).state, "SENT");
}

static void test_retry_takes_any_name_of_the_dead_letter(void **state)
{
	struct counter *counter = *state;
	struct journal_case case_;

	die(counter, "R1");
	case_ = counter_case(counter, "R1");
	for (int i = 0; i < 5; i++) {
		struct journal_delivery dead = counter_delivery(counter, "R1", CUSTOMS);
		const char *names[] = { dead.id, case_.message, case_.id, CUSTOMS, case_.number };
		const char *answer;

		counter->settings.attempts = 2; /* noted as absent, once, and still waiting */
		answer = counter_order(counter, "retry", names[i]);
		if (strstr(answer, "\"count\": 1") == NULL && strstr(answer, "\"count\":1") == NULL)
			fail_msg("%s: %s", names[i], answer);
		assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "WAITING");
		assert_string_equal(counter_task(counter, "R1", CUSTOMS).state, "OPEN");
		counter->settings.attempts = 1;
		counter_until(counter, "R1", CUSTOMS, "DEAD");
	}
	counter_verify(counter);
}

static void test_what_is_retried_goes_out_with_its_old_id(void **state)
{
	struct counter *counter = *state;
	struct envelope customs;

	die(counter, "R1");
	counter_connect(counter, CUSTOMS, 1, 8);
	counter_order(counter, "retry", CUSTOMS);
	customs = counter_take(counter, CUSTOMS);
	assert_string_equal(customs.id, counter_delivery(counter, "R1", CUSTOMS).id);
	counter_answers(counter, CUSTOMS, &customs, &released);
	counter_stands(counter, "R1", "CLEARED");
}

static void test_a_dropped_letter_is_withdrawn_for_good(void **state)
{
	struct counter *counter = *state;

	die(counter, "R1");
	counter_order(counter, "drop", counter_delivery(counter, "R1", CUSTOMS).id);
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "WITHDRAWN");
	assert_string_equal(counter_task(counter, "R1", CUSTOMS).state, "WITHDRAWN");
	counter_connect(counter, CUSTOMS, 1, 8);
	assert_int_equal(counter_untaken(counter, CUSTOMS), 0);
	assert_non_null(strstr(counter_order(counter, "retry", CUSTOMS), "DLV-006"));
}

static void test_orders_about_nothing_dead_are_refused(void **state)
{
	struct counter *counter = *state;
	const char *waiting;

	die(counter, "R1");
	counter_lodge(counter, MACHINE, "R2");
	waiting = counter_delivery(counter, "R2", CUSTOMS).id;
	assert_non_null(strstr(counter_order(counter, "retry", waiting), "DLV-006"));
	assert_non_null(strstr(counter_order(counter, "drop", waiting), "DLV-006"));
	assert_non_null(strstr(counter_order(counter, "retry", "nothing"), "DLV-006"));
	assert_non_null(strstr(counter_order(counter, "retry", ""), "DLV-006"));
	assert_non_null(strstr(counter_order(counter, "retry", MINISTRY), "DLV-006"));
}

/* Whole parties can be retried, but only one letter at a time can be thrown away. */
static void test_only_a_single_letter_can_be_dropped(void **state)
{
	struct counter *counter = *state;

	die(counter, "R1");
	assert_non_null(strstr(counter_order(counter, "drop", CUSTOMS), "DLV-006"));
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "DEAD");
}

/* A party whose answers are pure functions gives the same one again: it must count once. */
static void test_a_decision_that_came_after_death_is_a_decision(void **state)
{
	struct counter *counter = *state;
	struct envelope customs;

	counter->settings.attempts = 1;
	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_until(counter, "R1", CUSTOMS, "DEAD");
	counter_answers(counter, CUSTOMS, &customs, &channelled);
	counter_stands(counter, "R1", "CHANNELLED");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "DEAD");
	counter_answers(counter, CUSTOMS, &customs, &released);
	counter_stands(counter, "R1", "CLEARED");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "DONE");
	counter_verify(counter);
}

/* ---- the mailbox -------------------------------------------------------------------------- */

static void test_a_mailbox_is_fetched_oldest_first(void **state)
{
	struct counter *counter = *state;

	counter_lodge(counter, MACHINE, "R1");
	counter_lodge(counter, MACHINE, "R2");
	counter_lodge(counter, MACHINE, "R3");
	assert_string_equal(counter_fetch(counter, TRADER, 1, 2), "count=2\nleft=1\n");
	assert_string_equal(counter_take(counter, TRADER).id,
			    counter_delivery(counter, "R1", TRADER).id);
	assert_string_equal(counter_take(counter, TRADER).id,
			    counter_delivery(counter, "R2", TRADER).id);
	assert_int_equal(counter_untaken(counter, TRADER), 0);
}

static void test_fetched_comes_behind_what_was_fetched(void **state)
{
	struct counter *counter = *state;
	size_t since;

	counter_lodge(counter, MACHINE, "R1");
	counter_lodge(counter, MACHINE, "R2");
	since = counter->left_count;
	counter_fetch(counter, TRADER, 1, 8);
	assert_int_equal(counter->left_count, since + 3);
	assert_int_equal(counter->left[since].verb, VERB_DELIVER);
	assert_int_equal(counter->left[since + 1].verb, VERB_DELIVER);
	assert_int_equal(counter->left[since + 2].verb, VERB_FETCHED);
}

static void test_what_one_connection_holds_another_does_not_get(void **state)
{
	struct counter *counter = *state;

	counter_lodge(counter, MACHINE, "R1");
	assert_string_equal(counter_fetch(counter, TRADER, 1, 5), "count=1\nleft=0\n");
	assert_non_null(strstr(counter_fetch(counter, TRADER, 2, 5), "count=0\n"));
	assert_non_null(strstr(counter_fetch(counter, TRADER, 1, 5), "count=1\n"));
	counter_restart(counter);
	assert_non_null(strstr(counter_fetch(counter, TRADER, 2, 5), "count=1\n"));
}

static void test_a_mailbox_is_its_owners_alone(void **state)
{
	struct counter *counter = *state;

	counter_lodge(counter, MACHINE, "R1");
	assert_string_equal(counter_fetch(counter, RIVAL, 1, 5), "count=0\nleft=0\n");
	assert_string_equal(counter_fetch(counter, CUSTOMS, 1, 5), "count=0\nleft=0\n");
}

static void test_an_acknowledged_message_is_gone_and_confirmed_again(void **state)
{
	struct counter *counter = *state;
	const struct left *confirmed;
	const char *id;

	counter_lodge(counter, MACHINE, "R1");
	id = counter_delivery(counter, "R1", TRADER).id;
	for (int i = 0; i < 2; i++) {
		confirmed = counter_ack(counter, TRADER, id);
		assert_int_equal(confirmed->verb, VERB_ACK);
		assert_string_equal((const char *)confirmed->payload.start, id);
	}
	assert_string_equal(counter_fetch(counter, TRADER, 1, 5), "count=0\nleft=0\n");
	assert_string_equal(counter_delivery(counter, "R1", TRADER).state, "DONE");
	counter_verify(counter);
}

static void test_only_ones_own_mailbox_can_be_acknowledged(void **state)
{
	struct counter *counter = *state;
	const char *response, *task;
	const struct {
		const char *party, *id;
	} rows[] = { { TRADER, "11111111-1111-4111-8111-111111111111" },
		     { TRADER, "" },
		     { RIVAL, NULL }, /* the response, which is the trader's */
		     { CUSTOMS, "" } };

	counter_lodge(counter, MACHINE, "R1");
	response = counter_delivery(counter, "R1", TRADER).id;
	task = counter_delivery(counter, "R1", CUSTOMS).id;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *id = rows[i].id != NULL ? rows[i].id : response;
		const struct left *answer = counter_ack(counter, rows[i].party, id);

		assert_int_equal(answer->verb, VERB_REFUSAL);
		assert_non_null(strstr((const char *)answer->payload.start, "code=DLV-004\n"));
	}
	assert_int_equal(counter_ack(counter, CUSTOMS, task)->verb, VERB_REFUSAL);
	assert_string_equal(counter_delivery(counter, "R1", TRADER).state, "WAITING");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "WAITING");
}

static void test_a_mailbox_waits_for_ever(void **state)
{
	struct counter *counter = *state;

	counter_lodge(counter, MACHINE, "R1");
	counter_at(counter, MORNING + 40 * DAY);
	assert_string_equal(counter_delivery(counter, "R1", TRADER).state, "WAITING");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_COUNTER(test_a_dead_letter_holds_its_conversation_for_its_party_alone),
		AT_COUNTER(test_a_dead_letter_holds_nobody_elses_conversation),
		AT_COUNTER(test_retry_takes_any_name_of_the_dead_letter),
		AT_COUNTER(test_what_is_retried_goes_out_with_its_old_id),
		AT_COUNTER(test_a_dropped_letter_is_withdrawn_for_good),
		AT_COUNTER(test_orders_about_nothing_dead_are_refused),
		AT_COUNTER(test_only_a_single_letter_can_be_dropped),
		AT_COUNTER(test_a_decision_that_came_after_death_is_a_decision),
		AT_COUNTER(test_a_mailbox_is_fetched_oldest_first),
		AT_COUNTER(test_fetched_comes_behind_what_was_fetched),
		AT_COUNTER(test_what_one_connection_holds_another_does_not_get),
		AT_COUNTER(test_a_mailbox_is_its_owners_alone),
		AT_COUNTER(test_an_acknowledged_message_is_gone_and_confirmed_again),
		AT_COUNTER(test_only_ones_own_mailbox_can_be_acknowledged),
		AT_COUNTER(test_a_mailbox_waits_for_ever),
	};

	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
