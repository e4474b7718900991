#include "adapters/serve.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/log.h"
#include "core/text.h"

#include "profile_text.h"
#include "scene.h"

#define CALM (2 * PATIENCE_MS) /* ms between heartbeats: nothing is repeated within a test */
#define ONE  "6f1c1d3e-0000-4000-8000-000000000001"
#define TWO  "6f1c1d3e-0000-4000-8000-000000000002"

/* ---- a party at work -------------------------------------------------------------------- */

static const char table[] =
	"<party xmlns='urn:nsw:party:1' id='" PARTY "' role='agency' delivery='push'>\n"
	"<name lang='en'>Transport</name><name lang='vi'>Giao thông</name>\n"
	"<sees kind='REQ'/>\n"
	"<decisions answer='LPR'>\n"
	"<decision id='cancelled' when=\"event = 'cancel'\">"
	"<step name='cancelled' status='CANCELLED' after='1m'/></decision>\n"
	"<decision id='faulty' when=\"reference = 'LONG'\"><step name='s' status='APPROVED' "
	"after='1m'>"
	"<document type='853' number='1234567890123456789012345678901234-{reference}'/>"
	"</step></decision>\n"
	"<decision id='ordinary'><step name='seen' status='RECEIVED' after='0s'/>"
	"<step name='approved' status='APPROVED' after='1h..2h' items='yes'/></decision>\n"
	"</decisions></party>\n";

static struct profile *profile;
static struct serving *serving;

static void start(struct scene *scene)
{
	struct failure why;

	must(profile_of(&profile, table, &why), &why);
	must(serve_start(&serving, &scene->office, profile, &why), &why);
}

static int stop(void **state)
{
	serve_close(serving);
	profile_free(profile);
	serving = NULL;
	profile = NULL;
	return scene_close(state);
}

static bool same_message(const struct submitted *a, const struct submitted *b)
{
	return strcmp(a->envelope.id, b->envelope.id) == 0 &&
	       memcmp(&a->digest, &b->digest, sizeof a->digest) == 0;
}

static void check_step(const struct submitted *submitted, const char *request, const char *step,
		       const char *kind)
{
	char id[UUID_SIZE];

	uuid_derive(id, request, PARTY, step);
	assert_string_equal(submitted->envelope.id, id);
	assert_string_equal(submitted->envelope.ref, request);
	assert_string_equal(submitted->envelope.kind, kind);
}

/* The answers to one delivery, each receipted. */
static void hear_answers(struct scene *scene, const char *request, struct submitted answers[3])
{
	static const char *const steps[] = { "receipt", "seen", "approved" };

	for (size_t i = 0; i < 3; i++) {
		answers[i] = scene_submitted(scene);
		check_step(&answers[i], request, steps[i], i == 0 ? "ACK" : "LPR");
		scene_receipt(scene, VERB_RECEIPT, answers[i].envelope.id, GATEWAY);
	}
}

/* ---- answering -------------------------------------------------------------------------- */

static void test_a_delivery_is_acknowledged_and_then_decided(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted answers[3];

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, ONE, answers);
	assert_non_null(strstr(answers[0].payload, "<ResultCode>AB<"));
	assert_non_null(strstr(answers[1].payload, "<NameCode>RECEIVED<"));
	assert_non_null(strstr(answers[2].payload, "<NameCode>APPROVED<"));
	assert_non_null(strstr(answers[2].payload, "<ID>03061721<"));
	assert_int_equal(answers[1].envelope.effective, 0);
	assert_in_range(answers[2].envelope.effective - CREATED, 3600 * 1000, 7200 * 1000);
}

static void test_a_redelivery_is_answered_with_the_same_messages(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted first[3], again[3], elsewhere[3];

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, ONE, first);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, ONE, again);

	/* another process would begin like this */
	serve_close(serving);
	profile_free(profile);
	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, ONE, elsewhere);

	for (size_t i = 0; i < 3; i++) {
		assert_true(same_message(&first[i], &again[i]));
		assert_true(same_message(&first[i], &elsewhere[i]));
	}
}

