/* A party at work that is told, delivery by delivery, what to do wrong. */
#include "adapters/mischief.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/log.h"
#include "core/text.h"

#include "adapters/serve.h"

#include "profile_text.h"
#include "scene.h"

#define CALM (2 * PATIENCE_MS) /* ms between heartbeats: nothing is repeated within a test */
#define ONE  "6f1c1d3e-0000-4000-8000-000000000001"
#define TWO  "6f1c1d3e-0000-4000-8000-000000000002"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* ---- a party at work -------------------------------------------------------------------- */

static const char table[] =
	"<party xmlns='urn:nsw:party:1' id='" PARTY "' role='agency' delivery='push'>\n"
	"<name lang='en'>Transport</name><name lang='vi'>Giao thông</name>\n"
	"<sees kind='REQ'/>\n"
	"<decisions answer='LPR'>\n"
	"<decision id='ordinary'><step name='seen' status='RECEIVED' after='0s'/>"
	"<step name='approved' status='APPROVED' after='1h..2h' items='yes'/></decision>\n"
	"</decisions></party>\n";

static const char *const steps[] = { "receipt", "seen", "approved" };

static struct profile *profile;
static struct serving *serving;

static int start(void **state)
{
	struct scene *scene;
	struct failure why;

	if (scene_open(state) != 0)
		return -1;
	scene = *state;
	must(profile_of(&profile, table, &why), &why);
	must(serve_start(&serving, &scene->office, profile, &why), &why);
	scene_welcome(scene, CALM);
	return 0;
}

static int stop(void **state)
{
	serve_close(serving);
	profile_free(profile);
	return scene_close(state);
}

/* ---- saying and hearing ------------------------------------------------------------------ */

/* SIMULATE; `faults` are its lines behind message and attempt. */
static void tell(struct scene *scene, const char *message, int attempt, const char *faults)
{
	char lines[512];

	snprintf(lines, sizeof lines, "message=%s\nattempt=%d\n%s", message, attempt, faults);
	scene_say(scene, VERB_SIMULATE, lines);
}

static void deliver(struct scene *scene, const char *id)
{
	struct envelope request = scene_request(id);

	scene_deliver(scene, &request, REQUEST_PAYLOAD, GATEWAY);
}

/* What comes next, SETTLED included; nothing is passed over but signs of life. */
static enum verb next_word(struct scene *scene)
{
	struct failure why;
	bool got;

	do
		must(bus_receive(scene->bus, scene->arena, &scene->parcel, &got, PATIENCE_MS, &why),
		     &why);
	while (got && scene->parcel.verb == VERB_PING);
	assert_true(got);
	return scene->parcel.verb;
}

static void settled(struct scene *scene)
{
	assert_string_equal(verb_name(next_word(scene)), verb_name(VERB_SETTLED));
}

static const char *id_of(struct scene *scene, const char *request, const char *step)
{
	char id[UUID_SIZE];

	uuid_derive(id, request, PARTY, step);
	return arena_string(scene->arena, id);
}

/* The SUBMIT that came last, as the gateway judges its cover: "" when nothing is wrong with it. */
static const char *judged(struct scene *scene, struct submitted *out)
{
	const struct parcel *parcel = &scene->parcel;
	struct signature signature;
	struct failure why;

	out->payload = (const char *)parcel->payload;
	if (!envelope_open(&out->envelope, &signature, scene->arena, parcel->envelope,
			   parcel->envelope_length, parcel->payload, parcel->payload_length,
			   scene->keyring, ROTATED, &why))
		return arena_string(scene->arena, why.code);
	out->digest = envelope_digest(&signature);
	return "";
}

/* The next word is an answer, and this is what is wrong with it. */
static struct submitted hear(struct scene *scene, const char *code)
{
	struct submitted answer;

	assert_string_equal(verb_name(next_word(scene)), verb_name(VERB_SUBMIT));
	assert_string_equal(judged(scene, &answer), code);
	return answer;
}

static struct submitted hear_step(struct scene *scene, const char *request, const char *step)
{
	struct submitted answer = hear(scene, "");

