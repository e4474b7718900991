/*
 * hs - prefixes of the Harmonised System, as tables of ours name goods by them.
 *
 * "03 1604 0201-0210": prefixes of two to ten digits, and ranges of prefixes of equal length;
 * the last of a range is in it with all that begins like it. Any thread may ask.
 */
#ifndef NSW_HS_H
#define NSW_HS_H

#include "core/datafile.h"

struct hs_range { /* "0201-0210", or one alone: then both are the same */
	const char *first, *last;
};

/* The words of an attribute, in the file's arena; none when it is absent. A FAULT with the
 * file's code where a word is no range. */
MUST_CHECK bool hs_read(struct hs_range **out, size_t *count, const struct datafile *file,
			struct arena *arena, xmlNodePtr node, const char *attribute,
			struct failure *why);
/* Does one of them hold it? A code shorter than a prefix is not in it. */
bool hs_in(const struct hs_range *ranges, size_t count, const char *hs);

#endif
