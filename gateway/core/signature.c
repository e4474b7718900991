#include "core/signature.h"

#include <string.h>

#include "core/document.h"
#include "core/signature_profile.h"

/* ---- the profile: a Signature is these elements, and nothing else ---------------------- */

#define C14N_URI      "http://www.w3.org/2001/10/xml-exc-c14n#"
#define ENVELOPED_URI "http://www.w3.org/2000/09/xmldsig#enveloped-signature"

const struct signature_row signature_profile[SIGNATURE_PARTS] = {
	[SIGNATURE] = { 0, "Signature", NULL, NULL, "SIG-006", 0 },
	[SIGNED_INFO] = { 1, "SignedInfo", NULL, NULL, "SIG-006", 0 },
	[C14N_METHOD] = { 2, "CanonicalizationMethod", "Algorithm", C14N_URI, "SIG-005", 0 },
	[SIGNATURE_METHOD] = { 2, "SignatureMethod", "Algorithm", NULL, "SIG-005", 0 },
	[DOCUMENT_REFERENCE] = { 2, "Reference", "URI", "", "SIG-003", 0 },
	[DOCUMENT_TRANSFORMS] = { 3, "Transforms", NULL, NULL, "SIG-003", 0 },
	[ENVELOPED_TRANSFORM] = { 4, "Transform", "Algorithm", ENVELOPED_URI, "SIG-003", 0 },
	[C14N_TRANSFORM] = { 4, "Transform", "Algorithm", C14N_URI, "SIG-003", 0 },
	[DOCUMENT_DIGEST_METHOD] = { 3, "DigestMethod", "Algorithm", NULL, "SIG-003", 0 },
	[DOCUMENT_DIGEST] = { 3, "DigestValue", NULL, NULL, "SIG-003", HAS_TEXT },
	[PAYLOAD_REFERENCE] = { 2, "Reference", "URI", SIGNATURE_PAYLOAD_URI, "SIG-003",
				PAYLOAD_ONLY },
	[PAYLOAD_DIGEST_METHOD] = { 3, "DigestMethod", "Algorithm", NULL, "SIG-003", PAYLOAD_ONLY },
	[PAYLOAD_DIGEST] = { 3, "DigestValue", NULL, NULL, "SIG-003", HAS_TEXT | PAYLOAD_ONLY },
	[SIGNATURE_VALUE] = { 1, "SignatureValue", NULL, NULL, "SIG-006", HAS_TEXT },
	[KEY_INFO] = { 1, "KeyInfo", NULL, NULL, "SIG-007", 0 },
	[X509_DATA] = { 2, "X509Data", NULL, NULL, "SIG-007", 0 },
	[X509_CERTIFICATE] = { 3, "X509Certificate", NULL, NULL, "SIG-007", HAS_TEXT | REPEATS },
};

/* ---- the algorithms: these and no others ---------------------------------------------- */

const struct digest_method digest_sha256 = {
	"http://www.w3.org/2001/04/xmlenc#sha256",
	EVP_sha256,
};
static const struct digest_method digest_sha384 = {
	"http://www.w3.org/2001/04/xmldsig-more#sha384",
	EVP_sha384,
};
static const struct digest_method *const digest_methods[] = { &digest_sha256, &digest_sha384 };

#define MORE "http://www.w3.org/2001/04/xmldsig-more#"
static const struct signature_method signature_methods[] = {
	{ MORE "rsa-sha256", "RSA-SHA256", "RSA", EVP_sha256 },
	{ MORE "rsa-sha384", "RSA-SHA384", "RSA", EVP_sha384 },
	{ MORE "ecdsa-sha256", "ECDSA-SHA256", "EC", EVP_sha256 },
	{ MORE "ecdsa-sha384", "ECDSA-SHA384", "EC", EVP_sha384 },
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

const struct digest_method *digest_method_of(const char *uri)
{
	for (size_t i = 0; i < COUNT(digest_methods); i++)
		if (strcmp(digest_methods[i]->uri, uri) == 0)
			return digest_methods[i];
	return NULL;
}

const struct signature_method *signature_method_of(const char *uri)
{
	for (size_t i = 0; i < COUNT(signature_methods); i++)
		if (strcmp(signature_methods[i].uri, uri) == 0)
			return &signature_methods[i];
	return NULL;
}

bool signature_present(xmlDocPtr tree)
{
	xmlNodePtr root = xmlDocGetRootElement(tree);

	for (xmlNodePtr node = child_named(root, "Signature"); node != NULL;
	     node = next_named(node, "Signature"))
		if (is_element(node, SIGNATURE_NS, "Signature"))
			return true;
	return false;
}
