/* The register of procedures and the control table: who has what, and who is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/procedures.h"
#include "core/text.h"
#include "ours.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DECEMBER_2015	INT64_C(1448935200000) /* 2015-12-01T09:00+07:00 */

/* ---- the register ----------------------------------------------------------------------------- */

static void test_every_ministry_has_three_to_six_procedures(void **state)
{
	static const char *const ministries[] = { "MoF", "MoT", "MoIT", "MARD", "MoH", "MONRE" };
	const struct procedures *procedures = kinds_procedures(ours.kinds);

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
	const struct procedures *procedures = kinds_procedures(ours.kinds);

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
	const struct procedures *procedures = kinds_procedures(ours.kinds);

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

/* ---- who is asked ------------------------------------------------------------------------------ */

/* The facts a control row may look at; NULL: not said. */
struct question_asked {
	const char *kind, *hs, *regime, *origin, *amount, *permit, *payment, *agency, *procedure;
};

static struct facts *facts_of(struct arena *arena, const struct question_asked *asked)
{
	struct facts *facts = facts_new(arena, asked->kind, "1");
	xmlNodePtr item = facts_add(facts, NULL, "item", NULL), node;
	const struct {
		xmlNodePtr parent;
		const char *name, *value;
	} rows[] = {
		{ item, "hs", asked->hs },	   { item, "regime", asked->regime },
		{ item, "origin", asked->origin }, { NULL, "payment", asked->payment },
		{ NULL, "agency", asked->agency }, { NULL, "procedure", asked->procedure },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (rows[i].value != NULL)
			facts_add(facts, rows[i].parent, rows[i].name, rows[i].value);
	if (asked->permit != NULL)
		facts_add(facts, facts_add(facts, item, "proof", NULL), "type", asked->permit);
	node = facts_add(facts, NULL, "amount", asked->amount != NULL ? asked->amount : "5000");
	xmlSetProp(node, (const xmlChar *)"currency", (const xmlChar *)"USD");
	return facts;
}

static const char *asked_for(struct arena *arena, const struct question_asked *asked)
{
	struct text list = TEXT_EMPTY;
	struct plan_task *tasks;
	const char *copy;
	struct failure why;
	size_t count;

	if (!plan_tasks(ours.plan, facts_of(arena, asked), DECEMBER_2015, arena, &tasks, &count,
			&why))
		fail_msg("%s", why.text);
	text_add(&list, "");
	for (size_t i = 0; i < count; i++)
		text_printf(&list, "%s%s:%s%s", i == 0 ? "" : " ", tasks[i].party,
			    tasks[i].procedure, tasks[i].releases ? "!" : "");
	copy = arena_string(arena, list.bytes);
	text_free(&list);
	return copy;
}

#define IMPORT(goods, ...)                                                                         \
	{                                                                                          \
		.kind = "DEC-IMP", .hs = goods, __VA_ARGS__                                        \
	}
#define EXPORT(goods, ...)                                                                         \
	{                                                                                          \
		.kind = "DEC-EXP", .hs = goods, __VA_ARGS__                                        \
	}
#define ATIGA(goods, from, ...) IMPORT(goods, .regime = "B04", .origin = from, __VA_ARGS__)

static void test_goods_are_referred_to_those_who_look_at_them(void **state)
{
	static const struct {
		struct question_asked asked;
		const char *tasks;
	} rows[] = {
		{ IMPORT("84713020"), "MoF:MOF-IMP!" },
		{ IMPORT("02023000"), "MoF:MOF-IMP! MARD:MARD-AQ-IMP" },
		{ IMPORT("23099090"), "MoF:MOF-IMP! MARD:MARD-FEED" },
		{ IMPORT("30049099"), "MoF:MOF-IMP! MoH:MOH-MED-IMP" },
		{ IMPORT("21069099"), "MoF:MOF-IMP! MoH:MOH-FOOD" },
		{ IMPORT("90181200"), "MoF:MOF-IMP! MoH:MOH-DEVICE" },
		{ IMPORT("04021041"), "MoF:MOF-IMP! MoIT:MOIT-FOOD" },
		{ IMPORT("36020000"), "MoF:MOF-IMP! MoIT:MOIT-EXPLOSIVES" },
		{ IMPORT("87114090"), "MoF:MOF-IMP! MoIT:MOIT-MOTORCYCLE MoT:MOT-MOTORCYCLE" },
		{ IMPORT("87112090"), "MoF:MOF-IMP! MoT:MOT-MOTORCYCLE" },
		{ IMPORT("87032399"), "MoF:MOF-IMP! MoT:MOT-VEHICLE" },
		{ IMPORT("29037100"), "MoF:MOF-IMP! MoIT:MOIT-ODS MONRE:MONRE-HCFC" },
		{ IMPORT("39072090"), "MoF:MOF-IMP! MONRE:MONRE-POLYOL" },
		{ IMPORT("72044900"), "MoF:MOF-IMP! MONRE:MONRE-SCRAP" },

		/* What is granted once is cited, and nobody is asked. */
		{ IMPORT("33049930"), "MoF:MOF-IMP!" },
		{ IMPORT("38220090"), "MoF:MOF-IMP!" },

		/* A protected species is known by its permit. */
		{ IMPORT("44071100"), "MoF:MOF-IMP! MARD:MARD-PQ-IMP" },
		{ IMPORT("44071100", .permit = "626"),
		  "MoF:MOF-IMP! MARD:MARD-PQ-IMP MARD:MARD-CITES" },
		{ EXPORT("44071100", .permit = "626"), "MoF:MOF-EXP! MARD:MARD-CITES" },

		/* Exports. */
		{ EXPORT("09011110"), "MoF:MOF-EXP!" },
		{ EXPORT("03061721"), "MoF:MOF-EXP!" },
		{ EXPORT("36020000"), "MoF:MOF-EXP! MoIT:MOIT-EXPLOSIVES" },

		/* A claim needs the partner's certificate, whoever else is asked. */
		{ ATIGA("03061721", "TH"), "MoF:MOF-IMP! MARD:MARD-AQ-IMP ASW-TH:ASW-FORM-D" },
		{ ATIGA("85287292", "MY"), "MoF:MOF-IMP! ASW-MY:ASW-FORM-D" },
		{ ATIGA("85287292", "SG"), "MoF:MOF-IMP! ASW-SG:ASW-FORM-D" },
		{ ATIGA("85287292", "ID"), "MoF:MOF-IMP! ASW-ID:ASW-FORM-D" },
		{ ATIGA("85287292", "TH", .amount = "200"), "MoF:MOF-IMP!" },
		{ ATIGA("85287292", "TH", .amount = "200.01"), "MoF:MOF-IMP! ASW-TH:ASW-FORM-D" },
		{ IMPORT("85287292", .regime = "B01", .origin = "TH"), "MoF:MOF-IMP!" },

		/* Paid through the window. */
		{ IMPORT("84713020", .payment = "NSW"), "MoF:MOF-IMP! BANK:BANK-DUTY" },
		{ EXPORT("84713020", .payment = "NSW"), "MoF:MOF-EXP! BANK:BANK-DUTY" },

		/* Everything else has one who decides. */
		{ { .kind = "LPA", .hs = "30049099", .agency = "MoH", .procedure = "MOH-MED-IMP" },
		  "MoH:MOH-MED-IMP" },
		{ { .kind = "LPA", .hs = "30049099", .agency = "MARD", .procedure = "MOH-MED-IMP" },
		  "" },
		{ { .kind = "VES" }, "MoT:MOT-VES" },
		{ { .kind = "CAR" }, "MoF:MOF-MAN" },
		{ { .kind = "WCO-DEC", .hs = "0306171090" }, "MoF:MOF-IMP!" },
		{ { .kind = "LPR", .hs = "03061721" }, "" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *tasks = asked_for(arena, &rows[i].asked);

		if (strcmp(tasks, rows[i].tasks) != 0)
			fail_msg("%s %s: %s, not %s", rows[i].asked.kind, rows[i].asked.hs, tasks,
				 rows[i].tasks);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_ministry_has_three_to_six_procedures),
		cmocka_unit_test(test_every_procedure_says_where_it_is_known_from),
		cmocka_unit_test(test_one_product_has_one_agency),
		cmocka_unit_test(test_goods_are_referred_to_those_who_look_at_them),
	};

	return cmocka_run_group_tests(tests, ours_open, ours_close);
}
