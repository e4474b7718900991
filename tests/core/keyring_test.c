#include "core/keyring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "overhear.h"
#include "pki.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define IN_2014		"2014-02-26T08:00:00Z"

/* ---- who may sign --------------------------------------------------------------------- */

static void test_each_partys_certificate_may_sign_for_it(void **state)
{
	static const char *const parties[] = { "MARD", "MoF", "T1", "T2" };
	struct keyring *keyring = pki_open(pki_path("pki"));

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parties); i++) {
		struct der der = pki_der(pki_path("pki/parties/%s/sign.crt", parties[i]));
		char party[PARTY_ID_SIZE] = "";

		/* The second time the answer is a remembered one. */
		for (int time = 0; time < 2; time++) {
			assert_true(keyring_check(keyring, der.bytes, der.length, moment(IN_2014),
						  moment(IN_2014), party, NULL));
			assert_string_equal(party, parties[i]);
		}
	}
	keyring_close(keyring);
}

static void test_a_strangers_certificate_is_refused_with_its_reason(void **state)
{
	static const struct {
		const char *bad, *code;
	} rows[] = {
		{ "expired", "SIG-011" },
		{ "not-yet-valid", "SIG-012" },
		{ "revoked", "SIG-013" },
		{ "encryption-only", "SIG-014" },
		{ "web-server", "SIG-014" },
		{ "signing-authority", "SIG-014" },
		{ "unknown-party", "SIG-015" },
		{ "no-party", "SIG-015" },
		{ "not-on-file", "SIG-015" },
		{ "key-rsa1024", "SIG-016" },
		{ "key-exponent3", "SIG-016" },
		{ "key-curve-P-521", "SIG-016" },
		{ "key-curve-secp256k1", "SIG-016" },
		{ "key-ed25519", "SIG-016" },
		{ "unknown-extension", "SIG-017" },
		{ "foreign-root", "SIG-010" },
		{ "forged-issuer", "SIG-010" },
		{ "path-too-long", "SIG-010" }, /* its issuer is not held here */
		{ "name-not-permitted", "SIG-010" },
		{ "weak-issuer", "SIG-010" },
	};
	struct keyring *keyring = pki_open(pki_path("pki"));

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *path = pki_path("bad/%s/sign.crt", rows[i].bad);

		assert_string_equal(verdict_at(keyring, path, IN_2014), rows[i].code);
	}
	keyring_close(keyring);
}

static void test_a_certificate_on_file_is_refused_with_its_reason(void **state)
{
	static const struct {
		const char *bad, *code;
	} rows[] = {
		{ "expired", "SIG-011" },
		{ "not-yet-valid", "SIG-012" },
		{ "revoked", "SIG-013" },
		{ "encryption-only", "SIG-014" },
		{ "web-server", "SIG-014" },
		{ "signing-authority", "SIG-014" },
		{ "key-rsa1024", "SIG-016" },
		{ "key-exponent3", "SIG-016" },
		{ "key-curve-P-521", "SIG-016" },
		{ "key-curve-secp256k1", "SIG-016" },
		{ "key-ed25519", "SIG-016" },
		{ "unknown-extension", "SIG-017" },
		{ "foreign-root", "SIG-010" },
		{ "forged-issuer", "SIG-010" },
		{ "not-on-file", "" }, /* now it is */
	};
	const char *copy = pki_copy();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct keyring *keyring;

		shell("cp $B/%s/sign.* $P/parties/T1", rows[i].bad);
		keyring = pki_open(copy);
		for (int time = 0; time < 2; time++)
			assert_string_equal(verdict_at(keyring,
						       pki_path("bad/%s/sign.crt", rows[i].bad),
						       IN_2014),
					    rows[i].code);
		keyring_close(keyring);
	}
}

