#include "core/envelope.h"

#include <libxml/xmlschemas.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/document.h"
#include "core/envelope_grammar.h"
#include "core/keyring.h"
#include "core/signature.h"
#include "core/text.h"
#include "corpus.h"
#include "pki.h"
#include "signing.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DAY		INT64_C(86400000)
#define FEBRUARY_2014	INT64_C(1393372800000) /* 2014-02-26T00:00:00Z */
#define ID		"3f2504e0-4f89-41d3-9a0c-0305e82c3301"
#define CONVERSATION	"7c9e6679-7425-40de-944b-e07fc1f90ae7"
#define DIGEST_HEX	"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define PAYLOAD_BYTES	"<Declaration>\r\n1</Declaration>"

static struct keyring *keyring;
static xmlSchemaPtr schema;

/* ---- the grammar's two forms ---------------------------------------------------------- */

static int read_schema(void)
{
	struct document *document;
	xmlSchemaParserCtxtPtr parser;

	if (!document_allow_files("schemas/envelope", NULL) ||
	    !document_read(&document, "schemas/envelope/envelope.xsd", &document_limits_data, NULL))
		return -1;
	parser = xmlSchemaNewDocParserCtxt(document_tree(document));
	schema = xmlSchemaParse(parser);
	xmlSchemaFreeParserCtxt(parser);
	document_free(document);
	document_forbid_files();
	return schema != NULL ? 0 : -1;
}

static bool schema_accepts(const struct text *text)
{
	struct document *document;
	xmlSchemaValidCtxtPtr check = xmlSchemaNewValidCtxt(schema);
	bool accepted = document_parse(&document, "envelope", text->bytes, text->length,
				       &envelope_limits, NULL) &&
			xmlSchemaValidateDoc(check, document_tree(document)) == 0;

	xmlSchemaFreeValidCtxt(check);
	document_free(document);
	return accepted;
}

/* The code of a refusal, or "OK". */
static const char *verdict(const struct text *text, struct failure *why)
{
	struct arena *arena = arena_new();
	struct document *document;
	struct envelope envelope;
	bool parsed = envelope_parse(&envelope, &document, arena, text->bytes, text->length, why);

	if (parsed)
		document_free(document);
	else
		assert_null(document);
	arena_free(arena);
	return parsed ? "OK" : why->code;
}

/* Both forms must agree, where the schema can say anything at all. */
static void expect(const char *code, const struct text *text, const char *what)
{
	static const char *const beyond_schema[] = { "ENV-003", "ENV-004" };
	struct failure why = { 0 };
	const char *got = verdict(text, &why);
	bool valid = schema_accepts(text), claims = true;

	if (strcmp(got, code) != 0)
		fail_msg("%s: %s (%s at %s) instead of %s", what, got, why.text, why.place, code);
	if (strcmp(code, "OK") != 0 && (why.verdict != REJECT || why.place[0] == '\0'))
		fail_msg("%s: no place, or blamed on us", what);
	for (size_t i = 0; i < COUNT_OF(beyond_schema); i++)
		claims = claims && strcmp(code, beyond_schema[i]) != 0;
	if (claims && valid != (strcmp(code, "OK") == 0))
		fail_msg("%s: %s, but the schema finds it %s", what, code,
			 valid ? "valid" : "invalid");
}

static void test_every_file_of_the_corpus_gets_its_folders_code(void **state)
{
	static const char *const codes[] = { "OK",	"ENV-001", "ENV-002", "ENV-003",
					     "ENV-004", "XML-002", "XML-003", NULL };

	(void)state;
	corpus_walk("envelope", codes, expect);
}

