#include "adapters/transform.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- a sheet from a string ------------------------------------------------------------- */

#define XSL	       "xmlns:xsl='http://www.w3.org/1999/XSL/Transform'"
#define SHEET(content) "<xsl:stylesheet version='1.0' " XSL ">\n" content "\n</xsl:stylesheet>"
#define ROOT(content)  SHEET("<xsl:template match='/'>" content "</xsl:template>")
#define INPUT                                                                                      \
	"<Request xmlns='urn:example:req'>\n <Reference>VN15-1</Reference>\n <Item>a</Item>"       \
	"<Item>b</Item>\n</Request>"

static char folder[96];

static const char *path_of(const char *name)
{
	static char path[sizeof folder + 32];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static int make_folder(void **state)
{
	const char *temporary = getenv("TMPDIR");

	(void)state;
	document_setup();
	snprintf(folder, sizeof folder, "%s/nsw-XXXXXX", temporary != NULL ? temporary : "/tmp");
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static bool load(struct transform **out, const char *sheet, struct failure *why)
{
	const char *path = path_of("sheet.xsl");
	bool loaded;

	assert_true(file_write(path, sheet, strlen(sheet), 0600, NULL));
	loaded = transform_load(out, path, why);
	unlink(path_of("sheet.xsl"));
	return loaded;
}

static struct transform *loaded(const char *sheet)
{
	struct transform *transform;
	struct failure why;

	if (!load(&transform, sheet, &why))
		fail_msg("%s: %s: %s\n%s", why.place, why.code, why.text, sheet);
	return transform;
}

static struct document *input_of(const char *bytes)
{
	struct document *document;

	assert_true(document_parse(&document, "payload.xml", bytes, strlen(bytes),
				   &document_limits_message, NULL));
	return document;
}

/* free() it. */
static char *made(const char *sheet, const struct transform_parameter *parameters, size_t count)
{
	struct transform *transform = loaded(sheet);
	struct document *input = input_of(INPUT);
	struct text out = TEXT_EMPTY;
	struct failure why;

	if (!transform_run(&out, transform, input, parameters, count, &why))
		fail_msg("%s: %s: %s\n%s", why.place, why.code, why.text, sheet);
	document_free(input);
	transform_free(transform);
	return text_take(&out);
}

/* ---- what it makes ---------------------------------------------------------------------- */

static const char note[] =
	SHEET("<xsl:output method='xml' encoding='UTF-8'/>"
	      "<xsl:param name='id'/><xsl:param name='fact-reference'/><xsl:param name='absent'/>"
	      "<xsl:strip-space elements='*'/>"
	      "<xsl:key name='items' match='r:Item' use='.' xmlns:r='urn:example:req'/>"
	      "<xsl:template match='/r:Request' xmlns:r='urn:example:req'>"
	      "<Note id='{$id}' reference='{$fact-reference}' absent='{$absent}' "
	      "first='{generate-id(r:Item[1])}'>"
	      "<xsl:for-each select='r:Item'><xsl:sort order='descending'/>"
	      "<Of><xsl:value-of select='key(\"items\", string())'/></Of></xsl:for-each>"
	      "</Note></xsl:template>");

static void test_a_sheet_makes_one_payload_from_another(void **state)
{
	static const struct transform_parameter parameters[] = {
		{ "id", "6f1c" },
		{ "fact-reference", "VN15-1" },
		{ "fact-that-the-sheet-does-not-ask-for", "x" },
	};
	char *payload = made(note, parameters, 3);

	(void)state;
	assert_non_null(strstr(payload, "id=\"6f1c\" reference=\"VN15-1\" absent=\"\""));
	assert_non_null(strstr(payload, "<Of>b</Of><Of>a</Of>"));
	free(payload);
}

static void test_the_same_input_makes_the_same_bytes(void **state)
{
	char *one = made(note, NULL, 0), *two = made(note, NULL, 0);

	(void)state;
	assert_string_equal(one, two);
	free(one);
	free(two);
}

static void test_parameters_are_strings_and_never_xpath(void **state)
{
	static const char *const values[] = {
		"it's",	  "\"quoted\"", "it's \"both\"", "concat('a', 'b')", "{id}", "&<>",
		"//Item", "",		"Bộ Giao thông",
	};

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		const struct transform_parameter parameter = { "id", values[i] };
		char *payload = made(SHEET("<xsl:param name='id'/><xsl:template match='/'>"
					   "<a><xsl:value-of select='$id'/></a></xsl:template>"),
				     &parameter, 1);
		struct document *document = input_of(payload);
		xmlChar *content = xmlNodeGetContent(document_root(document));

		assert_string_equal((const char *)content, values[i]);
		xmlFree(content);
		document_free(document);
		free(payload);
	}
}

static void test_the_input_stays_as_it_is(void **state)
{
	struct transform *transform = loaded(note);
	struct document *input = input_of(INPUT);
	struct text out = TEXT_EMPTY;
	xmlChar *before = xmlNodeGetContent(document_root(input)), *after;
	struct failure why;

	(void)state;
	assert_true(transform_run(&out, transform, input, NULL, 0, &why));
	after = xmlNodeGetContent(document_root(input));
	assert_string_equal((const char *)before, (const char *)after);
	xmlFree(before);
	xmlFree(after);
	text_free(&out);
	document_free(input);
	transform_free(transform);
}

/* ---- many threads ----------------------------------------------------------------------- */

#define THREADS 4
#define RUNS	50

struct worker {
	struct transform *transform;
	const char *expected;
	int good;
};

static void *run_often(void *argument)
{
	struct worker *worker = argument;

	for (int i = 0; i < RUNS; i++) {
		struct document *input;
		struct text out = TEXT_EMPTY;

		if (!document_parse(&input, "payload.xml", INPUT, strlen(INPUT),
				    &document_limits_message, NULL))
			break;
		if (transform_run(&out, worker->transform, input, NULL, 0, NULL) &&
		    strcmp(out.bytes, worker->expected) == 0)
			worker->good++;
		text_free(&out);
		document_free(input);
	}
	return NULL;
}

static void test_any_number_of_threads_may_use_one_sheet(void **state)
{
	struct transform *transform = loaded(note);
	char *expected = made(note, NULL, 0);
	struct worker workers[THREADS];
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ transform, expected, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, run_often, &workers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].good, RUNS);
	}
	free(expected);
	transform_free(transform);
}

