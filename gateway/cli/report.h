/*
 * report - what is wrong with a document, as the person who must mend it reads it:
 *
 *	FILE:LINE: CODE: text
 *	  hint: what to do about it
 *
 * With --json a `finding` row each. The same form whether the findings were made here, came in
 * a signed refusal, or stand in the journal.
 */
#ifndef NSW_REPORT_H
#define NSW_REPORT_H

#include <stddef.h>

#include "cli/output.h"
#include "core/arena.h"
#include "core/document.h"
#include "core/findings.h"

/* `file` is whatever names the document. */
void report_findings(struct output *output, const char *file, const struct findings *findings);
void report_finding(struct output *output, const char *file, const struct finding *finding);

/* The Description of an Error in one language; NULL. */
const char *report_description(struct arena *arena, xmlNodePtr error, const char *language);
/* The findings that a receipt, refusal or response holds; none when it cannot be read. */
void report_read(struct findings *findings, const void *payload, size_t length);

#endif
