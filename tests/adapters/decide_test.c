#include "adapters/decide.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlschemas.h>

#include <cmocka.h>

#include "core/text.h"

#include "profile_text.h"

#define SEED	   "1"
#define MINUTE	   INT64_C(60000)
#define HOUR	   (60 * MINUTE)
#define DAY	   (24 * HOUR)
#define CREATED	   INT64_C(1448931600000) /* 2015-12-01 08:00 in Ha Noi */
#define REFERENCES 10000

/* ---- a case on the table ----------------------------------------------------------------- */

struct item {
	const char *hs, *origin;
};

/* What the tests vary of a request. */
struct brief {
	const char *id, *reference, *version, *declarant, *event;
	struct item items[3];
	const char *payload;
};

struct bench {
	struct arena *arena;
	struct envelope envelope;
	struct document *document;
	struct request request;
};

static void add_facts(struct facts *facts, const struct brief *brief)
{
	const struct {
		const char *name, *value;
	} rows[] = {
		{ "reference", brief->reference },
		{ "version", brief->version },
		{ "declarant", brief->declarant },
		{ "event", brief->event },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].value != NULL)
			facts_add(facts, NULL, rows[i].name, rows[i].value);
	for (const struct item *item = brief->items; item->hs != NULL; item++) {
		xmlNodePtr node = facts_add(facts, NULL, "item", NULL);

		facts_add(facts, node, "hs", item->hs);
		if (item->origin != NULL)
			facts_add(facts, node, "origin", item->origin);
	}
}

static void lay(struct bench *bench, const struct brief *brief)
{
	const char *payload = brief->payload != NULL ? brief->payload : "<Declaration/>";
	struct facts *facts;
	struct failure why;

	bench->arena = arena_new();
	facts = facts_new(bench->arena, "DEC-IMP", "1");
	add_facts(facts, brief);
	assert_true(document_parse(&bench->document, "payload.xml", payload, strlen(payload),
				   &document_limits_message, &why));
	bench->envelope = (struct envelope){
		.id = brief->id != NULL ? brief->id : "6f1c1d3e-0000-4000-8000-000000000001",
		.conversation = "6f1c1d3e-0000-4000-8000-00000000000c",
		.from = "NSW-VN",
		.to = "MoT",
		.kind = "DEC-IMP",
		.environment = "TEST",
		.created = CREATED,
		.expires = CREATED + 31 * DAY,
		.run = "run 7",
		.origin = "aa",
		.payload_type = "application/xml",
		.payload_size = strlen(payload),
	};
	bench->request = (struct request){
		.envelope = &bench->envelope,
		.facts = facts,
		.payload = bench->document,
	};
}

static void clear(struct bench *bench)
{
	document_free(bench->document);
	arena_free(bench->arena);
}

/* The answers live as long as the bench. */
static struct answers decided(struct bench *bench, const struct profile *profile, const char *seed)
{
	struct answers answers;
	struct failure why;

	if (!decide(&answers, bench->arena, profile, seed, &bench->request, &why))
		fail_msg("%s: %s: %s", why.place, why.code, why.text);
	return answers;
}

static struct profile *loaded(const char *content)
{
	struct profile *profile;
	struct failure why;

	if (!profile_of(&profile, content, &why))
		fail_msg("%s: %s: %s", why.place, why.code, why.text);
	return profile;
}

static struct kinds *kinds; /* of the house */

static struct profile *of_the_house(const char *file)
{
	struct profile *profile;
	struct failure why;

	if (!profile_load(&profile, file, kinds, &why))
		fail_msg("%s: %s: %s", why.place, why.code, why.text);
	return profile;
}

static bool says(const struct answer *answer, const char *words)
{
	return strstr(answer->payload, words) != NULL;
}

static const struct answer *last_of(const struct answers *answers)
{
	return &answers->rows[answers->count - 1];
}

/* Everything that will be signed, of all answers. */
static struct digest spelled(const struct answers *answers)
{
	struct digest_stream *stream = digest_begin();

	for (size_t i = 0; i < answers->count; i++) {
		const struct envelope *envelope = &answers->rows[i].envelope;
		const char *const strings[] = { envelope->id,		envelope->conversation,
						envelope->ref,		envelope->from,
						envelope->to,		envelope->kind,
						envelope->run,		envelope->environment,
						envelope->payload_type, envelope->origin };
		const gateway_time times[] = { envelope->created, envelope->expires,
					       envelope->effective };

		for (size_t n = 0; n < sizeof strings / sizeof *strings; n++)
			digest_add_field(stream, strings[n], strlen(strings[n]));
		digest_add_field(stream, times, sizeof times);
		digest_add_field(stream, answers->rows[i].payload, envelope->payload_size);
	}
	return digest_end(stream);
}

static struct digest decision_digest(const struct profile *profile, const char *seed,
				     const struct brief *brief)
{
	struct bench bench;
	struct answers answers;
	struct digest digest;

	lay(&bench, brief);
	answers = decided(&bench, profile, seed);
	digest = spelled(&answers);
	clear(&bench);
	return digest;
}

static bool same(struct digest a, struct digest b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

/* ---- purity ------------------------------------------------------------------------------ */

static const struct brief shrimp = {
	.reference = "VN15-0000042",
	.declarant = "9900000016",
	.event = "lodge",
	.items = { { "03061721", "TH" }, { "07020000", "TH" } },
};

struct elsewhere {
	const struct profile *profile;
	struct digest digest;
};

static void *decide_elsewhere(void *argument)
{
	struct elsewhere *elsewhere = argument;

	elsewhere->digest = decision_digest(elsewhere->profile, SEED, &shrimp);
	return NULL;
}

static void test_the_same_request_gets_the_same_answers_to_the_byte(void **state)
{
	static const char *const files[] = { "adapters/mof.xml", "adapters/mard.xml" };

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct profile *profile = of_the_house(files[i]);
		struct profile *again = of_the_house(files[i]);
		struct elsewhere elsewhere = { .profile = profile };
		struct digest first = decision_digest(profile, SEED, &shrimp);
		pthread_t thread;

		assert_true(same(first, decision_digest(profile, SEED, &shrimp)));
		assert_true(same(first, decision_digest(again, SEED, &shrimp)));
		assert_int_equal(pthread_create(&thread, NULL, decide_elsewhere, &elsewhere), 0);
		pthread_join(thread, NULL);
		assert_true(same(first, elsewhere.digest));
		profile_free(profile);
		profile_free(again);
	}
}

