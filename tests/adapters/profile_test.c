#include "adapters/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/document.h"
#include "core/party.h"

#include "profile_text.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

#define APPROVE "<step name='approved' status='APPROVED' after='1h'/>"

static struct profile *good_profile(const char *content)
{
	struct profile *profile;
	struct failure why;

	if (!profile_of(&profile, content, &why))
		fail_msg("%s: %s: %s", why.place, why.code, why.text);
	return profile;
}

static struct kinds *kinds; /* of the house */

static int load_kinds(void **state)
{
	const char *const folder = "schemas";
	struct failure why;

	(void)state;
	document_setup();
	if (kinds_load(&kinds, &folder, 1, &why))
		return 0;
	print_error("%s: %s: %s\n", why.place, why.code, why.text);
	return -1;
}

static int free_kinds(void **state)
{
	(void)state;
	kinds_free(kinds);
	return 0;
}

/* ---- the profiles of the house ---------------------------------------------------------- */

static void test_the_profiles_of_this_house_compile(void **state)
{
	static const struct {
		const char *file, *party, *answer;
	} expected[] = {
		{ "adapters/mof.xml", "MoF", "RES" },
		{ "adapters/mard.xml", "MARD", "LPR" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		struct profile *profile;
		struct failure why;

		if (!profile_load(&profile, expected[i].file, kinds, &why))
			fail_msg("%s: %s: %s", why.place, why.code, why.text);
		assert_string_equal(profile->file, expected[i].file);
		assert_string_equal(profile->party, expected[i].party);
		assert_string_equal(profile->answer, expected[i].answer);
		assert_true(profile_sees(profile, "DEC-IMP"));
		assert_false(profile_sees(profile, "ACK"));
		profile_free(profile);
	}
}

static void test_every_party_of_this_house_that_is_delivered_to_compiles(void **state)
{
	const char *const folder = "adapters";
	struct parties *parties;
	struct failure why;
	size_t compiled = 0;

	(void)state;
	if (!parties_load(&parties, &folder, 1, &why))
		fail_msg("%s: %s: %s", why.place, why.code, why.text);
	for (size_t i = 0; i < parties_count(parties); i++) {
		const struct party *party = parties_at(parties, i);
		struct profile *profile;

		if (!party->push)
			continue;
		if (!profile_load(&profile, party->file, kinds, &why))
			fail_msg("%s: %s: %s", why.place, why.code, why.text);
		assert_string_equal(profile->party, party->id);
		profile_free(profile);
		compiled++;
	}
	assert_true(compiled >= 2);
	parties_free(parties);
}

static void test_the_channel_mix_of_customs_is_that_of_its_source(void **state)
{
	static const struct {
		const char *id;
		int from, below;
	} channels[] = {
		{ "green", 0, 575000 },
		{ "yellow", 575000, 949000 },
		{ "red", 949000, WHOLE_DRAW },
	};
	struct profile *profile;
	struct failure why;
	size_t seen = 0;

	(void)state;
	assert_true(profile_load(&profile, "adapters/mof.xml", kinds, &why));
	for (size_t i = 0; i < profile->decision_count; i++) {
		const struct decision *row = &profile->decisions[i];

		if (row->draw == NULL)
			continue;
		assert_true(seen < sizeof channels / sizeof *channels);
		assert_string_equal(row->draw, "channel");
		assert_string_equal(row->id, channels[seen].id);
		assert_int_equal(row->from, channels[seen].from);
		assert_int_equal(row->below, channels[seen].below);
		seen++;
	}
	assert_int_equal(seen, 3);
	profile_free(profile);
}

/* ---- what a table says ------------------------------------------------------------------ */

static void test_a_table_is_read_as_it_is_written(void **state)
{
	struct profile *profile = good_profile(
		RES_HEAD
		"<ns prefix='d' uri='urn:nsw:dec-imp:1'/>"
		"<decision id='a' when=\"event = 'lodge'\" payload='d:GoodsShipment'>"
		"<step name='seen' result='AJ' status='CHANNELLED' note='RED' after='0s'/>"
		"<step name='freed' result='CA' status='RELEASED' after='30m..2h' items='yes'>"
		"<document type='853' number='K-{year}' valid='60d' when='item'/>"
		"<document type='851' number='{reference}'/></step></decision>"
		"<decision id='b'><step name='no' result='RE' status='REFUSED' after='1d'>"
		"<refusal code='X-1' text='no' text-vi='không' "
		"hint='ask'/></step></decision>" TAIL);
	const struct decision *first = &profile->decisions[0], *last = &profile->decisions[1];
	const struct step *step = &first->steps[1];

	(void)state;
	assert_int_equal(profile->decision_count, 2);
	assert_non_null(first->when);
	assert_non_null(first->payload);
	assert_null(first->draw);
	assert_int_equal(first->step_count, 2);
	assert_string_equal(first->steps[0].note, "RED");
	assert_int_equal(first->steps[0].after_most, 0);
	assert_false(first->steps[0].cites_items);

	assert_string_equal(step->name, "freed");
	assert_string_equal(step->result, "CA");
	assert_string_equal(step->status, "RELEASED");
	assert_null(step->note);
	assert_int_equal(step->after_least, 30 * MINUTE);
	assert_int_equal(step->after_most, 2 * HOUR);
	assert_true(step->cites_items);
	assert_null(step->code);
	assert_int_equal(step->issue_count, 2);
	assert_string_equal(step->issues[0].type, "853");
	assert_int_equal(step->issues[0].valid, 60 * DAY);
	assert_non_null(step->issues[0].when);
	assert_string_equal(step->issues[1].number, "{reference}");
	assert_int_equal(step->issues[1].valid, 0);
	assert_null(step->issues[1].when);

	assert_null(last->when);
	assert_string_equal(last->steps[0].code, "X-1");
	assert_string_equal(last->steps[0].text_vi, "không");
	assert_string_equal(last->steps[0].hint, "ask");
	assert_int_equal(last->steps[0].after_least, DAY);
	profile_free(profile);
}

#define ROW(attributes) "<decision " attributes ">" APPROVE "</decision>\n"

static void test_a_table_may_end_in_a_row_for_all_or_in_shares_of_the_whole(void **state)
{
	static const char *const tables[] = {
		ROW("id='a'"),
		ROW("id='a' when='item'") ROW("id='b'"),
		ROW("id='a' draw='d' share='100%'"),
		ROW("id='a' draw='d' share='33.3333%'") ROW("id='b' draw='d' share='66.6667%'"),
		ROW("id='a' draw='d' share='10%'") ROW("id='b'"),
		/* two draws that know nothing of one another */
		ROW("id='a' draw='d' share='60%'") ROW("id='b' draw='e' share='60%'") ROW("id='c'"),
		/* a share under a condition leaves the rest of its draw to others */
		ROW("id='a' draw='d' share='40%' when='item'") ROW("id='b' draw='d' share='60%'")
			ROW("id='c'"),
	};
	char content[2048];

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		snprintf(content, sizeof content, LPR_HEAD "%s" TAIL, tables[i]);
		profile_free(good_profile(content));
	}
}

