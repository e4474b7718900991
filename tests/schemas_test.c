/* The data of the single window: grammars, kinds, samples, and the corpus of broken declarations. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/kind.h"
#include "core/schema.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FEBRUARY_2014	INT64_C(1393380000000) /* 2014-02-26T09:00+07:00 */
#define DECEMBER_2015	INT64_C(1449104400000) /* 2015-12-03T08:00+07:00 */
#define CORPUS		"tests/corpus"

static struct kinds *kinds;

static int load_kinds(void **state)
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

static int free_kinds(void **state)
{
	(void)state;
	kinds_free(kinds);
	return 0;
}

/* ---- reading --------------------------------------------------------------------------- */

static struct document *read_file(const char *path)
{
	struct document *document;
	struct failure why;
	char line[1024];

	if (!document_read(&document, path, &document_limits_data, &why))
		fail_msg("%s", failure_line(&why, line, sizeof line));
	return document;
}

/* Sorted; globfree() it. At least one file must be there. */
static glob_t files_like(const char *pattern)
{
	glob_t files;

	if (glob(pattern, 0, NULL, &files) != 0)
		fail_msg("there is no %s", pattern);
	return files;
}

static void print_findings(const char *path, const struct findings *findings)
{
	for (const struct finding *at = findings->first; at != NULL; at = at->next)
		print_error("%s:%d: %s: %s\n", path, at->line, at->code, at->text);
}

/* What `nsw validate` does: recognise, validate and, when the grammar holds, check. */
static void check_document(const struct kinds *known, const struct document *document,
			   gateway_time at, struct findings *findings)
{
	const struct kind *kind;
	struct failure why;
	char line[1024];

	if (!kinds_recognise(known, document, &kind, &why) ||
	    !kind_validate(kind, document, findings, &why) ||
	    (findings->errors == 0 && !kind_check(kind, document, at, findings, &why)))
		fail_msg("%s", failure_line(&why, line, sizeof line));
}

/* When the declaration was drawn up. */
static gateway_time date_of(struct arena *arena, const struct document *document)
{
	const char *drawn_up = child_text(arena, document_root(document), "IssueDateTime");
	gateway_time at;

	assert_true(time_parse(drawn_up, &at, NULL));
	return at;
}

static bool found(const struct findings *findings, const char *code)
{
	for (const struct finding *at = findings->first; at != NULL; at = at->next)
		if (strcmp(at->code, code) == 0)
			return true;
	return false;
}

/* ---- our own files against their grammars ---------------------------------------------- */

static void assert_valid(const struct schema *schema, const char *path)
{
	struct arena *arena = arena_new();
	struct document *document = read_file(path);
	struct findings findings;
	struct failure why;

	findings_start(&findings, arena);
	if (!schema_validate(schema, document, &findings, &why))
		fail_msg("%s: %s", path, why.text);
	print_findings(path, &findings);
	assert_int_equal(findings.errors, 0);
	document_free(document);
	arena_free(arena);
}

static void test_every_data_file_fits_its_grammar(void **state)
{
	static const struct {
		const char *grammar, *files;
	} rows[] = {
		{ "kind", "schemas/*/kind.xml" },
		{ "codes", "schemas/codes/*.xml" },
		{ "life", "schemas/*/life.xml" },
		{ "control", "schemas/control.xml" },
		{ "catalogue", "schemas/catalogue.xml" },
		{ "party", "adapters/*.xml" },
		{ "rollout", "schemas/rollout.xml" },
		{ "procedures", "schemas/procedures.xml" },
		{ "selftest", "schemas/selftest.xml" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char path[64];
		glob_t files = files_like(rows[i].files);
		struct schema *schema;
		struct failure why;

		snprintf(path, sizeof path, "schemas/grammar/%s.xsd", rows[i].grammar);
		if (!schema_load(&schema, path, "schemas", &why))
			fail_msg("%s: %s", why.place, why.text);
		for (size_t file = 0; file < files.gl_pathc; file++)
			assert_valid(schema, files.gl_pathv[file]);
		schema_free(schema);
		globfree(&files);
	}
}

static void test_every_list_is_named_like_its_file(void **state)
{
	struct arena *arena = arena_new();
	glob_t files = files_like("schemas/codes/*.xml");

	(void)state;
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct document *document = read_file(files.gl_pathv[i]);
		const char *id = attribute_text(arena, document_root(document), "id");

		assert_string_equal(arena_printf(arena, "schemas/codes/%s.xml", id),
				    files.gl_pathv[i]);
		assert_true(codes_has_list(kinds_codes(kinds), id));
		document_free(document);
	}
	globfree(&files);
	arena_free(arena);
}

