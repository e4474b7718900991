#include "core/signature.h"

#include <openssl/ecdsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/document.h"
#include "core/text.h"
#include "signing.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DSIG		"http://www.w3.org/2000/09/xmldsig#"
#define MORE		"http://www.w3.org/2001/04/xmldsig-more#"
#define SHA256_URI	"http://www.w3.org/2001/04/xmlenc#sha256"
#define C14N		"http://www.w3.org/2001/10/xml-exc-c14n#"
#define ENVELOPED	DSIG "enveloped-signature"

static const char *const good_keys[] = { "rsa2048", "rsa3072", "p256", "p384" };

/* ---- short words for the tests -------------------------------------------------------- */

struct payload {
	const char *bytes;
	size_t length;
};

#define PAYLOAD(literal)                                                                           \
	{                                                                                          \
		literal, sizeof literal - 1                                                        \
	}
#define NO_PAYLOAD ((struct payload){ NULL, 0 })

static struct document *parsed(const struct text *text)
{
	struct document *document;
	struct failure why;

	if (!document_parse(&document, "a.xml", text->bytes, text->length, &document_limits_data,
			    &why))
		fail_msg("%s %s: %s", why.code, why.text, text->bytes);
	return document;
}

/* `text` signed by us, instead. */
static void sign(struct text *text, const char *key, struct payload payload)
{
	struct document *document = parsed(text);
	struct failure why;

	if (!signature_add(document_tree(document), payload.bytes, payload.length, signing_key(key),
			   &why))
		fail_msg("%s %s", why.code, why.text);
	text_clear(text);
	tree_text(text, document_tree(document));
	document_free(document);
}

static struct text signed_text(const char *text, const char *key, struct payload payload)
{
	struct text result = TEXT_EMPTY;

	text_add(&result, text);
	sign(&result, key, payload);
	return result;
}

/* The code of a refusal, or "OK". */
static const char *verdict(const struct text *text, struct payload payload, struct failure *why)
{
	struct document *document = parsed(text);
	struct arena *arena = arena_new();
	struct signature signature;
	bool verified = signature_verify(&signature, arena, document_tree(document), payload.bytes,
					 payload.length, why);

	if (!verified)
		assert_int_equal(why->verdict, REJECT);
	arena_free(arena);
	document_free(document);
	return verified ? "OK" : why->code;
}

static void expect(const char *code, const struct text *text, struct payload payload,
		   const char *what)
{
	struct failure why = { 0 };
	const char *got = verdict(text, payload, &why);

	if (strcmp(got, code) != 0)
		fail_msg("%s: %s (%s at %s) instead of %s", what, got, why.text, why.place, code);
}

/* ---- in agreement with the judge ------------------------------------------------------ */

/* <SIGN/> stands where a signature goes. */
static const char *const awkward[] = {
	"<e xmlns='urn:e'><a>plain</a><SIGN/></e>",
	"<e>\n  <a/>\n\n  <SIGN/>\n  \n</e>\n",
	"<p:e xmlns:p='urn:p' xmlns:q='urn:q' xmlns:unused='urn:u'>"
	"<q:a p:z='1' q:b='2' a='0' xmlns:q='urn:q2'><q:b xmlns:q='urn:q'/></q:a>"
	"<x><y xmlns='urn:y'><z xmlns=''/></y></x><SIGN/></p:e>",
	"<e z='1' a='&#9;&#10;&#13; &quot;&lt;&amp;>' m=\"it's\"\n b = '2'>&#13;&#x1F6A2;&gt;]]&gt;"
	"<SIGN/></e>",
	"<e>\r\n\t<a>line\r\nline\rline</a>\r\n<SIGN/>\r\n</e>\r\n",
	"<?before x?>\n<!-- c --><e><!-- d --><?in side?><![CDATA[<&]]>text<SIGN/></e>\n"
	"<!-- e --><?after y?>\n",
	"<Tờ_khai xmlns='urn:vn'><Cửa_khẩu tên='Hữu Nghị'>Cu\xCC\x9B\xCC\x89"
	"a</Cửa_khẩu><SIGN/></Tờ_khai>",
	"<e xmlns:ds='urn:not-dsig'><ds:a/><SIGN/></e>",
	"<e xmlns='urn:e' xml:lang='vi' xml:base='http://e/' xml:id='x' xml:space='preserve'>"
	" <a xml:lang='en'/> <SIGN/> </e>",
	"<a><a><a><a><a><a><a><a xmlns='urn:1'><a xmlns='urn:2'><a xmlns='urn:1'/></a></a>"
	"</a></a></a></a></a></a><SIGN/></a>",
	"<ds:Root xmlns:ds='" DSIG "'><ds:Object Id='o'/><SIGN/></ds:Root>",
};

static const struct payload payloads[] = {
	PAYLOAD("<Declaration>1</Declaration>"),
	PAYLOAD("<?xml version='1.0'?>\r\n<a>Hữu Nghị\r\n</a>\r\n"),
	PAYLOAD("\xEF\xBB\xBF<a/>"),
	PAYLOAD("no XML at all: \0\1\2\xFF\xFE"),
	PAYLOAD(""),
};

static struct text without_mark(const char *text)
{
	struct text result = TEXT_EMPTY;

	text_add(&result, text);
	text_replace(&result, "<SIGN/>", NULL, "");
	return result;
}

/* Each awkward document with an RSA and an ECDSA key: all four by turns. */
static void test_the_judge_accepts_what_we_sign(void **state)
{
	(void)state;
	for (size_t turn = 0; turn < 2 * COUNT_OF(awkward); turn++) {
		struct payload payload = payloads[turn % (COUNT_OF(payloads) - 1)];
		const char *key = good_keys[turn % 2 * 2 + turn / 2 % 2];
		struct text text = without_mark(awkward[turn / 2]);

		sign(&text, key, payload);
		expect("OK", &text, payload, awkward[turn / 2]);
		if (!judge_accepts(&text, payload.bytes, payload.length))
			fail_msg("%s: %s", key, text.bytes);
		text_free(&text);
	}
}

static void test_the_judge_accepts_a_signature_over_the_document_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(good_keys); i++) {
		struct text text = without_mark(awkward[i]);

		sign(&text, good_keys[i], NO_PAYLOAD);
		expect("OK", &text, NO_PAYLOAD, awkward[i]);
		assert_true(judge_accepts(&text, "not looked at", 13));
		text_free(&text);
	}
}

