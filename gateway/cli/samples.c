/* nsw samples: the declarations that come with the kinds, to try things with. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/samples.h"
#include "core/nearest.h"

#define LISTED 6 /* of several that were found */

struct options {
	struct session *session;
	struct words names;
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		words_add(options->session, &options->names, value);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_cat(int key, char *value, struct argp_state *state)
{
	if (key == ARGP_KEY_NO_ARGS)
		argp_error(state, "which NAME? `nsw samples ls` lists them");
	return parse(key, value, state);
}

static const struct argp ls_argp = {
	NULL, parse, "[KIND...]", "The samples of all kinds, or of some.", NULL, NULL, NULL
};
static const struct argp cat_argp = {
	NULL,
	parse_cat,
	"NAME...",
	"Print samples as they are.\vA NAME is what `nsw samples ls` shows, with its kind in front "
	"where "
	"several have it (PAY-ORD/cars-japan), or any part of that which only one sample has.",
	NULL,
	NULL,
	NULL
};

static const struct column columns[] = { { .name = "name" },
					 { .name = "kind" },
					 { .name = "bytes", .right = true },
					 { .name = "path" } };

/* ---- finding them ------------------------------------------------------------------------------ */

static int is_document(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	return end != NULL && strcmp(end, ".xml") == 0;
}

static struct row *sample_row(struct session *session, const struct kind *kind, const char *path)
{
	struct row *row = row_new("sample");
	const char *file = strrchr(path, '/') + 1;
	struct stat status;

