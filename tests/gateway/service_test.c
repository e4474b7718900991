/* A whole gateway: real threads, real sockets, real journal; the parties are played here. */
#include <sys/stat.h>

#include "telephone.h"

static struct letter *declared(struct exchange *exchange, const char *sample, const char *reference)
{
	return letter_sealed(exchange->arena, TRADER, "DEC-IMP",
			     declaration(exchange->arena, sample, reference));
}

static void assert_same(const struct parcel *one, const struct parcel *other)
{
	assert_int_equal(one->verb, other->verb);
	assert_int_equal(one->envelope_length, other->envelope_length);
	assert_memory_equal(one->envelope, other->envelope, one->envelope_length);
	assert_int_equal(one->payload_length, other->payload_length);
	assert_memory_equal(one->payload, other->payload, one->payload_length);
}

static const char *code_of(struct call *call, const struct parcel *refusal)
{
	return element_text(call->exchange->arena, refusal->payload, refusal->payload_length,
			    "ValidationCode");
}

/* ---- receipts ----------------------------------------------------------------------------- */

static void test_what_is_submitted_is_receipted(void **state)
{
	struct exchange *exchange = *state;
	struct letter *letter = declared(exchange, MACHINE, "R1");
	struct call *trader;
	struct parcel receipt;
	struct envelope envelope;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	receipt = call_says(trader, letter, VERB_RECEIPT);
	envelope = call_opened(trader, &receipt);
	assert_string_equal(envelope.from, GATEWAY);
	assert_string_equal(envelope.to, TRADER);
	assert_string_equal(envelope.ref, letter->envelope.id);
	assert_string_equal(envelope.conversation, letter->envelope.conversation);
	call_close(trader);
	exchange_stop(exchange);
	exchange_verify(exchange);
}

static void test_a_duplicate_gets_the_same_receipt_before_after_and_across_a_restart(void **state)
{
	struct exchange *exchange = *state;
	struct letter *letter = declared(exchange, SHRIMP, "R1");
	struct parcel first, second;
	struct call *trader;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	call_submit(trader, letter);
	call_submit(trader, letter); /* before the first is done */
	first = call_hears(trader, VERB_RECEIPT);
	second = call_hears(trader, VERB_RECEIPT);
	assert_same(&first, &second);

	letter_seal(letter, NULL); /* after it, signed anew */
	second = call_says(trader, letter, VERB_RECEIPT);
	assert_same(&first, &second);

	call_close(trader);
	exchange_stop(exchange);
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	second = call_says(trader, letter, VERB_RECEIPT);
	assert_same(&first, &second);
	call_close(trader);
	exchange_stop(exchange);
	exchange_verify(exchange);
}

static void test_refusals_are_signed_and_name_their_code(void **state)
{
	struct exchange *exchange = *state;
	struct letter *letter = declared(exchange, MACHINE, "R1"), *other;
	struct parcel refusal;
	struct call *trader;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	(void)call_says(trader, letter, VERB_RECEIPT);

	other = declared(exchange, MACHINE, "R2");
	other->envelope.id = letter->envelope.id;
	letter_seal(other, NULL);
	refusal = call_says(trader, other, VERB_REFUSAL);
	assert_string_equal(code_of(trader, &refusal), "JRN-001");
	assert_string_equal(call_opened(trader, &refusal).ref, other->envelope.id);

	other = letter_sealed(exchange->arena, TRADER, "DEC-IMP", "<nobody-knows-me/>");
	refusal = call_says(trader, other, VERB_REFUSAL);
	assert_string_equal(code_of(trader, &refusal), "KND-001");
	assert_string_equal(call_opened(trader, &refusal).ref, other->envelope.id);
	call_close(trader);
}

static void test_rubbish_is_refused_and_the_gateway_goes_on(void **state)
{
	static const char *const covers[] = { "", "<", "<Envelope/>", "\xff\xfe rubbish" };
	struct exchange *exchange = *state;
	struct call *trader;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	for (size_t i = 0; i < COUNT_OF(covers); i++) {
		struct letter *letter = declared(exchange, MACHINE, "R1");
		struct parcel refusal;

		letter->cover.start = (const unsigned char *)covers[i];
		letter->cover.length = strlen(covers[i]);
		refusal = call_says(trader, letter, VERB_REFUSAL);
		(void)call_opened(trader, &refusal);
	}
	(void)call_says(trader, declared(exchange, MACHINE, "R1"), VERB_RECEIPT);
	call_close(trader);
}

