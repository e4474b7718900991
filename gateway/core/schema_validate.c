/* Validating, and one finding for each thing that is wrong. */
#include "core/schema_parts.h"

struct validation {
	struct findings *findings;
	xmlNodePtr node; /* of the last facet that was violated: its type follows, and says less */
};

/* After "does not match [0-9]{8}" libxml2 adds "is not a valid value of the type". */
static bool said_already(struct validation *validation, const xmlError *error)
{
	bool type = error->code >= XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1 &&
		    error->code <= XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3;
	bool facet = error->code >= XML_SCHEMAV_CVC_FACET_VALID &&
		     error->code <= XML_SCHEMAV_CVC_ENUMERATION_VALID;

	if (type && validation->node != NULL && validation->node == error->node)
		return true;
	validation->node = facet ? error->node : NULL;
	return false;
}

static void on_error(void *user, xmlErrorPtr error)
{
	struct validation *validation = user;
	struct findings *findings = validation->findings;
	struct complaint complaint = { .error = error, .node = error->node };
	xmlNodePtr element = error->node;

	if (error->level < XML_ERR_ERROR || said_already(validation, error))
		return;
	if (findings_full(findings) || error->node == NULL) {
		findings_count(findings, false);
		return;
	}
	if (element->type == XML_ATTRIBUTE_NODE)
		element = element->parent;
	schema_describe(&complaint);
	findings_add(findings, &(struct finding){
				       .code = complaint.code,
				       .layer = 'S',
				       .text = complaint.en.bytes,
				       .text_vi = complaint.vi.bytes,
				       .hint = complaint.hint.bytes,
				       .hint_vi = complaint.hint_vi.bytes,
				       .path = node_path(findings->arena, error->node),
				       .line = node_line(element),
			       });
	text_free(&complaint.en);
	text_free(&complaint.vi);
	text_free(&complaint.hint);
	text_free(&complaint.hint_vi);
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
	verdict = xmlSchemaValidateDoc(context, document_tree(document));
	xmlSchemaFreeValidCtxt(context);
	/* An invalid document with nothing to say about it would pass for valid. */
	if (verdict < 0 || (verdict > 0 && findings->errors == before))
		return fault(why, "XSD-901", "libxml2 came to no verdict on the document");
	return true;
}
