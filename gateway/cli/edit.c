#include "cli/edit.h"

#include <libxml/xpath.h>
#include <stdio.h>
#include <string.h>

#include "cli/splice.h"
#include "core/arena.h"
#include "core/bus.h"
#include "core/nearest.h"

#define OPERATIONS 10000000 /* of one XPath; the user's own, so only a brake */

/* One edit: `path` is ours, `value` points into what was given. */
struct edit {
	const char *path, *value;
};

/* ---- XPATH=VALUE -------------------------------------------------------------------------------- */

/* The = that is no part of a predicate or a string; NULL. */
static const char *find_equals(const char *edit)
{
	int depth = 0;

	for (const char *at = edit; *at != '\0'; at++) {
		if (*at == '\'' || *at == '"') {
			at = strchr(at + 1, *at);
			if (at == NULL)
				return NULL;
		}
		depth += *at == '[' || *at == '(';
		depth -= *at == ']' || *at == ')';
		if (*at == '=' && depth == 0)
			return at;
	}
	return NULL;
}

static bool read_edit(struct edit *out, struct arena *arena, const char *edit, struct failure *why)
{
	const char *equals = find_equals(edit);

	if (equals == NULL || equals == edit)
		return reject(why, "CLI-001", "'%s' is not XPATH=VALUE", edit);
	*out = (struct edit){ .path = arena_copy(arena, edit, (size_t)(equals - edit)),
			      .value = equals + 1 };
	return true;
}

bool edit_check(const char *edit, struct failure *why)
{
	struct arena *arena = arena_new();
	xmlXPathCompExprPtr compiled = NULL;
	struct edit read = { 0 };
	bool good;

	good = read_edit(&read, arena, edit, why);
	if (good) {
		compiled = xmlXPathCompile((const xmlChar *)read.path);
		good = compiled != NULL || reject(why, "CLI-001", "'%s' is no XPath", read.path);
	}
	xmlXPathFreeCompExpr(compiled);
	arena_free(arena);
	return good;
}

/* ---- what it finds ------------------------------------------------------------------------------ */

/* Names without prefix match elements without namespace: so none has one from here on. */
void edit_forget_namespaces(xmlNodePtr element)
{
	element->ns = NULL;
	for (xmlAttrPtr attribute = element->properties; attribute != NULL;
	     attribute = attribute->next)
		attribute->ns = NULL;
	for (xmlNodePtr child = xmlFirstElementChild(element); child != NULL;
	     child = xmlNextElementSibling(child))
		edit_forget_namespaces(child);
}

/* What was written is no help against itself: it stands somewhere else. */
static void offer(struct nearest *nearest, const xmlChar *name)
{
	if (strcmp((const char *)name, nearest->wanted) != 0)
		nearest_offer(nearest, (const char *)name);
}

static void offer_names(struct nearest *nearest, xmlNodePtr element)
{
	offer(nearest, element->name);
	for (xmlAttrPtr attribute = element->properties; attribute != NULL;
	     attribute = attribute->next)
		offer(nearest, attribute->name);
	for (xmlNodePtr child = xmlFirstElementChild(element); child != NULL;
	     child = xmlNextElementSibling(child))
		offer_names(nearest, child);
}

static xmlNodePtr named_below(xmlNodePtr element, const char *name)
{
	for (xmlNodePtr child = xmlFirstElementChild(element); child != NULL;
	     child = xmlNextElementSibling(child)) {
		xmlNodePtr found = strcmp((const char *)child->name, name) == 0
					   ? child
					   : named_below(child, name);

		if (found != NULL)
			return found;
	}
	return NULL;
}

/* The name is right and the place is not: " (the first <ID> is Agent/ID)". */
static const char *tell_place(xmlNodePtr root, xmlNodePtr element, char buffer[NEAREST_TEXT_SIZE])
{
	xmlChar *path = xmlGetNodePath(element); /* "/Declaration/Agent/ID" */

	buffer[0] = '\0';
	if (path == NULL)
		return buffer;
	snprintf(buffer, NEAREST_TEXT_SIZE, " (the first <%s> is %s)", (const char *)element->name,
		 (const char *)path + strlen("/") + strlen((const char *)root->name) + strlen("/"));
	xmlFree(path);
	return buffer;
}

