/* What declarations refer to, what they need before them, and what an amendment keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"
#include "judgement.h"
#include "papers.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DAY		"2015-12-08"

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
	struct facts *facts = NULL;

	if (!document_read(&document, path, &document_limits_data, &why) ||
	    !kind_facts(papers_kind(id), document, 0, arena, &facts, &why))
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

		assert_string_equal(
			referred(arena, papers_kind(rows[i].id), facts_of(arena, rows[i].id, path)),
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
	judge_all("DEC-IMP", rows, COUNT_OF(rows));
}

/* ---- the samples, each on its day, by itself --------------------------------------------- */

static const char *alone(struct arena *arena, const struct facts *facts)
{
	struct text text = TEXT_EMPTY;
	const char *copy, *open, *close;

	facts_write(&text, facts);
	open = strchr(text.bytes, '>') + 1;
	close = strstr(text.bytes, "</facts>");
	copy = arena_printf(arena, "<message>%.*s</message>", (int)(close - open), open);
	text_free(&text);
	return copy;
}

static void test_a_sample_needs_what_must_have_come_before_it(void **state)
{
	static const struct {
		const char *id, *sample, *on, *codes;
	} rows[] = {
		{ "DEC-IMP", "shrimp-thailand-2013", "2013-12-01", "" },
		{ "DEC-IMP", "shrimp-thailand", "2014-02-26", "(MAN-12)" },
		{ "DEC-IMP", "shrimp-thailand-2015-09", "2015-09-08", "(MAN-12)" },
		{ "DEC-IMP", "shrimp-thailand-2015-12", "2015-12-01", "(MAN-12)" },
		{ "DEC-IMP", "shrimp-thailand-2018", "2018-03-12", "COO-10 (MAN-12)" },
		{ "DEC-IMP", "nswpay-thailand", "2015-12-01", "(MAN-12)" },
		{ "DEC-IMP", "electronics-singapore", "2014-02-26", "(MAN-12)" },
		{ "DEC-IMP", "fruit-china", "2014-02-26", "" },
		{ "DEC-IMP", "machine-parts-japan", "2014-02-26", "" },
		{ "DEC-IMP", "motorcycles-japan", "2015-12-08", "LPC-04 (MAN-12)" },
		{ "DEC-IMP", "cars-japan", "2015-12-08", "LPC-04 (MAN-12)" },
		{ "DEC-IMP", "medicine-india", "2015-12-08", "LPC-04 (MAN-12)" },
		{ "DEC-IMP", "hcfc-china", "2015-12-08", "LPC-04 (MAN-12)" },
		{ "DEC-IMP", "chicken-brazil", "2015-12-08", "LPC-04 (MAN-12)" },
		{ "DEC-IMP", "soya-beans-usa", "2015-12-08", "LPC-04 (MAN-12)" },
		/* The ministries of the last four were not connected the day before. */
		{ "DEC-IMP", "medicine-india", "2015-11-30", "(MAN-12)" },
		{ "DEC-IMP", "chicken-brazil", "2015-11-30", "(MAN-12)" },
		{ "DEC-EXP", "coffee-singapore", "2015-12-01", "" },
		{ "DEC-EXP", "rubber-china", "2014-02-26", "" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *folder = strcmp(rows[i].id, "DEC-IMP") == 0 ? "dec-imp" : "dec-exp";
		struct facts *facts = facts_of(
			arena, rows[i].id,
			arena_printf(arena, "schemas/%s/samples/%s.xml", folder, rows[i].sample));

		judge(rows[i].id,
		      &(struct judgement){ rows[i].on, alone(arena, facts), rows[i].codes });
	}
	arena_free(arena);
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
		judge(rows[i].kind, &rows[i].judgement);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_declaration_refers_to_certificates_permits_and_bills),
		cmocka_unit_test(test_what_is_to_be_paid_and_how_is_among_the_facts),
		cmocka_unit_test(test_a_bill_of_lading_stands_in_a_manifest_with_as_much),
		cmocka_unit_test(test_a_sample_needs_what_must_have_come_before_it),
		cmocka_unit_test(test_an_amendment_keeps_party_kind_and_office),
	};

	return cmocka_run_group_tests(tests, ours_open, ours_close);
}
