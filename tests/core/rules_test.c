#include "core/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/document.h"
#include "core/text.h"
#include "scratch.h"

static const struct rules_world nothing = { .codes = NULL };

#define SCHEMA(inside)                                                                             \
	"<schema xmlns='http://purl.oclc.org/dsdl/schematron' xmlns:nsw='urn:nsw:rule:1'"          \
	" queryBinding='xslt'>\n<ns prefix='d' uri='urn:d'/>\n" inside "\n</schema>"
#define RULE(context, checks)                                                                      \
	SCHEMA("<pattern><rule context=\"" context "\">\n" checks "</rule></pattern>")

static struct rules *compile(struct scratch *scratch, const char *content)
{
	const char *path = scratch_write(scratch, "rules.sch", content);
	struct rules *rules;
	struct failure why;

	if (!rules_compile(&rules, path, &nothing, &why))
		fail_msg("%s\nis refused: %s: %s", content, why.place, why.text);
	return rules;
}

static struct document *parse(const char *content)
{
	struct document *document;
	struct failure why;

	if (!document_parse(&document, "payload.xml", content, strlen(content),
			    &document_limits_message, &why))
		fail_msg("%s", why.text);
	return document;
}

/* ---- a document and its rules ---------------------------------------------------------- */

static const char shrimp[] =
	"<d:Declaration xmlns:d='urn:d'>\n"
	"<d:Quantity>3</d:Quantity>\n"
	"<d:GovernmentAgencyGoodsItem><d:SequenceNumeric>1</d:SequenceNumeric>\n"
	"  <d:Origin code='TH'/><d:Mass>10</d:Mass></d:GovernmentAgencyGoodsItem>\n"
	"<d:GovernmentAgencyGoodsItem><d:SequenceNumeric>7</d:SequenceNumeric>\n"
	"  <d:Origin code='XX'/><d:Mass>20</d:Mass></d:GovernmentAgencyGoodsItem>\n"
	"</d:Declaration>";

static const char totals[] = SCHEMA(
	"<let name='all' value=\"//d:Mass\"/>\n"
	"<pattern id='totals'><title>Totals</title>\n"
	" <let name='count' value=\"count($all)\"/>\n"
	" <rule id='r1' context='/d:Declaration'>\n"
	"  <let name='said' value='d:Quantity'/>\n"
	"  <assert id='TOT-01' role='error' nsw:layer='R' nsw:pointer='42A/103'\n"
	"    nsw:where='d:Quantity' test='$said = $count' diagnostics='TOT-01.vi TOT-01.hint "
	"TOT-01.hint-vi'>\n"
	"    Quantity says <value-of select='$said'/>,\n    there are <!-- really -->\n"
	"    <value-of select='$count'/> items  </assert>\n"
	"  <report id='TOT-02' role='warning' test='nsw:sum($all) = 30'>heavy</report>\n"
	" </rule>\n"
	"</pattern>\n"
	"<pattern>\n"
	" <rule context='d:GovernmentAgencyGoodsItem/d:Origin'>\n"
	"  <assert id='ORI-01' nsw:layer='S' nsw:pointer='42A/67A/68A[#]/92A' nsw:where='@code'\n"
	"    test=\"@code != 'XX'\">origin <value-of select='@code'/></assert>\n"
	" </rule>\n"
	"</pattern>\n"
	"<diagnostics>\n"
	" <diagnostic id='TOT-01.vi' xml:lang='vi'>Khai <value-of select='$said'/></diagnostic>\n"
	" <diagnostic id='TOT-01.hint'>count again</diagnostic>\n"
	" <diagnostic id='TOT-01.hint-vi' xml:lang='vi'>đếm lại</diagnostic>\n"
	"</diagnostics>");

