/* One kind.xml: from the file to a struct kind, all but its schema. */
#include <string.h>

#include "core/datafile.h"
#include "core/kind_parts.h"
#include "core/nearest.h"

static const struct datafile_element grammar[] = {
	{ "kind", "id! version! role! from! signature title! title-vi review",
	  "ns* identify+ schema rules* life? events? concerns* key* refers* facts?" },
	{ "ns", "prefix! uri!", "" },
	{ "identify", "namespace! root! when", "" },
	{ "schema", "file! external", "" },
	{ "rules", "phase! file!", "" },
	{ "life", "file!", "" },
	{ "events", "fact!", "event+" },
	{ "event", "value! name!", "" },
	{ "concerns", "kind! key! fact!", "" },
	{ "key", "name! fact!", "" },
	{ "refers", "what! kind! key! fact! quantity unit match to", "" },
	{ "facts", "", "fact|each*" },
	{ "each", "name! xpath!", "fact|each+" },
	{ "fact", "name! xpath! required", "attribute*" },
	{ "attribute", "name! xpath!", "" },
	{ NULL, NULL, NULL },
};

/* What is known while a file is read. */
struct reading {
	struct kinds *kinds;
	struct arena *arena;
	struct kind *kind;
	struct datafile *file;
	struct failure *why;
};

/* ---- the kind itself ------------------------------------------------------------------ */

static bool check_id(const struct reading *r, xmlNodePtr node, const char *id)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-_.";
	size_t length = strlen(id);

	if (length > 0 && length <= 32 && strspn(id, allowed) == length)
		return true;
	return datafile_fault(r->file, node, r->why,
			      "'%.60s' is no id: 1 to 32 letters, digits, '-', '_' and '.'", id);
}

static bool check_from(const struct reading *r, xmlNodePtr node)
{
	static const char *const roles[] = { "trader", "customs", "agency", "bank",
					     "peer",   "gateway", "any",    NULL };
	char hint[NEAREST_TEXT_SIZE];

	for (const char *const *from = r->kind->from; *from != NULL; from++) {
		struct nearest nearest = nearest_to(*from);
		const char *const *role = roles;

		for (; *role != NULL && strcmp(*role, *from) != 0; role++)
			nearest_offer(&nearest, *role);
		if (*role == NULL)
			return datafile_fault(r->file, node, r->why,
					      "from: '%.60s' is no role of a party%s", *from,
					      nearest_text(&nearest, hint));
	}
	if (r->kind->from[0] == NULL)
		return datafile_fault(r->file, node, r->why, "from names no role of a party");
	return true;
}

static bool read_head(const struct reading *r)
{
	static const char *const roles[] = { [KIND_APPLICATION] = "application",
					     [KIND_DECISION] = "decision",
					     [KIND_RECEIPT] = "receipt",
					     NULL };
	static const char *const signatures[] = { [OWN_SIGNATURE_FORBIDDEN] = "forbidden",
						  [OWN_SIGNATURE_ALLOWED] = "allowed",
						  [OWN_SIGNATURE_REQUIRED] = "required",
						  NULL };
	xmlNodePtr root = datafile_root(r->file);
	int role = KIND_APPLICATION, signature = OWN_SIGNATURE_FORBIDDEN;

	r->kind->place = datafile_place(r->file, root);
	r->kind->id = datafile_get(r->file, root, "id");
	r->kind->version = datafile_get(r->file, root, "version");
	r->kind->title = datafile_get(r->file, root, "title");
	r->kind->title_vi = datafile_get(r->file, root, "title-vi");
	r->kind->from = datafile_list(r->file, root, "from");
	if (!check_id(r, root, r->kind->id) || !check_id(r, root, r->kind->version) ||
	    !check_from(r, root) || !datafile_word(r->file, root, "role", roles, &role, r->why) ||
	    !datafile_word(r->file, root, "signature", signatures, &signature, r->why))
		return false;
	r->kind->role = (enum kind_role)role;
	r->kind->own_signature = (enum own_signature)signature;
	return true;
}

static bool read_prefixes(const struct reading *r)
{
	enum { ROOM = sizeof r->kind->world.ns / sizeof *r->kind->world.ns };
	xmlNodePtr node = child_named(datafile_root(r->file), "ns");
	size_t count = 0;

	for (; node != NULL; node = next_named(node, "ns")) {
		if (count == ROOM)
			return datafile_fault(r->file, node, r->why,
					      "a kind has at most %d prefixes", ROOM);
		r->kind->world.ns[count].prefix = datafile_get(r->file, node, "prefix");
		r->kind->world.ns[count++].uri = datafile_get(r->file, node, "uri");
	}
	r->kind->set = expressions_new(&r->kind->world);
	/* Declared already; false when two of them, or nsw:, were the same prefix. */
	for (node = child_named(datafile_root(r->file), "ns"); node != NULL;
	     node = next_named(node, "ns"))
		if (!expressions_declare(r->kind->set, datafile_get(r->file, node, "prefix"),
					 datafile_get(r->file, node, "uri")))
			return datafile_fault(r->file, node, r->why,
					      "the prefix '%.60s' is taken already",
					      datafile_get(r->file, node, "prefix"));
	return true;
}

/* ---- expressions ---------------------------------------------------------------------- */

static bool add_expression(const struct reading *r, xmlNodePtr node, const char *attribute,
			   size_t *index)
{
	return expressions_add(r->kind->set, datafile_get(r->file, node, attribute), NULL,
			       datafile_place(r->file, node), index, r->why);
}

