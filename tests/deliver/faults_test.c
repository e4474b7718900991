/* What goes wrong on purpose: whom a fault strikes, what is recorded, what the gateway itself does. */
#include "counter.h"
#include "deliver/faults.h"
#include "journal/fault_rows.h"

/* ---- the scene ----------------------------------------------------------------------------- */

static const char *ordered(struct counter *counter, const struct control_order *order)
{
	return counter_order_with(counter, order);
}

static const char *add_for(struct counter *counter, const char *line, const char *run)
{
	return ordered(counter, &(struct control_order){
					.name = "fault", .what = "add", .line = line, .run = run });
}

static void add(struct counter *counter, const char *line)
{
	const char *answer = add_for(counter, line, NULL);

	if (strstr(answer, "\"type\":\"fault\"") == NULL)
		fail_msg("%s: %s", line, answer);
}

static const char *agency(struct counter *counter, const char *id, const char *what)
{
	return ordered(counter,
		       &(struct control_order){ .name = "agency", .id = id, .what = what });
}

static void assert_says(const char *answer, const char *text)
{
	if (strstr(answer, text) == NULL)
		fail_msg("no %s in %s", text, answer);
}

/* The same message whenever it is written. */
static struct letter *known(struct counter *counter, const char *reference, const char *run)
{
	struct arena *arena = counter->arena;
	struct letter *letter =
		letter_new(arena, TRADER, "DEC-IMP", declaration(arena, MACHINE, reference));
	char *id = arena_alloc(arena, UUID_SIZE), *conversation = arena_alloc(arena, UUID_SIZE);

	uuid_derive(id, "5d0f3a58-0000-4000-8000-000000000000", TRADER, reference);
	uuid_derive(conversation, id, TRADER, "conversation");
	letter->envelope.id = id;
	letter->envelope.conversation = conversation;
	letter->envelope.run = run;
	letter_seal(letter, NULL);
	return letter;
}

static void lodge(struct counter *counter, const char *reference)
{
	counter_accepts(counter, known(counter, reference, NULL));
}

static void customs_come(struct counter *counter)
{
	counter_connect(counter, CUSTOMS, 1, 32);
}

/* To the next moment at which anything is due. */
static void step(struct counter *counter)
{
	counter_at(counter, journal_next_due(counter->gateway.journal, counter_now(counter), true));
}

/* What customs heard since, a letter each: D a delivery, S what it is to do wrong. */
static const char *heard(struct counter *counter, size_t since)
{
	struct text text = TEXT_EMPTY;
	const char *word;

	text_add(&text, "");
	for (size_t i = since; i < counter->left_count; i++) {
		const struct left *left = &counter->left[i];

		if (strcmp(left->party, CUSTOMS) == 0 &&
		    (left->verb == VERB_DELIVER || left->verb == VERB_SIMULATE))
			text_add(&text, left->verb == VERB_DELIVER ? "D" : "S");
	}
	word = arena_string(counter->arena, text.bytes);
	text_free(&text);
	return word;
}

static const char *last_told(const struct counter *counter)
{
	for (size_t i = counter->left_count; i-- > 0;)
		if (counter->left[i].verb == VERB_SIMULATE)
			return (const char *)counter->left[i].payload.start;
	fail_msg("no simulation was told anything");
	return NULL;
}

/* ---- the trace ----------------------------------------------------------------------------- */

/* Digests differ by signatures and by the chain's head; everything else must not. */
static bool is_digest(const char *name)
{
	return strstr(name, "envelope") != NULL || strstr(name, "payload") != NULL;
}

static void add_record(struct text *text, const struct journal_record *record)
{
	text_printf(text, "%s %lld", record->type, (long long)record->at);
	for (size_t i = 0; i < record->count; i++)
		if (!is_digest(record->fields[i].name))
			text_printf(text, " %s=%s", record->fields[i].name,
				    record->fields[i].value);
	text_add(text, "\n");
}

/* All records but those of a type; with `only`, those of it alone. */
static const char *records(struct counter *counter, const char *type, bool only)
{
	struct journal_record *all;
	size_t count =
		journal_records(counter->gateway.journal, counter->arena, 0, NULL, 10000, &all);
	struct text text = TEXT_EMPTY;
	const char *kept;

	text_add(&text, "");
	for (size_t i = 0; i < count; i++)
		if ((strcmp(all[i].type, type) == 0) == only)
			add_record(&text, &all[i]);
	kept = arena_string(counter->arena, text.bytes);
	text_free(&text);
	return kept;
}

