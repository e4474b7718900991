#include "core/party.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/document.h"
#include "core/text.h"

#define FILES_MOST 4

/* ---- a folder of profiles -------------------------------------------------------------- */

struct place {
	char folder[64];
	char files[FILES_MOST][96];
	size_t count;
	struct parties *parties;
	struct failure why;
};

static int make_place(void **state)
{
	struct place *place = must_alloc(sizeof *place);
	const char *temporary = getenv("TMPDIR");

	snprintf(place->folder, sizeof place->folder, "%s/nsw-XXXXXX",
		 temporary != NULL ? temporary : "/tmp");
	if (mkdtemp(place->folder) == NULL)
		return -1;
	*state = place;
	return 0;
}

static int remove_place(void **state)
{
	struct place *place = *state;
	int status;

	for (size_t i = 0; i < place->count; i++)
		unlink(place->files[i]);
	status = rmdir(place->folder);
	parties_free(place->parties);
	free(place);
	return status;
}

static void put(struct place *place, const char *name, const char *content)
{
	char path[sizeof place->files[0]];

	snprintf(path, sizeof path, "%s/%s", place->folder, name);
	assert_true(file_write(path, content, strlen(content), 0600, NULL));
	assert_true(place->count < FILES_MOST);
	memcpy(place->files[place->count++], path, sizeof path);
}

static bool load(struct place *place)
{
	const char *const folders[] = { place->folder };

	return parties_load(&place->parties, folders, 1, &place->why);
}

#define NAMES "<name lang='en'>Ministry</name>\n<name lang='vi'>Bộ</name>\n"

/* One party in the one form that this file needs. */
static const char *profile(char buffer[512], const char *attributes, const char *content)
{
	snprintf(buffer, 512, "<party xmlns='urn:nsw:party:1' %s>\n%s</party>\n", attributes,
		 content);
	return buffer;
}

/* ---- the parties of the house ----------------------------------------------------------- */

static void test_the_profiles_of_this_house_are_parties(void **state)
{
	static const struct {
		const char *id, *role, *name, *name_vi;
	} expected[] = {
		{ "ASW-ID", "peer", "National Single Window of Indonesia",
		  "Cơ chế một cửa quốc gia Indonesia" },
		{ "ASW-MY", "peer", "National Single Window of Malaysia",
		  "Cơ chế một cửa quốc gia Malaysia" },
		{ "ASW-SG", "peer", "National Single Window of Singapore",
		  "Cơ chế một cửa quốc gia Singapore" },
		{ "ASW-TH", "peer", "National Single Window of Thailand",
		  "Cơ chế một cửa quốc gia Thái Lan" },
		{ "BANK", "bank", "Collecting bank", "Ngân hàng phối hợp thu" },
		{ "MARD", "agency", "Ministry of Agriculture and Rural Development",
		  "Bộ Nông nghiệp và Phát triển nông thôn" },
		{ "MONRE", "agency", "Ministry of Natural Resources and Environment",
		  "Bộ Tài nguyên và Môi trường" },
		{ "MoF", "customs", "Ministry of Finance, General Department of Customs",
		  "Bộ Tài chính, Tổng cục Hải quan" },
		{ "MoH", "agency", "Ministry of Health", "Bộ Y tế" },
		{ "MoIT", "agency", "Ministry of Industry and Trade", "Bộ Công Thương" },
		{ "MoT", "agency", "Ministry of Transport", "Bộ Giao thông vận tải" },
	};
	const char *const folders[] = { "adapters" };
	struct parties *parties;
	struct failure why;

	(void)state;
	assert_true(parties_load(&parties, folders, 1, &why));
	assert_int_equal(parties_count(parties), sizeof expected / sizeof *expected + 1);
	assert_string_equal(parties_role(parties, "OPERATOR"), "operator");
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		const struct party *party = parties_find(parties, expected[i].id);

		assert_non_null(party);
		assert_string_equal(party->role, expected[i].role);
		assert_string_equal(party->name, expected[i].name);
		assert_string_equal(party->name_vi, expected[i].name_vi);
		assert_true(party->push);
		assert_true(parties_push(parties, expected[i].id));
		assert_non_null(strstr(party->file, "adapters/"));
	}
	parties_free(parties);
}

