#include "adapters/stand_in.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"

#include "profile_text.h"

#define CREATED	 INT64_C(1448931600000) /* 2015-12-01 08:00 in Ha Noi */
#define PATIENCE 30000
#define PAYLOAD	 "<Declaration>\n\t<ID>VN15-1</ID>\n</Declaration>\n"

/* ---- a message, and a party whose table would release it ----------------------------------- */

struct item {
	const char *hs, *origin;
};

struct bench {
	struct arena *arena;
	struct envelope envelope;
	struct document *document;
	struct facts *facts;
	struct request request;
	struct profile *profile;
};

static void lay(struct bench *bench, const char *event, const struct item items[])
{
	struct failure why;

	bench->arena = arena_new();
	bench->facts = facts_new(bench->arena, "DEC-IMP", "1");
	facts_add(bench->facts, NULL, "reference", "VN15-1");
	facts_add(bench->facts, NULL, "event", event);
	for (; items != NULL && items->hs != NULL; items++) {
		xmlNodePtr node = facts_add(bench->facts, NULL, "item", NULL);

		facts_add(bench->facts, node, "hs", items->hs);
		if (items->origin != NULL)
			facts_add(bench->facts, node, "origin", items->origin);
	}
	assert_true(document_parse(&bench->document, "payload.xml", PAYLOAD, strlen(PAYLOAD),
				   &document_limits_message, &why));
	bench->envelope = (struct envelope){
		.id = "6f1c1d3e-0000-4000-8000-000000000001",
		.from = "NSW-VN",
		.to = "MoT",
		.kind = "DEC-IMP",
		.environment = "TEST",
		.created = CREATED,
		.expires = CREATED + 1,
	};
	bench->request = (struct request){ .envelope = &bench->envelope,
					   .facts = bench->facts,
					   .payload = bench->document,
					   .bytes = PAYLOAD,
					   .length = strlen(PAYLOAD) };
	if (!profile_of(&bench->profile,
			LPR_HEAD "<decision id='a'><step name='s' status='APPROVED' after='0s'/>"
				 "</decision>" TAIL,
			&why))
		fail_msg("%s: %s", why.place, why.text);
}

static void clear(struct bench *bench)
{
	profile_free(bench->profile);
	document_free(bench->document);
	arena_free(bench->arena);
}

static bool asked(struct bench *bench, const char *command, const struct decision **decision,
		  struct failure *why)
{
	const struct stand_in stand_in = { NULL, command, PATIENCE };

	return stand_in_ask(decision, &stand_in, bench->arena, bench->profile, &bench->request, -1,
			    why);
}

static const struct decision *decided(struct bench *bench, const char *command)
{
	const struct decision *decision;
	struct failure why;

	if (!asked(bench, command, &decision, &why))
		fail_msg("%s: %s: %s", command, why.code, why.text);
	return decision;
}

/* ---- what it is told ------------------------------------------------------------------------ */

static const char *variable(const char *const *environment, const char *name)
{
	size_t length = strlen(name);

	for (; *environment != NULL; environment++)
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}

