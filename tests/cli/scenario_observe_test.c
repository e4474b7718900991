/* Which hops an expectation means, and what a failure says when none did: on traces made by hand. */
#include "cli/scenario/observe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/scenario/hint.h"
#include "cli/scenario/tell.h"
#include "core/scratch.h"

#define TRADER "9900000023"
#define HOPS   64

/* ---- a play without a gateway --------------------------------------------------------------------- */

struct desk {
	struct session session;
	struct scratch *scratch;
	struct library library;
	struct run_choice choice;
	struct host host;
};

static int set_up(void **state)
{
	struct desk *desk = calloc(1, sizeof *desk);
	struct failure why;

	document_setup();
	desk->scratch = scratch_new();
	session_start(&desk->session);
	desk->session.state = scratch_path(desk->scratch, "state");
	if (!session_ready(&desk->session, &why) ||
	    !library_open(&desk->library, &desk->session, &why))
		fail_msg("%s: %s", why.code, why.text);
	desk->choice.library = &desk->library;
	*state = desk;
	return 0;
}

static int tear_down(void **state)
{
	struct desk *desk = *state;

	library_close(&desk->library);
	session_end(&desk->session);
	scratch_free(desk->scratch);
	free(desk);
	return 0;
}

/* One thing that happened: a second later than the one before it. */
struct told {
	const char *party, *event, *state, *message, *code, *text;
	bool of_another_case;
};

struct stage {
	struct play play;
	struct submitted submitted;
	struct deed submit;
	struct scenario scenario;
	struct step_result step;
	struct hop hops[HOPS];
};

static void stage_set(struct stage *stage, struct desk *desk, const char *kind, const char *date,
		      const struct told *told)
{
	struct failure ignored;

	*stage = (struct stage){ .submit = { .kind = DEED_SUBMIT, .as = "d1", .path = "d.xml" } };
	stage->scenario = (struct scenario){ .name = "story", .file = "story.xml" };
	stage->submitted = (struct submitted){ .deed = &stage->submit,
					       .id = "11111111-1111-1111-1111-111111111111",
					       .path = "d.xml",
					       .party = TRADER,
					       .kind = kind,
					       .case_id = "case-1",
					       .since = 10,
					       .taken = true };
	stage->play = (struct play){ .session = &desk->session,
				     .scenario = &stage->scenario,
				     .choice = &desk->choice,
				     .arena = desk->session.arena,
				     .host = &desk->host,
				     .submitted = &stage->submitted,
				     .submitted_count = 1,
				     .hops = stage->hops,
				     .step = &stage->step };
	assert_true(time_parse(date, &stage->play.acted, &ignored));
	stage->play.now = stage->play.acted;
	for (size_t i = 0; told[i].event != NULL; i++) {
		assert_true(i < HOPS);
		stage->hops[stage->play.hop_count++] =
			(struct hop){ .seq = 11 + (int64_t)i,
				      .time = stage->play.acted + 1000 * (int64_t)i,
				      .message = told[i].message ?: stage->submitted.id,
				      .case_id = told[i].of_another_case ? "case-2" : "case-1",
				      .party = told[i].party,
				      .event = told[i].event,
				      .state = told[i].state,
				      .code = told[i].code,
				      .text = told[i].text };
		if (told[i].of_another_case)
			stage->hops[i].message = "other";
	}
}

/* A permit at MoIT: receipt, progress, decision. */
static const struct told permit[] = {
	{ NULL, "opened", NULL, NULL, NULL, NULL, false },
	{ TRADER, "received", NULL, NULL, NULL, "LPA", false },
	{ NULL, "state", "SUBMITTED", NULL, NULL, NULL, false },
	{ "MoIT", "task", "OPEN", NULL, NULL, "MOIT-MOTORCYCLE", false },
	{ "MoIT", "sent", "SENT", NULL, NULL, NULL, false },
	{ "MoIT", "received", NULL, "ack", NULL, "ACK", false },
	{ "MoIT", "delivery", "RECEIVED", "ack", NULL, NULL, false },
	{ "MoIT", "task", "RECEIVED", "ack", NULL, NULL, false },
	{ "MoIT", "RECEIVED", "RECEIVED", "lpr-1", NULL, NULL, false },
	{ NULL, "state", "RECEIVED", NULL, NULL, NULL, false },
	{ "MoIT", "APPROVED", "DECIDED", NULL, NULL, NULL, true },
	{ "MoIT", "fault", "drop", NULL, "f-1", "drop of the request (1 of 2)", false },
	{ "MoIT", "sent", "SENT", NULL, NULL, NULL, false },
	{ "MoIT", "APPROVED", "DECIDED", "lpr-2", NULL, NULL, false },
	{ NULL, "state", "APPROVED", NULL, NULL, NULL, false },
	{ NULL, NULL, NULL, NULL, NULL, NULL, false },
};

