/*
 * check_digits - identifiers whose last digit is computed from the others.
 *
 * Each is exact: no blanks, no lower case, no prefix.
 */
#ifndef NSW_CHECK_DIGITS_H
#define NSW_CHECK_DIGITS_H

#include <stdbool.h>

/* ISO 6346: owner, category U, J or Z, six digits, check digit: "CSQU3054383". */
bool container_id_valid(const char *id);
/* Viet Nam: ten digits, or with a branch, "9900000016-001". */
bool tax_code_valid(const char *id);
/* Ships: seven digits, "9074729". */
bool imo_number_valid(const char *id);

#endif
