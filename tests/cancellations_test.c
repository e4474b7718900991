/* Requests to cancel: granted by the window, unless the reference has the party asked. */
#include <libxml/parser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ours.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DECEMBER_2015	INT64_C(1448931600000)

static const struct {
	const char *kind, *asks;
	const char *states[7]; /* in which it can be cancelled */
} lifes[] = {
	{ "DEC-IMP",
	  "MoF",
	  { "REGISTERED", "CHANNELLED", "DOCS_REQUIRED", "AWAITING_AGENCY", "PAYMENT_DUE",
	    "SUSPENDED" } },
	{ "DEC-EXP",
	  "MoF",
	  { "REGISTERED", "CHANNELLED", "DOCS_REQUIRED", "AWAITING_AGENCY", "PAYMENT_DUE",
	    "SUSPENDED" } },
	{ "CAR", "MoF", { "REGISTERED", "HELD", "SUBMITTED", "CORRECTING", "ACCEPTED" } },
	{ "LPA",
	  "{agency}",
	  { "SUBMITTED", "RECEIVED", "UNDER_REVIEW", "DOCS_REQUIRED", "FEE_DUE", "SUSPENDED",
	    "APPROVED" } },
	{ "VES", "MoT", { "NOTIFIED", "REVIEW", "DOCS_REQUIRED", "PERMITTED" } },
};

/* The row of that kind's life; in the arena of nobody: rows live as long as the lives. */
static const struct life_row *row_for(const char *kind, const char *state, const char *event,
				      const char *facts)
{
	const struct life *life = ours_life(kind);
	xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, XML_PARSE_NONET);
	const struct life_row *row;
	struct failure why;

	assert_non_null(tree);
	if (!life_row(life, state, event, tree, DECEMBER_2015, &row, &why))
		fail_msg("%s, %s: %s", kind, state, why.text);
	xmlFreeDoc(tree);
	return row;
}

static void check_request(size_t life, const char *reference, bool asked)
{
	struct arena *arena = arena_new();
	const char *facts = arena_printf(arena, "<case reference='%s'/>", reference);

	for (size_t i = 0; i < COUNT_OF(lifes[life].states) && lifes[life].states[i]; i++) {
		const struct life_row *row =
			row_for(lifes[life].kind, lifes[life].states[i], "cancel", facts);

		assert_non_null(row);
		if (strcmp(row->to, asked ? "=" : "CANCELLED") != 0)
			fail_msg("%s, %s, %s: %s", lifes[life].kind, lifes[life].states[i],
				 reference, row->to);
		assert_string_equal(row->send, asked ? "AJ" : "AP");
		assert_int_equal(row->withdraw, !asked);
		if (asked)
			assert_string_equal(row->ask[0], lifes[life].asks);
		else
			assert_null(row->ask[0]);
	}
	arena_free(arena);
}

static void test_a_request_to_cancel_is_granted_unless_the_reference_denies_it(void **state)
{
	static const struct {
		const char *reference;
		bool asked;
	} rows[] = {
		{ "VN15-1", false },   { "SIM-G-1", false },	{ "SIM-GG-1", false },
		{ "SIM-D-1", false },  { "SIM-P-1", false },	{ "SIM-G3G-1", false },
		{ "SIM-GD-1", true },  { "SIM-G0D-1", true },	{ "SIM-AP-1", true },
		{ "SIM-N9P-1", true }, { "SIM-G-D-1", false },	{ "SIM-G-P-1", false },
		{ "SIM-GDP", false },  { "SIM-G3DX-1", false }, { "XIM-GD-1", false },
		{ "", false },
	};

	(void)state;
	for (size_t life = 0; life < COUNT_OF(lifes); life++)
		for (size_t i = 0; i < COUNT_OF(rows); i++)
			check_request(life, rows[i].reference, rows[i].asked);
}

/* Whatever the case waits for, it goes on, and the trader reads who said no. */
static void test_a_denial_changes_nothing_and_is_carried_to_the_trader(void **state)
{
	static const char facts[] =
		"<case reference='SIM-GD-1'>"
		"<event name='decision' status='CANCEL_REFUSED' result='RE'/></case>";

	(void)state;
	for (size_t life = 0; life < COUNT_OF(lifes); life++)
		for (size_t i = 0; i < COUNT_OF(lifes[life].states) && lifes[life].states[i]; i++) {
			const struct life_row *row =
				row_for(lifes[life].kind, lifes[life].states[i], "decision", facts);

			assert_non_null(row);
			assert_string_equal(row->to, "=");
			assert_null(row->send);
			assert_string_equal(row->forward[0], "declarant");
		}
}

static void test_what_is_over_is_not_cancelled_whatever_the_reference(void **state)
{
	static const char facts[] = "<case reference='SIM-GD-1'/>";

	(void)state;
	assert_null(row_for("DEC-IMP", "CLEARED", "cancel", facts));
	assert_null(row_for("CAR", "CLOSED", "cancel", facts));
	assert_null(row_for("LPA", "EXHAUSTED", "cancel", facts));
	assert_null(row_for("LPA", "PART_USED", "cancel", facts));
	assert_null(row_for("VES", "DEPARTED", "cancel", facts));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_request_to_cancel_is_granted_unless_the_reference_denies_it),
		cmocka_unit_test(test_a_denial_changes_nothing_and_is_carried_to_the_trader),
		cmocka_unit_test(test_what_is_over_is_not_cancelled_whatever_the_reference),
	};

	return cmocka_run_group_tests(tests, ours_open, ours_close);
}