	assert_string_equal(answer.envelope.id, id_of(scene, request, step));
	return answer;
}

static void receipt(struct scene *scene, const struct submitted *answer)
{
	scene_receipt(scene, VERB_RECEIPT, answer->envelope.id, GATEWAY);
}

static void refuse(struct scene *scene, const struct submitted *answer)
{
	scene_receipt(scene, VERB_REFUSAL, answer->envelope.id, GATEWAY);
}

/* A delivery of which nothing is told: all its answers, as they should be, and SETTLED. */
static void answers_well(struct scene *scene, const char *request)
{
	deliver(scene, request);
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		struct submitted answer = hear_step(scene, request, steps[i]);

		receipt(scene, &answer);
	}
	settled(scene);
}

/* ---- answers that are wrong ---------------------------------------------------------------- */

static void test_an_answer_is_spoilt_as_told_once_and_true_the_next_time(void **state)
{
	static const struct {
		const char *fault, *code;
	} rows[] = {
		{ "corrupt", "SIG-002" },	{ "truncate", "ENV-005" },
		{ "bad-signature", "SIG-004" }, { "expired-certificate", "SIG-011" },
		{ "wrong-version", "" },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct submitted answer;
		char told[64];

		print_message("%s\n", rows[i].fault);
		snprintf(told, sizeof told, "fault=%s\non=reply\n", rows[i].fault);
		tell(scene, ONE, 1, told);
		deliver(scene, ONE);
		answer = hear(scene, rows[i].code);
		/* The cover still says which message it is. */
		assert_string_equal(answer.envelope.id, id_of(scene, ONE, "receipt"));
		if (rows[i].code[0] == '\0')
			assert_non_null(
				strstr((const char *)scene->parcel.payload, "\"urn:nsw:ack:99\""));
		refuse(scene, &answer);
		settled(scene);
		answers_well(scene, ONE);
	}
}

static struct digest corrupted(struct scene *scene, int attempt)
{
	struct submitted answer;
	struct digest payload;

	tell(scene, ONE, attempt, "fault=corrupt\non=reply\n");
	deliver(scene, ONE);
	answer = hear(scene, "SIG-002");
	payload = digest_of(scene->parcel.payload, scene->parcel.payload_length);
	refuse(scene, &answer);
	settled(scene);
	return payload;
}

static void test_the_byte_that_changes_is_drawn_for_each_attempt(void **state)
{
	struct scene *scene = *state;
	struct digest first = corrupted(scene, 1), again = corrupted(scene, 1);
	struct digest second = corrupted(scene, 2);

	assert_memory_equal(&first, &again, sizeof first);
	assert_memory_not_equal(&first, &second, sizeof first);
}

/* ---- answers that are not as many, or not in order ------------------------------------------- */

static void test_what_is_lost_is_not_answered_and_settled(void **state)
{
	static const char *const rows[] = { "fault=drop\non=request\n", "fault=drop\non=reply\n" };
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		tell(scene, ONE, 1, rows[i]);
		deliver(scene, ONE);
		settled(scene);
		answers_well(scene, ONE);
	}
}

static void check_asked(const char *wanted)
{
	struct text asked = TEXT_EMPTY;
	struct failure why;

	must(text_read_file(&asked, scene_path("asked"), 4096, &why), &why);
	assert_string_equal(asked.bytes, wanted);
	text_free(&asked);
}

static void test_a_party_whose_answers_are_lost_has_worked(void **state)
{
	struct scene *scene = *state;
	struct stand_in asked = { .within = PATIENCE_MS };

	serve_close(serving);
	scene_hear(scene, VERB_GONE);
	asked.command =
		arena_printf(scene->arena,
			     "echo $NSW_MESSAGE >>%s; "
			     "echo \"<decision xmlns='urn:nsw:party:1'><step name='approved' "
			     "status='APPROVED' after='1h'/></decision>\"",
			     scene_path("asked"));
	scene->office.stand_ins = &asked;
	scene->office.stand_in_count = 1;
	must(serve_start(&serving, &scene->office, profile, NULL), NULL);
	scene_welcome(scene, CALM);

	tell(scene, ONE, 1, "fault=drop\non=request\n");
	deliver(scene, ONE);
	settled(scene);
	tell(scene, TWO, 1, "fault=drop\non=reply\n");
	deliver(scene, TWO);
	settled(scene);
	check_asked(TWO "\n");
	serve_close(serving); /* before what it points to is gone */
	serving = NULL;
}

