#include "core/rollout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/document.h"
#include "scratch.h"

#define ROLLOUT(rows) "<rollout xmlns='urn:nsw:rollout:1'>\n" rows "</rollout>"

static gateway_time on(const char *date)
{
	gateway_time when;

	assert_true(time_parse(date, &when, NULL));
	return when;
}

static struct rollout *calendar(struct scratch *scratch, const char *content)
{
	const char *folder = scratch_folder(scratch);
	struct rollout *rollout;
	struct failure why;

	scratch_write(scratch, "rollout.xml", content);
	if (!rollout_load(&rollout, &folder, 1, "", &why))
		fail_msg("%s: %s", why.place, why.text);
	return rollout;
}

/* ---- states ---------------------------------------------------------------------------- */

static const char story[] = ROLLOUT(
	"<row of='FOOD' state='LIVE' used='2015-12-01' earliest='2015-10-01' "
	"latest='2015-12-31'/>\n"
	"<row of='CUSTOMS TRADE' state='LIVE' used='2014-02-26'/>\n"
	"<row of='CUSTOMS-IMP' place='03 0201' via='pilot' state='LIVE' used='2005-06-20'/>\n"
	"<row of='CUSTOMS-IMP' state='LIVE' used='2014-02-26'/>\n"
	"<row of='TRADE-FORM' state='PARALLEL' used='2014-02-26'/>\n"
	"<row of='TRADE-FORM' state='LIVE' used='2015-05-06'/>\n"
	"<row of='ABROAD' state='TEST' used='2011-01-01'/>\n"
	"<row of='ABROAD' state='ENDED' used='2013-04-01'/>\n"
	"<row of='ABROAD' state='PARALLEL' used='2015-09-08'/>\n"
	"<row of='TWICE' state='TEST' used='2015-09-08'/>\n"
	"<row of='TWICE' state='LIVE' used='2015-09-08'/>\n"
	"<row of='GONE' state='NONE' used='2001-01-01'/>\n"
	"<row used='2015-09-04' title='a protocol is signed'/>\n");

