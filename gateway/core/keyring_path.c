#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "core/keyring_parts.h"

#define CRL_GRACE	  (KEYRING_CRL_GRACE_DAYS * (gateway_time)86400 * 1000)
#define PATH_LENGTH_MAX	  8
#define SECURITY_LEVEL	  2 /* OpenSSL's scale: 112 bits, hence RSA-2048 and SHA-256 at least */
#define SUBJECT_TEXT_SIZE 160

/* What OpenSSL's verdicts mean to us; all others break a constraint of the path. */
static const struct meaning {
	int error;
	const char *code, *text;
} meanings[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, "SIG-011", "has expired" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, "SIG-012", "is not yet valid" },
	{ X509_V_ERR_CERT_REVOKED, "SIG-013", "has been revoked" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, "SIG-016", "has too weak a key" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, "SIG-016", "has too weak a key" },
	{ X509_V_ERR_CA_MD_TOO_WEAK, "SIG-016", "has too weak a signature" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "SIG-010", "has an issuer unknown here" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "SIG-010", "has an issuer unknown here" },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "SIG-010", "has an issuer unknown here" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "SIG-010", "has an issuer unknown here" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "SIG-010", "has an issuer unknown here" },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, "SIG-010", "was not signed by its issuer" },
	{ X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, "SIG-010", "was not signed by its issuer" },
};

static const struct meaning broken_path = { 0, "SIG-017", "breaks a constraint of its path" };

static const struct meaning *meaning_of(int error)
{
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].error == error)
			return &meanings[i];
	return &broken_path;
}

/* "serialNumber=MoF,CN=...": control characters are escaped. */
static const char *subject_text(X509 *certificate, char buffer[SUBJECT_TEXT_SIZE])
{
	BIO *bio = BIO_new(BIO_s_mem());
	int length = -1;

	if (bio != NULL && X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0,
					      XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
		length = BIO_read(bio, buffer, SUBJECT_TEXT_SIZE - 1);
	buffer[length > 0 ? length : 0] = '\0';
	BIO_free(bio);
	return buffer;
}

static bool list_is_out_of_date(int error)
{
	return error == X509_V_ERR_CRL_NOT_YET_VALID || error == X509_V_ERR_CRL_HAS_EXPIRED;
}

static bool list_is_of_no_use(int error)
{
	return error == X509_V_ERR_UNABLE_TO_GET_CRL ||
	       error == X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER ||
	       error == X509_V_ERR_CRL_SIGNATURE_FAILURE ||
	       error == X509_V_ERR_CRL_PATH_VALIDATION_ERROR ||
	       error == X509_V_ERR_DIFFERENT_CRL_SCOPE ||
	       error == X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION;
}

/*
 * Trouble with a revocation list does not stop the verification: it is looked at afterwards, so
 * that it never hides that a certificate has expired or is a forgery. The age of lists is
 * judged there too, with their grace.
 */
static int judge(int good, X509_STORE_CTX *context)
{
	struct examination *it = X509_STORE_CTX_get_app_data(context);
	int error = X509_STORE_CTX_get_error(context);

	if (good)
		return 1;
	if (list_is_of_no_use(error))
		it->unlisted = error;
	else if (!list_is_out_of_date(error))
		return 0;
	X509_STORE_CTX_set_error(context, X509_V_OK);
	return 1;
}

static bool prepare(struct examination *it)
{
	X509_VERIFY_PARAM *parameters;

	it->context = X509_STORE_CTX_new();
	if (it->context == NULL ||
	    X509_STORE_CTX_init(it->context, it->ring->anchors, it->certificate,
				it->ring->intermediates) != 1)
		return false;
	X509_STORE_CTX_set_app_data(it->context, it);
	X509_STORE_CTX_set_verify_cb(it->context, judge);
	parameters = X509_STORE_CTX_get0_param(it->context);
	X509_VERIFY_PARAM_set_time(parameters, (time_t)(it->at / 1000));
	X509_VERIFY_PARAM_set_depth(parameters, PATH_LENGTH_MAX);
	X509_VERIFY_PARAM_set_auth_level(parameters, SECURITY_LEVEL);
	return X509_VERIFY_PARAM_set_flags(parameters,
					   X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) == 1;
}

static bool refused_path(const struct examination *it, struct failure *why)
{
	int error = X509_STORE_CTX_get_error(it->context);
	X509 *culprit = X509_STORE_CTX_get_current_cert(it->context);
	const struct meaning *meaning = meaning_of(error);
	char subject[SUBJECT_TEXT_SIZE] = "", time[TIME_TEXT_SIZE];

	if (culprit != NULL)
		subject_text(culprit, subject);
	return reject(why, meaning->code, "the certificate of '%s' %s at %s (%s)", subject,
		      meaning->text, time_text(it->at, time), X509_verify_cert_error_string(error));
}

bool path_verify(struct examination *it, struct failure *why)
{
	int verdict;

	/* OpenSSL would say of such a one that its issuer is unknown. */
	if ((X509_get_extension_flags(it->certificate) & EXFLAG_INVALID) != 0)
		return reject(why, "SIG-017",
			      "the certificate has an extension that makes no sense");
	if (!prepare(it))
		return fault(why, "KEY-006", "OpenSSL cannot verify anything: is memory short?");
	verdict = X509_verify_cert(it->context);
	if (verdict >= 0)
		return verdict == 1 || refused_path(it, why);
	return fault(why, "KEY-006", "OpenSSL gave up verifying: %s",
		     X509_verify_cert_error_string(X509_STORE_CTX_get_error(it->context)));
}

static const struct authority *authority_of(const struct ring *ring, const X509 *certificate)
{
	for (size_t i = 0; i < ring->authority_count; i++)
		if (X509_cmp(ring->authorities[i].certificate, certificate) == 0)
			return &ring->authorities[i];
	return NULL;
}

static void narrow(struct span *span, const struct span *by)
{
	if (by->from > span->from)
		span->from = by->from;
	if (by->until < span->until)
		span->until = by->until;
}

static void rest_on(struct trust *trust, const struct authority *authority)
{
	struct span listed = { authority->listed.from, authority->listed.until + CRL_GRACE };

	narrow(&trust->listed, &listed);
	if (trust->next_due == NULL || authority->listed.until < trust->next_due->listed.until)
		trust->next_due = authority;
}

bool path_weigh(const struct examination *it, struct trust *trust, struct failure *why)
{
	const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(it->context);
	bool anchored = it->anchor == NULL;

	*trust = (struct trust){ { INT64_MIN, INT64_MAX }, { INT64_MIN, INT64_MAX }, NULL };
	for (int i = 0; i < sk_X509_num(chain); i++) {
		const struct authority *authority =
			i > 0 ? authority_of(it->ring, sk_X509_value(chain, i)) : NULL;
		struct span valid;

		if (!certificate_span(sk_X509_value(chain, i), &valid))
			return fault(why, "KEY-006", "a verified certificate has no validity");
		narrow(&trust->valid, &valid);
		if (authority != NULL)
			rest_on(trust, authority);
		anchored = anchored || authority == it->anchor;
	}
	if (trust->next_due == NULL)
		return fault(why, "KEY-006", "a verified path leads past no authority of ca/");
	return anchored || reject(why, "SIG-017",
				  "the certificate does not chain to '%s', the only authority "
				  "for this party",
				  it->anchor->name);
}

void path_close(struct examination *it)
{
	X509_STORE_CTX_free(it->context);
	it->context = NULL;
	ERR_clear_error();
}
