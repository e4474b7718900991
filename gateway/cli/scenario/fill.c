#include "cli/scenario/fill.h"

#include <string.h>

#include "core/text.h"

bool fill_split(struct arena *arena, const char *name, const char **alias, const char **what)
{
	const char *dot = strchr(name, '.');

	if (dot == NULL)
		return false;
	*alias = arena_copy(arena, name, (size_t)(dot - name));
	*what = dot + 1;
	return true;
}

/* What stands at "${"; *at moves behind the brace. */
static bool add_value(struct text *out, struct arena *arena, const char **at, fill_value *value,
		      void *context, struct failure *why)
{
	const char *end = strchr(*at, '}'), *found;

	if (end == NULL)
		return reject(why, "SCN-001", "'%.40s' has no closing brace", *at);
	found = value(context, arena_copy(arena, *at + 2, (size_t)(end - *at - 2)), why);
	if (found == NULL)
		return false;
	text_add(out, found);
	*at = end + 1;
	return true;
}

bool fill(const char **out, struct arena *arena, const char *text, fill_value *value, void *context,
	  struct failure *why)
{
	struct text filled = TEXT_EMPTY;
	bool fine = true;

	while (fine && *text != '\0') {
		const char *next = strstr(text, "${");

		text_add_bytes(&filled, text, next != NULL ? (size_t)(next - text) : strlen(text));
		if (next == NULL)
			break;
		text = next;
		fine = add_value(&filled, arena, &text, value, context, why);
	}
	if (fine)
		*out = arena_string(arena, filled.bytes != NULL ? filled.bytes : "");
	text_free(&filled);
	return fine;
}