static void test_the_latest_row_that_has_begun_and_fits_counts(void **state)
{
	static const struct {
		const char *party, *procedure, *place, *at;
		enum link_state state;
		const char *since; /* NULL: no row */
	} rows[] = {
		/* Days begin at 00:00 in Ha Noi. */
		{ "FOOD", NULL, NULL, "2005-01-01", LINK_NONE, NULL },
		{ "FOOD", NULL, NULL, "2015-11-30T23:59:59.999+07:00", LINK_NONE, NULL },
		{ "FOOD", NULL, NULL, "2015-12-01", LINK_LIVE, "2015-12-01" },
		{ "FOOD", NULL, NULL, "2015-11-30T17:00:00Z", LINK_LIVE, "2015-12-01" },
		{ "FOOD", NULL, NULL, "2025-12-01", LINK_LIVE, "2015-12-01" },
		/* A procedure follows its party... */
		{ "FOOD", "FOOD-IMP", NULL, "2015-11-30", LINK_NONE, NULL },
		{ "FOOD", "FOOD-IMP", NULL, "2015-12-01", LINK_LIVE, "2015-12-01" },
		/* ...unless it is named: then its rows count on any date. */
		{ "TRADE", "TRADE-FORM", NULL, "2014-02-25", LINK_NONE, NULL },
		{ "TRADE", "TRADE-FORM", NULL, "2014-02-26", LINK_PARALLEL, "2014-02-26" },
		{ "TRADE", "TRADE-FORM", NULL, "2015-05-06", LINK_LIVE, "2015-05-06" },
		{ "TRADE", "TRADE-WINE", NULL, "2014-02-26", LINK_LIVE, "2014-02-26" },
		{ "TRADE", NULL, NULL, "2014-02-26", LINK_LIVE, "2014-02-26" },
		{ "OTHERS", "TRADE-FORM", NULL, "2014-02-26", LINK_PARALLEL, "2014-02-26" },
		/* A place is a beginning of the code. */
		{ "CUSTOMS", "CUSTOMS-IMP", "03CC", "2005-06-19", LINK_NONE, NULL },
		{ "CUSTOMS", "CUSTOMS-IMP", "03CC", "2005-06-20", LINK_LIVE, "2005-06-20" },
		{ "CUSTOMS", "CUSTOMS-IMP", "0201", "2005-06-20", LINK_LIVE, "2005-06-20" },
		{ "CUSTOMS", "CUSTOMS-IMP", "020", "2005-06-20", LINK_NONE, NULL },
		{ "CUSTOMS", "CUSTOMS-IMP", "15BB", "2005-06-20", LINK_NONE, NULL },
		{ "CUSTOMS", "CUSTOMS-IMP", "", "2005-06-20", LINK_NONE, NULL },
		{ "CUSTOMS", "CUSTOMS-IMP", NULL, "2005-06-20", LINK_NONE, NULL },
		{ "CUSTOMS", "CUSTOMS-IMP", "03CC", "2014-02-26", LINK_LIVE, "2014-02-26" },
		{ "CUSTOMS", "CUSTOMS-EXP", "03CC", "2005-06-20", LINK_NONE, NULL },
		/* Forth and back. */
		{ "ABROAD", NULL, NULL, "2012-01-01", LINK_TEST, "2011-01-01" },
		{ "ABROAD", NULL, NULL, "2015-09-07", LINK_ENDED, "2013-04-01" },
		{ "ABROAD", NULL, NULL, "2015-09-08", LINK_PARALLEL, "2015-09-08" },
		{ "TWICE", NULL, NULL, "2015-09-08", LINK_LIVE, "2015-09-08" },
		{ "GONE", NULL, NULL, "2015-09-08", LINK_NONE, "2001-01-01" },
		/* Whoever no row names is outside the calendar. */
		{ "NEW", NULL, NULL, "1999-01-01", LINK_LIVE, NULL },
		{ "NEW", "NEW-THING", "03CC", "1999-01-01", LINK_LIVE, NULL },
		{ "", NULL, NULL, "1999-01-01", LINK_LIVE, NULL },
	};
	struct scratch *scratch = scratch_new();
	struct rollout *rollout = calendar(scratch, story);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct rollout_row *row;
		enum link_state found = rollout_state(rollout, rows[i].party, rows[i].procedure,
						      rows[i].place, on(rows[i].at), &row);

		if (found != rows[i].state || (row != NULL) != (rows[i].since != NULL) ||
		    (row != NULL && row->from != on(rows[i].since)))
			fail_msg("row %zu: %s is %s on %s", i, rows[i].party,
				 link_state_name(found), rows[i].at);
	}
	assert_int_equal(rollout_state(rollout, "FOOD", NULL, NULL, 0, NULL), LINK_NONE);
	assert_true(rollout_knows(rollout, "TRADE-FORM"));
	assert_true(rollout_knows(rollout, "ABROAD"));
	assert_false(rollout_knows(rollout, "TRADE-WINE"));
	assert_false(rollout_knows(rollout, ""));
	rollout_free(rollout);
	scratch_free(scratch);
}

static void test_what_comes_next_is_known(void **state)
{
	static const struct {
		const char *party, *procedure, *place, *at, *next, *change;
	} rows[] = {
		{ "FOOD", NULL, NULL, "2014-02-26", "2015-12-01", "2015-12-01" },
		{ "FOOD", "FOOD-IMP", NULL, "2015-11-30", "2015-12-01", "2015-12-01" },
		{ "FOOD", NULL, NULL, "2015-12-01", NULL, NULL },
		/* TEST and ENDED carry nothing. */
		{ "ABROAD", NULL, NULL, "2005-01-01", "2015-09-08", "2011-01-01" },
		{ "ABROAD", NULL, NULL, "2012-01-01", "2015-09-08", "2013-04-01" },
		{ "TRADE", "TRADE-FORM", NULL, "2013-01-01", "2014-02-26", "2014-02-26" },
		{ "TRADE", "TRADE-FORM", NULL, "2014-02-26", "2015-05-06", "2015-05-06" },
		{ "CUSTOMS", "CUSTOMS-IMP", "03CC", "2005-01-01", "2005-06-20", "2005-06-20" },
		{ "CUSTOMS", "CUSTOMS-IMP", "15BB", "2005-01-01", "2014-02-26", "2014-02-26" },
		{ "CUSTOMS", "CUSTOMS-IMP", NULL, "2005-01-01", "2014-02-26", "2014-02-26" },
		{ "NEW", NULL, NULL, "2005-01-01", NULL, NULL },
	};
	struct scratch *scratch = scratch_new();
	struct rollout *rollout = calendar(scratch, story);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct rollout_row *next = rollout_next(
			rollout, rows[i].party, rows[i].procedure, rows[i].place, on(rows[i].at));
		const struct rollout_row *change = rollout_change(
			rollout, rows[i].party, rows[i].procedure, rows[i].place, on(rows[i].at));

		if ((next != NULL) != (rows[i].next != NULL) ||
		    (next != NULL && next->from != on(rows[i].next)))
			fail_msg("row %zu: next", i);
		if ((change != NULL) != (rows[i].change != NULL) ||
		    (change != NULL && change->from != on(rows[i].change)))
			fail_msg("row %zu: change", i);
	}
	rollout_free(rollout);
	scratch_free(scratch);
}

