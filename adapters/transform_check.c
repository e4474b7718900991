#include "transform_check.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/nearest.h"

#define XSL_NS "http://www.w3.org/1999/XSL/Transform"

static bool refuse(const struct document *sheet, xmlNodePtr node, struct failure *why,
		   const char *text)
{
	fault(why, "ADP-010", "%s", text);
	return failure_at(why, "%s:%d", document_name(sheet), node_line(node));
}

static bool is_xsl(xmlNodePtr node, const char *name)
{
	return is_element(node, XSL_NS, name);
}

static bool has_value(xmlNodePtr node, const char *attribute, const char *value)
{
	xmlChar *found = xmlGetNoNsProp(node, (const xmlChar *)attribute);
	bool same = found == NULL || strcasecmp((const char *)found, value) == 0;

	xmlFree(found);
	return same;
}

static bool names_document(const char *text)
{
	static const char word[] = "document";

	for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
		const char *end = at + strlen(word);

		if (at > text && (isalnum((unsigned char)at[-1]) || strchr("-_.", at[-1]) != NULL))
			continue;
		if (end[strspn(end, " \t\r\n")] == '(')
			return true;
	}
	return false;
}

/* On xsl: elements attributes are XPath or may hold some in braces, elsewhere only in braces. */
static bool calls_document(xmlNodePtr node, const xmlAttr *attribute)
{
	xmlChar *value = xmlNodeGetContent(attribute->children);
	const char *text = value != NULL ? (const char *)value : "";
	bool calls = (is_xsl(node, (const char *)node->name) || strchr(text, '{') != NULL) &&
		     names_document(text);

	xmlFree(value);
	return calls;
}

static bool attributes_are_good(const struct document *sheet, xmlNodePtr node, struct failure *why)
{
	for (const xmlAttr *at = node->properties; at != NULL; at = at->next) {
		if (strcmp((const char *)at->name, "extension-element-prefixes") == 0)
			return refuse(sheet, node, why, "extension elements may not be used");
		if (calls_document(node, at))
			return refuse(sheet, node, why, "document() may not be used");
	}
	return true;
}

static bool output_is_good(const struct document *sheet, xmlNodePtr node, struct failure *why)
{
	if (!has_value(node, "method", "xml") || !has_value(node, "encoding", "UTF-8"))
		return refuse(sheet, node, why, "the output must be XML in UTF-8");
	if (xmlHasProp(node, (const xmlChar *)"doctype-system") != NULL ||
	    xmlHasProp(node, (const xmlChar *)"doctype-public") != NULL)
		return refuse(sheet, node, why, "the output may not have a DOCTYPE");
	return true;
}

static bool is_known(const struct document *sheet, xmlNodePtr node, struct failure *why)
{
	static const char *const names[] = {
		"apply-imports",
		"apply-templates",
		"attribute",
		"attribute-set",
		"call-template",
		"choose",
		"comment",
		"copy",
		"copy-of",
		"decimal-format",
		"element",
		"fallback",
		"for-each",
		"if",
		"key",
		"message",
		"namespace-alias",
		"number",
		"otherwise",
		"output",
		"param",
		"preserve-space",
		"processing-instruction",
		"sort",
		"strip-space",
		"stylesheet",
		"template",
		"text",
		"transform",
		"value-of",
		"variable",
		"when",
		"with-param",
	};
	struct nearest nearest = nearest_to((const char *)node->name);
	char hint[NEAREST_TEXT_SIZE];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(names[i], (const char *)node->name) == 0)
			return true;
		nearest_offer(&nearest, names[i]);
	}
	fault(why, "ADP-010", "xsl:%.60s may not be used, or is not known%s",
	      (const char *)node->name, nearest_text(&nearest, hint));
	return failure_at(why, "%s:%d", document_name(sheet), node_line(node));
}

/* What is not listed leads out: xsl:import, xsl:include, and what libxslt knows besides. */
static bool element_is_good(const struct document *sheet, xmlNodePtr node, struct failure *why)
{
	if (is_xsl(node, (const char *)node->name) && !is_known(sheet, node, why))
		return false;
	if (is_xsl(node, "output") && !output_is_good(sheet, node, why))
		return false;
	return attributes_are_good(sheet, node, why);
}

/* In document order; a sheet is no deeper than document_read() lets it be. */
static bool tree_is_good(const struct document *sheet, xmlNodePtr node, struct failure *why)
{
	if (node->type != XML_ELEMENT_NODE)
		return true;
	if (!element_is_good(sheet, node, why))
		return false;
	for (xmlNodePtr child = node->children; child != NULL; child = child->next)
		if (!tree_is_good(sheet, child, why))
			return false;
	return true;
}

bool sheet_is_good(const struct document *sheet, struct failure *why)
{
	xmlNodePtr root = document_root(sheet);

	if (!is_xsl(root, "stylesheet") && !is_xsl(root, "transform"))
		return refuse(sheet, root, why, "the root of a style sheet is xsl:stylesheet");
	if (xmlHasProp(root, (const xmlChar *)"version") == NULL ||
	    !has_value(root, "version", "1.0"))
		return refuse(sheet, root, why, "the version of a style sheet is 1.0");
	return tree_is_good(sheet, root, why);
}