#define FULL                                                                                       \
	"<Envelope xmlns=\"" ENVELOPE_NS "\"><MessageID>" ID                                       \
	"</MessageID><ConversationID>" CONVERSATION "</ConversationID><RefToMessageID>" ID         \
	"</RefToMessageID>"                                                                        \
	"<From>T1</From><To>NSW-VN</To><Kind>DEC-IMP</Kind><Environment>TEST</Environment>"        \
	"<Created>2014-02-26T00:00:00.000Z</Created><Expires>2014-03-05T00:00:00.000Z</Expires>"   \
	"<Effective>2014-02-27T08:30:00.250Z</Effective><Run>r</Run><Origin>" DIGEST_HEX           \
	"</Origin><Payload name=\"payload.xml\" mediaType=\"application/xml\" size=\"7012\"/>"     \
	"</Envelope>"

static void test_values_have_exact_bounds_in_code_and_schema(void **state)
{
	static const struct {
		const char *code, *from, *with;
	} rows[] = {
		{ "OK", ">T1<", ">1<" },
		{ "OK", ">T1<", ">a-<" },
		{ "OK", ">T1<", ">ABCDEFGHIJabcdefghij0123456789-----<" },
		{ "ENV-002", ">T1<", ">ABCDEFGHIJabcdefghij0123456789------<" },
		{ "ENV-002", ">T1<", ">-1<" },
		{ "ENV-002", ">T1<", ">T.1<" },
		{ "ENV-002", ">T1<", ">T_1<" },
		{ "ENV-002", ">T1<", ">T 1<" },
		{ "ENV-002", ">T1<", ">\xC2\xA0T<" }, /* no white space of XML's */
		{ "OK", ">T1<", ">\t T1\r\n<" },
		{ "OK", ">DEC-IMP<", ">A<" },
		{ "OK", ">DEC-IMP<", ">A1234567890123456-89<" },
		{ "ENV-002", ">DEC-IMP<", ">A12345678901234567890<" },
		{ "ENV-002", ">DEC-IMP<", ">1A<" },
		{ "ENV-002", ">DEC-IMP<", ">-A<" },
		{ "ENV-002", ">DEC-IMP<", ">DEc<" },
		{ "ENV-002", ">DEC-IMP<", "><" },
		{ "OK", ">TEST<", ">PARALLEL<" },
		{ "OK", ">TEST<", ">LIVE<" },
		{ "ENV-002", ">TEST<", ">test<" },
		{ "ENV-002", ">TEST<", ">TESTS<" },
		{ "OK", ">r<", ">.<" },
		{ "OK", ">r<", ">-_.aZ0----------------------------------<" },
		{ "ENV-002", ">r<", ">-_.aZ0-----------------------------------<" },
		{ "ENV-002", ">r<", ">a/b<" },
		{ "ENV-002", ">r<", "><" },
		{ "ENV-002", DIGEST_HEX, DIGEST_HEX "0" },
		{ "ENV-002", "9f86", "9g86" },
		{ "ENV-002", ID "</M", "3f2504e0-4f89-41d3-9a0c-0305e82c330</M" },
		{ "ENV-002", ID "</M", ID "0</M" },
		{ "ENV-002", ID "</M", "3f2504e04f89-41d3-9a0c--0305e82c3301</M" },
		{ "ENV-002", ID "</M", "3g2504e0-4f89-41d3-9a0c-0305e82c3301</M" },
		{ "OK", "08:30:00.250Z", "23:59:59.999Z" },
		{ "OK", "2014-02-27T", "2999-12-31T" },
		{ "OK", "2014-02-27T", "2000-02-29T" },
		{ "ENV-002", "2014-02-27T", "2100-02-29T" },
		{ "ENV-002", "2014-02-27T", "2014-02-29T" },
		{ "ENV-002", "2014-02-27T", "2014-04-31T" },
		{ "ENV-002", "2014-02-27T", "2014-13-01T" },
		{ "ENV-002", "2014-02-27T", "2014-00-01T" },
		{ "ENV-002", "2014-02-27T", "2014-01-00T" },
		{ "ENV-002", "2014-02-27T", "1999-12-31T" },
		{ "ENV-002", "2014-02-27T", "3000-01-01T" },
		{ "ENV-002", "2014-02-27T", "0000-01-01T" },
		{ "ENV-002", "2014-02-27T", "-2014-02-27T" },
		{ "ENV-002", "2014-02-27T", "22014-02-27T" },
		{ "ENV-002", "2014-02-27T08", "2014-02-27 08" },
		{ "ENV-002", "2014-02-27T08", "2014-02-27T24" },
		{ "ENV-002", "08:30:00.250Z", "24:00:00.000Z" },
		{ "ENV-002", "08:30:00.250Z", "08:60:00.250Z" },
		{ "ENV-002", "08:30:00.250Z", "08:30:60.250Z" },
		{ "ENV-002", "08:30:00.250Z", "08:30:00.25Z" },
		{ "ENV-002", "08:30:00.250Z", "08:30:00.2500Z" },
		{ "ENV-002", "08:30:00.250Z", "08:30:00Z" },
		{ "ENV-002", "08:30:00.250Z", "08:30Z" },
		{ "ENV-002", "08:30:00.250Z", "08:30:00.250" },
		{ "ENV-002", "08:30:00.250Z", "08:30:00.250+00:00" },
		{ "ENV-002", "08:30:00.250Z", "08:30:00.250z" },
		{ "ENV-002", "08:30:00.250Z", "08:30:00,250Z" },
		{ "ENV-002", "08:30:00.250Z", "\xD9\xA0\xD9\xA8:30:00.250Z" }, /* Arabic digits */
		{ "OK", "\"7012\"", "\"0\"" },
		{ "OK", "\"7012\"", "\"999999999\"" },
		{ "ENV-002", "\"7012\"", "\"1000000000\"" },
		{ "ENV-002", "\"7012\"", "\"00\"" },
		{ "ENV-002", "\"7012\"", "\"+1\"" },
		{ "ENV-002", "\"7012\"", "\"1.0\"" },
		{ "ENV-002", "\"7012\"", "\"\"" },
		{ "OK", "application/xml", "a/0" },
		{ "OK", "application/xml", "application/vnd.nsw-1+xml" },
		{ "ENV-002", "application/xml", "Application/xml" },
		{ "ENV-002", "application/xml", "application" },
		{ "ENV-002", "application/xml", "application/" },
		{ "ENV-002", "application/xml", "/xml" },
		{ "ENV-002", "application/xml", "text/xml/xml" },
		{ "ENV-002", "application/xml", "abcdefghijklmnopqrstu/xml" },
		{ "OK", "application/xml", "abcdefghijklmnopqrst/xml" },
		{ "ENV-002", "\"payload.xml\"", "\"Payload.xml\"" },
		{ "ENV-002", "\"payload.xml\"", "\"\"" },
		{ "ENV-001", "size=\"7012\"/>", "size=\"7012\"> </Payload>" },
		{ "ENV-001", "<From>T1</From>", "" },
		{ "OK", "<Run>r</Run>", "" },
		{ "ENV-001", "<Run>r</Run>", "<Run>r</Run><Run>r</Run>" },
		{ "ENV-001", "<Run>r</Run>", "<run>r</run>" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text text = TEXT_EMPTY;

		text_add(&text, FULL);
		text_replace(&text, rows[i].from, NULL, rows[i].with);
		expect(rows[i].code, &text, rows[i].with);
		text_free(&text);
	}
}

static void test_a_refusal_says_where(void **state)
{
	static const struct {
		const char *from, *with, *line;
	} rows[] = {
		{ ">T1<", ">T 1<",
		  "/Envelope/From: ENV-002: \"T 1\" is not a party id (letters, digits, '-'; at "
		  "most 35)" },
		{ "<From>T1</From>", "", "/Envelope/To: ENV-001: From must stand here, not To" },
		{ "</Envelope>", "<Cc/></Envelope>",
		  "/Envelope/Cc: ENV-001: Cc has no place here" },
		{ "<Run>", "<Run a=\"1\">", "/Envelope/Run: ENV-001: Run may have no attribute" },
		{ ">T1<", "><!-- -->T1<",
		  "/Envelope/From: ENV-003: an envelope may hold no comment, CDATA or processing "
		  "instruction" },
		{ "2014-03-05", "2015-03-05",
		  "/Envelope/Expires: ENV-004: Expires must be after Created, and at most 31 days "
		  "after it" },
		{ FULL, "<Envelope xmlns=\"" ENVELOPE_NS "\"/>",
		  "/Envelope: ENV-001: MessageID is missing" },
		{ FULL, "<Envelope>",
		  "envelope:1: XML-001: not well-formed: Premature end of data "
		  "in tag Envelope line 1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text text = TEXT_EMPTY;
		struct failure why;
		char line[1024];

		text_add(&text, FULL);
		text_replace(&text, rows[i].from, NULL, rows[i].with);
		verdict(&text, &why);
		assert_string_equal(failure_line(&why, line, sizeof line), rows[i].line);
		text_free(&text);
	}
}

static void test_every_field_is_read(void **state)
{
	struct arena *arena = arena_new();
	struct document *document;
	struct envelope envelope;

	(void)state;
	assert_true(envelope_parse(&envelope, &document, arena, FULL, sizeof FULL - 1, NULL));
	document_free(document); /* the strings do not need it */
	assert_string_equal(envelope.id, ID);
	assert_string_equal(envelope.conversation, CONVERSATION);
	assert_string_equal(envelope.ref, ID);
	assert_string_equal(envelope.from, "T1");
	assert_string_equal(envelope.to, "NSW-VN");
	assert_string_equal(envelope.kind, "DEC-IMP");
	assert_string_equal(envelope.environment, "TEST");
	assert_int_equal(envelope.created, FEBRUARY_2014);
	assert_int_equal(envelope.expires, FEBRUARY_2014 + 7 * DAY);
	assert_int_equal(envelope.effective, FEBRUARY_2014 + DAY + 30600250);
	assert_string_equal(envelope.run, "r");
	assert_string_equal(envelope.origin, DIGEST_HEX);
	assert_string_equal(envelope.payload_type, "application/xml");
	assert_int_equal(envelope.payload_size, 7012);
	arena_free(arena);
}

/* ---- sealing -------------------------------------------------------------------------- */

static struct envelope sample(void)
{
	return (struct envelope){
		.id = ID,
		.conversation = CONVERSATION,
		.from = "T1",
		.to = "NSW-VN",
		.kind = "DEC-IMP",
		.environment = "TEST",
		.created = FEBRUARY_2014,
		.expires = FEBRUARY_2014 + 7 * DAY,
	};
}

static struct text sealed(const struct envelope *envelope, const struct signing_key *key)
{
	struct text text = TEXT_EMPTY;
	struct failure why;

	if (!envelope_seal(&text, envelope, PAYLOAD_BYTES, sizeof PAYLOAD_BYTES - 1, key, &why))
		fail_msg("%s %s", why.code, why.text);
	return text;
}

static void test_what_is_sealed_is_compact_and_the_same_each_time(void **state)
{
	static const char start[] =
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<Envelope xmlns=\"urn:nsw:envelope:1\"><MessageID>" ID "</MessageID>"
		"<ConversationID>" CONVERSATION "</ConversationID><From>T1</From><To>NSW-VN</To>"
		"<Kind>DEC-IMP</Kind><Environment>TEST</Environment>"
		"<Created>2014-02-26T00:00:00.000Z</Created>"
		"<Expires>2014-03-05T00:00:00.000Z</Expires>"
		"<Payload name=\"payload.xml\" mediaType=\"application/xml\" size=\"30\"/>"
		"<ds:Signature ";
	struct envelope envelope = sample();
	struct text one = sealed(&envelope, signing_key("rsa2048"));
	struct text two = sealed(&envelope, signing_key("rsa2048"));

	(void)state;
	assert_memory_equal(one.bytes, start, sizeof start - 1);
	assert_string_equal(one.bytes, two.bytes);
	expect("OK", &one, "a sealed envelope");
	text_free(&one);
	text_free(&two);
}

static void test_what_is_sealed_is_read_back(void **state)
{
	struct envelope envelope = sample(), back;
	struct arena *arena = arena_new();
	struct document *document;
	struct text text;

	(void)state;
	envelope.ref = CONVERSATION;
	envelope.effective = FEBRUARY_2014 + DAY;
	envelope.run = "nightly";
	envelope.origin = DIGEST_HEX;
	envelope.payload_type = "text/plain";
	text = sealed(&envelope, signing_key("p256"));
	expect("OK", &text, "with everything");
	assert_true(envelope_parse(&back, &document, arena, text.bytes, text.length, NULL));
	assert_string_equal(back.ref, envelope.ref);
	assert_string_equal(back.run, envelope.run);
	assert_string_equal(back.origin, envelope.origin);
	assert_string_equal(back.payload_type, envelope.payload_type);
	assert_int_equal(back.effective, envelope.effective);
	assert_int_equal(back.payload_size, sizeof PAYLOAD_BYTES - 1);
	document_free(document);
	text_free(&text);

	envelope = sample();
	text = sealed(&envelope, signing_key("p256"));
	assert_true(envelope_parse(&back, &document, arena, text.bytes, text.length, NULL));
	assert_null(back.ref);
	assert_null(back.run);
	assert_null(back.origin);
	assert_int_equal(back.effective, 0);
	document_free(document);
	text_free(&text);
	arena_free(arena);
}

static void test_the_judge_accepts_what_is_sealed(void **state)
{
	static const char *const keys[] = { "rsa2048", "rsa3072", "p256", "p384" };
	struct envelope envelope = sample();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		struct text text = sealed(&envelope, signing_key(keys[i]));

		assert_true(judge_accepts(&text, PAYLOAD_BYTES, sizeof PAYLOAD_BYTES - 1));
		text_replace(&text, "T1", NULL, "MARD");
		assert_false(judge_accepts(&text, PAYLOAD_BYTES, sizeof PAYLOAD_BYTES - 1));
		text_free(&text);
	}
}

static void test_we_never_send_what_we_would_refuse(void **state)
{
	struct envelope bad[14];
	struct text out = TEXT_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		bad[i] = sample();
	bad[0].id = NULL;
	bad[1].id = "3F2504E0-4F89-41D3-9A0C-0305E82C3301";
	bad[2].conversation = "";
	bad[3].ref = "42";
	bad[4].from = "T 1";
	bad[5].to = "<";
	bad[6].kind = "dec";
	bad[7].environment = "PROD";
	bad[8].run = "a\nb";
	bad[9].origin = "00";
	bad[10].payload_type = "xml";
	bad[11].effective = -1; /* 1969 */
	bad[12].expires = bad[12].created;
	bad[13].expires += 31 * DAY;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct failure why;

		assert_false(envelope_seal(&out, &bad[i], "x", 1, signing_key("p256"), &why));
		assert_string_equal(why.code, i < 12 ? "ENV-002" : "ENV-004");
		assert_int_equal(why.verdict, FAULT);
	}
	assert_null(out.bytes);
}

