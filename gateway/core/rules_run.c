/*
 * Running compiled rules over a tree: the half of rules.h that every message pays for.
 *
 * A rule's context is evaluated once, to the set of nodes that it matches; within a pattern a
 * node belongs to the first rule that matches it.
 */
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>

#include "core/document.h"
#include "core/rules_parts.h"
#include "core/text.h"

#define SHOWN 120 /* bytes of a value in a text */

struct run {
	const struct rules *rules;
	struct evaluation *evaluation;
	struct findings *findings;
	struct failure *why;
};

/* ---- nodes met before ----------------------------------------------------------------- */

/* Open addressing; `room` is a power of two, at most half of it used. */
struct met {
	xmlNodePtr *nodes;
	size_t count, room;
};

static size_t slot_of(const struct met *met, xmlNodePtr node)
{
	size_t slot = (size_t)((uintptr_t)node >> 4) * 0x9E3779B97F4A7C15U >> 20;

	while (met->nodes[slot & (met->room - 1)] != NULL &&
	       met->nodes[slot & (met->room - 1)] != node)
		slot++;
	return slot & (met->room - 1);
}

static void make_room(struct met *met)
{
	struct met larger = { .room = met->room != 0 ? 2 * met->room : 64 };

	larger.nodes = must_alloc(larger.room * sizeof *larger.nodes);
	for (size_t i = 0; i < met->room; i++)
		if (met->nodes[i] != NULL)
			larger.nodes[slot_of(&larger, met->nodes[i])] = met->nodes[i];
	larger.count = met->count;
	free(met->nodes);
	*met = larger;
}

/* False when it was there already. */
static bool meet(struct met *met, xmlNodePtr node)
{
	size_t slot;

	if (2 * (met->count + 1) > met->room)
		make_room(met);
	slot = slot_of(met, node);
	if (met->nodes[slot] == node)
		return false;
	met->nodes[slot] = node;
	met->count++;
	return true;
}

/* ---- texts ---------------------------------------------------------------------------- */

/* What a stranger wrote: on one line, of bearable length, never in the middle of a letter. */
static void add_value(struct text *text, const char *value)
{
	const char *end = value + strlen(value), *cut = value;

	for (size_t step; cut < end; cut += step) {
		step = utf8_step((const unsigned char *)cut, (size_t)(end - cut));
		if (step == 0 || cut + step > value + SHOWN)
			break;
		text_add_bytes(text, strchr("\t\r\n", *cut) != NULL ? " " : cut, step);
	}
	if (*value == '\0')
		text_add(text, "—");
	else if (cut < end)
		text_add(text, "…");
}

static bool add_piece(struct run *run, struct text *text, const struct piece *piece,
		      xmlNodePtr node)
{
	struct arena *arena = run->findings->arena;
	const char *value;

	if (piece->words != NULL) {
		text_add(text, piece->words);
		return true;
	}
	if (!evaluate_string(run->evaluation, piece->value, node, arena, &value, run->why))
		return false;
	add_value(text, value);
	return true;
}

/* NULL for no pieces. */
static bool compose(struct run *run, const struct piece *pieces, xmlNodePtr node, const char **out)
{
	struct text text = TEXT_EMPTY;
	bool done = true;

	for (const struct piece *piece = pieces; piece != NULL && done; piece = piece->next)
		done = add_piece(run, &text, piece, node);
	*out = arena_string(run->findings->arena, text.bytes);
	text_free(&text);
	return done;
}

/* ---- where ---------------------------------------------------------------------------- */

/* The elements of our kinds, of the WCO Data Model's declarations and manifests, and of facts
 * that are one line of goods. */
static bool is_goods_item(xmlNodePtr node)
{
	return is_element(node, NULL, "GovernmentAgencyGoodsItem") ||
	       is_element(node, NULL, "ConsignmentItem") || is_element(node, NULL, "item");
}

/* As the sender numbered it, if that is a number; else by counting. */
static const char *item_number(struct arena *arena, xmlNodePtr item)
{
	const char *sequence = child_text(arena, item, "SequenceNumeric");
	size_t length = sequence != NULL ? strlen(sequence) : 0;
	int position = 1;

	if (length > 0 && length <= 5 && strspn(sequence, "0123456789") == length)
		return sequence;
	for (xmlNodePtr at = item->prev; at != NULL; at = at->prev)
		position += is_element(at, NULL, (const char *)item->name);
	return arena_printf(arena, "%d", position);
}

/* "42A/67A/68A[#]/23A": the number of the goods item that the node is in, or nothing. */
static const char *pointer_at(struct arena *arena, const char *pointer, xmlNodePtr node)
{
	const char *mark = pointer != NULL ? strstr(pointer, "[#]") : NULL;

	if (mark == NULL)
		return pointer;
	while (node != NULL && !is_goods_item(node))
		node = node->parent;
	if (node == NULL)
		return arena_printf(arena, "%.*s%s", (int)(mark - pointer), pointer, mark + 3);
	return arena_printf(arena, "%.*s[%s]%s", (int)(mark - pointer), pointer,
			    item_number(arena, node), mark + 3);
}

