/* Permits and vessels: the register, the applications and notices, their lives and their corpus. */
#include <glob.h>
#include <libxml/parser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/kind.h"
#include "core/procedures.h"
#include "journal/life.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DECEMBER_2015	INT64_C(1448935200000) /* 2015-12-01T09:00+07:00 */

static const char *const schemas[] = { "schemas", NULL };
static struct kinds *kinds;
static struct lives *lives;

static int load(void **state)
{
	struct failure why;
	char line[1024];

	(void)state;
	document_setup();
	if (kinds_load(&kinds, schemas, 1, &why) && lives_load(&lives, kinds, schemas, &why))
		return 0;
	print_error("%s\n", failure_line(&why, line, sizeof line));
	return -1;
}

static int unload(void **state)
{
	(void)state;
	lives_free(lives);
	kinds_free(kinds);
	return 0;
}

/* ---- documents, each on the day it was drawn up ----------------------------------------------- */

static struct document *read_file(const char *path)
{
	struct document *document;
	struct failure why;
	char line[1024];

	if (!document_read(&document, path, &document_limits_data, &why))
		fail_msg("%s", failure_line(&why, line, sizeof line));
	return document;
}

static glob_t files_like(const char *pattern)
{
	glob_t files;

	if (glob(pattern, 0, NULL, &files) != 0)
		fail_msg("there is no %s", pattern);
	return files;
}

static gateway_time day_of(struct arena *arena, const struct document *document)
{
	const char *issued = child_text(arena, document_root(document), "IssueDateTime");
	gateway_time when;

	if (!time_parse(issued, &when, NULL))
		fail_msg("no moment: %s", issued);
	return when;
}

/* What `nsw validate` does. */
static void check_document(struct arena *arena, const struct document *document,
			   struct findings *findings)
{
	const struct kind *kind;
	struct failure why;
	char line[1024];

	findings_start(findings, arena);
	if (!kinds_recognise(kinds, document, &kind, &why) ||
	    !kind_validate(kind, document, findings, &why) ||
	    (findings->errors == 0 &&
	     !kind_check(kind, document, day_of(arena, document), findings, &why)))
		fail_msg("%s", failure_line(&why, line, sizeof line));
}

static void print_findings(const char *path, const struct findings *findings)
{
	for (const struct finding *at = findings->first; at != NULL; at = at->next)
		print_error("%s:%d: %s: %s\n", path, at->line, at->code, at->text);
}

static void check_sample(const char *path)
{
	struct arena *arena = arena_new();
	struct document *document = read_file(path);
	struct findings findings;

	check_document(arena, document, &findings);
	print_findings(path, &findings);
	assert_int_equal(findings.errors + findings.warnings, 0);
	document_free(document);
	arena_free(arena);
}

