#include "core/document.h"

#include <libxml/xmlschemas.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/text.h"
#include "corpus.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define CORPUS		"tests/corpus/document"

static const struct document_limits corpus_limits = {
	.bytes = 16384,
	.depth = 64,
	.elements = 1000,
	.attributes = 64,
	.namespaces = 64,
	.text = 4096,
};

/* The code of a refusal, or "OK". */
static const char *verdict(const void *bytes, size_t length, const struct document_limits *limits,
			   struct failure *why)
{
	struct document *document;

	*why = (struct failure){ 0 };
	if (document_parse(&document, "a.xml", bytes, length, limits, why)) {
		document_free(document);
		return "OK";
	}
	assert_null(document);
	assert_int_equal(why->verdict, REJECT);
	return why->code;
}

static struct document *parsed(const char *text)
{
	struct document *document;
	struct failure why;

	if (!document_parse(&document, "a.xml", text, strlen(text), &document_limits_message, &why))
		fail_msg("%s: %s", why.code, why.text);
	return document;
}

/* ---- the corpus ----------------------------------------------------------------------- */

static void expect_of_file(const char *code, const struct text *bytes, const char *path)
{
	struct failure why;
	const char *got = verdict(bytes->bytes, bytes->length, &corpus_limits, &why);

	if (strcmp(got, code) != 0)
		fail_msg("%s: %s %s", path, got, why.text);
	if (strcmp(got, "OK") != 0 &&
	    (strncmp(why.place, "a.xml", 5) != 0 || strchr(why.text, '\n') != NULL))
		fail_msg("%s: %s: %s", path, why.place, why.text);
}

static void test_every_file_of_the_corpus_gets_its_folders_code(void **state)
{
	static const char *const codes[] = { "OK",	"XML-001", "XML-002", "XML-003",
					     "XML-004", "XML-005", "XML-006", "XML-007",
					     "XML-008", "XML-009", NULL };

	(void)state;
	corpus_walk("document", codes, expect_of_file);
}

/* ---- limits --------------------------------------------------------------------------- */

static void repeat(struct text *text, const char *piece, int times)
{
	while (times-- > 0)
		text_add(text, piece);
}

static void expect(const char *code, struct text *text, const struct document_limits *limits)
{
	struct failure why;
	const char *got = verdict(text->bytes, text->length, limits, &why);

	if (strcmp(got, code) != 0)
		fail_msg("%s instead of %s: %s", got, code, why.text);
	text_clear(text);
}

static void test_the_limits_of_a_message_are_exact(void **state)
{
	const struct document_limits *limits = &document_limits_message;
	struct text text = TEXT_EMPTY;

	(void)state;
	for (int above = 0; above <= 1; above++) {
		text_add(&text, "<a><!--");
		repeat(&text, "x", 8 * 1024 * 1024 - 14 + above);
		text_add(&text, "--></a>");
		expect(above ? "XML-002" : "OK", &text, limits);

		repeat(&text, "<a>", 64 + above);
		repeat(&text, "</a>", 64 + above);
		expect(above ? "XML-005" : "OK", &text, limits);

		text_add(&text, "<a>");
		repeat(&text, "<b/>", 499999 + above);
		text_add(&text, "</a>");
		expect(above ? "XML-006" : "OK", &text, limits);

		text_add(&text, "<a");
		for (int i = 0; i < 64 + above; i++)
			text_printf(&text, " b%d='%d'", i, i);
		text_add(&text, "/>");
		expect(above ? "XML-007" : "OK", &text, limits);

		text_add(&text, "<a>");
		repeat(&text, "y", 4 * 1024 * 1024 + above);
		text_add(&text, "</a>");
		expect(above ? "XML-008" : "OK", &text, limits);

		text_add(&text, "<a b='");
		repeat(&text, "z", 4 * 1024 * 1024 + above);
		text_add(&text, "'/>");
		expect(above ? "XML-008" : "OK", &text, limits);
	}
	text_free(&text);
}

static void test_declarations_of_namespaces_count_only_where_they_are_in_scope(void **state)
{
	struct text text = TEXT_EMPTY;

	(void)state;
	text_add(&text, "<a>");
	for (int i = 0; i < 500; i++)
		text_printf(&text, "<b xmlns='urn:%d'><c xmlns:p='urn:p'/></b>", i);
	text_add(&text, "</a>");
	expect("OK", &text, &document_limits_message);
	text_free(&text);
}

