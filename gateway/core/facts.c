#include "core/facts.h"

#include <string.h>

#include "core/document.h"

struct facts {
	struct arena *arena;
	xmlDocPtr tree;
	const char *kind;
};

static struct facts *facts_of(struct arena *arena, xmlDocPtr tree)
{
	struct facts *facts = arena_alloc(arena, sizeof *facts);

	facts->arena = arena;
	facts->tree = tree;
	facts->kind = attribute_text(arena, facts_root(facts), "kind");
	return facts;
}

static void free_tree(void *tree)
{
	xmlFreeDoc(tree);
}

static void free_document(void *document)
{
	document_free(document);
}

struct facts *facts_new(struct arena *arena, const char *kind, const char *version)
{
	xmlDocPtr tree = xmlNewDoc((const xmlChar *)"1.0");
	xmlNodePtr root = xmlNewDocNode(tree, NULL, (const xmlChar *)"facts", NULL);

	xmlDocSetRootElement(tree, root);
	xmlNewProp(root, (const xmlChar *)"kind", (const xmlChar *)kind);
	xmlNewProp(root, (const xmlChar *)"version", (const xmlChar *)version);
	arena_on_free(arena, free_tree, tree);
	return facts_of(arena, tree);
}

bool facts_read(struct facts **out, struct arena *arena, const char *bytes, size_t length,
		struct failure *why)
{
	struct document *document;
	xmlNodePtr root;

	*out = NULL;
	if (!document_parse(&document, "facts", bytes, length, &document_limits_data, why)) {
		char reason[sizeof why->text];

		strcpy(reason, why != NULL ? why->text : "");
		return fault(why, "FCT-001", "recorded facts cannot be read: %s", reason);
	}
	arena_on_free(arena, free_document, document);
	root = document_root(document);
	if (!is_element(root, NULL, "facts") || root->ns != NULL)
		return fault(why, "FCT-001", "recorded facts have the root '%.60s', not 'facts'",
			     (const char *)root->name);
	if (xmlHasProp(root, (const xmlChar *)"kind") == NULL)
		return fault(why, "FCT-001", "recorded facts name no kind");
	*out = facts_of(arena, document_tree(document));
	return true;
}

static void write_element(struct text *out, xmlNodePtr node);

static void write_content(struct text *out, xmlNodePtr node)
{
	for (xmlNodePtr at = node->children; at != NULL; at = at->next) {
		if (at->type == XML_ELEMENT_NODE)
			write_element(out, at);
		else if (at->type == XML_TEXT_NODE && at->content != NULL)
			text_add_xml(out, (const char *)at->content);
	}
}

static void write_element(struct text *out, xmlNodePtr node)
{
	text_printf(out, "<%s", (const char *)node->name);
	for (xmlAttrPtr at = node->properties; at != NULL; at = at->next) {
		xmlChar *value = xmlNodeGetContent((xmlNodePtr)at);

		text_printf(out, " %s=\"", (const char *)at->name);
		text_add_xml(out, value != NULL ? (const char *)value : "");
		text_add(out, "\"");
		xmlFree(value);
	}
	text_add(out, ">");
	write_content(out, node);
	text_printf(out, "</%s>", (const char *)node->name);
}

void facts_write(struct text *out, const struct facts *facts)
{
	write_element(out, facts_root(facts));
}

xmlDocPtr facts_tree(const struct facts *facts)
{
	return facts->tree;
}

xmlNodePtr facts_root(const struct facts *facts)
{
	return xmlDocGetRootElement(facts->tree);
}

const char *facts_kind(const struct facts *facts)
{
	return facts->kind;
}

const char *facts_get(const struct facts *facts, const char *name)
{
	return child_text(facts->arena, facts_root(facts), name);
}

xmlNodePtr facts_add(struct facts *facts, xmlNodePtr parent, const char *name, const char *value)
{
	xmlNodePtr node = xmlNewDocNode(facts->tree, NULL, (const xmlChar *)name, NULL);

	/* Not as the node's content, which libxml2 would search for entities. */
	if (value != NULL && *value != '\0')
		xmlAddChild(node, xmlNewDocText(facts->tree, (const xmlChar *)value));
	return xmlAddChild(parent != NULL ? parent : facts_root(facts), node);
}