static void test_every_sample_is_accepted_without_a_remark(void **state)
{
	static const struct {
		const char *pattern;
		size_t least;
	} rows[] = {
		{ "schemas/lpa/samples/*.xml", 11 },
		{ "schemas/ves/samples/*.xml", 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		glob_t files = files_like(rows[i].pattern);

		assert_true(files.gl_pathc >= rows[i].least);
		for (size_t file = 0; file < files.gl_pathc; file++)
			check_sample(files.gl_pathv[file]);
		globfree(&files);
	}
}

/* ---- the corpus ------------------------------------------------------------------------------- */

/* "APP-01" of tests/corpus/lpa/APP-01/no-such-procedure.xml. */
static const char *code_of(struct arena *arena, const char *path)
{
	const char *end = strrchr(path, '/'), *begin = end;

	while (begin[-1] != '/')
		begin--;
	return arena_copy(arena, begin, (size_t)(end - begin));
}

static void check_broken(const char *path)
{
	struct arena *arena = arena_new();
	struct document *document = read_file(path);
	const char *code = code_of(arena, path);
	struct findings findings;
	bool met = false;

	check_document(arena, document, &findings);
	for (const struct finding *at = findings.first; at != NULL; at = at->next) {
		met = met || strcmp(at->code, code) == 0;
		assert_true(at->line > 0);
		assert_non_null(at->path);
		assert_non_null(at->text_vi);
	}
	if (!met) {
		print_findings(path, &findings);
		fail_msg("%s does not meet %s", path, code);
	}
	document_free(document);
	arena_free(arena);
}

static void test_what_is_broken_meets_the_code_of_its_folder(void **state)
{
	static const char *const patterns[] = { "tests/corpus/lpa/*/*.xml",
						"tests/corpus/ves/*/*.xml" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(patterns); i++) {
		glob_t files = files_like(patterns[i]);

		for (size_t file = 0; file < files.gl_pathc; file++)
			check_broken(files.gl_pathv[file]);
		globfree(&files);
	}
}

static void check_rule(struct arena *arena, xmlNodePtr rule, const char *kind)
{
	for (xmlNodePtr check = child_named(rule, "assert"); check != NULL;
	     check = next_named(check, "assert")) {
		const char *folder = arena_printf(arena, "tests/corpus/%s/%s", kind,
						  attribute_text(arena, check, "id"));

		if (access(folder, F_OK) != 0)
			fail_msg("there is no %s", folder);
	}
}

static void test_every_rule_has_a_document_that_breaks_it(void **state)
{
	static const char *const folders[] = { "lpa", "ves" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		struct arena *arena = arena_new();
		struct document *document =
			read_file(arena_printf(arena, "schemas/%s/rules.sch", folders[i]));

		for (xmlNodePtr pattern = child_named(document_root(document), "pattern");
		     pattern != NULL; pattern = next_named(pattern, "pattern"))
			for (xmlNodePtr rule = child_named(pattern, "rule"); rule != NULL;
			     rule = next_named(rule, "rule"))
				check_rule(arena, rule, folders[i]);
		document_free(document);
		arena_free(arena);
	}
}

/* ---- rules over the past ---------------------------------------------------------------------- */

static const char *first_code(struct arena *arena, const char *kind, const char *facts)
{
	xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, XML_PARSE_NONET);
	struct findings findings;
	struct failure why;

	assert_non_null(tree);
	findings_start(&findings, arena);
	if (!kind_check_journal(kinds_named(kinds, kind), tree, DECEMBER_2015, &findings, &why))
		fail_msg("%s: %s", why.place, why.text);
	xmlFreeDoc(tree);
	return findings.first != NULL ? findings.first->code : "OK";
}

#define MESSAGE(function, rest)                                                                    \
	"<message><function>" function "</function><reference>R1</reference>" rest "</message>"
#define NAMES_2	   "<document>300</document><version>2</version>"
#define OLD	   "<case id='1' number='300' version='2' state='RECEIVED'>"
#define KNOWN	   "<known what='document' number='300' version='2'/>"
#define FOR_MARD   "<applicant>1</applicant><agency>MARD</agency><procedure>MARD-AQ-IMP</procedure>"
#define FOR_PLANTS "<applicant>1</applicant><agency>MARD</agency><procedure>MARD-PQ-IMP</procedure>"
#define FOR_MOH	   "<applicant>1</applicant><agency>MoH</agency><procedure>MOH-FOOD</procedure>"
#define SHIP	   "<imo>9990014</imo><type>524</type><port>VNHPH</port>"
#define ANOTHER	   "<imo>9990040</imo><type>524</type><port>VNHPH</port>"
#define LEAVING	   "<imo>9990014</imo><type>525</type><port>VNHPH</port><entry>E1</entry>"

