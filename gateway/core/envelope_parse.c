#include "core/envelope.h"

#include <stdlib.h>
#include <string.h>

#include "core/envelope_grammar.h"

#define XSI_NS "http://www.w3.org/2001/XMLSchema-instance"

/* An envelope being read: `next` is the child of the root whose turn it is. */
struct reading {
	struct envelope *out;
	struct arena *arena;
	struct failure *why;
	xmlNodePtr next;
};

static bool at_node(struct reading *reading, xmlNodePtr node)
{
	return failure_at(reading->why, "%s", node_path(reading->arena, node));
}

static bool hidden_attribute(xmlNodePtr node)
{
	for (xmlAttrPtr attribute = node->properties; attribute != NULL;
	     attribute = attribute->next)
		if (attribute->ns != NULL && strcmp((const char *)attribute->ns->href, XSI_NS) == 0)
			return true;
	return false;
}

/* Whatever two readers might read differently is refused before anything is believed. */
static bool nothing_hidden(struct reading *reading, xmlNodePtr first)
{
	for (xmlNodePtr node = first; node != NULL; node = node->next) {
		if (node->type == XML_TEXT_NODE)
			continue;
		if (node->type != XML_ELEMENT_NODE) {
			reject(reading->why, "ENV-003",
			       "an envelope may hold no comment, CDATA or processing instruction");
			return at_node(reading, node->parent);
		}
		if (hidden_attribute(node)) {
			reject(reading->why, "ENV-003", "an envelope may have no xsi: attribute");
			return at_node(reading, node);
		}
		if (!nothing_hidden(reading, node->children))
			return false;
	}
	return true;
}

/* Empty, or where only elements may be: white space. */
static bool no_text_in(struct reading *reading, xmlNodePtr node)
{
	for (xmlNodePtr child = node->children; child != NULL; child = child->next) {
		if (child->type != XML_TEXT_NODE || xmlIsBlankNode(child))
			continue;
		reject(reading->why, "ENV-001", "%s may hold no text of its own",
		       (const char *)node->name);
		return at_node(reading, node);
	}
	return true;
}

static bool no_attributes(struct reading *reading, xmlNodePtr node)
{
	if (node->properties == NULL)
		return true;
	reject(reading->why, "ENV-001", "%s may have no attribute", (const char *)node->name);
	return at_node(reading, node);
}

static bool no_elements_in(struct reading *reading, xmlNodePtr node)
{
	xmlNodePtr child = xmlFirstElementChild(node);

	if (child == NULL)
		return true;
	reject(reading->why, "ENV-001", "%s may hold no element", (const char *)node->name);
	return at_node(reading, child);
}

/* `wanted` is missing: say what stands in its place. */
static bool missing(struct reading *reading, const char *wanted)
{
	xmlNodePtr found = reading->next;

	if (found == NULL)
		return reject(reading->why, "ENV-001", "%s is missing", wanted) ||
		       failure_at(reading->why, "/Envelope");
	reject(reading->why, "ENV-001", "%s must stand here, not %s", wanted,
	       (const char *)found->name);
	return at_node(reading, found);
}

static bool misspelled(struct reading *reading, xmlNodePtr node, const char *text, const char *form)
{
	reject(reading->why, "ENV-002", "\"%.80s\" is not %s", text, form);
	return at_node(reading, node);
}

static bool store(struct reading *reading, const struct envelope_value *value, const char *text)
{
	char *where = (char *)reading->out + value->offset;

	if (value->is_time)
		return time_parse(text, (gateway_time *)(void *)where, reading->why);
	*(const char **)(void *)where = text;
	return true;
}

static bool read_value(struct reading *reading, const struct envelope_value *value)
{
	xmlNodePtr node = reading->next;
	const char *text;

	if (node == NULL || !is_element(node, ENVELOPE_NS, value->name))
		return !value->required || missing(reading, value->name);
	if (!no_attributes(reading, node) || !no_elements_in(reading, node))
		return false;
	text = node_text(reading->arena, node);
	if (!value->fits(text))
		return misspelled(reading, node, text, value->form);
	reading->next = xmlNextElementSibling(node);
	return store(reading, value, text);
}

static bool read_payload_attributes(struct reading *reading, xmlNodePtr node)
{
	const char *texts[PAYLOAD_ATTRIBUTES];
	int count = 0;

	for (xmlAttrPtr attribute = node->properties; attribute != NULL;
	     attribute = attribute->next)
		count++;
	for (int i = 0; i < PAYLOAD_ATTRIBUTES; i++) {
		texts[i] = attribute_text(reading->arena, node, envelope_payload[i].name);
		if (texts[i] == NULL || count != PAYLOAD_ATTRIBUTES) {
			reject(reading->why, "ENV-001",
			       "Payload must have name, mediaType, size and no other attribute");
			return at_node(reading, node);
		}
		if (!envelope_payload[i].fits(texts[i]))
			return misspelled(reading, node, texts[i], envelope_payload[i].form);
	}
	reading->out->payload_type = texts[PAYLOAD_TYPE];
	reading->out->payload_size = strtoul(texts[PAYLOAD_SIZE], NULL, 10);
	return true;
}

static bool read_payload(struct reading *reading)
{
	xmlNodePtr node = reading->next;

	if (node == NULL || !is_element(node, ENVELOPE_NS, "Payload"))
		return missing(reading, "Payload");
	if (node->children != NULL) {
		reject(reading->why, "ENV-001", "Payload must be empty");
		return at_node(reading, node);
	}
	reading->next = xmlNextElementSibling(node);
	return read_payload_attributes(reading, node);
}

static bool read_end(struct reading *reading)
{
	if (is_element(reading->next, SIGNATURE_NS, "Signature"))
		reading->next = xmlNextElementSibling(reading->next);
	if (reading->next == NULL)
		return true;
	reject(reading->why, "ENV-001", "%s has no place here", (const char *)reading->next->name);
	return at_node(reading, reading->next);
}

static bool read_root(struct reading *reading, xmlNodePtr root)
{
	if (!is_element(root, ENVELOPE_NS, "Envelope")) {
		reject(reading->why, "ENV-001",
		       "the root element is %.80s, not Envelope of the namespace " ENVELOPE_NS,
		       (const char *)root->name);
		return at_node(reading, root);
	}
	reading->next = xmlFirstElementChild(root);
	return no_attributes(reading, root) && no_text_in(reading, root);
}

static bool read_envelope(struct reading *reading, struct document *document)
{
	if (!nothing_hidden(reading, document_tree(document)->children) ||
	    !read_root(reading, document_root(document)))
		return false;
	for (int i = 0; i < ENVELOPE_VALUES; i++)
		if (!read_value(reading, &envelope_values[i]))
			return false;
	if (!read_payload(reading) || !read_end(reading))
		return false;
	if (envelope_lifetime_fits(reading->out))
		return true;
	reject(reading->why, "ENV-004",
	       "Expires must be after Created, and at most 31 days after it");
	return failure_at(reading->why, "/Envelope/Expires");
}

bool envelope_parse(struct envelope *out, struct document **document, struct arena *arena,
		    const void *bytes, size_t length, struct failure *why)
{
	struct reading reading = { .out = out, .arena = arena, .why = why };

	memset(out, 0, sizeof *out);
	if (!document_parse(document, "envelope", bytes, length, &envelope_limits, why))
		return false;
	if (read_envelope(&reading, *document))
		return true;
	document_free(*document);
	*document = NULL;
	return false;
}
