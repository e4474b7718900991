#include "papers.h"

#include <glob.h>
#include <libxml/parser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/text.h"

#define CORPUS "tests/corpus"

const struct kind *papers_kind(const char *id)
{
	const struct kind *kind = kinds_named(ours.kinds, id);

	if (kind == NULL)
		fail_msg("there is no kind %s", id);
	return kind;
}

static void must(bool done, const struct failure *why)
{
	char line[1024];

	if (!done)
		fail_msg("%s", failure_line(why, line, sizeof line));
}

/* ---- one document ------------------------------------------------------------------------- */

static gateway_time date_of(struct arena *arena, const struct document *document)
{
	const char *text = child_text(arena, document_root(document), "IssueDateTime");
	gateway_time at;

	assert_non_null(text);
	if (strchr(text, 'T') == NULL)
		text = arena_printf(arena, "%sT12:00:00+07:00", text);
	assert_true(time_parse(text, &at, NULL));
	return at;
}

/* What `nsw validate` does: recognise, validate and, when the grammar holds, check. */
static const struct kind *judge(const struct document *document, gateway_time at,
				struct findings *findings)
{
	const struct kind *kind;
	struct failure why;

	must(kinds_recognise(ours.kinds, document, &kind, &why), &why);
	must(kind_validate(kind, document, findings, &why), &why);
	if (findings->errors == 0)
		must(kind_check(kind, document, at, findings, &why), &why);
	return kind;
}

static void print_findings(const char *path, const struct findings *findings)
{
	for (const struct finding *at = findings->first; at != NULL; at = at->next)
		print_error("%s:%d: %s: %s\n", path, at->line, at->code, at->text);
}

struct facts *papers_read(struct arena *arena, const char *path)
{
	struct document *document;
	const struct kind *kind;
	struct findings findings;
	struct facts *facts = NULL;
	struct failure why;
	gateway_time at;

	must(document_read(&document, path, &document_limits_message, &why), &why);
	findings_start(&findings, arena);
	at = date_of(arena, document);
	kind = judge(document, at, &findings);
	print_findings(path, &findings);
	if (findings.first == NULL)
		must(kind_facts(kind, document, at, arena, &facts, &why), &why);
	document_free(document);
	return facts;
}

/* ---- samples and the corpus ---------------------------------------------------------------- */

/* Sorted; globfree() it. At least one file must be there. */
static glob_t files_like(const char *pattern)
{
	glob_t files;

	if (glob(pattern, 0, NULL, &files) != 0)
		fail_msg("there is no %s", pattern);
	return files;
}

void papers_samples(const char *folder, size_t least)
{
	struct arena *arena = arena_new();
	glob_t files = files_like(arena_printf(arena, "schemas/%s/samples/*.xml", folder));

	assert_true(files.gl_pathc >= least);
	for (size_t i = 0; i < files.gl_pathc; i++)
		if (papers_read(arena, files.gl_pathv[i]) == NULL)
			fail_msg("%s is not accepted without a remark", files.gl_pathv[i]);
	globfree(&files);
	arena_free(arena);
}

/* "COD-05" of tests/corpus/car/COD-05/check-digit.xml. */
static const char *code_of(struct arena *arena, const char *path)
{
	const char *end = strrchr(path, '/'), *code = end;

	while (code[-1] != '/')
		code--;
	return arena_printf(arena, "%.*s", (int)(end - code), code);
}

static void check_broken(struct arena *arena, const char *path)
{
	const char *code = code_of(arena, path);
	struct document *document;
	struct findings findings;
	struct failure why;
	bool told = false;

	must(document_read(&document, path, &document_limits_message, &why), &why);
	findings_start(&findings, arena);
	judge(document, date_of(arena, document), &findings);
	for (const struct finding *at = findings.first; at != NULL; at = at->next) {
		told = told || strcmp(at->code, code) == 0;
		assert_true(at->line > 0);
		assert_non_null(at->path);
		assert_non_null(at->text_vi);
	}
	if (!told) {
		print_findings(path, &findings);
		fail_msg("%s is not told %s", path, code);
	}
	document_free(document);
}