static void test_the_past_is_minded(void **state)
{
	static const struct {
		const char *kind, *facts, *code;
	} rows[] = {
		{ "LPA", "<case state=''>" MESSAGE("9", FOR_MARD) "</case>", "OK" },
		{ "LPA",
		  "<case state=''>" MESSAGE("9", FOR_MARD) "<known what='reference'/></case>",
		  "IDM-03" },
		{ "LPA", "<case state=''>" MESSAGE("4", NAMES_2 FOR_MARD) "</case>", "IDM-04" },
		{ "LPA",
		  OLD MESSAGE("4", NAMES_2 FOR_MARD) "<document>" FOR_MARD "</document>" KNOWN
						     "</case>",
		  "OK" },
		{ "LPA",
		  OLD MESSAGE("4", NAMES_2 FOR_MOH) "<document>" FOR_MARD "</document>" KNOWN
						    "</case>",
		  "AMC-02" },
		{ "LPA",
		  OLD MESSAGE("4", NAMES_2 FOR_PLANTS) "<document>" FOR_MARD "</document>" KNOWN
						       "</case>",
		  "AMC-02" },
		{ "LPA",
		  OLD MESSAGE("1", "<document>300</document><version>1</version>") KNOWN "</case>",
		  "IDM-04" },
		{ "VES", "<case state=''>" MESSAGE("9", SHIP) "</case>", "OK" },
		{ "VES", "<case state=''>" MESSAGE("6", NAMES_2 SHIP) "</case>", "IDM-04" },
		{ "VES", "<case state=''>" MESSAGE("9", SHIP) "<known what='reference'/></case>",
		  "IDM-03" },
		{ "VES",
		  OLD MESSAGE("6", NAMES_2 SHIP) "<document>" SHIP "</document>" KNOWN "</case>",
		  "OK" },
		{ "VES",
		  OLD MESSAGE("6", NAMES_2 ANOTHER) "<document>" SHIP "</document>" KNOWN "</case>",
		  "AMC-02" },
		{ "VES", "<case state=''>" MESSAGE("9", SHIP "<manifest>M1</manifest>") "</case>",
		  "VES-09" },
		{ "VES",
		  "<case state=''>" MESSAGE(
			  "9", SHIP "<manifest>M1</manifest>") "<known what='manifest'><facts>"
							       "<ship-id>9990014</ship-id></facts>"
							       "</known></case>",
		  "OK" },
		{ "VES", "<case state=''>" MESSAGE("9", LEAVING) "</case>", "VES-10" },
		{ "VES",
		  "<case state=''>" MESSAGE("9", LEAVING) "<known what='entry' state='PERMITTED'>"
							  "<facts>" SHIP "</facts></known></case>",
		  "VES-10" },
		{ "VES",
		  "<case state=''>" MESSAGE("9", LEAVING) "<known what='entry' state='ARRIVED'>"
							  "<facts>" SHIP "</facts></known></case>",
		  "OK" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *code = first_code(arena, rows[i].kind, rows[i].facts);

		if (strcmp(code, rows[i].code) != 0)
			fail_msg("%s: %s, not %s", rows[i].facts, code, rows[i].code);
	}
	arena_free(arena);
}

/* ---- lives ------------------------------------------------------------------------------------ */

struct step {
	const char *state, *event; /* before, and what happens */
	const char *facts;	   /* inside <case> */
	const char *to;		   /* after; NULL: no row */
};

#define SAYS(status)  "<event name='decision' party='MARD' status='" status "'/>"
#define FEE	      "<document><procedure>MOH-FOOD</procedure></document>"
#define NO_FEE	      "<document><procedure>MARD-AQ-IMP</procedure></document>"
#define GRANTED(more) "<document><item><quantity>100</quantity></item>" more "</document>"
#define USED(q)	      "<use what='permit' quantity='" q "' state='CLEARED'/>"
#define CLAIMED(q)    "<use what='permit' quantity='" q "' state='REGISTERED'/>"

static const struct step permit_steps[] = {
	{ "", "lodge", "", "SUBMITTED" },
	{ "", "amend", "", NULL },
	{ "", "used", "", NULL },

	/* On the way. */
	{ "SUBMITTED", "decision", SAYS("RECEIVED"), "RECEIVED" },
	{ "RECEIVED", "decision", SAYS("RECEIVED"), "UNDER_REVIEW" },
	{ "UNDER_REVIEW", "decision", SAYS("RECEIVED"), "=" },
	{ "UNDER_REVIEW", "decision", SAYS("DOCS_REQUIRED"), "DOCS_REQUIRED" },
	{ "DOCS_REQUIRED", "amend", "", "UNDER_REVIEW" },
	{ "DOCS_REQUIRED", "decision", SAYS("RECEIVED"), "UNDER_REVIEW" },
	{ "SUBMITTED", "amend", "", "SUBMITTED" },
	{ "UNDER_REVIEW", "decision", SAYS("FEE_DUE") FEE, "FEE_DUE" },
	{ "UNDER_REVIEW", "decision", SAYS("FEE_DUE") NO_FEE, "=" },
	{ "FEE_DUE", "decision", SAYS("RECEIVED"), "UNDER_REVIEW" },

	/* Decided. */
	{ "SUBMITTED", "decision", SAYS("APPROVED"), "APPROVED" },
	{ "UNDER_REVIEW", "decision", SAYS("APPROVED"), "APPROVED" },
	{ "FEE_DUE", "decision", SAYS("APPROVED"), "APPROVED" },
	{ "DOCS_REQUIRED", "decision", SAYS("REFUSED"), "REFUSED" },
	{ "APPROVED", "decision", SAYS("REFUSED"), "=" },
	{ "APPROVED", "decision", SAYS("REVOKED"), "REVOKED" },
	{ "PART_USED", "decision", SAYS("REVOKED"), "REVOKED" },
	{ "UNDER_REVIEW", "decision", SAYS("REVOKED"), "=" },
	{ "APPROVED", "decision", SAYS("CANCELLED"), "CANCELLED" },
	{ "REFUSED", "decision", SAYS("APPROVED"), NULL },
	{ "REVOKED", "decision", SAYS("APPROVED"), NULL },

	/* Suspended, and back to where it was. */
	{ "UNDER_REVIEW", "decision", SAYS("SUSPENDED"), "SUSPENDED" },
	{ "PART_USED", "decision", SAYS("SUSPENDED"), "SUSPENDED" },
	{ "SUSPENDED", "decision", SAYS("RECEIVED"), "UNDER_REVIEW" },
	{ "SUSPENDED", "decision", SAYS("DOCS_REQUIRED"), "DOCS_REQUIRED" },
	{ "SUSPENDED", "decision", SAYS("APPROVED"), "APPROVED" },
	{ "SUSPENDED", "decision", SAYS("APPROVED") CLAIMED("40"), "APPROVED" },
	{ "SUSPENDED", "decision", SAYS("APPROVED") USED("40"), "PART_USED" },
	{ "SUSPENDED", "decision", SAYS("REVOKED"), "REVOKED" },
	{ "SUSPENDED", "timeout", "", "CANCELLED" },

	/* Used up by what has cleared, and by nothing else. */
	{ "APPROVED", "used", GRANTED("") USED("40"), "PART_USED" },
	{ "APPROVED", "used", GRANTED("") USED("100"), "EXHAUSTED" },
	{ "APPROVED", "used", GRANTED("") USED("40") CLAIMED("60"), "PART_USED" },
	{ "PART_USED", "used", GRANTED("") USED("40") USED("59.5"), "=" },
	{ "PART_USED", "used", GRANTED("") USED("40") USED("60"), "EXHAUSTED" },
	{ "PART_USED", "used", GRANTED("<item><quantity>50</quantity></item>") USED("100"), "=" },
	{ "SUSPENDED", "used", GRANTED("") USED("40"), "=" },
	{ "UNDER_REVIEW", "used", "", NULL },

	/* The applicant's own doing. */
	{ "RECEIVED", "cancel", "", "CANCELLED" },
	{ "APPROVED", "cancel", "", "CANCELLED" },
	{ "APPROVED", "cancel", CLAIMED("40"), NULL },
	{ "PART_USED", "cancel", USED("40"), NULL },
	{ "APPROVED", "amend", "", NULL },

	/* Silence never approves. */
	{ "SUBMITTED", "timeout", "", "SUSPENDED" },
	{ "UNDER_REVIEW", "timeout", "", "SUSPENDED" },
	{ "FEE_DUE", "timeout", "", "SUSPENDED" },
	{ "APPROVED", "timeout", "", "EXPIRED" },
	{ "PART_USED", "timeout", "", "EXPIRED" },

	{ "UNDER_REVIEW", "query", "", "=" },
	{ "EXHAUSTED", "query", "", "=" },
};

#define INWARD	"<document><type>524</type></document>"
#define OUTWARD "<document><type>525</type></document>"

static const struct step notice_steps[] = {
	{ "", "lodge", "", "NOTIFIED" },
	{ "", "confirm", "", NULL },
	{ "NOTIFIED", "decision", SAYS("RECEIVED"), "REVIEW" },
	{ "NOTIFIED", "decision", SAYS("APPROVED"), "PERMITTED" },
	{ "REVIEW", "decision", SAYS("APPROVED"), "PERMITTED" },
	{ "REVIEW", "decision", SAYS("DOCS_REQUIRED"), "DOCS_REQUIRED" },
	{ "DOCS_REQUIRED", "amend", "", "REVIEW" },
	{ "DOCS_REQUIRED", "decision", SAYS("REFUSED"), "REFUSED" },
	{ "PERMITTED", "confirm", INWARD, "ARRIVED" },
	{ "PERMITTED", "confirm", OUTWARD, "DEPARTED" },
	{ "REVIEW", "confirm", INWARD, NULL },
	{ "ARRIVED", "confirm", INWARD, NULL },
	{ "PERMITTED", "amend", "", "REVIEW" },
	{ "PERMITTED", "cancel", "", "CANCELLED" },
	{ "PERMITTED", "decision", SAYS("REVOKED"), "CANCELLED" },
	{ "PERMITTED", "decision", SAYS("SUSPENDED"), "REVIEW" },
	{ "ARRIVED", "cancel", "", NULL },
	{ "ARRIVED", "decision", SAYS("REVOKED"), NULL },
	{ "NOTIFIED", "timeout", "", "LAPSED" },
	{ "PERMITTED", "timeout", "", "LAPSED" },
	{ "DEPARTED", "query", "", "=" },
};

static void check_step(const struct life *life, const struct step *step, struct arena *arena)
{
	const char *facts = arena_printf(arena, "<case>%s</case>", step->facts);
	xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, XML_PARSE_NONET);
	const char *where = arena_printf(arena, "%s, %s, %s", step->state, step->event, facts);
	const struct life_row *row;
	struct failure why;

	assert_non_null(tree);
	if (!life_row(life, step->state, step->event, tree, DECEMBER_2015, &row, &why))
		fail_msg("%s: %s", where, why.text);
	if ((row == NULL) != (step->to == NULL))
		fail_msg("%s: %s", where, row != NULL ? row->to : "no row");
	if (row != NULL && strcmp(row->to, step->to) != 0)
		fail_msg("%s: %s, not %s", where, row->to, step->to);
	xmlFreeDoc(tree);
}

