/* Permit applications and vessel notices: samples, the corpus of broken ones, rules over the past. */
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

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DECEMBER_2015	INT64_C(1448935200000) /* 2015-12-01T09:00+07:00 */

static struct kinds *kinds;

static int load(void **state)
{
	static const char *const schemas[] = { "schemas" };
	struct failure why;
	char line[1024];

	(void)state;
	document_setup();
	if (kinds_load(&kinds, schemas, COUNT_OF(schemas), &why))
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
		{ "schemas/lpr/samples/*.xml", 5 },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_sample_is_accepted_without_a_remark),
		cmocka_unit_test(test_what_is_broken_meets_the_code_of_its_folder),
		cmocka_unit_test(test_every_rule_has_a_document_that_breaks_it),
		cmocka_unit_test(test_the_past_is_minded),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
