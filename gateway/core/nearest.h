/*
 * nearest - "did you mean": the known word that a mistyped one is closest to.
 *
 *	struct nearest nearest = nearest_to("Declarnt");
 *
 *	for (...)
 *		nearest_offer(&nearest, known[i]);
 *	if (nearest.word != NULL)
 *		... "did you mean 'Declarant'?"
 *
 * Distance counts single bytes inserted, dropped, changed or swapped with their neighbour; a
 * difference of case alone counts as nothing. A word is near when at most a third of it is
 * wrong. Words are borrowed; very long ones are never near.
 */
#ifndef NSW_NEAREST_H
#define NSW_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *wanted;
	const char *word; /* the best so far; NULL while nothing is near */
	size_t distance;  /* of the best, or one more than the largest that is near */
};

struct nearest nearest_to(const char *wanted);
void nearest_offer(struct nearest *nearest, const char *word);

/* " (did you mean 'WORD'?)" into a buffer, or "" when nothing is near; returns buffer. */
#define NEAREST_TEXT_SIZE 128
const char *nearest_text(const struct nearest *nearest, char buffer[NEAREST_TEXT_SIZE]);

#endif