/* ---- kinds ------------------------------------------------------------------------------ */

static void test_our_own_kinds_load(void **state)
{
	static const struct {
		const char *id;
		enum kind_role role;
		const char *from, *not_from;
	} rows[] = {
		{ "ACK", KIND_RECEIPT, "agency", NULL },
		{ "COO-CAN", KIND_APPLICATION, "peer", "trader" },
		{ "COO-CR", KIND_APPLICATION, "customs", "trader" },
		{ "COO-ISS", KIND_APPLICATION, "peer", "trader" },
		{ "COO-RTX", KIND_APPLICATION, "agency", "trader" },
		{ "DEC-EXP", KIND_APPLICATION, "trader", "agency" },
		{ "DEC-IMP", KIND_APPLICATION, "trader", "agency" },
		{ "LPR", KIND_DECISION, "agency", "trader" },
		{ "QRY", KIND_APPLICATION, "trader", "bank" },
		{ "RES", KIND_DECISION, "customs", "trader" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct kind *kind = kinds_named(kinds, rows[i].id);

		assert_non_null(kind);
		assert_int_equal(kind_role(kind), rows[i].role);
		assert_true(kind_from(kind, rows[i].from));
		assert_true(rows[i].not_from == NULL || !kind_from(kind, rows[i].not_from));
		assert_non_null(kind_title(kind, true));
	}
	/* Its grammar is somebody else's and comes with --kinds. */
	assert_null(kinds_named(kinds, "WCO-DEC"));
	assert_non_null(strstr(kinds_left_out(kinds), "WCO-DEC"));
}

/* ---- samples ---------------------------------------------------------------------------- */

static void check_sample(const char *path)
{
	struct arena *arena = arena_new();
	struct document *document = read_file(path);
	struct findings findings;

	findings_start(&findings, arena);
	check_document(kinds, document, date_of(arena, document), &findings);
	print_findings(path, &findings);
	assert_int_equal(findings.errors + findings.warnings, 0);
	document_free(document);
	arena_free(arena);
}

static void test_every_sample_is_accepted_without_a_remark(void **state)
{
	static const struct {
		const char *files;
		size_t least;
	} rows[] = {
		{ "schemas/dec-imp/samples/*.xml", 17 }, { "schemas/dec-exp/samples/*.xml", 6 },
		{ "schemas/coo-iss/samples/*.xml", 12 }, { "schemas/coo-can/samples/*.xml", 4 },
		{ "schemas/coo-rtx/samples/*.xml", 4 },	 { "schemas/coo-cr/samples/*.xml", 8 },
		{ "schemas/qry/samples/*.xml", 5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		glob_t files = files_like(rows[i].files);

		assert_true(files.gl_pathc >= rows[i].least);
		for (size_t file = 0; file < files.gl_pathc; file++)
			check_sample(files.gl_pathv[file]);
		globfree(&files);
	}
}

static void test_the_facts_of_a_sample_are_those_it_states(void **state)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "function", "9" },
		{ "reference", "VN14-HPH-000118" },
		{ "office", "03CC" },
		{ "declarant", "9900000016" },
		{ "mode", "1" },
		{ "importer", "9900000016" },
		{ "loading", "THLCH" },
		{ "amount", "305300" },
		{ "document", NULL },
		{ "version", NULL },
		{ "arrival", "2014-02-26" },
	};
	struct arena *arena = arena_new();
	struct document *document = read_file("schemas/dec-imp/samples/shrimp-thailand.xml");
	const struct kind *kind = kinds_named(kinds, "DEC-IMP");
	xmlNodePtr item;
	struct failure why;
	struct facts *facts;

	(void)state;
	assert_true(kind_facts(kind, document, FEBRUARY_2014, arena, &facts, &why));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *value = facts_get(facts, rows[i].name);

		if (rows[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, rows[i].value);
	}
	assert_string_equal(kind_event(kind, facts), "lodge");
	item = child_named(facts_root(facts), "item");
	assert_string_equal(child_text(arena, item, "hs"), "03061721");
	assert_string_equal(child_text(arena, item, "origin"), "TH");
	assert_string_equal(child_text(arena, next_named(item, "item"), "hs"), "03061722");
	document_free(document);
	arena_free(arena);
}