static void test_an_issuer_may_not_go_beyond_what_it_was_granted(void **state)
{
	static const struct {
		const char *issuer, *code;
	} rows[] = {
		{ "path-too-long", "SIG-017" },
		{ "name-not-permitted", "SIG-017" },
		{ "weak-issuer", "SIG-016" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *issuer = rows[i].issuer, *copy = pki_copy();
		struct keyring *keyring;

		shell("cp $B/%s/%s.cr? $P/ca && cp $B/%s/sign.* $P/parties/T1", issuer, issuer,
		      issuer);
		keyring = pki_open(copy);
		assert_string_equal(
			verdict_at(keyring, pki_path("bad/%s/sign.crt", issuer), IN_2014),
			rows[i].code);
		keyring_close(keyring);
	}
}

static void test_a_certificate_must_not_be_signed_over_sha1(void **state)
{
	const char *copy = pki_copy();
	struct keyring *keyring;

	(void)state;
	pki_issue("-md sha1", "keyUsage=digitalSignature");
	shell("cp $P/parties/T1/sign.crt $D/sha1.crt");
	keyring = pki_open(copy);
	assert_string_equal(verdict_at(keyring, pki_path("sha1.crt"), IN_2014), "SIG-016");
	keyring_close(keyring);
}

static void test_extended_key_usage_must_include_documents(void **state)
{
	static const struct {
		const char *extensions, *code;
	} rows[] = {
		{ "keyUsage=digitalSignature", "" },
		{ "keyUsage=nonRepudiation", "SIG-014" },
		{ "basicConstraints=CA:FALSE", "SIG-014" }, /* no word of key usage */
		{ "keyUsage=digitalSignature\nextendedKeyUsage=1.3.6.1.5.5.7.3.36", "" },
		{ "keyUsage=digitalSignature\nextendedKeyUsage=serverAuth,anyExtendedKeyUsage",
		  "" },
		{ "keyUsage=digitalSignature\nextendedKeyUsage=emailProtection", "SIG-014" },
		{ "keyUsage=digitalSignature\nextendedKeyUsage=DER:0500", "SIG-017" },
	};
	const char *copy = pki_copy();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct keyring *keyring;
		const char *path = pki_path("copy-of-it.crt");

		pki_issue("", rows[i].extensions);
		shell("cp $P/parties/T1/sign.crt $D/copy-of-it.crt");
		keyring = pki_open(copy);
		assert_string_equal(verdict_at(keyring, path, IN_2014), rows[i].code);
		keyring_close(keyring);
	}
}

static void test_what_is_no_certificate_is_refused(void **state)
{
	struct keyring *keyring = pki_open(pki_path("pki"));
	struct der der = pki_der(pki_path("pki/parties/MoF/sign.crt"));
	char party[PARTY_ID_SIZE];
	struct failure why;

	(void)state;
	for (size_t length = 0; length <= der.length + 1; length += length < 40 ? 1 : 97) {
		if (length == der.length)
			continue;
		assert_false(keyring_check(keyring, der.bytes, length, 0, 0, party, &why));
		assert_int_equal(why.verdict, REJECT);
		assert_string_equal(why.code, "SIG-007");
	}
	assert_false(keyring_check(keyring, der.bytes, der.length + 1, 0, 0, party, &why));
	assert_string_equal(why.code, "SIG-007");
	keyring_close(keyring);
}

/* One bit anywhere: never trusted, whatever the reason given. */
static void test_a_certificate_changed_by_one_bit_is_refused(void **state)
{
	struct keyring *keyring = pki_open(pki_path("pki"));
	struct der der = pki_der(pki_path("pki/parties/MoF/sign.crt"));
	char party[PARTY_ID_SIZE];

	(void)state;
	for (size_t at = 0; at < der.length; at += 3) {
		der.bytes[at] ^= (unsigned char)(1 << at % 8);
		assert_false(keyring_check(keyring, der.bytes, der.length, moment(IN_2014),
					   moment(IN_2014), party, NULL));
		der.bytes[at] ^= (unsigned char)(1 << at % 8);
	}
	keyring_close(keyring);
}

/* ---- when ----------------------------------------------------------------------------- */

static const struct {
	const char *time, *code;
} validity[] = {
	{ "2004-06-01T00:00:00Z", "SIG-012" }, { "2004-12-31T23:59:59.999Z", "SIG-012" },
	{ "2005-01-01T00:00:00Z", "" },	       { "2014-02-26T00:00:00Z", "" },
	{ "2049-12-31T23:59:58.999Z", "" },    { "2049-12-31T23:59:59Z", "SIG-011" },
	{ "2060-01-01T00:00:00Z", "SIG-011" },
};

static void test_validity_is_judged_by_gateway_time(void **state)
{
	struct keyring *keyring = pki_open(pki_path("pki"));
	const char *path = pki_path("pki/parties/MoF/sign.crt");

	(void)state;
	for (size_t i = 0; i < COUNT_OF(validity); i++)
		assert_string_equal(verdict_at(keyring, path, validity[i].time), validity[i].code);
	/* Backwards too: what was remembered must not be used outside its time. */
	for (size_t i = COUNT_OF(validity); i-- > 0;)
		assert_string_equal(verdict_at(keyring, path, validity[i].time), validity[i].code);
	keyring_close(keyring);
}