static void test_a_decision_waits_for_the_receipt_of_the_acknowledgement(void **state)
{
	struct scene *scene = *state;
	struct envelope one = scene_request(ONE), two = scene_request(TWO);
	struct submitted first, second, next;

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &one, REQUEST_PAYLOAD, GATEWAY);
	first = scene_submitted(scene);
	check_step(&first, ONE, "receipt", "ACK");
	/* were the decision under way, it would come before this one */
	scene_deliver(scene, &two, REQUEST_PAYLOAD, GATEWAY);
	second = scene_submitted(scene);
	check_step(&second, TWO, "receipt", "ACK");
	scene_receipt(scene, VERB_RECEIPT, first.envelope.id, GATEWAY);
	next = scene_submitted(scene);
	check_step(&next, ONE, "seen", "LPR");
}

static void test_the_event_of_a_message_is_a_fact(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted answer;

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request,
		      "<Request xmlns='urn:example:req'><Function>1</Function>"
		      "<Reference>VN15-1</Reference></Request>",
		      GATEWAY);
	answer = scene_submitted(scene);
	scene_receipt(scene, VERB_RECEIPT, answer.envelope.id, GATEWAY);
	answer = scene_submitted(scene);
	check_step(&answer, ONE, "cancelled", "LPR");
}

static void test_a_message_from_the_gateways_tomorrow_is_no_forgery(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted answer;

	/* The welcome said 2015; gateway time has skipped ahead since, and so has its key. */
	request.created = ROTATED + 1000;
	request.expires = request.created + 1000;
	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	answer = scene_submitted(scene);
	check_step(&answer, ONE, "receipt", "ACK");
	assert_int_equal(answer.envelope.created, request.created);
}

/* ---- having said all -------------------------------------------------------------------- */

/* So many, and no more: the answers to another delivery come behind them. */
static void assert_settled(struct scene *scene, size_t count)
{
	struct envelope last = scene_request("6f1c1d3e-0000-4000-8000-00000000000f");
	struct submitted answers[3];

	scene_deliver(scene, &last, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, last.id, answers);
	scene_hear(scene, VERB_SETTLED);
	assert_int_equal(scene->settled, count + 1);
}

static void test_a_delivery_is_settled_when_its_last_answer_is_receipted(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted answer;

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	for (size_t i = 0; i < 3; i++) {
		answer = scene_submitted(scene);
		assert_int_equal(scene->settled, 0);
		scene_receipt(scene, VERB_RECEIPT, answer.envelope.id, GATEWAY);
	}
	assert_settled(scene, 1);
}

static void test_a_delivery_whose_answer_is_refused_is_settled(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted answer;

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	answer = scene_submitted(scene);
	scene_receipt(scene, VERB_REFUSAL, answer.envelope.id, GATEWAY);
	assert_settled(scene, 1);
}

static void test_a_delivery_that_comes_again_is_settled_twice(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted answers[3];

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	answers[0] = scene_submitted(scene);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, ONE, answers);
	assert_settled(scene, 2);
}

static void test_what_is_met_with_silence_is_settled(void **state)
{
	struct scene *scene = *state;
	struct envelope faulty = scene_request(ONE);

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &faulty,
		      "<Request xmlns='urn:example:req'><Function>9</Function>"
		      "<Reference>LONG</Reference></Request>",
		      GATEWAY);
	scene_say(scene, VERB_DELIVER, "an envelope that is none");
	assert_settled(scene, 2);
}

/* ---- saying it again -------------------------------------------------------------------- */

static void test_busy_means_the_same_bytes_later(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted first, again;
	char lines[160], digest[DIGEST_TEXT_SIZE];

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	first = scene_submitted(scene);
	snprintf(lines, sizeof lines, "retry-after=1\nenvelope=%s\n",
		 digest_text(&first.frame, digest));
	scene_say(scene, VERB_BUSY, lines);
	again = scene_submitted(scene);
	assert_memory_equal(&first.frame, &again.frame, sizeof first.frame);
}

static void test_silence_means_the_same_bytes_again(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted first, again;

	start(scene);
	scene_welcome(scene, 200);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	first = scene_submitted(scene);
	again = scene_submitted(scene);
	assert_memory_equal(&first.frame, &again.frame, sizeof first.frame);
}

