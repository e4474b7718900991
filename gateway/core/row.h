/*
 * row - a list of named values: what the control protocol answers and `nsw` prints.
 *
 * A row keeps the order in which values were put. The control protocol writes it as one
 * JSON object a line; the command line shows the same row as a line of a table, as TSV or
 * as that very JSON, so that what people read and what scripts read cannot differ.
 *
 * The only file that knows jansson is row.c. A row belongs to one thread.
 */
#ifndef NSW_ROW_H
#define NSW_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/failure.h"
#include "core/text.h"

struct row;

struct row *row_new(const char *type); /* starts with "v": 1, "type": type */
void row_free(struct row *row);	       /* NULL is fine */

void row_put(struct row *row, const char *name, const char *value); /* NULL: null */
void row_put_number(struct row *row, const char *name, int64_t value);
void row_put_flag(struct row *row, const char *name, bool value);
void row_put_rows(struct row *row, const char *name, struct row **rows, size_t count); /* takes */

/* One line of JSON with a newline. Bytes that are not UTF-8 become U+FFFD. */
void row_write(struct text *out, const struct row *row);
/* REJECT CTL-001 when the line is not one JSON object. */
MUST_CHECK bool row_read(struct row **out, const char *line, size_t length, struct failure *why);

const char *row_type(const struct row *row);
/* Borrowed; NULL when absent or of another type. */
const char *row_get(const struct row *row, const char *name);
bool row_get_number(const struct row *row, const char *name, int64_t *value);
bool row_get_flag(const struct row *row, const char *name);
size_t row_get_rows(const struct row *row, const char *name);			/* how many */
struct row *row_get_row(const struct row *row, const char *name, size_t index); /* borrowed */
/* Any scalar as text ("-" for null or absent). */
const char *row_text(const struct row *row, const char *name, struct arena *arena);

#endif
