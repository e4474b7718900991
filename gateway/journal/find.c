/*
 * find - what the projections know, as structs.
 *
 * Each struct has one list of columns and one function that reads a row of it; the queries
 * below differ only in their conditions.
 */
#include <stdio.h>
#include <string.h>

#include "journal/journal_private.h"
#include "journal/projection.h"

#define ROWS_FIRST 16

/* ---- rows into structs --------------------------------------------------------------------- */

#define MESSAGE_COLUMNS                                                                            \
	"m.seq, m.at, m.effective, m.id, m.sender, m.digest, m.conversation, m.ref, m.kind,"       \
	" m.case_id, m.state, m.code, m.reference, m.event, m.environment, m.run, m.envelope,"     \
	" m.payload, m.facts, m.receipt_envelope, m.receipt_payload"

static void message_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_message *)out = (struct journal_message){
		.seq = store_number(row, 0),
		.at = store_number(row, 1),
		.effective = store_number(row, 2),
		.id = store_text(row, 3, arena),
		.sender = store_text(row, 4, arena),
		.digest = store_text(row, 5, arena),
		.conversation = store_text(row, 6, arena),
		.ref = store_text(row, 7, arena),
		.kind = store_text(row, 8, arena),
		.case_id = store_text(row, 9, arena),
		.state = store_text(row, 10, arena),
		.code = store_text(row, 11, arena),
		.reference = store_text(row, 12, arena),
		.event = store_text(row, 13, arena),
		.environment = store_text(row, 14, arena),
		.run = store_text(row, 15, arena),
		.envelope = store_text(row, 16, arena),
		.payload = store_text(row, 17, arena),
		.facts = store_text(row, 18, arena),
		.receipt_envelope = store_text(row, 19, arena),
		.receipt_payload = store_text(row, 20, arena),
	};
}

#define CASE_COLUMNS                                                                               \
	"id, kind, version_of_kind, number, state, declarant, reference, conversation, message,"   \
	" run, environment, serial, version, accepted, since"

static void case_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_case *)out = (struct journal_case){
		.id = store_text(row, 0, arena),
		.kind = store_text(row, 1, arena),
		.version_of_kind = store_text(row, 2, arena),
		.number = store_text(row, 3, arena),
		.state = store_text(row, 4, arena),
		.declarant = store_text(row, 5, arena),
		.reference = store_text(row, 6, arena),
		.conversation = store_text(row, 7, arena),
		.message = store_text(row, 8, arena),
		.run = store_text(row, 9, arena),
		.environment = store_text(row, 10, arena),
		.serial = store_number(row, 11),
		.version = store_number(row, 12),
		.accepted = store_number(row, 13),
		.since = store_number(row, 14),
	};
}

#define TASK_COLUMNS                                                                               \
	"t.party, t.procedure, t.state, t.status, t.result, t.note, t.delivery, t.releases"

static void task_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_task *)out = (struct journal_task){
		.party = store_text(row, 0, arena),
		.procedure = store_text(row, 1, arena),
		.state = store_text(row, 2, arena),
		.status = store_text(row, 3, arena),
		.result = store_text(row, 4, arena),
		.note = store_text(row, 5, arena),
		.delivery = store_text(row, 6, arena),
		.releases = store_number(row, 7) != 0,
	};
}

#define DELIVERY_COLUMNS                                                                           \
	"d.seq, d.attempts, d.attempt_seq, d.due, d.created, d.expires, d.id, d.party, d.kind,"    \
	" d.case_id, d.conversation, d.state, d.cause, d.ref, d.payload, d.environment,"           \
	" d.origin, d.run, d.code, d.text, d.push, d.envelope"

static void delivery_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_delivery *)out = (struct journal_delivery){
		.seq = store_number(row, 0),
		.attempts = store_number(row, 1),
		.attempt_seq = store_number(row, 2),
		.due = store_number(row, 3),
		.created = store_number(row, 4),
		.expires = store_number(row, 5),
		.id = store_text(row, 6, arena),
		.party = store_text(row, 7, arena),
		.kind = store_text(row, 8, arena),
		.case_id = store_text(row, 9, arena),
		.conversation = store_text(row, 10, arena),
		.state = store_text(row, 11, arena),
		.cause = store_text(row, 12, arena),
		.ref = store_text(row, 13, arena),
		.payload = store_text(row, 14, arena),
		.environment = store_text(row, 15, arena),
		.origin = store_text(row, 16, arena),
		.run = store_text(row, 17, arena),
		.code = store_text(row, 18, arena),
		.text = store_text(row, 19, arena),
		.push = store_number(row, 20) != 0,
		.envelope = store_text(row, 21, arena),
	};
}

