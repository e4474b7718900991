/* Evaluating the expressions of a set: the half of expressions.h that every message pays for. */
#include <libxml/xpathInternals.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/expressions_parts.h"

struct evaluation {
	struct evaluation *next; /* in the pool */
	const struct expressions *set;
	xmlXPathContextPtr context;
	xmlXPathCompExprPtr *compiled;
	gateway_time at;
	unsigned long left; /* operations of this run */
	const char *who;
	int error; /* libxml2's, of the expression at hand; 0 none */
	struct variable {
		const char *name, *who;
		size_t index;
		xmlNodePtr node;
		xmlXPathObjectPtr value; /* NULL: nobody has asked yet */
	} bound[EXPRESSION_VARIABLES];
	size_t bound_count, seen; /* those below `seen` may be asked for */
	struct failure failed;	  /* of a variable that was asked for; no code: none */
};

static void on_error(void *user, xmlErrorPtr error)
{
	struct evaluation *evaluation = user;

	if (evaluation->error == 0)
		evaluation->error = error->code;
}

/* ---- the pool ------------------------------------------------------------------------- */

/*
 * In the middle of an expression: what libxml2 keeps of that one is put aside and back. The
 * operations are the variable's own, and count for the run.
 */
static void evaluate_variable(struct evaluation *evaluation, struct variable *variable)
{
	xmlXPathContextPtr context = evaluation->context;
	xmlXPathContext before = *context;
	size_t seen = evaluation->seen;
	const char *who = evaluation->who;
	int error = evaluation->error;

	evaluation->seen = (size_t)(variable - evaluation->bound);
	evaluation->who = variable->who;
	if (!evaluate(evaluation, variable->index, variable->node, &variable->value,
		      &evaluation->failed))
		variable->value = NULL;
	evaluation->seen = seen;
	evaluation->who = who;
	evaluation->error = error;
	context->node = before.node;
	context->contextSize = before.contextSize;
	context->proximityPosition = before.proximityPosition;
	context->opCount = before.opCount;
	context->opLimit = before.opLimit;
}

/* A copy of the value, as libxml2 wants it: it frees what it is given. */
static xmlXPathObjectPtr find_variable(void *user, const xmlChar *name, const xmlChar *uri)
{
	struct evaluation *evaluation = user;

	(void)uri;
	for (size_t i = evaluation->seen; i-- > 0;) {
		struct variable *variable = &evaluation->bound[i];

		if (strcmp(variable->name, (const char *)name) != 0)
			continue;
		if (variable->value == NULL)
			evaluate_variable(evaluation, variable);
		return variable->value != NULL ? xmlXPathObjectCopy(variable->value) : NULL;
	}
	return NULL;
}

static struct evaluation *new_evaluation(const struct expressions *set)
{
	struct evaluation *evaluation = must_alloc(sizeof *evaluation);
	xmlXPathContextPtr context = xmlXPathNewContext(NULL);

	evaluation->set = set;
	evaluation->context = context;
	context->userData = evaluation;
	context->error = on_error;
	xmlXPathContextSetCache(context, 1, -1, 0);
	xmlXPathRegisterVariableLookup(context, find_variable, evaluation);
	for (size_t i = 0; i < set->prefix_count; i++)
		xmlXPathRegisterNs(context, (const xmlChar *)set->prefixes[i].name,
				   (const xmlChar *)set->prefixes[i].uri);
	for (const struct xpath_function *f = nsw_functions; f->name != NULL; f++)
		xmlXPathRegisterFuncNS(context, (const xmlChar *)f->name,
				       (const xmlChar *)RULE_NAMESPACE, f->function);
	evaluation->compiled = must_alloc(set->count * sizeof *evaluation->compiled);
	for (size_t i = 0; i < set->count; i++)
		evaluation->compiled[i] =
			xmlXPathCtxtCompile(context, (const xmlChar *)set->list[i].xpath);
	return evaluation;
}

void pool_start(struct expressions *set)
{
	set->pool = arena_alloc(set->arena, sizeof *set->pool);
	pthread_mutex_init(&set->pool->lock, NULL);
}

