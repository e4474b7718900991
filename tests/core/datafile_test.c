#include "core/datafile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"
#include "scratch.h"

#define NS "urn:nsw:port:1"

static const struct datafile_element grammar[] = {
	{ "port", "id! title nsw:layer xml:lang", "note? berth+ crane|shed* gate" },
	{ "note", "", "#text" },
	{ "berth", "id! *", "" },
	{ "crane", "lifts", "" },
	{ "shed/gate", "wide!", "" },
	{ "shed", "", "gate?" },
	{ "gate", "opens closes", "" },
	{ NULL, NULL, NULL },
};

struct place {
	struct scratch *scratch;
	struct arena *arena;
};

static int make_place(void **state)
{
	struct place *place = must_alloc(sizeof *place);

	place->scratch = scratch_new();
	place->arena = arena_new();
	*state = place;
	return 0;
}

static int remove_place(void **state)
{
	struct place *place = *state;

	scratch_free(place->scratch);
	arena_free(place->arena);
	free(place);
	return 0;
}

static bool read_port(struct place *place, struct datafile **file, const char *content,
		      struct failure *why)
{
	const char *path = scratch_write(place->scratch, "port.xml", content);

	return datafile_read(file, place->arena, path, NS, grammar, "PRT-901", why);
}

/* A root that is right, around what the test is about. */
#define PORT(inside) "<port xmlns='" NS "' id='HPH'>\n" inside "</port>\n"

static void test_what_the_grammar_allows_is_read(void **state)
{
	static const char *const contents[] = {
		PORT("<berth id='1'/><gate/>"),
		PORT("<note>deep <!-- really --> water</note><berth id='1'/><gate/>"),
		PORT("<berth id='1' depth='14' any='thing'/><berth id='2'/><gate/>"),
		PORT("<berth id='1'/><crane/><shed/><crane lifts='40'/><gate opens='6'/>"),
		PORT("<berth id='1'/><shed><gate wide='yes'/></shed><gate closes='22'/>"),
		"<p:port xmlns:p='" NS "' id='X'><p:berth id='1'/><p:gate/></p:port>",
		"<port xmlns='" NS "' id='X' xml:lang='vi' xmlns:r='urn:nsw:rule:1' r:layer='S'"
		" xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
		" xsi:schemaLocation='a b'><berth id='1'/><gate/></port>",
	};
	struct datafile *file;
	struct failure why;

	for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
		if (!read_port(*state, &file, contents[i], &why))
			fail_msg("%s\nis refused: %s", contents[i], why.text);
		datafile_free(file);
	}
}

