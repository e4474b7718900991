/* trace_ask - an XPath of an expectation, and what it finds instead. */
#include <libxml/xpath.h>
#include <string.h>

#include "cli/scenario/fill.h"
#include "cli/scenario/tell.h"
#include "cli/scenario/trace.h"
#include "core/expressions.h"

#define OPERATIONS 10000000 /* the user's own, so only a brake */

static xmlXPathObjectPtr evaluate_in(struct trace *trace, const char *xpath)
{
	xmlXPathContextPtr context = xmlXPathNewContext(trace_tree(trace));
	xmlXPathObjectPtr found;

	if (context == NULL)
		return NULL;
	context->opLimit = OPERATIONS;
	context->node = xmlDocGetRootElement(trace_tree(trace));
	found = xmlXPathEval((const xmlChar *)xpath, context);
	xmlXPathFreeContext(context);
	return found;
}

/* Where a comparison's left side ends: the operator outside brackets, quotes and names. 0: none. */
static size_t left_side(const char *xpath)
{
	int depth = 0;

	for (const char *at = xpath; *at != '\0'; at++) {
		if (*at == '\'' || *at == '"') {
			at = strchr(at + 1, *at);
			if (at == NULL)
				return 0;
			continue;
		}
		depth += *at == '(' || *at == '[';
		depth -= *at == ')' || *at == ']';
		if (depth == 0 && at > xpath &&
		    (strncmp(at, " and ", 5) == 0 || strncmp(at, " or ", 4) == 0))
			return 0;
		if (depth == 0 && strchr("=<>!", *at) != NULL)
			return (size_t)(at - xpath);
	}
	return 0;
}

/* "count(//attempt) is 1" */
static const char *what_is(struct trace *trace, struct arena *arena, const char *xpath)
{
	xmlXPathObjectPtr found = evaluate_in(trace, xpath);
	const char *said;
	xmlChar *text;

	if (found == NULL)
		return "it does not hold";
	text = expression_text(found);
	if (found->type == XPATH_NODESET && xmlXPathNodeSetIsEmpty(found->nodesetval))
		said = arena_printf(arena, "%s finds nothing", xpath);
	else
		said = arena_printf(arena, "%s is '%s'", xpath, (const char *)text);
	xmlFree(text);
	xmlXPathFreeObject(found);
	return said;
}

/* Of a test that is no comparison: that it does not hold. */
static const char *what_instead(struct trace *trace, struct arena *arena, const char *xpath)
{
	size_t length = left_side(xpath);

	while (length > 0 && xpath[length - 1] == ' ')
		length--;
	return length > 0 ? what_is(trace, arena, arena_copy(arena, xpath, length))
			  : "it does not hold";
}

enum done trace_test(struct trace *trace, struct play *play, const struct deed *deed,
		     const struct deed_value *test, struct failure *why)
{
	struct filling filling = { play, deed->of };
	xmlXPathObjectPtr found;
	const char *xpath;
	struct deed at = *deed;
	bool holds;

	if (!fill(&xpath, play->arena, test->name, play_value, &filling, why))
		return not_done(play, deed, test->name, why);
	at.line = test->line;
	found = evaluate_in(trace, xpath);
	if (found == NULL)
		return tell_unmet(play, &at, xpath, "it cannot be evaluated");
	holds = xmlXPathCastToBoolean(found);
	xmlXPathFreeObject(found);
	if (holds)
		return MET;
	return tell_unmet(
		play, &at,
		arena_printf(play->arena, "%s, with %s", tell_expectation(play, deed), xpath),
		what_instead(trace, play->arena, xpath));
}

enum done trace_value(struct trace *trace, struct play *play, const struct deed *deed,
		      const char *xpath, const char **value, struct failure *why)
{
	struct filling filling = { play, deed->of };
	xmlXPathObjectPtr found;
	xmlChar *text;

	if (!fill(&xpath, play->arena, xpath, play_value, &filling, why))
		return not_done(play, deed, xpath, why);
	found = evaluate_in(trace, xpath);
	text = found != NULL ? expression_text(found) : NULL;
	*value = text != NULL && *text != '\0' ? arena_string(play->arena, (const char *)text)
					       : NULL;
	xmlFree(text);
	xmlXPathFreeObject(found);
	if (*value != NULL)
		return MET;
	return tell_unmet(play, deed, arena_printf(play->arena, "%s in %s", xpath, deed->of),
			  "it finds nothing");
}