static void test_every_failure_is_told_with_place_text_and_hint(void **state)
{
	struct scratch *scratch = scratch_new();
	struct rules *rules = compile(scratch, totals);
	struct document *document = parse(shrimp);
	struct arena *arena = arena_new();
	struct findings findings;
	struct finding *at;
	struct failure why;

	(void)state;
	assert_int_equal(rules_count(rules), 3);
	findings_start(&findings, arena);
	assert_true(rules_run(rules, document_tree(document), 0, &findings, &why));
	assert_int_equal(findings.errors, 2);
	assert_int_equal(findings.warnings, 1);

	at = findings.first;
	assert_string_equal(at->code, "TOT-01");
	assert_false(at->warning);
	assert_int_equal(at->layer, 'R');
	assert_string_equal(at->text, "Quantity says 3, there are 2 items");
	assert_string_equal(at->text_vi, "Khai 3");
	assert_string_equal(at->hint, "count again");
	assert_string_equal(at->hint_vi, "đếm lại");
	assert_string_equal(at->path, "/Declaration/Quantity");
	assert_string_equal(at->pointer, "42A/103");
	assert_int_equal(at->line, 2);

	at = at->next;
	assert_string_equal(at->code, "TOT-02");
	assert_true(at->warning);
	assert_string_equal(at->path, "/Declaration");
	assert_null(at->pointer);
	assert_null(at->text_vi);
	assert_null(at->hint);
	assert_int_equal(at->line, 1);

	at = at->next;
	assert_string_equal(at->code, "ORI-01");
	assert_int_equal(at->layer, 'S');
	assert_string_equal(at->text, "origin XX");
	assert_string_equal(at->path, "/Declaration/GovernmentAgencyGoodsItem[2]/Origin/@code");
	assert_string_equal(at->pointer, "42A/67A/68A[7]/92A"); /* as the sender numbered it */
	assert_int_equal(at->line, 6);
	assert_null(at->next);

	arena_free(arena);
	document_free(document);
	rules_free(rules);
	scratch_free(scratch);
}

/* ---- which nodes, which rule ------------------------------------------------------------ */

/* The paths at which the rules speak, in order, joined by blanks. */
static const char *spoken(struct arena *arena, const char *schema, const char *content)
{
	struct scratch *scratch = scratch_new();
	struct rules *rules = compile(scratch, schema);
	struct document *document = parse(content);
	struct findings findings;
	struct text text = TEXT_EMPTY;
	struct failure why;
	const char *copy;

	findings_start(&findings, arena);
	if (!rules_run(rules, document_tree(document), 0, &findings, &why))
		fail_msg("%s: %s", schema, why.text);
	text_add(&text, "");
	for (struct finding *at = findings.first; at != NULL; at = at->next)
		text_printf(&text, "%s%s%s%s", text.length > 0 ? " " : "", at->code, at->path,
			    at->pointer != NULL ? at->pointer : "");
	copy = arena_string(arena, text.bytes);
	text_free(&text);
	document_free(document);
	rules_free(rules);
	scratch_free(scratch);
	return copy;
}

#define SAY(id) "<report id='" id "' test='true()'>here</report>"

