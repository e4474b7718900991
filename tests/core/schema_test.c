#include "core/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/text.h"
#include "overhear.h"
#include "scratch.h"

#define XSD(inside)                                                                                \
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:d'"           \
	" xmlns='urn:d' elementFormDefault='qualified'>\n" inside "</xs:schema>"

static const char permit[] = XSD(
	"<xs:element name='Permit'><xs:complexType><xs:sequence>\n"
	" <xs:element name='ID' type='Id'/>\n"
	" <xs:element name='Kind' minOccurs='0'><xs:simpleType><xs:restriction base='xs:string'>\n"
	"  <xs:enumeration value='quarantine'/><xs:enumeration value='medicine'/>\n"
	" </xs:restriction></xs:simpleType></xs:element>\n"
	" <xs:choice minOccurs='0'><xs:element name='Weight' type='Weight'/>\n"
	"  <xs:element name='Count' type='xs:positiveInteger'/></xs:choice>\n"
	" <xs:element name='Item' maxOccurs='3'><xs:complexType><xs:sequence>\n"
	"  <xs:element name='Code'><xs:simpleType><xs:restriction base='xs:string'>\n"
	"   <xs:pattern value='[0-9]{8}'/></xs:restriction></xs:simpleType></xs:element>\n"
	"  <xs:element name='Date' type='xs:date' minOccurs='0'/>\n"
	" </xs:sequence></xs:complexType></xs:element>\n"
	" <xs:element name='Note' minOccurs='0' type='Name'/>\n"
	"</xs:sequence><xs:attribute name='version' use='required' type='xs:boolean'/>\n"
	"</xs:complexType>\n"
	"<xs:unique name='codes'><xs:selector xpath='Item' xmlns=''/><xs:field xpath='@x'/>"
	"</xs:unique></xs:element>\n"
	"<xs:simpleType name='Id'><xs:restriction base='xs:string'>\n"
	" <xs:minLength value='2'/><xs:maxLength value='5'/></xs:restriction></xs:simpleType>\n"
	"<xs:complexType name='Weight'><xs:simpleContent><xs:extension base='Kilograms'>\n"
	" <xs:attribute name='unit' use='required' "
	"type='Unit'/></xs:extension></xs:simpleContent>\n"
	"</xs:complexType>\n"
	"<xs:simpleType name='Unit'><xs:restriction base='xs:string'><xs:length value='3'/>\n"
	"</xs:restriction></xs:simpleType>\n"
	"<xs:simpleType name='Name'><xs:restriction base='xs:string'><xs:pattern value='[A-Z].*'/>"
	"<xs:maxLength value='3'/></xs:restriction></xs:simpleType>\n"
	"<xs:simpleType name='Kilograms'><xs:restriction base='xs:decimal'>\n"
	" <xs:minExclusive value='0'/><xs:maxInclusive value='1000'/>"
	"<xs:fractionDigits value='2'/></xs:restriction></xs:simpleType>\n");

static struct schema *load(struct scratch *scratch, const char *content)
{
	struct schema *schema;
	struct failure why;

	if (!schema_load(&schema, scratch_write(scratch, "permit.xsd", content),
			 scratch_folder(scratch), &why))
		fail_msg("%s: %s", why.place, why.text);
	return schema;
}

/* ---- verdicts and words ---------------------------------------------------------------- */

#define PERMIT(inside) "<Permit xmlns='urn:d' version='1'>\n" inside "</Permit>"
#define ITEM	       "<Item><Code>03061721</Code></Item>"

