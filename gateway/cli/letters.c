#include "cli/letters.h"

#include "cli/bundle.h"
#include "core/document.h"

static const struct column columns[] = {
	{ .name = "time", .width = 24 },
	{ .name = "kind", .width = 7 },
	{ .name = "result", .word = true },
	{ .name = "number", .width = 12 },
	{ .name = "reference", .width = 18 },
	{ .name = "ref", .width = 36 },
	{ .name = "id" },
};

struct table *letters_table(struct output *output, bool growing)
{
	return table_begin(output, columns, sizeof columns / sizeof *columns, growing);
}

/* What a response says, for the list; the payload itself is the answer. */
static void add_content(struct row *row, const struct letter *letter, struct arena *arena)
{
	struct document *document;
	struct failure ignored;
	xmlNodePtr root;

	if (!document_parse(&document, "message", letter->payload, letter->payload_length,
			    &document_limits_message, &ignored))
		return;
	root = document_root(document);
	row_put(row, "result", child_text(arena, root, "ResultCode"));
	row_put(row, "reference", child_text(arena, root, "FunctionalReferenceID"));
	row_put(row, "number", child_text(arena, child_named(root, "Declaration"), "ID"));
	document_free(document);
}

struct row *letter_row(const struct letter *letter, struct arena *arena)
{
	char time[TIME_TEXT_SIZE];
	struct row *row = row_new("letter");

	row_put(row, "time", time_text(letter->cover.created, time));
	row_put(row, "kind", letter->cover.kind);
	row_put(row, "result", NULL);
	row_put(row, "number", NULL);
	row_put(row, "reference", NULL);
	row_put(row, "ref", letter->cover.ref);
	row_put(row, "id", letter->cover.id);
	add_content(row, letter, arena);
	return row;
}

bool letter_write(const char *folder, const struct letter *letter, struct failure *why)
{
	return bundle_add(folder, letter->cover.id, letter->envelope, letter->envelope_length,
			  letter->payload, letter->payload_length, why);
}
