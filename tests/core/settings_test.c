#include "core/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <cmocka.h>

#include "core/document.h"
#include "core/text.h"

#define GRAMMAR		"schemas/grammar/settings.xsd"
#define TEN		"0123456789"
#define FIFTY		TEN TEN TEN TEN TEN
#define SOCKET_NAME_107 FIFTY FIFTY "1234567"
#define OPEN		"<settings xmlns=\"urn:nsw:settings:1\">\n"
#define CLOSE		"</settings>\n"

/* ---- a folder with one settings.xml ---------------------------------------------------- */

struct place {
	struct arena *arena;
	char folder[64], file[96];
	struct settings settings;
	struct failure why;
};

static int make_place(void **state)
{
	struct place *place = must_alloc(sizeof *place);
	const char *temporary = getenv("TMPDIR");

	place->arena = arena_new();
	snprintf(place->folder, sizeof place->folder, "%s/nsw-XXXXXX",
		 temporary != NULL ? temporary : "/tmp");
	if (mkdtemp(place->folder) == NULL)
		return -1;
	snprintf(place->file, sizeof place->file, "%s/settings.xml", place->folder);
	*state = place;
	return 0;
}

static int remove_place(void **state)
{
	struct place *place = *state;
	int status;

	unlink(place->file);
	status = rmdir(place->folder);
	arena_free(place->arena);
	free(place);
	return status;
}

static bool load(struct place *place, const char *content)
{
	assert_true(file_write(place->file, content, strlen(content), 0600, NULL));
	return settings_load(&place->settings, place->arena, place->file, &place->why);
}

static void assert_refused(const struct failure *why, const char *code, const char *place,
			   const char *text)
{
	assert_string_equal(why->code, code);
	assert_int_equal(why->verdict, FAULT);
	if (strstr(why->place, place) == NULL)
		fail_msg("'%s' is not at '%s' (%s)", why->place, place, why->text);
	if (strstr(why->text, text) == NULL)
		fail_msg("'%s' does not say '%s'", why->text, text);
}

/* ---- standards, file, environment, options ---------------------------------------------- */

static void test_without_anything_the_standards_hold(void **state)
{
	struct place *place = *state;
	struct settings *s = &place->settings;

	assert_true(settings_load(s, place->arena, NULL, &place->why));
	assert_string_equal(s->instance, "NSW-VN");
	assert_string_equal(s->kinds[0], "schemas");
	assert_null(s->kinds[1]);
	assert_string_equal(s->endpoint, "");
	assert_string_equal(s->date, "");
	assert_string_equal(s->calendar, "");
	assert_string_equal(s->clock, "ticking");
	assert_false(s->skip_time);
	assert_int_equal(s->retry_first, 10 * 1000);
	assert_int_equal(s->retry_most, 60 * 60 * 1000);
	assert_int_equal(s->polite_limit, 8 * 1024 * 1024);
}

static void test_an_option_beats_the_environment_beats_the_file_beats_the_standard(void **state)
{
	struct place *place = *state;
	struct settings *s = &place->settings;

	setenv("NSW_RETRY_FIRST", "3s", 1);
	setenv("NSW_WINDOW", "", 1); /* empty: not set */
	assert_true(load(place, OPEN "<retry-first>2s</retry-first>\n<window>4</window>\n"
				     "<attempts>5</attempts>\n" CLOSE));
	assert_int_equal(s->retry_first, 3000);
	assert_int_equal(s->window, 4);
	assert_int_equal(s->attempts, 5);
	assert_int_equal(s->queue, 256);
	assert_true(
		settings_set(s, place->arena, "retry-first", "4s", "--retry-first", &place->why));
	assert_int_equal(s->retry_first, 4000);
	unsetenv("NSW_RETRY_FIRST");
	unsetenv("NSW_WINDOW");
}

static void test_a_calendar_in_the_file_is_looked_for_beside_it(void **state)
{
	struct place *place = *state;
	struct settings *s = &place->settings;
	char beside[128];

	snprintf(beside, sizeof beside, "%s/mine.xml", place->folder);
	assert_true(load(place, OPEN "<calendar>mine.xml</calendar>" CLOSE));
	assert_string_equal(s->calendar, beside);
	assert_true(load(place, OPEN "<calendar>none</calendar>" CLOSE));
	assert_string_equal(s->calendar, "none");
	assert_true(load(place, OPEN "<calendar/>" CLOSE));
	assert_string_equal(s->calendar, "");
}

