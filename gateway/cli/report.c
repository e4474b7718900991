#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

#include "core/document.h"

/* ---- printing ------------------------------------------------------------------------------ */

static void add_row(struct output *output, const char *file, const struct finding *finding)
{
	const char layer[] = { finding->layer, '\0' };
	struct row *row = row_new("finding");

	row_put(row, "file", file);
	row_put_number(row, "line", finding->line);
	row_put(row, "code", finding->code);
	row_put_flag(row, "warning", finding->warning);
	row_put(row, "layer", *layer != '\0' ? layer : NULL);
	row_put(row, "text", finding->text);
	row_put(row, "text_vi", finding->text_vi);
	row_put(row, "hint", finding->hint);
	row_put(row, "path", finding->path);
	row_put(row, "pointer", finding->pointer);
	output_row(output, row);
}

static void print(struct output *output, const char *file, const struct finding *finding)
{
	struct text line = TEXT_EMPTY;

	cell_add(&line, file);
	if (finding->line > 0)
		text_printf(&line, ":%d", finding->line);
	text_printf(&line, ": %s: %s", finding->code, finding->warning ? "warning: " : "");
	cell_add(&line, finding->text);
	text_add(&line, "\n");
	if (finding->hint != NULL && *finding->hint != '\0') {
		text_add(&line, "  hint: ");
		cell_add(&line, finding->hint);
		text_add(&line, "\n");
	}
	output_print(output, "%s", line.bytes);
	text_free(&line);
}

void report_finding(struct output *output, const char *file, const struct finding *finding)
{
	print(output, file, finding);
	add_row(output, file, finding);
}

void report_findings(struct output *output, const char *file, const struct findings *findings)
{
	size_t shown = 0;

	for (const struct finding *finding = findings->first; finding != NULL;
	     finding = finding->next, shown++)
		report_finding(output, file, finding);
	if (findings->errors + findings->warnings > shown)
		output_say(output, "%s: and %zu more", file,
			   findings->errors + findings->warnings - shown);
}

/* ---- reading an answer ------------------------------------------------------------------------ */

/* xml:lang, which is inherited; "en" where nothing is said. */
static bool speaks(xmlNodePtr node, const char *language)
{
	xmlChar *found = xmlNodeGetLang(node);
	bool same = strcmp(found != NULL ? (const char *)found : "en", language) == 0;

	xmlFree(found);
	return same;
}

const char *report_description(struct arena *arena, xmlNodePtr error, const char *language)
{
	xmlNodePtr node = child_named(error, "Description");

	while (node != NULL && !speaks(node, language))
		node = next_named(node, "Description");
	return node_text(arena, node);
}

static void read_error(struct findings *findings, xmlNodePtr error)
{
	struct arena *arena = findings->arena;
	xmlNodePtr location = child_named(error, "Location");
	const char *layer = child_text(arena, error, "Layer");
	const char *role = attribute_text(arena, error, "role");
	const char *line = child_text(arena, location, "Line");
	struct finding finding = {
		.code = child_text(arena, error, "ValidationCode"),
		.warning = role != NULL && strcmp(role, "warning") == 0,
		.layer = layer != NULL ? *layer : '\0',
		.text = report_description(arena, error, "en"),
		.text_vi = report_description(arena, error, "vi"),
		.hint = child_text(arena, error, "Hint"),
		.path = child_text(arena, location, "Path"),
		.line = line != NULL ? (int)strtol(line, NULL, 10) : 0,
	};

	if (finding.code == NULL)
		finding.code = "-";
	if (finding.text == NULL)
		finding.text = finding.text_vi != NULL ? finding.text_vi : "no text";
	findings_add(findings, &finding);
}

void report_read(struct findings *findings, const void *payload, size_t length)
{
	struct document *document;
	struct failure ignored;
	xmlNodePtr error;

	if (!document_parse(&document, "answer", payload, length, &document_limits_message,
			    &ignored))
		return;
	for (error = child_named(document_root(document), "Error"); error != NULL;
	     error = next_named(error, "Error"))
		read_error(findings, error);
	document_free(document);
}
