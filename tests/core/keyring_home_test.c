/* Private keys and transport keys: what is at home, and who may read it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <zmq.h>

#include "core/keyring.h"
#include "pki.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define IN_2014		"2014-02-26T08:00:00Z"

/* ---- signing keys --------------------------------------------------------------------- */

static const struct signing_key *key_at(struct keyring *keyring, const char *party,
					const char *time)
{
	const struct signing_key *key = NULL;
	struct failure why;

	if (!keyring_signing_key(keyring, party, moment(time), &key, &why))
		fail_msg("%s: %s", why.place, why.text);
	return key;
}

/* It signs, and its certificate says so. */
static void assert_works(const struct signing_key *key)
{
	static const unsigned char text[] = "tờ khai";
	const unsigned char *der = key->certificate;
	X509 *certificate = d2i_X509(NULL, &der, (long)key->certificate_length);
	unsigned char value[1024];
	size_t length = sizeof value;
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	assert_non_null(certificate);
	assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key->private_key),
			 1);
	assert_int_equal(EVP_DigestSign(context, value, &length, text, sizeof text), 1);
	EVP_MD_CTX_free(context);
	context = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL,
					      X509_get0_pubkey(certificate)),
			 1);
	assert_int_equal(EVP_DigestVerify(context, value, length, text, sizeof text), 1);
	EVP_MD_CTX_free(context);
	X509_free(certificate);
}

static void assert_no_key(struct keyring *keyring, const char *party, const char *time,
			  const char *code, const char *place)
{
	const struct signing_key *key = NULL;
	struct failure why;

	assert_false(keyring_signing_key(keyring, party, moment(time), &key, &why));
	assert_int_equal(why.verdict, FAULT);
	assert_string_equal(why.code, code);
	if (strstr(why.place, place) == NULL)
		fail_msg("'%s' is not in '%s'", place, why.place);
	assert_null(key);
}

static void test_every_kind_of_key_signs(void **state)
{
	static const char *const parties[] = { "MoF", "MARD", "T2" };
	struct keyring *keyring = pki_open(pki_path("pki"));

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parties); i++) {
		const struct signing_key *key = key_at(keyring, parties[i], IN_2014);
		struct der der = pki_der(pki_path("pki/parties/%s/sign.crt", parties[i]));

		assert_works(key);
		assert_int_equal(key->certificate_length, der.length);
		assert_memory_equal(key->certificate, der.bytes, der.length);
		assert_int_equal(key->not_before, moment("2005-01-01T00:00:00Z"));
		assert_int_equal(key->not_after, moment("2049-12-31T23:59:59Z"));
		assert_ptr_equal(key_at(keyring, parties[i], "2020-01-01"), key);
	}
	keyring_close(keyring);
}

static void test_the_newest_valid_key_at_home_signs(void **state)
{
	const char *copy = pki_copy();
	const struct signing_key *old, *new;
	struct keyring *keyring = pki_open(copy);

	(void)state;
	assert_no_key(keyring, "MoF", "2004-12-31", "KEY-005", "parties/MoF");
	assert_no_key(keyring, "MoF", "2050-01-02", "KEY-005", "parties/MoF");
	assert_no_key(keyring, "nobody", IN_2014, "KEY-005", "");
	old = key_at(keyring, "MoF", "2014-07-01");

	shell("certs-example/make-pki $P --rotate MoF:rsa2048 --since 2014-06-01");
	assert_true(keyring_reload(keyring, NULL));
	assert_ptr_equal(key_at(keyring, "MoF", "2014-05-31"), old);
	new = key_at(keyring, "MoF", "2014-07-01");
	assert_ptr_not_equal(new, old);
	assert_true(new->not_before > old->not_before);
	assert_works(new);

	/* The new certificate is published, its key not yet in use. */
	shell("mv $P/parties/MoF/sign-2.key $D");
	assert_true(keyring_reload(keyring, NULL));
	assert_ptr_equal(key_at(keyring, "MoF", "2014-07-01"), old);

	/* Of those that begin together, the one with the highest number. */
	old = key_at(keyring, "MARD", IN_2014);
	for (int i = 2; i <= 3; i++) {
		shell("certs-example/make-pki $P --rotate MARD");
		assert_true(keyring_reload(keyring, NULL));
		new = key_at(keyring, "MARD", IN_2014);
		assert_ptr_not_equal(new, old);
		old = new;
	}
	shell("cd $P/parties/MARD && mv sign-3.crt sign-10.crt && mv sign-3.key sign-10.key");
	assert_true(keyring_reload(keyring, NULL));
	assert_ptr_equal(key_at(keyring, "MARD", IN_2014), old);

	shell("rm $P/parties/*/sign*.key");
	assert_true(keyring_reload(keyring, NULL));
	assert_no_key(keyring, "MoF", IN_2014, "KEY-005", "parties/MoF");
	keyring_close(keyring);
}

