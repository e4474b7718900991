/*
 * letters - messages that the gateway brought, listed and written: what `fetch` and `receive`
 * share.
 */
#ifndef NSW_LETTERS_H
#define NSW_LETTERS_H

#include "cli/client/client.h"
#include "cli/output.h"

/* A table of letter_row()s; `growing` as in table_begin(). */
struct table *letters_table(struct output *output, bool growing);
/* What it is and what it says; type `letter`. */
struct row *letter_row(const struct letter *letter, struct arena *arena);

/* FOLDER/ID/envelope.xml and payload.xml; the same letter again is written again. REJECT CLI-006,
 * FAULT IO-003. */
MUST_CHECK bool letter_write(const char *folder, const struct letter *letter, struct failure *why);

#endif
