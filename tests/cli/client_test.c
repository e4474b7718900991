#include "cli/client/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/counterpart.h"
#include "core/text.h"

#define ID    "aaaaaaaa-0000-4000-8000-000000000001"
#define OTHER "aaaaaaaa-0000-4000-8000-000000000002"
#define ACK   "<Response xmlns=\"urn:nsw:ack:1\"><ResultCode>AB</ResultCode></Response>"

static struct client *connect_client(void)
{
	struct client_settings settings = counterpart_settings();
	struct client *client;
	struct failure why;

	if (!client_open(&client, &settings, &why))
		fail_msg("%s: %s", why.code, why.text);
	return client;
}

static void answer_nothing(struct counterpart *counterpart, const struct parcel *parcel)
{
	(void)counterpart;
	(void)parcel;
}

/* ---- the greeting ----------------------------------------------------------------------------- */

static void test_the_greeting_says_who_and_when(void **state)
{
	const struct welcome *welcome;
	struct client *client;

	(void)state;
	counterpart_start(answer_nothing);
	client = connect_client();
	welcome = client_welcome(client);
	assert_string_equal(welcome->instance, COUNTERPART);
	assert_string_equal(welcome->environment, "TEST");
	assert_int_equal(welcome->polite_limit, 1000);
	assert_int_equal(welcome->heartbeat, 100);
	assert_true(client_time(client) >= counterpart_time);
	assert_true(client_time(client) < counterpart_time + 60000);
	client_close(client);
	counterpart_stop();
}

static void test_where_the_clock_is_held_no_time_passes(void **state)
{
	uint64_t began = monotonic_ms();
	struct client *client;

	(void)state;
	counterpart_hold(true);
	counterpart_start(answer_nothing);
	client = connect_client();
	assert_true(client_welcome(client)->held);
	while (monotonic_ms() < began + 20)
		continue;
	assert_int_equal(client_time(client), counterpart_time);
	client_told(client, counterpart_time + 5000);
	assert_int_equal(client_time(client), counterpart_time + 5000);
	client_close(client);
	counterpart_stop();
	counterpart_hold(false);
}

static void test_nobody_there_is_told_soon_unless_one_is_patient(void **state)
{
	struct client_settings settings = counterpart_settings();
	uint64_t began = monotonic_ms();
	struct client *client;
	struct failure why;

	(void)state;
	settings.timeout = 20000;
	assert_false(client_open(&client, &settings, &why));
	assert_string_equal(why.code, "BUS-031");
	assert_true(monotonic_ms() - began < 10000);

	settings.timeout = 300;
	settings.patient = true;
	began = monotonic_ms();
	assert_false(client_open(&client, &settings, &why));
	assert_string_equal(why.code, "BUS-031");
	assert_true(monotonic_ms() - began >= 300);
}

/* ---- questions ------------------------------------------------------------------------------------ */

static void answer_late_then_right(struct counterpart *counterpart, const struct parcel *parcel)
{
	char line[128];
	struct failure why;
	struct row *ask;

	if (parcel->verb != VERB_ASK ||
	    !row_read(&ask, (const char *)parcel->payload, parcel->payload_length, &why))
		abort();
	counterpart_say(counterpart, parcel, VERB_ROWS,
			"{\"v\":1,\"type\":\"gateway\",\"tag\":\"of-yesterday\",\"n\":1}\n");
	snprintf(line, sizeof line,
		 "{\"v\":1,\"type\":\"%s\",\"tag\":\"%s\",\"code\":\"CTL-003\","
		 "\"verdict\":\"REJECT\",\"text\":\"unknown\"}\n",
		 row_get(ask, "ask"), row_get(ask, "tag"));
	counterpart_say(counterpart, parcel, VERB_ROWS, line);
	row_free(ask);
}

static bool ask(struct client *client, const char *what, struct answer *answer, struct failure *why)
{
	struct row *question = row_new("ask");

	row_put(question, "ask", what);
	return client_ask(client, question, answer, why);
}

static void test_a_late_answer_is_not_taken_for_anothers(void **state)
{
	struct client *client;
	struct answer answer;
	struct failure why;

	(void)state;
	counterpart_start(answer_late_then_right);
	client = connect_client();
	assert_true(ask(client, "status", &answer, &why));
	assert_int_equal(answer.count, 1);
	assert_string_equal(row_type(answer.rows[0]), "status");
	answer_free(&answer);
	client_close(client);
	counterpart_stop();
}