/* What took libxml2 sixteen seconds, or would take it any length of time. */
static void test_hostile_documents_are_refused_at_once(void **state)
{
	struct text text = TEXT_EMPTY;
	uint64_t start = monotonic_ms();

	(void)state;
	text_add(&text, "<a");
	for (int i = 0; i < 40000; i++)
		text_printf(&text, " a%d=''", i);
	text_add(&text, "/>");
	expect("XML-007", &text, &document_limits_message);

	text_add(&text, "<a");
	for (int i = 0; i < 40000; i++)
		text_printf(&text, " xmlns:a%d='u'", i);
	text_add(&text, "/>");
	expect("XML-007", &text, &document_limits_message);

	repeat(&text, "<a>", 100000);
	repeat(&text, "</a>", 100000);
	expect("XML-005", &text, &document_limits_message);

	repeat(&text, "<a>", 100000); /* not even closed */
	expect("XML-005", &text, &document_limits_message);

	/* Sixty-four namespaces in scope, and as many look-ups as eight MiB hold. */
	text_add(&text, "<a");
	for (int i = 0; i < 64; i++)
		text_printf(&text, " xmlns:p%d='u%d'", i, i);
	text_add(&text, ">");
	repeat(&text, "<p63:b p0:c='' p1:c=''/>", 340000);
	text_add(&text, "</a>");
	expect("OK", &text, &document_limits_message);

	assert_true(monotonic_ms() - start < 20000); /* sanitizers and a busy machine included */
	text_free(&text);
}

static void test_roomy_limits_take_what_a_message_may_not(void **state)
{
	struct text text = TEXT_EMPTY;

	(void)state;
	repeat(&text, "<a>", 150);
	repeat(&text, "</a>", 150);
	expect("OK", &text, &document_limits_data);
	repeat(&text, "<a>", 201);
	expect("XML-005", &text, &document_limits_data);
	text_free(&text);
}

/* ---- what a refusal says -------------------------------------------------------------- */

static void test_a_refusal_says_where_and_why(void **state)
{
	static const struct {
		const char *text, *line; /* place and code and text */
	} rows[] = {
		{ "<a>\n<b>\n</c>\n</a>",
		  "a.xml:3: XML-001: not well-formed: Opening and ending tag mismatch: b line 2 "
		  "and c" },
		{ "<a>&nbsp;</a>", "a.xml:1: XML-001: not well-formed: Entity 'nbsp' not defined" },
		{ "<a>&#1;</a>", "a.xml:1: XML-001: not well-formed: invalid xmlChar value 1" },
		{ "<a>\n\x01</a>", "a.xml:2: XML-001: the character U+0001 may not stand in XML" },
		{ "\n\n<!DOCTYPE a>\n<a/>",
		  "a.xml:3: XML-003: has a DOCTYPE, which is never accepted" },
		{ "<?xml version='1.0' encoding='TCVN'?><a/>",
		  "a.xml:1: XML-004: declares the encoding TCVN; only UTF-8 is accepted" },
		{ "<a>\n\n\xE9</a>",
		  "a.xml:3: XML-004: the byte 0xE9 begins no UTF-8 character that XML may hold" },
		{ "", "a.xml: XML-009: is empty" },
	};
	char line[1024];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct failure why;

		verdict(rows[i].text, strlen(rows[i].text), &document_limits_message, &why);
		assert_string_equal(failure_line(&why, line, sizeof line), rows[i].line);
	}
}

static void test_a_strangers_words_do_not_break_the_refusal(void **state)
{
	struct text text = TEXT_EMPTY;
	struct failure why;

	(void)state;
	text_add(&text, "<a>&");
	repeat(&text, "\xE1\xBB\x87", 300);
	text_add(&text, ";</a>");
	assert_string_equal(verdict(text.bytes, text.length, &document_limits_message, &why),
			    "XML-001");
	for (size_t i = 0, step; why.text[i] != '\0'; i += step) {
		step = utf8_step((const unsigned char *)why.text + i, strlen(why.text + i));
		assert_int_not_equal(step, 0);
	}
	text_free(&text);
}

/* ---- files ---------------------------------------------------------------------------- */

static void test_files_are_read_and_named(void **state)
{
	struct document *document;
	struct failure why;

	(void)state;
	assert_true(document_read(&document, CORPUS "/OK/plain.xml", &document_limits_data, &why));
	assert_string_equal(document_name(document), CORPUS "/OK/plain.xml");
	assert_true(is_element(document_root(document), NULL, "declaration"));
	assert_ptr_equal(document_root(document)->doc, document_tree(document));
	document_free(document);

	assert_false(document_read(&document, CORPUS "/XML-001/mismatched-tags.xml",
				   &document_limits_data, &why));
	assert_string_equal(why.place, CORPUS "/XML-001/mismatched-tags.xml:3");
	assert_null(document);

	assert_false(document_read(&document, CORPUS "/no-such-file", &document_limits_data, &why));
	assert_string_equal(why.code, "IO-001");
	assert_false(document_read(&document, CORPUS "/XML-002/one-byte-above-the-limit.xml",
				   &corpus_limits, &why));
	assert_string_equal(why.code, "IO-002");
	document_free(NULL);
}

