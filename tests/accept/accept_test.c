/* The pure stages, each with messages that reach it and go no further. */
#include "accept/bench.h"

/* ---- refused for what the envelope says --------------------------------------------------- */

static void wrong_instance(struct letter *letter)
{
	letter->envelope.to = "NSW-LA";
}

static void live(struct letter *letter)
{
	letter->envelope.environment = "LIVE";
}

static void from_the_future(struct letter *letter)
{
	letter->envelope.created += HOUR;
	letter->envelope.expires += HOUR;
}

static void just_in_time(struct letter *letter)
{
	letter->envelope.created = MORNING + MINUTE + 5 * MINUTE;
}

static void too_old(struct letter *letter)
{
	letter->envelope.created = MORNING - HOUR;
	letter->envelope.expires = MORNING;
}

static void effective_in_years(struct letter *letter)
{
	letter->envelope.effective = MORNING + 367 * DAY;
}

static void expiring_now(struct letter *letter)
{
	letter->envelope.expires = MORNING + MINUTE;
}

static void in_anothers_name(struct letter *letter)
{
	letter->envelope.from = RIVAL;
}

static void on_anothers_connection(struct letter *letter)
{
	letter->from = RIVAL;
}

static void announced_as_receipt(struct letter *letter)
{
	letter->envelope.kind = "ACK";
}

static void unknown_root(struct letter *letter)
{
	letter->payload = "<Declaration xmlns='urn:nsw:dec-imp:9'/>";
	letter->payload_length = strlen(letter->payload);
}

static void with_doctype(struct letter *letter)
{
	letter->payload = arena_printf(letter->arena, "<!DOCTYPE Declaration [<!ENTITY a 'b'>]>%s",
				       strchr(letter->payload, '\n') + 1);
	letter->payload_length = strlen(letter->payload);
}

static void not_well_formed(struct letter *letter)
{
	letter->payload_length -= 3;
}

static void empty(struct letter *letter)
{
	letter->payload_length = 0;
}

/* A response to nothing, which only customs or the gateway may send. */
static void as_if_customs(struct letter *letter)
{
	struct envelope nothing = { .id = letter->envelope.id,
				    .conversation = letter->envelope.conversation,
				    .created = MORNING,
				    .expires = MORNING + DAY };

	*letter = *letter_reply(letter->arena, letter->from, &nothing, &released);
}

static void cover_text(struct letter *letter, const char *old, const char *new)
{
	const char *cover = arena_copy(letter->arena, letter->cover.start, letter->cover.length);

	cover = replaced(letter->arena, cover, old, new);
	letter->cover.start = (const unsigned char *)cover;
	letter->cover.length = strlen(cover);
}

static void commented(struct letter *letter)
{
	cover_text(letter, "</Kind>", "</Kind><!-- hello -->");
}

static void with_a_guest(struct letter *letter)
{
	cover_text(letter, "</Kind>", "</Kind><Guest/>");
}

static void without_uuid(struct letter *letter)
{
	cover_text(letter, letter->envelope.id, "number one");
}

static void living_too_long(struct letter *letter)
{
	cover_text(letter, "<Expires>2014-02", "<Expires>2014-04");
}

static void envelope_with_doctype(struct letter *letter)
{
	cover_text(letter, "<Envelope", "<!DOCTYPE Envelope><Envelope");
}

static void no_envelope(struct letter *letter)
{
	letter->cover.start = (const unsigned char *)"<Parcel/>";
	letter->cover.length = strlen("<Parcel/>");
}

static void unsigned_(struct letter *letter)
{
	const char *cover = arena_copy(letter->arena, letter->cover.start, letter->cover.length);
	const char *open = strstr(cover, "<Signature"), *close;

	if (open == NULL)
		open = strstr(cover, "<ds:Signature");
	assert_non_null(open);
	close = strstr(open, "</Envelope>");
	assert_non_null(close);
	cover = arena_printf(letter->arena, "%.*s%s", (int)(open - cover), cover, close);
	letter->cover.start = (const unsigned char *)cover;
	letter->cover.length = strlen(cover);
}

static void one_byte_more(struct letter *letter)
{
	letter->payload = arena_printf(letter->arena, "%s\n", letter->payload);
	letter->payload_length++;
}

