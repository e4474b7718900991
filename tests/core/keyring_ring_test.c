/* A folder becomes a ring, or a reason why not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "core/keyring.h"
#include "pki.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define IN_2014		"2014-02-26T08:00:00Z"

static void test_parties_are_known_and_listed_in_order(void **state)
{
	static const char *const expected[] = { "MARD", "MoF", "T1", "T2" };
	struct keyring *keyring = pki_open(pki_path("pki"));
	struct arena *arena = arena_new();
	const char **ids;

	(void)state;
	assert_int_equal(keyring_parties(keyring, arena, &ids), COUNT_OF(expected));
	for (size_t i = 0; i < COUNT_OF(expected); i++) {
		assert_string_equal(ids[i], expected[i]);
		assert_true(keyring_knows(keyring, expected[i]));
	}
	assert_false(keyring_knows(keyring, "T"));
	assert_false(keyring_knows(keyring, "T11"));
	assert_false(keyring_knows(keyring, ""));
	keyring_close(keyring);
	assert_string_equal(ids[0], "MARD"); /* the arena's own */
	arena_free(arena);
}

/* ---- what no tool would write --------------------------------------------------------- */

static EVP_PKEY *issuing_key(void)
{
	FILE *file = fopen(pki_path("pki/ca/private/issuing.key"), "r");
	EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);

	fclose(file);
	return key;
}

static X509 *certificate_in(const char *path)
{
	FILE *file = fopen(path, "r");
	X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);

	fclose(file);
	return certificate;
}

/* A revocation list that does not say when the next one comes. */
static void write_list_without_end(void)
{
	ASN1_TIME *start = ASN1_TIME_set(NULL, 1104537600);
	X509_CRL *list = X509_CRL_new();
	EVP_PKEY *key = issuing_key();
	X509 *issuer = certificate_in(pki_path("pki/ca/issuing.crt"));
	FILE *file = fopen(pki_path("endless.crl"), "w");

	X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer));
	X509_CRL_set1_lastUpdate(list, start);
	assert_true(X509_CRL_sign(list, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_X509_CRL(file, list), 1);
	fclose(file);
	X509_CRL_free(list);
	X509_free(issuer);
	EVP_PKEY_free(key);
	ASN1_TIME_free(start);
}

/* T1's certificate with another subject serialNumber; `also` adds a second one. */
static void write_certificate_of(const char *name, int length, const char *also, const char *path)
{
	X509 *certificate = certificate_in(pki_path("pki/parties/T1/sign.crt"));
	X509_NAME *subject = X509_NAME_new();
	EVP_PKEY *key = issuing_key();
	FILE *file = fopen(path, "w");

	X509_NAME_add_entry_by_NID(subject, NID_serialNumber, V_ASN1_UTF8STRING,
				   (const unsigned char *)name, length, -1, 0);
	if (also != NULL)
		X509_NAME_add_entry_by_NID(subject, NID_serialNumber, V_ASN1_UTF8STRING,
					   (const unsigned char *)also, -1, -1, 0);
	X509_set_subject_name(certificate, subject);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_X509(file, certificate), 1);
	fclose(file);
	X509_free(certificate);
	X509_NAME_free(subject);
	EVP_PKEY_free(key);
}

/* ---- spoilt folders ------------------------------------------------------------------- */