static void test_documents_go_over_a_parallel_and_a_live_link(void **state)
{
	static const struct {
		enum link_state state;
		const char *name;
		bool carries;
	} rows[] = {
		{ LINK_NONE, "NONE", false },	     { LINK_TEST, "TEST", false },
		{ LINK_PARALLEL, "PARALLEL", true }, { LINK_LIVE, "LIVE", true },
		{ LINK_ENDED, "ENDED", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_string_equal(link_state_name(rows[i].state), rows[i].name);
		assert_int_equal(link_carries(rows[i].state), rows[i].carries);
	}
}

/* ---- rows ------------------------------------------------------------------------------ */

static void test_rows_keep_all_that_the_file_says_of_them(void **state)
{
	struct scratch *scratch = scratch_new();
	struct rollout *rollout = calendar(
		scratch, ROLLOUT("<row used='2015-09-08' club='ASW' country='VN' order='5'/>\n"
				 "<row club='ASW' country='SG' order='1' latest='2015-09-07'/>\n"
				 "<row of='A B' place='03 15' via='pilot' state='PARALLEL' "
				 "used='2015-12-01' earliest='2015-10-01' latest='2015-12-31' "
				 "title='t' title-vi='đ' source='s' mark='S' mark-day='C'/>\n"
				 "<row used='2014-01-01' title='first'/>\n"));
	const struct rollout_row *row;

	(void)state;
	assert_int_equal(rollout_count(rollout), 4);
	assert_string_equal(rollout_at(rollout, 0)->title, "first");
	assert_null(rollout_at(rollout, 0)->of[0]);

	/* Where the day is not known it stands at the last that it may have been. */
	row = rollout_at(rollout, 1);
	assert_string_equal(row->country, "SG");
	assert_int_equal(row->order, 1);
	assert_int_equal(row->from, 0);
	assert_int_equal(row->latest, on("2015-09-07"));
	assert_string_equal(rollout_at(rollout, 2)->country, "VN");

	row = rollout_at(rollout, 3);
	assert_string_equal(row->of[0], "A");
	assert_string_equal(row->of[1], "B");
	assert_null(row->of[2]);
	assert_int_equal(row->state, LINK_PARALLEL);
	assert_string_equal(row->places[1], "15");
	assert_string_equal(row->via, "pilot");
	assert_int_equal(row->from, on("2015-12-01"));
	assert_int_equal(row->earliest, on("2015-10-01"));
	assert_int_equal(row->latest, on("2015-12-31"));
	assert_string_equal(row->title, "t");
	assert_string_equal(row->title_vi, "đ");
	assert_string_equal(row->source, "s");
	assert_string_equal(row->mark, "S");
	assert_string_equal(row->mark_day, "C");
	assert_null(row->club);
	assert_non_null(strstr(row->place, "rollout.xml:4"));
	rollout_free(rollout);
	scratch_free(scratch);
}

static void test_calendars_of_folders_are_joined_and_a_file_counts_alone(void **state)
{
	struct scratch *scratch = scratch_new();
	const char *folders[] = { scratch_path(scratch, "a"), scratch_path(scratch, "b"),
				  scratch_path(scratch, "c") };
	const char *alone;
	struct rollout *rollout;
	struct failure why;

	(void)state;
	scratch_write(scratch, "a/rollout.xml",
		      ROLLOUT("<row of='A' state='LIVE' used='2014-02-26'/>\n"));
	scratch_write(scratch, "b/other.xml", "not looked at");
	scratch_write(scratch, "c/rollout.xml",
		      ROLLOUT("<row of='A' state='ENDED' used='2014-02-26'/>\n"
			      "<row of='C' state='LIVE' used='2013-01-01'/>\n"));
	alone = scratch_write(scratch, "mine.xml",
			      ROLLOUT("<row of='M' state='LIVE' used='2014-02-26'/>\n"));

	assert_true(rollout_load(&rollout, folders, 3, "", &why));
	assert_int_equal(rollout_count(rollout), 3);
	assert_string_equal(rollout_at(rollout, 0)->of[0], "C");
	/* Of one day's rows the last counts, that of the later folder. */
	assert_int_equal(rollout_state(rollout, "A", NULL, NULL, on("2014-02-26"), NULL),
			 LINK_ENDED);
	rollout_free(rollout);

	assert_true(rollout_load(&rollout, folders, 3, alone, &why));
	assert_int_equal(rollout_count(rollout), 1);
	assert_false(rollout_knows(rollout, "A"));
	rollout_free(rollout);

	assert_true(rollout_load(&rollout, folders, 3, "none", &why));
	assert_int_equal(rollout_count(rollout), 0);
	assert_int_equal(rollout_state(rollout, "A", NULL, NULL, on("1990-01-01"), NULL),
			 LINK_LIVE);
	rollout_free(rollout);

	assert_false(rollout_load(&rollout, folders, 3, scratch_path(scratch, "absent.xml"), &why));
	assert_null(rollout);
	assert_failure(&why, FAULT, "ROL-901", "absent.xml", "");
	rollout_free(NULL);
	scratch_free(scratch);
}

static void test_broken_calendars_are_refused_with_file_and_line(void **state)
{
	static const struct {
		const char *content, *place, *text;
	} rows[] = {
		{ "<rollout", ":1", "not well-formed" },
		{ "<rollout xmlns='urn:nsw:rollout:2'/>", ":1", "root" },
		{ ROLLOUT("<row of='A' state='LIVE' used='2014-02-26' vai='x'/>"), ":2",
		  "did you mean 'via'" },
		{ ROLLOUT("<row of='A' state='LIVEE' used='2014-02-26'/>"), ":2",
		  "did you mean 'LIVE'" },
		{ ROLLOUT("<row of='A' used='2014-02-26'/>"), ":2", "'of' needs 'state'" },
		{ ROLLOUT("<row of='A' state='LIVE'/>"), ":2", "'of' needs 'used'" },
		{ ROLLOUT("<row state='LIVE' used='2014-02-26' title='x'/>"), ":2",
		  "'state' needs 'of'" },
		{ ROLLOUT("<row place='03' used='2014-02-26' title='x'/>"), ":2",
		  "'place' needs 'of'" },
		{ ROLLOUT("<row via='x' used='2014-02-26' title='x'/>"), ":2", "'via' needs 'of'" },
		{ ROLLOUT("<row club='ASW' used='2014-02-26'/>"), ":2", "'club' needs 'country'" },
		{ ROLLOUT("<row country='TH' used='2014-02-26'/>"), ":2",
		  "'country' needs 'club'" },
		{ ROLLOUT("<row order='5' used='2014-02-26' title='x'/>"), ":2",
		  "'order' needs 'club'" },
		{ ROLLOUT("<row mark-day='C' used='2014-02-26' title='x'/>"), ":2",
		  "'mark-day' needs 'mark'" },
		{ ROLLOUT("<row of='' state='LIVE' used='2014-02-26'/>"), ":2", "is empty" },
		{ ROLLOUT("<row of='A' place=' ' state='LIVE' used='2014-02-26'/>"), ":2",
		  "is empty" },
		{ ROLLOUT("<row used='2014-02-26'/>"), ":2", "an event needs a title" },
		{ ROLLOUT("<row title='x' latest='2014-02-26'/>"), ":2", "and the day" },
		{ ROLLOUT("<row title='x' used='26.02.2014'/>"), ":2", "is no date" },
		{ ROLLOUT("<row title='x' used='2014-02-26T08:00:00+07:00'/>"), ":2",
		  "is no day (YYYY-MM-DD)" },
		{ ROLLOUT("<row title='x' used='2014-02-30'/>"), ":2", "is no date" },
		{ ROLLOUT("\n<row title='x' used='2014-02-26' earliest='2014-02-27'/>"), ":3",
		  "used is not between" },
		{ ROLLOUT("<row title='x' used='2014-02-26' latest='2014-02-25'/>"), ":2",
		  "used is not between" },
		{ ROLLOUT("<row club='A' country='B' earliest='2014-02-26' latest='2014-02-25'/>"),
		  ":2", "latest is before earliest" },
		{ ROLLOUT("<row club='A' country='B' order='0'/>"), ":2", "order='0'" },
		{ ROLLOUT("<row club='A' country='B' order='fifth'/>"), ":2", "order='fifth'" },
		{ ROLLOUT("<row title='x' used='2014-02-26' mark='Q'/>"), ":2", "mark='Q'" },
	};
	struct scratch *scratch = scratch_new();
	const char *folder = scratch_folder(scratch);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rollout *rollout;
		struct failure why;

		scratch_write(scratch, "rollout.xml", rows[i].content);
		if (rollout_load(&rollout, &folder, 1, "", &why))
			fail_msg("%s is taken", rows[i].content);
		assert_null(rollout);
		assert_failure(&why, FAULT, "ROL-901", rows[i].place, rows[i].text);
	}
	scratch_free(scratch);
}

