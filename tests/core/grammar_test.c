/* The XSDs in schemas/grammar say the same as the programs: on our own files, and on broken ones. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/document.h"
#include "core/kind.h"
#include "core/schema.h"
#include "scratch.h"

#define GRAMMAR "schemas/grammar"

static struct schema *load(const char *xsd)
{
	struct schema *schema;
	struct failure why;

	if (!schema_load(&schema, xsd, GRAMMAR, &why))
		fail_msg("%s: %s", why.place, why.text);
	return schema;
}

/* The first thing that the grammar says against a file; NULL when it is right. */
static const char *complaint(struct arena *arena, const struct schema *schema, const char *path)
{
	struct document *document;
	struct findings findings;
	struct failure why;

	findings_start(&findings, arena);
	if (!document_read(&document, path, &document_limits_data, &why))
		return arena_string(arena, why.text);
	assert_true(schema_validate(schema, document, &findings, &why));
	document_free(document);
	return findings.first != NULL ? findings.first->text : NULL;
}

static void test_our_own_files_follow_their_grammar(void **state)
{
	static const struct {
		const char *xsd, *files;
	} rows[] = {
		{ GRAMMAR "/kind.xsd", "schemas/*/kind.xml" },
		{ GRAMMAR "/codes.xsd", "schemas/codes/*.xml" },
		{ GRAMMAR "/life.xsd", "schemas/*/life.xml" },
		{ GRAMMAR "/control.xsd", "schemas/control.xml" },
		{ GRAMMAR "/catalogue.xsd", "schemas/catalogue.xml" },
		{ GRAMMAR "/party.xsd", "adapters/*.xml" },
		{ GRAMMAR "/rollout.xsd", "schemas/rollout.xml" },
		{ GRAMMAR "/procedures.xsd", "schemas/procedures.xml" },
		{ GRAMMAR "/scenario.xsd", "tests/scenarios/*.xml" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct schema *schema = load(rows[i].xsd);
		glob_t found;

		if (glob(rows[i].files, 0, NULL, &found) != 0)
			fail_msg("there is no %s", rows[i].files);
		for (size_t f = 0; f < found.gl_pathc; f++) {
			const char *wrong = complaint(arena, schema, found.gl_pathv[f]);

			if (wrong != NULL)
				fail_msg("%s: %s", found.gl_pathv[f], wrong);
		}
		globfree(&found);
		schema_free(schema);
	}
	arena_free(arena);
}

static void test_our_own_kinds_load(void **state)
{
	const char *folder = "schemas";
	struct kinds *kinds;
	struct failure why;

	(void)state;
	if (!kinds_load(&kinds, &folder, 1, &why))
		fail_msg("%s: %s: %s", why.place, why.code, why.text);
	assert_non_null(kinds_named(kinds, "DEC-IMP"));
	assert_non_null(kinds_named(kinds, "ACK"));
	assert_non_null(kinds_named(kinds, "RES"));
	assert_non_null(kinds_named(kinds, "LPR"));
	/* Its schema is not ours; without it the kind is left out, and said so. */
	assert_non_null(strstr(kinds_left_out(kinds), "WCO-DEC"));
	kinds_free(kinds);
}

#define KIND(attributes, inside)                                                                   \
	"<kind xmlns='urn:nsw:kind:1' " attributes " title='x'>" inside "</kind>"
#define HEAD	 "id='X' version='1' role='receipt' from='any'"
#define IDENTITY "<identify namespace='urn:x' root='X'/><schema file='x.xsd'/>"

#define ROLLOUT(attributes) "<rollout xmlns='urn:nsw:rollout:1'><row " attributes "/></rollout>"
#define PROCEDURE(attributes, inside)                                                              \
	"<procedures xmlns='urn:nsw:procedures:1'><procedure id='A-B' party='P' "                  \
	"title='t' " attributes ">" inside "</procedure></procedures>"

static void test_what_the_programs_refuse_the_grammar_refuses(void **state)
{
	static const struct {
		const char *xsd, *content;
		bool right;
	} rows[] = {
		{ GRAMMAR "/kind.xsd", KIND(HEAD, IDENTITY), true },
		{ GRAMMAR "/kind.xsd",
		  KIND(HEAD, "<ns prefix='a' uri='b'/>" IDENTITY
			     "<facts><each name='i' xpath='x'><fact name='f' xpath='y'>"
			     "<attribute name='a' xpath='@z'/></fact></each></facts>"),
		  true },
		{ GRAMMAR "/kind.xsd", KIND(HEAD " sinature='allowed'", IDENTITY), false },
		{ GRAMMAR "/kind.xsd", KIND(HEAD " signature='maybe'", IDENTITY), false },
		{ GRAMMAR "/kind.xsd",
		  KIND("id='X Y' version='1' role='receipt' from='any'", IDENTITY), false },
		{ GRAMMAR "/kind.xsd",
		  KIND("id='X' version='1' role='receipt' from='agncy'", IDENTITY), false },
		{ GRAMMAR "/kind.xsd", KIND("id='X' version='1' role='receipt' from=''", IDENTITY),
		  false },
		{ GRAMMAR "/kind.xsd", KIND(HEAD, "<schema file='x.xsd'/>"), false },
		{ GRAMMAR "/kind.xsd", KIND(HEAD, IDENTITY "<identify namespace='a' root='b'/>"),
		  false },
		{ GRAMMAR "/kind.xsd",
		  KIND(HEAD, "<ns prefix='a' uri='b'/><ns prefix='a' uri='c'/>" IDENTITY), false },
		{ GRAMMAR "/kind.xsd", KIND(HEAD, IDENTITY "<rules phase='x' file='y'/>"), false },
		{ GRAMMAR "/kind.xsd",
		  KIND(HEAD, IDENTITY "<facts><fact name='a b' xpath='c'/></facts>"), false },

		{ GRAMMAR "/rollout.xsd",
		  ROLLOUT("of='A B-1' state='LIVE' used='2014-02-26' place='03 VNHPH' mark='S'"),
		  true },
		{ GRAMMAR "/rollout.xsd", ROLLOUT("club='ASW' country='VN' order='5'"), true },
		{ GRAMMAR "/rollout.xsd", ROLLOUT("of='A' state='LIVEE' used='2014-02-26'"),
		  false },
		{ GRAMMAR "/rollout.xsd", ROLLOUT("title='x' used='26.02.2014'"), false },
		{ GRAMMAR "/rollout.xsd", ROLLOUT("of='' state='LIVE' used='2014-02-26'"), false },
		{ GRAMMAR "/rollout.xsd", ROLLOUT("title='x' used='2014-02-26' vai='x'"), false },
		{ GRAMMAR "/rollout.xsd", ROLLOUT("club='ASW' country='VN' order='0'"), false },

		{ GRAMMAR "/procedures.xsd",
		  PROCEDURE("hs='01-05 1604' paper-time='3d'",
			    "<data name='N' form='code ports' required='yes'/>"),
		  true },
		{ GRAMMAR "/procedures.xsd", PROCEDURE("fee='-1'", ""), false },
		{ GRAMMAR "/procedures.xsd", PROCEDURE("hs='3'", ""), false },
		{ GRAMMAR "/procedures.xsd", PROCEDURE("direction='inport'", ""), false },
		{ GRAMMAR "/procedures.xsd", PROCEDURE("", "<data name='N' form='code'/>"), false },
		{ GRAMMAR "/procedures.xsd", PROCEDURE("", "<data name='N' form='word'/>"), false },

		{ GRAMMAR "/codes.xsd",
		  "<codes xmlns='urn:nsw:codes:1' id='x'><code value='A' any='thing' "
		  "from='2014-02-26'/></codes>",
		  true },
		{ GRAMMAR "/codes.xsd",
		  "<codes xmlns='urn:nsw:codes:1' id='x'><code value=''/></codes>", false },
		{ GRAMMAR "/codes.xsd",
		  "<codes xmlns='urn:nsw:codes:1' id='x'><code value='A' from='2014'/></codes>",
		  false },
		{ GRAMMAR "/codes.xsd", "<codes xmlns='urn:nsw:codes:1' id='x' extend='yes'/>",
		  false },
		{ GRAMMAR "/codes.xsd", "<codes xmlns='urn:nsw:codes:1'/>", false },
	};
	struct scratch *scratch = scratch_new();
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct schema *schema = load(rows[i].xsd);
		const char *wrong = complaint(arena, schema,
					      scratch_write(scratch, "file.xml", rows[i].content));

		if ((wrong == NULL) != rows[i].right)
			fail_msg("%s\n%s", rows[i].content, wrong != NULL ? wrong : "is accepted");
		schema_free(schema);
	}
	arena_free(arena);
	scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_our_own_files_follow_their_grammar),
		cmocka_unit_test(test_our_own_kinds_load),
		cmocka_unit_test(test_what_the_programs_refuse_the_grammar_refuses),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
