#include "journal/journal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/crash.h"
#include "core/text.h"
#include "journal/journal_private.h"
#include "journal/projection.h"

static const char record_tables[] =
	"CREATE TABLE property(name TEXT PRIMARY KEY, value TEXT);"
	"CREATE TABLE record(instance TEXT, seq INTEGER, at INTEGER, type TEXT, case_id TEXT,"
	" fields TEXT, hash TEXT, PRIMARY KEY(instance, seq)) WITHOUT ROWID;"
	"CREATE INDEX record_case ON record(case_id, seq) WHERE case_id IS NOT NULL;"
	"CREATE INDEX record_started ON record(instance, seq) WHERE type='started';"
	"CREATE TABLE body(digest TEXT PRIMARY KEY, bytes BLOB);";

const char *number_text(int64_t number, char buffer[NUMBER_SIZE])
{
	snprintf(buffer, NUMBER_SIZE, "%lld", (long long)number);
	return buffer;
}

/* ---- opening ------------------------------------------------------------------------------- */

static const char *property_value(const char *name, const void *from)
{
	(void)name;
	return from;
}

static bool make_tables(struct journal *journal, struct failure *why)
{
	return store_script(journal->store, "BEGIN IMMEDIATE", why) &&
	       store_script(journal->store, record_tables, why) &&
	       store_script(journal->store, projection_tables, why) &&
	       store_script(journal->store,
			    "INSERT INTO property VALUES('format', '" JOURNAL_FORMAT "')", why) &&
	       store_apply(journal->store, "INSERT INTO property VALUES('instance', :instance)",
			   property_value, journal->instance, why) &&
	       store_script(journal->store, "COMMIT", why);
}

static bool has_tables(struct journal *journal, bool *has, struct failure *why)
{
	struct statement *found;

	if (!store_query(journal->store, &found, why,
			 "SELECT 1 FROM sqlite_master WHERE name='property'", NULL))
		return false;
	*has = store_next(found);
	if (*has)
		store_done(found);
	return true;
}

static const char *property(struct journal *journal, struct arena *arena, const char *name)
{
	struct statement *found;
	const char *value = NULL;

	if (!store_query(journal->store, &found, NULL, "SELECT value FROM property WHERE name=?1",
			 name, NULL))
		return NULL;
	if (store_next(found)) {
		value = store_text(found, 0, arena);
		store_done(found);
	}
	return value;
}

static bool check_properties(struct journal *journal, struct failure *why)
{
	struct arena *arena = arena_new();
	const char *format = property(journal, arena, "format");
	const char *instance = property(journal, arena, "instance");
	bool good = false;

	if (format == NULL || strcmp(format, JOURNAL_FORMAT) != 0)
		fault(why, "JRN-905", "the journal has format %s, this program reads format %s",
		      format != NULL ? format : "none", JOURNAL_FORMAT);
	else if (instance == NULL ||
		 (journal->instance[0] != '\0' && strcmp(instance, journal->instance) != 0))
		fault(why, "JRN-905", "the journal belongs to the gateway %s, not to %s",
		      instance != NULL ? instance : "none", journal->instance);
	else
		good = snprintf(journal->instance, sizeof journal->instance, "%s", instance) > 0;
	arena_free(arena);
	return good;
}

static bool read_head(struct journal *journal, struct failure *why)
{
	struct arena *arena = arena_new();
	struct statement *last;
	const char *hash;

	bool good = store_query(journal->store, &last, why,
				"SELECT seq, at, hash FROM record WHERE instance=?1"
				" ORDER BY seq DESC LIMIT 1",
				journal->instance, NULL);

	journal->seq = 0;
	journal->at = 0;
	memset(&journal->hash, 0, sizeof journal->hash);
	if (good && store_next(last)) {
		journal->seq = store_number(last, 0);
		journal->at = store_number(last, 1);
		hash = store_text(last, 2, arena);
		if (hash == NULL || !hex_parse(hash, journal->hash.bytes, DIGEST_SIZE))
			good = fault(why, "JRN-905", "the hash of the last record is unreadable");
		store_done(last);
	}
	arena_free(arena);
	return good;
}

