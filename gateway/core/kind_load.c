/* Folders of kinds: finding them, their code lists, register, calendar and schemas. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/kind_parts.h"
#include "core/text.h"

struct loading {
	struct kinds *kinds;
	const char *const *folders;
	size_t count;
	const char **code_folders; /* found so far */
	size_t code_folder_count;
	struct text left_out;
	struct failure *why;
};

/* ---- folders -------------------------------------------------------------------------- */

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Not alphasort(): the order must be the same in every locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

typedef bool visit_folder(struct loading *l, const char *folder, const char *top);

/* A folder of the list, then those directly in it, by name. */
static bool visit(struct loading *l, const char *top, visit_folder *visitor)
{
	struct dirent **entries;
	int count = scandir(top, &entries, not_hidden, by_name);
	bool done = visitor(l, top, top);

	for (int i = 0; i < count; i++) {
		const char *folder =
			arena_printf(l->kinds->arena, "%s/%s", top, entries[i]->d_name);

		done = done && (!is_folder(folder) || visitor(l, folder, top));
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return done;
}

static bool visit_all(struct loading *l, visit_folder *visitor)
{
	for (size_t i = 0; i < l->count; i++)
		if (!visit(l, l->folders[i], visitor))
			return false;
	return true;
}

static bool folders_exist(const struct loading *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (!is_folder(l->folders[i])) {
			fault(l->why, "KND-901", "there is no such folder");
			return failure_at(l->why, "%s", l->folders[i]);
		}
	return true;
}

/* ---- code lists ----------------------------------------------------------------------- */

static bool note_codes(struct loading *l, const char *folder, const char *top)
{
	const char *codes = arena_printf(l->kinds->arena, "%s/codes", folder);

	(void)top;
	if (!is_folder(codes))
		return true;
	l->code_folders =
		must_realloc(l->code_folders, (l->code_folder_count + 1) * sizeof *l->code_folders);
	l->code_folders[l->code_folder_count++] = codes;
	return true;
}

static bool load_codes(struct loading *l)
{
	bool done = visit_all(l, note_codes) &&
		    codes_load(&l->kinds->codes, l->code_folders, l->code_folder_count, l->why);

	free(l->code_folders);
	l->kinds->world.codes = l->kinds->codes;
	return done;
}

/* ---- register and calendar ------------------------------------------------------------ */

static bool load_calendar(struct loading *l, const char *calendar)
{
	struct kinds *kinds = l->kinds;

	if (!procedures_load(&kinds->procedures, l->folders, l->count, kinds->codes, l->why) ||
	    !rollout_load(&kinds->rollout, l->folders, l->count, calendar, l->why))
		return false;
	kinds->world.procedures = kinds->procedures;
	kinds->world.rollout = kinds->rollout;
	return true;
}

/* ---- schemas -------------------------------------------------------------------------- */

static bool load_schema(struct loading *l, struct kind *kind, const char *path, const char *top,
			bool *found)
{
	*found = is_file(path);
	return !*found || schema_load(&kind->schema, path, top, l->why);
}

/* In the kind's own folder, then in each of the list. */
static bool find_schema(struct loading *l, struct kind *kind, const struct kind_schema *schema,
			const char *top, bool *found)
{
	struct arena *arena = l->kinds->arena;
	const char *path = arena_printf(arena, "%s/%s", kind->folder, schema->file);

	if (!load_schema(l, kind, path, top, found))
		return false;
	for (size_t i = 0; i < l->count && !*found; i++) {
		path = arena_printf(arena, "%s/%s", l->folders[i], schema->file);
		if (!load_schema(l, kind, path, l->folders[i], found))
			return false;
	}
	if (*found || schema->external)
		return true;
	fault(l->why, "KND-903", "the schema '%.120s' is not there", schema->file);
	return failure_at(l->why, "%s", schema->place);
}

/* ---- kinds ---------------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool clash(const struct kind *a, const struct kind *b)
{
	if (same(a->id, b->id) && same(a->version, b->version))
		return true;
	for (const struct identification *i = a->identifications; i != NULL; i = i->next)
		for (const struct identification *j = b->identifications; j != NULL; j = j->next)
			if (same(i->namespace, j->namespace) && same(i->root, j->root) &&
			    same(i->when, j->when))
				return true;
	return false;
}

static bool add_kind(struct loading *l, struct kind *kind)
{
	struct kinds *kinds = l->kinds;

	kinds->list = must_realloc(kinds->list, (kinds->count + 1) * sizeof *kinds->list);
	kinds->list[kinds->count++] = kind; /* freed with the others from here on */
	for (size_t i = 0; i + 1 < kinds->count; i++)
		if (clash(kinds->list[i], kind)) {
			fault(l->why, "KND-902", "%s %s is identified as %s %s is, in %.200s",
			      kind->id, kind->version, kinds->list[i]->id, kinds->list[i]->version,
			      kinds->list[i]->place);
			return failure_at(l->why, "%s", kind->place);
		}
	return true;
}