static struct deed expectation(const char *party, const char *state, const char *code)
{
	return (struct deed){ .kind = DEED_EXPECT,
			      .of = "d1",
			      .party = party,
			      .state = state,
			      .code = code,
			      .line = 7 };
}

/* ---- matching ------------------------------------------------------------------------------------------ */

static void test_an_expectation_means_the_first_hop_that_says_it(void **state)
{
	static const struct {
		const char *party, *state, *code;
		int hop; /* -1: none */
	} rows[] = {
		{ NULL, "SUBMITTED", NULL, 2 },
		{ NULL, "RECEIVED", NULL, 9 }, /* a state of its life, so not the receipt */
		{ NULL, "APPROVED", NULL, 14 },
		{ NULL, "CLEARED", NULL, -1 },
		{ NULL, NULL, NULL, 2 },
		{ "MoIT", "APPROVED", NULL, 13 }, /* not that of another case */
		{ "MoIT", "RECEIVED", NULL, 8 },  /* likewise */
		{ "MoIT", "received", NULL, 5 },
		{ "MoIT", "SENT", NULL, 4 },
		{ "MoIT", "OPEN", NULL, 3 },
		{ "MoIT", "fault", NULL, 11 },
		{ "MoIT", "fault", "f-1", 11 },
		{ "MoIT", "fault", "f-2", -1 },
		{ "MoIT", "drop", NULL, 11 },
		{ "MoIT", "approved", NULL, -1 },
		{ "MoIT", NULL, NULL, 5 },   /* what it said itself */
		{ "MoIT", NULL, "f-1", 11 }, /* whatever has that code */
		{ "MoT", "APPROVED", NULL, -1 },
	};
	struct stage stage;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct deed deed = expectation(rows[i].party, rows[i].state, rows[i].code);
		const struct hop *hop;

		stage_set(&stage, *state, "LPA", "2014-02-26", permit);
		/* What it would have to ask a gateway for is no answer of anybody. */
		stage.hops[5].message = stage.hops[8].message = stage.hops[13].message = NULL;
		hop = observe_match(&stage.play, &deed, &stage.submitted);
		if ((hop == NULL ? -1 : (int)(hop - stage.hops)) != rows[i].hop)
			fail_msg("row %zu: %d", i, hop == NULL ? -1 : (int)(hop - stage.hops));
	}
}

static void test_a_receipt_is_received_where_no_state_is_called_so(void **state)
{
	struct deed party = expectation("MoIT", "RECEIVED", NULL);
	struct deed gateway = expectation(NULL, "RECEIVED", NULL);
	struct stage stage;

	stage_set(&stage, *state, "DEC-IMP", "2014-02-26", permit);
	assert_ptr_equal(observe_match(&stage.play, &party, &stage.submitted), &stage.hops[6]);
	assert_ptr_equal(observe_match(&stage.play, &gateway, &stage.submitted), &stage.hops[1]);
}

static void test_what_met_an_expectation_does_not_meet_it_again(void **state)
{
	struct deed sent = expectation("MoIT", "SENT", NULL);
	struct deed receipt = expectation("MoIT", "RECEIVED", NULL);
	const struct hop *hop;
	struct stage stage;

	stage_set(&stage, *state, "DEC-IMP", "2014-02-26", permit);
	hop = observe_match(&stage.play, &sent, &stage.submitted);
	observe_met(&stage.play, &sent, hop);
	assert_ptr_equal(observe_match(&stage.play, &sent, &stage.submitted), &stage.hops[12]);
	/* One receipt moves the delivery and the task: that is once. */
	stage.hops[7].time = stage.hops[6].time;
	observe_met(&stage.play, &receipt, &stage.hops[6]);
	assert_ptr_equal(observe_match(&stage.play, &receipt, &stage.submitted), &stage.hops[8]);
	free(stage.play.met);
}

static void test_never_forgives_what_was_expected(void **state)
{
	struct deed never = expectation("MoIT", "APPROVED", NULL);
	struct deed expected = never;
	const struct hop *hop;
	struct stage stage;

	never.kind = DEED_NEVER;
	stage_set(&stage, *state, "LPA", "2014-02-26", permit);
	hop = observe_slip(&stage.play, &never, &stage.submitted);
	assert_ptr_equal(hop, &stage.hops[13]);
	observe_met(&stage.play, &expected, hop);
	assert_null(observe_slip(&stage.play, &never, &stage.submitted));
	free(stage.play.met);
}

