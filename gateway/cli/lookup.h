/* lookup - from a string to a number: ids to places in a list. Keys are borrowed. One thread. */
#ifndef NSW_LOOKUP_H
#define NSW_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

struct lookup;

struct lookup *lookup_new(void);
void lookup_free(struct lookup *lookup); /* NULL is fine */
/* A key that is there already gets the new number. */
void lookup_put(struct lookup *lookup, const char *key, size_t number);
bool lookup_get(const struct lookup *lookup, const char *key, size_t *number);

#endif
