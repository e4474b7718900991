/*
 * text - a string that grows, and the few spellings everybody needs.
 *
 * A struct text starts as TEXT_EMPTY, is appended to freely (allocation never
 * fails, see arena.h), is always NUL-terminated once anything was appended,
 * and is given back with text_free().
 *
 * Nothing here keeps state; any thread may call anything.
 */
#ifndef NSW_TEXT_H
#define NSW_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/failure.h"

struct text {
	char *bytes; /* NULL until something was appended */
	size_t length, room;
};

#define TEXT_EMPTY ((struct text){ NULL, 0, 0 })

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const void *bytes, size_t length);
void text_printf(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);
/* & < > " CR escaped; what XML cannot hold (control characters, broken UTF-8) becomes U+FFFD,
 * so that a stranger's bytes in a message of ours never spoil it. */
void text_add_xml(struct text *text, const char *string);
void text_clear(struct text *text); /* empty, room kept */
void text_free(struct text *text);
char *text_take(struct text *text); /* the string, never NULL; yours to free(); text is empty */

/* The whole file, appended; REJECT IO-001 when it cannot be read, IO-002 when larger than limit;
 * place is the path, and what was read so far is dropped. "-" is standard input. */
MUST_CHECK bool text_read_file(struct text *out, const char *path, size_t limit,
			       struct failure *why);
/* Written beside, synced, renamed: the file is the old one or the new one, never half of
 * either. `mode` is set exactly, whatever the umask. FAULT IO-003. */
MUST_CHECK bool file_write(const char *path, const void *bytes, size_t length, unsigned mode,
			   struct failure *why);

/* How many bytes the character at the front of `bytes` has: 1 to 4, or 0 when there is none
 * that XML may hold (broken, overlong, a surrogate, a control character). */
size_t utf8_step(const unsigned char *bytes, size_t length);

char *hex_text(struct arena *arena, const void *bytes, size_t length); /* lower case */
bool hex_parse(const char *text, unsigned char *bytes, size_t length); /* exact length */
char *base64_text(struct arena *arena, const void *bytes, size_t length);
/* Strict: padding required, unused bits zero, white space skipped; NULL when it is not base64. */
unsigned char *base64_parse(struct arena *arena, const char *text, size_t *length);

/* UUIDs are lower case with dashes, 36 characters. */
#define UUID_SIZE 37
bool uuid_valid(const char *text);
void uuid_random(char out[UUID_SIZE]);
/* Version 5 under this project's own namespace: the same three names give the same id
 * for ever, which is what makes a repeated answer the same answer. */
void uuid_derive(char out[UUID_SIZE], const char *cause, const char *party, const char *step);

/* A draw in [0, 1): a pure function of its keys, never a stream, so that threads and
 * retries cannot change it. The sentinel is NULL. */
double keyed_draw(const char *seed, ...) __attribute__((sentinel));

#endif
