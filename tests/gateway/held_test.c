/* A gateway whose clock is held: one thing follows from another, and time moves by orders alone. */
#include "telephone.h"

#define RUNS	   10
#define AT_ONCE_MS 1500 /* on a machine that is slow and busy */
#define LOOKS	   40	/* at what must not happen, and would at once */

/* ---- parties that answer by themselves ----------------------------------------------------- */

struct office { /* a push party: what it says to every delivery, in order */
	const char *party;
	struct reply replies[3];
	size_t count;
	bool settles; /* it knows SETTLED */
	struct call *call;
	size_t deliveries;
};

#define EVENING	 (MORNING + 8 * HOUR)
#define TOMORROW (MORNING + 26 * HOUR)

static struct office customs_office(void)
{
	return (struct office){
		.party = CUSTOMS,
		.replies = { received,
			     { .kind = "RES",
			       .result = "AP",
			       .status = "RELEASED",
			       .effective = EVENING } },
		.count = 2,
		.settles = true,
	};
}

static struct office ministry_office(void)
{
	return (struct office){
		.party = MINISTRY,
		.replies = { received,
			     { .kind = "LPR", .status = "APPROVED", .effective = TOMORROW } },
		.count = 2,
		.settles = true,
	};
}

static void office_open(struct exchange *exchange, struct office *office)
{
	office->call = call_open(exchange, office->party, 0);
	call_send(office->call, VERB_HELLO,
		  office->settles ? "credit=8\nsettles=yes\n" : "credit=8\n");
	(void)call_hears(office->call, VERB_WELCOME);
}

static void answer_delivery(struct office *office, const struct envelope *delivery)
{
	struct arena *arena = office->call->exchange->arena;

	office->deliveries++;
	for (size_t i = 0; i < office->count; i++)
		(void)call_says(office->call,
				letter_reply(arena, office->party, delivery, &office->replies[i]),
				VERB_RECEIPT);
	if (office->settles)
		call_send(office->call, VERB_SETTLED, "");
}

static bool heard(struct call *call, enum verb verb, struct parcel *parcel)
{
	struct failure why;
	bool got;

	must(link_receive(call->link, call->exchange->arena, parcel, &got, 1, &why), &why);
	return got && parcel->verb == verb;
}

/* Asked, and everybody at work until there is an answer. */
static const char *asked(struct call *operator, struct office * const offices[],
			 const char *question)
{
	uint64_t until = monotonic_ms() + PATIENCE_MS;
	struct parcel parcel;

	call_send(operator, VERB_ASK, question);
	while (!heard(operator, VERB_ROWS, &parcel)) {
		if (monotonic_ms() > until)
			fail_msg("no answer to %s", question);
		for (size_t i = 0; offices[i] != NULL; i++)
			if (heard(offices[i]->call, VERB_DELIVER, &parcel)) {
				struct envelope delivery = call_opened(offices[i]->call, &parcel);

				answer_delivery(offices[i], &delivery);
			}
	}
	return (const char *)parcel.payload;
}

static struct exchange *held(struct exchange *exchange)
{
	exchange->settings.clock = "held";
	exchange->settings.absence = 0;
	return exchange;
}

/* The same ids whenever it is written. */
static struct letter *known_letter(struct exchange *exchange, int number)
{
	struct arena *arena = exchange->arena;
	const char *reference = arena_printf(arena, "R%d", number);
	struct letter *letter =
		letter_new(arena, TRADER, "DEC-IMP", declaration(arena, SHRIMP, reference));
	char *id = arena_alloc(arena, UUID_SIZE), *conversation = arena_alloc(arena, UUID_SIZE);

	uuid_derive(id, "6f7c0a62-0000-4000-8000-000000000000", TRADER, reference);
	uuid_derive(conversation, id, TRADER, "conversation");
	letter->envelope.id = id;
	letter->envelope.conversation = conversation;
	letter_seal(letter, NULL);
	return letter;
}

static void assert_holds(const char *rows, const char *text)
{
	if (strstr(rows, text) == NULL)
		fail_msg("no %s in %s", text, rows);
}

#define AT_NINE	    "\"time\":\"2014-02-26T02:00:00.000Z\""
#define AT_EVENING  "\"time\":\"2014-02-26T10:00:00.000Z\""
#define AT_TOMORROW "\"time\":\"2014-02-27T04:00:00.000Z\""
#define LEAP	    "{\"ask\":\"settle\",\"leap\":true,\"to\":\"2014-03-20\"}"
#define SETTLE	    "{\"ask\":\"settle\"}"
#define ALL	    "{\"ask\":\"events\",\"since\":0,\"limit\":500}"

/* ---- one thing after another ---------------------------------------------------------------- */