/* ---- busy --------------------------------------------------------------------------------- */

#define FLOOD 24

/* Everything is submitted at once, and again when it was told to come back. */
static size_t flood(struct call *trader, struct letter *letters[], bool taken[])
{
	size_t busy = 0, left = 0;

	for (size_t i = 0; i < FLOOD; i++) {
		if (taken[i])
			continue;
		call_submit(trader, letters[i]);
		left++;
	}
	while (left-- > 0) {
		struct parcel answer = call_answer(trader);

		if (answer.verb == VERB_BUSY) {
			assert_non_null(strstr((const char *)answer.payload, "code=BUS-040\n"));
			busy++;
			continue;
		}
		assert_int_equal(answer.verb, VERB_RECEIPT);
		for (size_t i = 0; i < FLOOD; i++)
			taken[i] = taken[i] || strcmp(call_opened(trader, &answer).ref,
						      letters[i]->envelope.id) == 0;
	}
	return busy;
}

static void test_when_it_is_full_new_business_comes_back_and_nothing_is_lost(void **state)
{
	struct exchange *exchange = *state;
	struct letter *letters[FLOOD];
	bool taken[FLOOD] = { false };
	size_t busy, rounds = 0;
	struct call *trader;

	exchange->settings.queue = 1;
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	for (int i = 0; i < FLOOD; i++)
		letters[i] = declared(exchange, MACHINE, arena_printf(exchange->arena, "R%d", i));
	busy = flood(trader, letters, taken);
	assert_int_not_equal(busy, 0);
	while (busy != 0 && rounds++ < FLOOD)
		busy = flood(trader, letters, taken);
	assert_int_equal(busy, 0); /* each round takes one at least */
	call_close(trader);
	exchange_stop(exchange);
	exchange_verify(exchange);
}

static void test_answers_have_room_when_new_business_has_none(void **state)
{
	struct exchange *exchange = *state;
	struct call *trader, *customs;
	size_t busy = 0;

	exchange->settings.queue = 1;
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	customs = call_open(exchange, CUSTOMS, 100);
	for (int i = 0; i < 6; i++) {
		struct letter *letter =
			declared(exchange, MACHINE, arena_printf(exchange->arena, "R%d", i));
		struct envelope delivery;

		while (call_submit(trader, letter), call_answer(trader).verb == VERB_BUSY)
			continue;
		delivery = call_delivery(customs);
		for (int j = 0; j < FLOOD; j++)
			call_submit(trader, letter);
		call_says(customs, letter_reply(exchange->arena, CUSTOMS, &delivery, &released),
			  VERB_RECEIPT);
		for (int j = 0; j < FLOOD; j++)
			busy += call_answer(trader).verb == VERB_BUSY;
	}
	assert_int_not_equal(busy, 0);
	call_close(trader);
	call_close(customs);
}

/* ---- deliveries --------------------------------------------------------------------------- */

static void test_one_declaration_travels_all_the_way(void **state)
{
	struct exchange *exchange = *state;
	struct call *trader, *customs, *ministry;
	struct envelope delivery, response;
	struct parcel last;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	customs = call_open(exchange, CUSTOMS, 8);
	ministry = call_open(exchange, MINISTRY, 8);
	(void)call_says(trader, declared(exchange, SHRIMP, "R1"), VERB_RECEIPT);
	delivery = call_delivery(customs);
	call_says(customs, letter_reply(exchange->arena, CUSTOMS, &delivery, &received),
		  VERB_RECEIPT);
	call_says(customs, letter_reply(exchange->arena, CUSTOMS, &delivery, &released),
		  VERB_RECEIPT);
	delivery = call_delivery(ministry);
	call_says(ministry, letter_reply(exchange->arena, MINISTRY, &delivery, &approved),
		  VERB_RECEIPT);

	call_send(trader, VERB_FETCH, "credit=8\n");
	assert_non_null(
		strstr((const char *)call_hears(trader, VERB_FETCHED).payload, "count=3\n"));
	for (int i = 0; i < 3; i++) {
		last = call_hears(trader, VERB_DELIVER);
		response = call_opened(trader, &last);
		call_send(trader, VERB_ACK, response.id);
		assert_string_equal((const char *)call_hears(trader, VERB_ACK).payload,
				    response.id);
		if (strstr((const char *)last.payload, "CLEARED") != NULL)
			break;
	}
	assert_non_null(strstr((const char *)last.payload, "CLEARED"));
	call_close(trader);
	call_close(customs);
	call_close(ministry);
	exchange_stop(exchange);
	exchange_verify(exchange);
}