/* ---- our own ---------------------------------------------------------------------------- */

static void test_our_own_rows_name_their_sources_in_two_languages(void **state)
{
	const char *folder = "schemas";
	struct rollout *rollout;
	struct failure why;

	(void)state;
	if (!rollout_load(&rollout, &folder, 1, "", &why))
		fail_msg("%s: %s", why.place, why.text);
	assert_true(rollout_count(rollout) > 50);
	for (size_t i = 0; i < rollout_count(rollout); i++) {
		const struct rollout_row *row = rollout_at(rollout, i);

		if (row->title == NULL || row->title_vi == NULL || row->source == NULL ||
		    row->mark == NULL)
			fail_msg("%s lacks a title, a source or a mark", row->place);
		/* A day in a range has a mark of its own: which of them is used is a choice. */
		if (row->earliest != 0 && row->from != 0 && row->mark_day == NULL &&
		    strcmp(row->mark, "C") != 0 && row->latest - row->earliest > 2 * 86400000)
			fail_msg("%s does not say how well its day is known", row->place);
	}
	rollout_free(rollout);
}

static void test_viet_nam_is_the_fifth_to_join(void **state)
{
	static const char *const order[] = { "SG", "ID", "MY", "TH", "VN" };
	const char *folder = "schemas";
	struct rollout *rollout;
	struct failure why;
	size_t next = 0;

	(void)state;
	assert_true(rollout_load(&rollout, &folder, 1, "", &why));
	for (size_t i = 0; i < rollout_count(rollout); i++) {
		const struct rollout_row *row = rollout_at(rollout, i);

		if (row->order == 0)
			continue;
		assert_true(next < sizeof order / sizeof *order);
		assert_string_equal(row->country, order[next]);
		assert_int_equal(row->order, ++next);
	}
	assert_int_equal(next, 5);
	rollout_free(rollout);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_latest_row_that_has_begun_and_fits_counts),
		cmocka_unit_test(test_what_comes_next_is_known),
		cmocka_unit_test(test_documents_go_over_a_parallel_and_a_live_link),
		cmocka_unit_test(test_rows_keep_all_that_the_file_says_of_them),
		cmocka_unit_test(test_calendars_of_folders_are_joined_and_a_file_counts_alone),
		cmocka_unit_test(test_broken_calendars_are_refused_with_file_and_line),
		cmocka_unit_test(test_our_own_rows_name_their_sources_in_two_languages),
		cmocka_unit_test(test_viet_nam_is_the_fifth_to_join),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