static const struct spoiling {
	const char *how; /* in the shell */
	const char *code;
	const char *place; /* how it ends */
} spoilings[] = {
	{ "rm -r $P", "KEY-001", "/ca" },
	{ "rm -r $P/parties", "KEY-001", "/parties" },
	{ "rm $P/ca/root.crt", "KEY-002", "/ca" },
	{ "rm $P/ca/issuing.crl", "KEY-002", "/ca" },
	{ "rm $P/ca/root.crl", "KEY-002", "/ca" },
	{ ": >$P/ca/root.crt", "KEY-002", "/ca/root.crt" },
	{ "echo nonsense >$P/ca/issuing.crt", "KEY-002", "/ca/issuing.crt" },
	{ "rm $P/ca/issuing.crt && mkdir $P/ca/issuing.crt", "KEY-001", "/ca/issuing.crt" },
	{ "truncate -s 20000000 $P/ca/issuing.crt", "KEY-001", "/ca/issuing.crt" },
	{ "ln -s nowhere $P/ca/more.crt", "KEY-001", "/ca/more.crt" },
	{ "cp $P/ca/private/root.key $P/ca/root.crt", "KEY-002", "/ca/root.crt" },
	{ "cat $P/ca/*.crt >$P/ca/both.crt", "KEY-002", "/ca/both.crt" },
	{ "cp $P/parties/T1/sign.crt $P/ca/t1.crt", "KEY-002", "/ca/t1.crt" },
	{ "echo nonsense >$P/ca/issuing.crl", "KEY-002", "/ca/issuing.crl" },
	{ "cat $P/ca/*.crl >$P/ca/x.crl", "KEY-002", "/ca/x.crl" },
	{ "sed '3s/^...../AAAAA/' $P/ca/root.crl >$D/x && mv $D/x $P/ca/root.crl", "KEY-002",
	  "/ca/root.crl" },
	{ "cp $P/ca/root.crl $P/ca/second.crl", "KEY-002", "/ca/second.crl" },
	{ "cp $B/foreign-root/foreign-root.crl $P/ca", "KEY-002", "/ca/foreign-root.crl" },
	{ "cp $B/forged-issuer/forged-issuer.crl $P/ca/issuing.crl", "KEY-002", "/ca/issuing.crl" },
	{ "cp $D/endless.crl $P/ca/issuing.crl", "KEY-002", "/ca/issuing.crl" },
	{ "cp $B/foreign-root/foreign-root.crt $P/ca", "KEY-002", "/ca" },

	{ "rm $P/parties/T1/sign.crt", "KEY-002", "/parties/T1" },
	{ "mkdir $P/parties/T3", "KEY-002", "/parties/T3" },
	{ "mv $P/parties/T1 \"$P/parties/T 1\"", "KEY-002", "/parties/T 1" },
	{ "mv $P/parties/T1 $P/parties/T1111111111111111111111111111111111111111111111", "KEY-002",
	  "1111" },
	{ "mv $P/parties/T1 $P/parties/T3", "KEY-002", "/parties/T3/sign.crt" },
	{ "cp $P/parties/T2/sign.crt $P/parties/T1/sign-2.crt", "KEY-002",
	  "/parties/T1/sign-2.crt" },
	{ "cp $B/no-party/sign.crt $P/parties/T1/sign.crt", "KEY-002", "/parties/T1/sign.crt" },
	{ "cp $B/unknown-party/sign.crt $P/parties/T1/sign-2.crt", "KEY-002",
	  "/parties/T1/sign-2.crt" },
	{ "cp $D/nul.crt $P/parties/T1/sign.crt", "KEY-002", "/parties/T1/sign.crt" },
	{ "cp $D/two.crt $P/parties/T1/sign.crt", "KEY-002", "/parties/T1/sign.crt" },
	{ "cp $D/long.crt $P/parties/T1/sign.crt", "KEY-002", "/parties/T1/sign.crt" },
	{ "cat $P/parties/T1/sign.crt $P/ca/issuing.crt >$D/x && cp $D/x $P/parties/T1/sign.crt",
	  "KEY-002", "/parties/T1/sign.crt" },
	{ "sed '5s/^...../AAAAA/' $P/parties/T1/sign.crt | head -7 >$P/parties/T1/sign-2.crt",
	  "KEY-002", "/parties/T1/sign-2.crt" },

	{ ": >$P/parties/T1/curve.pub", "KEY-002", "/parties/T1/curve.pub" },
	{ "rm $P/parties/T1/curve.pub && mkdir $P/parties/T1/curve.pub", "KEY-001",
	  "/parties/T1/curve.pub" },
	{ "echo short >$P/parties/T1/curve.pub", "KEY-002", "/parties/T1/curve.pub" },
	{ "sed 's/^./~/' $P/parties/T2/curve.pub >$P/parties/T1/curve.pub", "KEY-002",
	  "/parties/T1/curve.pub" },
	{ "printf '%40s\\n' | tr ' ' '#' >$P/parties/T1/curve.pub", "KEY-002", /* above 2^32 */
	  "/parties/T1/curve.pub" },
	{ "echo 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID' >$P/parties/T1/curve.pub", "KEY-002",
	  "/parties/T1/curve.pub" },
	{ "echo 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7' >>$P/parties/T1/curve.pub", "KEY-002",
	  "/parties/T1/curve.pub" },
	{ "cp $P/parties/T2/curve.pub $P/parties/T1/curve.pub", "KEY-002", "/parties/T2" },
	{ "cat $P/parties/T1/curve.pub $P/parties/T1/curve.pub >$D/x; "
	  "cp $D/x $P/parties/T1/curve.pub",
	  "KEY-002", "/parties/T1" },
	{ "cat $P/parties/*/curve.pub $P/parties/*/curve.pub >$D/x; cp $D/x "
	  "$P/parties/T1/curve.pub",
	  "KEY-002", "/parties/T1/curve.pub" },

	{ "echo nobody >$P/parties/T1/anchor", "KEY-002", "/parties/T1/anchor" },
	{ ": >$P/parties/T1/anchor", "KEY-002", "/parties/T1/anchor" },
	{ "mkdir $P/parties/T1/anchor", "KEY-001", "/parties/T1/anchor" },
};

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && strcmp(text + length - tail, end) == 0;
}

