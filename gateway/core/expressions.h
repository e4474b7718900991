/*
 * expressions - sets of XPath expressions: compiled once, evaluated by any thread.
 *
 * What rules, questions and the facts of a kind stand on. Everything that can be known
 * beforehand is refused when an expression is added: unknown functions with the nearest one
 * that exists, wrong numbers of arguments, undeclared prefixes and variables, code lists and
 * procedures that do not exist. What remains for run time is the operation limit.
 *
 * libxml2 2.9.14 writes into a compiled expression while it evaluates it (it caches the
 * functions it looked up, and a pointer into the context it looked them up in), so one cannot
 * be shared between threads. A set therefore keeps a pool of copies, each with a context of
 * its own: evaluation_begin() takes one out, or makes one, evaluation_end() puts it back. A
 * set may be used by any number of threads, an evaluation by one.
 */
#ifndef NSW_EXPRESSIONS_H
#define NSW_EXPRESSIONS_H

#include <libxml/xpath.h>

#include "core/rules.h"

#define EXPRESSION_OPERATIONS 5000000UL	 /* of one evaluation: about 0.1 s */
#define RUN_OPERATIONS	      50000000UL /* of all between begin and end */
#define EXPRESSION_VARIABLES  64	 /* in scope at any place */

struct expressions;
struct evaluation;

/* What the names in an expression may be. */
struct expression_scope {
	const char *const *variables; /* without the dollar; NULL when there are none */
	size_t variable_count;
	bool pattern; /* a match pattern, as in rule/@context: which nodes, not a value */
};

struct expressions *expressions_new(const struct rules_world *world);
void expressions_free(struct expressions *set); /* NULL is fine */

/* For the expressions added afterwards; those of the world are declared already. False when
 * the prefix is taken by another namespace ("nsw" is). */
bool expressions_declare(struct expressions *set, const char *prefix, const char *uri);

/* *index is its number. FAULT RUL-903, or RUL-902 for a pattern that is none; place as
 * given. A scope of NULL has no variables. */
MUST_CHECK bool expressions_add(struct expressions *set, const char *xpath,
				const struct expression_scope *scope, const char *place,
				size_t *index, struct failure *why);

/* No more expressions are added now. `tree` may be NULL when none asks for its root. */
struct evaluation *evaluation_begin(const struct expressions *set, xmlDocPtr tree, gateway_time at);
void evaluation_end(struct evaluation *evaluation);

/* Whose expressions are evaluated next: "rule TOT-01", for failures; borrowed. */
void evaluation_for(struct evaluation *evaluation, const char *who);

/* A variable: the value of that expression at the node, found when an expression first asks for
 * it, on behalf of `who`; many never do. The last one bound is found first; an expression sees
 * those bound before its own. What fails then fails whoever asked. */
void evaluation_bind(struct evaluation *evaluation, const char *name, size_t index, xmlNodePtr node,
		     const char *who);
size_t evaluation_bound(const struct evaluation *evaluation);
void evaluation_unbind(struct evaluation *evaluation, size_t down_to);

/* At a node. FAULT RUL-901 beyond the operation limits, or when it cannot be evaluated (a
 * string where nodes are needed); place is that of the expression. */
MUST_CHECK bool evaluate(struct evaluation *evaluation, size_t index, xmlNodePtr node,
			 xmlXPathObjectPtr *value, struct failure *why);
/* Only node-sets, in document order. */
MUST_CHECK bool evaluate_nodes(struct evaluation *evaluation, size_t index, xmlNodePtr node,
			       xmlXPathObjectPtr *value, struct failure *why);
MUST_CHECK bool evaluate_boolean(struct evaluation *evaluation, size_t index, xmlNodePtr node,
				 bool *value, struct failure *why);
/* Trimmed, in the arena. */
MUST_CHECK bool evaluate_string(struct evaluation *evaluation, size_t index, xmlNodePtr node,
				struct arena *arena, const char **value, struct failure *why);

/* As strings, trimmed, whole numbers written out; xmlFree() them. */
xmlChar *expression_text(xmlXPathObjectPtr value);
xmlChar *expression_node_text(xmlNodePtr node);

/* For the functions: the evaluation that a call belongs to. */
const struct rules_world *evaluation_world(xmlXPathParserContextPtr call);
gateway_time evaluation_time(xmlXPathParserContextPtr call);
/* Charge work that libxml2 does not see; false, with the error raised, beyond the limit. */
bool evaluation_charge(xmlXPathParserContextPtr call, size_t operations);

/* What an XPath error number of libxml2 means; its own texts do not reach an error handler. */
const char *expression_reason(int error);

#endif
