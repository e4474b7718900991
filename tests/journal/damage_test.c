/* What went wrong on the way, seen from the counter: refused by name, recorded, made good. */
#include "core/signature.h"
#include "counter.h"

/* ---- answers that must be refused ----------------------------------------------------------- */

/* The same letter under the same id, wrong in one respect. */
typedef void spoil(struct letter *letter);

static void corrupt(struct letter *letter)
{
	char *payload = arena_copy(letter->arena, letter->payload, letter->payload_length);

	payload[letter->payload_length / 2] ^= 1;
	letter->payload = payload;
}

static void truncate_half(struct letter *letter)
{
	letter->payload_length /= 2;
}

static void forge(struct letter *letter)
{
	char *cover = arena_copy(letter->arena, letter->cover.start, letter->cover.length);
	char *value = strstr(cover, "SignatureValue>") + strlen("SignatureValue>");

	*value = *value == 'A' ? 'B' : 'A';
	letter->cover.start = (const unsigned char *)cover;
}

static void sign_with_what_has_expired(struct letter *letter)
{
	const struct signing_key *key;
	struct text sealed = TEXT_EMPTY;
	struct failure why;

	must(keyring_expired_key(people_house.keyring, letter->from, &key, &why), &why);
	must(envelope_seal(&sealed, &letter->envelope, letter->payload, letter->payload_length, key,
			   &why),
	     &why);
	letter->cover.start = arena_copy(letter->arena, sealed.bytes, sealed.length);
	letter->cover.length = sealed.length;
	text_free(&sealed);
}

static void write_another_version(struct letter *letter)
{
	letter->payload = replaced(letter->arena, letter->payload, ":1\"", ":99\"");
	letter->payload_length = strlen(letter->payload);
	letter_seal(letter, NULL);
}

static const struct {
	const char *name;
	spoil *spoil;
	const char *code, *later; /* once the true one is known */
} damages[] = {
	{ "a byte of the payload changed", corrupt, "SIG-002", "SIG-002" },
	{ "half of the payload lost", truncate_half, "ENV-005", "ENV-005" },
	{ "a wrong signature", forge, "SIG-004", "SIG-004" },
	/* Who signed makes no other message of it: it gets that one's receipt. */
	{ "an expired certificate", sign_with_what_has_expired, "SIG-011", "" },
	{ "an unknown version", write_another_version, "KND-001", "KND-001" },
};

/* The last refusal, which must stand in the trace of that case. */
static void check_traced(struct counter *counter, const char *case_id, const char *message,
			 const char *code)
{
	struct journal_record *records, *refusal = NULL;
	size_t count = journal_records(counter->gateway.journal, counter->arena, 0, case_id, 500,
				       &records);

	for (size_t i = 0; i < count; i++)
		if (strcmp(records[i].type, "refused") == 0)
			refusal = &records[i];
	assert_non_null(refusal);
	assert_string_equal(journal_field(refusal, "id"), message);
	assert_string_equal(journal_field(refusal, "sender"), CUSTOMS);
	assert_string_equal(journal_field(refusal, "code"), code);
}

static void test_a_spoilt_answer_is_refused_by_name_and_the_true_one_is_taken(void **state)
{
	struct counter *counter = *state;

	counter_connect_both(counter);
	for (size_t i = 0; i < COUNT_OF(damages); i++) {
		const char *reference = arena_printf(counter->arena, "R%zu", i);
		struct letter *truth, spoilt;
		struct envelope customs;

		print_message("%s\n", damages[i].name);
		counter_lodge(counter, MACHINE, reference);
		customs = counter_take(counter, CUSTOMS);
		truth = letter_reply(counter->arena, CUSTOMS, &customs, &released);
		spoilt = *truth;
		damages[i].spoil(&spoilt);

		counter_refuses(counter, &spoilt, damages[i].code);
		counter_refuses(counter, &spoilt, damages[i].code); /* repeated: the same refusal */
		check_traced(counter, counter_case(counter, reference).id, truth->envelope.id,
			     damages[i].code);
		assert_int_equal(counter_records(counter, "refused"), i + 1);
		assert_string_equal(counter_delivery(counter, reference, CUSTOMS).state, "SENT");
		counter_stands(counter, reference, "REGISTERED");

		counter_accepts(counter, truth);
		counter_stands(counter, reference, "CLEARED");
		assert_string_equal(counter_code(counter, counter_say(counter, &spoilt)),
				    damages[i].later);
		counter_stands(counter, reference, "CLEARED");
	}
	counter_verify(counter);
}