/* ---- opening -------------------------------------------------------------------------- */

static int open_all(void **state)
{
	if (signing_open(state) != 0 || read_schema() != 0 || pki_make(state) != 0)
		return -1;
	keyring = pki_open(pki_path("pki"));
	return 0;
}

static int close_all(void **state)
{
	keyring_close(keyring);
	xmlSchemaFree(schema);
	return pki_remove(state) | signing_close(state);
}

static const struct signing_key *key_of(const char *party)
{
	const struct signing_key *key;
	struct failure why;

	if (!keyring_signing_key(keyring, party, FEBRUARY_2014, &key, &why))
		fail_msg("%s %s", why.code, why.text);
	return key;
}

/* The code of a refusal, or "OK". */
static const char *opens(const struct text *text, const char *payload, size_t length,
			 gateway_time now, struct digest *digest)
{
	static struct failure why;
	struct arena *arena = arena_new();
	struct signature signature;
	struct envelope envelope;
	bool opened = envelope_open(&envelope, &signature, arena, text->bytes, text->length,
				    payload, length, keyring, now, &why);

	if (opened) {
		assert_string_equal(signature.signer, envelope.from);
		assert_string_equal(envelope.id, ID);
		*digest = envelope_digest(&signature);
	}
	arena_free(arena);
	return opened ? "OK" : why.code;
}

