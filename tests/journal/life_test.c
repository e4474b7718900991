/* Life cycles as files: what is refused when they are read, and which row fits. */
#include "journal/life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/scratch.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define NOON		((gateway_time)1393390800000)

/* One kind, in a folder of its own; each test writes the life beside it. */
static const char kind_file[] =
	"<kind xmlns='urn:nsw:kind:1' id='PAPER' version='1' role='application' from='trader' "
	"signature='forbidden' title='Paper'><identify namespace='urn:paper' root='Paper'/>"
	"<schema file='paper.xsd'/><life file='life.xml'/>"
	"<facts><fact name='reference' xpath='/x'/></facts></kind>";
static const char kind_without_life[] =
	"<kind xmlns='urn:nsw:kind:1' id='PAPER' version='1' role='application' from='trader' "
	"signature='forbidden' title='Paper'><identify namespace='urn:paper' root='Paper'/>"
	"<schema file='paper.xsd'/><facts><fact name='reference' xpath='/x'/></facts></kind>";
static const char schema_file[] =
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:paper'>"
	"<xs:element name='Paper'/></xs:schema>";

struct shelf {
	struct scratch *scratch;
	const char *folders[2];
	struct kinds *kinds;
	struct lives *lives;
	struct failure why;
};

static int open_shelf(void **state)
{
	struct shelf *shelf = calloc(1, sizeof *shelf);

	document_setup();
	shelf->scratch = scratch_new();
	shelf->folders[0] = scratch_folder(shelf->scratch);
	scratch_write(shelf->scratch, "paper/paper.xsd", schema_file);
	*state = shelf;
	return 0;
}

static int close_shelf(void **state)
{
	struct shelf *shelf = *state;

	lives_free(shelf->lives);
	kinds_free(shelf->kinds);
	scratch_free(shelf->scratch);
	free(shelf);
	return 0;
}

/* False with the reason in shelf->why. */
static bool load(struct shelf *shelf, const char *kind, const char *life)
{
	lives_free(shelf->lives);
	shelf->lives = NULL;
	kinds_free(shelf->kinds);
	shelf->kinds = NULL;
	scratch_write(shelf->scratch, "paper/kind.xml", kind);
	scratch_write(shelf->scratch, "paper/life.xml", life);
	return kinds_load(&shelf->kinds, shelf->folders, 1, &shelf->why) &&
	       lives_load(&shelf->lives, shelf->kinds, shelf->folders, &shelf->why);
}

#define LIFE(content) "<life xmlns='urn:nsw:life:1'>\n" content "</life>\n"
#define OPEN	      "<state id='OPEN'/>\n"
#define SHUT	      "<state id='SHUT' final='yes'/>\n"
#define LODGE	      "<row from='' event='lodge' to='OPEN'/>\n"
#define END	      "<row from='OPEN' event='decision' to='SHUT'/>\n"

/* ---- loading ------------------------------------------------------------------------------ */

