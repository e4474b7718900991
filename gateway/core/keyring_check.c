#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "core/keyring_parts.h"
#include "core/log.h"
#include "core/signature_profile.h"

#define DAY		 ((gateway_time)86400 * 1000)
#define DOCUMENT_SIGNING "1.3.6.1.5.5.7.3.36" /* RFC 9336; unknown to OpenSSL 3.0 */
#define ANY_EXTENDED_USE "2.5.29.37.0"

/* How every SIG-018 begins. */
#define DOUBT "it cannot be told whether the certificate is revoked"

/* ---- the certificate itself ----------------------------------------------------------- */

/* Only uses that include the signing of documents; no such extension means any. */
static bool extended_use_allows(X509 *certificate)
{
	EXTENDED_KEY_USAGE *uses;
	bool allowed = false;
	int found;

	uses = X509_get_ext_d2i(certificate, NID_ext_key_usage, &found, NULL);
	if (uses == NULL)
		return found == -1;
	for (int i = 0; i < sk_ASN1_OBJECT_num(uses); i++) {
		char oid[64];

		OBJ_obj2txt(oid, sizeof oid, sk_ASN1_OBJECT_value(uses, i), 1);
		allowed = allowed || strcmp(oid, DOCUMENT_SIGNING) == 0 ||
			  strcmp(oid, ANY_EXTENDED_USE) == 0;
	}
	EXTENDED_KEY_USAGE_free(uses);
	return allowed;
}

static bool sound_key(const struct examination *it, struct failure *why)
{
	EVP_PKEY *key;

	if (!signature_key_read(&key, it->der, it->length, why))
		return false;
	EVP_PKEY_free(key);
	return true;
}

static bool may_sign(const struct examination *it, struct failure *why)
{
	if (X509_check_ca(it->certificate) != 0)
		return reject(why, "SIG-014", "an authority's certificate signs no documents");
	if ((X509_get_extension_flags(it->certificate) & EXFLAG_KUSAGE) == 0 ||
	    (X509_get_key_usage(it->certificate) & KU_DIGITAL_SIGNATURE) == 0)
		return reject(why, "SIG-014",
			      "the certificate's key usage does not include digitalSignature");
	return extended_use_allows(it->certificate) ||
	       reject(why, "SIG-014",
		      "the certificate's extended key usage does not include documentSigning");
}

/* ---- revocation lists and their age --------------------------------------------------- */

static bool lists_in_time(const struct examination *it, const struct trust *trust,
			  struct failure *why)
{
	char now[TIME_TEXT_SIZE], due[TIME_TEXT_SIZE];

	if (it->unlisted != 0)
		return defer(why, "SIG-018", DOUBT ": %s",
			     X509_verify_cert_error_string(it->unlisted));
	if (it->at < trust->listed.from)
		return defer(why, "SIG-018", DOUBT " at %s: a revocation list begins only at %s",
			     time_text(it->at, now), time_text(trust->listed.from, due));
	if (it->at < trust->listed.until)
		return true;
	defer(why, "SIG-018", DOUBT " at %s: a revocation list was to be renewed by %s",
	      time_text(it->at, now), time_text(trust->next_due->listed.until, due));
	return failure_at(why, "%s", trust->next_due->list_file);
}

/* Once a gateway day: an operator has a week to act. */
static void warn_of_overdue_list(struct ring *ring, const struct trust *trust, gateway_time at)
{
	char now[TIME_TEXT_SIZE], due[TIME_TEXT_SIZE];
	bool warn = false;

	if (at < trust->next_due->listed.until)
		return;
	pthread_mutex_lock(&ring->memory);
	if (at >= ring->warned + DAY) {
		ring->warned = at;
		warn = true;
	}
	pthread_mutex_unlock(&ring->memory);
	if (warn)
		log_line(LOG_WARN, "revocation list overdue", "file", trust->next_due->list_file,
			 "due", time_text(trust->next_due->listed.until, due), "time",
			 time_text(at, now), NULL);
}

/* ---- the question --------------------------------------------------------------------- */