static void test_a_key_once_handed_out_outlives_reloads(void **state)
{
	const char *copy = pki_copy();
	struct keyring *keyring = pki_open(copy);
	const struct signing_key *key = key_at(keyring, "T1", IN_2014);

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_true(keyring_reload(keyring, NULL));
		assert_ptr_equal(key_at(keyring, "T1", IN_2014), key);
	}
	shell("rm -r $P/parties/T1");
	assert_true(keyring_reload(keyring, NULL));
	assert_works(key);
	keyring_close(keyring);
}

static void test_only_a_usable_private_key_is_taken(void **state)
{
	static const struct {
		const char *how, *code;
	} rows[] = {
		{ "chmod 640 $P/parties/T1/sign.key", "KEY-003" },
		{ "chmod 604 $P/parties/T1/sign.key", "KEY-003" },
		{ "chmod 770 $P/parties/T1", "KEY-003" },
		{ "chmod 707 $P/parties/T1", "KEY-003" },
		{ "mkdir -m 777 $P/open && mv $P/parties/T1/sign.key $P/open && "
		  "ln -s ../../open/sign.key $P/parties/T1/sign.key",
		  "KEY-003" },
		{ "test $(id -u) -ne 0 && chmod 640 $P/parties/T1/sign.key || "
		  "chown 4242 $P/parties/T1/sign.key",
		  "KEY-003" },
		{ "cp $P/parties/T2/sign.key $P/parties/T1/sign.key", "KEY-002" },
		{ "cp $P/parties/T1/sign.crt $P/parties/T1/sign.key; "
		  "chmod 600 $P/parties/T1/sign.key",
		  "KEY-002" },
		{ ": >$P/parties/T1/sign.key", "KEY-002" },
		{ "openssl pkcs8 -topk8 -in $P/parties/T1/sign.key -passout pass:x -out $D/x && "
		  "cp $D/x $P/parties/T1/sign.key",
		  "KEY-002" },
		{ "rm $P/parties/T1/sign.key && mkdir $P/parties/T1/sign.key", "KEY-001" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *copy = pki_copy();
		struct keyring *keyring;

		shell("%s", rows[i].how);
		keyring = pki_open(copy); /* somebody else's key does not matter */
		assert_works(key_at(keyring, "T2", IN_2014));
		assert_no_key(keyring, "T1", IN_2014, rows[i].code, "parties/T1/sign.key");
		/* Once mended it is found, without a reload. */
		shell("rm -r $P/parties/T1/sign.key && chmod 755 $P/parties/T1 && "
		      "cp -p $D/pki/parties/T1/sign.key $P/parties/T1");
		assert_works(key_at(keyring, "T1", IN_2014));
		keyring_close(keyring);
		shell("rm -r $P");
	}
}

static const struct signing_key *expired_key(struct keyring *keyring, const char *party)
{
	const struct signing_key *key = NULL;
	struct failure why;

	if (!keyring_expired_key(keyring, party, &key, &why))
		fail_msg("%s: %s", why.place, why.text);
	return key;
}

static void test_an_expired_key_signs_and_is_believed_by_nobody(void **state)
{
	static const char *const parties[] = { "MoF", "MARD", "T2" };
	struct keyring *keyring = pki_open(pki_copy());

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parties); i++) {
		const struct signing_key *key = expired_key(keyring, parties[i]);
		char party[PARTY_ID_SIZE];
		struct failure why;

		assert_works(key);
		assert_ptr_not_equal(key, key_at(keyring, parties[i], IN_2014));
		assert_int_equal(key->not_after, moment("2005-01-02T00:00:00Z"));
		assert_false(keyring_check(keyring, key->certificate, key->certificate_length,
					   moment(IN_2014), moment(IN_2014), party, &why));
		assert_string_equal(why.code, "SIG-011");
		assert_ptr_equal(expired_key(keyring, parties[i]), key);
		assert_true(keyring_reload(keyring, &why));
		assert_ptr_equal(expired_key(keyring, parties[i]), key);
	}
	/* Not even on the one day of its life does it sign what is to be believed. */
	assert_int_equal(key_at(keyring, "MoF", "2005-01-01T12:00:00Z")->not_after,
			 moment("2049-12-31T23:59:59Z"));
	keyring_close(keyring);
}

