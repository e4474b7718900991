#include "core/kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"
#include "scratch.h"

/* ---- a kind of one's own ---------------------------------------------------------------- */

static const char permit_xsd[] =
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:permit:1'"
	" elementFormDefault='qualified'>"
	"<xs:element name='Permit'><xs:complexType><xs:sequence>"
	"<xs:element name='Function' type='xs:string'/><xs:element name='Reference' "
	"type='xs:string'/>"
	"<xs:element name='Goods' minOccurs='0' maxOccurs='unbounded'><xs:complexType><xs:sequence>"
	"<xs:element name='HS' type='xs:string'/><xs:element name='Amount' minOccurs='0'>"
	"<xs:complexType><xs:simpleContent><xs:extension base='xs:decimal'>"
	"<xs:attribute name='currency'/></xs:extension></xs:simpleContent></xs:complexType>"
	"</xs:element></xs:sequence></xs:complexType></xs:element>"
	"</xs:sequence></xs:complexType></xs:element></xs:schema>";

static const char permit_rules[] =
	"<schema xmlns='http://purl.oclc.org/dsdl/schematron' xmlns:nsw='urn:nsw:rule:1'>"
	"<ns prefix='p' uri='urn:permit:1'/>"
	"<pattern><rule context='p:Goods'><assert id='PRM-01' nsw:pointer='68A[#]'"
	" test=\"nsw:code('hs', p:HS)\">HS <value-of select='p:HS'/> is unknown</assert>"
	"</rule></pattern></schema>";

static const char permit_journal[] =
	"<schema xmlns='http://purl.oclc.org/dsdl/schematron'>"
	"<pattern><rule context='/case'><report id='IDM-03'"
	" test=\"message/function = '9' and known[@what='reference']\">known already</report>"
	"</rule></pattern></schema>";

#define HEAD                                                                                       \
	"<kind xmlns='urn:nsw:kind:1' id='PERMIT' version='1' role='application' from='trader'"    \
	" signature='allowed' title='Permit application' title-vi='Đơn xin giấy phép'>\n"
#define IDENTITY                                                                                   \
	"<ns prefix='p' uri='urn:permit:1'/>\n<identify namespace='urn:permit:1' "                 \
	"root='Permit'/>\n"
#define SCHEMA "<schema file='permit.xsd'/>\n"

static const char permit_kind[] = HEAD IDENTITY SCHEMA
	"<rules phase='message' file='rules.sch'/>\n"
	"<rules phase='journal' file='journal.sch'/>\n"
	"<life file='life.xml'/>\n"
	"<events fact='function'><event value='9' name='lodge'/>"
	"<event value='1' name='cancel'/></events>\n"
	"<facts><fact name='function' xpath='/p:Permit/p:Function' required='yes'/>\n"
	"<fact name='reference' xpath='//p:Reference'/>\n"
	"<fact name='lines' xpath='count(//p:Goods)'/>\n"
	"<fact name='none' xpath='p:None'/>\n"
	"<each name='item' xpath='/p:Permit/p:Goods'>\n"
	"<fact name='hs' xpath='p:HS' required='yes'/>\n"
	"<fact name='amount' xpath='p:Amount'>"
	"<attribute name='currency' xpath='@currency'/></fact>"
	"<each name='part' xpath='p:Part'><fact name='id' xpath='.'/></each></each>\n"
	"</facts></kind>";

struct house {
	struct scratch *scratch;
	const char *folder;
	struct kinds *kinds;
	struct arena *arena;
};

static void write_permit(struct scratch *scratch, const char *kind)
{
	scratch_write(scratch, "permit/permit.xsd", permit_xsd);
	scratch_write(scratch, "permit/rules.sch", permit_rules);
	scratch_write(scratch, "permit/journal.sch", permit_journal);
	scratch_write(scratch, "permit/life.xml", "<life/>");
	scratch_write(scratch, "codes/hs.xml",
		      "<codes xmlns='urn:nsw:codes:1' id='hs'><code value='03061721'/></codes>");
	scratch_write(scratch, "permit/kind.xml", kind);
}

