/* Receivers that are trouble, and what changes while a message waits, seen from the counter. */
#include "counter.h"

static const struct reply unacceptable = { "ACK", "RE", NULL, 0 };

/* What was delivered last, and to whom. */
static const struct left *last_delivery(struct counter *counter, const char *party)
{
	for (size_t i = counter->left_count; i-- > 0;)
		if (counter->left[i].verb == VERB_DELIVER &&
		    strcmp(counter->left[i].party, party) == 0)
			return &counter->left[i];
	fail_msg("nothing was delivered to %s", party);
	return NULL;
}

static const char *state_of(struct counter *counter, const char *reference)
{
	return counter_delivery(counter, reference, CUSTOMS).state;
}

/* ---- receipts ----------------------------------------------------------------------------- */

static void test_a_receipt_that_was_lost_is_asked_for_under_the_same_id(void **state)
{
	struct counter *counter = *state;
	struct envelope first, again;

	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, MACHINE, "R1");
	first = counter_take(counter, CUSTOMS);
	counter_at(counter, counter_delivery(counter, "R1", CUSTOMS).due);
	again = counter_take(counter, CUSTOMS);
	assert_string_equal(again.id, first.id);
	counter_answers(counter, CUSTOMS, &first, &received); /* late, and to the first */
	assert_string_equal(state_of(counter, "R1"), "RECEIVED");
	counter_answers(counter, CUSTOMS, &again, &released);
	counter_stands(counter, "R1", "CLEARED");
	counter_verify(counter);
}

static void test_a_receipt_that_comes_again_moves_nothing(void **state)
{
	struct counter *counter = *state;
	struct envelope customs;
	struct letter *receipt;
	struct journal_head head;
	struct left first;

	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	receipt = letter_reply(counter->arena, CUSTOMS, &customs, &received);
	first = *counter_say(counter, receipt);
	head = journal_head(counter->gateway.journal);
	for (int i = 0; i < 3; i++) {
		const struct left *again = counter_say(counter, receipt);

		assert_int_equal(again->verb, VERB_RECEIPT);
		assert_int_equal(again->envelope.length, first.envelope.length);
		assert_memory_equal(again->envelope.start, first.envelope.start,
				    first.envelope.length);
	}
	assert_int_equal(journal_head(counter->gateway.journal).seq, head.seq);
	assert_string_equal(state_of(counter, "R1"), "RECEIVED");
}

static void test_a_receipt_behind_the_decision_changes_nothing(void **state)
{
	static const struct reply *const late[] = { &received, &unacceptable };
	struct counter *counter = *state;
	struct envelope customs;

	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &released);
	for (size_t i = 0; i < COUNT_OF(late); i++) {
		(void)counter_say(counter,
				  letter_reply(counter->arena, CUSTOMS, &customs, late[i]));
		assert_string_equal(state_of(counter, "R1"), "DONE");
		assert_string_equal(counter_task(counter, "R1", CUSTOMS).state, "DECIDED");
		counter_stands(counter, "R1", "CLEARED");
	}
	counter_verify(counter);
}

static void test_of_two_receipts_that_differ_the_refusing_one_holds(void **state)
{
	static const struct {
		const struct reply *one, *other;
	} orders[] = { { &unacceptable, &received }, { &received, &unacceptable } };
	struct counter *counter = *state;

	counter_connect(counter, CUSTOMS, 1, 8);
	for (size_t i = 0; i < COUNT_OF(orders); i++) {
		const char *reference = arena_printf(counter->arena, "R%zu", i);
		struct envelope customs;

		counter_lodge(counter, MACHINE, reference);
		customs = counter_take(counter, CUSTOMS);
		(void)counter_say(counter,
				  letter_reply(counter->arena, CUSTOMS, &customs, orders[i].one));
		(void)counter_say(counter,
				  letter_reply(counter->arena, CUSTOMS, &customs, orders[i].other));
		assert_string_equal(state_of(counter, reference), "DEAD");
		assert_string_equal(counter_delivery(counter, reference, CUSTOMS).code, "DLV-002");
		counter_answers(counter, CUSTOMS, &customs, &released); /* who decides after all */
		counter_stands(counter, reference, "CLEARED");
	}
	counter_verify(counter);
}

/* ---- the same again ----------------------------------------------------------------------- */

