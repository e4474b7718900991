/* The questions of facts.h: one XPath each, asked by any thread. */
#include <stdlib.h>
#include <string.h>

#include "core/expressions.h"
#include "core/facts.h"

struct question {
	struct expressions *set; /* of this one */
	char *who;		 /* "the question 'event/@status'", for failures */
};

bool question_compile(struct question **out, const char *xpath, const struct rules_world *world,
		      const char *place, struct failure *why)
{
	struct expressions *set = expressions_new(world);
	struct text who = TEXT_EMPTY;
	size_t index;

	*out = NULL;
	if (!expressions_add(set, xpath, NULL, place, &index, why)) {
		expressions_free(set);
		return false;
	}
	text_printf(&who, "the question '%.200s'", xpath);
	*out = must_alloc(sizeof **out);
	(*out)->set = set;
	(*out)->who = text_take(&who);
	return true;
}

void question_free(struct question *question)
{
	if (question == NULL)
		return;
	expressions_free(question->set);
	free(question->who);
	free(question);
}

static struct evaluation *begin(const struct question *question, xmlNodePtr node, gateway_time at)
{
	struct evaluation *evaluation = evaluation_begin(question->set, node->doc, at);

	evaluation_for(evaluation, question->who);
	return evaluation;
}

bool question_ask(const struct question *question, xmlNodePtr node, gateway_time at, bool *answer,
		  struct failure *why)
{
	struct evaluation *evaluation = begin(question, node, at);
	bool done = evaluate_boolean(evaluation, 0, node, answer, why);

	evaluation_end(evaluation);
	return done;
}

bool question_string(const struct question *question, xmlNodePtr node, gateway_time at,
		     struct arena *arena, const char **answer, struct failure *why)
{
	struct evaluation *evaluation = begin(question, node, at);
	bool done = evaluate_string(evaluation, 0, node, arena, answer, why);

	evaluation_end(evaluation);
	return done;
}

static void keep_nodes(const xmlXPathObject *found, struct arena *arena, xmlNodePtr **nodes,
		       size_t *count)
{
	const xmlNodeSet *set = found->type == XPATH_NODESET ? found->nodesetval : NULL;

	*count = set != NULL ? (size_t)set->nodeNr : 0;
	*nodes = arena_alloc(arena, *count * sizeof **nodes + 1);
	if (*count != 0)
		memcpy(*nodes, set->nodeTab, *count * sizeof **nodes);
}

bool question_nodes(const struct question *question, xmlNodePtr node, gateway_time at,
		    struct arena *arena, xmlNodePtr **nodes, size_t *count, struct failure *why)
{
	struct evaluation *evaluation = begin(question, node, at);
	xmlXPathObjectPtr found;
	bool done = evaluate(evaluation, 0, node, &found, why);

	if (done) {
		keep_nodes(found, arena, nodes, count);
		xmlXPathFreeObject(found);
	}
	evaluation_end(evaluation);
	return done;
}
