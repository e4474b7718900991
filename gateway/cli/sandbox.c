#include "cli/sandbox.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/digest.h"
#include "core/text.h"

#define SOCKET_PATH_MOST 107

bool path_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* "/a/b" of "/a/b/c"; "/" at the end of the way. */
static const char *folder_of(struct arena *arena, const char *path)
{
	char *copy = arena_string(arena, path);
	char *slash = strrchr(copy, '/');

	if (slash == NULL || slash == copy)
		return "/";
	*slash = '\0';
	return copy;
}

static const char *absolute(struct arena *arena, const char *path)
{
	char here[PATH_MAX];

	if (*path == '/' || getcwd(here, sizeof here) == NULL)
		return arena_string(arena, path);
	return arena_printf(arena, "%s/%s", here, path);
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* ---- finding --------------------------------------------------------------------------- */

static bool has_data(struct arena *arena, const char *folder)
{
	return path_exists(arena_printf(arena, "%s/schemas", folder)) &&
	       path_exists(arena_printf(arena, "%s/certs-example/make-pki", folder));
}

/* The source tree lies some folders above the programs, wherever the build put them. */
static const char *tree_above(struct arena *arena, const char *folder)
{
	while (strcmp(folder, "/") != 0) {
		if (has_data(arena, folder))
			return folder;
		folder = folder_of(arena, folder);
	}
	return NULL;
}

static bool find_programs(struct sandbox *out, struct arena *arena, struct failure *why)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

	out->programs = variable("NSW_PROGRAMS");
	if (out->programs != NULL)
		return true;
	if (length < 0)
		return fault(why, "CLI-010", "cannot find out where this program lies: %s",
			     strerror(errno));
	path[length] = '\0';
	out->programs = folder_of(arena, path);
	out->own_programs = true;
	return true;
}

static void find_data(struct sandbox *out, struct arena *arena)
{
	const char *installed =
		arena_printf(arena, "%s/share/nsw", folder_of(arena, out->programs));
	const char *tree = tree_above(arena, out->programs);
	const char *temporary = variable("TMPDIR");

	out->scratch = tree != NULL	   ? arena_printf(arena, "%s/build/tmp", tree)
		       : temporary != NULL ? temporary
					   : "/tmp";
	out->data = variable("NSW_DATA");
	if (out->data == NULL)
		out->data = has_data(arena, installed) ? installed : tree;
}

static bool find_state(struct sandbox *out, struct arena *arena, const char *state,
		       struct failure *why)
{
	const char *folder = variable("XDG_STATE_HOME"), *home = variable("HOME");

	if (state == NULL)
		state = variable("NSW_STATE");
	if (state == NULL && folder != NULL)
		state = arena_printf(arena, "%s/nsw", folder);
	if (state == NULL && home != NULL)
		state = arena_printf(arena, "%s/.local/state/nsw", home);
	if (state == NULL)
		return reject(why, "CLI-006",
			      "there is no home folder to keep state in; say --state DIR");
	out->state = absolute(arena, state);
	return true;
}

bool sandbox_find(struct sandbox *out, struct arena *arena, const char *state, struct failure *why)
{
	*out = (struct sandbox){ 0 };
	if (!find_programs(out, arena, why) || !find_state(out, arena, state, why))
		return false;
	find_data(out, arena);
	return true;
}

bool sandbox_data(const struct sandbox *sandbox, struct arena *arena, const char *name,
		  const char **path, struct failure *why)
{
	if (sandbox->data == NULL)
		return fault(
			why, "CLI-010",
			"schemas and example certificates are neither in %s nor in a source "
			"tree above it; set NSW_DATA to the folder that holds them",
			arena_printf(arena, "%s/share/nsw", folder_of(arena, sandbox->programs)));
	*path = arena_printf(arena, "%s/%s", sandbox->data, name);
	if (path_exists(*path))
		return true;
	fault(why, "CLI-010", "is missing: %s", strerror(errno));
	return failure_at(why, "%s", *path);
}

bool sandbox_program(const struct sandbox *sandbox, struct arena *arena, const char *name,
		     const char **path, struct failure *why)
{
	*path = arena_printf(arena, "%s/%s", sandbox->programs, name);
	if (access(*path, X_OK) == 0)
		return true;
	fault(why, "CLI-010", "this program is missing: %s", strerror(errno));
	return failure_at(why, "%s", *path);
}

const char *sandbox_file(const struct sandbox *sandbox, struct arena *arena, const char *name)
{
	return arena_printf(arena, "%s/%s", sandbox->state, name);
}

/* ---- making ---------------------------------------------------------------------------- */

bool folder_make(const char *path, unsigned mode)
{
	char *copy = must_string(path);
	bool made;

	for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
			free(copy);
			return false;
		}
		*slash = '/';
	}
	made = mkdir(copy, mode) == 0 || errno == EEXIST;
	free(copy);
	return made;
}

bool sandbox_make_state(const struct sandbox *sandbox, struct failure *why)
{
	if (folder_make(sandbox->state, 0700) && access(sandbox->state, W_OK | X_OK) == 0)
		return true;
	reject(why, "CLI-006", "cannot be used as a state folder: %s", strerror(errno));
	return failure_at(why, "%s", sandbox->state);
}

static int remove_entry(const char *path, const struct stat *found, int type, struct FTW *where)
{
	(void)found;
	(void)type;
	(void)where;
	(void)remove(path); /* what cannot be removed keeps its folders, and the rest still goes */
	return 0;
}

void folder_remove(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Private, and named after the state folder, so that two sandboxes never meet. */
static const char *socket_folder(const struct sandbox *sandbox, struct arena *arena)
{
	const char *runtime = variable("XDG_RUNTIME_DIR");
	struct digest digest = digest_of(sandbox->state, strlen(sandbox->state));
	const char *name = hex_text(arena, digest.bytes, 6);

	if (runtime != NULL && path_exists(runtime))
		return arena_printf(arena, "%s/nsw-%s", runtime, name);
	return arena_printf(arena, "/tmp/nsw-%u-%s", (unsigned)getuid(), name);
}

static bool private_folder(const char *path, struct failure *why)
{
	struct stat found;

	if (folder_make(path, 0700) && lstat(path, &found) == 0 && S_ISDIR(found.st_mode) &&
	    found.st_uid == getuid() && (found.st_mode & 077) == 0)
		return true;
	reject(why, "CLI-006",
	       "cannot be used for the gateway's socket: it must be a folder that "
	       "is yours alone");
	return failure_at(why, "%s", path);
}

bool sandbox_endpoint(const struct sandbox *sandbox, struct arena *arena, const char **endpoint,
		      struct failure *why)
{
	const char *path = sandbox_file(sandbox, arena, "bus");
	const char *folder;

	if (strlen(path) > SOCKET_PATH_MOST) {
		folder = socket_folder(sandbox, arena);
		if (!private_folder(folder, why))
			return false;
		path = arena_printf(arena, "%s/bus", folder);
	}
	if (strlen(path) > SOCKET_PATH_MOST) {
		reject(why, "CLI-006",
		       "a socket's path may have %d bytes; choose a shorter --state",
		       SOCKET_PATH_MOST);
		return failure_at(why, "%s", path);
	}
	*endpoint = arena_printf(arena, "ipc://%s", path);
	return true;
}

void sandbox_forget_endpoint(const struct sandbox *sandbox, struct arena *arena)
{
	const char *folder = socket_folder(sandbox, arena);

	if (strlen(sandbox_file(sandbox, arena, "bus")) <= SOCKET_PATH_MOST)
		return;
	unlink(arena_printf(arena, "%s/bus", folder));
	rmdir(folder);
}