static void test_a_receiver_opens_what_its_sender_sealed(void **state)
{
	static const char *const parties[] = { "T1", "T2", "MARD" }; /* P-256, P-384, RSA */
	struct digest digest;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parties); i++) {
		struct envelope envelope = sample();
		struct text text;

		envelope.from = parties[i];
		text = sealed(&envelope, key_of(parties[i]));
		assert_string_equal(opens(&text, PAYLOAD_BYTES, sizeof PAYLOAD_BYTES - 1,
					  FEBRUARY_2014 + DAY, &digest),
				    "OK");
		text_free(&text);
	}
}

static void test_a_receiver_refuses_by_name(void **state)
{
	enum { WHOLE = sizeof PAYLOAD_BYTES - 1 };
	static const struct {
		const char *code, *from, *through, *with; /* an edit of the sealed envelope */
		const char *payload;
		size_t length;
		gateway_time now;
	} rows[] = {
		{ "OK", "T1", NULL, "T1", PAYLOAD_BYTES, WHOLE, FEBRUARY_2014 },
		{ "SIG-001", "<ds:Signature", "</ds:Signature>", "", PAYLOAD_BYTES, WHOLE,
		  FEBRUARY_2014 },
		{ "ENV-005", "T1", NULL, "T1", PAYLOAD_BYTES, WHOLE - 1, FEBRUARY_2014 },
		{ "ENV-005", "T1", NULL, "T1", NULL, 0, FEBRUARY_2014 },
		{ "ENV-001", "<From>", "</From>", "", PAYLOAD_BYTES, WHOLE, FEBRUARY_2014 },
		{ "ENV-003", "<From>", NULL, "<From><!---->", PAYLOAD_BYTES, WHOLE, FEBRUARY_2014 },
		{ "SIG-002", "T1", NULL, "MARD", PAYLOAD_BYTES, WHOLE, FEBRUARY_2014 },
		{ "SIG-002", "T1", NULL, "T1", "<Declaration>\r\n2</Declaration>", WHOLE,
		  FEBRUARY_2014 },
		{ "SIG-011", "T1", NULL, "T1", PAYLOAD_BYTES, WHOLE,
		  FEBRUARY_2014 + INT64_C(36) * 366 * DAY },
		{ "XML-003", "<Envelope", NULL, "<!DOCTYPE Envelope><Envelope", PAYLOAD_BYTES,
		  WHOLE, FEBRUARY_2014 },
	};
	struct envelope envelope = sample();
	struct text original = sealed(&envelope, key_of("T1"));
	struct digest digest;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text text = TEXT_EMPTY;

		text_add(&text, original.bytes);
		text_replace(&text, rows[i].from, rows[i].through, rows[i].with);
		assert_string_equal(
			opens(&text, rows[i].payload, rows[i].length, rows[i].now, &digest),
			rows[i].code);
		text_free(&text);
	}
	text_free(&original);
}

