/* Which tasks a message opens, and on which way each goes. */
#include "shelf.h"

/* ---- which rows fit ------------------------------------------------------------------------ */

/* On the day on which the window opened. */
static const char *tasks(struct shelf *shelf, const char *kind, const char *facts_inside)
{
	return shelf_tasks(shelf, kind, facts_inside, "2014-02-26");
}

static void test_goods_fit_by_prefix_and_by_range(void **state)
{
	static const struct {
		const char *items;
		bool fits;
	} rows[] = {
		{ HS("01012100"), true },
		{ HS("05119990"), true },
		{ HS("06011000"), false },
		{ HS("16010000"), true },
		{ HS("15010000"), false },
		{ HS("02010000"), true },
		{ HS("44071000"), true },
		{ HS("44081000"), false },
		{ HS("44061000"), true },
		{ HS("44051000"), false },
		{ HS("4407"), true },
		{ HS("44"), false },
		{ HS("0"), false },
		{ "<item/>", false },
		{ "", false },
		{ "<hs>0101</hs>", false },
		{ HS("84") HS("85") HS("03"), true },
		{ HS("84") HS("85"), false },
	};
	struct shelf *shelf = *state;

	assert_true(shelf_load(
		shelf, CONTROL("<row kind='*' to='MARD' procedure='Q' hs='01-05 16 4406-4407'/>"),
		NULL));
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (strcmp(tasks(shelf, "DEC-IMP", rows[i].items), rows[i].fits ? "MARD/Q" : "") !=
		    0)
			fail_msg("row %zu: %s", i, rows[i].items);
}

static void test_kind_goods_and_condition_must_all_fit(void **state)
{
	struct shelf *shelf = *state;

	assert_true(shelf_load(
		shelf,
		CONTROL("<row kind='DEC-IMP WCO-DEC' to='MoF' procedure='A' "
			"releases='yes'/>"
			"<row kind='DEC-IMP' to='MARD' procedure='B' hs='03' "
			"when='item[origin = \"TH\"]'/>"
			"<row kind='*' to='MARD' procedure='C' when='count(item) > 1'/>"),
		NULL));
	assert_string_equal(tasks(shelf, "DEC-IMP", FROM("03", "TH")), "MoF/A* MARD/B");
	assert_string_equal(tasks(shelf, "DEC-IMP", FROM("03", "CN")), "MoF/A*");
	assert_string_equal(tasks(shelf, "DEC-IMP", FROM("84", "TH")), "MoF/A*");
	assert_string_equal(tasks(shelf, "WCO-DEC", FROM("03", "TH")), "MoF/A*");
	assert_string_equal(tasks(shelf, "PERMIT", FROM("03", "TH")), "");
	assert_string_equal(tasks(shelf, "PERMIT", HS("03") HS("04")), "MARD/C");
	assert_string_equal(tasks(shelf, "DEC-IMP", FROM("03", "TH") HS("04")),
			    "MoF/A* MARD/B MARD/C");
}

static void test_a_party_gets_one_task_for_one_procedure(void **state)
{
	struct shelf *shelf = *state;

	assert_true(shelf_load(shelf,
			       CONTROL("<row kind='*' to='MARD' procedure='Q' hs='01'/>"
				       "<row kind='*' to='MARD' procedure='Q' hs='06'/>"
				       "<row kind='*' to='MARD' procedure='R' hs='06'/>"
				       "<row kind='*' to='MoF' procedure='Q' hs='06'/>"),
			       NULL));
	assert_string_equal(tasks(shelf, "DEC-IMP", HS("01") HS("06") HS("01")),
			    "MARD/Q MARD/R MoF/Q");
}

static void test_the_tables_of_all_folders_are_joined_in_their_order(void **state)
{
	struct shelf *shelf = *state;

	assert_true(shelf_load(shelf, CONTROL(MOF),
			       CONTROL("<row kind='*' to='MARD' procedure='Q'/>")));
	assert_string_equal(tasks(shelf, "DEC-IMP", ""), "MoF/P* MARD/Q");
	assert_false(shelf_load(shelf, CONTROL(MOF), CONTROL("<row/>")));
	assert_failure(&shelf->why, FAULT, "PLN-901", "two/control.xml:2", "");
	plan_free(NULL);
}