	row_put(row, "name", arena_copy(session->arena, file, strlen(file) - strlen(".xml")));
	row_put(row, "kind", kind_id(kind));
	if (stat(path, &status) == 0)
		row_put_number(row, "bytes", (int64_t)status.st_size);
	row_put(row, "path", path);
	return row;
}

struct samples {
	struct row **rows;
	size_t count;
};

static void add_folder(struct session *session, const struct kind *kind, struct samples *samples)
{
	const char *folder = arena_printf(session->arena, "%s/samples", kind_folder(kind));
	struct dirent **entries;
	int count = scandir(folder, &entries, is_document, alphasort);

	for (int i = 0; i < count; i++) {
		const char *path =
			arena_printf(session->arena, "%s/%s", folder, entries[i]->d_name);

		samples->rows =
			must_realloc(samples->rows, (samples->count + 1) * sizeof *samples->rows);
		samples->rows[samples->count++] = sample_row(session, kind, path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static struct samples all_samples(struct session *session, const struct kinds *kinds)
{
	struct samples samples = { 0 };

	for (size_t i = 0; i < kinds_count(kinds); i++)
		add_folder(session, kinds_at(kinds, i), &samples);
	return samples;
}

/* ---- ls ------------------------------------------------------------------------------------------ */

static bool wanted(const struct options *options, const struct row *row)
{
	for (size_t i = 0; i < options->names.count; i++)
		if (strcasecmp(options->names.words[i], row_get(row, "kind")) == 0)
			return true;
	return options->names.count == 0;
}

static enum exit_code run_ls(struct session *session, int argc, char **argv)
{
	struct options options = { .session = session };
	const struct kinds *kinds;
	struct samples samples;
	struct failure why;
	struct table *table;

	command_line(session, &ls_argp, argc, argv, &options);
	if (!session_kinds(session, &kinds, &why))
		return session_failed(session, &why);
	samples = all_samples(session, kinds);
	table = table_begin(session->output, columns, sizeof columns / sizeof *columns, false);
	for (size_t i = 0; i < samples.count; i++) {
		if (wanted(&options, samples.rows[i]))
			table_add(table, samples.rows[i]);
		else
			row_free(samples.rows[i]);
	}
	table_end(table);
	free(samples.rows);
	return EXIT_DONE;
}

/* ---- cat ------------------------------------------------------------------------------------------- */

/* "DEC-IMP/shrimp-thailand": several kinds may tell parts of one story under one name. */
static const char *full_name(struct arena *arena, const struct row *row)
{
	return arena_printf(arena, "%s/%s", row_get(row, "kind"), row_get(row, "name"));
}

static bool is_full_name(struct arena *arena, const struct row *row, const char *name)
{
	return strcasecmp(full_name(arena, row), name) == 0;
}

static bool is_name(struct arena *arena, const struct row *row, const char *name)
{
	(void)arena;
	return strcmp(row_get(row, "name"), name) == 0;
}

static bool is_part(struct arena *arena, const struct row *row, const char *name)
{
	return strcasestr(full_name(arena, row), name) != NULL;
}

/* What a NAME may be, the closest first. */
typedef bool naming(struct arena *arena, const struct row *row, const char *name);
static naming *const namings[] = { is_full_name, is_name, is_part };

/* The samples that the closest naming finds; how many. */
static size_t find_samples(struct arena *arena, const struct samples *samples, const char *name,
			   const struct row **found)
{
	size_t count = 0;

	for (size_t i = 0; count == 0 && i < sizeof namings / sizeof *namings; i++)
		for (size_t j = 0; j < samples->count; j++)
			if (namings[i](arena, samples->rows[j], name))
				found[count++] = samples->rows[j];
	return count;
}

static bool none_found(const struct samples *samples, const char *name, struct failure *why)
{
	struct nearest nearest = nearest_to(name);
	char did_you_mean[NEAREST_TEXT_SIZE];

	for (size_t i = 0; i < samples->count; i++)
		nearest_offer(&nearest, row_get(samples->rows[i], "name"));
	return reject(why, "CLI-009", "no sample has this name%s",
		      nearest_text(&nearest, did_you_mean));
}

static bool several_found(struct arena *arena, const struct row *const found[], size_t count,
			  struct failure *why)
{
	const char *list = full_name(arena, found[0]);

	for (size_t i = 1; i < count && i < LISTED; i++)
		list = arena_printf(arena, "%s, %s", list, full_name(arena, found[i]));
	return reject(why, "CLI-009", "%zu samples have this in their name: %s%s", count, list,
		      count > LISTED ? " ..." : "");
}

static const struct row *find_sample(struct arena *arena, const struct samples *samples,
				     const char *name, struct failure *why)
{
	const struct row **found = arena_alloc(arena, (samples->count + 1) * sizeof *found);
	size_t count = find_samples(arena, samples, name, found);

	if (count == 1)
		return found[0];
	if (!(count == 0 ? none_found(samples, name, why)
			 : several_found(arena, found, count, why)))
		failure_at(why, "%s", name);
	return NULL;
}

static void free_samples(struct samples *samples)
{
	for (size_t i = 0; i < samples->count; i++)
		row_free(samples->rows[i]);
	free(samples->rows);
}

/* As a file of it would be named. */
static const char *plain_name(struct arena *arena, const char *name)
{
	static const char front[] = "samples/", back[] = ".xml";
	size_t length;

	if (strncmp(name, front, strlen(front)) == 0)
		name += strlen(front);
	length = strlen(name);
	if (length > strlen(back) && strcmp(name + length - strlen(back), back) == 0)
		length -= strlen(back);
	return arena_copy(arena, name, length);
}

bool sample_find(struct session *session, const char *name, const char **path, struct failure *why)
{
	const struct kinds *kinds;
	struct samples samples;
	const struct row *row;

	if (!session_kinds(session, &kinds, why))
		return false;
	samples = all_samples(session, kinds);
	row = find_sample(session->arena, &samples, plain_name(session->arena, name), why);
	if (row != NULL)
		*path = arena_string(session->arena, row_get(row, "path"));
	free_samples(&samples);
	return row != NULL;
}

static bool print_sample(struct session *session, const struct samples *samples, const char *name,
			 struct failure *why)
{
	const struct row *row = find_sample(session->arena, samples, name, why);
	struct text bytes = TEXT_EMPTY;
	bool read;

	if (row == NULL)
		return false;
	read = text_read_file(&bytes, row_get(row, "path"), SIZE_MAX / 2, why);
	if (read)
		output_bytes(session->output, bytes.bytes, bytes.length);
	text_free(&bytes);
	return read;
}

static enum exit_code run_cat(struct session *session, int argc, char **argv)
{
	struct options options = { .session = session };
	enum exit_code code = EXIT_DONE;
	const struct kinds *kinds;
	struct samples samples;
	struct failure why;

	command_line(session, &cat_argp, argc, argv, &options);
	if (!session_kinds(session, &kinds, &why))
		return session_failed(session, &why);
	samples = all_samples(session, kinds);
	for (size_t i = 0; i < options.names.count; i++)
		if (!print_sample(session, &samples, options.names.words[i], &why))
			code = exit_worse(code, session_failed(session, &why));
	free_samples(&samples);
	return code;
}

const struct command command_samples_ls = { "samples ls", GROUP_SEND, "list the samples", &ls_argp,
					    run_ls };
const struct command command_samples_cat = { "samples cat", GROUP_SEND, "print a sample", &cat_argp,
					     run_cat };
