/*
 * find_list - what operators list: messages, deliveries, records.
 *
 * A condition that may be left out, `(?1 IS NULL OR column=?1)`, hides the column's index
 * from SQLite. What can be looked up has therefore a statement of its own.
 */
#include "journal/number.h"
#include "journal/projection.h"
#include "journal/rows.h"

/* ---- messages ------------------------------------------------------------------------------ */

/* The columns are the message's, but for the state, which is the case's. */
#define MESSAGES_WHERE(narrowed)                                                                   \
	"SELECT m.seq, m.at, m.effective, m.id, m.sender, m.digest, m.conversation, m.ref,"        \
	" m.kind, m.case_id,"                                                                      \
	" CASE WHEN m.state='REFUSED' THEN m.state ELSE coalesce(c.state, m.state) END AS shown,"  \
	" m.code, m.reference, m.event, m.environment, m.run, m.envelope, m.payload, m.facts,"     \
	" m.receipt_envelope, m.receipt_payload"                                                   \
	" FROM message m LEFT JOIN case_ c ON c.id=m.case_id"                                      \
	" WHERE " narrowed " AND (?1 IS NULL OR shown=?1)"                                         \
	" AND (?2 IS NULL OR m.sender=?2 OR EXISTS(SELECT 1 FROM task t"                           \
	"  WHERE t.case_id=m.case_id AND t.party=?2))"                                             \
	" AND (?3 IS NULL OR m.kind=?3) AND (?4 IS NULL OR m.run=?4)"                              \
	" AND m.seq>CAST(?5 AS INTEGER)"                                                           \
	" AND (?6 IS NULL OR m.state='REFUSED' OR c.state='REFUSED' OR EXISTS(SELECT 1"            \
	"  FROM delivery d WHERE d.case_id=m.case_id AND d.state='DEAD'))"                         \
	" AND (?7 IS NULL OR m.event IS NULL"                                                      \
	"  OR m.event NOT IN ('receipt', 'progress', 'decision'))"                                 \
	" ORDER BY m.seq DESC LIMIT CAST(?8 AS INTEGER)"

/* Newest first is the table's own order from its end: the list stops when it is long enough. */
static const char messages_all[] = MESSAGES_WHERE("?9 IS NULL");
static const char messages_by_id[] = MESSAGES_WHERE("m.id>=?9 AND m.id<?9||'~'"); /* ids are hex */
static const char messages_by_case[] = MESSAGES_WHERE("m.case_id=?9");
static const char messages_by_reference[] = MESSAGES_WHERE("m.reference=?9");
static const char messages_by_number[] =
	MESSAGES_WHERE("m.case_id IN (SELECT id FROM case_ WHERE serial=CAST(?9 AS INTEGER))");

/* One of the four is looked up; no question names two. */
static const char *choose_messages(const struct journal_filter *filter, const char *serial,
				   const char **sought)
{
	const struct {
		const char *sought, *sql;
	} ways[] = {
		{ filter->id, messages_by_id },
		{ serial, messages_by_number },
		{ filter->reference, messages_by_reference },
		{ filter->case_id, messages_by_case },
	};

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		*sought = ways[i].sought;
		if (*sought != NULL)
			return ways[i].sql;
	}
	return messages_all;
}

static const char *flag(bool set)
{
	return set ? "1" : STORE_NULL;
}

size_t journal_messages(struct journal *journal, struct arena *arena,
			const struct journal_filter *filter, struct journal_message **out)
{
	char since[NUMBER_SIZE], limit[NUMBER_SIZE], serial_text[NUMBER_SIZE];
	const char *sql, *sought;
	struct statement *rows;
	int64_t serial;

	if (filter->number != NULL && !number_serial(filter->number, &serial))
		return 0;
	sql = choose_messages(
		filter, filter->number != NULL ? number_text(serial, serial_text) : NULL, &sought);
	if (!store_query(journal->store, &rows, NULL, sql, or_null(filter->state),
			 or_null(filter->party), or_null(filter->kind), or_null(filter->run),
			 number_text(filter->since, since), flag(filter->failed),
			 flag(filter->applications),
			 number_text(filter->limit != 0 ? (int64_t)filter->limit : -1, limit),
			 or_null(sought), NULL))
		return 0;
	return all_rows(rows, arena, message_row, sizeof **out, out);
}

/* ---- deliveries ---------------------------------------------------------------------------- */

#define DELIVERIES_WHERE(narrowed)                                                                 \
	"SELECT " DELIVERY_COLUMNS " FROM delivery d WHERE " narrowed                              \
	" ORDER BY seq LIMIT CAST(?3 AS INTEGER)"

/* Every state by name: the index begins with it. */
#define IN_ANY_STATE "state IN ('WAITING','SENT','RECEIVED','DONE','DEAD','WITHDRAWN')"

static const char deliveries_all[] = DELIVERIES_WHERE("?1 IS NULL AND ?2 IS NULL");
static const char deliveries_by_party[] = DELIVERIES_WHERE(IN_ANY_STATE " AND party=?1");
static const char deliveries_by_state[] = DELIVERIES_WHERE("state=?2");
static const char deliveries_by_both[] = DELIVERIES_WHERE("state=?2 AND party=?1");

static const char *choose_deliveries(const char *party, const char *state)
{
	if (party == NULL)
		return state == NULL ? deliveries_all : deliveries_by_state;
	return state == NULL ? deliveries_by_party : deliveries_by_both;
}

size_t journal_deliveries_of(struct journal *journal, struct arena *arena, const char *party,
			     const char *state, size_t limit, struct journal_delivery **out)
{
	char limit_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL, choose_deliveries(party, state),
			 or_null(party), or_null(state),
			 number_text(limit != 0 ? (int64_t)limit : -1, limit_text), NULL))
		return 0;
	return all_rows(rows, arena, delivery_row, sizeof **out, out);
}

int64_t journal_count_deliveries(struct journal *journal, const char *party, const char *state)
{
	static const char of_all[] = "SELECT count(*) FROM delivery WHERE state=?1 AND ?2 IS NULL";
	static const char of_party[] = "SELECT count(*) FROM delivery WHERE state=?1 AND party=?2";
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL, party == NULL ? of_all : of_party, state,
			 or_null(party), NULL))
		return 0;
	return one_number(rows);
}

/* ---- records ------------------------------------------------------------------------------- */

static void record_row(struct statement *row, struct arena *arena, void *out)
{
	struct journal_record *view = out;
	struct record record = { .count = 0 };
	char *fields = arena_string(arena, store_text(row, 3, arena));

	*view = (struct journal_record){ .seq = store_number(row, 0),
					 .at = store_number(row, 1),
					 .type = store_text(row, 2, arena) };
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
	static const char all[] = "SELECT seq, at, type, fields FROM record WHERE instance=?1"
				  " AND seq>CAST(?2 AS INTEGER) AND ?4 IS NULL"
				  " ORDER BY seq LIMIT CAST(?3 AS INTEGER)";
	/* The plus keeps SQLite off the order by instance, in which a case's records lie apart. */
	static const char of_case[] = "SELECT seq, at, type, fields FROM record"
				      " WHERE +instance=?1 AND seq>CAST(?2 AS INTEGER)"
				      " AND case_id=?4 ORDER BY seq LIMIT CAST(?3 AS INTEGER)";
	char after_text[NUMBER_SIZE], limit_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL, case_id == NULL ? all : of_case,
			 journal->instance, number_text(after, after_text),
			 number_text((int64_t)limit, limit_text), or_null(case_id), NULL))
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