static size_t firings(struct counter *counter)
{
	return counter_records(counter, "fault");
}

/* The text of each firing of a message at customs, joined. */
static const char *firings_of(struct counter *counter, const char *reference)
{
	const char *delivery = counter_delivery(counter, reference, CUSTOMS).id;
	struct journal_record *all;
	size_t count =
		journal_records(counter->gateway.journal, counter->arena, 0, NULL, 10000, &all);
	const char *told = "";

	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].type, "fault") == 0 &&
		    strcmp(journal_field(&all[i], "delivery"), delivery) == 0)
			told = arena_printf(counter->arena, "%s%s@%s;", told,
					    journal_field(&all[i], "text"),
					    journal_field(&all[i], "attempt"));
	return told;
}

/* ---- what does not strike changes nothing --------------------------------------------------- */

/* A story with a silent party, a retry and an answer, by a clock that stands still. */
static const char *tell_story(struct counter *counter, const char *fault)
{
	struct presence *presence = counter->gateway.presence;
	struct presence_view view;
	struct envelope delivery;

	clock_hold(counter->gateway.house.clock);
	clock_advance(counter->gateway.house.clock, MORNING + MINUTE);
	counter->settings.absence = 0;
	if (fault != NULL)
		add(counter, fault);
	customs_come(counter);
	view = presence_of(presence, CUSTOMS);
	presence_hello(presence, CUSTOMS, &view.address, 32, true, monotonic_ms());
	presence_since(presence, CUSTOMS, view.since);
	lodge(counter, "R1");
	lodge(counter, "R2");
	counter_at(counter, MORNING + 3 * MINUTE);
	counter_at(counter, MORNING + 8 * MINUTE);
	delivery = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &delivery, &released);
	counter_verify(counter);
	return records(counter, "fault-added", false);
}

static void test_what_does_not_strike_leaves_the_trace_as_it_was(void **state)
{
	static const char *const faults[] = {
		"MoF drop probability=0",
		"MoF delay by=5s jitter=5s probability=0",
		"MoF down probability=0",
		"MoF drop document=CAR",
		"MoF corrupt run=other",
		"MoF drop every=1000",
		"MARD down",
	};
	struct counter *counter = *state;
	const char *without = tell_story(counter, NULL);

	assert_int_equal(counter_records(counter, "attempt") > 3, true);
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		counter_begin(counter, MORNING);
		assert_string_equal(tell_story(counter, faults[i]), without);
		for (size_t j = 0; j < counter->left_count; j++)
			assert_int_not_equal(counter->left[j].verb, VERB_SIMULATE);
	}
	counter_begin(counter, MORNING);
	assert_string_not_equal(tell_story(counter, "MoF drop"), without);
}

/* ---- whom it strikes ------------------------------------------------------------------------ */

static void test_the_first_attempts_of_each_message_are_struck_and_counted(void **state)
{
	struct counter *counter = *state;

	add(counter, "mof drop first=2");
	customs_come(counter);
	lodge(counter, "R1");
	lodge(counter, "R2");
	assert_string_equal(heard(counter, 0), "SDSD");
	for (int i = 0; i < 6; i++)
		step(counter);
	assert_string_equal(firings_of(counter, "R1"),
			    "drop of the request (1 of 2)@1;drop of the request (2 of 2)@2;");
	assert_string_equal(firings_of(counter, "R2"),
			    "drop of the request (1 of 2)@1;drop of the request (2 of 2)@2;");
	assert_in_range(counter_delivery(counter, "R1", CUSTOMS).attempts, 3, 12);
	counter_verify(counter);
}

static void test_a_simulation_is_told_just_before_its_delivery(void **state)
{
	struct counter *counter = *state;
	const char *id;

	add(counter, "MoF reject code=X-1 text='not now'");
	add(counter, "MoF duplicate on=reply");
	customs_come(counter);
	lodge(counter, "R1");
	id = counter_delivery(counter, "R1", CUSTOMS).id;
	assert_string_equal(heard(counter, 0), "SD");
	assert_string_equal(last_told(counter),
			    arena_printf(counter->arena,
					 "message=%s\nattempt=1\nfault=reject\non=reply\ncode=X-1\n"
					 "text=not now\nfault=duplicate\non=reply\n",
					 id));
	assert_says(records(counter, "fault", true), "fault=f-1 what=reject on=reply party=MoF");
	assert_says(records(counter, "fault", true), "fault=f-2 what=duplicate on=reply party=MoF");
}