static void test_an_expired_key_that_cannot_be_used_is_a_fault(void **state)
{
	static const struct {
		const char *how, *code, *place;
	} rows[] = {
		{ "rm $P/parties/T1/expired.crt", "KEY-005", "parties/T1/expired.crt" },
		{ "rm $P/parties/T1/sign.key", "KEY-001", "parties/T1/sign.key" },
		{ "chmod 640 $P/parties/T1/sign.key", "KEY-003", "parties/T1/sign.key" },
		{ ": >$P/parties/T1/expired.crt", "KEY-002", "parties/T1/expired.crt" },
		{ "cp $P/parties/T2/expired.crt $P/parties/T1/", "KEY-002", "parties/T1/sign.key" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct keyring *keyring = pki_open(pki_copy());
		const struct signing_key *key;
		struct failure why;

		shell("%s", rows[i].how);
		assert_false(keyring_expired_key(keyring, "T1", &key, &why));
		assert_int_equal(why.verdict, FAULT);
		assert_string_equal(why.code, rows[i].code);
		assert_non_null(strstr(why.place, rows[i].place));
		assert_false(keyring_expired_key(keyring, "nobody", &key, &why));
		assert_string_equal(why.code, "KEY-005");
		keyring_close(keyring);
		shell("rm -r $P");
	}
}

/* ---- transport keys ------------------------------------------------------------------- */

static void test_transport_keys_are_pairs_as_zeromq_makes_them(void **state)
{
	static const char *const parties[] = { "MoF", "MARD", "T1", "T2" };
	struct keyring *keyring = pki_open(pki_path("pki"));

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parties); i++) {
		char public_key[CURVE_TEXT_SIZE], secret_key[CURVE_TEXT_SIZE],
			derived[CURVE_TEXT_SIZE], alone[CURVE_TEXT_SIZE], party[PARTY_ID_SIZE];

		assert_true(keyring_curve(keyring, parties[i], public_key, secret_key, NULL));
		assert_int_equal(zmq_curve_public(derived, secret_key), 0);
		assert_string_equal(derived, public_key);
		assert_true(keyring_curve(keyring, parties[i], alone, NULL, NULL));
		assert_string_equal(alone, public_key);
		assert_true(keyring_party_of_curve(keyring, public_key, party));
		assert_string_equal(party, parties[i]);
		assert_false(keyring_party_of_curve(keyring, secret_key, party));
	}
	keyring_close(keyring);
}