static void test_what_was_before_it_was_handed_in_is_not_of_it(void **state)
{
	struct deed deed = expectation(NULL, "SUBMITTED", NULL);
	struct stage stage;

	stage_set(&stage, *state, "LPA", "2014-02-26", permit);
	stage.submitted.since = 13;
	assert_null(observe_match(&stage.play, &deed, &stage.submitted));
}

static void test_a_case_in_a_final_state_can_come_to_no_other(void **state)
{
	static const struct told over[] = { { NULL, "state", "REGISTERED", NULL, NULL, NULL,
					      false },
					    { NULL, "state", "CLEARED", NULL, NULL, NULL, false },
					    { NULL, NULL, NULL, NULL, NULL, NULL, false } };
	struct deed deed = expectation(NULL, "SUSPENDED", NULL);
	struct failure why;
	struct stage stage;
	bool final;

	stage_set(&stage, *state, "DEC-IMP", "2014-02-26", over);
	assert_true(observe_final(&stage.play, &deed, &stage.submitted, &final, &why));
	assert_true(final);
	stage.play.hop_count = 1;
	assert_true(observe_final(&stage.play, &deed, &stage.submitted, &final, &why));
	assert_false(final);
	stage.submitted.taken = false;
	assert_true(observe_final(&stage.play, &deed, &stage.submitted, &final, &why));
	assert_true(final);
}

/* ---- what a failure says ------------------------------------------------------------------------------------ */

static void test_the_nearest_is_the_most_telling(void **state)
{
	static const struct {
		const char *party, *says;
		size_t hops; /* so many have happened */
	} rows[] = {
		{ "MoIT", "d1 from MoIT: APPROVED", 15 },
		{ "MoIT", "d1 from MoIT: SENT", 5 },
		{ "MoIT", "d1 from MoIT: RECEIVED", 13 },
		{ NULL, "d1 from gateway: APPROVED", 15 },
		{ NULL, "d1 from gateway: SUBMITTED", 8 },
	};
	struct stage stage;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct hop *hop;

		stage_set(&stage, *state, "LPA", "2014-02-26", permit);
		stage.play.hop_count = rows[i].hops;
		hop = observe_latest(&stage.play, &stage.submitted, rows[i].party);
		assert_non_null(hop);
		assert_string_equal(tell_hop(&stage.play, &stage.submitted, hop), rows[i].says);
	}
	assert_null(observe_latest(&stage.play, &stage.submitted, "MoT"));
}

static void test_moments_are_told_from_the_last_deed_on(void **state)
{
	struct stage stage;
	gateway_time acted;

	stage_set(&stage, *state, "LPA", "2014-02-26", permit);
	acted = stage.play.acted;
	assert_string_equal(tell_moment(&stage.play, acted), "0.000s");
	assert_string_equal(tell_moment(&stage.play, acted + 1250), "1.250s");
	assert_string_equal(tell_moment(&stage.play, acted + (int64_t)75 * 3600 * 1000), "3d03h");
	assert_string_equal(tell_moment(&stage.play, acted - 2000), "2.000s before");
}

static const struct told on_paper[] = {
	{ NULL, "state", "SUBMITTED", NULL, NULL, NULL, false },
	{ "MoH", "task", "PAPER_DUE", NULL, NULL, "MOH-MED-IMP", false },
	{ NULL, NULL, NULL, NULL, NULL, NULL, false },
};
static const struct told off[] = {
	{ "MoIT", "switched", "off", NULL, NULL, NULL, false },
	{ "MoIT", "task", "OPEN", NULL, NULL, "MOIT-MOTORCYCLE", false },
	{ NULL, NULL, NULL, NULL, NULL, NULL, false },
};
static const struct told on_again[] = {
	{ "MoIT", "switched", "off", NULL, NULL, NULL, false },
	{ "MoIT", "switched", "on", NULL, NULL, NULL, false },
	{ NULL, NULL, NULL, NULL, NULL, NULL, false },
};
static const struct told struck[] = {
	{ "MoIT", "fault", "drop", NULL, "f-1", "drop of the request (1 of 2)", false },
	{ NULL, NULL, NULL, NULL, NULL, NULL, false },
};

