/*
 * Real declarations, spoilt in 320 seeded ways: `nsw validate` must judge each as xmllint does,
 * and tell a line and a reason for what is not valid.
 */
#include <dirent.h>
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

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "core/document.h"
#include "core/row.h"
#include "core/text.h"

#define MUTATIONS 320
#define INVALID	  "example_submission_declaration_400.xml" /* published as a bad one */

static char folder[] = "/tmp/nsw-mutations.XXXXXX";
static struct arena *arena;
static const char *real;

/* ---- the sources ---------------------------------------------------------------------------- */

static int is_valid_source(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	return end != NULL && strcmp(end, ".xml") == 0 && strcmp(entry->d_name, INVALID) != 0;
}

static const char *declarations(void)
{
	return arena_printf(arena, "%s/wco-dec/declarations", real);
}

/* ---- spoiling ---------------------------------------------------------------------------------- */

static double draw(const char *purpose, size_t number)
{
	return keyed_draw("mutations", purpose, arena_printf(arena, "%zu", number), NULL);
}

static bool is_leaf(xmlNodePtr node)
{
	return xmlFirstElementChild(node) == NULL;
}

static bool any_element(xmlNodePtr node)
{
	return !is_element(node, NULL, "Declaration"); /* without it the kind would be another */
}

static bool has_next(xmlNodePtr node)
{
	return any_element(node) && xmlNextElementSibling(node) != NULL;
}

/* All elements below a node that fit, in document order. */
static size_t collect(xmlNodePtr parent, bool (*fits)(xmlNodePtr), xmlNodePtr *out, size_t count)
{
	for (xmlNodePtr node = xmlFirstElementChild(parent); node != NULL;
	     node = xmlNextElementSibling(node)) {
		if (fits(node))
			out[count++] = node;
		count = collect(node, fits, out, count);
	}
	return count;
}

static xmlNodePtr choose(xmlNodePtr root, bool (*fits)(xmlNodePtr), size_t number)
{
	static xmlNodePtr nodes[20000];
	size_t count = collect(root, fits, nodes, 0);

	assert_true(count > 0);
	return nodes[(size_t)(draw("element", number) * (double)count)];
}