static void test_a_broken_folder_is_refused_and_the_old_content_stays(void **state)
{
	(void)state;
	write_list_without_end();
	write_certificate_of("T1\0x", 4, NULL, pki_path("nul.crt"));
	write_certificate_of("T1", 2, "T2", pki_path("two.crt"));
	write_certificate_of("T1234567890123456789012345678901234567", 38, NULL,
			     pki_path("long.crt"));
	for (size_t i = 0; i < COUNT_OF(spoilings); i++) {
		const char *copy = pki_copy();
		struct keyring *keyring = pki_open(copy), *none = NULL;
		struct failure why;

		shell("%s", spoilings[i].how);
		if (keyring_open(&none, copy, &why))
			fail_msg("was not refused: %s", spoilings[i].how);
		assert_null(none);
		assert_int_equal(why.verdict, FAULT);
		if (strcmp(why.code, spoilings[i].code) != 0 ||
		    !ends_with(why.place, spoilings[i].place))
			fail_msg("%s: %s at %s: %s", spoilings[i].how, why.code, why.place,
				 why.text);

		assert_false(keyring_reload(keyring, &why));
		assert_string_equal(why.code, spoilings[i].code);
		assert_string_equal(
			verdict_at(keyring, pki_path("pki/parties/T1/sign.crt"), IN_2014), "");
		keyring_close(keyring);
		shell("rm -rf $P");
	}
}

static void test_what_is_still_being_written_is_not_read(void **state)
{
	const char *copy = pki_copy();
	struct keyring *keyring;

	(void)state;
	shell("mkdir $P/parties/.T3 && echo x >$P/parties/T1/.sign-2.crt && "
	      "echo x >$P/ca/.new.crl && echo x >$P/parties/README && echo x >$P/ca/notes");
	keyring = pki_open(copy);
	assert_false(keyring_knows(keyring, ".T3"));
	assert_false(keyring_knows(keyring, "README"));
	keyring_close(keyring);
}

static void test_a_reload_brings_and_takes_parties(void **state)
{
	const char *copy = pki_copy();
	struct keyring *keyring = pki_open(copy);
	char party[PARTY_ID_SIZE], key[CURVE_TEXT_SIZE];

	(void)state;
	assert_true(keyring_curve(keyring, "T1", key, NULL, NULL));
	assert_true(keyring_party_of_curve(keyring, key, party));
	shell("certs-example/make-pki $P MoT:p384 && rm -r $P/parties/T1");
	assert_true(keyring_knows(keyring, "T1"));
	assert_true(keyring_reload(keyring, NULL));
	assert_false(keyring_knows(keyring, "T1"));
	assert_false(keyring_party_of_curve(keyring, key, party));
	assert_string_equal(verdict_at(keyring, pki_path("pki/parties/T1/sign.crt"), IN_2014),
			    "SIG-015");
	assert_true(keyring_knows(keyring, "MoT"));
	keyring_close(keyring);
}

static void test_closing_no_keyring_is_fine(void **state)
{
	(void)state;
	keyring_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parties_are_known_and_listed_in_order),
		cmocka_unit_test(test_a_broken_folder_is_refused_and_the_old_content_stays),
		cmocka_unit_test(test_what_is_still_being_written_is_not_read),
		cmocka_unit_test(test_a_reload_brings_and_takes_parties),
		cmocka_unit_test(test_closing_no_keyring_is_fine),
	};

	return cmocka_run_group_tests(tests, pki_make, pki_remove);
}