static void hear_twice(struct scene *scene, const char *request, const char *step)
{
	struct submitted first = hear_step(scene, request, step);
	struct submitted again = hear_step(scene, request, step);

	assert_memory_equal(&first.digest, &again.digest, sizeof first.digest);
	receipt(scene, &first);
	receipt(scene, &again);
}

static void test_each_answer_is_sent_twice(void **state)
{
	struct scene *scene = *state;

	tell(scene, ONE, 1, "fault=duplicate\non=reply\n");
	deliver(scene, ONE);
	for (size_t i = 0; i < COUNT_OF(steps); i++)
		hear_twice(scene, ONE, steps[i]);
	settled(scene);
	answers_well(scene, TWO); /* which an answer too many would precede */
}

static void test_a_request_that_arrives_twice_is_answered_twice_and_settled_once(void **state)
{
	struct scene *scene = *state;
	struct submitted answer;

	tell(scene, ONE, 1, "fault=duplicate\non=request\n");
	deliver(scene, ONE);
	hear_twice(scene, ONE, steps[0]);
	for (size_t i = 1; i < COUNT_OF(steps); i++) {
		answer = hear_step(scene, ONE, steps[i]);
		receipt(scene, &answer);
	}
	settled(scene);
	answers_well(scene, TWO);
}

static void test_answers_leave_in_reverse_order(void **state)
{
	struct scene *scene = *state;

	tell(scene, ONE, 1, "fault=reorder\non=reply\n");
	deliver(scene, ONE);
	for (size_t i = COUNT_OF(steps); i-- > 0;) {
		struct submitted answer = hear_step(scene, ONE, steps[i]);

		receipt(scene, &answer);
	}
	settled(scene);
	answers_well(scene, ONE);
}

static void test_a_party_that_hangs_acknowledges_and_says_nothing_more(void **state)
{
	static const char *const rows[] = { "fault=hang\non=request\n", "fault=hang\non=reply\n" };
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct submitted answer;

		tell(scene, ONE, 1, rows[i]);
		deliver(scene, ONE);
		answer = hear_step(scene, ONE, "receipt");
		assert_non_null(strstr(answer.payload, "<ResultCode>AB<"));
		receipt(scene, &answer);
		settled(scene);
		answers_well(scene, ONE);
	}
}

static void test_a_party_rejects_with_the_code_it_was_told(void **state)
{
	static const struct {
		const char *told, *text;
	} rows[] = {
		{ "fault=reject\non=reply\ncode=MoT-999\ntext=closed for a day\n",
		  "closed for a day" },
		{ "fault=reject\non=reply\ncode=MoT-999\n", "refused, as a simulated fault" },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct submitted answer;

		tell(scene, ONE, 1, rows[i].told);
		deliver(scene, ONE);
		answer = hear(scene, "");
		assert_string_equal(answer.envelope.kind, "ACK");
		assert_string_not_equal(answer.envelope.id, id_of(scene, ONE, "receipt"));
		assert_non_null(strstr(answer.payload, "<ResultCode>RE<"));
		assert_non_null(strstr(answer.payload, ">MoT-999<"));
		assert_non_null(strstr(answer.payload, rows[i].text));
		receipt(scene, &answer);
		settled(scene);
		answers_well(scene, ONE);
	}
}

static void test_a_request_that_arrives_damaged_is_refused_by_the_party(void **state)
{
	static const struct {
		const char *fault, *code;
	} rows[] = {
		{ "fault=corrupt\non=request\n", ">SIG-002<" },
		{ "fault=truncate\non=request\n", ">ENV-005<" },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct submitted answer;

		tell(scene, ONE, 1, rows[i].fault);
		deliver(scene, ONE);
		answer = hear(scene, "");
		assert_non_null(strstr(answer.payload, "<ResultCode>RE<"));
		assert_non_null(strstr(answer.payload, rows[i].code));
		receipt(scene, &answer);
		settled(scene);
		answers_well(scene, ONE);
	}
}

