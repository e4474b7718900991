/* Questions, and through them the functions and checks that all expressions share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/document.h"
#include "core/facts.h"
#include "core/rules.h"
#include "scratch.h"

static const char payload[] =
	"<d:Declaration xmlns:d='urn:d'>"
	"<d:FunctionCode>9</d:FunctionCode><d:Amount currencyID='USD'> 100.30 </d:Amount>"
	"<d:Line>0.10</d:Line><d:Line>0.20</d:Line><d:Line>100</d:Line>"
	"<d:Bad>12,5</d:Bad><d:Empty/><d:Unit>KGM</d:Unit><d:Old>LTL</d:Old>"
	"<d:Id>CSQU3054383</d:Id><d:Id>CSQU3054383 </d:Id><d:Id>MSKU6011672</d:Id>"
	"<d:Arrival>2014-02-26T18:30:00Z</d:Arrival><d:Big>20000000000.01</d:Big>"
	"</d:Declaration>";

struct world {
	struct scratch *scratch;
	struct codes *codes;
	struct document *document;
	struct rules_world rules;
	gateway_time now;
};

static int make_world(void **state)
{
	static struct world world;
	const char *folder;
	struct failure why;

	world.scratch = scratch_new();
	folder = scratch_folder(world.scratch);
	scratch_write(world.scratch, "units.xml",
		      "<codes xmlns='urn:nsw:codes:1' id='units'><code value='KGM' kg='1'/>"
		      "<code value='LTL' until='2014-02-25'/></codes>");
	assert_true(codes_load(&world.codes, &folder, 1, &why));
	assert_true(document_parse(&world.document, "payload", payload, strlen(payload),
				   &document_limits_message, &why));
	assert_true(time_parse("2014-02-26", &world.now, &why));
	world.rules.codes = world.codes;
	world.rules.ns[0].prefix = "d";
	world.rules.ns[0].uri = "urn:d";
	*state = &world;
	return 0;
}

static int remove_world(void **state)
{
	struct world *world = *state;

	document_free(world->document);
	codes_free(world->codes);
	scratch_free(world->scratch);
	return 0;
}

/* ---- answers -------------------------------------------------------------------------- */

