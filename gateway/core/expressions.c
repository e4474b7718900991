/* A set of expressions: adding, and what is refused while adding. */
#include <stdlib.h>
#include <string.h>

#include "core/expressions_parts.h"
#include "core/text.h"

/* ---- a set ---------------------------------------------------------------------------- */

struct expressions *expressions_new(const struct rules_world *world)
{
	struct arena *arena = arena_new();
	struct expressions *set = arena_alloc(arena, sizeof *set);

	set->arena = arena;
	set->world = world;
	pool_start(set);
	expressions_declare(set, "nsw", RULE_NAMESPACE);
	expressions_declare(set, "xml", (const char *)XML_XML_NAMESPACE);
	for (size_t i = 0; i < sizeof world->ns / sizeof *world->ns; i++)
		if (world->ns[i].prefix != NULL)
			expressions_declare(set, world->ns[i].prefix, world->ns[i].uri);
	return set;
}

void expressions_free(struct expressions *set)
{
	if (set == NULL)
		return;
	pool_end(set);
	xmlXPathFreeContext(set->trial);
	free(set->prefixes);
	free(set->list);
	arena_free(set->arena);
}

bool expressions_declare(struct expressions *set, const char *prefix, const char *uri)
{
	for (size_t i = 0; i < set->prefix_count; i++)
		if (strcmp(set->prefixes[i].name, prefix) == 0)
			return strcmp(set->prefixes[i].uri, uri) == 0;

	set->prefixes =
		must_realloc(set->prefixes, (set->prefix_count + 1) * sizeof *set->prefixes);
	set->prefixes[set->prefix_count++] =
		(struct prefix){ arena_string(set->arena, prefix), arena_string(set->arena, uri) };
	return true;
}

/* ---- adding --------------------------------------------------------------------------- */

const char *expression_reason(int error)
{
	static const struct {
		int error;
		const char *text;
	} reasons[] = {
		{ XML_XPATH_NUMBER_ERROR, "a number is broken" },
		{ XML_XPATH_UNFINISHED_LITERAL_ERROR, "a string has no end" },
		{ XML_XPATH_START_LITERAL_ERROR, "a string is missing" },
		{ XML_XPATH_VARIABLE_REF_ERROR, "a variable's name is missing" },
		{ XML_XPATH_INVALID_PREDICATE_ERROR, "a predicate is broken" },
		{ XML_XPATH_EXPR_ERROR, "something is missing or one too many" },
		{ XML_XPATH_UNCLOSED_ERROR, "a parenthesis has no end" },
		{ XML_XPATH_INVALID_OPERAND, "an operand has the wrong type" },
		{ XML_XPATH_INVALID_TYPE, "nodes are needed where a value stands" },
		{ XML_XPATH_INVALID_ARITY, "a function has the wrong number of arguments" },
		{ XML_XPATH_UNKNOWN_FUNC_ERROR, "there is no function of that name" },
		{ XML_XPATH_UNDEF_PREFIX_ERROR, "a prefix stands for nothing" },
		{ XML_XPATH_UNDEF_VARIABLE_ERROR, "there is no variable of that name" },
		{ XML_XPATH_ENCODING_ERROR, "it is not UTF-8" },
		{ XML_XPATH_INVALID_CHAR_ERROR, "it has a forbidden character" },
	};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].error == error)
			return reasons[i].text;
	return "it is not XPath 1.0";
}

static void note_error(void *user, xmlErrorPtr error)
{
	int *first = user;

	if (*first == 0)
		*first = error->code;
}

/* One context tries all of a set: to make one costs more than to compile most expressions. */
static bool compiles(struct expressions *set, const char *xpath, struct failure *why)
{
	int error = 0;
	xmlXPathCompExprPtr compiled;

	if (set->trial == NULL)
		set->trial = xmlXPathNewContext(NULL);
	set->trial->error = note_error;
	set->trial->userData = &error;
	compiled = xmlXPathCtxtCompile(set->trial, (const xmlChar *)xpath);
	set->trial->userData = NULL;
	if (compiled == NULL)
		return fault(why, "RUL-903", "the XPath '%.300s' does not compile: %s", xpath,
			     expression_reason(error));
	xmlXPathFreeCompExpr(compiled);
	return true;
}

static const char *as_selection(struct arena *arena, const char *pattern)
{
	struct text text = TEXT_EMPTY;
	const char *copy;

	expression_of_pattern(&text, pattern);
	copy = arena_string(arena, text.bytes);
	text_free(&text);
	return copy;
}

bool expressions_add(struct expressions *set, const char *xpath,
		     const struct expression_scope *scope, const char *place, size_t *index,
		     struct failure *why)
{
	static const struct expression_scope nothing = { .variables = NULL };
	const struct expression_scope *seen = scope != NULL ? scope : &nothing;
	const struct expression_names names = { set->prefixes, set->prefix_count, set->world,
						seen };

	if (!expression_check(xpath, &names, why))
		return failure_at(why, "%s", place);
	xpath = seen->pattern ? as_selection(set->arena, xpath) : arena_string(set->arena, xpath);
	if (!compiles(set, xpath, why))
		return failure_at(why, "%s", place);

	set->list = must_realloc(set->list, (set->count + 1) * sizeof *set->list);
	set->list[set->count] = (struct expression){ xpath, arena_string(set->arena, place) };
	*index = set->count++;
	return true;
}