static bool read_identifications(const struct reading *r)
{
	struct identification **last = &r->kind->identifications;

	for (xmlNodePtr node = child_named(datafile_root(r->file), "identify"); node != NULL;
	     node = next_named(node, "identify")) {
		struct identification *identification =
			arena_alloc(r->arena, sizeof *identification);

		identification->namespace = datafile_get(r->file, node, "namespace");
		identification->root = datafile_get(r->file, node, "root");
		identification->when = datafile_get(r->file, node, "when");
		if (identification->when != NULL &&
		    !add_expression(r, node, "when", &identification->when_holds))
			return false;
		*last = identification;
		last = &identification->next;
	}
	return true;
}

static bool read_fact(const struct reading *r, xmlNodePtr node, struct fact **out);

/* Facts, groups or attributes, in their order. */
static bool read_facts(const struct reading *r, xmlNodePtr parent, struct fact **facts)
{
	for (xmlNodePtr node = xmlFirstElementChild(parent); node != NULL;
	     node = xmlNextElementSibling(node)) {
		if (!read_fact(r, node, facts))
			return false;
		facts = &(*facts)->next;
	}
	return true;
}

static bool read_fact(const struct reading *r, xmlNodePtr node, struct fact **out)
{
	struct fact *fact = arena_alloc(r->arena, sizeof *fact);

	fact->name = datafile_get(r->file, node, "name");
	fact->who = arena_printf(r->arena, "the fact %s", fact->name);
	fact->each = is_element(node, NULL, "each");
	if (xmlValidateNCName((const xmlChar *)fact->name, 0) != 0)
		return datafile_fault(r->file, node, r->why, "'%.60s' cannot be the name of a fact",
				      fact->name);
	*out = fact;
	return datafile_yes(r->file, node, "required", &fact->required, r->why) &&
	       add_expression(r, node, "xpath", &fact->where) &&
	       read_facts(r, node, fact->each ? &fact->facts : &fact->attributes);
}

/* ---- rules, life, events -------------------------------------------------------------- */

static bool read_rules(const struct reading *r)
{
	static const char *const phases[] = { "message", "journal", NULL };
	struct rule_file **last[] = { &r->kind->message_rules, &r->kind->journal_rules };

	for (xmlNodePtr node = child_named(datafile_root(r->file), "rules"); node != NULL;
	     node = next_named(node, "rules")) {
		struct rule_file *file = arena_alloc(r->arena, sizeof *file);
		const char *path = NULL;
		int phase = 0;

		if (!datafile_word(r->file, node, "phase", phases, &phase, r->why) ||
		    !datafile_beside(r->file, node, "file", &path, r->why) ||
		    !rules_compile(&file->rules, path, &r->kinds->world, r->why))
			return false;
		*last[phase] = file;
		last[phase] = &file->next;
	}
	return true;
}

static bool read_life(const struct reading *r)
{
	xmlNodePtr node = child_named(datafile_root(r->file), "life");

	return node == NULL || datafile_beside(r->file, node, "file", &r->kind->life, r->why);
}

static bool read_events(const struct reading *r)
{
	xmlNodePtr events = child_named(datafile_root(r->file), "events");
	struct event **last = &r->kind->events;

	if (events == NULL)
		return true;
	r->kind->event_fact = datafile_get(r->file, events, "fact");
	for (xmlNodePtr node = child_named(events, "event"); node != NULL;
	     node = next_named(node, "event")) {
		struct event *event = arena_alloc(r->arena, sizeof *event);

		event->value = datafile_get(r->file, node, "value");
		event->name = datafile_get(r->file, node, "name");
		for (const struct event *at = r->kind->events; at != NULL; at = at->next)
			if (strcmp(at->value, event->value) == 0)
				return datafile_fault(r->file, node, r->why,
						      "the value '%.60s' is an event already",
						      event->value);
		*last = event;
		last = &event->next;
	}
	return true;
}

/* ---- the whole ------------------------------------------------------------------------ */

static bool read_schema(const struct reading *r, struct kind_schema *schema)
{
	xmlNodePtr node = child_named(datafile_root(r->file), "schema");

	*schema = (struct kind_schema){ .file = datafile_get(r->file, node, "file"),
					.place = datafile_place(r->file, node) };
	if (!datafile_yes(r->file, node, "external", &schema->external, r->why))
		return false;
	if (*schema->file != '\0')
		return true;
	return datafile_fault(r->file, node, r->why, "file is empty");
}

bool kind_read(struct kind **out, struct kinds *kinds, const char *path, struct kind_schema *schema,
	       struct failure *why)
{
	struct reading r = { .kinds = kinds, .arena = kinds->arena, .why = why };
	const char *slash = strrchr(path, '/');
	bool done;

	*out = NULL;
	if (!datafile_read(&r.file, r.arena, path, "urn:nsw:kind:1", grammar, "KND-901", why))
		return false;
	r.kind = arena_alloc(r.arena, sizeof *r.kind);
	r.kind->folder = arena_copy(r.arena, path, (size_t)(slash - path));
	r.kind->world = kinds->world;
	done = read_head(&r) && read_schema(&r, schema) && read_prefixes(&r) &&
	       read_identifications(&r) && read_rules(&r) && read_life(&r) && read_events(&r) &&
	       kind_links_read(r.kind, kinds, r.file, why) &&
	       read_facts(&r, child_named(datafile_root(r.file), "facts"), &r.kind->facts);
	datafile_free(r.file);
	if (done) {
		*out = r.kind;
		return true;
	}
	kind_release(r.kind);
	return false;
}

static void release_rules(struct rule_file *file)
{
	for (; file != NULL; file = file->next)
		rules_free(file->rules);
}

void kind_release(struct kind *kind)
{
	schema_free(kind->schema);
	expressions_free(kind->set);
	kind_links_release(kind->links);
	release_rules(kind->message_rules);
	release_rules(kind->journal_rules);
}
