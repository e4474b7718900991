/* What the gateway brings: letters of a mailbox, deliveries. */
#include "cli/client/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/counterpart.h"
#include "core/text.h"

#define ID  "aaaaaaaa-0000-4000-8000-000000000001"
#define ACK "<Response xmlns=\"urn:nsw:ack:1\"><ResultCode>AB</ResultCode></Response>"

static struct client *connect_client(unsigned credit)
{
	struct client_settings settings = counterpart_settings();
	struct client *client;
	struct failure why;

	settings.credit = credit;
	if (!client_open(&client, &settings, &why))
		fail_msg("%s: %s", why.code, why.text);
	return client;
}

/* ---- the mailbox -------------------------------------------------------------------------------- */

static void deliver_around_fetched(struct counterpart *counterpart, const struct parcel *parcel)
{
	char id[UUID_SIZE];

	if (parcel->verb == VERB_ACK) {
		snprintf(id, sizeof id, "%.*s", (int)parcel->payload_length,
			 (const char *)parcel->payload);
		counterpart_say(counterpart, parcel, VERB_ACK, id);
		return;
	}
	counterpart_sign(counterpart, parcel, VERB_DELIVER, COUNTERPART, COUNTERPART, ID,
			 counterpart_time + 2, "<b/>");
	counterpart_say(counterpart, parcel, VERB_FETCHED, "count=2\nleft=5\n");
	counterpart_sign(counterpart, parcel, VERB_DELIVER, COUNTERPART, COUNTERPART, ID,
			 counterpart_time + 1, "<a/>");
}

static void test_letters_may_come_around_fetched_and_are_told_oldest_first(void **state)
{
	struct arena *arena = arena_new();
	struct letter *letters;
	struct client *client;
	struct failure why;
	size_t count;

	(void)state;
	counterpart_start(deliver_around_fetched);
	client = connect_client(0);
	assert_true(client_fetch(client, arena, 10, &letters, &count, &why));
	assert_int_equal(count, 2);
	assert_memory_equal(letters[0].payload, "<a/>", 4);
	assert_memory_equal(letters[1].payload, "<b/>", 4);
	assert_true(client_keep(client, letters[0].cover.id, &why));
	client_close(client);
	counterpart_stop();
	arena_free(arena);
}

static void deliver_from_a_stranger(struct counterpart *counterpart, const struct parcel *parcel)
{
	counterpart_sign(counterpart, parcel, VERB_DELIVER, STRANGER, STRANGER, ID,
			 counterpart_time, "<a/>");
	counterpart_say(counterpart, parcel, VERB_FETCHED, "count=1\nleft=0\n");
}

static void test_a_letter_that_the_gateway_did_not_sign_is_not_taken(void **state)
{
	struct arena *arena = arena_new();
	struct letter *letters;
	struct client *client;
	struct failure why;
	size_t count;

	(void)state;
	counterpart_start(deliver_from_a_stranger);
	client = connect_client(0);
	assert_false(client_fetch(client, arena, 10, &letters, &count, &why));
	assert_string_equal(why.code, "SIG-019");
	client_close(client);
	counterpart_stop();
	arena_free(arena);
}

/* ---- deliveries --------------------------------------------------------------------------------- */

/* Two deliveries before the receipt of whatever is submitted, and one behind it. */
static void deliver_around_a_receipt(struct counterpart *counterpart, const struct parcel *parcel)
{
	static const char *const payloads[] = { "<a/>", "<b/>" };

	if (parcel->verb != VERB_SUBMIT)
		return;
	for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
		counterpart_sign(counterpart, parcel, VERB_DELIVER, COUNTERPART, COUNTERPART, NULL,
				 counterpart_time, payloads[i]);
	counterpart_sign(counterpart, parcel, VERB_RECEIPT, COUNTERPART, COUNTERPART, ID,
			 counterpart_time, ACK);
	counterpart_sign(counterpart, parcel, VERB_DELIVER, COUNTERPART, COUNTERPART, NULL,
			 counterpart_time, "<c/>");
}

