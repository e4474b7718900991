#include "core/datafile_grammar.h"

#include <assert.h>
#include <string.h>

#include "core/nearest.h"

#define XSI_NAMESPACE "http://www.w3.org/2001/XMLSchema-instance"
#define SHOWN	      60 /* bytes of a name that is refused */

struct comparison {
	const struct datafile *file;
	const char *ns;
	const struct datafile_element *grammar;
	struct failure *why;
};

/* ---- words of a grammar --------------------------------------------------------------- */

/* "a|b*" or "id!": its names, and the mark behind them. */
struct word {
	const char *start;
	size_t length; /* of the names, without the mark */
	char mark;     /* one of ?+*! or 0 */
};

static bool next_word(const char **rest, struct word *word)
{
	size_t length;

	*rest += strspn(*rest, " ");
	length = strcspn(*rest, " ");
	if (length == 0)
		return false;
	word->start = *rest;
	word->mark = strchr("?+*!", word->start[length - 1]) != NULL ? word->start[length - 1] : 0;
	word->length = length - (word->mark != 0);
	*rest += length;
	return true;
}

static bool same(const char *start, size_t length, const char *name)
{
	return strlen(name) == length && memcmp(start, name, length) == 0;
}

/* Is the name one of "a|b|c"? */
static bool word_has(const struct word *word, const char *name)
{
	const char *end = word->start + word->length;

	for (const char *at = word->start; at < end;) {
		size_t length = strcspn(at, "| ");

		if (length > (size_t)(end - at))
			length = (size_t)(end - at);
		if (same(at, length, name))
			return true;
		at += length + 1;
	}
	return false;
}

static bool spec_has(const char *spec, const char *name)
{
	struct word word;

	while (next_word(&spec, &word))
		if (word_has(&word, name))
			return true;
	return false;
}

/* The nearest name of a list, as text for a failure. */
static void nearest_of(const char *spec, const char *wanted, char hint[NEAREST_TEXT_SIZE])
{
	struct nearest nearest = nearest_to(wanted);
	char copy[512], *rest = copy;

	assert(strlen(spec) < sizeof copy);
	strcpy(copy, spec);
	for (char *name; (name = strsep(&rest, " |?+*!")) != NULL;)
		if (*name != '\0' && *name != '#')
			nearest_offer(&nearest, name);
	nearest_text(&nearest, hint);
}

/* ---- attributes ----------------------------------------------------------------------- */

static const struct {
	const char *prefix, *uri;
} prefixes[] = {
	{ "xml:", "http://www.w3.org/XML/1998/namespace" },
	{ "nsw:", "urn:nsw:rule:1" },
};

/* "lang" in the XML namespace is "xml:lang"; NULL in a namespace that no grammar uses. */
static const char *prefix_of(const xmlAttr *attribute)
{
	if (attribute->ns == NULL)
		return "";
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strcmp((const char *)attribute->ns->href, prefixes[i].uri) == 0)
			return prefixes[i].prefix;
	return NULL;
}

static bool attribute_is(const xmlAttr *attribute, const char *name, size_t length)
{
	const char *prefix = prefix_of(attribute);
	size_t skip;

	if (prefix == NULL)
		return false;
	skip = strlen(prefix);
	return length > skip && memcmp(name, prefix, skip) == 0 &&
	       same(name + skip, length - skip, (const char *)attribute->name);
}

static xmlAttrPtr find_attribute(xmlNodePtr node, const char *name, size_t length)
{
	xmlAttrPtr attribute = node->properties;

	while (attribute != NULL && !attribute_is(attribute, name, length))
		attribute = attribute->next;
	return attribute;
}

xmlAttrPtr datafile_attribute(xmlNodePtr node, const char *name)
{
	return find_attribute(node, name, strlen(name));
}

static bool for_editors(const xmlAttr *attribute)
{
	return attribute->ns != NULL &&
	       strcmp((const char *)attribute->ns->href, XSI_NAMESPACE) == 0 &&
	       strcmp((const char *)attribute->name, "schemaLocation") == 0;
}

static bool attribute_known(const xmlAttr *attribute, const char *spec)
{
	struct word word;

	while (next_word(&spec, &word)) {
		bool any = word.length == 0 && word.mark == '*' && attribute->ns == NULL;

		if (any || attribute_is(attribute, word.start, word.length))
			return true;
	}
	return for_editors(attribute);
}

static bool compare_attributes(const struct comparison *comparison, xmlNodePtr node,
			       const struct datafile_element *row)
{
	const char *rest = row->attributes;
	char hint[NEAREST_TEXT_SIZE];
	struct word word;

	for (xmlAttrPtr at = node->properties; at != NULL; at = at->next) {
		if (attribute_known(at, row->attributes))
			continue;
		nearest_of(row->attributes, (const char *)at->name, hint);
		return datafile_fault(comparison->file, node, comparison->why,
				      "'%s' has no attribute '%.*s'%s", row->name, SHOWN,
				      (const char *)at->name, hint);
	}
	while (next_word(&rest, &word))
		if (word.mark == '!' && find_attribute(node, word.start, word.length) == NULL)
			return datafile_fault(comparison->file, node, comparison->why,
					      "'%s' must have the attribute '%.*s'", row->name,
					      (int)word.length, word.start);
	return true;
}