static void test_who_calls_again_gets_the_same_delivery(void **state)
{
	struct exchange *exchange = *state;
	struct call *trader, *customs;
	struct envelope first, second;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	customs = call_open(exchange, CUSTOMS, 8);
	(void)call_says(trader, declared(exchange, MACHINE, "R1"), VERB_RECEIPT);
	first = call_delivery(customs);
	call_close(customs);
	customs = call_open(exchange, CUSTOMS, 8);
	second = call_delivery(customs);
	assert_string_equal(first.id, second.id);
	call_close(customs);
	call_close(trader);
}

static void test_a_restart_in_the_middle_picks_up_where_it_was(void **state)
{
	struct exchange *exchange = *state;
	struct call *trader, *customs, *ministry;
	struct envelope to_customs, to_ministry;
	struct letter *letter;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	customs = call_open(exchange, CUSTOMS, 8);
	(void)call_says(trader, declared(exchange, SHRIMP, "R1"), VERB_RECEIPT);
	to_customs = call_delivery(customs);
	letter = letter_reply(exchange->arena, CUSTOMS, &to_customs, &released);
	(void)call_says(customs, letter, VERB_RECEIPT);
	call_close(trader);
	call_close(customs);
	exchange_stop(exchange);

	exchange_start(exchange);
	customs = call_open(exchange, CUSTOMS, 8);
	(void)call_says(customs, letter, VERB_RECEIPT); /* its receipt may have been lost */
	ministry = call_open(exchange, MINISTRY, 8);
	to_ministry = call_delivery(ministry);
	call_says(ministry, letter_reply(exchange->arena, MINISTRY, &to_ministry, &approved),
		  VERB_RECEIPT);
	call_close(customs);
	call_close(ministry);
	customs = call_open(exchange, OPERATOR, 0);
	call_follows(customs, "\"event\":\"state\"", "\"CLEARED\"");
	call_close(customs);
	exchange_stop(exchange);
	exchange_verify(exchange);
}

static void test_a_lease_returns_with_its_connection(void **state)
{
	struct exchange *exchange = *state;
	uint64_t until = monotonic_ms() + PATIENCE_MS;
	struct call *first, *second;
	const char *fetched;

	exchange->settings.lease = DAY;
	exchange_start(exchange);
	first = call_open(exchange, TRADER, 0);
	second = call_open(exchange, TRADER, 0);
	(void)call_says(first, declared(exchange, MACHINE, "R1"), VERB_RECEIPT);
	call_send(first, VERB_FETCH, "credit=1\n");
	(void)call_delivery(first);
	call_send(second, VERB_FETCH, "credit=1\n");
	assert_non_null(
		strstr((const char *)call_hears(second, VERB_FETCHED).payload, "count=0\n"));
	call_close(first);
	do {
		call_send(second, VERB_FETCH, "credit=1\n");
		fetched = (const char *)call_hears(second, VERB_FETCHED).payload;
	} while (strstr(fetched, "count=0\n") != NULL && monotonic_ms() < until);
	assert_non_null(strstr(fetched, "count=1\n"));
	call_close(second);
}

/* ---- dead letters and time ---------------------------------------------------------------- */

static void test_absence_ends_in_a_dead_letter_and_retry_brings_it_back(void **state)
{
	struct exchange *exchange = *state;
	struct call *trader, *operator, * customs;
	struct envelope delivery;
	const char *done;

	exchange->settings.retry_first = exchange->settings.retry_most = 10;
	exchange->settings.attempts = 3;
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	operator= call_open(exchange, OPERATOR, 0);
	(void)call_says(trader, declared(exchange, MACHINE, "R1"), VERB_RECEIPT);
	call_follows(operator, "\"DEAD\"", "\"hop\":\"MoF\"");
	customs = call_open(exchange, CUSTOMS, 8);
	done = call_asks(operator, "{\"ask\":\"retry\",\"id\":\"MoF\",\"tag\":\"t1\"}");
	assert_non_null(strstr(done, "\"count\":1"));
	assert_non_null(strstr(done, "\"tag\":\"t1\""));
	delivery = call_delivery(customs);
	call_says(customs, letter_reply(exchange->arena, CUSTOMS, &delivery, &released),
		  VERB_RECEIPT);
	call_follows(operator, "\"event\":\"state\"", "\"CLEARED\"");
	call_close(customs);
	call_close(operator);
	call_close(trader);
}