/* ---- the corpus ------------------------------------------------------------------------- */

/* "COD-05" of tests/corpus/dec-imp/COD-05/check-digit.xml. */
static const char *code_of(struct arena *arena, const char *path)
{
	const char *end = strrchr(path, '/'), *code = end;

	while (code[-1] != '/')
		code--;
	return arena_printf(arena, "%.*s", (int)(end - code), code);
}

static void check_broken(struct arena *arena, const char *path, gateway_time day)
{
	struct document *document = read_file(path);
	struct findings findings;

	findings_start(&findings, arena);
	check_document(kinds, document, day, &findings);
	if (!found(&findings, code_of(arena, path))) {
		print_findings(path, &findings);
		fail_msg("%s does not meet %s", path, code_of(arena, path));
	}
	for (const struct finding *at = findings.first; at != NULL; at = at->next) {
		assert_true(at->line > 0);
		assert_non_null(at->path);
		assert_non_null(at->text_vi);
	}
	document_free(document);
}

static void test_every_broken_declaration_meets_the_code_of_its_folder(void **state)
{
	static const struct {
		const char *files;
		gateway_time at;
	} rows[] = {
		{ CORPUS "/dec-*/*/*.xml", FEBRUARY_2014 },
		{ CORPUS "/coo-*/*/*.xml", DECEMBER_2015 },
		{ CORPUS "/qry/*/*.xml", DECEMBER_2015 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		glob_t files = files_like(rows[i].files);

		for (size_t file = 0; file < files.gl_pathc; file++) {
			struct arena *arena = arena_new();

			check_broken(arena, files.gl_pathv[file], rows[i].at);
			arena_free(arena);
		}
		globfree(&files);
	}
}

/* How many rules of that kind there are; each must have a folder with what breaks it. */
static size_t check_rules(struct arena *arena, const char *kind)
{
	struct document *document = read_file(arena_printf(arena, "schemas/%s/rules.sch", kind));
	size_t count = 0;

	for (xmlNodePtr pattern = child_named(document_root(document), "pattern"); pattern != NULL;
	     pattern = next_named(pattern, "pattern"))
		for (xmlNodePtr rule = child_named(pattern, "rule"); rule != NULL;
		     rule = next_named(rule, "rule"))
			for (xmlNodePtr check = child_named(rule, "assert"); check != NULL;
			     check = next_named(check, "assert")) {
				const char *id = attribute_text(arena, check, "id");
				const char *folder = arena_printf(arena, CORPUS "/%s/%s", kind, id);

				if (access(folder, F_OK) != 0)
					fail_msg("there is no %s", folder);
				count++;
			}
	document_free(document);
	return count;
}

static void test_every_rule_has_a_declaration_that_breaks_it(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_true(check_rules(arena, "dec-imp") >= 40);
	assert_true(check_rules(arena, "dec-exp") >= 35);
	assert_true(check_rules(arena, "coo-iss") >= 30);
	assert_true(check_rules(arena, "coo-can") >= 2);
	assert_true(check_rules(arena, "coo-rtx") >= 2);
	assert_true(check_rules(arena, "coo-cr") >= 6);
	arena_free(arena);
}

/* ---- rules over the past ---------------------------------------------------------------- */

static const char *first_code(struct arena *arena, const struct kind *kind, const char *facts)
{
	xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, XML_PARSE_NONET);
	struct findings findings;
	struct failure why;

	assert_non_null(tree);
	findings_start(&findings, arena);
	if (!kind_check_journal(kind, tree, FEBRUARY_2014, &findings, &why))
		fail_msg("%s: %s", why.place, why.text);
	xmlFreeDoc(tree);
	return findings.first != NULL ? findings.first->code : "OK";
}

#define MESSAGE(function, rest)                                                                    \
	"<message><function>" function "</function><reference>R1</reference>" rest "</message>"
#define KNOWN_REFERENCE "<known what='reference' number='300' state='CLEARED'/>"
#define KNOWN_DOCUMENT	"<known what='document' number='300' state='REGISTERED' version='2'/>"
#define OLD_CASE	"<case id='1' kind='DEC-IMP' number='300' version='2' state='REGISTERED'>"

