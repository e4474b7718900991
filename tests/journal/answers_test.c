/* What the parties answer, now and later, in order and out of it, seen from the counter. */
#include "counter.h"

static struct reply effective(struct reply reply, gateway_time when)
{
	reply.effective = when;
	return reply;
}

/* ---- answers ------------------------------------------------------------------------------ */

static void test_an_interim_answer_moves_the_case_and_leaves_the_delivery_open(void **state)
{
	struct counter *counter = *state;
	struct envelope customs;

	counter_connect_both(counter);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &received);
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "RECEIVED");
	counter_answers(counter, CUSTOMS, &customs, &channelled);
	counter_stands(counter, "R1", "CHANNELLED");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "RECEIVED");
	assert_string_equal(counter_task(counter, "R1", CUSTOMS).state, "RECEIVED");
	assert_string_equal(counter_task(counter, "R1", CUSTOMS).status, "CHANNELLED");
}

static void test_a_final_answer_ends_its_delivery(void **state)
{
	struct counter *counter = *state;
	struct envelope customs;

	counter_connect_both(counter);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &released);
	counter_stands(counter, "R1", "CLEARED");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "DONE");
	assert_string_equal(counter_task(counter, "R1", CUSTOMS).state, "DECIDED");
	counter_verify(counter);
}

static void test_customs_and_quarantine_must_both_agree(void **state)
{
	struct counter *counter = *state;
	struct envelope customs, ministry;

	counter_connect_both(counter);
	counter_lodge(counter, SHRIMP, "R1");
	customs = counter_take(counter, CUSTOMS);
	ministry = counter_take(counter, MINISTRY);
	counter_answers(counter, CUSTOMS, &customs, &released);
	counter_stands(counter, "R1", "AWAITING_AGENCY");
	counter_answers(counter, MINISTRY, &ministry, &docs_required);
	counter_stands(counter, "R1", "DOCS_REQUIRED");
	counter_answers(counter, MINISTRY, &ministry, &approved);
	counter_stands(counter, "R1", "CLEARED");
}

static void test_one_refusal_ends_it_for_everybody(void **state)
{
	struct counter *counter = *state;
	struct envelope customs, ministry;

	counter_connect_both(counter);
	counter_lodge(counter, SHRIMP, "R1");
	customs = counter_take(counter, CUSTOMS);
	ministry = counter_take(counter, MINISTRY);
	counter_answers(counter, CUSTOMS, &customs, &refused);
	counter_stands(counter, "R1", "REFUSED");
	assert_string_equal(counter_delivery(counter, "R1", MINISTRY).state, "WITHDRAWN");
	counter_answers(counter, MINISTRY, &ministry, &approved);
	counter_stands(counter, "R1", "REFUSED");
	assert_int_equal(counter_records(counter, "not-applied"), 1);
	counter_verify(counter);
}

static void test_a_second_decision_for_one_delivery_is_kept_and_not_applied(void **state)
{
	struct counter *counter = *state;
	struct envelope customs;

	counter_connect_both(counter);
	counter_lodge(counter, SHRIMP, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &released);
	counter_answers(counter, CUSTOMS, &customs, &refused);
	counter_stands(counter, "R1", "AWAITING_AGENCY");
	assert_int_equal(counter_records(counter, "not-applied"), 1);
}

static void test_an_answer_to_an_unknown_message_is_put_off(void **state)
{
	struct counter *counter = *state;
	struct envelope nothing = { .id = "00000000-0000-4000-8000-000000000000",
				    .conversation = "00000000-0000-4000-8000-000000000001",
				    .created = MORNING,
				    .expires = MORNING + DAY };
	struct letter *letter = letter_reply(counter->arena, CUSTOMS, &nothing, &released);
	int64_t head = journal_head(counter->gateway.journal).seq;

	counter_refuses(counter, letter, "JRN-010");
	letter->envelope.ref = NULL;
	letter_seal(letter, NULL);
	counter_refuses(counter, letter, "JRN-010");
	assert_int_equal(journal_head(counter->gateway.journal).seq, head);
}

