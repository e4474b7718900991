#include "core/document.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <libxml/SAX2.h>
#include <stdlib.h>
#include <string.h>

#include "core/document_bytes.h"
#include "core/text.h"

#define MIB ((size_t)1024 * 1024)

const struct document_limits document_limits_message = {
	.bytes = 8 * MIB,
	.depth = 64,
	.elements = 500000,
	.attributes = 64,
	.namespaces = 64,
	.text = 4 * MIB,
};
const struct document_limits document_limits_data = {
	.bytes = 64 * MIB,
	.depth = 200,
	.elements = 5000000,
	.attributes = 256,
	.namespaces = 256,
	.text = 8 * MIB,
};

/* Never NOENT, DTDLOAD, DTDATTR, DTDVALID, XINCLUDE, HUGE or RECOVER. */
#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_BIG_LINES)

struct document {
	char *name;
	xmlDocPtr tree;
};

/* A layer that counts, between libxml2's parser and its tree builder. */
struct parse {
	xmlParserCtxtPtr parser;
	const struct document_limits *limits;
	const char *name;
	struct failure *why;
	bool refused;
	const char *bytes; /* not read yet */
	size_t left;
	int depth, elements, namespaces;
	size_t text; /* length of the text node being read */
};

/* ---- refusing ------------------------------------------------------------------------- */

static struct parse *parse_of(void *context)
{
	return ((xmlParserCtxtPtr)context)->_private;
}

/* After a reject(): say where; nothing more is read. */
static void refuse_at(struct parse *parse, int line)
{
	failure_at(parse->why, "%s:%d", parse->name, line);
	parse->refused = true;
}

/*
 * Only at the end of an event of the parser's: xmlStopParser frees what is being read, and an
 * error may be told in the middle of an element whose attributes still point there.
 */
static void stop(struct parse *parse)
{
	if (!parse->refused)
		refuse_at(parse, parse->parser->input->line);
	xmlStopParser(parse->parser);
}

/* What libxml2 reads next: nothing, once the document is refused. */
static int read_on(void *context, char *out, int size)
{
	struct parse *parse = context;
	size_t length = parse->left < (size_t)size ? parse->left : (size_t)size;

	if (parse->refused)
		return 0;
	memcpy(out, parse->bytes, length);
	parse->bytes += length;
	parse->left -= length;
	return (int)length;
}

/* libxml2's message as one clean piece of text, without the name of its own function. */
static void clean_message(char *out, size_t size, const char *message)
{
	size_t length = 0, step;
	const char *colon = strstr(message, ": ");

	if (colon != NULL && strncmp(message, "xml", 3) == 0 &&
	    strcspn(message, " ") > (size_t)(colon - message))
		message = colon + 2;
	while ((step = utf8_step((const unsigned char *)message, strlen(message))) != 0 &&
	       *message != '\n' && length + step < size) {
		memcpy(out + length, message, step);
		message += step;
		length += step;
	}
	while (length > 0 && isspace((unsigned char)out[length - 1]))
		length--;
	out[length] = '\0';
}

static void on_error(void *context, xmlErrorPtr error)
{
	struct parse *parse = parse_of(context);
	char message[300];

	/* The first error counts; what follows from it misleads. */
	if (parse->refused || error->level < XML_ERR_ERROR)
		return;
	clean_message(message, sizeof message, error->message != NULL ? error->message : "");
	reject(parse->why, "XML-001", "not well-formed: %s", message);
	refuse_at(parse, error->line);
}

/* ---- counting ------------------------------------------------------------------------- */

static void on_doctype(void *context, const xmlChar *name, const xmlChar *public_id,
		       const xmlChar *system_id)
{
	struct parse *parse = parse_of(context);

	(void)name;
	(void)public_id;
	(void)system_id;
	reject(parse->why, "XML-003", "has a DOCTYPE, which is never accepted");
	stop(parse);
}

