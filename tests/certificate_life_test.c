/* The life of an e-Form D on both sides of the exchange: what happens, and who is told. */
#include <libxml/parser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"
#include "ours.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DECEMBER_2015	INT64_C(1449104400000) /* 2015-12-03T08:00+07:00 */

#define COO "COO-ISS"

struct step {
	const char *state, *event, *facts;
	const char *to;	     /* "=": the same; NULL: no row */
	const char *send;    /* "state as COO-CR"; "" */
	const char *forward; /* to whom the message goes on */
};

/* Ours, issued for goods to Singapore; a partner's, for goods from Thailand. */
#define OURS                                                                                       \
	"<case declarant='MoIT'><document><exported-from>VN</exported-from>"                       \
	"<destination>SG</destination></document>"
#define THEIRS                                                                                     \
	"<case declarant='ASW-TH'><document><exported-from>TH</exported-from>"                     \
	"<destination>VN</destination><item><quantity>18000</quantity></item>"                     \
	"<item><quantity>20000</quantity></item></document>"
#define BY(party)    "<event party='" party "'/></case>"
#define SAYS(status) "<message><status>" status "</status></message>"
#define LODGED(from) "<case><message><exported-from>" from "</exported-from></message></case>"
#define USE(quantity, state)                                                                       \
	"<use what='certificate' quantity='" quantity "' unit='KGM' state='" state "'/>"
#define BACK_TO_BACK(quantity)                                                                     \
	"<use what='original' quantity='" quantity "' unit='KGM' state='ISSUED'/>"
#define AS_RESPONSE "state as COO-CR"

static const struct step issued_here[] = {
	{ "", "lodge", LODGED("VN"), "ISSUED", "", "ASW-{destination} applicant" },

	/* The partner's customs speak; issuer and exporter hear it. */
	{ "ISSUED", "response", OURS SAYS("RECEIVED") BY("ASW-SG"), "DELIVERED", "",
	  "declarant applicant" },
	{ "DELIVERED", "response", OURS SAYS("RECEIVED") BY("ASW-SG"), "=", "", "" },
	{ "ISSUED", "response", OURS SAYS("UTILISED") BY("ASW-SG"), "UTILISED", "",
	  "declarant applicant" },
	{ "DELIVERED", "response", OURS SAYS("PARTIAL") BY("ASW-SG"), "PARTIAL", "",
	  "declarant applicant" },
	{ "PARTIAL", "response", OURS SAYS("UTILISED") BY("ASW-SG"), "UTILISED", "",
	  "declarant applicant" },
	{ "DELIVERED", "response", OURS SAYS("NOT_UTILISED") BY("ASW-SG"), "NOT_UTILISED", "",
	  "declarant applicant" },

	/* Rejected, clarified, assessed again. */
	{ "DELIVERED", "response", OURS SAYS("REJECTED") BY("ASW-SG"), "REJECTED", "",
	  "declarant applicant" },
	{ "REJECTED", "clarify", OURS SAYS("CLARIFICATION") BY("MoIT"), "CLARIFYING", "",
	  "ASW-{destination} applicant" },
	{ "CLARIFYING", "response", OURS SAYS("ACCEPTED") BY("ASW-SG"), "DELIVERED", "",
	  "declarant applicant" },
	{ "CLARIFYING", "response", OURS SAYS("REJECTED") BY("ASW-SG"), "REJECTED", "",
	  "declarant applicant" },
	{ "REJECTED", "clarify", OURS SAYS("CLARIFICATION") BY("ASW-SG"), NULL, "", "" },
	{ "DELIVERED", "clarify", OURS SAYS("CLARIFICATION") BY("MoIT"), NULL, "", "" },

	/* The issuer does not answer itself. */
	{ "DELIVERED", "response", OURS SAYS("UTILISED") BY("MoIT"), NULL, "", "" },

	/* Cancelled before use, by the issuer alone. */
	{ "ISSUED", "cancel", OURS BY("MoIT"), "CANCELLED", "", "ASW-{destination} applicant" },
	{ "DELIVERED", "cancel", OURS BY("MoIT"), "CANCELLED", "", "ASW-{destination} applicant" },
	{ "REJECTED", "cancel", OURS BY("MoIT"), "CANCELLED", "", "ASW-{destination} applicant" },
	{ "DELIVERED", "cancel", OURS BY("ASW-SG"), NULL, "", "" },
	{ "PARTIAL", "cancel", OURS BY("MoIT"), NULL, "", "" },
	{ "UTILISED", "cancel", OURS BY("MoIT"), NULL, "", "" },
	{ "DELIVERED", "replaced", OURS BY("MoIT"), "CANCELLED", "", "" },
	{ "UTILISED", "replaced", OURS BY("MoIT"), NULL, "", "" },

	/* What comes late is recorded and changes nothing. */
	{ "CANCELLED", "response", OURS SAYS("UTILISED") BY("ASW-SG"), "=", "", "" },
	{ "EXPIRED", "response", OURS SAYS("PARTIAL") BY("ASW-SG"), "=", "", "" },
	{ "UTILISED", "response", OURS SAYS("REJECTED") BY("ASW-SG"), "=", "", "" },

	{ "DELIVERED", "retransmit", OURS BY("ASW-SG"), "=", "", "" },
	{ "CANCELLED", "retransmit", OURS BY("ASW-SG"), NULL, "", "" },
	{ "ISSUED", "timeout", OURS BY("NSW-VN"), "EXPIRED", "", "" },
	{ "REJECTED", "timeout", OURS BY("NSW-VN"), "EXPIRED", "", "" },
	{ "CLARIFYING", "timeout", OURS BY("NSW-VN"), "EXPIRED", "", "" },
	{ "UTILISED", "timeout", OURS BY("NSW-VN"), NULL, "", "" },
	{ "DELIVERED", "query", OURS BY("MoIT"), "=", "state as RES", "" },
	{ "CANCELLED", "query", OURS BY("MoIT"), "=", "state as RES", "" },
};