static void test_a_list_in_the_file_is_the_whole_list_and_others_add_to_it(void **state)
{
	struct place *place = *state;
	struct settings *s = &place->settings;
	char beside[128];

	setenv("NSW_KINDS", "/env/one::two", 1);
	assert_true(load(place, OPEN "<kinds>/first</kinds><kinds>second</kinds>" CLOSE));
	assert_true(settings_set(s, place->arena, "kinds", "/option", "--kinds", &place->why));
	unsetenv("NSW_KINDS");

	snprintf(beside, sizeof beside, "%s/second", place->folder);
	assert_string_equal(s->kinds[0], "/first");
	assert_string_equal(s->kinds[1], beside);
	assert_string_equal(s->kinds[2], "/env/one");
	assert_string_equal(s->kinds[3], "two");
	assert_string_equal(s->kinds[4], "/option");
	assert_null(s->kinds[5]);
	assert_string_equal(s->parties[0], "adapters");
}

static void test_an_option_adds_to_the_standard_list(void **state)
{
	struct place *place = *state;
	struct settings *s = &place->settings;

	assert_true(settings_load(s, place->arena, NULL, &place->why));
	assert_true(settings_set(s, place->arena, "kinds", "mine", "--kinds", &place->why));
	assert_string_equal(s->kinds[0], "schemas");
	assert_string_equal(s->kinds[1], "mine");
}

static void test_a_list_ends_where_its_room_ends(void **state)
{
	struct place *place = *state;
	struct settings *s = &place->settings;

	assert_true(settings_load(s, place->arena, NULL, &place->why));
	for (int i = 1; i < SETTINGS_FOLDERS; i++)
		assert_true(settings_set(s, place->arena, "kinds",
					 arena_printf(place->arena, "x%d", i), "--kinds",
					 &place->why));
	assert_false(settings_set(s, place->arena, "kinds", "x", "--kinds", &place->why));
	assert_refused(&place->why, "CFG-002", "--kinds", "at most 16");
	assert_null(s->kinds[SETTINGS_FOLDERS]);
	assert_string_equal(s->parties[0], "adapters");
}

static void test_a_folder_given_twice_is_taken_once(void **state)
{
	struct place *place = *state;
	struct settings *s = &place->settings;
	const char *other_name = arena_printf(place->arena, "%s/../%s", place->folder,
					      strrchr(place->folder, '/') + 1);

	assert_true(settings_load(s, place->arena, NULL, &place->why));
	assert_true(settings_set(s, place->arena, "kinds", "gone", "--kinds", &place->why));
	assert_true(settings_set(s, place->arena, "kinds", place->folder, "--kinds", &place->why));
	assert_true(settings_set(s, place->arena, "kinds", "gone", "--kinds", &place->why));
	assert_true(settings_set(s, place->arena, "kinds", other_name, "--kinds", &place->why));
	assert_string_equal(s->kinds[2], place->folder);
	assert_null(s->kinds[3]);
}

static void test_folders_of_a_file_are_beside_it(void **state)
{
	struct place *place = *state;
	char expected[128];

	assert_true(load(place, OPEN "<state> run </state><keys>/etc/nsw/keys</keys>" CLOSE));
	snprintf(expected, sizeof expected, "%s/run", place->folder);
	assert_string_equal(place->settings.state, expected);
	assert_string_equal(place->settings.keys, "/etc/nsw/keys");
}

/* ---- values ----------------------------------------------------------------------------- */