static int make_house(void **state)
{
	struct house *house = must_alloc(sizeof *house);
	struct failure why;

	house->scratch = scratch_new();
	house->folder = scratch_folder(house->scratch);
	house->arena = arena_new();
	write_permit(house->scratch, permit_kind);
	if (!kinds_load(&house->kinds, &house->folder, 1, &why))
		fail_msg("%s: %s", why.place, why.text);
	*state = house;
	return 0;
}

static int remove_house(void **state)
{
	struct house *house = *state;

	kinds_free(house->kinds);
	arena_free(house->arena);
	scratch_free(house->scratch);
	free(house);
	return 0;
}

static struct document *parse(const char *content)
{
	struct document *document;
	struct failure why;

	if (!document_parse(&document, "permit.xml", content, strlen(content),
			    &document_limits_message, &why))
		fail_msg("%s", why.text);
	return document;
}

static const struct kind *permit_of(const struct house *house)
{
	const struct kind *kind = kinds_named(house->kinds, "PERMIT");

	assert_non_null(kind);
	return kind;
}

static void test_what_is_kept_is_read_once(void **state)
{
	static const char *const folders[] = { "schemas", NULL };
	struct kinds *first, *again, *other;
	struct failure why;

	(void)state;
	assert_true(kinds_load(&first, folders, 1, &why));
	kinds_keep(first);
	assert_true(kinds_load(&again, folders, 1, &why));
	assert_true(kinds_load_with(&other, folders, 1, "none", &why));
	assert_ptr_equal(first, again);
	assert_ptr_not_equal(first, other); /* not the same calendar */
	kinds_free(other);
	kinds_free(first);
	assert_non_null(kinds_named(again, "DEC-IMP")); /* somebody still has it */
	kinds_free(again);
	assert_true(kinds_load(&first, folders, 1, &why)); /* nothing is kept any more */
	kinds_free(first);
}

#define PERMIT(inside)                                                                             \
	"<Permit xmlns='urn:permit:1'><Function>9</Function><Reference>R1</Reference>" inside      \
	"</Permit>"

/* ---- looking ---------------------------------------------------------------------------- */

static void test_a_kind_is_known_by_its_data_alone(void **state)
{
	struct house *house = *state;
	const struct kind *kind = permit_of(house);

	assert_int_equal(kinds_count(house->kinds), 1);
	assert_ptr_equal(kinds_at(house->kinds, 0), kind);
	assert_string_equal(kinds_left_out(house->kinds), "");
	assert_string_equal(kind_id(kind), "PERMIT");
	assert_string_equal(kind_version(kind), "1");
	assert_string_equal(kind_namespace(kind), "urn:permit:1");
	assert_string_equal(kind_title(kind, false), "Permit application");
	assert_string_equal(kind_title(kind, true), "Đơn xin giấy phép");
	assert_string_equal(kind_folder(kind), scratch_path(house->scratch, "permit"));
	assert_string_equal(kind_life(kind), scratch_path(house->scratch, "permit/life.xml"));
	assert_int_equal(kind_role(kind), KIND_APPLICATION);
	assert_int_equal(kind_own_signature(kind), OWN_SIGNATURE_ALLOWED);
	assert_true(kind_from(kind, "trader"));
	assert_false(kind_from(kind, "agency"));
	assert_null(kinds_named(house->kinds, "OTHER"));
	assert_true(codes_has_list(kinds_codes(house->kinds), "hs"));
	assert_ptr_equal(kinds_world(house->kinds)->codes, kinds_codes(house->kinds));
}

/* ---- recognising ------------------------------------------------------------------------ */

static void test_what_nobody_knows_is_told_what_it_is_near_to(void **state)
{
	static const struct {
		const char *content, *text;
	} rows[] = {
		{ "\n<Permt xmlns='urn:permit:1'/>", "no kind of document is 'Permt' in the "
						     "namespace 'urn:permit:1'; the namespace is "
						     "that of PERMIT, whose root is 'Permit'" },
		{ "\n<Permit xmlns='urn:permit:2'/>",
		  "no kind of document is 'Permit' in the namespace 'urn:permit:2'; the nearest is "
		  "PERMIT: 'Permit' in the namespace 'urn:permit:1'" },
		{ "\n<Permit/>",
		  "no kind of document is 'Permit' in the namespace ''; the nearest is" },
		{ "\n<permits/>", "the nearest is PERMIT" },
		{ "\n<html/>",
		  "no kind of document is 'html' in the namespace ''; known are PERMIT" },
	};
	struct house *house = *state;
	const struct kind *kind;
	struct failure why;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct document *document = parse(rows[i].content);

		assert_false(kinds_recognise(house->kinds, document, &kind, &why));
		assert_failure(&why, REJECT, "KND-001", "permit.xml:2", rows[i].text);
		document_free(document);
	}
	struct document *document = parse(PERMIT(""));
	assert_true(kinds_recognise(house->kinds, document, &kind, &why));
	assert_ptr_equal(kind, permit_of(house));
	document_free(document);
}