/* ---- what the register and the message say ------------------------------------------------ */

static void test_party_goods_and_first_day_come_from_the_register(void **state)
{
	static const struct {
		const char *items, *date, *tasks;
	} rows[] = {
		{ HS("84"), "2014-02-26", "MoF/CLEAR*" },
		{ HS("0306"), "2014-02-26", "MoF/CLEAR* MARD/ANIMALS" },
		{ HS("84") HS("0101"), "2014-02-26", "MoF/CLEAR* MARD/ANIMALS" },
		{ "", "2014-02-26", "MoF/CLEAR*" },
		{ HS("3004"), "2015-05-31", "MoF/CLEAR*" },
		{ HS("3004"), "2015-05-31T23:59:59+07:00", "MoF/CLEAR*" },
		{ HS("3004"), "2015-06-01", "MoF/CLEAR* MoH/DRUGS" },
		{ HS("9018"), "2015-06-01", "MoF/CLEAR*" },
		{ HS("1604"), "2014-02-26", "MoF/CLEAR* MARD/UNREGISTERED" },
	};
	struct shelf *shelf = *state;

	scratch_write(shelf->scratch, "one/procedures.xml", REGISTERED);
	shelf_must_load(shelf,
			CONTROL("<row kind='*' procedure='CLEAR' releases='yes'/>"
				"<row kind='*' procedure='ANIMALS'/>"
				"<row kind='*' procedure='DRUGS'/>"
				"<row kind='*' to='MARD' procedure='UNREGISTERED' hs='16'/>"));
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(shelf_tasks(shelf, "DEC-IMP", rows[i].items, rows[i].date),
				    rows[i].tasks);
}

static void test_the_goods_of_a_row_outweigh_those_of_the_register(void **state)
{
	struct shelf *shelf = *state;

	scratch_write(shelf->scratch, "one/procedures.xml", REGISTERED);
	shelf_must_load(shelf, CONTROL("<row kind='*' procedure='ANIMALS' hs='16'/>"));
	assert_string_equal(tasks(shelf, "DEC-IMP", HS("1604")), "MARD/ANIMALS");
	assert_string_equal(tasks(shelf, "DEC-IMP", HS("0306")), "");
}

#define ASKS(agency, procedure)                                                                    \
	"<agency>" agency "</agency><procedure>" procedure "</procedure>" HS("0306") HS("3004")

static void test_a_message_says_who_and_which_procedure_and_nobody_else_is_asked(void **state)
{
	static const struct {
		const char *facts, *tasks;
	} rows[] = {
		{ ASKS("MARD", "ANIMALS"), "MARD/ANIMALS" },
		{ ASKS("MoH", "DRUGS"), "MoH/DRUGS" },
		{ ASKS("MoH", "ANIMALS"), "" },	   /* another ministry's */
		{ ASKS("MoF", "CLEAR"), "" },	   /* which does not see it */
		{ ASKS("MARD", "MISSPELT"), "" },  /* nobody's */
		{ ASKS("Nobody", "ANIMALS"), "" }, /* without a profile */
		{ ASKS("MARD", ""), "" },
		{ "<procedure>ANIMALS</procedure>", "" },
		{ "<agency>MARD</agency>", "" },
		{ "", "" },
	};
	struct shelf *shelf = *state;

	scratch_write(shelf->scratch, "one/procedures.xml", REGISTERED);
	shelf_must_load(shelf,
			CONTROL("<row kind='APPLY' to='{agency}' procedure='{procedure}'/>"));
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(shelf_tasks(shelf, "APPLY", rows[i].facts, "2016-01-01"),
				    rows[i].tasks);
	assert_string_equal(shelf_tasks(shelf, "APPLY", rows[1].facts, "2015-05-31"), "");

	shelf_must_load(shelf, CONTROL("<row kind='APPLY' procedure='{procedure}'/>"));
	assert_string_equal(tasks(shelf, "APPLY", ASKS("MoF", "ANIMALS")), "MARD/ANIMALS");
	assert_string_equal(tasks(shelf, "APPLY", ASKS("MoF", "CLEAR")), "");
	assert_string_equal(tasks(shelf, "APPLY", ASKS("MoF", "FORM-D")), "");
}