/* Spellings of a Signature that the profile allows; METHOD and DIGEST are filled in. */
static const char *const templates[] = {
	"<Signature xmlns='" DSIG "'><SignedInfo><CanonicalizationMethod Algorithm='" C14N "'/>"
	"<SignatureMethod Algorithm='" MORE "METHOD'/><Reference URI=''><Transforms>"
	"<Transform Algorithm='" ENVELOPED "'/><Transform Algorithm='" C14N "'/></Transforms>"
	"<DigestMethod Algorithm='DIGEST'/><DigestValue/></Reference>"
	"<Reference URI='payload.xml'><DigestMethod Algorithm='DIGEST'/><DigestValue/></Reference>"
	"</SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature>",

	"<x:Signature xmlns:x='" DSIG "' xmlns:unused='urn:u'>\r\n  <x:SignedInfo>\n"
	"<x:CanonicalizationMethod\n\tAlgorithm = '" C14N "'></x:CanonicalizationMethod>\n"
	"    <x:SignatureMethod Algorithm='" MORE "METHOD'/>\n    <x:Reference URI=\"\">\n"
	"      <x:Transforms>\n        <x:Transform Algorithm='" ENVELOPED "'/>\n"
	"        <y:Transform xmlns:y='" DSIG "' Algorithm='" C14N "'/>\n      </x:Transforms>\n"
	"      <x:DigestMethod Algorithm='DIGEST'/>\n      <x:DigestValue>\n</x:DigestValue>\n"
	"    </x:Reference>\n    <x:Reference URI='payload&#46;xml'>\n"
	"      <x:DigestMethod Algorithm='DIGEST'/>\n      <DigestValue xmlns='" DSIG "'/>\n"
	"    </x:Reference>\n  </x:SignedInfo>\n  <x:SignatureValue/>\n  <x:KeyInfo>\n"
	"    <x:X509Data>\n    </x:X509Data>\n  </x:KeyInfo>\n</x:Signature>",
};

/* Namespaces come from the root element; only the last of `awkward` declares them. */
static const char inheriting[] =
	"<ds:Signature><ds:SignedInfo><ds:CanonicalizationMethod Algorithm='" C14N "'/>"
	"<ds:SignatureMethod Algorithm='" MORE "METHOD'/><ds:Reference URI=''><ds:Transforms>"
	"<ds:Transform Algorithm='" ENVELOPED "'/><ds:Transform Algorithm='" C14N
	"'/></ds:Transforms>"
	"<ds:DigestMethod Algorithm='DIGEST'/><ds:DigestValue/></ds:Reference>"
	"<ds:Reference URI='payload.xml'><ds:DigestMethod Algorithm='DIGEST'/><ds:DigestValue/>"
	"</ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo>"
	"</ds:Signature>";

static const struct {
	const char *key, *method, *digest, *name;
} methods[] = {
	{ "rsa2048", "rsa-sha256", SHA256_URI, "RSA-SHA256" },
	{ "rsa3072", "rsa-sha384", MORE "sha384", "RSA-SHA384" },
	{ "p256", "ecdsa-sha256", SHA256_URI, "ECDSA-SHA256" },
	{ "p384", "ecdsa-sha384", MORE "sha384", "ECDSA-SHA384" },
	{ "p256", "ecdsa-sha384", SHA256_URI, "ECDSA-SHA384" },
	{ "p384", "ecdsa-sha256", MORE "sha384", "ECDSA-SHA256" },
};

static void replace_all(struct text *text, const char *from, const char *with)
{
	while (strstr(text->bytes, from) != NULL)
		text_replace(text, from, NULL, with);
}

static struct text signed_by_judge(const char *document, const char *template, size_t method,
				   struct payload payload)
{
	struct text text = TEXT_EMPTY, result = TEXT_EMPTY;

	text_add(&text, document);
	text_replace(&text, "<SIGN/>", NULL, template);
	replace_all(&text, "METHOD", methods[method].method);
	replace_all(&text, "DIGEST", methods[method].digest);
	if (!judge_signs(&result, text.bytes, payload.bytes, payload.length, methods[method].key))
		fail_msg("xmlsec1 does not sign %s", text.bytes);
	text_free(&text);
	return result;
}

/* Each awkward document in both spellings, each time with the next method. */
static void test_we_accept_what_the_judge_signs(void **state)
{
	(void)state;
	for (size_t turn = 0; turn < 2 * COUNT_OF(awkward); turn++) {
		struct payload payload = payloads[turn % (COUNT_OF(payloads) - 1)];
		struct text text = signed_by_judge(awkward[turn / 2], templates[turn % 2],
						   turn % COUNT_OF(methods), payload);

		expect("OK", &text, payload, text.bytes);
		text_free(&text);
	}
}

static void test_namespaces_may_come_from_above_the_signature(void **state)
{
	const char *document = awkward[COUNT_OF(awkward) - 1];

	(void)state;
	for (size_t m = 0; m < COUNT_OF(methods); m++) {
		struct text text = signed_by_judge(document, inheriting, m, payloads[0]);

		expect("OK", &text, payloads[0], text.bytes);
		text_free(&text);
	}
}

static void test_an_empty_payload_is_signed_too(void **state)
{
	struct payload empty = payloads[COUNT_OF(payloads) - 1];
	struct text text = signed_text("<e/>", "p256", empty);

	(void)state;
	expect("OK", &text, empty, "empty payload");
	expect("SIG-002", &text, payloads[0], "another payload");
	text_free(&text);
}

static void test_what_a_signature_proves_is_told(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t m = 0; m < COUNT_OF(methods); m++) {
		struct text text = signed_by_judge(awkward[0], templates[0], m, payloads[0]);
		struct document *document = parsed(&text);
		struct digest of_payload = digest_of(payloads[0].bytes, payloads[0].length);
		/* By hand: what exclusive canonical form makes of the first awkward document. */
		static const char canonical[] = "<e xmlns=\"urn:e\"><a>plain</a></e>";
		struct digest of_document = digest_of(canonical, sizeof canonical - 1);
		struct signature signature;

		memset(&signature, 0xFF, sizeof signature);
		assert_true(signature_verify(&signature, arena, document_tree(document),
					     payloads[0].bytes, payloads[0].length, NULL));
		assert_string_equal(signature.algorithm, methods[m].name);
		assert_string_equal(signature.signer, "");
		assert_memory_equal(&signature.payload, &of_payload, DIGEST_SIZE);
		assert_memory_equal(&signature.document, &of_document, DIGEST_SIZE);
		assert_int_equal(signature.certificate_length,
				 signing_key(methods[m].key)->certificate_length);
		assert_memory_equal(signature.certificate, signing_key(methods[m].key)->certificate,
				    signature.certificate_length);
		document_free(document);
		text_free(&text);
	}
	arena_free(arena);
}