static const struct past {
	const char *facts, *code;
} declaration_pasts[] = {
	{ "<case state=''>" MESSAGE("9", "") "</case>", "OK" },
	{ "<case state=''>" MESSAGE("9", "") KNOWN_REFERENCE "</case>", "IDM-03" },
	{ "<case state=''>" MESSAGE("4", "<document>300</document><version>1</version>") "</case>",
	  "IDM-04" },
	{ OLD_CASE MESSAGE("4", "<document>300</document><version>2</version>")
	  KNOWN_DOCUMENT "</case>",
	  "OK" },
	{ OLD_CASE MESSAGE("4", "<document>300</document><version>1</version>")
	  KNOWN_DOCUMENT "</case>",
	  "IDM-04" },
	{ OLD_CASE MESSAGE("1", "<document>300</document>") KNOWN_DOCUMENT "</case>", "IDM-04" },
	/* An amendment may repeat the reference: it is the same declaration. */
	{ OLD_CASE MESSAGE("1", "<document>300</document><version>2</version>")
	  KNOWN_REFERENCE KNOWN_DOCUMENT "</case>",
	  "OK" },
}, foreign_pasts[] = {
	{ "<case state=''>" MESSAGE("9", "") "</case>", "OK" },
	{ "<case state=''>" MESSAGE("9", "") KNOWN_REFERENCE "</case>", "IDM-03" },
	{ "<case state=''>" MESSAGE("13", "<document>23GB</document>") "</case>", "IDM-04" },
	{ "<case state='REGISTERED'>" MESSAGE("13", "<document>23GB</document>")
	  KNOWN_DOCUMENT "</case>",
	  "OK" },
};

/* A certificate is lodged, cancelled or answered; /case is the certificate's. */
#define CERTIFICATE(from, to, rest)                                                                \
	"<message><reference>D1</reference><issued>2014-02-20</issued><until>2015-02-19</until>"   \
	"<exported-from>" from "</exported-from><destination>" to "</destination>" rest            \
	"</message>"
#define OLD(state, declarant)                                                                      \
	"<known what='replaced' kind='COO-ISS' state='" state "' declarant='" declarant "'/>"
#define ORIGINAL(state, until, used)                                                               \
	"<known what='original' kind='COO-ISS' state='" state "' used='" used                      \
	"'><facts><until>" until                                                                   \
	"</until><destination>VN</destination><item><quantity>100</quantity></item>"               \
	"<item><quantity>50</quantity></item></facts></known>"
#define REPLACES "<previous><id>D0</id><category>REP</category></previous>"
#define BACK	 "<previous><id>D0</id><category>BTB</category><quantity>30</quantity></previous>"
#define AGENCY	 "<case state='' declarant='MoIT'>"
#define PEER	 "<case state='' declarant='ASW-TH'>"
#define HELD(state, issued)                                                                        \
	"<case kind='COO-ISS' state='" state "' declarant='MoIT'><document><issued>" issued        \
	"</issued><item><sequence>1</sequence><quantity unit='KGM'>100</quantity></item>"          \
	"</document>"
#define NEW	"2014-01-01"
#define TOO_OLD "2013-12-27" /* sixty-one days before the day */
#define SAYS_OF_IT(status, rest)                                                                   \
	"<message><certificate>D1</certificate><status>" status "</status>" rest "</message>"
#define BY(party) "<event name='response' party='" party "'/></case>"
#define USED(sequence, quantity)                                                                   \
	"<item><sequence>" sequence "</sequence><used unit='KGM'>" quantity "</used></item>"

