/* --set and --clock change what they name, and not one other byte. */
#include "cli/edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/splice.h"

/* Everything that a serialiser would write otherwise: quotes, blanks, empty elements, entities, a
 * comment between, CDATA, no newline at the end. */
#define HEAD "<?xml version='1.0'  encoding=\"UTF-8\" ?>\r\n<!-- <Office>0</Office> -->\n"
#define BODY                                                                                       \
	"<p:Doc xmlns:p='urn:x' xmlns = \"urn:y\"  p:a='1' b = '2'><Office >03CC</Office >"        \
	"<Empty/><Empty  c=\"&#65;\" /><Mixed>a<!-- </Mixed> "                                     \
	"--><![CDATA[</Mixed>]]>&amp;b</Mixed>"                                                    \
	"<Item><Origin>TH</Origin><No>1</No></Item><Item><Origin>VN</Origin><No>2</No></Item>"     \
	"<?go <Office>1</Office>?></p:Doc>"

struct change {
	const char *edits[4];
	const char *was, *is; /* the one place that differs */
};

static void replace(struct text *out, const char *whole, const char *was, const char *is)
{
	const char *at = strstr(whole, was);

	assert_non_null(at);
	text_add_bytes(out, whole, (size_t)(at - whole));
	text_add(out, is);
	text_add(out, at + strlen(was));
}

static size_t count_of(const char *const edits[])
{
	size_t count = 0;

	while (edits[count] != NULL)
		count++;
	return count;
}

static const struct change changes[] = {
	{ { "Office=02CI" }, "<Office >03CC</Office >", "<Office >02CI</Office >" },
	{ { "/Doc/Office=02CI" }, "<Office >03CC<", "<Office >02CI<" },
	{ { "//Office=" }, "<Office >03CC<", "<Office ><" },
	{ { "Office/text()=x" }, "<Office >03CC<", "<Office >x<" },
	{ { "Office=a<b&\"c\"" }, "<Office >03CC<", "<Office >a&lt;b&amp;&quot;c&quot;<" },
	{ { "@a=9" }, "p:a='1'", "p:a=\"9\"" },
	{ { "@b=it's" }, "b = '2'", "b = \"it's\"" },
	{ { "Empty[1]=now" }, "<Empty/>", "<Empty>now</Empty>" },
	{ { "Empty[2]=now" }, "<Empty  c=\"&#65;\" />", "<Empty  c=\"&#65;\" >now</Empty>" },
	{ { "Empty[2]=now", "Empty/@c=B" },
	  "<Empty  c=\"&#65;\" />",
	  "<Empty  c=\"B\" >now</Empty>" },
	{ { "Mixed=plain" },
	  "<Mixed>a<!-- </Mixed> --><![CDATA[</Mixed>]]>&amp;b</Mixed>",
	  "<Mixed>plain</Mixed>" },
	{ { "Item[No='2']/Origin=TH" }, "<Origin>VN<", "<Origin>TH<" },
	{ { "Item[2]/Origin=LA", "Item[2]/Origin=KH" }, "<Origin>VN<", "<Origin>KH<" },
	{ { "//Item[1]/*=7" }, "<Origin>TH</Origin><No>1</No>", "<Origin>7</Origin><No>7</No>" },
	{ { "Office=[=]" }, "<Office >03CC<", "<Office >[=]<" },
	/* Each looks at the document as it was. */
	{ { "//Origin[. = 'TH']=VN", "Item[Origin='VN']/No=9" },
	  "TH</Origin><No>1</No></Item><Item><Origin>VN</Origin><No>2<",
	  "VN</Origin><No>1</No></Item><Item><Origin>VN</Origin><No>9<" },
};

static void test_what_is_named_is_changed_and_no_other_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct text payload = TEXT_EMPTY, expected = TEXT_EMPTY;
		struct failure why;

		text_add(&payload, HEAD BODY);
		replace(&expected, HEAD BODY, changes[i].was, changes[i].is);
		if (!edit_values(&payload, "doc.xml", changes[i].edits, count_of(changes[i].edits),
				 &why))
			fail_msg("%s: %s", changes[i].edits[0], why.text);
		assert_string_equal(payload.bytes, expected.bytes);
		text_free(&payload);
		text_free(&expected);
	}
}