static const char *simple_kind(struct arena *arena, const char *id, const char *version,
			       const char *identity)
{
	return arena_printf(arena,
			    "<kind xmlns='urn:nsw:kind:1' id='%s' version='%s' role='decision' "
			    "from='agency customs' title='X'><ns prefix='p' uri='urn:permit:1'/>%s"
			    "<schema file='../permit/permit.xsd'/></kind>",
			    id, version, identity);
}

static void test_conditions_narrow_and_versions_live_side_by_side(void **state)
{
	struct scratch *scratch = scratch_new();
	const char *folder = scratch_folder(scratch);
	struct arena *arena = arena_new();
	static const struct {
		const char *content, *id, *version;
	} rows[] = {
		{ PERMIT(""), "PERMIT", "1" },
		{ "<Permit xmlns='urn:permit:1'><Function>13</Function></Permit>", "AMEND", "9" },
		{ "<Permit xmlns='urn:permit:2'/>", "PERMIT", "10" },
		{ "<Licence xmlns='urn:permit:2'/>", "PERMIT", "10" },
	};
	struct kinds *kinds;
	struct failure why;

	(void)state;
	write_permit(scratch, permit_kind);
	scratch_write(scratch, "a/kind.xml",
		      simple_kind(arena, "AMEND", "9",
				  "<identify namespace='urn:permit:1' root='Permit' "
				  "when=\"/p:Permit/p:Function='13'\"/>"));
	scratch_write(scratch, "b/kind.xml",
		      simple_kind(arena, "PERMIT", "10",
				  "<identify namespace='urn:permit:2' root='Permit'/>"
				  "<identify namespace='urn:permit:2' root='Licence'/>"));
	scratch_write(scratch, "c/kind.xml",
		      simple_kind(arena, "PERMIT", "9",
				  "<identify namespace='urn:permit:3' root='Permit'/>"));
	assert_true(kinds_load(&kinds, &folder, 1, &why));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct document *document = parse(rows[i].content);
		const struct kind *kind;

		if (!kinds_recognise(kinds, document, &kind, &why))
			fail_msg("%s", why.text);
		assert_string_equal(kind_id(kind), rows[i].id);
		assert_string_equal(kind_version(kind), rows[i].version);
		document_free(document);
	}
	assert_string_equal(kind_version(kinds_named(kinds, "PERMIT")), "10"); /* not "9" */
	assert_true(kind_from(kinds_named(kinds, "AMEND"), "customs"));
	assert_true(kind_from(kinds_named(kinds, "AMEND"), "agency"));
	assert_false(kind_from(kinds_named(kinds, "AMEND"), "trader"));
	assert_null(kind_life(kinds_named(kinds, "AMEND")));
	assert_string_equal(kind_title(kinds_named(kinds, "AMEND"), true), "X");
	assert_int_equal(kind_own_signature(kinds_named(kinds, "AMEND")), OWN_SIGNATURE_FORBIDDEN);
	kinds_free(kinds);
	arena_free(arena);
	scratch_free(scratch);
}

static void test_a_condition_that_does_not_hold_is_told(void **state)
{
	struct scratch *scratch = scratch_new();
	const char *folders[] = { scratch_path(scratch, "only") };
	struct arena *arena = arena_new();
	struct document *document = parse(PERMIT(""));
	const struct kind *kind;
	struct kinds *kinds;
	struct failure why;

	(void)state;
	scratch_write(scratch, "only/permit/permit.xsd", permit_xsd);
	scratch_write(scratch, "only/a/kind.xml",
		      simple_kind(arena, "AMEND", "1",
				  "<identify namespace='urn:permit:1' root='Permit' "
				  "when=\"/p:Permit/p:Function='13'\"/>"));
	assert_true(kinds_load(&kinds, folders, 1, &why));
	assert_false(kinds_recognise(kinds, document, &kind, &why));
	assert_failure(&why, REJECT, "KND-001", NULL, "AMEND is, where /p:Permit/p:Function='13'");
	kinds_free(kinds);
	document_free(document);
	arena_free(arena);
	scratch_free(scratch);
}