static bool open_as(struct journal **out, const char *path, const char *instance,
		    enum store_mode mode, struct failure *why)
{
	struct journal *journal = must_alloc(sizeof *journal);
	bool has = false;

	snprintf(journal->instance, sizeof journal->instance, "%s", instance);
	if (!store_open(&journal->store, path, mode, why) || !has_tables(journal, &has, why) ||
	    (!has && mode == STORE_WRITE && !make_tables(journal, why)) ||
	    !check_properties(journal, why) || !read_head(journal, why)) {
		journal_close(journal);
		return false;
	}
	*out = journal;
	return true;
}

bool journal_open(struct journal **out, const char *path, const char *instance, struct failure *why)
{
	return open_as(out, path, instance, STORE_WRITE, why);
}

bool journal_open_reader(struct journal **out, const char *path, struct failure *why)
{
	return open_as(out, path, "", STORE_READ, why);
}

void journal_close(struct journal *journal)
{
	if (journal == NULL)
		return;
	store_close(journal->store);
	free(journal);
}

bool journal_broken(const struct journal *journal)
{
	return store_broken(journal->store);
}

/* ---- transactions -------------------------------------------------------------------------- */

static void keep_head(struct journal *journal)
{
	journal->kept_seq = journal->seq;
	journal->kept_hash = journal->hash;
	journal->kept_at = journal->at;
}

bool journal_begin(struct journal *journal, struct failure *why)
{
	keep_head(journal);
	return store_script(journal->store, "BEGIN IMMEDIATE", why);
}

bool journal_savepoint(struct journal *journal, struct failure *why)
{
	keep_head(journal);
	return store_script(journal->store, "SAVEPOINT message", why);
}

bool journal_keep(struct journal *journal, struct failure *why)
{
	return store_script(journal->store, "RELEASE message", why);
}

bool journal_undo(struct journal *journal, struct failure *why)
{
	journal->seq = journal->kept_seq;
	journal->hash = journal->kept_hash;
	journal->at = journal->kept_at;
	return store_script(journal->store, "ROLLBACK TO message; RELEASE message", why);
}

bool journal_commit(struct journal *journal, struct failure *why)
{
	if (store_broken(journal->store))
		return fault(why, "JRN-904", "the journal could not be read inside a transaction");
	crash_point(CRASH_BEFORE_COMMIT);
	if (!store_script(journal->store, "COMMIT", why))
		return false;
	crash_point(CRASH_AFTER_COMMIT);
	return true;
}

bool journal_checkpoint(struct journal *journal, struct failure *why)
{
	crash_point(CRASH_CHECKPOINT);
	return store_checkpoint(journal->store, why);
}

/* ---- appending ----------------------------------------------------------------------------- */

bool journal_body(struct journal *journal, struct bytes body, char digest[DIGEST_TEXT_SIZE],
		  struct failure *why)
{
	struct digest sum = digest_of(body.start, body.length);

	digest_text(&sum, digest);
	return store_put_body(journal->store, digest, body.start, body.length, why);
}

/* What an insert into `record` is made of: the columns first, then the case it concerns. */
struct insertion {
	const struct record *record;
	const char *instance, *hash;
};

static const char *column_value(const char *name, const void *from)
{
	const struct insertion *insertion = from;
	const struct record *record = insertion->record;
	const struct {
		const char *name, *value;
	} columns[] = {
		{ "instance", insertion->instance },
		{ "seq", record->seq },
		{ "at", record->at },
		{ "type", record->type },
		{ "fields", record->fields },
		{ "hash", insertion->hash },
	};

	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		if (strcmp(columns[i].name, name) == 0)
			return columns[i].value;
	for (size_t i = 0; i < record->count; i++)
		if (strcmp(record->field[i].name, name) == 0)
			return record->field[i].value;
	return NULL;
}

