/* What declarations refer to: permits, certificates and manifests, judged on the day. */
#include <libxml/parser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/kind.h"
#include "core/text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static struct kinds *kinds;

static int load(void **state)
{
	static const char *const folders[] = { "schemas" };
	struct failure why;
	char line[1024];

	(void)state;
	document_setup();
	if (kinds_load(&kinds, folders, COUNT_OF(folders), &why))
		return 0;
	print_error("%s\n", failure_line(&why, line, sizeof line));
	return -1;
}

static int unload(void **state)
{
	(void)state;
	kinds_free(kinds);
	return 0;
}

/* ---- what a declaration refers to ------------------------------------------------------- */

static const char *asked(struct arena *arena, const struct question *question, xmlNodePtr node)
{
	const char *answer = "";
	struct failure why;

	if (question != NULL && !question_string(question, node, 0, arena, &answer, &why))
		fail_msg("%s", why.text);
	return answer;
}

/* "permit GP-1 12 H87; manifest BL-1; ", as the journal will look them up. */
static const char *referred(struct arena *arena, const struct kind *kind, const struct facts *facts)
{
	const struct kind_reference *references;
	size_t count = kind_references(kind, &references);
	const char *all = "";

	for (size_t i = 0; i < count; i++) {
		struct failure why;
		xmlNodePtr *nodes;
		size_t found;

		if (!question_nodes(references[i].fact, facts_root(facts), 0, arena, &nodes, &found,
				    &why))
			fail_msg("%s", why.text);
		for (size_t node = 0; node < found; node++)
			all = arena_printf(arena, "%s%s %s %s%s; ", all, references[i].what,
					   node_text(arena, nodes[node]),
					   asked(arena, references[i].quantity, nodes[node]),
					   asked(arena, references[i].unit, nodes[node]));
	}
	return all;
}

static struct facts *facts_of(struct arena *arena, const char *id, const char *path)
{
	struct document *document;
	struct failure why;
	struct facts *facts;

	if (!document_read(&document, path, &document_limits_data, &why) ||
	    !kind_facts(kinds_named(kinds, id), document, 0, arena, &facts, &why))
		fail_msg("%s: %s", path, why.text);
	document_free(document);
	return facts;
}