static void answer_unread(struct counterpart *counterpart, const struct parcel *parcel)
{
	if (parcel->verb != VERB_ASK)
		abort();
	counterpart_say(counterpart, parcel, VERB_ROWS, "{\"v\":1,\"type\":\"gateway\"}\n");
	counterpart_say(counterpart, parcel, VERB_ROWS,
			"{\"v\":1,\"type\":\"error\",\"code\":\"CTL-002\","
			"\"verdict\":\"REJECT\",\"text\":\"no operator\"}\n");
}

/* Who may not ask is not read, so the refusal cannot repeat the tag. */
static void answer_with_the_time(struct counterpart *counterpart, const struct parcel *parcel)
{
	char line[160];
	struct failure why;
	struct row *ask;

	if (!row_read(&ask, (const char *)parcel->payload, parcel->payload_length, &why))
		abort();
	snprintf(line, sizeof line,
		 "{\"v\":1,\"type\":\"%s\",\"tag\":\"%s\","
		 "\"time\":\"2014-03-01T00:00:00.000Z\"}\n",
		 row_get(ask, "ask"), row_get(ask, "tag"));
	counterpart_say(counterpart, parcel, VERB_ROWS, line);
	row_free(ask);
}

static void test_answers_that_tell_the_time_are_believed(void **state)
{
	static const struct {
		const char *type;
		bool tells;
	} rows[] = { { "settled", true }, { "date", true }, { "message", false } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		gateway_time told = INT64_C(1393632000000); /* 2014-03-01T00:00:00Z */
		struct client *client;
		struct answer answer;
		struct failure why;

		counterpart_hold(true);
		counterpart_start(answer_with_the_time);
		client = connect_client();
		assert_true(ask(client, rows[i].type, &answer, &why));
		answer_free(&answer);
		assert_int_equal(client_time(client), rows[i].tells ? told : counterpart_time);
		client_close(client);
		counterpart_stop();
		counterpart_hold(false);
	}
}

static void test_an_error_without_a_tag_answers_any_question(void **state)
{
	struct client *client;
	struct answer answer;
	struct failure why;

	(void)state;
	counterpart_start(answer_unread);
	client = connect_client();
	assert_false(ask(client, "status", &answer, &why));
	assert_string_equal(why.code, "CTL-002");
	client_close(client);
	counterpart_stop();
}

static void test_a_row_none_stands_for_no_rows(void **state)
{
	struct client *client;
	struct answer answer;
	struct failure why;

	(void)state;
	counterpart_start(answer_late_then_right);
	client = connect_client();
	assert_true(ask(client, "none", &answer, &why));
	assert_int_equal(answer.count, 0);
	answer_free(&answer);
	client_close(client);
	counterpart_stop();
}

static void test_an_error_row_is_the_failure_it_describes(void **state)
{
	struct client *client;
	struct answer answer;
	struct failure why;

	(void)state;
	counterpart_start(answer_late_then_right);
	client = connect_client();
	assert_false(ask(client, "error", &answer, &why));
	assert_int_equal(why.verdict, REJECT);
	assert_string_equal(why.code, "CTL-003");
	assert_string_equal(why.text, "unknown");
	client_close(client);
	counterpart_stop();
}

static void answer_the_third(struct counterpart *counterpart, const struct parcel *parcel)
{
	if (counterpart->heard == 3)
		counterpart_say(counterpart, parcel, VERB_ROWS,
				"{\"v\":1,\"type\":\"gateway\",\"tag\":\"1\"}\n");
}

static void test_an_unanswered_question_is_asked_again(void **state)
{
	struct client *client;
	struct answer answer;
	struct failure why;

	(void)state;
	counterpart_start(answer_the_third);
	client = connect_client();
	assert_true(ask(client, "status", &answer, &why));
	answer_free(&answer);
	client_close(client);
	counterpart_stop();
}

/* ---- messages ------------------------------------------------------------------------------------------ */

static bool submit(struct client *client, struct arena *arena, struct reply *reply,
		   struct failure *why)
{
	return client_submit(client, arena, ID, "<envelope/>", 11, "payload", 7, reply, why);
}