static void check_steps(const char *kind, const struct step *steps, size_t count)
{
	const struct life *life = life_of(lives, kinds_named(kinds, kind));
	struct arena *arena = arena_new();

	for (size_t i = 0; i < count; i++)
		check_step(life, &steps[i], arena);
	arena_free(arena);
}

static void test_a_permit_lives_from_its_application_to_its_last_use(void **state)
{
	(void)state;
	check_steps("LPA", permit_steps, COUNT_OF(permit_steps));
}

static void test_a_ship_is_notified_permitted_and_confirmed(void **state)
{
	(void)state;
	check_steps("VES", notice_steps, COUNT_OF(notice_steps));
}

static bool has_word(const char *const *words, const char *word)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

/* In every state that the agency may speak in, on every word it has. */
static void test_each_word_of_the_agency_goes_to_trader_and_customs(void **state)
{
	static const char *const states[] = { "SUBMITTED", "RECEIVED",	"UNDER_REVIEW",
					      "FEE_DUE",   "SUSPENDED", "DOCS_REQUIRED",
					      "APPROVED",  "PART_USED" };
	static const char *const words[] = { "RECEIVED", "DOCS_REQUIRED", "FEE_DUE", "APPROVED",
					     "REFUSED",	 "SUSPENDED",	  "REVOKED", "CANCELLED" };
	const struct life *life = life_of(lives, kinds_named(kinds, "LPA"));
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(states) * COUNT_OF(words); i++) {
		const char *facts = arena_printf(
			arena, "<case><event name='decision' status='%s'/>" FEE "</case>",
			words[i % COUNT_OF(words)]);
		xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, 0);
		const struct life_row *row;

		assert_true(life_row(life, states[i / COUNT_OF(words)], "decision", tree,
				     DECEMBER_2015, &row, NULL));
		assert_non_null(row);
		assert_true(has_word(row->forward, "declarant"));
		assert_true(has_word(row->forward, "MoF"));
		xmlFreeDoc(tree);
	}
	arena_free(arena);
}

