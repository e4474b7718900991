/* How a kind hangs together with the cases of others: <concerns>, <key>, <refers>. */
#include <string.h>

#include "core/datafile.h"
#include "core/kind_parts.h"

struct kind_links {
	const char *place;
	struct kind_concern *concerns;
	struct kind_key *keys;
	struct kind_reference *references;
	size_t concern_count, key_count, reference_count;
};

/* Every case has them: its number and its sender's reference find it for its sender. */
static const char *const own_keys[] = { "number", "reference", NULL };

struct reading {
	struct arena *arena;
	const struct datafile *file;
	const struct rules_world *world;
	struct failure *why;
};

static bool compile(const struct reading *r, xmlNodePtr node, const char *attribute,
		    struct question **out)
{
	const char *xpath = datafile_get(r->file, node, attribute);

	return xpath == NULL ||
	       question_compile(out, xpath, r->world, datafile_place(r->file, node), r->why);
}

static void *room_for(const struct reading *r, const char *name, size_t size)
{
	size_t count = 0;

	for (xmlNodePtr node = child_named(datafile_root(r->file), name); node != NULL;
	     node = next_named(node, name))
		count++;
	return arena_alloc(r->arena, count * size + 1);
}

static bool read_concerns(const struct reading *r, struct kind_links *links)
{
	links->concerns = room_for(r, "concerns", sizeof *links->concerns);
	for (xmlNodePtr node = child_named(datafile_root(r->file), "concerns"); node != NULL;
	     node = next_named(node, "concerns")) {
		struct kind_concern *concern = &links->concerns[links->concern_count++];

		concern->kinds = datafile_list(r->file, node, "kind");
		concern->key = datafile_get(r->file, node, "key");
		if (!compile(r, node, "fact", &concern->fact))
			return false;
	}
	return true;
}

static bool read_keys(const struct reading *r, struct kind_links *links)
{
	links->keys = room_for(r, "key", sizeof *links->keys);
	for (xmlNodePtr node = child_named(datafile_root(r->file), "key"); node != NULL;
	     node = next_named(node, "key")) {
		struct kind_key *key = &links->keys[links->key_count++];

		key->name = datafile_get(r->file, node, "name");
		if (!compile(r, node, "fact", &key->fact))
			return false;
	}
	return true;
}

static bool read_references(const struct reading *r, struct kind_links *links)
{
	links->references = room_for(r, "refers", sizeof *links->references);
	for (xmlNodePtr node = child_named(datafile_root(r->file), "refers"); node != NULL;
	     node = next_named(node, "refers")) {
		struct kind_reference *reference = &links->references[links->reference_count++];

		reference->what = datafile_get(r->file, node, "what");
		reference->kinds = datafile_list(r->file, node, "kind");
		reference->key = datafile_get(r->file, node, "key");
		if (!compile(r, node, "fact", &reference->fact) ||
		    !compile(r, node, "quantity", &reference->quantity) ||
		    !compile(r, node, "unit", &reference->unit) ||
		    !compile(r, node, "to", &reference->to))
			return false;
		reference->match = datafile_get(r->file, node, "match");
		if ((reference->match == NULL) != (reference->to == NULL))
			return datafile_fault(r->file, node, r->why,
					      "match and to need one another");
	}
	return true;
}

bool kind_links_read(struct kind *kind, struct kinds *kinds, const struct datafile *file,
		     struct failure *why)
{
	struct reading r = { kinds->arena, file, &kinds->world, why };

	kind->links = arena_alloc(kinds->arena, sizeof *kind->links);
	kind->links->place = kind->place;
	return read_concerns(&r, kind->links) && read_keys(&r, kind->links) &&
	       read_references(&r, kind->links);
}

void kind_links_release(struct kind_links *links)
{
	if (links == NULL)
		return;
	for (size_t i = 0; i < links->concern_count; i++)
		question_free(links->concerns[i].fact);
	for (size_t i = 0; i < links->key_count; i++)
		question_free(links->keys[i].fact);
	for (size_t i = 0; i < links->reference_count; i++) {
		question_free(links->references[i].fact);
		question_free(links->references[i].quantity);
		question_free(links->references[i].unit);
		question_free(links->references[i].to);
	}
}

/* ---- what they name exists ---------------------------------------------------------------- */

static bool kinds_exist(const struct kinds *kinds, const struct kind_links *links,
			const char *const *names, struct failure *why)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, "*") != 0 && kinds_named(kinds, *names) == NULL) {
			fault(why, "KND-905", "no kind is called '%.60s'", *names);
			return failure_at(why, "%s", links->place);
		}
	return true;
}

static bool is_key_of(const struct kind_links *links, const char *name)
{
	for (size_t i = 0; i < links->key_count; i++)
		if (strcmp(links->keys[i].name, name) == 0)
			return true;
	return false;
}

static bool key_exists(const struct kinds *kinds, const struct kind_links *links, const char *name,
		       struct failure *why)
{
	for (const char *const *own = own_keys; *own != NULL; own++)
		if (strcmp(*own, name) == 0)
			return true;
	for (size_t i = 0; i < kinds->count; i++)
		if (is_key_of(kinds->list[i]->links, name))
			return true;
	fault(why, "KND-905", "no kind has a key called '%.60s'", name);
	return failure_at(why, "%s", links->place);
}

static bool check_one(const struct kinds *kinds, const struct kind_links *links,
		      struct failure *why)
{
	for (size_t i = 0; i < links->concern_count; i++)
		if (!kinds_exist(kinds, links, links->concerns[i].kinds, why) ||
		    !key_exists(kinds, links, links->concerns[i].key, why))
			return false;
	for (size_t i = 0; i < links->reference_count; i++)
		if (!kinds_exist(kinds, links, links->references[i].kinds, why) ||
		    !key_exists(kinds, links, links->references[i].key, why))
			return false;
	return true;
}

bool kind_links_check(const struct kinds *kinds, struct failure *why)
{
	for (size_t i = 0; i < kinds->count; i++)
		if (!check_one(kinds, kinds->list[i]->links, why))
			return false;
	return true;
}

/* ---- asking ------------------------------------------------------------------------------- */

size_t kind_concerns(const struct kind *kind, const struct kind_concern **out)
{
	*out = kind->links->concerns;
	return kind->links->concern_count;
}

size_t kind_keys(const struct kind *kind, const struct kind_key **out)
{
	*out = kind->links->keys;
	return kind->links->key_count;
}

size_t kind_references(const struct kind *kind, const struct kind_reference **out)
{
	*out = kind->links->references;
	return kind->links->reference_count;
}

bool kind_listed(const char *const *kinds, const char *id)
{
	for (; *kinds != NULL; kinds++)
		if (strcmp(*kinds, id) == 0 || strcmp(*kinds, "*") == 0)
			return true;
	return false;
}
