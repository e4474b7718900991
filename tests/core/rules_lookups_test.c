/* What rules may look up of calendar and register, asked as questions. */
#include "core/rules_lookups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/document.h"
#include "core/facts.h"
#include "core/kind.h"
#include "scratch.h"

static const char payload[] = "<d:LPA xmlns:d='urn:d'>"
			      "<d:Office>03CC</d:Office><d:Procedure> FOOD-IMP </d:Procedure>"
			      "<d:Name>Port</d:Name><d:Name>Remark</d:Name>"
			      "<d:HS>09011110</d:HS><d:HS>12019000</d:HS><d:Feed>2309</d:Feed>"
			      "<d:Fish>03061721</d:Fish></d:LPA>";

struct world {
	struct scratch *scratch;
	struct codes *codes;
	struct rollout *rollout;
	struct procedures *procedures;
	struct document *document;
	struct rules_world rules;
};

static int make_world(void **state)
{
	static struct world world;
	const char *folder, *codes;
	struct failure why;

	world.scratch = scratch_new();
	folder = scratch_folder(world.scratch);
	codes = scratch_path(world.scratch, "codes");
	scratch_write(world.scratch, "codes/ports.xml",
		      "<codes xmlns='urn:nsw:codes:1' id='ports'><code value='VNHPH'/></codes>");
	scratch_write(world.scratch, "rollout.xml",
		      "<rollout xmlns='urn:nsw:rollout:1'>"
		      "<row of='CUSTOMS' state='LIVE' used='2014-02-26'/>"
		      "<row of='CUSTOMS-IMP' place='03' state='LIVE' used='2005-06-20'/>"
		      "<row of='CUSTOMS-IMP' state='LIVE' used='2014-02-26'/>"
		      "<row of='FOOD' state='PARALLEL' used='2015-12-01'/></rollout>");
	scratch_write(world.scratch, "procedures.xml",
		      "<procedures xmlns='urn:nsw:procedures:1'>"
		      "<procedure id='FOOD-IMP' party='FOOD' title='Quarantine' fee='40000'>"
		      "<data name='Port' form='code ports' required='yes'/>"
		      "<data name='Certificate' form='text' required='yes'/>"
		      "<data name='Day' form='date' required='yes'/>"
		      "<data name='Remark' form='text'/></procedure>"
		      "<procedure id='FOOD-EXP' party='FOOD' title='For export'/>"
		      "<procedure id='SEED-IMP' party='CUSTOMS' title='Seed' documents='850 851'"
		      " hs='12' direction='import'/>"
		      "<procedure id='FISH-IMP' party='CUSTOMS' title='Fish' documents='853'"
		      " hs='03' direction='import' from='2014-04-01'/>"
		      "<procedure id='FEED' party='FOOD' title='Feed' documents='853' hs='23'/>"
		      "</procedures>");
	if (!codes_load(&world.codes, &codes, 1, &why) ||
	    !rollout_load(&world.rollout, &folder, 1, "", &why) ||
	    !procedures_load(&world.procedures, &folder, 1, world.codes, &why) ||
	    !document_parse(&world.document, "payload", payload, strlen(payload),
			    &document_limits_message, &why))
		return -1;
	world.rules = (struct rules_world){ .codes = world.codes,
					    .rollout = world.rollout,
					    .procedures = world.procedures,
					    .ns = { { "d", "urn:d" } } };
	*state = &world;
	return 0;
}

static int remove_world(void **state)
{
	struct world *world = *state;

	document_free(world->document);
	procedures_free(world->procedures);
	rollout_free(world->rollout);
	codes_free(world->codes);
	scratch_free(world->scratch);
	return 0;
}

static const char *ask(const struct world *world, const struct rules_world *rules,
		       struct arena *arena, const char *xpath, const char *on)
{
	struct question *question;
	struct failure why;
	const char *answer = NULL;
	gateway_time at;

	assert_true(time_parse(on, &at, NULL));
	if (!question_compile(&question, xpath, rules, "here", &why) ||
	    !question_string(question, document_root(world->document), at, arena, &answer, &why))
		fail_msg("%s: %s", xpath, why.text);
	question_free(question);
	return answer;
}