/* ---- the register ----------------------------------------------------------------------------- */

static void test_every_ministry_has_three_to_six_procedures(void **state)
{
	static const char *const parties[] = { "MoF", "MoT", "MoIT", "MARD", "MoH", "MONRE" };
	const struct procedures *procedures = kinds_procedures(kinds);

	(void)state;
	for (size_t party = 0; party < COUNT_OF(parties); party++) {
		size_t count = 0;

		for (size_t i = 0; i < procedures_count(procedures); i++)
			count += strcmp(procedures_at(procedures, i)->party, parties[party]) == 0;
		if (count < 3 || count > 6)
			fail_msg("%s has %zu", parties[party], count);
	}
}

static void test_every_procedure_says_where_it_is_known_from(void **state)
{
	const struct procedures *procedures = kinds_procedures(kinds);

	(void)state;
	for (size_t i = 0; i < procedures_count(procedures); i++) {
		const struct procedure *procedure = procedures_at(procedures, i);

		if (procedure->source == NULL || procedure->mark == NULL ||
		    procedure->title_vi == NULL || procedure->counter == NULL ||
		    procedure->counter_vi == NULL || procedure->documents[0] == NULL ||
		    procedure->paper_time <= procedure->electronic_time)
			fail_msg("%s: something is missing", procedure->id);
	}
}

