#include "judgement.h"

#include <libxml/parser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"
#include "papers.h"

static const char *codes_of(struct arena *arena, const struct findings *findings)
{
	struct text codes = TEXT_EMPTY;
	const char *copy;

	text_add(&codes, "");
	for (const struct finding *at = findings->first; at != NULL; at = at->next) {
		assert_non_null(at->text_vi);
		assert_non_null(at->hint);
		assert_non_null(at->hint_vi);
		text_printf(&codes, "%s%s%s%s", codes.length > 0 ? " " : "", at->warning ? "(" : "",
			    at->code, at->warning ? ")" : "");
	}
	copy = arena_string(arena, codes.bytes);
	text_free(&codes);
	return copy;
}

static void find(struct arena *arena, const char *kind, const struct judgement *row,
		 struct findings *findings)
{
	const char *facts = arena_printf(arena, "<case state='' version='1'>%s</case>", row->facts);
	xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, XML_PARSE_NONET);
	struct failure why;
	gateway_time at;

	assert_non_null(tree);
	assert_true(time_parse(row->on, &at, NULL));
	findings_start(findings, arena);
	if (!kind_check_journal(papers_kind(kind), tree, at, findings, &why))
		fail_msg("%s: %s", why.place, why.text);
	xmlFreeDoc(tree);
}

void judge(const char *kind, const struct judgement *row)
{
	struct arena *arena = arena_new();
	struct findings findings;

	find(arena, kind, row, &findings);
	if (strcmp(codes_of(arena, &findings), row->codes) != 0)
		fail_msg("on %s: %s, not %s: %s", row->on, codes_of(arena, &findings), row->codes,
			 row->facts);
	arena_free(arena);
}

void judge_all(const char *kind, const struct judgement *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		judge(kind, &rows[i]);
}

const char *judged_text(struct arena *arena, const char *kind, const struct judgement *row)
{
	struct findings findings;

	find(arena, kind, row, &findings);
	assert_non_null(findings.first);
	return findings.first->text;
}
