#include "journal/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/log.h"

#define STATEMENTS	128
#define BUSY_TIMEOUT_MS 5000
#define BUSY_PAUSE_MS	10

struct statement {
	struct store *store;
	const char *sql; /* a literal: compared by address first */
	sqlite3_stmt *prepared;
	bool running;
};

struct store {
	sqlite3 *database;
	int lock; /* of the lock file; -1 when not writing */
	bool broken;
	size_t count;
	struct statement statements[STATEMENTS];
};

const char STORE_NULL[] = "null"; /* told by its address */

static const char setup_write[] = "PRAGMA journal_mode=WAL;"
				  "PRAGMA synchronous=FULL;"
				  "PRAGMA wal_autocheckpoint=0;"
				  "PRAGMA temp_store=MEMORY;"
				  "PRAGMA foreign_keys=OFF;";

/*
 * A write or a sync has failed: what SQLite believes to have written may be gone. It would still
 * fold the log into the database when it closes, and from what it believes; the next to open reads
 * what is there.
 */
static void broke(struct store *store)
{
	store->broken = true;
	sqlite3_db_config(store->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

/* The journal's own word for what SQLite says. Who cannot be told why would take "could not
 * ask" for "is not there": then nothing more that this store says may be believed. */
static bool refuse(struct store *store, const char *doing, struct failure *why)
{
	int code = sqlite3_errcode(store->database);

	if (why == NULL)
		store->broken = true;
	switch (code & 0xff) {
	case SQLITE_IOERR:
	case SQLITE_FULL:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
		broke(store);
		return fault(why, "JRN-904", "the journal cannot be written or read: %s",
			     sqlite3_errmsg(store->database));
	default:
		fault(why, "JRN-903", "the journal's database refuses: %s",
		      sqlite3_errmsg(store->database));
		return failure_at(why, "%.120s", doing);
	}
}

static bool take_lock(struct store *store, const char *path, struct failure *why)
{
	char name[4096];

	if (snprintf(name, sizeof name, "%s.lock", path) >= (int)sizeof name)
		return fault(why, "JRN-901", "the journal's path is too long");
	store->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->lock < 0) {
		fault(why, "JRN-901", "the journal's lock cannot be made: %s", strerror(errno));
		return failure_at(why, "%s", name);
	}
	if (flock(store->lock, LOCK_EX | LOCK_NB) != 0) {
		fault(why, "JRN-902", "another gateway is writing to this journal; stop it first");
		return failure_at(why, "%s", name);
	}
	return true;
}

/*
 * The lock file proves that no second gateway writes, so whoever holds the database is a tool
 * (a checkpoint that waits behind a reader, a shell): it will end, and giving up would only
 * stop the gateway. It waits, and says so every few seconds.
 */
static int wait_for_tool(void *unused, int times)
{
	(void)unused;
	if (times % (BUSY_TIMEOUT_MS / BUSY_PAUSE_MS) == 0)
		log_line(LOG_WARN, "journal-busy", "text", "another program holds the journal",
			 NULL);
	sqlite3_sleep(BUSY_PAUSE_MS);
	return 1;
}

static bool set_up_writer(struct store *store, struct failure *why)
{
	if (!store_script(store, setup_write, why))
		return false;
	sqlite3_busy_handler(store->database, wait_for_tool, NULL);
	return true;
}

static bool open_database(struct store *store, const char *path, enum store_mode mode,
			  struct failure *why)
{
	int flags = mode == STORE_READ ? SQLITE_OPEN_READONLY
				       : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	const char *name = mode == STORE_MEMORY ? ":memory:" : path;

	if (mode == STORE_WRITE && !take_lock(store, path, why))
		return false;
	if (sqlite3_open_v2(name, &store->database, flags | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK) {
		fault(why, "JRN-901", "the journal cannot be opened: %s",
		      store->database != NULL ? sqlite3_errmsg(store->database) : "no memory");
		return failure_at(why, "%s", path);
	}
	sqlite3_busy_timeout(store->database, BUSY_TIMEOUT_MS);
	return mode != STORE_WRITE || set_up_writer(store, why);
}

bool store_open(struct store **out, const char *path, enum store_mode mode, struct failure *why)
{
	struct store *store = must_alloc(sizeof *store);

	store->lock = -1;
	if (!open_database(store, path, mode, why)) {
		store_close(store);
		return false;
	}
	*out = store;
	return true;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < store->count; i++)
		sqlite3_finalize(store->statements[i].prepared);
	sqlite3_close(store->database);
	if (store->lock >= 0)
		close(store->lock);
	free(store);
}

bool store_broken(const struct store *store)
{
	return store->broken;
}

bool store_script(struct store *store, const char *sql, struct failure *why)
{
	if (sqlite3_exec(store->database, sql, NULL, NULL, NULL) != SQLITE_OK)
		return refuse(store, sql, why);
	return true;
}

static struct statement *statement_of(struct store *store, const char *sql, struct failure *why)
{
	struct statement *statement;

	for (size_t i = 0; i < store->count; i++) {
		statement = &store->statements[i];
		if (statement->sql == sql && !statement->running)
			return statement;
	}
	if (store->count == STATEMENTS) {
		store->broken = store->broken || why == NULL;
		fault(why, "JRN-903", "more than %d statements are prepared", STATEMENTS);
		return NULL;
	}
	statement = &store->statements[store->count];
	if (sqlite3_prepare_v3(store->database, sql, -1, SQLITE_PREPARE_PERSISTENT,
			       &statement->prepared, NULL) != SQLITE_OK) {
		refuse(store, sql, why);
		return NULL;
	}
	statement->store = store;
	statement->sql = sql;
	store->count++;
	return statement;
}

static bool step_through(struct store *store, struct statement *statement, struct failure *why)
{
	int result;

	do
		result = sqlite3_step(statement->prepared);
	while (result == SQLITE_ROW);
	if (result != SQLITE_DONE)
		refuse(store, statement->sql, why);
	sqlite3_reset(statement->prepared);
	return result == SQLITE_DONE;
}

bool store_apply(struct store *store, const char *sql, store_values *value, const void *from,
		 struct failure *why)
{
	struct statement *statement = statement_of(store, sql, why);

	if (statement == NULL)
		return false;
	for (int i = 1; i <= sqlite3_bind_parameter_count(statement->prepared); i++) {
		const char *name = sqlite3_bind_parameter_name(statement->prepared, i);

		sqlite3_bind_text(statement->prepared, i, value(name + 1, from), -1,
				  SQLITE_TRANSIENT);
	}
	return step_through(store, statement, why);
}

bool store_query(struct store *store, struct statement **out, struct failure *why, const char *sql,
		 ...)
{
	struct statement *statement = statement_of(store, sql, why);
	va_list values;
	const char *value;

	if (statement == NULL)
		return false;
	va_start(values, sql);
	for (int i = 1; (value = va_arg(values, const char *)) != NULL; i++)
		sqlite3_bind_text(statement->prepared, i, value == STORE_NULL ? NULL : value, -1,
				  SQLITE_TRANSIENT);
	va_end(values);
	statement->running = true;
	*out = statement;
	return true;
}

bool store_next(struct statement *statement)
{
	switch (sqlite3_step(statement->prepared)) {
	case SQLITE_ROW:
		return true;
	case SQLITE_DONE:
		break;
	default: /* a row that could not be read must never pass for a row that is not there */
		refuse(statement->store, statement->sql, NULL);
		break;
	}
	store_done(statement);
	return false;
}

void store_done(struct statement *statement)
{
	if (statement == NULL)
		return;
	sqlite3_reset(statement->prepared);
	statement->running = false;
}

const char *store_text(struct statement *statement, int column, struct arena *arena)
{
	const unsigned char *text = sqlite3_column_text(statement->prepared, column);

	return arena_string(arena, (const char *)text);
}

int64_t store_number(struct statement *statement, int column)
{
	return sqlite3_column_int64(statement->prepared, column);
}

const char *store_column(struct statement *statement, int column)
{
	return sqlite3_column_name(statement->prepared, column);
}

int store_columns(struct statement *statement)
{
	return sqlite3_column_count(statement->prepared);
}

const unsigned char *store_blob(struct statement *statement, int column, size_t *length)
{
	const void *bytes = sqlite3_column_blob(statement->prepared, column);

	*length = (size_t)sqlite3_column_bytes(statement->prepared, column);
	return bytes != NULL ? bytes : (const void *)"";
}

bool store_put_body(struct store *store, const char *digest, const void *bytes, size_t length,
		    struct failure *why)
{
	static const char sql[] = "INSERT OR IGNORE INTO body(digest, bytes) VALUES(?1, ?2)";
	struct statement *statement = statement_of(store, sql, why);

	if (statement == NULL)
		return false;
	sqlite3_bind_text(statement->prepared, 1, digest, -1, SQLITE_TRANSIENT);
	sqlite3_bind_blob64(statement->prepared, 2, bytes, length, SQLITE_STATIC);
	return step_through(store, statement, why);
}

bool store_checkpoint(struct store *store, struct failure *why)
{
	/* PASSIVE never waits, neither for a reader nor for another checkpoint; what it cannot
	 * fold in now it folds in next time. */
	switch (sqlite3_wal_checkpoint_v2(store->database, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
					  NULL)) {
	case SQLITE_OK:
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return true;
	default:
		return refuse(store, "checkpoint", why);
	}
}

const char *store_prepared(const struct store *store, size_t index)
{
	return index < store->count ? store->statements[index].sql : NULL;
}
