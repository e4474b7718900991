#include "journal/prune.h"

#include "journal/journal_private.h"
#include "journal/rows.h"

/* ---- which cases are over ------------------------------------------------------------------ */

static const char set_up[] = "CREATE TEMP TABLE IF NOT EXISTS over_(id TEXT PRIMARY KEY);"
			     "DELETE FROM over_;";

/* Whose parent or child goes on is not over. */
static const char keep_families[] = "DELETE FROM over_ WHERE"
				    " id IN (SELECT parent FROM case_ WHERE parent IS NOT NULL"
				    "  AND id NOT IN (SELECT id FROM over_))"
				    " OR id IN (SELECT id FROM case_ WHERE parent IS NOT NULL"
				    "  AND parent NOT IN (SELECT id FROM over_));";

static const char quiet_cases[] =
	"SELECT " CASE_COLUMNS " FROM case_ c WHERE since<CAST(?1 AS INTEGER)"
	" AND NOT EXISTS(SELECT 1 FROM delivery d WHERE d.case_id=c.id"
	"  AND d.state NOT IN ('DONE','WITHDRAWN'))"
	" AND NOT EXISTS(SELECT 1 FROM task t WHERE t.case_id=c.id"
	"  AND t.state NOT IN ('DECIDED','WITHDRAWN'))"
	" AND NOT EXISTS(SELECT 1 FROM held h WHERE h.case_id=c.id)"
	" AND NOT EXISTS(SELECT 1 FROM message m WHERE m.case_id=c.id"
	"  AND m.at>=CAST(?1 AS INTEGER))"
	" ORDER BY seq";

static const char *case_id(const char *name, const void *from)
{
	const struct journal_case *case_ = from;

	(void)name;
	return case_->id;
}

static bool find_cases(struct journal *journal, struct arena *arena, const struct pruning *pruning,
		       struct failure *why)
{
	char before[NUMBER_SIZE];
	struct journal_case *cases;
	struct statement *rows;
	size_t count;

	if (!store_script(journal->store, set_up, why) ||
	    !store_query(journal->store, &rows, why, quiet_cases,
			 number_text(pruning->before, before), NULL))
		return false;
	count = all_rows(rows, arena, case_row, sizeof *cases, &cases);
	for (size_t i = 0; i < count; i++)
		if (pruning->is_final(pruning->context, cases[i].kind, cases[i].state) &&
		    !store_apply(journal->store, "INSERT INTO over_ VALUES(:id)", case_id,
				 &cases[i], why))
			return false;
	return store_script(journal->store, keep_families, why);
}

/* ---- which bodies go with them ------------------------------------------------------------- */

/*
 * Everything that names a body, and whether it holds on to it. The envelopes of earlier attempts
 * are named by their records alone. What belongs to no case holds on for its time.
 */
#define OF_A_CASE "case_id NOT IN (SELECT id FROM over_)"
#define FOR_A_TIME                                                                                 \
	"at>=CAST(?1 AS INTEGER) OR EXISTS(SELECT 1 FROM held h WHERE h.sender=m.sender"           \
	" AND h.message=m.id)"
#define MESSAGE_HOLDS "CASE WHEN case_id IS NULL THEN " FOR_A_TIME " ELSE " OF_A_CASE " END"
#define DELIVERY_HOLDS                                                                             \
	"state NOT IN ('DONE','WITHDRAWN') OR CASE WHEN case_id IS NULL"                           \
	" THEN created>=CAST(?1 AS INTEGER) ELSE " OF_A_CASE " END"
#define ENVELOPE_AT "instr(char(10)||fields, char(10)||'envelope=')"

static const char loose_bodies[] =
	"WITH named(digest, case_id, holds) AS ("
	" SELECT payload, case_id, " MESSAGE_HOLDS " FROM message m"
	" UNION ALL SELECT envelope, case_id, " MESSAGE_HOLDS " FROM message m"
	" UNION ALL SELECT facts, NULL, 1 FROM message"
	" UNION ALL SELECT receipt_envelope, NULL, 1 FROM message"
	" UNION ALL SELECT receipt_payload, NULL, 1 FROM message"
	" UNION ALL SELECT payload, case_id, " DELIVERY_HOLDS " FROM delivery"
	" UNION ALL SELECT envelope, case_id, " DELIVERY_HOLDS " FROM delivery"
	" UNION ALL SELECT substr(fields, " ENVELOPE_AT "+9, 64), case_id, " OF_A_CASE
	"  FROM record WHERE type='attempt' AND case_id IS NOT NULL AND " ENVELOPE_AT ">0)"
	" SELECT n.digest, max(n.case_id) FROM named n JOIN body b ON b.digest=n.digest"
	" GROUP BY n.digest HAVING max(n.holds)=0 ORDER BY n.digest LIMIT CAST(?2 AS INTEGER)";

struct loose_body {
	const char *digest, *case_id;
};

static void loose_row(struct statement *row, struct arena *arena, void *out)
{
	struct loose_body *body = out;

	body->digest = store_text(row, 0, arena);
	body->case_id = store_text(row, 1, arena);
}

static const char *digest_of_body(const char *name, const void *from)
{
	const struct loose_body *body = from;

	(void)name;
	return body->digest;
}

static bool let_go(struct journal *journal, const struct pruning *pruning,
		   const struct loose_body *body, struct failure *why)
{
	return store_apply(journal->store, "DELETE FROM body WHERE digest=:digest", digest_of_body,
			   body, why) &&
	       journal_append(journal, pruning->at, why, "pruned", "case", body->case_id, "body",
			      body->digest, "by", pruning->by, NULL);
}

bool journal_prune(struct journal *journal, struct arena *arena, const struct pruning *pruning,
		   size_t *count, struct failure *why)
{
	char before[NUMBER_SIZE], limit[NUMBER_SIZE];
	struct loose_body *bodies;
	struct statement *rows;

	if (!find_cases(journal, arena, pruning, why) ||
	    !store_query(journal->store, &rows, why, loose_bodies,
			 number_text(pruning->before, before),
			 number_text((int64_t)pruning->limit, limit), NULL))
		return false;
	*count = all_rows(rows, arena, loose_row, sizeof *bodies, &bodies);
	for (size_t i = 0; i < *count; i++)
		if (!let_go(journal, pruning, &bodies[i], why))
			return false;
	return !journal_broken(journal) ||
	       fault(why, "JRN-904", "the journal could not be read while it was pruned");
}
