/* Payment notice, order and advice: their documents, what the past says to them, their one life. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "papers.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DECEMBER_2015	INT64_C(1448938800000) /* 2015-12-01T10:00+07:00 */

static const char *const folders[] = { "pay-not", "pay-ord", "pay-adv" };

static void test_every_sample_payment_is_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(folders); i++)
		papers_samples(folders[i], 4);
}

static void test_every_broken_payment_meets_the_code_of_its_folder(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(folders); i++)
		papers_corpus(folders[i]);
}

/* ---- what the three say in common ------------------------------------------------------- */

static void check_fact(const struct facts *facts, const char *path, const char *name,
		       const char *value)
{
	const char *stated = facts_get(facts, name);

	if (value == NULL ? stated != NULL : stated == NULL || strcmp(stated, value) != 0)
		fail_msg("%s: %s is %s", path, name, stated != NULL ? stated : "absent");
}

static void test_notice_order_and_advice_name_the_same_payment(void **state)
{
	static const struct {
		const char *path, *event, *reference, *status, *order;
	} rows[] = {
		{ "pay-not/samples/nswpay-thailand.xml", "lodge", "MOF-15-000771", NULL, NULL },
		{ "pay-ord/samples/nswpay-thailand.xml", "order", "PO15-000001", NULL,
		  "9900000016 PO15-000001" },
		{ "pay-adv/samples/nswpay-thailand.xml", "decision", "PO15-000001", "PAID",
		  "9900000016 PO15-000001" },
		{ "pay-adv/samples/cannot-be-paid.xml", "decision", "SIM-P-PO15-000004", "FAILED",
		  "9900000016 SIM-P-PO15-000004" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *path = arena_printf(arena, "schemas/%s", rows[i].path);
		struct facts *facts = papers_read(arena, path);

		assert_non_null(facts);
		assert_string_equal(kind_event(papers_kind(facts_kind(facts)), facts),
				    rows[i].event);
		check_fact(facts, path, "reference", rows[i].reference);
		check_fact(facts, path, "payment", "NOP-15A1B2C3D4E5");
		check_fact(facts, path, "subject", "VN15-HPH-001025");
		check_fact(facts, path, "payer", "9900000016");
		check_fact(facts, path, "status", rows[i].status);
		check_fact(facts, path, "order", rows[i].order);
	}
	arena_free(arena);
}

/* The taxes of the declaration whose payment is asked for are those of the notice. */
static void test_the_notice_is_for_what_the_declaration_states(void **state)
{
	static const char declared[] = "schemas/dec-imp/samples/nswpay-thailand.xml";
	static const char notified[] = "schemas/pay-not/samples/nswpay-thailand.xml";
	struct arena *arena = arena_new();
	struct facts *declaration = papers_read(arena, declared);
	struct facts *notice = papers_read(arena, notified);
	xmlNodePtr duty;

	(void)state;
	assert_non_null(declaration);
	assert_non_null(notice);
	check_fact(notice, notified, "subject", facts_get(declaration, "reference"));
	check_fact(notice, notified, "payer", facts_get(declaration, "declarant"));
	duty = child_named(facts_root(notice), "duty");
	assert_string_equal(child_text(arena, duty, "line"), "VAT 345903180");
	assert_null(next_named(duty, "duty"));
	arena_free(arena);
}

/* ---- the past --------------------------------------------------------------------------- */

#define DUTY(type, amount)                                                                         \
	"<duty><type>" type "</type><amount currency='VND'>" amount "</amount><line>" type         \
	" " amount "</line></duty>"
#define DUE    DUTY("IMP", "1000") DUTY("VAT", "500")
#define NOTICE "<reference>N1</reference><payment>P1</payment><subject>R1</subject>" DUE
#define ORDER(subject, duties)                                                                     \
	"<message><function>9</function><reference>O1</reference><payment>P1</"                    \
	"payment><subject>" subject "</subject>" duties "</message>"

static void test_a_notice_belongs_to_the_case_in_whose_course_it_comes(void **state)
{
#define NEW	   "<case state='' declarant='MoF' parent-reference='R1' parent-number='300'>"
#define SAID(rest) "<message><function>9</function>" NOTICE rest "</message>"
	static const struct papers_past pasts[] = {
		{ NEW SAID("") "</case>", "OK" },
		{ NEW SAID("<number>300</number>") "</case>", "OK" },
		{ NEW SAID("<number>301</number>") "</case>", "PAY-12" },
		{ "<case state='' parent-reference='R2'>" SAID("") "</case>", "PAY-12" },
		{ "<case state=''>" SAID("") "</case>", "PAY-12" }, /* it answers nothing */
		{ NEW SAID("") "<known what='reference' number='7'/></case>", "IDM-03" },
		{ NEW SAID("") "<known what='payment' value='P1'/></case>", "PAY-02" },
		{ "<case state='' declarant='MARD' parent-kind='DEC-IMP' "
		  "parent-reference='R1'>" SAID("") "</case>",
		  "PAY-14" },
		{ "<case state='' declarant='MARD' parent-kind='LPA' parent-reference='R1'>" SAID(
			  "") "</case>",
		  "OK" },
	};
#undef NEW
#undef SAID

	(void)state;
	papers_pasts("PAY-NOT", DECEMBER_2015, pasts, COUNT_OF(pasts));
}

static void test_an_order_pays_what_was_notified(void **state)
{
#define CASE	 "<case kind='PAY-NOT' state='NOTIFIED' parent-number='300'>"
#define NOTIFIED "<document>" NOTICE "</document></case>"
	static const struct papers_past pasts[] = {
		{ CASE ORDER("R1", DUE) NOTIFIED, "OK" },
		{ CASE ORDER("300", DUE) NOTIFIED, "OK" }, /* by the number of the declaration */
		{ CASE ORDER("R2", DUE) NOTIFIED, "PAY-12" },
		{ CASE ORDER("R1", DUTY("EXC", "1500")) NOTIFIED, "PAY-01" },
		{ CASE ORDER("R1", DUE) "<known what='order' value='D O1'/>" NOTIFIED, "PAY-02" },
		/* Less or more is only told. */
		{ CASE ORDER("R1", DUTY("VAT", "500")) NOTIFIED, "PAY-13" },
		{ CASE ORDER("R1", DUTY("IMP", "1001") DUTY("VAT", "500")) NOTIFIED, "PAY-13" },
		/* No notice was found: refused for that reason, not for these. */
		{ "<case state=''>" ORDER("R1", DUE) "</case>", "OK" },
	};
#undef CASE
#undef NOTIFIED

	(void)state;
	papers_pasts("PAY-ORD", DECEMBER_2015, pasts, COUNT_OF(pasts));
}

/* ---- life ------------------------------------------------------------------------------- */

#define ADVICE(status, payment, duties)                                                            \
	"<message><payment>" payment "</payment>" duties "</message><document>" NOTICE             \
	"</document><event name='decision' party='BANK' status='" status "'/>"
#define ALL   ADVICE("PAID", "P1", DUE)
#define PART  ADVICE("PAID", "P1", DUTY("VAT", "500"))
#define OTHER ADVICE("PAID", "P1", DUTY("IMP", "1500")) /* the sum, but on one tax */
#define MORE  ADVICE("PAID", "P1", DUTY("IMP", "1001") DUTY("VAT", "500"))
#define NONE  ADVICE("FAILED", "P1", DUTY("IMP", "0") DUTY("VAT", "0"))
#define WRONG ADVICE("PAID", "P2", DUE)

static void test_a_notice_is_paid_in_full_in_part_or_not(void **state)
{
	static const struct papers_step steps[] = {
		{ "", "lodge", "", "NOTIFIED", NULL },
		{ "NOTIFIED", "order", "", "ORDERED", NULL },
		{ "ORDERED", "order", "", NULL, NULL }, /* one at a time */
		{ "ORDERED", "decision", ALL, "PAID", NULL },
		{ "ORDERED", "decision", PART, "PART_PAID", NULL },
		{ "ORDERED", "decision", OTHER, "PART_PAID", NULL },
		{ "ORDERED", "decision", MORE, "OVERPAID", NULL },
		{ "ORDERED", "decision", NONE, "FAILED", NULL },
		{ "ORDERED", "decision", WRONG, NULL, NULL },
		{ "PART_PAID", "order", "", "ORDERED", NULL },
		{ "FAILED", "order", "", "ORDERED", NULL },
		/* The word of a bank that was silent for too long still counts. */
		{ "ORDERED", "timeout", "", "FAILED", NULL },
		{ "FAILED", "decision", ALL, "PAID", NULL },
		{ "PART_PAID", "decision", MORE, "OVERPAID", NULL },
		{ "PART_PAID", "decision", NONE, NULL, NULL },
		{ "NOTIFIED", "decision", ALL, NULL, NULL }, /* nobody ordered */
		{ "NOTIFIED", "timeout", "", "EXPIRED", NULL },
		{ "PART_PAID", "timeout", "", "EXPIRED", NULL },
		{ "FAILED", "timeout", "", "EXPIRED", NULL },
		{ "EXPIRED", "order", "", NULL, NULL },
		{ "PAID", "order", "", NULL, NULL },
		{ "PAID", "decision", NONE, NULL, NULL },
	};

	(void)state;
	papers_steps("PAY-NOT", DECEMBER_2015, steps, COUNT_OF(steps));
}

static bool says(const char *const *words, const char *expected)
{
	char joined[64] = "";

	for (; *words != NULL; words++) {
		strcat(joined, *joined != '\0' ? " " : "");
		strcat(joined, *words);
	}
	return strcmp(joined, expected) == 0;
}

static void test_who_is_told_and_what_is_decided(void **state)
{
	static const struct {
		struct papers_step step;
		const char *forward, *ask, *decides;
	} rows[] = {
		{ { "", "lodge", "", NULL, NULL }, "applicant", "", NULL },
		{ { "NOTIFIED", "order", "", NULL, NULL }, "MoF", "BANK", NULL },
		{ { "ORDERED", "decision", ALL, NULL, NULL }, "MoF applicant", "", "BANK-DUTY" },
		{ { "ORDERED", "decision", MORE, NULL, NULL }, "MoF applicant", "", "BANK-DUTY" },
		{ { "ORDERED", "decision", PART, NULL, NULL }, "MoF applicant", "", NULL },
		{ { "ORDERED", "decision", NONE, NULL, NULL }, "MoF applicant", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct life_row *row = papers_row("PAY-NOT", DECEMBER_2015, &rows[i].step);

		assert_true(says(row->forward, rows[i].forward));
		assert_true(says(row->ask, rows[i].ask));
		assert_int_equal(row->decides != NULL, rows[i].decides != NULL);
		if (row->decides != NULL)
			assert_string_equal(row->decides, rows[i].decides);
		assert_null(row->fails); /* what was not paid yet is refused to nobody */
	}
}

static void test_every_state_answers_a_query_and_ends(void **state)
{
	static const char *const states[] = { "NOTIFIED", "ORDERED",  "PART_PAID", "FAILED",
					      "PAID",	  "OVERPAID", "EXPIRED",   NULL };

	(void)state;
	papers_states("PAY-NOT", states);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_sample_payment_is_accepted),
		cmocka_unit_test(test_every_broken_payment_meets_the_code_of_its_folder),
		cmocka_unit_test(test_notice_order_and_advice_name_the_same_payment),
		cmocka_unit_test(test_the_notice_is_for_what_the_declaration_states),
		cmocka_unit_test(test_a_notice_belongs_to_the_case_in_whose_course_it_comes),
		cmocka_unit_test(test_an_order_pays_what_was_notified),
		cmocka_unit_test(test_a_notice_is_paid_in_full_in_part_or_not),
		cmocka_unit_test(test_who_is_told_and_what_is_decided),
		cmocka_unit_test(test_every_state_answers_a_query_and_ends),
	};

	return cmocka_run_group_tests(tests, ours_open, ours_close);
}
