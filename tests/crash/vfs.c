/*
 * vfs - a disk that forgets what was not synced.
 *
 * Killing a process proves nothing about fsync: the page cache survives it. Linked into a
 * program (its constructor makes it SQLite's default), this VFS keeps every write in memory
 * until xSync and only then hands it to the real file; SIGKILL is then a power cut. With
 * NSW_VFS_TEAR=SEED some unsynced writes reach the file all the same, whole or only some of their
 * sectors, in no particular order, as they may on a real disk.
 *
 * NSW_VFS_FAIL=KIND:N lets something fail at the N-th call: `no-space` (no file grows any more),
 * `write` (no write works any more), `torn-write` (that one, and half of it is there), `sync` (that
 * one, and what it should have kept is gone: a disk tells it once), `read-only` (nothing can be opened
 * for writing). That it did is a line in the file NSW_CRASH_LOG names.
 *
 * All connections of the process see what was written, synced or not. Shared memory goes
 * through: SQLite builds it anew after a crash.
 */
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512

enum failing { NO_SPACE, WRITE, TORN_WRITE, SYNC, READ_ONLY, NOTHING };

struct change { /* a write, or with bytes NULL a truncation to `offset` */
	struct change *next;
	sqlite3_int64 offset;
	int length;
	unsigned char *bytes;
};

/* What a file has been told since it was last synced; shared by all who have it open. */
struct overlay {
	struct overlay *next;
	char *path;
	struct change *first, **last;
};

struct file {
	sqlite3_file base;
	struct overlay *overlay;
	sqlite3_file *real; /* lies behind this struct */
};

static sqlite3_vfs *below;
static struct overlay *overlays;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool tears;
static uint64_t draw_state;
static enum failing failing = NOTHING;
static unsigned long calls, failing_call;
static bool has_failed;

static const char *const failings[] = { "no-space", "write", "torn-write", "sync", "read-only" };

static struct file *of(sqlite3_file *file)
{
	return (struct file *)(void *)file;
}

static uint64_t draw(void) /* xorshift: repeatable, that is all it has to be */
{
	draw_state ^= draw_state << 13;
	draw_state ^= draw_state >> 7;
	return draw_state ^= draw_state << 17;
}

/* ---- what fails ---------------------------------------------------------------------------- */

static void has_struck(void)
{
	const char *path = getenv("NSW_CRASH_LOG");
	FILE *log = !has_failed && path != NULL ? fopen(path, "a") : NULL;

	has_failed = true;
	if (log != NULL) {
		fprintf(log, "%s\n", failings[failing]);
		fclose(log);
	}
}

/* Is it this call's turn? Those that come once are over after it. */
static bool strikes(enum failing what, bool for_good)
{
	if (failing != what || ++calls < failing_call || (has_failed && !for_good))
		return false;
	has_struck();
	return true;
}

/* ---- overlays ------------------------------------------------------------------------------ */

static struct overlay *overlay_of(const char *path)
{
	struct overlay *overlay = overlays;

	while (overlay != NULL && strcmp(overlay->path, path) != 0)
		overlay = overlay->next;
	if (overlay != NULL)
		return overlay;
	overlay = calloc(1, sizeof *overlay);
	if (overlay == NULL || (overlay->path = strdup(path)) == NULL)
		abort();
	overlay->last = &overlay->first;
	overlay->next = overlays;
	return overlays = overlay;
}

static void note(struct overlay *overlay, const void *bytes, int length, sqlite3_int64 offset)
{
	struct change *change = calloc(1, sizeof *change);

	if (change == NULL || (bytes != NULL && (change->bytes = malloc((size_t)length)) == NULL))
		abort();
	if (bytes != NULL)
		memcpy(change->bytes, bytes, (size_t)length);
	change->length = length;
	change->offset = offset;
	*overlay->last = change;
	overlay->last = &change->next;
}

static void forget(struct overlay *overlay)
{
	for (struct change *change = overlay->first, *next; change != NULL; change = next) {
		next = change->next;
		free(change->bytes);
		free(change);
	}
	overlay->first = NULL;
	overlay->last = &overlay->first;
}

static sqlite3_int64 size_with(const struct overlay *overlay, sqlite3_int64 size)
{
	for (const struct change *change = overlay->first; change != NULL; change = change->next) {
		if (change->bytes == NULL)
			size = change->offset < size ? change->offset : size;
		else if (change->offset + change->length > size)
			size = change->offset + change->length;
	}
	return size;
}

