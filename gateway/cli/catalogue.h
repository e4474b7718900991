/*
 * catalogue - what schemas/catalogue.xml says of a code: here, the hint.
 *
 * The catalogue is a help, not a need: where it is missing or broken there are no hints.
 */
#ifndef NSW_CATALOGUE_H
#define NSW_CATALOGUE_H

#include "core/arena.h"

/* The English hint for a code, in the arena; NULL when there is none. */
const char *catalogue_hint(const char *path, const char *code, struct arena *arena);

#endif
