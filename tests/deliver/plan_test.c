/* Control tables as files: what is refused when they are read, and which tasks they open. */
#include "deliver/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/scratch.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define NOON		((gateway_time)1393390800000)

static struct kinds *kinds;
static struct parties *parties;

struct shelf {
	struct scratch *scratch;
	const char *folders[3];
	struct plan *plan;
	struct arena *arena;
	struct failure why;
};

static int load_data(void **state)
{
	static const char *const schemas[] = { "schemas" }, *const adapters[] = { "adapters" };
	struct failure why;

	(void)state;
	document_setup();
	if (kinds_load(&kinds, schemas, 1, &why) && parties_load(&parties, adapters, 1, &why))
		return 0;
	print_error("%s\n", why.text);
	return -1;
}

static int unload_data(void **state)
{
	(void)state;
	parties_free(parties);
	kinds_free(kinds);
	return 0;
}

static int open_shelf(void **state)
{
	struct shelf *shelf = calloc(1, sizeof *shelf);

	shelf->scratch = scratch_new();
	shelf->arena = arena_new();
	shelf->folders[0] = scratch_path(shelf->scratch, "one");
	shelf->folders[1] = scratch_path(shelf->scratch, "two");
	*state = shelf;
	return 0;
}

static int close_shelf(void **state)
{
	struct shelf *shelf = *state;

	plan_free(shelf->plan);
	arena_free(shelf->arena);
	scratch_free(shelf->scratch);
	free(shelf);
	return 0;
}

#define CONTROL(rows) "<control xmlns='urn:nsw:control:1'>\n" rows "</control>\n"
#define MOF	      "<row kind='*' to='MoF' procedure='P' releases='yes'/>\n"

/* The second file may be NULL: there is none. */
static bool load(struct shelf *shelf, const char *one, const char *two)
{
	plan_free(shelf->plan);
	shelf->plan = NULL;
	scratch_write(shelf->scratch, "one/control.xml", one);
	if (two != NULL)
		scratch_write(shelf->scratch, "two/control.xml", two);
	return plan_load(&shelf->plan, kinds, parties, shelf->folders, &shelf->why);
}

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
		{ CONTROL("<row kind='*' to='Ministry' procedure='P'/>"), "PLN-902",
		  "control.xml:2", "Ministry" },
		{ CONTROL("<row kind='*' to='MoF' procedure='P' when='item['/>"), "RUL-903",
		  "control.xml:2", "" },
	};
	struct shelf *shelf = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool good = load(shelf, rows[i].control, NULL);

		if (good != (rows[i].code == NULL))
			fail_msg("row %zu: %s", i, good ? "was taken" : shelf->why.text);
		if (!good)
			assert_failure(&shelf->why, FAULT, rows[i].code, rows[i].place,
				       rows[i].text);
	}
}

/* ---- planning ----------------------------------------------------------------------------- */

/* "MoF/P MARD/Q": tasks in order; releasing ones with a star. */
static const char *tasks(struct shelf *shelf, const char *kind, const char *items)
{
	const char *bytes =
		arena_printf(shelf->arena, "<facts kind='%s' version='1'>%s</facts>", kind, items);
	struct plan_task *task;
	struct facts *facts;
	const char *list = "";
	size_t count = 0;

	if (!facts_read(&facts, shelf->arena, bytes, strlen(bytes), &shelf->why) ||
	    !plan_tasks(shelf->plan, facts, NOON, shelf->arena, &task, &count, &shelf->why))
		fail_msg("%s", shelf->why.text);
	for (size_t i = 0; i < count; i++)
		list = arena_printf(shelf->arena, "%s%s%s/%s%s", list, i != 0 ? " " : "",
				    task[i].party, task[i].procedure, task[i].releases ? "*" : "");
	return list;
}

#define HS(code)	 "<item><hs>" code "</hs></item>"
#define FROM(code, land) "<item><hs>" code "</hs><origin>" land "</origin></item>"

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

	assert_true(load(shelf,
			 CONTROL("<row kind='*' to='MARD' procedure='Q' hs='01-05 16 4406-4407'/>"),
			 NULL));
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (strcmp(tasks(shelf, "DEC-IMP", rows[i].items), rows[i].fits ? "MARD/Q" : "") !=
		    0)
			fail_msg("row %zu: %s", i, rows[i].items);
}

static void test_kind_goods_and_condition_must_all_fit(void **state)
{
	struct shelf *shelf = *state;

	assert_true(load(shelf,
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

	assert_true(load(shelf,
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

	assert_true(load(shelf, CONTROL(MOF), CONTROL("<row kind='*' to='MARD' procedure='Q'/>")));
	assert_string_equal(tasks(shelf, "DEC-IMP", ""), "MoF/P* MARD/Q");
	assert_false(load(shelf, CONTROL(MOF), CONTROL("<row/>")));
	assert_failure(&shelf->why, FAULT, "PLN-901", "two/control.xml:2", "");
	plan_free(NULL);
}

#define ON_SHELF(test) cmocka_unit_test_setup_teardown(test, open_shelf, close_shelf)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_SHELF(test_a_broken_table_is_refused_with_its_place),
		ON_SHELF(test_goods_fit_by_prefix_and_by_range),
		ON_SHELF(test_kind_goods_and_condition_must_all_fit),
		ON_SHELF(test_a_party_gets_one_task_for_one_procedure),
		ON_SHELF(test_the_tables_of_all_folders_are_joined_in_their_order),
	};

	return cmocka_run_group_tests(tests, load_data, unload_data);
}