/* ---- what was changed ----------------------------------------------------------------- */

#define ENVELOPE                                                                                   \
	"<Envelope xmlns=\"urn:e\"><MessageID>1</MessageID><From>A</From><To>B</To>"               \
	"<Payload name=\"payload.xml\"/></Envelope>"

/* One bit, at every place that was signed; not in the certificate, whose own signature is the
 * keyring's to check. */
static void test_any_flipped_bit_is_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(good_keys); k += 2) {
		struct text text = signed_text(ENVELOPE, good_keys[k], payloads[0]);
		char *start = strstr(text.bytes, "<Envelope");
		char *end = strstr(text.bytes, "<ds:X509Certificate>");

		for (char *at = start; at < end; at++) {
			struct document *document;

			*at ^= 1;
			if (document_parse(&document, "a.xml", text.bytes, text.length,
					   &document_limits_message, NULL)) {
				struct failure why;
				const char *got = verdict(&text, payloads[0], &why);

				if (strcmp(got, "OK") == 0)
					fail_msg("at %zd: %s", at - start, text.bytes);
				document_free(document);
			}
			*at ^= 1;
		}
		expect("OK", &text, payloads[0], "nothing flipped");
		text_free(&text);
	}
}

static void test_the_judge_refuses_what_we_refuse(void **state)
{
	static const struct {
		const char *code, *from, *with;
	} rows[] = {
		{ "SIG-002", ">1</", ">0</" },
		{ "SIG-002", "<To>", "<To >\n" },
		{ "SIG-003", "URI=\"\"", "URI=\"#a\"" },
		{ "SIG-004", "</ds:SignedInfo>", " </ds:SignedInfo>" },
		{ "SIG-004", "<ds:SignatureValue>", "<ds:SignatureValue>AAAA" },
		{ "SIG-007", "<ds:X509Certificate>", "<ds:X509Certificate>AAAA" },
	};
	struct payload changed = PAYLOAD("<Declaration>0</Declaration>");

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text text =
			signed_text(ENVELOPE, good_keys[i % COUNT_OF(good_keys)], payloads[0]);

		if (i < COUNT_OF(good_keys)) {
			assert_true(judge_accepts(&text, payloads[0].bytes, payloads[0].length));
			expect("SIG-002", &text, changed, "changed payload");
			assert_false(judge_accepts(&text, changed.bytes, changed.length));
		}
		text_replace(&text, rows[i].from, NULL, rows[i].with);
		expect(rows[i].code, &text, payloads[0], rows[i].from);
		assert_false(judge_accepts(&text, payloads[0].bytes, payloads[0].length));
		text_free(&text);
	}
}

static void test_any_changed_byte_of_the_payload_is_refused(void **state)
{
	struct text text = signed_text(ENVELOPE, "p256", payloads[0]);
	char bytes[100];
	struct payload changed = { bytes, payloads[0].length };

	(void)state;
	memcpy(bytes, payloads[0].bytes, payloads[0].length);
	for (size_t i = 0; i < payloads[0].length; i++) {
		bytes[i] ^= 0x20;
		expect("SIG-002", &text, changed, bytes);
		bytes[i] ^= 0x20;
	}
	changed.length--;
	expect("SIG-002", &text, changed, "shortened");
	changed.length += 2;
	bytes[changed.length - 1] = '\n';
	expect("SIG-002", &text, changed, "a newline added");
	text_free(&text);
}

static void test_verifying_leaves_the_tree_as_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(awkward); i += 4) { /* white space all around */
		struct text text = signed_by_judge(awkward[i], templates[1], 0, payloads[0]);
		struct document *document = parsed(&text);
		struct text before = TEXT_EMPTY, after = TEXT_EMPTY;
		struct arena *arena = arena_new();
		struct signature signature;

		tree_text(&before, document_tree(document));
		for (int again = 0; again < 3; again++)
			assert_true(signature_verify(&signature, arena, document_tree(document),
						     payloads[0].bytes, payloads[0].length, NULL));
		assert_false(
			signature_verify(&signature, arena, document_tree(document), "x", 1, NULL));
		tree_text(&after, document_tree(document));
		assert_string_equal(before.bytes, after.bytes);
		text_free(&before);
		text_free(&after);
		arena_free(arena);
		document_free(document);
		text_free(&text);
	}
}

/* ---- attacks -------------------------------------------------------------------------- */

#define REFERENCE_TO(uri)                                                                          \
	"<ds:Reference URI=\"" uri "\"><ds:DigestMethod Algorithm=\"" SHA256_URI                   \
	"\"/><ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="                         \
	"</ds:DigestValue></ds:Reference>"
#define TRANSFORM(uri) "<ds:Transform Algorithm=\"" uri "\"/>"

