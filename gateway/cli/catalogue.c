#include "cli/catalogue.h"

#include <string.h>

#include "core/document.h"

static xmlNodePtr row_of(xmlNodePtr root, const char *code, struct arena *arena)
{
	xmlNodePtr row = child_named(root, "code");

	while (row != NULL && strcmp(attribute_text(arena, row, "id") ?: "", code) != 0)
		row = next_named(row, "code");
	return row;
}

static const char *english(xmlNodePtr row, const char *name, struct arena *arena)
{
	xmlNodePtr text = child_named(row, name);

	while (text != NULL && strcmp(attribute_text(arena, text, "lang") ?: "", "en") != 0)
		text = next_named(text, name);
	return node_text(arena, text);
}

const char *catalogue_hint(const char *path, const char *code, struct arena *arena)
{
	struct document *catalogue;
	struct failure ignored;
	const char *hint;

	if (!document_read(&catalogue, path, &document_limits_data, &ignored))
		return NULL;
	hint = english(row_of(document_root(catalogue), code, arena), "hint", arena);
	document_free(catalogue);
	return hint;
}
