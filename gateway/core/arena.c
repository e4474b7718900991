#include "core/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 8192

/* Under a sanitizer every allocation is one of its own, so that an overrun is seen. */
#if defined(__SANITIZE_ADDRESS__)
#define ONE_BLOCK_EACH 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_BLOCK_EACH 1
#endif
#endif
#ifndef ONE_BLOCK_EACH
#define ONE_BLOCK_EACH 0
#endif

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char bytes[];
};

struct cleanup {
	struct cleanup *next;
	void (*release)(void *thing);
	void *thing;
};

struct arena {
	struct block *blocks;	  /* newest first */
	struct cleanup *cleanups; /* newest first; they live in the blocks */
	size_t size;
};

static void out_of_memory(size_t size)
{
	fprintf(stderr, "out of memory: %zu bytes were refused\n", size);
	abort();
}

void *must_alloc(size_t size)
{
	void *thing = calloc(1, size != 0 ? size : 1);

	if (thing == NULL)
		out_of_memory(size);
	return thing;
}

void *must_realloc(void *thing, size_t size)
{
	void *moved = realloc(thing, size != 0 ? size : 1);

	if (moved == NULL)
		out_of_memory(size);
	return moved;
}

char *must_string(const char *string)
{
	char *copy = strdup(string);

	if (copy == NULL)
		out_of_memory(strlen(string));
	return copy;
}

struct arena *arena_new(void)
{
	return must_alloc(sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	for (struct cleanup *cleanup = arena->cleanups; cleanup != NULL; cleanup = cleanup->next)
		cleanup->release(cleanup->thing);
	for (struct block *block = arena->blocks, *next; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

static struct block *add_block(struct arena *arena, size_t size)
{
	struct block *block = must_alloc(sizeof *block + size);

	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	arena->size += sizeof *block + size;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t padded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	struct block *block = arena->blocks;
	void *thing;

	if (padded < size)
		out_of_memory(size);
	if (ONE_BLOCK_EACH)
		block = add_block(arena, size);
	else if (block == NULL || block->size - block->used < padded)
		block = add_block(arena, padded > BLOCK_SIZE ? padded : BLOCK_SIZE);
	thing = block->bytes + block->used;
	block->used += ONE_BLOCK_EACH ? size : padded;
	return thing;
}

void *arena_copy(struct arena *arena, const void *bytes, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	if (length != 0)
		memcpy(copy, bytes, length);
	return copy;
}

char *arena_string(struct arena *arena, const char *string)
{
	return string != NULL ? arena_copy(arena, string, strlen(string)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	int length;
	char *string;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		abort(); /* only a broken format string gets here */

	string = arena_alloc(arena, (size_t)length + 1);
	va_start(arguments, format);
	vsnprintf(string, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return string;
}

void arena_on_free(struct arena *arena, void (*release)(void *thing), void *thing)
{
	struct cleanup *cleanup = arena_alloc(arena, sizeof *cleanup);

	cleanup->release = release;
	cleanup->thing = thing;
	cleanup->next = arena->cleanups;
	arena->cleanups = cleanup;
}

size_t arena_size(const struct arena *arena)
{
	return arena->size;
}
