/*
 * output - how `nsw` speaks: data on stdout, talk on stderr.
 *
 * Data are rows (core/row.h). The same row is a line of an aligned table on a terminal, a
 * line of TSV off it, and one JSON object with --json, so the three cannot tell different
 * stories. What a stranger wrote is made harmless first: a control character is shown
 * as an escape and never reaches the terminal.
 *
 * State is always a word; colour only underlines it, and is used only on a terminal that
 * wants it. A pipe that was closed by its reader is no error: output_closed() says so, and
 * nothing is printed about it. One thread at a time.
 */
#ifndef NSW_OUTPUT_H
#define NSW_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/exits.h"
#include "core/failure.h"
#include "core/row.h"
#include "core/text.h"

enum output_form { OUTPUT_TABLE, OUTPUT_TSV, OUTPUT_JSON };

/* What decides the form; output_here() asks the process for it. */
struct output_world {
	bool json, no_color; /* options */
	bool data_tty, talk_tty;
	bool utf8;		       /* the locale's encoding */
	const char *no_color_variable; /* NO_COLOR, TERM; NULL: unset */
	const char *term;
};

struct output_style {
	enum output_form form;
	bool colour, talk_colour; /* on stdout, on stderr */
	bool glyphs;		  /* beyond ASCII, for decoration */
	bool live;		  /* stderr is a terminal: a line may be rewritten */
};

struct output_world output_here(bool json, bool no_color);
struct output_style output_style(const struct output_world *world);

struct output;

struct output *output_new(struct output_style style, FILE *data, FILE *talk);
void output_free(struct output *output); /* NULL is fine */
struct output_style output_style_of(const struct output *output);
void output_quiet(struct output *output); /* no more talk; failures are told */

/* A remark on stderr, with a newline; not when quiet. */
void output_say(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);
/* Progress that replaces itself: only when stderr is a terminal; "" wipes it. */
void output_progress(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);
/* Text as data: nothing when the form is JSON. No newline is added. */
void output_print(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);
/* A row as data: only when the form is JSON. Takes the row. */
void output_row(struct output *output, struct row *row);
/* Bytes as they are (a document). */
void output_bytes(struct output *output, const void *bytes, size_t length);

/* "nsw: place: CODE: text", then "  hint: ..." where there is one, on stderr; with --json an
 * `error` row on stdout as well. Returns exit_for(why). */
enum exit_code output_failure(struct output *output, const struct failure *why, const char *hint);

/* Everything out; false when stdout cannot take it (a disk, not a reader that left). */
bool output_flush(struct output *output);
bool output_closed(struct output *output); /* the reader has left */

/* A word of state in its colour, or as it is. `width` pads (bytes of colour not counted). */
void output_word(struct output *output, struct text *line, const char *word, int width);

/* ---- tables --------------------------------------------------------------------------- */

struct column {
	const char *name; /* member of the row, and the column's title */
	bool right;	  /* numbers */
	bool word;	  /* a state: coloured */
	int width;	  /* at least, in a table that is shown as it grows */
};

struct table;

/* `growing`: each row is shown at once; otherwise rows are kept until table_end(), so that
 * columns fit. The columns must outlive the table. */
struct table *table_begin(struct output *output, const struct column *columns, size_t count,
			  bool growing);
void table_add(struct table *table, struct row *row); /* takes */
void table_end(struct table *table);

/* Append a value as one harmless cell: control characters, tabs, bidi overrides escaped. */
void cell_add(struct text *text, const char *value);
/* Columns that text takes on a terminal (combining marks take none). */
int cell_width(const char *value);

#endif