static void test_the_same_again_behind_its_dead_letter_is_receipted_and_not_sent(void **state)
{
	struct counter *counter = *state;
	struct letter *letter = letter_sealed(counter->arena, TRADER, "DEC-IMP",
					      declaration(counter->arena, MACHINE, "R1"));
	struct left first = *counter_say(counter, letter);
	struct journal_head head;

	counter->settings.attempts = 1;
	counter_until(counter, "R1", CUSTOMS, "DEAD");
	for (int restarted = 0; restarted < 2; restarted++) {
		const struct left *again;

		head = journal_head(counter->gateway.journal);
		again = counter_say(counter, letter);
		assert_int_equal(again->verb, VERB_RECEIPT);
		assert_int_equal(again->envelope.length, first.envelope.length);
		assert_memory_equal(again->envelope.start, first.envelope.start,
				    first.envelope.length);
		assert_int_equal(journal_head(counter->gateway.journal).seq, head.seq);
		counter_restart(counter);
	}
	counter_connect(counter, CUSTOMS, 1, 8);
	assert_int_equal(counter_untaken(counter, CUSTOMS), 0);
	assert_string_equal(state_of(counter, "R1"), "DEAD");
}

/* ---- receivers that come and go ----------------------------------------------------------- */

static void test_a_party_that_comes_and_goes_gets_one_message_each_time_it_comes(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery = { .id = NULL };
	int number = 0;
	const char *id;

	counter_lodge(counter, MACHINE, "R1");
	id = counter_delivery(counter, "R1", CUSTOMS).id;
	while (++number < counter->settings.attempts) {
		counter_connect(counter, CUSTOMS, number, 8);
		delivery = counter_take(counter, CUSTOMS);
		assert_string_equal(delivery.id, id);
		assert_int_equal(last_delivery(counter, CUSTOMS)->number, number);
		counter_disconnect(counter, CUSTOMS, number);
	}
	counter_connect(counter, CUSTOMS, number, 8);
	counter_answers(counter, CUSTOMS, &delivery, &released);
	counter_stands(counter, "R1", "CLEARED");
	assert_int_equal(counter_records(counter, "not-applied"), 0);
	counter_verify(counter);
}

/* Twice as often as there may be attempts, in no time. */
static void test_who_flaps_uses_up_no_attempt_and_gets_no_more_than_it_may(void **state)
{
	struct counter *counter = *state;
	const int64_t most = counter->settings.attempts;
	struct envelope delivery = { .id = NULL };
	int number = 0, sent = 0;

	counter_lodge(counter, MACHINE, "R1");
	while (++number <= 2 * most) {
		counter_connect(counter, CUSTOMS, number, 8);
		if (counter_untaken(counter, CUSTOMS) > 0) {
			delivery = counter_take(counter, CUSTOMS);
			sent++;
		}
		counter_disconnect(counter, CUSTOMS, number);
	}
	assert_in_range(sent, most, most + 1);
	assert_in_range(counter_delivery(counter, "R1", CUSTOMS).counted, 1, 2);
	assert_string_not_equal(state_of(counter, "R1"), "DEAD");

	counter_connect(counter, CUSTOMS, number, 8);
	counter_at(counter, counter_delivery(counter, "R1", CUSTOMS).due);
	assert_string_equal(counter_take(counter, CUSTOMS).id, delivery.id);
	counter_answers(counter, CUSTOMS, &delivery, &released);
	counter_stands(counter, "R1", "CLEARED");
	counter_verify(counter);
}

static void test_who_comes_back_before_the_last_attempt_is_over_is_served(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery;

	counter->settings.attempts = 2;
	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, MACHINE, "R1");
	(void)counter_take(counter, CUSTOMS);
	counter_at(counter, counter_delivery(counter, "R1", CUSTOMS).due);
	(void)counter_take(counter, CUSTOMS);
	counter_disconnect(counter, CUSTOMS, 1);
	counter_connect(counter, CUSTOMS, 2, 8);
	delivery = counter_take(counter, CUSTOMS);
	assert_true(counter_delivery(counter, "R1", CUSTOMS).due - counter_now(counter) >=
		    counter->settings.answer_within);
	counter_answers(counter, CUSTOMS, &delivery, &released);
	counter_stands(counter, "R1", "CLEARED");
}

