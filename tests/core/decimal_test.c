#include "core/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEN	"1234567890"
#define FIFTY	TEN TEN TEN TEN TEN
#define HUNDRED FIFTY FIFTY
#define WHOLE	HUNDRED TEN TEN "12345678" /* 128 digits: as many as there may be */

static const char *text_of(const struct decimal *number)
{
	static char buffer[DECIMAL_TEXT_SIZE];

	return decimal_text(number, buffer);
}

static void test_numbers_are_read_as_xs_decimal_writes_them(void **state)
{
	static const struct {
		const char *text, *read;
		int places;
	} rows[] = {
		{ "0", "0", 0 },
		{ "-0", "0", 0 },
		{ "-0.00", "0.00", 2 },
		{ "12", "12", 0 },
		{ "+12", "12", 0 },
		{ "-12.50", "-12.50", 2 },
		{ ".5", "0.5", 1 },
		{ "5.", "5", 0 },
		{ "0.05", "0.05", 2 },
		{ "000123.4500", "123.4500", 4 },
		{ " \t\r\n7.1\n", "7.1", 1 },
		{ WHOLE, WHOLE, 0 },
		{ "0000" WHOLE, WHOLE, 0 },
		{ "." WHOLE, "0." WHOLE, 128 },
		{ "-0." WHOLE, "-0." WHOLE, 128 },
		{ "0.0" WHOLE, NULL, 0 },
		{ "0.", "0", 0 },
		{ WHOLE "1", NULL, 0 },
		{ "", NULL, 0 },
		{ " ", NULL, 0 },
		{ ".", NULL, 0 },
		{ "-", NULL, 0 },
		{ "--1", NULL, 0 },
		{ "1-", NULL, 0 },
		{ "1 2", NULL, 0 },
		{ "1,5", NULL, 0 },
		{ "1.5.5", NULL, 0 },
		{ "1e5", NULL, 0 },
		{ "0x10", NULL, 0 },
		{ "NaN", NULL, 0 },
		{ "INF", NULL, 0 },
		{ "١٢", NULL, 0 }, /* digits, but not ours */
	};
	struct decimal number;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (decimal_parse(&number, rows[i].text) != (rows[i].read != NULL))
			fail_msg("'%s'", rows[i].text);
		if (rows[i].read == NULL) {
			assert_string_equal(text_of(&number), "0");
			continue;
		}
		assert_string_equal(text_of(&number), rows[i].read);
		assert_int_equal(number.places, rows[i].places);
	}
}

typedef bool operation(struct decimal *out, const struct decimal *a, const struct decimal *b);

static const struct {
	operation *operation;
	const char *a, *b, *result; /* NULL: too many digits */
} sums[] = {
	{ decimal_add, "0.1", "0.2", "0.3" },
	{ decimal_add, "1", "0.001", "1.001" },
	{ decimal_add, "999.99", "0.01", "1000.00" },
	{ decimal_add, "-5", "3", "-2" },
	{ decimal_add, "5", "-3.25", "1.75" },
	{ decimal_add, "-5", "-3", "-8" },
	{ decimal_add, "-5.0", "5", "0.0" },
	{ decimal_add, "0", "-7", "-7" },
	{ decimal_add, "1000", "-0.001", "999.999" },
	{ decimal_add, "0.00", "0", "0.00" },
	{ decimal_add, WHOLE, "1", HUNDRED TEN TEN "12345679" },
	{ decimal_add, WHOLE, "0.1", NULL },
	{ decimal_subtract, "10", "9.99", "0.01" },
	{ decimal_subtract, "9.99", "10", "-0.01" },
	{ decimal_subtract, "5", "-5", "10" },
	{ decimal_subtract, "0", "0", "0" },
	{ decimal_subtract, "0", "3", "-3" },
	{ decimal_multiply, "12.50", "4", "50.00" },
	{ decimal_multiply, "-1.5", "1.5", "-2.25" },
	{ decimal_multiply, "-2", "-3", "6" },
	{ decimal_multiply, "-2", "0", "0" },
	{ decimal_multiply, "0.01", "0.01", "0.0001" },
	{ decimal_multiply, "99999999.999999", "99999999.999999", "9999999999999800.000000000001" },
	{ decimal_multiply, "22785000", "0.1", "2278500.0" },
	{ decimal_multiply, WHOLE, "1", WHOLE },
	{ decimal_multiply, WHOLE, "10", NULL },
	{ decimal_multiply, "0." WHOLE, "0.1", NULL },
	{ decimal_multiply, WHOLE, WHOLE, NULL },
};

