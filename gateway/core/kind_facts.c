/* The facts of a message: each fact's XPath over the payload, into one small tree. */
#include "core/kind_parts.h"

#include <string.h>

struct gathering {
	const struct document *document;
	struct evaluation *evaluation;
	struct arena *arena;
	struct facts *facts;
	struct failure *why;
};

static bool absent(struct gathering *g, const struct fact *fact, xmlNodePtr node)
{
	xmlNodePtr place = node->type == XML_ELEMENT_NODE ? node : document_root(g->document);

	reject(g->why, "FCT-002", "'%s' is missing or empty in %.200s", fact->name,
	       node_path(g->arena, place));
	return failure_at(g->why, "%s:%d", document_name(g->document), node_line(place));
}

/* A run of white space is one space, as it is to a schema's tokens: a reference that breaks over two
 * lines is no other reference, and none of them brings its lines into a list or a log. In place. */
static void collapse(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		bool space = strchr(" \t\r\n", *from) != NULL;

		if (!space || to == text || to[-1] != ' ')
			*to++ = space ? ' ' : *from;
	}
	*to = '\0';
}

static bool add_attributes(struct gathering *g, const struct fact *fact, xmlNodePtr from,
			   xmlNodePtr to)
{
	for (const struct fact *at = fact->attributes; at != NULL; at = at->next) {
		const char *value;
		char *copy;

		evaluation_for(g->evaluation, at->who);
		if (!evaluate_string(g->evaluation, at->where, from, g->arena, &value, g->why))
			return false;
		if (*value == '\0')
			continue;
		copy = arena_string(g->arena, value);
		collapse(copy);
		xmlNewProp(to, (const xmlChar *)at->name, (const xmlChar *)copy);
	}
	return true;
}

/* One value; an empty one is no fact. `from` is where it stands. */
static bool add_value(struct gathering *g, const struct fact *fact, xmlChar *value, xmlNodePtr from,
		      xmlNodePtr parent, int *count)
{
	if (*value == '\0')
		return true;
	++*count;
	collapse((char *)value);
	return add_attributes(g, fact, from,
			      facts_add(g->facts, parent, fact->name, (const char *)value));
}

static bool add_values(struct gathering *g, const struct fact *fact, xmlXPathObjectPtr found,
		       xmlNodePtr node, xmlNodePtr parent, int *count)
{
	xmlNodeSetPtr nodes = found->nodesetval;
	bool done = true;
	xmlChar *value;

	if (found->type != XPATH_NODESET) {
		value = expression_text(found);
		done = add_value(g, fact, value, node, parent, count);
		xmlFree(value);
		return done;
	}
	for (int i = 0; done && nodes != NULL && i < nodes->nodeNr; i++) {
		value = expression_node_text(nodes->nodeTab[i]);
		done = add_value(g, fact, value, nodes->nodeTab[i], parent, count);
		xmlFree(value);
	}
	return done;
}

static bool gather(struct gathering *g, const struct fact *facts, xmlNodePtr node,
		   xmlNodePtr parent);

static bool gather_fact(struct gathering *g, const struct fact *fact, xmlNodePtr node,
			xmlNodePtr parent)
{
	xmlXPathObjectPtr found;
	int count = 0;
	bool done;

	if (!evaluate(g->evaluation, fact->where, node, &found, g->why))
		return false;
	done = add_values(g, fact, found, node, parent, &count);
	xmlXPathFreeObject(found);
	if (done && fact->required && count == 0)
		return absent(g, fact, node);
	return done;
}

static bool gather_each(struct gathering *g, const struct fact *group, xmlNodePtr node,
			xmlNodePtr parent)
{
	xmlXPathObjectPtr found;
	xmlNodeSetPtr nodes;
	bool done = true;

	if (!evaluate_nodes(g->evaluation, group->where, node, &found, g->why))
		return false;
	nodes = found->nodesetval;
	for (int i = 0; done && nodes != NULL && i < nodes->nodeNr; i++)
		done = gather(g, group->facts, nodes->nodeTab[i],
			      facts_add(g->facts, parent, group->name, NULL));
	xmlXPathFreeObject(found);
	return done;
}

static bool gather(struct gathering *g, const struct fact *facts, xmlNodePtr node,
		   xmlNodePtr parent)
{
	for (const struct fact *fact = facts; fact != NULL; fact = fact->next) {
		evaluation_for(g->evaluation, fact->who);
		if (!(fact->each ? gather_each(g, fact, node, parent)
				 : gather_fact(g, fact, node, parent)))
			return false;
	}
	return true;
}

bool kind_facts(const struct kind *kind, const struct document *document, gateway_time at,
		struct arena *arena, struct facts **out, struct failure *why)
{
	xmlDocPtr tree = document_tree(document);
	struct gathering g = { document, evaluation_begin(kind->set, tree, at), arena,
			       facts_new(arena, kind->id, kind->version), why };
	bool done = gather(&g, kind->facts, (xmlNodePtr)tree, NULL);

	evaluation_end(g.evaluation);
	*out = done ? g.facts : NULL;
	return done;
}