static const struct {
	const char *content;
	int line;
	const char *code, *text, *hint; /* NULL: valid; NULL: no hint */
} verdicts[] = {
	{ PERMIT("<ID>A1</ID>" ITEM), 0, NULL, NULL, NULL },
	{ PERMIT("<ID>A1</ID><Kind>medicine</Kind><Weight unit='KGM'>7.25</Weight>" ITEM ITEM), 0,
	  NULL, NULL, NULL },

	{ PERMIT("<ID>A1</ID>\n<Knd>medicine</Knd>" ITEM), 3, "XSD-010",
	  "Permit/Knd: the element does not belong here; expected is Kind, Weight, Count or Item",
	  "did you mean Kind?" },
	{ PERMIT("<ID>A1</ID>\n<Unknown/>" ITEM), 3, "XSD-010",
	  "Permit/Unknown: the element does not belong here; expected is Kind, Weight, Count or "
	  "Item",
	  "elements have a fixed order; compare with a sample" },
	{ PERMIT("<ID>A1</ID><Kind>medicine</Kind>\n<Kind>medicine</Kind>" ITEM), 3, "XSD-010",
	  "Permit/Kind: the element does not belong here; expected is Weight, Count or Item",
	  "it stands here more often than it may" },
	{ PERMIT("<ID>A1</ID>\n<Item xmlns=''/>" ITEM), 3, "XSD-010",
	  "Permit/Item: the element does not belong here; expected is Kind, Weight, Count or Item",
	  "the name is right, its namespace is not" },
	{ PERMIT("<ID>A1</ID>" ITEM ITEM ITEM "<Note>X</Note><x/>"), 2, "XSD-010",
	  "Permit/x: the element does not belong here; nothing more may follow",
	  "elements have a fixed order; compare with a sample" },
	{ PERMIT("<ID>A1</ID>\n<Item/>"), 3, "XSD-011",
	  "Permit/Item: it ends too early; missing is Code", NULL },
	{ PERMIT("<ID>A1</ID>"), 1, "XSD-011",
	  "Permit: it ends too early; missing is Kind, Weight, Count or Item", NULL },

	{ PERMIT("<ID>A1</ID>loose" ITEM), 1, "XSD-012",
	  "Permit: text stands between its elements, where there may be none", NULL },
	{ PERMIT("\n<ID><b/></ID>" ITEM), 3, "XSD-012", "Permit/ID: it may hold no elements",
	  NULL },

	{ PERMIT("<ID>A1</ID><Item>\n<Code>87A3</Code></Item>"), 3, "XSD-020",
	  "Permit/Item/Code: value \"87A3\" does not match [0-9]{8}", NULL },
	{ PERMIT("<ID>A</ID>" ITEM), 2, "XSD-020",
	  "Permit/ID: value \"A\" has 1 characters; at least 2 are needed", NULL },
	{ PERMIT("<ID>ABC DEF</ID>" ITEM), 2, "XSD-020",
	  "Permit/ID: value \"ABC DEF\" has 7 characters; at most 5 are needed", NULL },
	{ PERMIT("<ID>A1</ID><Kind>quarantin</Kind>" ITEM), 2, "XSD-020",
	  "Permit/Kind: value \"quarantin\" is not one of 'quarantine', 'medicine'",
	  "did you mean \"quarantine\"?" },
	{ PERMIT("<ID>A1</ID><Kind>x</Kind>" ITEM), 2, "XSD-020",
	  "Permit/Kind: value \"x\" is not one of 'quarantine', 'medicine'", NULL },
	{ PERMIT("<ID>A1</ID><Weight unit='KGM'>ten</Weight>" ITEM), 2, "XSD-020",
	  "Permit/Weight: value \"ten\" is not what belongs here (Kilograms)", NULL },
	{ PERMIT("<ID>A1</ID><Weight unit='KGM'>0</Weight>" ITEM), 2, "XSD-020",
	  "Permit/Weight: value \"0\" must be more than 0", NULL },
	{ PERMIT("<ID>A1</ID><Weight unit='KGM'>1000.5</Weight>" ITEM), 2, "XSD-020",
	  "Permit/Weight: value \"1000.5\" is more than 1000", NULL },
	{ PERMIT("<ID>A1</ID><Weight unit='KGM'>1.125</Weight>" ITEM), 2, "XSD-020",
	  "Permit/Weight: value \"1.125\" has more digits behind the point than 2", NULL },
	{ PERMIT("<ID>A1</ID><Weight unit='KG'>1</Weight>" ITEM), 2, "XSD-020",
	  "Permit/Weight/@unit: value \"KG\" has 2 characters; exactly 3 are needed", NULL },
	{ PERMIT("<ID>A1</ID><Count>0</Count>" ITEM), 2, "XSD-020",
	  "Permit/Count: value \"0\" is not a whole number from 1 on", NULL },
	{ PERMIT("<ID>A1</ID><Item><Code>03061721</Code><Date>26/2/14</Date></Item>"), 2, "XSD-020",
	  "Permit/Item/Date: value \"26/2/14\" is not a date (YYYY-MM-DD)", NULL },
	{ PERMIT("<ID>A1\nB2C3D4</ID>" ITEM), 2, "XSD-020",
	  "Permit/ID: value \"A1 B2C3D4\" has 9 characters; at most 5 are needed", NULL },

	{ PERMIT("<ID>A1</ID><Weight>1</Weight>" ITEM), 2, "XSD-030",
	  "Permit/Weight: its attribute unit is missing", NULL },
	{ PERMIT("<ID>A1</ID>\n<Item x='1'><Code>03061721</Code></Item>"), 3, "XSD-030",
	  "Permit/Item/@x: the attribute x is not allowed here", NULL },
	{ PERMIT("<ID x='1'>A1</ID>" ITEM), 2, "XSD-030",
	  "Permit/ID/@x: the attribute x is not allowed here", NULL },

	{ "\n<Parmit xmlns='urn:d'/>", 2, "XSD-040",
	  "Parmit: the schema does not know this root element", NULL },
	{ "<Permit/>", 1, "XSD-040", "Permit: the schema does not know this root element", NULL },
	{ "<Permit xmlns='urn:d' version='1' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
	  "<ID xsi:nil='true'>A1</ID>" ITEM "</Permit>",
	  1, "XSD-050", "Permit/ID: The element is not 'nillable'.", NULL },
	{ "<Permit xmlns='urn:d' version='1' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
	  "<ID xsi:type='Weight'>A1</ID>" ITEM "</Permit>",
	  1, "XSD-050", "Permit/ID/@type: The type definition '{urn:d}Weight'", NULL },
};