static const struct past certificate_pasts[] = {
	{ AGENCY CERTIFICATE("VN", "SG", "") "</case>", "OK" },
	{ PEER CERTIFICATE("TH", "VN", "") "</case>", "OK" },
	{ PEER CERTIFICATE("TH", "VN", "") KNOWN_REFERENCE "</case>", "IDM-03" },
	/* Nobody issues for another country, and no partner sends here what is not for us. */
	{ AGENCY CERTIFICATE("TH", "SG", "") "</case>", "COO-38" },
	{ PEER CERTIFICATE("SG", "VN", "") "</case>", "COO-38" },
	{ PEER CERTIFICATE("VN", "SG", "") "</case>", "COO-38" },
	{ PEER CERTIFICATE("TH", "MY", "") "</case>", "COO-38" },
	/* Replacing: one's own, unused; a partner may replace what came on paper. */
	{ AGENCY CERTIFICATE("VN", "SG", REPLACES) OLD("DELIVERED", "MoIT") "</case>", "OK" },
	{ AGENCY CERTIFICATE("VN", "SG", REPLACES) OLD("PARTIAL", "MoIT") "</case>", "COO-07" },
	{ AGENCY CERTIFICATE("VN", "SG", REPLACES) OLD("CANCELLED", "MoIT") "</case>", "COO-07" },
	{ AGENCY CERTIFICATE("VN", "SG", REPLACES) OLD("RECEIVED", "ASW-TH") "</case>", "COO-07" },
	{ AGENCY CERTIFICATE("VN", "SG", REPLACES) "</case>", "COO-07" },
	{ PEER CERTIFICATE("TH", "VN", REPLACES) "</case>", "OK" },
	{ PEER CERTIFICATE("TH", "VN", REPLACES) OLD("UTILISED", "ASW-TH") "</case>", "COO-07" },
	/* Back to back: within the original's time and quantity. */
	{ AGENCY CERTIFICATE("VN", "SG", BACK) ORIGINAL("RECEIVED", "2015-02-19", "120") "</case>",
	  "OK" },
	{ AGENCY CERTIFICATE("VN", "SG", BACK) ORIGINAL("RECEIVED", "2015-02-18", "0") "</case>",
	  "COO-39" },
	{ AGENCY CERTIFICATE("VN", "SG", BACK) ORIGINAL("CANCELLED", "2015-03-01", "0") "</case>",
	  "COO-39" },
	{ AGENCY CERTIFICATE("VN", "SG", BACK) ORIGINAL("PARTIAL", "2015-02-19", "120.5") "</case>",
	  "COO-40" },
	{ AGENCY CERTIFICATE("VN", "SG", BACK) "</case>", "COO-41" },
}, cancellation_pasts[] = {
	{ HELD("DELIVERED", NEW) BY("MoIT"), "OK" },
	{ HELD("DELIVERED", NEW) BY("ASW-SG"), "COO-43" },
	{ HELD("PARTIAL", NEW) BY("MoIT"), "COO-07" },
	{ HELD("UTILISED", NEW) BY("MoIT"), "COO-07" },
}, response_pasts[] = {
	{ HELD("DELIVERED", NEW) SAYS_OF_IT("UTILISED", USED("1", "100")) BY("ASW-SG"), "OK" },
	{ HELD("DELIVERED", NEW) SAYS_OF_IT("UTILISED", USED("1", "100.5")) BY("ASW-SG"), "COO-48" },
	{ HELD("DELIVERED", NEW) SAYS_OF_IT("UTILISED", USED("2", "1")) BY("ASW-SG"), "COO-47" },
	{ HELD("DELIVERED", NEW) SAYS_OF_IT("UTILISED", "") BY("MoIT"), "COO-52" },
	{ HELD("REJECTED", NEW) SAYS_OF_IT("CLARIFICATION", "") BY("MoIT"), "OK" },
	{ HELD("REJECTED", NEW) SAYS_OF_IT("CLARIFICATION", "") BY("ASW-SG"), "COO-52" },
	{ HELD("DELIVERED", NEW) SAYS_OF_IT("REJECTED", "") BY("ASW-SG"), "OK" },
	{ HELD("DELIVERED", TOO_OLD) SAYS_OF_IT("REJECTED", "") BY("ASW-SG"), "COO-09" },
	{ HELD("CLARIFYING", TOO_OLD) SAYS_OF_IT("REJECTED", "") BY("ASW-SG"), "OK" },
	{ HELD("DELIVERED", NEW) SAYS_OF_IT("UTILISED", "") BY("ASW-SG"), "OK" },
}, query_pasts[] = {
	{ "<case kind='DEC-IMP'>" MESSAGE("13", "") "</case>", "OK" },
	{ "<case kind='DEC-IMP'>" MESSAGE("13", "<case-kind>DEC-IMP</case-kind>") "</case>", "OK" },
	{ "<case kind='LPA'>" MESSAGE("13", "<case-kind>DEC-IMP</case-kind>") "</case>", "QRY-01" },
};

static void check_pasts(const struct kind *kind, const struct past *pasts, size_t count)
{
	struct arena *arena = arena_new();

	assert_non_null(kind);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(first_code(arena, kind, pasts[i].facts), pasts[i].code);
	arena_free(arena);
}

static void test_references_are_used_once_and_amendments_name_the_current_version(void **state)
{
	(void)state;
	check_pasts(kinds_named(kinds, "DEC-IMP"), declaration_pasts, COUNT_OF(declaration_pasts));
}