static void test_nobody_answers_for_another_party(void **state)
{
	struct counter *counter = *state;
	struct envelope customs;

	counter_connect_both(counter);
	counter_lodge(counter, SHRIMP, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_refuses(counter, letter_reply(counter->arena, MINISTRY, &customs, &approved),
			"JRN-010");
	counter_refuses(counter, letter_reply(counter->arena, MINISTRY, &customs, &received),
			"JRN-010");
	counter_refuses(counter, letter_reply(counter->arena, RIVAL, &customs, &released),
			"KND-003");
	counter_refuses(counter, letter_reply(counter->arena, MINISTRY, &customs, &released),
			"KND-003");
	counter_stands(counter, "R1", "REGISTERED");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "SENT");
}

static void test_two_agencies_may_answer_with_the_same_id(void **state)
{
	struct counter *counter = *state;
	struct envelope customs, ministry;
	struct letter *one, *other;

	counter_connect_both(counter);
	counter_lodge(counter, SHRIMP, "R1");
	customs = counter_take(counter, CUSTOMS);
	ministry = counter_take(counter, MINISTRY);
	one = letter_reply(counter->arena, CUSTOMS, &customs, &released);
	other = letter_reply(counter->arena, MINISTRY, &ministry, &approved);
	other->envelope.id = one->envelope.id;
	letter_seal(other, NULL);
	counter_accepts(counter, one);
	counter_accepts(counter, other);
	counter_stands(counter, "R1", "CLEARED");
}

static void test_a_technical_refusal_makes_a_dead_letter_at_once(void **state)
{
	static const struct reply no = { "ACK", "RE", NULL, 0 };
	struct counter *counter = *state;
	struct envelope customs;

	counter_connect_both(counter);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &no);
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "DEAD");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).code, "DLV-002");
	assert_string_equal(counter_task(counter, "R1", CUSTOMS).state, "DEAD");
	counter_stands(counter, "R1", "REGISTERED");
}

static void test_a_receipt_of_a_response_leaves_it_in_the_mailbox(void **state)
{
	struct counter *counter = *state;
	struct envelope response;

	counter_lodge(counter, MACHINE, "R1");
	counter_fetch(counter, TRADER, 0, 1);
	response = counter_take(counter, TRADER);
	counter_answers(counter, TRADER, &response, &received);
	assert_string_equal(counter_delivery(counter, "R1", TRADER).state, "WAITING");
	assert_non_null(strstr(counter_fetch(counter, TRADER, 0, 1), "count=1\n"));
}

/* Everybody has decided, but the one whose word releases has not said it, or was never asked. */
static void test_only_the_releasing_partys_word_clears(void **state)
{
	static const struct reply final_but_vague = { "RES", "AP", "CHANNELLED", 0 };
	struct counter *counter = *state;
	struct envelope customs, ministry;

	counter_connect(counter, MINISTRY, 2, 8);
	counter->settings.attempts = 1;
	counter_lodge(counter, SHRIMP, "R1");
	counter_at(counter, counter_delivery(counter, "R1", CUSTOMS).due);
	counter_order(counter, "drop", counter_delivery(counter, "R1", CUSTOMS).id);
	assert_string_equal(counter_task(counter, "R1", CUSTOMS).state, "WITHDRAWN");
	ministry = counter_take(counter, MINISTRY);
	counter_answers(counter, MINISTRY, &ministry, &approved);
	counter_stands(counter, "R1", "REGISTERED");

	counter_connect(counter, CUSTOMS, 1, 8);
	counter_lodge(counter, SHRIMP, "R2");
	ministry = counter_take(counter, MINISTRY);
	counter_answers(counter, MINISTRY, &ministry, &approved);
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &final_but_vague);
	assert_string_equal(counter_task(counter, "R2", CUSTOMS).state, "DECIDED");
	counter_stands(counter, "R2", "CHANNELLED");
}