static void test_every_third_attempt_is_struck_also_of_many_at_once(void **state)
{
	struct counter *counter = *state;

	add(counter, "MoF corrupt every=3");
	for (int i = 0; i < 7; i++)
		lodge(counter, arena_printf(counter->arena, "R%d", i));
	customs_come(counter); /* all are due now */
	assert_int_equal(strlen(heard(counter, 0)), 7 + 2);
	assert_string_not_equal(firings_of(counter, "R2"), "");
	assert_string_not_equal(firings_of(counter, "R5"), "");
	lodge(counter, "R7");
	lodge(counter, "R8"); /* the ninth */
	assert_int_equal(firings(counter), 3);
	assert_string_not_equal(firings_of(counter, "R8"), "");
	counter_verify(counter);
}

static void test_kind_and_run_and_time_choose(void **state)
{
	static const struct {
		const char *line;
		bool strikes;
	} rows[] = {
		{ "MoF drop document=DEC-IMP", true },
		{ "MoF drop document=CAR", false },
		{ "MoF drop run=mine", true },
		{ "MoF drop run=another", false },
		{ "MARD drop", false },
		{ "MoF drop for=1m", false },
		{ "MoF drop for=2h", true },
	};
	struct counter *counter = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		counter_begin(counter, MORNING);
		add(counter, rows[i].line);
		counter_at(counter, MORNING + HOUR);
		customs_come(counter);
		counter_accepts(counter, known(counter, "R1", "mine"));
		if ((firings(counter) != 0) != rows[i].strikes)
			fail_msg("%s", rows[i].line);
	}
}

static void test_who_adds_for_a_run_strikes_that_run_alone(void **state)
{
	struct counter *counter = *state;

	assert_says(add_for(counter, "MoF drop", "mine"), "\"run\":\"mine\"");
	customs_come(counter);
	lodge(counter, "R1");
	assert_int_equal(firings(counter), 0);
	counter_accepts(counter, known(counter, "R2", "mine"));
	assert_int_equal(firings(counter), 1);
}

/* ---- draws ---------------------------------------------------------------------------------- */

#define DRAWN 24

/* Which of so many messages are struck, a letter each. */
static const char *draws(struct counter *counter, const char *line, const char *run, bool backwards)
{
	char *struck = arena_alloc(counter->arena, DRAWN + 1);

	assert_says(add_for(counter, line, run), "\"type\":\"fault\"");
	customs_come(counter);
	for (int i = 0; i < DRAWN; i++) {
		int number = backwards ? DRAWN - 1 - i : i;
		const char *reference = arena_printf(counter->arena, "R%d", number);

		counter_accepts(counter, known(counter, reference, run));
		struck[number] = *firings_of(counter, reference) != '\0' ? 'x' : '-';
	}
	return struck;
}

static void test_draws_are_the_same_in_any_order_any_run_and_ever_again(void **state)
{
	struct counter *counter = *state;
	const char *first = draws(counter, "MoF drop probability=0.5", NULL, false);

	assert_non_null(strchr(first, 'x'));
	assert_non_null(strchr(first, '-'));
	counter_begin(counter, MORNING);
	assert_string_equal(draws(counter, "MoF drop probability=0.5", NULL, true), first);
	counter_begin(counter, MORNING);
	add(counter, "MoT drop"); /* so that ids go on elsewhere */
	assert_string_equal(draws(counter, "MoF drop probability=0.5", "r-17", true), first);
	counter_begin(counter, MORNING);
	counter->settings.seed = "another";
	assert_string_not_equal(draws(counter, "MoF drop probability=0.5", NULL, false), first);
}

