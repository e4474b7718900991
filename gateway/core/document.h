/*
 * document - one XML document, parsed within bounds.
 *
 * Every XML byte this project reads goes through document_parse(): messages of
 * strangers with the strict limits, our own data files with the roomy ones. A
 * DOCTYPE is refused before a tree exists; entities, XInclude and the network
 * do not exist; size, depth, element count, attributes per element, namespace
 * declarations and text length are bounded while parsing. UTF-8 only (a BOM
 * may stand before it). What comes out is the one tree that the verifier, the
 * schema, the facts and the rules all read.
 *
 * libxml2 2.9.14 is quadratic in the attributes of one element (429 KB: 16 s),
 * which is why attributes are counted in the raw bytes before it sees them.
 *
 * A document belongs to one thread at a time. document_setup() is called once,
 * first thing in main(): it silences libxml2's own printing and shuts its
 * entity loader.
 */
#ifndef NSW_DOCUMENT_H
#define NSW_DOCUMENT_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/failure.h"

struct document;

struct document_limits {
	size_t bytes;	/* XML-002 */
	int depth;	/* XML-005; libxml2 itself stops at 256 */
	int elements;	/* XML-006 */
	int attributes; /* of one element, namespace declarations included; XML-007 */
	int namespaces; /* declarations in scope at any place; XML-007 */
	size_t text;	/* one text node or attribute value; XML-008; libxml2: 10,000,000 */
};

extern const struct document_limits document_limits_message; /* 8 MiB, 64, 500000, 64, 64, 4 MiB */
extern const struct document_limits document_limits_data;    /* our own files: 64 MiB */

void document_setup(void);
/* Between these two, in the thread that called them, libxml2 may read the files that a schema
 * includes or imports: from below `folder` and nowhere else, and none with a DOCTYPE.
 * REJECT IO-001 when there is no such folder. */
MUST_CHECK bool document_allow_files(const char *folder, struct failure *why);
void document_forbid_files(void);

/*
 * Parse bytes. `name` stands in failures as "NAME:LINE". All are REJECT:
 * XML-001 not well-formed (the parser's reason, with the line), XML-002 too large,
 * XML-003 DOCTYPE, XML-004 not UTF-8 (another encoding declared or found),
 * XML-005..008 the limits above, XML-009 empty.
 */
MUST_CHECK bool document_parse(struct document **out, const char *name, const void *bytes,
			       size_t length, const struct document_limits *limits,
			       struct failure *why);
/* The same for a file ("-" is standard input): also REJECT IO-001, IO-002. */
MUST_CHECK bool document_read(struct document **out, const char *path,
			      const struct document_limits *limits, struct failure *why);
void document_free(struct document *document); /* NULL is fine */

/* Borrowed: they live as long as the document. */
const char *document_name(const struct document *document);
xmlDocPtr document_tree(const struct document *document);
xmlNodePtr document_root(const struct document *document);

/* Small readers for trees of known shape. Names are local names in any namespace; strings are
 * copied into the arena, trimmed of white space at both ends; NULL when absent, as is
 * everything about a NULL node. */
xmlNodePtr child_named(xmlNodePtr parent, const char *name); /* first element child */
xmlNodePtr next_named(xmlNodePtr node, const char *name);    /* next sibling of that name */
const char *child_text(struct arena *arena, xmlNodePtr parent, const char *name);
const char *node_text(struct arena *arena, xmlNodePtr node);
const char *attribute_text(struct arena *arena, xmlNodePtr node, const char *name);
bool is_element(xmlNodePtr node, const char *ns, const char *name); /* `ns` NULL: any */
int node_line(xmlNodePtr node);

/* "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/Commodity": local names, a
 * position only where there are several. */
const char *node_path(struct arena *arena, xmlNodePtr node);

#endif
