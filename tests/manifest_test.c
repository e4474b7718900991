/* The sea cargo manifest: its documents, its rules over the past, its life. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "papers.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FEBRUARY_2014	INT64_C(1393380000000) /* 2014-02-26T09:00+07:00 */
#define SCRAP_RULE	INT64_C(1542042000000) /* 2018-11-13T00:00+07:00: from here on it holds */

static void test_every_sample_manifest_is_accepted(void **state)
{
	(void)state;
	papers_samples("car", 9);
}

static void test_every_broken_manifest_meets_the_code_of_its_folder(void **state)
{
	(void)state;
	papers_corpus("car");
}

/* ---- facts ------------------------------------------------------------------------------ */

static xmlNodePtr consignment_at(struct facts *facts, int place)
{
	xmlNodePtr consignment = child_named(facts_root(facts), "consignment");

	while (--place > 0)
		consignment = next_named(consignment, "consignment");
	assert_non_null(consignment);
	return consignment;
}

static void test_a_manifest_states_bills_masses_and_masters(void **state)
{
	static const struct {
		const char *file;
		int place;
		const char *name, *value;
	} rows[] = {
		{ "mekong-014n", 1, "bill", "XMPL-LCH-140221-07" },
		{ "mekong-014n", 1, "packages", "3800" },
		{ "mekong-014n", 1, "mass", "41800" },
		{ "mekong-014n", 1, "consignee", "9900000016" },
		{ "mekong-014n", 1, "master", NULL },
		{ "mekong-014n", 2, "mass", "9600.0" }, /* of 9.6 tonnes */
		{ "mekong-014n", 2, "route", "XMPL-LCH-140221-09|THLCH|VNHPH" },
		{ "straits-0214e", 3, "master", "XMPL-SIN-140222-32" },
		{ "straits-0214e", 3, "outside", NULL }, /* it stands behind its master */
		{ "straits-0214e", 5, "outside", NULL }, /* behind other houses of the same */
		{ "forwarder-0214e", 1, "outside", "XMPL-SIN-140222-33" },
		{ "forwarder-0214e", 2, "outside", NULL },
		{ "red-river-empties", 1, "bill", NULL },
		{ "red-river-empties", 1, "empty", "NSWU0900015" },
		{ "mekong-012n-2018", 1, "scrap", NULL },
		{ "scrap-2018", 1, "scrap", "72044900" },
		{ "scrap-2018", 1, "permit", "MONRE-SCRAP-NUMBER" },
		{ "scrap-2018", 1, "mass", "72500.0" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *path = arena_printf(arena, "schemas/car/samples/%s.xml", rows[i].file);
		struct facts *facts = papers_read(arena, path);
		const char *value;

		assert_non_null(facts);
		value = child_text(arena, consignment_at(facts, rows[i].place), rows[i].name);
		if (rows[i].value == NULL ? value != NULL
					  : value == NULL || strcmp(value, rows[i].value) != 0)
			fail_msg("%s: %s of %d is %s", rows[i].file, rows[i].name, rows[i].place,
				 value != NULL ? value : "absent");
	}
	arena_free(arena);
}

/* ---- the past --------------------------------------------------------------------------- */

#define TOP    "<reference>R1</reference><office>03CC</office><type>785</type><ship>MEKONG</ship>"
#define VOYAGE "<journey>014N</journey>"
#define BILL(number, from, to)                                                                     \
	"<consignment><bill>" number "</bill><type>705</type><loading>" from                       \
	"</loading><unloading>" to "</unloading><route>" number "|" from "|" to                    \
	"</route></consignment>"
#define MESSAGE(function, rest) "<message><function>" function "</function>" TOP rest "</message>"
#define BEFORE(rest)		"<document>" TOP VOYAGE rest "</document>"
#define B1			BILL("B1", "THLCH", "VNHPH")
#define B2			BILL("B2", "THLCH", "VNHPH")
#define NEW			"<case state='' declarant='D'>"
#define OLD			"<case id='1' kind='CAR' number='300' version='2' state='ACCEPTED'>"
#define NAMED			"<document>300</document><version>2</version>"
#define OWN			"<known what='document' id='1' number='300' version='2' state='ACCEPTED'/>"
#define ELSEWHERE(state, port)                                                                     \
	"<known what='bill' value='B1' id='7' kind='CAR' number='200' state='" state "'><facts>"   \
	"<consignment><bill>B1</bill><unloading>" port                                             \
	"</unloading></consignment></facts></known>"

#define HOUSE                                                                                      \
	"<consignment><bill>H1</bill><type>714</type><master>M1</master><outside>M1</outside>"     \
	"<unloading>VNHPH</unloading></consignment>"
#define MASTER(state, office, type)                                                                \
	"<known what='master' value='M1' id='8' kind='CAR' state='" state                          \
	"'><facts><office>" office "</office><consignment><bill>M1</bill><type>" type              \
	"</type></consignment></facts></known>"

#define SCRAP(consignee, permit)                                                                   \
	"<consignment><bill>S1</bill><consignee>" consignee                                        \
	"</consignee><unloading>VNDVU</unloading><mass>72500</mass><scrap>72044900</scrap>"        \
	"<permit>" permit "</permit></consignment>"
#define CERTIFICATE(state, procedure, quantity, until)                                             \
	"<known what='permit' value='P1' id='9' kind='LPA' state='" state                          \
	"' used='27500'><facts><procedure>" procedure                                              \
	"</procedure><applicant>9900000016</applicant><item>" quantity "</item></facts>"           \
	"<issued type='911' id='P1' until='" until "'/></known>"
#define HUNDRED_TONNES "<quantity unit='TNE'>100</quantity>"
#define GOOD	       CERTIFICATE("APPROVED", "MONRE-SCRAP", HUNDRED_TONNES, "2019-06-30T00:00:00Z")

static void test_the_past_of_a_manifest(void **state)
{
	static const struct papers_past pasts[] = {
		{ NEW MESSAGE("9", VOYAGE B1) "</case>", "OK" },
		{ NEW MESSAGE("9", VOYAGE B1) "<known what='reference' number='200'/></case>",
		  "IDM-03" },
		{ OLD MESSAGE("4", VOYAGE NAMED B1) OWN BEFORE(B1) "</case>", "OK" },
		{ OLD MESSAGE("4", VOYAGE "<document>300</document><version>1</version>" B1)
			  OWN BEFORE(B1) "</case>",
		  "IDM-04" },
		{ NEW MESSAGE("4", VOYAGE NAMED B1) "</case>", "IDM-04" },

		/* An amendment adds and takes off bills; it moves none to another port or voyage. */
		{ OLD MESSAGE("4", VOYAGE NAMED B1 B2) OWN BEFORE(B1) "</case>", "OK" },
		{ OLD MESSAGE("4", VOYAGE NAMED B2) OWN BEFORE(B1) "</case>", "OK" },
		{ OLD MESSAGE("4", VOYAGE NAMED BILL("B1", "THLCH", "VNDVU"))
			  OWN BEFORE(B1) "</case>",
		  "MAN-05" },
		{ OLD MESSAGE("4", VOYAGE NAMED BILL("B1", "THBKK", "VNHPH") B2)
			  OWN BEFORE(B1 B2) "</case>",
		  "MAN-05" },
		{ OLD MESSAGE("4", "<journey>015N</journey>" NAMED B1) OWN BEFORE(B1) "</case>",
		  "AMC-02" },
		{ OLD MESSAGE("1", "<journey>015N</journey>" NAMED B1) OWN BEFORE(B1) "</case>",
		  "OK" },

		/* A bill in one manifest only, transshipment excepted. */
		{ NEW MESSAGE("9", VOYAGE B1) ELSEWHERE("ACCEPTED", "VNHPH") "</case>", "MAN-03" },
		{ NEW MESSAGE("9", VOYAGE B1) ELSEWHERE("CANCELLED", "VNHPH") "</case>", "OK" },
		{ NEW MESSAGE("9", VOYAGE B1) ELSEWHERE("ACCEPTED", "VNCMT") "</case>", "OK" },
		{ OLD MESSAGE("4", VOYAGE NAMED B1) OWN BEFORE(B1)
			  ELSEWHERE("ACCEPTED", "VNHPH") "</case>",
		  "MAN-03" },
		{ OLD MESSAGE("4", VOYAGE NAMED B1)
			  OWN BEFORE(B1) "<known what='bill' value='B1' id='1' number='300' "
					 "state='ACCEPTED'><facts>" B1 "</facts></known></case>",
		  "OK" }, /* itself */

		/* A forwarder's houses need the carrier's master, at the same office. */
		{ NEW MESSAGE("9", VOYAGE HOUSE) "</case>", "MAN-02" },
		{ NEW MESSAGE("9", VOYAGE HOUSE) MASTER("ACCEPTED", "03CC", "704") "</case>",
		  "OK" },
		{ NEW MESSAGE("9", VOYAGE HOUSE) MASTER("ACCEPTED", "03TG", "704") "</case>",
		  "MAN-02" },
		{ NEW MESSAGE("9", VOYAGE HOUSE) MASTER("CANCELLED", "03CC", "704") "</case>",
		  "MAN-02" },
		{ NEW MESSAGE("9", VOYAGE HOUSE) MASTER("ACCEPTED", "03CC", "705") "</case>",
		  "MAN-02" },

		/* Scrap is told, not refused: the life holds it. */
		{ NEW MESSAGE("9", VOYAGE SCRAP("9900000016", "P1")) GOOD "</case>", "OK" },
		{ NEW MESSAGE("9", VOYAGE SCRAP("9900000016", "P2")) GOOD "</case>", "MAN-07" },
		{ NEW MESSAGE("9", VOYAGE SCRAP("9900000023", "P1")) GOOD "</case>", "MAN-07" },
		{ NEW MESSAGE("9", VOYAGE SCRAP("9900000016", "P1")) CERTIFICATE(
			  "APPROVED", "MONRE-SCRAP", "<quantity unit='KGM'>99999</quantity>",
			  "2019-06-30") "</case>",
		  "MAN-12" },
	};

	(void)state;
	papers_pasts("CAR", SCRAP_RULE, pasts, COUNT_OF(pasts));
}

/* ---- life ------------------------------------------------------------------------------- */

#define SAYS(status)	 "<event name='decision' party='MoF' status='" status "'/>"
#define SHIPPED		 MESSAGE("9", VOYAGE B1)
#define HELD_BACK(known) MESSAGE("9", VOYAGE SCRAP("9900000016", "P1")) known

static void test_a_manifest_lives_from_its_lodgement_to_its_closing(void **state)
{
	static const struct papers_step steps[] = {
		{ "", "lodge", SHIPPED, "REGISTERED", "AJ" },
		{ "", "amend", SHIPPED, NULL, NULL },
		{ "REGISTERED", "decision", SAYS("SUBMITTED"), "SUBMITTED", "AJ" },
		{ "REGISTERED", "decision", SAYS("ACCEPTED"), "ACCEPTED", "AP" },
		{ "REGISTERED", "decision", SAYS("REFUSED"), "REFUSED", "RE" },
		{ "SUBMITTED", "decision", SAYS("ACCEPTED"), "ACCEPTED", "AP" },
		{ "SUBMITTED", "decision", SAYS("REFUSED"), "REFUSED", "RE" },
		{ "SUBMITTED", "decision", SAYS("DOCS_REQUIRED"), "CORRECTING", "AJ" },
		{ "SUBMITTED", "decision", SAYS("SUBMITTED"), "=", NULL },
		{ "CORRECTING", "decision", SAYS("ACCEPTED"), "ACCEPTED", "AP" },
		{ "CORRECTING", "decision", SAYS("REFUSED"), "REFUSED", "RE" },

		{ "REGISTERED", "amend", SHIPPED, "REGISTERED", "AJ" },
		{ "SUBMITTED", "amend", SHIPPED, "CORRECTING", "AJ" },
		{ "ACCEPTED", "amend", SHIPPED, "CORRECTING", "AJ" },
		{ "ARRIVED", "amend", SHIPPED, NULL, NULL },
		{ "ACCEPTED", "cancel", SHIPPED, "CANCELLED", "AP" },
		{ "ARRIVED", "cancel", SHIPPED, NULL, NULL },
		{ "CLOSED", "cancel", SHIPPED, NULL, NULL },

		{ "ACCEPTED", "arrive", "", "ARRIVED", "AP" },
		{ "REGISTERED", "arrive", "", NULL, NULL },
		{ "ACCEPTED", "decision", SAYS("ARRIVED"), "ARRIVED", "AP" },
		{ "ARRIVED", "decision", SAYS("DISCHARGED"), "DISCHARGED", "AP" },
		{ "DISCHARGED", "decision", SAYS("CLOSED"), "CLOSED", "AP" },
		{ "CLOSED", "decision", SAYS("REFUSED"), NULL, NULL },
		{ "ACCEPTED", "timeout", "", "ARRIVED", NULL },
		{ "ARRIVED", "timeout", "", "DISCHARGED", NULL },
		{ "DISCHARGED", "timeout", "", "CLOSED", NULL },

		/* Silence never accepts. */
		{ "REGISTERED", "timeout", "", "CANCELLED", "RE" },
		{ "SUBMITTED", "timeout", "", "CANCELLED", "RE" },
		{ "CORRECTING", "timeout", "", "CANCELLED", "RE" },
		{ "HELD", "timeout", "", "CANCELLED", "RE" },
	};

	(void)state;
	papers_steps("CAR", FEBRUARY_2014, steps, COUNT_OF(steps));
}

static void test_scrap_is_held_until_a_good_certificate_is_named(void **state)
{
	static const struct papers_step steps[] = {
		{ "", "lodge", HELD_BACK(""), "HELD", "AJ" },
		{ "", "lodge", HELD_BACK(GOOD), "REGISTERED", "AJ" },
		{ "", "lodge", SHIPPED GOOD, "REGISTERED", "AJ" },
		/* Not for scrap, not valid any more, withdrawn, not enough left (27.5 t are used). */
		{ "", "lodge",
		  HELD_BACK(CERTIFICATE("APPROVED", "MONRE-HCFC", HUNDRED_TONNES, "2019-06-30")),
		  "HELD", "AJ" },
		{ "", "lodge",
		  HELD_BACK(CERTIFICATE("APPROVED", "MONRE-SCRAP", HUNDRED_TONNES, "2018-11-12")),
		  "HELD", "AJ" },
		{ "", "lodge",
		  HELD_BACK(CERTIFICATE("REVOKED", "MONRE-SCRAP", HUNDRED_TONNES, "2019-06-30")),
		  "HELD", "AJ" },
		{ "", "lodge",
		  HELD_BACK(CERTIFICATE("APPROVED", "MONRE-SCRAP",
					"<quantity unit='KGM'>99999</quantity>", "2019-06-30")),
		  "HELD", "AJ" },
		{ "", "lodge",
		  HELD_BACK(CERTIFICATE("APPROVED", "MONRE-SCRAP",
					"<quantity unit='KGM'>100000</quantity>", "2019-06-30")),
		  "REGISTERED", "AJ" },
		{ "HELD", "amend", HELD_BACK(""), "HELD", "AJ" },
		{ "HELD", "amend", HELD_BACK(GOOD), "REGISTERED", "AJ" },
		{ "HELD", "amend", SHIPPED, "REGISTERED", "AJ" }, /* the scrap stays on board */
		{ "ACCEPTED", "amend", HELD_BACK(""), "HELD", "AJ" },
		{ "HELD", "cancel", HELD_BACK(""), "CANCELLED", "AP" },
		{ "HELD", "decision", SAYS("ACCEPTED"), NULL, NULL },
	};

	(void)state;
	papers_steps("CAR", SCRAP_RULE, steps, COUNT_OF(steps));
}

static void test_what_is_held_is_asked_of_nobody(void **state)
{
	static const struct papers_step held = { "", "lodge", HELD_BACK(""), NULL, NULL };
	static const struct papers_step lodged = { "", "lodge", SHIPPED, NULL, NULL };
	static const struct papers_step amended = { "HELD", "amend", SHIPPED, NULL, NULL };

	(void)state;
	assert_false(papers_row("CAR", SCRAP_RULE, &held)->plan);
	assert_true(papers_row("CAR", SCRAP_RULE, &held)->number);
	assert_true(papers_row("CAR", SCRAP_RULE, &lodged)->plan);
	assert_true(papers_row("CAR", SCRAP_RULE, &amended)->plan);
}

/* Headings of scrap are looked up when the facts are gathered: before its day there is none. */
static void test_scrap_is_scrap_from_the_day_of_the_rule_on(void **state)
{
	static const struct {
		gateway_time at;
		bool scrap;
	} rows[] = { { SCRAP_RULE - 1, false }, { SCRAP_RULE, true } };
	const struct kind *kind = papers_kind("CAR");

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new();
		struct document *document;
		struct facts *facts;

		assert_true(document_read(&document, "schemas/car/samples/scrap-2018.xml",
					  &document_limits_message, NULL));
		assert_true(kind_facts(kind, document, rows[i].at, arena, &facts, NULL));
		assert_int_equal(child_text(arena, consignment_at(facts, 1), "scrap") != NULL,
				 rows[i].scrap);
		document_free(document);
		arena_free(arena);
	}
}

static void test_every_state_answers_a_query_and_ends(void **state)
{
	static const char *const states[] = { "REGISTERED", "HELD",	 "SUBMITTED",  "CORRECTING",
					      "ACCEPTED",   "ARRIVED",	 "DISCHARGED", "CLOSED",
					      "REFUSED",    "CANCELLED", NULL };

	(void)state;
	papers_states("CAR", states);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_sample_manifest_is_accepted),
		cmocka_unit_test(test_every_broken_manifest_meets_the_code_of_its_folder),
		cmocka_unit_test(test_a_manifest_states_bills_masses_and_masters),
		cmocka_unit_test(test_the_past_of_a_manifest),
		cmocka_unit_test(test_a_manifest_lives_from_its_lodgement_to_its_closing),
		cmocka_unit_test(test_scrap_is_held_until_a_good_certificate_is_named),
		cmocka_unit_test(test_what_is_held_is_asked_of_nobody),
		cmocka_unit_test(test_scrap_is_scrap_from_the_day_of_the_rule_on),
		cmocka_unit_test(test_every_state_answers_a_query_and_ends),
	};

	return cmocka_run_group_tests(tests, ours_open, ours_close);
}
