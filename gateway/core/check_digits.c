#include "core/check_digits.h"

#include <stddef.h>
#include <string.h>

/* Does the text have this shape? 'A' is a capital, '9' a digit, others are themselves. */
static bool shaped(const char *text, const char *shape)
{
	for (; *shape != '\0'; shape++, text++) {
		bool fits = *shape == 'A'   ? *text >= 'A' && *text <= 'Z'
			    : *shape == '9' ? *text >= '0' && *text <= '9'
					    : *text == *shape;
		if (!fits)
			return false;
	}
	return *text == '\0';
}

/* A is 10, and so on; 11, 22 and 33 are passed over, being multiples of the modulus. */
static int container_value(char c)
{
	int letter = c - 'A';

	if (c <= '9')
		return c - '0';
	return 10 + letter + (letter > 0) + (letter > 10) + (letter > 20);
}

bool container_id_valid(const char *id)
{
	int sum = 0;

	if (!shaped(id, "AAAA9999999") || strchr("UJZ", id[3]) == NULL)
		return false;
	for (int i = 0; i < 10; i++)
		sum += container_value(id[i]) << i;
	return sum % 11 % 10 == id[10] - '0';
}

bool tax_code_valid(const char *id)
{
	static const int weights[] = { 31, 29, 23, 19, 17, 13, 7, 5, 3 };
	int sum = 0;

	if (!shaped(id, "9999999999") && !shaped(id, "9999999999-999"))
		return false;
	for (size_t i = 0; i < sizeof weights / sizeof *weights; i++)
		sum += weights[i] * (id[i] - '0');
	/* A check value of ten has no digit: such a code is never issued. */
	return 10 - sum % 11 == id[9] - '0';
}

bool imo_number_valid(const char *id)
{
	int sum = 0;

	if (!shaped(id, "9999999"))
		return false;
	for (int i = 0; i < 6; i++)
		sum += (7 - i) * (id[i] - '0');
	return sum % 10 == id[6] - '0';
}
