#include "core/datafile.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/datafile_grammar.h"
#include "core/nearest.h"

struct datafile {
	struct document *document;
	struct arena *arena; /* the caller's */
	const char *code;    /* of every refusal */
};

/* ---- opening -------------------------------------------------------------------------- */

/* Our own files being broken is our fault, whatever the parser called it. */
static bool ours(const char *code, const char *path, struct failure *why)
{
	if (why == NULL)
		return false;
	why->verdict = FAULT;
	snprintf(why->code, sizeof why->code, "%s", code);
	return failure_at(why, "%s", path);
}

bool datafile_read(struct datafile **out, struct arena *arena, const char *path, const char *ns,
		   const struct datafile_element *grammar, const char *code, struct failure *why)
{
	struct document *document;

	*out = NULL;
	if (!document_read(&document, path, &document_limits_data, why))
		return ours(code, path, why);
	return datafile_take(out, arena, document, ns, grammar, code, why);
}

bool datafile_take(struct datafile **out, struct arena *arena, struct document *document,
		   const char *ns, const struct datafile_element *grammar, const char *code,
		   struct failure *why)
{
	struct datafile *file = must_alloc(sizeof *file);

	file->document = document;
	file->arena = arena;
	file->code = code;
	*out = NULL;
	if (!datafile_compare(file, ns, grammar, why)) {
		datafile_free(file);
		return false;
	}
	*out = file;
	return true;
}

void datafile_free(struct datafile *file)
{
	if (file == NULL)
		return;
	document_free(file->document);
	free(file);
}

xmlNodePtr datafile_root(const struct datafile *file)
{
	return document_root(file->document);
}

const char *datafile_path(const struct datafile *file)
{
	return document_name(file->document);
}

/* ---- refusing ------------------------------------------------------------------------- */

const char *datafile_place(const struct datafile *file, xmlNodePtr node)
{
	return arena_printf(file->arena, "%s:%d", datafile_path(file), node_line(node));
}

bool datafile_fault(const struct datafile *file, xmlNodePtr node, struct failure *why,
		    const char *text, ...)
{
	char sentence[sizeof why->text];
	va_list arguments;

	va_start(arguments, text);
	vsnprintf(sentence, sizeof sentence, text, arguments);
	va_end(arguments);
	fault(why, file->code, "%s", sentence);
	return failure_at(why, "%s:%d", datafile_path(file), node_line(node));
}

/* ---- attributes ----------------------------------------------------------------------- */

const char *datafile_get(const struct datafile *file, xmlNodePtr node, const char *attribute)
{
	xmlAttrPtr found = datafile_attribute(node, attribute);

	return found != NULL ? node_text(file->arena, (xmlNodePtr)found) : NULL;
}

const char *const *datafile_list(const struct datafile *file, xmlNodePtr node,
				 const char *attribute)
{
	const char *value = datafile_get(file, node, attribute);
	char *rest = arena_string(file->arena, value != NULL ? value : "");
	/* Every other byte at most begins a word; one more for the end. */
	const char **words = arena_alloc(file->arena, (strlen(rest) / 2 + 2) * sizeof *words);
	size_t count = 0;

	for (char *word; (word = strsep(&rest, " \t\r\n")) != NULL;)
		if (*word != '\0')
			words[count++] = word;
	return words;
}

bool datafile_yes(const struct datafile *file, xmlNodePtr node, const char *attribute, bool *out,
		  struct failure *why)
{
	static const char *const words[] = { "no", "yes", NULL };
	int which = *out;

	if (!datafile_word(file, node, attribute, words, &which, why))
		return false;
	*out = which == 1;
	return true;
}

bool datafile_word(const struct datafile *file, xmlNodePtr node, const char *attribute,
		   const char *const words[], int *out, struct failure *why)
{
	const char *value = datafile_get(file, node, attribute);
	struct nearest nearest = nearest_to(value != NULL ? value : "");
	char hint[NEAREST_TEXT_SIZE];

	if (value == NULL)
		return true;
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], value) == 0) {
			*out = i;
			return true;
		}
		nearest_offer(&nearest, words[i]);
	}
	return datafile_fault(file, node, why, "%s='%.60s' is not a value it can have%s", attribute,
			      value, nearest_text(&nearest, hint));
}

bool datafile_date(const struct datafile *file, xmlNodePtr node, const char *attribute,
		   gateway_time *out, struct failure *why)
{
	const char *value = datafile_get(file, node, attribute);

	if (value == NULL || time_parse(value, out, NULL))
		return true;
	return datafile_fault(file, node, why,
			      "%s='%.60s' is no date (YYYY-MM-DD, or a date-time with zone)",
			      attribute, value);
}

bool datafile_duration(const struct datafile *file, xmlNodePtr node, const char *attribute,
		       int64_t *ms, struct failure *why)
{
	const char *value = datafile_get(file, node, attribute);

	if (value == NULL || duration_parse(value, ms, NULL))
		return true;
	return datafile_fault(file, node, why,
			      "%s='%.60s' is no duration (800ms, 10s, 2m, 8h or 5d)", attribute,
			      value);
}

/* ---- files ---------------------------------------------------------------------------- */

static bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

bool datafile_beside(const struct datafile *file, xmlNodePtr node, const char *attribute,
		     const char **out, struct failure *why)
{
	const char *name = datafile_get(file, node, attribute);
	const char *path = datafile_path(file), *slash = strrchr(path, '/');
	int folder = slash != NULL ? (int)(slash - path + 1) : 0;

	if (name == NULL)
		return true;
	*out = arena_printf(file->arena, "%.*s%s", folder, path, name);
	if (*name != '\0' && is_file(*out))
		return true;
	return datafile_fault(file, node, why, "%s='%.120s': there is no such file", attribute,
			      name);
}

static int is_xml(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 4 &&
	       strcmp(entry->d_name + length - 4, ".xml") == 0;
}

/* Not alphasort(): the order must be the same in every locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

bool datafiles_in(const char *const **out, struct arena *arena, const char *folder,
		  const char *code, struct failure *why)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_xml, by_name);
	const char **paths;

	if (count < 0) {
		fault(why, code, "the folder cannot be read: %s", strerror(errno));
		return failure_at(why, "%s", folder);
	}
	paths = arena_alloc(arena, ((size_t)count + 1) * sizeof *paths);
	for (int i = 0; i < count; i++) {
		paths[i] = arena_printf(arena, "%s/%s", folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	*out = paths;
	return true;
}