/* A signed envelope, edited: from `from` to the end of `through` stands `with`. */
static const struct attack {
	const char *name, *code, *from, *through, *with;
} attacks[] = {
	{ "not signed", "SIG-001", "<ds:Signature ", "</ds:Signature>", "" },
	{ "a Signature of no signature's namespace", "SIG-001", "xmlns:ds=\"" DSIG "\"", NULL,
	  "xmlns:ds=\"urn:not-dsig\"" },

	/* What was signed is changed, and the digest with it. */
	{ "changed sender", "SIG-002", "<From>A<", NULL, "<From>C<" },
	{ "added element", "SIG-002", "<To>", NULL, "<Cc/><To>" },
	{ "added attribute", "SIG-002", "<To>", NULL, "<To a=\"\">" },
	{ "added comment is no change", "OK", "<To>", NULL, "<!-- c --><To>" },
	{ "added white space", "SIG-002", "<To>", NULL, "\n<To>" },
	{ "changed digest of the document", "SIG-002", "<ds:DigestValue>", "</ds:DigestValue>",
	  "<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue>" },
	{ "shortened digest", "SIG-002", "<ds:DigestValue>", "</ds:DigestValue>",
	  "<ds:DigestValue>47DEQpj8HBSa</ds:DigestValue>" },

	/* Wrapping. */
	{ "two signatures", "SIG-006", "</Envelope>", NULL,
	  "<ds:Signature xmlns:ds=\"" DSIG "\"/></Envelope>" },
	{ "an empty signature before it", "SIG-006", "<MessageID>", NULL,
	  "<ds:Signature xmlns:ds=\"" DSIG "\"/><MessageID>" },
	{ "a forged sibling after it", "SIG-006", "</ds:Signature>", NULL,
	  "</ds:Signature><From>C</From>" },
	{ "the Signature inside a sibling", "SIG-006", "<ds:Signature", NULL,
	  "<Old><ds:Signature" }, /* closed by the second edit in the test */
	{ "a second Signature inside an Object of it", "SIG-006", "</ds:Signature>", NULL,
	  "<ds:Object><ds:Signature/></ds:Object></ds:Signature>" },
	{ "an Object with the original", "SIG-006", "</ds:Signature>", NULL,
	  "<ds:Object><Envelope/></ds:Object></ds:Signature>" },
	{ "a Manifest", "SIG-006", "<ds:SignatureValue>", NULL,
	  "<ds:Object><ds:Manifest/></ds:Object><ds:SignatureValue>" },
	{ "two SignedInfo", "SIG-006", "</ds:SignedInfo>", NULL,
	  "</ds:SignedInfo><ds:SignedInfo/>" },
	{ "SignedInfo last", "SIG-006", "<ds:SignedInfo>", "</ds:SignedInfo>", "" },
	{ "an Id on the Signature", "SIG-006", "<ds:Signature ", NULL, "<ds:Signature Id=\"s\" " },
	{ "an xml:id on the Signature", "SIG-006", "<ds:Signature ", NULL,
	  "<ds:Signature xml:id=\"s\" " },
	{ "an Id on SignedInfo", "SIG-006", "<ds:SignedInfo>", NULL, "<ds:SignedInfo Id=\"s\">" },

	/* References. */
	{ "fragment", "SIG-003", "URI=\"\"", NULL, "URI=\"#a\"" },
	{ "the whole by XPointer", "SIG-003", "URI=\"\"", NULL, "URI=\"#xpointer(/)\"" },
	{ "no URI", "SIG-003", " URI=\"\"", NULL, "" },
	{ "URI of a namespace", "SIG-003", " URI=\"\"", NULL, " ds:URI=\"\"" },
	{ "an Id beside the URI", "SIG-003", " URI=\"\"", NULL, " URI=\"\" Id=\"a\"" },
	{ "a type beside the URI", "SIG-003", " URI=\"\"", NULL,
	  " URI=\"\" Type=\"" DSIG "Manifest\"" },
	{ "a file", "SIG-003", "URI=\"payload.xml\"", NULL, "URI=\"file:///etc/hostname\"" },
	{ "a file nearby", "SIG-003", "URI=\"payload.xml\"", NULL, "URI=\"./payload.xml\"" },
	{ "the network", "SIG-003", "URI=\"payload.xml\"", NULL, "URI=\"http://localhost/\"" },
	{ "the document twice", "SIG-003", "URI=\"payload.xml\"", NULL, "URI=\"\"" },
	{ "the payload twice", "SIG-003", "</ds:SignedInfo>", NULL,
	  REFERENCE_TO("payload.xml") "</ds:SignedInfo>" },
	{ "a third reference", "SIG-003", "</ds:SignedInfo>", NULL,
	  REFERENCE_TO("file:///etc/hostname") "</ds:SignedInfo>" },
	{ "the payload alone", "SIG-003", "<ds:Reference URI=\"\">", "</ds:Reference>", "" },
	{ "the document alone", "SIG-003", "<ds:Reference URI=\"payload.xml\">", "</ds:Reference>",
	  "" },
	{ "no reference", "SIG-003", "<ds:Reference URI=\"\">", "</ds:SignedInfo>",
	  "</ds:SignedInfo>" },
	{ "a foreign element in a reference", "SIG-003", "<ds:DigestMethod", NULL,
	  "<x/><ds:DigestMethod" },

	/* Transforms. */
	{ "no transforms", "SIG-003", "<ds:Transforms>", "</ds:Transforms>", "" },
	{ "enveloped alone", "SIG-003", TRANSFORM(C14N), NULL, "" },
	{ "canonical form alone", "SIG-003", TRANSFORM(ENVELOPED), NULL, "" },
	{ "the wrong way round", "SIG-003", "<ds:Transforms>", "</ds:Transforms>",
	  "<ds:Transforms>" TRANSFORM(C14N) TRANSFORM(ENVELOPED) "</ds:Transforms>" },
	{ "enveloped twice", "SIG-003", TRANSFORM(ENVELOPED), NULL,
	  TRANSFORM(ENVELOPED) TRANSFORM(ENVELOPED) },
	{ "XSLT", "SIG-003", "</ds:Transforms>", NULL,
	  TRANSFORM("http://www.w3.org/TR/1999/REC-xslt-19991116") "</ds:Transforms>" },
	{ "XPath", "SIG-003", TRANSFORM(ENVELOPED), NULL,
	  "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">"
	  "<ds:XPath>not(ancestor-or-self::Amount)</ds:XPath></ds:Transform>" },
	{ "XPath filter 2", "SIG-003", TRANSFORM(ENVELOPED), NULL,
	  TRANSFORM("http://www.w3.org/2002/06/xmldsig-filter2") },
	{ "base64", "SIG-003", TRANSFORM(C14N), NULL, TRANSFORM(DSIG "base64") },
	{ "inclusive canonical form", "SIG-003", TRANSFORM(C14N), NULL,
	  TRANSFORM("http://www.w3.org/TR/2001/REC-xml-c14n-20010315") },
	{ "canonical form with comments", "SIG-003", TRANSFORM(C14N), NULL,
	  TRANSFORM(C14N "WithComments") },
	{ "a prefix list", "SIG-003", TRANSFORM(C14N), NULL,
	  "<ds:Transform Algorithm=\"" C14N "\"><InclusiveNamespaces xmlns=\"" C14N
	  "\" PrefixList=\"ds\"/></ds:Transform>" },
	{ "a transform of the payload", "SIG-003", "<ds:Reference URI=\"payload.xml\">", NULL,
	  "<ds:Reference URI=\"payload.xml\"><ds:Transforms>" TRANSFORM(C14N) "</ds:Transforms>" },

	/* Algorithms. */
	{ "SHA-1 signature", "SIG-005", MORE "rsa-sha256", NULL, DSIG "rsa-sha1" },
	{ "MD5 signature", "SIG-005", MORE "rsa-sha256", NULL, MORE "rsa-md5" },
	{ "SHA-512 signature", "SIG-005", MORE "rsa-sha256", NULL, MORE "rsa-sha512" },
	{ "DSA", "SIG-005", MORE "rsa-sha256", NULL, DSIG "dsa-sha1" },
	{ "HMAC", "SIG-005", MORE "rsa-sha256", NULL, MORE "hmac-sha256" },
	{ "HMAC cut short", "SIG-005", "<ds:SignatureMethod Algorithm=\"" MORE "rsa-sha256\"/>",
	  NULL,
	  "<ds:SignatureMethod Algorithm=\"" DSIG "hmac-sha1\"><ds:HMACOutputLength>0"
	  "</ds:HMACOutputLength></ds:SignatureMethod>" },
	{ "a parameter", "SIG-005", "<ds:SignatureMethod Algorithm=\"" MORE "rsa-sha256\"/>", NULL,
	  "<ds:SignatureMethod Algorithm=\"" MORE "rsa-sha256\"><ds:x/></ds:SignatureMethod>" },
	{ "another key's algorithm", "SIG-005", MORE "rsa-sha256", NULL, MORE "ecdsa-sha256" },
	{ "an algorithm not quite", "SIG-005", MORE "rsa-sha256", NULL, MORE "rsa-sha256 " },
	{ "no algorithm", "SIG-005", " Algorithm=\"" MORE "rsa-sha256\"", NULL, "" },
	{ "SHA-1 digest", "SIG-005", SHA256_URI, NULL, DSIG "sha1" },
	{ "MD5 digest", "SIG-005", SHA256_URI, NULL, MORE "md5" },
	{ "SHA-1 digest of the payload", "SIG-005",
	  "<ds:Reference URI=\"payload.xml\"><ds:DigestMethod Algorithm=\"" SHA256_URI "\"/>", NULL,
	  "<ds:Reference URI=\"payload.xml\"><ds:DigestMethod Algorithm=\"" DSIG "sha1\"/>" },
	{ "SignedInfo in inclusive form", "SIG-005", "Method Algorithm=\"" C14N, NULL,
	  "Method Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315" },
	{ "SignedInfo with a prefix list", "SIG-005", "Method Algorithm=\"" C14N "\"/>", NULL,
	  "Method Algorithm=\"" C14N "\"><InclusiveNamespaces xmlns=\"" C14N
	  "\" PrefixList=\"a\"/></ds:CanonicalizationMethod>" },
	{ "an algorithm that fits the key but was not used", "SIG-004", MORE "rsa-sha256", NULL,
	  MORE "rsa-sha384" },

	/* What does not belong into values. */
	{ "comment in a digest", "SIG-006", "<ds:DigestValue>", NULL, "<ds:DigestValue><!---->" },
	{ "comment in the value", "SIG-006", "<ds:SignatureValue>", NULL,
	  "<ds:SignatureValue><!-- x -->" },
	{ "instruction in the value", "SIG-006", "<ds:SignatureValue>", NULL,
	  "<ds:SignatureValue><?x?>" },
	{ "CDATA in the value", "SIG-006", "<ds:SignatureValue>", NULL,
	  "<ds:SignatureValue><![CDATA[]]>" },
	{ "comment in a certificate", "SIG-006", "<ds:X509Certificate>", NULL,
	  "<ds:X509Certificate><!---->" },
	{ "comment between the parts", "SIG-006", "<ds:KeyInfo>", NULL, "<!-- --><ds:KeyInfo>" },
	{ "text between the parts", "SIG-006", "<ds:KeyInfo>", NULL, "x<ds:KeyInfo>" },
	{ "element in a digest", "SIG-003", "<ds:DigestValue>", NULL, "<ds:DigestValue><x/>" },
	{ "element in the value", "SIG-006", "<ds:SignatureValue>", NULL,
	  "<ds:SignatureValue><x/>" },
	{ "digest that is not base64", "SIG-003", "<ds:DigestValue>", NULL, "<ds:DigestValue>*" },
	{ "no value", "SIG-006", "<ds:SignatureValue>", "</ds:SignatureValue>",
	  "<ds:SignatureValue/>" },
	{ "value that is not base64", "SIG-006", "<ds:SignatureValue>", NULL,
	  "<ds:SignatureValue>*" },
	{ "another value", "SIG-004", "<ds:SignatureValue>", "</ds:SignatureValue>",
	  "<ds:SignatureValue>AAAA</ds:SignatureValue>" },

	/* Key data. */
	{ "KeyValue instead", "SIG-007", "<ds:X509Data>", "</ds:X509Data>",
	  "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB"
	  "</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>" },
	{ "KeyValue beside", "SIG-007", "</ds:X509Data>", NULL, "</ds:X509Data><ds:KeyValue/>" },
	{ "KeyValue before", "SIG-007", "<ds:X509Data>", NULL, "<ds:KeyValue/><ds:X509Data>" },
	{ "KeyName", "SIG-007", "<ds:X509Data>", NULL, "<ds:KeyName>A</ds:KeyName><ds:X509Data>" },
	{ "RetrievalMethod", "SIG-007", "<ds:X509Data>", "</ds:X509Data>",
	  "<ds:RetrievalMethod URI=\"http://localhost/\"/>" },
	{ "no KeyInfo", "SIG-007", "<ds:KeyInfo>", "</ds:KeyInfo>", "" },
	{ "two KeyInfo", "SIG-007", "</ds:KeyInfo>", NULL, "</ds:KeyInfo><ds:KeyInfo/>" },
	{ "no certificate", "SIG-007", "<ds:X509Certificate>", "</ds:X509Certificate>", "" },
	{ "issuer and number only", "SIG-007", "<ds:X509Certificate>", "</ds:X509Certificate>",
	  "<ds:X509IssuerSerial/>" },
	{ "a revocation list beside", "SIG-007", "</ds:X509Certificate>", NULL,
	  "</ds:X509Certificate><ds:X509CRL/>" },
	{ "certificate that is not base64", "SIG-007", "<ds:X509Certificate>", NULL,
	  "<ds:X509Certificate>*" },
	{ "certificate that is none", "SIG-007", "<ds:X509Certificate>", "</ds:X509Certificate>",
	  "<ds:X509Certificate>AAAA</ds:X509Certificate>" },
	{ "bytes behind the certificate", "SIG-007", "</ds:X509Certificate>", NULL,
	  "AAAA</ds:X509Certificate>" },
};