static void test_contexts_match_as_in_xslt(void **state)
{
	static const char content[] = "<a xmlns:d='urn:d'><b n='1'><b n='2'/><c/></b><b n='3'/>"
				      "<d:b n='4'><c n='5'/></d:b>t</a>";
	static const struct {
		const char *schema, *spoken;
	} rows[] = {
		{ RULE("/", SAY("R")), "R/" },
		{ RULE("/a", SAY("R")), "R/a" },
		{ RULE("a", SAY("R")), "R/a" },
		{ RULE("/b", SAY("R")), "" },
		{ RULE("b", SAY("R")), "R/a/b[1] R/a/b[1]/b R/a/b[2]" },
		{ RULE("b/b", SAY("R")), "R/a/b[1]/b" },
		{ RULE("a//c", SAY("R")), "R/a/b[1]/c R/a/b[3]/c" },
		{ RULE("//c", SAY("R")), "R/a/b[1]/c R/a/b[3]/c" },
		{ RULE("d:b", SAY("R")), "R/a/b[3]" },
		{ RULE("b[2]", SAY("R")), "R/a/b[2]" },
		{ RULE("b[@n &gt; 1][not(../../b)]", SAY("R")), "R/a/b[2]" },
		{ RULE("child::b/attribute::n", SAY("R")),
		  "R/a/b[1]/@n R/a/b[1]/b/@n R/a/b[2]/@n" },
		{ RULE("c | /a/b | b[@n='|']", SAY("R")),
		  "R/a/b[1] R/a/b[1]/c R/a/b[2] R/a/b[3]/c" },
		{ RULE("*[@n=5]", SAY("R")), "R/a/b[3]/c" },
		{ RULE("a/text()", SAY("R")), "R/a/text()" },
		{ RULE("x", SAY("R")), "" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *found = spoken(arena, rows[i].schema, content);

		if (strcmp(found, rows[i].spoken) != 0)
			fail_msg("%s\nspeaks at %s, not at %s", rows[i].schema, found,
				 rows[i].spoken);
	}
	arena_free(arena);
}

static void test_in_a_pattern_a_node_has_one_rule_and_patterns_do_not_mind_each_other(void **state)
{
	static const char schema[] = SCHEMA("<pattern><rule context=\"b[@n='2']\">" SAY(
		"FIRST") "</rule>"
			 "<rule context='b'>" SAY(
				 "SECOND") "</rule>"
					   "<rule context='*'>" SAY(
						   "THIRD") "</rule></pattern>"
							    "<pattern><rule context='b'>" SAY(
								    "OTHER") "</rule></pattern>");
	struct arena *arena = arena_new();

	(void)state;
	assert_string_equal(
		spoken(arena, schema, "<a><b n='1'/><b n='2'/><c/></a>"),
		"FIRST/a/b[2] SECOND/a/b[1] THIRD/a THIRD/a/c OTHER/a/b[1] OTHER/a/b[2]");
	arena_free(arena);
}

static void test_many_nodes_are_told_apart(void **state)
{
	static const char schema[] = SCHEMA(
		"<pattern><rule context='b[@n]'><report id='A' test='false()'>-</report></rule>"
		"<rule context='b'>" SAY("B") "</rule></pattern>");
	struct text content = TEXT_EMPTY;
	struct arena *arena = arena_new();

	(void)state;
	text_add(&content, "<a>");
	for (int i = 0; i < 3000; i++)
		text_add(&content, i == 1234 ? "<b/>" : "<b n='1'/>");
	text_add(&content, "</a>");
	assert_string_equal(spoken(arena, schema, content.bytes), "B/a/b[1235]");
	/* Each node's lets are gone before the next one's come. */
	assert_string_equal(spoken(arena,
				   RULE("b", "<let name='n' value='@n'/><report id='R' "
					     "test='not($n)'>-</report>"),
				   content.bytes),
			    "R/a/b[1235]");
	text_free(&content);
	arena_free(arena);
}

static void test_the_goods_item_is_numbered_in_pointers(void **state)
{
	static const struct {
		const char *content, *spoken;
	} rows[] = {
		{ "<a><x/></a>", "R/a/x68A/23A" },
		{ "<a><item/><item><x/></item></a>", "R/a/item[2]/x68A[2]/23A" },
		{ "<a><ConsignmentItem><SequenceNumeric>12</SequenceNumeric><x/>"
		  "</ConsignmentItem></a>",
		  "R/a/ConsignmentItem/x68A[12]/23A" },
		{ "<a><GovernmentAgencyGoodsItem><SequenceNumeric>1]/evil</SequenceNumeric>"
		  "<y><x/></y></GovernmentAgencyGoodsItem></a>",
		  "R/a/GovernmentAgencyGoodsItem/y/x68A[1]/23A" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(
			spoken(arena,
			       RULE("x", "<report id='R' nsw:pointer='68A[#]/23A' test='1'>"
					 "here</report>"),
			       rows[i].content),
			rows[i].spoken);
	arena_free(arena);
}

/* ---- texts ------------------------------------------------------------------------------ */

static void test_values_in_texts_are_short_and_on_one_line(void **state)
{
	static const char schema[] =
		RULE("/a", "<report id='R' test='1'>[<value-of select='.'/>]</report>");
	static const struct {
		const char *content, *text;
	} rows[] = {
		{ "<a/>", "[—]" },
		{ "<a> two\n lines </a>", "[two  lines]" },
		{ "<a>&lt;b&gt; %s</a>", "[<b> %s]" },
	};
	struct scratch *scratch = scratch_new();
	struct rules *rules = compile(scratch, schema);
	struct arena *arena = arena_new();
	struct text lengthy = TEXT_EMPTY;
	struct findings findings;
	struct failure why;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct document *document = parse(rows[i].content);

		findings_start(&findings, arena);
		assert_true(rules_run(rules, document_tree(document), 0, &findings, &why));
		assert_string_equal(findings.first->text, rows[i].text);
		document_free(document);
	}

	/* "ệ" has three bytes; 120 hold forty of them, and none is cut in two. */
	text_add(&lengthy, "<a>x");
	for (int i = 0; i < 1000; i++)
		text_add(&lengthy, "ệ");
	text_add(&lengthy, "</a>");
	struct document *document = parse(lengthy.bytes);
	findings_start(&findings, arena);
	assert_true(rules_run(rules, document_tree(document), 0, &findings, &why));
	assert_int_equal(strlen(findings.first->text), 1 + 1 + 39 * 3 + strlen("…") + 1);
	document_free(document);
	text_free(&lengthy);
	arena_free(arena);
	rules_free(rules);
	scratch_free(scratch);
}

static void test_a_thousand_mistakes_are_counted_and_the_first_ones_kept(void **state)
{
	struct scratch *scratch = scratch_new();
	struct rules *rules = compile(scratch, RULE("b", SAY("R")));
	struct arena *arena = arena_new();
	struct text content = TEXT_EMPTY;
	struct document *document;
	struct findings findings;
	struct failure why;

	(void)state;
	text_add(&content, "<a>");
	for (int i = 0; i < 1000; i++)
		text_add(&content, "<b/>");
	text_add(&content, "</a>");
	document = parse(content.bytes);
	findings_start(&findings, arena);
	assert_true(rules_run(rules, document_tree(document), 0, &findings, &why));
	assert_int_equal(findings.errors, 1000);
	document_free(document);
	text_free(&content);
	arena_free(arena);
	rules_free(rules);
	scratch_free(scratch);
}

/* ---- what is refused -------------------------------------------------------------------- */

static void test_what_is_not_the_subset_is_refused_with_file_and_line(void **state)
{
	static const struct {
		const char *content, *code, *place, *text;
	} rows[] = {
		{ "<schema", "RUL-902", "rules.sch:1", "not well-formed" },
		{ "<schema/>", "RUL-902", "rules.sch:1", "the root is 'schema'; it must be" },
		{ SCHEMA(""), "RUL-902", "rules.sch:1", "lacks its 'pattern'" },
		{ SCHEMA("<phase id='x'/>"), "RUL-902", "rules.sch:3", "'phase' is not known" },
		{ SCHEMA("<include href='x'/>"), "RUL-902", "rules.sch:3", "'include'" },
		{ SCHEMA("<pattern abstract='true'><rule context='a'/></pattern>"), "RUL-902",
		  "rules.sch:3", "no attribute 'abstract'" },
		{ "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'>"
		  "<pattern><rule context='a'>" SAY("R") "</rule></pattern></schema>",
		  "RUL-902", "rules.sch:1", "queryBinding='xslt2'" },
		{ SCHEMA("<ns prefix='nsw' uri='urn:other'/><pattern><rule context='a'>" SAY(
			  "R") "</rule></pattern>"),
		  "RUL-902", "rules.sch:3", "the prefix 'nsw' is taken" },
		{ SCHEMA("<ns prefix='d' uri='urn:other'/><pattern><rule context='a'>" SAY(
			  "R") "</rule></pattern>"),
		  "RUL-902", "rules.sch:3", "the prefix 'd' is taken" },
		{ RULE("a", ""), "RUL-902", "rules.sch:3", "'rule' lacks its 'assert|report'" },
		{ RULE("a", "<assert id='R' tset='1'>x</assert>"), "RUL-902", "rules.sch:4",
		  "no attribute 'tset' (did you mean 'test'?)" },
		{ RULE("a", "<assert id='R' test='1' role='fatal'>x</assert>"), "RUL-902",
		  "rules.sch:4", "role='fatal'" },
		{ RULE("a", "<assert id='R' test='1' nsw:layer='Q'>x</assert>"), "RUL-902",
		  "rules.sch:4", "layer='Q'" },
		{ RULE("a", "<assert id='R' test='1'><emph>x</emph></assert>"), "RUL-902",
		  "rules.sch:4", "'emph' is not known in 'assert'" },
		{ RULE("a", "<assert id='R' test='1'> </assert>"), "RUL-902", "rules.sch:4",
		  "the assert says nothing" },
		{ RULE("a", SAY("R") "<let name='x' value='1'/>"), "RUL-902", "rules.sch:4",
		  "wrong order" },
		/* contexts */
		{ RULE(".", SAY("R")), "RUL-902", "rules.sch:3", "it is a match pattern" },
		{ RULE("../a", SAY("R")), "RUL-902", "rules.sch:3", "it is a match pattern" },
		{ RULE("a/..", SAY("R")), "RUL-902", "rules.sch:3", "it is a match pattern" },
		{ RULE("(a|b)", SAY("R")), "RUL-902", "rules.sch:3", "a parenthesis" },
		{ RULE("count(a)", SAY("R")), "RUL-902", "rules.sch:3", "a function" },
		{ RULE("a = b", SAY("R")), "RUL-902", "rules.sch:3", "an operator" },
		{ RULE("a and b", SAY("R")), "RUL-902", "rules.sch:3", "an operator" },
		{ RULE("'a'", SAY("R")), "RUL-902", "rules.sch:3", "a string" },
		{ RULE("1", SAY("R")), "RUL-902", "rules.sch:3", "a number" },
		{ RULE("ancestor::a", SAY("R")), "RUL-902", "rules.sch:3", "an axis" },
		{ RULE("a/following-sibling::a", SAY("R")), "RUL-902", "rules.sch:3", "an axis" },
		/* expressions */
		{ RULE("a[", SAY("R")), "RUL-903", "rules.sch:3", "does not compile" },
		{ RULE("a||b", SAY("R")), "RUL-903", "rules.sch:3", "does not compile" },
		{ RULE("", SAY("R")), "RUL-903", "rules.sch:3", "the XPath is empty" },
		{ RULE("e:a", SAY("R")), "RUL-903", "rules.sch:3", "declares the prefix 'e'" },
		{ RULE("a", "<assert id='R' test=''>x</assert>"), "RUL-903", "rules.sch:4",
		  "is empty" },
		{ RULE("a", "<assert id='R' test='1' nsw:where='('>x</assert>"), "RUL-903",
		  "rules.sch:4", "does not compile" },
		{ RULE("a", "<assert id='R' test='1'>x\n<value-of select='b +'/></assert>"),
		  "RUL-903", "rules.sch:5", "does not compile" },
		{ RULE("a", "<let name='x' value='$x'/>" SAY("R")), "RUL-903", "rules.sch:4",
		  "no <let> in scope is called 'x'" },
		{ RULE("a", "<let name='1x' value='1'/>" SAY("R")), "RUL-902", "rules.sch:4",
		  "cannot be the name of a let" },
		{ SCHEMA("<let name='x' value='1'/><pattern><rule context='a'>"
			 "<let name='x' value='2'/>" SAY("R") "</rule></pattern>"),
		  "RUL-902", "rules.sch:3", "a let 'x' is in scope already" },
		{ SCHEMA("<pattern><rule context='a'><let name='x' value='1'/>" SAY(
			  "R") "</rule>\n<rule context='b'><report id='S' test='$x'>x</report>"
			       "</rule></pattern>"),
		  "RUL-903", "rules.sch:4", "no <let> in scope is called 'x'" },
		{ RULE("a[$x]", "<let name='x' value='1'/>" SAY("R")), "RUL-903", "rules.sch:3",
		  "no <let> in scope is called 'x'" },
		/* ids and diagnostics */
		{ RULE("a", "<assert test='1'>x</assert>"), "RUL-904", "rules.sch:4", "has no id" },
		{ RULE("a", SAY("R") "\n" SAY("R")), "RUL-904", "rules.sch:5",
		  "the id 'R' is taken already" },
		{ SCHEMA("<pattern><rule context='a'>" SAY(
			  "R") "</rule></pattern>"
			       "<diagnostics><diagnostic id='R' xml:lang='vi'>x</diagnostic>"
			       "</diagnostics>"),
		  "RUL-904", "rules.sch:3", "the id 'R' is taken already" },
		{ RULE("a", "<assert id='R' test='1' diagnostics='R.vi'>x</assert>"), "RUL-905",
		  "rules.sch:4", "there is no diagnostic 'R.vi'" },
		{ SCHEMA("<pattern><rule context='a'><assert id='TOT-01' test='1' "
			 "diagnostics='TOT-01.hnt'>x</assert></rule></pattern>\n<diagnostics>"
			 "<diagnostic id='TOT-01.hint'>x</diagnostic></diagnostics>"),
		  "RUL-905", "rules.sch:3", "'TOT-01.hnt' (did you mean 'TOT-01.hint'?)" },
		{ SCHEMA("<pattern><rule context='a'>" SAY(
			  "R") "</rule></pattern>\n<diagnostics><diagnostic id='R.hint'>x"
			       "</diagnostic></diagnostics>"),
		  "RUL-905", "rules.sch:4", "no rule uses the diagnostic 'R.hint'" },
		{ SCHEMA("<pattern><rule context='a'><assert id='R' test='1' "
			 "diagnostics='R.a.hint R.b.hint'>x</assert></rule></pattern><diagnostics>"
			 "<diagnostic id='R.a.hint'>x</diagnostic>"
			 "<diagnostic id='R.b.hint'>x</diagnostic></diagnostics>"),
		  "RUL-905", "rules.sch:3", "'R.b.hint' is the second of its sort" },
		{ SCHEMA("<pattern><rule context='a'><assert id='R' test='1' diagnostics='R.en'>x"
			 "</assert></rule></pattern>\n<diagnostics><diagnostic id='R.en'>x"
			 "</diagnostic></diagnostics>"),
		  "RUL-902", "rules.sch:4", "neither Vietnamese (xml:lang='vi') nor a hint" },
	};
	struct scratch *scratch = scratch_new();
	struct rules *rules;
	struct failure why;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *path = scratch_write(scratch, "rules.sch", rows[i].content);

		if (rules_compile(&rules, path, &nothing, &why))
			fail_msg("%s\nis accepted", rows[i].content);
		assert_null(rules);
		assert_failure(&why, FAULT, rows[i].code, rows[i].place, rows[i].text);
	}
	assert_false(rules_compile(&rules, scratch_path(scratch, "none.sch"), &nothing, &why));
	assert_failure(&why, FAULT, "RUL-902", "none.sch", "cannot be opened");
	rules_free(NULL);
	scratch_free(scratch);
}

static void test_only_so_many_lets_are_in_scope(void **state)
{
	struct scratch *scratch = scratch_new();
	struct text content = TEXT_EMPTY;
	struct rules *rules;
	struct failure why;

	(void)state;
	text_add(&content, "<schema xmlns='http://purl.oclc.org/dsdl/schematron'>");
	for (int i = 0; i < 65; i++)
		text_printf(&content, "<let name='v%d' value='%d'/>\n", i, i);
	text_add(&content, "<pattern><rule context='a'>" SAY("R") "</rule></pattern></schema>");
	assert_false(rules_compile(&rules, scratch_write(scratch, "rules.sch", content.bytes),
				   &nothing, &why));
	assert_failure(&why, FAULT, "RUL-902", "rules.sch:65", "one let too many");
	text_free(&content);
	scratch_free(scratch);
}

/* A let costs nothing to whom it is nothing, and is worked out once for all who ask. */
static void test_a_let_is_evaluated_when_it_is_first_asked_for(void **state)
{
	static const struct {
		const char *lets, *test;
		bool good;
	} rows[] = {
		{ "<let name='bomb' value='count(//b[//b[//b = 1]])'/>", "1 = 1 or $bomb = 3",
		  true },
		{ "<let name='bomb' value='count(//b[//b[//b = 1]])'/>", "1 = 2 or $bomb = 3",
		  false },
		{ "<let name='n' value='1'/><let name='m' value='$n + 1'/>", "$m = 2 and $m = 2",
		  true },
		{ "<let name='all' value='//b'/>",
		  "count($all[2]) = 1 and //b[position() = count($all)]", true },
		{ "<let name='here' value='count(b)'/>", "//b[1][$here = 5000]", true },
	};
	struct text content = TEXT_EMPTY;
	struct document *document;
	struct arena *arena = arena_new();

	(void)state;
	text_add(&content, "<a>");
	for (int i = 0; i < 5000; i++)
		text_add(&content, "<b/>");
	text_add(&content, "</a>");
	document = parse(content.bytes);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scratch *scratch = scratch_new();
		const char *schema =
			arena_printf(arena, RULE("/a", "%s<assert id='LET' test='%s'>x</assert>"),
				     rows[i].lets, rows[i].test);
		struct rules *rules = compile(scratch, schema);
		struct findings findings;
		struct failure why;

		findings_start(&findings, arena);
		assert_int_equal(rules_run(rules, document_tree(document), 0, &findings, &why),
				 rows[i].good);
		if (rows[i].good)
			assert_int_equal(findings.errors, 0);
		else
			assert_failure(&why, FAULT, "RUL-901", NULL, "let $bomb needs more than");
		rules_free(rules);
		scratch_free(scratch);
	}
	document_free(document);
	text_free(&content);
	arena_free(arena);
}