/* A message that ends its receiver, which is started anew at once, each time. */
static void test_poison_that_is_asked_for_again_at_once_ends_all_the_same(void **state)
{
	struct counter *counter = *state;
	int number = 0, sent = 0;

	counter->settings.attempts = 3;
	counter_lodge(counter, MACHINE, "R1");
	while (strcmp(state_of(counter, "R1"), "DEAD") != 0) {
		counter_connect(counter, CUSTOMS, ++number, 8);
		if (counter_untaken(counter, CUSTOMS) > 0) {
			(void)counter_take(counter, CUSTOMS);
			sent++;
		} else {
			counter_at(counter, counter_delivery(counter, "R1", CUSTOMS).due);
			if (counter_untaken(counter, CUSTOMS) > 0) {
				(void)counter_take(counter, CUSTOMS);
				sent++;
			}
		}
		counter_disconnect(counter, CUSTOMS, number);
		assert_true(sent <= 3 * (3 + 1));
	}
	assert_true(sent > 3);
	counter_verify(counter);
}

/* Customs ends at once whenever it gets R1, and has room for one message only. */
static void test_a_message_that_kills_its_receiver_ends_and_the_others_are_served(void **state)
{
	struct counter *counter = *state;
	const char *poison;
	int deaths = 0, number = 0, served = 0;

	counter_lodge(counter, MACHINE, "R1");
	counter_lodge(counter, MACHINE, "R2");
	counter_lodge(counter, MACHINE, "R3");
	poison = counter_delivery(counter, "R1", CUSTOMS).id;
	counter_connect(counter, CUSTOMS, ++number, 1);
	while (served < 2) {
		struct envelope delivery = counter_take(counter, CUSTOMS);

		if (strcmp(delivery.id, poison) != 0) {
			counter_answers(counter, CUSTOMS, &delivery, &released);
			served++;
			continue;
		}
		assert_true(++deaths <= counter->settings.attempts);
		counter_disconnect(counter, CUSTOMS, number);
		counter_at(counter, counter_delivery(counter, "R1", CUSTOMS).due);
		counter_connect(counter, CUSTOMS, ++number, 1);
	}
	counter_stands(counter, "R2", "CLEARED");
	counter_stands(counter, "R3", "CLEARED");
	counter_until(counter, "R1", CUSTOMS, "DEAD");
	counter_stands(counter, "R1", "REGISTERED");
	counter_verify(counter);
}

#define MANY 24

static int by_value(const void *one, const void *other)
{
	const gateway_time *a = one, *b = other;

	return (*a > *b) - (*a < *b);
}

static void test_what_failed_together_does_not_come_back_together(void **state)
{
	struct counter *counter = *state;
	gateway_time due[MANY];

	for (int i = 0; i < MANY; i++) {
		const char *reference = arena_printf(counter->arena, "R%d", i);

		counter_lodge(counter, MACHINE, reference);
		due[i] = counter_delivery(counter, reference, CUSTOMS).due;
	}
	qsort(due, MANY, sizeof *due, by_value);
	/* the first retry falls between five and ten seconds after the attempt */
	assert_true(due[MANY - 1] - due[0] > 2500);
	for (int i = 1; i < MANY; i++)
		assert_true(due[i] - due[i - 1] < 2500);
}

/* ---- what changes meanwhile --------------------------------------------------------------- */

static void test_a_retry_has_its_old_id_the_new_key_and_the_new_connection(void **state)
{
	struct counter *counter = *state;
	struct envelope first, again;
	const char *certificate, *other;
	const struct left *left;
	char command[512];

	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, MACHINE, "R1");
	first = counter_take(counter, CUSTOMS);
	left = last_delivery(counter, CUSTOMS);
	certificate = element_text(counter->arena, left->envelope.start, left->envelope.length,
				   "X509Certificate");
	counter_disconnect(counter, CUSTOMS, 1);

	snprintf(command, sizeof command, "certs-example/make-pki '%s' --rotate " GATEWAY,
		 people_path("pki"));
	assert_int_equal(system(command), 0);
	must(keyring_reload(people_house.keyring, &counter->why), &counter->why);
	counter_connect(counter, CUSTOMS, 2, 8);
	again = counter_take(counter, CUSTOMS);
	left = last_delivery(counter, CUSTOMS);
	other = element_text(counter->arena, left->envelope.start, left->envelope.length,
			     "X509Certificate");
	assert_string_equal(again.id, first.id);
	assert_int_equal(left->number, 2);
	assert_string_not_equal(certificate, other);
	counter_answers(counter, CUSTOMS, &again, &released);
	counter_stands(counter, "R1", "CLEARED");
}