/* ---- held answers ------------------------------------------------------------------------- */

static void test_an_answer_takes_effect_at_its_time(void **state)
{
	struct counter *counter = *state;
	struct reply later = effective(released, MORNING + HOUR);
	struct envelope customs;

	counter_connect_both(counter);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &later);
	counter_stands(counter, "R1", "REGISTERED");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).state, "DONE");
	counter_at(counter, MORNING + HOUR - MINUTE);
	counter_stands(counter, "R1", "REGISTERED");
	counter_at(counter, MORNING + HOUR);
	counter_stands(counter, "R1", "CLEARED");
	counter_verify(counter);
}

static void test_held_answers_take_effect_in_the_order_of_their_times(void **state)
{
	struct counter *counter = *state;
	struct reply second = effective(docs_required, MORNING + 2 * HOUR);
	struct reply first = effective(channelled, MORNING + HOUR);
	struct envelope customs, ministry;
	struct journal_record *records;
	const char *order[8];
	size_t count, moves = 0;

	counter_connect_both(counter);
	counter_lodge(counter, SHRIMP, "R1");
	customs = counter_take(counter, CUSTOMS);
	ministry = counter_take(counter, MINISTRY);
	counter_answers(counter, MINISTRY, &ministry, &second);
	counter_answers(counter, CUSTOMS, &customs, &first);
	counter_at(counter, MORNING + 3 * HOUR);
	count = journal_records(counter->gateway.journal, counter->arena, 0, NULL, 1000, &records);
	for (size_t i = 0; i < count; i++)
		if (strcmp(records[i].type, "state") == 0)
			order[moves++] = journal_field(&records[i], "to");
	assert_int_equal(moves, 3);
	assert_string_equal(order[1], "CHANNELLED");
	assert_string_equal(order[2], "DOCS_REQUIRED");
}

static void test_a_withdrawn_answer_is_never_applied(void **state)
{
	struct counter *counter = *state;
	struct reply later = effective(released, MORNING + HOUR);
	struct envelope customs;

	counter_connect_both(counter);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &later);
	counter_accepts(counter, letter_sealed(counter->arena, TRADER, "DEC-IMP",
					       change(counter->arena,
						      declaration(counter->arena, MACHINE, "R1"),
						      "1", counter_case(counter, "R1").number, 1)));
	counter_at(counter, MORNING + 2 * HOUR);
	counter_stands(counter, "R1", "CANCELLED");
	assert_int_equal(counter_records(counter, "withdrawn"), 1);
	assert_string_equal(counter_task(counter, "R1", CUSTOMS).state, "WITHDRAWN");
	assert_int_equal(counter_records(counter, "released"), 0);
	counter_verify(counter);
}

/* Both take effect at one moment; the first ends the case, so the other never does. */
static void test_what_is_withdrawn_at_the_moment_itself_is_not_applied(void **state)
{
	struct counter *counter = *state;
	struct reply no = effective(refused, MORNING + HOUR);
	struct reply yes = effective(approved, MORNING + HOUR);
	struct envelope ministry, customs;

	counter_connect_both(counter);
	counter_lodge(counter, SHRIMP, "R1");
	ministry = counter_take(counter, MINISTRY);
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &no);
	counter_answers(counter, MINISTRY, &ministry, &yes);
	counter_at(counter, MORNING + 2 * HOUR);
	counter_stands(counter, "R1", "REFUSED");
	assert_int_equal(counter_records(counter, "withdrawn"), 1);
	assert_int_equal(counter_records(counter, "released"), 1);
	assert_string_equal(counter_task(counter, "R1", MINISTRY).state, "WITHDRAWN");
	counter_verify(counter);
}

