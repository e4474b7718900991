#include "core/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/document.h"
#include "scratch.h"

static void test_facts_are_written_and_read_back(void **state)
{
	static const char written[] =
		"<facts kind=\"DEC-IMP\" version=\"1\"><function>9</function>"
		"<exporter>Ba &amp; Con &lt;Hà Nội&gt;</exporter>"
		"<item><hs>03061721</hs><origin>TH</origin></item><item></item></facts>";
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena, "DEC-IMP", "1"), *again;
	struct text text = TEXT_EMPTY;
	xmlNodePtr item;
	struct failure why;

	(void)state;
	facts_add(facts, NULL, "function", "9");
	facts_add(facts, NULL, "exporter", "Ba & Con <Hà Nội>");
	item = facts_add(facts, NULL, "item", NULL);
	facts_add(facts, item, "hs", "03061721");
	facts_add(facts, item, "origin", "TH");
	facts_add(facts, NULL, "item", "");
	facts_write(&text, facts);
	assert_string_equal(text.bytes, written);

	assert_true(facts_read(&again, arena, text.bytes, text.length, &why));
	text_clear(&text);
	facts_write(&text, again);
	assert_string_equal(text.bytes, written);
	assert_string_equal(facts_kind(again), "DEC-IMP");
	text_free(&text);
	arena_free(arena);
}

static void test_a_value_is_text_and_nothing_else(void **state)
{
	static const char value[] = "&amp; &lt;hs>1</hs> ]]> \"quoted\"\r\n&#13; %s";
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena, "A&B", "<1>"), *again;
	struct text text = TEXT_EMPTY;
	struct failure why;

	(void)state;
	facts_add(facts, NULL, "note", value);
	facts_write(&text, facts);
	assert_true(facts_read(&again, arena, text.bytes, text.length, &why));
	assert_string_equal(facts_get(again, "note"), value);
	assert_string_equal(facts_kind(again), "A&B");
	text_free(&text);
	arena_free(arena);
}

static void test_the_first_value_of_a_name_is_got(void **state)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena, "CAR", "2");

	(void)state;
	facts_add(facts, facts_add(facts, NULL, "item", NULL), "reference", "not this");
	facts_add(facts, NULL, "reference", " first ");
	facts_add(facts, NULL, "reference", "second");
	assert_string_equal(facts_get(facts, "reference"), "first");
	assert_null(facts_get(facts, "hs"));
	assert_ptr_equal(facts_root(facts), xmlDocGetRootElement(facts_tree(facts)));
	arena_free(arena);
}

static void test_broken_records_are_our_fault(void **state)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = {
		{ "", "cannot be read" },
		{ "<facts", "cannot be read: not well-formed" },
		{ "<!DOCTYPE facts><facts kind='X'/>", "DOCTYPE" },
		{ "<fact kind='X'/>", "have the root 'fact'" },
		{ "<facts xmlns='urn:x' kind='X'/>", "have the root" },
		{ "<facts/>", "name no kind" },
	};
	struct arena *arena = arena_new();
	struct facts *facts;
	struct failure why;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_false(facts_read(&facts, arena, rows[i].bytes, strlen(rows[i].bytes), &why));
		assert_null(facts);
		assert_failure(&why, FAULT, "FCT-001", NULL, rows[i].text);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts_are_written_and_read_back),
		cmocka_unit_test(test_a_value_is_text_and_nothing_else),
		cmocka_unit_test(test_the_first_value_of_a_name_is_got),
		cmocka_unit_test(test_broken_records_are_our_fault),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