static void test_what_it_does_not_allow_is_refused_with_file_and_line(void **state)
{
	static const struct {
		const char *content, *place, *text;
	} rows[] = {
		{ "<port", "port.xml:1", "not well-formed" },
		{ "<!DOCTYPE port><port xmlns='" NS "'/>", "port.xml:1", "DOCTYPE" },
		{ "<prot xmlns='" NS "'/>", "port.xml:1", "the root is 'prot'; it must be 'port'" },
		{ "<port xmlns='urn:other'/>", "port.xml:1",
		  "must be 'port' in the namespace " NS },
		{ "<port xmlns='" NS "'><berth id='1'/><gate/></port>", "port.xml:1",
		  "'port' must have the attribute 'id'" },
		{ PORT("<berth/><gate/>"), "port.xml:2", "'berth' must have the attribute 'id'" },
		{ PORT("<berth id='1'/>\n<gate openss='6'/>"), "port.xml:3",
		  "'gate' has no attribute 'openss' (did you mean 'opens'?)" },
		{ PORT("<berth id='1'/><gate xmlns:p='urn:x' p:opens='6'/>"), "port.xml:2",
		  "no attribute 'opens'" },
		{ PORT("<brth id='1'/><gate/>"), "port.xml:2",
		  "'brth' is not known in 'port' (did you mean 'berth'?)" },
		{ PORT("<lighthouse/><gate/>"), "port.xml:2",
		  "'lighthouse' is not known in 'port'" },
		{ PORT("<berth xmlns='urn:x' id='1'/><gate/>"), "port.xml:2",
		  "'berth' is not in the namespace " NS },
		{ PORT("<gate/>"), "port.xml:2", "'port' lacks its 'berth' before this place" },
		{ PORT("<berth id='1'/>"), "port.xml:1", "'port' lacks its 'gate'" },
		{ PORT("<berth id='1'/>\n<note/>\n<gate/>"), "port.xml:3",
		  "'port' lacks its 'gate' before this place" },
		{ PORT("<note/><note/><berth id='1'/><gate/>"), "port.xml:2",
		  "'port' lacks its 'berth' before this place" },
		{ PORT("<berth id='1'/><gate/>\n<gate/>"), "port.xml:3",
		  "in the wrong order or too often; 'port' holds: note? berth+" },
		{ PORT("<berth id='1'/>loose<gate/>"), "port.xml:2", "text stands in 'port'" },
		{ PORT("<berth id='1'/><shed><gate/></shed><gate/>"), "port.xml:2",
		  "'shed/gate' must have the attribute 'wide'" },
		{ PORT("<berth id='1'/><gate wide='yes'/>"), "port.xml:2",
		  "'gate' has no attribute 'wide'" },
	};
	struct datafile *file;
	struct failure why;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (read_port(*state, &file, rows[i].content, &why))
			fail_msg("%s\nis accepted", rows[i].content);
		assert_null(file);
		assert_failure(&why, FAULT, "PRT-901", rows[i].place, rows[i].text);
	}
}

static void test_a_file_that_is_not_there_is_named(void **state)
{
	struct place *place = *state;
	struct datafile *file;
	struct failure why;

	assert_false(datafile_read(&file, place->arena, scratch_path(place->scratch, "none.xml"),
				   NS, grammar, "PRT-901", &why));
	assert_failure(&why, FAULT, "PRT-901", "none.xml", "cannot be opened");
}

/* ---- attributes ----------------------------------------------------------------------- */

static struct datafile *gate_with(struct place *place, const char *attribute, xmlNodePtr *gate)
{
	struct text content = TEXT_EMPTY;
	struct datafile *file;
	struct failure why;

	text_printf(&content, PORT("<berth id='1' %s/><gate/>"), attribute);
	if (!read_port(place, &file, content.bytes, &why))
		fail_msg("%s", why.text);
	text_free(&content);
	*gate = child_named(datafile_root(file), "berth");
	return file;
}

static void test_attributes_are_trimmed_and_strings_outlive_the_file(void **state)
{
	struct place *place = *state;
	xmlNodePtr gate;
	struct datafile *file = gate_with(place, "a='  two words ' empty=''", &gate);
	const char *a = datafile_get(file, gate, "a");
	const char *const *list = datafile_list(file, gate, "a");
	const char *where = datafile_place(file, gate);

	assert_string_equal(datafile_get(file, gate, "empty"), "");
	assert_null(datafile_get(file, gate, "absent"));
	assert_null(datafile_list(file, gate, "absent")[0]);
	assert_null(datafile_list(file, gate, "empty")[0]);
	datafile_free(file);
	assert_string_equal(a, "two words");
	assert_string_equal(list[0], "two");
	assert_string_equal(list[1], "words");
	assert_null(list[2]);
	assert_string_equal(strrchr(where, '/'), "/port.xml:2");
}

