/*
 * verify - prove that the journal is what it was.
 *
 * Reads the file as it is, in one snapshot, and believes nothing in it: every hash is
 * computed again from the first record on, every body that a record names must be there and
 * have its digest, and the projections are built anew in memory and compared row by row.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "journal/journal_private.h"
#include "journal/projection.h"
#include "journal/rows.h"

#define ANCHOR_DIGITS 18 /* of a sequence number: what a long long surely holds */

struct anchor {
	long long seq;
	struct digest hash;
};

struct check {
	struct journal *journal;
	struct store *rebuilt;
	const struct anchor *anchor; /* NULL: none */
	bool anchor_seen;
	struct journal_report *report;
	struct failure *why;
};

static bool finding(struct check *check, const char *code, const char *text)
{
	snprintf(check->report->finding, sizeof check->report->finding, "%s", text);
	return reject(check->why, code, "%s", text);
}

/* ---- the anchor ---------------------------------------------------------------------------- */

static bool read_anchor(struct anchor *anchor, const char *text, struct failure *why)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > ANCHOR_DIGITS || text[digits] != ' ' ||
	    !hex_parse(text + digits + 1, anchor->hash.bytes, DIGEST_SIZE))
		return reject(why, "JRN-954",
			      "this is no anchor: SEQ HASH, as `journal anchor` "
			      "prints it");
	anchor->seq = strtoll(text, NULL, 10);
	return true;
}

static bool meets_anchor(struct check *check, int64_t seq, const struct digest *hash)
{
	const struct anchor *anchor = check->anchor;
	char text[256];

	if (anchor == NULL || anchor->seq != seq)
		return true;
	check->anchor_seen = true;
	if (memcmp(anchor->hash.bytes, hash->bytes, DIGEST_SIZE) == 0)
		return true;
	snprintf(text, sizeof text,
		 "record %lld has another hash than the anchor says: the journal was rewritten",
		 anchor->seq);
	return finding(check, "JRN-953", text);
}

/* ---- the chain ----------------------------------------------------------------------------- */

/* The place in the chain, and that the hash follows from the content and all before it. */
static bool check_link(struct check *check, const struct record *record, int64_t seq,
		       const char *stated, struct digest *hash)
{
	char computed[DIGEST_TEXT_SIZE], text[256];

	if (seq != check->report->head.seq + 1) {
		snprintf(text, sizeof text, "record %lld is missing: %lld follows %lld",
			 (long long)check->report->head.seq + 1, (long long)seq,
			 (long long)check->report->head.seq);
		return finding(check, "JRN-950", text);
	}
	if (record->fields == NULL || record->type == NULL || record->at == NULL)
		return finding(check, "JRN-950", "a record has lost a column");
	*hash = record_hash(hash, check->journal->instance, record);
	digest_text(hash, computed);
	if (stated == NULL || strcmp(stated, computed) != 0) {
		snprintf(text, sizeof text,
			 "record %lld (%s) does not carry the hash of its content and of all "
			 "before it: one of them was changed",
			 (long long)seq, record->type);
		return finding(check, "JRN-950", text);
	}
	check->report->head.seq = seq;
	memcpy(check->report->head.hash, computed, sizeof computed);
	check->report->records++;
	return meets_anchor(check, seq, hash);
}

static const char *field_of(const struct record *record, const char *name)
{
	for (size_t i = 0; i < record->count; i++)
		if (strcmp(record->field[i].name, name) == 0)
			return record->field[i].value;
	return NULL;
}