/* ---- refused before it runs ---------------------------------------------------------------- */

#define LATER(content) SHEET("<xsl:template match='/'>\n" content "</xsl:template>")

static const struct {
	const char *sheet;
	int line;
	const char *text;
} unusable[] = {
	/* a way out */
	{ LATER("<xsl:copy-of select=\"document('file:///etc/passwd')\"/>"), 3, "document()" },
	{ LATER("<a b=\"{document ('file:///etc/passwd')}\"/>"), 3, "document()" },
	{ LATER("<xsl:if test=\"count(document('')) = 1\"/>"), 3, "document()" },
	{ SHEET("<xsl:import href='file:///etc/passwd'/>"), 2, "xsl:import" },
	{ SHEET("<xsl:include href='http://127.0.0.1/sheet.xsl'/>"), 2, "xsl:include" },
	{ LATER("<xsl:document href='/tmp/x'><a/></xsl:document>"), 3, "xsl:document" },
	{ "<xsl:stylesheet version='1.0' " XSL " xmlns:e='http://exslt.org/common'\n"
	  " extension-element-prefixes='e'><xsl:template match='/'><e:document href='/tmp/x'/>"
	  "</xsl:template></xsl:stylesheet>",
	  2, "extension" },
	{ LATER("<a xsl:extension-element-prefixes='x' xmlns:x='org.apache.xalan.xslt."
		"extensions.Redirect'><x:write file='/tmp/x'/></a>"),
	  3, "extension" },
	{ "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" SHEET(""), 1, "XML-003" },
	{ "<!DOCTYPE a [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]>\n" ROOT("&b;"), 1, "XML-003" },
	/* output that nobody could take */
	{ SHEET("<xsl:output method='html'/>"), 2, "XML in UTF-8" },
	{ SHEET("<xsl:output encoding='UTF-16'/>"), 2, "XML in UTF-8" },
	{ SHEET("<xsl:output doctype-system='a.dtd'/>"), 2, "DOCTYPE" },
	/* not XSLT */
	{ "<a/>", 1, "xsl:stylesheet" },
	{ "<a xsl:version='1.0' " XSL "/>", 1, "xsl:stylesheet" },
	{ "<xsl:stylesheet version='2.0' " XSL "/>", 1, "1.0" },
	{ "<xsl:stylesheet " XSL "/>", 1, "1.0" },
	{ LATER("<xsl:value-of select='a['/>"), 3, "a[" },
	{ LATER("<xsl:value-of/>"), 3, "select" },
	{ LATER("<xsl:no-such-thing/>"), 3, "no-such-thing" },
	{ "<xsl:stylesheet", 1, "XML-001" },
};