static bool insert_record(struct journal *journal, const struct record *record, struct failure *why)
{
	struct digest hash = record_hash(&journal->hash, journal->instance, record);
	char hex[DIGEST_TEXT_SIZE];
	struct insertion insertion = { record, journal->instance, digest_text(&hash, hex) };

	if (!store_apply(journal->store,
			 "INSERT INTO record(instance, seq, at, type, case_id, fields, hash)"
			 " VALUES(:instance, :seq, :at, :type, :case, :fields, :hash)",
			 column_value, &insertion, why) ||
	    !projection_apply(journal->store, record, why))
		return false;
	journal->hash = hash;
	return true;
}

static bool collect_fields(struct record *record, va_list fields, struct failure *why)
{
	const char *name, *value;

	while ((name = va_arg(fields, const char *)) != NULL) {
		value = va_arg(fields, const char *);
		if (value == NULL)
			continue;
		if (record->count == RECORD_FIELDS)
			return fault(why, "JRN-906", "a record of type '%s' has too many fields",
				     record->type);
		record->field[record->count].name = name;
		record->field[record->count].value = value;
		record->count++;
	}
	return true;
}

bool journal_append(struct journal *journal, gateway_time at, struct failure *why, const char *type,
		    ...)
{
	struct record record = { .type = type };
	char seq[NUMBER_SIZE], time[NUMBER_SIZE];
	struct text encoded = TEXT_EMPTY;
	va_list fields;
	bool good;

	va_start(fields, type);
	good = collect_fields(&record, fields, why);
	va_end(fields);
	if (!good)
		return false;

	/* The journal's time never goes back, whatever thread read the clock first. */
	record.seq = number_text(journal->seq + 1, seq);
	record.at = number_text(at > journal->at ? at : journal->at, time);
	record_encode(&encoded, &record);
	record.fields = encoded.bytes;
	good = insert_record(journal, &record, why);
	if (good) {
		journal->seq++;
		journal->at = at > journal->at ? at : journal->at;
	}
	text_free(&encoded);
	return good;
}

/* ---- where the chain stands ---------------------------------------------------------------- */

struct journal_head journal_head(struct journal *journal)
{
	struct journal_head head = { .seq = journal->seq };

	digest_text(&journal->hash, head.hash);
	return head;
}

gateway_time journal_last_time(struct journal *journal)
{
	return journal->at;
}

bool journal_refresh(struct journal *journal, struct failure *why)
{
	return read_head(journal, why);
}

bool journal_freeze(struct journal *journal, struct failure *why)
{
	if (!store_script(journal->store, "BEGIN", why))
		return false;
	if (read_head(journal, why))
		return true;
	journal_thaw(journal);
	return false;
}

void journal_thaw(struct journal *journal)
{
	struct failure ignored; /* the next freeze would fail, and say why */

	(void)!store_script(journal->store, "COMMIT", &ignored);
}

bool journal_started(struct journal *journal, gateway_time *at, gateway_time *wall)
{
	struct record record = { .count = 0 };
	struct arena *arena = arena_new();
	struct statement *last;
	const char *said = NULL;
	char *fields;

	if (store_query(journal->store, &last, NULL,
			"SELECT at, fields FROM record WHERE instance=?1 AND type='started'"
			" ORDER BY seq DESC LIMIT 1",
			journal->instance, NULL) &&
	    store_next(last)) {
		*at = store_number(last, 0);
		fields = arena_string(arena, store_text(last, 1, arena));
		store_done(last);
		if (fields != NULL && record_decode(&record, fields))
			for (size_t i = 0; i < record.count; i++)
				if (strcmp(record.field[i].name, "wall") == 0)
					said = record.field[i].value;
	}
	if (said != NULL)
		*wall = strtoll(said, NULL, 10);
	arena_free(arena);
	return said != NULL;
}

const char *journal_instance(const struct journal *journal)
{
	return journal->instance;
}