static bool same_text(const char *one, const char *other)
{
	return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* The column is not hashed: it repeats a field, for an index. */
static bool check_case(struct check *check, const struct record *record, const char *column)
{
	char text[256];

	if (same_text(column, field_of(record, "case")))
		return true;
	snprintf(text, sizeof text, "record %s (%s) is filed under another case than it names",
		 record->seq, record->type);
	return finding(check, "JRN-950", text);
}

static bool body_is_there(struct check *check, const char *digest)
{
	struct statement *row;

	if (!store_query(check->journal->store, &row, NULL, "SELECT 1 FROM body WHERE digest=?1",
			 digest, NULL) ||
	    !store_next(row))
		return false;
	store_done(row);
	return true;
}

/* Bodies that are not there, and those of which a later record says that they were given up: told
 * apart when all records have been read. */
static const char gap_tables[] =
	"CREATE TABLE missing_(seq INTEGER, digest TEXT, name TEXT, PRIMARY KEY(seq, name));"
	"CREATE TABLE pruned_(digest TEXT PRIMARY KEY, seq INTEGER);";

struct gap {
	const struct record *record;
	const char *name, *digest;
};

static const char *gap_value(const char *name, const void *from)
{
	const struct gap *gap = from;

	if (strcmp(name, "seq") == 0)
		return gap->record->seq;
	return strcmp(name, "name") == 0 ? gap->name : gap->digest;
}

static bool note_missing(struct check *check, const struct gap *gap)
{
	return store_apply(check->rebuilt,
			   "INSERT INTO missing_(seq, name, digest) VALUES(:seq, :name, :digest)",
			   gap_value, gap, check->why);
}

static bool note_pruned(struct check *check, const struct record *record)
{
	const struct gap gap = { record, NULL, field_of(record, "body") };

	return strcmp(record->type, "pruned") != 0 ||
	       store_apply(check->rebuilt,
			   "INSERT OR REPLACE INTO pruned_(seq, digest) VALUES(:seq, :digest)",
			   gap_value, &gap, check->why);
}

static bool note_named_bodies(struct check *check, const struct record *record)
{
	static const char *const names[] = { "envelope", "payload", "facts", "receipt_envelope",
					     "receipt_payload" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct gap gap = { record, names[i], field_of(record, names[i]) };

		if (gap.digest != NULL && !body_is_there(check, gap.digest) &&
		    !note_missing(check, &gap))
			return false;
	}
	return note_pruned(check, record);
}

/* A body that nobody gave up, or that was named anew since. */
static bool check_gaps(struct check *check)
{
	struct arena *arena = arena_new();
	struct statement *row;
	char text[256] = "";

	if (!store_query(check->rebuilt, &row, check->why,
			 "SELECT seq, name, digest FROM missing_ m WHERE NOT EXISTS("
			 "SELECT 1 FROM pruned_ p WHERE p.digest=m.digest AND p.seq>m.seq)"
			 " ORDER BY seq LIMIT 1",
			 NULL)) {
		arena_free(arena);
		return false;
	}
	if (store_next(row)) {
		snprintf(text, sizeof text, "the body %.16s… (%s of record %lld) is missing",
			 store_text(row, 2, arena), store_text(row, 1, arena),
			 (long long)store_number(row, 0));
		store_done(row);
	}
	arena_free(arena);
	return text[0] == '\0' || finding(check, "JRN-951", text);
}

static bool check_record(struct check *check, struct statement *row, struct digest *hash,
			 struct arena *arena)
{
	struct record record = { .seq = store_text(row, 0, arena),
				 .at = store_text(row, 1, arena),
				 .type = store_text(row, 2, arena),
				 .fields = store_text(row, 3, arena) };

	if (!check_link(check, &record, store_number(row, 0), store_text(row, 4, arena), hash))
		return false;
	if (!record_decode(&record, arena_string(arena, record.fields)))
		return finding(check, "JRN-950", "the fields of a record cannot be read");
	return check_case(check, &record, store_text(row, 5, arena)) &&
	       note_named_bodies(check, &record) &&
	       projection_apply(check->rebuilt, &record, check->why);
}

static bool check_chain(struct check *check)
{
	struct digest hash;
	struct statement *rows;
	bool good = true;

	memset(&hash, 0, sizeof hash);
	digest_text(&hash, check->report->head.hash);
	if (!meets_anchor(check, 0, &hash) || /* taken before the first record */
	    !store_query(check->journal->store, &rows, check->why,
			 "SELECT seq, at, type, fields, hash, case_id FROM record"
			 " WHERE instance=?1 ORDER BY seq",
			 check->journal->instance, NULL))
		return false;
	while (good && store_next(rows)) {
		struct arena *arena = arena_new();

		good = check_record(check, rows, &hash, arena);
		arena_free(arena);
	}
	if (!good)
		store_done(rows);
	if (good && check->anchor != NULL && !check->anchor_seen)
		return finding(check, "JRN-953",
			       "the record that the anchor names is not there: the journal was "
			       "truncated, or the anchor is of another journal");
	return good;
}

/* A journal has one instance; a second one's records would stand outside the chain. */
static bool check_alone(struct check *check)
{
	struct statement *strangers;

	if (!store_query(check->journal->store, &strangers, check->why,
			 "SELECT 1 FROM record WHERE instance<>?1 LIMIT 1",
			 check->journal->instance, NULL))
		return false;
	if (one_number(strangers) == 0)
		return true;
	return finding(check, "JRN-950", "there are records of another instance beside the chain");
}

/* ---- bodies -------------------------------------------------------------------------------- */

static bool check_body(struct check *check, struct statement *row, struct arena *arena)
{
	const char *stated = store_text(row, 0, arena);
	char computed[DIGEST_TEXT_SIZE], text[256];
	const unsigned char *bytes;
	struct digest digest;
	size_t length;

	bytes = store_blob(row, 1, &length);
	digest = digest_of(bytes, length);
	check->report->bodies++;
	digest_text(&digest, computed);
	if (stated != NULL && strcmp(stated, computed) == 0)
		return true;
	snprintf(text, sizeof text, "the body %.16s… has been changed: its digest is now %.16s…",
		 stated != NULL ? stated : "without a digest", computed);
	return finding(check, "JRN-951", text);
}

static bool check_bodies(struct check *check)
{
	struct statement *rows;
	bool good = true;

	if (!store_query(check->journal->store, &rows, check->why, "SELECT digest, bytes FROM body",
			 NULL))
		return false;
	while (good && store_next(rows)) {
		struct arena *arena = arena_new();

		good = check_body(check, rows, arena);
		arena_free(arena);
	}
	if (!good)
		store_done(rows);
	return good;
}

/* ---- projections --------------------------------------------------------------------------- */

static bool same_row(struct statement *one, struct statement *other, struct arena *arena,
		     int *column)
{
	for (*column = 0; *column < store_columns(one); ++*column) {
		const char *left = store_text(one, *column, arena);
		const char *right = store_text(other, *column, arena);

		if (!same_text(left, right))
			return false;
	}
	return true;
}

static int64_t *count_for(struct journal_report *report, const char *table)
{
	static int64_t unused;

	if (strcmp(table, "message") == 0)
		return &report->messages;
	if (strcmp(table, "case_") == 0)
		return &report->cases;
	return strcmp(table, "delivery") == 0 ? &report->deliveries : &unused;
}

static bool compare_table(struct check *check, const char *table, const char *sql)
{
	struct statement *kept, *built;
	char text[256] = "";
	bool more = true;

	if (!store_query(check->journal->store, &kept, check->why, sql, NULL) ||
	    !store_query(check->rebuilt, &built, check->why, sql, NULL))
		return false;
	while (more && text[0] == '\0') {
		struct arena *arena = arena_new();
		bool left = store_next(kept), right = store_next(built);
		int column = 0;

		more = left && right;
		if (left != right)
			snprintf(text, sizeof text, "the table %s has a row too %s", table,
				 left ? "many" : "few");
		else if (more && !same_row(kept, built, arena, &column))
			snprintf(text, sizeof text,
				 "the table %s differs from what the records say: column %s of "
				 "the row '%s'",
				 table, store_column(kept, column),
				 store_text(kept, 0, arena) ?: "");
		else if (more)
			++*count_for(check->report, table);
		arena_free(arena);
	}
	store_done(kept);
	store_done(built);
	return text[0] == '\0' || finding(check, "JRN-952", text);
}

static bool compare_projections(struct check *check)
{
	for (size_t i = 0; projection_compare[i].table != NULL; i++)
		if (!compare_table(check, projection_compare[i].table, projection_compare[i].sql))
			return false;
	return true;
}

/* ---- the whole ----------------------------------------------------------------------------- */

bool journal_verify(const char *path, const char *anchor, struct journal_report *report,
		    struct failure *why)
{
	struct check check = { .report = report, .why = why };
	struct anchor parsed;
	bool good;

	memset(report, 0, sizeof *report);
	if (anchor != NULL && !read_anchor(&parsed, anchor, why))
		return false;
	check.anchor = anchor != NULL ? &parsed : NULL;
	good = journal_open_reader(&check.journal, path, why) &&
	       store_script(check.journal->store, "BEGIN", why) &&
	       store_open(&check.rebuilt, NULL, STORE_MEMORY, why) &&
	       store_script(check.rebuilt, projection_tables, why) &&
	       store_script(check.rebuilt, gap_tables, why) && check_chain(&check) &&
	       check_alone(&check) && check_gaps(&check) && check_bodies(&check) &&
	       compare_projections(&check);
	if (check.journal != NULL && store_broken(check.journal->store))
		good = fault(why, "JRN-904", "the journal could not be read to its end");
	store_close(check.rebuilt);
	journal_close(check.journal);
	return good;
}

bool journal_anchor(const char *path, char *out, size_t size, struct failure *why)
{
	struct journal_head head;
	struct journal *journal;

	if (!journal_open_reader(&journal, path, why))
		return false;
	head = journal_head(journal);
	snprintf(out, size, "%lld %s", (long long)head.seq, head.hash);
	journal_close(journal);
	return true;
}