/* Three declarations on their way to CLEARED; everything that happened. */
static const char *walk(struct exchange *exchange, int64_t workers)
{
	struct office customs = customs_office(), ministry = ministry_office();
	struct office *const offices[] = { &customs, &ministry, NULL };
	struct call *trader, *operator;
	const char *rows;

	held(exchange)->settings.workers = workers;
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	operator= call_open(exchange, OPERATOR, 0);
	office_open(exchange, &customs);
	office_open(exchange, &ministry);
	for (int i = 1; i <= 3; i++) {
		(void)call_says(trader, known_letter(exchange, i), VERB_RECEIPT);
		rows = asked(operator, offices, SETTLE);
		assert_holds(rows, AT_NINE);
		assert_holds(rows, "\"next\":\"2014-02-26T10:00:00.000Z\"");
		assert_holds(rows, "\"leapt\":false");
	}
	rows = asked(operator, offices, LEAP);
	assert_holds(rows, AT_EVENING);
	assert_holds(rows, "\"leapt\":true");
	assert_holds(rows, "\"done\":false");
	assert_holds(asked(operator, offices, LEAP), AT_TOMORROW);
	rows = asked(operator, offices, ALL);
	assert_holds(rows, "CLEARED");
	call_close(trader);
	call_close(operator);
	call_close(customs.call);
	call_close(ministry.call);
	exchange_stop(exchange);
	exchange_verify(exchange);
	return rows;
}

static void test_the_same_happens_whatever_the_number_of_workers(void **state)
{
	static const int64_t workers[RUNS] = { 1, 2, 4, 8, 1, 3, 2, 4, 16, 5 };
	struct exchange *first = *state;
	const char *told = walk(first, workers[0]);

	for (int i = 1; i < RUNS; i++) {
		void *another;
		const char *again;

		exchange_open(&another);
		again = walk(another, workers[i]);
		assert_string_equal(told, again);
		exchange_close(&another);
	}
}

static void test_time_stands_still_until_it_is_ordered_on(void **state)
{
	static struct office *const nobody[] = { NULL };
	struct exchange *exchange = held(*state);
	struct call *operator;

	exchange_start(exchange);
	operator= call_open(exchange, OPERATOR, 0);
	assert_holds(call_asks(operator, "{\"ask\":\"date\"}"), AT_NINE);
	assert_holds(call_asks(operator, "{\"ask\":\"date\",\"to\":\"2014-02-26T10:00:00Z\"}"),
		     "\"done\"");
	assert_holds(asked(operator, nobody, SETTLE), AT_EVENING);
	/* Nothing is due: time moves to where it was allowed to, once. */
	for (int i = 0; i < 2; i++)
		assert_holds(asked(operator, nobody,
				   "{\"ask\":\"settle\",\"leap\":true,"
				   "\"to\":\"2014-02-27T04:00:00Z\"}"),
			     AT_TOMORROW);
	call_close(operator);
	exchange_stop(exchange);
	exchange->settings.date = "";
	for (int i = 0; i < 2; i++) { /* no wall has moved it meanwhile */
		exchange_start(exchange);
		operator= call_open(exchange, OPERATOR, 0);
		assert_holds(call_asks(operator, "{\"ask\":\"date\"}"), AT_TOMORROW);
		call_close(operator);
		exchange_stop(exchange);
	}
	exchange_verify(exchange);
}

static void test_who_asks_again_leaps_once(void **state)
{
	static struct office *const nobody[] = { NULL };
	static const char question[] = "{\"ask\":\"settle\",\"leap\":true,\"tag\":\"t1\"}";
	struct exchange *exchange = held(*state);
	struct call *trader, *operator;
	const char *once;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	operator= call_open(exchange, OPERATOR, 0);
	(void)call_says(trader, known_letter(exchange, 1), VERB_RECEIPT);
	once = asked(operator, nobody, question);
	assert_holds(once, "\"leapt\":true"); /* to the second attempt at whoever is not there */
	assert_string_equal(asked(operator, nobody, question), once);
	assert_string_not_equal(
		asked(operator, nobody, "{\"ask\":\"settle\",\"leap\":true,\"tag\":\"t2\"}"), once);
	call_close(trader);
	call_close(operator);
}

/* ---- who still has to say something -------------------------------------------------------- */

/* It is not settled while customs, which speaks like this, has not had its say. */
static void assert_waited_for(struct exchange *exchange, bool settles)
{
	static struct office *const nobody[] = { NULL };
	struct office customs = customs_office();
	struct office *const offices[] = { &customs, NULL };
	struct envelope delivery;
	struct call *trader, *operator;
	const char *rows;

	customs.settles = settles;
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	operator= call_open(exchange, OPERATOR, 0);
	office_open(exchange, &customs);
	(void)call_says(trader, known_letter(exchange, 1), VERB_RECEIPT);
	delivery = call_delivery(customs.call);
	call_send(operator, VERB_ASK, "{\"ask\":\"settle\",\"leap\":true,\"tag\":\"later\"}");
	for (int i = 0; i < LOOKS; i++)
		assert_holds(asked(operator, nobody, "{\"ask\":\"date\",\"tag\":\"now\"}"),
			     "\"now\"");
	answer_delivery(&customs, &delivery);
	rows = (const char *)call_hears(operator, VERB_ROWS).payload;
	assert_holds(rows, "\"later\"");
	assert_holds(rows, "\"leapt\":true");
	assert_holds(asked(operator, offices, ALL), "\"kind\":\"RES\"");
	call_close(trader);
	call_close(operator);
	call_close(customs.call);
	exchange_stop(exchange);
	exchange_verify(exchange);
}