static void test_held_answers_survive_a_restart(void **state)
{
	struct counter *counter = *state;
	struct reply later = effective(released, MORNING + HOUR);
	struct envelope customs;

	counter_connect_both(counter);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &later);
	counter_restart(counter);
	counter_at(counter, MORNING + HOUR);
	counter_stands(counter, "R1", "CLEARED");
}

/* Its word was final; what it once said on the way comes too late to take it back. */
static void test_an_interim_answer_cannot_undo_a_decision(void **state)
{
	struct counter *counter = *state;
	struct reply interim = effective(channelled, MORNING + 2 * HOUR);
	struct reply final = effective(released, MORNING + HOUR);
	struct envelope customs, ministry;

	counter_connect_both(counter);
	counter_lodge(counter, SHRIMP, "R1");
	customs = counter_take(counter, CUSTOMS);
	ministry = counter_take(counter, MINISTRY);
	counter_answers(counter, CUSTOMS, &customs, &interim);
	counter_answers(counter, CUSTOMS, &customs, &final);
	counter_at(counter, MORNING + 3 * HOUR);
	counter_stands(counter, "R1", "AWAITING_AGENCY");
	assert_string_equal(counter_task(counter, "R1", CUSTOMS).state, "DECIDED");
	counter_answers(counter, MINISTRY, &ministry, &approved);
	counter_stands(counter, "R1", "CLEARED");
}

/* ---- waiting ------------------------------------------------------------------------------ */

static void test_silence_suspends_and_in_the_end_cancels(void **state)
{
	struct counter *counter = *state;

	counter_lodge(counter, MACHINE, "R1");
	counter_at(counter, MORNING + 14 * DAY);
	counter_stands(counter, "R1", "REGISTERED");
	counter_at(counter, MORNING + 16 * DAY);
	counter_stands(counter, "R1", "SUSPENDED");
	counter_at(counter, MORNING + 110 * DAY);
	counter_stands(counter, "R1", "CANCELLED");
	assert_int_equal(journal_next_due(counter->gateway.journal, counter_now(counter), true), 0);
	counter_verify(counter);
}

/* ---- never without the releasing party ---------------------------------------------------- */

#define ROUNDS 60

/* What both ministries say, interim and final, now and later, and what must follow. */
struct round {
	const struct letter *letters[12];
	size_t count;
};

static void shuffle(struct round *round, unsigned seed)
{
	for (size_t i = round->count; i > 1; i--) {
		char purpose[24];
		size_t j;
		const struct letter *other;

		snprintf(purpose, sizeof purpose, "%u/%zu", seed, i);
		j = (size_t)(keyed_draw("orders", purpose, NULL) * (double)i);
		other = round->letters[i - 1];
		round->letters[i - 1] = round->letters[j];
		round->letters[j] = other;
	}
}

static double drawn(unsigned seed, const char *purpose)
{
	char number[16];

	snprintf(number, sizeof number, "%u", seed);
	return keyed_draw(purpose, number, NULL);
}

/* Some letters twice, some never. */
static void fill(struct round *round, struct counter *counter, unsigned seed, bool with_release,
		 const struct envelope *customs, const struct envelope *ministry)
{
	struct arena *arena = counter->arena;
	struct reply says[] = { received, channelled, released, received, docs_required, approved };

	round->count = 0;
	if (drawn(seed, "held") < 0.5)
		says[2].effective = MORNING + HOUR;
	if (drawn(seed, "held too") < 0.5)
		says[5].effective = MORNING + 2 * HOUR;
	for (size_t i = 0; i < COUNT_OF(says); i++) {
		bool of_customs = i < 3;
		char purpose[16];
		struct letter *letter;

		snprintf(purpose, sizeof purpose, "drop %zu", i);
		if (i == 2 ? !with_release : drawn(seed, purpose) < 0.3)
			continue;
		letter = letter_reply(arena, of_customs ? CUSTOMS : MINISTRY,
				      of_customs ? customs : ministry, &says[i]);
		round->letters[round->count++] = letter;
		purpose[0] = 'D';
		if (drawn(seed, purpose) < 0.4)
			round->letters[round->count++] = letter;
	}
	shuffle(round, seed);
}