static void test_each_violation_is_one_finding_in_words(void **state)
{
	struct scratch *scratch = scratch_new();
	struct schema *schema = load(scratch, permit);
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
		struct document *document;
		struct findings findings;
		struct failure why;

		findings_start(&findings, arena);
		assert_true(document_parse(&document, "permit.xml", verdicts[i].content,
					   strlen(verdicts[i].content), &document_limits_message,
					   &why));
		assert_true(schema_validate(schema, document, &findings, &why));
		if (findings.errors != (verdicts[i].code != NULL))
			fail_msg("%zu findings for %s: %s | %s", findings.errors,
				 verdicts[i].content, findings.first ? findings.first->text : "",
				 findings.errors > 1 ? findings.first->next->text : "");
		if (verdicts[i].code != NULL) {
			assert_string_equal(findings.first->code, verdicts[i].code);
			if (strncmp(findings.first->text, verdicts[i].text,
				    strlen(verdicts[i].text)) != 0)
				assert_string_equal(findings.first->text, verdicts[i].text);
			assert_int_equal(findings.first->line, verdicts[i].line);
			assert_int_equal(findings.first->layer, 'S');
			assert_non_null(findings.first->text_vi);
			assert_string_not_equal(findings.first->text_vi, findings.first->text);
			if (verdicts[i].hint == NULL)
				assert_null(findings.first->hint);
			else
				assert_string_equal(findings.first->hint, verdicts[i].hint);
			assert_int_equal(findings.first->hint != NULL,
					 findings.first->hint_vi != NULL);
		}
		document_free(document);
	}
	arena_free(arena);
	schema_free(schema);
	scratch_free(scratch);
}

static struct findings findings_of(struct arena *arena, const struct schema *schema,
				   const char *content)
{
	struct document *document;
	struct findings findings;
	struct failure why;

	findings_start(&findings, arena);
	assert_true(document_parse(&document, "permit.xml", content, strlen(content),
				   &document_limits_message, &why));
	assert_true(schema_validate(schema, document, &findings, &why));
	document_free(document);
	return findings;
}

