/*
 * Declarations that nobody here wrote: 65 of the WCO Data Model 3.6, and 320 mutations of them.
 * xmllint is the judge: kind_validate must come to its verdict on each, and say at which line
 * and why where that is "invalid". Skipped where the files, or xmllint, are not there.
 */
#include <glob.h>
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
#include "scratch.h"

enum { MUTATIONS = 320, FILES_AT_MOST = 500 };

/* One file and the two verdicts on it. */
struct trial {
	const char *path;
	bool judged, valid; /* by xmllint */
};

struct real {
	struct arena *arena;
	struct scratch *scratch;
	const char *schemas; /* the folder with driver.xsd */
	struct kinds *kinds;
	struct trial trials[FILES_AT_MOST];
	size_t count, originals;
};

/* ---- finding ---------------------------------------------------------------------------- */

static int start(void **state)
{
	const char *folder = getenv("NSW_REAL_DIR");
	struct arena *arena = arena_new();
	struct real *real = arena_alloc(arena, sizeof *real);
	glob_t found;

	real->arena = arena;
	real->scratch = scratch_new();
	if (folder == NULL || *folder == '\0')
		folder = "../shared/real";
	real->schemas = arena_printf(arena, "%s/wco-dec/schemas", folder);
	if (glob(arena_printf(arena, "%s/wco-dec/declarations/*.xml", folder), 0, NULL, &found) ==
	    0) {
		for (size_t i = 0; i < found.gl_pathc && i < FILES_AT_MOST - MUTATIONS; i++)
			real->trials[real->count++].path = arena_string(arena, found.gl_pathv[i]);
		globfree(&found);
	}
	real->originals = real->count;
	*state = real;
	return 0;
}

static int stop(void **state)
{
	struct real *real = *state;

	kinds_free(real->kinds);
	scratch_free(real->scratch);
	arena_free(real->arena);
	return 0;
}

/* The declarations are not ours to give away: without them there is nothing to test. */
static void need(const struct real *real)
{
	if (real->originals == 0) {
		print_message(
			"skipped: no declarations beside %s (NSW_REAL_DIR names the folder)\n",
			real->schemas);
		skip();
	}
	if (system("xmllint --version >/dev/null 2>&1") != 0) {
		print_message("skipped: there is no xmllint to judge by (libxml2-utils)\n");
		skip();
	}
}

/* ---- mutating --------------------------------------------------------------------------- */

struct chance {
	uint64_t seed;
};

static size_t draw(struct chance *chance, size_t below)
{
	chance->seed = chance->seed * 6364136223846793005U + 1442695040888963407U;
	return (size_t)((chance->seed >> 33) % below);
}

static size_t count_elements(xmlNodePtr node)
{
	size_t count = 1;

	for (xmlNodePtr at = xmlFirstElementChild(node); at != NULL; at = xmlNextElementSibling(at))
		count += count_elements(at);
	return count;
}

static xmlNodePtr element_at(xmlNodePtr node, size_t *index)
{
	if ((*index)-- == 0)
		return node;
	for (xmlNodePtr at = xmlFirstElementChild(node); at != NULL;
	     at = xmlNextElementSibling(at)) {
		xmlNodePtr found = element_at(at, index);

		if (found != NULL)
			return found;
	}
	return NULL;
}

