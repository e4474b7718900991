#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"

/*
 * A folder to begin with. What is in it are files like all others, schemas/starter of the data;
 * here they are only copied.
 */

#define FILE_MOST (1024 * 1024)

static const struct column columns[] = { { .name = "path" } };

struct copy {
	struct session *session;
	struct table *table;
	struct failure *why;
};

/* ---- the folder ----------------------------------------------------------------------------- */

static bool unmade(const char *path, struct failure *why)
{
	reject(why, "CLI-006", "cannot be made: %s", strerror(errno));
	return failure_at(why, "%s", path);
}

static int but_dots(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static void free_entries(struct dirent **entries, int count)
{
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
}

/* It is there and nothing is in it. */
static bool make_folder(const char *path, struct failure *why)
{
	struct dirent **entries = NULL;
	int count;

	if (!folder_make(path, 0777))
		return unmade(path, why);
	count = scandir(path, &entries, but_dots, NULL);
	if (count < 0)
		return unmade(path, why);
	free_entries(entries, count);
	if (count == 0)
		return true;
	reject(why, "CLI-018", "the folder is not empty");
	return failure_at(why, "%s", path);
}

/* ---- what goes into it ---------------------------------------------------------------------- */

static bool copy_folder(struct copy *copy, const char *from, const char *to);

static bool copy_file(struct copy *copy, const char *from, const char *to)
{
	struct text bytes = TEXT_EMPTY;
	struct row *row;
	bool written;

	written = text_read_file(&bytes, from, FILE_MOST, copy->why) &&
		  file_write(to, bytes.bytes, bytes.length, 0644, copy->why);
	text_free(&bytes);
	if (!written)
		return false;
	row = row_new("made");
	row_put(row, "path", to);
	table_add(copy->table, row);
	return true;
}

static bool copy_entry(struct copy *copy, const char *from, const char *to)
{
	struct stat there;

	if (stat(from, &there) != 0)
		return unmade(to, copy->why);
	if (!S_ISDIR(there.st_mode))
		return copy_file(copy, from, to);
	if (mkdir(to, 0777) != 0)
		return unmade(to, copy->why);
	return copy_folder(copy, from, to);
}

static bool copy_folder(struct copy *copy, const char *from, const char *to)
{
	struct arena *arena = copy->session->arena;
	struct dirent **entries = NULL;
	int count = scandir(from, &entries, but_dots, alphasort);
	bool good = count >= 0 || unmade(to, copy->why);

	for (int i = 0; i < count && good; i++)
		good = copy_entry(copy, arena_printf(arena, "%s/%s", from, entries[i]->d_name),
				  arena_printf(arena, "%s/%s", to, entries[i]->d_name));
	free_entries(entries, count);
	return good;
}

/* ---- the command ---------------------------------------------------------------------------- */

static error_t parse(int key, char *value, struct argp_state *state)
{
	const char **folder = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (*folder != NULL)
			argp_error(state, "one folder is enough");
		*folder = command_word(state, value, "DIR");
		return 0;
	case ARGP_KEY_END:
		if (*folder == NULL)
			argp_error(state, "which folder?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	NULL,
	parse,
	"DIR",
	"A folder to begin with: two scenarios, a document, and what a build server needs to run "
	"them. It may not hold anything yet.",
	NULL,
	NULL,
	NULL
};

static enum exit_code run(struct session *session, int argc, char **argv)
{
	const char *folder = NULL, *starter;
	struct copy copy = { .session = session };
	struct failure why;
	bool made;

	command_line(session, &argp, argc, argv, &folder);
	if (!sandbox_data(&session->sandbox, session->arena, "schemas/starter", &starter, &why) ||
	    !make_folder(folder, &why))
		return session_failed(session, &why);
	copy.why = &why;
	copy.table = table_begin(session->output, columns, sizeof columns / sizeof *columns, false);
	made = copy_folder(&copy, starter, folder);
	table_end(copy.table);
	if (!made)
		return session_failed(session, &why);
	output_say(session->output, "run them: nsw test %s", folder);
	return EXIT_DONE;
}

const struct command command_init = { "init", GROUP_PROVE, "a folder of scenarios to begin with",
				      &argp, run };