static void submit(struct client *client, struct arena *arena)
{
	struct failure why;
	struct reply reply;

	assert_true(
		client_submit(client, arena, ID, "<envelope/>", 11, "payload", 7, &reply, &why));
	assert_true(reply.taken);
}

static void hear(struct client *client, struct arena *arena, const char *payload)
{
	struct digest none = { { 0 } };
	struct letter letter;
	struct failure why;
	bool got;

	if (!client_delivery(client, arena, monotonic_ms() + 2000, &letter, &got, &why))
		fail_msg("%s: %s", why.code, why.text);
	assert_true(got);
	assert_int_equal(letter.payload_length, strlen(payload));
	assert_memory_equal(letter.payload, payload, strlen(payload));
	assert_memory_not_equal(&letter.digest, &none, sizeof none);
}

static void test_a_delivery_that_comes_while_a_receipt_is_awaited_is_not_lost(void **state)
{
	struct arena *arena = arena_new();
	struct client *client;

	(void)state;
	counterpart_start(deliver_around_a_receipt);
	client = connect_client(7);
	submit(client, arena);
	hear(client, arena, "<a/>");
	hear(client, arena, "<b/>");
	hear(client, arena, "<c/>");
	client_close(client);
	assert_int_equal(counterpart_stop()->credit, 7);
	arena_free(arena);
}

static void test_what_nobody_asked_for_goes_with_the_client(void **state)
{
	struct arena *arena = arena_new();
	struct client *client;

	(void)state;
	counterpart_start(deliver_around_a_receipt);
	client = connect_client(7);
	submit(client, arena);
	client_close(client); /* a leak is the sanitizers' to find */
	counterpart_stop();
	arena_free(arena);
}

static void say_nothing(struct counterpart *counterpart, const struct parcel *parcel)
{
	(void)counterpart;
	(void)parcel;
}

static void test_no_delivery_in_time_is_no_failure(void **state)
{
	struct arena *arena = arena_new();
	struct client *client;
	struct letter letter;
	struct failure why;
	bool got = true;

	(void)state;
	counterpart_start(say_nothing);
	client = connect_client(1);
	assert_true(client_delivery(client, arena, monotonic_ms() + 50, &letter, &got, &why));
	assert_false(got);
	client_close(client);
	counterpart_stop();
	arena_free(arena);
}

static void deliver_forged(struct counterpart *counterpart, const struct parcel *parcel)
{
	if (parcel->verb == VERB_SUBMIT)
		counterpart_sign(counterpart, parcel, VERB_DELIVER, STRANGER, COUNTERPART, NULL,
				 counterpart_time, "<a/>");
	if (parcel->verb == VERB_SUBMIT)
		counterpart_sign(counterpart, parcel, VERB_RECEIPT, COUNTERPART, COUNTERPART, ID,
				 counterpart_time, ACK);
}

static void test_a_delivery_that_the_gateway_did_not_sign_is_not_taken(void **state)
{
	struct arena *arena = arena_new();
	struct client *client;
	struct letter letter;
	struct failure why;
	bool got;

	(void)state;
	counterpart_start(deliver_forged);
	client = connect_client(1);
	submit(client, arena);
	assert_false(client_delivery(client, arena, monotonic_ms() + 2000, &letter, &got, &why));
	assert_string_equal(why.code, "SIG-019");
	client_close(client);
	counterpart_stop();
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters_may_come_around_fetched_and_are_told_oldest_first),
		cmocka_unit_test(test_a_letter_that_the_gateway_did_not_sign_is_not_taken),
		cmocka_unit_test(test_a_delivery_that_comes_while_a_receipt_is_awaited_is_not_lost),
		cmocka_unit_test(test_what_nobody_asked_for_goes_with_the_client),
		cmocka_unit_test(test_no_delivery_in_time_is_no_failure),
		cmocka_unit_test(test_a_delivery_that_the_gateway_did_not_sign_is_not_taken),
	};

	return cmocka_run_group_tests(tests, counterpart_keys, counterpart_forget);
}
