/*
 * rules_parts - the inside of rules.h: what rules_compile.c makes and rules_run.c runs.
 *
 * Expressions are numbers in one set (expressions.h); everything else is strings and lists
 * in the arena of the rules, read-only once compiled.
 */
#ifndef NSW_RULES_PARTS_H
#define NSW_RULES_PARTS_H

#include "core/expressions.h"
#include "core/rules.h"

#define NO_EXPRESSION ((size_t)-1)

struct let {
	struct let *next;
	const char *name;
	const char *who; /* "let $items", for failures */
	size_t value;
};

/* A text is made of these: words as they stand, or the value of an expression. */
struct piece {
	struct piece *next;
	const char *words; /* NULL: the value */
	size_t value;
};

/* An assert or a report. */
struct check {
	struct check *next;
	const char *id;
	const char *who; /* "rule TOT-01" */
	bool report;	 /* true is what is told; of an assert, false */
	bool warning;
	char layer;
	const char *pointer; /* with [#] where the goods item's number belongs; NULL */
	size_t test;
	size_t where; /* NO_EXPRESSION: the context node */
	struct piece *text, *text_vi, *hint, *hint_vi;
};

struct rule {
	struct rule *next;
	const char *who; /* "the context of TOT-01" */
	size_t context;
	struct let *lets;
	struct check *checks;
};

struct pattern {
	struct pattern *next;
	struct let *lets;
	struct rule *rules;
};

struct rules {
	struct arena *arena;
	struct expressions *set;
	struct let *lets;
	struct pattern *patterns;
	size_t count; /* checks */
};

#endif
