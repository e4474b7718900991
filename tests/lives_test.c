/* What our life cycles and our control table say: every row of a customs officer's list. */
#include <libxml/parser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/scratch.h"
#include "core/text.h"
#include "ours.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FEBRUARY_2014	INT64_C(1393380000000)

/* ---- lives ------------------------------------------------------------------------------ */

struct step {
	const char *state, *event; /* before, and what happens */
	const char *facts;	   /* inside <case> */
	const char *to, *send;	   /* after, "=" for the same, and the response; NULL: no row */
};

#define SAYS(party, status) "<event name='decision' party='" party "' status='" status "'/>"
#define CUSTOMS(state, status)                                                                     \
	"<task party='MoF' releases='yes' state='" state "' status='" status "'/>"
#define AGENCY(state, status)                                                                      \
	"<task party='MARD' releases='no' state='" state "' status='" status "'/>"

#define BANK(state, status)                                                                        \
	"<task party='BANK' procedure='BANK-DUTY' releases='no' state='" state "' status='" status \
	"'/>"

static const struct step declaration_steps[] = {
	{ "", "lodge", "", "REGISTERED", "AJ" },
	{ "", "amend", "", NULL, NULL },

	/* Customs alone. */
	{ "REGISTERED", "decision", SAYS("MoF", "CHANNELLED") CUSTOMS("RECEIVED", "CHANNELLED"),
	  "CHANNELLED", "AJ" },
	{ "CHANNELLED", "decision", SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED"),
	  "CLEARED", "AP" },
	{ "REGISTERED", "decision", SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED"),
	  "CLEARED", "AP" },
	{ "CHANNELLED", "decision", SAYS("MoF", "REFUSED") CUSTOMS("DECIDED", "REFUSED"), "REFUSED",
	  "RE" },
	{ "CHANNELLED", "decision",
	  SAYS("MoF", "DOCS_REQUIRED") CUSTOMS("RECEIVED", "DOCS_REQUIRED"), "DOCS_REQUIRED",
	  "AJ" },

	/* An agency besides. */
	{ "CHANNELLED", "decision",
	  SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED") AGENCY("SENT", ""),
	  "AWAITING_AGENCY", "AJ" },
	{ "AWAITING_AGENCY", "decision",
	  SAYS("MARD", "APPROVED") CUSTOMS("DECIDED", "RELEASED") AGENCY("DECIDED", "APPROVED"),
	  "CLEARED", "AP" },
	{ "AWAITING_AGENCY", "decision",
	  SAYS("MARD", "APPROVED") CUSTOMS("DECIDED", "RELEASED") AGENCY("DECIDED", "APPROVED")
		  AGENCY("SENT", ""),
	  "=", NULL },
	{ "AWAITING_AGENCY", "decision",
	  SAYS("MARD", "REFUSED") CUSTOMS("DECIDED", "RELEASED") AGENCY("DECIDED", "REFUSED"),
	  "REFUSED", "RE" },
	{ "AWAITING_AGENCY", "decision",
	  SAYS("MARD", "RECEIVED") CUSTOMS("DECIDED", "RELEASED") AGENCY("RECEIVED", "RECEIVED"),
	  "=", NULL },
	{ "CHANNELLED", "decision",
	  SAYS("MARD", "APPROVED") CUSTOMS("RECEIVED", "CHANNELLED") AGENCY("DECIDED", "APPROVED"),
	  "=", NULL },
	{ "REGISTERED", "decision",
	  SAYS("MARD", "APPROVED") CUSTOMS("SENT", "") AGENCY("DECIDED", "APPROVED"), "=", NULL },
	{ "CHANNELLED", "decision",
	  SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED") AGENCY("WITHDRAWN", ""),
	  "AWAITING_AGENCY", "AJ" },

	/* Approval by an agency never clears, and neither does a dead letter. */
	{ "REGISTERED", "decision", SAYS("MARD", "APPROVED") AGENCY("DECIDED", "APPROVED"), "=",
	  NULL },
	{ "CHANNELLED", "decision",
	  SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED") AGENCY("DEAD", ""),
	  "AWAITING_AGENCY", "AJ" },

	/* A task on paper is open until its paper is decided. */
	{ "CHANNELLED", "decision",
	  SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED") AGENCY("PAPER_DUE", ""),
	  "AWAITING_AGENCY", "AJ" },

	/* Payment through the window. */
	{ "CHANNELLED", "decision",
	  SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED") BANK("OPEN", ""), "PAYMENT_DUE",
	  "AJ" },
	{ "CHANNELLED", "decision",
	  SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED") BANK("DECIDED", "APPROVED"),
	  "CLEARED", "AP" },
	{ "CHANNELLED", "decision",
	  SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED") BANK("OPEN", "")
		  AGENCY("SENT", ""),
	  "AWAITING_AGENCY", "AJ" },
	{ "AWAITING_AGENCY", "decision",
	  SAYS("MARD", "APPROVED") CUSTOMS("DECIDED", "RELEASED") BANK("OPEN", "")
		  AGENCY("DECIDED", "APPROVED"),
	  "PAYMENT_DUE", "AJ" },
	{ "AWAITING_AGENCY", "decision",
	  SAYS("BANK", "APPROVED") CUSTOMS("DECIDED", "RELEASED") BANK("DECIDED", "APPROVED")
		  AGENCY("SENT", ""),
	  "=", NULL },
	{ "CHANNELLED", "decision",
	  SAYS("BANK", "APPROVED") CUSTOMS("RECEIVED", "CHANNELLED") BANK("DECIDED", "APPROVED"),
	  "=", NULL },
	{ "PAYMENT_DUE", "decision",
	  SAYS("BANK", "APPROVED") CUSTOMS("DECIDED", "RELEASED") BANK("DECIDED", "APPROVED"),
	  "CLEARED", "AP" },
	{ "PAYMENT_DUE", "decision",
	  SAYS("BANK", "RECEIVED") CUSTOMS("DECIDED", "RELEASED") BANK("OPEN", ""), "=", NULL },
	/* A payment that fails refuses nothing; what a ministry refuses is refused. */
	{ "PAYMENT_DUE", "decision",
	  SAYS("BANK", "REFUSED") CUSTOMS("DECIDED", "RELEASED") BANK("DECIDED", "REFUSED"),
	  "SUSPENDED", "AJ" },
	{ "SUSPENDED", "decision",
	  SAYS("MARD", "REFUSED") CUSTOMS("DECIDED", "RELEASED") BANK("DECIDED", "REFUSED")
		  AGENCY("DECIDED", "REFUSED"),
	  "REFUSED", "RE" },
	{ "PAYMENT_DUE", "timeout", "", "SUSPENDED", "AJ" },
	{ "PAYMENT_DUE", "amend", "", "REGISTERED", "AJ" },
	{ "PAYMENT_DUE", "cancel", "", "CANCELLED", "AP" },

	/* Documents. */
	{ "CHANNELLED", "decision",
	  SAYS("MARD", "DOCS_REQUIRED") CUSTOMS("RECEIVED", "CHANNELLED")
		  AGENCY("RECEIVED", "DOCS_REQUIRED"),
	  "DOCS_REQUIRED", "AJ" },
	{ "DOCS_REQUIRED", "decision",
	  SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED")
		  AGENCY("RECEIVED", "DOCS_REQUIRED"),
	  "=", "AJ" },
	{ "DOCS_REQUIRED", "decision",
	  SAYS("MARD", "APPROVED") CUSTOMS("RECEIVED", "CHANNELLED") AGENCY("DECIDED", "APPROVED"),
	  "CHANNELLED", "AJ" },
	{ "DOCS_REQUIRED", "decision",
	  SAYS("MARD", "APPROVED") CUSTOMS("DECIDED", "RELEASED") AGENCY("DECIDED", "APPROVED"),
	  "CLEARED", "AP" },
	{ "DOCS_REQUIRED", "decision",
	  SAYS("MARD", "APPROVED") CUSTOMS("DECIDED", "RELEASED") AGENCY("DECIDED", "APPROVED")
		  AGENCY("SENT", ""),
	  "AWAITING_AGENCY", "AJ" },
	{ "DOCS_REQUIRED", "decision",
	  SAYS("MARD", "APPROVED") CUSTOMS("SENT", "") AGENCY("DECIDED", "APPROVED"), "REGISTERED",
	  "AJ" },
	{ "AWAITING_AGENCY", "decision",
	  SAYS("MARD", "DOCS_REQUIRED") CUSTOMS("DECIDED", "RELEASED")
		  AGENCY("RECEIVED", "DOCS_REQUIRED"),
	  "DOCS_REQUIRED", "AJ" },

	/* Silence never approves. */
	{ "REGISTERED", "timeout", "", "SUSPENDED", "AJ" },
	{ "CHANNELLED", "timeout", "", "SUSPENDED", "AJ" },
	{ "DOCS_REQUIRED", "timeout", "", "SUSPENDED", "AJ" },
	{ "AWAITING_AGENCY", "timeout", "", "SUSPENDED", "AJ" },
	{ "SUSPENDED", "timeout", "", "CANCELLED", "RE" },
	{ "SUSPENDED", "decision",
	  SAYS("MARD", "APPROVED") CUSTOMS("DECIDED", "RELEASED") AGENCY("DECIDED", "APPROVED"),
	  "CLEARED", "AP" },
	{ "SUSPENDED", "decision", SAYS("MoF", "CHANNELLED") CUSTOMS("RECEIVED", "CHANNELLED"),
	  "CHANNELLED", "AJ" },
	{ "CHANNELLED", "decision", SAYS("MARD", "SUSPENDED") CUSTOMS("RECEIVED", "CHANNELLED"),
	  "SUSPENDED", "AJ" },

	/* Amending and cancelling: before clearance only. */
	{ "REGISTERED", "amend", "", "REGISTERED", "AJ" },
	{ "AWAITING_AGENCY", "amend", "", "REGISTERED", "AJ" },
	{ "SUSPENDED", "amend", "", "REGISTERED", "AJ" },
	{ "CHANNELLED", "cancel", "", "CANCELLED", "AP" },
	{ "DOCS_REQUIRED", "cancel", "", "CANCELLED", "AP" },
	{ "CLEARED", "amend", "", NULL, NULL },
	{ "CLEARED", "cancel", "", NULL, NULL },
	{ "REFUSED", "amend", "", NULL, NULL },
	{ "CANCELLED", "cancel", "", NULL, NULL },

	/* Late decisions are recorded, not applied. */
	{ "CLEARED", "decision", SAYS("MARD", "REFUSED") AGENCY("DECIDED", "REFUSED"), NULL, NULL },
	{ "REFUSED", "decision", SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED"), NULL,
	  NULL },
	{ "CANCELLED", "decision", SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED"), NULL,
	  NULL },
	{ "CLEARED", "timeout", "", NULL, NULL },

	/* Whoever asks is told the state, at any time. */
	{ "REGISTERED", "query", "", "=", "state" },
	{ "PAYMENT_DUE", "query", "", "=", "state" },
	{ "CLEARED", "query", "", "=", "state" },
	{ "", "query", "", NULL, NULL },
};