static void test_another_seed_or_request_gets_other_answers(void **state)
{
	struct profile *profile = of_the_house("adapters/mard.xml");
	struct digest first = decision_digest(profile, SEED, &shrimp);
	struct brief other = shrimp;

	(void)state;
	assert_false(same(first, decision_digest(profile, "2", &shrimp)));
	other.id = "6f1c1d3e-0000-4000-8000-000000000002";
	assert_false(same(first, decision_digest(profile, SEED, &other)));
	other = shrimp;
	other.version = "2";
	assert_false(same(first, decision_digest(profile, SEED, &other)));
	profile_free(profile);
}

static void test_a_replayed_reference_draws_the_same_under_a_new_message_id(void **state)
{
	struct profile *profile = of_the_house("adapters/mof.xml");
	struct brief again = shrimp;
	struct bench one, two;
	struct answers first, second;

	(void)state;
	again.id = "6f1c1d3e-0000-4000-8000-000000000002";
	lay(&one, &shrimp);
	lay(&two, &again);
	first = decided(&one, profile, SEED);
	second = decided(&two, profile, SEED);
	assert_string_equal(first.decision, second.decision);
	assert_int_equal(last_of(&first)->envelope.effective, last_of(&second)->envelope.effective);
	assert_string_not_equal(last_of(&first)->envelope.id, last_of(&second)->envelope.id);
	clear(&one);
	clear(&two);
	profile_free(profile);
}

/* ---- which row --------------------------------------------------------------------------- */

#define ROW(id, conditions)                                                                        \
	"<decision id='" id "' " conditions                                                        \
	"><step name='s' status='APPROVED' after='1h'/></decision>\n"

#define URGENT "<Declaration xmlns='urn:example:d'><Urgent/></Declaration>"

static void test_the_first_row_that_fits_decides(void **state)
{
	/* One row of the table a line. */
	/* clang-format off */
	static const char table[] =
		LPR_HEAD "<ns prefix='d' uri='urn:example:d'/>\n"
		ROW("thai", "when=\"item/origin = 'TH'\"")
		ROW("fish", "when=\"/facts/item[starts-with(hs, '03')]\"")
		ROW("both", "when=\"item/origin = 'LA'\" payload='d:Urgent'")
		ROW("urgent", "payload='/d:Declaration/d:Urgent'")
		ROW("cancelled", "when=\"event = 'cancel'\"")
		ROW("rest", "") TAIL;
	/* clang-format on */
	static const struct {
		const char *decision, *payload, *event;
		struct item items[3];
	} rows[] = {
		{ "thai", NULL, NULL, { { "03061721", "TH" } } },
		{ "thai", NULL, NULL, { { "84133090", "VN" }, { "01012100", "TH" } } },
		{ "fish", NULL, NULL, { { "03061721", "MY" } } },
		{ "both", URGENT, NULL, { { "84133090", "LA" } } },
		{ "rest", NULL, NULL, { { "84133090", "LA" } } },
		{ "urgent", URGENT, NULL, { { "84133090", "MY" } } },
		{ "cancelled", NULL, "cancel", { { NULL, NULL } } },
		{ "urgent", URGENT, "cancel", { { NULL, NULL } } },
		{ "rest", NULL, NULL, { { NULL, NULL } } },
	};
	struct profile *profile = loaded(table);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct brief brief = { .reference = "R",
				       .event = rows[i].event,
				       .payload = rows[i].payload };
		struct bench bench;
		struct answers answers;

		memcpy(brief.items, rows[i].items, sizeof brief.items);
		lay(&bench, &brief);
		answers = decided(&bench, profile, SEED);
		if (strcmp(answers.decision, rows[i].decision) != 0)
			fail_msg("row %zu: %s, not %s", i, answers.decision, rows[i].decision);
		clear(&bench);
	}
	profile_free(profile);
}

/* ---- draws ------------------------------------------------------------------------------- */

struct tally {
	const char *decision;
	double share;
	int count;
};

/* Every reference once; how often each row decided. */
static void tally_references(const struct profile *profile, struct tally *rows, size_t count)
{
	char reference[32];

	for (int i = 0; i < REFERENCES; i++) {
		struct brief brief = { .reference = reference };
		struct bench bench;
		struct answers answers;
		size_t n = 0;

		snprintf(reference, sizeof reference, "VN15-%07d", i);
		lay(&bench, &brief);
		answers = decided(&bench, profile, SEED);
		while (n < count && strcmp(rows[n].decision, answers.decision) != 0)
			n++;
		assert_true(n < count);
		rows[n].count++;
		clear(&bench);
	}
	/* Four standard deviations of the largest are 2 %. */
	for (size_t n = 0; n < count; n++)
		if (abs(rows[n].count - (int)(rows[n].share * REFERENCES)) > REFERENCES / 50)
			fail_msg("%s: %d of %d", rows[n].decision, rows[n].count, REFERENCES);
}

static void test_ten_thousand_references_fall_into_the_channels_as_often_as_stated(void **state)
{
	struct profile *profile = of_the_house("adapters/mof.xml");
	struct tally channels[] = { { "green", 0.575, 0 },
				    { "yellow", 0.374, 0 },
				    { "red", 0.051, 0 } };

	(void)state;
	tally_references(profile, channels, 3);
	assert_in_range(channels[2].count, 400, 620);
	profile_free(profile);
}

static void test_two_draws_know_nothing_of_one_another(void **state)
{
	struct profile *profile = loaded(LPR_HEAD ROW("first", "draw='d' share='50%'") ROW(
		"second", "draw='e' share='50%'") ROW("rest", "") TAIL);
	struct tally rows[] = { { "first", 0.5, 0 }, { "second", 0.25, 0 }, { "rest", 0.25, 0 } };

	(void)state;
	tally_references(profile, rows, 3);
	profile_free(profile);
}

