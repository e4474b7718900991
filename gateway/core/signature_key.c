#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <string.h>

#include "core/signature_profile.h"

/* ---- the keys of the profile: these and no others -------------------------------------- */

/* Bits of RSA moduli. The upper bounds are for time: a key is used before it is trusted. */
#define RSA_BITS_MIN	      2048
#define RSA_BITS_MAX	      8192
#define RSA_EXPONENT_MIN      65537
#define RSA_EXPONENT_BITS_MAX 33
#define RSA_SIGNS_WITH	      "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

static const struct {
	const char *group; /* OpenSSL's name */
	size_t half;	   /* bytes of r and of s */
	const char *signs_with;
} curves[] = {
	{ "prime256v1", 32, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" },
	{ "secp384r1", 48, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" },
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* Index into curves, or -1. Explicit parameters may describe a curve of the attacker's own. */
static int curve_of(EVP_PKEY *key)
{
	char group[40];
	size_t length;
	int explicit = 0;

	if (EVP_PKEY_get_group_name(key, group, sizeof group, &length) != 1)
		return -1;
	EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit);
	for (size_t i = 0; i < COUNT(curves); i++)
		if (strcmp(curves[i].group, group) == 0)
			return explicit ? -1 : (int)i;
	return -1;
}

size_t ecdsa_half(EVP_PKEY *key)
{
	int curve = curve_of(key);

	return curve >= 0 ? curves[curve].half : 0;
}

static bool rsa_exponent_sound(EVP_PKEY *key)
{
	BIGNUM *exponent = NULL;
	bool sound = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
		     BN_is_odd(exponent) && BN_num_bits(exponent) <= RSA_EXPONENT_BITS_MAX &&
		     BN_get_word(exponent) >= RSA_EXPONENT_MIN;

	BN_free(exponent);
	return sound;
}

bool signature_key_check(EVP_PKEY *key, struct failure *why)
{
	int bits = EVP_PKEY_get_bits(key);

	if (EVP_PKEY_is_a(key, "EC"))
		return curve_of(key) >= 0 ||
		       reject(why, "SIG-016", "the signer's curve is neither P-256 nor P-384");
	if (!EVP_PKEY_is_a(key, "RSA"))
		return reject(why, "SIG-016", "the signer's key is neither RSA nor ECDSA");
	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
		return reject(why, "SIG-016",
			      "the signer's RSA key has %d bits; %d to %d are accepted", bits,
			      RSA_BITS_MIN, RSA_BITS_MAX);
	if (!rsa_exponent_sound(key))
		return reject(why, "SIG-016", "the signer's RSA key has an unsafe public exponent");
	return true;
}

const struct signature_method *signature_method_for(EVP_PKEY *key)
{
	if (!signature_key_check(key, NULL))
		return NULL;
	if (EVP_PKEY_is_a(key, "RSA"))
		return signature_method_of(RSA_SIGNS_WITH);
	return signature_method_of(curves[curve_of(key)].signs_with);
}

/* ---- keys in certificates ------------------------------------------------------------- */

/*
 * OpenSSL 3.0 takes longer to make a key of a certificate's bytes than to verify with it, and
 * the same few parties sign again and again. So keys that passed the check are remembered
 * by the digest of their certificate; the newest has the slot. Trust is not remembered: that
 * is the keyring's.
 */
static struct {
	struct digest certificate;
	EVP_PKEY *key; /* NULL: free */
} slots[256];
static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;

static EVP_PKEY *recall(const struct digest *certificate)
{
	EVP_PKEY *key = NULL;

	pthread_mutex_lock(&slots_lock);
	if (memcmp(&slots[certificate->bytes[0]].certificate, certificate, sizeof *certificate) ==
	    0)
		key = slots[certificate->bytes[0]].key;
	if (key != NULL)
		EVP_PKEY_up_ref(key);
	pthread_mutex_unlock(&slots_lock);
	return key;
}

static void remember(const struct digest *certificate, EVP_PKEY *key)
{
	EVP_PKEY *former;

	EVP_PKEY_up_ref(key);
	pthread_mutex_lock(&slots_lock);
	former = slots[certificate->bytes[0]].key;
	slots[certificate->bytes[0]].key = key;
	slots[certificate->bytes[0]].certificate = *certificate;
	pthread_mutex_unlock(&slots_lock);
	EVP_PKEY_free(former);
}

static EVP_PKEY *key_in(const unsigned char *certificate, size_t length)
{
	const unsigned char *end = certificate;
	X509 *parsed = d2i_X509(NULL, &end, (long)length);
	EVP_PKEY *key = X509_get_pubkey(parsed);

	X509_free(parsed);
	if (end == certificate + length)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

bool signature_key_read(EVP_PKEY **out, const unsigned char *certificate, size_t length,
			struct failure *why)
{
	const struct digest digest = digest_of(certificate, length);

	*out = recall(&digest);
	if (*out != NULL)
		return true;
	*out = key_in(certificate, length);
	if (*out == NULL)
		return reject(why, "SIG-007", "the signer's certificate cannot be read");
	if (!signature_key_check(*out, why)) {
		EVP_PKEY_free(*out);
		*out = NULL;
		return false;
	}
	remember(&digest, *out);
	return true;
}