/* ---- checking --------------------------------------------------------------------------- */

static void test_schema_and_rules_find_what_is_wrong(void **state)
{
	struct house *house = *state;
	const struct kind *kind = permit_of(house);
	struct document *document = parse(PERMIT("<Goods><HS>03061721</HS></Goods><Goods><HS>99"
						 "</HS><Amount>x</Amount></Goods>"));
	struct findings findings;
	struct failure why;

	findings_start(&findings, house->arena);
	assert_true(kind_validate(kind, document, &findings, &why));
	assert_int_equal(findings.errors, 1);
	assert_string_equal(findings.first->code, "XSD-020");
	assert_true(kind_check(kind, document, 0, &findings, &why));
	assert_int_equal(findings.errors, 2);
	assert_string_equal(findings.first->next->code, "PRM-01");
	assert_string_equal(findings.first->next->text, "HS 99 is unknown");
	assert_string_equal(findings.first->next->path, "/Permit/Goods[2]");
	document_free(document);
}

static void test_journal_rules_look_at_facts_alone(void **state)
{
	static const struct {
		const char *facts;
		size_t errors;
	} rows[] = {
		{ "<case><message><function>9</function></message></case>", 0 },
		{ "<case><message><function>9</function></message><known what='reference'/></case>",
		  1 },
		{ "<case><message><function>1</function></message><known what='reference'/></case>",
		  0 },
	};
	struct house *house = *state;
	struct findings findings;
	struct failure why;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct document *document = parse(rows[i].facts);

		findings_start(&findings, house->arena);
		assert_true(kind_check_journal(permit_of(house), document_tree(document), 0,
					       &findings, &why));
		assert_int_equal(findings.errors, rows[i].errors);
		if (rows[i].errors > 0)
			assert_string_equal(findings.first->code, "IDM-03");
		document_free(document);
	}
}

/* ---- facts ------------------------------------------------------------------------------ */

static void test_facts_are_gathered_as_the_kind_says(void **state)
{
	static const char expected[] =
		"<facts kind=\"PERMIT\" version=\"1\"><function>9</function>"
		"<reference>R &amp; 1</reference><lines>2</lines>"
		"<item><hs>03061721</hs><amount currency=\"USD\">100.50</amount>"
		"<part><id>A</id></part><part><id>B</id></part></item>"
		"<item><hs>06</hs><amount>7</amount></item></facts>";
	struct house *house = *state;
	struct document *document =
		parse("<Permit xmlns='urn:permit:1'><Function> 9\n</Function>"
		      "<Reference>R &amp; 1</Reference><None/>"
		      "<Goods><HS>03061721</HS><Amount currency='USD'>100.50</Amount>"
		      "<Part>A</Part><Part>B</Part></Goods>"
		      "<Goods><HS>06</HS><Amount currency=''>7</Amount></Goods></Permit>");
	struct text text = TEXT_EMPTY;
	struct facts *facts;
	struct failure why;

	if (!kind_facts(permit_of(house), document, 0, house->arena, &facts, &why))
		fail_msg("%s", why.text);
	document_free(document); /* facts are copies */
	facts_write(&text, facts);
	assert_string_equal(text.bytes, expected);
	assert_string_equal(kind_event(permit_of(house), facts), "lodge");
	text_free(&text);
}

static void test_a_required_fact_that_is_missing_is_the_senders_to_mend(void **state)
{
	static const struct {
		const char *content, *place, *text;
	} rows[] = {
		{ "\n<Permit xmlns='urn:permit:1'/>", "permit.xml:2",
		  "'function' is missing or empty in /Permit" },
		{ "\n<Permit xmlns='urn:permit:1'><Function> </Function></Permit>", "permit.xml:2",
		  "'function' is missing or empty" },
		{ PERMIT("<Goods><HS>1</HS></Goods>\n<Goods/>"), "permit.xml:2",
		  "'hs' is missing or empty in /Permit/Goods[2]" },
	};
	struct house *house = *state;
	struct facts *facts;
	struct failure why;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct document *document = parse(rows[i].content);

		assert_false(kind_facts(permit_of(house), document, 0, house->arena, &facts, &why));
		assert_null(facts);
		assert_failure(&why, REJECT, "FCT-002", rows[i].place, rows[i].text);
		document_free(document);
	}
}