static void test_a_share_that_its_condition_leaves_unused_falls_to_no_other_share(void **state)
{
	struct profile *profile =
		loaded(LPR_HEAD ROW("urgent", "draw='d' share='40%' when=\"event = 'cancel'\"")
			       ROW("plain", "draw='d' share='60%'") ROW("rest", "") TAIL);
	struct tally rows[] = { { "plain", 0.6, 0 }, { "rest", 0.4, 0 } };

	(void)state;
	tally_references(profile, rows, 2);
	profile_free(profile);
}

static void test_times_fill_their_window_and_add_up(void **state)
{
	struct profile *profile = loaded(
		LPR_HEAD "<decision id='a'><step name='one' status='RECEIVED' after='10m'/>"
			 "<step name='two' status='FEE_DUE' after='1h..3h'/>"
			 "<step name='three' status='APPROVED' after='1h..3h'/></decision>" TAIL);
	gateway_time least = INT64_MAX, most = 0;
	int together = 0;
	char reference[32];

	(void)state;
	for (int i = 0; i < REFERENCES / 10; i++) {
		struct brief brief = { .reference = reference };
		struct bench bench;
		struct answers answers;
		gateway_time first, second, third;

		snprintf(reference, sizeof reference, "VN15-%07d", i);
		lay(&bench, &brief);
		answers = decided(&bench, profile, SEED);
		assert_int_equal(answers.count, 4);
		assert_int_equal(answers.rows[0].envelope.effective, 0);
		first = answers.rows[1].envelope.effective - CREATED;
		second = answers.rows[2].envelope.effective - CREATED - first;
		third = answers.rows[3].envelope.effective - CREATED - first - second;
		assert_int_equal(first, 10 * MINUTE);
		assert_in_range(second, 1 * HOUR, 3 * HOUR);
		assert_in_range(third, 1 * HOUR, 3 * HOUR);
		together += second == third;
		least = second < least ? second : least;
		most = second > most ? second : most;
		clear(&bench);
	}
	assert_true(least < 1 * HOUR + 5 * MINUTE && most > 3 * HOUR - 5 * MINUTE);
	assert_true(together < 5); /* each step draws its own */
	profile_free(profile);
}

/* ---- what an answer says ----------------------------------------------------------------- */

static void test_every_answer_is_written_from_the_request_alone(void **state)
{
	struct profile *profile =
		loaded(LPR_HEAD "<decision id='a'><step name='one' status='RECEIVED' after='0s'/>"
				"<step name='two' status='APPROVED' after='1h'/></decision>" TAIL);
	static const struct {
		const char *step, *kind;
		gateway_time effective;
	} expected[] = {
		{ "receipt", "ACK", 0 },
		{ "one", "LPR", 0 },
		{ "two", "LPR", CREATED + HOUR },
	};
	struct bench bench;
	struct answers answers;

	(void)state;
	lay(&bench, &shrimp);
	answers = decided(&bench, profile, SEED);
	assert_int_equal(answers.count, 3);
	for (size_t i = 0; i < answers.count; i++) {
		const struct envelope *envelope = &answers.rows[i].envelope;
		char id[UUID_SIZE];

		uuid_derive(id, bench.envelope.id, "MoT", expected[i].step);
		assert_string_equal(answers.rows[i].step, expected[i].step);
		assert_string_equal(envelope->id, id);
		assert_string_equal(envelope->kind, expected[i].kind);
		assert_string_equal(envelope->ref, bench.envelope.id);
		assert_string_equal(envelope->conversation, bench.envelope.conversation);
		assert_string_equal(envelope->from, "MoT");
		assert_string_equal(envelope->to, "NSW-VN");
		assert_string_equal(envelope->environment, "TEST");
		assert_string_equal(envelope->run, "run 7");
		assert_string_equal(envelope->origin, "aa");
		assert_int_equal(envelope->created, CREATED);
		assert_int_equal(envelope->expires, bench.envelope.expires);
		assert_int_equal(envelope->effective, expected[i].effective);
		assert_int_equal(envelope->payload_size, strlen(answers.rows[i].payload));
		assert_true(says(&answers.rows[i], bench.envelope.id));
		assert_true(says(&answers.rows[i], "VN15-0000042"));
	}
	assert_true(says(&answers.rows[0], "<ResultCode>AB<"));
	assert_true(says(&answers.rows[1], "<NameCode>RECEIVED<"));
	assert_true(says(&answers.rows[2], "<NameCode>APPROVED<"));
	clear(&bench);
	profile_free(profile);
}

static void test_a_release_cites_every_item(void **state)
{
	struct profile *profile = of_the_house("adapters/mof.xml");
	struct bench bench;
	struct answers answers;
	const struct answer *release;

	(void)state;
	lay(&bench, &shrimp);
	answers = decided(&bench, profile, SEED);
	assert_int_equal(answers.count, 3);
	assert_true(says(&answers.rows[1], "<ResultCode>AJ<"));
	assert_true(says(&answers.rows[1], "<NameCode>CHANNELLED<"));
	assert_false(says(&answers.rows[1], "03061721"));
	release = last_of(&answers);
	assert_true(says(release, "<ResultCode>AP<"));
	assert_true(says(release, "<NameCode>RELEASED<"));
	assert_true(says(release, "<SequenceNumeric>1<"));
	assert_true(says(release, "<ID>03061721<"));
	assert_true(says(release, "<SequenceNumeric>2<"));
	assert_true(says(release, "<ID>07020000<"));
	assert_true(says(release, "<CountryCode>TH<"));
	clear(&bench);
	profile_free(profile);
}