/* ---- what is told, and of what --------------------------------------------------------------- */

static void test_several_things_go_wrong_at_once(void **state)
{
	struct scene *scene = *state;
	struct submitted answer;
	struct digest first, again;

	tell(scene, ONE, 1,
	     "fault=hang\non=request\nfault=duplicate\non=reply\nfault=wrong-version\non=reply\n");
	deliver(scene, ONE);
	answer = hear_step(scene, ONE, "receipt");
	assert_non_null(strstr(answer.payload, "\"urn:nsw:ack:99\""));
	hear_step(scene, ONE, "receipt");
	receipt(scene, &answer);
	settled(scene);

	/* Of a half a byte is another one; the stated size is what is found first. */
	tell(scene, ONE, 2,
	     "fault=truncate\non=reply\nfault=corrupt\non=reply\n"
	     "fault=bad-signature\non=reply\nfault=duplicate\non=reply\n");
	deliver(scene, ONE);
	answer = hear(scene, "ENV-005");
	first = digest_of(scene->parcel.payload, scene->parcel.payload_length);
	hear(scene, "ENV-005");
	again = digest_of(scene->parcel.payload, scene->parcel.payload_length);
	assert_memory_equal(&first, &again, sizeof first);
	refuse(scene, &answer);
	settled(scene);
	answers_well(scene, ONE);
}

static void test_what_is_told_of_one_message_strikes_no_other(void **state)
{
	struct scene *scene = *state;

	tell(scene, ONE, 1, "fault=drop\non=request\n");
	answers_well(scene, TWO);
	deliver(scene, ONE);
	settled(scene);

	/* The last word counts. */
	tell(scene, ONE, 2, "fault=drop\non=request\n");
	tell(scene, TWO, 1, "fault=drop\non=request\n");
	answers_well(scene, ONE);
}

static void test_what_is_not_understood_is_not_carried_out(void **state)
{
	static const char *const rows[] = {
		"",
		"nonsense\n",
		"message=" ONE "\nattempt=1\nfault=explode\non=reply\n",
		"message=" ONE "\nattempt=1\nfault=drop\non=monday\n",
		"message=one\nattempt=1\nfault=drop\non=request\n",
		"attempt=1\nfault=drop\non=request\n",
		"message=" ONE "\nattempt=1\nfault=delay\non=request\n", /* the gateway's own */
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		print_message("%s\n", rows[i]);
		scene_say(scene, VERB_SIMULATE, rows[i]);
		answers_well(scene, ONE);
	}
}

static void test_a_new_connection_knows_nothing_of_it(void **state)
{
	struct scene *scene = *state;

	tell(scene, ONE, 1, "fault=drop\non=request\n");
	scene_close_bus(scene);
	scene_open_bus(scene);
	scene_welcome(scene, CALM);
	answers_well(scene, ONE);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(test_an_answer_is_spoilt_as_told_once_and_true_the_next_time),
		SCENE(test_the_byte_that_changes_is_drawn_for_each_attempt),
		SCENE(test_what_is_lost_is_not_answered_and_settled),
		SCENE(test_a_party_whose_answers_are_lost_has_worked),
		SCENE(test_each_answer_is_sent_twice),
		SCENE(test_a_request_that_arrives_twice_is_answered_twice_and_settled_once),
		SCENE(test_answers_leave_in_reverse_order),
		SCENE(test_a_party_that_hangs_acknowledges_and_says_nothing_more),
		SCENE(test_a_party_rejects_with_the_code_it_was_told),
		SCENE(test_a_request_that_arrives_damaged_is_refused_by_the_party),
		SCENE(test_several_things_go_wrong_at_once),
		SCENE(test_what_is_told_of_one_message_strikes_no_other),
		SCENE(test_what_is_not_understood_is_not_carried_out),
		SCENE(test_a_new_connection_knows_nothing_of_it),
	};

	signal(SIGPIPE, SIG_IGN);
	log_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, scene_begin, scene_end);
}