static void test_two_ministries_became_one_and_another_part_of_a_third(void **state)
{
	static const struct {
		const char *id, *before, *since, *successor;
	} rows[] = {
		{ "MARD", "Ministry of Agriculture and Rural Development",
		  "Ministry of Agriculture and Environment", NULL },
		{ "MONRE", "Ministry of Natural Resources and Environment",
		  "Ministry of Agriculture and Environment", "MARD" },
		{ "MoT", "Ministry of Transport", "Ministry of Construction", "MoC" },
		{ "MoF", "Ministry of Finance, General Department of Customs",
		  "Ministry of Finance, Department of Customs", NULL },
		{ "MoH", "Ministry of Health", "Ministry of Health", NULL },
	};
	const gateway_time march_2025 = INT64_C(1740762000000); /* 2025-03-01T00:00+07:00 */
	const char *const folders[] = { "adapters" };
	struct parties *parties;
	struct failure why;

	(void)state;
	assert_true(parties_load(&parties, folders, 1, &why));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct party *party = parties_find(parties, rows[i].id);

		assert_string_equal(party_name_on(party, march_2025 - 1, false), rows[i].before);
		assert_string_equal(party_name_on(party, march_2025, false), rows[i].since);
		assert_int_equal(party->successor != NULL, rows[i].successor != NULL);
		if (party->successor == NULL)
			continue;
		assert_string_equal(party->successor, rows[i].successor);
		assert_true(party->successor_from == march_2025);
	}
	parties_free(parties);
}

/* ---- looking --------------------------------------------------------------------------- */

static void test_parties_are_sorted_by_id_whatever_their_files_are_called(void **state)
{
	struct place *place = *state;
	char buffer[512];

	put(place, "1.xml", profile(buffer, "id='MoT' role='agency' delivery='push'", NAMES));
	put(place, "2.xml", profile(buffer, "id='BANK' role='bank' delivery='push'", NAMES));
	put(place, "3.xml", profile(buffer, "id='MoIT' role='agency' delivery='pull'", NAMES));
	assert_true(load(place));
	assert_int_equal(parties_count(place->parties), 3);
	assert_string_equal(parties_at(place->parties, 0)->id, "BANK");
	assert_string_equal(parties_at(place->parties, 1)->id, "MoIT");
	assert_string_equal(parties_at(place->parties, 2)->id, "MoT");
	assert_null(parties_at(place->parties, 3));
	assert_false(parties_push(place->parties, "MoIT"));
	assert_string_equal(parties_role(place->parties, "BANK"), "bank");
}

static void test_who_has_no_profile_is_a_trader_with_a_mailbox(void **state)
{
	struct place *place = *state;
	char buffer[512];

	put(place, "a.xml", profile(buffer, "id='MoT' role='agency' delivery='push'", NAMES));
	assert_true(load(place));
	assert_null(parties_find(place->parties, "9900000016"));
	assert_string_equal(parties_role(place->parties, "9900000016"), "trader");
	assert_false(parties_push(place->parties, "9900000016"));
	assert_null(parties_find(place->parties, "mot")); /* ids are case-sensitive */
}

static void test_a_party_sees_the_kinds_that_its_profile_lists(void **state)
{
	struct place *place = *state;
	const struct party *party;
	char text[512];

	put(place, "a.xml",
	    profile(text, "id='A' role='agency' delivery='push'",
		    NAMES "<sees kind='DEC-IMP'/><sees kind='LPA'/>"));
	put(place, "b.xml", profile(text, "id='B' role='operator' delivery='pull'", NAMES));
	assert_true(load(place));
	party = parties_find(place->parties, "A");
	assert_true(party_sees(party, "DEC-IMP"));
	assert_true(party_sees(party, "LPA"));
	assert_false(party_sees(party, "DEC"));
	assert_false(party_sees(party, "*"));
	assert_false(party_sees(parties_find(place->parties, "B"), "DEC-IMP"));
}

static gateway_time day(const char *text)
{
	gateway_time when;

	assert_true(time_parse(text, &when, NULL));
	return when;
}

