/*
 * edit - a payload changed on purpose before it is signed: --set and --clock.
 *
 * Only the values named are replaced; every other byte stays as it is (splice.h).
 *
 * An edit is XPATH=VALUE. Names in the XPath match by local name in any namespace, so a
 * document's default namespace needs no prefix, and there are no prefixes. A path begins below
 * the root element ("DeclarationOfficeID=03CC"); "/" begins at the document, "//" looks
 * everywhere ("//Origin/CountryCode=TH"). It must find one attribute or one element without
 * elements in it; with "//" in it, it may find several, and sets them all.
 *
 * Dates are values that are an xs:date or xs:dateTime as a whole, or have a formatCode that begins
 * with year, month and day. They move by whole days: the time of day, the zone and the distance
 * between any two of them stay.
 */
#ifndef NSW_EDIT_H
#define NSW_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/document.h"
#include "core/failure.h"
#include "core/text.h"

/* Is it XPATH=VALUE, with an XPath that can be understood? REJECT CLI-001. */
MUST_CHECK bool edit_check(const char *edit, struct failure *why);
/* Make all edits; each looks at the payload as it was given. `name` stands in failures. REJECT
 * CLI-016 nothing or too much found; XML-…. */
MUST_CHECK bool edit_values(struct text *payload, const char *name, const char *const edits[],
			    size_t count, struct failure *why);

/* Names match by local name from then on: what an XPath without prefixes needs. */
void edit_forget_namespaces(xmlNodePtr element);

#define EDIT_NO_DAY INT64_MIN
/* Days since 1970-01-01 in Viet Nam. */
int64_t edit_day(gateway_time when);
/* The day a document was issued on: `fact` (NULL: none) if it is a date, else the root's
 * IssueDateTime; EDIT_NO_DAY when neither is. */
int64_t edit_issued(const struct document *document, const char *fact);
/* Append the payload with every date moved by so many days. REJECT CLI-016 beyond the years 1000
 * to 9999; XML-…. */
MUST_CHECK bool edit_dates(struct text *out, const struct text *payload, const char *name,
			   int64_t days, struct failure *why);

#endif