static void free_evaluation(struct evaluation *evaluation)
{
	for (size_t i = 0; i < evaluation->set->count; i++)
		xmlXPathFreeCompExpr(evaluation->compiled[i]);
	free(evaluation->compiled);
	xmlXPathFreeContext(evaluation->context);
	free(evaluation);
}

void pool_end(struct expressions *set)
{
	for (struct evaluation *at = set->pool->idle, *next; at != NULL; at = next) {
		next = at->next;
		free_evaluation(at);
	}
	pthread_mutex_destroy(&set->pool->lock);
}

struct evaluation *evaluation_begin(const struct expressions *set, xmlDocPtr tree, gateway_time at)
{
	struct pool *pool = set->pool;
	struct evaluation *evaluation;

	pthread_mutex_lock(&pool->lock);
	evaluation = pool->idle;
	if (evaluation != NULL)
		pool->idle = evaluation->next;
	pthread_mutex_unlock(&pool->lock);
	if (evaluation == NULL)
		evaluation = new_evaluation(set);

	evaluation->context->doc = tree;
	evaluation->at = at;
	evaluation->left = RUN_OPERATIONS;
	evaluation->who = "expression";
	return evaluation;
}

void evaluation_end(struct evaluation *evaluation)
{
	struct pool *pool = evaluation->set->pool;

	evaluation_unbind(evaluation, 0);
	evaluation->context->doc = NULL;
	evaluation->context->node = NULL;
	pthread_mutex_lock(&pool->lock);
	evaluation->next = pool->idle;
	pool->idle = evaluation;
	pthread_mutex_unlock(&pool->lock);
}

void evaluation_for(struct evaluation *evaluation, const char *who)
{
	evaluation->who = who;
}

/* ---- variables ------------------------------------------------------------------------ */

void evaluation_bind(struct evaluation *evaluation, const char *name, size_t index, xmlNodePtr node,
		     const char *who)
{
	/* Whoever compiled the names kept to the limit. */
	if (evaluation->bound_count == EXPRESSION_VARIABLES)
		abort();
	evaluation->bound[evaluation->bound_count++] =
		(struct variable){ .name = name, .who = who, .index = index, .node = node };
	evaluation->seen = evaluation->bound_count;
}

size_t evaluation_bound(const struct evaluation *evaluation)
{
	return evaluation->bound_count;
}

void evaluation_unbind(struct evaluation *evaluation, size_t down_to)
{
	while (evaluation->bound_count > down_to)
		xmlXPathFreeObject(evaluation->bound[--evaluation->bound_count].value);
	evaluation->seen = evaluation->bound_count;
}

/* ---- evaluating ----------------------------------------------------------------------- */

static void prepare(struct evaluation *evaluation, xmlNodePtr node)
{
	xmlXPathContextPtr context = evaluation->context;
	unsigned long limit = EXPRESSION_OPERATIONS;

	context->node = node;
	context->opCount = 0;
	/* 0 would be no limit at all. */
	context->opLimit = evaluation->left < limit ? evaluation->left + 1 : limit;
	evaluation->error = 0;
}

/* After an evaluation: false when it did not come to its end. */
static bool finish(struct evaluation *evaluation, size_t index, bool evaluated, struct failure *why)
{
	const struct expression *expression = &evaluation->set->list[index];
	unsigned long used = evaluation->context->opCount;

	evaluation->left -= used < evaluation->left ? used : evaluation->left;
	if (evaluated && evaluation->error == 0)
		return true;
	if (evaluation->failed.code[0] != '\0') {
		*why = evaluation->failed;
		evaluation->failed.code[0] = '\0';
		return false;
	}
	/* The streaming half of libxml2's XPath stops at the limit without an error. */
	if (used >= EXPRESSION_OPERATIONS)
		fault(why, "RUL-901", "%s needs more than %lu operations on this document",
		      evaluation->who, EXPRESSION_OPERATIONS);
	else if (used >= evaluation->context->opLimit)
		fault(why, "RUL-901",
		      "%s and what was evaluated before it need more than %lu operations on this "
		      "document",
		      evaluation->who, RUN_OPERATIONS);
	else
		fault(why, "RUL-901", "%s cannot be evaluated on this document: %s",
		      evaluation->who, expression_reason(evaluation->error));
	failure_at(why, "%s", expression->place);
	return false;
}