static void test_an_attempt_that_was_forgotten_is_struck_by_the_same(void **state)
{
	struct counter *counter = *state;
	struct outbox outbox = { &counter->gateway.house, counter->gateway.journal,
				 counter->gateway.plan, counter->arena };
	struct underway nothing = { NULL, 0 };
	struct journal_delivery delivery;
	struct firing *first = NULL, *again = NULL;
	size_t first_count = 0, again_count = 0;
	enum struck struck;

	add(counter, "MoF drop first=1");
	add(counter, "MoF delay by=2s jitter=3s on=reply");
	lodge(counter, "R1");
	delivery = counter_delivery(counter, "R1", CUSTOMS);
	must(journal_begin(outbox.journal, &counter->why), &counter->why);
	must(faults_strike(&outbox, &delivery, &nothing, counter_now(counter), &first, &first_count,
			   &struck, &counter->why),
	     &counter->why);
	must(faults_strike(&outbox, &delivery, &nothing, counter_now(counter) + HOUR, &again,
			   &again_count, &struck, &counter->why),
	     &counter->why);
	must(journal_commit(outbox.journal, &counter->why), &counter->why);
	assert_int_equal(first_count, 2);
	assert_int_equal(again_count, 2);
	assert_string_equal(again[0].fault->id, first[0].fault->id);
	assert_int_equal(again[1].later, first[1].later);
	assert_int_equal(firings(counter), 2);
}

/* ---- what the gateway itself does ------------------------------------------------------------ */

static void test_a_delayed_request_leaves_later_once(void **state)
{
	struct counter *counter = *state;

	add(counter, "MoF delay by=30s");
	customs_come(counter);
	lodge(counter, "R1");
	assert_string_equal(heard(counter, 0), "");
	counter_at(counter, counter_now(counter) + 20000);
	assert_string_equal(heard(counter, 0), "");
	counter_at(counter, counter_now(counter) + 10000);
	assert_string_equal(heard(counter, 0), "D");
	assert_string_equal(firings_of(counter, "R1"), "delay of the request by 30s@1;");
	assert_int_equal(counter_delivery(counter, "R1", CUSTOMS).attempts, 1);
	counter_verify(counter);
}

static void test_a_delayed_reply_takes_effect_later_with_its_bytes_unchanged(void **state)
{
	struct counter *counter = *state;
	struct envelope delivery;

	add(counter, "MoF delay on=reply by=10m jitter=1m");
	customs_come(counter);
	lodge(counter, "R1");
	delivery = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &delivery, &released);
	counter_stands(counter, "R1", "REGISTERED");
	counter_at(counter, counter_now(counter) + 9 * MINUTE);
	counter_stands(counter, "R1", "REGISTERED");
	counter_at(counter, counter_now(counter) + 3 * MINUTE);
	counter_stands(counter, "R1", "CLEARED");
	counter_verify(counter);
}

static void test_a_reordered_request_comes_after_the_next(void **state)
{
	struct counter *counter = *state;
	struct envelope first, second;

	add(counter, "MoF reorder on=request");
	customs_come(counter);
	lodge(counter, "R1");
	assert_string_equal(heard(counter, 0), "");
	lodge(counter, "R2");
	counter_work(counter);
	first = counter_take(counter, CUSTOMS);
	second = counter_take(counter, CUSTOMS);
	assert_string_equal(first.id, counter_delivery(counter, "R2", CUSTOMS).id);
	assert_string_equal(second.id, counter_delivery(counter, "R1", CUSTOMS).id);
	lodge(counter, "R3"); /* alone */
	assert_int_equal(counter_untaken(counter, CUSTOMS), 0);
	counter_at(counter, counter_now(counter) + counter->settings.retry_first);
	assert_string_equal(counter_take(counter, CUSTOMS).id,
			    counter_delivery(counter, "R3", CUSTOMS).id);
	counter_verify(counter);
}

static void test_a_party_that_is_down_is_as_though_not_there(void **state)
{
	struct counter *counter = *state;

	add(counter, "MoF down id=off");
	add(counter, "MoF drop");
	customs_come(counter);
	lodge(counter, "R1");
	step(counter);
	assert_string_equal(heard(counter, 0), "");
	assert_string_equal(firings_of(counter, "R1"),
			    "down, as though not connected@1;down, as though not connected@2;");
	assert_string_equal(counter_delivery(counter, "R1", CUSTOMS).code, "BUS-020");
	(void)ordered(counter,
		      &(struct control_order){ .name = "fault", .what = "rm", .id = "off" });
	assert_string_equal(heard(counter, 0), "SD"); /* at once */
	counter_verify(counter);
}

