/* What goes to whom, and how often it is tried: the outbox, seen from the counter. */
#include "core/signature.h"
#include "counter.h"

/* ---- planning ----------------------------------------------------------------------------- */

static void test_the_goods_decide_who_must_decide(void **state)
{
	static const struct {
		const char *sample, *procedure; /* of the ministry; NULL: customs alone */
	} rows[] = {
		{ "shrimp-thailand", "MARD-AQ-IMP" }, { "beef-australia", "MARD-AQ-IMP" },
		{ "fruit-china", "MARD-PQ-IMP" },     { "machine-parts-japan", NULL },
		{ "plastics-korea", NULL },	      { "electronics-singapore", NULL },
	};
	struct counter *counter = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct journal_task customs, ministry;

		counter_lodge(counter, rows[i].sample, rows[i].sample);
		customs = counter_task(counter, rows[i].sample, CUSTOMS);
		ministry = counter_task(counter, rows[i].sample, MINISTRY);
		assert_string_equal(customs.procedure, "MOF-IMP");
		assert_true(customs.releases);
		assert_int_equal(ministry.party != NULL, rows[i].procedure != NULL);
		if (ministry.party == NULL)
			continue;
		assert_string_equal(ministry.procedure, rows[i].procedure);
		assert_false(ministry.releases);
	}
}

static void test_a_delivery_is_the_declaration_as_the_trader_wrote_it(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery;
	struct letter *letter;

	counter_connect(counter, CUSTOMS, 1, 8);
	letter = counter_lodge(counter, MACHINE, "R1");
	for (size_t i = 0; i < counter->left_count; i++) {
		if (counter->left[i].verb != VERB_DELIVER)
			continue;
		assert_int_equal(counter->left[i].payload.length, letter->payload_length);
		assert_memory_equal(counter->left[i].payload.start, letter->payload,
				    letter->payload_length);
	}
	delivery = counter_take(counter, CUSTOMS);
	assert_string_equal(delivery.from, GATEWAY);
	assert_string_equal(delivery.kind, "DEC-IMP");
	assert_string_equal(delivery.conversation, letter->envelope.conversation);
	assert_string_not_equal(delivery.id, letter->envelope.id);
	assert_non_null(delivery.origin);
}

/* The gateway signs around it; who declared can be held to it by everybody it is sent to. */
static void test_the_declarants_own_signature_reaches_every_party_unbroken(void **state)
{
	static const char *const parties[] = { CUSTOMS, MINISTRY };
	struct counter *counter = *state;
	char *text =
		signed_payload(counter->arena, declaration(counter->arena, SHRIMP, "R1"), TRADER);
	size_t seen = 0;

	counter_connect_both(counter);
	counter_accepts(counter, letter_sealed(counter->arena, TRADER, "DEC-IMP", text));
	for (size_t i = 0; i < COUNT_OF(parties); i++)
		assert_string_equal(counter_take(counter, parties[i]).from, GATEWAY);
	for (size_t i = 0; i < counter->left_count; i++) {
		const struct bytes payload = counter->left[i].payload;
		char party[PARTY_ID_SIZE];
		struct signature signature;
		struct document *document;
		struct failure why;

		if (counter->left[i].verb != VERB_DELIVER)
			continue;
		must(document_parse(&document, "delivered", payload.start, payload.length,
				    &document_limits_message, &why) &&
			     signature_verify(&signature, counter->arena, document_tree(document),
					      NULL, 0, &why) &&
			     keyring_check(people_house.keyring, signature.certificate,
					   signature.certificate_length, MORNING, MORNING, party,
					   &why),
		     &why);
		assert_string_equal(party, TRADER);
		document_free(document);
		seen++;
	}
	assert_int_equal(seen, COUNT_OF(parties));
}

static void test_the_same_message_plans_the_same_ids_anywhere(void **state)
{
	struct counter *counter = *state, *other;
	struct letter *letter = counter_lodge(counter, SHRIMP, "R1");
	void *second;

	counter_open(&second);
	other = second;
	counter_lodge(other, MACHINE, "R0"); /* so that the journals differ */
	counter_accepts(other, letter);
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).id,
			    counter_delivery(other, "R1", CUSTOMS).id);
	assert_string_equal(counter_delivery(counter, "R1", MINISTRY).id,
			    counter_delivery(other, "R1", MINISTRY).id);
	assert_string_equal(counter_delivery(counter, "R1", TRADER).id,
			    counter_delivery(other, "R1", TRADER).id);
	counter_close(&second);
}