static bool load_kind(struct loading *l, const char *folder, const char *top)
{
	const char *path = arena_printf(l->kinds->arena, "%s/kind.xml", folder);
	struct kind_schema schema;
	struct kind *kind;
	bool found;

	if (!is_file(path))
		return true;
	if (!kind_read(&kind, l->kinds, path, &schema, l->why))
		return false;
	if (!find_schema(l, kind, &schema, top, &found)) {
		kind_release(kind);
		return false;
	}
	if (found)
		return add_kind(l, kind);
	text_printf(&l->left_out, "%s%s (%s is not there)", l->left_out.length > 0 ? ", " : "",
		    kind->id, schema.file);
	kind_release(kind);
	return true;
}

/* ---- the whole ------------------------------------------------------------------------ */

static struct kinds *kept;

void kinds_keep(struct kinds *kinds)
{
	kept = kinds;
}

static const char *source_of(struct arena *arena, const char *const folders[], size_t count,
			     const char *calendar)
{
	struct text text = TEXT_EMPTY;
	const char *source;

	for (size_t i = 0; i < count; i++)
		text_printf(&text, "%s\n", folders[i]);
	text_printf(&text, "%s", calendar);
	source = arena_string(arena, text.bytes);
	text_free(&text);
	return source;
}

bool kinds_load_with(struct kinds **out, const char *const folders[], size_t count,
		     const char *calendar, struct failure *why)
{
	struct arena *arena = arena_new();
	struct kinds *kinds = arena_alloc(arena, sizeof *kinds);
	struct loading l = { .kinds = kinds, .folders = folders, .count = count, .why = why };
	bool done;

	kinds->arena = arena;
	kinds->source = source_of(arena, folders, count, calendar);
	if (kept != NULL && strcmp(kept->source, kinds->source) == 0) {
		arena_free(arena);
		kept->users++;
		*out = kept;
		return true;
	}
	done = folders_exist(&l) && load_codes(&l) && load_calendar(&l, calendar) &&
	       visit_all(&l, load_kind) && kind_links_check(kinds, why);
	kinds->left_out = arena_string(arena, l.left_out.length > 0 ? l.left_out.bytes : "");
	text_free(&l.left_out);
	*out = kinds;
	if (done)
		return true;
	kinds_free(kinds);
	*out = NULL;
	return false;
}

bool kinds_load(struct kinds **out, const char *const folders[], size_t count, struct failure *why)
{
	return kinds_load_with(out, folders, count, "", why);
}

void kinds_free(struct kinds *kinds)
{
	if (kinds == NULL)
		return;
	if (kinds->users > 0) {
		kinds->users--;
		return;
	}
	if (kinds == kept)
		kept = NULL;
	for (size_t i = 0; i < kinds->count; i++)
		kind_release(kinds->list[i]);
	free(kinds->list);
	rollout_free(kinds->rollout);
	procedures_free(kinds->procedures);
	codes_free(kinds->codes);
	arena_free(kinds->arena);
}
