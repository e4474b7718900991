#include "core/codes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/document.h"
#include "scratch.h"

#define CODES(attributes, rows) "<codes xmlns='urn:nsw:codes:1' " attributes ">\n" rows "</codes>"

static gateway_time on(const char *date)
{
	gateway_time when;

	assert_true(time_parse(date, &when, NULL));
	return when;
}

static const char currencies[] =
	CODES("id='currencies' title='Currencies' source='ISO 4217' mark='A'",
	      "<code value='VND' name='Dong' decimals='0'/>\n"
	      "<code value='USD' name='US dollar' decimals='2'/>\n"
	      "<code value='EEK' until='2010-12-31' decimals='2'/>\n"
	      "<code value='LTL' from='1993-06-25' until='2014-12-31'/>\n"
	      "<code value='TRY' from='2005-01-01' name='new lira'/>\n"
	      "<code value='TRY' until='2004-12-31' name='old lira'/>\n");

static void test_a_code_is_a_member_on_its_days(void **state)
{
	static const struct {
		const char *list, *value, *date;
		bool member;
	} rows[] = {
		{ "currencies", "VND", "1950-01-01", true },
		{ "currencies", "vnd", "2014-02-26", false },
		{ "currencies", "VN", "2014-02-26", false },
		{ "currencies", "", "2014-02-26", false },
		{ "currencies", "ZZZ", "2014-02-26", false },
		{ "currencies", "AAA", "2014-02-26", false },
		{ "currency", "VND", "2014-02-26", false },
		/* Days begin at 00:00 in Ha Noi, and the last one counts. */
		{ "currencies", "LTL", "1993-06-24T23:59:59.999+07:00", false },
		{ "currencies", "LTL", "1993-06-25", true },
		{ "currencies", "LTL", "2014-12-31T23:59:59.999+07:00", true },
		{ "currencies", "LTL", "2015-01-01", false },
		{ "currencies", "EEK", "2010-12-31T16:59:59.999Z", true },
		{ "currencies", "EEK", "2010-12-31T17:00:00Z", false },
	};
	struct scratch *scratch = scratch_new();
	const char *folder = scratch_folder(scratch);
	struct codes *codes;
	struct failure why;

	(void)state;
	scratch_write(scratch, "currencies.xml", currencies);
	assert_true(codes_load(&codes, &folder, 1, &why));
	assert_true(codes_has_list(codes, "currencies"));
	assert_false(codes_has_list(codes, "ports"));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (codes_has(codes, rows[i].list, rows[i].value, on(rows[i].date)) !=
		    rows[i].member)
			fail_msg("%s %s on %s", rows[i].list, rows[i].value, rows[i].date);

	assert_string_equal(codes_attribute(codes, "currencies", "VND", "decimals", 0), "0");
	assert_null(codes_attribute(codes, "currencies", "VND", "colour", 0));
	assert_null(codes_attribute(codes, "currencies", "XXX", "name", 0));
	assert_null(codes_attribute(codes, "ports", "VND", "name", 0));
	assert_string_equal(codes_attribute(codes, "currencies", "TRY", "name", on("2004-12-31")),
			    "old lira");
	assert_string_equal(codes_attribute(codes, "currencies", "TRY", "name", on("2005-01-01")),
			    "new lira");
	codes_free(codes);
	scratch_free(scratch);
}

static void test_a_later_folder_extends_a_list(void **state)
{
	struct scratch *scratch = scratch_new();
	const char *folders[] = { scratch_path(scratch, "a"), scratch_path(scratch, "b") };
	struct codes *codes;
	struct failure why;

	(void)state;
	scratch_write(scratch, "a/currencies.xml", currencies);
	scratch_write(scratch, "b/more.xml",
		      CODES("id='currencies' extends='yes'", "<code value='XTS' name='test'/>"));
	assert_true(codes_load(&codes, folders, 2, &why));
	assert_true(codes_has(codes, "currencies", "XTS", 0));
	assert_true(codes_has(codes, "currencies", "VND", 0));
	codes_free(codes);

	folders[0] = folders[1];
	folders[1] = scratch_path(scratch, "a");
	assert_false(codes_load(&codes, folders, 2, &why));
	assert_failure(&why, FAULT, "COD-901", "more.xml:1", "no code list 'currencies' to extend");
	scratch_free(scratch);
}

static void test_broken_lists_are_refused_with_file_and_line(void **state)
{
	static const struct {
		const char *content, *code, *place, *text;
	} rows[] = {
		{ "<codes", "COD-901", "z.xml:1", "not well-formed" },
		{ "<list xmlns='urn:nsw:codes:1'/>", "COD-901", "z.xml:1", "the root is 'list'" },
		{ CODES("title='x'", ""), "COD-901", "z.xml:1", "must have the attribute 'id'" },
		{ CODES("id='x' extend='yes'", ""), "COD-901", "z.xml:1",
		  "no attribute 'extend' (did you mean 'extends'?)" },
		{ CODES("id='x' extends='true'", ""), "COD-901", "z.xml:1", "extends='true'" },
		{ CODES("id='x'", "<code name='no value'/>"), "COD-901", "z.xml:2", "'value'" },
		{ CODES("id='x'", "<code value=' '/>"), "COD-901", "z.xml:2", "value is empty" },
		{ CODES("id='x'", "\n<code value='A' from='2014'/>"), "COD-901", "z.xml:3",
		  "from='2014' is no date" },
		{ CODES("id='x'", "<code value='A' from='2014-01-02' until='2014-01-01'/>"),
		  "COD-901", "z.xml:2", "'A' ends before it begins" },
		{ CODES("id='x'", "<code value='A'/>\n<code value='B'/>\n<code value='A'/>"),
		  "COD-901", "", "'A' is valid on the same day in" },
		{ CODES("id='x'", "<code value='A' until='2014-01-01'/>\n"
				  "<code value='A' from='2014-01-01'/>"),
		  "COD-901", "z.xml:3", "'A' is valid on the same day in" },
		{ CODES("id='currencies'", ""), "COD-902", "z.xml:1",
		  "the code list 'currencies' stands in" },
	};
	struct scratch *scratch = scratch_new();
	const char *folder = scratch_folder(scratch);
	struct codes *codes;
	struct failure why;

	(void)state;
	scratch_write(scratch, "currencies.xml", currencies);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		scratch_write(scratch, "z.xml", rows[i].content);
		if (codes_load(&codes, &folder, 1, &why))
			fail_msg("%s\nis accepted", rows[i].content);
		assert_null(codes);
		assert_failure(&why, FAULT, rows[i].code, rows[i].place, rows[i].text);
	}
	folder = scratch_path(scratch, "nowhere");
	assert_false(codes_load(&codes, &folder, 1, &why));
	assert_failure(&why, FAULT, "COD-901", "/nowhere", "cannot be read");
	scratch_free(scratch);
}

static void test_no_folder_is_no_list(void **state)
{
	struct codes *codes;
	struct failure why;

	(void)state;
	assert_true(codes_load(&codes, NULL, 0, &why));
	assert_false(codes_has_list(codes, "currencies"));
	codes_free(codes);
	codes_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_code_is_a_member_on_its_days),
		cmocka_unit_test(test_a_later_folder_extends_a_list),
		cmocka_unit_test(test_broken_lists_are_refused_with_file_and_line),
		cmocka_unit_test(test_no_folder_is_no_list),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
