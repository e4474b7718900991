/*
 * projection - the tables that follow from the records.
 *
 * Private to gateway/journal. The table in projection.c pairs each type of record with the
 * statements that it means; `:name` in a statement is the record's field of that name, and
 * `:seq`, `:at` are its place and time. Replaying all records into empty tables gives
 * the same tables again: that is what journal_verify() checks.
 */
#ifndef NSW_PROJECTION_H
#define NSW_PROJECTION_H

#include "journal/store.h"

#define RECORD_FIELDS 40

struct record { /* being appended or replayed */
	const char *seq, *at, *type;
	const char *fields; /* encoded, see journal.c */
	size_t count;
	struct {
		const char *name, *value;
	} field[RECORD_FIELDS];
};

extern const char projection_tables[]; /* CREATE TABLE and INDEX of all of them */

/* How each table is read for a comparison; ends with a NULL table. */
struct projection_compare {
	const char *table, *sql;
};
extern const struct projection_compare projection_compare[];

/* FAULT JRN-906 for a type that is not in the table. */
MUST_CHECK bool projection_apply(struct store *store, const struct record *record,
				 struct failure *why);

/* "name=value\n" a field; backslash and newline escaped. Decoding changes `text` in place. */
struct text;
void record_encode(struct text *out, const struct record *record);
bool record_decode(struct record *record, char *text);

struct digest;
struct digest record_hash(const struct digest *previous, const char *instance,
			  const struct record *record);

#endif