static void test_a_response_tells_number_state_and_everybodys_word(void **state)
{
	struct counter *counter = *state;
	struct envelope customs, ministry, response;
	const struct left *last;

	counter_connect(counter, CUSTOMS, 1, 8);
	counter_connect(counter, MINISTRY, 2, 8);
	counter_lodge(counter, SHRIMP, "R1");
	customs = counter_take(counter, CUSTOMS);
	ministry = counter_take(counter, MINISTRY);
	counter_answers(counter, CUSTOMS, &customs, &released);
	counter_answers(counter, MINISTRY, &ministry, &approved);
	counter_fetch(counter, TRADER, 1, 10);
	assert_int_equal(counter_untaken(counter, TRADER), 3); /* AJ, AJ, AP */
	for (int i = 0; i < 3; i++)
		response = counter_take(counter, TRADER);
	assert_string_equal(response.kind, "RES");
	for (last = &counter->left[counter->left_count - 1]; last->verb != VERB_DELIVER;)
		last--;
	assert_int_equal(elements(last->payload.start, last->payload.length, "NameCode"),
			 4); /* and the certificate of origin */
	assert_int_equal(
		elements(last->payload.start, last->payload.length, "GovernmentAgencyGoodsItem"),
		2);
	assert_int_equal(elements(last->payload.start, last->payload.length, "AdditionalDocument"),
			 1); /* what the ministry issued */
	assert_string_equal(
		element_text(counter->arena, last->payload.start, last->payload.length, "NameCode"),
		"CLEARED");
	assert_string_equal(element_text(counter->arena, last->payload.start, last->payload.length,
					 "ResultCode"),
			    "AP");
	assert_non_null(
		strstr((const char *)last->payload.start, counter_case(counter, "R1").number));
}

static void test_an_answer_still_held_is_told_to_nobody(void **state)
{
	struct counter *counter = *state;
	struct reply later = approved;
	struct envelope customs, ministry;
	const struct left *last;

	later.effective = MORNING + HOUR;
	counter_connect(counter, CUSTOMS, 1, 8);
	counter_connect(counter, MINISTRY, 2, 8);
	counter_lodge(counter, SHRIMP, "R1");
	customs = counter_take(counter, CUSTOMS);
	ministry = counter_take(counter, MINISTRY);
	counter_answers(counter, MINISTRY, &ministry, &later);
	counter_answers(counter, CUSTOMS, &customs, &released);
	counter_fetch(counter, TRADER, 1, 10);
	for (last = &counter->left[counter->left_count - 1]; last->verb != VERB_DELIVER;)
		last--;
	assert_null(strstr((const char *)last->payload.start, "<AgencyID>" MINISTRY));
	assert_null(strstr((const char *)last->payload.start, "TY-2014-000001"));
}

/* ---- attempts ----------------------------------------------------------------------------- */

#define ATTEMPTS 14

struct waits {
	int64_t after[ATTEMPTS]; /* between an attempt and the next */
	size_t count;
};

static struct waits waits_of(struct counter *counter, const char *delivery)
{
	struct waits waits = { .count = 0 };
	struct journal_record *records;
	size_t count =
		journal_records(counter->gateway.journal, counter->arena, 0, NULL, 10000, &records);

	for (size_t i = 0; i < count && waits.count < ATTEMPTS; i++)
		if (strcmp(records[i].type, "attempt") == 0 &&
		    strcmp(journal_field(&records[i], "delivery"), delivery) == 0)
			waits.after[waits.count++] =
				strtoll(journal_field(&records[i], "due"), NULL, 10) -
				records[i].at;
	return waits;
}

static void wait_for_nobody(struct counter *counter, const struct letter *letter,
			    struct waits *waits)
{
	counter_accepts(counter, letter);
	counter_until(counter, "R1", CUSTOMS, "DEAD");
	*waits = waits_of(counter, counter_delivery(counter, "R1", CUSTOMS).id);
}

static void test_an_absent_party_is_tried_ever_less_often(void **state)
{
	struct counter *counter = *state;
	struct letter *letter = letter_sealed(counter->arena, TRADER, "DEC-IMP",
					      declaration(counter->arena, MACHINE, "R1"));
	struct waits waits;
	int64_t delay = 10000;

	wait_for_nobody(counter, letter, &waits);
	assert_int_equal(waits.count, counter->settings.attempts);
	for (size_t i = 0; i < waits.count; i++) {
		assert_in_range(waits.after[i], delay / 2, delay);
		delay = delay * 2 < HOUR ? delay * 2 : HOUR;
	}
	assert_int_equal(delay, HOUR); /* the cap was reached */
}