/* Lay the changes over what was read from the file, in their order. */
static void lay_over(const struct overlay *overlay, unsigned char *bytes, int length,
		     sqlite3_int64 offset)
{
	for (const struct change *change = overlay->first; change != NULL; change = change->next) {
		sqlite3_int64 from = change->offset > offset ? change->offset : offset;
		sqlite3_int64 to = offset + length;

		if (change->bytes != NULL && change->offset + change->length < to)
			to = change->offset + change->length;
		if (from >= to)
			continue;
		if (change->bytes == NULL)
			memset(bytes + (from - offset), 0, (size_t)(to - from));
		else
			memcpy(bytes + (from - offset), change->bytes + (from - change->offset),
			       (size_t)(to - from));
	}
}

/* A disk may write early what nobody has asked it to keep: some sectors of it. */
static void tear(struct file *file, const unsigned char *bytes, int length, sqlite3_int64 offset)
{
	int kept = length;

	if (!tears || draw() % 4 != 0)
		return;
	if (draw() % 2 == 0 && length > SECTOR)
		kept = (int)(draw() % (uint64_t)(length / SECTOR)) * SECTOR;
	if (kept != 0)
		file->real->pMethods->xWrite(file->real, bytes, kept, offset);
}

/* ---- the file ------------------------------------------------------------------------------ */

static int vfs_close(sqlite3_file *base)
{
	struct file *file = of(base);

	return file->real->pMethods != NULL ? file->real->pMethods->xClose(file->real) : SQLITE_OK;
}

static int vfs_read(sqlite3_file *base, void *bytes, int length, sqlite3_int64 offset)
{
	struct file *file = of(base);
	sqlite3_int64 size;
	int result;

	pthread_mutex_lock(&lock);
	result = file->real->pMethods->xFileSize(file->real, &size);
	if (result == SQLITE_OK)
		result = file->real->pMethods->xRead(file->real, bytes, length, offset);
	if (result == SQLITE_OK || result == SQLITE_IOERR_SHORT_READ) {
		lay_over(file->overlay, bytes, length, offset);
		size = size_with(file->overlay, size);
		result = offset + length <= size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
	}
	pthread_mutex_unlock(&lock);
	return result;
}

static bool grows(const struct file *file, sqlite3_int64 end)
{
	sqlite3_int64 size = 0;

	return file->real->pMethods->xFileSize(file->real, &size) == SQLITE_OK &&
	       end > size_with(file->overlay, size);
}

static int write_or_fail(struct file *file, const void *bytes, int length, sqlite3_int64 offset)
{
	if (failing == NO_SPACE && grows(file, offset + length) && strikes(NO_SPACE, true))
		return SQLITE_FULL;
	if (strikes(WRITE, true))
		return SQLITE_IOERR_WRITE;
	if (strikes(TORN_WRITE, false)) {
		note(file->overlay, bytes, length / 2, offset);
		return SQLITE_IOERR_WRITE;
	}
	note(file->overlay, bytes, length, offset);
	tear(file, bytes, length, offset);
	return SQLITE_OK;
}

static int vfs_write(sqlite3_file *base, const void *bytes, int length, sqlite3_int64 offset)
{
	int result;

	pthread_mutex_lock(&lock);
	result = write_or_fail(of(base), bytes, length, offset);
	pthread_mutex_unlock(&lock);
	return result;
}

static int vfs_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	pthread_mutex_lock(&lock);
	note(of(base)->overlay, NULL, 0, size);
	pthread_mutex_unlock(&lock);
	return SQLITE_OK;
}

static int write_down(struct file *file)
{
	for (const struct change *change = file->overlay->first; change != NULL;
	     change = change->next) {
		int result = change->bytes == NULL
				     ? file->real->pMethods->xTruncate(file->real, change->offset)
				     : file->real->pMethods->xWrite(file->real, change->bytes,
								    change->length, change->offset);

		if (result != SQLITE_OK)
			return result;
	}
	forget(file->overlay);
	return SQLITE_OK;
}

static int vfs_sync(sqlite3_file *base, int flags)
{
	struct file *file = of(base);
	int result;

	pthread_mutex_lock(&lock);
	if (strikes(SYNC, false)) {
		forget(file->overlay);
		result = SQLITE_IOERR_FSYNC;
	} else {
		result = write_down(file);
	}
	pthread_mutex_unlock(&lock);
	/* The file's bytes are safe from SIGKILL now; a real fsync would only cost time. */
	(void)flags;
	return result;
}

static int vfs_file_size(sqlite3_file *base, sqlite3_int64 *size)
{
	struct file *file = of(base);
	int result;

	pthread_mutex_lock(&lock);
	result = file->real->pMethods->xFileSize(file->real, size);
	if (result == SQLITE_OK)
		*size = size_with(file->overlay, *size);
	pthread_mutex_unlock(&lock);
	return result;
}