#define SHEET                                                                                      \
	"<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"          \
	"<xsl:template match='/'><Note/></xsl:template></xsl:stylesheet>"
#define SEND(name, kind, more)                                                                     \
	"<step name='" name "' send='" kind "' template='sheet.xsl' after='1m' " more "/>\n"

static void test_a_party_without_answers_of_its_own_may_send_or_stay_silent(void **state)
{
	struct profile *profile;
	struct failure why;

	(void)state;
	if (!profile_with(&profile,
			  NONE_HEAD
			  "<decision id='pay' when='item'>" SEND("note", "NOTE", "when='item'")
				  SEND("paid", "PAID", "") "</decision>\n"
							   "<decision id='rest'/>" TAIL,
			  SHEET, &why))
		fail_msg("%s: %s: %s", why.place, why.code, why.text);
	assert_string_equal(profile->answer, "none");
	assert_string_equal(profile->role, "bank");
	assert_int_equal(profile->decisions[0].step_count, 2);
	assert_string_equal(profile->decisions[0].steps[0].send, "NOTE");
	assert_non_null(profile->decisions[0].steps[0].when);
	assert_non_null(profile->decisions[0].steps[0].transform);
	assert_null(profile->decisions[0].steps[0].status);
	assert_null(profile->decisions[0].steps[1].when);
	assert_int_equal(profile->decisions[1].step_count, 0);
	profile_free(profile);
}

