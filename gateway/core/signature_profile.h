/*
 * signature_profile - what signing and verifying have in common.
 *
 * Private to signature*.c: the profile itself as a table, its algorithms, the keys it
 * accepts, and canonical forms. The keyring asks it about keys.
 */
#ifndef NSW_SIGNATURE_PROFILE_H
#define NSW_SIGNATURE_PROFILE_H

#include <libxml/tree.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/digest.h"
#include "core/failure.h"
#include "core/text.h"

/* ---- the profile (signature.c) -------------------------------------------------------- */

/* Every element of a Signature, in the order of the document. */
enum signature_part {
	SIGNATURE,
	SIGNED_INFO,
	C14N_METHOD,
	SIGNATURE_METHOD,
	DOCUMENT_REFERENCE,
	DOCUMENT_TRANSFORMS,
	ENVELOPED_TRANSFORM,
	C14N_TRANSFORM,
	DOCUMENT_DIGEST_METHOD,
	DOCUMENT_DIGEST,
	PAYLOAD_REFERENCE,
	PAYLOAD_DIGEST_METHOD,
	PAYLOAD_DIGEST,
	SIGNATURE_VALUE,
	KEY_INFO,
	X509_DATA,
	X509_CERTIFICATE,
	SIGNATURE_PARTS
};

struct signature_row {
	int depth;
	const char *name;
	const char *attribute; /* the only one it has, and must have; NULL: none */
	const char *value;     /* of the attribute; NULL: one of an algorithm table's */
	const char *code;      /* when it is missing, wrong, or has a stranger inside */
	unsigned flags;
};

#define HAS_TEXT     1U /* base64; the others have no text but white space */
#define PAYLOAD_ONLY 2U /* there only where a payload is signed too */
#define REPEATS	     4U /* more of it may follow, unread */

extern const struct signature_row signature_profile[SIGNATURE_PARTS];

struct digest_method {
	const char *uri;
	const EVP_MD *(*md)(void);
};

struct signature_method {
	const char *uri;
	const char *name; /* as struct signature tells it */
	const char *key;  /* OpenSSL's name of the key's kind: "RSA" or "EC" */
	const EVP_MD *(*md)(void);
};

extern const struct digest_method digest_sha256; /* what we write */

/* NULL when it is not in the profile. */
const struct digest_method *digest_method_of(const char *uri);
const struct signature_method *signature_method_of(const char *uri);

/* ---- keys (signature_key.c) ----------------------------------------------------------- */

/* REJECT SIG-016 for a key that is too weak or of a kind we do not accept. */
MUST_CHECK bool signature_key_check(EVP_PKEY *key, struct failure *why);
/* The public key of a certificate (DER); yours to free. REJECT SIG-007 unreadable, SIG-016 too
 * weak or of a kind we do not accept. */
MUST_CHECK bool signature_key_read(EVP_PKEY **out, const unsigned char *certificate, size_t length,
				   struct failure *why);
/* What we sign with: the hash as strong as the key. NULL for a key outside the profile. */
const struct signature_method *signature_method_for(EVP_PKEY *key);
/* Bytes of r, and of s, in an ECDSA signature: 32 or 48. */
size_t ecdsa_half(EVP_PKEY *key);

/* ---- digests and canonical forms (signature_digest.c) --------------------------------- */

/* A digest by the document's method, beside the one we keep. */
struct digest_pair {
	unsigned char bytes[EVP_MAX_MD_SIZE];
	size_t length;
	struct digest sha256;
};

/* Of bytes; of a whole document's exclusive canonical form without comments: false when there is
 * none (a relative namespace name) or it is absurdly large. */
MUST_CHECK bool digest_bytes(struct digest_pair *out, const struct digest_method *method,
			     const void *bytes, size_t length);
MUST_CHECK bool digest_document(struct digest_pair *out, const struct digest_method *method,
				xmlDocPtr tree);

/* The canonical form of one element and all in it, appended. */
MUST_CHECK bool canonical_element(struct text *out, xmlNodePtr element);

#endif