static void test_a_row_says_what_it_wants_to_and_the_register_the_rest(void **state)
{
	struct shelf *shelf = *state;
	struct plan_task *task;

	scratch_write(shelf->scratch, "one/procedures.xml", REGISTERED);
	shelf_must_load(shelf, CONTROL("<row kind='*' procedure='CLEAR' title='Ours' mark='C'/>"
				       "<row kind='*' procedure='ANIMALS'/>"
				       "<row kind='*' to='MoF' procedure='ELSE'/>"));
	assert_int_equal(shelf_plan(shelf, "DEC-IMP", HS("0306"), "2014-02-26", &task), 3);
	assert_string_equal(task[0].title, "Ours");
	assert_string_equal(task[0].source, "the law");
	assert_string_equal(task[0].mark, "C");
	assert_int_equal(task[0].paper_time, 86400000);
	assert_string_equal(task[0].registered->id, "CLEAR");
	assert_string_equal(task[1].title, "Animals");
	assert_string_equal(task[1].title_vi, "Dong vat");
	assert_int_equal(task[1].paper_time, 4 * 86400000);
	assert_null(task[2].title);
	assert_null(task[2].registered);
	assert_int_equal(task[2].paper_time, PAPER_TIME);
}

/* ---- the way ------------------------------------------------------------------------------ */

/* By `at`: "ROUTE LINK since next", days of the calendar's rows or "-". */
static const char *way(struct shelf *shelf, const char *facts, const char *at)
{
	char since[TIME_TEXT_SIZE] = "-", next[TIME_TEXT_SIZE] = "-";
	struct plan_task *task;

	assert_int_equal(shelf_plan(shelf, "DEC-IMP", facts, at, &task), 1);
	if (task->since != NULL)
		date_text(task->since->from, since);
	if (task->next != NULL)
		date_text(task->next->from, next);
	return arena_printf(shelf->arena, "%s %s %s %s", route_name(task->route),
			    link_state_name(task->link), since, next);
}

#define OFFICE(code)	 "<office>" code "</office>"
#define DELIVERED(party) "<row kind='*' to='" party "' procedure='P'/>"
#define SHOWN		 "<row kind='*' to='ASW-TH' procedure='FORM-D' by='document'/>"
#define PAID		 "<row kind='*' to='ASW-TH' procedure='FORM-D' by='case'/>"