static void test_calendar_and_register_are_looked_up_on_the_day(void **state)
{
	static const struct {
		const char *xpath, *on, *answer;
	} rows[] = {
		{ "nsw:link('CUSTOMS')", "2014-02-25", "NONE" },
		{ "nsw:link('CUSTOMS')", "2014-02-26", "LIVE" },
		{ "nsw:link('FOOD')", "2015-12-01", "PARALLEL" },
		/* A procedure of the register follows its party; one of the calendar alone does not. */
		{ "nsw:link(d:Procedure)", "2015-11-30", "NONE" },
		{ "nsw:link(d:Procedure)", "2015-12-01", "PARALLEL" },
		{ "nsw:link('CUSTOMS-IMP')", "2005-06-20", "NONE" },
		{ "nsw:link('CUSTOMS-IMP', d:Office)", "2005-06-20", "LIVE" },
		{ "nsw:link('CUSTOMS-IMP', '15BB')", "2005-06-20", "NONE" },
		{ "nsw:link('CUSTOMS-IMP', d:None)", "2014-02-26", "LIVE" },
		{ "nsw:link('NOBODY')", "1999-01-01", "LIVE" },
		{ "nsw:link(d:None)", "1999-01-01", "LIVE" },

		{ "nsw:link-since('CUSTOMS')", "2014-02-25", "" },
		{ "nsw:link-since('CUSTOMS')", "2018-01-01", "2014-02-26" },
		{ "nsw:link-since('CUSTOMS-IMP')", "2005-06-20", "" },
		{ "nsw:link-since('FOOD')", "2018-01-01", "" },
		{ "nsw:link-since(d:Procedure)", "2018-01-01", "" },
		{ "nsw:link-since('NOBODY')", "2018-01-01", "" },

		{ "nsw:issued-since('851', d:HS, 'import')", "2014-02-25", "" },
		{ "nsw:issued-since('851', d:HS, 'import')", "2018-01-01", "2014-02-26" },
		{ "nsw:issued-since('851', d:HS[1], 'import')", "2018-01-01", "" },
		{ "nsw:issued-since('851', d:HS, 'export')", "2018-01-01", "" },
		{ "nsw:issued-since('911', d:HS, 'import')", "2018-01-01", "" },
		{ "nsw:issued-since('853', d:Fish, 'import')", "2014-03-31", "" },
		{ "nsw:issued-since('853', d:Fish, 'import')", "2014-04-01", "2014-02-26" },
		/* One of those that issue it is not connected: it may be on paper still. */
		{ "nsw:issued-since('853', d:Fish | d:Feed, 'import')", "2018-01-01", "" },

		{ "nsw:procedure(d:Procedure, 'party')", "2014-02-26", "FOOD" },
		{ "nsw:procedure('FOOD-IMP', 'fee') > 30000", "2014-02-26", "true" },
		{ "nsw:procedure('FOOD-EXP', 'fee')", "2014-02-26", "" },
		{ "nsw:procedure(d:Office, 'party')", "2014-02-26", "" },
		{ "nsw:procedure(d:Procedure, d:Name)", "2014-02-26", "" },

		{ "nsw:agency-data-missing(d:Procedure, d:Name)", "2014-02-26", "Certificate Day" },
		{ "nsw:agency-data-missing('FOOD-IMP', d:None)", "2014-02-26",
		  "Port Certificate Day" },
		{ "nsw:agency-data-missing('FOOD-EXP', d:None)", "2014-02-26", "" },
		{ "nsw:agency-data-missing(d:Office, d:Name)", "2014-02-26", "" },

		{ "nsw:agency-data-good(d:Procedure, 'Port', 'VNHPH')", "2014-02-26", "true" },
		{ "nsw:agency-data-good(d:Procedure, 'Port', ' VNHPH ')", "2014-02-26", "true" },
		{ "nsw:agency-data-good(d:Procedure, 'Port', 'VNSGN')", "2014-02-26", "false" },
		{ "nsw:agency-data-good(d:Procedure, 'Day', 'today')", "2014-02-26", "false" },
		{ "nsw:agency-data-good(d:Procedure, 'Colour', 'red')", "2014-02-26", "false" },
		{ "nsw:agency-data-good(d:Office, 'Port', 'VNHPH')", "2014-02-26", "false" },
		{ "nsw:agency-data-good(d:Procedure, d:None, d:None)", "2014-02-26", "false" },
	};
	struct world *world = *state;
	struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *answer = ask(world, &world->rules, arena, rows[i].xpath, rows[i].on);

		if (strcmp(answer, rows[i].answer) != 0)
			fail_msg("%s on %s is '%s', not '%s'", rows[i].xpath, rows[i].on, answer,
				 rows[i].answer);
	}
	arena_free(arena);
}

static void
test_without_calendar_and_register_everybody_is_live_and_nothing_registered(void **state)
{
	static const struct rules_world bare;
	struct world *world = *state;
	struct arena *arena = arena_new();

	assert_string_equal(ask(world, &bare, arena, "nsw:link('FOOD')", "2014-02-26"), "LIVE");
	assert_string_equal(ask(world, &bare, arena, "nsw:procedure('X', 'fee')", "2014-02-26"),
			    "");
	assert_string_equal(
		ask(world, &bare, arena, "nsw:agency-data-missing('X', *)", "2014-02-26"), "");
	assert_string_equal(ask(world, &bare, arena, "nsw:agency-data-good('X', 'Port', 'VNHPH')",
				"2014-02-26"),
			    "false");
	arena_free(arena);
}

