/* The register of procedures and the control table: who has what, and who is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/kind.h"
#include "core/procedures.h"
#include "core/text.h"
#include "deliver/plan.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DECEMBER_2015	INT64_C(1448935200000) /* 2015-12-01T09:00+07:00 */

static const char *const schemas[] = { "schemas", NULL };
static struct kinds *kinds;
static struct parties *parties;
static struct plan *plan;

static bool load_plan(struct failure *why)
{
	struct plan_data data = plan_data_of(kinds, parties);

	return plan_load(&plan, &data, schemas, why);
}

static int load(void **state)
{
	static const char *const adapters[] = { "adapters" };
	struct failure why;
	char line[1024];

	(void)state;
	document_setup();
	if (kinds_load(&kinds, schemas, 1, &why) && parties_load(&parties, adapters, 1, &why) &&
	    load_plan(&why))
		return 0;
	print_error("%s\n", failure_line(&why, line, sizeof line));
	return -1;
}

static int unload(void **state)
{
	(void)state;
	plan_free(plan);
	parties_free(parties);
	kinds_free(kinds);
	return 0;
}

/* ---- the register ----------------------------------------------------------------------------- */

static void test_every_ministry_has_three_to_six_procedures(void **state)
{
	static const char *const ministries[] = { "MoF", "MoT", "MoIT", "MARD", "MoH", "MONRE" };
	const struct procedures *procedures = kinds_procedures(kinds);

	(void)state;
	for (size_t party = 0; party < COUNT_OF(ministries); party++) {
		size_t count = 0;

		for (size_t i = 0; i < procedures_count(procedures); i++)
			count +=
				strcmp(procedures_at(procedures, i)->party, ministries[party]) == 0;
		if (count < 3 || count > 6)
			fail_msg("%s has %zu", ministries[party], count);
	}
}

static void test_every_procedure_says_where_it_is_known_from(void **state)
{
	const struct procedures *procedures = kinds_procedures(kinds);

	(void)state;
	for (size_t i = 0; i < procedures_count(procedures); i++) {
		const struct procedure *procedure = procedures_at(procedures, i);

		if (procedure->source == NULL || procedure->mark == NULL ||
		    procedure->title_vi == NULL || procedure->counter == NULL ||
		    procedure->counter_vi == NULL || procedure->documents[0] == NULL ||
		    procedure->paper_time <= procedure->electronic_time)
			fail_msg("%s: something is missing", procedure->id);
	}
}

static bool decides_food(const struct procedure *procedure)
{
	static const char *const ids[] = { "MARD-AQ-IMP", "MARD-PQ-IMP", "MARD-FEED", "MOIT-FOOD",
					   "MOH-FOOD" };

	for (size_t i = 0; i < COUNT_OF(ids); i++)
		if (strcmp(procedure->id, ids[i]) == 0)
			return true;
	return false;
}

static void test_one_product_has_one_agency(void **state)
{
	static const struct {
		const char *hs, *procedure;
	} rows[] = {
		{ "02023000", "MARD-AQ-IMP" }, { "03061721", "MARD-AQ-IMP" },
		{ "04012010", "MARD-AQ-IMP" }, { "04021041", "MOIT-FOOD" },
		{ "04069000", "MARD-AQ-IMP" }, { "08081000", "MARD-PQ-IMP" },
		{ "16041410", "MARD-AQ-IMP" }, { "17049099", "MOIT-FOOD" },
		{ "21069099", "MOH-FOOD" },    { "22011010", "MOH-FOOD" },
		{ "22030010", "MOIT-FOOD" },   { "22082050", "MOIT-FOOD" },
		{ "23099090", "MARD-FEED" },   { "22021010", NULL },
		{ "84834090", NULL },
	};
	const struct procedures *procedures = kinds_procedures(kinds);

	(void)state;
	for (size_t row = 0; row < COUNT_OF(rows); row++) {
		const struct procedure *found = NULL;

		for (size_t i = 0; i < procedures_count(procedures); i++) {
			const struct procedure *procedure = procedures_at(procedures, i);

			if (!decides_food(procedure) ||
			    !hs_in(procedure->goods, procedure->goods_count, rows[row].hs))
				continue;
			if (found != NULL)
				fail_msg("%s: %s and %s", rows[row].hs, found->id, procedure->id);
			found = procedure;
		}
		assert_string_equal(found != NULL ? found->id : "",
				    rows[row].procedure != NULL ? rows[row].procedure : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_ministry_has_three_to_six_procedures),
		cmocka_unit_test(test_every_procedure_says_where_it_is_known_from),
		cmocka_unit_test(test_one_product_has_one_agency),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