static void test_the_environment_says_what_the_engine_knows(void **state)
{
	static const struct item items[] = {
		{ "03061721", "TH" }, { "07020000", NULL }, { "84133090", "JP" }, { NULL, NULL }
	};
	static const struct {
		const char *name, *value;
	} expected[] = {
		{ "NSW_PARTY", "MoT" },
		{ "NSW_KIND", "DEC-IMP" },
		{ "NSW_EVENT", "lodge" },
		{ "NSW_MESSAGE", "6f1c1d3e-0000-4000-8000-000000000001" },
		{ "NSW_FROM", "NSW-VN" },
		{ "NSW_CREATED", "2015-12-01T01:00:00.000Z" },
		{ "NSW_REFERENCE", "VN15-1" },
		{ "NSW_FACT_REFERENCE", "VN15-1" },
		{ "NSW_FACT_EVENT", "lodge" },
		{ "NSW_FACT_PERMIT", "P-1\nP-2 of two lines" },
		{ "NSW_FACT_TOTAL_VALUE", "$(reboot) `x` 'y' \"z\"" },
		{ "NSW_FACT_STALE", NULL },
		{ "NSW_ITEM_HS", "03061721\n07020000\n84133090" },
		{ "NSW_ITEM_ORIGIN", "TH\n\nJP" },
		{ "NSW_ITEM_STALE", NULL },
		{ "NSW_FACT_ITEM", NULL },
		{ "NSW_FACT_LONG", NULL },
		{ "INHERITED", "yes" },
	};
	struct bench bench;
	const char *const *environment;
	char *text = must_alloc(100 * 1024);

	(void)state;
	setenv("NSW_FACT_STALE", "of the caller's own message", 1);
	setenv("NSW_ITEM_STALE", "likewise", 1);
	setenv("NSW_EVENT", "likewise", 1);
	setenv("INHERITED", "yes", 1);
	lay(&bench, "lodge", items);
	facts_add(bench.facts, NULL, "permit", "P-1");
	facts_add(bench.facts, NULL, "total-value", "$(reboot) `x` 'y' \"z\"");
	facts_add(bench.facts, NULL, "permit", "P-2\nof two lines");
	memset(text, 'x', 100 * 1024 - 1);
	facts_add(bench.facts, NULL, "long", text);
	environment = stand_in_environment(bench.arena, bench.profile, &bench.request);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		const char *value = variable(environment, expected[i].name);

		if ((value == NULL) != (expected[i].value == NULL) ||
		    (value != NULL && strcmp(value, expected[i].value) != 0))
			fail_msg("%s is '%s'", expected[i].name, value != NULL ? value : "absent");
	}
	free(text);
	clear(&bench);
}

#define ONE_STEP(more)	  "<step name='s' status='APPROVED' after='1h' " more "/>"
#define DECISION(content) "echo \"<decision xmlns='urn:nsw:party:1'>" content "</decision>\""

static void test_the_payload_comes_on_standard_input_to_the_byte(void **state)
{
	struct bench bench;
	const struct decision *decision;

	(void)state;
	lay(&bench, "lodge", NULL);
	decision = decided(&bench,
			   "sum=$(sha256sum | cut -c 1-64); " DECISION(ONE_STEP("note='$sum'")));
	assert_string_equal(
		decision->steps[0].note,
		hex_text(bench.arena, digest_of(PAYLOAD, strlen(PAYLOAD)).bytes, DIGEST_SIZE));
	clear(&bench);
}

/* ---- what it says --------------------------------------------------------------------------- */

static void test_a_decision_has_the_steps_of_a_profiles_row(void **state)
{
	struct bench bench;
	const struct decision *decision;

	(void)state;
	lay(&bench, "lodge", NULL);
	decision = decided(&bench,
			   DECISION("<step name='seen' status='RECEIVED' after='0s'/>"
				    "<step name='fee' status='FEE_DUE' after='5m' when='item'/>"
				    "<step name='no' status='REFUSED' after='1h..2h' items='yes'>"
				    "<refusal code='X-1' text='no'/>"
				    "<document type='853' number='K-{year}' valid='60d'/></step>"));
	assert_null(decision->id);
	assert_int_equal(decision->step_count, 3);
	assert_string_equal(decision->steps[0].status, "RECEIVED");
	assert_non_null(decision->steps[1].when);
	assert_string_equal(decision->steps[2].code, "X-1");
	assert_true(decision->steps[2].cites_items);
	assert_int_equal(decision->steps[2].issue_count, 1);
	clear(&bench);
}

