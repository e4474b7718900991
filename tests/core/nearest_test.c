#include "core/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const words[] = { "namespace", "root", "when", "Declaration", "id", "Response" };

static const char *near(const char *wanted)
{
	struct nearest nearest = nearest_to(wanted);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		nearest_offer(&nearest, words[i]);
	return nearest.word;
}

static void test_a_mistyped_word_finds_the_one_that_was_meant(void **state)
{
	static const struct {
		const char *wanted, *found;
	} rows[] = {
		{ "Declaratoin", "Declaration" }, /* two letters swapped count once */
		{ "declaration", "Declaration" }, /* case counts nothing */
		{ "Declaration", "Declaration" },
		{ "namspace", "namespace" },
		{ "namespaces", "namespace" },
		{ "wen", "when" },
		{ "di", "id" },
		{ "Consignment", NULL },
		{ "xx", NULL },
		{ "r", NULL }, /* nothing of it would be left */
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *found = near(rows[i].wanted);

		if (rows[i].found == NULL)
			assert_null(found);
		else
			assert_string_equal(found, rows[i].found);
	}
}

static void test_the_nearest_of_several_wins(void **state)
{
	struct nearest nearest = nearest_to("GoodsItems");

	(void)state;
	nearest_offer(&nearest, "GoodsMemo");
	nearest_offer(&nearest, "GoodsItem");
	nearest_offer(&nearest, "GoodsTimes");
	assert_string_equal(nearest.word, "GoodsItem");
	assert_int_equal(nearest.distance, 1);
}

static void test_what_is_very_long_is_near_to_nothing(void **state)
{
	char lengthy[5000];
	struct nearest nearest;

	(void)state;
	memset(lengthy, 'a', sizeof lengthy);
	lengthy[sizeof lengthy - 1] = '\0';
	nearest = nearest_to(lengthy);
	nearest_offer(&nearest, lengthy);
	assert_null(nearest.word);
}

static void test_the_text_is_a_question_or_nothing(void **state)
{
	struct nearest nearest = nearest_to("rot");
	char text[NEAREST_TEXT_SIZE];

	(void)state;
	assert_string_equal(nearest_text(&nearest, text), "");
	nearest_offer(&nearest, "root");
	assert_string_equal(nearest_text(&nearest, text), " (did you mean 'root'?)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_mistyped_word_finds_the_one_that_was_meant),
		cmocka_unit_test(test_the_nearest_of_several_wins),
		cmocka_unit_test(test_what_is_very_long_is_near_to_nothing),
		cmocka_unit_test(test_the_text_is_a_question_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
