#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "core/arena.h"

struct table {
	struct output *output;
	const struct column *columns;
	size_t count;
	bool growing;
	int *widths;
	struct row **rows; /* kept until the end, so that columns fit */
	size_t kept, room;
};

static const char *cell_of(const struct row *row, const struct column *column, struct arena *arena)
{
	struct text cell = TEXT_EMPTY;
	const char *copy;

	cell_add(&cell, row_text(row, column->name, arena));
	copy = arena_string(arena, cell.length != 0 ? cell.bytes : "-");
	text_free(&cell);
	return copy;
}

static void add_cell(struct table *table, struct text *line, size_t at, const char *cell)
{
	const struct column *column = &table->columns[at];
	bool last = at + 1 == table->count;
	int padding = table->widths[at] - cell_width(cell);

	if (column->right && padding > 0)
		text_printf(line, "%*s", padding, "");
	if (column->word)
		output_word(table->output, line, cell, last ? 0 : table->widths[at]);
	else
		text_add(line, cell);
	if (!column->right && !column->word && !last && padding > 0)
		text_printf(line, "%*s", padding, "");
	if (!last)
		text_add(line, "  ");
}

static void end_line(struct table *table, struct text *line)
{
	text_add(line, "\n");
	output_bytes(table->output, line->bytes, line->length);
	text_free(line);
}

static void show_titles(struct table *table)
{
	struct text line = TEXT_EMPTY;

	for (size_t i = 0; i < table->count; i++) {
		char *title = must_string(table->columns[i].name);
		int padding;

		for (char *c = title; *c != '\0'; c++)
			*c = *c == '_' ? ' ' : (char)toupper((unsigned char)*c);
		padding = table->widths[i] - cell_width(title);
		if (table->columns[i].right && padding > 0)
			text_printf(&line, "%*s", padding, "");
		text_add(&line, title);
		if (i + 1 < table->count)
			text_printf(&line, "%*s",
				    2 + (!table->columns[i].right && padding > 0 ? padding : 0),
				    "");
		free(title);
	}
	end_line(table, &line);
}

static void show_row(struct table *table, const struct row *row)
{
	struct arena *arena = arena_new();
	struct text line = TEXT_EMPTY;

	for (size_t i = 0; i < table->count; i++)
		add_cell(table, &line, i, cell_of(row, &table->columns[i], arena));
	end_line(table, &line);
	arena_free(arena);
}

static void show_tsv(struct table *table, const struct row *row)
{
	struct arena *arena = arena_new();
	struct text line = TEXT_EMPTY;

	for (size_t i = 0; i < table->count; i++) {
		const char *cell = row == NULL ? table->columns[i].name
					       : cell_of(row, &table->columns[i], arena);

		text_add(&line, cell);
		if (i + 1 < table->count)
			text_add(&line, "\t");
	}
	end_line(table, &line);
	arena_free(arena);
}

struct table *table_begin(struct output *output, const struct column *columns, size_t count,
			  bool growing)
{
	struct table *table = must_alloc(sizeof *table);
	enum output_form form = output_style_of(output).form;

	*table = (struct table){ .output = output,
				 .columns = columns,
				 .count = count,
				 .growing = growing,
				 .widths = must_alloc(count * sizeof *table->widths) };
	for (size_t i = 0; i < count; i++) {
		int title = (int)strlen(columns[i].name);

		table->widths[i] = columns[i].width > title ? columns[i].width : title;
	}
	if (form == OUTPUT_TSV)
		show_tsv(table, NULL);
	if (form == OUTPUT_TABLE && growing)
		show_titles(table);
	if (growing)
		output_flush(output);
	return table;
}

static void keep(struct table *table, struct row *row)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < table->count; i++) {
		int width = cell_width(cell_of(row, &table->columns[i], arena));

		if (width > table->widths[i])
			table->widths[i] = width;
	}
	arena_free(arena);

	if (table->kept == table->room) {
		table->room = table->room != 0 ? 2 * table->room : 64;
		table->rows = must_realloc(table->rows, table->room * sizeof *table->rows);
	}
	table->rows[table->kept++] = row;
}

void table_add(struct table *table, struct row *row)
{
	enum output_form form = output_style_of(table->output).form;

	if (form == OUTPUT_JSON) {
		output_row(table->output, row);
		return;
	}
	if (form == OUTPUT_TABLE && !table->growing) {
		keep(table, row);
		return;
	}
	if (form == OUTPUT_TSV)
		show_tsv(table, row);
	else
		show_row(table, row);
	row_free(row);
	if (table->growing)
		output_flush(table->output);
}

void table_end(struct table *table)
{
	if (table->kept > 0)
		show_titles(table);
	for (size_t i = 0; i < table->kept; i++) {
		show_row(table, table->rows[i]);
		row_free(table->rows[i]);
	}
	free(table->rows);
	free(table->widths);
	free(table);
}
