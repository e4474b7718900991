/*
 * rules_compile - a Schematron file on its way to struct rules: what rules_compile.c and
 * rules_text.c share.
 */
#ifndef NSW_RULES_COMPILE_H
#define NSW_RULES_COMPILE_H

#include "core/datafile.h"
#include "core/rules_parts.h"

/* What is known while a file is compiled. */
struct compilation {
	struct rules *rules;
	struct datafile *file;
	struct failure *why;
	const char *variables[EXPRESSION_VARIABLES]; /* in scope here */
	size_t variable_count;
	const char **ids; /* of checks and diagnostics so far */
	size_t id_count;
	bool *used; /* diagnostics, in their order */
};

/* A FAULT at a node; false. */
bool rules_refuse(struct compilation *c, xmlNodePtr node, const char *code, const char *text, ...)
	PRINTF_LIKE(4, 5);
/* The XPath in an attribute, in the scope at hand. */
MUST_CHECK bool rules_add_expression(struct compilation *c, xmlNodePtr node, const char *attribute,
				     bool pattern, size_t *index);

/* What stands in an assert, report or diagnostic. */
MUST_CHECK bool rules_compile_text(struct compilation *c, xmlNodePtr parent, struct piece **text);
/* The diagnostics that an assert or report names. */
MUST_CHECK bool rules_add_diagnostics(struct compilation *c, xmlNodePtr node, struct check *check);
MUST_CHECK bool rules_all_used(struct compilation *c);
xmlNodePtr rules_first_diagnostic(const struct compilation *c);

#endif