static void test_a_receipt_that_another_party_signed_is_not_believed(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted first, again;

	start(scene);
	scene_welcome(scene, 200);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	first = scene_submitted(scene);
	scene_receipt(scene, VERB_RECEIPT, first.envelope.id, "STRANGER");
	again = scene_submitted(scene);
	assert_true(same_message(&first, &again));
}

static void test_a_refusal_ends_that_delivery_and_no_other(void **state)
{
	struct scene *scene = *state;
	struct envelope one = scene_request(ONE), two = scene_request(TWO);
	struct submitted first, answers[3];

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &one, REQUEST_PAYLOAD, GATEWAY);
	first = scene_submitted(scene);
	scene_receipt(scene, VERB_REFUSAL, first.envelope.id, GATEWAY);
	scene_deliver(scene, &two, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, TWO, answers);
}

static void test_a_party_that_waits_gives_a_sign_of_life(void **state)
{
	struct scene *scene = *state;

	start(scene);
	scene_welcome(scene, 50);
	scene_hear(scene, VERB_PING);
	scene_say(scene, VERB_PONG, "");
	scene_hear(scene, VERB_PING);
}

/* ---- the connection --------------------------------------------------------------------- */

static void test_a_gateway_that_was_away_is_greeted_again(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted before, answers[3];

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	before = scene_submitted(scene);
	scene_close_bus(scene);
	scene_open_bus(scene);
	scene_welcome(scene, CALM);
	/* What was on its way is forgotten: it comes again, and gets the same answers. */
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, ONE, answers);
	assert_true(same_message(&before, &answers[0]));
}

static void test_a_gateway_that_fell_silent_is_left_and_greeted_again(void **state)
{
	struct scene *scene = *state;

	start(scene);
	scene_welcome(scene, 50);
	scene_welcome(scene, CALM); /* nobody answered the PINGs */
}

static void test_a_party_may_wait_for_a_gateway_that_is_not_there(void **state)
{
	struct scene *scene = *state;

	scene_close_bus(scene);
	start(scene);
	scene_open_bus(scene);
	scene_welcome(scene, CALM);
}

static void test_a_party_ends_at_once_whether_or_not_there_is_a_gateway(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	uint64_t begun = monotonic_ms();

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	scene_submitted(scene); /* and now it waits for our receipt */
	serve_close(serving);
	profile_free(profile);
	scene_close_bus(scene);
	start(scene);
	serve_close(serving);
	serving = NULL;
	assert_true(monotonic_ms() - begun < PATIENCE_MS);
}

static void test_only_the_partys_home_can_serve_it(void **state)
{
	struct scene *scene = *state;
	struct serving *none;
	struct failure why;

	must(profile_of(&profile, table, &why), &why);
	profile->party = "NOBODY";
	assert_false(serve_start(&none, &scene->office, profile, &why));
	assert_string_equal(why.code, "KEY-004");
	scene->office.endpoint = "ipc-without-a-path";
	profile->party = PARTY;
	assert_false(serve_start(&none, &scene->office, profile, &why));
	assert_string_equal(why.code, "BUS-001");
}

static void check_asked(const char *expected)
{
	struct text asked = TEXT_EMPTY;
	struct failure why;

	must(text_read_file(&asked, scene_path("asked-about"), 4096, &why), &why);
	assert_string_equal(asked.bytes, expected);
	text_free(&asked);
}

/* ---- somebody else decides ------------------------------------------------------------------ */

static struct stand_in stand_in;

static void start_with(struct scene *scene, const char *command, int64_t within)
{
	stand_in = (struct stand_in){ NULL, command, within };
	scene->office.stand_ins = &stand_in;
	scene->office.stand_in_count = 1;
	start(scene);
}

#define DECIDE                                                                                     \
	"echo \"<decision xmlns='urn:nsw:party:1'><step name='seen' status='RECEIVED' "            \
	"after='0s'/><step name='approved' status='APPROVED' after='1h' "                          \
	"note='$NSW_REFERENCE $(echo $NSW_ITEM_HS)' items='yes'/></decision>\""