static void test_every_attack_has_its_refusal(void **state)
{
	struct text original = signed_text(ENVELOPE, "rsa2048", payloads[0]);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(attacks); i++) {
		const struct attack *attack = &attacks[i];
		struct text text = TEXT_EMPTY;

		text_add(&text, original.bytes);
		text_replace(&text, attack->from, attack->through, attack->with);
		if (strstr(text.bytes, "<Old>") != NULL)
			text_replace(&text, "</Envelope>", NULL, "</Old></Envelope>");
		expect(attack->code, &text, payloads[0], attack->name);
		text_free(&text);
	}
	text_free(&original);
}

static void test_a_refusal_says_where(void **state)
{
	static const struct {
		const char *attack, *place;
	} rows[] = {
		{ "changed sender", "/Envelope/Signature/SignedInfo/Reference[1]/DigestValue" },
		{ "SHA-1 signature", "/Envelope/Signature/SignedInfo/SignatureMethod" },
		{ "a third reference", "/Envelope/Signature/SignedInfo/Reference[3]" },
		{ "KeyValue beside", "/Envelope/Signature/KeyInfo/KeyValue" },
		{ "no KeyInfo", "/Envelope/Signature" },
		{ "not signed", "/Envelope" },
		{ "a forged sibling after it", "/Envelope/Signature" },
		{ "another value", "/Envelope/Signature/SignatureValue" },
	};
	struct text original = signed_text(ENVELOPE, "rsa2048", payloads[0]);

	(void)state;
	for (size_t r = 0; r < COUNT_OF(rows); r++)
		for (size_t i = 0; i < COUNT_OF(attacks); i++) {
			struct text text = TEXT_EMPTY;
			struct failure why;

			if (strcmp(attacks[i].name, rows[r].attack) != 0)
				continue;
			text_add(&text, original.bytes);
			text_replace(&text, attacks[i].from, attacks[i].through, attacks[i].with);
			verdict(&text, payloads[0], &why);
			assert_string_equal(why.place, rows[r].place);
			text_free(&text);
		}
	text_free(&original);
}

