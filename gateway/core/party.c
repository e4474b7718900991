#include "core/party.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/document.h"
#include "core/keyring.h"

#define CODE "PTY-901"

const struct datafile_element party_grammar[] = {
	{ "party", "id! role! delivery! review", "name+ alias* sees* decisions?" },
	{ "name", "lang!", "#text" },
	{ "alias", "value! for source mark", "" },
	{ "sees", "kind!", "" },
	/* How its simulation decides: adapters/profile.c and adapters/README.md. */
	{ "decisions", "answer!", "ns* decision+" },
	{ "ns", "prefix! uri!", "" },
	{ "decision", "id! when payload draw share title title-vi source mark", "step+" },
	{ "step", "name! result status! note after! items", "refusal? document*" },
	{ "refusal", "code! text! text-vi hint", "" },
	{ "document", "type! number! valid when", "" },
	{ NULL, NULL, NULL },
};

static const char *const roles[] = { "customs", "agency",  "bank",     "peer",
				     "trader",	"gateway", "operator", NULL };
static const char *const deliveries[] = { "pull", "push", NULL };

struct parties {
	struct arena *arena; /* of all strings */
	struct party *rows;  /* sorted by id once loaded */
	size_t count;
};

/* ---- one file ------------------------------------------------------------------------- */

/* An id names a folder of the keyring and stands in envelopes. */
static bool id_is_good(const char *id)
{
	if (!isalnum((unsigned char)id[0]) || strlen(id) >= PARTY_ID_SIZE)
		return false;
	for (; *id != '\0'; id++)
		if (!isalnum((unsigned char)*id) && *id != '-')
			return false;
	return true;
}

static bool read_names(struct party *party, struct arena *arena, const struct datafile *file,
		       xmlNodePtr root, struct failure *why)
{
	static const char *const languages[] = { "en", "vi", NULL };
	const char *names[2] = { NULL, NULL };

	for (xmlNodePtr node = child_named(root, "name"); node != NULL;
	     node = next_named(node, "name")) {
		const char *name = node_text(arena, node);
		int language = 0;

		if (!datafile_word(file, node, "lang", languages, &language, why))
			return false;
		if (names[language] != NULL || name == NULL || name[0] == '\0')
			return datafile_fault(file, node, why, "the name in '%s' is %s",
					      languages[language],
					      names[language] != NULL ? "given twice" : "empty");
		names[language] = name;
	}
	party->name = names[0];
	party->name_vi = names[1];
	if (party->name == NULL || party->name_vi == NULL)
		return datafile_fault(file, root, why, "a name in '%s' is missing",
				      party->name == NULL ? "en" : "vi");
	return true;
}

static bool read_party(struct party *party, struct arena *arena, const struct datafile *file,
		       struct failure *why)
{
	xmlNodePtr root = datafile_root(file);
	int role = 0, delivery = 0;

	party->file = arena_string(arena, datafile_path(file));
	party->id = datafile_get(file, root, "id");
	if (!id_is_good(party->id))
		return datafile_fault(file, root, why,
				      "id '%.60s': a party id has up to %d letters, digits and "
				      "dashes, no dash first",
				      party->id, PARTY_ID_SIZE - 1);
	if (!datafile_word(file, root, "role", roles, &role, why) ||
	    !datafile_word(file, root, "delivery", deliveries, &delivery, why))
		return false;
	party->role = roles[role];
	party->push = delivery == 1;
	return read_names(party, arena, file, root, why);
}

/* ---- folders -------------------------------------------------------------------------- */

static bool add_party(struct parties *parties, const struct datafile *file, struct failure *why)
{
	struct party party;

	if (!read_party(&party, parties->arena, file, why))
		return false;
	for (size_t i = 0; i < parties->count; i++) {
		if (strcmp(parties->rows[i].id, party.id) != 0)
			continue;
		fault(why, "PTY-902", "the party %s stands in %s already", party.id,
		      parties->rows[i].file);
		return failure_at(why, "%s", datafile_place(file, datafile_root(file)));
	}
	parties->rows = must_realloc(parties->rows, (parties->count + 1) * sizeof *parties->rows);
	parties->rows[parties->count++] = party;
	return true;
}

/* What is no XML at all cannot be told from a party that was to be there. */
static bool read_file(struct document **out, const char *path, struct failure *why)
{
	struct failure broken;

	if (document_read(out, path, &document_limits_data, &broken))
		return true;
	fault(why, CODE, "%s: %s", broken.code, broken.text);
	return failure_at(why, "%s", broken.place[0] != '\0' ? broken.place : path);
}

static bool load_file(struct parties *parties, const char *path, struct failure *why)
{
	struct document *document;
	struct datafile *file;
	bool good;

	if (!read_file(&document, path, why))
		return false;
	if (!is_element(document_root(document), PARTY_NS, "party")) {
		document_free(document);
		return true;
	}
	if (!datafile_take(&file, parties->arena, document, PARTY_NS, party_grammar, CODE, why))
		return false;
	good = add_party(parties, file, why);
	datafile_free(file);
	return good;
}

static bool load_folder(struct parties *parties, const char *folder, struct failure *why)
{
	const char *const *paths;

	if (!datafiles_in(&paths, parties->arena, folder, "IO-001", why))
		return false;
	for (; *paths != NULL; paths++)
		if (!load_file(parties, *paths, why))
			return false;
	return true;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct party *)a)->id, ((const struct party *)b)->id);
}

bool parties_load(struct parties **out, const char *const folders[], size_t count,
		  struct failure *why)
{
	struct parties *parties = must_alloc(sizeof *parties);

	parties->arena = arena_new();
	for (size_t i = 0; i < count; i++) {
		if (!load_folder(parties, folders[i], why)) {
			parties_free(parties);
			return false;
		}
	}
	if (parties->count > 0)
		qsort(parties->rows, parties->count, sizeof *parties->rows, by_id);
	*out = parties;
	return true;
}

void parties_free(struct parties *parties)
{
	if (parties == NULL)
		return;
	arena_free(parties->arena);
	free(parties->rows);
	free(parties);
}

/* ---- looking -------------------------------------------------------------------------- */

size_t parties_count(const struct parties *parties)
{
	return parties->count;
}

const struct party *parties_at(const struct parties *parties, size_t index)
{
	return index < parties->count ? &parties->rows[index] : NULL;
}

const struct party *parties_find(const struct parties *parties, const char *id)
{
	struct party wanted = { .id = id };

	if (parties->count == 0)
		return NULL;
	return bsearch(&wanted, parties->rows, parties->count, sizeof *parties->rows, by_id);
}

const char *parties_role(const struct parties *parties, const char *id)
{
	const struct party *party = parties_find(parties, id);

	return party != NULL ? party->role : "trader";
}

bool parties_push(const struct parties *parties, const char *id)
{
	const struct party *party = parties_find(parties, id);

	return party != NULL && party->push;
}