static void test_a_command_decides_in_place_of_the_table(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	struct submitted first[3], again[3];

	start_with(scene, DECIDE, PATIENCE_MS);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, ONE, first);
	assert_non_null(strstr(first[2].payload, "VN15-1 03061721"));
	assert_int_equal(first[2].envelope.effective, CREATED + 3600 * 1000);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, ONE, again);
	for (size_t i = 0; i < 3; i++)
		assert_true(same_message(&first[i], &again[i]));
}

static void
test_a_command_that_was_killed_in_the_middle_is_asked_again_and_decides_once(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE), other = scene_request(TWO);
	struct submitted answers[3];
	const char *command;

	/* Killed half-way the first time that it sees a message, and says half a decision. */
	command = arena_printf(
		scene->arena,
		"if mkdir %s-$NSW_MESSAGE 2>&-; then echo '<decision'; kill -9 $$; fi; " DECIDE,
		scene_path("asked"));
	start_with(scene, command, PATIENCE_MS);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY); /* nothing is said */
	scene_deliver(scene, &other, REQUEST_PAYLOAD, GATEWAY);	  /* nor to this */
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, ONE, answers);
	scene_deliver(scene, &other, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, TWO, answers);
}

static void test_a_command_that_is_late_is_met_with_silence(void **state)
{
	struct scene *scene = *state;
	struct envelope late = scene_request(ONE), good = scene_request(TWO);
	struct submitted answers[3];

	start_with(scene, "case $NSW_MESSAGE in " ONE ") sleep 300 ;; esac; " DECIDE, 2000);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &late, REQUEST_PAYLOAD, GATEWAY);
	scene_deliver(scene, &good, REQUEST_PAYLOAD, GATEWAY);
	hear_answers(scene, TWO, answers);
}

static void test_who_is_being_answered_is_not_asked_about_again(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE), other = scene_request(TWO);
	struct submitted answer;
	const char *command;

	command = arena_printf(scene->arena, "echo $NSW_MESSAGE >>%s; " DECIDE,
			       scene_path("asked-about"));
	start_with(scene, command, PATIENCE_MS);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	answer = scene_submitted(scene);
	check_step(&answer, ONE, "receipt", "ACK");
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	scene_deliver(scene, &other, REQUEST_PAYLOAD, GATEWAY);
	answer = scene_submitted(scene);
	check_step(&answer, TWO, "receipt", "ACK");
	check_asked(ONE "\n" TWO "\n");
}

static void test_a_party_ends_at_once_in_the_middle_of_a_command(void **state)
{
	struct scene *scene = *state;
	struct envelope request = scene_request(ONE);
	uint64_t begun = monotonic_ms();
	const char *fifo = arena_string(scene->arena, scene_path("begun"));
	char byte;
	int descriptor;

	assert_int_equal(mkfifo(fifo, 0600), 0);
	start_with(scene, arena_printf(scene->arena, "echo >%s; sleep 300", fifo), 2 * PATIENCE_MS);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
	descriptor = open(fifo, O_RDONLY | O_CLOEXEC); /* until the command is there */
	assert_int_equal(read(descriptor, &byte, 1), 1);
	close(descriptor);
	serve_close(serving);
	serving = NULL;
	assert_true(monotonic_ms() - begun < PATIENCE_MS);
}

/* ---- what is not acceptable ------------------------------------------------------------- */

static const struct {
	const char *from, *to, *kind, *payload, *signer, *code;
} unacceptable[] = {
	{ GATEWAY, PARTY, "REQ", REQUEST_PAYLOAD, "STRANGER", "SIG-019" },
	{ "STRANGER", PARTY, "REQ", REQUEST_PAYLOAD, "STRANGER", "ADP-001" },
	{ GATEWAY, "MARD", "REQ", REQUEST_PAYLOAD, GATEWAY, "ADP-002" },
	{ GATEWAY, PARTY, "LPA", REQUEST_PAYLOAD, GATEWAY, "ADP-003" },
	{ GATEWAY, PARTY, "REQ", "<Other xmlns='urn:example:req'/>", GATEWAY, "KND-001" },
	{ GATEWAY, PARTY, "REQ", "<Request", GATEWAY, "XML-001" },
	{ GATEWAY, PARTY, "REQ", "<!DOCTYPE Request><Request/>", GATEWAY, "XML-003" },
	{ GATEWAY, PARTY, "REQ", "<Request xmlns='urn:example:req'/>", GATEWAY, "FCT-002" },
};

