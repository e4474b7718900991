/*
 * splice - new values put into a document's bytes; all its other bytes stay as they are.
 *
 * A node is marked in the tree with its new value. splice_write() then walks the tree and the
 * bytes it was parsed from side by side, and writes each value where the old one stood: quotes,
 * white space, comments and the XML declaration of everything else are not touched.
 *
 * Marks use the node's `_private`, which document.h leaves alone. A tree belongs to one thread.
 */
#ifndef NSW_SPLICE_H
#define NSW_SPLICE_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/document.h"
#include "core/text.h"

/* May its value be replaced: an attribute, or an element that holds no element? */
bool splice_possible(xmlNodePtr node);
/* The value, as text that knows no XML, must live until splice_write(). The last mark counts. */
void splice_mark(xmlNodePtr node, const char *value);

/* Append the bytes with the marked values in their places. They must be those that the document
 * was parsed from, and no element or attribute may have been added or taken away since. */
void splice_write(struct text *out, const struct document *document, const char *bytes,
		  size_t length);

#endif