/* Attributes and texts have the line of their element. */
static int line_of(xmlNodePtr node)
{
	if (node->type == XML_DOCUMENT_NODE)
		return node_line(xmlDocGetRootElement((xmlDocPtr)node));
	if (node->type == XML_ATTRIBUTE_NODE)
		return node_line(node->parent);
	return node_line(node);
}

static bool find_where(struct run *run, const struct check *check, xmlNodePtr node,
		       xmlNodePtr *where)
{
	xmlXPathObjectPtr nodes;

	*where = node;
	if (check->where == NO_EXPRESSION)
		return true;
	if (!evaluate_nodes(run->evaluation, check->where, node, &nodes, run->why))
		return false;
	/* A namespace node is a copy, gone with the set. */
	if (!xmlXPathNodeSetIsEmpty(nodes->nodesetval) &&
	    nodes->nodesetval->nodeTab[0]->type != XML_NAMESPACE_DECL)
		*where = nodes->nodesetval->nodeTab[0];
	xmlXPathFreeObject(nodes);
	return true;
}

/* ---- checks --------------------------------------------------------------------------- */

static bool tell(struct run *run, const struct check *check, xmlNodePtr node)
{
	struct arena *arena = run->findings->arena;
	struct finding finding = { .code = check->id,
				   .warning = check->warning,
				   .layer = check->layer };
	xmlNodePtr where;

	if (findings_full(run->findings)) {
		findings_count(run->findings, check->warning);
		return true;
	}
	if (!find_where(run, check, node, &where) ||
	    !compose(run, check->text, node, &finding.text) ||
	    !compose(run, check->text_vi, node, &finding.text_vi) ||
	    !compose(run, check->hint, node, &finding.hint) ||
	    !compose(run, check->hint_vi, node, &finding.hint_vi))
		return false;
	finding.path = node_path(arena, where);
	finding.pointer = pointer_at(arena, check->pointer, where);
	finding.line = line_of(where);
	findings_add(run->findings, &finding);
	return true;
}

static bool run_check(struct run *run, const struct check *check, xmlNodePtr node)
{
	bool holds;

	evaluation_for(run->evaluation, check->who);
	if (!evaluate_boolean(run->evaluation, check->test, node, &holds, run->why))
		return false;
	return holds != check->report || tell(run, check, node);
}

/* ---- lets, rules, patterns ------------------------------------------------------------ */

static void bind_lets(struct run *run, const struct let *lets, xmlNodePtr node)
{
	for (const struct let *let = lets; let != NULL; let = let->next)
		evaluation_bind(run->evaluation, let->name, let->value, node, let->who);
}

static bool run_rule_at(struct run *run, const struct rule *rule, xmlNodePtr node)
{
	size_t outer = evaluation_bound(run->evaluation);
	bool done = true;

	bind_lets(run, rule->lets, node);
	for (const struct check *check = rule->checks; check != NULL && done; check = check->next)
		done = run_check(run, check, node);
	evaluation_unbind(run->evaluation, outer);
	return done;
}

static bool run_rule(struct run *run, const struct rule *rule, xmlNodePtr root, struct met *met)
{
	xmlXPathObjectPtr matched;
	xmlNodeSetPtr nodes;
	bool done = true;

	evaluation_for(run->evaluation, rule->who);
	if (!evaluate_nodes(run->evaluation, rule->context, root, &matched, run->why))
		return false;
	nodes = matched->nodesetval;
	for (int i = 0; done && nodes != NULL && i < nodes->nodeNr; i++)
		if (met == NULL || meet(met, nodes->nodeTab[i]))
			done = run_rule_at(run, rule, nodes->nodeTab[i]);
	xmlXPathFreeObject(matched);
	return done;
}

static bool run_pattern(struct run *run, const struct pattern *pattern, xmlNodePtr root)
{
	size_t outer = evaluation_bound(run->evaluation);
	/* A rule that is alone in its pattern need not remember whom it met. */
	bool alone = pattern->rules->next == NULL;
	struct met met = { .count = 0 };
	bool done = true;

	bind_lets(run, pattern->lets, root);
	for (const struct rule *rule = pattern->rules; rule != NULL && done; rule = rule->next)
		done = run_rule(run, rule, root, alone ? NULL : &met);
	evaluation_unbind(run->evaluation, outer);
	free(met.nodes);
	return done;
}

bool rules_run(const struct rules *rules, xmlDocPtr tree, gateway_time at,
	       struct findings *findings, struct failure *why)
{
	struct run run = { rules, evaluation_begin(rules->set, tree, at), findings, why };
	bool done = true;

	bind_lets(&run, rules->lets, (xmlNodePtr)tree);
	/* Without it libxml2 compares the order of two siblings by walking from one to the other. */
	xmlXPathOrderDocElems(tree);
	for (const struct pattern *pattern = rules->patterns; pattern != NULL && done;
	     pattern = pattern->next)
		done = run_pattern(&run, pattern, (xmlNodePtr)tree);
	evaluation_end(run.evaluation);
	return done;
}