static const struct {
	const char *xpath, *answer; /* as a string */
} answers[] = {
	{ "d:FunctionCode", "9" },
	{ "d:Amount", "100.30" }, /* trimmed */
	{ "d:None", "" },
	{ "d:FunctionCode = '9' and count(d:Line) = 3", "true" },
	{ "@x or not(d:Empty)", "false" },
	{ "20000000000", "20000000000" }, /* not 2e+10 */
	{ "-0", "0" },
	{ "1 div 0", "Infinity" },

	{ "nsw:code('units', d:Unit)", "true" },
	{ "nsw:code('units', 'XXX')", "false" },
	{ "nsw:code('units', d:Old)", "false" }, /* until the day before */
	{ "nsw:code(concat('un', 'its'), 'KGM')", "true" },
	{ "nsw:code(d:Unit, 'KGM')", "false" }, /* no such list, found out too late */
	{ "nsw:code-attribute('units', 'KGM', 'kg')", "1" },
	{ "nsw:code-attribute('units', 'KGM', 'colour')", "" },

	{ "nsw:sum(d:Line)", "100.30" },
	{ "sum(d:Line) = 100.3", "true" },
	{ "nsw:sum(d:None)", "0" },
	{ "nsw:sum(d:Bad)", "NaN" },
	{ "nsw:sum(d:Line | d:Empty)", "NaN" },
	{ "nsw:product('0.1', '0.2')", "0.02" },
	{ "nsw:product(d:Bad, 1)", "NaN" },
	{ "nsw:product(1, d:None)", "NaN" },
	{ "nsw:product(d:Big, 2)", "40000000000.02" },
	{ "nsw:difference(nsw:sum(d:Line), d:Amount)", "0.00" },
	{ "nsw:difference('5', '7.5')", "-2.5" },

	{ "nsw:equal(nsw:sum(d:Line), d:Amount)", "true" },
	{ "nsw:equal(0.1 + 0.2, 0.3)", "true" }, /* as XPath writes it: 15 digits */
	{ "nsw:equal('1.50', '1.5')", "true" },
	{ "nsw:equal(20000000000, '20000000000')", "true" },
	{ "nsw:equal(d:None, d:None)", "false" },
	{ "nsw:equal(d:Bad, d:Bad)", "false" },
	{ "nsw:equal('NaN', 'NaN')", "false" },
	{ "nsw:at-most('9.99', 10)", "true" },
	{ "nsw:at-most(10, '9.99')", "false" },
	{ "nsw:at-most(d:Bad, 10) or nsw:at-most(10, d:Bad)", "false" },
	{ "nsw:within(100, 101, 1)", "true" },
	{ "nsw:within(101, 100, 1)", "true" },
	{ "nsw:within(100, '101.01', 1)", "false" },
	{ "nsw:within(100, 100, d:Bad)", "false" },
	{ "nsw:within(d:None, 100, 1000)", "false" },
	{ "nsw:decimals(d:Amount)", "2" },
	{ "nsw:decimals('100')", "0" },
	{ "nsw:decimals(d:Bad)", "NaN" },
	{ "nsw:decimals(d:Bad) <= 4", "false" },

	{ "nsw:container-check(d:Id)", "true" },
	{ "nsw:container-check('CSQU3054384')", "false" },
	{ "nsw:tax-code-check('9900000016-001')", "true" },
	{ "nsw:tax-code-check(d:None)", "false" },
	{ "nsw:imo-check('9074729')", "true" },
	{ "nsw:distinct(d:Id)", "2" }, /* a blank makes no difference */
	{ "nsw:distinct(d:None)", "0" },
	{ "nsw:distinct(d:Line | d:Id)", "5" },

	{ "nsw:today()", "2014-02-26" },
	{ "nsw:days('2014-02-24', nsw:today())", "2" },
	{ "nsw:days(nsw:today(), '2014-02-24')", "-2" },
	{ "nsw:days(nsw:today(), d:Arrival)", "1" }, /* already the 27th in Ha Noi */
	{ "nsw:days('2015-12-31', '2016-03-01')", "61" },
	{ "nsw:days('1999-01-01', '2000-01-01')", "365" },
	{ "nsw:days('2014-02-30', nsw:today())", "NaN" },
	{ "nsw:days(d:None, nsw:today()) > 0", "false" },
	{ "nsw:months-later('2014-01-31', 1)", "2014-02-28" },
	{ "nsw:months-later('2016-01-31', 1)", "2016-02-29" },
	{ "nsw:months-later('2014-11-15', 12)", "2015-11-15" },
	{ "nsw:months-later('2014-11-15', 2)", "2015-01-15" },
	{ "nsw:months-later('2014-03-31', -1)", "2014-02-28" },
	{ "nsw:months-later('2014-01-01', 0.5)", "" },
	{ "nsw:months-later('2014-01-01', d:Bad)", "" },
	{ "nsw:months-later('2014-01-01', 99999999)", "" },
	{ "nsw:months-later('9999-12-01', 1)", "" },
	{ "nsw:months-later('0001-01-01', -12000)", "" },
	{ "nsw:months-later(d:Bad, 1)", "" },

	/* Words that mean two things. */
	{ "count(d:Line) * 2 - 1", "5" },
	{ "count(*[self::d:Line][position() = last()])", "1" },
	{ "string(d:Line[last()])", "100" },
	{ "10 div 4", "2.5" },
	{ "10 mod 4", "2" },
	{ "count(d:Line[. = '0.20' or . = \"100\"])", "2" },
	{ "count(//d:Line/ancestor::node())", "2" },
	{ "count(@*|node()/text())", "13" },
	{ "starts-with(local-name(..), '') and true()", "true" },
	{ "substring('abc', 2)", "bc" },
	{ "concat('a', \"'\", 'b')", "a'b" },
};

