/* Validating, and one finding for each thing that is wrong. */
#include <string.h>

#include "core/schema_parts.h"

struct validation {
	struct findings *findings;
	xmlNodePtr node; /* the last one complained of, and how grave that was */
	int gravity;
};

/* libxml2 gives the element and names its attribute in words: "Element 'e', attribute '{ns}a':". */
static xmlNodePtr subject_of(const xmlError *error)
{
	static const char mark[] = "', attribute '";
	const char *message = error->message != NULL ? error->message : "";
	const char *name = strstr(message, mark), *colon = strstr(message, "': ");
	xmlNodePtr node = error->node;
	size_t length;

	if (node == NULL || node->type != XML_ELEMENT_NODE || name == NULL || colon == NULL ||
	    colon < name)
		return node;
	name += strlen(mark);
	if (*name == '{')
		name += strcspn(name, "}") + 1;
	length = (size_t)(colon - name);
	for (xmlAttrPtr at = node->properties; at != NULL; at = at->next)
		if (strlen((const char *)at->name) == length && memcmp(at->name, name, length) == 0)
			return (xmlNodePtr)at;
	return node;
}

/* An element in a value makes the value break facets, and that its type: only the first
 * says what happened. 0 for what stands by itself. */
static int gravity_of(int error)
{
	if (error == XML_SCHEMAV_CVC_TYPE_3_1_2)
		return 3;
	if (error >= XML_SCHEMAV_CVC_FACET_VALID && error <= XML_SCHEMAV_CVC_ENUMERATION_VALID)
		return 2;
	if (error >= XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1 &&
	    error <= XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3)
		return 1;
	return 0;
}

static bool said_already(struct validation *validation, xmlNodePtr node, int error)
{
	int gravity = gravity_of(error);

	if (gravity != 0 && node != NULL && node == validation->node &&
	    gravity < validation->gravity)
		return true;
	validation->node = node;
	validation->gravity = gravity;
	return false;
}

static void add_finding(struct findings *findings, struct complaint *complaint)
{
	xmlNodePtr node = complaint->node;
	xmlNodePtr element = node->type == XML_ATTRIBUTE_NODE ? node->parent : node;

	schema_describe(complaint);
	findings_add(findings, &(struct finding){ .code = complaint->code,
						  .layer = 'S',
						  .text = complaint->en.bytes,
						  .text_vi = complaint->vi.bytes,
						  .hint = complaint->hint.bytes,
						  .hint_vi = complaint->hint_vi.bytes,
						  .path = node_path(findings->arena, node),
						  .line = node_line(element) });
	text_free(&complaint->en);
	text_free(&complaint->vi);
	text_free(&complaint->hint);
	text_free(&complaint->hint_vi);
}

static void on_error(void *user, xmlErrorPtr error)
{
	struct validation *validation = user;
	struct complaint complaint = { .error = error, .node = subject_of(error) };

	if (error->level < XML_ERR_ERROR || said_already(validation, complaint.node, error->code))
		return;
	/* Beyond what is kept, words would cost more than they are worth. */
	if (findings_full(validation->findings) || complaint.node == NULL)
		findings_count(validation->findings, false);
	else
		add_finding(validation->findings, &complaint);
}

bool schema_validate(const struct schema *schema, const struct document *document,
		     struct findings *findings, struct failure *why)
{
	struct validation validation = { .findings = findings };
	size_t before = findings->errors;
	xmlSchemaValidCtxtPtr context = xmlSchemaNewValidCtxt(schema->compiled);
	int verdict;

	if (context == NULL)
		return fault(why, "XSD-901", "libxml2 has no memory to validate with");
	xmlSchemaSetValidStructuredErrors(context, on_error, &validation);
	/* Without a file's name libxml2 looks for an XInclude before every node that it complains
	 * of, through all siblings: 8 MiB with a mistake in each element took 16 s. */
	xmlSchemaValidateSetFilename(context, document_name(document));
	verdict = xmlSchemaValidateDoc(context, document_tree(document));
	xmlSchemaFreeValidCtxt(context);
	/* An invalid document with nothing to say about it would pass for valid. */
	if (verdict < 0 || (verdict > 0 && findings->errors == before))
		return fault(why, "XSD-901", "libxml2 came to no verdict on the document");
	return true;
}