static void be_busy_twice(struct counterpart *counterpart, const struct parcel *parcel)
{
	char line[160];

	snprintf(line, sizeof line, "retry-after=10\nenvelope=%s\ncode=BSY-001\ntext=full\n",
		 counterpart->digests[0]);
	if (counterpart->heard <= 2)
		counterpart_say(counterpart, parcel, VERB_BUSY, line);
	else
		counterpart_sign(counterpart, parcel, VERB_RECEIPT, COUNTERPART, COUNTERPART, ID,
				 counterpart_time, ACK);
}

static void test_busy_is_met_by_coming_back(void **state)
{
	struct arena *arena = arena_new();
	struct client *client;
	struct reply reply;
	struct failure why;

	(void)state;
	counterpart_start(be_busy_twice);
	client = connect_client();
	assert_true(submit(client, arena, &reply, &why));
	assert_true(reply.taken);
	assert_int_equal(reply.busy, 2);
	assert_int_equal(reply.sent, 3);
	assert_string_equal(reply.cover.from, COUNTERPART);
	client_close(client);
	counterpart_stop();
	arena_free(arena);
}

static void be_busy_for_ever(struct counterpart *counterpart, const struct parcel *parcel)
{
	counterpart_say(counterpart, parcel, VERB_BUSY,
			"retry-after=50\ncode=BSY-001\ntext=full\n");
}

static void test_who_is_busy_to_the_end_is_quoted(void **state)
{
	struct client_settings settings = counterpart_settings();
	struct arena *arena = arena_new();
	struct client *client;
	struct reply reply;
	struct failure why;

	(void)state;
	counterpart_start(be_busy_for_ever);
	settings.timeout = 300;
	assert_true(client_open(&client, &settings, &why));
	assert_false(submit(client, arena, &reply, &why));
	assert_string_equal(why.code, "CLI-004");
	assert_non_null(strstr(why.text, "BSY-001 full"));
	client_close(client);
	counterpart_stop();
	arena_free(arena);
}

static void test_a_gateway_without_a_second_life_is_not_waited_for(void **state)
{
	struct client_settings settings = counterpart_settings();
	struct arena *arena = arena_new();
	struct client *client;
	struct reply reply;
	struct failure why;

	(void)state;
	counterpart_start(answer_nothing);
	settings.timeout = INT64_C(3600000); /* longer than this program may take */
	settings.mortal = true;
	assert_true(client_open(&client, &settings, &why));
	counterpart_stop();
	assert_false(submit(client, arena, &reply, &why));
	assert_memory_equal(why.code, "BUS-", 4);
	client_close(client);
	arena_free(arena);
}

static void receipt_the_second(struct counterpart *counterpart, const struct parcel *parcel)
{
	if (counterpart->heard == 2)
		counterpart_sign(counterpart, parcel, VERB_RECEIPT, COUNTERPART, COUNTERPART, ID,
				 counterpart_time, ACK);
}

static void test_silence_is_met_by_the_same_bytes_again(void **state)
{
	struct arena *arena = arena_new();
	const struct counterpart *heard;
	struct client *client;
	struct reply reply;
	struct failure why;

	(void)state;
	counterpart_start(receipt_the_second);
	client = connect_client();
	assert_true(submit(client, arena, &reply, &why));
	client_close(client);
	heard = counterpart_stop();
	assert_int_equal(heard->heard, 2);
	assert_string_equal(heard->digests[0], heard->digests[1]);
	assert_int_equal(reply.payload_length, strlen(ACK));
	assert_memory_equal(reply.payload, ACK, strlen(ACK));
	arena_free(arena);
}

/* What is not the gateway's, or not about us. */
static void stranger_signs(struct counterpart *counterpart, const struct parcel *parcel)
{
	counterpart_sign(counterpart, parcel, VERB_RECEIPT, STRANGER, COUNTERPART, ID,
			 counterpart_time, ACK);
}

static void stranger_says_who_he_is(struct counterpart *counterpart, const struct parcel *parcel)
{
	counterpart_sign(counterpart, parcel, VERB_RECEIPT, STRANGER, STRANGER, ID,
			 counterpart_time, ACK);
}

static void nobody_signs(struct counterpart *counterpart, const struct parcel *parcel)
{
	counterpart_say(counterpart, parcel, VERB_RECEIPT, ACK);
}

