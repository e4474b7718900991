/*
 * rules_arguments - what the functions of rules.h take and give.
 *
 * Arguments are taken last one first, as libxml2 stacks them. An argument that is a set of
 * nodes stands for its first node, unless the function is one over sets.
 */
#ifndef NSW_RULES_ARGUMENTS_H
#define NSW_RULES_ARGUMENTS_H

#include <libxml/xpathInternals.h>

#include "core/decimal.h"
#include "core/expressions.h"

#define NOT_A_NUMBER "NaN" /* for number() of XPath too */

xmlChar *argument_text(xmlXPathParserContextPtr call); /* trimmed; xmlFree() it */
/* False when it is no number. */
bool argument_decimal(xmlXPathParserContextPtr call, struct decimal *number);
/* NULL, with the error raised, when it is no set of nodes; xmlXPathFreeObject() it. */
xmlXPathObjectPtr argument_nodes(xmlXPathParserContextPtr call);
int nodes_count(xmlXPathObjectPtr nodes);

void answer_text(xmlXPathParserContextPtr call, const char *text);
void answer_boolean(xmlXPathParserContextPtr call, bool answer);
void answer_number(xmlXPathParserContextPtr call, double number);
/* NaN when it is not valid. */
void answer_decimal(xmlXPathParserContextPtr call, bool valid, const struct decimal *number);

#endif