static void play(struct counter *counter, unsigned seed, bool with_release)
{
	char reference[16];
	struct round round;
	struct envelope customs, ministry;

	snprintf(reference, sizeof reference, "R%u", seed);
	counter_lodge(counter, SHRIMP, reference);
	customs = counter_take(counter, CUSTOMS);
	ministry = counter_take(counter, MINISTRY);
	fill(&round, counter, seed, with_release, &customs, &ministry);
	for (size_t i = 0; i < round.count; i++)
		counter_accepts(counter, round.letters[i]);
}

static bool said(struct counter *counter, const char *reference, const char *party,
		 const char *status)
{
	struct journal_task task = counter_task(counter, reference, party);

	return strcmp(task.state, "DECIDED") == 0 && strcmp(task.status, status) == 0;
}

static void test_nothing_clears_without_everybodys_decision_whatever_the_order(void **state)
{
	struct counter *counter = *state;
	size_t cleared = 0;

	counter->settings.window = 2 * ROUNDS;
	counter_connect(counter, CUSTOMS, 1, 2 * ROUNDS);
	counter_connect(counter, MINISTRY, 2, 2 * ROUNDS);
	for (unsigned seed = 0; seed < ROUNDS; seed++)
		play(counter, seed, drawn(seed, "released") < 0.6);
	counter_at(counter, MORNING + 3 * HOUR);
	for (unsigned seed = 0; seed < ROUNDS; seed++) {
		char reference[16];
		bool all, clear;

		snprintf(reference, sizeof reference, "R%u", seed);
		all = said(counter, reference, CUSTOMS, "RELEASED") &&
		      said(counter, reference, MINISTRY, "APPROVED");
		clear = strcmp(counter_case(counter, reference).state, "CLEARED") == 0;
		if (all != clear)
			fail_msg("%s: decided %d, cleared %d", reference, all, clear);
		cleared += clear;
	}
	assert_in_range(cleared, 5, ROUNDS - 5); /* the draw is worth something */
	counter_verify(counter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_COUNTER(test_an_interim_answer_moves_the_case_and_leaves_the_delivery_open),
		AT_COUNTER(test_a_final_answer_ends_its_delivery),
		AT_COUNTER(test_customs_and_quarantine_must_both_agree),
		AT_COUNTER(test_one_refusal_ends_it_for_everybody),
		AT_COUNTER(test_a_second_decision_for_one_delivery_is_kept_and_not_applied),
		AT_COUNTER(test_an_answer_to_an_unknown_message_is_put_off),
		AT_COUNTER(test_nobody_answers_for_another_party),
		AT_COUNTER(test_two_agencies_may_answer_with_the_same_id),
		AT_COUNTER(test_a_technical_refusal_makes_a_dead_letter_at_once),
		AT_COUNTER(test_a_receipt_of_a_response_leaves_it_in_the_mailbox),
		AT_COUNTER(test_only_the_releasing_partys_word_clears),
		AT_COUNTER(test_an_answer_takes_effect_at_its_time),
		AT_COUNTER(test_held_answers_take_effect_in_the_order_of_their_times),
		AT_COUNTER(test_a_withdrawn_answer_is_never_applied),
		AT_COUNTER(test_what_is_withdrawn_at_the_moment_itself_is_not_applied),
		AT_COUNTER(test_held_answers_survive_a_restart),
		AT_COUNTER(test_an_interim_answer_cannot_undo_a_decision),
		AT_COUNTER(test_silence_suspends_and_in_the_end_cancels),
		AT_COUNTER(test_nothing_clears_without_everybodys_decision_whatever_the_order),
	};

	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