/* ---- reading a tree ------------------------------------------------------------------- */

static const char tree_text[] = "<d:Declaration xmlns:d='urn:d' xmlns='urn:e' office=' 01AB '>\n"
				"  <ID>  1\n 2\t</ID>\n"
				"  <Empty/>\n"
				"  <Item><Code>a</Code></Item>\n"
				"  <d:Item><Code>b&amp;<![CDATA[<c>]]><x>d</x></Code></d:Item>\n"
				"  <Item d:office='x'><!-- e --><Code>f</Code></Item>\n"
				"</d:Declaration>";

static void test_small_readers_find_and_trim(void **state)
{
	struct document *document = parsed(tree_text);
	struct arena *arena = arena_new();
	xmlNodePtr root = document_root(document), item = child_named(root, "Item");

	(void)state;
	assert_string_equal(child_text(arena, root, "ID"), "1\n 2");
	assert_string_equal(child_text(arena, root, "Empty"), "");
	assert_null(child_text(arena, root, "Absent"));
	assert_string_equal(attribute_text(arena, root, "office"), "01AB");
	assert_null(attribute_text(arena, root, "absent"));

	assert_string_equal(child_text(arena, item, "Code"), "a");
	item = next_named(item, "Item");
	assert_true(is_element(item, "urn:d", "Item"));
	assert_false(is_element(item, "urn:e", "Item"));
	assert_string_equal(child_text(arena, item, "Code"), "b&<c>d");
	item = next_named(item, "Item");
	assert_true(is_element(item, "urn:e", "Item"));
	assert_null(attribute_text(arena, item, "office")); /* that one has a namespace */
	assert_null(next_named(item, "Item"));

	assert_false(is_element(root->children, NULL, "text"));
	assert_false(is_element(NULL, NULL, "Item"));
	assert_null(child_named(NULL, "Item"));
	assert_null(next_named(NULL, "Item"));
	assert_null(node_text(arena, NULL));
	assert_null(attribute_text(arena, NULL, "office"));
	arena_free(arena);
	document_free(document);
}

static void test_paths_have_positions_only_where_there_are_several(void **state)
{
	struct document *document = parsed(tree_text);
	struct arena *arena = arena_new();
	xmlNodePtr root = document_root(document), item = child_named(root, "Item");

	(void)state;
	assert_string_equal(node_path(arena, root), "/Declaration");
	assert_string_equal(node_path(arena, child_named(root, "ID")), "/Declaration/ID");
	assert_string_equal(node_path(arena, item), "/Declaration/Item[1]");
	assert_string_equal(node_path(arena, child_named(item, "Code")),
			    "/Declaration/Item[1]/Code");
	item = next_named(next_named(item, "Item"), "Item");
	assert_string_equal(node_path(arena, item), "/Declaration/Item[3]");
	assert_string_equal(node_path(arena, (xmlNodePtr)root->properties), "/Declaration/@office");
	assert_string_equal(node_path(arena, child_named(root, "ID")->children),
			    "/Declaration/ID/text()");
	assert_string_equal(node_path(arena, (xmlNodePtr)document_tree(document)), "/");
	assert_int_equal(node_line(item), 7);
	assert_int_equal(node_line(NULL), 0);
	arena_free(arena);
	document_free(document);
}

static void test_lines_are_right_beyond_sixty_five_thousand(void **state)
{
	struct text text = TEXT_EMPTY;
	struct document *document;
	xmlNodePtr last;

	(void)state;
	text_add(&text, "<a>");
	repeat(&text, "\n", 70000);
	text_add(&text, "<b>here</b>\n</a>");
	document = parsed(text.bytes);
	last = child_named(document_root(document), "b");
	assert_int_equal(node_line(last), 70001);
	document_free(document);
	text_free(&text);
}

/* ---- what libxml2 may load ------------------------------------------------------------ */

static const char importing[] =
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:nsw:test'>"
	"<xs:import namespace='http://www.w3.org/2000/09/xmldsig#' schemaLocation='%s'/>"
	"<xs:element name='a'><xs:complexType><xs:sequence><xs:element"
	" xmlns:ds='http://www.w3.org/2000/09/xmldsig#' ref='ds:Signature'/>"
	"</xs:sequence></xs:complexType></xs:element></xs:schema>";

/* Does a schema that imports this file compile? */
static bool imports(const char *location)
{
	struct text text = TEXT_EMPTY;
	xmlSchemaParserCtxtPtr parser;
	struct document *document;
	xmlSchemaPtr schema;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the constant above */
	text_printf(&text, importing, location);
#pragma GCC diagnostic pop
	document = parsed(text.bytes);
	parser = xmlSchemaNewDocParserCtxt(document_tree(document));
	schema = xmlSchemaParse(parser);
	xmlSchemaFree(schema);
	xmlSchemaFreeParserCtxt(parser);
	document_free(document);
	text_free(&text);
	return schema != NULL;
}

