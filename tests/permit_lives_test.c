/* What happens to a permit and to a vessel notice: every row of their lives that has a guard. */
#include <libxml/parser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ours.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DECEMBER_2015	INT64_C(1448935200000) /* 2015-12-01T09:00+07:00 */

struct step {
	const char *state, *event; /* before, and what happens */
	const char *facts;	   /* inside <case> */
	const char *to;		   /* after; NULL: no row */
};

#define SAYS(status)  "<event name='decision' party='MARD' status='" status "'/>"
#define FEE	      "<document><procedure>MOH-FOOD</procedure></document>"
#define NO_FEE	      "<document><procedure>MARD-AQ-IMP</procedure></document>"
#define GRANTED(more) "<document><item><quantity>100</quantity></item>" more "</document>"
#define USED(q)	      "<use what='permit' quantity='" q "' state='CLEARED'/>"
#define CLAIMED(q)    "<use what='permit' quantity='" q "' state='REGISTERED'/>"

static const struct step permit_steps[] = {
	{ "", "lodge", "", "SUBMITTED" },
	{ "", "amend", "", NULL },
	{ "", "used", "", NULL },

	/* On the way. */
	{ "SUBMITTED", "decision", SAYS("RECEIVED"), "RECEIVED" },
	{ "RECEIVED", "decision", SAYS("RECEIVED"), "UNDER_REVIEW" },
	{ "UNDER_REVIEW", "decision", SAYS("RECEIVED"), "=" },
	{ "UNDER_REVIEW", "decision", SAYS("DOCS_REQUIRED"), "DOCS_REQUIRED" },
	{ "DOCS_REQUIRED", "amend", "", "UNDER_REVIEW" },
	{ "DOCS_REQUIRED", "decision", SAYS("RECEIVED"), "UNDER_REVIEW" },
	{ "SUBMITTED", "amend", "", "SUBMITTED" },
	{ "UNDER_REVIEW", "decision", SAYS("FEE_DUE") FEE, "FEE_DUE" },
	{ "UNDER_REVIEW", "decision", SAYS("FEE_DUE") NO_FEE, "=" },
	{ "FEE_DUE", "decision", SAYS("RECEIVED"), "UNDER_REVIEW" },

	/* Decided. */
	{ "SUBMITTED", "decision", SAYS("APPROVED"), "APPROVED" },
	{ "UNDER_REVIEW", "decision", SAYS("APPROVED"), "APPROVED" },
	{ "FEE_DUE", "decision", SAYS("APPROVED"), "APPROVED" },
	{ "DOCS_REQUIRED", "decision", SAYS("REFUSED"), "REFUSED" },
	{ "APPROVED", "decision", SAYS("REFUSED"), "=" },
	{ "APPROVED", "decision", SAYS("REVOKED"), "REVOKED" },
	{ "PART_USED", "decision", SAYS("REVOKED"), "REVOKED" },
	{ "UNDER_REVIEW", "decision", SAYS("REVOKED"), "=" },
	{ "APPROVED", "decision", SAYS("CANCELLED"), "CANCELLED" },
	{ "REFUSED", "decision", SAYS("APPROVED"), NULL },
	{ "REVOKED", "decision", SAYS("APPROVED"), NULL },

	/* Suspended, and back to where it was. */
	{ "UNDER_REVIEW", "decision", SAYS("SUSPENDED"), "SUSPENDED" },
	{ "PART_USED", "decision", SAYS("SUSPENDED"), "SUSPENDED" },
	{ "SUSPENDED", "decision", SAYS("RECEIVED"), "UNDER_REVIEW" },
	{ "SUSPENDED", "decision", SAYS("DOCS_REQUIRED"), "DOCS_REQUIRED" },
	{ "SUSPENDED", "decision", SAYS("APPROVED"), "APPROVED" },
	{ "SUSPENDED", "decision", SAYS("APPROVED") CLAIMED("40"), "APPROVED" },
	{ "SUSPENDED", "decision", SAYS("APPROVED") USED("40"), "PART_USED" },
	{ "SUSPENDED", "decision", SAYS("REVOKED"), "REVOKED" },
	{ "SUSPENDED", "timeout", "", "CANCELLED" },

	/* Used up by what has cleared, and by nothing else. */
	{ "APPROVED", "used", GRANTED("") USED("40"), "PART_USED" },
	{ "APPROVED", "used", GRANTED("") USED("100"), "EXHAUSTED" },
	{ "APPROVED", "used", GRANTED("") USED("40") CLAIMED("60"), "PART_USED" },
	{ "PART_USED", "used", GRANTED("") USED("40") USED("59.5"), "=" },
	{ "PART_USED", "used", GRANTED("") USED("40") USED("60"), "EXHAUSTED" },
	{ "PART_USED", "used", GRANTED("<item><quantity>50</quantity></item>") USED("100"), "=" },
	{ "SUSPENDED", "used", GRANTED("") USED("40"), "=" },
	{ "UNDER_REVIEW", "used", "", NULL },

	/* The applicant's own doing. */
	{ "RECEIVED", "cancel", "", "CANCELLED" },
	{ "APPROVED", "cancel", "", "CANCELLED" },
	{ "APPROVED", "cancel", CLAIMED("40"), NULL },
	{ "PART_USED", "cancel", USED("40"), NULL },
	{ "APPROVED", "amend", "", NULL },

	/* Silence never approves. */
	{ "SUBMITTED", "timeout", "", "SUSPENDED" },
	{ "UNDER_REVIEW", "timeout", "", "SUSPENDED" },
	{ "FEE_DUE", "timeout", "", "SUSPENDED" },
	{ "APPROVED", "timeout", "", "EXPIRED" },
	{ "PART_USED", "timeout", "", "EXPIRED" },

	{ "UNDER_REVIEW", "query", "", "=" },
	{ "EXHAUSTED", "query", "", "=" },
};