static void test_sums_and_products_are_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
		struct decimal a, b, result;

		assert_true(decimal_parse(&a, sums[i].a));
		assert_true(decimal_parse(&b, sums[i].b));
		if (sums[i].operation(&result, &a, &b) != (sums[i].result != NULL))
			fail_msg("%s and %s", sums[i].a, sums[i].b);
		assert_string_equal(text_of(&result),
				    sums[i].result != NULL ? sums[i].result : "0");
		assert_string_equal(text_of(&a), sums[i].a); /* operands are only looked at */
	}
}

static void test_an_operand_may_be_the_result(void **state)
{
	struct decimal sum, tenth;

	(void)state;
	assert_true(decimal_parse(&sum, "0"));
	assert_true(decimal_parse(&tenth, "0.1"));
	for (int i = 0; i < 1000; i++)
		assert_true(decimal_add(&sum, &sum, &tenth));
	assert_string_equal(text_of(&sum), "100.0");
	assert_true(decimal_multiply(&sum, &sum, &sum));
	assert_string_equal(text_of(&sum), "10000.00");
	assert_true(decimal_subtract(&sum, &tenth, &sum));
	assert_string_equal(text_of(&sum), "-9999.90");
	assert_true(decimal_subtract(&sum, &sum, &sum));
	assert_string_equal(text_of(&sum), "0.00");
}

static void test_numbers_compare_by_value(void **state)
{
	/* Each less than the next. */
	static const char *const order[] = { "-100", "-99.99", "-0.01", "0",  "0.0001", "0.01",
					     "1",    "1.5",    "1.51",	"10", WHOLE };
	struct decimal a, b;

	(void)state;
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		for (size_t j = 0; j < sizeof order / sizeof *order; j++) {
			int sign;

			assert_true(decimal_parse(&a, order[i]));
			assert_true(decimal_parse(&b, order[j]));
			sign = decimal_compare(&a, &b);
			assert_int_equal((sign > 0) - (sign < 0), (i > j) - (i < j));
		}
	assert_true(decimal_parse(&a, "1.50") && decimal_parse(&b, "01.5"));
	assert_int_equal(decimal_compare(&a, &b), 0);
	assert_true(decimal_parse(&a, "-0.00") && decimal_parse(&b, "0"));
	assert_int_equal(decimal_compare(&a, &b), 0);
}

/* Against 64-bit integers, which are exact as well. */
static void test_random_sums_agree_with_integers(void **state)
{
	uint64_t seed = 20140226;
	char text[32];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		int64_t x, y;
		struct decimal a, b, result;

		seed = seed * 6364136223846793005U + 1442695040888963407U;
		x = (int64_t)(seed >> 34) - (1 << 29);
		seed = seed * 6364136223846793005U + 1442695040888963407U;
		y = (int64_t)(seed >> (34 + i % 20)) - (i % 7 << 9);
		snprintf(text, sizeof text, "%lld", (long long)x);
		assert_true(decimal_parse(&a, text));
		snprintf(text, sizeof text, "%lld", (long long)y);
		assert_true(decimal_parse(&b, text));
		assert_true(decimal_add(&result, &a, &b));
		assert_true(strtoll(text_of(&result), NULL, 10) == x + y);
		assert_true(decimal_subtract(&result, &a, &b));
		assert_true(strtoll(text_of(&result), NULL, 10) == x - y);
		assert_true(decimal_multiply(&result, &a, &b));
		assert_true(strtoll(text_of(&result), NULL, 10) == x * y);
		assert_int_equal(decimal_compare(&a, &b) > 0, x > y);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_are_read_as_xs_decimal_writes_them),
		cmocka_unit_test(test_sums_and_products_are_exact),
		cmocka_unit_test(test_an_operand_may_be_the_result),
		cmocka_unit_test(test_numbers_compare_by_value),
		cmocka_unit_test(test_random_sums_agree_with_integers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
