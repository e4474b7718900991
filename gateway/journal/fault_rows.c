#include "journal/fault_rows.h"

#include "journal/rows.h"

#define FAULT_COLUMNS "seq, seen, fired, until, id, party, line, run"
#define THERE_NOW     "removed IS NULL AND (until IS NULL OR until>CAST(?1 AS INTEGER))"

static void fault_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_fault *)out = (struct journal_fault){
		.seq = store_number(row, 0),
		.seen = store_number(row, 1),
		.fired = store_number(row, 2),
		.until = store_number(row, 3),
		.id = store_text(row, 4, arena),
		.party = store_text(row, 5, arena),
		.line = store_text(row, 6, arena),
		.run = store_text(row, 7, arena),
	};
}

size_t journal_faults(struct journal *journal, struct arena *arena, const char *party,
		      const char *run, gateway_time now, struct journal_fault **out)
{
	char now_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT " FAULT_COLUMNS " FROM fault_ WHERE " THERE_NOW
			 " AND (?2 IS NULL OR party=?2) AND (?3 IS NULL OR run=?3) ORDER BY seq",
			 number_text(now, now_text), or_null(party), or_null(run), NULL))
		return 0;
	return all_rows(rows, arena, fault_row, sizeof **out, out);
}

bool journal_fault(struct journal *journal, struct arena *arena, const char *id,
		   struct journal_fault *out)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT " FAULT_COLUMNS " FROM fault_ WHERE removed IS NULL AND id=?1",
			   id, NULL) &&
	       first_row(rows, arena, fault_row, out);
}

int64_t journal_faults_ever(struct journal *journal)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL, "SELECT count(*) FROM fault_", NULL)
		       ? one_number(rows)
		       : 0;
}

static void firing_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_firing *)out = (struct journal_firing){
		.id = store_text(row, 0, arena),
		.line = store_text(row, 1, arena),
		.later = store_number(row, 2),
	};
}

size_t journal_firings(struct journal *journal, struct arena *arena, const char *delivery,
		       int64_t try, struct journal_firing **out)
{
	char try_text[NUMBER_SIZE];
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT f.id, f.line, x.later FROM fired_ x JOIN fault_ f ON f.seq=x.fault"
			 " WHERE x.delivery=?1 AND x.try=CAST(?2 AS INTEGER) ORDER BY x.seq",
			 delivery, number_text(try, try_text), NULL))
		return 0;
	return all_rows(rows, arena, firing_row, sizeof **out, out);
}

int64_t journal_fired(struct journal *journal, const struct journal_fault *fault,
		      const char *delivery)
{
	char seq[NUMBER_SIZE];
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT count(*) FROM fired_ WHERE fault=CAST(?1 AS INTEGER)"
			   " AND delivery=?2",
			   number_text(fault->seq, seq), delivery, NULL)
		       ? one_number(rows)
		       : 0;
}

bool journal_fired_at(struct journal *journal, const struct journal_fault *fault,
		      const char *delivery, int64_t try)
{
	char seq[NUMBER_SIZE], try_text[NUMBER_SIZE];
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT 1 FROM fired_ WHERE fault=CAST(?1 AS INTEGER)"
			   " AND delivery=?2 AND try=CAST(?3 AS INTEGER)",
			   number_text(fault->seq, seq), delivery, number_text(try, try_text),
			   NULL) &&
	       one_number(rows) != 0;
}

bool journal_faulty(struct journal *journal, const struct journal_delivery *delivery,
		    gateway_time now)
{
	char now_text[NUMBER_SIZE], next[NUMBER_SIZE];
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT EXISTS(SELECT 1 FROM fault_ WHERE party=?2 AND " THERE_NOW ")"
			   " OR EXISTS(SELECT 1 FROM fired_ WHERE delivery=?3"
			   "  AND try=CAST(?4 AS INTEGER))",
			   number_text(now, now_text), delivery->party, delivery->id,
			   number_text(delivery->tries + 1, next), NULL) &&
	       one_number(rows) != 0;
}

bool journal_held_behind(struct journal *journal, const char *party)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT 1 FROM delivery WHERE party=?1 AND behind IS NOT NULL"
			   " AND state IN ('WAITING','SENT','RECEIVED') LIMIT 1",
			   party, NULL) &&
	       one_number(rows) != 0;
}

int64_t journal_reply_later(struct journal *journal, const struct journal_delivery *delivery)
{
	char tries[NUMBER_SIZE];
	struct statement *rows;

	/* An attempt that a crash forgot was made all the same. */
	return store_query(journal->store, &rows, NULL,
			   "SELECT sum(x.later) FROM fired_ x JOIN fault_ f ON f.seq=x.fault"
			   " WHERE x.delivery=?1 AND x.try>=CAST(?2 AS INTEGER)"
			   " AND f.kind='delay' AND f.side='reply'",
			   delivery->id, number_text(delivery->tries, tries), NULL)
		       ? one_number(rows)
		       : 0;
}

static void party_row(struct statement *row, struct arena *arena, void *out)
{
	*(const char **)out = store_text(row, 0, arena);
}

size_t journal_switched_off(struct journal *journal, struct arena *arena,
			    const char *const **parties)
{
	struct statement *rows;

	if (!store_query(journal->store, &rows, NULL,
			 "SELECT party FROM switch_ WHERE state='off' ORDER BY party", NULL))
		return 0;
	return all_rows(rows, arena, party_row, sizeof **parties, parties);
}