/* The rest goes through. */
static int vfs_lock(sqlite3_file *base, int level)
{
	return of(base)->real->pMethods->xLock(of(base)->real, level);
}

static int vfs_unlock(sqlite3_file *base, int level)
{
	return of(base)->real->pMethods->xUnlock(of(base)->real, level);
}

static int vfs_check_lock(sqlite3_file *base, int *reserved)
{
	return of(base)->real->pMethods->xCheckReservedLock(of(base)->real, reserved);
}

static int vfs_control(sqlite3_file *base, int operation, void *argument)
{
	if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE)
		return SQLITE_NOTFOUND; /* these would grow the real file */
	return of(base)->real->pMethods->xFileControl(of(base)->real, operation, argument);
}

static int vfs_sector_size(sqlite3_file *base)
{
	(void)base;
	return SECTOR;
}

static int vfs_characteristics(sqlite3_file *base)
{
	(void)base;
	return 0; /* a disk that promises nothing */
}

static int vfs_shm_map(sqlite3_file *base, int page, int size, int extend, void volatile **memory)
{
	return of(base)->real->pMethods->xShmMap(of(base)->real, page, size, extend, memory);
}

static int vfs_shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
	return of(base)->real->pMethods->xShmLock(of(base)->real, offset, count, flags);
}

static void vfs_shm_barrier(sqlite3_file *base)
{
	of(base)->real->pMethods->xShmBarrier(of(base)->real);
}

static int vfs_shm_unmap(sqlite3_file *base, int remove)
{
	return of(base)->real->pMethods->xShmUnmap(of(base)->real, remove);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2, /* no memory-mapped pages: they would pass by the overlay */
	.xClose = vfs_close,
	.xRead = vfs_read,
	.xWrite = vfs_write,
	.xTruncate = vfs_truncate,
	.xSync = vfs_sync,
	.xFileSize = vfs_file_size,
	.xLock = vfs_lock,
	.xUnlock = vfs_unlock,
	.xCheckReservedLock = vfs_check_lock,
	.xFileControl = vfs_control,
	.xSectorSize = vfs_sector_size,
	.xDeviceCharacteristics = vfs_characteristics,
	.xShmMap = vfs_shm_map,
	.xShmLock = vfs_shm_lock,
	.xShmBarrier = vfs_shm_barrier,
	.xShmUnmap = vfs_shm_unmap,
};

/* ---- the VFS ------------------------------------------------------------------------------- */

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out)
{
	struct file *file = of(base);
	int result;

	(void)vfs;
	if (name == NULL) /* scratch of one process: nothing to forget */
		return below->xOpen(below, name, base, flags, out);
	file->real = (sqlite3_file *)(void *)(file + 1);
	base->pMethods = NULL;
	if (strikes(READ_ONLY, true))
		flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) |
			SQLITE_OPEN_READONLY;
	result = below->xOpen(below, name, file->real, flags, out);
	if (result != SQLITE_OK)
		return result;
	pthread_mutex_lock(&lock);
	file->overlay = overlay_of(name);
	pthread_mutex_unlock(&lock);
	base->pMethods = &methods;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	pthread_mutex_lock(&lock);
	forget(overlay_of(name));
	pthread_mutex_unlock(&lock);
	return below->xDelete(below, name, sync);
}

static void read_failing(const char *text) /* KIND:N */
{
	size_t length = text != NULL ? strcspn(text, ":") : 0;

	while (failing > 0 && text != NULL) {
		failing--;
		if (strlen(failings[failing]) == length &&
		    strncmp(failings[failing], text, length) == 0) {
			failing_call =
				text[length] == ':' ? strtoul(text + length + 1, NULL, 10) : 1;
			return;
		}
	}
	failing = NOTHING;
}

__attribute__((constructor)) static void install(void)
{
	static sqlite3_vfs forgetful;
	const char *seed = getenv("NSW_VFS_TEAR");

	if (sqlite3_initialize() != SQLITE_OK || (below = sqlite3_vfs_find(NULL)) == NULL)
		abort();
	read_failing(getenv("NSW_VFS_FAIL"));
	tears = seed != NULL;
	draw_state = seed != NULL ? strtoull(seed, NULL, 10) * 2 + 1 : 1;
	forgetful = *below;
	forgetful.zName = "forgetful";
	forgetful.szOsFile = (int)sizeof(struct file) + below->szOsFile;
	forgetful.xOpen = vfs_open;
	forgetful.xDelete = vfs_delete;
	forgetful.pNext = NULL;
	if (sqlite3_vfs_register(&forgetful, 1) != SQLITE_OK)
		abort();
}