/* The code of MoF's certificate; each question finds another one's answer remembered. */
static const char *mof_at(struct keyring *keyring, const char *signed_at, const char *received_at)
{
	static struct failure why;
	struct der der = pki_der(pki_path("pki/parties/MoF/sign.crt"));
	char party[PARTY_ID_SIZE];

	assert_string_equal(verdict_at(keyring, pki_path("pki/parties/MoF/sign.crt"), IN_2014), "");
	why.code[0] = '\0';
	if (!keyring_check(keyring, der.bytes, der.length, moment(signed_at), moment(received_at),
			   party, &why))
		assert_int_equal(why.verdict, REJECT);
	return why.code;
}

static void test_a_certificate_must_be_valid_at_signing_and_at_receipt(void **state)
{
	struct keyring *keyring = pki_open(pki_path("pki"));

	(void)state;
	for (size_t i = 0; i < COUNT_OF(validity); i++) {
		assert_string_equal(mof_at(keyring, validity[i].time, IN_2014), validity[i].code);
		assert_string_equal(mof_at(keyring, IN_2014, validity[i].time), validity[i].code);
	}
	assert_string_equal(mof_at(keyring, IN_2014, "2050-01-02"), "SIG-011");
	keyring_close(keyring);
}

static int64_t cpu_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* What two hundred answers cost, in CPU time of this thread. */
static int64_t cost(struct keyring *keyring, const char *path)
{
	struct der der = pki_der(path);
	char party[PARTY_ID_SIZE];
	int64_t began = cpu_time();

	for (int i = 0; i < 200; i++)
		if (!keyring_check(keyring, der.bytes, der.length, moment(IN_2014), moment(IN_2014),
				   party, NULL))
			continue;
	return cpu_time() - began;
}

static void test_trust_is_remembered(void **state)
{
	struct keyring *keyring = pki_open(pki_path("pki"));
	int64_t verified = cost(keyring, pki_path("bad/not-on-file/sign.crt"));

	(void)state;
	assert_true(cost(keyring, pki_path("pki/parties/MoF/sign.crt")) * 5 < verified);
	keyring_close(keyring);
}

/* ---- revocation ----------------------------------------------------------------------- */

static void test_a_revoked_certificate_is_refused_from_the_reload_on(void **state)
{
	const char *copy = pki_copy();
	const char *mof = pki_path("pki/parties/MoF/sign.crt");
	struct keyring *keyring = pki_open(copy);

	(void)state;
	assert_string_equal(verdict_at(keyring, mof, IN_2014), "");
	shell("certs-example/make-pki $P --revoke MoF");
	assert_string_equal(verdict_at(keyring, mof, IN_2014), "");
	assert_true(keyring_reload(keyring, NULL));
	assert_string_equal(verdict_at(keyring, mof, IN_2014), "SIG-013");
	assert_string_equal(verdict_at(keyring, mof, "2006-01-01"), "SIG-013");
	assert_string_equal(verdict_at(keyring, pki_path("pki/parties/MARD/sign.crt"), IN_2014),
			    "");
	keyring_close(keyring);
}

static void test_revocation_of_the_issuer_reaches_its_parties(void **state)
{
	const char *copy = pki_copy();
	struct keyring *keyring;

	(void)state;
	shell("CA=$P/ca/root CA_PRIVATE=$P/ca/private/root SCRATCH=$D;"
	      "export CA CA_PRIVATE SCRATCH;"
	      "openssl ca -config certs-example/openssl.cnf -revoke $P/ca/issuing.crt 2>$D/said &&"
	      "openssl ca -config certs-example/openssl.cnf -gencrl -crl_lastupdate "
	      "20050101000000Z -crl_nextupdate 20491231235959Z -out $P/ca/root.crl 2>$D/said");
	keyring = pki_open(copy);
	assert_string_equal(verdict_at(keyring, pki_path("pki/parties/MoF/sign.crt"), IN_2014),
			    "SIG-013");
	keyring_close(keyring);
}