bool evaluate(struct evaluation *evaluation, size_t index, xmlNodePtr node,
	      xmlXPathObjectPtr *value, struct failure *why)
{
	prepare(evaluation, node);
	*value = xmlXPathCompiledEval(evaluation->compiled[index], evaluation->context);
	if (finish(evaluation, index, *value != NULL, why))
		return true;
	xmlXPathFreeObject(*value);
	*value = NULL;
	return false;
}

bool evaluate_nodes(struct evaluation *evaluation, size_t index, xmlNodePtr node,
		    xmlXPathObjectPtr *value, struct failure *why)
{
	if (!evaluate(evaluation, index, node, value, why))
		return false;
	if ((*value)->type == XPATH_NODESET) {
		xmlXPathNodeSetSort((*value)->nodesetval);
		return true;
	}
	xmlXPathFreeObject(*value);
	*value = NULL;
	evaluation->error = XML_XPATH_INVALID_TYPE;
	return finish(evaluation, index, false, why);
}

bool evaluate_boolean(struct evaluation *evaluation, size_t index, xmlNodePtr node, bool *value,
		      struct failure *why)
{
	int result;

	prepare(evaluation, node);
	result = xmlXPathCompiledEvalToBoolean(evaluation->compiled[index], evaluation->context);
	*value = result == 1;
	return finish(evaluation, index, result >= 0, why);
}

/* libxml2 writes a thousand million as 1e+09; people, and nsw:sum(), do not. */
static xmlChar *number_text(double number)
{
	char buffer[32];

	if (fabs(number) >= 1e15 || trunc(number) != number)
		return xmlXPathCastNumberToString(number);
	snprintf(buffer, sizeof buffer, "%.0f", number + 0.0); /* never "-0" */
	return xmlStrdup((const xmlChar *)buffer);
}

/* In place. */
static xmlChar *trimmed(xmlChar *text)
{
	static const char space[] = " \t\r\n";
	size_t skip = strspn((char *)text, space), length = strlen((char *)text) - skip;

	memmove(text, text + skip, length + 1);
	while (length > 0 && strchr(space, text[length - 1]) != NULL)
		text[--length] = '\0';
	return text;
}

xmlChar *expression_text(xmlXPathObjectPtr value)
{
	if (value->type == XPATH_NUMBER)
		return number_text(value->floatval);
	return trimmed(xmlXPathCastToString(value));
}

xmlChar *expression_node_text(xmlNodePtr node)
{
	return trimmed(xmlXPathCastNodeToString(node));
}

bool evaluate_string(struct evaluation *evaluation, size_t index, xmlNodePtr node,
		     struct arena *arena, const char **value, struct failure *why)
{
	xmlXPathObjectPtr result;
	xmlChar *string;

	if (!evaluate(evaluation, index, node, &result, why))
		return false;
	string = expression_text(result);
	xmlXPathFreeObject(result);
	*value = arena_string(arena, (const char *)string);
	xmlFree(string);
	return true;
}

/* ---- for the functions ---------------------------------------------------------------- */

static struct evaluation *evaluation_of(xmlXPathParserContextPtr call)
{
	return call->context->userData;
}

const struct rules_world *evaluation_world(xmlXPathParserContextPtr call)
{
	return evaluation_of(call)->set->world;
}

gateway_time evaluation_time(xmlXPathParserContextPtr call)
{
	return evaluation_of(call)->at;
}

bool evaluation_charge(xmlXPathParserContextPtr call, size_t operations)
{
	xmlXPathContextPtr context = call->context;

	if (operations < context->opLimit - context->opCount) {
		context->opCount += operations;
		return true;
	}
	context->opCount = context->opLimit;
	xmlXPathErr(call, XPATH_OP_LIMIT_EXCEEDED);
	return false;
}
