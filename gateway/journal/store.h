/*
 * store - SQLite, behind the few verbs that the journal needs.
 *
 * The only file that knows SQLite is store.c. Statements are prepared once and kept; all
 * values go in and come out as text (columns declare INTEGER where SQL must count), because
 * the journal's records are text. A store belongs to one thread.
 *
 * After an I/O error (a full disk among them) a store is broken for good: an fsync that
 * failed is never retried, since the kernel may have dropped what it could not write. It is
 * broken as well when a query fails whose caller passed no `why`, or a row cannot be read:
 * "not there" must never mean "could not ask".
 *
 * A writer never fails because another program holds the database: it waits.
 */
#ifndef NSW_STORE_H
#define NSW_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/failure.h"

struct store;
struct statement; /* running; at most one use of the same SQL at a time */

enum store_mode {
	STORE_WRITE, /* WAL, synchronous=FULL, exclusive by a lock file beside it */
	STORE_READ,  /* another connection, of another thread or process */
	STORE_MEMORY /* scratch, for rebuilding projections */
};

/* FAULT JRN-901 cannot be opened, JRN-902 another gateway writes to it. */
MUST_CHECK bool store_open(struct store **out, const char *path, enum store_mode mode,
			   struct failure *why);
void store_close(struct store *store); /* NULL is fine */

bool store_broken(const struct store *store);

/* Several statements without values. FAULT JRN-903; JRN-904 when the disk refused. */
MUST_CHECK bool store_script(struct store *store, const char *sql, struct failure *why);

/*
 * One statement with values by name: the value of `:name` is what `value` says for "name";
 * NULL binds NULL. Rows, if any, are ignored. FAULT JRN-903, JRN-904.
 */
typedef const char *store_values(const char *name, const void *from);
MUST_CHECK bool store_apply(struct store *store, const char *sql, store_values *value,
			    const void *from, struct failure *why);

/* A query with values by position (?1, ?2, ...), a list of strings ended by NULL; pass
 * STORE_NULL for an SQL NULL. Then store_next() until it gives false, or store_done(). */
extern const char STORE_NULL[];
MUST_CHECK bool store_query(struct store *store, struct statement **out, struct failure *why,
			    const char *sql, ...) __attribute__((sentinel));
bool store_next(struct statement *statement); /* false: no more rows, already done */
void store_done(struct statement *statement); /* before the end; NULL is fine */

const char *store_text(struct statement *statement, int column, struct arena *arena);
int64_t store_number(struct statement *statement, int column);
const char *store_column(struct statement *statement, int column); /* its name */
int store_columns(struct statement *statement);

/* Blobs, for bodies and hashes. */
const unsigned char *store_blob(struct statement *statement, int column, size_t *length);
MUST_CHECK bool store_put_body(struct store *store, const char *digest, const void *bytes,
			       size_t length, struct failure *why);

/* Fold the log into the database, as far as nobody is in the way. */
MUST_CHECK bool store_checkpoint(struct store *store, struct failure *why);

/* The text of each statement prepared so far, NULL past the last: a test asks for its plan. */
const char *store_prepared(const struct store *store, size_t index);

#endif