#define INWARD	"<document><type>524</type></document>"
#define OUTWARD "<document><type>525</type></document>"

static const struct step notice_steps[] = {
	{ "", "lodge", "", "NOTIFIED" },
	{ "", "confirm", "", NULL },
	{ "NOTIFIED", "decision", SAYS("RECEIVED"), "REVIEW" },
	{ "NOTIFIED", "decision", SAYS("APPROVED"), "PERMITTED" },
	{ "REVIEW", "decision", SAYS("APPROVED"), "PERMITTED" },
	{ "REVIEW", "decision", SAYS("DOCS_REQUIRED"), "DOCS_REQUIRED" },
	{ "DOCS_REQUIRED", "amend", "", "REVIEW" },
	{ "DOCS_REQUIRED", "decision", SAYS("REFUSED"), "REFUSED" },
	{ "PERMITTED", "confirm", INWARD, "ARRIVED" },
	{ "PERMITTED", "confirm", OUTWARD, "DEPARTED" },
	{ "REVIEW", "confirm", INWARD, NULL },
	{ "ARRIVED", "confirm", INWARD, NULL },
	{ "PERMITTED", "amend", "", "REVIEW" },
	{ "PERMITTED", "cancel", "", "CANCELLED" },
	{ "PERMITTED", "decision", SAYS("REVOKED"), "CANCELLED" },
	{ "PERMITTED", "decision", SAYS("SUSPENDED"), "REVIEW" },
	{ "ARRIVED", "cancel", "", NULL },
	{ "ARRIVED", "decision", SAYS("REVOKED"), NULL },
	{ "NOTIFIED", "timeout", "", "LAPSED" },
	{ "PERMITTED", "timeout", "", "LAPSED" },
	{ "DEPARTED", "query", "", "=" },
};

static void check_step(const struct life *life, const struct step *step, struct arena *arena)
{
	const char *facts = arena_printf(arena, "<case>%s</case>", step->facts);
	xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, XML_PARSE_NONET);
	const char *where = arena_printf(arena, "%s, %s, %s", step->state, step->event, facts);
	const struct life_row *row;
	struct failure why;

	assert_non_null(tree);
	if (!life_row(life, step->state, step->event, tree, DECEMBER_2015, &row, &why))
		fail_msg("%s: %s", where, why.text);
	if ((row == NULL) != (step->to == NULL))
		fail_msg("%s: %s", where, row != NULL ? row->to : "no row");
	if (row != NULL && strcmp(row->to, step->to) != 0)
		fail_msg("%s: %s, not %s", where, row->to, step->to);
	xmlFreeDoc(tree);
}

static void check_steps(const char *kind, const struct step *steps, size_t count)
{
	const struct life *life = ours_life(kind);
	struct arena *arena = arena_new();

	for (size_t i = 0; i < count; i++)
		check_step(life, &steps[i], arena);
	arena_free(arena);
}

static void test_a_permit_lives_from_its_application_to_its_last_use(void **state)
{
	(void)state;
	check_steps("LPA", permit_steps, COUNT_OF(permit_steps));
}

static void test_a_ship_is_notified_permitted_and_confirmed(void **state)
{
	(void)state;
	check_steps("VES", notice_steps, COUNT_OF(notice_steps));
}

static bool has_word(const char *const *words, const char *word)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

/* In every state that the agency may speak in, on every word it has. */
static void test_each_word_of_the_agency_goes_to_trader_and_customs(void **state)
{
	static const char *const states[] = { "SUBMITTED", "RECEIVED",	"UNDER_REVIEW",
					      "FEE_DUE",   "SUSPENDED", "DOCS_REQUIRED",
					      "APPROVED",  "PART_USED" };
	static const char *const words[] = { "RECEIVED", "DOCS_REQUIRED", "FEE_DUE", "APPROVED",
					     "REFUSED",	 "SUSPENDED",	  "REVOKED", "CANCELLED" };
	const struct life *life = ours_life("LPA");
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(states) * COUNT_OF(words); i++) {
		const char *facts = arena_printf(
			arena, "<case><event name='decision' status='%s'/>" FEE "</case>",
			words[i % COUNT_OF(words)]);
		xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, 0);
		const struct life_row *row;

		assert_true(life_row(life, states[i / COUNT_OF(words)], "decision", tree,
				     DECEMBER_2015, &row, NULL));
		assert_non_null(row);
		assert_true(has_word(row->forward, "declarant"));
		assert_true(has_word(row->forward, "MoF"));
		xmlFreeDoc(tree);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_permit_lives_from_its_application_to_its_last_use),
		cmocka_unit_test(test_a_ship_is_notified_permitted_and_confirmed),
		cmocka_unit_test(test_each_word_of_the_agency_goes_to_trader_and_customs),
	};

	return cmocka_run_group_tests(tests, ours_open, ours_close);
}