/* ---- bombs ------------------------------------------------------------------------------ */

static void test_a_rule_that_does_not_end_is_a_fault_that_names_it(void **state)
{
	/* Each needs more operations in one evaluation than there are. */
	static const struct {
		const char *schema, *text;
	} rows[] = {
		{ RULE("/a", "<assert id='BOMB-1' test='//b[count(//b[../b]) = 0]'>x</assert>"),
		  "rule BOMB-1 needs more than" },
		{ RULE("b[//b[//b[. = 1]]]", SAY("BOMB-2")), "the context of BOMB-2 needs more" },
		{ RULE("/a", "<let name='n' value='count(//b[//b[//b = 1]])'/>"
			     "<assert id='BOMB-3' test='$n = 1'>x</assert>"),
		  "let $n needs more than" },
		{ RULE("/a", "<report id='BOMB-4' test='1'><value-of select='//b[//b[//b = 1]]'/>"
			     "</report>"),
		  "rule BOMB-4 needs more than" },
	};
	struct text content = TEXT_EMPTY;
	struct document *document;
	struct arena *arena = arena_new();

	(void)state;
	text_add(&content, "<a>");
	for (int i = 0; i < 5000; i++)
		text_add(&content, "<b/>");
	text_add(&content, "</a>");
	document = parse(content.bytes);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scratch *scratch = scratch_new();
		struct rules *rules = compile(scratch, rows[i].schema);
		struct findings findings;
		struct failure why;

		findings_start(&findings, arena);
		assert_false(rules_run(rules, document_tree(document), 0, &findings, &why));
		assert_failure(&why, FAULT, "RUL-901", NULL, rows[i].text);
		assert_non_null(strstr(why.place, "rules.sch:"));
		rules_free(rules);
		scratch_free(scratch);
	}
	document_free(document);
	text_free(&content);
	arena_free(arena);
}