static void test_a_row_that_says_so_is_silent_and_may_tell_progress(void **state)
{
	struct profile *profile = good_profile(
		LPR_HEAD "<decision id='a' when='item' silent='yes'/>\n"
			 "<decision id='b' when='version' silent='yes'>"
			 "<step name='seen' status='RECEIVED' after='1m'/></decision>\n" ROW(
				 "id='c' silent='no'") TAIL);

	(void)state;
	assert_true(profile->decisions[0].silent);
	assert_int_equal(profile->decisions[0].step_count, 0);
	assert_true(profile->decisions[1].silent);
	assert_int_equal(profile->decisions[1].step_count, 1);
	assert_false(profile->decisions[2].silent);
	profile_free(profile);
}

static void test_the_terms_of_a_table_are_read_before_its_rows(void **state)
{
	struct profile *profile =
		good_profile(LPR_HEAD "<wait seconds='count(item)'/>"
				      "<wait seconds='0' when='item' instead='yes'/>"
				      "<valid for='36h' when='version'/>" ROW("id='a'") TAIL);

	(void)state;
	assert_int_equal(profile->wait_count, 2);
	assert_null(profile->waits[0].when);
	assert_non_null(profile->waits[0].seconds);
	assert_false(profile->waits[0].instead);
	assert_non_null(profile->waits[1].when);
	assert_true(profile->waits[1].instead);
	assert_int_equal(profile->validity_count, 1);
	assert_int_equal(profile->validities[0].valid, 36 * HOUR);
	assert_non_null(profile->validities[0].when);
	profile_free(profile);
}

#define SEES(sees)                                                                                 \
	"<party xmlns='urn:nsw:party:1' id='MoT' role='agency' delivery='push'>"                   \
	"<name lang='en'>T</name><name lang='vi'>T</name>\n" sees
#define TABLE "<decisions answer='LPR'>" ROW("id='a'") "</decisions>"

static void test_what_is_for_information_is_seen_and_not_answered(void **state)
{
	struct profile *profile =
		good_profile(SEES("<sees kind='DEC-IMP'/><sees kind='LPR' "
				  "answer='no'/><sees kind='LPA' answer='yes'/>" TABLE "</party>"));

	(void)state;
	assert_true(profile_sees(profile, "LPR") && !profile_answers(profile, "LPR"));
	assert_true(profile_sees(profile, "LPA") && profile_answers(profile, "LPA"));
	assert_true(profile_answers(profile, "DEC-IMP"));
	assert_false(profile_sees(profile, "ACK") || profile_answers(profile, "ACK"));
	profile_free(profile);
}

static void test_who_only_looks_on_needs_no_table(void **state)
{
	struct profile *profile = good_profile(SEES("<sees kind='LPR' answer='no'/></party>"));

	(void)state;
	assert_true(profile_sees(profile, "LPR"));
	assert_false(profile_answers(profile, "LPR"));
	profile_free(profile);
}