static void test_a_changed_digest_is_told_stated_and_computed(void **state)
{
	struct text text = signed_text(ENVELOPE, "p256", payloads[0]);
	struct arena *arena = arena_new();
	struct digest digest = digest_of("other", 5);
	struct payload other = PAYLOAD("other");
	struct failure why;

	(void)state;
	verdict(&text, other, &why);
	assert_non_null(strstr(why.text, "payload.xml"));
	assert_non_null(strstr(why.text, base64_text(arena, digest.bytes, DIGEST_SIZE)));
	digest = digest_of(payloads[0].bytes, payloads[0].length);
	assert_non_null(strstr(why.text, base64_text(arena, digest.bytes, DIGEST_SIZE)));
	arena_free(arena);
	text_free(&text);
}

/* The forger's best: what was signed, and its signature, kept valid inside a document of their
 * own. %F the whole original, %O without its Signature, %S the Signature, %T not yet closed. */
static void test_a_signed_element_cannot_be_wrapped(void **state)
{
#define FORGED(rest) "<Envelope xmlns=\"urn:e\"><From>C</From>" rest "</Envelope>"
	static const struct {
		const char *code, *shape;
	} rows[] = {
		{ "SIG-002", FORGED("%O%S") },
		{ "SIG-002", FORGED("<Old>%O</Old>%S") },
		{ "SIG-006", FORGED("%F") },
		{ "SIG-006", FORGED("<Old>%F</Old>") },
		{ "SIG-006", FORGED("<Old>%F</Old>%S") },
		{ "SIG-006", FORGED("%S<Old>%F</Old>") },
		{ "SIG-006", FORGED("<x>%S</x>%O") },
		{ "SIG-006", FORGED("%T<ds:Object>%O</ds:Object></ds:Signature>") },
		{ "SIG-006", FORGED("%T<ds:Object>%F</ds:Object></ds:Signature>") },
		{ "SIG-006", "<Old>%F<Envelope xmlns=\"urn:e\"><From>C</From></Envelope></Old>" },
	};
#undef FORGED
	struct text original = signed_text(ENVELOPE, "rsa2048", payloads[0]);
	const char *start = strstr(original.bytes, "<ds:Signature ");
	const char *end = strstr(start, "</ds:Signature>");
	struct text whole = TEXT_EMPTY, open = TEXT_EMPTY;

	(void)state;
	text_add_bytes(&open, start, (size_t)(end - start));
	text_printf(&whole, "%s</ds:Signature>", open.bytes);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text text = TEXT_EMPTY;

		text_add(&text, rows[i].shape);
		replace_all(&text, "%F", strstr(original.bytes, "<Envelope"));
		replace_all(&text, "%O", ENVELOPE);
		replace_all(&text, "%S", whole.bytes);
		replace_all(&text, "%T", open.bytes);
		expect(rows[i].code, &text, payloads[0], rows[i].shape);
		text_free(&text);
	}
	text_free(&open);
	text_free(&whole);
	text_free(&original);
}

static void test_the_two_forms_are_not_taken_for_each_other(void **state)
{
	struct text both = signed_text(ENVELOPE, "p256", payloads[0]);
	struct text alone = signed_text(ENVELOPE, "p256", NO_PAYLOAD);

	(void)state;
	expect("SIG-003", &both, NO_PAYLOAD, "two references where one is expected");
	expect("SIG-003", &alone, payloads[0], "one reference where two are expected");
	expect("OK", &alone, NO_PAYLOAD, "one reference");
	text_free(&both);
	text_free(&alone);
}

static void test_ten_thousand_references_are_refused_unread(void **state)
{
	struct text text = signed_text(ENVELOPE, "p256", payloads[0]), many = TEXT_EMPTY;

	(void)state;
	for (int i = 0; i < 10000; i++)
		text_add(&many, REFERENCE_TO("payload.xml"));
	text_add(&many, "</ds:SignedInfo>");
	text_replace(&text, "</ds:SignedInfo>", NULL, many.bytes);
	expect("SIG-003", &text, payloads[0], "ten thousand references");
	text_free(&text);
	text_free(&many);
}

/* ---- keys ----------------------------------------------------------------------------- */

static struct text with_certificate(const struct text *text, const unsigned char *certificate,
				    size_t length)
{
	struct arena *arena = arena_new();
	struct text result = TEXT_EMPTY;

	text_add(&result, text->bytes);
	text_replace(&result, "<ds:X509Certificate>", "</ds:X509Certificate>",
		     arena_printf(arena, "<ds:X509Certificate>%s</ds:X509Certificate>",
				  base64_text(arena, certificate, length)));
	arena_free(arena);
	return result;
}

