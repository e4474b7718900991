#include "core/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 96 /* bytes; comparing costs the product of two lengths */

struct nearest nearest_to(const char *wanted)
{
	size_t length = strlen(wanted);

	return (struct nearest){ wanted, NULL, (length < 3 ? 1 : length / 3) + 1 };
}

static int lower(char c)
{
	return tolower((unsigned char)c);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment; the three rows are the only ones it looks back to. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *reused = before;

		before = above;
		above = row;
		row = reused;
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t change = lower(a[i - 1]) != lower(b[j - 1]);

			row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + change);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[b_length];
}

void nearest_offer(struct nearest *nearest, const char *word)
{
	size_t wanted = strlen(nearest->wanted), length = strlen(word);
	size_t found;

	if (wanted > LONGEST || length > LONGEST)
		return;
	/* The lengths alone say that it is too far away. */
	if (wanted + nearest->distance <= length || length + nearest->distance <= wanted)
		return;
	found = distance(nearest->wanted, wanted, word, length);
	/* "a" is not near to "b": something must be left of what was written. */
	if (found < nearest->distance && found < wanted) {
		nearest->word = word;
		nearest->distance = found;
	}
}

const char *nearest_text(const struct nearest *nearest, char buffer[NEAREST_TEXT_SIZE])
{
	buffer[0] = '\0';
	if (nearest->word != NULL)
		snprintf(buffer, NEAREST_TEXT_SIZE, " (did you mean '%s'?)", nearest->word);
	return buffer;
}