static bool decides_food(const struct procedure *procedure)
{
	static const char *const ids[] = { "MARD-AQ-IMP", "MARD-PQ-IMP", "MARD-FEED", "MOIT-FOOD",
					   "MOH-FOOD" };

	for (size_t i = 0; i < COUNT_OF(ids); i++)
		if (strcmp(procedure->id, ids[i]) == 0)
			return true;
	return false;
}

static void test_one_product_has_one_agency(void **state)
{
	static const struct {
		const char *hs, *procedure;
	} rows[] = {
		{ "02023000", "MARD-AQ-IMP" }, { "03061721", "MARD-AQ-IMP" },
		{ "04012010", "MARD-AQ-IMP" }, { "04021041", "MOIT-FOOD" },
		{ "04069000", "MARD-AQ-IMP" }, { "08081000", "MARD-PQ-IMP" },
		{ "16041410", "MARD-AQ-IMP" }, { "17049099", "MOIT-FOOD" },
		{ "21069099", "MOH-FOOD" },    { "22011010", "MOH-FOOD" },
		{ "22030010", "MOIT-FOOD" },   { "22082050", "MOIT-FOOD" },
		{ "23099090", "MARD-FEED" },   { "22021010", NULL },
		{ "84834090", NULL },
	};
	const struct procedures *procedures = kinds_procedures(kinds);

	(void)state;
	for (size_t row = 0; row < COUNT_OF(rows); row++) {
		const struct procedure *found = NULL;

		for (size_t i = 0; i < procedures_count(procedures); i++) {
			const struct procedure *procedure = procedures_at(procedures, i);

			if (!decides_food(procedure) ||
			    !hs_in(procedure->goods, procedure->goods_count, rows[row].hs))
				continue;
			if (found != NULL)
				fail_msg("%s: %s and %s", rows[row].hs, found->id, procedure->id);
			found = procedure;
		}
		assert_string_equal(found != NULL ? found->id : "",
				    rows[row].procedure != NULL ? rows[row].procedure : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_sample_is_accepted_without_a_remark),
		cmocka_unit_test(test_what_is_broken_meets_the_code_of_its_folder),
		cmocka_unit_test(test_every_rule_has_a_document_that_breaks_it),
		cmocka_unit_test(test_the_past_is_minded),
		cmocka_unit_test(test_a_permit_lives_from_its_application_to_its_last_use),
		cmocka_unit_test(test_a_ship_is_notified_permitted_and_confirmed),
		cmocka_unit_test(test_each_word_of_the_agency_goes_to_trader_and_customs),
		cmocka_unit_test(test_every_ministry_has_three_to_six_procedures),
		cmocka_unit_test(test_every_procedure_says_where_it_is_known_from),
		cmocka_unit_test(test_one_product_has_one_agency),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