static void test_facts_have_a_limit_too(void **state)
{
	struct house *house = *state;
	struct scratch *scratch = scratch_new();
	const char *folder = scratch_folder(scratch);
	struct text content = TEXT_EMPTY;
	struct document *document;
	struct kinds *kinds;
	struct facts *facts;
	struct failure why;

	write_permit(scratch, HEAD IDENTITY SCHEMA
		     "<facts>\n<fact name='bomb' xpath='count(//p:Goods[//p:Goods/p:HS = 1])'/>"
		     "</facts></kind>");
	assert_true(kinds_load(&kinds, &folder, 1, &why));
	text_add(&content, "<Permit xmlns='urn:permit:1'>");
	for (int i = 0; i < 5000; i++)
		text_add(&content, "<Goods/>");
	text_add(&content, "</Permit>");
	document = parse(content.bytes);
	assert_false(kind_facts(kinds_at(kinds, 0), document, 0, house->arena, &facts, &why));
	assert_failure(&why, FAULT, "RUL-901", "kind.xml:6", "the fact bomb needs more than");
	document_free(document);
	text_free(&content);
	kinds_free(kinds);
	scratch_free(scratch);
}

static void test_events_come_from_a_fact_or_from_the_role(void **state)
{
	static const struct {
		const char *function, *event;
	} rows[] = { { "9", "lodge" }, { "1", "cancel" }, { "13", NULL }, { NULL, NULL } };
	static const struct {
		const char *role, *event;
	} roles[] = { { "application", "lodge" }, { "decision", "decision" }, { "receipt", NULL } };
	struct house *house = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct facts *facts = facts_new(house->arena, "PERMIT", "1");
		const char *event;

		if (rows[i].function != NULL)
			facts_add(facts, NULL, "function", rows[i].function);
		event = kind_event(permit_of(house), facts);
		assert_true(event == NULL ? rows[i].event == NULL
					  : strcmp(event, rows[i].event) == 0);
	}
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		struct scratch *scratch = scratch_new();
		const char *folder = scratch_folder(scratch), *event;
		struct kinds *kinds;
		struct failure why;

		write_permit(scratch,
			     arena_printf(house->arena,
					  "<kind xmlns='urn:nsw:kind:1' id='X' version='1' "
					  "role='%s' from='any' title='X'>" IDENTITY SCHEMA
					  "</kind>",
					  roles[i].role));
		assert_true(kinds_load(&kinds, &folder, 1, &why));
		event = kind_event(kinds_at(kinds, 0), facts_new(house->arena, "X", "1"));
		assert_true(event == NULL ? roles[i].event == NULL
					  : strcmp(event, roles[i].event) == 0);
		assert_true(kind_from(kinds_at(kinds, 0), "peer"));
		kinds_free(kinds);
		scratch_free(scratch);
	}
}

static void test_questions_over_a_payload_use_the_kinds_prefixes(void **state)
{
	struct house *house = *state;
	struct document *document = parse(PERMIT("<Goods><HS>03061721</HS></Goods>"));
	struct question *question;
	struct failure why;
	bool answer = false;

	assert_true(kind_question_compile(permit_of(house), &question,
					  "nsw:code('hs', //p:Goods/p:HS)", "here", &why));
	assert_true(question_ask(question, document_root(document), 0, &answer, &why));
	assert_true(answer);
	question_free(question);
	document_free(document);
}

/* ---- refusing --------------------------------------------------------------------------- */

#define REST IDENTITY SCHEMA "</kind>"