static void test_what_leads_out_of_a_sheet_is_refused_with_its_line(void **state)
{
	char expected[64];

	(void)state;
	for (size_t i = 0; i < sizeof unusable / sizeof *unusable; i++) {
		struct transform *transform;
		struct failure why;

		if (load(&transform, unusable[i].sheet, &why))
			fail_msg("row %zu was accepted: %s", i, unusable[i].sheet);
		snprintf(expected, sizeof expected, "/sheet.xsl:%d", unusable[i].line);
		if (why.verdict != FAULT || strcmp(why.code, "ADP-010") != 0 ||
		    strstr(why.place, expected) == NULL ||
		    strstr(why.text, unusable[i].text) == NULL)
			fail_msg("row %zu: %s: %s: %s", i, why.place, why.code, why.text);
	}
}

static void test_a_sheet_that_is_not_there_is_named(void **state)
{
	struct transform *transform;
	struct failure why;

	(void)state;
	assert_false(transform_load(&transform, "no-such.xsl", &why));
	assert_string_equal(why.code, "ADP-010");
	assert_string_equal(why.place, "no-such.xsl");
}

static void test_a_word_that_only_looks_like_a_function_is_allowed(void **state)
{
	char *payload = made(ROOT("<a title='see document (1)'><xsl:value-of "
				  "select=\"count(/my-document)\"/></a>"),
			     NULL, 0);

	(void)state;
	assert_non_null(strstr(payload, ">0</a>"));
	free(payload);
}

/* ---- stopped while it runs ----------------------------------------------------------------- */

#define LOOP(content)                                                                              \
	SHEET("<xsl:template name='again'><xsl:param name='n'/>\n" content "</xsl:template>"       \
	      "<xsl:template match='/'><a><xsl:call-template name='again'/></a></xsl:template>")
#define EACH "<xsl:for-each select='//node()|//@*'>"
#define END  "</xsl:for-each>"