static void test_a_key_outside_the_profile_is_refused(void **state)
{
	static const char *const weak[] = { "rsa1024",	 "exponent3", "p521",
					    "secp256k1", "explicit",  "ed25519" };
	struct text text = signed_text(ENVELOPE, "p256", payloads[0]);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(weak); i++) {
		const struct signing_key *key = signing_key(weak[i]);
		struct document *document = parsed(&text);
		struct text forged =
			with_certificate(&text, key->certificate, key->certificate_length);
		struct failure why;
		xmlNodePtr unwanted;

		expect("SIG-016", &forged, payloads[0], weak[i]);
		expect("SIG-016", &forged, payloads[0], "the same again");

		/* Nor do we sign with one. */
		unwanted = xmlLastElementChild(document_root(document));
		xmlUnlinkNode(unwanted);
		xmlFreeNode(unwanted);
		assert_false(signature_add(document_tree(document), NULL, 0, key, &why));
		assert_string_equal(why.code, "SIG-090");
		assert_int_equal(why.verdict, FAULT);
		assert_false(signature_present(document_tree(document)));
		document_free(document);
		text_free(&forged);
	}
	text_free(&text);
}

static void test_a_signature_does_not_fit_another_partys_certificate(void **state)
{
	static const char *const pairs[][2] = {
		{ "p256", "other" },
		{ "rsa2048", "rsa3072" },
		{ "p256", "p384" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		struct text text = signed_text(ENVELOPE, pairs[i][0], payloads[0]);
		const struct signing_key *other = signing_key(pairs[i][1]);
		struct text forged =
			with_certificate(&text, other->certificate, other->certificate_length);

		expect("SIG-004", &forged, payloads[0], pairs[i][1]);
		expect("OK", &text, payloads[0], pairs[i][0]);
		text_free(&text);
		text_free(&forged);
	}
}

static void test_further_certificates_are_not_the_signers(void **state)
{
	struct text text = signed_text(ENVELOPE, "p256", payloads[0]);

	(void)state;
	text_replace(&text, "</ds:X509Certificate>", NULL,
		     "</ds:X509Certificate>\n<ds:X509Certificate>AAAA</ds:X509Certificate>"
		     "<ds:X509Certificate>AAAA</ds:X509Certificate>");
	expect("OK", &text, payloads[0], "the signer first");
	text_replace(&text, "<ds:X509Certificate>", NULL,
		     "<ds:X509Certificate>AAAA</ds:X509Certificate><ds:X509Certificate>");
	expect("SIG-007", &text, payloads[0], "the signer second");
	text_free(&text);
}

/* XML has r and s in full width; nothing else is taken for it. */
static void test_ecdsa_values_have_one_form(void **state)
{
	struct text text = signed_text(ENVELOPE, "p256", payloads[0]);
	struct arena *arena = arena_new();
	char *start = strstr(text.bytes, "<ds:SignatureValue>") + 19;
	size_t length;
	const char *value = arena_copy(arena, start, strcspn(start, "<"));
	unsigned char *raw = base64_parse(arena, value, &length), *der = NULL;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	struct {
		const char *name;
		unsigned char bytes[140];
		size_t length;
	} rows[] = {
		{ "zeros", { 0 }, 64 },		{ "a leading zero byte each", { 0 }, 66 },
		{ "r alone", { 0 }, 32 },	{ "one byte short", { 0 }, 63 },
		{ "in DER", { 0 }, 0 },		{ "P-384's width", { 0 }, 96 },
		{ "one byte more", { 0 }, 65 },
	};

	(void)state;
	assert_int_equal(length, 64);
	memcpy(rows[1].bytes + 1, raw, 32);
	memcpy(rows[1].bytes + 34, raw + 32, 32);
	memcpy(rows[2].bytes, raw, 32);
	memcpy(rows[3].bytes, raw, 63);
	assert_int_equal(
		ECDSA_SIG_set0(pair, BN_bin2bn(raw, 32, NULL), BN_bin2bn(raw + 32, 32, NULL)), 1);
	rows[4].length = (size_t)i2d_ECDSA_SIG(pair, &der);
	memcpy(rows[4].bytes, der, rows[4].length);
	memcpy(rows[5].bytes + 16, raw, 32);
	memcpy(rows[5].bytes + 64, raw + 32, 32);
	memcpy(rows[6].bytes, raw, 64);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text forged = TEXT_EMPTY;

		text_add(&forged, text.bytes);
		text_replace(&forged, value, NULL,
			     base64_text(arena, rows[i].bytes, rows[i].length));
		expect("SIG-004", &forged, payloads[0], rows[i].name);
		text_free(&forged);
	}
	ECDSA_SIG_free(pair);
	OPENSSL_free(der);
	arena_free(arena);
	text_free(&text);
}

/* A key is remembered by the digest of its certificate, in the slot of the digest's first
 * byte: two certificates in one slot must not lend each other their keys. */
static void test_remembered_keys_are_not_confused(void **state)
{
	const struct signing_key *one = signing_key("p256"), *two = signing_key("other");
	const struct digest digest = digest_of(one->certificate, one->certificate_length);
	struct text text = signed_text(ENVELOPE, "p256", payloads[0]), forged;
	const unsigned char *bytes = two->certificate;
	X509 *certificate = d2i_X509(NULL, &bytes, (long)two->certificate_length);
	unsigned char *der = NULL;
	int length = 0;

	(void)state;
	for (long number = 1000; length == 0; number++) {
		struct digest found;

		OPENSSL_free(der);
		der = NULL;
		ASN1_INTEGER_set(X509_get_serialNumber(certificate), number);
		assert_true(X509_sign(certificate, two->private_key, EVP_sha256()) > 0);
		length = i2d_X509(certificate, &der);
		found = digest_of(der, (size_t)length);
		if (found.bytes[0] != digest.bytes[0])
			length = 0;
	}
	forged = with_certificate(&text, der, (size_t)length);
	for (int i = 0; i < 3; i++) {
		expect("OK", &text, payloads[0], "the signer's certificate");
		expect("SIG-004", &forged, payloads[0], "another in the same slot");
	}
	OPENSSL_free(der);
	X509_free(certificate);
	text_free(&forged);
	text_free(&text);
}

/* ---- canonical forms ------------------------------------------------------------------ */

