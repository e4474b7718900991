/* What a schema may ask for, checked file by file before libxml2 compiles it. */
#include <libxml/uri.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/schema_parts.h"
#include "core/text.h"

#define XSD_NAMESPACE "http://www.w3.org/2001/XMLSchema"

/* The files of one schema: those before `done` have been read. */
struct walk {
	struct arena *arena;
	const char *folder; /* real, with its slash */
	const char *files[SCHEMA_FILES];
	size_t count, done;
	int constraints;
	const char *path; /* of the file at hand */
	struct failure *why;
};

static bool refuse(struct walk *walk, xmlNodePtr node, const char *code, const char *text, ...)
	PRINTF_LIKE(4, 5);
static bool refuse(struct walk *walk, xmlNodePtr node, const char *code, const char *text, ...)
{
	char sentence[sizeof walk->why->text];
	va_list arguments;

	va_start(arguments, text);
	vsnprintf(sentence, sizeof sentence, text, arguments);
	va_end(arguments);
	fault(walk->why, code, "%s", sentence);
	return failure_at(walk->why, "%s:%d", walk->path, node_line(node));
}

/* ---- files ---------------------------------------------------------------------------- */

static bool below(const struct walk *walk, const char *real)
{
	return strncmp(real, walk->folder, strlen(walk->folder)) == 0;
}

static bool add_file(struct walk *walk, xmlNodePtr node, const char *path)
{
	for (size_t i = 0; i < walk->count; i++)
		if (strcmp(walk->files[i], path) == 0)
			return true;
	if (walk->count == SCHEMA_FILES)
		return refuse(walk, node, "KND-904", "the schema has more than %d files",
			      SCHEMA_FILES);
	walk->files[walk->count++] = arena_string(walk->arena, path);
	return true;
}

