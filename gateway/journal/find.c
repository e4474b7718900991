/* find - messages, cases, tasks and bodies: what the projections know. */
#include "journal/number.h"
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
	char serial_text[NUMBER_SIZE];
	struct statement *rows;
	int64_t serial;

	return number_serial(number, &serial) &&
	       store_query(journal->store, &rows, NULL,
			   "SELECT " CASE_COLUMNS " FROM case_ WHERE declarant=?1"
			   " AND serial=CAST(?2 AS INTEGER)",
			   declarant, number_text(serial, serial_text), NULL) &&
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

bool journal_task(struct journal *journal, struct arena *arena, const char *name,
		  struct journal_task *out)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT " TASK_COLUMNS " FROM task t WHERE t.delivery=?1", name, NULL) &&
	       first_row(rows, arena, task_row, out);
}

size_t journal_tasks_open(struct journal *journal, struct arena *arena, const char *case_id,
			  struct journal_task **out)
{
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " TASK_COLUMNS " FROM task t WHERE t.case_id=?1"
			 " AND t.state NOT IN ('DECIDED','WITHDRAWN') ORDER BY t.seq",
			 case_id, NULL))
		return 0;
	return all_rows(rows, arena, task_row, sizeof **out, out);
}

/* ---- how cases hang together --------------------------------------------------------------- */

bool journal_shared_with(struct journal *journal, const char *case_id, const char *party)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT 1 FROM delivery WHERE case_id=?1 AND party=?2 LIMIT 1", case_id,
			   party, NULL) &&
	       one_number(rows) != 0;
}

size_t journal_cases_by_key(struct journal *journal, struct arena *arena, const char *name,
			    const char *value, struct journal_case **out)
{
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " CASE_COLUMNS " FROM case_ WHERE id IN"
			 " (SELECT case_id FROM key_ WHERE name=?1 AND value=?2) ORDER BY seq",
			 name, value, NULL))
		return 0;
	return all_rows(rows, arena, case_row, sizeof **out, out);
}

#define USE_COLUMNS "case_id, what, target, value, quantity, unit"

size_t journal_uses_by(struct journal *journal, struct arena *arena, const char *case_id,
		       struct journal_use **out)
{
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " USE_COLUMNS " FROM use_ WHERE case_id=?1 ORDER BY seq", case_id,
			 NULL))
		return 0;
	return all_rows(rows, arena, use_row, sizeof **out, out);
}

size_t journal_uses_of(struct journal *journal, struct arena *arena, const char *target,
		       struct journal_use **out)
{
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " USE_COLUMNS " FROM use_ WHERE target=?1 ORDER BY seq", target,
			 NULL))
		return 0;
	return all_rows(rows, arena, use_row, sizeof **out, out);
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