static void test_questions_are_answered(void **state)
{
	struct world *world = *state;
	xmlNodePtr node = document_root(world->document);
	struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct question *question;
		const char *answer;
		struct failure why;
		bool truth;

		if (!question_compile(&question, answers[i].xpath, &world->rules, "here", &why) ||
		    !question_string(question, node, world->now, arena, &answer, &why) ||
		    !question_ask(question, node, world->now, &truth, &why))
			fail_msg("%s: %s", answers[i].xpath, why.text);
		if (strcmp(answer, answers[i].answer) != 0)
			fail_msg("%s is '%s', not '%s'", answers[i].xpath, answer,
				 answers[i].answer);
		if (strcmp(answer, "true") == 0 || strcmp(answer, "false") == 0)
			assert_int_equal(truth, strcmp(answer, "true") == 0);
		question_free(question);
	}
	arena_free(arena);
}

/* ---- refusals ------------------------------------------------------------------------- */

static const struct {
	const char *xpath, *code, *text;
} refusals[] = {
	{ "", "RUL-903", "the XPath is empty" },
	{ " ", "RUL-903", "the XPath is empty" },
	{ "d:A[", "RUL-903", "does not compile" },
	{ "d:A and", "RUL-903", "does not compile" },
	{ "d:A)", "RUL-903", "does not compile" },
	{ "'a", "RUL-903", "a string in the XPath has no end" },
	{ "1 2", "RUL-903", "does not compile" },
	{ "d::A", "RUL-903", "does not compile" },
	{ "decl:A", "RUL-903", "nothing declares the prefix 'decl'" },
	{ "/d:A/e:B", "RUL-903", "nothing declares the prefix 'e'" },
	{ "@ns:x", "RUL-903", "nothing declares the prefix 'ns' (did you mean 'nsw'?)" },
	{ "$items", "RUL-903", "no <let> in scope is called 'items'" },
	{ "cuont(d:A)", "RUL-903", "there is no function 'cuont' (did you mean 'count'?)" },
	{ "id('a')", "RUL-903", "there is no function 'id'" },
	{ "current()", "RUL-903", "there is no function 'current'" },
	{ "d:f(1)", "RUL-903", "only nsw: has functions" },
	{ "nsw:som(d:A)", "RUL-903", "there is no function nsw: 'som' (did you mean 'sum'?)" },
	{ "not()", "RUL-903", "the function not() takes 1 argument, not 0" },
	{ "count(d:A, d:B)", "RUL-903", "the function count() takes 1 argument, not 2" },
	{ "concat('a')", "RUL-903", "concat() takes at least 2 arguments, not 1" },
	{ "substring('a')", "RUL-903", "substring() takes 2 or 3 arguments, not 1" },
	{ "nsw:within(1, concat('2', '3'))", "RUL-903", "within() takes 3 arguments, not 2" },
	{ "nsw:today(1)", "RUL-903", "today() takes 0 arguments, not 1" },
	{ "true(true(), 1)", "RUL-903", "true() takes 0 arguments, not 2" },
	{ "nsw:code('unit', d:A)", "RUL-903", "there is no code list 'unit'" },
	{ "nsw:code-attribute(\"unit\", d:A, 'x')", "RUL-903", "there is no code list 'unit'" },
	{ "position() = 1", "RUL-902", "position() says something inside [ ] only" },
	{ "d:A[1] and last()", "RUL-902", "last() says something inside [ ] only" },
};

static void test_what_could_never_work_is_refused_at_once(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		struct question *question;
		struct failure why;

		if (question_compile(&question, refusals[i].xpath, &world->rules, "rules.sch:7",
				     &why))
			fail_msg("%s compiles", refusals[i].xpath);
		assert_null(question);
		assert_failure(&why, FAULT, refusals[i].code, "rules.sch:7", refusals[i].text);
	}
}

