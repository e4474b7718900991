#include "core/procedures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/document.h"
#include "scratch.h"

#define REGISTER(rows) "<procedures xmlns='urn:nsw:procedures:1'>\n" rows "</procedures>"
#define DAY	       INT64_C(86400000)

static const char quarantine[] =
	REGISTER("<procedure id='FOOD-IMP' party='FOOD' title='Quarantine' title-vi='Kiểm dịch'"
		 " documents='853 856' hs='01-05 1604' direction='import' from='2014-02-26'"
		 " fee='40000' paper-time='3d' electronic-time='90m' counter='Hai Phong'"
		 " source='chosen' mark='C' assumed='hs fee'>\n"
		 "<data name='Port' form='code ports' required='yes' title='Port'/>\n"
		 "<data name='Count' form='number'/>\n<data name='Day' form='date'/>\n"
		 "<data name='Cooled' form='yes'/>\n<data name='Remark' form='text'/>\n"
		 "</procedure>\n"
		 "<procedure id='FORM' party='' title='Certificate'/>\n");

static const char ports[] = "<codes xmlns='urn:nsw:codes:1' id='ports'><code value='VNHPH'/>"
			    "<code value='VNOLD' until='2014-12-31'/></codes>";

struct bench {
	struct scratch *scratch;
	const char *folder;
	struct codes *codes;
	struct failure why;
};

static int set_up(void **state)
{
	static struct bench bench;
	const char *codes;

	bench = (struct bench){ .scratch = scratch_new() };
	bench.folder = scratch_folder(bench.scratch);
	codes = scratch_path(bench.scratch, "codes");
	scratch_write(bench.scratch, "codes/ports.xml", ports);
	*state = &bench;
	return codes_load(&bench.codes, &codes, 1, &bench.why) ? 0 : -1;
}

static int take_down(void **state)
{
	struct bench *bench = *state;

	codes_free(bench->codes);
	scratch_free(bench->scratch);
	return 0;
}

static struct procedures *load(struct bench *bench, const char *content)
{
	struct procedures *procedures;

	scratch_write(bench->scratch, "procedures.xml", content);
	if (!procedures_load(&procedures, &bench->folder, 1, bench->codes, &bench->why))
		fail_msg("%s: %s", bench->why.place, bench->why.text);
	return procedures;
}

static void test_a_procedure_says_whose_it_is_and_what_it_takes(void **state)
{
	struct procedures *procedures = load(*state, quarantine);
	const struct procedure *procedure = procedures_find(procedures, "FOOD-IMP");
	gateway_time from;

	assert_int_equal(procedures_count(procedures), 2);
	assert_ptr_equal(procedure, procedures_at(procedures, 0));
	assert_null(procedures_find(procedures, "FOOD-EXP"));
	assert_string_equal(procedure->party, "FOOD");
	assert_string_equal(procedure->title_vi, "Kiểm dịch");
	assert_string_equal(procedure->documents[1], "856");
	assert_null(procedure->documents[2]);
	assert_true(hs_in(procedure->goods, procedure->goods_count, "03061700"));
	assert_false(hs_in(procedure->goods, procedure->goods_count, "1605"));
	assert_int_equal(procedure->direction, DIRECTION_IMPORT);
	assert_true(time_parse("2014-02-26", &from, NULL));
	assert_int_equal(procedure->from, from);
	assert_string_equal(procedure->fee, "40000");
	assert_int_equal(procedure->paper_time, 3 * DAY);
	assert_int_equal(procedure->electronic_time, 90 * 60 * 1000);
	assert_string_equal(procedure->counter, "Hai Phong");
	assert_null(procedure->counter_vi);
	assert_string_equal(procedure->assumed, "hs fee");
	assert_int_equal(procedure->data_count, 5);
	assert_true(procedure->data[0].required);
	assert_false(procedure->data[1].required);
	assert_non_null(strstr(procedure->place, "procedures.xml:2"));
	procedures_free(procedures);
}

