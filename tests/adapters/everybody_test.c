/* Every party of this house meets every sample of the kinds that it takes. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "house.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* Sorted; globfree() it. At least one file must be there. */
static glob_t files_like(const char *pattern)
{
	glob_t files;

	if (glob(pattern, 0, NULL, &files) != 0)
		fail_msg("there is no %s", pattern);
	return files;
}

/* ---- what comes back ---------------------------------------------------------------------- */

static bool decides(const struct answer *answer)
{
	return kind_role(kinds_named(house.kinds, answer->envelope.kind)) == KIND_DECISION;
}

static void check_delivery(const struct profile *profile, struct delivery *delivery)
{
	struct answers answers = house_answers(delivery, profile);
	const char *kind = delivery->envelope.kind;

	assert_int_equal(kind_role(kinds_named(house.kinds, answers.rows[0].envelope.kind)),
			 KIND_RECEIPT);
	for (size_t i = 1; i < answers.count; i++)
		house_check_answer(delivery->arena, profile, &answers.rows[i],
				   delivery->envelope.created);
	if (!profile_answers(profile, kind))
		assert_int_equal(answers.count, 1);
	else if (strcmp(profile->answer, "none") != 0)
		assert_true(answers.count > 1 && decides(&answers.rows[answers.count - 1]));
}

static void test_every_party_answers_every_sample_of_what_it_takes(void **state)
{
	glob_t files = files_like("schemas/*/samples/*.xml");
	size_t met[HOUSE_MOST] = { 0 };

	(void)state;
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct delivery delivery;

		house_deliver_sample(&delivery, files.gl_pathv[i], NULL, NULL);
		for (size_t j = 0; j < house.count; j++) {
			if (!profile_sees(house.everybody[j], delivery.envelope.kind))
				continue;
			check_delivery(house.everybody[j], &delivery);
			met[j]++;
		}
		house_take_back(&delivery);
	}
	assert_int_equal(house.count, 11);
	for (size_t j = 0; j < house.count; j++)
		if (met[j] < 4)
			fail_msg("%s met %zu samples", house.everybody[j]->party, met[j]);
	globfree(&files);
}

/* ---- which answer ------------------------------------------------------------------------- */

static const struct {
	const char *party, *sample, *reference; /* reference NULL: that of the sample */
	const char *decision, *word;		/* of the last answer */
} outcomes[] = {
	{ "MoF", "car/samples/mekong-014n", NULL, "manifest", "ACCEPTED" },
	{ "MoF", "car/samples/mekong-014n", "SIM-D-1", "documents-asked-for", "REFUSED" },
	{ "MoF", "lpa/samples/looms-mof", NULL, "exemption-list", "APPROVED" },
	{ "MoF", "lpa/samples/cars-mot", NULL, "application-not-ours", "REFUSED" },
	{ "MoF", "dec-imp/samples/shrimp-thailand", "SIM-R-1", "red-asked-for", "RELEASED" },
	{ "MoF", "dec-exp/samples/coffee-singapore", "SIM-A-1", "refusal-asked-for", "REFUSED" },

	{ "MoT", "ves/samples/mekong-entry", NULL, "vessel", "APPROVED" },
	{ "MoT", "ves/samples/mekong-exit", NULL, "vessel", "APPROVED" },
	{ "MoT", "ves/samples/mekong-entry", "SIM-A-1", "refusal-asked-for", "REFUSED" },
	{ "MoT", "lpa/samples/cars-mot", NULL, "vehicle", "APPROVED" },
	{ "MoT", "lpa/samples/cars-mot", "SIM-D-1", "documents-asked-for", "REFUSED" },
	{ "MoT", "dec-imp/samples/cars-japan", NULL, "referral-with-permit", "APPROVED" },
	{ "MoT", "dec-imp/samples/plastics-korea", NULL, "referral-without-permit", "REFUSED" },

	{ "MoIT", "lpa/samples/coffee-form-d", NULL, "form-d", "APPROVED" },
	{ "MoIT", "lpa/samples/coffee-form-d", "SIM-A-1", "refusal-asked-for", "REFUSED" },
	{ "MoIT", "lpa/samples/motorcycles-moit", NULL, "motorcycle", "APPROVED" },
	{ "MoIT", "lpa/samples/motorcycles-moit", "SIM-D-1", "documents-asked-for", "REFUSED" },
	{ "MoIT", "lpa/samples/cars-mot", NULL, "not-ours", "REFUSED" },
	{ "MoIT", "dec-imp/samples/motorcycles-japan", NULL, "referral-with-permit", "APPROVED" },
	{ "MoIT", "dec-exp/samples/coffee-singapore", NULL, "referral-without-permit", "REFUSED" },

	{ "MARD", "lpa/samples/chicken-mard", NULL, "animal-import", "APPROVED" },
	{ "MARD", "lpa/samples/soya-beans-mard", NULL, "plant-import", "APPROVED" },
	{ "MARD", "lpa/samples/cars-mot", NULL, "application-not-ours", "REFUSED" },
	{ "MARD", "dec-imp/samples/shrimp-thailand-2015-12", NULL, "quarantine", "APPROVED" },
	{ "MARD", "dec-imp/samples/plastics-korea", NULL, "not-subject", "APPROVED" },
	{ "MARD", "dec-imp/samples/chicken-brazil", "SIM-D-1", "documents-asked-for", "REFUSED" },

	{ "MoH", "lpa/samples/medicine-moh", NULL, "medicine", "APPROVED" },
	{ "MoH", "dec-imp/samples/medicine-india", NULL, "referral-with-permit", "APPROVED" },
	{ "MoH", "dec-imp/samples/medicine-india", "SIM-A-1", "refusal-asked-for", "REFUSED" },

	{ "MONRE", "lpa/samples/hcfc-monre", NULL, "hcfc", "APPROVED" },
	{ "MONRE", "lpa/samples/hcfc-monre", "SIM-A-1", "refusal-asked-for", "REFUSED" },
	{ "MONRE", "dec-imp/samples/hcfc-china", NULL, "referral-with-permit", "APPROVED" },

	{ "BANK", "pay-ord/samples/nswpay-thailand", NULL, "paid", "PAID" },
	{ "BANK", "pay-ord/samples/cannot-be-paid", NULL, "failure-asked-for", "FAILED" },

	{ "ASW-SG", "coo-iss/samples/coffee-singapore", NULL, "certificate", "UTILISED" },
	{ "ASW-ID", "coo-iss/samples/tableware-indonesia", NULL, "certificate", "UTILISED" },
	{ "ASW-MY", "coo-iss/samples/furniture-malaysia", NULL, "certificate", "UTILISED" },
	{ "ASW-TH", "coo-iss/samples/cable-thailand", NULL, "certificate", "UTILISED" },
	{ "ASW-TH", "coo-can/samples/cable-thailand", NULL, "nothing-to-say", NULL },
};