static size_t lines_in(const char *text)
{
	size_t lines = 0;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

/* Two parties, so that remembered and fresh answers are both asked. */
static void test_an_overdue_revocation_list_counts_for_a_week(void **state)
{
	static const struct {
		const char *time, *code;
		size_t warnings;
	} rows[] = {
		{ "2014-02-28T23:59:59.999Z", "", 0 },
		{ "2014-03-01T00:00:00Z", "", 1 },
		{ "2014-03-01T23:59:59Z", "", 0 },
		{ "2014-03-02T00:00:00Z", "", 1 },
		{ "2014-03-07T23:59:59.999Z", "", 1 },
		{ "2014-03-08T00:00:00Z", "SIG-018", 0 },
		{ "2020-01-01T00:00:00Z", "SIG-018", 0 },
		{ "2014-02-28T12:00:00Z", "", 0 }, /* an earlier message is not spoilt by it */
	};
	const char *copy = pki_copy();
	struct keyring *keyring;

	(void)state;
	shell("certs-example/make-pki $P --crl-until 2014-03-01");
	keyring = pki_open(copy);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char *said;

		overhear();
		assert_string_equal(
			verdict_at(keyring, pki_path("pki/parties/MoF/sign.crt"), rows[i].time),
			rows[i].code);
		assert_string_equal(
			verdict_at(keyring, pki_path("pki/parties/T2/sign.crt"), rows[i].time),
			rows[i].code);
		said = overheard();
		assert_int_equal(lines_in(said), rows[i].warnings);
		assert_true(rows[i].warnings == 0 || strstr(said, "ca/issuing.crl") != NULL ||
			    strstr(said, "ca/root.crl") != NULL);
		free(said);
	}
	keyring_close(keyring);
}

static void test_a_stale_list_is_deferred_with_its_file_and_hides_nothing(void **state)
{
	const char *copy = pki_copy();
	struct der der = pki_der(pki_path("pki/parties/MoF/sign.crt"));
	char party[PARTY_ID_SIZE];
	struct keyring *keyring;
	struct failure why;

	(void)state;
	shell("certs-example/make-pki $P --crl-until 2014-03-01 && cp $B/foreign-root/*.cr[tl] "
	      "$P/ca && rm $P/ca/sign.crt");
	pki_list("-crl_lastupdate 20050101000000Z -crl_nextupdate 20140201000000Z", "");
	keyring = pki_open(copy);
	assert_false(keyring_check(keyring, der.bytes, der.length, moment(IN_2014), moment(IN_2014),
				   party, &why));
	assert_int_equal(why.verdict, DEFER);
	assert_string_equal(why.code, "SIG-018");
	assert_non_null(strstr(why.place, "ca/issuing.crl"));

	/* A list that says nothing in time still says who was revoked; and a certificate that
	 * is bad for ever is not told to come back. */
	assert_string_equal(verdict_at(keyring, pki_path("bad/expired/sign.crt"), IN_2014),
			    "SIG-011");
	assert_string_equal(verdict_at(keyring, pki_path("bad/revoked/sign.crt"), IN_2014),
			    "SIG-013");
	assert_string_equal(verdict_at(keyring, pki_path("bad/web-server/sign.crt"), IN_2014),
			    "SIG-014");
	assert_string_equal(verdict_at(keyring, pki_path("bad/forged-issuer/sign.crt"), IN_2014),
			    "SIG-010");
	assert_string_equal(verdict_at(keyring, pki_path("pki/parties/MoF/sign.crt"), "2060-01-01"),
			    "SIG-011");
	keyring_close(keyring);
}

static void test_a_revocation_list_of_the_future_tells_nothing(void **state)
{
	const char *copy = pki_copy();
	const char *mof = pki_path("pki/parties/MoF/sign.crt");
	struct keyring *keyring;

	(void)state;
	pki_list("-crl_lastupdate 20140601000000Z -crl_nextupdate 20491231235959Z", "");
	keyring = pki_open(copy);
	assert_string_equal(verdict_at(keyring, mof, "2014-05-31T23:59:59Z"), "SIG-018");
	assert_string_equal(verdict_at(keyring, mof, "2014-06-01T00:00:00Z"), "");
	assert_string_equal(verdict_at(keyring, mof, "2014-05-31T23:59:59Z"), "SIG-018");
	keyring_close(keyring);
}

static void test_a_revocation_list_for_others_tells_nothing(void **state)
{
	static const char *const extensions[] = {
		"issuingDistributionPoint=critical,@point\n[point]\nonlyCA=TRUE",
		"1.3.6.1.4.1.32473.1=critical,ASN1:NULL",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(extensions); i++) {
		const char *copy = pki_copy();
		struct keyring *keyring;

		pki_list("-crl_lastupdate 20050101000000Z -crl_nextupdate 20491231235959Z",
			 extensions[i]);
		keyring = pki_open(copy);
		assert_string_equal(
			verdict_at(keyring, pki_path("pki/parties/MoF/sign.crt"), IN_2014),
			"SIG-018");
		keyring_close(keyring);
	}
}

/* ---- several certificates, several authorities ---------------------------------------- */