static bool nothing_found(const struct document *document, const struct edit *edit,
			  struct failure *why)
{
	const char *slash = strrchr(edit->path, '/');
	const char *last = slash != NULL ? slash + 1 : edit->path;
	struct nearest nearest = nearest_to(*last == '@' ? last + 1 : last);
	xmlNodePtr root = document_root(document), elsewhere = named_below(root, last);
	char help[NEAREST_TEXT_SIZE];

	offer_names(&nearest, root);
	return reject(why, "CLI-016",
		      "'%s' finds nothing below <%s>%s; a path begins below the root element, // "
		      "looks everywhere",
		      edit->path, (const char *)root->name,
		      elsewhere != NULL ? tell_place(root, elsewhere, help)
					: nearest_text(&nearest, help));
}

/* text() stands for the element it is the text of. */
static bool mark(xmlNodePtr node, const struct edit *edit, struct failure *why)
{
	if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
		node = node->parent;
	if (node->type != XML_ELEMENT_NODE && node->type != XML_ATTRIBUTE_NODE)
		return reject(why, "CLI-016", "'%s' finds neither element nor attribute",
			      edit->path);
	if (!splice_possible(node))
		return reject(why, "CLI-016",
			      "'%s' finds <%s>, which holds elements; name one of those",
			      edit->path, (const char *)node->name);
	splice_mark(node, edit->value);
	return true;
}

static bool mark_all(const struct document *document, const xmlNodeSet *nodes,
		     const struct edit *edit, struct failure *why)
{
	int count = nodes != NULL ? nodes->nodeNr : 0;

	if (count == 0)
		return nothing_found(document, edit, why);
	if (count > 1 && strstr(edit->path, "//") == NULL)
		return reject(why, "CLI-016",
			      "'%s' finds %d places; say which, as in [1], or set them all with //",
			      edit->path, count);
	for (int i = 0; i < count; i++)
		if (!mark(nodes->nodeTab[i], edit, why))
			return false;
	return true;
}

static bool find_and_mark(const struct document *document, xmlXPathContextPtr context,
			  const struct edit *edit, struct failure *why)
{
	xmlXPathObjectPtr found;
	bool marked;

	context->node = document_root(document);
	context->opCount = 0;
	context->opLimit = OPERATIONS;
	found = xmlXPathEval((const xmlChar *)edit->path, context);
	if (found == NULL)
		return reject(why, "CLI-016",
			      "'%s' cannot be evaluated; names stand without prefix", edit->path);
	if (found->type == XPATH_NODESET)
		marked = mark_all(document, found->nodesetval, edit, why);
	else
		marked = reject(why, "CLI-016", "'%s' finds neither element nor attribute",
				edit->path);
	xmlXPathFreeObject(found);
	return marked;
}

/* ---- all of it ------------------------------------------------------------------------------------ */

static bool mark_edits(const struct document *document, const struct edit *edits, size_t count,
		       struct failure *why)
{
	xmlXPathContextPtr context = xmlXPathNewContext(document_tree(document));
	bool marked = context != NULL;

	if (!marked)
		return fault(why, "RUL-901", "libxml2 makes no XPath context");
	for (size_t i = 0; marked && i < count; i++)
		marked = find_and_mark(document, context, &edits[i], why);
	xmlXPathFreeContext(context);
	return marked;
}

bool edit_values(struct text *payload, const char *name, const char *const edits[], size_t count,
		 struct failure *why)
{
	struct document_limits limits = document_limits_message;
	struct arena *arena = arena_new();
	struct edit *list = arena_alloc(arena, (count + 1) * sizeof *list);
	struct text changed = TEXT_EMPTY;
	struct document *document = NULL;
	bool good = true;

	limits.bytes = BUS_HARD_LIMIT; /* the gateway says what is too large, not we */
	for (size_t i = 0; good && i < count; i++)
		good = read_edit(&list[i], arena, edits[i], why);
	good = good &&
	       document_parse(&document, name, payload->bytes, payload->length, &limits, why);
	if (good) {
		edit_forget_namespaces(document_root(document));
		good = mark_edits(document, list, count, why) || failure_at(why, "%s", name);
	}
	if (good) {
		splice_write(&changed, document, payload->bytes, payload->length);
		text_free(payload);
		*payload = changed;
	}
	document_free(document);
	arena_free(arena);
	return good;
}