static void one_byte_other(struct letter *letter)
{
	letter->payload = replaced(letter->arena, letter->payload, "302.5", "302.6");
}

static void created_before(struct letter *letter)
{
	cover_text(letter, "<Created>2014-02-26T02:00:00.000Z",
		   "<Created>2014-02-26T01:00:00.000Z");
}

typedef void spoiling(struct letter *letter);

struct spoiled {
	const char *stage, *code;
	spoiling *before; /* it is sealed; NULL: nothing */
	const char *signer;
	spoiling *after;
};

static const struct spoiled spoiled[] = {
	{ "open", "ENV-001", NULL, NULL, no_envelope },
	{ "open", "ENV-001", NULL, NULL, with_a_guest },
	{ "open", "ENV-002", NULL, NULL, without_uuid },
	{ "open", "ENV-003", NULL, NULL, commented },
	{ "open", "ENV-004", NULL, NULL, living_too_long },
	{ "open", "XML-003", NULL, NULL, envelope_with_doctype },
	{ "open", "PTY-001", in_anothers_name, RIVAL, NULL },
	{ "open", "PTY-001", in_anothers_name, TRADER, NULL },
	{ "open", "PTY-001", NULL, NULL, on_anothers_connection },
	{ "open", "PTY-003", wrong_instance, NULL, NULL },
	{ "open", "ENV-006", live, NULL, NULL },
	{ "date", "ENV-007", from_the_future, NULL, NULL },
	{ "date", "ENV-008", too_old, NULL, NULL },
	{ "date", "ENV-008", expiring_now, NULL, NULL },
	{ "date", "ENV-009", effective_in_years, NULL, NULL },
	{ "verify", "ENV-005", NULL, NULL, one_byte_more },
	{ "verify", "SIG-001", NULL, NULL, unsigned_ },
	{ "verify", "SIG-002", NULL, NULL, one_byte_other },
	{ "verify", "SIG-002", NULL, NULL, created_before },
	{ "verify", "SIG-019", NULL, RIVAL, NULL },
	{ "verify", "SIG-019", NULL, GATEWAY, NULL },
	{ "parse", "XML-003", with_doctype, NULL, NULL },
	{ "parse", "XML-001", not_well_formed, NULL, NULL },
	{ "parse", "XML-009", empty, NULL, NULL },
	{ "recognise", "KND-001", unknown_root, NULL, NULL },
	{ "recognise", "KND-002", announced_as_receipt, NULL, NULL },
	{ "recognise", "KND-003", as_if_customs, NULL, NULL },
	{ NULL, NULL, just_in_time, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

static void test_each_stage_refuses_by_a_code_of_its_own(void **state)
{
	struct bench *bench = *state;

	for (size_t i = 0; i < COUNT_OF(spoiled); i++) {
		struct letter *letter = good_letter(bench);

		if (spoiled[i].before != NULL)
			spoiled[i].before(letter);
		letter_seal(letter, spoiled[i].signer);
		if (spoiled[i].after != NULL)
			spoiled[i].after(letter);
		if (spoiled[i].stage == NULL)
			assert_passes(bench, letter);
		else
			assert_stops(bench, letter, spoiled[i].stage, spoiled[i].code);
	}
}

static void test_a_large_payload_is_refused_politely_and_by_name(void **state)
{
	struct bench *bench = *state;
	struct letter *letter = good_letter(bench);

	letter_seal(letter, NULL);
	bench->settings.polite_limit = (int64_t)letter->payload_length;
	assert_passes(bench, letter);
	bench->settings.polite_limit--;
	assert_stops(bench, letter, "open", "PLD-001");
	assert_true(bench->message->opened); /* so that the refusal can name it */
	no_envelope(letter);
	assert_stops(bench, letter, "open", "PLD-001");
	assert_false(bench->message->opened);
}

/* The certificate is good for what it signed in December, and no longer in January. */
static void test_a_certificate_is_good_at_gateway_time_or_not_at_all(void **state)
{
	struct bench *bench = *state;
	struct letter *letter = good_letter(bench);
	gateway_time end;

	assert_true(time_parse("2050-01-01T00:00:00Z", &end, NULL));
	letter->envelope.created = end - 2 * DAY;
	letter->envelope.expires = end + 10 * DAY;
	letter_seal(letter, NULL);
	bench->at = end + DAY;
	assert_stops(bench, letter, "verify", "SIG-011");
}

/* ---- refused for what the payload says ---------------------------------------------------- */

static struct letter *from_corpus(struct bench *bench, const char *file)
{
	struct text text = TEXT_EMPTY;
	struct failure why;
	struct letter *letter;

	must(text_read_file(&text, arena_printf(bench->arena, "tests/corpus/dec-imp/%s", file),
			    1 << 20, &why),
	     &why);
	letter = letter_sealed(bench->arena, TRADER, "DEC-IMP",
			       arena_copy(bench->arena, text.bytes, text.length));
	text_free(&text);
	return letter;
}

static size_t count_of(const struct findings *findings, const char *prefix)
{
	size_t count = 0;

	for (const struct finding *finding = findings->first; finding != NULL;
	     finding = finding->next)
		count += strncmp(finding->code, prefix, strlen(prefix)) == 0;
	return count;
}

static void test_every_breach_of_the_schema_is_told(void **state)
{
	struct bench *bench = *state;
	char *text = declaration(bench->arena, MACHINE, "R1");

	text = replaced(bench->arena, text, "<TypeCode>A12</TypeCode>",
			"<TypeCode>a-12</TypeCode>");
	text = replaced(bench->arena, text, "<TotalPackageQuantity>6</TotalPackageQuantity>",
			"<TotalPackageQuantity>six</TotalPackageQuantity>");
	text = replaced(bench->arena, text, "currencyID=\"JPY\"", "");
	assert_stops(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP", text), "validate",
		     "XSD-020");
	assert_int_equal(bench->message->findings.errors, 3);
	assert_int_equal(count_of(&bench->message->findings, "XSD-"), 3);
}

static void test_every_rule_that_is_broken_is_told(void **state)
{
	struct bench *bench = *state;
	char *text = declaration(bench->arena, MACHINE, "R1");

	text = replaced(bench->arena, text, "<TotalPackageQuantity>6<", "<TotalPackageQuantity>7<");
	text = replaced(bench->arena, text, "<GoodsItemQuantity>3<", "<GoodsItemQuantity>4<");
	text = replaced(bench->arena, text, "<TypeCode>A12<", "<TypeCode>B11<");
	assert_stops(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP", text), "check",
		     "TOT-01");
	assert_int_equal(bench->message->findings.errors, 3);
	assert_int_equal(count_of(&bench->message->findings, "TOT-"), 2);
	assert_int_equal(count_of(&bench->message->findings, "COD-02"), 1);
}

static void test_a_rule_refuses_by_its_id(void **state)
{
	static const struct {
		const char *file, *code;
	} rows[] = {
		{ "COD-01/no-such-subheading.xml", "COD-01" },
		{ "COD-02/a-kind-of-export.xml", "COD-02" },
		{ "COD-03/no-such-office.xml", "COD-03" },
		{ "AMC-05/a-cancellation-without-reason.xml", "AMC-05" },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_stops(bench, from_corpus(bench, rows[i].file), "check", rows[i].code);
}

/* ---- what goes back ----------------------------------------------------------------------- */

/* Signed by the gateway, well-formed by the receipt's own schema. */
static struct envelope answer(struct bench *bench)
{
	struct message *message = bench->message;
	const struct kind *ack = kinds_named(people_house.kinds, "ACK");
	struct document *document;
	struct findings findings;
	struct failure why;

	must(accept_answer(&bench->house, message, &why), &why);
	must(document_parse(&document, "answer", message->answer_payload.start,
			    message->answer_payload.length, &document_limits_message, &why),
	     &why);
	findings_start(&findings, bench->arena);
	must(kind_validate(ack, document, &findings, &why), &why);
	document_free(document);
	if (findings.errors != 0)
		fail_msg("%s\n%s", findings.first->text,
			 (const char *)message->answer_payload.start);
	return opened(bench->arena, message->answer_envelope.start, message->answer_envelope.length,
		      message->answer_payload.start, message->answer_payload.length, bench->at);
}

static const char *said(struct bench *bench, const char *name)
{
	return element_text(bench->arena, bench->message->answer_payload.start,
			    bench->message->answer_payload.length, name);
}

static size_t errors_told(struct bench *bench)
{
	return elements(bench->message->answer_payload.start, bench->message->answer_payload.length,
			"Error");
}

static void test_a_receipt_says_what_is_known_without_the_past(void **state)
{
	struct bench *bench = *state;
	struct letter *letter = good_letter(bench);
	struct envelope first, second;

	letter->envelope.run = "evening";
	letter_seal(letter, NULL);
	assert_passes(bench, letter);
	first = answer(bench);
	assert_string_equal(first.kind, "ACK");
	assert_string_equal(first.to, TRADER);
	assert_string_equal(first.ref, letter->envelope.id);
	assert_string_equal(first.run, "evening");
	assert_int_equal(first.created, bench->at);
	assert_string_equal(first.origin, bench->message->digest_hex);
	assert_string_equal(said(bench, "ResultCode"), "AB");
	assert_string_equal(said(bench, "DigestValue"), bench->message->digest_hex);
	assert_string_equal(said(bench, "RefToMessageID"), letter->envelope.id);
	assert_string_equal(said(bench, "FunctionalReferenceID"), "R1");
	assert_int_equal(errors_told(bench), 0);

	letter_seal(letter, NULL); /* signed again it is the same message */
	assert_passes(bench, letter);
	second = answer(bench);
	assert_string_equal(first.id, second.id);
	assert_string_equal(first.origin, second.origin);
}

static void test_a_refusal_names_every_finding(void **state)
{
	struct bench *bench = *state;
	char *text = declaration(bench->arena, MACHINE, "R1");

	text = replaced(bench->arena, text, "<TotalPackageQuantity>6<", "<TotalPackageQuantity>7<");
	text = replaced(bench->arena, text, "<GoodsItemQuantity>3<", "<GoodsItemQuantity>4<");
	(void)walk(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP", text));
	assert_string_equal(answer(bench).to, TRADER);
	assert_string_equal(said(bench, "ResultCode"), "RE");
	assert_int_equal(errors_told(bench), 2);
	assert_non_null(strstr((const char *)bench->message->answer_payload.start, "TOT-01"));
	assert_non_null(strstr((const char *)bench->message->answer_payload.start, "TOT-02"));
	assert_non_null(strstr((const char *)bench->message->answer_payload.start, "<Line>"));
}

static void test_every_refusal_is_signed_and_valid_and_names_its_code(void **state)
{
	struct bench *bench = *state;

	for (size_t i = 0; i < COUNT_OF(spoiled); i++) {
		struct letter *letter = good_letter(bench);

		if (spoiled[i].code == NULL)
			continue;
		if (spoiled[i].before != NULL)
			spoiled[i].before(letter);
		letter_seal(letter, spoiled[i].signer);
		if (spoiled[i].after != NULL)
			spoiled[i].after(letter);
		(void)walk(bench, letter);
		assert_string_equal(answer(bench).to, letter->from);
		assert_string_equal(said(bench, "ResultCode"), "RE");
		assert_string_equal(said(bench, "ValidationCode"), spoiled[i].code);
	}
}

static void test_who_could_not_be_read_is_answered_without_a_reference(void **state)
{
	struct bench *bench = *state;
	struct letter *letter = good_letter(bench);

	letter_seal(letter, NULL);
	no_envelope(letter);
	assert_stops(bench, letter, "open", "ENV-001");
	assert_null(answer(bench).ref);
	assert_null(said(bench, "RefToMessageID"));
	assert_null(said(bench, "DigestValue"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_BENCH(test_each_stage_refuses_by_a_code_of_its_own),
		AT_BENCH(test_a_large_payload_is_refused_politely_and_by_name),
		AT_BENCH(test_a_certificate_is_good_at_gateway_time_or_not_at_all),
		AT_BENCH(test_every_breach_of_the_schema_is_told),
		AT_BENCH(test_every_rule_that_is_broken_is_told),
		AT_BENCH(test_a_rule_refuses_by_its_id),
		AT_BENCH(test_a_receipt_says_what_is_known_without_the_past),
		AT_BENCH(test_a_refusal_names_every_finding),
		AT_BENCH(test_every_refusal_is_signed_and_valid_and_names_its_code),
		AT_BENCH(test_who_could_not_be_read_is_answered_without_a_reference),
	};

	return cmocka_run_group_tests(tests, people_gather, people_leave);
}