static void test_the_trace_of_a_case_is_nobody_elses(void **state)
{
	struct counter *counter = *state;
	struct journal_record *records;
	struct envelope customs;
	struct letter *letter;
	size_t count;

	counter_connect_both(counter);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	letter = letter_reply(counter->arena, MINISTRY, &customs, &approved);
	corrupt(letter);
	counter_refuses(counter, letter, "SIG-002");
	count = journal_records(counter->gateway.journal, counter->arena, 0,
				counter_case(counter, "R1").id, 500, &records);
	for (size_t i = 0; i < count; i++)
		assert_string_not_equal(records[i].type, "refused");
	assert_int_equal(counter_records(counter, "refused"), 1);
}

/* ---- deliveries that arrive damaged ---------------------------------------------------------- */

/* A refusing receipt with that code, as a party writes it. */
static struct letter *complaint(struct counter *counter, const struct envelope *about,
				const char *code)
{
	static const struct reply no = { "ACK", "RE", NULL, 0 };
	struct letter *letter = letter_reply(counter->arena, CUSTOMS, about, &no);

	letter->payload = replaced(counter->arena, letter->payload, "MOF-101", code);
	letter->payload_length = strlen(letter->payload);
	letter_seal(letter, NULL);
	return letter;
}

static void test_what_arrived_damaged_is_sent_again(void **state)
{
	static const char *const codes[] = { "SIG-002", "SIG-004", "ENV-005" };
	struct counter *counter = *state;

	counter_connect_both(counter);
	for (size_t i = 0; i < COUNT_OF(codes); i++) {
		const char *reference = arena_printf(counter->arena, "R%zu", i);
		struct journal_delivery delivery;
		struct envelope customs;
		struct letter *letter;

		counter_lodge(counter, MACHINE, reference);
		customs = counter_take(counter, CUSTOMS);
		letter = complaint(counter, &customs, codes[i]);
		counter_accepts(counter, letter);
		delivery = counter_delivery(counter, reference, CUSTOMS);
		assert_string_equal(delivery.state, "SENT");
		assert_string_equal(delivery.code, "DLV-009");
		assert_non_null(strstr(delivery.text, codes[i]));
		assert_true(delivery.due > counter_now(counter));

		counter_at(counter, delivery.due);
		customs = counter_take(counter, CUSTOMS);
		assert_string_equal(customs.id, delivery.id);
		counter_accepts(counter, letter); /* damaged once more: the same complaint */
		counter_answers(counter, CUSTOMS, &customs, &released);
		counter_stands(counter, reference, "CLEARED");
	}
	counter_verify(counter);
}

static void test_a_technical_refusal_for_any_other_reason_is_final_and_told(void **state)
{
	struct counter *counter = *state;
	struct journal_delivery delivery;
	struct envelope customs;

	counter_connect_both(counter);
	counter_lodge(counter, MACHINE, "R1");
	customs = counter_take(counter, CUSTOMS);
	counter_accepts(counter, complaint(counter, &customs, "SIG-011"));
	delivery = counter_delivery(counter, "R1", CUSTOMS);
	assert_string_equal(delivery.state, "DEAD");
	assert_string_equal(delivery.code, "DLV-002");
	assert_non_null(strstr(delivery.text, "SIG-011: prohibited goods"));

	counter_order(counter, "retry", delivery.id);
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &received);
	counter_answers(counter, CUSTOMS, &customs, &released);
	counter_stands(counter, "R1", "CLEARED");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_COUNTER(test_a_spoilt_answer_is_refused_by_name_and_the_true_one_is_taken),
		AT_COUNTER(test_the_trace_of_a_case_is_nobody_elses),
		AT_COUNTER(test_what_arrived_damaged_is_sent_again),
		AT_COUNTER(test_a_technical_refusal_for_any_other_reason_is_final_and_told),
	};

	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
