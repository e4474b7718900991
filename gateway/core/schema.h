/*
 * schema - an XSD, bounded when it is loaded, whose verdicts are findings.
 *
 * The verdict is libxml2's own (and so xmllint's); what is added is words. Schemas come with
 * kinds that anybody may bring along, so before libxml2 compiles one, every file of it is
 * read and refused when it reaches outside its folder or for the network, or asks for more
 * than a bounded amount of work for one document:
 *
 *	maxOccurs, minOccurs	100,000 at most, or unbounded
 *	xs:key, xs:unique	16 together; libxml2 looks keys up in a hash table
 *	xs:keyref		none: its cost grows with the square of the document
 *	files			100
 *
 * A pattern with a negated escape beside something else in one group, as `[\P{Cc}\s]*`, is
 * mis-evaluated by libxml2 2.9.14: the log says so at load.
 *
 * A schema is read-only and shared by all threads (tried under TSan with an instrumented
 * libxml2). schema_load() is for one thread, after document_setup().
 */
#ifndef NSW_SCHEMA_H
#define NSW_SCHEMA_H

#include "core/document.h"
#include "core/findings.h"

#define SCHEMA_OCCURS	   100000
#define SCHEMA_CONSTRAINTS 16
#define SCHEMA_FILES	   100

struct schema;

/* Everything it includes or imports must be below `folder`. FAULT KND-903 missing or broken,
 * KND-904 unbounded or hostile; place FILE:LINE. */
MUST_CHECK bool schema_load(struct schema **out, const char *path, const char *folder,
			    struct failure *why);
void schema_free(struct schema *schema); /* NULL is fine */

/*
 * Every violation becomes one finding of layer S:
 *
 *	XSD-010	an element does not belong here (the text says which do)
 *	XSD-011	an element ends too early
 *	XSD-012	content of the wrong sort: text between elements, elements in a value
 *	XSD-020	a value outside its type, enumeration, pattern, length or range
 *	XSD-030	an attribute is missing, or not known
 *	XSD-040	the root is not one of this schema's
 *	XSD-050	xsi:type or xsi:nil where it cannot be
 *	XSD-060	a key is missing or not unique
 *	XSD-099	anything else, in libxml2's words
 *
 * False only on FAULT XSD-901: libxml2 could not come to a verdict.
 */
MUST_CHECK bool schema_validate(const struct schema *schema, const struct document *document,
				struct findings *findings, struct failure *why);

#endif