static void test_a_broken_kind_is_refused_with_file_and_line(void **state)
{
	static const struct {
		const char *kind, *code, *place, *text;
	} rows[] = {
		{ "<kind", "KND-901", "permit/kind.xml:1", "not well-formed" },
		{ "<kind xmlns='urn:other'/>", "KND-901", "permit/kind.xml:1",
		  "the root is 'kind'" },
		{ "<kind xmlns='urn:nsw:kind:1' id='X' version='1' role='application' from='any' "
		  "tile='x'>" REST,
		  "KND-901", "permit/kind.xml:1",
		  "'kind' has no attribute 'tile' (did you mean 'title'?)" },
		{ "<kind xmlns='urn:nsw:kind:1' id='X Y' version='1' role='application' from='any' "
		  "title='x'>" REST,
		  "KND-901", "permit/kind.xml:1", "'X Y' is no id" },
		{ "<kind xmlns='urn:nsw:kind:1' id='X' version='' role='application' from='any' "
		  "title='x'>" REST,
		  "KND-901", "permit/kind.xml:1", "'' is no id" },
		{ "<kind xmlns='urn:nsw:kind:1' id='X' version='1' role='aplication' from='any' "
		  "title='x'>" REST,
		  "KND-901", "permit/kind.xml:1", "(did you mean 'application'?)" },
		{ "<kind xmlns='urn:nsw:kind:1' id='X' version='1' role='receipt' "
		  "from='trader agncy' title='x'>" REST,
		  "KND-901", "permit/kind.xml:1",
		  "from: 'agncy' is no role of a party (did you mean 'agency'?)" },
		{ "<kind xmlns='urn:nsw:kind:1' id='X' version='1' role='receipt' from=' ' "
		  "title='x'>" REST,
		  "KND-901", "permit/kind.xml:1", "from names no role" },
		{ "<kind xmlns='urn:nsw:kind:1' id='X' version='1' role='receipt' from='any' "
		  "signature='maybe' title='x'>" REST,
		  "KND-901", "permit/kind.xml:1", "signature='maybe'" },
		{ HEAD "<identfy namespace='urn:x' root='X'/>" SCHEMA "</kind>", "KND-901",
		  "permit/kind.xml:2",
		  "'identfy' is not known in 'kind' (did you mean 'identify'?)" },
		{ HEAD SCHEMA "</kind>", "KND-901", "permit/kind.xml:2", "lacks its 'identify'" },
		{ HEAD IDENTITY "</kind>", "KND-901", "permit/kind.xml:1", "lacks its 'schema'" },
		{ HEAD "<ns prefix='nsw' uri='urn:x'/>\n" REST, "KND-901", "permit/kind.xml:2",
		  "the prefix 'nsw' is taken" },
		{ HEAD "<ns prefix='p' uri='urn:x'/>\n" REST, "KND-901", "permit/kind.xml:3",
		  "the prefix 'p' is taken" },
		{ HEAD "<ns prefix='a' uri='a'/><ns prefix='b' uri='a'/><ns prefix='c' uri='a'/>"
		       "<ns prefix='d' uri='a'/><ns prefix='e' uri='a'/><ns prefix='f' uri='a'/>"
		       "<ns prefix='g' uri='a'/><ns prefix='h' uri='a'/>" REST,
		  "KND-901", "permit/kind.xml:2", "at most 8 prefixes" },
		{ HEAD "<identify namespace='urn:x' root='X' when='x['/>" SCHEMA "</kind>",
		  "RUL-903", "permit/kind.xml:2", "does not compile" },
		{ HEAD IDENTITY SCHEMA "<rules phase='mesage' file='rules.sch'/></kind>", "KND-901",
		  "permit/kind.xml:5", "(did you mean 'message'?)" },
		{ HEAD IDENTITY SCHEMA "<rules phase='message' file='none.sch'/></kind>", "KND-901",
		  "permit/kind.xml:5", "file='none.sch': there is no such file" },
		{ HEAD IDENTITY SCHEMA "<rules phase='message' file='life.xml'/></kind>", "RUL-902",
		  "permit/life.xml:1", "the root is 'life'" },
		{ HEAD IDENTITY SCHEMA "<life file='none.xml'/></kind>", "KND-901",
		  "permit/kind.xml:5", "there is no such file" },
		{ HEAD IDENTITY SCHEMA "<events fact='function'><event value='9' name='a'/>"
				       "<event value='9' name='b'/></events></kind>",
		  "KND-901", "permit/kind.xml:5", "the value '9' is an event already" },
		{ HEAD IDENTITY SCHEMA "<facts>\n<fact name='two words' xpath='1'/></facts></kind>",
		  "KND-901", "permit/kind.xml:6", "cannot be the name of a fact" },
		{ HEAD IDENTITY SCHEMA "<facts>\n<fact name='x' xpath='q:X'/></facts></kind>",
		  "RUL-903", "permit/kind.xml:6", "nothing declares the prefix 'q'" },
		{ HEAD IDENTITY SCHEMA
		  "<facts>\n<fact name='x' xpath='1' required='1'/></facts></kind>",
		  "KND-901", "permit/kind.xml:6", "required='1'" },
		{ HEAD IDENTITY SCHEMA "<facts>\n<each name='x' xpath='1'><each name='y' "
				       "xpath='1'/></each></facts></kind>",
		  "KND-901", "permit/kind.xml:6", "'each' lacks its 'fact|each'" },
		{ HEAD IDENTITY "<schema file='none.xsd'/></kind>", "KND-903", "permit/kind.xml:4",
		  "the schema 'none.xsd' is not there" },
		{ HEAD IDENTITY "<schema file=''/></kind>", "KND-901", "permit/kind.xml:4",
		  "file is empty" },
		{ HEAD IDENTITY "<schema file='rules.sch'/></kind>", "KND-903",
		  "permit/rules.sch:1", "not xs:schema" },
		{ HEAD IDENTITY "<schema file='huge.xsd'/></kind>", "KND-904", "permit/huge.xsd:1",
		  "maxOccurs='1000000'" },
	};
	struct scratch *scratch = scratch_new();
	const char *folder = scratch_folder(scratch);
	struct kinds *kinds;
	struct failure why;

	(void)state;
	scratch_write(scratch, "permit/huge.xsd",
		      "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='a'>"
		      "<xs:complexType><xs:sequence><xs:element name='b' maxOccurs='1000000'/>"
		      "</xs:sequence></xs:complexType></xs:element></xs:schema>");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		write_permit(scratch, rows[i].kind);
		if (kinds_load(&kinds, &folder, 1, &why))
			fail_msg("%s\nis accepted", rows[i].kind);
		assert_null(kinds);
		assert_failure(&why, FAULT, rows[i].code, rows[i].place, rows[i].text);
	}
	kinds_free(NULL);
	scratch_free(scratch);
}

