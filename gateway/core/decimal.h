/*
 * decimal - exact decimal numbers, for money and mass.
 *
 * Binary floating point cannot hold 0.1, so sums of amounts are made here, digit by digit, as
 * on paper. A decimal has a sign and at most DECIMAL_DIGITS digits, those behind the point
 * included; what is longer is no number, for input and results alike, so that a stranger's
 * million digits cost nothing. Declarations know 22 digits at most (n16,6).
 *
 * Values are plain structs, pure functions; any thread may call anything.
 */
#ifndef NSW_DECIMAL_H
#define NSW_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/failure.h"

#define DECIMAL_DIGITS	  128
#define DECIMAL_TEXT_SIZE (DECIMAL_DIGITS + 4) /* "-0." and the NUL */

struct decimal {
	bool negative;			      /* never for zero */
	int length;			      /* digits, leading zeros not counted */
	int places;			      /* how many of the digits stand behind the point */
	unsigned char digits[DECIMAL_DIGITS]; /* 0-9, the last one first */
};

/* "12", "-0.50", "+3.", ".5", white space around it: the forms of xs:decimal. False, and
 * zero, when it is no number: empty, an exponent, "NaN", too many digits. */
MUST_CHECK bool decimal_parse(struct decimal *out, const char *text);
/* Trailing zeros are kept: "1.50". */
const char *decimal_text(const struct decimal *number, char buffer[DECIMAL_TEXT_SIZE]);

/* False, and zero, when the result has too many digits. `out` may be an operand. */
MUST_CHECK bool decimal_add(struct decimal *out, const struct decimal *a, const struct decimal *b);
MUST_CHECK bool decimal_subtract(struct decimal *out, const struct decimal *a,
				 const struct decimal *b);
MUST_CHECK bool decimal_multiply(struct decimal *out, const struct decimal *a,
				 const struct decimal *b);

/* Less than, equal to or greater than 0, as a is to b; 1.5 equals 1.50. */
int decimal_compare(const struct decimal *a, const struct decimal *b);

#endif
