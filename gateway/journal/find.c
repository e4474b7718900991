/* find - messages, cases, tasks, bodies and records: what the projections know. */
#include <stdio.h>
#include <string.h>

#include "journal/projection.h"
#include "journal/rows.h"

/* ---- messages and cases -------------------------------------------------------------------- */

bool journal_message(struct journal *journal, struct arena *arena, const char *sender,
		     const char *id, struct journal_message *out)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT " MESSAGE_COLUMNS " FROM message m"
			   " WHERE sender=?1 AND id=?2 AND state='RECEIVED'",
			   sender, id, NULL) &&
	       first_row(rows, arena, message_row, out);
}

bool journal_case(struct journal *journal, struct arena *arena, const char *id,
		  struct journal_case *out)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT " CASE_COLUMNS " FROM case_ WHERE id=?1", id, NULL) &&
	       first_row(rows, arena, case_row, out);
}

bool journal_case_by_number(struct journal *journal, struct arena *arena, const char *declarant,
			    const char *number, struct journal_case *out)
{
	struct statement *rows;
	char stem[NUMBER_SIZE];
	size_t length = strlen(number);

	if (length < 2 || length >= sizeof stem)
		return false;
	snprintf(stem, sizeof stem, "%.*s", (int)length - 1, number);
	return store_query(journal->store, &rows, NULL,
			   "SELECT " CASE_COLUMNS " FROM case_ WHERE declarant=?1"
			   " AND substr(number, 1, length(number) - 1)=?2",
			   declarant, stem, NULL) &&
	       first_row(rows, arena, case_row, out);
}

bool journal_case_by_reference(struct journal *journal, struct arena *arena, const char *declarant,
			       const char *kind, const char *reference, struct journal_case *out)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT " CASE_COLUMNS " FROM case_ WHERE declarant=?1 AND kind=?2"
			   " AND reference=?3 ORDER BY seq LIMIT 1",
			   declarant, kind, reference, NULL) &&
	       first_row(rows, arena, case_row, out);
}

int64_t journal_next_serial(struct journal *journal)
{
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT coalesce(max(serial), 0) + 1 FROM case_", NULL))
		return 0;
	return one_number(rows);
}

size_t journal_tasks(struct journal *journal, struct arena *arena, const char *case_id,
		     struct journal_task **out)
{
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " TASK_COLUMNS " FROM task t JOIN case_ c ON c.id=t.case_id"
			 " AND c.version=t.version WHERE t.case_id=?1 ORDER BY t.seq",
			 case_id, NULL))
		return 0;
	return all_rows(rows, arena, task_row, sizeof **out, out);
}

bool journal_body_read(struct journal *journal, struct arena *arena, const char *digest,
		       struct bytes *out)
{
	const unsigned char *bytes;
	struct statement *rows;
	size_t length;

	if (digest == NULL || !store_query(journal->store, &rows, NULL,
					   "SELECT bytes FROM body WHERE digest=?1", digest, NULL))
		return false;
	if (!store_next(rows))
		return false;
	bytes = store_blob(rows, 0, &length);
	out->start = arena_copy(arena, bytes, length);
	out->length = length;
	store_done(rows);
	return true;
}

/* ---- for control --------------------------------------------------------------------------- */

size_t journal_messages(struct journal *journal, struct arena *arena,
			const struct journal_filter *filter, struct journal_message **out)
{
	char since[NUMBER_SIZE], limit[NUMBER_SIZE];
	struct statement *rows;

	/* The outer columns are the message's, but for the state, which is the case's. */
	if (!store_query(
		    journal->store, &rows, NULL,
		    "SELECT m.seq, m.at, m.effective, m.id, m.sender, m.digest, m.conversation,"
		    " m.ref, m.kind, m.case_id,"
		    " CASE WHEN m.state='REFUSED' THEN m.state ELSE coalesce(c.state, m.state) END"
		    " AS shown, m.code, m.reference, m.event, m.environment, m.run, m.envelope,"
		    " m.payload, m.facts, m.receipt_envelope, m.receipt_payload"
		    " FROM message m LEFT JOIN case_ c ON c.id=m.case_id"
		    " WHERE (?1 IS NULL OR shown=?1)"
		    " AND (?2 IS NULL OR m.sender=?2 OR EXISTS(SELECT 1 FROM task t"
		    "  WHERE t.case_id=m.case_id AND t.party=?2))"
		    " AND (?3 IS NULL OR m.kind=?3) AND (?4 IS NULL OR m.run=?4)"
		    " AND (?5 IS NULL OR m.case_id=?5)"
		    " AND (?6 IS NULL OR substr(m.id, 1, length(?6))=?6)"
		    " AND (?7 IS NULL OR m.reference=?7) AND (?8 IS NULL OR c.number=?8)"
		    " AND m.seq>CAST(?9 AS INTEGER)"
		    " AND (?10 IS NULL OR m.state='REFUSED' OR c.state='REFUSED')"
		    " AND (?11 IS NULL OR c.id IS NULL OR m.sender=c.declarant)"
		    " ORDER BY m.seq DESC LIMIT CAST(?12 AS INTEGER)",
		    or_null(filter->state), or_null(filter->party), or_null(filter->kind),
		    or_null(filter->run), or_null(filter->case_id), or_null(filter->id),
		    or_null(filter->reference), or_null(filter->number),
		    number_text(filter->since, since), filter->failed ? "1" : STORE_NULL,
		    filter->applications ? "1" : STORE_NULL,
		    number_text(filter->limit != 0 ? (int64_t)filter->limit : -1, limit), NULL))
		return 0;
	return all_rows(rows, arena, message_row, sizeof **out, out);
}

int64_t journal_count_messages(struct journal *journal, const char *state)
{
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL, "SELECT count(*) FROM message WHERE state=?1",
			 state, NULL))
		return 0;
	return one_number(rows);
}

/* ---- records ------------------------------------------------------------------------------- */

static void record_row(struct statement *row, struct arena *arena, void *out)
{
	struct journal_record *view = out;
	struct record record = { .count = 0 };
	char *fields = arena_string(arena, store_text(row, 3, arena));

	view->seq = store_number(row, 0);
	view->at = store_number(row, 1);
	view->type = store_text(row, 2, arena);
	if (fields == NULL || !record_decode(&record, fields))
		return; /* verify names it; a reader shows what it can */
	view->count = record.count;
	view->fields = arena_alloc(arena, record.count * sizeof *view->fields + 1);
	for (size_t i = 0; i < record.count; i++)
		view->fields[i] =
			(struct journal_field){ record.field[i].name, record.field[i].value };
}

size_t journal_records(struct journal *journal, struct arena *arena, int64_t after,
		       const char *case_id, size_t limit, struct journal_record **out)
{
	char after_text[NUMBER_SIZE], limit_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT seq, at, type, fields FROM record WHERE instance=?1"
			 " AND seq>CAST(?2 AS INTEGER) AND (?3 IS NULL OR case_id=?3)"
			 " ORDER BY seq LIMIT CAST(?4 AS INTEGER)",
			 journal->instance, number_text(after, after_text), or_null(case_id),
			 number_text((int64_t)limit, limit_text), NULL))
		return 0;
	return all_rows(rows, arena, record_row, sizeof **out, out);
}

const char *journal_field(const struct journal_record *record, const char *name)
{
	for (size_t i = 0; i < record->count; i++)
		if (strcmp(record->fields[i].name, name) == 0)
			return record->fields[i].value;
	return NULL;
}