static void test_back_off_is_a_draw_and_the_same_for_ever(void **state)
{
	struct counter *counter = *state;
	struct letter *letter = letter_sealed(counter->arena, TRADER, "DEC-IMP",
					      declaration(counter->arena, MACHINE, "R1"));
	struct waits first, again, seeded;
	struct counter *other;
	void *opened_again;

	wait_for_nobody(counter, letter, &first);

	counter_open(&opened_again);
	wait_for_nobody(opened_again, letter, &again);
	assert_memory_equal(&again, &first, sizeof first);
	counter_close(&opened_again);

	counter_open(&opened_again);
	other = opened_again;
	other->settings.seed = "another";
	wait_for_nobody(other, letter, &seeded);
	assert_memory_not_equal(&seeded, &first, sizeof first);
	counter_close(&opened_again);
}

static void test_the_last_attempt_leaves_a_dead_letter(void **state)
{
	struct counter *counter = *state;
	struct journal_delivery delivery;

	counter->settings.attempts = 3;
	counter_lodge(counter, MACHINE, "R1");
	counter_until(counter, "R1", CUSTOMS, "DEAD");
	delivery = counter_delivery(counter, "R1", CUSTOMS);
	assert_int_equal(delivery.attempts, 3);
	assert_string_equal(delivery.code, "BUS-020");
	assert_non_null(strstr(delivery.text, "not connected"));
	assert_string_equal(counter_task(counter, "R1", CUSTOMS).state, "DEAD");
	counter_stands(counter, "R1", "REGISTERED");
	counter_connect(counter, CUSTOMS, 1, 8);
	assert_int_equal(counter_untaken(counter, CUSTOMS), 0);
	counter_verify(counter);
}

static void test_a_silent_party_gets_the_same_message_again(void **state)
{
	struct counter *counter = *state;
	struct envelope first, second;

	counter->settings.attempts = 2;
	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, MACHINE, "R1");
	first = counter_take(counter, CUSTOMS);
	assert_int_equal(counter_untaken(counter, CUSTOMS), 0);
	counter_at(counter, counter_delivery(counter, "R1", CUSTOMS).due);
	second = counter_take(counter, CUSTOMS);
	assert_string_equal(second.id, first.id);
	assert_int_equal(second.created, first.created);
	assert_int_equal(second.expires, first.expires);
	counter_until(counter, "R1", CUSTOMS, "DEAD");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).code, "DLV-008");
}

static void test_an_answer_has_its_time_before_it_is_overdue(void **state)
{
	struct counter *counter = *state;
	struct journal_delivery delivery;

	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, MACHINE, "R1");
	delivery = counter_delivery(counter, "R1", CUSTOMS);
	assert_string_equal(delivery.state, "SENT");
	assert_in_range(delivery.due - delivery.created, 60000 + 5000, 60000 + 10000 + MINUTE);
}

static void test_what_expires_is_dead(void **state)
{
	struct counter *counter = *state;

	counter->settings.attempts = 1000;
	counter_lodge(counter, MACHINE, "R1");
	counter_at(counter, MORNING + 31 * DAY + MINUTE);
	counter_until(counter, "R1", CUSTOMS, "DEAD");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).code, "DLV-007");
}

/* A commit takes its time; what falls due meanwhile must not be slept through. */
static void test_what_fell_due_since_the_last_look_is_not_waited_for(void **state)
{
	struct counter *counter = *state;
	gateway_time due;

	counter_lodge(counter, MACHINE, "R1");
	due = counter_delivery(counter, "R1", CUSTOMS).due;
	assert_in_range(clerk_wait(&counter->clerk), 1, 10000);
	clock_advance(counter->gateway.house.clock, due + 1);
	assert_int_equal(clerk_wait(&counter->clerk), 0);
	counter_work(counter);
	assert_in_range(clerk_wait(&counter->clerk), 1, 20000);
}

