#include "cli/splice.h"

#include <string.h>

/* What has been written of the bytes, and how far they have been looked at. */
struct splicing {
	struct text *out;
	const char *written, *at, *end;
};

bool splice_possible(xmlNodePtr node)
{
	return node->type == XML_ATTRIBUTE_NODE ||
	       (node->type == XML_ELEMENT_NODE && xmlFirstElementChild(node) == NULL);
}

void splice_mark(xmlNodePtr node, const char *value)
{
	node->_private = (void *)value; /* libxml2 never looks at it */
}

/* ---- the bytes: well-formed, without a DOCTYPE, for they were parsed ---------------------------- */

static void skip_past(struct splicing *splicing, const char *mark)
{
	size_t length = strlen(mark);
	const char *found =
		memmem(splicing->at, (size_t)(splicing->end - splicing->at), mark, length);

	splicing->at = found != NULL ? found + length : splicing->end;
}

static bool starts_with(const struct splicing *splicing, const char *mark)
{
	size_t length = strlen(mark);

	return (size_t)(splicing->end - splicing->at) >= length &&
	       memcmp(splicing->at, mark, length) == 0;
}

/* What is no tag, although it begins like one. */
static bool skip_other(struct splicing *splicing)
{
	static const struct {
		const char *begin, *end;
	} others[] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<?", "?>" } };

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (starts_with(splicing, others[i].begin)) {
			splicing->at += strlen(others[i].begin);
			skip_past(splicing, others[i].end);
			return true;
		}
	return false;
}

/* To the next tag that begins with `mark`; false at the end. */
static bool find_tag(struct splicing *splicing, bool closing)
{
	while (splicing->at < splicing->end) {
		const char *open =
			memchr(splicing->at, '<', (size_t)(splicing->end - splicing->at));

		if (open == NULL)
			return false;
		splicing->at = open;
		if (skip_other(splicing))
			continue;
		if ((open[1] == '/') == closing)
			return true;
		splicing->at++;
	}
	return false;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct splicing *splicing)
{
	while (splicing->at < splicing->end && is_space(*splicing->at))
		splicing->at++;
}

/* How many bytes the name at `at` has. */
static size_t name_length(const struct splicing *splicing)
{
	const char *at = splicing->at;

	while (at < splicing->end && !is_space(*at) && strchr("=/>", *at) == NULL)
		at++;
	return (size_t)(at - splicing->at);
}

static void write_up_to(struct splicing *splicing, const char *place)
{
	text_add_bytes(splicing->out, splicing->written, (size_t)(place - splicing->written));
	splicing->written = place;
}

/* ---- one element ----------------------------------------------------------------------------------- */

/* `xmlns` declares, and is no attribute of the tree. */
static bool declares_namespace(const char *name, size_t length)
{
	return length >= 5 && memcmp(name, "xmlns", 5) == 0 && (length == 5 || name[5] == ':');
}

/* At NAME="VALUE": write what is marked; behind the value afterwards. */
static void pass_attribute(struct splicing *splicing, xmlAttrPtr *attribute)
{
	const char *name = splicing->at, *value;
	size_t length = name_length(splicing);
	char quote;

	splicing->at += length;
	skip_space(splicing);
	splicing->at++; /* = */
	skip_space(splicing);
	quote = *splicing->at++;
	value = splicing->at;
	splicing->at = (const char *)memchr(value, quote, (size_t)(splicing->end - value)) + 1;
	if (declares_namespace(name, length))
		return;
	if ((*attribute)->_private != NULL) {
		write_up_to(splicing, value - 1);
		text_add(splicing->out, "\"");
		text_add_xml(splicing->out, (*attribute)->_private);
		text_add(splicing->out, "\"");
		splicing->written = splicing->at;
	}
	*attribute = (*attribute)->next; /* the tree keeps them in the order of the bytes */
}

/* <NAME ATTRIBUTES: at its > or /> afterwards. */
static void pass_attributes(struct splicing *splicing, xmlNodePtr element)
{
	xmlAttrPtr attribute = element->properties;

	skip_space(splicing);
	while (*splicing->at != '>' && *splicing->at != '/') {
		pass_attribute(splicing, &attribute);
		skip_space(splicing);
	}
}

/* Behind the start tag's attributes: the content up to the end tag, which is the next one. */
static void write_content(struct splicing *splicing, const char *name, size_t length,
			  const char *value)
{
	if (*splicing->at == '/') {
		write_up_to(splicing, splicing->at);
		text_add(splicing->out, ">");
		text_add_xml(splicing->out, value);
		text_add(splicing->out, "</");
		text_add_bytes(splicing->out, name, length);
		text_add(splicing->out, ">");
		splicing->at += 2;
	} else {
		write_up_to(splicing, ++splicing->at);
		text_add_xml(splicing->out, value);
		find_tag(splicing, true);
	}
	splicing->written = splicing->at;
}

static void pass_element(struct splicing *splicing, xmlNodePtr element)
{
	const char *name = ++splicing->at; /* behind < */
	size_t length = name_length(splicing);

	splicing->at += length;
	pass_attributes(splicing, element);
	if (element->_private != NULL)
		write_content(splicing, name, length, element->_private);
}

/* ---- all of them ----------------------------------------------------------------------------------- */

static xmlNodePtr next_element(xmlNodePtr element)
{
	xmlNodePtr next = xmlFirstElementChild(element);

	while (next == NULL && element != NULL && element->type == XML_ELEMENT_NODE) {
		next = xmlNextElementSibling(element);
		element = element->parent;
	}
	return next;
}

void splice_write(struct text *out, const struct document *document, const char *bytes,
		  size_t length)
{
	struct splicing splicing = {
		.out = out, .written = bytes, .at = bytes, .end = bytes + length
	};

	for (xmlNodePtr element = document_root(document);
	     element != NULL && find_tag(&splicing, false); element = next_element(element))
		pass_element(&splicing, element);
	write_up_to(&splicing, splicing.end);
}
