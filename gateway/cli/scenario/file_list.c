#include "cli/scenario/scenario.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/text.h"

#define DEPTH_MOST 8		     /* of folders: a link that leads back ends somewhere */
#define READ_MOST  ((size_t)1 << 20) /* what is larger is a document, not a scenario */

struct list {
	struct arena *arena;
	const char **paths;
	size_t count;
};

static void list_add(struct list *list, const char *path)
{
	/* Rooms of powers of two: the arena frees the smaller ones at the end. One for the NULL. */
	if ((list->count & (list->count - 1)) == 0) {
		size_t room = list->count != 0 ? 2 * list->count : 1;
		const char **larger = arena_alloc(list->arena, (room + 1) * sizeof *larger);

		for (size_t i = 0; i < list->count; i++)
			larger[i] = list->paths[i];
		list->paths = larger;
	}
	list->paths[list->count++] = path;
}

/* A broken scenario is to be told of, so what it seems to be counts. */
static bool seems_a_scenario(const char *path)
{
	size_t length = strlen(path);
	struct text text = TEXT_EMPTY;
	struct failure ignored;
	bool seems;

	if (length < 4 || strcmp(path + length - 4, ".xml") != 0)
		return false;
	seems = text_read_file(&text, path, READ_MOST, &ignored) && text.length > 0 &&
		memmem(text.bytes, text.length, SCENARIO_NS, strlen(SCENARIO_NS)) != NULL;
	text_free(&text);
	return seems;
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The same order in every locale. */
static int by_name(const struct dirent **one, const struct dirent **other)
{
	return strcmp((*one)->d_name, (*other)->d_name);
}

static void add_folder(struct list *list, const char *folder, int depth)
{
	struct dirent **entries;
	int count = depth < DEPTH_MOST ? scandir(folder, &entries, is_shown, by_name) : -1;
	size_t end = strlen(folder);
	struct stat found;

	while (end > 1 && folder[end - 1] == '/')
		end--;
	for (int i = 0; i < count; i++) {
		const char *path =
			arena_printf(list->arena, "%.*s/%s", (int)end, folder, entries[i]->d_name);

		if (stat(path, &found) == 0 && S_ISDIR(found.st_mode))
			add_folder(list, path, depth + 1);
		else if (seems_a_scenario(path))
			list_add(list, path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

bool scenario_files(const char *const **out, struct arena *arena, const char *path,
		    struct failure *why)
{
	struct list list = { .arena = arena };
	struct stat found;

	if (stat(path, &found) != 0) {
		reject(why, "IO-001", "cannot be read: %s", strerror(errno));
		return failure_at(why, "%s", path);
	}
	if (S_ISDIR(found.st_mode))
		add_folder(&list, path, 0);
	else
		list_add(&list, arena_string(arena, path));
	if (list.count == 0) {
		reject(why, "SCN-002", "no file of this folder is a scenario");
		return failure_at(why, "%s", path);
	}
	*out = list.paths; /* fresh rooms are zeroed: NULL stands at the end */
	return true;
}