static void test_it_is_not_settled_before_everybody_has_said_so(void **state)
{
	assert_waited_for(held(*state), true);
}

static void test_of_who_does_not_say_so_the_decision_is_awaited(void **state)
{
	assert_waited_for(held(*state), false);
}

static void test_silence_that_is_said_to_be_silence_is_met_by_another_attempt(void **state)
{
	struct exchange *exchange = held(*state);
	struct office customs = customs_office();
	struct office *const offices[] = { &customs, NULL };
	struct call *trader, *operator;

	customs.count = 0;
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	operator= call_open(exchange, OPERATOR, 0);
	office_open(exchange, &customs);
	(void)call_says(trader, known_letter(exchange, 1), VERB_RECEIPT);
	(void)asked(operator, offices, SETTLE);
	assert_int_equal(customs.deliveries, 1);
	while (customs.deliveries < 3)
		assert_holds(asked(operator, offices, LEAP), "\"leapt\":true");
	call_close(trader);
	call_close(operator);
	call_close(customs.call);
}

static void test_who_is_gone_has_nothing_more_to_say(void **state)
{
	static struct office *const nobody[] = { NULL };
	struct exchange *exchange = held(*state);
	struct office customs = customs_office();
	struct call *trader, *operator;

	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	operator= call_open(exchange, OPERATOR, 0);
	office_open(exchange, &customs);
	(void)call_says(trader, known_letter(exchange, 1), VERB_RECEIPT);
	(void)call_delivery(customs.call);
	call_close(customs.call);
	assert_holds(asked(operator, nobody, LEAP), "\"leapt\":true");
	call_close(trader);
	call_close(operator);
}

/* Time that skips waits for the same, and for nothing else: it needs no silence to be sure. */
static void test_skipped_time_waits_for_who_has_not_settled(void **state)
{
	static struct office *const nobody[] = { NULL };
	struct exchange *exchange = *state;
	struct office customs = customs_office();
	struct envelope delivery;
	struct call *trader, *operator;
	uint64_t began;

	exchange->settings.skip_time = true;
	exchange->settings.absence = 0;
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	operator= call_open(exchange, OPERATOR, 0);
	office_open(exchange, &customs);
	(void)call_says(trader, known_letter(exchange, 1), VERB_RECEIPT);
	delivery = call_delivery(customs.call);
	for (int i = 0; i < LOOKS; i++)
		assert_holds(asked(operator, nobody, "{\"ask\":\"date\"}"),
			     "\"time\":\"2014-02-26T02:00:");
	began = monotonic_ms();
	answer_delivery(&customs, &delivery);
	call_follows(operator, "RELEASED", AT_EVENING);
	assert_true(monotonic_ms() - began < AT_ONCE_MS);
	call_close(trader);
	call_close(operator);
	call_close(customs.call);
}

/* ---- refusals ------------------------------------------------------------------------------ */

static void test_what_cannot_be_settled_is_refused(void **state)
{
	static const struct {
		const char *clock, *question, *code;
	} rows[] = {
		{ "ticking", SETTLE, "CTL-008" },
		{ "held", "{\"ask\":\"settle\",\"leap\":true,\"to\":\"2014-02-25\"}", "CTL-007" },
		{ "held", "{\"ask\":\"settle\",\"to\":\"soon\"}", "TIM-001" },
	};
	struct exchange *exchange = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct call *operator;

		exchange->settings.clock = rows[i].clock;
		exchange_start(exchange);
		operator= call_open(exchange, OPERATOR, 0);
		assert_holds(call_asks(operator, rows[i].question), rows[i].code);
		call_close(operator);
		exchange_stop(exchange);
	}
}

#define IN_SERVICE(test) cmocka_unit_test_setup_teardown(test, exchange_open, exchange_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SERVICE(test_the_same_happens_whatever_the_number_of_workers),
		IN_SERVICE(test_time_stands_still_until_it_is_ordered_on),
		IN_SERVICE(test_who_asks_again_leaps_once),
		IN_SERVICE(test_it_is_not_settled_before_everybody_has_said_so),
		IN_SERVICE(test_of_who_does_not_say_so_the_decision_is_awaited),
		IN_SERVICE(test_silence_that_is_said_to_be_silence_is_met_by_another_attempt),
		IN_SERVICE(test_who_is_gone_has_nothing_more_to_say),
		IN_SERVICE(test_skipped_time_waits_for_who_has_not_settled),
		IN_SERVICE(test_what_cannot_be_settled_is_refused),
	};

	return cmocka_run_group_tests(tests, people_gather, people_leave);
}