static const struct step received_here[] = {
	{ "", "lodge", LODGED("TH"), "RECEIVED", AS_RESPONSE, "MoF" },

	/* As imports are cleared, the partner hears how far it is used up. */
	{ "RECEIVED", "cleared", THEIRS USE("18000", "CLEARED") BY(""), "PARTIAL", AS_RESPONSE,
	  "" },
	{ "RECEIVED", "cleared", THEIRS USE("18000", "CLEARED") USE("20000", "CLEARED") BY(""),
	  "UTILISED", AS_RESPONSE, "" },
	{ "PARTIAL", "cleared", THEIRS USE("37999.5", "CLEARED") USE("0.5", "CLEARED") BY(""),
	  "UTILISED", AS_RESPONSE, "" },
	/* An import that is not cleared has used nothing yet; a certificate that rests on it has. */
	{ "RECEIVED", "cleared", THEIRS USE("18000", "CLEARED") USE("20000", "REGISTERED") BY(""),
	  "PARTIAL", AS_RESPONSE, "" },
	{ "PARTIAL", "cleared", THEIRS USE("18000", "CLEARED") BACK_TO_BACK("20000") BY(""),
	  "UTILISED", AS_RESPONSE, "" },
	/* One that names no quantity does not spoil the sum. */
	{ "RECEIVED", "cleared", THEIRS USE("", "CLEARED") USE("38000", "CLEARED") BY(""),
	  "UTILISED", AS_RESPONSE, "" },
	/* A copy beside the paper: the import went by the paper. */
	{ "CANCELLED", "cleared", THEIRS USE("38000", "CLEARED") BY(""), "=", "", "" },
	{ "UTILISED", "cleared", THEIRS USE("38000", "CLEARED") BY(""), "=", "", "" },

	/* Customs here may refuse it, and the partner clarify. */
	{ "RECEIVED", "response", THEIRS SAYS("REJECTED") BY("MoF"), "REJECTED", "",
	  "declarant applicant" },
	{ "REJECTED", "clarify", THEIRS SAYS("CLARIFICATION") BY("ASW-TH"), "CLARIFYING", "",
	  "MoF" },
	{ "CLARIFYING", "response", THEIRS SAYS("ACCEPTED") BY("MoF"), "RECEIVED", "",
	  "declarant" },
	{ "RECEIVED", "response", THEIRS SAYS("UTILISED") BY("ASW-TH"), NULL, "", "" },

	{ "RECEIVED", "cancel", THEIRS BY("ASW-TH"), "CANCELLED", "", "MoF" },
	{ "CLARIFYING", "cancel", THEIRS BY("ASW-TH"), "CANCELLED", "", "MoF" },
	{ "RECEIVED", "cancel", THEIRS BY("MoF"), NULL, "", "" },
	{ "PARTIAL", "cancel", THEIRS BY("ASW-TH"), NULL, "", "" },
	{ "RECEIVED", "replaced", THEIRS BY("ASW-TH"), "CANCELLED", "", "" },
	{ "RECEIVED", "retransmit", THEIRS BY("MoF"), "=", "", "" },

	/* Nobody used it: that is an answer too. */
	{ "RECEIVED", "timeout", THEIRS BY("NSW-VN"), "NOT_UTILISED", AS_RESPONSE, "" },
	{ "PARTIAL", "timeout", THEIRS BY("NSW-VN"), "EXPIRED", "", "" },
	{ "RECEIVED", "query", THEIRS BY("ASW-TH"), "=", "state as RES", "" },
};