static void check_step(const struct life *life, const struct step *step, struct arena *arena)
{
	const char *facts = arena_printf(arena, "<case>%s</case>", step->facts);
	xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, XML_PARSE_NONET);
	const char *where = arena_printf(arena, "%s, %s, %s", step->state, step->event, facts);
	const struct life_row *row;
	struct failure why;

	assert_non_null(tree);
	if (!life_row(life, step->state, step->event, tree, FEBRUARY_2014, &row, &why))
		fail_msg("%s: %s", where, why.text);
	if ((row == NULL) != (step->to == NULL))
		fail_msg("%s: %s", where, row != NULL ? row->to : "no row");
	if (row != NULL && strcmp(row->to, step->to) != 0)
		fail_msg("%s: %s, not %s", where, row->to, step->to);
	if (row != NULL &&
	    strcmp(row->send != NULL ? row->send : "", step->send != NULL ? step->send : "") != 0)
		fail_msg("%s: sends %s", where, row->send != NULL ? row->send : "nothing");
	xmlFreeDoc(tree);
}

static void check_steps(const struct life *life, const struct step *steps, size_t count)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < count; i++)
		check_step(life, &steps[i], arena);
	arena_free(arena);
}

static const struct step generic_steps[] = {
	{ "", "lodge", "", "REGISTERED", "AJ" },
	{ "REGISTERED", "decision", SAYS("MoF", "CHANNELLED") CUSTOMS("RECEIVED", "CHANNELLED"),
	  "=", "AJ" },
	{ "REGISTERED", "decision", SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED"),
	  "CLEARED", "AP" },
	{ "REGISTERED", "decision",
	  SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED") AGENCY("SENT", ""), "=", "AJ" },
	{ "REGISTERED", "decision",
	  SAYS("MARD", "APPROVED") CUSTOMS("DECIDED", "RELEASED") AGENCY("DECIDED", "APPROVED"),
	  "CLEARED", "AP" },
	{ "REGISTERED", "decision", SAYS("MoF", "REFUSED") CUSTOMS("DECIDED", "REFUSED"), "REFUSED",
	  "RE" },
	/* Where nobody may release, the last approval is the end. */
	{ "REGISTERED", "decision", SAYS("MARD", "APPROVED") AGENCY("DECIDED", "APPROVED"),
	  "APPROVED", "AP" },
	{ "REGISTERED", "decision",
	  SAYS("MARD", "APPROVED") AGENCY("DECIDED", "APPROVED") AGENCY("SENT", ""), "=", "AJ" },
	{ "REGISTERED", "timeout", "", "SUSPENDED", "AJ" },
	{ "SUSPENDED", "timeout", "", "CANCELLED", "RE" },
	{ "SUSPENDED", "decision", SAYS("MoF", "CHANNELLED") CUSTOMS("RECEIVED", "CHANNELLED"),
	  "REGISTERED", "AJ" },
	{ "REGISTERED", "amend", "", "REGISTERED", "AJ" },
	{ "REGISTERED", "cancel", "", "CANCELLED", "AP" },
	{ "CLEARED", "amend", "", NULL, NULL },
	{ "APPROVED", "cancel", "", NULL, NULL },
	{ "CLEARED", "decision", SAYS("MoF", "REFUSED") CUSTOMS("DECIDED", "REFUSED"), NULL, NULL },
};

static const struct life *import_life(void)
{
	return ours_life("DEC-IMP");
}

static const struct life *export_life(void)
{
	return ours_life("DEC-EXP");
}

static void test_a_declaration_lives_as_customs_would_have_it(void **state)
{
	(void)state;
	check_steps(import_life(), declaration_steps, COUNT_OF(declaration_steps));
	check_steps(export_life(), declaration_steps, COUNT_OF(declaration_steps));
}

/* What the life tells each of the things that it refers to, "what:event ...". */
static const char *told(struct arena *arena, const struct life_row *row)
{
	const char *all = "";

	for (size_t i = 0; i < row->tell_count; i++)
		all = arena_printf(arena, "%s%s%s:%s", all, *all != '\0' ? " " : "",
				   row->tells[i].what, row->tells[i].event);
	return all;
}

static void test_clearance_is_told_to_what_the_declaration_used(void **state)
{
	static const char facts[] =
		"<case>" SAYS("MoF", "RELEASED") CUSTOMS("DECIDED", "RELEASED") "</case>";
	xmlDocPtr tree = xmlReadMemory(facts, sizeof facts - 1, "facts", NULL, 0);
	struct arena *arena = arena_new();
	const struct life_row *row;

	(void)state;
	assert_true(
		life_row(import_life(), "CHANNELLED", "decision", tree, FEBRUARY_2014, &row, NULL));
	assert_string_equal(told(arena, row), "certificate:cleared permit:used");
	assert_true(
		life_row(export_life(), "CHANNELLED", "decision", tree, FEBRUARY_2014, &row, NULL));
	assert_string_equal(told(arena, row), "permit:used");
	xmlFreeDoc(tree);
	arena_free(arena);
}

/* A kind of four lines, as a tester would bring it: it has no life.xml. */
static const char *kind_without_a_life(struct scratch *scratch)
{
	scratch_write(scratch, "note/note.xsd",
		      "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' "
		      "targetNamespace='urn:test:note'><xs:element name='Note'/></xs:schema>");
	scratch_write(scratch, "note/kind.xml",
		      "<kind xmlns='urn:nsw:kind:1' id='NOTE' version='1' role='application' "
		      "from='trader' title='Note'>"
		      "<identify namespace='urn:test:note' root='Note'/>"
		      "<schema file='note.xsd'/></kind>");
	return scratch_folder(scratch);
}

static void test_a_kind_without_a_life_of_its_own_lives_the_generic_one(void **state)
{
	struct scratch *scratch = scratch_new();
	const char *folders[] = { "schemas", kind_without_a_life(scratch), NULL };
	struct kinds *joined = NULL;
	struct lives *theirs = NULL;
	struct failure why;

	(void)state;
	if (!kinds_load(&joined, folders, 2, &why) || !lives_load(&theirs, joined, folders, &why))
		fail_msg("%s: %s", why.place, why.text);
	check_steps(life_of(theirs, kinds_named(joined, "NOTE")), generic_steps,
		    COUNT_OF(generic_steps));
	lives_free(theirs);
	kinds_free(joined);
	scratch_free(scratch);
}

static void test_only_a_lodgement_opens_a_case(void **state)
{
	(void)state;
	assert_true(life_opens(import_life(), "lodge"));
	assert_false(life_opens(import_life(), "amend"));
	assert_false(life_opens(import_life(), "cancel"));
}

static void test_what_is_not_final_ends_by_itself(void **state)
{
	static const struct {
		const char *state;
		bool final, frees;
		const char *result;
	} rows[] = {
		{ "REGISTERED", false, false, "AJ" },	   { "CHANNELLED", false, false, "AJ" },
		{ "DOCS_REQUIRED", false, false, "AJ" },   { "SUSPENDED", false, false, "AJ" },
		{ "AWAITING_AGENCY", false, false, "AJ" }, { "PAYMENT_DUE", false, false, "AJ" },
		{ "CLEARED", true, false, "AP" },	   { "REFUSED", true, true, "RE" },
		{ "CANCELLED", true, true, "RE" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(life_final(import_life(), rows[i].state), rows[i].final);
		assert_int_equal(life_timeout(import_life(), rows[i].state) > 0, !rows[i].final);
		assert_int_equal(life_frees(import_life(), rows[i].state), rows[i].frees);
		assert_string_equal(life_result(import_life(), rows[i].state), rows[i].result);
	}
}

static void test_an_amendment_is_a_new_version_with_new_tasks(void **state)
{
	xmlDocPtr tree = xmlReadMemory("<case/>", 7, "facts", NULL, 0);
	const struct life_row *row;

	(void)state;
	assert_true(
		life_row(import_life(), "CHANNELLED", "amend", tree, FEBRUARY_2014, &row, NULL));
	assert_true(row->amend && row->withdraw && row->plan && !row->number);
	assert_true(
		life_row(import_life(), "CHANNELLED", "cancel", tree, FEBRUARY_2014, &row, NULL));
	assert_true(row->withdraw && !row->amend && !row->plan);
	assert_true(life_row(import_life(), "", "lodge", tree, FEBRUARY_2014, &row, NULL));
	assert_true(row->number && row->plan && !row->amend && !row->withdraw);
	xmlFreeDoc(tree);
}

/* ---- who decides ------------------------------------------------------------------------ */

static const char *procedures_for(struct arena *arena, const char *kind, const char *hs)
{
	struct facts *facts = facts_new(arena, kind, "1");
	struct text procedures = TEXT_EMPTY;
	struct plan_task *tasks;
	const char *copy;
	struct failure why;
	size_t count;

	facts_add(facts, facts_add(facts, NULL, "item", NULL), "hs", hs);
	if (!plan_tasks(ours.plan, facts, FEBRUARY_2014, arena, &tasks, &count, &why))
		fail_msg("%s", why.text);
	text_add(&procedures, "");
	for (size_t i = 0; i < count; i++)
		text_printf(&procedures, "%s%s:%s%s", i == 0 ? "" : " ", tasks[i].party,
			    tasks[i].procedure, tasks[i].releases ? "!" : "");
	copy = arena_string(arena, procedures.bytes);
	text_free(&procedures);
	return copy;
}

static void test_customs_always_decides_and_quarantine_where_it_must(void **state)
{
	static const struct {
		const char *kind, *hs, *procedures;
	} rows[] = {
		{ "DEC-IMP", "03061721", "MoF:MOF-IMP! MARD:MARD-AQ-IMP" },
		{ "DEC-IMP", "02023000", "MoF:MOF-IMP! MARD:MARD-AQ-IMP" },
		{ "DEC-IMP", "01012100", "MoF:MOF-IMP! MARD:MARD-AQ-IMP" },
		{ "DEC-IMP", "05119900", "MoF:MOF-IMP! MARD:MARD-AQ-IMP" },
		{ "DEC-IMP", "16041410", "MoF:MOF-IMP! MARD:MARD-AQ-IMP" },
		{ "DEC-IMP", "51011100", "MoF:MOF-IMP! MARD:MARD-AQ-IMP" },
		{ "DEC-IMP", "06011000", "MoF:MOF-IMP! MARD:MARD-PQ-IMP" },
		{ "DEC-IMP", "08081000", "MoF:MOF-IMP! MARD:MARD-PQ-IMP" },
		{ "DEC-IMP", "14011000", "MoF:MOF-IMP! MARD:MARD-PQ-IMP" },
		{ "DEC-IMP", "44071100", "MoF:MOF-IMP! MARD:MARD-PQ-IMP" },
		{ "DEC-IMP", "15079090", "MoF:MOF-IMP!" },
		{ "DEC-IMP", "17011400", "MoF:MOF-IMP!" },
		{ "DEC-IMP", "84834090", "MoF:MOF-IMP!" },
		{ "WCO-DEC", "0306171090", "MoF:MOF-IMP!" },
		{ "RES", "03061721", "" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(procedures_for(arena, rows[i].kind, rows[i].hs),
				    rows[i].procedures);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_declaration_lives_as_customs_would_have_it),
		cmocka_unit_test(test_clearance_is_told_to_what_the_declaration_used),
		cmocka_unit_test(test_a_kind_without_a_life_of_its_own_lives_the_generic_one),
		cmocka_unit_test(test_only_a_lodgement_opens_a_case),
		cmocka_unit_test(test_what_is_not_final_ends_by_itself),
		cmocka_unit_test(test_an_amendment_is_a_new_version_with_new_tasks),
		cmocka_unit_test(test_customs_always_decides_and_quarantine_where_it_must),
	};

	return cmocka_run_group_tests(tests, ours_open, ours_close);
}