static void check_rule(struct arena *arena, const char *folder, xmlNodePtr rule)
{
	for (xmlNodePtr check = child_named(rule, "assert"); check != NULL;
	     check = next_named(check, "assert")) {
		const char *path = arena_printf(arena, CORPUS "/%s/%s", folder,
						attribute_text(arena, check, "id"));

		if (access(path, F_OK) != 0)
			fail_msg("there is no %s", path);
	}
}

static void check_rules(struct arena *arena, const char *folder)
{
	struct document *document;
	struct failure why;

	must(document_read(&document, arena_printf(arena, "schemas/%s/rules.sch", folder),
			   &document_limits_data, &why),
	     &why);
	for (xmlNodePtr pattern = child_named(document_root(document), "pattern"); pattern != NULL;
	     pattern = next_named(pattern, "pattern"))
		for (xmlNodePtr rule = child_named(pattern, "rule"); rule != NULL;
		     rule = next_named(rule, "rule"))
			check_rule(arena, folder, rule);
	document_free(document);
}

void papers_corpus(const char *folder)
{
	struct arena *arena = arena_new();
	glob_t files = files_like(arena_printf(arena, CORPUS "/%s/*/*.xml", folder));

	for (size_t i = 0; i < files.gl_pathc; i++)
		check_broken(arena, files.gl_pathv[i]);
	check_rules(arena, folder);
	globfree(&files);
	arena_free(arena);
}

/* ---- the past ------------------------------------------------------------------------------ */

static xmlDocPtr tree_of(const char *facts)
{
	xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, XML_PARSE_NONET);

	if (tree == NULL)
		fail_msg("not well-formed: %s", facts);
	return tree;
}

void papers_pasts(const char *kind, gateway_time at, const struct papers_past *pasts, size_t count)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < count; i++) {
		xmlDocPtr tree = tree_of(pasts[i].facts);
		struct findings findings;
		struct failure why;
		const char *code;

		findings_start(&findings, arena);
		must(kind_check_journal(papers_kind(kind), tree, at, &findings, &why), &why);
		code = findings.first != NULL ? findings.first->code : "OK";
		if (strcmp(code, pasts[i].code) != 0)
			fail_msg("%s\nis told %s, not %s", pasts[i].facts, code, pasts[i].code);
		xmlFreeDoc(tree);
	}
	arena_free(arena);
}

/* ---- lives --------------------------------------------------------------------------------- */

static const struct life_row *find_row(const char *kind, gateway_time at,
				       const struct papers_step *step)
{
	struct arena *arena = arena_new();
	xmlDocPtr tree = tree_of(arena_printf(arena, "<case>%s</case>", step->facts));
	const struct life_row *row;
	struct failure why;

	must(life_row(life_of(ours.lives, papers_kind(kind)), step->state, step->event, tree, at,
		      &row, &why),
	     &why);
	xmlFreeDoc(tree);
	arena_free(arena);
	return row;
}

const struct life_row *papers_row(const char *kind, gateway_time at, const struct papers_step *step)
{
	const struct life_row *row = find_row(kind, at, step);

	if (row == NULL)
		fail_msg("%s, %s, %s: no row", step->state, step->event, step->facts);
	return row;
}

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

void papers_steps(const char *kind, gateway_time at, const struct papers_step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct papers_step *step = &steps[i];
		const struct life_row *row = find_row(kind, at, step);
		const char *to = row != NULL ? row->to : NULL;
		const char *send = row != NULL ? row->send : NULL;

		if (!same(to, step->to) || !same(send, step->send))
			fail_msg("%s, %s, %s: to %s, sends %s", step->state, step->event,
				 step->facts, to != NULL ? to : "nowhere",
				 send != NULL ? send : "nothing");
	}
}

void papers_states(const char *kind, const char *const states[])
{
	const struct life *life = life_of(ours.lives, papers_kind(kind));

	for (; *states != NULL; states++) {
		const struct papers_step asked = { *states, "query", "", "=", "state" };

		papers_steps(kind, 0, &asked, 1);
		if (life_final(life, *states) == (life_timeout(life, *states) > 0))
			fail_msg("%s of %s: final or with a time-out, one of the two", *states,
				 kind);
	}
}