static void test_values_are_taken_within_their_bounds_only(void **state)
{
	static const struct {
		const char *name, *value;
		bool taken;
	} rows[] = {
		{ "instance", "NSW-VN", true },
		{ "instance", "", false },
		{ "instance", "NSW VN", false },
		{ "instance", "12345678901234567890123456789012345", true },
		{ "instance", "123456789012345678901234567890123456", false },
		{ "state", "", false },
		{ "endpoint", "", true },
		{ "endpoint", "tcp://127.0.0.1:*", true },
		{ "endpoint", "tcp://127.0.0.1", false },
		{ "endpoint", "ipc:///tmp/x", true },
		{ "endpoint", "ipc://", false },
		{ "endpoint", "ipc://" SOCKET_NAME_107, true },
		{ "endpoint", "ipc://" SOCKET_NAME_107 "8", false },
		{ "endpoint", "http://localhost:8014", false },
		{ "environment", "LIVE", true },
		{ "environment", "live", false },
		{ "environment", "", false },
		{ "environment", "TEST PARALLEL", false },
		{ "date", "2014-02-26", true },
		{ "date", "26.02.2014", false },
		{ "date", "", true },
		{ "calendar", "", true },
		{ "calendar", "none", true },
		{ "calendar", "mine.xml", true },
		{ "seed", "", false },
		{ "log", "debug", true },
		{ "log", "loud", false },
		{ "clock", "held", true },
		{ "clock", "stopped", false },
		{ "skip-time", "yes", true },
		{ "skip-time", "true", false },
		{ "workers", "0", true },
		{ "workers", "256", true },
		{ "workers", "257", false },
		{ "workers", "-1", false },
		{ "workers", " 1", false },
		{ "workers", "1 ", false },
		{ "workers", "", false },
		{ "workers", "99999999999999999999", false },
		{ "queue", "0", false },
		{ "retry-first", "9ms", false },
		{ "retry-first", "10ms", true },
		{ "retry-first", "10", false },
		{ "retry-most", "30d", true },
		{ "retry-most", "31d", false },
		{ "skew", "0s", true },
		{ "polite-limit", "1023", false },
		{ "polite-limit", "1024", true },
		{ "polite-limit", "48MiB", true },
		{ "polite-limit", "49MiB", false },
		{ "polite-limit", "8MB", false },
		{ "polite-limit", "9223372036854775807MiB", false },
		{ "polite-limit", "17592186044424MiB", false }, /* 2^64 and 8 MiB */
	};
	struct place *place = *state;

	assert_true(settings_load(&place->settings, place->arena, NULL, &place->why));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct settings before = place->settings;
		bool taken = settings_set(&place->settings, place->arena, rows[i].name,
					  rows[i].value, "--here", &place->why);

		if (taken != rows[i].taken)
			fail_msg("%s='%s' was%s taken", rows[i].name, rows[i].value,
				 taken ? "" : " not");
		if (!taken)
			assert_memory_equal(&before, &place->settings, sizeof before);
	}
}

static void test_a_refused_value_says_where_it_stood_and_what_it_may_be(void **state)
{
	struct place *place = *state;

	assert_false(load(place, OPEN "\n<attempts>0</attempts>\n" CLOSE));
	assert_refused(&place->why, "CFG-002", "settings.xml:3",
		       "attempts is '0'; it takes a whole number from 1 to 1000");

	setenv("NSW_LOG", "loud", 1);
	assert_false(settings_load(&place->settings, place->arena, NULL, &place->why));
	unsetenv("NSW_LOG");
	assert_refused(&place->why, "CFG-002", "NSW_LOG", "one of error warn note debug");
}

static void test_an_unknown_setting_gets_the_nearest_name(void **state)
{
	struct place *place = *state;

	assert_true(settings_load(&place->settings, place->arena, NULL, &place->why));
	assert_false(settings_set(&place->settings, place->arena, "retry-frist", "1s", "--set",
				  &place->why));
	assert_refused(&place->why, "CFG-003", "--set", "did you mean 'retry-first'?");
	assert_false(settings_set(&place->settings, place->arena, "colour", "red", "--set",
				  &place->why));
	assert_null(strstr(place->why.text, "did you mean"));
}