static void test_a_declaration_refers_to_certificates_permits_and_bills(void **state)
{
	static const struct {
		const char *id, *sample, *refers;
	} rows[] = {
		/* Foreign certificates of health are permits too: the rules tell them apart. */
		{ "DEC-IMP", "shrimp-thailand-2018",
		  "certificate TH-D-2018-000815 18000KGM; certificate TH-D-2018-000815 20000KGM; "
		  "permit TH-VC-2018-00187 18000KGM; permit TH-VC-2018-00188 20000KGM; "
		  "manifest XMPL-LCH-180308-03 ; " },
		{ "DEC-IMP", "motorcycles-japan",
		  "permit MOIT-PERMIT-NUMBER 12H87; manifest XMPL-YOK-151128-01 ; " },
		/* A certificate of another agreement is none of the partners'. */
		{ "DEC-IMP", "fruit-china",
		  "permit CN-PC-450122014-0331 9000KGM; permit CN-PC-450122014-0331 8000KGM; " },
		{ "DEC-EXP", "coffee-singapore", "" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *folder = strcmp(rows[i].id, "DEC-IMP") == 0 ? "dec-imp" : "dec-exp";
		const char *path =
			arena_printf(arena, "schemas/%s/samples/%s.xml", folder, rows[i].sample);

		assert_string_equal(referred(arena, kinds_named(kinds, rows[i].id),
					     facts_of(arena, rows[i].id, path)),
				    rows[i].refers);
	}
	arena_free(arena);
}

static void test_what_is_to_be_paid_and_how_is_among_the_facts(void **state)
{
	struct arena *arena = arena_new();
	struct facts *facts =
		facts_of(arena, "DEC-IMP", "schemas/dec-imp/samples/nswpay-thailand.xml");
	struct text due = TEXT_EMPTY;

	(void)state;
	text_add(&due, facts_get(facts, "payment"));
	for (xmlNodePtr duty = child_named(facts_root(facts), "duty"); duty != NULL;
	     duty = next_named(duty, "duty"))
		text_printf(&due, " %s:%s:%s:%s", child_text(arena, duty, "item"),
			    child_text(arena, duty, "type"), child_text(arena, duty, "method"),
			    child_text(arena, duty, "amount"));
	assert_string_equal(due.bytes,
			    "NSW 1:IMP:D:0 1:VAT:D:200879901 2:IMP:D:0 2:VAT:D:145023279");
	assert_string_equal(facts_get(facts, "mass"), "41800");
	text_free(&due);
	facts = facts_of(arena, "DEC-IMP", "schemas/dec-imp/samples/shrimp-thailand.xml");
	assert_null(facts_get(facts, "payment"));
	arena_free(arena);
}

/* ---- one judgement ---------------------------------------------------------------------- */

struct judgement {
	const char *on;	   /* the day */
	const char *facts; /* inside <case> */
	const char *codes; /* of what is found, in order; a warning in parentheses */
};

static const char *codes_of(struct arena *arena, const struct findings *findings)
{
	struct text codes = TEXT_EMPTY;
	const char *copy;

	text_add(&codes, "");
	for (const struct finding *at = findings->first; at != NULL; at = at->next) {
		assert_non_null(at->text_vi);
		assert_non_null(at->hint);
		assert_non_null(at->hint_vi);
		text_printf(&codes, "%s%s%s%s", codes.length > 0 ? " " : "", at->warning ? "(" : "",
			    at->code, at->warning ? ")" : "");
	}
	copy = arena_string(arena, codes.bytes);
	text_free(&codes);
	return copy;
}

static void check(const char *id, const struct judgement *row)
{
	struct arena *arena = arena_new();
	const char *facts = arena_printf(arena, "<case state='' version='1'>%s</case>", row->facts);
	xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, XML_PARSE_NONET);
	struct findings findings;
	struct failure why;
	gateway_time at;

	assert_non_null(tree);
	assert_true(time_parse(row->on, &at, NULL));
	findings_start(&findings, arena);
	if (!kind_check_journal(kinds_named(kinds, id), tree, at, &findings, &why))
		fail_msg("%s: %s", why.place, why.text);
	if (strcmp(codes_of(arena, &findings), row->codes) != 0)
		fail_msg("on %s: %s, not %s: %s", row->on, codes_of(arena, &findings), row->codes,
			 facts);
	xmlFreeDoc(tree);
	arena_free(arena);
}

static void check_all(const char *id, const struct judgement *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(id, &rows[i]);
}

#define IMPORT(rest)                                                                               \
	"<message><function>9</function><importer>9900000016</importer>"                           \
	"<importer-name>Example Importer Ltd</importer-name><exporter>Example Farms</exporter>"    \
	"<mode>4</mode><type>A11</type><office>03CC</office>" rest "</message>"

/* ---- permits ---------------------------------------------------------------------------- */

#define PROOF(type, class, id, from, country, quantity)                                            \
	"<proof><type>" type "</type><id>" id                                                      \
	"</id><class>" class "</class>" from country "<quantity unit='H87'>" quantity              \
			     "</quantity></proof>"
#define CITED(from, country) PROOF("911", "permit", "GP-1", from, country, "12")
#define MOTORCYCLES(proof)                                                                         \
	IMPORT("<item><sequence>1</sequence><hs>87114090</hs><origin>JP</origin>" proof "</item>")
#define MOTORCYCLE MOTORCYCLES(CITED("", ""))
#define GRANTED	   PERMIT("APPROVED", "0", "9900000016", "2016-06-01", "87114020", "12")
#define PERMIT(state, used, holder, until, hs, quantity)                                           \
	"<known what='permit' value='GP-1' kind='LPA' state='" state "' used='" used "'><facts>"   \
	"<applicant>" holder "</applicant><item><hs>" hs "</hs><origin>JP</origin>"                \
	"<quantity unit='H87'>" quantity "</quantity></item></facts>"                              \
	"<issued type='911' id='GP-1' from='2015-12-01' until='" until "'/></known>"