static void test_quarantine_issues_a_certificate_for_what_is_there(void **state)
{
	static const struct {
		const char *decision;
		bool animal, plant;
		struct item items[3];
	} rows[] = {
		{ "quarantine", true, false, { { "03061721", "TH" } } },
		{ "quarantine", false, true, { { "07020000", "TH" } } },
		{ "quarantine", true, true, { { "02023000", "AU" }, { "44071100", "NZ" } } },
		{ "not-subject", false, false, { { "84133090", "JP" } } },
		{ "bovine-origin", false, false, { { "02023000", "GB" } } },
		{ "bovine-origin", false, false, { { "03061721", "TH" }, { "16025000", "GB" } } },
		{ "quarantine", true, false, { { "03061721", "GB" }, { "02023000", "AU" } } },
	};
	struct profile *profile = of_the_house("adapters/mard.xml");

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct brief brief = { .reference = "R" };
		struct bench bench;
		struct answers answers;

		memcpy(brief.items, rows[i].items, sizeof brief.items);
		lay(&bench, &brief);
		answers = decided(&bench, profile, SEED);
		if (strcmp(answers.decision, rows[i].decision) != 0 ||
		    says(last_of(&answers), "<TypeCode>853<") != rows[i].animal ||
		    says(last_of(&answers), "<TypeCode>851<") != rows[i].plant)
			fail_msg("row %zu: %s\n%s", i, answers.decision,
				 last_of(&answers)->payload);
		clear(&bench);
	}
	profile_free(profile);
}

static void test_prohibited_goods_are_refused_with_code_reason_and_hint(void **state)
{
	static const char *const prohibited[] = { "36041000", "25241000" };
	struct profile *profile = of_the_house("adapters/mof.xml");

	(void)state;
	for (size_t i = 0; i < sizeof prohibited / sizeof *prohibited; i++) {
		struct brief brief = { .reference = "R",
				       .items = { { "84133090", "JP" }, { prohibited[i], "CN" } } };
		struct bench bench;
		struct answers answers;

		lay(&bench, &brief);
		answers = decided(&bench, profile, SEED);
		assert_string_equal(answers.decision, "prohibited");
		assert_int_equal(answers.count, 2);
		assert_true(says(last_of(&answers), "<ResultCode>RE<"));
		assert_true(says(last_of(&answers), "<ValidationCode>MOF-101<"));
		assert_true(says(last_of(&answers), "<Hint>"));
		assert_true(says(last_of(&answers), "cấm nhập khẩu"));
		assert_true(says(last_of(&answers), prohibited[i]));
		clear(&bench);
	}
	profile_free(profile);
}

static void test_an_item_is_cited_as_its_declarant_numbered_it(void **state)
{
	struct profile *profile = of_the_house("adapters/mof.xml");
	struct facts *facts;
	struct bench bench;
	struct answers answers;
	xmlNodePtr item;

	(void)state;
	lay(&bench, &shrimp);
	facts = facts_new(bench.arena, "DEC-IMP", "1");
	item = facts_add(facts, NULL, "item", NULL);
	facts_add(facts, item, "sequence", "17");
	item = facts_add(facts, NULL, "item", NULL);
	facts_add(facts, item, "sequence", "none");
	bench.request.facts = facts;
	answers = decided(&bench, profile, SEED);
	assert_true(says(last_of(&answers), "<SequenceNumeric>17<"));
	assert_true(says(last_of(&answers), "<SequenceNumeric>2<"));
	clear(&bench);
	profile_free(profile);
}

/* ---- documents --------------------------------------------------------------------------- */

static void test_an_issued_document_is_numbered_and_dated_by_its_step(void **state)
{
	struct profile *profile =
		loaded(LPR_HEAD "<decision id='a'><step name='s' status='APPROVED' after='1h'>"
				"<document type='853' number='{year}/{reference}-K' valid='60d'/>"
				"</step></decision>" TAIL);
	struct bench bench;
	struct answers answers;
	const struct answer *approved;

	(void)state;
	lay(&bench, &shrimp);
	bench.envelope.created = INT64_C(1451579400000); /* 23:30 of New Year's Eve in Ha Noi */
	answers = decided(&bench, profile, SEED);
	approved = last_of(&answers);
	assert_true(says(approved, "<ID>2016/VN15-0000042-K</ID>"));
	assert_true(says(approved, "<EffectiveDateTime>2015-12-31T17:30:00.000Z<"));
	assert_true(says(approved, "<ExpirationDateTime>2016-02-29T17:30:00.000Z<"));
	assert_true(says(approved, "<IssueDateTime>2015-12-31T17:30:00.000Z<"));
	clear(&bench);
	profile_free(profile);
}