static const struct {
	const char *edit, *code, *text;
} refused[] = {
	{ "Ofice=1", "CLI-016", "did you mean 'Office'" },
	{ "Origin=1", "CLI-016", "(the first <Origin> is Item[1]/Origin)" },
	{ "Office/No=1", "CLI-016", "(the first <No> is Item[1]/No)" },
	{ "Doc=1", "CLI-016", "finds nothing below <Doc>;" },
	{ "@d=1", "CLI-016", "finds nothing" },
	{ "Item/Origin=TH", "CLI-016", "finds 2 places" },
	{ "Item[1]=TH", "CLI-016", "holds elements" },
	{ "/=TH", "CLI-016", "neither element nor attribute" },
	{ "count(Item)=2", "CLI-016", "neither element nor attribute" },
	{ "//comment()=2", "CLI-016", "neither element nor attribute" },
	{ "p:Office=1", "CLI-016", "without prefix" },
};

static void test_what_is_not_clear_is_refused_and_nothing_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		const char *edits[] = { "Office=never", refused[i].edit };
		struct text payload = TEXT_EMPTY;
		struct failure why;

		text_add(&payload, HEAD BODY);
		assert_false(edit_values(&payload, "doc.xml", edits, 2, &why));
		assert_string_equal(why.code, refused[i].code);
		if (strstr(why.text, refused[i].text) == NULL)
			fail_msg("%s: %s", refused[i].edit, why.text);
		assert_string_equal(why.place, "doc.xml");
		assert_string_equal(payload.bytes, HEAD BODY);
		text_free(&payload);
	}
}

static void test_a_document_that_is_none_is_refused(void **state)
{
	const char *edits[] = { "Office=1" };
	struct text payload = TEXT_EMPTY;
	struct failure why;

	(void)state;
	text_add(&payload, "<a><b></a>");
	assert_false(edit_values(&payload, "doc.xml", edits, 1, &why));
	assert_string_equal(why.code, "XML-001");
	text_free(&payload);
}

static void test_an_edit_is_checked_before_any_document_is_read(void **state)
{
	static const char *const good[] = { "Office=", "A[B='=']/C=x", "A[B=2]=x=y", "//A/@b=1" };
	static const char *const bad[] = { "",	    "=x",   "Office", "A[B=2]",
					   "A['=x", "A[=x", "A//=x",  "A B=x" };
	struct failure why;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!edit_check(good[i], &why))
			fail_msg("%s: %s", good[i], why.text);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (edit_check(bad[i], &why))
			fail_msg("%s is taken", bad[i]);
		assert_string_equal(why.code, "CLI-001");
	}
}

/* ---- dates ------------------------------------------------------------------------------------------ */

static const struct {
	int days;
	const char *was, *is; /* within <D>...</D>; `is` NULL: no date, so it stays */
} dates[] = {
	{ 1, "2014-02-28", "2014-03-01" },
	{ -1, "2016-03-01", "2016-02-29" },
	{ 643, "2014-02-26T14:20:00+07:00", "2015-12-01T14:20:00+07:00" },
	{ 1, "2014-12-31T23:59:59.999Z", "2015-01-01T23:59:59.999Z" },
	{ 1, "2014-12-31T23:59", "2015-01-01T23:59" },
	{ 1, "2014-12-31Z", "2015-01-01Z" },
	{ 1, "2014-12-31+07:00", "2015-01-01+07:00" },
	{ 1, " \n2014-12-31\t", " \n2015-01-01\t" },
	{ -5000, "1969-12-31", "1956-04-23" },
	{ 1, "2014-02-30", NULL },
	{ 1, "2014-13-01", NULL },
	{ 1, "2014-02-26-07", "2014-02-27-07" }, /* a zone, as far as one can see */
	{ 1, "INV-2014-02-26", NULL },
	{ 1, "2014-02-26 2014-02-27", NULL },
	{ 1, "2014-02-260", NULL },
	{ 1, "20140226", NULL }, /* a number, where no format says otherwise */
	{ 1, "2014-02-2", NULL },
	{ 1, "", NULL },
};