static void test_a_broken_life_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *life, *code, *place, *text;
	} rows[] = {
		{ LIFE(OPEN SHUT LODGE END), NULL, NULL, NULL },
		{ "<life", "LIF-901", NULL, "" },
		{ "<lives xmlns='urn:nsw:life:1'/>", "LIF-901", "life.xml:1", "" },
		{ LIFE(LODGE OPEN SHUT), "LIF-901", "life.xml:2", "" },
		{ LIFE("<state/>\n" LODGE), "LIF-901", "life.xml:2", "id" },
		{ LIFE("<state id='OPEN' fnal='yes'/>\n" LODGE), "LIF-901", "life.xml:2", "fnal" },
		{ LIFE("<state id='OPEN' final='maybe'/>\n" LODGE), "LIF-901", "life.xml:2",
		  "maybe" },
		{ LIFE("<state id='OPEN' timeout='soon'/>\n" LODGE), "LIF-901", "life.xml:2",
		  "soon" },
		{ LIFE(OPEN OPEN LODGE), "LIF-901", "life.xml:3", "OPEN stands here twice" },
		{ LIFE(OPEN SHUT LODGE "<row from='OPEN' event='decision'/>\n"), "LIF-901",
		  "life.xml:5", "to" },
		{ LIFE(OPEN SHUT LODGE END "<row from='OPEN' event='x' to='SHUT' send='XX'/>\n"),
		  "LIF-901", "life.xml:6", "XX" },
		{ LIFE(OPEN SHUT LODGE END
		       "<row from='OPEN' event='x' to='SHUT' withdraw='all'/>\n"),
		  "LIF-901", "life.xml:6", "all" },
		{ LIFE(OPEN SHUT LODGE END "<row from='AJAR' event='x' to='SHUT'/>\n"), "LIF-902",
		  "life.xml:6", "AJAR" },
		{ LIFE(OPEN SHUT LODGE END "<row from='OPEN AJAR' event='x' to='SHUT'/>\n"),
		  "LIF-902", "life.xml:6", "AJAR" },
		{ LIFE(OPEN SHUT LODGE END "<row from='OPEN' event='x' to='AJAR'/>\n"), "LIF-902",
		  "life.xml:6", "AJAR" },
		{ LIFE(OPEN SHUT LODGE END "<row from='OPEN' event='x' to='SHUT' guard='('/>\n"),
		  "RUL-903", "life.xml:6", "" },
		{ LIFE(OPEN SHUT LODGE END
		       "<row from='OPEN' event='x' to='SHUT' guard='nsw:guess(1)'/>\n"),
		  "RUL-903", "life.xml:6", "guess" },
		{ LIFE(OPEN SHUT "<state id='LOST' final='yes'/>\n" LODGE END), "LIF-903",
		  "life.xml", "LOST" },
		/* An island: each leads to the other, and nothing to either. */
		{ LIFE(OPEN SHUT
		       "<state id='A'/><state id='B'/>\n" LODGE END
		       "<row from='A' event='x' to='B'/><row from='B' event='x' to='A'/>"),
		  "LIF-903", "life.xml", "A" },
		{ LIFE(OPEN SHUT LODGE END "<row from='SHUT' event='x' to='OPEN'/>\n"), NULL, NULL,
		  NULL },
		{ LIFE(OPEN LODGE), "LIF-903", "life.xml", "OPEN" },
		{ LIFE(OPEN LODGE "<row from='OPEN' event='x' to='='/>\n"), "LIF-903", "life.xml",
		  "OPEN" },
		{ LIFE(OPEN LODGE "<row from='OPEN' event='x' to='OPEN'/>\n"), "LIF-903",
		  "life.xml", "OPEN" },
		/* Leaving by a row for all states is leaving. */
		{ LIFE(OPEN SHUT LODGE "<row from='*' event='decision' to='SHUT'/>\n"), NULL, NULL,
		  NULL },
		{ LIFE(OPEN SHUT LODGE "<row from='*' event='x' to='='/>\n" END), NULL, NULL,
		  NULL },
	};
	struct shelf *shelf = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool good = load(shelf, kind_file, rows[i].life);

		if (good != (rows[i].code == NULL))
			fail_msg("row %zu: %s", i, good ? "was taken" : shelf->why.text);
		if (!good)
			assert_failure(&shelf->why, FAULT, rows[i].code, rows[i].place,
				       rows[i].text);
	}
}

static void test_who_has_no_life_gets_the_generic_one(void **state)
{
	struct shelf *shelf = *state;
	const struct life *life;

	assert_false(load(shelf, kind_without_life, ""));
	assert_failure(&shelf->why, FAULT, "LIF-901", NULL, "generic/life.xml");
	scratch_write(shelf->scratch, "generic/life.xml", LIFE(OPEN SHUT LODGE END));
	assert_true(load(shelf, kind_without_life, ""));
	life = life_of(shelf->lives, kinds_named(shelf->kinds, "PAPER"));
	assert_non_null(life);
	assert_true(life_opens(life, "lodge"));
}

/* ---- asking ------------------------------------------------------------------------------- */

static const char cycle[] =
	LIFE("<state id='OPEN' timeout='15d'/>\n"
	     "<state id='AJAR'/>\n" SHUT
	     "<row from='' event='lodge' to='OPEN' number='yes' plan='yes' send='AJ'/>\n"
	     "<row from='OPEN AJAR' event='decision' guard='event/@status = \"NO\"' to='SHUT' "
	     "withdraw='yes' send='RE'/>\n"
	     "<row from='OPEN' event='decision' to='AJAR'/>\n"
	     "<row from='AJAR' event='decision' to='='/>\n"
	     "<row from='*' event='amend' to='OPEN' amend='yes'/>\n");