static void test_names_that_do_not_exist_are_refused_at_once(void **state)
{
	static const struct {
		const char *xpath, *text;
	} rows[] = {
		{ "nsw:link()", "link() takes 1 or 2 arguments, not 0" },
		{ "nsw:link('A', 'B', 'C')", "link() takes 1 or 2 arguments, not 3" },
		{ "nsw:procedure('FOOD-IMP')", "procedure() takes 2 arguments, not 1" },
		{ "nsw:agency-data-missing('FOOD-IMP')", "takes 2 arguments, not 1" },
		{ "nsw:agency-data-good('FOOD-IMP', 'Port')", "takes 3 arguments, not 2" },
		{ "nsw:procedure('FOOD-IPM', 'fee')",
		  "no procedure 'FOOD-IPM' is registered (did you mean 'FOOD-IMP'?)" },
		{ "nsw:procedure( 'FOOD-IMP' , 'fees' )",
		  "the register has no column 'fees' (did you mean 'fee'?)" },
		{ "nsw:procedure(d:Procedure, 'fees')", "the register has no column 'fees'" },
		{ "nsw:procedure(concat('a', 'b'), 'fees')", "the register has no column 'fees'" },
		{ "nsw:agency-data-missing('FOOD', d:Name)", "no procedure 'FOOD' is registered" },
		{ "nsw:agency-data-good('FOOD', d:Name, 'x')",
		  "no procedure 'FOOD' is registered" },
		{ "count(*[nsw:procedure('FOOD', 'fee')])", "no procedure 'FOOD' is registered" },
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct question *question;
		struct failure why;

		if (question_compile(&question, rows[i].xpath, &world->rules, "here", &why))
			fail_msg("%s compiles", rows[i].xpath);
		assert_failure(&why, FAULT, "RUL-903", "here", rows[i].text);
	}
}

static void test_what_is_no_constant_for_itself_is_left_to_the_run(void **state)
{
	static const char *const xpaths[] = {
		"nsw:procedure(concat('FOOD', '-', 'IMP'), 'fee')",
		"nsw:procedure('FOOD' = 'FOOD', 'fee')",
		"nsw:procedure(d:Procedure[. = 'FOOD'], 'fee')",
		"nsw:link('NEITHER-IN-CALENDAR-NOR-REGISTER')",
		"nsw:agency-data-good('FOOD-IMP', 'NoSuchData', 'x')",
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof xpaths / sizeof *xpaths; i++) {
		struct question *question;
		struct failure why;

		if (!question_compile(&question, xpaths[i], &world->rules, "here", &why))
			fail_msg("%s: %s", xpaths[i], why.text);
		question_free(question);
	}
}

static void test_kinds_bring_register_and_calendar(void **state)
{
	struct world *world = *state;
	const char *folder = scratch_folder(world->scratch);
	struct kinds *kinds;
	struct failure why;

	assert_true(kinds_load(&kinds, &folder, 1, &why));
	assert_true(rollout_knows(kinds_rollout(kinds), "FOOD"));
	assert_non_null(procedures_find(kinds_procedures(kinds), "FOOD-IMP"));
	assert_ptr_equal(kinds_world(kinds)->rollout, kinds_rollout(kinds));
	assert_ptr_equal(kinds_world(kinds)->procedures, kinds_procedures(kinds));
	kinds_free(kinds);

	assert_true(kinds_load_with(&kinds, &folder, 1, "none", &why));
	assert_int_equal(rollout_count(kinds_rollout(kinds)), 0);
	assert_non_null(procedures_find(kinds_procedures(kinds), "FOOD-IMP"));
	kinds_free(kinds);

	assert_false(kinds_load_with(&kinds, &folder, 1, "no/such/file", &why));
	assert_failure(&why, FAULT, "ROL-901", "no/such/file", "");
	/* A list that data name is looked for among those of the folders. */
	scratch_write(world->scratch, "more/procedures.xml",
		      "<procedures xmlns='urn:nsw:procedures:1'><procedure id='X' party='Y' "
		      "title='t'><data name='N' form='code ports'/></procedure></procedures>");
	folder = scratch_path(world->scratch, "more");
	assert_false(kinds_load(&kinds, &folder, 1, &why));
	assert_failure(&why, FAULT, "PRC-901", "procedures.xml:1", "no code list 'ports'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calendar_and_register_are_looked_up_on_the_day),
		cmocka_unit_test(
			test_without_calendar_and_register_everybody_is_live_and_nothing_registered),
		cmocka_unit_test(test_names_that_do_not_exist_are_refused_at_once),
		cmocka_unit_test(test_what_is_no_constant_for_itself_is_left_to_the_run),
		cmocka_unit_test(test_kinds_bring_register_and_calendar),
	};

	document_setup();
	return cmocka_run_group_tests(tests, make_world, remove_world);
}