static void test_nothing_is_loaded_but_from_an_allowed_folder(void **state)
{
	struct failure why;

	(void)state;
	assert_false(imports("schemas/envelope/signature.xsd"));
	assert_true(document_allow_files("schemas/envelope", &why));
	assert_true(imports("schemas/envelope/signature.xsd"));
	assert_true(imports("schemas/ack/../envelope/signature.xsd"));
	assert_false(imports("schemas/envelope/../ack/ack-1.xsd"));
	assert_false(imports("schemas/envelope/no-such.xsd"));
	assert_false(imports("http://example.invalid/schemas/envelope/signature.xsd"));
	assert_true(document_allow_files("schemas/ack", &why));
	assert_false(imports("schemas/envelope/signature.xsd"));
	document_forbid_files();
	assert_false(imports("schemas/envelope/signature.xsd"));

	assert_false(document_allow_files("schemas/no-such-folder", &why));
	assert_string_equal(why.code, "IO-001");
}

/* ---- silence -------------------------------------------------------------------------- */

static void *make_libxml2_complain(void *unused)
{
	static const char *const noisy[] = {
		"<?xml version='1.0' encoding='nonsense'?><a/>",
		"<?xml version='9.9'?><a/>",
		"<a xmlns='not a uri'><b:c/></a>",
		"\xFE\xFF",
		"<a xml:id='1'><b xml:id='1'/></a>",
		"<a>&x;</a>",
	};
	struct document *document;

	for (size_t i = 0; i < COUNT_OF(noisy); i++)
		if (document_parse(&document, "a.xml", noisy[i], strlen(noisy[i]),
				   &document_limits_message, NULL))
			document_free(document);
	imports("no such file");
	return unused;
}

static void test_libxml2_prints_nothing_in_any_thread(void **state)
{
	FILE *said = tmpfile();
	int saved = dup(STDERR_FILENO);
	pthread_t thread;
	struct stat status;

	(void)state;
	assert_non_null(said);
	dup2(fileno(said), STDERR_FILENO);
	make_libxml2_complain(NULL);
	assert_int_equal(pthread_create(&thread, NULL, make_libxml2_complain, NULL), 0);
	pthread_join(thread, NULL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_int_equal(fstat(fileno(said), &status), 0);
	fclose(said);
	assert_int_equal(status.st_size, 0);
}

/* ---- threads -------------------------------------------------------------------------- */

/* The number of wrong verdicts goes into *wrong. */
static void *parse_again_and_again(void *wrong)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{ tree_text, true },
		{ "<a><b></a>", false },
		{ "<!DOCTYPE a><a/>", false },
		{ "<a>&x;</a>", false },
		{ "<?xml version='1.9'?><a/>", true },
	};

	for (size_t i = 0; i < 500; i++) {
		const char *text = rows[i % COUNT_OF(rows)].text;
		struct document *document;
		struct failure why;

		if (document_parse(&document, "a.xml", text, strlen(text), &document_limits_message,
				   &why) != rows[i % COUNT_OF(rows)].good)
			(*(int *)wrong)++;
		document_free(document);
	}
	return NULL;
}

static void test_several_threads_parse_at_once(void **state)
{
	pthread_t threads[4];
	int wrong[4] = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, parse_again_and_again, &wrong[i]), 0);
	for (size_t i = 0; i < COUNT_OF(threads); i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(wrong[i], 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_file_of_the_corpus_gets_its_folders_code),
		cmocka_unit_test(test_the_limits_of_a_message_are_exact),
		cmocka_unit_test(
			test_declarations_of_namespaces_count_only_where_they_are_in_scope),
		cmocka_unit_test(test_hostile_documents_are_refused_at_once),
		cmocka_unit_test(test_roomy_limits_take_what_a_message_may_not),
		cmocka_unit_test(test_a_refusal_says_where_and_why),
		cmocka_unit_test(test_a_strangers_words_do_not_break_the_refusal),
		cmocka_unit_test(test_libxml2_prints_nothing_in_any_thread),
		cmocka_unit_test(test_files_are_read_and_named),
		cmocka_unit_test(test_small_readers_find_and_trim),
		cmocka_unit_test(test_paths_have_positions_only_where_there_are_several),
		cmocka_unit_test(test_lines_are_right_beyond_sixty_five_thousand),
		cmocka_unit_test(test_nothing_is_loaded_but_from_an_allowed_folder),
		cmocka_unit_test(test_several_threads_parse_at_once),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