/* The number of the first document that the request is given. */
static void document_id(char id[64], const struct profile *profile, const struct brief *brief)
{
	struct bench bench;
	struct answers answers;
	const char *at;

	lay(&bench, brief);
	answers = decided(&bench, profile, SEED);
	at = strstr(last_of(&answers)->payload, "<AdditionalDocument>");
	assert_non_null(at);
	at = strstr(at, "<ID>") + strlen("<ID>");
	snprintf(id, 64, "%.*s", (int)strcspn(at, "<"), at);
	clear(&bench);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void test_no_two_certificates_have_one_number(void **state)
{
	struct profile *profile = of_the_house("adapters/mard.xml");
	char(*ids)[64] = must_alloc(REFERENCES * sizeof *ids);
	char reference[32];

	(void)state;
	for (int i = 0; i < REFERENCES; i++) {
		struct brief brief = { .reference = reference,
				       .declarant = i % 2 == 0 ? "9900000016" : "9900000023",
				       .items = { { "03061721", "TH" } } };

		snprintf(reference, sizeof reference, "VN15-%07d", i / 2);
		document_id(ids[i], profile, &brief);
		assert_int_equal(strncmp(ids[i], "TY-2015-", 8), 0);
		assert_int_equal(strlen(ids[i]), 20);
	}
	qsort(ids, REFERENCES, sizeof *ids, by_text);
	for (int i = 1; i < REFERENCES; i++)
		assert_string_not_equal(ids[i - 1], ids[i]);
	free(ids);
	profile_free(profile);
}

static void test_a_number_that_grows_too_long_is_a_fault_and_no_answer(void **state)
{
	struct profile *profile = loaded(
		LPR_HEAD "<decision id='a'><step name='s' status='APPROVED' after='1h'>"
			 "<document type='853' number='K-{reference}'/></step></decision>" TAIL);
	struct brief brief = { .reference = "123456789012345678901234567890123" };
	struct bench bench;
	struct answers answers;
	struct failure why;

	(void)state;
	lay(&bench, &brief);
	decided(&bench, profile, SEED); /* 35 characters */
	clear(&bench);

	brief.reference = "1234567890123456789012345678901234";
	lay(&bench, &brief);
	assert_false(decide(&answers, bench.arena, profile, SEED, &bench.request, &why));
	assert_int_equal(why.verdict, FAULT);
	assert_string_equal(why.code, "ADP-004");
	clear(&bench);
	profile_free(profile);
}

/* ---- what is not answered -------------------------------------------------------------------- */

static void test_what_is_for_information_gets_the_technical_receipt_alone(void **state)
{
	struct profile *profile =
		loaded("<party xmlns='urn:nsw:party:1' id='MoT' role='agency' delivery='push'>"
		       "<name lang='en'>T</name><name lang='vi'>T</name>"
		       "<sees kind='DEC-IMP' answer='no'/><sees kind='LPA'/>"
		       "<decisions answer='LPR'>" ROW("a", "") TAIL);
	struct bench bench;
	struct answers answers;

	(void)state;
	lay(&bench, &shrimp);
	answers = decided(&bench, profile, SEED);
	assert_int_equal(answers.count, 1);
	assert_null(answers.decision);
	assert_string_equal(answers.rows[0].envelope.kind, "ACK");
	assert_true(says(&answers.rows[0], "<ResultCode>AB<"));
	clear(&bench);
	profile_free(profile);
}

static void test_a_row_without_steps_says_nothing_but_the_receipt(void **state)
{
	struct profile *profile = loaded(NONE_HEAD "<decision id='silent'/>" TAIL);
	struct bench bench;
	struct answers answers;

	(void)state;
	lay(&bench, &shrimp);
	answers = decided(&bench, profile, SEED);
	assert_int_equal(answers.count, 1);
	assert_string_equal(answers.decision, "silent");
	assert_string_equal(answers.rows[0].envelope.kind, "ACK");
	clear(&bench);
	profile_free(profile);
}

static void test_a_silent_row_says_what_is_on_the_way_and_nothing_more(void **state)
{
	static const struct {
		const char *table, *said; /* NULL: nothing but the receipt */
	} rows[] = {
		{ LPR_HEAD "<decision id='silent' silent='yes'/>" TAIL, NULL },
		{ LPR_HEAD "<decision id='silent' silent='yes'>"
			   "<step name='seen' status='RECEIVED' after='1m'/></decision>" TAIL,
		  "<NameCode>RECEIVED<" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct profile *profile = loaded(rows[i].table);
		struct bench bench;
		struct answers answers;

		lay(&bench, &shrimp);
		answers = decided(&bench, profile, SEED);
		assert_string_equal(answers.decision, "silent");
		assert_int_equal(answers.count, rows[i].said != NULL ? 2 : 1);
		assert_string_equal(answers.rows[0].envelope.kind, "ACK");
		if (rows[i].said != NULL)
			assert_true(says(last_of(&answers), rows[i].said));
		clear(&bench);
		profile_free(profile);
	}
}

/* ---- what holds for all rows ---------------------------------------------------------------- */

#define TWO_STEPS                                                                                  \
	"<decision id='a'><step name='one' status='RECEIVED' after='1m'/>"                         \
	"<step name='two' status='APPROVED' after='1h'>"                                           \
	"<document type='853' number='K-1' valid='60d'/>"                                          \
	"<document type='851' number='K-2'/></step></decision>"

static void test_waits_come_before_the_first_step_or_in_place_of_them_all(void **state)
{
	static const struct {
		const char *waits;
		int64_t first, last; /* since the request */
	} rows[] = {
		{ "", MINUTE, MINUTE + HOUR },
		{ "<wait seconds='7'/>", MINUTE + 7000, MINUTE + HOUR + 7000 },
		{ "<wait seconds='count(item) * 60'/>", 3 * MINUTE, 3 * MINUTE + HOUR },
		{ "<wait seconds='7'/><wait seconds='0.5'/>", MINUTE + 7500, MINUTE + HOUR + 7500 },
		{ "<wait seconds='7' when='version'/>", MINUTE, MINUTE + HOUR },
		{ "<wait seconds='0' instead='yes'/>", 0, 0 },
		{ "<wait seconds='7' instead='yes' when='item'/><wait seconds='2'/>", 9000, 9000 },
		{ "<wait seconds='7' instead='yes' when='version'/>", MINUTE, MINUTE + HOUR },
		/* no number of seconds */
		{ "<wait seconds=\"'soon'\"/>", MINUTE, MINUTE + HOUR },
		{ "<wait seconds='version'/>", MINUTE, MINUTE + HOUR },
		{ "<wait seconds='1 div 0'/>", MINUTE, MINUTE + HOUR },
		{ "<wait seconds='-5'/>", MINUTE, MINUTE + HOUR },
		{ "<wait seconds='99999999999'/>", MINUTE, MINUTE + HOUR },
	};
	char table[1024];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct profile *profile;
		struct bench bench;
		struct answers answers;

		snprintf(table, sizeof table, LPR_HEAD "%s" TWO_STEPS TAIL, rows[i].waits);
		profile = loaded(table);
		lay(&bench, &shrimp);
		answers = decided(&bench, profile, SEED);
		assert_int_equal(answers.rows[0].envelope.effective,
				 0); /* the receipt never waits */
		assert_int_equal(answers.rows[1].envelope.effective,
				 rows[i].first != 0 ? CREATED + rows[i].first : 0);
		assert_int_equal(answers.rows[2].envelope.effective,
				 rows[i].last != 0 ? CREATED + rows[i].last : 0);
		clear(&bench);
		profile_free(profile);
	}
}

static void test_one_validity_holds_for_all_documents_that_have_an_end(void **state)
{
	static const struct {
		const char *terms, *until;
	} rows[] = {
		{ "", "<ExpirationDateTime>2016-01-30T02:01:00.000Z<" },
		{ "<valid for='1d' when='item'/>",
		  "<ExpirationDateTime>2015-12-02T02:01:00.000Z<" },
		{ "<valid for='1d' when='version'/>",
		  "<ExpirationDateTime>2016-01-30T02:01:00.000Z<" },
		{ "<valid for='1d' when='version'/><valid for='2d'/><valid for='3d'/>",
		  "<ExpirationDateTime>2015-12-03T02:01:00.000Z<" },
	};
	char table[1024];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct profile *profile;
		struct bench bench;
		struct answers answers;
		const char *end;

		snprintf(table, sizeof table, LPR_HEAD "%s" TWO_STEPS TAIL, rows[i].terms);
		profile = loaded(table);
		lay(&bench, &shrimp);
		answers = decided(&bench, profile, SEED);
		end = strstr(last_of(&answers)->payload, rows[i].until);
		assert_non_null(end);
		assert_null(strstr(end + 1, "<ExpirationDateTime>"));
		clear(&bench);
		profile_free(profile);
	}
}

