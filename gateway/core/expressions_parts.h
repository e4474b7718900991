/*
 * expressions_parts - the inside of expressions.h: the set (expressions.c) and its pool of
 * evaluations (evaluation.c).
 */
#ifndef NSW_EXPRESSIONS_PARTS_H
#define NSW_EXPRESSIONS_PARTS_H

#include <libxml/xpath.h>
#include <pthread.h>

#include "core/expression_check.h"
#include "core/expressions.h"

struct expression {
	const char *xpath; /* as libxml2 gets it */
	const char *place;
};

/* The one thing about a set that changes after loading. */
struct pool {
	pthread_mutex_t lock;
	struct evaluation *idle;
};

struct expressions {
	struct arena *arena; /* holds the set itself */
	const struct rules_world *world;
	struct prefix *prefixes;
	size_t prefix_count;
	struct expression *list;
	size_t count;
	struct pool *pool;
	xmlXPathContextPtr trial; /* what is added is compiled in it; NULL before the first */
};

/* Evaluations of the set that nobody uses. */
void pool_start(struct expressions *set);
void pool_end(struct expressions *set);

#endif
