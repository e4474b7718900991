/* Control tables as files: what is refused when they are read. */
#include "shelf.h"

/* ---- loading ------------------------------------------------------------------------------ */

static void test_a_broken_table_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *control, *code, *place, *text;
	} rows[] = {
		{ CONTROL(""), NULL, NULL, NULL },
		{ CONTROL(MOF), NULL, NULL, NULL },
		{ "<control", "PLN-901", NULL, "" },
		{ CONTROL("<line/>"), "PLN-901", "control.xml:2", "line" },
		{ CONTROL(MOF "<row kind='*' to='MoF'/>"), "PLN-901", "control.xml:3",
		  "procedure" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' hss='01'/>"), "PLN-901",
		  "control.xml:2", "hss" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' releases='often'/>"), "PLN-901",
		  "control.xml:2", "often" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' hs='1'/>"), "PLN-901",
		  "control.xml:2", "'1'" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' hs='ab'/>"), "PLN-901",
		  "control.xml:2", "'ab'" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' hs='01-0203'/>"), "PLN-901",
		  "control.xml:2", "'01-0203'" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' hs='02-01'/>"), "PLN-901",
		  "control.xml:2", "'02-01'" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' hs='01-'/>"), "PLN-901",
		  "control.xml:2", "'01-'" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' hs='01 02x'/>"), "PLN-901",
		  "control.xml:2", "'02x'" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' hs='01-02-03'/>"), "PLN-901",
		  "control.xml:2", "'01-02-03'" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' by='post'/>"), "PLN-901",
		  "control.xml:2", "post" },
		{ CONTROL("<row kind='*' to='{agency' procedure='P'/>"), "PLN-901", "control.xml:2",
		  "to='{agency'" },
		{ CONTROL("<row kind='*' to='{}' procedure='P'/>"), "PLN-901", "control.xml:2",
		  "to='{}'" },
		{ CONTROL("<row kind='*' to='MoF' procedure='{a}-{b}'/>"), "PLN-901",
		  "control.xml:2", "procedure='{a}-{b}'" },
		{ CONTROL("<row kind='*' to='' procedure='P'/>"), "PLN-901", "control.xml:2",
		  "to=''" },
		{ CONTROL("<row kind='*' to='Ministry' procedure='P'/>"), "PLN-902",
		  "control.xml:2", "Ministry" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' when='item['/>"), "RUL-903",
		  "control.xml:2", "" },
	};
	struct shelf *shelf = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool good = shelf_load(shelf, rows[i].control, NULL);

		if (good != (rows[i].code == NULL))
			fail_msg("row %zu: %s", i, good ? "was taken" : shelf->why.text);
		if (!good)
			assert_failure(&shelf->why, FAULT, rows[i].code, rows[i].place,
				       rows[i].text);
	}
}

/* ---- tables that must fit together ---------------------------------------------------------- */

static void test_what_a_row_names_must_be_there_and_be_whose_it_says(void **state)
{
	static const struct {
		const char *row, *code, *text;
	} rows[] = {
		{ "<row kind='*' procedure='CLEAR'/>", NULL, NULL },
		{ "<row kind='*' to='MoF' procedure='CLEAR'/>", NULL, NULL },
		{ "<row kind='*' to='ASW-TH' procedure='FORM-D'/>", NULL, NULL },
		{ "<row kind='*' to='MARD' procedure='UNREGISTERED'/>", NULL, NULL },
		{ "<row kind='*' to='{agency}' procedure='{procedure}'/>", NULL, NULL },
		{ "<row kind='*' procedure='{procedure}'/>", NULL, NULL },
		{ "<row kind='*' procedure='UNREGISTERED'/>", "PLN-904", "UNREGISTERED" },
		{ "<row kind='*' procedure='FORM-D'/>", "PLN-904", "FORM-D" },
		{ "<row kind='*' to='MARD' procedure='CLEAR'/>", "PLN-904", "CLEAR" },
		{ "<row kind='*' to='Clear' procedure='CLEAR'/>", "PLN-902", "Clear" },
		{ "<row kind='DEC-IMP WCO-DEC' procedure='CLEAR'/>", NULL, NULL },
		{ "<row kind='DEC-IMP APPLY' procedure='CLEAR'/>", "PLN-903",
		  "MoF does not see APPLY" },
		{ "<row kind='APPLY' by='case' procedure='CLEAR'/>", NULL, NULL },
		{ "<row kind='APPLY' by='document' to='ASW-TH' procedure='FORM-D'/>", NULL, NULL },
		{ "<row kind='APPLY' by='delivery' to='ASW-TH' procedure='FORM-D'/>", "PLN-903",
		  "ASW-TH does not see APPLY" },
		{ "<row kind='APPLY' to='{agency}' procedure='CLEAR'/>", NULL, NULL },
	};
	struct shelf *shelf = *state;

	scratch_write(shelf->scratch, "one/procedures.xml", REGISTERED);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool good = shelf_load(
			shelf, arena_printf(shelf->arena, CONTROL("%s\n"), rows[i].row), NULL);

		if (good != (rows[i].code == NULL))
			fail_msg("row %zu: %s", i, good ? "was taken" : shelf->why.text);
		if (!good)
			assert_failure(&shelf->why, FAULT, rows[i].code, "control.xml:2",
				       rows[i].text);
	}
}

static void test_a_calendar_names_parties_and_procedures_that_there_are(void **state)
{
	struct shelf *shelf = *state;

	scratch_write(shelf->scratch, "one/procedures.xml", REGISTERED);
	scratch_write(shelf->scratch, "one/rollout.xml",
		      CALENDAR("<row title='An event' used='2015-09-04'/>\n"
			       "<row of='MoF ANIMALS' state='LIVE' used='2015-09-04'/>\n"));
	shelf_must_load(shelf, CONTROL(MOF));
	scratch_write(shelf->scratch, "one/rollout.xml",
		      CALENDAR("<row of='MoF' state='LIVE' used='2015-09-04'/>\n"
			       "<row of='MoF ANIMAL' state='LIVE' used='2015-09-04'/>\n"));
	assert_false(shelf_load(shelf, CONTROL(MOF), NULL));
	assert_failure(&shelf->why, FAULT, "PLN-904", "rollout.xml:3", "ANIMAL is neither");
}

static void test_a_registered_procedure_is_a_known_partys_or_left_open(void **state)
{
	struct shelf *shelf = *state;

	scratch_write(shelf->scratch, "one/procedures.xml", REGISTERED);
	shelf_must_load(shelf, CONTROL(MOF));
	scratch_write(shelf->scratch, "one/procedures.xml",
		      REGISTER("<procedure id='LOST' party='MoLost' title='L' paper-time='1d' "
			       "electronic-time='1d' fee='0' documents='911'/>"));
	assert_false(shelf_load(shelf, CONTROL(MOF), NULL));
	assert_failure(&shelf->why, FAULT, "PLN-904", "procedures.xml:2", "LOST belongs to MoLost");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_SHELF(test_a_broken_table_is_refused_with_its_place),
		ON_SHELF(test_what_a_row_names_must_be_there_and_be_whose_it_says),
		ON_SHELF(test_a_calendar_names_parties_and_procedures_that_there_are),
		ON_SHELF(test_a_registered_procedure_is_a_known_partys_or_left_open),
	};

	return cmocka_run_group_tests(tests, shelf_gather, shelf_leave);
}