static void test_what_a_row_leaves_out_has_its_standard(void **state)
{
	struct procedures *procedures = load(*state, quarantine);
	const struct procedure *form = procedures_find(procedures, "FORM");

	assert_string_equal(form->party, "");
	assert_int_equal(form->direction, DIRECTION_ANY);
	assert_string_equal(form->fee, "0");
	assert_string_equal(form->assumed, "");
	assert_int_equal(form->from, 0);
	assert_int_equal(form->paper_time, 0);
	assert_int_equal(form->goods_count, 0);
	assert_int_equal(form->data_count, 0);
	assert_null(form->documents[0]);
	procedures_free(procedures);
}

static void test_attributes_are_found_by_their_names_in_the_file(void **state)
{
	struct procedures *procedures = load(*state, quarantine);
	const struct procedure *procedure = procedures_find(procedures, "FOOD-IMP");
	const struct procedure *form = procedures_find(procedures, "FORM");
	size_t columns = 0;

	assert_string_equal(procedure_attribute(procedure, "id"), "FOOD-IMP");
	assert_string_equal(procedure_attribute(procedure, "hs"), "01-05 1604");
	assert_string_equal(procedure_attribute(procedure, "paper-time"), "3d");
	assert_string_equal(procedure_attribute(procedure, "documents"), "853 856");
	assert_null(procedure_attribute(procedure, "counter-vi"));
	assert_null(procedure_attribute(procedure, "colour"));
	assert_string_equal(procedure_attribute(form, "party"), "");
	assert_null(procedure_attribute(form, "fee"));
	while (procedure_columns()[columns] != NULL)
		columns++;
	assert_int_equal(columns, 16);
	procedures_free(procedures);
}

static void test_data_have_the_form_that_is_asked_for(void **state)
{
	static const struct {
		const char *name, *value, *on;
		bool good;
	} rows[] = {
		{ "Port", "VNHPH", "2014-02-26", true },
		{ "Port", "VNSGN", "2014-02-26", false },
		{ "Port", "VNOLD", "2014-12-31", true },
		{ "Port", "VNOLD", "2015-01-01", false },
		{ "Count", "12.5", "2014-02-26", true },
		{ "Count", "12,5", "2014-02-26", false },
		{ "Count", "", "2014-02-26", false },
		{ "Day", "2014-02-26", "2014-02-26", true },
		{ "Day", "2014-02-30", "2014-02-26", false },
		{ "Day", "2014-02-26T08:00:00Z", "2014-02-26", false },
		{ "Cooled", "yes", "2014-02-26", true },
		{ "Cooled", "no", "2014-02-26", true },
		{ "Cooled", "perhaps", "2014-02-26", false },
		{ "Remark", "anything", "2014-02-26", true },
		{ "Remark", "", "2014-02-26", false },
	};
	struct bench *bench = *state;
	struct procedures *procedures = load(bench, quarantine);
	const struct procedure *procedure = procedures_find(procedures, "FOOD-IMP");

	assert_null(procedure_data(procedure, "Colour"));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct procedure_data *data = procedure_data(procedure, rows[i].name);
		gateway_time on;

		assert_true(time_parse(rows[i].on, &on, NULL));
		assert_non_null(data);
		if (procedure_data_good(data, rows[i].value, bench->codes, on) != rows[i].good)
			fail_msg("%s='%s' on %s", rows[i].name, rows[i].value, rows[i].on);
	}
	assert_false(procedure_data_good(procedure_data(procedure, "Port"), "VNHPH", NULL, 0));
	procedures_free(procedures);
}

static void test_registers_of_folders_are_joined(void **state)
{
	struct bench *bench = *state;
	struct scratch *scratch = bench->scratch;
	const char *folders[] = { scratch_path(scratch, "a"), scratch_path(scratch, "b"),
				  scratch_path(scratch, "c") };
	struct procedures *procedures;

	scratch_write(scratch, "a/procedures.xml",
		      REGISTER("<procedure id='A' party='P' title='t'/>"));
	scratch_write(scratch, "b/else.xml", "not looked at");
	scratch_write(scratch, "c/procedures.xml",
		      REGISTER("<procedure id='C' party='P' title='t'/>"));
	assert_true(procedures_load(&procedures, folders, 3, NULL, &bench->why));
	assert_int_equal(procedures_count(procedures), 2);
	assert_string_equal(procedures_at(procedures, 1)->id, "C");
	procedures_free(procedures);

	scratch_write(scratch, "c/procedures.xml",
		      REGISTER("\n<procedure id='A' party='P' title='t'/>"));
	assert_false(procedures_load(&procedures, folders, 3, NULL, &bench->why));
	assert_null(procedures);
	assert_failure(&bench->why, FAULT, "PRC-902", "c/procedures.xml:3",
		       "a/procedures.xml:2 already");
	procedures_free(NULL);
}