static void test_nobody_signs_in_anothers_name(void **state)
{
	struct envelope envelope = sample();
	struct digest digest;
	struct text text;

	(void)state;
	text = sealed(&envelope, key_of("MARD")); /* from T1 */
	assert_string_equal(
		opens(&text, PAYLOAD_BYTES, sizeof PAYLOAD_BYTES - 1, FEBRUARY_2014, &digest),
		"SIG-019");
	text_free(&text);

	text = sealed(&envelope, signing_key("p256")); /* a CA we do not hold */
	assert_string_equal(
		opens(&text, PAYLOAD_BYTES, sizeof PAYLOAD_BYTES - 1, FEBRUARY_2014, &digest),
		"SIG-010");
	text_free(&text);
}

static void test_the_certificate_must_have_been_valid_at_creation(void **state)
{
	struct envelope envelope = sample();
	struct digest digest;
	struct text text;

	(void)state;
	envelope.created = FEBRUARY_2014 - 10 * 365 * DAY;
	envelope.expires = envelope.created + DAY;
	text = sealed(&envelope, key_of("T1"));
	assert_string_equal(
		opens(&text, PAYLOAD_BYTES, sizeof PAYLOAD_BYTES - 1, FEBRUARY_2014, &digest),
		"SIG-012");
	text_free(&text);
}

