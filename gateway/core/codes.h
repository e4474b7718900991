/*
 * codes - code lists by date: currencies, ports, units, offices, tariff lines...
 *
 * schemas/codes/NAME.xml is the list NAME: rows with a value, from and until which day it
 * is valid (absent: always), and further attributes. Lists are read-only after loading and
 * shared by all threads.
 */
#ifndef NSW_CODES_H
#define NSW_CODES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/clock.h"
#include "core/failure.h"

struct codes;

/* Every *.xml of the folders; a later folder may extend a list with `extends="yes"`.
 * FAULT COD-901 list broken (place FILE:LINE) or folder unreadable, COD-902 the same list
 * twice. */
MUST_CHECK bool codes_load(struct codes **out, const char *const folders[], size_t count,
			   struct failure *why);
void codes_free(struct codes *codes); /* NULL is fine */

bool codes_has_list(const struct codes *codes, const char *list);
/* Is it a member on that day? */
bool codes_has(const struct codes *codes, const char *list, const char *value, gateway_time on);
/* The values of a list one by one, sorted; a value that changes comes once for each of its times. NULL
 * behind the last, or without the list. */
const char *codes_value(const struct codes *codes, const char *list, size_t index);
/* An attribute of the row valid on that day; NULL without row or attribute. Borrowed. */
const char *codes_attribute(const struct codes *codes, const char *list, const char *value,
			    const char *attribute, gateway_time on);

#endif
