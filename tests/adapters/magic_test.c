/* Magic references: every letter of SIM-<outcome><delay><cancel>-…, at every party, for every kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "house.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define SECOND		INT64_C(1000)
#define DAY		(86400 * SECOND)

/* ---- what was said ------------------------------------------------------------------------ */

/* "RECEIVED APPROVED": the word of each answer after the receipt; of one without, its kind. */
static const char *said(struct delivery *delivery, const struct answers *answers)
{
	const char *words = "";

	for (size_t i = 1; i < answers->count; i++) {
		const struct answer *answer = &answers->rows[i];
		const char *word = house_word(delivery->arena, answer);

		words = arena_printf(delivery->arena, "%s%s%s", words, i > 1 ? " " : "",
				     word != NULL ? word : answer->envelope.kind);
	}
	return words;
}

static gateway_time effect_of(const struct answer *answer)
{
	return answer->envelope.effective != 0 ? answer->envelope.effective
					       : answer->envelope.created;
}

static void deliver_to(struct delivery *delivery, const char *sample, const char *reference,
		       const char *function)
{
	char path[128];

	snprintf(path, sizeof path, "schemas/%s.xml", sample);
	house_deliver_sample(delivery, path, reference, function);
}

static void check_said(const char *party, const char *sample, const char *reference,
		       const char *function, const char *words)
{
	const struct profile *profile = house_party(party);
	struct delivery delivery;
	struct answers answers;

	deliver_to(&delivery, sample, reference, function);
	answers = house_answers(&delivery, profile);
	if (strcmp(said(&delivery, &answers), words) != 0)
		fail_msg("%s on %s as %s says '%s', not '%s'", party, sample, reference,
			 said(&delivery, &answers), words);
	for (size_t i = 1; i < answers.count; i++)
		house_check_answer(delivery.arena, profile, &answers.rows[i],
				   delivery.envelope.created);
	house_take_back(&delivery);
}

/* ---- outcomes ----------------------------------------------------------------------------- */

static const char letters[] = "GYRDANXPC";

#define RELEASED  "CHANNELLED RELEASED"
#define NOTIFIED  "CHANNELLED PAY-NOT RELEASED"
#define ACCEPTED  "SUBMITTED ACCEPTED"
#define APPROVED  "RECEIVED APPROVED"
#define WITH_FEE  "RECEIVED FEE_DUE APPROVED"
#define FORM_D	  "RECEIVED COO-ISS APPROVED"
#define DOCUMENTS "RECEIVED DOCS_REQUIRED REFUSED"
#define REFUSED	  "RECEIVED REFUSED"
#define AGENCY(as_usual)                                                                           \
	{                                                                                          \
		as_usual, as_usual, as_usual, DOCUMENTS, REFUSED, "", as_usual, as_usual, as_usual \
	}
#define CUSTOMS(as_usual)                                                                          \
	{                                                                                          \
		as_usual, as_usual, as_usual, "DOCS_REQUIRED REFUSED", "REFUSED", "",              \
			"CHANNELLED", as_usual, as_usual                                           \
	}

static const struct {
	const char *party, *sample;
	const char *words[sizeof letters - 1]; /* of G, Y, R, D, A, N, X, P and C */
} outcomes[] = {
	{ "MoF", "dec-imp/samples/shrimp-thailand-2015-12", CUSTOMS(RELEASED) },
	{ "MoF", "dec-exp/samples/coffee-singapore", CUSTOMS(RELEASED) },
	{ "MoF", "dec-imp/samples/nswpay-thailand", CUSTOMS(NOTIFIED) },
	{ "MoF",
	  "car/samples/mekong-014n",
	  { ACCEPTED, ACCEPTED, ACCEPTED, "DOCS_REQUIRED REFUSED", "REFUSED", "", "SUBMITTED",
	    ACCEPTED, ACCEPTED } },
	{ "MoF",
	  "lpa/samples/looms-mof",
	  { APPROVED, APPROVED, APPROVED, "DOCS_REQUIRED REFUSED", "REFUSED", "", APPROVED,
	    APPROVED, APPROVED } },

	{ "MARD", "lpa/samples/chicken-mard", AGENCY(APPROVED) },
	{ "MoH", "lpa/samples/medicine-moh", AGENCY(APPROVED) },
	{ "MoIT", "lpa/samples/motorcycles-moit", AGENCY(APPROVED) },
	{ "MoIT", "lpa/samples/coffee-form-d", AGENCY(FORM_D) },
	{ "MONRE", "lpa/samples/hcfc-monre", AGENCY(APPROVED) },
	{ "MoT", "lpa/samples/cars-mot", AGENCY(WITH_FEE) },
	{ "MoT", "ves/samples/mekong-entry", AGENCY(APPROVED) },

	/* What is referred is approved without a permit, where the rest is up to customs. */
	{ "MARD", "dec-imp/samples/chicken-brazil", AGENCY("APPROVED") },
	{ "MARD", "dec-exp/samples/coffee-singapore", AGENCY("APPROVED") },
	{ "MoH", "dec-imp/samples/shrimp-thailand", AGENCY("APPROVED") },
	{ "MoIT", "dec-exp/samples/coffee-singapore", AGENCY("APPROVED") },
	{ "MONRE", "dec-imp/samples/shrimp-thailand", AGENCY("APPROVED") },
	{ "MoT", "dec-imp/samples/plastics-korea", AGENCY("APPROVED") },

	{ "BANK",
	  "pay-ord/samples/nswpay-thailand",
	  { "PAID", "PAID", "PAID", "PAID", "FAILED", "", "", "FAILED", "PAID" } },
};