static void speak_of_another(struct counterpart *counterpart, const struct parcel *parcel)
{
	counterpart_sign(counterpart, parcel, VERB_RECEIPT, COUNTERPART, COUNTERPART, OTHER,
			 counterpart_time, ACK);
}

static void test_only_the_gateways_own_receipt_for_this_message_counts(void **state)
{
	static const struct {
		answer_parcel *answer;
		const char *code;
	} cases[] = {
		{ stranger_signs, "SIG-019" },
		{ stranger_says_who_he_is, "SIG-019" },
		{ nobody_signs, "XML-009" },
		{ speak_of_another, "CLI-004" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct client_settings settings = counterpart_settings();
		struct arena *arena = arena_new();
		struct client *client;
		struct reply reply;
		struct failure why;

		settings.timeout = 500;
		counterpart_start(cases[i].answer);
		assert_true(client_open(&client, &settings, &why));
		assert_false(submit(client, arena, &reply, &why));
		assert_string_equal(why.code, cases[i].code);
		client_close(client);
		counterpart_stop();
		arena_free(arena);
	}
}

static void refuse(struct counterpart *counterpart, const struct parcel *parcel)
{
	counterpart_sign(counterpart, parcel, VERB_REFUSAL, COUNTERPART, COUNTERPART, ID,
			 counterpart_time,
			 "<Response xmlns=\"urn:nsw:ack:1\"><ResultCode>RE</ResultCode>"
			 "<Error role=\"warning\"><Description xml:lang=\"en\">mind</Description>"
			 "<ValidationCode>TOT-02</ValidationCode></Error>"
			 "<Error><Description xml:lang=\"vi\">sai</Description>"
			 "<Description xml:lang=\"en\">wrong</Description>"
			 "<ValidationCode>TOT-01</ValidationCode>"
			 "<Location><Path>/a/b</Path></Location></Error></Response>");
}

static void refuse_unsigned(struct counterpart *counterpart, const struct parcel *parcel)
{
	counterpart_say(counterpart, parcel, VERB_REFUSAL, "code=BUS-010\ntext=no such verb\n");
}

static void test_a_refusal_is_an_answer_with_its_first_error(void **state)
{
	static const struct {
		answer_parcel *answer;
		const char *code, *text, *place;
	} cases[] = {
		{ refuse, "TOT-01", "wrong", "/a/b" },
		{ refuse_unsigned, "BUS-010", "no such verb", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena *arena = arena_new();
		struct client *client;
		struct reply reply;
		struct failure why;

		counterpart_start(cases[i].answer);
		client = connect_client();
		assert_true(submit(client, arena, &reply, &why));
		assert_false(reply.taken);
		assert_string_equal(reply.why.code, cases[i].code);
		assert_string_equal(reply.why.text, cases[i].text);
		assert_string_equal(reply.why.place, cases[i].place);
		client_close(client);
		counterpart_stop();
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_greeting_says_who_and_when),
		cmocka_unit_test(test_where_the_clock_is_held_no_time_passes),
		cmocka_unit_test(test_a_gateway_without_a_second_life_is_not_waited_for),
		cmocka_unit_test(test_nobody_there_is_told_soon_unless_one_is_patient),
		cmocka_unit_test(test_a_late_answer_is_not_taken_for_anothers),
		cmocka_unit_test(test_answers_that_tell_the_time_are_believed),
		cmocka_unit_test(test_an_error_without_a_tag_answers_any_question),
		cmocka_unit_test(test_a_row_none_stands_for_no_rows),
		cmocka_unit_test(test_an_error_row_is_the_failure_it_describes),
		cmocka_unit_test(test_an_unanswered_question_is_asked_again),
		cmocka_unit_test(test_busy_is_met_by_coming_back),
		cmocka_unit_test(test_who_is_busy_to_the_end_is_quoted),
		cmocka_unit_test(test_silence_is_met_by_the_same_bytes_again),
		cmocka_unit_test(test_only_the_gateways_own_receipt_for_this_message_counts),
		cmocka_unit_test(test_a_refusal_is_an_answer_with_its_first_error),
	};

	return cmocka_run_group_tests(tests, counterpart_keys, counterpart_forget);
}