/* ---- children ------------------------------------------------------------------------- */

static bool blank(const xmlChar *text)
{
	return text == NULL || text[strspn((const char *)text, " \t\r\n")] == '\0';
}

static bool compare_text(const struct comparison *comparison, xmlNodePtr node,
			 const struct datafile_element *row)
{
	if (spec_has(row->children, "#text"))
		return true;
	for (xmlNodePtr at = node->children; at != NULL; at = at->next)
		if ((at->type == XML_TEXT_NODE || at->type == XML_CDATA_SECTION_NODE) &&
		    !blank(at->content))
			return datafile_fault(comparison->file, at, comparison->why,
					      "text stands in '%s', which holds none", row->name);
	return true;
}

static bool child_known(const struct comparison *comparison, xmlNodePtr child,
			const struct datafile_element *parent)
{
	const char *name = (const char *)child->name;
	char hint[NEAREST_TEXT_SIZE];

	if (child->ns == NULL || strcmp((const char *)child->ns->href, comparison->ns) != 0)
		return datafile_fault(comparison->file, child, comparison->why,
				      "'%.*s' is not in the namespace %s", SHOWN, name,
				      comparison->ns);
	if (spec_has(parent->children, name))
		return true;
	nearest_of(parent->children, name, hint);
	return datafile_fault(comparison->file, child, comparison->why,
			      "'%.*s' is not known in '%s'%s", SHOWN, name, parent->name, hint);
}

/* Takes the children that a word describes; NULL `child` when there are none left. */
static int take(const struct word *word, xmlNodePtr *child)
{
	bool many = word->mark == '*' || word->mark == '+';
	int count = 0;

	while (*child != NULL && (many || count == 0) &&
	       word_has(word, (const char *)(*child)->name)) {
		*child = xmlNextElementSibling(*child);
		count++;
	}
	return count;
}

static bool compare_order(const struct comparison *comparison, xmlNodePtr node,
			  const struct datafile_element *row)
{
	xmlNodePtr child = xmlFirstElementChild(node);
	const char *rest = row->children;
	struct word word;

	while (next_word(&rest, &word)) {
		bool needed = (word.mark == 0 || word.mark == '+') && *word.start != '#';

		if (take(&word, &child) == 0 && needed)
			return datafile_fault(comparison->file, child != NULL ? child : node,
					      comparison->why, "'%s' lacks its '%.*s'%s", row->name,
					      (int)word.length, word.start,
					      child != NULL ? " before this place" : "");
	}
	if (child == NULL)
		return true;
	return datafile_fault(comparison->file, child, comparison->why,
			      "'%s' stands here in the wrong order or too often; '%s' holds: %s",
			      (const char *)child->name, row->name, row->children);
}

/* ---- the whole tree ------------------------------------------------------------------- */

/* "parent/name" before "name"; a child that may stand there has a row. */
static const struct datafile_element *row_of(const struct comparison *comparison, xmlNodePtr node)
{
	const char *name = (const char *)node->name, *parent = (const char *)node->parent->name;

	for (const struct datafile_element *row = comparison->grammar; row->name != NULL; row++) {
		const char *slash = strchr(row->name, '/');

		if (slash == NULL ? strcmp(row->name, name) == 0
				  : same(row->name, (size_t)(slash - row->name), parent) &&
					    strcmp(slash + 1, name) == 0)
			return row;
	}
	assert(!"the grammar names an element and does not describe it");
	return NULL;
}

static bool compare_node(const struct comparison *comparison, xmlNodePtr node,
			 const struct datafile_element *row)
{
	if (!compare_attributes(comparison, node, row) || !compare_text(comparison, node, row))
		return false;
	for (xmlNodePtr at = xmlFirstElementChild(node); at != NULL; at = xmlNextElementSibling(at))
		if (!child_known(comparison, at, row))
			return false;
	if (!compare_order(comparison, node, row))
		return false;
	for (xmlNodePtr at = xmlFirstElementChild(node); at != NULL; at = xmlNextElementSibling(at))
		if (!compare_node(comparison, at, row_of(comparison, at)))
			return false;
	return true;
}

bool datafile_compare(const struct datafile *file, const char *ns,
		      const struct datafile_element *grammar, struct failure *why)
{
	const struct comparison comparison = { file, ns, grammar, why };
	xmlNodePtr root = datafile_root(file);

	if (!is_element(root, ns, grammar->name))
		return datafile_fault(file, root, why,
				      "the root is '%.*s'; it must be '%s' in the namespace %s",
				      SHOWN, (const char *)root->name, grammar->name, ns);
	return compare_node(&comparison, root, grammar);
}