static void test_a_sheet_that_cannot_be_used_is_named_with_its_place(void **state)
{
	static const struct {
		const char *sheet, *code, *place;
	} rows[] = {
		{ NULL, "PRF-901", "/party.xml:5" },
		{ "\n<a/>", "ADP-010", "/sheet.xsl:2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct profile *profile;
		struct failure why;

		assert_false(profile_with(
			&profile,
			NONE_HEAD "<decision id='a'>" SEND("s", "NOTE", "") "</decision>" TAIL,
			rows[i].sheet, &why));
		assert_string_equal(why.code, rows[i].code);
		assert_non_null(strstr(why.place, rows[i].place));
	}
}

static void test_only_three_places_can_be_filled_into_a_number(void **state)
{
	static const struct {
		const char *text;
		enum place place;
		size_t length;
	} rows[] = {
		{ "{reference}", PLACE_REFERENCE, 11 },
		{ "{year}-1", PLACE_YEAR, 6 },
		{ "{draw}{year}", PLACE_DRAW, 6 },
		{ "{Year}", PLACES, 0 },
		{ "year", PLACES, 0 },
		{ "", PLACES, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t length = 0;

		assert_int_equal(place_at(rows[i].text, &length), rows[i].place);
		if (rows[i].place != PLACES)
			assert_int_equal(length, rows[i].length);
	}
}

/* ---- broken ----------------------------------------------------------------------------- */

#define STEP(attributes) "<decision id='a'>\n<step " attributes "/></decision>"
#define INSIDE(content)                                                                            \
	"<decision id='a'><step name='s' status='APPROVED' after='1h'>\n" content                  \
	"</step></decision>"
#define REFUSED "status='REFUSED' after='1h'"

static const struct {
	const char *head, *rows;
	int line;	  /* counted from the first row */
	const char *text; /* somewhere in the failure's text */
} broken[] = {
	/* rows */
	{ LPR_HEAD, ROW("when='item'"), 1, "id" },
	{ LPR_HEAD, ROW("id='a' wen='item'"), 1, "did you mean 'when'" },
	{ LPR_HEAD, ROW("id='a' when='item'") ROW("id='a'"), 2, "'a' already" },
	{ LPR_HEAD, ROW("id='a'") ROW("id='b'"), 2, "never be reached" },
	{ LPR_HEAD, ROW("id='a' draw='d' share='100%'") ROW("id='b'"), 2, "never be reached" },
	{ LPR_HEAD, ROW("id='a' when='item'"), 1, "may fit no decision" },
	{ LPR_HEAD, ROW("id='a' draw='d' share='99.9999%'"), 1, "may fit no decision" },
	{ LPR_HEAD, ROW("id='a' payload='item'"), 1, "may fit no decision" },
	{ LPR_HEAD,
	  ROW("id='a' draw='d' share='40%' when='item'") ROW("id='b' draw='d' share='60%'"), 2,
	  "may fit no decision" },
	{ LPR_HEAD, ROW("id='a' draw='d' share='60%'") ROW("id='b' draw='d' share='40.1%'"), 2,
	  "more than 100%" },
	{ LPR_HEAD, ROW("id='a' draw='d'"), 1, "need one another" },
	{ LPR_HEAD, ROW("id='a' share='50%'"), 1, "need one another" },
	{ LPR_HEAD, ROW("id='a' draw='d' share='0%'"), 1, "not a share" },
	{ LPR_HEAD, ROW("id='a' draw='d' share='101%'"), 1, "not a share" },
	{ LPR_HEAD, ROW("id='a' draw='d' share='0.5'"), 1, "not a share" },
	{ LPR_HEAD, ROW("id='a' draw='d' share='-5%'"), 1, "not a share" },
	{ LPR_HEAD, ROW("id='a' draw='d' share='5.12345%'"), 1, "not a share" },
	{ LPR_HEAD, ROW("id='a' draw='d' share='99999999999999999999%'"), 1, "not a share" },
	{ LPR_HEAD, "<decision id='a'/>", 1, "step" },
	/* steps */
	{ LPR_HEAD, STEP("status='APPROVED' after='1h'"), 2, "name" },
	{ LPR_HEAD, STEP("name='receipt' status='APPROVED' after='1h'"), 2, "'receipt'" },
	{ LPR_HEAD, STEP("name='a b' status='APPROVED' after='1h'"), 2, "'a b'" },
	{ LPR_HEAD, STEP("name='s' status='APPROVD' after='1h'"), 2, "did you mean 'APPROVED'" },
	{ LPR_HEAD, STEP("name='s' status='APPROVED' result='AP' after='1h'"), 2, "no result" },
	{ LPR_HEAD, STEP("name='s' status='APPROVED'"), 2, "after" },
	{ LPR_HEAD, STEP("name='s' status='APPROVED' after='soon'"), 2, "'soon'" },
	{ LPR_HEAD, STEP("name='s' status='APPROVED' after='2h..1h'"), 2, "'2h..1h'" },
	{ LPR_HEAD, STEP("name='s' status='APPROVED' after='1h..'"), 2, "'1h..'" },
	{ LPR_HEAD, STEP("name='s' status='APPROVED' after='..1h'"), 2, "'..1h'" },
	{ LPR_HEAD, STEP("name='s' status='APPROVED' after='1h' items='maybe'"), 2, "items" },
	{ LPR_HEAD, STEP("name='s' status='RECEIVED' after='1h'"), 2, "RECEIVED is interim" },
	{ LPR_HEAD, STEP("name='s' status='FEE_DUE' after='1h'"), 2, "FEE_DUE is interim" },
	{ LPR_HEAD, STEP("name='s' status='DOCS_REQUIRED' after='1h'"), 2, "is interim" },
	{ LPR_HEAD,
	  "<decision id='a'>\n<step name='s' status='APPROVED' after='1h'/>"
	  "<step name='t' status='APPROVED' after='1h'/></decision>",
	  2, "APPROVED ends the delivery" },
	{ LPR_HEAD,
	  "<decision id='a'>\n<step name='s' status='RECEIVED' after='1h'/>\n"
	  "<step name='s' status='APPROVED' after='1h'/></decision>",
	  3, "'s' already" },
	{ RES_HEAD, STEP("name='s' status='RELEASED' after='1h'"), 2, "a result" },
	{ RES_HEAD, STEP("name='s' result='XX' status='RELEASED' after='1h'"), 2, "result" },
	{ RES_HEAD, STEP("name='s' result='AJ' status='CHANNELLED' after='1h'"), 2,
	  "AJ is interim" },
	{ RES_HEAD, STEP("name='s' result='AP' status='Released' after='1h'"), 2, "'Released'" },
	{ RES_HEAD, STEP("name='s' result='AP' status='' after='1h'"), 2, "capital letters" },
	/* inside a step */
	{ LPR_HEAD, STEP("name='s' " REFUSED), 2, "needs a <refusal>" },
	{ RES_HEAD, STEP("name='s' result='RE' " REFUSED), 2, "needs a <refusal>" },
	{ LPR_HEAD, INSIDE("<refusal code='X-1' text='no'/>"), 1, "<refusal>" },
	{ LPR_HEAD, INSIDE("<refusal text='no'/>"), 2, "code" },
	{ LPR_HEAD, INSIDE("<document number='1'/>"), 2, "type" },
	{ LPR_HEAD, INSIDE("<document type='853' number=''/>"), 2, "number ''" },
	{ LPR_HEAD, INSIDE("<document type='853' number='K-{day}'/>"), 2, "{day}" },
	{ LPR_HEAD, INSIDE("<document type='853' number='K-{year'/>"), 2, "K-{year" },
	{ LPR_HEAD, INSIDE("<document type='853' number='1' valid='long'/>"), 2, "valid" },
	{ LPR_HEAD,
	  INSIDE("<document type='853' number='1' as='a'/>"
		 "<document type='853' number='1' as='a'/>"),
	  2, "'a' already in this step" },
	{ LPR_HEAD,
	  "<decision id='a'><step name='r' status='RECEIVED' after='0s'>"
	  "<document type='853' number='1' as='a'/></step>\n"
	  "<step name='s' status='APPROVED' after='0s'>\n"
	  "<document type='853' number='2' as='a'/></step></decision>",
	  3, "another type, number or validity in step 'r'" },
	{ LPR_HEAD,
	  "<decision id='a'><step name='r' status='RECEIVED' after='0s'>"
	  "<document type='853' number='1' as='a' valid='1d'/></step>\n"
	  "<step name='s' status='APPROVED' after='0s'>\n"
	  "<document type='853' number='1' as='a'/></step></decision>",
	  3, "another type, number or validity" },
	/* what is left out, and what is sent */
	{ LPR_HEAD, STEP("name='s' status='APPROVED' after='1h' when='item'"), 2,
	  "cannot be left out" },
	{ LPR_HEAD, STEP("name='s' after='1h'"), 2, "has a status, or sends" },
	{ LPR_HEAD, STEP("name='s' after='1h' send='NOTE'"), 2, "names the style sheet" },
	{ LPR_HEAD, STEP("name='s' after='1h' template='sheet.xsl'"), 2, "need one another" },
	{ LPR_HEAD, STEP("name='s' after='1h' send='NOTE' template='../sheet.xsl'"), 2,
	  "a file beside" },
	{ LPR_HEAD, STEP("name='s' after='1h' send='NOTE' template='/etc/passwd'"), 2,
	  "a file beside" },
	{ LPR_HEAD, STEP("name='s' after='1h' send='NOTE' template=''"), 2, "a file beside" },
	{ LPR_HEAD, STEP("name='s' after='1h' send='NOTES' template='sheet.xsl'"), 2,
	  "there is no such kind" },
	{ LPR_HEAD, STEP("name='s' after='1h' send='GOT' template='sheet.xsl'"), 2, "a receipt" },
	{ LPR_HEAD, STEP("name='s' after='1h' send='PAID' template='sheet.xsl'"), 2,
	  "cannot come from a party of role agency" },
	{ LPR_HEAD, STEP("name='s' after='1h' send='NOTE' template='sheet.xsl'"), 2,
	  "NOTE is interim" },
	{ LPR_HEAD, STEP("name='s' after='1h' send='NOTE' template='sheet.xsl' status='APPROVED'"),
	  2, "has no status" },
	{ LPR_HEAD, STEP("name='s' after='1h' send='NOTE' template='sheet.xsl' items='yes'"), 2,
	  "has no items" },
	{ NONE_HEAD, STEP("name='s' after='1h' status='APPROVED'"), 2, "answers none sends" },
	{ NONE_HEAD,
	  "<decision id='a'>\n" SEND("s", "PAID", "") SEND("t", "NOTE", "") "</decision>", 2,
	  "only the last step may decide: PAID" },
	{ NONE_HEAD, "<decision id='a'>\n" SEND("s", "PAID", "when='item'") "</decision>", 2,
	  "cannot be left out" },
	/* silence */
	{ LPR_HEAD, "<decision id='a' silent='no'/>", 1, "silent='yes'" },
	{ LPR_HEAD, "<decision id='a' silent='perhaps'/>", 1, "silent" },
	{ LPR_HEAD,
	  "<decision id='a' silent='yes'>\n<step name='s' status='APPROVED' after='1h'/>"
	  "</decision>",
	  2, "a silent row never decides, but APPROVED does" },
	/* terms */
	{ LPR_HEAD, "<wait/>" ROW("id='a'"), 1, "seconds" },
	{ LPR_HEAD, "<wait seconds='1' instead='often'/>" ROW("id='a'"), 1, "instead" },
	{ LPR_HEAD, "<valid when='item'/>" ROW("id='a'"), 1, "for" },
	{ LPR_HEAD, "<valid for='ever'/>" ROW("id='a'"), 1, "no duration" },
	{ LPR_HEAD, "<valid for='0d'/>" ROW("id='a'"), 1, "no duration" },
	{ LPR_HEAD, ROW("id='a'") "<wait seconds='1'/>", 2, "wait" },
	/* the table */
	{ LPR_HEAD, "", 0, "decision" },
};

static void test_a_broken_table_is_refused_with_file_and_line(void **state)
{
	char content[2048], expected[32];

	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		struct profile *profile;
		struct failure why;

		snprintf(content, sizeof content, "%s%s" TAIL, broken[i].head, broken[i].rows);
		if (profile_with(&profile, content, SHEET, &why))
			fail_msg("row %zu was accepted", i);
		snprintf(expected, sizeof expected, "/party.xml:%d",
			 broken[i].line + FIRST_ROW - 1);
		if (why.verdict != FAULT || strcmp(why.code, "PRF-901") != 0 ||
		    strstr(why.place, expected) == NULL || strstr(why.text, broken[i].text) == NULL)
			fail_msg("row %zu: %s: %s: %s", i, why.place, why.code, why.text);
	}
}

static void test_an_xpath_that_does_not_compile_is_named_with_its_line(void **state)
{
	static const struct {
		const char *row;
		int line;
	} rows[] = {
		{ "\n<decision id='a' when='item['>" APPROVE "</decision>", FIRST_ROW + 1 },
		{ "<decision id='a' payload='x:Declaration'>" APPROVE "</decision>", FIRST_ROW },
		{ "<wait seconds='1 +'/>" ROW("id='a'"), FIRST_ROW },
		{ "<wait seconds='1'/>\n<wait seconds='1' when='item['/>" ROW("id='a'"),
		  FIRST_ROW + 1 },
		{ "<valid for='1d' when='$x'/>" ROW("id='a'"), FIRST_ROW },
		{ "<decision id='a' when='nothing-like-it(item)'>" APPROVE "</decision>",
		  FIRST_ROW },
		{ INSIDE("<document type='853' number='1' when=')'/>"), FIRST_ROW + 1 },
	};
	char content[2048], expected[32];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct profile *profile;
		struct failure why;

		snprintf(content, sizeof content, LPR_HEAD "%s" TAIL, rows[i].row);
		if (profile_of(&profile, content, &why))
			fail_msg("row %zu was accepted", i);
		snprintf(expected, sizeof expected, "/party.xml:%d", rows[i].line);
		if (strcmp(why.code, "RUL-903") != 0 || strstr(why.place, expected) == NULL)
			fail_msg("row %zu: %s: %s: %s", i, why.place, why.code, why.text);
	}
}

