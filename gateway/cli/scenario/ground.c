#include "cli/scenario/host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/running_parts.h"

#define MEMORY "/dev/shm"
#define FRONT  "nsw-test."

/* ---- what earlier runs left -------------------------------------------------------------------- */

/* Held by every process of a run: what is free belongs to nobody any more. */
static int take_lock(struct arena *arena, const char *folder)
{
	const char *path = arena_printf(arena, "%s/lock", folder);
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
		return lock;
	if (lock >= 0)
		close(lock);
	return -1;
}

static int is_ours(const struct dirent *entry)
{
	return strncmp(entry->d_name, FRONT, strlen(FRONT)) == 0;
}

static void remove_stale(struct arena *arena, const char *folder)
{
	struct stat found;
	int lock;

	if (lstat(folder, &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != getuid() ||
	    !path_exists(arena_printf(arena, "%s/lock", folder)))
		return;
	lock = take_lock(arena, folder);
	if (lock < 0)
		return;
	folder_remove(folder);
	close(lock);
}

static void sweep(struct arena *arena, const char *place)
{
	struct dirent **entries;
	int count = scandir(place, &entries, is_ours, NULL);

	for (int i = 0; i < count; i++) {
		remove_stale(arena, arena_printf(arena, "%s/%s", place, entries[i]->d_name));
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* ---- the folder --------------------------------------------------------------------------------- */

/* Memory, where there is such a place: a journal is synced at every commit. */
static const char *place_for(const struct session *session)
{
	return access(MEMORY, W_OK | X_OK) == 0 ? MEMORY : session->sandbox.scratch;
}

static bool make_folder(struct ground *ground, struct session *session, struct failure *why)
{
	const char *place = place_for(session);
	char *folder = arena_printf(session->arena, "%s/%sXXXXXX", place, FRONT);

	sweep(session->arena, place);
	if (folder_make(place, 0777) && mkdtemp(folder) != NULL) {
		ground->folder = folder;
		ground->lock = take_lock(session->arena, folder);
		return true;
	}
	reject(why, "CLI-006", "no folder can be made here for the gateways: %s", strerror(errno));
	return failure_at(why, "%s", place);
}

/* ---- keys ------------------------------------------------------------------------------------------ */

/* Those of the source tree are there to be looked at only: some may be missing. */
static bool find_keys(struct ground *ground, struct session *session, const struct parties *parties,
		      struct failure *why)
{
	const char *made = arena_printf(session->arena, "%s/build/pki",
					session->sandbox.data != NULL ? session->sandbox.data : "");
	struct session other = *session;

	ground->keys = session->keys;
	if (ground->keys == NULL && path_exists(arena_printf(session->arena, "%s/.made", made)) &&
	    running_has_keys(session, made, parties))
		ground->keys = made;
	if (ground->keys != NULL)
		return true;
	ground->keys = arena_printf(session->arena, "%s/keys", ground->folder);
	other.keys = ground->keys;
	return running_make_keys(&other, parties, why);
}

bool ground_make(struct ground *out, struct session *session, struct failure *why)
{
	struct parties *parties;
	bool made;

	*out = (struct ground){ .lock = -1 };
	if (!session_parties(session, &parties, NULL, 0, why))
		return false;
	made = make_folder(out, session, why) && find_keys(out, session, parties, why);
	parties_free(parties);
	if (!made)
		ground_clear(out);
	return made;
}

void ground_clear(struct ground *ground)
{
	if (ground->folder == NULL)
		return;
	folder_remove(ground->folder);
	if (ground->lock >= 0)
		close(ground->lock);
	ground->folder = NULL;
}