static void test_the_calendar_chooses_the_way_on_the_day(void **state)
{
	static const struct {
		const char *row, *facts, *at, *way;
	} rows[] = {
		/* A procedure with rows of its own follows them alone, and by place. */
		{ "<row kind='*' procedure='CLEAR'/>", OFFICE("03CC"), "2005-06-19",
		  "PAPER NONE - 2005-06-20" },
		{ "<row kind='*' procedure='CLEAR'/>", OFFICE("03CC"), "2005-06-20",
		  "ELECTRONIC LIVE 2005-06-20 -" },
		{ "<row kind='*' procedure='CLEAR'/>", OFFICE("02CI"), "2005-06-20",
		  "PAPER NONE - 2014-02-26" },
		{ "<row kind='*' procedure='CLEAR'/>", "", "2005-06-20",
		  "PAPER NONE - 2014-02-26" },
		{ "<row kind='*' procedure='CLEAR'/>", "", "2014-02-25T23:59:59+07:00",
		  "PAPER NONE - 2014-02-26" },
		{ "<row kind='*' procedure='CLEAR'/>", "", "2014-02-26T00:00:00+07:00",
		  "ELECTRONIC LIVE 2014-02-26 -" },
		{ "<row kind='*' procedure='CLEAR'/>", OFFICE("03CC"), "2014-02-26T00:00:01+07:00",
		  "ELECTRONIC LIVE 2014-02-26 -" },
		/* A party's others follow the party; a test is not yet a way, an end none any more. */
		{ DELIVERED("MARD"), "", "2015-05-31", "PAPER NONE - 2015-12-01" },
		{ DELIVERED("MARD"), "", "2015-06-01", "PAPER TEST 2015-06-01 2015-12-01" },
		{ DELIVERED("MARD"), "", "2015-12-01", "ELECTRONIC PARALLEL 2015-12-01 -" },
		{ DELIVERED("MARD"), "", "2016-12-01", "ELECTRONIC LIVE 2016-12-01 -" },
		{ DELIVERED("MARD"), "", "2025-03-01", "PAPER ENDED 2025-03-01 -" },
		/* A document that is shown: a copy in parallel leaves the paper one the proof. */
		{ SHOWN, "", "2015-09-07", "PAPER NONE - 2018-01-01" },
		{ SHOWN, "", "2015-09-08", "PAPER PARALLEL 2015-09-08 2018-01-01" },
		{ SHOWN, "", "2018-01-01", "ELECTRONIC LIVE 2018-01-01 -" },
		{ PAID, "", "2015-09-07", "PAPER NONE - 2015-09-08" },
		{ PAID, "", "2015-09-08", "ELECTRONIC PARALLEL 2015-09-08 -" },
		/* Whom the calendar does not name. */
		{ DELIVERED("MoF"), "", "1990-01-01", "ELECTRONIC LIVE - -" },
	};
	struct shelf *shelf = *state;

	scratch_write(shelf->scratch, "one/procedures.xml", REGISTERED);
	scratch_write(shelf->scratch, "one/rollout.xml",
		      CALENDAR("<row of='CLEAR' place='03' state='LIVE' used='2005-06-20'/>"
			       "<row of='CLEAR' state='LIVE' used='2014-02-26'/>"
			       "<row of='MARD' state='TEST' used='2015-06-01'/>"
			       "<row of='MARD' state='PARALLEL' used='2015-12-01'/>"
			       "<row of='MARD' state='LIVE' used='2016-12-01'/>"
			       "<row of='MARD' state='ENDED' used='2025-03-01'/>"
			       "<row of='ASW-TH' state='PARALLEL' used='2015-09-08'/>"
			       "<row of='ASW-TH' state='LIVE' used='2018-01-01'/>"));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		shelf_must_load(shelf, arena_printf(shelf->arena, CONTROL("%s"), rows[i].row));
		if (strcmp(way(shelf, rows[i].facts, rows[i].at), rows[i].way) != 0)
			fail_msg("row %zu, at %s: %s, not %s", i, rows[i].at,
				 way(shelf, rows[i].facts, rows[i].at), rows[i].way);
	}
}

static void test_without_a_calendar_everybody_is_reached_electronically(void **state)
{
	struct shelf *shelf = *state;

	scratch_write(shelf->scratch, "one/procedures.xml", REGISTERED);
	shelf_must_load(shelf, CONTROL(SHOWN));
	assert_string_equal(way(shelf, "", "1990-01-01"), "ELECTRONIC LIVE - -");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_SHELF(test_goods_fit_by_prefix_and_by_range),
		ON_SHELF(test_kind_goods_and_condition_must_all_fit),
		ON_SHELF(test_a_party_gets_one_task_for_one_procedure),
		ON_SHELF(test_the_tables_of_all_folders_are_joined_in_their_order),
		ON_SHELF(test_party_goods_and_first_day_come_from_the_register),
		ON_SHELF(test_the_goods_of_a_row_outweigh_those_of_the_register),
		ON_SHELF(test_a_message_says_who_and_which_procedure_and_nobody_else_is_asked),
		ON_SHELF(test_a_row_says_what_it_wants_to_and_the_register_the_rest),
		ON_SHELF(test_the_calendar_chooses_the_way_on_the_day),
		ON_SHELF(test_without_a_calendar_everybody_is_reached_electronically),
	};

	return cmocka_run_group_tests(tests, shelf_gather, shelf_leave);
}