static void drop(xmlNodePtr root, size_t number)
{
	xmlNodePtr node = choose(root, any_element, number);

	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

static void repeat(xmlNodePtr root, size_t number)
{
	xmlNodePtr node = choose(root, any_element, number);

	xmlAddNextSibling(node, xmlCopyNode(node, 1));
}

static void reorder(xmlNodePtr root, size_t number)
{
	xmlNodePtr node = choose(root, has_next, number);
	xmlNodePtr next = xmlNextElementSibling(node);

	xmlUnlinkNode(node);
	xmlAddNextSibling(next, node);
}

static void change_value(xmlNodePtr root, size_t number)
{
	static const char *const values[] = { "",
					      "-1",
					      "2014-13-45",
					      "not a value at all",
					      "0",
					      "A very long value that goes on and on, longer than "
					      "any name or code of customs should ever have to be, "
					      "and then a little more of it for good measure" };
	const size_t count = sizeof values / sizeof *values;
	xmlNodePtr node = choose(root, is_leaf, number);

	xmlNodeSetContent(node,
			  (const xmlChar *)values[(size_t)(draw("value", number) * (double)count)]);
}

static void write_mutation(const char *source, size_t number)
{
	static void (*const ways[])(xmlNodePtr, size_t) = { drop, repeat, reorder, change_value };
	struct document *document;
	struct failure why;

	if (!document_read(&document, source, &document_limits_message, &why))
		fail_msg("%s: %s", source, why.text);
	ways[number % (sizeof ways / sizeof *ways)](document_root(document), number);
	assert_true(xmlSaveFile(arena_printf(arena, "%s/%03zu.xml", folder, number),
				document_tree(document)) > 0);
	document_free(document);
}

/* ---- judging --------------------------------------------------------------------------------------- */

static char *output_of(const char *command)
{
	struct text output = TEXT_EMPTY;
	FILE *pipe = popen(command, "r");
	char piece[4096];
	size_t got;

	assert_non_null(pipe);
	text_add(&output, "");
	while ((got = fread(piece, 1, sizeof piece, pipe)) > 0)
		text_add_bytes(&output, piece, got);
	pclose(pipe);
	return text_take(&output);
}

/* "…/017.xml validates" or "…/017.xml fails to validate", on stderr. */
static void ask_xmllint(bool valid[MUTATIONS])
{
	char *said = output_of(arena_printf(
		arena, "xmllint --noout --schema '%s/wco-dec/schemas/driver.xsd' %s/*.xml 2>&1",
		real, folder));
	size_t verdicts = 0;

	for (char *rest = said, *line; (line = strsep(&rest, "\n")) != NULL;) {
		char *name = strstr(line, folder);
		size_t number;
		int length = 0;

		if (name == NULL ||
		    sscanf(name + strlen(folder), "/%zu.xml%n", &number, &length) != 1 ||
		    number >= MUTATIONS)
			continue;
		name += strlen(folder) + (size_t)length;
		if (strcmp(name, " validates") != 0 && strcmp(name, " fails to validate") != 0)
			continue;
		valid[number] = strcmp(name, " validates") == 0;
		verdicts++;
	}
	free(said);
	assert_int_equal(verdicts, MUTATIONS);
}

struct judgement {
	bool valid;
	size_t findings, complete; /* complete: with a line and a reason */
};

static size_t number_of(const struct row *row)
{
	const char *file = row_get(row, "file");

	assert_non_null(file);
	return strtoul(strrchr(file, '/') + 1, NULL, 10);
}

static void note_row(struct judgement *judgements, const struct row *row, size_t *verdicts)
{
	struct judgement *of = &judgements[number_of(row)];
	int64_t line = 0;

	if (strcmp(row_type(row), "file") == 0) {
		of->valid = row_get_flag(row, "valid");
		(*verdicts)++;
	} else if (strcmp(row_type(row), "finding") == 0) {
		of->findings++;
		of->complete += row_get_number(row, "line", &line) && line > 0 &&
				row_get(row, "code") != NULL && row_get(row, "text") != NULL;
	}
}

static void ask_nsw(struct judgement judgements[MUTATIONS])
{
	const char *programs = getenv("BIN");
	char *said = output_of(arena_printf(
		arena,
		"%s/nsw validate --json -q --schema-only --kinds '%s/wco-dec/schemas' %s/*.xml",
		programs != NULL ? programs : "build/debug/bin", real, folder));
	size_t verdicts = 0;

	for (char *rest = said, *line; (line = strsep(&rest, "\n")) != NULL;) {
		struct failure why;
		struct row *row;

		if (*line == '\0')
			continue;
		if (!row_read(&row, line, strlen(line), &why))
			fail_msg("%s", line);
		note_row(judgements, row, &verdicts);
		row_free(row);
	}
	free(said);
	assert_int_equal(verdicts, MUTATIONS);
}

static void test_validate_judges_320_mutations_as_xmllint_does(void **state)
{
	static struct judgement judgements[MUTATIONS];
	static bool valid[MUTATIONS];
	struct dirent **sources;
	size_t invalid = 0;
	int count;

	(void)state;
	count = scandir(declarations(), &sources, is_valid_source, alphasort);
	if (count <= 0) {
		print_message("there are no real declarations in %s (NSW_REAL_DIR)\n", real);
		skip();
	}
	for (size_t i = 0; i < MUTATIONS; i++)
		write_mutation(arena_printf(arena, "%s/%s", declarations(),
					    sources[i % (size_t)count]->d_name),
			       i);
	for (int i = 0; i < count; i++)
		free(sources[i]);
	free(sources);

	ask_xmllint(valid);
	ask_nsw(judgements);
	for (size_t i = 0; i < MUTATIONS; i++) {
		if (valid[i] != judgements[i].valid)
			fail_msg("mutation %zu: xmllint says %s, nsw %s", i,
				 valid[i] ? "valid" : "invalid",
				 judgements[i].valid ? "valid" : "invalid");
		if (!valid[i] && (judgements[i].findings == 0 ||
				  judgements[i].complete != judgements[i].findings))
			fail_msg("mutation %zu: a finding without line or reason", i);
		invalid += !valid[i];
	}
	print_message("%zu of %d are invalid\n", invalid, MUTATIONS);
	assert_true(invalid > MUTATIONS / 2 && invalid < MUTATIONS); /* both kinds were judged */
}

/* ---- the stage --------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
	(void)state;
	document_setup();
	arena = arena_new();
	real = getenv("NSW_REAL_DIR");
	if (real == NULL)
		real = "../shared/real";
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < MUTATIONS; i++)
		unlink(arena_printf(arena, "%s/%03zu.xml", folder, i));
	arena_free(arena);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_validate_judges_320_mutations_as_xmllint_does),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