static void test_a_party_is_called_as_its_day_has_it(void **state)
{
	static const struct {
		const char *at, *name, *name_vi;
	} rows[] = {
		{ "1985-01-01", "Foodstuffs", "Bộ" }, /* before any of them: the first */
		{ "2007-07-31T23:59:59+07:00", "Foodstuffs", "Bộ" },
		{ "2007-08-01", "Agriculture", "Bộ" },
		{ "2025-02-28T23:59:59.999+07:00", "Agriculture", "Bộ" },
		{ "2025-03-01", "Environment", "Bộ mới" },
		{ "2030-01-01", "Foodstuffs", "Bộ mới" }, /* after all of them */
	};
	struct place *place = *state;
	const struct party *party;
	char text[512];

	put(place, "a.xml",
	    profile(text, "id='A' role='agency' delivery='push'",
		    "<name lang='en' from='1987-01-01' until='2007-08-01'>Foodstuffs</name>"
		    "<name lang='en' from='2007-08-01' until='2030-01-01'>Agriculture</name>"
		    "<name lang='en' from='2025-03-01' until='2030-01-01'>Environment</name>"
		    "<name lang='vi'>Bộ</name><name lang='vi' from='2025-03-01'>Bộ mới</name>"
		    "<successor id='MAE' from='2025-03-01' source='a decree' mark='S'/>"));
	put(place, "b.xml", profile(text, "id='B' role='operator' delivery='pull'", NAMES));
	assert_true(load(place));
	party = parties_find(place->parties, "A");
	assert_string_equal(party->name, "Foodstuffs");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_string_equal(party_name_on(party, day(rows[i].at), false), rows[i].name);
		assert_string_equal(party_name_on(party, day(rows[i].at), true), rows[i].name_vi);
	}
	assert_string_equal(party->successor, "MAE");
	assert_true(party->successor_from == day("2025-03-01"));
	party = parties_find(place->parties, "B");
	assert_string_equal(party_name_on(party, day("2014-02-26"), false), "Ministry");
	assert_null(party->successor);
}

static void test_an_empty_folder_has_no_parties(void **state)
{
	struct place *place = *state;

	assert_true(load(place));
	assert_int_equal(parties_count(place->parties), 0);
	assert_null(parties_find(place->parties, "MoF"));
	assert_string_equal(parties_role(place->parties, "MoF"), "trader");
}

static void test_files_that_are_no_parties_may_stand_beside_them(void **state)
{
	struct place *place = *state;
	char buffer[512];

	put(place, "control.xml", "<control xmlns='urn:nsw:control:1'><anything/></control>");
	put(place, "other.xml", "<party xmlns='urn:example:party'/>");
	put(place, "mot.xml", profile(buffer, "id='MoT' role='agency' delivery='push'", NAMES));
	put(place, "notes.txt", "not XML at all");
	assert_true(load(place));
	assert_int_equal(parties_count(place->parties), 1);
}

/* ---- broken ---------------------------------------------------------------------------- */

#define GOOD "id='MoT' role='agency' delivery='push'"

static const struct {
	const char *attributes, *content;
	int line;
	const char *text; /* somewhere in the failure's text */
} broken[] = {
	{ "role='agency' delivery='push'", NAMES, 1, "id" },
	{ "id='' role='agency' delivery='push'", NAMES, 1, "party id" },
	{ "id='../MoF' role='agency' delivery='push'", NAMES, 1, "party id" },
	{ "id='-MoT' role='agency' delivery='push'", NAMES, 1, "party id" },
	{ "id='Mo T' role='agency' delivery='push'", NAMES, 1, "party id" },
	{ "id='M12345678901234567890123456789012345' role='agency' delivery='push'", NAMES, 1,
	  "party id" },
	{ "id='MoT' role='minister' delivery='push'", NAMES, 1, "role" },
	{ "id='MoT' role='agency' delivery='pushed'", NAMES, 1, "did you mean 'push'" },
	{ "id='MoT' role='agency'", NAMES, 1, "delivery" },
	{ GOOD " color='red'", NAMES, 1, "color" },
	{ GOOD, "<name lang='en'>Ministry</name>\n", 1, "'vi' is missing" },
	{ GOOD, "<name lang='vi'>Bộ</name>\n", 1, "'en' is missing" },
	{ GOOD, NAMES "<name lang='en'>Again</name>\n", 4, "given twice" },
	{ GOOD, "<name lang='en'> </name>\n<name lang='vi'>Bộ</name>\n", 2, "empty" },
	{ GOOD, NAMES "<name lang='fr'>Ministère</name>\n", 4, "lang" },
	{ GOOD, NAMES "<name lang='en' from='soon'>M</name>\n", 4, "'soon'" },
	{ GOOD, NAMES "<name lang='en' from='2025-03-01' until='2025-03-01'>M</name>\n", 4,
	  "ends before it begins" },
	{ GOOD,
	  NAMES "<name lang='vi' from='2025-03-01'>M</name>"
		"<name lang='vi' from='2025-03-01'>N</name>\n",
	  4, "given twice" },
	{ GOOD, NAMES "<successor id='MAE'/>\n", 4, "from" },
	{ GOOD, NAMES "<successor id='MAE' from='then'/>\n", 4, "'then'" },
	{ GOOD, NAMES "<alias for='nothing'/>\n", 4, "value" },
	{ GOOD, NAMES "<see kind='DEC-IMP'/>\n", 4, "did you mean 'sees'" },
	{ GOOD, NAMES "<decisions answer='LPR'>\n</decisions>\n", 4, "decision" },
	{ GOOD, NAMES "<sees kind='DEC-IMP'>\n", 0, "XML-001" }, /* the parser says which line */
};