static void test_who_answers_what(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
		struct delivery delivery;
		struct answers answers;
		const char *word;
		char path[128];

		snprintf(path, sizeof path, "schemas/%s.xml", outcomes[i].sample);
		house_deliver_sample(&delivery, path, outcomes[i].reference, NULL);
		answers = house_answers(&delivery, house_party(outcomes[i].party));
		word = answers.count > 1
			       ? house_word(delivery.arena, &answers.rows[answers.count - 1])
			       : NULL;
		if (strcmp(answers.decision, outcomes[i].decision) != 0)
			fail_msg("%s, %s: %s", outcomes[i].party, path, answers.decision);
		if (word == NULL || outcomes[i].word == NULL)
			assert_ptr_equal(word, outcomes[i].word);
		else
			assert_string_equal(word, outcomes[i].word);
		house_take_back(&delivery);
	}
}

/* Each agency says first that it has got an application, and issues one document in the end. */
static void test_an_application_is_received_and_then_decided(void **state)
{
	static const struct {
		const char *party, *sample, *number;
		bool fee;
	} rows[] = {
		{ "MoT", "cars-mot", "DK-2015-", true },
		{ "MoIT", "coffee-form-d", "VN-D-2015-", false },
		{ "MoIT", "motorcycles-moit", "BCT-XM-2015-", false },
		{ "MARD", "chicken-mard", "TY-2015-", false },
		{ "MoH", "medicine-moh", "BYT-T-2015-", false },
		{ "MONRE", "hcfc-monre", "BTNMT-HCFC-2015-", false },
		{ "MoF", "looms-mof", "DMMT-2015-", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct delivery delivery;
		struct answers answers;
		const char *issued;
		char path[128];

		snprintf(path, sizeof path, "schemas/lpa/samples/%s.xml", rows[i].sample);
		house_deliver_sample(&delivery, path, NULL, NULL);
		answers = house_answers(&delivery, house_party(rows[i].party));
		assert_string_equal(house_word(delivery.arena, &answers.rows[1]), "RECEIVED");
		if (rows[i].fee)
			assert_string_equal(house_word(delivery.arena, &answers.rows[2]),
					    "FEE_DUE");
		issued = strstr(answers.rows[answers.count - 1].payload, rows[i].number);
		assert_non_null(issued);
		assert_null(strstr(issued + 1, rows[i].number));
		house_take_back(&delivery);
	}
}

/* ---- messages of other kinds -------------------------------------------------------------- */

static const struct answer *answer_of_kind(const struct answers *answers, const char *kind)
{
	for (size_t i = 0; i < answers->count; i++)
		if (strcmp(answers->rows[i].envelope.kind, kind) == 0)
			return &answers->rows[i];
	return NULL;
}

static struct facts *facts_of(struct arena *arena, const struct answer *answer)
{
	struct document *document = house_payload(answer);
	struct facts *facts;
	struct failure why;

	house_must(kind_facts(kinds_named(house.kinds, answer->envelope.kind), document, 0, arena,
			      &facts, &why),
		   &why);
	document_free(document);
	return facts;
}

static void test_payment_is_asked_for_where_the_declaration_wants_it(void **state)
{
	struct delivery delivery;
	struct answers answers;
	const struct answer *notice;
	struct facts *facts;

	(void)state;
	house_deliver_sample(&delivery, "schemas/dec-imp/samples/nswpay-thailand.xml", NULL, NULL);
	answers = house_answers(&delivery, house_party("MoF"));
	notice = answer_of_kind(&answers, "PAY-NOT");
	assert_non_null(notice);
	facts = facts_of(delivery.arena, notice);
	assert_string_equal(facts_get(facts, "subject"), "VN15-HPH-001025");
	assert_string_equal(facts_get(facts, "payer"), "9900000016");
	assert_string_equal(
		child_text(delivery.arena, child_named(facts_root(facts), "duty"), "line"),
		"VAT 345903180");
	house_take_back(&delivery);

	house_deliver_sample(&delivery, "schemas/dec-imp/samples/shrimp-thailand-2015-12.xml", NULL,
			     NULL);
	answers = house_answers(&delivery, house_party("MoF"));
	assert_null(answer_of_kind(&answers, "PAY-NOT"));
	house_take_back(&delivery);
}

static void test_the_certificate_sent_is_the_one_that_the_decision_cites(void **state)
{
	static const struct {
		const char *sample, *destination, *criterion, *percent;
	} rows[] = {
		{ "coffee-form-d", "SG", "WO", NULL },
		{ "tableware-form-d", "ID", "RVC", "45" },
		{ "furniture-form-d", "MY", "CTH", NULL },
		{ "cable-form-d", "TH", "COMBI", "35" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct delivery delivery;
		struct answers answers;
		struct facts *certificate;
		const char *percent;
		xmlNodePtr item;
		char path[128];

		snprintf(path, sizeof path, "schemas/lpa/samples/%s.xml", rows[i].sample);
		house_deliver_sample(&delivery, path, NULL, NULL);
		answers = house_answers(&delivery, house_party("MoIT"));
		assert_non_null(answer_of_kind(&answers, "COO-ISS"));
		certificate = facts_of(delivery.arena, answer_of_kind(&answers, "COO-ISS"));
		assert_non_null(strstr(answers.rows[answers.count - 1].payload,
				       facts_get(certificate, "reference")));
		assert_string_equal(facts_get(certificate, "destination"), rows[i].destination);
		item = child_named(facts_root(certificate), "item");
		assert_string_equal(child_text(delivery.arena, item, "criterion"),
				    rows[i].criterion);
		percent = child_text(delivery.arena, item, "percent");
		assert_int_equal(percent != NULL, rows[i].percent != NULL);
		if (percent != NULL)
			assert_string_equal(percent, rows[i].percent);
		house_take_back(&delivery);
	}
}

/* Shipped 4 December: applied for before, within three days, later, and too late. */
static void test_a_certificate_after_the_shipment_says_so(void **state)
{
	static const struct {
		const char *applied, *decision;
		bool marked;
	} rows[] = {
		{ "2015-12-01T09:00:00+07:00", "form-d", false },
		{ "2015-12-01T23:30:00+07:00", "form-d", false }, /* issued tomorrow */
		{ "2015-12-07T09:00:00+07:00", "form-d", false },
		{ "2015-12-08T09:00:00+07:00", "form-d", true },
		{ "2016-11-28T09:00:00+07:00", "form-d", true },
		{ "2016-12-01T09:00:00+07:00", "form-d-too-late", false },
	};
	static const char tag[] = "<IssueDateTime>";
	struct text file = TEXT_EMPTY;
	const char *place;

	(void)state;
	assert_true(text_read_file(&file, "schemas/lpa/samples/coffee-form-d.xml", 1 << 20, NULL));
	place = strstr(file.bytes, tag) + strlen(tag);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text changed = TEXT_EMPTY;
		struct delivery delivery;
		struct answers answers;
		const struct answer *certificate;

		text_printf(&changed, "%.*s%s%s", (int)(place - file.bytes), file.bytes,
			    rows[i].applied, strchr(place, '<'));
		house_deliver(&delivery, "coffee-form-d", changed.bytes, changed.length);
		answers = house_answers(&delivery, house_party("MoIT"));
		assert_string_equal(answers.decision, rows[i].decision);
		certificate = answer_of_kind(&answers, "COO-ISS");
		if (certificate != NULL)
			house_check_answer(delivery.arena, house_party("MoIT"), certificate,
					   delivery.envelope.created);
		assert_int_equal(certificate != NULL &&
					 strstr(certificate->payload, ">RET<") != NULL,
				 rows[i].marked);
		house_take_back(&delivery);
		text_free(&changed);
	}
	text_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_party_answers_every_sample_of_what_it_takes),
		cmocka_unit_test(test_who_answers_what),
		cmocka_unit_test(test_an_application_is_received_and_then_decided),
		cmocka_unit_test(test_payment_is_asked_for_where_the_declaration_wants_it),
		cmocka_unit_test(test_the_certificate_sent_is_the_one_that_the_decision_cites),
		cmocka_unit_test(test_a_certificate_after_the_shipment_says_so),
	};

	return cmocka_run_group_tests(tests, house_open, house_close);
}
