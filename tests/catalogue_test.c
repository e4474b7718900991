/* Every code that the engine can say stands in schemas/catalogue.xml, and nothing else does. */
#include <ctype.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/document.h"
#include "core/text.h"

#define CATALOGUE  "schemas/catalogue.xml"
#define CODE_SIZE  8
#define CODES_MOST 1000
#define FILE_LIMIT (1024 * 1024)

struct codes {
	char code[CODES_MOST][CODE_SIZE];
	size_t count;
};

static bool has(const struct codes *codes, const char *code)
{
	for (size_t i = 0; i < codes->count; i++)
		if (strcmp(codes->code[i], code) == 0)
			return true;
	return false;
}

static void add(struct codes *codes, const char *code)
{
	if (has(codes, code))
		return;
	assert_true(codes->count < CODES_MOST);
	snprintf(codes->code[codes->count++], CODE_SIZE, "%s", code);
}

/* ---- codes in the sources -------------------------------------------------------------- */

/* Length of "SIG-002" at a place, 0 when no code stands there. */
static size_t code_length(const char *at)
{
	size_t letters = 0, digits = 0;

	while (isupper((unsigned char)at[letters]))
		letters++;
	if (letters < 2 || letters > 3 || at[letters] != '-')
		return 0;
	while (isdigit((unsigned char)at[letters + 1 + digits]))
		digits++;
	return digits == 3 ? letters + 1 + digits : 0;
}

/* Names of algorithms look alike. */
static bool is_algorithm(const char *at)
{
	return strncmp(at, "SHA-", strlen("SHA-")) == 0;
}

/* A code in the sources is a string of its own: "SIG-002" between quotes. */
static void add_codes_of(struct codes *codes, const char *source)
{
	for (const char *at = strchr(source, '"'); at != NULL; at = strchr(at + 1, '"')) {
		size_t length = code_length(at + 1);
		char code[CODE_SIZE];

		if (length == 0 || at[1 + length] != '"' || is_algorithm(at + 1))
			continue;
		snprintf(code, sizeof code, "%.*s", (int)length, at + 1);
		add(codes, code);
	}
}

static struct codes *gathered; /* nftw() takes no argument for its visitor */

static int visit(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	const char *dot = strrchr(path, '.');
	struct text source = TEXT_EMPTY;

	(void)status;
	(void)walk;
	if (type != FTW_F || dot == NULL || strcmp(dot, ".c") != 0)
		return 0;
	if (!text_read_file(&source, path, FILE_LIMIT, NULL))
		return -1;
	if (source.bytes != NULL)
		add_codes_of(gathered, source.bytes);
	text_free(&source);
	return 0;
}

static void gather_from_sources(struct codes *codes)
{
	static const char *const folders[] = { "gateway", "adapters" };

	gathered = codes;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		assert_int_equal(nftw(folders[i], visit, 16, FTW_PHYS), 0);
}

/* ---- codes in the catalogue ------------------------------------------------------------ */

static struct document *read_catalogue(void)
{
	struct document *document;
	struct failure why;

	if (!document_read(&document, CATALOGUE, &document_limits_data, &why))
		fail_msg("%s: %s", why.place, why.text);
	return document;
}

static void gather_from_catalogue(struct codes *codes, const struct document *document)
{
	struct arena *arena = arena_new();

	for (xmlNodePtr row = child_named(document_root(document), "code"); row != NULL;
	     row = next_named(row, "code"))
		add(codes, attribute_text(arena, row, "id"));
	arena_free(arena);
}

/* How many codes of the one list the other one lacks; each is named. */
static size_t lacking(const struct codes *codes, const struct codes *others, const char *complaint)
{
	size_t count = 0;

	for (size_t i = 0; i < codes->count; i++) {
		if (has(others, codes->code[i]))
			continue;
		print_error("%s %s\n", codes->code[i], complaint);
		count++;
	}
	return count;
}

static struct codes used, listed;

static int gather(void **state)
{
	struct document *document;

	(void)state;
	document_setup();
	document = read_catalogue();
	gather_from_catalogue(&listed, document);
	gather_from_sources(&used);
	document_free(document);
	return 0;
}

/* ---- the tests ------------------------------------------------------------------------- */

static void test_codes_are_found_in_sources(void **state)
{
	static const struct {
		const char *source;
		size_t count;
	} rows[] = {
		{ "return reject(why, \"SIG-002\", \"changed\");", 1 },
		{ "\"XML-001\" \"XML-001\" \"IO-003\"", 2 },
		{ "/* SIG-002 */ \"see SIG-002\" \"SIG-02\" \"SIG-0021\" \"SIGN-002\" \"S-002\"",
		  0 },
		{ "\"SHA-256\" \"sig-002\" \"SIG_002\" \"SIG-00x\" \"", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct codes codes = { .count = 0 };

		add_codes_of(&codes, rows[i].source);
		assert_int_equal(codes.count, rows[i].count);
	}
}

static void test_every_code_of_the_sources_is_catalogued(void **state)
{
	(void)state;
	assert_true(used.count > 100); /* the folders were found */
	assert_int_equal(lacking(&used, &listed, "is not in " CATALOGUE), 0);
}

static void test_every_row_of_the_catalogue_is_a_code_of_the_sources(void **state)
{
	(void)state;
	assert_int_equal(lacking(&listed, &used, "stands in " CATALOGUE " and nowhere else"), 0);
}

static void test_no_code_is_catalogued_twice(void **state)
{
	struct document *document = read_catalogue();
	size_t rows = xmlChildElementCount(document_root(document));

	(void)state;
	assert_int_equal(rows, listed.count);
	document_free(document);
}

static void test_every_row_says_what_it_means_and_what_to_do_in_both_languages(void **state)
{
	static const char *const parts[] = { "text en", "text vi", "hint en", "hint vi" };
	struct document *document = read_catalogue();
	struct arena *arena = arena_new();

	(void)state;
	for (xmlNodePtr row = child_named(document_root(document), "code"); row != NULL;
	     row = next_named(row, "code")) {
		xmlNodePtr part = xmlFirstElementChild(row);

		for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
			const char *language = attribute_text(arena, part, "lang");

			if (part == NULL || language == NULL ||
			    strcmp(arena_printf(arena, "%s %s", (const char *)part->name, language),
				   parts[i]) != 0)
				fail_msg("%s:%d: %s is missing", CATALOGUE, node_line(row),
					 parts[i]);
			assert_true(node_text(arena, part)[0] != '\0');
			part = xmlNextElementSibling(part);
		}
	}
	arena_free(arena);
	document_free(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes_are_found_in_sources),
		cmocka_unit_test(test_every_code_of_the_sources_is_catalogued),
		cmocka_unit_test(test_every_row_of_the_catalogue_is_a_code_of_the_sources),
		cmocka_unit_test(test_no_code_is_catalogued_twice),
		cmocka_unit_test(
			test_every_row_says_what_it_means_and_what_to_do_in_both_languages),
	};

	return cmocka_run_group_tests(tests, gather, NULL);
}