static void test_a_broken_profile_is_refused_with_file_and_line(void **state)
{
	struct place *place = *state;
	char buffer[512], expected[128];

	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		place->count = 0;
		put(place, "mot.xml", profile(buffer, broken[i].attributes, broken[i].content));
		if (load(place))
			fail_msg("row %zu was accepted", i);
		assert_int_equal(place->why.verdict, FAULT);
		assert_string_equal(place->why.code, "PTY-901");
		snprintf(expected, sizeof expected, "%s/mot.xml:%d", place->folder, broken[i].line);
		if (broken[i].line > 0)
			assert_string_equal(place->why.place, expected);
		else
			assert_non_null(strstr(place->why.place, "/mot.xml"));
		if (strstr(place->why.text, broken[i].text) == NULL)
			fail_msg("row %zu: '%s' does not say '%s'", i, place->why.text,
				 broken[i].text);
	}
}

static void test_a_party_stands_in_one_file_only(void **state)
{
	struct place *place = *state;
	char buffer[512], expected[128];

	put(place, "a.xml", profile(buffer, GOOD, NAMES));
	put(place, "b.xml", profile(buffer, GOOD, NAMES));
	assert_false(load(place));
	assert_string_equal(place->why.code, "PTY-902");
	snprintf(expected, sizeof expected, "%s/b.xml:1", place->folder);
	assert_string_equal(place->why.place, expected);
	assert_non_null(strstr(place->why.text, "/a.xml"));
}

static void test_a_folder_that_is_not_there_is_named(void **state)
{
	const char *const folders[] = { "adapters", "no/such/folder" };
	struct parties *parties;
	struct failure why;

	(void)state;
	assert_false(parties_load(&parties, folders, 2, &why));
	assert_int_equal(why.verdict, FAULT);
	assert_string_equal(why.code, "IO-001");
	assert_string_equal(why.place, "no/such/folder");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_profiles_of_this_house_are_parties),
		cmocka_unit_test(test_two_ministries_became_one_and_another_part_of_a_third),
		cmocka_unit_test_setup_teardown(
			test_parties_are_sorted_by_id_whatever_their_files_are_called, make_place,
			remove_place),
		cmocka_unit_test_setup_teardown(test_who_has_no_profile_is_a_trader_with_a_mailbox,
						make_place, remove_place),
		cmocka_unit_test_setup_teardown(test_a_party_sees_the_kinds_that_its_profile_lists,
						make_place, remove_place),
		cmocka_unit_test_setup_teardown(test_a_party_is_called_as_its_day_has_it,
						make_place, remove_place),
		cmocka_unit_test_setup_teardown(test_an_empty_folder_has_no_parties, make_place,
						remove_place),
		cmocka_unit_test_setup_teardown(
			test_files_that_are_no_parties_may_stand_beside_them, make_place,
			remove_place),
		cmocka_unit_test_setup_teardown(test_a_broken_profile_is_refused_with_file_and_line,
						make_place, remove_place),
		cmocka_unit_test_setup_teardown(test_a_party_stands_in_one_file_only, make_place,
						remove_place),
		cmocka_unit_test(test_a_folder_that_is_not_there_is_named),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