static void test_an_unacceptable_delivery_gets_a_refusing_receipt_with_its_code(void **state)
{
	struct scene *scene = *state;
	char expected[64], id[UUID_SIZE];

	start(scene);
	scene_welcome(scene, CALM);
	for (size_t i = 0; i < sizeof unacceptable / sizeof *unacceptable; i++) {
		struct envelope request;
		struct submitted answer;

		uuid_random(id);
		request = scene_request(id);
		request.from = unacceptable[i].from;
		request.to = unacceptable[i].to;
		request.kind = unacceptable[i].kind;
		scene_deliver(scene, &request, unacceptable[i].payload, unacceptable[i].signer);
		answer = scene_submitted(scene);
		scene_receipt(scene, VERB_RECEIPT, answer.envelope.id, GATEWAY);
		snprintf(expected, sizeof expected, "<ValidationCode>%s<", unacceptable[i].code);
		if (strcmp(answer.envelope.kind, "ACK") != 0 ||
		    strcmp(answer.envelope.ref, id) != 0 ||
		    strstr(answer.payload, "<ResultCode>RE<") == NULL ||
		    strstr(answer.payload, expected) == NULL)
			fail_msg("row %zu, %s:\n%s", i, unacceptable[i].code, answer.payload);
	}
}

static void test_a_fault_of_ours_is_met_with_silence(void **state)
{
	struct scene *scene = *state;
	struct envelope faulty = scene_request(ONE), good = scene_request(TWO);
	struct submitted answer;

	start(scene);
	scene_welcome(scene, CALM);
	scene_deliver(scene, &faulty,
		      "<Request xmlns='urn:example:req'><Function>9</Function>"
		      "<Reference>LONG</Reference></Request>",
		      GATEWAY);
	scene_say(scene, VERB_DELIVER, "an envelope that is none");
	scene_deliver(scene, &good, REQUEST_PAYLOAD, GATEWAY);
	answer = scene_submitted(scene);
	check_step(&answer, TWO, "receipt", "ACK");
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(test_a_delivery_is_acknowledged_and_then_decided),
		SCENE(test_a_redelivery_is_answered_with_the_same_messages),
		SCENE(test_a_decision_waits_for_the_receipt_of_the_acknowledgement),
		SCENE(test_the_event_of_a_message_is_a_fact),
		SCENE(test_a_message_from_the_gateways_tomorrow_is_no_forgery),
		SCENE(test_a_delivery_is_settled_when_its_last_answer_is_receipted),
		SCENE(test_a_delivery_whose_answer_is_refused_is_settled),
		SCENE(test_a_delivery_that_comes_again_is_settled_twice),
		SCENE(test_what_is_met_with_silence_is_settled),
		SCENE(test_busy_means_the_same_bytes_later),
		SCENE(test_silence_means_the_same_bytes_again),
		SCENE(test_a_receipt_that_another_party_signed_is_not_believed),
		SCENE(test_a_refusal_ends_that_delivery_and_no_other),
		SCENE(test_a_party_that_waits_gives_a_sign_of_life),
		SCENE(test_a_gateway_that_was_away_is_greeted_again),
		SCENE(test_a_gateway_that_fell_silent_is_left_and_greeted_again),
		SCENE(test_a_party_may_wait_for_a_gateway_that_is_not_there),
		SCENE(test_a_party_ends_at_once_whether_or_not_there_is_a_gateway),
		SCENE(test_only_the_partys_home_can_serve_it),
		SCENE(test_a_command_decides_in_place_of_the_table),
		SCENE(test_a_command_that_was_killed_in_the_middle_is_asked_again_and_decides_once),
		SCENE(test_a_command_that_is_late_is_met_with_silence),
		SCENE(test_who_is_being_answered_is_not_asked_about_again),
		SCENE(test_a_party_ends_at_once_in_the_middle_of_a_command),
		SCENE(test_an_unacceptable_delivery_gets_a_refusing_receipt_with_its_code),
		SCENE(test_a_fault_of_ours_is_met_with_silence),
	};

	signal(SIGPIPE, SIG_IGN);
	log_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, scene_begin, scene_end);
}