static void test_a_document_without_canonical_form_is_refused(void **state)
{
	struct text text = signed_text(ENVELOPE, "p256", payloads[0]);
	struct text plain = TEXT_EMPTY;
	struct document *document;
	struct failure why;

	(void)state;
	text_replace(&text, "<From>", NULL, "<From xmlns:r=\"relative\">");
	expect("SIG-006", &text, payloads[0], "a relative namespace name");

	text_add(&plain, "<e xmlns='relative'/>");
	document = parsed(&plain);
	assert_false(signature_add(document_tree(document), NULL, 0, signing_key("p256"), &why));
	assert_string_equal(why.code, "SIG-090");
	document_free(document);
	text_free(&plain);
	text_free(&text);
}

/* Each of many elements would repeat a namespace name of half a megabyte. */
static void test_a_canonical_form_cannot_be_blown_up(void **state)
{
	struct text text = signed_text(ENVELOPE, "p256", NO_PAYLOAD), many = TEXT_EMPTY;
	uint64_t start = monotonic_ms();

	(void)state;
	text_add(&many, "<Envelope xmlns=\"urn:e\" xmlns:n=\"urn:");
	for (int i = 0; i < 1 << 19; i++)
		text_add(&many, "n");
	text_add(&many, "\">");
	for (int i = 0; i < 100000; i++)
		text_add(&many, "<n:a/>");
	text_replace(&text, "<Envelope xmlns=\"urn:e\">", NULL, many.bytes);
	expect("SIG-006", &text, NO_PAYLOAD, "fifty gigabytes");
	assert_true(monotonic_ms() - start < 20000);
	text_free(&text);
	text_free(&many);
}

/* ---- signing -------------------------------------------------------------------------- */

static void test_a_signed_document_is_not_signed_again(void **state)
{
	struct text text = signed_text(ENVELOPE, "p256", payloads[0]);
	struct document *document = parsed(&text);
	struct failure why;

	(void)state;
	assert_true(signature_present(document_tree(document)));
	assert_false(signature_add(document_tree(document), NULL, 0, signing_key("p256"), &why));
	assert_string_equal(why.code, "SIG-090");
	document_free(document);
	text_free(&text);
}

static void test_only_a_child_of_the_root_is_a_signature(void **state)
{
	static const struct {
		const char *text;
		bool present;
	} rows[] = {
		{ "<a/>", false },
		{ "<a><Signature/></a>", false },
		{ "<a><Signature/><Signature xmlns='" DSIG "'/></a>", true },
		{ "<a><b><Signature xmlns='" DSIG "'/></b></a>", false },
		{ "<Signature xmlns='" DSIG "'/>", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text text = TEXT_EMPTY;
		struct document *document;

		text_add(&text, rows[i].text);
		document = parsed(&text);
		assert_int_equal(signature_present(document_tree(document)), rows[i].present);
		document_free(document);
		text_free(&text);
	}
}

/* ---- threads -------------------------------------------------------------------------- */

struct turn {
	const struct signing_key *keys[5];
	int wrong; /* verdicts */
};

static void *sign_and_verify(void *argument)
{
	struct turn *turn = argument;
	struct arena *arena = arena_new();

	for (size_t i = 0; i < 20; i++) {
		const struct signing_key *key = turn->keys[i % COUNT_OF(turn->keys)];
		struct document *document;
		struct signature signature;

		if (!document_parse(&document, "a.xml", ENVELOPE, sizeof ENVELOPE - 1,
				    &document_limits_message, NULL) ||
		    !signature_add(document_tree(document), "x", 1, key, NULL) ||
		    !signature_verify(&signature, arena, document_tree(document), "x", 1, NULL) ||
		    signature_verify(&signature, arena, document_tree(document), "y", 1, NULL))
			turn->wrong++;
		document_free(document);
	}
	arena_free(arena);
	return NULL;
}

static void test_several_threads_sign_and_verify_at_once(void **state)
{
	struct turn turns[4] = { { { NULL }, 0 } };
	pthread_t threads[COUNT_OF(turns)];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(turns); i++) {
		for (size_t k = 0; k < COUNT_OF(good_keys); k++)
			turns[i].keys[k] = signing_key(good_keys[k]);
		turns[i].keys[COUNT_OF(good_keys)] = signing_key("other");
	}
	for (size_t i = 0; i < COUNT_OF(turns); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sign_and_verify, &turns[i]), 0);
	for (size_t i = 0; i < COUNT_OF(turns); i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(turns[i].wrong, 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_judge_accepts_what_we_sign),
		cmocka_unit_test(test_the_judge_accepts_a_signature_over_the_document_alone),
		cmocka_unit_test(test_we_accept_what_the_judge_signs),
		cmocka_unit_test(test_namespaces_may_come_from_above_the_signature),
		cmocka_unit_test(test_an_empty_payload_is_signed_too),
		cmocka_unit_test(test_what_a_signature_proves_is_told),
		cmocka_unit_test(test_any_flipped_bit_is_refused),
		cmocka_unit_test(test_the_judge_refuses_what_we_refuse),
		cmocka_unit_test(test_any_changed_byte_of_the_payload_is_refused),
		cmocka_unit_test(test_verifying_leaves_the_tree_as_it_was),
		cmocka_unit_test(test_every_attack_has_its_refusal),
		cmocka_unit_test(test_a_refusal_says_where),
		cmocka_unit_test(test_a_changed_digest_is_told_stated_and_computed),
		cmocka_unit_test(test_a_signed_element_cannot_be_wrapped),
		cmocka_unit_test(test_the_two_forms_are_not_taken_for_each_other),
		cmocka_unit_test(test_ten_thousand_references_are_refused_unread),
		cmocka_unit_test(test_a_key_outside_the_profile_is_refused),
		cmocka_unit_test(test_a_signature_does_not_fit_another_partys_certificate),
		cmocka_unit_test(test_further_certificates_are_not_the_signers),
		cmocka_unit_test(test_ecdsa_values_have_one_form),
		cmocka_unit_test(test_remembered_keys_are_not_confused),
		cmocka_unit_test(test_a_document_without_canonical_form_is_refused),
		cmocka_unit_test(test_a_canonical_form_cannot_be_blown_up),
		cmocka_unit_test(test_a_signed_document_is_not_signed_again),
		cmocka_unit_test(test_only_a_child_of_the_root_is_a_signature),
		cmocka_unit_test(test_several_threads_sign_and_verify_at_once),
	};

	document_setup();
	return cmocka_run_group_tests(tests, signing_open, signing_close);
}