static void test_when_the_time_of_being_down_is_over_what_is_open_is_due(void **state)
{
	struct counter *counter = *state;
	gateway_time began = counter_now(counter);

	counter->settings.retry_first = counter->settings.retry_most = 10 * HOUR;
	add(counter, "MoF down for=1h");
	customs_come(counter);
	lodge(counter, "R1");
	counter_at(counter, began + 50 * MINUTE);
	assert_string_equal(heard(counter, 0), "");
	assert_in_range(journal_next_due(counter->gateway.journal, counter_now(counter), true),
			began + HOUR, began + HOUR + MINUTE);
	step(counter);
	assert_string_equal(heard(counter, 0), "D");
	counter_verify(counter);
}

static void test_of_what_is_down_nobody_waits_for_the_way_back(void **state)
{
	struct counter *counter = *state;
	struct presence_view view = presence_of(counter->gateway.presence, CUSTOMS);

	counter->settings.skip_time = true;
	counter->settings.absence = HOUR;
	assert_true(clerk_may_come_back(&counter->clerk, CUSTOMS, &view));
	add(counter, "MoF down first=3");
	assert_true(clerk_may_come_back(&counter->clerk, CUSTOMS, &view));
	add(counter, "MoF down");
	assert_false(clerk_may_come_back(&counter->clerk, CUSTOMS, &view));
}

/* ---- orders ---------------------------------------------------------------------------------- */

static size_t there(struct counter *counter, const char *run)
{
	struct journal_fault *faults;

	return journal_faults(counter->gateway.journal, counter->arena, NULL, run,
			      counter_now(counter), &faults);
}

static void test_faults_are_removed_by_id_by_run_and_all(void **state)
{
	struct counter *counter = *state;
	struct control_order order = { .name = "fault", .what = "rm", .id = "f-2" };

	add(counter, "MoF drop");
	assert_says(add_for(counter, "MoF drop", "mine"), "\"id\":\"f-2\"");
	assert_says(add_for(counter, "MARD hang id=stuck", "mine"), "\"id\":\"stuck\"");
	assert_says(ordered(counter, &order), "\"count\":1");
	assert_says(ordered(counter, &order), "FLT-008");
	assert_says(add_for(counter, "MoT drop", NULL), "\"id\":\"f-4\""); /* never given again */
	assert_int_equal(there(counter, "mine"), 1);
	order = (struct control_order){ .name = "fault", .what = "reset", .run = "mine" };
	assert_says(ordered(counter, &order), "\"count\":1");
	assert_int_equal(there(counter, NULL), 2);
	order.run = NULL;
	assert_says(ordered(counter, &order), "\"count\":2");
	assert_int_equal(there(counter, NULL), 0);
	counter_verify(counter);
}

static void test_an_order_that_means_nothing_is_refused(void **state)
{
	static const struct {
		struct control_order order;
		const char *code, *says;
	} rows[] = {
		{ { .what = "add", .line = "MoF dorp" }, "FLT-001", "did you mean 'drop'?" },
		{ { .what = "add", .line = "MOFF drop" }, "PTY-004", "did you mean 'MoF'?" },
		{ { .what = "add", .line = "MoF drop document=DECIMP" },
		  "FLT-009",
		  "did you mean 'DEC-IMP'?" },
		{ { .what = "add", .line = "OPERATOR drop" }, "FLT-005", "OPERATOR" },
		{ { .what = "add", .line = "MoF drop id=taken" },
		  "FLT-007",
		  "MoF hang on=request" },
		{ { .what = "add" }, "CTL-005", "spec" },
		{ { .what = "rm" }, "CTL-005", "id" },
		{ { .what = "rm", .id = "takne" }, "FLT-008", "did you mean 'taken'?" },
		{ { .what = "mend" }, "CTL-005", "mend" },
	};
	struct counter *counter = *state;

	add(counter, "MoF hang id=taken");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct control_order order = rows[i].order;

		order.name = "fault";
		assert_says(ordered(counter, &order), rows[i].code);
		assert_says(ordered(counter, &order), rows[i].says);
	}
	assert_says(agency(counter, "MADR", "off"), "did you mean 'MARD'?");
	assert_says(agency(counter, "MARD", "away"), "CTL-005");
	assert_says(agency(counter, "OPERATOR", "off"), "FLT-005");
	assert_int_equal(there(counter, NULL), 1);
}

static void test_who_asks_again_adds_nothing_twice(void **state)
{
	struct counter *counter = *state;
	struct control_order order = {
		.name = "fault", .what = "add", .line = "MoF drop", .tag = "q-1"
	};

	assert_says(ordered(counter, &order), "\"id\":\"f-1\"");
	assert_says(ordered(counter, &order), "\"id\":\"f-1\"");
	order.tag = "q-2";
	assert_says(ordered(counter, &order), "\"id\":\"f-2\"");
}