/* Where a document says its schema is, nobody looks: neither beside it nor in the network. */
static void test_a_document_brings_no_schema_of_its_own(void **state)
{
#define XSI "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
	static const struct {
		const char *document, *code;
	} rows[] = {
		{ "<Parmit xmlns='urn:d' " XSI "xsi:schemaLocation='urn:d %s'/>", "XSD-040" },
		{ "<Parmit xmlns='urn:e' " XSI "xsi:schemaLocation='urn:e %s'/>", "XSD-040" },
		{ "<Parmit " XSI "xsi:noNamespaceSchemaLocation='%s'/>", "XSD-040" },
		{ "<Permit version='1' xmlns='urn:d' " XSI "xsi:schemaLocation='urn:d %s'>"
		  "<ID>much too long</ID><Item><Code>03061721</Code></Item></Permit>",
		  "XSD-020" },
	};
#undef XSI
	static const char *const targets[] = { "urn:d", "urn:e", "" };
	struct scratch *scratch = scratch_new();
	struct schema *schema = load(scratch, permit);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *arena = arena_new();
		const char *target = targets[i % 3], *document;
		struct findings findings;
		char *content;

		content =
			arena_printf(arena,
				     "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'%s%s%s>"
				     "<xs:element name='Parmit'/></xs:schema>",
				     *target != '\0' ? " targetNamespace='" : "", target,
				     *target != '\0' ? "'" : "");
		document = rows[i].document;
		content = arena_printf(arena, "%.*s%s%s", (int)(strstr(document, "%s") - document),
				       document, scratch_write(scratch, "theirs.xsd", content),
				       strstr(document, "%s") + 2);
		findings = findings_of(arena, schema, content);
		if (findings.errors != 1 || strcmp(findings.first->code, rows[i].code) != 0)
			fail_msg("%s: %zu, %s", content, findings.errors,
				 findings.errors != 0 ? findings.first->text : "nothing");
		arena_free(arena);
	}
	schema_free(schema);
	scratch_free(scratch);
}

static void test_all_violations_are_found_in_one_pass(void **state)
{
	static const char *const expected[] = { "XSD-030", "XSD-020", "XSD-020",
						"XSD-020", "XSD-020", "XSD-011" };
	struct scratch *scratch = scratch_new();
	struct schema *schema = load(scratch, permit);
	struct arena *arena = arena_new();
	struct findings findings =
		findings_of(arena, schema,
			    "<Permit xmlns='urn:d'><ID>A</ID><Kind>x</Kind><Item><Code>1</Code>"
			    "<Date>x</Date></Item><Item/></Permit>");
	size_t i = 0;

	(void)state;
	assert_int_equal(findings.errors, 6);
	for (struct finding *at = findings.first; at != NULL; at = at->next)
		assert_string_equal(at->code, expected[i++]);
	arena_free(arena);
	schema_free(schema);
	scratch_free(scratch);
}

static void test_two_facets_of_one_value_are_two_reasons(void **state)
{
	struct scratch *scratch = scratch_new();
	struct schema *schema = load(scratch, permit);
	struct arena *arena = arena_new();
	struct findings findings =
		findings_of(arena, schema, PERMIT("<ID>A1</ID>" ITEM "<Note>lower</Note>"));

	(void)state;
	assert_int_equal(findings.errors, 2);
	assert_non_null(strstr(findings.first->text, "at most 3"));
	assert_non_null(strstr(findings.first->next->text, "does not match [A-Z].*"));
	arena_free(arena);
	schema_free(schema);
	scratch_free(scratch);
}

static void test_keys_must_be_unique(void **state)
{
	static const char content[] = XSD(
		"<xs:element name='a'><xs:complexType><xs:sequence><xs:element name='b' "
		"maxOccurs='9'>"
		"<xs:complexType><xs:attribute "
		"name='n'/></xs:complexType></xs:element></xs:sequence>"
		"</xs:complexType><xs:unique name='u' xmlns:d='urn:d'><xs:selector xpath='d:b'/>"
		"<xs:field xpath='@n'/></xs:unique></xs:element>");
	struct scratch *scratch = scratch_new();
	struct schema *schema = load(scratch, content);
	struct arena *arena = arena_new();
	struct findings findings =
		findings_of(arena, schema, "<a xmlns='urn:d'><b n='1'/>\n<b n='1'/></a>");

	(void)state;
	assert_int_equal(findings.errors, 1);
	assert_string_equal(findings.first->code, "XSD-060");
	assert_int_equal(findings.first->line, 2);
	assert_non_null(strstr(findings.first->text, "a/b: Duplicate key-sequence ['1']"));
	arena_free(arena);
	schema_free(schema);
	scratch_free(scratch);
}

static const char numbers[] =
	XSD("<xs:element name='a'><xs:complexType><xs:sequence><xs:element name='b' type='xs:int'"
	    " maxOccurs='unbounded'/></xs:sequence></xs:complexType></xs:element>");