static void test_a_transport_key_of_nobody_has_no_party(void **state)
{
	struct keyring *keyring = pki_open(pki_path("pki"));
	char public_key[CURVE_TEXT_SIZE], secret_key[CURVE_TEXT_SIZE];
	char party[PARTY_ID_SIZE] = "untouched";

	(void)state;
	assert_int_equal(zmq_curve_keypair(public_key, secret_key), 0);
	assert_false(keyring_party_of_curve(keyring, public_key, party));
	assert_false(keyring_party_of_curve(keyring, "", party));
	assert_true(keyring_curve(keyring, "T1", public_key, NULL, NULL));
	public_key[39] = '\0';
	assert_false(keyring_party_of_curve(keyring, public_key, party));
	assert_string_equal(party, "untouched");
	keyring_close(keyring);
}

static void test_two_transport_keys_overlap(void **state)
{
	const char *copy = pki_copy();
	struct keyring *keyring = pki_open(copy);
	char first[CURVE_TEXT_SIZE], second[CURVE_TEXT_SIZE], secret[CURVE_TEXT_SIZE];
	char party[PARTY_ID_SIZE];

	(void)state;
	assert_true(keyring_curve(keyring, "T1", first, NULL, NULL));
	assert_int_equal(zmq_curve_keypair(second, secret), 0);
	shell("echo '%s' >>$P/parties/T1/curve.pub", second);
	assert_true(keyring_reload(keyring, NULL));
	assert_true(keyring_party_of_curve(keyring, first, party));
	assert_string_equal(party, "T1");
	assert_true(keyring_party_of_curve(keyring, second, party));
	assert_string_equal(party, "T1");
	assert_true(keyring_curve(keyring, "T1", second, secret, NULL));
	assert_string_equal(second, first);
	keyring_close(keyring);
}