static void test_a_permit_must_be_the_importers_and_cover_what_comes(void **state)
{
#define DAY "2015-12-08"
	static const struct judgement rows[] = {
		{ DAY, MOTORCYCLE GRANTED, "" },
		{ DAY, MOTORCYCLE PERMIT("PART_USED", "5", "9900000016", "", "87114090", "17"),
		  "" },
		{ DAY, MOTORCYCLE PERMIT("PART_USED", "6", "9900000016", "", "87114090", "17"),
		  "LPC-03" },
		{ DAY, MOTORCYCLE PERMIT("EXHAUSTED", "0", "9900000016", "", "87114090", "17"),
		  "LPC-03" },
		{ DAY, MOTORCYCLE PERMIT("APPROVED", "0", "9900000016", "", "87112090", "12"),
		  "LPC-05" },
		{ DAY,
		  MOTORCYCLE PERMIT("APPROVED", "0", "9900000016", "2015-12-07", "87114090", "12"),
		  "LPC-06" },
		{ DAY, MOTORCYCLE PERMIT("APPROVED", "0", "9900000016", DAY, "87114090", "12"),
		  "" },
		{ "2015-11-30", MOTORCYCLE GRANTED, "LPC-06" },
		{ DAY, MOTORCYCLE PERMIT("REVOKED", "0", "9900000016", "", "87114090", "12"),
		  "LPC-09" },
		{ DAY, MOTORCYCLE PERMIT("SUSPENDED", "0", "9900000016", "", "87114090", "12"),
		  "LPC-09" },
		{ DAY, MOTORCYCLES(PROOF("856", "permit", "GP-1", "", "", "12")) GRANTED,
		  "LPC-02" },
		{ DAY,
		  IMPORT("<item><sequence>1</sequence><hs>87114090</hs><origin>TH</origin>" CITED(
			  "", "") "</item>") GRANTED,
		  "LPC-05" },
		/* Two items write the same permit off. */
		{ DAY,
		  IMPORT("<item><hs>87114090</hs><origin>JP</origin>" CITED(
			  "", "") "</item><item><hs>87114090</hs><origin>JP</"
				  "origin>" CITED("", "") "</item>")
			  PERMIT("APPROVED", "0", "9900000016", "", "87114090", "20"),
		  "LPC-03 LPC-03" },
	};

	(void)state;
	check_all("DEC-IMP", rows, COUNT_OF(rows));
}

static void test_somebody_elses_permit_reads_like_one_that_does_not_exist(void **state)
{
	static const char *const others[] = {
		MOTORCYCLE, MOTORCYCLE PERMIT("APPROVED", "0", "9900000023", "", "87114090", "12")
	};
	struct arena *arena = arena_new();
	const char *text[COUNT_OF(others)];
	gateway_time at;

	(void)state;
	assert_true(time_parse(DAY, &at, NULL));
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		const char *facts = arena_printf(arena, "<case state=''>%s</case>", others[i]);
		xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, 0);
		struct findings findings;
		struct failure why;

		check("DEC-IMP", &(struct judgement){ DAY, others[i], "LPC-04" });
		findings_start(&findings, arena);
		assert_true(kind_check_journal(kinds_named(kinds, "DEC-IMP"), tree, at, &findings,
					       &why));
		text[i] = findings.first->text;
		xmlFreeDoc(tree);
	}
	assert_string_equal(text[0], text[1]);
	arena_free(arena);
}

#define FROM(day)   "<from>" day "</from>"
#define OF(country) "<country>" country "</country>"
#define CHICKEN(from, country)                                                                     \
	IMPORT("<item><hs>02071499</hs><origin>BR</origin>" PROOF("853", "permit", "TY-1", from,   \
								  country, "1") "</item>")

static void test_a_permit_must_be_known_once_its_ministry_is_connected(void **state)
{
	static const struct judgement rows[] = {
		/* Quarantine joins on 1 December 2015. */
		{ "2015-11-30", CHICKEN("", OF("VN")), "" },
		{ "2015-12-01", CHICKEN("", OF("VN")), "LPC-04" },
		{ "2015-12-01", CHICKEN("", ""), "LPC-04" },
		{ "2015-12-01", CHICKEN(FROM("2015-12-01"), OF("VN")), "LPC-04" },
		/* On paper from before, and from abroad. */
		{ "2015-12-01", CHICKEN(FROM("2015-11-30"), OF("VN")), "" },
		{ "2015-12-01", CHICKEN(FROM("2015-12-01"), OF("BR")), "" },
		/* For all of the consignment. */
		{ "2015-12-01",
		  IMPORT("<paper><type>853</type><id>TY-1</id><class>permit</class></paper>"
			 "<item><hs>02071499</hs><origin>BR</origin></item>"),
		  "LPC-04" },
		/* No procedure issues such a thing for such goods. */
		{ "2015-12-01",
		  IMPORT("<item><hs>84834090</hs><origin>JP</origin>" PROOF("853", "permit", "TY-1",
									    "", "", "1") "</item>"),
		  "" },
	};

	(void)state;
	check_all("DEC-IMP", rows, COUNT_OF(rows));
}

