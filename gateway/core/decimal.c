#include "core/decimal.h"

#include <string.h>

static bool no_number(struct decimal *out)
{
	*out = (struct decimal){ .length = 0 };
	return false;
}

/* Leading zeros go, and with nothing left the sign. */
static void trim(struct decimal *number)
{
	while (number->length > 0 && number->digits[number->length - 1] == 0)
		number->length--;
	if (number->length == 0)
		number->negative = false;
}

/* ---- text ----------------------------------------------------------------------------- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits of "12.50" from the last to the first; false when something else is among them. */
static bool read_digits(struct decimal *out, const char *start, const char *end)
{
	const char *point = NULL;

	for (const char *at = end; at-- > start;) {
		if (*at == '.' && point == NULL) {
			point = at;
			continue;
		}
		if (!is_digit(*at) || out->length == DECIMAL_DIGITS)
			return false;
		out->digits[out->length++] = (unsigned char)(*at - '0');
	}
	out->places = point != NULL ? (int)(end - point - 1) : 0;
	return out->length > 0;
}

bool decimal_parse(struct decimal *out, const char *text)
{
	const char *start = text, *end;

	*out = (struct decimal){ .length = 0 };
	while (is_space(*start))
		start++;
	end = start + strlen(start);
	while (end > start && is_space(end[-1]))
		end--;

	if (start < end && (*start == '-' || *start == '+'))
		out->negative = *start++ == '-';
	/* Zeros in front carry nothing and must not count as digits. */
	while (start < end - 1 && start[0] == '0' && (is_digit(start[1]) || start < end - 2))
		start++;
	if (!read_digits(out, start, end))
		return no_number(out);
	trim(out);
	return true;
}

const char *decimal_text(const struct decimal *number, char buffer[DECIMAL_TEXT_SIZE])
{
	/* At least one digit before the point: "0.05" has the digit 5 and two places. */
	int shown = number->length > number->places ? number->length : number->places + 1;
	char *to = buffer;

	if (number->negative)
		*to++ = '-';
	for (int i = shown; i-- > 0;) {
		*to++ = (char)('0' + (i < number->length ? number->digits[i] : 0));
		if (i == number->places && i != 0)
			*to++ = '.';
	}
	*to = '\0';
	return buffer;
}

/* ---- size, without the sign ----------------------------------------------------------- */

/* The digit worth 10^place; places behind the point are negative. */
static int digit_at(const struct decimal *number, int place)
{
	int i = place + number->places;

	return i >= 0 && i < number->length ? number->digits[i] : 0;
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static int top_of(const struct decimal *a, const struct decimal *b)
{
	return larger(a->length - a->places, b->length - b->places);
}

static int compare_size(const struct decimal *a, const struct decimal *b)
{
	int lowest = -larger(a->places, b->places);

	for (int place = top_of(a, b); place-- > lowest;) {
		int difference = digit_at(a, place) - digit_at(b, place);

		if (difference != 0)
			return difference;
	}
	return 0;
}

/* a + b, or a - b for a >= b, by size. */
static bool combine(struct decimal *out, const struct decimal *a, const struct decimal *b, int sign)
{
	struct decimal result = { .places = larger(a->places, b->places) };
	int carry = 0;

	for (int place = -result.places; place < top_of(a, b) || carry != 0; place++) {
		int digit = digit_at(a, place) + sign * digit_at(b, place) + carry;

		if (result.length == DECIMAL_DIGITS)
			return no_number(out);
		carry = digit < 0 ? -1 : digit / 10;
		result.digits[result.length++] = (unsigned char)(digit - 10 * carry);
	}
	trim(&result);
	*out = result;
	return true;
}

/* ---- numbers -------------------------------------------------------------------------- */

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	return a->negative ? compare_size(b, a) : compare_size(a, b);
}

bool decimal_add(struct decimal *out, const struct decimal *a, const struct decimal *b)
{
	bool swap = compare_size(a, b) < 0;
	const struct decimal *large = swap ? b : a, *small = swap ? a : b;
	bool negative = large->negative;

	if (!combine(out, large, small, a->negative == b->negative ? 1 : -1))
		return false;
	out->negative = negative && out->length > 0;
	return true;
}

bool decimal_subtract(struct decimal *out, const struct decimal *a, const struct decimal *b)
{
	struct decimal other = *b;

	other.negative = !b->negative && b->length > 0;
	return decimal_add(out, a, &other);
}

bool decimal_multiply(struct decimal *out, const struct decimal *a, const struct decimal *b)
{
	unsigned sums[2 * DECIMAL_DIGITS] = { 0 };
	struct decimal result = { .negative = a->negative != b->negative,
				  .places = a->places + b->places };
	unsigned carry = 0;

	for (int i = 0; i < a->length; i++)
		for (int j = 0; j < b->length; j++)
			sums[i + j] += (unsigned)a->digits[i] * b->digits[j];
	for (int i = 0; i < a->length + b->length; i++, carry /= 10) {
		carry += sums[i];
		if (i < DECIMAL_DIGITS)
			result.digits[result.length++] = (unsigned char)(carry % 10);
		else if (carry % 10 != 0)
			return no_number(out);
	}
	if (result.places > DECIMAL_DIGITS)
		return no_number(out);
	trim(&result);
	*out = result;
	return true;
}