static void held_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_held *)out = (struct journal_held){
		.sender = store_text(row, 0, arena),
		.message = store_text(row, 1, arena),
		.case_id = store_text(row, 2, arena),
	};
}

typedef void row_reader(struct statement *row, struct arena *arena, void *out);

/* All rows of a query into one array; 0 when the query cannot run (the store is then broken,
 * and the transaction around it fails). */
static size_t all_rows(struct statement *rows, struct arena *arena, row_reader *read, size_t size,
		       void *out)
{
	size_t count = 0, room = 0;
	char *array = NULL, *larger;

	while (store_next(rows)) {
		if (count == room) {
			room = room != 0 ? room * 2 : ROWS_FIRST;
			larger = arena_alloc(arena, room * size);
			if (count != 0)
				memcpy(larger, array, count * size);
			array = larger;
		}
		read(rows, arena, array + count++ * size);
	}
	memcpy(out, &array, sizeof array);
	return count;
}

static bool first_row(struct statement *rows, struct arena *arena, row_reader *read, void *out)
{
	if (!store_next(rows))
		return false;
	read(rows, arena, out);
	store_done(rows);
	return true;
}

static int64_t one_number(struct statement *row)
{
	int64_t number = 0;

	if (store_next(row)) {
		number = store_number(row, 0);
		store_done(row);
	}
	return number;
}

static const char *or_null(const char *value)
{
	return value != NULL ? value : STORE_NULL;
}

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

/* ---- deliveries ---------------------------------------------------------------------------- */

bool journal_delivery(struct journal *journal, struct arena *arena, const char *id,
		      struct journal_delivery *out)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT " DELIVERY_COLUMNS " FROM delivery d WHERE id=?1", id, NULL) &&
	       first_row(rows, arena, delivery_row, out);
}

size_t journal_deliveries(struct journal *journal, struct arena *arena, const char *case_id,
			  struct journal_delivery **out)
{
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " DELIVERY_COLUMNS " FROM delivery d WHERE case_id=?1"
			 " ORDER BY seq",
			 case_id, NULL))
		return 0;
	return all_rows(rows, arena, delivery_row, sizeof **out, out);
}

size_t journal_due(struct journal *journal, struct arena *arena, const char *party,
		   gateway_time now, int64_t since, size_t limit, struct journal_delivery **out)
{
	char now_text[NUMBER_SIZE], since_text[NUMBER_SIZE], limit_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " DELIVERY_COLUMNS " FROM delivery d"
			 " WHERE party=?1 AND push=1 AND state IN ('WAITING','SENT','RECEIVED')"
			 " AND (due<=CAST(?2 AS INTEGER)"
			 "  OR coalesce(attempt_seq, 0)<CAST(?3 AS INTEGER))"
			 " AND NOT EXISTS(SELECT 1 FROM delivery e WHERE e.party=d.party"
			 "  AND e.conversation=d.conversation AND e.seq<d.seq"
			 "  AND e.state IN ('WAITING','SENT','DEAD'))"
			 " ORDER BY seq LIMIT CAST(?4 AS INTEGER)",
			 party, number_text(now, now_text), number_text(since, since_text),
			 number_text((int64_t)limit, limit_text), NULL))
		return 0;
	return all_rows(rows, arena, delivery_row, sizeof **out, out);
}

size_t journal_overdue(struct journal *journal, struct arena *arena, const char *party,
		       gateway_time now, size_t limit, struct journal_delivery **out)
{
	char now_text[NUMBER_SIZE], limit_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " DELIVERY_COLUMNS " FROM delivery d"
			 " WHERE party=?1 AND push=1 AND state IN ('WAITING','SENT','RECEIVED')"
			 " AND due<=CAST(?2 AS INTEGER) ORDER BY due"
			 " LIMIT CAST(?3 AS INTEGER)",
			 party, number_text(now, now_text), number_text((int64_t)limit, limit_text),
			 NULL))
		return 0;
	return all_rows(rows, arena, delivery_row, sizeof **out, out);
}