static void test_settings_add_what_is_not_there_yet(void **state)
{
	struct counter *counter = *state;
	struct outbox outbox = { &counter->gateway.house, counter->gateway.journal,
				 counter->gateway.plan, counter->arena };
	struct failure why;

	counter->settings.faults[0] = "mof drop first=2";
	counter->settings.faults[1] = "MARD hang";
	for (int i = 0; i < 2; i++)
		must(journal_begin(outbox.journal, &why) &&
			     faults_of_settings(&outbox, counter_now(counter), &why) &&
			     journal_commit(outbox.journal, &why),
		     &why);
	assert_int_equal(there(counter, NULL), 2);
	counter->settings.faults[1] = "MARD hnag";
	must(journal_begin(outbox.journal, &counter->why), &counter->why);
	assert_false(faults_of_settings(&outbox, counter_now(counter), &why));
	assert_string_equal(why.code, "FLT-001");
	assert_string_equal(why.place, "fault 'MARD hnag'");
}

/* ---- switching a party off -------------------------------------------------------------------- */

static void test_a_party_switched_off_is_not_there_until_it_is_on_again(void **state)
{
	struct counter *counter = *state;

	customs_come(counter);
	lodge(counter, "R1");
	assert_string_equal(heard(counter, 0), "D");
	assert_says(agency(counter, "mof", "off"), "\"count\":1");
	assert_says(agency(counter, "MoF", "off"), "\"count\":0");
	assert_true(presence_of(counter->gateway.presence, CUSTOMS).off);
	lodge(counter, "R2");
	counter_at(counter, counter_now(counter) + MINUTE);
	assert_string_equal(heard(counter, 0), "D");
	assert_string_equal(counter_delivery(counter, "R2", CUSTOMS).code, "BUS-020");
	assert_says(agency(counter, "MOF", "on"), "\"count\":1");
	assert_string_equal(heard(counter, 0), "DDD"); /* both, as after a HELLO */
	assert_int_equal(counter_records(counter, "switched"), 2);
	counter_verify(counter);
}

static void test_who_is_off_stays_off_though_he_connects(void **state)
{
	struct counter *counter = *state;
	const char *const *off;

	assert_says(agency(counter, "MoF", "off"), "\"count\":1");
	customs_come(counter);
	lodge(counter, "R1");
	assert_string_equal(heard(counter, 0), "");
	counter_restart(counter);
	assert_int_equal(journal_switched_off(counter->gateway.journal, counter->arena, &off), 1);
	assert_string_equal(off[0], CUSTOMS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_COUNTER(test_what_does_not_strike_leaves_the_trace_as_it_was),
		AT_COUNTER(test_the_first_attempts_of_each_message_are_struck_and_counted),
		AT_COUNTER(test_a_simulation_is_told_just_before_its_delivery),
		AT_COUNTER(test_every_third_attempt_is_struck_also_of_many_at_once),
		AT_COUNTER(test_kind_and_run_and_time_choose),
		AT_COUNTER(test_who_adds_for_a_run_strikes_that_run_alone),
		AT_COUNTER(test_draws_are_the_same_in_any_order_any_run_and_ever_again),
		AT_COUNTER(test_an_attempt_that_was_forgotten_is_struck_by_the_same),
		AT_COUNTER(test_a_delayed_request_leaves_later_once),
		AT_COUNTER(test_a_delayed_reply_takes_effect_later_with_its_bytes_unchanged),
		AT_COUNTER(test_a_reordered_request_comes_after_the_next),
		AT_COUNTER(test_a_party_that_is_down_is_as_though_not_there),
		AT_COUNTER(test_when_the_time_of_being_down_is_over_what_is_open_is_due),
		AT_COUNTER(test_of_what_is_down_nobody_waits_for_the_way_back),
		AT_COUNTER(test_faults_are_removed_by_id_by_run_and_all),
		AT_COUNTER(test_an_order_that_means_nothing_is_refused),
		AT_COUNTER(test_who_asks_again_adds_nothing_twice),
		AT_COUNTER(test_settings_add_what_is_not_there_yet),
		AT_COUNTER(test_a_party_switched_off_is_not_there_until_it_is_on_again),
		AT_COUNTER(test_who_is_off_stays_off_though_he_connects),
	};

	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
