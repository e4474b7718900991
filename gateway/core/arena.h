/*
 * arena - memory with one lifetime.
 *
 * Everything allocated from an arena lives until arena_free(); nothing is
 * freed singly. There is one arena for the process, one for each message, one
 * for a function that needs scratch space. Allocation never returns NULL: a
 * process without memory ends with a clear line on stderr.
 *
 * An arena belongs to one thread at a time; handing a message to the next
 * thread hands its arena over too.
 */
#ifndef NSW_ARENA_H
#define NSW_ARENA_H

#include <stddef.h>

#include "core/failure.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is fine */

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for anything */
void *arena_copy(struct arena *arena, const void *bytes, size_t length); /* NUL added behind */
char *arena_string(struct arena *arena, const char *string);		 /* NULL gives NULL */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* Run when the arena is freed, last registered first: for what a library allocated. */
void arena_on_free(struct arena *arena, void (*release)(void *thing), void *thing);

/* Bytes held, for limits and figures. */
size_t arena_size(const struct arena *arena);

/* For the few things that outlive every arena: end the process rather than return NULL. */
void *must_alloc(size_t size); /* zeroed; free() it */
void *must_realloc(void *thing, size_t size);
char *must_string(const char *string);

#endif