static void test_an_export_uses_permits_for_exports(void **state)
{
#define EXPORT                                                                                     \
	"<message><function>9</function><exporter>9900000023</exporter><item><sequence>1"          \
	"</sequence><hs>29037100</hs><origin>VN</origin>" PROOF("811", "permit", "XK-1", "", "",   \
								"12") "</item></message>"
#define LICENCE(holder, quantity)                                                                  \
	"<known what='permit' value='XK-1' kind='LPA' state='APPROVED' used='0'><facts>"           \
	"<applicant>" holder "</applicant><item><hs>29037100</hs><quantity unit='H87'>" quantity   \
	"</quantity></item></facts><issued type='811' id='XK-1' from='' until=''/></known>"
	static const struct judgement rows[] = {
		{ DAY, EXPORT LICENCE("9900000023", "12"), "" },
		{ DAY, EXPORT LICENCE("9900000023", "11"), "LPC-03" },
		{ DAY, EXPORT LICENCE("9900000016", "12"), "LPC-04" },
		{ DAY, EXPORT, "LPC-04" },
		{ "2014-02-25", EXPORT, "" },
	};

	(void)state;
	check_all("DEC-EXP", rows, COUNT_OF(rows));
}

/* ---- certificates of origin ------------------------------------------------------------- */

#define CLAIM(origin, from, country)                                                               \
	IMPORT("<item><sequence>1</sequence><hs>03061721</hs><origin>" origin                      \
	       "</origin><regime>B04</regime><proof><type>861</type><id>TH-D-1</id>"               \
	       "<class>origin</class>" from country                                                \
	       "<quantity unit='KGM'>18000</quantity></proof></item>")
#define CLAIMED CLAIM("TH", FROM("2018-03-07"), OF("TH"))
#define FORM_D(state, used, until, exporter, consignee, hs, origin, quantity)                      \
	"<known what='certificate' value='TH-D-1' kind='COO-ISS' state='" state "' used='" used    \
	"'><facts><exporter>" exporter "</exporter><consignee>" consignee                          \
	"</consignee><until>" until "</until><exported-from>" origin                               \
	"</exported-from><item><hs>" hs "</hs><origin>" origin                                     \
	"</origin><quantity unit='KGM'>" quantity "</quantity></item></facts></known>"
#define GOOD(state, used, quantity)                                                                \
	FORM_D(state, used, "2019-03-06", "EXAMPLE  FARMS.", "Example Importer Ltd", "030617",     \
	       "TH", quantity)

static void test_paper_proves_origin_until_the_partner_is_live(void **state)
{
	static const struct judgement rows[] = {
		{ "2014-02-26", CLAIM("TH", FROM("2014-02-20"), OF("TH")), "" },
		{ "2014-02-26", CLAIM("TH", "", OF("TH")), "COO-01" },
		{ "2014-02-26", CLAIM("TH", FROM("2014-02-20"), ""), "COO-01" },
		{ "2014-02-26", CLAIM("TH", FROM("2014-02-20"), OF("MY")), "COO-01" },
		{ "2015-09-08", CLAIM("TH", FROM("2015-09-02"), OF("TH")), "" },
		{ "2017-12-31", CLAIM("TH", FROM("2017-12-30"), OF("TH")), "" },
		/* From 1 January 2018 the electronic one; what was issued before may be paper. */
		{ "2018-01-01", CLAIM("TH", FROM("2017-12-31"), OF("TH")), "" },
		{ "2018-01-01", CLAIM("TH", FROM("2018-01-01"), OF("TH")), "COO-10" },
		{ "2018-03-12", CLAIM("TH", "", ""), "COO-10" },
		{ "2018-03-12", CLAIMED, "COO-10" },
		/* Brunei joins in 2019. */
		{ "2018-03-12", CLAIM("BN", FROM("2018-03-07"), OF("BN")), "" },
		/* Another agreement has nothing to do with it. */
		{ "2018-03-12",
		  IMPORT("<item><hs>08081000</hs><origin>CN</origin><regime>B05</regime><proof>"
			 "<type>861</type><id>E-1</id><class>origin</class></proof></item>"),
		  "" },
		/* One for the whole consignment. */
		{ "2018-03-12",
		  IMPORT("<paper><type>861</type><id>TH-D-1</id><class>origin</class></paper>"
			 "<item><hs>03061721</hs><origin>TH</origin><regime>B04</regime></item>"),
		  "COO-10" },
		{ "2018-03-12",
		  IMPORT("<paper><type>861</type><id>TH-D-1</id><class>origin</class><quantity "
			 "unit='KGM'>18000</quantity></paper><item><hs>03061721</hs><origin>TH"
			 "</origin><regime>B04</regime></item>") GOOD("RECEIVED", "0", "18000"),
		  "" },
	};

	(void)state;
	check_all("DEC-IMP", rows, COUNT_OF(rows));
}