#define ONE(attributes) REGISTER("<procedure id='A' party='P' title='t' " attributes "/>")
#define WITH(attributes)                                                                           \
	REGISTER("<procedure id='A' party='P' title='t'>\n<data " attributes "/></procedure>")

static void test_broken_registers_are_refused_with_file_and_line(void **state)
{
	static const struct {
		const char *content, *place, *text;
	} rows[] = {
		{ "<procedures", ":1", "not well-formed" },
		{ REGISTER("<procedure id='A' party='P'/>"), ":2", "'title'" },
		{ REGISTER("<procedure id='' party='P' title='t'/>"), ":2", "the id is empty" },
		{ ONE("conter='x'"), ":2", "did you mean 'counter'" },
		{ ONE("direction='inport'"), ":2", "did you mean 'import'" },
		{ ONE("fee='-1'"), ":2", "no amount in VND" },
		{ ONE("fee='free'"), ":2", "no amount in VND" },
		{ ONE("paper-time='3 days'"), ":2", "is no duration" },
		{ ONE("from='soon'"), ":2", "is no date" },
		{ ONE("mark='Z'"), ":2", "mark='Z'" },
		{ ONE("hs='3'"), ":2", "is no HS prefix" },
		{ ONE("assumed='hs fees'"), ":2", "did you mean 'fee'" },
		{ WITH("name='X'"), ":3", "'form'" },
		{ WITH("name='X' form='word'"), ":3", "is not text, number, date" },
		{ WITH("name='X' form=''"), ":3", "is not text, number, date" },
		{ WITH("name='X' form='code'"), ":3", "code LIST" },
		{ WITH("name='X' form='text ports'"), ":3", "code LIST" },
		{ WITH("name='X' form='code ports units'"), ":3", "code LIST" },
		{ WITH("name='X' form='code prots'"), ":3", "there is no code list 'prots'" },
		{ WITH("name='X Y' form='text'"), ":3", "is no name of data" },
		{ WITH("name='' form='text'"), ":3", "is no name of data" },
		{ WITH("name='X' form='text'/>\n<data name='X' form='text'"), ":4",
		  "stands here already" },
		{ WITH("name='X' form='text' required='maybe'"), ":3", "required='maybe'" },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct procedures *procedures;

		scratch_write(bench->scratch, "procedures.xml", rows[i].content);
		if (procedures_load(&procedures, &bench->folder, 1, bench->codes, &bench->why))
			fail_msg("%s is taken", rows[i].content);
		assert_null(procedures);
		assert_failure(&bench->why, FAULT, "PRC-901", rows[i].place, rows[i].text);
	}
}

static void test_our_own_procedures_name_their_sources_in_two_languages(void **state)
{
	const char *folder = "schemas";
	struct procedures *procedures;
	struct failure why;

	(void)state;
	if (!procedures_load(&procedures, &folder, 1, NULL, &why))
		fail_msg("%s: %s", why.place, why.text);
	for (size_t i = 0; i < procedures_count(procedures); i++) {
		const struct procedure *procedure = procedures_at(procedures, i);

		if (procedure->title_vi == NULL || procedure->source == NULL ||
		    procedure->mark == NULL)
			fail_msg("%s lacks a title, a source or a mark", procedure->place);
	}
	procedures_free(procedures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_procedure_says_whose_it_is_and_what_it_takes),
		cmocka_unit_test(test_what_a_row_leaves_out_has_its_standard),
		cmocka_unit_test(test_attributes_are_found_by_their_names_in_the_file),
		cmocka_unit_test(test_data_have_the_form_that_is_asked_for),
		cmocka_unit_test(test_registers_of_folders_are_joined),
		cmocka_unit_test(test_broken_registers_are_refused_with_file_and_line),
		cmocka_unit_test(test_our_own_procedures_name_their_sources_in_two_languages),
	};

	document_setup();
	return cmocka_run_group_tests(tests, set_up, take_down);
}