static void test_dates_move_and_everything_else_stays(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		struct text payload = TEXT_EMPTY, expected = TEXT_EMPTY, moved = TEXT_EMPTY;
		struct failure why;

		text_printf(&payload, "<a  x='1'><D>%s</D><!-- 2014-02-26 --></a>\n", dates[i].was);
		text_printf(&expected, "<a  x='1'><D>%s</D><!-- 2014-02-26 --></a>\n",
			    dates[i].is != NULL ? dates[i].is : dates[i].was);
		assert_true(edit_dates(&moved, &payload, "doc.xml", dates[i].days, &why));
		assert_string_equal(moved.bytes, expected.bytes);
		text_free(&payload);
		text_free(&expected);
		text_free(&moved);
	}
}

static void test_attributes_and_formats_are_dates_too(void **state)
{
	static const char was[] =
		"<a d='2014-02-26'><b formatCode=\"304\">20140226101500+07</b>"
		"<b formatCode='102'>20140226</b><b formatCode='718'>20140226</b></a>";
	static const char is[] =
		"<a d=\"2014-02-27\"><b formatCode=\"304\">20140227101500+07</b>"
		"<b formatCode='102'>20140227</b><b formatCode='718'>20140226</b></a>";
	struct text payload = TEXT_EMPTY, moved = TEXT_EMPTY;
	struct failure why;

	(void)state;
	text_add(&payload, was);
	assert_true(edit_dates(&moved, &payload, "doc.xml", 1, &why));
	assert_string_equal(moved.bytes, is);
	text_free(&payload);
	text_free(&moved);
}

static void test_a_date_out_of_the_calendar_is_refused(void **state)
{
	struct text payload = TEXT_EMPTY, moved = TEXT_EMPTY;
	struct failure why;

	(void)state;
	text_add(&payload, "<a>9999-12-31</a>");
	assert_false(edit_dates(&moved, &payload, "doc.xml", 1, &why));
	assert_string_equal(why.code, "CLI-016");
	text_free(&payload);
	text_free(&moved);
}

static const struct {
	const char *xml, *fact;
	const char *day; /* NULL: none */
} issued[] = {
	{ "<a/>", "2014-02-26", "2014-02-26" },
	{ "<a/>", "2014-02-25T20:00:00Z", "2014-02-26" }, /* the day it was here */
	{ "<a/>", "2014-02-26T10:00:00", "2014-02-26" },
	{ "<a><IssueDateTime>2014-02-26T00:00:00+07:00</IssueDateTime></a>", NULL, "2014-02-26" },
	{ "<a><IssueDateTime>2014-02-26</IssueDateTime></a>", "853TY-2014", "2014-02-26" },
	{ "<a><IssueDateTime><s formatCode='304'>20140226101500+07</s></IssueDateTime></a>", NULL,
	  "2014-02-26" },
	{ "<a><b><IssueDateTime>2014-02-26</IssueDateTime></b></a>", NULL, NULL },
	{ "<a/>", NULL, NULL },
};

static void test_the_day_of_issue_is_a_fact_or_stands_at_the_top(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof issued / sizeof *issued; i++) {
		int64_t expected = EDIT_NO_DAY;
		struct document *document;
		gateway_time moment;
		struct failure why;

		assert_true(document_parse(&document, "doc.xml", issued[i].xml,
					   strlen(issued[i].xml), &document_limits_message, &why));
		if (issued[i].day != NULL) {
			assert_true(time_parse(issued[i].day, &moment, &why));
			expected = edit_day(moment);
		}
		assert_int_equal(edit_issued(document, issued[i].fact), expected);
		document_free(document);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_named_is_changed_and_no_other_byte),
		cmocka_unit_test(test_what_is_not_clear_is_refused_and_nothing_changed),
		cmocka_unit_test(test_a_document_that_is_none_is_refused),
		cmocka_unit_test(test_an_edit_is_checked_before_any_document_is_read),
		cmocka_unit_test(test_dates_move_and_everything_else_stays),
		cmocka_unit_test(test_attributes_and_formats_are_dates_too),
		cmocka_unit_test(test_a_date_out_of_the_calendar_is_refused),
		cmocka_unit_test(test_the_day_of_issue_is_a_fact_or_stands_at_the_top),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
