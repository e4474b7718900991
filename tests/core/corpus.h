/*
 * corpus - files that show what must be said to them: tests/corpus/KIND/CODE/NAME.xml.
 *
 * The folder's name is the code that the files in it must get; OK holds the good ones.
 */
#ifndef NSW_TEST_CORPUS_H
#define NSW_TEST_CORPUS_H

#include "core/text.h"

typedef void corpus_expect(const char *code, const struct text *bytes, const char *path);

/* Every file of every folder of tests/corpus/KIND; the test fails unless the folders are exactly
 * these codes (ended by NULL), with a file in each. */
void corpus_walk(const char *kind, const char *const codes[], corpus_expect *expect);

#endif