/* ---- checking ---------------------------------------------------------------------------- */

static const char *joined(struct arena *arena, const char *const *words)
{
	const char *all = "";

	for (; words != NULL && *words != NULL; words++)
		all = arena_printf(arena, "%s%s%s", all, *all != '\0' ? " " : "", *words);
	return all;
}

static const char *sent(struct arena *arena, const struct life_row *row)
{
	return row->send != NULL ? arena_printf(arena, "%s as %s", row->send, row->answer) : "";
}

static const struct life_row *row_for(const struct step *step)
{
	xmlDocPtr tree = xmlReadMemory(step->facts, (int)strlen(step->facts), "facts", NULL,
				       XML_PARSE_NONET);
	const struct life_row *row;
	struct failure why;

	assert_non_null(tree);
	if (!life_row(ours_life(COO), step->state, step->event, tree, DECEMBER_2015, &row, &why))
		fail_msg("%s, %s: %s", step->state, step->event, why.text);
	xmlFreeDoc(tree);
	return row;
}

static void check_steps(const struct step *steps, size_t count)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < count; i++) {
		const struct life_row *row = row_for(&steps[i]);
		const char *to = row != NULL ? row->to : "no row";

		if (strcmp(to, steps[i].to != NULL ? steps[i].to : "no row") != 0)
			fail_msg("%s, %s, %s: %s", steps[i].state, steps[i].event, steps[i].facts,
				 to);
		if (row == NULL)
			continue;
		assert_string_equal(sent(arena, row), steps[i].send);
		assert_string_equal(joined(arena, row->forward), steps[i].forward);
	}
	arena_free(arena);
}

static void test_a_certificate_issued_here_is_used_abroad(void **state)
{
	(void)state;
	check_steps(issued_here, COUNT_OF(issued_here));
}

static void test_a_certificate_received_here_is_used_up_by_imports(void **state)
{
	(void)state;
	check_steps(received_here, COUNT_OF(received_here));
}

static void test_a_new_certificate_cancels_the_one_that_it_replaces(void **state)
{
	static const char *const lodged[] = { LODGED("VN"), LODGED("TH") };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lodged); i++) {
		const struct step opens = { .state = "", .event = "lodge", .facts = lodged[i] };
		const struct life_row *row = row_for(&opens);

		assert_true(row->number && row->tell_count == 1);
		assert_string_equal(row->tells[0].what, "replaced");
		assert_string_equal(row->tells[0].event, "replaced");
	}
}

static void test_only_what_was_lost_is_sent_again(void **state)
{
	const struct step lost = { .state = "DELIVERED",
				   .event = "retransmit",
				   .facts = OURS BY("ASW-SG") };
	const struct step asked = { .state = "DELIVERED",
				    .event = "query",
				    .facts = OURS BY("MoIT") };

	(void)state;
	assert_true(row_for(&lost)->again);
	assert_false(row_for(&asked)->again);
}

static void test_a_certificate_outlives_its_validity_by_no_state(void **state)
{
	static const struct {
		const char *state, *result;
		int days; /* 0: final */
		bool frees;
	} rows[] = {
		{ "ISSUED", "AP", 366, false },	  { "DELIVERED", "AP", 366, false },
		{ "RECEIVED", "AP", 366, false }, { "PARTIAL", "AP", 366, false },
		{ "REJECTED", "RE", 60, false },  { "CLARIFYING", "AJ", 60, false },
		{ "UTILISED", "AP", 0, false },	  { "NOT_UTILISED", "AP", 0, false },
		{ "EXPIRED", "RE", 0, false },	  { "CANCELLED", "RE", 0, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(life_timeout(ours_life(COO), rows[i].state),
				 rows[i].days * INT64_C(86400000));
		assert_int_equal(life_final(ours_life(COO), rows[i].state), rows[i].days == 0);
		assert_string_equal(life_result(ours_life(COO), rows[i].state), rows[i].result);
		assert_int_equal(life_frees(ours_life(COO), rows[i].state), rows[i].frees);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_certificate_issued_here_is_used_abroad),
		cmocka_unit_test(test_a_certificate_received_here_is_used_up_by_imports),
		cmocka_unit_test(test_a_new_certificate_cancels_the_one_that_it_replaces),
		cmocka_unit_test(test_only_what_was_lost_is_sent_again),
		cmocka_unit_test(test_a_certificate_outlives_its_validity_by_no_state),
	};

	return cmocka_run_group_tests(tests, ours_open, ours_close);
}