static void test_an_electronic_certificate_must_hold_cover_and_have_enough_left(void **state)
{
#define LIVE "2018-03-12"
#define NAMES(exporter, consignee)                                                                 \
	FORM_D("RECEIVED", "0", "2019-03-06", exporter, consignee, "030617", "TH", "18000")
	static const struct judgement rows[] = {
		{ LIVE, CLAIMED GOOD("RECEIVED", "0", "18000"), "" },
		{ LIVE, CLAIM("TH", "", "") GOOD("PARTIAL", "20000", "38000"), "" },
		{ LIVE, CLAIMED GOOD("PARTIAL", "20000.5", "38000"), "COO-04" },
		{ LIVE, CLAIMED GOOD("UTILISED", "18000", "18000"), "COO-04" },
		{ LIVE, CLAIMED GOOD("CANCELLED", "0", "18000"), "COO-12" },
		{ LIVE, CLAIMED GOOD("REJECTED", "0", "18000"), "COO-12" },
		{ LIVE, CLAIMED GOOD("NOT_UTILISED", "0", "18000"), "COO-12" },
		{ "2019-03-06", CLAIMED GOOD("RECEIVED", "0", "18000"), "" },
		{ "2019-03-07", CLAIMED GOOD("RECEIVED", "0", "18000"), "COO-12" },
		{ LIVE,
		  CLAIMED FORM_D("RECEIVED", "0", "2019-03-06", "Example Farms", "", "030616", "TH",
				 "18000"),
		  "COO-08" },
		{ LIVE,
		  CLAIMED FORM_D("RECEIVED", "0", "2019-03-06", "Example Farms", "", "030617", "MY",
				 "18000"),
		  "COO-02" },
		/* Names that differ a little make nothing invalid. */
		{ LIVE, CLAIMED NAMES("Example Farms", "EXAMPLE IMPORTER LTD."), "" },
		{ LIVE, CLAIMED NAMES("Example Farm", "Example Importer Ltd"), "(COO-03)" },
		{ LIVE, CLAIMED NAMES("Example Farms", "Another Importer"), "(COO-03)" },
	};

	(void)state;
	check_all("DEC-IMP", rows, COUNT_OF(rows));
}

static void test_a_copy_beside_the_paper_is_compared_and_refuses_nothing(void **state)
{
#define PARALLEL       "2015-09-08"
#define PAPER_CLAIM    CLAIM("TH", FROM("2015-09-02"), OF("TH"))
#define COPY(hs, that) FORM_D("RECEIVED", "0", "2016-09-01", that, "", hs, "TH", "18000")
	static const struct judgement rows[] = {
		{ PARALLEL, PAPER_CLAIM COPY("030617", "Example Farms"), "" },
		{ PARALLEL, PAPER_CLAIM COPY("030616", "Example Farms"), "(COO-13)" },
		{ PARALLEL, PAPER_CLAIM COPY("030617", "Others"), "(COO-03)" },
		{ PARALLEL, PAPER_CLAIM GOOD("CANCELLED", "0", "18000"), "(COO-11)" },
		{ PARALLEL, PAPER_CLAIM GOOD("PARTIAL", "1", "18000"), "(COO-11)" },
		/* The paper stays the proof, and must be named in full. */
		{ PARALLEL, CLAIM("TH", "", "") COPY("030617", "Example Farms"), "COO-01" },
	};

	(void)state;
	check_all("DEC-IMP", rows, COUNT_OF(rows));
}