/* The project's kinds with one thing of imports that must be a date now. */
static struct kinds *stricter(struct counter *counter)
{
	const char *folder = scratch_path(counter->scratch, "stricter");
	struct kinds *kinds;
	char command[1024];

	snprintf(command, sizeof command,
		 "cp -R schemas '%s' && sed -i '/name=\"DeclarationOfficeID\"/s/type=\"[^\"]*\"/"
		 "type=\"xs:date\"/' '%s/dec-imp/dec-imp-1.xsd'",
		 folder, folder);
	assert_int_equal(system(command), 0);
	must(kinds_load_with(&kinds, &folder, 1, "none", &counter->why), &counter->why);
	return kinds;
}

static void test_what_was_accepted_is_delivered_though_its_schema_has_changed(void **state)
{
	struct counter *counter = *state;
	const struct kinds *before = people_house.kinds;
	struct letter *letter = counter_lodge(counter, MACHINE, "R1");
	struct kinds *after = stricter(counter);
	struct envelope delivery;
	const struct left *left;

	counter_restart_with(counter, after);
	counter_refuses(counter,
			letter_sealed(counter->arena, TRADER, "DEC-IMP",
				      declaration(counter->arena, MACHINE, "R2")),
			"XSD-020");
	counter_connect(counter, CUSTOMS, 1, 8);
	delivery = counter_take(counter, CUSTOMS);
	left = last_delivery(counter, CUSTOMS);
	assert_int_equal(left->payload.length, letter->payload_length);
	assert_memory_equal(left->payload.start, letter->payload, letter->payload_length);
	counter_accepts(counter, letter); /* again: receipted as it was */
	counter_answers(counter, CUSTOMS, &delivery, &released);
	counter_stands(counter, "R1", "CLEARED");
	counter_verify(counter);
	counter_restart_with(counter, before);
	kinds_free(after);
}

/* What cannot be delivered as it is: its declarant puts it right, and it stays the same case. */
static void test_a_dead_letter_that_was_put_right_is_the_same_case_under_a_new_version(void **state)
{
	struct counter *counter = *state;
	struct journal_case was, is;
	struct envelope customs;
	struct journal_delivery dead;

	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &unacceptable);
	dead = counter_delivery(counter, "R1", CUSTOMS);
	assert_string_equal(dead.state, "DEAD");
	was = counter_case(counter, "R1");

	counter_accepts(counter, letter_sealed(counter->arena, TRADER, "DEC-IMP",
					       change(counter->arena,
						      declaration(counter->arena, MACHINE, "R1"),
						      "4", was.number, was.version)));
	is = counter_case(counter, "R1");
	assert_string_equal(is.id, was.id);
	assert_int_equal(is.version, was.version + 1);
	customs = counter_take(counter, CUSTOMS);
	assert_string_not_equal(customs.id, dead.id);
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).id, customs.id);
	assert_non_null(strstr(counter_order(counter, "retry", dead.id), "DLV-006"));
	counter_answers(counter, CUSTOMS, &customs, &released);
	counter_stands(counter, "R1", "CLEARED");
	counter_verify(counter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_COUNTER(test_a_receipt_that_was_lost_is_asked_for_under_the_same_id),
		AT_COUNTER(test_a_receipt_that_comes_again_moves_nothing),
		AT_COUNTER(test_a_receipt_behind_the_decision_changes_nothing),
		AT_COUNTER(test_of_two_receipts_that_differ_the_refusing_one_holds),
		AT_COUNTER(test_the_same_again_behind_its_dead_letter_is_receipted_and_not_sent),
		AT_COUNTER(test_a_party_that_comes_and_goes_gets_one_message_each_time_it_comes),
		AT_COUNTER(test_who_flaps_uses_up_no_attempt_and_gets_no_more_than_it_may),
		AT_COUNTER(test_who_comes_back_before_the_last_attempt_is_over_is_served),
		AT_COUNTER(test_poison_that_is_asked_for_again_at_once_ends_all_the_same),
		AT_COUNTER(test_a_message_that_kills_its_receiver_ends_and_the_others_are_served),
		AT_COUNTER(test_what_failed_together_does_not_come_back_together),
		AT_COUNTER(test_a_retry_has_its_old_id_the_new_key_and_the_new_connection),
		AT_COUNTER(test_what_was_accepted_is_delivered_though_its_schema_has_changed),
		AT_COUNTER(
			test_a_dead_letter_that_was_put_right_is_the_same_case_under_a_new_version),
	};

	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