static void test_a_broken_file_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *content, *place, *text;
	} rows[] = {
		{ OPEN "<atempts>3</atempts>" CLOSE, ":2", "attempts" },
		{ OPEN "<attempts>3", ":2", "" },
		{ OPEN "<attempts unit=\"x\">3</attempts>" CLOSE, ":2", "unit" },
		{ OPEN "<attempts>3</attempts>\n<attempts>4</attempts>" CLOSE, ":3",
		  "attempts is given twice" },
		{ OPEN "3" CLOSE, ":2", "text" },
		{ "<settings/>", ":1", "urn:nsw:settings:1" },
		{ "<!DOCTYPE settings><settings xmlns=\"urn:nsw:settings:1\"/>", ":1", "" },
	};
	struct place *place = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_false(load(place, rows[i].content));
		assert_refused(&place->why, "CFG-001", rows[i].place, rows[i].text);
	}
	assert_false(settings_load(&place->settings, place->arena, "/nowhere.xml", &place->why));
	assert_refused(&place->why, "CFG-001", "/nowhere.xml", "");
}

/* ---- the table and the grammar ----------------------------------------------------------- */

static void test_the_schema_knows_the_settings_of_the_table_and_no_others(void **state)
{
	struct place *place = *state;
	const char *name, *metavar, *description, *standard;
	struct document *document;
	xmlNodePtr choice, element;
	size_t count = 0;

	assert_true(document_read(&document, GRAMMAR, &document_limits_data, &place->why));
	choice = child_named(document_root(document), "element");
	choice = child_named(child_named(choice, "complexType"), "choice");
	element = child_named(choice, "element");
	for (; settings_describe(count, &name, &metavar, &description, &standard); count++) {
		assert_non_null(element);
		assert_string_equal(attribute_text(place->arena, element, "name"), name);
		assert_true(*metavar != '\0' && *description != '\0');
		element = next_named(element, "element");
	}
	assert_null(element);
	assert_true(count > 20);
	document_free(document);
}

/* Every standard value, written to a file, satisfies the schema and is read back. */
static void test_the_standards_written_out_satisfy_the_schema(void **state)
{
	struct place *place = *state;
	const char *name, *metavar, *description, *standard;
	struct text text = TEXT_EMPTY;
	struct document *grammar;
	xmlSchemaParserCtxtPtr parser;
	xmlSchemaValidCtxtPtr judge;
	xmlSchemaPtr schema;
	xmlDocPtr tree;

	assert_true(document_read(&grammar, GRAMMAR, &document_limits_data, &place->why));
	parser = xmlSchemaNewDocParserCtxt(document_tree(grammar));
	schema = xmlSchemaParse(parser);
	assert_non_null(schema);
	judge = xmlSchemaNewValidCtxt(schema);
	text_add(&text, OPEN);
	for (size_t i = 0; settings_describe(i, &name, &metavar, &description, &standard); i++)
		text_printf(&text, "<%s>%s</%s>\n", name, standard, name);
	text_add(&text, CLOSE);

	assert_true(load(place, text.bytes));
	tree = xmlReadMemory(text.bytes, (int)text.length, "settings.xml", NULL, XML_PARSE_NONET);
	assert_int_equal(xmlSchemaValidateDoc(judge, tree), 0);

	xmlFreeDoc(tree);
	xmlSchemaFreeValidCtxt(judge);
	xmlSchemaFree(schema);
	xmlSchemaFreeParserCtxt(parser);
	document_free(grammar);
	text_free(&text);
}

#define IN_A_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_PLACE(test_without_anything_the_standards_hold),
		IN_A_PLACE(test_an_option_beats_the_environment_beats_the_file_beats_the_standard),
		IN_A_PLACE(test_a_calendar_in_the_file_is_looked_for_beside_it),
		IN_A_PLACE(test_a_list_in_the_file_is_the_whole_list_and_others_add_to_it),
		IN_A_PLACE(test_an_option_adds_to_the_standard_list),
		IN_A_PLACE(test_a_list_ends_where_its_room_ends),
		IN_A_PLACE(test_a_folder_given_twice_is_taken_once),
		IN_A_PLACE(test_folders_of_a_file_are_beside_it),
		IN_A_PLACE(test_values_are_taken_within_their_bounds_only),
		IN_A_PLACE(test_a_refused_value_says_where_it_stood_and_what_it_may_be),
		IN_A_PLACE(test_an_unknown_setting_gets_the_nearest_name),
		IN_A_PLACE(test_a_broken_file_is_refused_with_its_line),
		IN_A_PLACE(test_the_schema_knows_the_settings_of_the_table_and_no_others),
		IN_A_PLACE(test_the_standards_written_out_satisfy_the_schema),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