static bool within_limits(struct parse *parse, int attributes, const xmlChar **values)
{
	const struct document_limits *limits = parse->limits;

	if (parse->depth > limits->depth)
		return reject(parse->why, "XML-005", "elements are nested more than %d deep",
			      limits->depth);
	if (parse->elements > limits->elements)
		return reject(parse->why, "XML-006", "has more than %d elements", limits->elements);
	if (parse->namespaces > limits->namespaces)
		return reject(parse->why, "XML-007",
			      "more than %d namespace declarations are in scope",
			      limits->namespaces);
	for (int i = 0; i < attributes; i++)
		if ((size_t)(values[5 * i + 4] - values[5 * i + 3]) > limits->text)
			return reject(parse->why, "XML-008",
				      "an attribute value is longer than %zu bytes", limits->text);
	return true;
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		     int namespace_count, const xmlChar **namespaces, int attribute_count,
		     int defaulted_count, const xmlChar **attributes)
{
	struct parse *parse = parse_of(context);

	parse->depth++;
	parse->elements++;
	parse->namespaces += namespace_count;
	parse->text = 0;
	if (!parse->refused && within_limits(parse, attribute_count, attributes))
		xmlSAX2StartElementNs(context, name, prefix, uri, namespace_count, namespaces,
				      attribute_count, defaulted_count, attributes);
	else
		stop(parse);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct parse *parse = parse_of(context);
	xmlNodePtr node = parse->parser->node;

	for (xmlNsPtr ns = node != NULL ? node->nsDef : NULL; ns != NULL; ns = ns->next)
		parse->namespaces--;
	parse->depth--;
	parse->text = 0;
	xmlSAX2EndElementNs(context, name, prefix, uri);
}

static bool text_fits(struct parse *parse, int length)
{
	parse->text += (size_t)length;
	if (!parse->refused && parse->text <= parse->limits->text)
		return true;
	if (!parse->refused)
		reject(parse->why, "XML-008", "a text is longer than %zu bytes",
		       parse->limits->text);
	stop(parse);
	return false;
}

static void on_text(void *context, const xmlChar *text, int length)
{
	if (text_fits(parse_of(context), length))
		xmlSAX2Characters(context, text, length);
}

static void on_cdata(void *context, const xmlChar *text, int length)
{
	if (text_fits(parse_of(context), length))
		xmlSAX2CDataBlock(context, text, length);
}

static void watch(xmlSAXHandlerPtr sax)
{
	sax->serror = on_error;
	sax->internalSubset = on_doctype;
	sax->startElementNs = on_start;
	sax->endElementNs = on_end;
	sax->characters = on_text;
	sax->ignorableWhitespace = on_text; /* the same, or libxml2 drops white space */
	sax->cdataBlock = on_cdata;
}

/* ---- parsing -------------------------------------------------------------------------- */

static xmlDocPtr parse_tree(struct parse *parse, const void *bytes, size_t length)
{
	xmlDocPtr tree;

	watch(parse->parser->sax);
	parse->parser->_private = parse;
	parse->bytes = bytes;
	parse->left = length;
	tree = xmlCtxtReadIO(parse->parser, read_on, NULL, parse, parse->name, NULL, PARSE_OPTIONS);
	if (tree == NULL && !parse->refused) {
		reject(parse->why, "XML-001", "not well-formed");
		refuse_at(parse, 1);
	}
	if (!parse->refused)
		return tree;
	xmlFreeDoc(tree);
	return NULL;
}

bool document_parse(struct document **out, const char *name, const void *bytes, size_t length,
		    const struct document_limits *limits, struct failure *why)
{
	struct parse parse = { .limits = limits, .name = name, .why = why };
	xmlDocPtr tree;

	*out = NULL;
	if (!document_bytes_check(name, bytes, length, limits, why))
		return false;

	parse.parser = xmlNewParserCtxt();
	if (parse.parser == NULL)
		return fault(why, "XML-001", "libxml2 has no memory for a parser");
	tree = parse_tree(&parse, bytes, length);
	xmlFreeParserCtxt(parse.parser);
	if (tree == NULL)
		return false;

	*out = must_alloc(sizeof **out);
	(*out)->name = must_string(name);
	(*out)->tree = tree;
	return true;
}

bool document_read(struct document **out, const char *path, const struct document_limits *limits,
		   struct failure *why)
{
	struct text text = TEXT_EMPTY;
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	bool done;

	*out = NULL;
	done = text_read_file(&text, path, limits->bytes, why) &&
	       document_parse(out, name, text.bytes, text.length, limits, why);
	text_free(&text);
	return done;
}

void document_free(struct document *document)
{
	if (document == NULL)
		return;
	xmlFreeDoc(document->tree);
	free(document->name);
	free(document);
}

const char *document_name(const struct document *document)
{
	return document->name;
}

xmlDocPtr document_tree(const struct document *document)
{
	return document->tree;
}

xmlNodePtr document_root(const struct document *document)
{
	return xmlDocGetRootElement(document->tree);
}