static void test_time_skips_over_the_night(void **state)
{
	struct exchange *exchange = *state;
	struct reply tomorrow = released;
	struct call *trader, *customs, *operator;
	struct envelope delivery;

	tomorrow.effective = MORNING + 20 * HOUR;
	exchange->settings.skip_time = true;
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	customs = call_open(exchange, CUSTOMS, 8);
	operator= call_open(exchange, OPERATOR, 0);
	(void)call_says(trader, declared(exchange, MACHINE, "R1"), VERB_RECEIPT);
	delivery = call_delivery(customs);
	call_says(customs, letter_reply(exchange->arena, CUSTOMS, &delivery, &tomorrow),
		  VERB_RECEIPT);
	call_follows(operator, "\"CLEARED\"", "2014-02-26T22:00:00");
	call_close(trader);
	call_close(customs);
	call_close(operator);
}

static void test_in_skipped_time_silence_runs_its_whole_course(void **state)
{
	struct exchange *exchange = *state;
	struct call *trader, *operator;

	exchange->settings.skip_time = true;
	exchange->settings.absence = 0; /* nobody will come back */
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	operator= call_open(exchange, OPERATOR, 0);
	(void)call_says(trader, declared(exchange, MACHINE, "R1"), VERB_RECEIPT);
	call_follows(operator, "\"not sent\"", "\"attempt\":\"12\"");
	call_follows(operator, "\"DEAD\"", "BUS-020");
	/* A dead letter waits for somebody: time does not leap over it, it is led on. */
	(void)call_asks(operator, "{\"ask\":\"date\",\"to\":\"2014-04-01\",\"tag\":\"d1\"}");
	call_follows(operator, "\"event\":\"state\"", "\"SUSPENDED\"");
	(void)call_asks(operator, "{\"ask\":\"date\",\"to\":\"2014-08-01\",\"tag\":\"d2\"}");
	call_follows(operator, "\"event\":\"state\"", "\"CANCELLED\"");
	call_close(trader);
	call_close(operator);
	exchange_stop(exchange);
	exchange_verify(exchange);
}

/* ---- starting ----------------------------------------------------------------------------- */

static void assert_no_start(struct exchange *exchange, const char *code, const char *text)
{
	struct service *service = NULL;

	assert_false(service_start(&service, &exchange->settings, &exchange->why));
	assert_failure(&exchange->why, FAULT, code, NULL, text);
}

static void test_an_earlier_date_wants_a_state_of_its_own(void **state)
{
	static const struct {
		const char *date;
		bool starts;
	} rows[] = {
		{ "2014-02-25", false }, { "2014-02-26T01:59:59Z", true }, /* the same day */
		{ "2014-02-26", true },	 { "", true },
		{ "2014-03-01", true },	 { "2014-02-26", false },
	};
	struct exchange *exchange = *state;

	exchange_start(exchange);
	exchange_stop(exchange);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		exchange->settings.date = rows[i].date;
		if (!rows[i].starts) {
			assert_no_start(exchange, "CFG-010", "another state folder");
			continue;
		}
		exchange_start(exchange);
		exchange_stop(exchange);
	}
}

static void test_a_state_has_one_gateway_at_a_time(void **state)
{
	struct exchange *exchange = *state;

	exchange_start(exchange);
	assert_no_start(exchange, "JRN-902", "");
	exchange_stop(exchange);
	exchange->settings.instance = CUSTOMS;
	assert_no_start(exchange, "JRN-905", GATEWAY);
}