static void test_a_hint_names_the_most_likely_cause(void **state)
{
	static const struct {
		const struct told *told;
		const char *date, *party, *state, *hint; /* NULL: none */
	} rows[] = {
		{ on_paper, "2015-09-08", "MoH", "ACCEPTED",
		  "at 2015-09-08 MoH is not connected; it joins on 2015-12-01" },
		{ on_paper, "2015-12-02", "MoH", "APPROVED",
		  "MoH decides on paper here: <paper decide=\"MoH\" of=\"d1\"/> enters it" },
		{ permit, "2014-02-26", "MoIT", "APROVED",
		  "MoIT never says APROVED (did you mean 'APPROVED'?)" },
		{ permit, "2014-02-26", NULL, "SUMBITTED",
		  "the gateway never says SUMBITTED (did you mean 'SUBMITTED'?)" },
		{ off, "2014-02-26", "MoIT", "APPROVED",
		  "MoIT is switched off; <agency on=\"MoIT\"/> lets it answer" },
		{ on_again, "2014-02-26", "MoIT", "APPROVED", NULL },
		{ struck, "2014-02-26", "MoIT", "APPROVED",
		  "a fault struck 1 time at MoIT, last: drop of the request (1 of 2)" },
		{ off, "2014-02-26", NULL, "APPROVED", NULL },
	};
	struct stage stage;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct deed deed = expectation(rows[i].party, rows[i].state, NULL);
		const char *hint;

		stage_set(&stage, *state, "LPA", rows[i].date, rows[i].told);
		hint = hint_for(&stage.play, &deed, &stage.submitted,
				observe_latest(&stage.play, &stage.submitted, rows[i].party));
		if (strcmp(hint ?: "-", rows[i].hint ?: "-") != 0)
			fail_msg("row %zu: %s", i, hint ?: "-");
	}
}

static void test_a_word_that_nobody_says_is_told_with_those_that_are(void **state)
{
	struct deed deed = expectation("MoIT", "ZZZZZZZ", NULL);
	struct stage stage;
	const char *hint;

	stage_set(&stage, *state, "LPA", "2014-02-26", permit);
	hint = hint_for(&stage.play, &deed, &stage.submitted, NULL);
	assert_non_null(strstr(hint, "MoIT never says ZZZZZZZ; it says: "));
	assert_non_null(strstr(hint, " APPROVED "));
}

static void test_a_refusal_is_told_with_its_findings_and_their_hint(void **state)
{
	struct finding finding = { .code = "TOT-01",
				   .text = "there are 2 items, not 3",
				   .hint = "Count them.",
				   .line = 12,
				   .layer = 'R' };
	struct stage stage;

	stage_set(&stage, *state, "DEC-IMP", "2014-02-26", permit);
	stage.play.hop_count = 0;
	stage.submitted.taken = false;
	reject(&stage.submitted.refusal, "TOT-01", "there are 2 items, not 3");
	findings_start(&stage.submitted.findings, stage.play.arena);
	findings_add(&stage.submitted.findings, &finding);
	assert_int_equal(tell_refusal(&stage.play, &stage.submit, &stage.submitted, "d1 accepted"),
			 UNMET);
	assert_string_equal(stage.step.expected, "d1 accepted");
	assert_string_equal(stage.step.nearest, "d1 refused with TOT-01");
	assert_non_null(strstr(stage.step.why, "TOT-01 there are 2 items, not 3 (d.xml:12)"));
	assert_string_equal(stage.step.hint, "Count them.");
	assert_non_null(strstr(stage.step.more,
			       "nsw test --keep --filter story story.xml, then nsw "
			       "show 11111111"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_expectation_means_the_first_hop_that_says_it),
		cmocka_unit_test(test_a_receipt_is_received_where_no_state_is_called_so),
		cmocka_unit_test(test_what_met_an_expectation_does_not_meet_it_again),
		cmocka_unit_test(test_never_forgives_what_was_expected),
		cmocka_unit_test(test_what_was_before_it_was_handed_in_is_not_of_it),
		cmocka_unit_test(test_a_case_in_a_final_state_can_come_to_no_other),
		cmocka_unit_test(test_the_nearest_is_the_most_telling),
		cmocka_unit_test(test_moments_are_told_from_the_last_deed_on),
		cmocka_unit_test(test_a_hint_names_the_most_likely_cause),
		cmocka_unit_test(test_a_word_that_nobody_says_is_told_with_those_that_are),
		cmocka_unit_test(test_a_refusal_is_told_with_its_findings_and_their_hint),
	};

	return cmocka_run_group_tests_name("observations", tests, set_up, tear_down);
}
