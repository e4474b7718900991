/* Words of strangers that would be something else elsewhere: a path, a statement, a line of a log. */
#include "counter.h"

static struct letter *referring(struct counter *counter, const char *reference)
{
	return letter_sealed(counter->arena, TRADER, "DEC-IMP",
			     declaration(counter->arena, MACHINE, reference));
}

static void test_a_reference_is_a_word_whatever_it_says(void **state)
{
	static const struct {
		const char *written, *means;
	} rows[] = {
		{ "../../../etc/passwd", "../../../etc/passwd" },
		{ "'); DROP TABLE record; --", "'); DROP TABLE record; --" },
		{ "R1' OR '1'='1", "R1' OR '1'='1" },
		{ "$(reboot) `reboot` | reboot", "$(reboot) `reboot` | reboot" },
		{ "%s%n%s%n", "%s%n%s%n" },
		{ "&lt;/ID&gt;&lt;ID&gt;X", "</ID><ID>X" },
		{ "&amp;lt;", "&lt;" },
		{ "a=b=c\\n", "a=b=c\\n" },
	};
	struct counter *counter = *state;

	counter_connect(counter, CUSTOMS, 1, 100);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct envelope customs;

		counter_accepts(counter, referring(counter, rows[i].written));
		customs = counter_take(counter, CUSTOMS);
		assert_string_equal(counter_case(counter, rows[i].means).reference, rows[i].means);
		counter_answers(counter, CUSTOMS, &customs, &released);
		counter_stands(counter, rows[i].means, "CLEARED");
	}
	counter_verify(counter);
}

/* What looks alike is told apart by there being one spelling: what routes and what names holds ASCII. */
static void test_what_routes_and_names_has_one_spelling(void **state)
{
	static const struct {
		const char *old, *new;
	} rows[] = {
		{ "<FunctionalReferenceID>R1<",
		  "<FunctionalReferenceID>S\xE1\xBB\x91-1<" }, /* composed */
		{ "<FunctionalReferenceID>R1<",
		  "<FunctionalReferenceID>So\xCC\x82\xCC\x81-1<" }, /* decomposed */
		{ "<FunctionalReferenceID>R1<",
		  "<FunctionalReferenceID>R\xEF\xBC\x91<" }, /* a wide digit */
		{ "<FunctionalReferenceID>R1<",
		  "<FunctionalReferenceID>R1\xE2\x80\x8B<" }, /* a space of no width */
		{ "<FunctionalReferenceID>R1<",
		  "<FunctionalReferenceID>R1\xE2\x80\xAE<" }, /* written backwards */
		{ "<TypeCode>A12<", "<TypeCode>\xD0\x90"
				    "12<" }, /* a Cyrillic letter */
		{ "<TypeCode>A12<", "<TypeCode>A\xCC\x81"
				    "12<" }, /* an accent of its own */
		{ "<ID>9900000016<", "<ID>99000000\xD9\xA1"
				     "6<" }, /* an Arabic digit */
	};
	struct counter *counter = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char *text = declaration(counter->arena, MACHINE, "R1");

		text = replaced(counter->arena, text, rows[i].old, rows[i].new);
		counter_refuses(counter, letter_sealed(counter->arena, TRADER, "DEC-IMP", text),
				"XSD-020");
	}
	counter_accepts(counter, referring(counter, "R1"));
}

/* The schema takes white space for one space: so does everybody who reads the reference. */
static void test_a_reference_in_two_lines_is_the_same_reference(void **state)
{
	static const char *const written[] = { "R1&#13;&#10;x", "R1  x", "R1\n\t x", " R1 x ",
					       "R1&#9;x" };
	struct counter *counter = *state;

	counter_accepts(counter, referring(counter, written[0]));
	assert_string_equal(counter_case(counter, "R1 x").reference, "R1 x");
	for (size_t i = 0; i < COUNT_OF(written); i++)
		counter_refuses(counter, referring(counter, written[i]), "IDM-03");
	counter_verify(counter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_COUNTER(test_a_reference_is_a_word_whatever_it_says),
		AT_COUNTER(test_a_reference_in_two_lines_is_the_same_reference),
		AT_COUNTER(test_what_routes_and_names_has_one_spelling),
	};

	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
