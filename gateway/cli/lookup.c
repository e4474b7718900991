#include "cli/lookup.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

struct lookup {
	struct entry {
		const char *key; /* NULL: free */
		size_t number;
	} * entries;
	size_t count, room; /* room: a power of two, at most half full */
};

struct lookup *lookup_new(void)
{
	struct lookup *lookup = must_alloc(sizeof *lookup);

	lookup->room = 64;
	lookup->entries = must_alloc(lookup->room * sizeof *lookup->entries);
	return lookup;
}

void lookup_free(struct lookup *lookup)
{
	if (lookup == NULL)
		return;
	free(lookup->entries);
	free(lookup);
}

/* Keys are random or ours: nobody aims at this. */
static size_t hash(const char *key)
{
	uint64_t value = 14695981039346656037U;

	for (; *key != '\0'; key++)
		value = (value ^ (unsigned char)*key) * 1099511628211U;
	return (size_t)value;
}

static struct entry *place_of(const struct lookup *lookup, const char *key)
{
	size_t at = hash(key) & (lookup->room - 1);

	while (lookup->entries[at].key != NULL && strcmp(lookup->entries[at].key, key) != 0)
		at = (at + 1) & (lookup->room - 1);
	return &lookup->entries[at];
}

static void grow(struct lookup *lookup)
{
	struct lookup larger = { .room = 2 * lookup->room };

	larger.entries = must_alloc(larger.room * sizeof *larger.entries);
	for (size_t i = 0; i < lookup->room; i++)
		if (lookup->entries[i].key != NULL)
			lookup_put(&larger, lookup->entries[i].key, lookup->entries[i].number);
	free(lookup->entries);
	*lookup = larger;
}

void lookup_put(struct lookup *lookup, const char *key, size_t number)
{
	struct entry *entry;

	if (2 * (lookup->count + 1) > lookup->room)
		grow(lookup);
	entry = place_of(lookup, key);
	lookup->count += entry->key == NULL;
	*entry = (struct entry){ key, number };
}

bool lookup_get(const struct lookup *lookup, const char *key, size_t *number)
{
	const struct entry *entry = place_of(lookup, key);

	if (entry->key == NULL)
		return false;
	*number = entry->number;
	return true;
}
