#include "core/schema_parts.h"

#include <stdlib.h>
#include <string.h>

static void on_error(void *user, xmlErrorPtr error)
{
	struct failure *why = user;
	size_t length = error->message != NULL ? strcspn(error->message, "\n") : 0;

	/* The first one counts; warnings are about imports met twice. */
	if (why->code[0] != '\0' || error->level < XML_ERR_ERROR)
		return;
	fault(why, "KND-903", "%.*s", (int)length, error->message != NULL ? error->message : "");
	if (error->file != NULL)
		failure_at(why, "%s:%d", error->file, error->line);
}

static bool compile(struct schema *schema, const char *path, struct failure *why)
{
	xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(path);
	struct failure first = { .code = "" };

	xmlSchemaSetParserStructuredErrors(parser, on_error, &first);
	schema->compiled = xmlSchemaParse(parser);
	xmlSchemaFreeParserCtxt(parser);
	if (schema->compiled != NULL)
		return true;
	fault(why, "KND-903", "%s",
	      first.text[0] != '\0' ? first.text : "libxml2 cannot compile the schema");
	return failure_at(why, "%s", first.place[0] != '\0' ? first.place : path);
}

bool schema_load(struct schema **out, const char *path, const char *folder, struct failure *why)
{
	struct schema *schema;
	bool done;

	*out = NULL;
	if (!schema_check_bounds(path, folder, why))
		return false;
	if (!document_allow_files(folder, why)) {
		fault(why, "KND-903", "the folder of the schema cannot be read");
		return failure_at(why, "%s", folder);
	}
	schema = must_alloc(sizeof *schema);
	done = compile(schema, path, why);
	document_forbid_files();
	if (done) {
		*out = schema;
		return true;
	}
	schema_free(schema);
	return false;
}

void schema_free(struct schema *schema)
{
	if (schema == NULL)
		return;
	xmlSchemaFree(schema->compiled);
	free(schema);
}
