/*
 * fuzz - bytes that anybody may have sent, for one reader at a time.
 *
 * Each target is a file beside this one: fuzz_set_up() is called once, fuzz_bytes() for each input.
 * Neither may fail for what the input is; what is wrong shows as a crash, a sanitizer's finding, an
 * assertion, or an input that takes too long. `seeds` says where each target's inputs begin.
 *
 * A target is linked with engine.c for libFuzzer (make fuzz), else with replay.c, whose main() gives
 * it every file of the folders it is called with, and mutations of each (make test).
 */
#ifndef NSW_FUZZ_H
#define NSW_FUZZ_H

#include <stddef.h>

#include "core/failure.h"

void fuzz_set_up(void);
void fuzz_bytes(const unsigned char *bytes, size_t size);

/* files.c */

/* A file that holds these bytes, for readers that want a path; good until the next call. */
const char *fuzz_file(const unsigned char *bytes, size_t size);
/* A copy with a NUL behind; free() it. */
char *fuzz_text(const unsigned char *bytes, size_t size);
/* The set-up itself must work. */
void fuzz_must(bool good, const struct failure *why);
/* A refusal has a code and a text. */
void fuzz_refused(const struct failure *why);

#endif
