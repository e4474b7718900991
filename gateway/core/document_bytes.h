/*
 * document_bytes - what can be said about an XML document before it is parsed.
 *
 * Private to document.c. One pass over the bytes each for encoding, characters
 * and tags: linear in time, no memory. It is no second parser: it skips comments,
 * CDATA, processing instructions and quoted values exactly, and where a document
 * is broken it leaves the word to libxml2, which stops at the first error.
 */
#ifndef NSW_DOCUMENT_BYTES_H
#define NSW_DOCUMENT_BYTES_H

#include "core/document.h"

/* REJECT XML-001 (a character XML may not hold), XML-002, XML-003, XML-004, XML-007, XML-009. */
MUST_CHECK bool document_bytes_check(const char *name, const void *bytes, size_t length,
				     const struct document_limits *limits, struct failure *why);

#endif
