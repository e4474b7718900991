/* find_due - deliveries and held answers: what is to be done, and when. */
#include "journal/rows.h"

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
		   gateway_time now, int64_t since, int64_t again, size_t limit,
		   struct journal_delivery **out)
{
	char now_text[NUMBER_SIZE], since_text[NUMBER_SIZE], limit_text[NUMBER_SIZE];
	char again_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " DELIVERY_COLUMNS " FROM delivery d"
			 " WHERE party=?1 AND push=1 AND state IN ('WAITING','SENT','RECEIVED')"
			 " AND coalesce(leaves, 0)<=CAST(?2 AS INTEGER)"
			 " AND (due<=CAST(?2 AS INTEGER)"
			 "  OR (coalesce(attempt_seq, 0)<CAST(?3 AS INTEGER)"
			 "   AND again<CAST(?5 AS INTEGER))"
			 "  OR EXISTS(SELECT 1 FROM fired_ x, fault_ f WHERE x.delivery=d.id"
			 "   AND x.try=d.tries AND f.seq=x.fault AND f.kind='down'"
			 "   AND (f.removed IS NOT NULL OR f.until<=CAST(?2 AS INTEGER))))"
			 " AND NOT EXISTS(SELECT 1 FROM delivery e WHERE e.party=d.party"
			 "  AND e.declarant=d.declarant AND e.conversation=d.conversation"
			 "  AND e.seq<d.seq AND e.behind IS NULL"
			 "  AND e.state IN ('WAITING','SENT','DEAD'))"
			 " ORDER BY seq LIMIT CAST(?4 AS INTEGER)",
			 party, number_text(now, now_text), number_text(since, since_text),
			 number_text((int64_t)limit, limit_text), number_text(again, again_text),
			 NULL))
		return 0;
	return all_rows(rows, arena, delivery_row, sizeof **out, out);
}

bool journal_has_open(struct journal *journal, const char *party)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT 1 FROM delivery WHERE party=?1 AND push=1"
			   " AND state IN ('WAITING','SENT','RECEIVED') LIMIT 1",
			   party, NULL) &&
	       one_number(rows) != 0;
}

size_t journal_overdue(struct journal *journal, struct arena *arena, const char *party,
		       gateway_time now, size_t limit, struct journal_delivery **out)
{
	char now_text[NUMBER_SIZE], limit_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " DELIVERY_COLUMNS " FROM delivery d"
			 " WHERE party=?1 AND push=1 AND state IN ('WAITING','SENT','RECEIVED')"
			 " AND due<=CAST(?2 AS INTEGER) ORDER BY due, seq"
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

bool journal_still_held(struct journal *journal, const struct journal_held *held)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT 1 FROM held WHERE case_id=?1 AND sender=?2 AND message=?3",
			   held->case_id, held->sender, held->message, NULL) &&
	       one_number(rows) != 0;
}

size_t journal_cases_due(struct journal *journal, struct arena *arena, gateway_time now,
			 size_t limit, struct journal_case **out)
{
	char now_text[NUMBER_SIZE], limit_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " CASE_COLUMNS " FROM case_ WHERE due<=CAST(?1 AS INTEGER)"
			 " ORDER BY due, seq LIMIT CAST(?2 AS INTEGER)",
			 number_text(now, now_text), number_text((int64_t)limit, limit_text), NULL))
		return 0;
	return all_rows(rows, arena, case_row, sizeof **out, out);
}

size_t journal_papers(struct journal *journal, struct arena *arena, gateway_time now, size_t limit,
		      struct journal_task **out)
{
	char until_text[NUMBER_SIZE], limit_text[NUMBER_SIZE];
	gateway_time until = now != 0 ? now : INT64_MAX;
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " TASK_COLUMNS " FROM task t WHERE due<=CAST(?1 AS INTEGER)"
			 " ORDER BY due, seq LIMIT CAST(?2 AS INTEGER)",
			 number_text(until, until_text), number_text((int64_t)limit, limit_text),
			 NULL))
		return 0;
	return all_rows(rows, arena, task_row, sizeof **out, out);
}

gateway_time journal_next_due(struct journal *journal, gateway_time now, bool idle)
{
	char now_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT coalesce(min(due), 0) FROM ("
			 "SELECT min(due) AS due FROM delivery WHERE due>CAST(?1 AS INTEGER)"
			 " UNION ALL SELECT min(due) FROM held WHERE due>CAST(?1 AS INTEGER)"
			 " UNION ALL SELECT min(due) FROM case_ WHERE due>CAST(?1 AS INTEGER)"
			 " AND (?2='1' OR EXISTS(SELECT 1 FROM task t WHERE t.case_id=case_.id"
			 "  AND t.version=case_.version AND t.way='delivery'"
			 "  AND t.state IN ('OPEN','RECEIVED','PAPER_DUE')))"
			 " UNION ALL SELECT min(due) FROM task WHERE due>CAST(?1 AS INTEGER)"
			 " UNION ALL SELECT min(until) FROM fault_ f WHERE kind='down'"
			 " AND removed IS NULL AND until>CAST(?1 AS INTEGER)"
			 " AND EXISTS(SELECT 1 FROM fired_ x, delivery d WHERE x.fault=f.seq"
			 "  AND d.id=x.delivery AND d.tries=x.try"
			 "  AND d.state IN ('WAITING','SENT','RECEIVED')))",
			 number_text(now, now_text), idle ? "1" : "0", NULL))
		return 0;
	return one_number(rows);
}