static void test_beyond_what_is_kept_violations_are_only_counted(void **state)
{
	struct scratch *scratch = scratch_new();
	struct schema *schema = load(scratch, numbers);
	struct arena *arena = arena_new();
	struct text document = TEXT_EMPTY;
	struct findings findings;

	(void)state;
	text_add(&document, "<a xmlns='urn:d'>");
	for (int i = 0; i < 5000; i++)
		text_add(&document, "<b>x</b>");
	text_add(&document, "</a>");
	findings = findings_of(arena, schema, document.bytes);
	assert_int_equal(findings.errors, 5000);
	assert_true(arena_size(arena) < 200000);
	text_free(&document);
	arena_free(arena);
	schema_free(schema);
	scratch_free(scratch);
}

/* CPU milliseconds for a document with so many mistakes; the best of three. */
static double cost(const struct schema *schema, int mistakes)
{
	struct text content = TEXT_EMPTY;
	double best = 0;

	text_add(&content, "<a xmlns='urn:d'>");
	for (int i = 0; i < mistakes; i++)
		text_add(&content, "<b>x</b>");
	text_add(&content, "</a>");
	for (int i = 0; i < 3; i++) {
		struct arena *arena = arena_new();
		clock_t before = clock();
		double took;

		findings_of(arena, schema, content.bytes);
		took = (double)(clock() - before) * 1000 / CLOCKS_PER_SEC;
		best = i == 0 || took < best ? took : best;
		arena_free(arena);
	}
	text_free(&content);
	return best;
}

static void test_mistakes_cost_in_proportion_to_their_number(void **state)
{
	struct scratch *scratch = scratch_new();
	struct schema *schema = load(scratch, numbers);
	double few = cost(schema, 5000), many = cost(schema, 40000);

	(void)state;
	/* Eight times the mistakes; the square of that would be 64. */
	if (many > 24 * few)
		fail_msg("5000 mistakes: %.1f ms, 40000: %.1f ms", few, many);
	schema_free(schema);
	scratch_free(scratch);
}

/* ---- loading ---------------------------------------------------------------------------- */

static void test_files_beside_it_are_joined(void **state)
{
	struct scratch *scratch = scratch_new();
	struct schema *schema;
	struct arena *arena = arena_new();
	struct failure why;

	(void)state;
	scratch_write(scratch, "common/Sub folder/type.xsd",
		      "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'"
		      " targetNamespace='urn:t'>"
		      "<xs:import namespace='urn:d' schemaLocation='../../kind/d.xsd'/>"
		      "<xs:simpleType name='T'><xs:restriction base='xs:int'/></xs:simpleType>"
		      "</xs:schema>");
	scratch_write(scratch, "kind/d.xsd",
		      XSD("<xs:import namespace='urn:t' "
			  "schemaLocation='../common/Sub%20folder/type.xsd'/>"
			  "<xs:element name='a' xmlns:t='urn:t' type='t:T'/>"));
	if (!schema_load(&schema, scratch_path(scratch, "kind/d.xsd"), scratch_folder(scratch),
			 &why))
		fail_msg("%s: %s", why.place, why.text);
	assert_int_equal(findings_of(arena, schema, "<a xmlns='urn:d'>7</a>").errors, 0);
	assert_int_equal(findings_of(arena, schema, "<a xmlns='urn:d'>x</a>").errors, 1);
	schema_free(schema);
	schema_free(NULL);

	/* The same files with a narrower folder: what is outside is not reached. */
	assert_false(schema_load(&schema, scratch_path(scratch, "kind/d.xsd"),
				 scratch_path(scratch, "kind"), &why));
	assert_failure(&why, FAULT, "KND-904", "d.xsd:2", "leads out of");
	arena_free(arena);
	scratch_free(scratch);
}

#define TIMES(occurs)                                                                              \
	XSD("<xs:element name='a'><xs:complexType><xs:sequence>\n<xs:element name='b' " occurs     \
	    "/></xs:sequence></xs:complexType></xs:element>")