static void test_an_identification_belongs_to_one_kind(void **state)
{
	static const struct {
		const char *id, *version, *identity;
		bool clash;
	} rows[] = {
		{ "OTHER", "1", "<identify namespace='urn:permit:1' root='Permit'/>", true },
		{ "PERMIT", "2", "<identify namespace='urn:permit:1' root='Permit'/>", true },
		{ "PERMIT", "1", "<identify namespace='urn:permit:2' root='Permit'/>", true },
		{ "OTHER", "1", "<identify namespace='urn:permit:1' root='Licence'/>", false },
		{ "OTHER", "1", "<identify namespace='urn:permit:1' root='Permit' when='p:x'/>",
		  false },
	};
	struct scratch *scratch = scratch_new();
	const char *folder = scratch_folder(scratch);
	struct arena *arena = arena_new();
	struct kinds *kinds;
	struct failure why;

	(void)state;
	write_permit(scratch, permit_kind);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		scratch_write(scratch, "z/kind.xml",
			      simple_kind(arena, rows[i].id, rows[i].version, rows[i].identity));
		assert_int_equal(kinds_load(&kinds, &folder, 1, &why), !rows[i].clash);
		if (rows[i].clash)
			assert_failure(&why, FAULT, "KND-902", "z/kind.xml:1",
				       "is identified as PERMIT 1 is");
		kinds_free(kinds);
	}
	arena_free(arena);
	scratch_free(scratch);
}

static void test_an_external_schema_is_looked_for_and_the_kind_left_out_without(void **state)
{
	struct scratch *scratch = scratch_new();
	const char *folders[] = { scratch_path(scratch, "ours"), scratch_path(scratch, "theirs") };
	struct kinds *kinds;
	struct failure why;

	(void)state;
	scratch_write(scratch, "ours/permit/kind.xml",
		      HEAD IDENTITY "<schema file='permit.xsd' external='yes'/></kind>");
	assert_true(kinds_load(&kinds, folders, 1, &why));
	assert_int_equal(kinds_count(kinds), 0);
	assert_string_equal(kinds_left_out(kinds), "PERMIT (permit.xsd is not there)");
	kinds_free(kinds);

	scratch_write(scratch, "theirs/permit.xsd", permit_xsd);
	assert_true(kinds_load(&kinds, folders, 2, &why));
	assert_int_equal(kinds_count(kinds), 1);
	assert_string_equal(kinds_left_out(kinds), "");
	kinds_free(kinds);

	/* Found but broken is not the same as not found. */
	scratch_write(scratch, "theirs/permit.xsd", "<xs:schema");
	assert_false(kinds_load(&kinds, folders, 2, &why));
	assert_failure(&why, FAULT, "KND-903", "permit.xsd:1", "not well-formed");
	scratch_free(scratch);
}