static void test_a_certificate_is_issued_once_and_answered_by_the_other_side(void **state)
{
	(void)state;
	check_pasts(kinds_named(kinds, "COO-ISS"), certificate_pasts, COUNT_OF(certificate_pasts));
	check_pasts(kinds_named(kinds, "COO-CAN"), cancellation_pasts,
		    COUNT_OF(cancellation_pasts));
	check_pasts(kinds_named(kinds, "COO-CR"), response_pasts, COUNT_OF(response_pasts));
	check_pasts(kinds_named(kinds, "QRY"), query_pasts, COUNT_OF(query_pasts));
}

/* ---- declarations that nobody here wrote ------------------------------------------------ */

/* The kinds with the foreign grammar joined; NULL, having said so, where it is absent. */
static struct kinds *foreign_kinds(struct arena *arena, const char **real)
{
	const char *folders[] = { "schemas", NULL };
	struct kinds *joined;
	struct failure why;

	*real = getenv("NSW_REAL_DIR");
	if (*real == NULL)
		*real = "../shared/real";
	folders[1] = arena_printf(arena, "%s/wco-dec/schemas", *real);
	if (access(folders[1], R_OK) != 0) {
		print_message("skipped: no real declarations at %s\n", *real);
		return NULL;
	}
	if (!kinds_load(&joined, folders, COUNT_OF(folders), &why))
		fail_msg("%s: %s", why.place, why.text);
	assert_string_equal(kinds_left_out(joined), "");
	return joined;
}

static const char *event_of(const struct kinds *joined, const struct document *document,
			    struct arena *arena)
{
	const struct kind *kind = kinds_named(joined, "WCO-DEC");
	struct failure why;
	struct facts *facts;

	if (!kind_facts(kind, document, FEBRUARY_2014, arena, &facts, &why))
		fail_msg("%s: %s", why.place, why.text);
	return kind_event(kind, facts);
}

static void test_real_declarations_lodge_amend_and_cancel(void **state)
{
	static const struct {
		const char *event;
		size_t count;
	} expected[] = { { "lodge", 58 }, { "amend", 4 }, { "cancel", 2 } };
	struct arena *arena = arena_new();
	size_t counted[COUNT_OF(expected)] = { 0 }, invalid = 0;
	const char *real;
	struct kinds *joined = foreign_kinds(arena, &real);
	glob_t files;

	(void)state;
	if (joined == NULL) {
		arena_free(arena);
		skip();
	}
	files = files_like(arena_printf(arena, "%s/wco-dec/declarations/*.xml", real));
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct document *document = read_file(files.gl_pathv[i]);
		struct findings findings;

		findings_start(&findings, arena);
		check_document(joined, document, FEBRUARY_2014, &findings);
		invalid += findings.errors != 0;
		for (size_t row = 0; findings.errors == 0 && row < COUNT_OF(expected); row++)
			counted[row] +=
				strcmp(event_of(joined, document, arena), expected[row].event) == 0;
		document_free(document);
	}
	for (size_t row = 0; row < COUNT_OF(expected); row++)
		assert_int_equal(counted[row], expected[row].count);
	assert_int_equal(invalid, 1);
	globfree(&files);
	kinds_free(joined);
	arena_free(arena);
}

static void test_a_foreign_amendment_needs_a_declaration_lodged_here(void **state)
{
	struct arena *arena = arena_new();
	const char *real;
	struct kinds *joined = foreign_kinds(arena, &real);

	(void)state;
	if (joined == NULL) {
		arena_free(arena);
		skip();
	}
	check_pasts(kinds_named(joined, "WCO-DEC"), foreign_pasts, COUNT_OF(foreign_pasts));
	kinds_free(joined);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_data_file_fits_its_grammar),
		cmocka_unit_test(test_every_list_is_named_like_its_file),
		cmocka_unit_test(test_our_own_kinds_load),
		cmocka_unit_test(test_every_sample_is_accepted_without_a_remark),
		cmocka_unit_test(test_the_facts_of_a_sample_are_those_it_states),
		cmocka_unit_test(test_every_broken_declaration_meets_the_code_of_its_folder),
		cmocka_unit_test(test_every_rule_has_a_declaration_that_breaks_it),
		cmocka_unit_test(
			test_references_are_used_once_and_amendments_name_the_current_version),
		cmocka_unit_test(test_a_certificate_is_issued_once_and_answered_by_the_other_side),
		cmocka_unit_test(test_real_declarations_lodge_amend_and_cancel),
		cmocka_unit_test(test_a_foreign_amendment_needs_a_declaration_lodged_here),
	};

	return cmocka_run_group_tests(tests, load_kinds, free_kinds);
}