static void test_broken_and_unbounded_schemas_are_refused_with_file_and_line(void **state)
{
	static const struct {
		const char *content, *code, *place, *text;
	} rows[] = {
		{ "<xs:schema", "KND-903", "permit.xsd:1", "not well-formed" },
		{ "<schema/>", "KND-903", "permit.xsd:1", "the root is 'schema', not xs:schema" },
		{ XSD("\n<xs:element name='a' type='Nowhere'/>"), "KND-903", "permit.xsd:3",
		  "Nowhere" },
		{ XSD("<xs:elment name='a'/>"), "KND-903", "permit.xsd:2", "content is not valid" },
		{ XSD("\n<xs:include schemaLocation='none.xsd'/>"), "KND-903", "permit.xsd:3",
		  "'none.xsd' is not there" },

		{ "<!DOCTYPE s [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><s/>", "KND-904",
		  "permit.xsd:1", "DOCTYPE" },
		{ XSD("<xs:import namespace='urn:x' schemaLocation='http://example.org/x.xsd'/>"),
		  "KND-904", "permit.xsd:2", "only files beside the schema" },
		{ XSD("<xs:include schemaLocation='file:///etc/passwd'/>"), "KND-904",
		  "permit.xsd:2", "only files beside the schema" },
		{ XSD("<xs:include schemaLocation='/etc/passwd'/>"), "KND-904", "permit.xsd:2",
		  "only files beside the schema" },
		{ XSD("<xs:include schemaLocation='//host/x.xsd'/>"), "KND-904", "permit.xsd:2",
		  "only files beside the schema" },
		{ XSD("<xs:include schemaLocation='../../../../../../../etc/passwd'/>"), "KND-904",
		  "permit.xsd:2", "leads out of" },
		{ XSD("<xs:redefine schemaLocation='%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd'/"
		      ">"),
		  "KND-904", "permit.xsd:2", "leads out of" },
		{ TIMES("maxOccurs='100001'"), "KND-904", "permit.xsd:3",
		  "maxOccurs='100001'; at most 100000, or unbounded" },
		{ TIMES("maxOccurs='99999999999999999999999'"), "KND-904", "permit.xsd:3",
		  "at most 100000" },
		{ TIMES("minOccurs='100001' maxOccurs='unbounded'"), "KND-904", "permit.xsd:3",
		  "minOccurs='100001'" },
		{ XSD("<xs:element name='a'><xs:complexType/><xs:key name='k'><xs:selector "
		      "xpath='b'/>"
		      "<xs:field xpath='@n'/></xs:key>\n<xs:keyref name='r' refer='k'>"
		      "<xs:selector xpath='c'/><xs:field xpath='@n'/></xs:keyref></xs:element>"),
		  "KND-904", "permit.xsd:3", "xs:keyref costs the square" },
	};
	struct scratch *scratch = scratch_new();
	struct schema *schema;
	struct failure why;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *path = scratch_write(scratch, "permit.xsd", rows[i].content);

		if (schema_load(&schema, path, scratch_folder(scratch), &why))
			fail_msg("%s\nis accepted", rows[i].content);
		assert_null(schema);
		assert_failure(&why, FAULT, rows[i].code, rows[i].place, rows[i].text);
	}
	assert_false(schema_load(&schema, scratch_path(scratch, "none.xsd"),
				 scratch_folder(scratch), &why));
	assert_failure(&why, FAULT, "KND-903", "none.xsd", "is not there");
	scratch_free(scratch);
}

static void test_the_largest_bounds_are_accepted(void **state)
{
	struct scratch *scratch = scratch_new();

	(void)state;
	schema_free(load(scratch, TIMES("maxOccurs='100000'")));
	schema_free(load(scratch, TIMES("minOccurs='0' maxOccurs='unbounded'")));
	scratch_free(scratch);
}

/* A schema of `files` files in a row and `keys` unique constraints. */
static bool loads(int files, int keys, struct failure *why)
{
	struct scratch *scratch = scratch_new();
	struct text content = TEXT_EMPTY;
	struct schema *schema;
	char name[32];
	bool done;

	for (int i = 1; i < files; i++) {
		snprintf(name, sizeof name, "f%d.xsd", i);
		text_clear(&content);
		text_printf(&content, "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' "
				      "targetNamespace='urn:d'>");
		if (i + 1 < files)
			text_printf(&content, "<xs:include schemaLocation='f%d.xsd'/>", i + 1);
		text_add(&content, "</xs:schema>");
		scratch_write(scratch, name, content.bytes);
	}
	text_clear(&content);
	text_add(&content, "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' "
			   "targetNamespace='urn:d'>");
	if (files > 1)
		text_add(&content, "<xs:include schemaLocation='f1.xsd'/>");
	text_add(&content, "<xs:element name='a'><xs:complexType/>");
	for (int i = 0; i < keys; i++)
		text_printf(&content,
			    "<xs:unique name='u%d'><xs:selector xpath='*'/><xs:field xpath='@n'/>"
			    "</xs:unique>",
			    i);
	text_add(&content, "</xs:element></xs:schema>");
	done = schema_load(&schema, scratch_write(scratch, "f0.xsd", content.bytes),
			   scratch_folder(scratch), why);
	schema_free(schema);
	text_free(&content);
	scratch_free(scratch);
	return done;
}