static void test_a_folder_may_be_a_kind_itself_and_code_lists_are_joined(void **state)
{
	struct scratch *scratch = scratch_new();
	const char *folders[2];
	struct kinds *kinds;
	struct failure why;

	(void)state;
	write_permit(scratch, permit_kind);
	scratch_write(scratch, "permit/codes/own.xml",
		      "<codes xmlns='urn:nsw:codes:1' id='own'><code value='1'/></codes>");
	scratch_write(scratch, "more/codes/hs.xml",
		      "<codes xmlns='urn:nsw:codes:1' id='hs' extends='yes'><code value='0101'/>"
		      "</codes>");
	folders[0] = scratch_folder(scratch);
	folders[1] = scratch_path(scratch, "permit");
	/* The same kind met twice is told, not passed over. */
	assert_false(kinds_load(&kinds, folders, 2, &why));
	assert_failure(&why, FAULT, "COD-902", "own.xml:1", "the code list 'own'");

	folders[0] = scratch_path(scratch, "permit");
	folders[1] = scratch_path(scratch, "more");
	assert_false(kinds_load(&kinds, folders, 2, &why));
	assert_failure(&why, FAULT, "COD-901", "more/codes/hs.xml:1", "to extend");

	folders[0] = scratch_folder(scratch);
	assert_true(kinds_load(&kinds, folders, 1, &why));
	assert_true(codes_has(kinds_codes(kinds), "hs", "0101", 0));
	assert_true(codes_has(kinds_codes(kinds), "own", "1", 0));
	kinds_free(kinds);
	scratch_free(scratch);
}

static void test_a_folder_that_is_not_there_is_told(void **state)
{
	const char *folder = "/nonexistent/kinds";
	struct kinds *kinds;
	struct failure why;

	(void)state;
	assert_false(kinds_load(&kinds, &folder, 1, &why));
	assert_failure(&why, FAULT, "KND-901", "/nonexistent/kinds", "there is no such folder");
	assert_true(kinds_load(&kinds, NULL, 0, &why));
	assert_int_equal(kinds_count(kinds), 0);
	kinds_free(kinds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_kind_is_known_by_its_data_alone),
		cmocka_unit_test(test_what_is_kept_is_read_once),
		cmocka_unit_test(test_what_nobody_knows_is_told_what_it_is_near_to),
		cmocka_unit_test(test_conditions_narrow_and_versions_live_side_by_side),
		cmocka_unit_test(test_a_condition_that_does_not_hold_is_told),
		cmocka_unit_test(test_schema_and_rules_find_what_is_wrong),
		cmocka_unit_test(test_journal_rules_look_at_facts_alone),
		cmocka_unit_test(test_facts_are_gathered_as_the_kind_says),
		cmocka_unit_test(test_a_required_fact_that_is_missing_is_the_senders_to_mend),
		cmocka_unit_test(test_facts_have_a_limit_too),
		cmocka_unit_test(test_events_come_from_a_fact_or_from_the_role),
		cmocka_unit_test(test_questions_over_a_payload_use_the_kinds_prefixes),
		cmocka_unit_test(test_a_broken_kind_is_refused_with_file_and_line),
		cmocka_unit_test(test_an_identification_belongs_to_one_kind),
		cmocka_unit_test(
			test_an_external_schema_is_looked_for_and_the_kind_left_out_without),
		cmocka_unit_test(test_a_folder_may_be_a_kind_itself_and_code_lists_are_joined),
		cmocka_unit_test(test_a_folder_that_is_not_there_is_told),
	};

	document_setup();
	return cmocka_run_group_tests(tests, make_house, remove_house);
}