/* ---- manifests -------------------------------------------------------------------------- */

static void test_a_bill_of_lading_stands_in_a_manifest_with_as_much(void **state)
{
#define BY_SEA(packages, mass)                                                                     \
	"<message><function>9</function><mode>1</mode><office>03CC</office><bill>BL-1</bill>"      \
	"<packages>" packages "</packages><mass>" mass "</mass></message>"
#define MANIFEST(state, packages, mass)                                                            \
	"<known what='manifest' value='BL-1' kind='CAR' state='" state "'><facts><consignment>"    \
	"<bill>BL-1</bill><packages>" packages "</packages><mass>" mass                            \
	"</mass></consignment></facts></known>"
	static const struct judgement rows[] = {
		{ DAY, BY_SEA("3800", "41800") MANIFEST("ACCEPTED", "3800", "41800.0"), "" },
		{ DAY, BY_SEA("3801", "41800") MANIFEST("ACCEPTED", "3800", "41800"), "MAN-06" },
		{ DAY, BY_SEA("3800", "41800.5") MANIFEST("ARRIVED", "3800", "41800"), "MAN-06" },
		{ DAY, BY_SEA("1", "1") MANIFEST("SUBMITTED", "3800", "41800"), "(MAN-12)" },
		{ DAY, BY_SEA("1", "1"), "(MAN-12)" },
		/* Before the window there is nothing to look up. */
		{ "2005-06-19", BY_SEA("1", "1"), "" },
		{ "2005-06-19", BY_SEA("3801", "1") MANIFEST("ACCEPTED", "3800", "41800"), "" },
	};

	(void)state;
	check_all("DEC-IMP", rows, COUNT_OF(rows));
}

/* ---- amendments ------------------------------------------------------------------------- */

static void test_an_amendment_keeps_party_kind_and_office(void **state)
{
#define AMENDED(name, party, type, office)                                                         \
	"<message><function>4</function><version>1</version><" name ">" party "</" name            \
	"><type>" type "</type><office>" office "</office></message><document><" name              \
	">9900000016</" name "><type>A11</type><office>03CC</office></document>"
#define NAMED "<known what='document' number='300' version='1'/>"
	static const struct {
		const char *kind;
		struct judgement judgement;
	} rows[] = {
		{ "DEC-IMP", { DAY, AMENDED("importer", "9900000016", "A11", "03CC") NAMED, "" } },
		{ "DEC-IMP",
		  { DAY, AMENDED("importer", "9900000023", "A11", "03CC") NAMED, "AMC-02" } },
		{ "DEC-IMP",
		  { DAY, AMENDED("importer", "9900000016", "A12", "03CC") NAMED, "AMC-02" } },
		{ "DEC-IMP",
		  { DAY, AMENDED("importer", "9900000016", "A11", "02CI") NAMED, "AMC-02" } },
		{ "DEC-EXP", { DAY, AMENDED("exporter", "9900000016", "A11", "03CC") NAMED, "" } },
		{ "DEC-EXP",
		  { DAY, AMENDED("exporter", "9900000023", "A11", "03CC") NAMED, "AMC-02" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check(rows[i].kind, &rows[i].judgement);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_declaration_refers_to_certificates_permits_and_bills),
		cmocka_unit_test(test_what_is_to_be_paid_and_how_is_among_the_facts),
		cmocka_unit_test(test_a_permit_must_be_the_importers_and_cover_what_comes),
		cmocka_unit_test(test_somebody_elses_permit_reads_like_one_that_does_not_exist),
		cmocka_unit_test(test_a_permit_must_be_known_once_its_ministry_is_connected),
		cmocka_unit_test(test_an_export_uses_permits_for_exports),
		cmocka_unit_test(test_paper_proves_origin_until_the_partner_is_live),
		cmocka_unit_test(
			test_an_electronic_certificate_must_hold_cover_and_have_enough_left),
		cmocka_unit_test(test_a_copy_beside_the_paper_is_compared_and_refuses_nothing),
		cmocka_unit_test(test_a_bill_of_lading_stands_in_a_manifest_with_as_much),
		cmocka_unit_test(test_an_amendment_keeps_party_kind_and_office),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