static void test_many_small_evaluations_have_a_limit_together(void **state)
{
	struct scratch *scratch = scratch_new();
	struct rules *rules = compile(
		scratch, RULE("b", "<assert id='SLOW' test='count(//b) &gt; 0'>x</assert>"));
	struct text content = TEXT_EMPTY;
	struct document *document;
	struct arena *arena = arena_new();
	struct findings findings;
	struct failure why;

	(void)state;
	text_add(&content, "<a>");
	for (int i = 0; i < 20000; i++)
		text_add(&content, "<b/>");
	text_add(&content, "</a>");
	document = parse(content.bytes);
	findings_start(&findings, arena);
	assert_false(rules_run(rules, document_tree(document), 0, &findings, &why));
	assert_failure(&why, FAULT, "RUL-901", "rules.sch:4",
		       "rule SLOW and what was evaluated before it need more than 50000000");
	document_free(document);
	text_free(&content);
	arena_free(arena);
	rules_free(rules);
	scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_failure_is_told_with_place_text_and_hint),
		cmocka_unit_test(test_contexts_match_as_in_xslt),
		cmocka_unit_test(
			test_in_a_pattern_a_node_has_one_rule_and_patterns_do_not_mind_each_other),
		cmocka_unit_test(test_many_nodes_are_told_apart),
		cmocka_unit_test(test_the_goods_item_is_numbered_in_pointers),
		cmocka_unit_test(test_values_in_texts_are_short_and_on_one_line),
		cmocka_unit_test(test_a_thousand_mistakes_are_counted_and_the_first_ones_kept),
		cmocka_unit_test(test_what_is_not_the_subset_is_refused_with_file_and_line),
		cmocka_unit_test(test_only_so_many_lets_are_in_scope),
		cmocka_unit_test(test_a_let_is_evaluated_when_it_is_first_asked_for),
		cmocka_unit_test(test_a_rule_that_does_not_end_is_a_fault_that_names_it),
		cmocka_unit_test(test_many_small_evaluations_have_a_limit_together),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