static void test_every_letter_at_every_party_for_every_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(outcomes); i++)
		for (size_t letter = 0; letter < sizeof letters - 1; letter++) {
			char reference[32];

			snprintf(reference, sizeof reference, "SIM-%c-1", letters[letter]);
			check_said(outcomes[i].party, outcomes[i].sample, reference, NULL,
				   outcomes[i].words[letter]);
		}
}

static void test_the_letter_chooses_the_channel(void **state)
{
	static const struct {
		const char *reference, *channel;
	} rows[] = {
		{ "SIM-G-1", "GREEN" },	 { "SIM-Y-1", "YELLOW" }, { "SIM-R-1", "RED" },
		{ "SIM-X-1", "YELLOW" }, { "SIM-C-1", "GREEN" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct delivery delivery;
		struct answers answers;

		deliver_to(&delivery, "dec-imp/samples/shrimp-thailand", rows[i].reference, NULL);
		answers = house_answers(&delivery, house_party("MoF"));
		for (size_t n = 1; n < answers.count; n++)
			assert_non_null(strstr(answers.rows[n].payload, rows[i].channel));
		house_take_back(&delivery);
	}
}

static void test_a_letter_that_is_none_changes_nothing(void **state)
{
	(void)state;
	check_said("MoH", "lpa/samples/medicine-moh", "SIM-Q9Z-1", NULL, APPROVED);
	check_said("MoT", "dec-imp/samples/plastics-korea", "SIM-Q-1", NULL, DOCUMENTS);
}

static void test_an_amendment_brings_the_documents(void **state)
{
	(void)state;
	check_said("MARD", "lpa/samples/chicken-mard", "SIM-D-1", "4", APPROVED);
	check_said("MoF", "dec-imp/samples/shrimp-thailand", "SIM-D-1", "4", RELEASED);
	check_said("MARD", "lpa/samples/chicken-mard", "SIM-A-1", "4", REFUSED);
}

/* ---- when --------------------------------------------------------------------------------- */

/* Of the last answer, since the request was written. */
static int64_t taken(const char *party, const char *sample, const char *reference)
{
	struct delivery delivery;
	struct answers answers;
	int64_t time;

	deliver_to(&delivery, sample, reference, NULL);
	answers = house_answers(&delivery, house_party(party));
	time = effect_of(&answers.rows[answers.count - 1]) - delivery.envelope.created;
	house_take_back(&delivery);
	return time;
}

static void test_cleared_at_once_takes_as_many_seconds_as_the_digit_says(void **state)
{
	static const char *const references[] = { "SIM-C-1", "SIM-C0G-1", "SIM-C3-1", "SIM-C9D-1" };
	static const int seconds[] = { 0, 0, 3, 9 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(outcomes); i++)
		for (size_t n = 0; n < COUNT_OF(references); n++)
			assert_int_equal(
				taken(outcomes[i].party, outcomes[i].sample, references[n]),
				seconds[n] * SECOND);
}

/* Where the row draws no time. */
static void test_the_digit_comes_on_top_of_what_the_party_takes(void **state)
{
	struct delivery delivery;
	struct answers answers;
	int digit;

	(void)state;
	for (digit = 0; digit <= 9; digit++) {
		char reference[32];

		snprintf(reference, sizeof reference, "SIM-D%dP-1", digit);
		deliver_to(&delivery, "lpa/samples/chicken-mard", reference, NULL);
		answers = house_answers(&delivery, house_party("MARD"));
		assert_int_equal(effect_of(&answers.rows[1]) - delivery.envelope.created,
				 (600 + digit) * SECOND);
		house_take_back(&delivery);
	}
}

/* ---- what expires ------------------------------------------------------------------------- */

static gateway_time moment_in(struct arena *arena, const char *text, const char *tag)
{
	const char *place = strstr(text, tag);
	gateway_time moment;

	assert_non_null(place);
	place += strlen(tag);
	assert_true(time_parse(arena_copy(arena, place, strcspn(place, "<")), &moment, NULL));
	return moment;
}

static void test_what_expires_was_issued_for_a_day(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
		struct delivery delivery;
		struct answers answers;
		const char *issued;

		if (strncmp(outcomes[i].sample, "lpa/", 4) != 0 &&
		    strncmp(outcomes[i].sample, "ves/", 4) != 0)
			continue;
		deliver_to(&delivery, outcomes[i].sample, "SIM-X-1", NULL);
		answers = house_answers(&delivery, house_party(outcomes[i].party));
		issued = strstr(answers.rows[answers.count - 1].payload, "<AdditionalDocument>");
		assert_non_null(issued);
		assert_int_equal(moment_in(delivery.arena, issued, "<ExpirationDateTime>") -
					 moment_in(delivery.arena, issued, "<EffectiveDateTime>"),
				 DAY);
		house_take_back(&delivery);
	}
}