static void test_what_is_no_decision_is_met_with_silence(void **state)
{
	static const struct {
		const char *command, *text;
	} rows[] = {
		{ "true", "XML-009" },
		{ "echo approved", "XML-001" },
		{ "echo '<decision'", "XML-001" },
		{ "echo '<decision/>'", "PRF-901" },
		{ "echo \"<party xmlns='urn:nsw:party:1'/>\"", "PRF-901" },
		{ DECISION(""), "no <step>" },
		{ DECISION("<step name='s' status='RECEIVED' after='0s'/>"), "is interim" },
		{ DECISION("<step name='s' status='APROVED' after='0s'/>"), "did you mean" },
		{ DECISION("<step name='s' result='AP' status='APPROVED' after='0s'/>"),
		  "no result" },
		{ DECISION("<step name='s' status='REFUSED' after='0s'/>"), "<refusal>" },
		{ DECISION("<step name='s' status='APPROVED'/>"), "after" },
		{ DECISION("<step name='receipt' status='APPROVED' after='0s'/>"), "receipt" },
		{ DECISION(ONE_STEP("when='no-such()'")), "RUL-903" },
		{ DECISION(ONE_STEP("wen='item'")), "did you mean" },
		{ DECISION(ONE_STEP("")) "; " DECISION(ONE_STEP("")), "XML-001" },
		{ DECISION("<step name='n' send='NOTE' template='../../etc/passwd' "
			   "after='0s'/>" ONE_STEP("")),
		  "a file beside" },
		{ DECISION(
			  "<step name='n' send='NOTE' template='no-such.xsl' after='0s'/>" ONE_STEP(
				  "")),
		  "there is no such file" },
		{ "echo \"<decision xmlns='urn:nsw:party:1' when='item'>" ONE_STEP(
			  "") "</decision>\"",
		  "when" },
		{ "printf '<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>"
		  "<decision>&b;</decision>'",
		  "XML-003" },
		{ "printf '<!DOCTYPE d [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
		  "<decision>&e;</decision>'",
		  "XML-003" },
		{ "echo no idea >&2; echo x", "it said: no idea" },
	};
	struct bench bench;

	(void)state;
	lay(&bench, "lodge", NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct decision *decision;
		struct failure why;

		if (asked(&bench, rows[i].command, &decision, &why))
			fail_msg("was a decision: %s", rows[i].command);
		if (why.verdict != DEFER || strcmp(why.code, "ADP-022") != 0 ||
		    strstr(why.text, rows[i].text) == NULL)
			fail_msg("%s: %s: %s", rows[i].command, why.code, why.text);
	}
	clear(&bench);
}

/* ---- a ministry in fifteen lines ------------------------------------------------------------- */

static void test_fifteen_lines_of_shell_are_a_ministry(void **state)
{
	static const struct {
		const char *decision, *event, *status, *code;
		size_t documents;
		struct item items[3];
	} rows[] = {
		{ "quarantine", "lodge", "APPROVED", NULL, 1, { { "03061721", "TH" } } },
		{ "not-subject", "lodge", "APPROVED", NULL, 0, { { "84133090", "JP" } } },
		{ "bovine",
		  "lodge",
		  "REFUSED",
		  "MARD-101",
		  0,
		  { { "84133090", "JP" }, { "02023000", "GB" } } },
		{ "cancelled", "cancel", "CANCELLED", NULL, 0, { { "03061721", "TH" } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench bench;
		const struct decision *decision;
		const struct step *step;

		lay(&bench, rows[i].event, rows[i].items);
		decision = decided(&bench, "tests/adapters/fifteen_lines.sh");
		step = &decision->steps[0];
		assert_string_equal(decision->id, rows[i].decision);
		assert_string_equal(step->status, rows[i].status);
		assert_int_equal(step->issue_count, rows[i].documents);
		assert_int_equal(step->code != NULL, rows[i].code != NULL);
		clear(&bench);
	}
}

static void test_who_is_asked_twice_answers_with_the_same_messages(void **state)
{
	static const struct item items[] = { { "03061721", "TH" }, { NULL, NULL } };
	struct answers answers[2];
	struct bench bench;
	char id[UUID_SIZE];

	(void)state;
	lay(&bench, "lodge", items);
	for (size_t i = 0; i < 2; i++) {
		const struct decision *decision =
			decided(&bench, "tests/adapters/fifteen_lines.sh");
		struct failure why;

		assert_true(decide_as(&answers[i], bench.arena, bench.profile, "1", &bench.request,
				      decision, &why));
	}
	assert_int_equal(answers[0].count, 2);
	assert_string_equal(answers[0].decision, "quarantine");
	uuid_derive(id, bench.envelope.id, "MoT", "decided");
	assert_string_equal(answers[0].rows[1].envelope.id, id);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(answers[0].rows[i].envelope.id, answers[1].rows[i].envelope.id);
		assert_string_equal(answers[0].rows[i].payload, answers[1].rows[i].payload);
	}
	clear(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_environment_says_what_the_engine_knows),
		cmocka_unit_test(test_the_payload_comes_on_standard_input_to_the_byte),
		cmocka_unit_test(test_a_decision_has_the_steps_of_a_profiles_row),
		cmocka_unit_test(test_what_is_no_decision_is_met_with_silence),
		cmocka_unit_test(test_fifteen_lines_of_shell_are_a_ministry),
		cmocka_unit_test(test_who_is_asked_twice_answers_with_the_same_messages),
	};

	signal(SIGPIPE, SIG_IGN);
	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