/* ---- what is left out ------------------------------------------------------------------------ */

static void test_a_step_that_is_left_out_takes_no_time(void **state)
{
	static const struct {
		const char *event;
		size_t count;
		int64_t after;
	} rows[] = {
		{ "lodge", 4, 2 * HOUR + 2 * MINUTE },
		{ "amend", 3, 2 * HOUR + MINUTE },
		{ "cancel", 2, 2 * HOUR },
	};
	struct profile *profile =
		loaded(LPR_HEAD
		       "<decision id='a'>"
		       "<step name='one' status='RECEIVED' after='1m' when=\"event != 'cancel'\"/>"
		       "<step name='two' status='FEE_DUE' after='1m' when=\"event = 'lodge'\"/>"
		       "<step name='three' status='APPROVED' after='2h'/></decision>" TAIL);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct brief brief = { .reference = "R", .event = rows[i].event };
		struct bench bench;
		struct answers answers;

		lay(&bench, &brief);
		answers = decided(&bench, profile, SEED);
		assert_int_equal(answers.count, rows[i].count);
		assert_string_equal(last_of(&answers)->step, "three");
		assert_int_equal(last_of(&answers)->envelope.effective, CREATED + rows[i].after);
		clear(&bench);
	}
	profile_free(profile);
}

/* ---- messages of other kinds --------------------------------------------------------------- */

#define XSL(content)                                                                               \
	"<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>" content  \
	"</xsl:stylesheet>"
#define PARAM(name) "<xsl:param name='" name "'/>"
#define ABOUT(name) "<About>" name "=<xsl:value-of select='$" name "'/></About>"
#define NOTE(content)                                                                              \
	"<xsl:template match='/'><Note xmlns='urn:example:note'><Reference><xsl:value-of "         \
	"select='string(//Number)'/></Reference>" content "</Note></xsl:template>"
#define EVERY(each)                                                                                \
	each("id") each("request") each("party") each("moment") each("date") each("reference")     \
		each("document") each("until") each("draw") each("fact-declarant")                 \
			each("fact-event") each("fact-absent")
#define CERTIFICATE "<document type='861' number='C-{year}-{draw}' valid='60d' as='c'/>"

static struct profile *sending(const char *content, const char *sheet)
{
	struct profile *profile;
	struct failure why;

	if (!profile_with(&profile, content, sheet, &why))
		fail_msg("%s: %s: %s", why.place, why.code, why.text);
	return profile;
}

/* What stands between two words, copied into `value`. */
static const char *between(char value[128], const char *text, const char *before, const char *after)
{
	const char *at = strstr(text, before), *end;

	assert_non_null(at);
	at += strlen(before);
	end = strstr(at, after);
	assert_non_null(end);
	assert_true(end - at < 128);
	snprintf(value, 128, "%.*s", (int)(end - at), at);
	return value;
}

static void test_a_step_that_sends_makes_a_message_of_that_kind(void **state)
{
	struct profile *profile =
		sending(LPR_HEAD "<decision id='a'><step name='certificate' send='NOTE' "
				 "template='sheet.xsl' after='1h'>" CERTIFICATE "</step>"
				 "<step name='approved' status='APPROVED' after='1h'>" CERTIFICATE
				 "</step></decision>" TAIL,
			XSL(EVERY(PARAM) NOTE(EVERY(ABOUT))));
	struct brief brief = shrimp;
	struct bench bench;
	struct answers answers;
	const struct answer *note, *approved;
	const char *number;
	char id[UUID_SIZE], value[128];

	(void)state;
	brief.payload = "<Declaration><Number>42</Number></Declaration>";
	lay(&bench, &brief);
	answers = decided(&bench, profile, SEED);
	assert_int_equal(answers.count, 3);
	note = &answers.rows[1];
	approved = &answers.rows[2];
	uuid_derive(id, bench.envelope.id, "MoT", "certificate");
	assert_string_equal(note->step, "certificate");
	assert_string_equal(note->envelope.id, id);
	assert_string_equal(note->envelope.kind, "NOTE");
	assert_string_equal(note->envelope.ref, bench.envelope.id);
	assert_string_equal(note->envelope.conversation, bench.envelope.conversation);
	assert_int_equal(note->envelope.effective, CREATED + HOUR);
	assert_int_equal(note->envelope.payload_size, strlen(note->payload));
	assert_true(says(note, "<Reference>42<"));
	assert_string_equal(between(value, note->payload, ">id=", "<"), id);
	assert_string_equal(between(value, note->payload, ">request=", "<"), bench.envelope.id);
	assert_true(says(note, ">party=MoT<"));
	assert_true(says(note, ">moment=2015-12-01T02:00:00.000Z<"));
	assert_true(says(note, ">date=2015-12-01<"));
	assert_true(says(note, ">reference=VN15-0000042<"));
	assert_true(says(note, ">until=2016-01-30T02:00:00.000Z<"));
	assert_true(says(note, ">fact-declarant=9900000016<"));
	assert_true(says(note, ">fact-event=lodge<"));
	assert_true(says(note, ">fact-absent=<"));
	between(value, note->payload, ">draw=", "<");
	assert_int_equal(strspn(value, "0123456789"), 6);
	assert_int_equal(strlen(value), 6);
	/* One document in both: number and dates are those of the step that issued it. */
	number = between(value, note->payload, ">document=", "<");
	assert_int_equal(strncmp(number, "C-2015-", 7), 0);
	assert_true(says(approved, number));
	assert_true(says(approved, "<EffectiveDateTime>2015-12-01T02:00:00.000Z<"));
	assert_int_equal(approved->envelope.effective, CREATED + 2 * HOUR);
	assert_true(same(spelled(&answers), decision_digest(profile, SEED, &brief)));
	clear(&bench);
	profile_free(profile);
}