static void test_yes_and_no_and_words_are_checked(void **state)
{
	static const char *const words[] = { "push", "pull", NULL };
	static const struct {
		const char *attribute;
		bool fits, yes;
	} rows[] = {
		{ "a='yes'", true, true }, { "a='no'", true, false }, { "a='true'", false, false },
		{ "a=''", false, false },  { "", true, true }, /* absent: as it was */
	};
	struct failure why;
	xmlNodePtr gate;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct datafile *file = gate_with(*state, rows[i].attribute, &gate);
		bool yes = true;

		assert_int_equal(datafile_yes(file, gate, "a", &yes, &why), rows[i].fits);
		if (rows[i].fits)
			assert_int_equal(yes, rows[i].yes);
		else
			assert_failure(&why, FAULT, "PRT-901", "port.xml:2", "not a value it can");
		datafile_free(file);
	}

	struct datafile *file = gate_with(*state, "d='pull' e='pul'", &gate);
	int which = 7;
	assert_true(datafile_word(file, gate, "absent", words, &which, &why));
	assert_int_equal(which, 7);
	assert_true(datafile_word(file, gate, "d", words, &which, &why));
	assert_int_equal(which, 1);
	assert_false(datafile_word(file, gate, "e", words, &which, &why));
	assert_failure(&why, FAULT, "PRT-901", "port.xml:2",
		       "e='pul' is not a value it can have (did you mean 'pull'?)");
	datafile_free(file);
}

static void test_dates_durations_and_files_are_checked(void **state)
{
	struct place *place = *state;
	gateway_time when = 1;
	int64_t ms = 1;
	const char *path = "as it was";
	struct failure why;
	xmlNodePtr gate;
	struct datafile *file = gate_with(
		place,
		"d='2014-02-26' bad-d='26/2/2014' t='2m' bad-t='2 min' f='port.xml' bad-f='x'",
		&gate);

	assert_true(datafile_date(file, gate, "d", &when, &why));
	assert_true(when == 1393347600000); /* 00:00 in Ha Noi */
	assert_false(datafile_date(file, gate, "bad-d", &when, &why));
	assert_failure(&why, FAULT, "PRT-901", "port.xml:2", "bad-d='26/2/2014' is no date");
	assert_true(datafile_duration(file, gate, "t", &ms, &why));
	assert_true(ms == 120000);
	assert_false(datafile_duration(file, gate, "bad-t", &ms, &why));
	assert_failure(&why, FAULT, "PRT-901", "port.xml:2", "no duration");
	assert_true(datafile_beside(file, gate, "absent", &path, &why));
	assert_string_equal(path, "as it was");
	assert_true(datafile_beside(file, gate, "f", &path, &why));
	assert_string_equal(path, scratch_path(place->scratch, "port.xml"));
	assert_false(datafile_beside(file, gate, "bad-f", &path, &why));
	assert_failure(&why, FAULT, "PRT-901", "port.xml:2", "bad-f='x': there is no such file");
	datafile_free(file);
}

static void test_the_xml_files_of_a_folder_come_sorted(void **state)
{
	struct place *place = *state;
	const char *const *paths;
	struct failure why;

	scratch_write(place->scratch, "c/b.xml", "");
	scratch_write(place->scratch, "c/a.xml", "");
	scratch_write(place->scratch, "c/.hidden.xml", "");
	scratch_write(place->scratch, "c/notes.txt", "");
	assert_true(datafiles_in(&paths, place->arena, scratch_path(place->scratch, "c"), "PRT-901",
				 &why));
	assert_string_equal(strrchr(paths[0], '/'), "/a.xml");
	assert_string_equal(strrchr(paths[1], '/'), "/b.xml");
	assert_null(paths[2]);
	assert_false(datafiles_in(&paths, place->arena, scratch_path(place->scratch, "none"),
				  "PRT-901", &why));
	assert_failure(&why, FAULT, "PRT-901", "/none", "cannot be read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_the_grammar_allows_is_read),
		cmocka_unit_test(test_what_it_does_not_allow_is_refused_with_file_and_line),
		cmocka_unit_test(test_a_file_that_is_not_there_is_named),
		cmocka_unit_test(test_attributes_are_trimmed_and_strings_outlive_the_file),
		cmocka_unit_test(test_yes_and_no_and_words_are_checked),
		cmocka_unit_test(test_dates_durations_and_files_are_checked),
		cmocka_unit_test(test_the_xml_files_of_a_folder_come_sorted),
	};

	document_setup();
	return cmocka_run_group_tests(tests, make_place, remove_place);
}