static void drop(xmlNodePtr node, struct chance *chance)
{
	(void)chance;
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

static void repeat(xmlNodePtr node, struct chance *chance)
{
	(void)chance;
	xmlAddNextSibling(node, xmlCopyNode(node, 1));
}

static void reorder(xmlNodePtr node, struct chance *chance)
{
	xmlNodePtr next = xmlNextElementSibling(node);

	if (next == NULL)
		next = xmlFirstElementChild(node->parent);
	if (next == node)
		drop(node, chance); /* an only child has no order */
	else
		xmlAddNextSibling(next, node);
}

static void change_value(xmlNodePtr node, struct chance *chance)
{
	static const char *const values[] = {
		"",
		" ",
		"0",
		"-1",
		"x",
		"12.345",
		"1e3",
		"99999999999999999999",
		"GBP",
		"2014-02-30",
		"a value much longer than any code, quantity or office may have, by far",
		"\xE1\xBB\x87 \xC4\x91 &",
		"A\nB",
	};

	while (xmlFirstElementChild(node) != NULL)
		node = xmlFirstElementChild(node);
	xmlNodeSetContent(node, NULL);
	xmlNodeAddContent(node,
			  (const xmlChar *)values[draw(chance, sizeof values / sizeof *values)]);
}

static const char *mutation(struct real *real, const char *path, int number)
{
	static void (*const mutate[])(
		xmlNodePtr node, struct chance * chance) = { drop, repeat, reorder, change_value };
	struct chance chance = { 20140226U + (uint64_t)number };
	struct document *document;
	xmlNodePtr root;
	size_t index;
	xmlChar *bytes;
	const char *written;
	int length;
	struct failure why;

	if (!document_read(&document, path, &document_limits_message, &why))
		fail_msg("%s: %s", path, why.text);
	root = document_root(document);
	for (int i = 0; i < 4; i++) /* the first few draws of near seeds are alike */
		draw(&chance, 2);
	index = 1 + draw(&chance, count_elements(root) - 1);
	mutate[number % 4](element_at(root, &index), &chance);
	xmlDocDumpMemoryEnc(document_tree(document), &bytes, &length, "UTF-8");
	written = scratch_write(real->scratch, arena_printf(real->arena, "m%03d.xml", number),
				(const char *)bytes);
	xmlFree(bytes);
	document_free(document);
	return written;
}

static void mutate_all(struct real *real)
{
	for (int i = 0; i < MUTATIONS; i++)
		real->trials[real->count++].path =
			mutation(real, real->trials[(size_t)i / 4 * 7 % real->originals].path, i);
}

/* ---- judging ---------------------------------------------------------------------------- */

static void note_verdict(struct real *real, const char *line)
{
	for (size_t i = 0; i < real->count; i++) {
		size_t length = strlen(real->trials[i].path);

		if (strncmp(line, real->trials[i].path, length) != 0)
			continue;
		if (strcmp(line + length, " validates\n") == 0)
			real->trials[i].judged = real->trials[i].valid = true;
		else if (strcmp(line + length, " fails to validate\n") == 0)
			real->trials[i].judged = true;
	}
}

/* All files in one run: compiling the schema is what takes time. */
static void ask_xmllint(struct real *real)
{
	struct text command = TEXT_EMPTY;
	char *line = NULL;
	size_t room = 0;
	FILE *answers;

	text_printf(&command, "xmllint --noout --schema '%s/driver.xsd'", real->schemas);
	for (size_t i = 0; i < real->count; i++)
		text_printf(&command, " '%s'", real->trials[i].path);
	text_add(&command, " 2>&1");
	answers = popen(command.bytes, "r");
	assert_non_null(answers);
	while (getline(&line, &room, answers) > 0)
		note_verdict(real, line);
	pclose(answers);
	free(line);
	text_free(&command);
	for (size_t i = 0; i < real->count; i++)
		if (!real->trials[i].judged)
			fail_msg("xmllint says nothing of %s", real->trials[i].path);
}

static void judge(struct real *real, const struct trial *trial)
{
	struct arena *arena = arena_new();
	struct document *document;
	struct findings findings;
	const struct kind *kind;
	struct failure why;

	findings_start(&findings, arena);
	if (!document_read(&document, trial->path, &document_limits_message, &why))
		fail_msg("%s: %s: %s", trial->path, why.code, why.text);
	/* A wrapper that lost its declaration is refused before its schema is known. */
	if (!kinds_recognise(real->kinds, document, &kind, &why)) {
		assert_failure(&why, REJECT, "KND-001", NULL, "WCO-DEC");
		findings_count(&findings, false);
	} else if (!kind_validate(kind, document, &findings, &why)) {
		fail_msg("%s: %s: %s", trial->path, why.code, why.text);
	}
	if ((findings.errors == 0) != trial->valid)
		fail_msg("%s is %s to xmllint; here it has %zu errors (%s)", trial->path,
			 trial->valid ? "valid" : "invalid", findings.errors,
			 findings.first != NULL ? findings.first->text : "");
	for (struct finding *at = findings.first; at != NULL; at = at->next) {
		assert_true(at->line > 0);
		assert_true(strlen(at->text) > 10 && strlen(at->path) > 1);
		assert_string_not_equal(at->code, "XSD-099");
		assert_non_null(at->text_vi);
	}
	document_free(document);
	arena_free(arena);
}

static void test_the_verdict_on_real_declarations_and_mutations_is_xmllints(void **state)
{
	struct real *real = *state;
	const char *const folders[] = { "schemas", real->schemas };
	size_t valid = 0, mutated_valid = 0;
	struct failure why;

	need(real);
	if (!kinds_load(&real->kinds, folders, 2, &why))
		fail_msg("%s: %s: %s", why.place, why.code, why.text);
	assert_string_equal(kinds_left_out(real->kinds), "");
	mutate_all(real);
	ask_xmllint(real);

	for (size_t i = 0; i < real->count; i++) {
		judge(real, &real->trials[i]);
		valid += i < real->originals && real->trials[i].valid;
		mutated_valid += i >= real->originals && real->trials[i].valid;
	}
	print_message("real: %zu valid of %zu; mutations: %zu valid of %d\n", valid,
		      real->originals, mutated_valid, MUTATIONS);
	assert_int_equal(real->originals, 65);
	assert_int_equal(valid, 64);
	/* A judge who always says the same would agree with anybody. */
	assert_true(mutated_valid > MUTATIONS / 10 && mutated_valid < MUTATIONS * 9 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_verdict_on_real_declarations_and_mutations_is_xmllints),
	};

	document_setup();
	return cmocka_run_group_tests(tests, start, stop);
}
