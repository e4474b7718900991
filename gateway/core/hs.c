#include "core/hs.h"

#include <string.h>

static bool digits(const char *text, size_t length)
{
	return length >= 2 && length <= 10 && strspn(text, "0123456789") >= length;
}

static bool read_range(struct hs_range *range, struct arena *arena, const char *word)
{
	const char *dash = strchr(word, '-');
	size_t length = dash != NULL ? (size_t)(dash - word) : strlen(word);

	if (!digits(word, length) ||
	    (dash != NULL && (strlen(dash + 1) != length || !digits(dash + 1, length))))
		return false;
	range->first = arena_copy(arena, word, length);
	range->last = dash != NULL ? dash + 1 : range->first;
	return strcmp(range->first, range->last) <= 0;
}

bool hs_read(struct hs_range **out, size_t *count, const struct datafile *file, struct arena *arena,
	     xmlNodePtr node, const char *attribute, struct failure *why)
{
	const char *const *words = datafile_list(file, node, attribute);
	size_t length = 0;

	while (words[length] != NULL)
		length++;
	*out = arena_alloc(arena, length * sizeof **out);
	*count = length;
	for (size_t i = 0; i < length; i++)
		if (!read_range(&(*out)[i], arena, words[i]))
			return datafile_fault(file, node, why,
					      "'%.60s' is no HS prefix or range of prefixes of "
					      "equal length, like 0306 or 0201-0210",
					      words[i]);
	return true;
}

static bool range_has(const struct hs_range *range, const char *hs)
{
	size_t length = strlen(range->first);

	return strncmp(hs, range->first, length) >= 0 && strncmp(hs, range->last, length) <= 0;
}

bool hs_in(const struct hs_range *ranges, size_t count, const char *hs)
{
	for (size_t i = 0; i < count; i++)
		if (range_has(&ranges[i], hs))
			return true;
	return false;
}