/* ---- certificates: the partner reads the letter in the number ------------------------------- */

static void pass_on(const char *reference, const char *words, int64_t most)
{
	const struct profile *partner = house_party("ASW-SG");
	struct delivery application, certificate;
	struct answers issued, answers;

	deliver_to(&application, "lpa/samples/coffee-form-d", reference, NULL);
	issued = house_answers(&application, house_party("MoIT"));
	assert_string_equal(issued.rows[2].envelope.kind, "COO-ISS");
	house_deliver(&certificate, "certificate", issued.rows[2].payload,
		      issued.rows[2].envelope.payload_size);
	answers = house_answers(&certificate, partner);
	assert_string_equal(said(&certificate, &answers), words);
	assert_true(effect_of(&answers.rows[answers.count - 1]) - certificate.envelope.created <=
		    most);
	for (size_t i = 1; i < answers.count; i++)
		house_check_answer(certificate.arena, partner, &answers.rows[i],
				   certificate.envelope.created);
	house_take_back(&certificate);
	house_take_back(&application);
}

static void test_a_certificate_carries_the_letter_on_to_the_partner(void **state)
{
	(void)state;
	pass_on("SIM-G-1", "RECEIVED UTILISED", 8 * DAY);
	pass_on("SIM-C-1", "RECEIVED UTILISED", 0);
	pass_on("SIM-X-1", "RECEIVED", DAY);
}

/* ---- cancellations ------------------------------------------------------------------------ */

static void test_the_last_letter_says_what_becomes_of_a_cancellation(void **state)
{
	static const struct {
		const char *reference, *words;
	} rows[] = {
		{ "VN15-1", "CANCELLED" },
		{ "SIM-G-1", "CANCELLED" },
		{ "SIM-GG-1", "CANCELLED" },
		{ "SIM-G5G-1", "CANCELLED" },
		{ "SIM-GD-1", "CANCEL_REFUSED" },
		{ "SIM-A7D-1", "CANCEL_REFUSED" },
		{ "SIM-ND-1", "CANCEL_REFUSED" },
		{ "SIM-YP-1", "" },
		{ "SIM-R2P-1", "" },
		{ "SIM-D-1", "CANCELLED" },
		{ "SIM-P-1", "CANCELLED" },
		{ "SIM-G-D-1", "CANCELLED" },
		{ "SIM-D-P-1", "CANCELLED" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
		if (strcmp(outcomes[i].party, "BANK") == 0)
			continue;
		for (size_t n = 0; n < COUNT_OF(rows); n++)
			check_said(outcomes[i].party, outcomes[i].sample, rows[n].reference, "1",
				   rows[n].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_letter_at_every_party_for_every_kind),
		cmocka_unit_test(test_the_letter_chooses_the_channel),
		cmocka_unit_test(test_a_letter_that_is_none_changes_nothing),
		cmocka_unit_test(test_an_amendment_brings_the_documents),
		cmocka_unit_test(test_cleared_at_once_takes_as_many_seconds_as_the_digit_says),
		cmocka_unit_test(test_the_digit_comes_on_top_of_what_the_party_takes),
		cmocka_unit_test(test_what_expires_was_issued_for_a_day),
		cmocka_unit_test(test_a_certificate_carries_the_letter_on_to_the_partner),
		cmocka_unit_test(test_the_last_letter_says_what_becomes_of_a_cancellation),
	};

	return cmocka_run_group_tests(tests, house_open, house_close);
}
