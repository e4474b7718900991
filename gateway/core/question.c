/* The questions of facts.h: one XPath each, asked by any thread. */
#include <stdlib.h>

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
