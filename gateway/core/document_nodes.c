/* The small readers of document.h: a tree's nodes as strings, lines and paths. */
#include "core/document.h"

#include <string.h>

static bool named(xmlNodePtr node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static xmlNodePtr first_named(xmlNodePtr node, const char *name)
{
	while (node != NULL && !named(node, name))
		node = node->next;
	return node;
}

xmlNodePtr child_named(xmlNodePtr parent, const char *name)
{
	return parent != NULL ? first_named(parent->children, name) : NULL;
}

xmlNodePtr next_named(xmlNodePtr node, const char *name)
{
	return node != NULL ? first_named(node->next, name) : NULL;
}

bool is_element(xmlNodePtr node, const char *ns, const char *name)
{
	if (node == NULL || !named(node, name))
		return false;
	if (ns == NULL)
		return true;
	return node->ns != NULL && strcmp((const char *)node->ns->href, ns) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *trimmed(struct arena *arena, const xmlChar *text)
{
	const char *start = (const char *)text, *end = start + strlen(start);

	while (is_space(*start))
		start++;
	while (end > start && is_space(end[-1]))
		end--;
	return arena_copy(arena, start, (size_t)(end - start));
}

static const char *trimmed_and_freed(struct arena *arena, xmlChar *text)
{
	const char *copy = text != NULL ? trimmed(arena, text) : NULL;

	xmlFree(text);
	return copy;
}

const char *node_text(struct arena *arena, xmlNodePtr node)
{
	return node != NULL ? trimmed_and_freed(arena, xmlNodeGetContent(node)) : NULL;
}

const char *child_text(struct arena *arena, xmlNodePtr parent, const char *name)
{
	return node_text(arena, child_named(parent, name));
}

const char *attribute_text(struct arena *arena, xmlNodePtr node, const char *name)
{
	if (node == NULL)
		return NULL;
	return trimmed_and_freed(arena, xmlGetNoNsProp(node, (const xmlChar *)name));
}

int node_line(xmlNodePtr node)
{
	return node != NULL ? (int)xmlGetLineNo(node) : 0;
}

/* 0 when it is the only one of its name among its siblings. */
static int position(xmlNodePtr node)
{
	const char *name = (const char *)node->name;
	int before = 0;

	for (xmlNodePtr sibling = node->prev; sibling != NULL; sibling = sibling->prev)
		before += named(sibling, name);
	return before != 0 || next_named(node, name) != NULL ? before + 1 : 0;
}

static const char *step_to(struct arena *arena, xmlNodePtr node)
{
	int which;

	if (node->type == XML_ATTRIBUTE_NODE)
		return arena_printf(arena, "/@%s", (const char *)node->name);
	if (node->type != XML_ELEMENT_NODE)
		return "/text()";
	which = position(node);
	if (which == 0)
		return arena_printf(arena, "/%s", (const char *)node->name);
	return arena_printf(arena, "/%s[%d]", (const char *)node->name, which);
}

const char *node_path(struct arena *arena, xmlNodePtr node)
{
	const char *path = "";

	for (; node != NULL && node->type != XML_DOCUMENT_NODE; node = node->parent)
		path = arena_printf(arena, "%s%s", step_to(arena, node), path);
	return *path != '\0' ? path : "/";
}