static void test_files_and_constraints_have_a_limit(void **state)
{
	struct failure why;

	(void)state;
	assert_true(loads(SCHEMA_FILES, SCHEMA_CONSTRAINTS, &why));
	assert_false(loads(SCHEMA_FILES + 1, 1, &why));
	assert_failure(&why, FAULT, "KND-904", "f99.xsd:1", "more than 100 files");
	assert_false(loads(1, SCHEMA_CONSTRAINTS + 1, &why));
	assert_failure(&why, FAULT, "KND-904", "f0.xsd:1", "more than 16 identity constraints");
}

static void test_a_link_out_of_the_folder_leads_nowhere(void **state)
{
	struct scratch *scratch = scratch_new();
	struct schema *schema;
	struct failure why;

	(void)state;
	scratch_write(scratch, "outside.xsd", XSD(""));
	scratch_write(scratch, "in/d.xsd", XSD("<xs:include schemaLocation='link.xsd'/>"));
	assert_int_equal(symlink("../outside.xsd", scratch_path(scratch, "in/link.xsd")), 0);
	assert_false(schema_load(&schema, scratch_path(scratch, "in/d.xsd"),
				 scratch_path(scratch, "in"), &why));
	assert_failure(&why, FAULT, "KND-904", "d.xsd:2", "leads out of");
	scratch_free(scratch);
}

/* ---- what libxml2 misreads -------------------------------------------------------------- */

#define PATTERN(value)                                                                             \
	XSD("<xs:simpleType name='T'><xs:restriction base='xs:string'>\n<xs:pattern value='" value \
	    "'/></xs:restriction></xs:simpleType>")

static void test_patterns_that_libxml2_misreads_are_logged(void **state)
{
	static const struct {
		const char *content;
		bool told;
	} rows[] = {
		{ PATTERN("[\\P{Cc}\\s]*"), true }, { PATTERN("[a-z\\S]"), true },
		{ PATTERN("x[\\W_]y"), true },	    { PATTERN("[\\P{Cc}]*"), false },
		{ PATTERN("\\P{Cc}\\s"), false },   { PATTERN("[\\p{L}\\s]*"), false },
		{ PATTERN("[0-9]{8}"), false },	    { PATTERN("\\S+"), false },
	};

	struct scratch *scratch = scratch_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct schema *schema;
		char *heard;

		overhear();
		schema = load(scratch, rows[i].content);
		heard = overheard();
		if ((strstr(heard, "permit.xsd:3") != NULL) != rows[i].told)
			fail_msg("%s: '%s'", rows[i].content, heard);
		free(heard);
		schema_free(schema);
	}
	scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_violation_is_one_finding_in_words),
		cmocka_unit_test(test_a_document_brings_no_schema_of_its_own),
		cmocka_unit_test(test_all_violations_are_found_in_one_pass),
		cmocka_unit_test(test_two_facets_of_one_value_are_two_reasons),
		cmocka_unit_test(test_keys_must_be_unique),
		cmocka_unit_test(test_beyond_what_is_kept_violations_are_only_counted),
		cmocka_unit_test(test_mistakes_cost_in_proportion_to_their_number),
		cmocka_unit_test(test_files_beside_it_are_joined),
		cmocka_unit_test(test_broken_and_unbounded_schemas_are_refused_with_file_and_line),
		cmocka_unit_test(test_the_largest_bounds_are_accepted),
		cmocka_unit_test(test_files_and_constraints_have_a_limit),
		cmocka_unit_test(test_a_link_out_of_the_folder_leads_nowhere),
		cmocka_unit_test(test_patterns_that_libxml2_misreads_are_logged),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
