/*
 * schema_parts - the inside of schema.h.
 */
#ifndef NSW_SCHEMA_PARTS_H
#define NSW_SCHEMA_PARTS_H

#include <libxml/xmlschemas.h>

#include "core/schema.h"
#include "core/text.h"

struct schema {
	xmlSchemaPtr compiled;
};

/* Every file of it, before libxml2 sees one. FAULT KND-903, KND-904. */
MUST_CHECK bool schema_check_bounds(const char *path, const char *folder, struct failure *why);

/* One validity error on its way to a finding. */
struct complaint {
	const xmlError *error;
	xmlNodePtr node; /* element or attribute */
	const char *code;
	struct text en, vi, hint, hint_vi;
};

/* Fills in code and texts from error and node. */
void schema_describe(struct complaint *complaint);

#endif