static const struct {
	const char *sheet, *text;
} stopped[] = {
	/* recursion without an end, through a name, through a match, through variables */
	{ LOOP("<xsl:call-template name='again'/>"), "recursion" },
	{ SHEET("<xsl:template match='/'><xsl:apply-templates select='/'/></xsl:template>"),
	  "recursion" },
	{ SHEET("<xsl:variable name='a' select='$b'/><xsl:variable name='b' select='$a'/>"
		"<xsl:template match='/'><a><xsl:value-of select='$a'/></a></xsl:template>"),
	  "ecursive" },
	/* loops within loops: 14 nodes to the 8th */
	{ ROOT("<a>" EACH EACH EACH EACH EACH EACH EACH EACH
	       "<xsl:if test='false()'>x</xsl:if>" END END END END END END END END "</a>"),
	  "limit" },
	/* more than a message may have: half a kilobyte, eight times doubled, ten times over */
	{ SHEET("<xsl:template name='grow'><xsl:param name='t'/><xsl:param name='n'/>"
		"<xsl:choose><xsl:when test='$n = 0'><xsl:value-of select='$t'/></xsl:when>"
		"<xsl:otherwise><xsl:call-template name='grow'>"
		"<xsl:with-param name='t' select='concat($t, $t)'/>"
		"<xsl:with-param name='n' select='$n - 1'/></xsl:call-template></xsl:otherwise>"
		"</xsl:choose></xsl:template><xsl:template match='/'><a><xsl:call-template "
		"name='grow'><xsl:with-param name='t' select=\"'0123456789abcdef'\"/>"
		"<xsl:with-param name='n' select='17'/></xsl:call-template></a></xsl:template>"),
	  "more than 1048576 bytes" },
	/* what cannot be known before */
	{ ROOT("<a><xsl:value-of select='no-such-function()'/></a>"),
	  "no-such-function not found" },
	{ ROOT("<a><xsl:value-of select=\"1 -document('')\"/></a>"), "refused" },
	{ ROOT("<a><xsl:value-of select=\"1 -document('file:///etc/passwd')\"/></a>"), "refused" },
	{ ROOT("<a><xsl:value-of select='$none'/></a>"), "none" },
	{ ROOT("<a><xsl:message terminate='yes'>no exporter</xsl:message></a>"), "no exporter" },
};

static void test_what_would_not_end_is_stopped(void **state)
{
	struct document *input = input_of(INPUT);

	(void)state;
	for (size_t i = 0; i < sizeof stopped / sizeof *stopped; i++) {
		struct transform *transform = loaded(stopped[i].sheet);
		struct text out = TEXT_EMPTY;
		struct failure why;

		if (transform_run(&out, transform, input, NULL, 0, &why))
			fail_msg("row %zu made: %.200s", i, out.bytes);
		if (why.verdict != FAULT || strcmp(why.code, "ADP-011") != 0 ||
		    strstr(why.place, "/sheet.xsl") == NULL ||
		    strstr(why.text, stopped[i].text) == NULL)
			fail_msg("row %zu: %s: %s: %s", i, why.place, why.code, why.text);
		assert_int_equal(out.length, 0);
		transform_free(transform);
	}
	document_free(input);
}

static void test_a_sheet_that_failed_once_may_be_run_again(void **state)
{
	struct transform *transform =
		loaded(SHEET("<xsl:param name='stop'/><xsl:template match='/'><a>"
			     "<xsl:if test='$stop'><xsl:message terminate='yes'>asked to"
			     "</xsl:message></xsl:if></a></xsl:template>"));
	const struct transform_parameter stop = { "stop", "yes" };
	struct document *input = input_of(INPUT);
	struct text out = TEXT_EMPTY;
	struct failure why;

	(void)state;
	assert_false(transform_run(&out, transform, input, &stop, 1, &why));
	assert_true(transform_run(&out, transform, input, NULL, 0, &why));
	assert_non_null(strstr(out.bytes, "<a/>"));
	text_free(&out);
	document_free(input);
	transform_free(transform);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_sheet_makes_one_payload_from_another),
		cmocka_unit_test(test_the_same_input_makes_the_same_bytes),
		cmocka_unit_test(test_parameters_are_strings_and_never_xpath),
		cmocka_unit_test(test_the_input_stays_as_it_is),
		cmocka_unit_test(test_any_number_of_threads_may_use_one_sheet),
		cmocka_unit_test(test_what_leads_out_of_a_sheet_is_refused_with_its_line),
		cmocka_unit_test(test_a_sheet_that_is_not_there_is_named),
		cmocka_unit_test(test_a_word_that_only_looks_like_a_function_is_allowed),
		cmocka_unit_test(test_what_would_not_end_is_stopped),
		cmocka_unit_test(test_a_sheet_that_failed_once_may_be_run_again),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
