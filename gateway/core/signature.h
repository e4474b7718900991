/*
 * signature - XML-DSig in the one strict profile of this project.
 *
 * Sign and verify exactly this, and refuse everything else by name:
 *
 *	CanonicalizationMethod	http://www.w3.org/2001/10/xml-exc-c14n#
 *	SignatureMethod		rsa-sha256 / rsa-sha384 (2048 bits or more) or
 *				ecdsa-sha256 / ecdsa-sha384 (P-256, P-384)
 *	Reference URI=""	enveloped-signature, then exclusive c14n, no prefix list
 *	Reference URI="payload.xml"	no transform: the digest of the payload's raw bytes
 *	DigestMethod		sha256 or sha384
 *	KeyInfo			X509Data/X509Certificate only; the first is the signer
 *
 * An envelope has both references, in that order; a payload with a signature of its own has
 * the first alone. The Signature is the last element child of the root, there is one of it,
 * and nothing in it may be a comment, CDATA, a foreign element or an attribute the profile
 * does not need (no Id). No URI is resolved and no transform language is run: the two references
 * are recognised, not interpreted. Why not a general library: a key in KeyValue verifies there,
 * file URIs are read, XSLT is run, and wrapping passes.
 *
 * The tables of what is accepted stand at the top of signature.c (elements, algorithms) and
 * signature_key.c (keys); signature_verify.c and signature_add.c are one direction each.
 *
 * Functions here depend on nothing but their arguments and may be called by any thread.
 */
#ifndef NSW_SIGNATURE_H
#define NSW_SIGNATURE_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/digest.h"
#include "core/failure.h"
#include "core/keyring.h"

#define SIGNATURE_NS	      "http://www.w3.org/2000/09/xmldsig#"
#define SIGNATURE_PAYLOAD_URI "payload.xml"

/* What a signature said and proved. Strings and bytes live in the arena. */
struct signature {
	const char *algorithm;		  /* "RSA-SHA256", "ECDSA-SHA256"... */
	const unsigned char *certificate; /* DER of the signer */
	size_t certificate_length;
	char signer[PARTY_ID_SIZE]; /* filled by keyring_check, empty before */
	struct digest document;	    /* SHA-256 over the canonical document, whatever
				     * DigestMethod was used */
	struct digest payload;	    /* SHA-256 of the payload; zero without that reference */
};

/*
 * Append a ds:Signature to the root of `tree`. With payload bytes (may be of length 0, but
 * not NULL) it covers both references, with NULL the document alone.
 * FAULT SIG-090 when OpenSSL or libxml2 refuses; the tree is unchanged then.
 */
MUST_CHECK bool signature_add(xmlDocPtr tree, const void *payload, size_t payload_length,
			      const struct signing_key *key, struct failure *why);

/*
 * Verify structure, digests and value; whether the certificate is to be trusted is
 * keyring_check()'s question. `tree` is unchanged afterwards. `payload` NULL expects the
 * single-reference form. Anything wrong is REJECT, its place a path in the tree:
 * SIG-001 no signature, SIG-002 a digest differs (the text says which reference, stated and
 * computed), SIG-003 the references are not exactly the profile's, SIG-004 the value does
 * not match, SIG-005 an algorithm outside the profile or not of the key's kind, SIG-006
 * structure outside the profile (several signatures, foreign content, wrong place) or no
 * canonical form, SIG-007 key data other than X.509 or unreadable, SIG-016 key too weak.
 * FAULT SIG-090 when OpenSSL refuses what it never should.
 */
MUST_CHECK bool signature_verify(struct signature *out, struct arena *arena, xmlDocPtr tree,
				 const void *payload, size_t payload_length, struct failure *why);

/* Is there a ds:Signature child of the root at all? */
bool signature_present(xmlDocPtr tree);

#endif