static void test_two_certificates_of_a_party_overlap(void **state)
{
	const char *copy = pki_copy();
	struct keyring *keyring = pki_open(copy);

	(void)state;
	shell("certs-example/make-pki $P --rotate MoF:rsa2048 --since 2014-06-01 && "
	      "cp $P/parties/MoF/sign-2.crt $D/second.crt");
	assert_string_equal(verdict_at(keyring, pki_path("second.crt"), "2014-07-01"), "SIG-015");
	assert_true(keyring_reload(keyring, NULL));
	assert_string_equal(verdict_at(keyring, pki_path("second.crt"), "2014-07-01"), "");
	assert_string_equal(verdict_at(keyring, pki_path("second.crt"), "2014-05-01"), "SIG-012");
	assert_string_equal(verdict_at(keyring, pki_path("pki/parties/MoF/sign.crt"), "2014-07-01"),
			    "");

	shell("rm $P/parties/MoF/sign.crt $P/parties/MoF/sign.key");
	assert_true(keyring_reload(keyring, NULL));
	assert_string_equal(verdict_at(keyring, pki_path("pki/parties/MoF/sign.crt"), "2014-07-01"),
			    "SIG-015");
	assert_string_equal(verdict_at(keyring, pki_path("second.crt"), "2014-07-01"), "");
	keyring_close(keyring);
}

static void test_a_partys_anchor_is_the_only_way_to_it(void **state)
{
	static const struct {
		const char *certificate, *anchor, *code;
	} rows[] = {
		{ "pki/parties/T1", NULL, "" },
		{ "pki/parties/T1", "root", "" },
		{ "pki/parties/T1", "issuing", "" },
		{ "pki/parties/T1", "foreign-root", "SIG-017" },
		{ "bad/foreign-root", NULL, "" },
		{ "bad/foreign-root", "foreign-root", "" },
		{ "bad/foreign-root", "root", "SIG-017" },
		{ "bad/foreign-root", "issuing", "SIG-017" },
	};
	const char *copy = pki_copy();

	(void)state;
	shell("cp $B/foreign-root/foreign-root.* $P/ca");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct keyring *keyring;

		shell("cp $D/%s/sign.crt $P/parties/T1; rm -f $P/parties/T1/anchor",
		      rows[i].certificate);
		if (rows[i].anchor != NULL)
			shell("echo %s >$P/parties/T1/anchor", rows[i].anchor);
		keyring = pki_open(copy);
		assert_string_equal(
			verdict_at(keyring, pki_path("%s/sign.crt", rows[i].certificate), IN_2014),
			rows[i].code);
		assert_string_equal(
			verdict_at(keyring, pki_path("pki/parties/MoF/sign.crt"), IN_2014), "");
		keyring_close(keyring);
	}
}

/* Of a party, not of whoever the new authority cares to name. */
static void test_another_authority_cannot_issue_for_a_party(void **state)
{
	const char *copy = pki_copy();
	struct keyring *keyring;

	(void)state;
	shell("cp $B/foreign-root/foreign-root.* $P/ca");
	keyring = pki_open(copy);
	assert_string_equal(verdict_at(keyring, pki_path("bad/foreign-root/sign.crt"), IN_2014),
			    "SIG-015");
	keyring_close(keyring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_partys_certificate_may_sign_for_it),
		cmocka_unit_test(test_a_strangers_certificate_is_refused_with_its_reason),
		cmocka_unit_test(test_a_certificate_on_file_is_refused_with_its_reason),
		cmocka_unit_test(test_an_issuer_may_not_go_beyond_what_it_was_granted),
		cmocka_unit_test(test_a_certificate_must_not_be_signed_over_sha1),
		cmocka_unit_test(test_extended_key_usage_must_include_documents),
		cmocka_unit_test(test_what_is_no_certificate_is_refused),
		cmocka_unit_test(test_a_certificate_changed_by_one_bit_is_refused),
		cmocka_unit_test(test_validity_is_judged_by_gateway_time),
		cmocka_unit_test(test_a_certificate_must_be_valid_at_signing_and_at_receipt),
		cmocka_unit_test(test_trust_is_remembered),
		cmocka_unit_test(test_a_revoked_certificate_is_refused_from_the_reload_on),
		cmocka_unit_test(test_revocation_of_the_issuer_reaches_its_parties),
		cmocka_unit_test(test_an_overdue_revocation_list_counts_for_a_week),
		cmocka_unit_test(test_a_stale_list_is_deferred_with_its_file_and_hides_nothing),
		cmocka_unit_test(test_a_revocation_list_of_the_future_tells_nothing),
		cmocka_unit_test(test_a_revocation_list_for_others_tells_nothing),
		cmocka_unit_test(test_two_certificates_of_a_party_overlap),
		cmocka_unit_test(test_a_partys_anchor_is_the_only_way_to_it),
		cmocka_unit_test(test_another_authority_cannot_issue_for_a_party),
	};

	return cmocka_run_group_tests(tests, pki_make, pki_remove);
}
