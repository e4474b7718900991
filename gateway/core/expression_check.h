/*
 * expression_check - what can be known of an XPath expression before it is evaluated.
 *
 * libxml2 looks up functions, prefixes and variables when it evaluates: a misspelt name would
 * be found by the first trader whose declaration gets that far. So the words of an
 * expression are read here, at start. Grammar proper is left to libxml2's own compiler.
 */
#ifndef NSW_EXPRESSION_CHECK_H
#define NSW_EXPRESSION_CHECK_H

#include "core/expressions.h"
#include "core/text.h"

/* Does the world know what a constant argument names? A FAULT RUL-903 without place if not. */
typedef bool constant_check(const struct rules_world *world, const char *constant,
			    struct failure *why);

/* A function as rules may call it; max -1: any number of arguments. */
struct xpath_function {
	const char *name;
	int min, max;
	xmlXPathFunction function;    /* NULL: one of libxml2's own */
	constant_check *constants[2]; /* of the first arguments; NULL: they may say anything */
};

/* Those of XPath 1.0 and those of urn:nsw:rule:1; both end with a NULL name. */
extern const struct xpath_function core_functions[];
extern const struct xpath_function nsw_functions[];

#define RULE_NAMESPACE "urn:nsw:rule:1"

struct prefix {
	const char *name, *uri;
};

struct expression_names {
	const struct prefix *prefixes;
	size_t prefix_count;
	const struct rules_world *world;
	const struct expression_scope *scope;
};

/* FAULT RUL-903, RUL-902; without a place. */
MUST_CHECK bool expression_check(const char *xpath, const struct expression_names *names,
				 struct failure *why);

/* The expression that selects, from the document node, what a match pattern matches: `a/b`
 * becomes `//a/b`, each alternative of a union for itself. */
void expression_of_pattern(struct text *out, const char *pattern);

#endif