static void test_a_party_that_decides_nothing_is_no_profile(void **state)
{
	static const char *const contents[] = {
		"<party xmlns='urn:nsw:party:1' id='MoT' role='agency' delivery='push'>"
		"<name lang='en'>T</name><sees kind='DEC-IMP'/></party>",
		"<party xmlns='urn:nsw:party:1' id='MoT' role='agency' delivery='push'>"
		"<name lang='en'>T</name><decisions answer='LPR'>" ROW("id='a'") TAIL,
		"<party xmlns='urn:nsw:party:1' id='MoT' role='agency' delivery='push'>"
		"<name lang='en'>T</name><sees kind='DEC-IMP'/><decisions answer='ACK'>" ROW(
			"id='a'") TAIL,
		SEES("<sees kind='LPR'/><sees kind='LPR' answer='no'/>" TABLE "</party>"),
		SEES("<sees kind='LPR' answer='never'/>" TABLE "</party>"),
		SEES("<sees kind='LPR' answer='no'/><sees kind='LPA'/></party>"),
		"<profile/>",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
		struct profile *profile;
		struct failure why;

		if (profile_of(&profile, contents[i], &why))
			fail_msg("row %zu was accepted", i);
		assert_string_equal(why.code, "PRF-901");
		assert_non_null(strstr(why.place, "/party.xml"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_profiles_of_this_house_compile),
		cmocka_unit_test(test_every_party_of_this_house_that_is_delivered_to_compiles),
		cmocka_unit_test(test_the_channel_mix_of_customs_is_that_of_its_source),
		cmocka_unit_test(test_a_table_is_read_as_it_is_written),
		cmocka_unit_test(test_a_table_may_end_in_a_row_for_all_or_in_shares_of_the_whole),
		cmocka_unit_test(test_a_party_without_answers_of_its_own_may_send_or_stay_silent),
		cmocka_unit_test(test_a_row_that_says_so_is_silent_and_may_tell_progress),
		cmocka_unit_test(test_the_terms_of_a_table_are_read_before_its_rows),
		cmocka_unit_test(test_what_is_for_information_is_seen_and_not_answered),
		cmocka_unit_test(test_who_only_looks_on_needs_no_table),
		cmocka_unit_test(test_a_sheet_that_cannot_be_used_is_named_with_its_place),
		cmocka_unit_test(test_only_three_places_can_be_filled_into_a_number),
		cmocka_unit_test(test_a_broken_table_is_refused_with_file_and_line),
		cmocka_unit_test(test_an_xpath_that_does_not_compile_is_named_with_its_line),
		cmocka_unit_test(test_a_party_that_decides_nothing_is_no_profile),
	};

	return cmocka_run_group_tests(tests, load_kinds, free_kinds);
}
