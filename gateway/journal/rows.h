/*
 * rows - rows of the projections as structs. Private to gateway/journal.
 *
 * Each struct of journal.h has one list of columns and one function that reads a row of it;
 * the queries of the find files differ only in their conditions.
 */
#ifndef NSW_ROWS_H
#define NSW_ROWS_H

#include "journal/journal_private.h"

#define MESSAGE_COLUMNS                                                                            \
	"m.seq, m.at, m.effective, m.id, m.sender, m.digest, m.conversation, m.ref, m.kind,"       \
	" m.case_id, m.state, m.code, m.reference, m.event, m.environment, m.run, m.envelope,"     \
	" m.payload, m.facts, m.receipt_envelope, m.receipt_payload"

#define CASE_COLUMNS                                                                               \
	"id, kind, version_of_kind, number, state, declarant, reference, conversation, message,"   \
	" run, environment, serial, version, accepted, since, parent"

#define TASK_COLUMNS                                                                               \
	"t.party, t.procedure, CASE WHEN t.state='OPEN' AND EXISTS(SELECT 1 FROM delivery d "      \
	"WHERE d.id=t.delivery AND d.state='SENT') THEN 'SENT' ELSE t.state END, t.status, "       \
	"t.result, t.note, t.delivery, t.releases, "                                               \
	"t.message, t.route, t.link, t.way, t.via, t.due, t.case_id"

#define DELIVERY_COLUMNS                                                                           \
	"d.seq, d.attempts, d.attempt_seq, d.due, d.created, d.expires, d.id, d.party, d.kind,"    \
	" d.case_id, d.conversation, d.state, d.cause, d.ref, d.payload, d.environment,"           \
	" d.origin, d.run, d.code, d.text, d.push, d.envelope, d.declarant, d.tries,"              \
	" d.counted"

typedef void row_reader(struct statement *row, struct arena *arena, void *out);
row_reader message_row, case_row, task_row, delivery_row, held_row, use_row;

/* All rows of a query into one array; 0 when the query cannot run (the store is then broken,
 * and the transaction around it fails). `out` is a pointer to an array's pointer. */
size_t all_rows(struct statement *rows, struct arena *arena, row_reader *read, size_t size,
		void *out);
bool first_row(struct statement *rows, struct arena *arena, row_reader *read, void *out);
int64_t one_number(struct statement *row); /* the first column of the first row; 0: none */
const char *or_null(const char *value);	   /* for store_query() */

#endif