size_t journal_in_flight(struct journal *journal, const char *party, int64_t since)
{
	char since_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT count(*) FROM delivery WHERE party=?1 AND push=1"
			 " AND state IN ('SENT','RECEIVED')"
			 " AND attempt_seq>=CAST(?2 AS INTEGER)",
			 party, number_text(since, since_text), NULL))
		return 0;
	return (size_t)one_number(rows);
}

size_t journal_mailbox(struct journal *journal, struct arena *arena, const char *party,
		       int64_t after, size_t limit, struct journal_delivery **out)
{
	char after_text[NUMBER_SIZE], limit_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " DELIVERY_COLUMNS " FROM delivery d WHERE party=?1 AND push=0"
			 " AND state='WAITING' AND seq>CAST(?2 AS INTEGER)"
			 " ORDER BY seq LIMIT CAST(?3 AS INTEGER)",
			 party, number_text(after, after_text),
			 number_text((int64_t)limit, limit_text), NULL))
		return 0;
	return all_rows(rows, arena, delivery_row, sizeof **out, out);
}

/* ---- what is due --------------------------------------------------------------------------- */

size_t journal_held_due(struct journal *journal, struct arena *arena, gateway_time now,
			size_t limit, struct journal_held **out)
{
	char now_text[NUMBER_SIZE], limit_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT sender, message, case_id FROM held"
			 " WHERE due<=CAST(?1 AS INTEGER) ORDER BY due, seq"
			 " LIMIT CAST(?2 AS INTEGER)",
			 number_text(now, now_text), number_text((int64_t)limit, limit_text), NULL))
		return 0;
	return all_rows(rows, arena, held_row, sizeof **out, out);
}

size_t journal_held_of(struct journal *journal, struct arena *arena, const char *case_id,
		       struct journal_held **out)
{
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT sender, message, case_id FROM held WHERE case_id=?1"
			 " ORDER BY seq",
			 case_id, NULL))
		return 0;
	return all_rows(rows, arena, held_row, sizeof **out, out);
}

size_t journal_cases_due(struct journal *journal, struct arena *arena, gateway_time now,
			 size_t limit, struct journal_case **out)
{
	char now_text[NUMBER_SIZE], limit_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " CASE_COLUMNS " FROM case_ WHERE due<=CAST(?1 AS INTEGER)"
			 " ORDER BY due LIMIT CAST(?2 AS INTEGER)",
			 number_text(now, now_text), number_text((int64_t)limit, limit_text), NULL))
		return 0;
	return all_rows(rows, arena, case_row, sizeof **out, out);
}

gateway_time journal_next_due(struct journal *journal, gateway_time now)
{
	char now_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT coalesce(min(due), 0) FROM ("
			 "SELECT min(due) AS due FROM delivery WHERE due>CAST(?1 AS INTEGER)"
			 " UNION ALL SELECT min(due) FROM held WHERE due>CAST(?1 AS INTEGER)"
			 " UNION ALL SELECT min(due) FROM case_ WHERE due>CAST(?1 AS INTEGER))",
			 number_text(now, now_text), NULL))
		return 0;
	return one_number(rows);
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

size_t journal_deliveries_of(struct journal *journal, struct arena *arena, const char *party,
			     const char *state, size_t limit, struct journal_delivery **out)
{
	char limit_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " DELIVERY_COLUMNS " FROM delivery d"
			 " WHERE (?1 IS NULL OR party=?1) AND (?2 IS NULL OR state=?2)"
			 " ORDER BY seq LIMIT CAST(?3 AS INTEGER)",
			 or_null(party), or_null(state),
			 number_text(limit != 0 ? (int64_t)limit : -1, limit_text), NULL))
		return 0;
	return all_rows(rows, arena, delivery_row, sizeof **out, out);
}

int64_t journal_count_deliveries(struct journal *journal, const char *party, const char *state)
{
	struct statement *rows;

	if (!store_query(
		    journal->store, &rows, NULL,
		    "SELECT count(*) FROM delivery WHERE state=?1 AND (?2 IS NULL OR party=?2)",
		    state, or_null(party), NULL))
		return 0;
	return one_number(rows);
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