static void test_what_cannot_be_loaded_stops_the_start(void **state)
{
	struct exchange *exchange = *state;
	struct settings good = exchange->settings;

	exchange->settings.keys = "/nowhere";
	assert_no_start(exchange, "KEY-001", "");
	exchange->settings = good;
	exchange->settings.parties[0] = "schemas/codes"; /* nobody lives there */
	assert_no_start(exchange, "PLN-904", CUSTOMS);
	exchange->settings = good;
	exchange->settings.instance = "NSW-LA"; /* it has no key here, but a state of its own */
	exchange->settings.state = people_path("laos");
	assert_int_equal(mkdir(exchange->settings.state, 0700), 0);
	assert_no_start(exchange, "KEY-005", "NSW-LA");
	exchange->settings = good;
	exchange->settings.endpoint = "tcp://nowhere";
	assert_no_start(exchange, "BUS-001", "");
	exchange->settings = good;
	exchange_start(exchange); /* nothing was left half done */
}

/* ---- control ------------------------------------------------------------------------------ */

static void test_only_operators_may_ask(void **state)
{
	static const char *const questions[] = {
		"{\"ask\":\"status\"}",
		"{\"ask\":\"events\",\"wait\":30000}",
		"{\"ask\":\"export\",\"id\":\"R1\"}",
		"{\"ask\":\"retry\",\"id\":\"MoF\"}",
		"{\"ask\":\"reload\"}",
	};
	struct exchange *exchange = *state;
	struct call *trader, *customs;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	customs = call_open(exchange, CUSTOMS, 8);
	for (size_t i = 0; i < COUNT_OF(questions); i++) {
		assert_non_null(strstr(call_asks(trader, questions[i]), "\"CTL-002\""));
		assert_non_null(strstr(call_asks(customs, questions[i]), "\"CTL-002\""));
	}
	call_close(trader);
	call_close(customs);
}

static void test_who_waits_for_events_is_told_when_something_happens(void **state)
{
	struct exchange *exchange = *state;
	struct call *trader, *operator;
	const char *rows;
	char question[128];

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	operator= call_open(exchange, OPERATOR, 0);
	snprintf(question, sizeof question,
		 "{\"ask\":\"events\",\"since\":%lld,\"wait\":30000,\"tag\":\"later\"}",
		 (long long)1); /* after `started` */
	call_send(operator, VERB_ASK, question);
	rows = call_asks(operator, "{\"ask\":\"status\",\"tag\":\"now\"}");
	assert_non_null(strstr(rows, "\"now\"")); /* so the other one waits */
	(void)call_says(trader, declared(exchange, MACHINE, "R1"), VERB_RECEIPT);
	rows = (const char *)call_hears(operator, VERB_ROWS).payload;
	assert_non_null(strstr(rows, "\"later\""));
	assert_non_null(strstr(rows, "\"received\""));
	assert_non_null(strstr(rows, "\"R1\""));
	call_close(trader);
	call_close(operator);
}

#define IN_SERVICE(test) cmocka_unit_test_setup_teardown(test, exchange_open, exchange_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SERVICE(test_what_is_submitted_is_receipted),
		IN_SERVICE(
			test_a_duplicate_gets_the_same_receipt_before_after_and_across_a_restart),
		IN_SERVICE(test_refusals_are_signed_and_name_their_code),
		IN_SERVICE(test_rubbish_is_refused_and_the_gateway_goes_on),
		IN_SERVICE(test_when_it_is_full_new_business_comes_back_and_nothing_is_lost),
		IN_SERVICE(test_answers_have_room_when_new_business_has_none),
		IN_SERVICE(test_one_declaration_travels_all_the_way),
		IN_SERVICE(test_who_calls_again_gets_the_same_delivery),
		IN_SERVICE(test_a_restart_in_the_middle_picks_up_where_it_was),
		IN_SERVICE(test_a_lease_returns_with_its_connection),
		IN_SERVICE(test_absence_ends_in_a_dead_letter_and_retry_brings_it_back),
		IN_SERVICE(test_time_skips_over_the_night),
		IN_SERVICE(test_in_skipped_time_silence_runs_its_whole_course),
		IN_SERVICE(test_an_earlier_date_wants_a_state_of_its_own),
		IN_SERVICE(test_a_state_has_one_gateway_at_a_time),
		IN_SERVICE(test_what_cannot_be_loaded_stops_the_start),
		IN_SERVICE(test_only_operators_may_ask),
		IN_SERVICE(test_who_waits_for_events_is_told_when_something_happens),
	};

	return cmocka_run_group_tests(tests, people_gather, people_leave);
}