/* A letter, and letters, digits and +-. up to a colon: "http:", "file:". */
static bool has_scheme(const char *location)
{
	static const char scheme[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789+-.";

	return location[strspn(location, scheme)] == ':';
}

static bool follow(struct walk *walk, xmlNodePtr node, const char *location)
{
	const char *slash = strrchr(walk->path, '/');
	char *plain = xmlURIUnescapeString(location, 0, NULL);
	char *path = arena_printf(walk->arena, "%.*s/%s", (int)(slash - walk->path), walk->path,
				  plain != NULL ? plain : "");
	char *real = realpath(path, NULL);
	bool done;

	xmlFree(plain);
	if (real == NULL)
		return refuse(walk, node, "KND-903", "'%.120s' is not there", location);
	if (below(walk, real))
		done = add_file(walk, node, real);
	else
		done = refuse(walk, node, "KND-904", "'%.120s' leads out of %.200s", location,
			      walk->folder);
	free(real);
	return done;
}

static bool check_location(struct walk *walk, xmlNodePtr node)
{
	const char *location = attribute_text(walk->arena, node, "schemaLocation");

	if (location == NULL)
		return true;
	if (has_scheme(location) || *location == '/')
		return refuse(walk, node, "KND-904",
			      "'%.120s': only files beside the schema may be included", location);
	return follow(walk, node, location);
}

/* ---- what stands in them -------------------------------------------------------------- */

static bool check_constraint(struct walk *walk, xmlNodePtr node)
{
	if (++walk->constraints <= SCHEMA_CONSTRAINTS)
		return true;
	return refuse(walk, node, "KND-904", "the schema has more than %d identity constraints",
		      SCHEMA_CONSTRAINTS);
}

static bool check_keyref(struct walk *walk, xmlNodePtr node)
{
	return refuse(walk, node, "KND-904",
		      "xs:keyref costs the square of a document's size; write a rule instead");
}

/* "[\P{Cc}\s]": a negated escape that is not alone in its group. */
static bool misread(const char *pattern)
{
	bool negated = false;
	int words = 0; /* of the group at hand */
	bool inside = false;

	for (const char *at = pattern; *at != '\0'; at++) {
		if (*at == '[' && !inside) {
			inside = true;
			negated = false;
			words = 0;
		} else if (*at == ']' && inside) {
			if (negated && words > 1)
				return true;
			inside = false;
		} else if (inside) {
			words++;
			if (*at != '\\' || *++at == '\0')
				continue;
			negated = negated || strchr("PSDWIC", *at) != NULL;
			if (strchr("pP", *at) != NULL && at[1] == '{')
				at += strcspn(at, "}") - (strchr(at, '}') == NULL);
		}
	}
	return false;
}

static bool check_pattern(struct walk *walk, xmlNodePtr node)
{
	const char *value = attribute_text(walk->arena, node, "value");

	if (value != NULL && misread(value)) {
		const char *place = arena_printf(walk->arena, "%s:%d", walk->path, node_line(node));

		log_line(LOG_WARN, "pattern that libxml2 mis-evaluates", "place", place, "pattern",
			 value, NULL);
	}
	return true;
}

static bool check_occurs(struct walk *walk, xmlNodePtr node, const char *attribute)
{
	const char *value = attribute_text(walk->arena, node, attribute);

	if (value == NULL || strtoul(value, NULL, 10) <= SCHEMA_OCCURS)
		return true; /* "unbounded" is 0 here, and costs nothing */
	return refuse(walk, node, "KND-904", "%s='%.40s'; at most %d, or unbounded", attribute,
		      value, SCHEMA_OCCURS);
}

static const struct {
	const char *name;
	bool (*check)(struct walk *walk, xmlNodePtr node);
} checks[] = {
	{ "import", check_location },	{ "include", check_location },
	{ "redefine", check_location }, { "override", check_location },
	{ "key", check_constraint },	{ "unique", check_constraint },
	{ "keyref", check_keyref },	{ "pattern", check_pattern },
};

static bool check_element(struct walk *walk, xmlNodePtr node)
{
	if (node->ns == NULL || strcmp((const char *)node->ns->href, XSD_NAMESPACE) != 0)
		return true;
	if (!check_occurs(walk, node, "minOccurs") || !check_occurs(walk, node, "maxOccurs"))
		return false;
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		if (is_element(node, NULL, checks[i].name) && !checks[i].check(walk, node))
			return false;
	return true;
}

/* The next element of the whole tree, in document order. */
static xmlNodePtr next_element(xmlNodePtr node)
{
	xmlNodePtr next = xmlFirstElementChild(node);

	while (next == NULL && node != NULL && node->type == XML_ELEMENT_NODE) {
		next = xmlNextElementSibling(node);
		node = node->parent;
	}
	return next;
}

static bool check_file(struct walk *walk)
{
	struct document *document;
	xmlNodePtr root;
	bool done = true;

	if (!document_read(&document, walk->path, &document_limits_data, walk->why)) {
		bool doctype = walk->why != NULL && strcmp(walk->why->code, "XML-003") == 0;
		struct failure before = walk->why != NULL ? *walk->why : (struct failure){ 0 };

		fault(walk->why, doctype ? "KND-904" : "KND-903", "%s", before.text);
		return failure_at(walk->why, "%s", before.place);
	}
	root = document_root(document);
	if (!is_element(root, XSD_NAMESPACE, "schema"))
		done = refuse(walk, root, "KND-903", "the root is '%.60s', not xs:schema",
			      (const char *)root->name);
	for (xmlNodePtr node = root; node != NULL && done; node = next_element(node))
		done = check_element(walk, node);
	document_free(document);
	return done;
}

/* ---- the whole ------------------------------------------------------------------------ */

static bool start(struct walk *walk, const char *path, const char *folder)
{
	char *real = realpath(path, NULL), *root = realpath(folder, NULL);
	bool done = real != NULL && root != NULL;

	if (!done) {
		fault(walk->why, "KND-903", "the schema is not there");
		failure_at(walk->why, "%s", path);
	} else {
		walk->folder = arena_printf(walk->arena, "%s/", root);
		walk->files[walk->count++] = arena_string(walk->arena, real);
		if (!below(walk, real)) {
			fault(walk->why, "KND-904", "the schema is not in %.200s", folder);
			done = failure_at(walk->why, "%s", path);
		}
	}
	free(real);
	free(root);
	return done;
}

bool schema_check_bounds(const char *path, const char *folder, struct failure *why)
{
	struct walk walk = { .arena = arena_new(), .why = why };
	bool done = start(&walk, path, folder);

	while (done && walk.done < walk.count) {
		walk.path = walk.files[walk.done++];
		done = check_file(&walk);
	}
	arena_free(walk.arena);
	return done;
}
