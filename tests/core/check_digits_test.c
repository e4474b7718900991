#include "core/check_digits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	bool (*valid)(const char *id);
	const char *id;
	bool verdict;
} rows[] = {
	{ container_id_valid, "CSQU3054383", true }, /* the example of ISO 6346 itself */
	{ container_id_valid, "MSKU6011672", true },
	{ container_id_valid, "CSQU3054384", false },
	{ container_id_valid, "CSQU3054338", false }, /* two digits swapped */
	{ container_id_valid, "CSQA3054383", false }, /* no such category */
	{ container_id_valid, "csqu3054383", false },
	{ container_id_valid, "CSQU305438", false },
	{ container_id_valid, "CSQU30543833", false },
	{ container_id_valid, " CSQU3054383", false },
	{ container_id_valid, "", false },
	{ tax_code_valid, "9900000016", true },
	{ tax_code_valid, "9900000016-001", true },
	{ tax_code_valid, "9900000017", false },
	{ tax_code_valid, "9900000016-01", false },
	{ tax_code_valid, "9900000016-0011", false },
	{ tax_code_valid, "990000001", false },
	{ tax_code_valid, "99000000l6", false },
	{ tax_code_valid, "0000000000", false }, /* its check value is ten: never issued */
	{ tax_code_valid, "", false },
	{ imo_number_valid, "9074729", true },
	{ imo_number_valid, "9074728", false },
	{ imo_number_valid, "0974729", false },
	{ imo_number_valid, "IMO9074729", false },
	{ imo_number_valid, "907472", false },
	{ imo_number_valid, "", false },
};

static void test_check_digits_are_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].valid(rows[i].id) != rows[i].verdict)
			fail_msg("'%s' should be %s", rows[i].id,
				 rows[i].verdict ? "valid" : "invalid");
}

/* What a modulus of eleven is for. (The IMO number's, ten, is weaker.) */
static void test_any_single_wrong_digit_is_found(void **state)
{
	static const struct {
		bool (*valid)(const char *id);
		const char *id;
	} good[] = { { container_id_valid, "CSQU3054383" }, { tax_code_valid, "9900000016" } };

	(void)state;
	for (size_t g = 0; g < sizeof good / sizeof *good; g++)
		for (size_t i = 0; i < strlen(good[g].id); i++)
			for (char digit = '0'; digit <= '9'; digit++) {
				char id[16];

				strcpy(id, good[g].id);
				if (id[i] > '9' || id[i] == digit)
					continue;
				id[i] = digit;
				if (good[g].valid(id))
					fail_msg("%s passes", id);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_digits_are_exact),
		cmocka_unit_test(test_any_single_wrong_digit_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