static void test_a_secret_transport_key_is_only_had_at_home(void **state)
{
	static const struct {
		const char *how, *code, *place;
	} rows[] = {
		{ "rm $P/parties/T1/curve.key", "KEY-004", "parties/T1" },
		{ "rm $P/parties/T1/curve.pub", "KEY-004", "parties/T1" },
		{ "chmod 644 $P/parties/T1/curve.key", "KEY-003", "parties/T1/curve.key" },
		{ ": >$P/parties/T1/curve.key", "KEY-002", "parties/T1/curve.key" },
		{ "cp $P/parties/T2/curve.key $P/parties/T1/curve.key", "KEY-002",
		  "parties/T1/curve.key" },
		{ "echo '~' >$P/parties/T1/curve.key", "KEY-002", "parties/T1/curve.key" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *copy = pki_copy();
		char public_key[CURVE_TEXT_SIZE], secret_key[CURVE_TEXT_SIZE] = "untouched";
		struct keyring *keyring;
		struct failure why;

		shell("%s", rows[i].how);
		keyring = pki_open(copy);
		assert_false(keyring_curve(keyring, "T1", public_key, secret_key, &why));
		assert_int_equal(why.verdict, FAULT);
		assert_string_equal(why.code, rows[i].code);
		assert_non_null(strstr(why.place, rows[i].place));
		assert_string_equal(secret_key, "untouched");
		keyring_close(keyring);
	}
}

static void test_nobody_has_no_transport_keys(void **state)
{
	struct keyring *keyring = pki_open(pki_path("pki"));
	char public_key[CURVE_TEXT_SIZE];
	struct failure why;

	(void)state;
	assert_false(keyring_curve(keyring, "nobody", public_key, NULL, &why));
	assert_string_equal(why.code, "KEY-004");
	keyring_close(keyring);
}

/* ---- many threads --------------------------------------------------------------------- */

enum { ASKERS = 4, RELOADS = 40 };

struct crowd {
	struct keyring *keyring;
	struct der mof, mard, bad;
	char curve[CURVE_TEXT_SIZE];
	atomic_bool enough;
	atomic_int wrong, asked;
};

/* MoF is always good, a forger never; MARD comes and goes. */
static void *ask(void *argument)
{
	struct crowd *crowd = argument;
	gateway_time now = moment(IN_2014);

	while (!atomic_load(&crowd->enough)) {
		const struct signing_key *key;
		char party[PARTY_ID_SIZE];
		struct failure why = { .code = "" };
		bool right = true;

		right &= keyring_check(crowd->keyring, crowd->mof.bytes, crowd->mof.length, now,
				       now, party, NULL) &&
			 strcmp(party, "MoF") == 0;
		right &= keyring_check(crowd->keyring, crowd->mard.bytes, crowd->mard.length, now,
				       now, party, &why)
				 ? strcmp(party, "MARD") == 0
				 : strcmp(why.code, "SIG-015") == 0;
		right &= !keyring_check(crowd->keyring, crowd->bad.bytes, crowd->bad.length, now,
					now, party, &why) &&
			 strcmp(why.code, "SIG-010") == 0;
		right &= keyring_party_of_curve(crowd->keyring, crowd->curve, party) &&
			 strcmp(party, "MoF") == 0;
		right &= keyring_signing_key(crowd->keyring, "MoF", now, &key, NULL) &&
			 key->certificate_length == crowd->mof.length;
		atomic_fetch_add(&crowd->wrong, !right);
		atomic_fetch_add(&crowd->asked, 1);
	}
	return NULL;
}

static void test_many_may_ask_while_the_keyring_is_reloaded(void **state)
{
	const char *copy = pki_copy();
	struct crowd crowd = {
		.keyring = pki_open(copy),
		.mof = pki_der(pki_path("pki/parties/MoF/sign.crt")),
		.mard = pki_der(pki_path("pki/parties/MARD/sign.crt")),
		.bad = pki_der(pki_path("bad/forged-issuer/sign.crt")),
	};
	char home[512], away[512];
	pthread_t askers[ASKERS];

	(void)state;
	snprintf(home, sizeof home, "%s/parties/MARD", copy);
	snprintf(away, sizeof away, "%s/parties/.MARD", copy);
	assert_true(keyring_curve(crowd.keyring, "MoF", crowd.curve, NULL, NULL));
	for (int i = 0; i < ASKERS; i++)
		assert_int_equal(pthread_create(&askers[i], NULL, ask, &crowd), 0);
	for (int i = 0; i < RELOADS; i++) {
		assert_int_equal(rename(i % 2 == 0 ? home : away, i % 2 == 0 ? away : home), 0);
		assert_true(keyring_reload(crowd.keyring, NULL));
	}
	atomic_store(&crowd.enough, true);
	for (int i = 0; i < ASKERS; i++)
		pthread_join(askers[i], NULL);
	assert_int_equal(crowd.wrong, 0);
	assert_true(crowd.asked > 0);
	keyring_close(crowd.keyring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_of_key_signs),
		cmocka_unit_test(test_the_newest_valid_key_at_home_signs),
		cmocka_unit_test(test_a_key_once_handed_out_outlives_reloads),
		cmocka_unit_test(test_only_a_usable_private_key_is_taken),
		cmocka_unit_test(test_an_expired_key_signs_and_is_believed_by_nobody),
		cmocka_unit_test(test_an_expired_key_that_cannot_be_used_is_a_fault),
		cmocka_unit_test(test_transport_keys_are_pairs_as_zeromq_makes_them),
		cmocka_unit_test(test_a_transport_key_of_nobody_has_no_party),
		cmocka_unit_test(test_two_transport_keys_overlap),
		cmocka_unit_test(test_a_secret_transport_key_is_only_had_at_home),
		cmocka_unit_test(test_nobody_has_no_transport_keys),
		cmocka_unit_test(test_many_may_ask_while_the_keyring_is_reloaded),
	};

	return cmocka_run_group_tests(tests, pki_make, pki_remove);
}