static void test_documents_that_are_not_called_alike_have_numbers_of_their_own(void **state)
{
	struct profile *profile =
		loaded(LPR_HEAD "<decision id='a'><step name='one' status='RECEIVED' after='0s'>"
				"<document type='861' number='{draw}' as='c'/></step>"
				"<step name='two' status='APPROVED' after='0s'>"
				"<document type='861' number='{draw}' as='d'/>"
				"<document type='861' number='{draw}'/></step></decision>" TAIL);
	struct bench bench;
	struct answers answers;
	char one[128], two[128], three[128];
	const char *second;

	(void)state;
	lay(&bench, &shrimp);
	answers = decided(&bench, profile, SEED);
	between(one, strstr(answers.rows[1].payload, "<AdditionalDocument>"), "<ID>", "<");
	second = strstr(answers.rows[2].payload, "<AdditionalDocument>");
	between(two, second, "<ID>", "<");
	between(three, strstr(second + 1, "<AdditionalDocument>"), "<ID>", "<");
	assert_string_not_equal(one, two);
	assert_string_not_equal(two, three);
	assert_string_not_equal(one, three);
	clear(&bench);
	profile_free(profile);
}

static void test_nonsense_of_a_sheet_is_a_fault_and_nothing_is_sent(void **state)
{
	static const struct {
		const char *sheet, *code, *text;
	} rows[] = {
		{ XSL("<xsl:template match='/'>words</xsl:template>"), "ADP-012", "XML-001" },
		{ XSL("<xsl:template match='/'/>"), "ADP-012", "XML-" },
		{ XSL("<xsl:template match='/'><a/></xsl:template>"), "ADP-012", "KND-001" },
		{ XSL("<xsl:template match='/'><Got xmlns='urn:example:got'><Reference>1"
		      "</Reference></Got></xsl:template>"),
		  "ADP-012", "it is a: GOT" },
		{ XSL("<xsl:template match='/'><Note xmlns='urn:example:note'/></xsl:template>"),
		  "ADP-012", "XSD-" },
		{ XSL("<xsl:template match='/'><xsl:text disable-output-escaping='yes'>"
		      "&lt;!DOCTYPE a [&lt;!ENTITY e SYSTEM 'file:///etc/passwd'&gt;]&gt;"
		      "&lt;a&gt;&amp;e;&lt;/a&gt;</xsl:text></xsl:template>"),
		  "ADP-012", "XML-003" },
		{ XSL("<xsl:template match='/'><xsl:apply-templates select='/'/></xsl:template>"),
		  "ADP-011", "recursion" },
		{ XSL("<xsl:template match='/'><xsl:message terminate='yes'>no bank named"
		      "</xsl:message></xsl:template>"),
		  "ADP-011", "no bank named" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct profile *profile = sending(NONE_HEAD "<decision id='a'><step name='s' "
							    "send='NOTE' template='sheet.xsl' "
							    "after='0s'/></decision>" TAIL,
						  rows[i].sheet);
		struct bench bench;
		struct answers answers;
		struct failure why;

		lay(&bench, &shrimp);
		if (decide(&answers, bench.arena, profile, SEED, &bench.request, &why))
			fail_msg("row %zu was sent: %s", i, last_of(&answers)->payload);
		if (why.verdict != FAULT || strcmp(why.code, rows[i].code) != 0 ||
		    strstr(why.text, rows[i].text) == NULL || why.place[0] == '\0')
			fail_msg("row %zu: %s: %s: %s", i, why.place, why.code, why.text);
		clear(&bench);
		profile_free(profile);
	}
}

/* ---- refusing receipts ------------------------------------------------------------------- */

static void test_what_cannot_be_acted_on_gets_a_receipt_that_says_why(void **state)
{
	struct profile *profile = of_the_house("adapters/mard.xml");
	struct answers expired, again, other;
	struct bench bench;
	struct failure why;

	(void)state;
	lay(&bench, &shrimp);
	reject(&why, "SIG-011", "the certificate has expired");
	decide_refuse(&expired, bench.arena, profile, &bench.envelope, &why);
	decide_refuse(&again, bench.arena, profile, &bench.envelope, &why);
	reject(&why, "SIG-013", "the certificate has been revoked");
	decide_refuse(&other, bench.arena, profile, &bench.envelope, &why);

	assert_int_equal(expired.count, 1);
	assert_null(expired.decision);
	assert_string_equal(expired.rows[0].envelope.kind, "ACK");
	assert_string_equal(expired.rows[0].envelope.ref, bench.envelope.id);
	assert_true(says(&expired.rows[0], "<ResultCode>RE<"));
	assert_true(says(&expired.rows[0], "<ValidationCode>SIG-011<"));
	assert_true(same(spelled(&expired), spelled(&again)));
	assert_string_not_equal(expired.rows[0].envelope.id, other.rows[0].envelope.id);
	clear(&bench);
	profile_free(profile);
}

/* ---- grammar ----------------------------------------------------------------------------- */

static struct {
	const char *kind, *file;
	xmlSchemaPtr schema;
} grammars[] = {
	{ "ACK", "schemas/ack/ack-1.xsd", NULL },
	{ "RES", "schemas/res/res-1.xsd", NULL },
	{ "LPR", "schemas/lpr/lpr-1.xsd", NULL },
};
#define GRAMMARS (sizeof grammars / sizeof *grammars)

/* Before document_setup(): afterwards libxml2 reads no file, and these include one another. */
static int read_grammars(void **state)
{
	const char *const folder = "schemas";
	struct failure why;

	(void)state;
	for (size_t i = 0; i < GRAMMARS; i++) {
		xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(grammars[i].file);

		grammars[i].schema = xmlSchemaParse(parser);
		xmlSchemaFreeParserCtxt(parser);
		if (grammars[i].schema == NULL)
			return -1;
	}
	document_setup();
	if (kinds_load(&kinds, &folder, 1, &why))
		return 0;
	print_error("%s: %s: %s\n", why.place, why.code, why.text);
	return -1;
}

static int free_grammars(void **state)
{
	(void)state;
	kinds_free(kinds);
	for (size_t i = 0; i < GRAMMARS; i++)
		xmlSchemaFree(grammars[i].schema);
	xmlCleanupParser();
	return 0;
}

static xmlSchemaPtr grammar_of(const char *kind)
{
	for (size_t i = 0; i < GRAMMARS; i++)
		if (strcmp(grammars[i].kind, kind) == 0)
			return grammars[i].schema;
	fail_msg("no grammar for %s", kind);
	return NULL;
}

static void check_grammar(const struct answer *answer)
{
	xmlSchemaValidCtxtPtr check = xmlSchemaNewValidCtxt(grammar_of(answer->envelope.kind));
	struct document *document;

	assert_true(document_parse(&document, answer->step, answer->payload,
				   answer->envelope.payload_size, &document_limits_message, NULL));
	if (xmlSchemaValidateDoc(check, document_tree(document)) != 0)
		fail_msg("%s is not valid:\n%s", answer->step, answer->payload);
	document_free(document);
	xmlSchemaFreeValidCtxt(check);
}

static void test_every_answer_of_the_house_follows_its_grammar(void **state)
{
	static const struct {
		const char *file, *kind;
	} parties[] = {
		{ "adapters/mof.xml", "RES" },
		{ "adapters/mard.xml", "LPR" },
	};
	static const struct brief briefs[] = {
		{ .reference = "VN15-1", .items = { { "03061721", "TH" }, { "44071100", NULL } } },
		{ .reference = "VN15-2", .items = { { "02023000", "GB" } } },
		{ .reference = "VN15-3", .items = { { "36041000", "CN" } } },
		{ .reference = "<&> 4", .event = "cancel" },
		{ .reference = NULL, .items = { { "84133090", "JP" } } },
	};

	(void)state;
	for (size_t p = 0; p < sizeof parties / sizeof *parties; p++) {
		struct profile *profile = of_the_house(parties[p].file);

		for (size_t i = 0; i < sizeof briefs / sizeof *briefs; i++) {
			struct bench bench;
			struct answers answers;

			lay(&bench, &briefs[i]);
			answers = decided(&bench, profile, SEED);
			for (size_t n = 0; n < answers.count; n++) {
				assert_string_equal(answers.rows[n].envelope.kind,
						    n == 0 ? "ACK" : parties[p].kind);
				check_grammar(&answers.rows[n]);
			}
			clear(&bench);
		}
		profile_free(profile);
	}
}

static void test_a_refusing_receipt_follows_its_grammar(void **state)
{
	struct profile *profile = of_the_house("adapters/mof.xml");
	struct bench bench;
	struct answers answers;
	struct failure why;

	(void)state;
	lay(&bench, &shrimp);
	reject(&why, "XML-003", "a DOCTYPE");
	decide_refuse(&answers, bench.arena, profile, &bench.envelope, &why);
	check_grammar(&answers.rows[0]);
	clear(&bench);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_request_gets_the_same_answers_to_the_byte),
		cmocka_unit_test(test_another_seed_or_request_gets_other_answers),
		cmocka_unit_test(test_a_replayed_reference_draws_the_same_under_a_new_message_id),
		cmocka_unit_test(test_the_first_row_that_fits_decides),
		cmocka_unit_test(
			test_ten_thousand_references_fall_into_the_channels_as_often_as_stated),
		cmocka_unit_test(test_two_draws_know_nothing_of_one_another),
		cmocka_unit_test(
			test_a_share_that_its_condition_leaves_unused_falls_to_no_other_share),
		cmocka_unit_test(test_times_fill_their_window_and_add_up),
		cmocka_unit_test(test_every_answer_is_written_from_the_request_alone),
		cmocka_unit_test(test_a_release_cites_every_item),
		cmocka_unit_test(test_quarantine_issues_a_certificate_for_what_is_there),
		cmocka_unit_test(test_prohibited_goods_are_refused_with_code_reason_and_hint),
		cmocka_unit_test(test_an_item_is_cited_as_its_declarant_numbered_it),
		cmocka_unit_test(test_an_issued_document_is_numbered_and_dated_by_its_step),
		cmocka_unit_test(test_no_two_certificates_have_one_number),
		cmocka_unit_test(test_a_number_that_grows_too_long_is_a_fault_and_no_answer),
		cmocka_unit_test(test_what_is_for_information_gets_the_technical_receipt_alone),
		cmocka_unit_test(test_a_row_without_steps_says_nothing_but_the_receipt),
		cmocka_unit_test(test_a_silent_row_says_what_is_on_the_way_and_nothing_more),
		cmocka_unit_test(test_waits_come_before_the_first_step_or_in_place_of_them_all),
		cmocka_unit_test(test_one_validity_holds_for_all_documents_that_have_an_end),
		cmocka_unit_test(test_a_step_that_is_left_out_takes_no_time),
		cmocka_unit_test(test_a_step_that_sends_makes_a_message_of_that_kind),
		cmocka_unit_test(
			test_documents_that_are_not_called_alike_have_numbers_of_their_own),
		cmocka_unit_test(test_nonsense_of_a_sheet_is_a_fault_and_nothing_is_sent),
		cmocka_unit_test(test_what_cannot_be_acted_on_gets_a_receipt_that_says_why),
		cmocka_unit_test(test_every_answer_of_the_house_follows_its_grammar),
		cmocka_unit_test(test_a_refusing_receipt_follows_its_grammar),
	};

	return cmocka_run_group_tests(tests, read_grammars, free_grammars);
}
