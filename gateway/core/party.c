#include "core/party.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/document.h"
#include "core/keyring.h"
#include "core/nearest.h"

#define CODE	     "PTY-901"
#define ALWAYS_FROM  INT64_MIN
#define ALWAYS_UNTIL INT64_MAX

const struct datafile_element party_grammar[] = {
	{ "party", "id! role! delivery! review", "name+ successor? alias* sees* decisions?" },
	{ "name", "lang! from until", "#text" },
	{ "successor", "id! from! source mark", "" },
	{ "alias", "value! for source mark", "" },
	{ "sees", "kind! answer", "" },
	/* How its simulation decides: adapters/profile.c and adapters/README.md. */
	{ "decisions", "answer!", "ns* wait* valid* decision+" },
	{ "ns", "prefix! uri!", "" },
	{ "wait", "seconds! when instead", "" },
	{ "valid", "for! when", "" },
	{ "decision", "id! when payload draw share silent title title-vi source mark", "step*" },
	PARTY_STEP_GRAMMAR,
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

static const char *const languages[] = { "en", "vi", NULL };

/* Names that begin on one day in one language would leave open which counts. */
static bool name_is_new(const struct datafile *file, xmlNodePtr node,
			const struct party_name *first, const struct party_name *name,
			struct failure *why)
{
	for (const struct party_name *other = first; other < name; other++)
		if (other->vietnamese == name->vietnamese && other->from == name->from)
			return datafile_fault(file, node, why,
					      "the name in '%s' is given twice for one day",
					      languages[name->vietnamese]);
	return true;
}

static bool read_name(struct party_name *name, struct arena *arena, const struct datafile *file,
		      xmlNodePtr node, struct failure *why)
{
	int language = 0;

	name->from = ALWAYS_FROM;
	name->until = ALWAYS_UNTIL;
	name->text = node_text(arena, node);
	if (!datafile_word(file, node, "lang", languages, &language, why) ||
	    !datafile_date(file, node, "from", &name->from, why) ||
	    !datafile_date(file, node, "until", &name->until, why))
		return false;
	name->vietnamese = language == 1;
	if (name->text == NULL || name->text[0] == '\0')
		return datafile_fault(file, node, why, "the name in '%s' is empty",
				      languages[language]);
	if (name->until <= name->from)
		return datafile_fault(file, node, why, "the name ends before it begins");
	return true;
}

static const char *first_name(const struct party *party, bool vietnamese)
{
	for (size_t i = 0; i < party->name_count; i++)
		if (party->names[i].vietnamese == vietnamese)
			return party->names[i].text;
	return NULL;
}

static bool read_names(struct party *party, struct arena *arena, const struct datafile *file,
		       xmlNodePtr root, struct failure *why)
{
	struct party_name *names = NULL;
	size_t count = 0;

	for (xmlNodePtr node = child_named(root, "name"); node != NULL;
	     node = next_named(node, "name"))
		count++;
	party->names = names = arena_alloc(arena, count * sizeof *names);
	for (xmlNodePtr node = child_named(root, "name"); node != NULL;
	     node = next_named(node, "name")) {
		struct party_name *name = &names[party->name_count++];

		if (!read_name(name, arena, file, node, why) ||
		    !name_is_new(file, node, names, name, why))
			return false;
	}
	party->name = first_name(party, false);
	party->name_vi = first_name(party, true);
	if (party->name == NULL || party->name_vi == NULL)
		return datafile_fault(file, root, why, "a name in '%s' is missing",
				      languages[party->name != NULL]);
	return true;
}

static bool read_successor(struct party *party, const struct datafile *file, xmlNodePtr root,
			   struct failure *why)
{
	xmlNodePtr node = child_named(root, "successor");

	if (node == NULL)
		return true;
	party->successor = datafile_get(file, node, "id");
	return datafile_date(file, node, "from", &party->successor_from, why);
}

static const char *const *read_sees(struct arena *arena, const struct datafile *file,
				    xmlNodePtr root)
{
	const char **kinds;
	size_t count = 0;

	for (xmlNodePtr node = child_named(root, "sees"); node != NULL;
	     node = next_named(node, "sees"))
		count++;
	kinds = arena_alloc(arena, (count + 1) * sizeof *kinds);
	count = 0;
	for (xmlNodePtr node = child_named(root, "sees"); node != NULL;
	     node = next_named(node, "sees"))
		kinds[count++] = datafile_get(file, node, "kind");
	return kinds;
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
	party->sees = read_sees(arena, file, root);
	return read_names(party, arena, file, root, why) && read_successor(party, file, root, why);
}

/* ---- folders -------------------------------------------------------------------------- */

static bool add_party(struct parties *parties, const struct datafile *file, struct failure *why)
{
	struct party party = { 0 };

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

bool parties_meant(const struct parties *parties, const char *written, const struct party **out,
		   struct failure *why)
{
	struct nearest nearest = nearest_to(written);
	char hint[NEAREST_TEXT_SIZE];

	for (size_t i = 0; i < parties->count; i++) {
		*out = &parties->rows[i];
		if (strcasecmp((*out)->id, written) == 0)
			return true;
		nearest_offer(&nearest, (*out)->id);
	}
	return reject(why, "PTY-004", "there is no party '%.40s'%s", written,
		      nearest_text(&nearest, hint));
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

bool party_sees(const struct party *party, const char *kind)
{
	for (const char *const *sees = party->sees; *sees != NULL; sees++)
		if (strcmp(*sees, kind) == 0)
			return true;
	return false;
}

/* The one that began last; before the first of them, and after the last, the first of the file. */
const char *party_name_on(const struct party *party, gateway_time at, bool vietnamese)
{
	const struct party_name *found = NULL;

	for (size_t i = 0; i < party->name_count; i++) {
		const struct party_name *name = &party->names[i];

		if (name->vietnamese == vietnamese && name->from <= at && at < name->until &&
		    (found == NULL || found->from < name->from))
			found = name;
	}
	if (found != NULL)
		return found->text;
	return vietnamese ? party->name_vi : party->name;
}