static void test_a_send_that_fails_is_an_attempt(void **state)
{
	struct counter *counter = *state;
	struct journal_delivery delivery;

	counter_connect(counter, CUSTOMS, 1, 8);
	counter->cut = true;
	counter_lodge(counter, MACHINE, "R1");
	delivery = counter_delivery(counter, "R1", CUSTOMS);
	assert_string_equal(delivery.state, "WAITING");
	assert_int_equal(delivery.attempts, 1);
	assert_string_equal(delivery.code, "BUS-020");
	counter->cut = false;
	counter_at(counter, delivery.due);
	assert_string_equal(counter_take(counter, CUSTOMS).id, delivery.id);
	assert_null(counter_delivery(counter, "R1", CUSTOMS).code);
}

static void test_who_connects_again_gets_at_once_what_is_open(void **state)
{
	struct counter *counter = *state;
	struct envelope first, again;

	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, MACHINE, "R1");
	first = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &first, &received);
	counter_disconnect(counter, CUSTOMS, 1);
	counter_connect(counter, CUSTOMS, 2, 8);
	again = counter_take(counter, CUSTOMS);
	assert_string_equal(again.id, first.id);
	counter_answers(counter, CUSTOMS, &again, &released);
	counter_connect(counter, CUSTOMS, 3, 8);
	assert_int_equal(counter_untaken(counter, CUSTOMS), 0);
}

static void test_open_deliveries_survive_a_restart(void **state)
{
	struct counter *counter = *state;
	struct envelope first;

	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, MACHINE, "R1");
	first = counter_take(counter, CUSTOMS);
	counter_restart(counter);
	counter_connect(counter, CUSTOMS, 1, 8);
	assert_string_equal(counter_take(counter, CUSTOMS).id, first.id);
}

static void test_no_more_is_in_flight_than_the_party_has_room_for(void **state)
{
	static const struct {
		size_t credit;
		int64_t window;
		size_t most;
	} rows[] = { { 2, 32, 2 }, { 8, 3, 3 }, { 1, 1, 1 } };
	struct counter *counter = *state;

	for (int i = 0; i < 5; i++) {
		counter_lodge(counter, MACHINE, arena_printf(counter->arena, "R%d", i));
	}
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		counter->settings.window = rows[i].window;
		counter_connect(counter, CUSTOMS, (int)i + 1, rows[i].credit);
		assert_int_equal(counter_untaken(counter, CUSTOMS), rows[i].most);
		while (counter_untaken(counter, CUSTOMS) != 0)
			(void)counter_take(counter, CUSTOMS);
	}
}

static void test_an_answer_makes_room_for_the_next(void **state)
{
	struct counter *counter = *state;
	struct envelope first, second;

	counter_connect(counter, CUSTOMS, 1, 1);
	counter_lodge(counter, MACHINE, "R1");
	counter_lodge(counter, MACHINE, "R2");
	first = counter_take(counter, CUSTOMS);
	assert_int_equal(counter_untaken(counter, CUSTOMS), 0);
	counter_answers(counter, CUSTOMS, &first, &released);
	second = counter_take(counter, CUSTOMS);
	assert_string_equal(second.id, counter_delivery(counter, "R2", CUSTOMS).id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_COUNTER(test_the_goods_decide_who_must_decide),
		AT_COUNTER(test_a_delivery_is_the_declaration_as_the_trader_wrote_it),
		AT_COUNTER(test_the_declarants_own_signature_reaches_every_party_unbroken),
		AT_COUNTER(test_the_same_message_plans_the_same_ids_anywhere),
		AT_COUNTER(test_a_response_tells_number_state_and_everybodys_word),
		AT_COUNTER(test_an_answer_still_held_is_told_to_nobody),
		AT_COUNTER(test_an_absent_party_is_tried_ever_less_often),
		AT_COUNTER(test_back_off_is_a_draw_and_the_same_for_ever),
		AT_COUNTER(test_the_last_attempt_leaves_a_dead_letter),
		AT_COUNTER(test_a_silent_party_gets_the_same_message_again),
		AT_COUNTER(test_an_answer_has_its_time_before_it_is_overdue),
		AT_COUNTER(test_what_expires_is_dead),
		AT_COUNTER(test_what_fell_due_since_the_last_look_is_not_waited_for),
		AT_COUNTER(test_a_send_that_fails_is_an_attempt),
		AT_COUNTER(test_who_connects_again_gets_at_once_what_is_open),
		AT_COUNTER(test_open_deliveries_survive_a_restart),
		AT_COUNTER(test_no_more_is_in_flight_than_the_party_has_room_for),
		AT_COUNTER(test_an_answer_makes_room_for_the_next),
	};

	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