static void assert_row(const struct life *life, const char *state, const char *event,
		       const char *facts, int line)
{
	xmlDocPtr tree = xmlReadMemory(facts, (int)strlen(facts), "facts", NULL, 0);
	const struct life_row *row;
	struct failure why;

	assert_non_null(tree);
	assert_true(life_row(life, state, event, tree, NOON, &row, &why));
	xmlFreeDoc(tree);
	if ((row != NULL ? row->line : 0) != line)
		fail_msg("%s in %s: line %d, not %d", event, state, row != NULL ? row->line : 0,
			 line);
}

static void test_the_first_row_that_fits_wins_and_no_row_is_no(void **state)
{
	static const struct {
		const char *state, *event, *facts;
		int line; /* of the row; 0: none */
	} rows[] = {
		{ "", "lodge", "<case/>", 5 },
		{ "", "decision", "<case/>", 0 },
		{ "", "amend", "<case/>", 0 }, /* `*` is any state, not none */
		{ "OPEN", "lodge", "<case/>", 0 },
		{ "OPEN", "decision", "<case><event status='NO'/></case>", 6 },
		{ "OPEN", "decision", "<case><event status='YES'/></case>", 7 },
		{ "OPEN", "decision", "<case/>", 7 },
		{ "AJAR", "decision", "<case><event status='NO'/></case>", 6 },
		{ "AJAR", "decision", "<case/>", 8 },
		{ "SHUT", "decision", "<case><event status='NO'/></case>", 0 },
		{ "SHUT", "amend", "<case/>", 9 },
		{ "NOWHERE", "decision", "<case/>", 0 },
		{ "OPEN", "applause", "<case/>", 0 },
	};
	struct shelf *shelf = *state;
	const struct life *life;

	if (!load(shelf, kind_file, cycle))
		fail_msg("%s", shelf->why.text);
	life = life_of(shelf->lives, kinds_named(shelf->kinds, "PAPER"));
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_row(life, rows[i].state, rows[i].event, rows[i].facts, rows[i].line);
}

static void test_a_row_says_all_its_effects(void **state)
{
	struct shelf *shelf = *state;
	const struct life_row *row;
	const struct life *life;
	xmlDocPtr facts = xmlReadMemory("<case/>", 7, "facts", NULL, 0);

	assert_true(load(shelf, kind_file, cycle));
	life = life_of(shelf->lives, kinds_named(shelf->kinds, "PAPER"));
	assert_true(life_row(life, "", "lodge", facts, NOON, &row, &shelf->why));
	assert_true(row->number && row->plan && !row->withdraw && !row->amend);
	assert_string_equal(row->send, "AJ");
	assert_string_equal(row->to, "OPEN");
	assert_true(life_row(life, "AJAR", "amend", facts, NOON, &row, &shelf->why));
	assert_true(!row->number && !row->plan && !row->withdraw && row->amend);
	assert_null(row->send);
	xmlFreeDoc(facts);
}

static void test_states_tell_their_end_and_their_patience(void **state)
{
	struct shelf *shelf = *state;
	const struct life *life;

	assert_true(load(shelf, kind_file, cycle));
	life = life_of(shelf->lives, kinds_named(shelf->kinds, "PAPER"));
	assert_int_equal(life_timeout(life, "OPEN"), INT64_C(15) * 86400 * 1000);
	assert_int_equal(life_timeout(life, "AJAR"), 0);
	assert_int_equal(life_timeout(life, "NOWHERE"), 0);
	assert_true(life_final(life, "SHUT"));
	assert_false(life_final(life, "OPEN"));
	assert_true(life_opens(life, "lodge"));
	assert_false(life_opens(life, "amend"));
	lives_free(NULL);
}

#define ON_SHELF(test) cmocka_unit_test_setup_teardown(test, open_shelf, close_shelf)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_SHELF(test_a_broken_life_is_refused_with_its_place),
		ON_SHELF(test_who_has_no_life_gets_the_generic_one),
		ON_SHELF(test_the_first_row_that_fits_wins_and_no_row_is_no),
		ON_SHELF(test_a_row_says_all_its_effects),
		ON_SHELF(test_states_tell_their_end_and_their_patience),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