static void test_a_message_signed_again_is_the_same_message(void **state)
{
	struct envelope envelope = sample();
	struct text one = sealed(&envelope, key_of("T1")), two = sealed(&envelope, key_of("T1"));
	struct digest first, second, third;

	(void)state;
	assert_string_not_equal(one.bytes, two.bytes); /* ECDSA draws */
	assert_string_equal(
		opens(&one, PAYLOAD_BYTES, sizeof PAYLOAD_BYTES - 1, FEBRUARY_2014, &first), "OK");
	assert_string_equal(
		opens(&two, PAYLOAD_BYTES, sizeof PAYLOAD_BYTES - 1, FEBRUARY_2014, &second), "OK");
	assert_memory_equal(&first, &second, sizeof first);
	text_free(&two);

	envelope.expires++;
	two = sealed(&envelope, key_of("T1"));
	assert_string_equal(
		opens(&two, PAYLOAD_BYTES, sizeof PAYLOAD_BYTES - 1, FEBRUARY_2014, &third), "OK");
	assert_memory_not_equal(&first, &third, sizeof first);
	text_free(&one);
	text_free(&two);
}

static void test_a_payload_may_be_empty(void **state)
{
	struct envelope envelope = sample();
	struct text text = TEXT_EMPTY;
	struct digest digest;

	(void)state;
	assert_true(envelope_seal(&text, &envelope, NULL, 0, key_of("T1"), NULL));
	assert_string_equal(opens(&text, NULL, 0, FEBRUARY_2014, &digest), "OK");
	assert_string_equal(opens(&text, "", 0, FEBRUARY_2014, &digest), "OK");
	assert_string_equal(opens(&text, "x", 1, FEBRUARY_2014, &digest), "ENV-005");
	text_free(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_file_of_the_corpus_gets_its_folders_code),
		cmocka_unit_test(test_values_have_exact_bounds_in_code_and_schema),
		cmocka_unit_test(test_a_refusal_says_where),
		cmocka_unit_test(test_every_field_is_read),
		cmocka_unit_test(test_what_is_sealed_is_compact_and_the_same_each_time),
		cmocka_unit_test(test_what_is_sealed_is_read_back),
		cmocka_unit_test(test_the_judge_accepts_what_is_sealed),
		cmocka_unit_test(test_we_never_send_what_we_would_refuse),
		cmocka_unit_test(test_a_receiver_opens_what_its_sender_sealed),
		cmocka_unit_test(test_a_receiver_refuses_by_name),
		cmocka_unit_test(test_nobody_signs_in_anothers_name),
		cmocka_unit_test(test_the_certificate_must_have_been_valid_at_creation),
		cmocka_unit_test(test_a_message_signed_again_is_the_same_message),
		cmocka_unit_test(test_a_payload_may_be_empty),
	};

	document_setup();
	return cmocka_run_group_tests(tests, open_all, close_all);
}