/* All that costs time. Reasons to refuse for good come before those to wait. */
static bool examine(struct examination *it, struct trust *trust, struct failure *why)
{
	bool good = path_verify(it, why) && sound_key(it, why) && may_sign(it, why) &&
		    path_weigh(it, trust, why) && lists_in_time(it, trust, why);

	path_close(it);
	return good;
}

static bool recall(struct ring *ring, const struct filed_certificate *filed, gateway_time at,
		   struct trust *trust)
{
	bool known;

	pthread_mutex_lock(&ring->memory);
	known = filed->examined;
	*trust = filed->trust;
	pthread_mutex_unlock(&ring->memory);
	return known && span_holds(&trust->valid, at) && span_holds(&trust->listed, at);
}

/* The latest answer: with renewed authorities another path may serve another time. */
static void remember(struct ring *ring, struct filed_certificate *filed, const struct trust *trust)
{
	pthread_mutex_lock(&ring->memory);
	filed->examined = true;
	filed->trust = *trust;
	pthread_mutex_unlock(&ring->memory);
}

/* Trust at receipt is established; the certificates must have been valid at signing as well. */
static bool valid_when_signed(const struct trust *trust, gateway_time signed_at,
			      struct failure *why)
{
	char then[TIME_TEXT_SIZE], limit[TIME_TEXT_SIZE];

	if (signed_at < trust->valid.from)
		return reject(why, "SIG-012",
			      "signed at %s, before the certificate or one of its issuers became "
			      "valid at %s",
			      time_text(signed_at, then), time_text(trust->valid.from, limit));
	if (signed_at >= trust->valid.until)
		return reject(why, "SIG-011",
			      "signed at %s, after the certificate or one of its issuers expired "
			      "at %s",
			      time_text(signed_at, then), time_text(trust->valid.until, limit));
	return true;
}

static bool not_on_file(struct ring *ring, X509 *certificate, struct failure *why)
{
	char party[PARTY_ID_SIZE];

	if (!certificate_party(certificate, party))
		return reject(why, "SIG-015",
			      "the certificate names no party (serialNumber of its subject)");
	if (ring_member(ring, party) == NULL)
		return reject(why, "SIG-015", "nobody known here is called '%s'", party);
	return reject(why, "SIG-015", "this certificate of '%s' is not on file here", party);
}

/* Always false; what is wrong with the certificate itself is told before that it is strange. */
static bool refuse_stranger(struct ring *ring, const unsigned char *der, size_t length,
			    gateway_time at, struct failure *why)
{
	const unsigned char *end = der;
	X509 *certificate = d2i_X509(NULL, &end, (long)length);
	struct examination it = {
		.ring = ring, .certificate = certificate, .der = der, .length = length, .at = at
	};
	struct trust trust;

	if (certificate == NULL || end != der + length)
		reject(why, "SIG-007", "what should be a certificate is not one");
	else if (examine(&it, &trust, why))
		not_on_file(ring, certificate, why);
	X509_free(certificate);
	ERR_clear_error();
	return false;
}

static bool trust_filed(struct ring *ring, struct filed_certificate *filed, gateway_time at,
			struct trust *trust, struct failure *why)
{
	struct examination it = {
		.ring = ring,
		.certificate = filed->certificate,
		.der = filed->der,
		.length = filed->length,
		.anchor = filed->owner->anchor,
		.at = at,
	};

	if (recall(ring, filed, at, trust))
		return true;
	if (!examine(&it, trust, why))
		return false;
	remember(ring, filed, trust);
	return true;
}

bool ring_check(struct ring *ring, const unsigned char *certificate, size_t length,
		gateway_time signed_at, gateway_time received_at, char party[PARTY_ID_SIZE],
		struct failure *why)
{
	struct digest digest = digest_of(certificate, length);
	struct filed_certificate *filed = ring_filed(ring, &digest);
	struct trust trust;

	if (filed == NULL)
		return refuse_stranger(ring, certificate, length, received_at, why);
	if (!trust_filed(ring, filed, received_at, &trust, why) ||
	    !valid_when_signed(&trust, signed_at, why))
		return false;
	warn_of_overdue_list(ring, &trust, received_at);
	strcpy(party, filed->owner->id);
	return true;
}