static void test_parentheses_have_a_limit(void **state)
{
	struct world *world = *state;
	char xpath[200] = "";
	struct question *question;
	struct failure why;

	memset(xpath, '(', 33);
	strcat(xpath, "1");
	memset(xpath + strlen(xpath), ')', 33);
	assert_false(question_compile(&question, xpath, &world->rules, "here", &why));
	assert_failure(&why, FAULT, "RUL-903", "here", "more than 32 parentheses");
}

/* ---- at run time ---------------------------------------------------------------------- */

static void test_without_code_lists_nothing_is_a_member(void **state)
{
	struct world *world = *state;
	const struct rules_world bare = { .codes = NULL };
	struct question *question;
	struct failure why;
	bool answer = true;

	assert_true(question_compile(&question, "nsw:code('any', 'KGM')", &bare, "here", &why));
	assert_true(question_ask(question, document_root(world->document), 0, &answer, &why));
	assert_false(answer);
	question_free(question);
}

static void test_nodes_are_needed_where_a_function_is_one_over_nodes(void **state)
{
	static const char *const xpaths[] = { "nsw:sum('1')", "nsw:distinct(1 = 1)", "count('x')" };
	struct world *world = *state;

	for (size_t i = 0; i < sizeof xpaths / sizeof *xpaths; i++) {
		struct question *question;
		struct failure why;
		bool answer;

		assert_true(
			question_compile(&question, xpaths[i], &world->rules, "life.xml:9", &why));
		assert_false(
			question_ask(question, document_root(world->document), 0, &answer, &why));
		assert_failure(&why, FAULT, "RUL-901", "life.xml:9",
			       "cannot be evaluated on this document: nodes are needed");
		assert_non_null(strstr(why.text, xpaths[i])); /* the question is named */
		question_free(question);
	}
}

static struct facts *many_facts(struct arena *arena, int count)
{
	struct facts *facts = facts_new(arena, "DEC-IMP", "1");

	for (int i = 0; i < count; i++)
		facts_add(facts, facts_add(facts, NULL, "item", NULL), "hs", "03061721");
	return facts;
}

static void test_a_question_without_bounds_is_stopped(void **state)
{
	/* In steps, in predicates and in functions. */
	static const char *const bombs[] = {
		"count(//*[count(//*) > count(following::*)])",
		"//item[nsw:sum(//hs) = 1]",
		"//item[nsw:distinct(//hs) = 7]",
	};
	struct world *world = *state;
	struct arena *arena = arena_new();
	struct facts *facts = many_facts(arena, 5000);

	for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
		struct question *question;
		struct failure why;
		bool answer;

		assert_true(question_compile(&question, bombs[i], &world->rules, "control.xml:3",
					     &why));
		if (question_ask(question, facts_root(facts), 0, &answer, &why))
			fail_msg("%s comes to an end", bombs[i]);
		assert_failure(&why, FAULT, "RUL-901", "control.xml:3",
			       "needs more than 5000000 operations");
		question_free(question);
	}
	arena_free(arena);
}

static void test_each_answer_has_the_whole_limit_to_itself(void **state)
{
	struct world *world = *state;
	struct arena *arena = arena_new();
	struct facts *facts = many_facts(arena, 5000);
	struct question *question;
	struct failure why;
	bool answer;

	assert_true(question_compile(&question, "count(//hs[. = '03061721']) = 5000", &world->rules,
				     "control.xml:3", &why));
	for (int i = 0; i < 200; i++) {
		if (!question_ask(question, facts_root(facts), 0, &answer, &why))
			fail_msg("%d: %s", i, why.text);
		assert_true(answer);
	}
	question_free(question);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_questions_are_answered),
		cmocka_unit_test(test_what_could_never_work_is_refused_at_once),
		cmocka_unit_test(test_parentheses_have_a_limit),
		cmocka_unit_test(test_without_code_lists_nothing_is_a_member),
		cmocka_unit_test(test_nodes_are_needed_where_a_function_is_one_over_nodes),
		cmocka_unit_test(test_a_question_without_bounds_is_stopped),
		cmocka_unit_test(test_each_answer_has_the_whole_limit_to_itself),
	};

	document_setup();
	return cmocka_run_group_tests(tests, make_world, remove_world);
}
