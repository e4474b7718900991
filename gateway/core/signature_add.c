#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <string.h>

#include "core/signature.h"
#include "core/signature_profile.h"

/* A signature being made: the tree's new element, and what is written into its parts. */
struct making {
	struct arena *arena;
	xmlNodePtr parts[SIGNATURE_PARTS];
	const struct signature_method *method;
	struct digest_pair document, payload;
	const struct signing_key *key;
};

/* ---- its elements --------------------------------------------------------------------- */

static const char *attribute_value(const struct making *making, enum signature_part part)
{
	if (signature_profile[part].value != NULL)
		return signature_profile[part].value;
	return part == SIGNATURE_METHOD ? making->method->uri : digest_sha256.uri;
}

static const char *content(const struct making *making, enum signature_part part)
{
	const struct signing_key *key = making->key;

	switch (part) {
	case DOCUMENT_DIGEST:
		return base64_text(making->arena, making->document.bytes, making->document.length);
	case PAYLOAD_DIGEST:
		return base64_text(making->arena, making->payload.bytes, making->payload.length);
	case X509_CERTIFICATE:
		return base64_text(making->arena, key->certificate, key->certificate_length);
	default:
		return NULL;
	}
}

/* Hung under `parent`, or on its own as the Signature itself. */
static bool make_part(struct making *making, enum signature_part part, xmlNodePtr parent,
		      xmlDocPtr tree)
{
	const struct signature_row *row = &signature_profile[part];
	const char *text = content(making, part);
	xmlNodePtr node = xmlNewDocNode(tree, NULL, (const xmlChar *)row->name, NULL);

	if (node == NULL)
		return false;
	making->parts[part] = node;
	if (parent != NULL)
		xmlAddChild(parent, node);
	xmlSetNs(node, parent != NULL ? parent->ns
				      : xmlNewNs(node, (const xmlChar *)SIGNATURE_NS,
						 (const xmlChar *)"ds"));
	if (row->attribute != NULL &&
	    xmlNewProp(node, (const xmlChar *)row->attribute,
		       (const xmlChar *)attribute_value(making, part)) == NULL)
		return false;
	if (text != NULL)
		xmlNodeAddContent(node, (const xmlChar *)text);
	return node->ns != NULL;
}

static bool make_parts(struct making *making, xmlDocPtr tree, bool with_payload)
{
	xmlNodePtr open[8] = { NULL }; /* by depth: where the next part hangs */

	for (int part = 0; part < SIGNATURE_PARTS; part++) {
		const struct signature_row *row = &signature_profile[part];

		if ((row->flags & PAYLOAD_ONLY) && !with_payload)
			continue;
		if (!make_part(making, (enum signature_part)part, open[row->depth], tree))
			return false;
		open[row->depth + 1] = making->parts[part];
	}
	return true;
}

/* ---- its value ------------------------------------------------------------------------ */

/* A new context each time: EVP_DigestSignInit on a used one keeps the old key. */
static unsigned char *sign(const struct making *making, const struct text *signed_info,
			   size_t *length)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const unsigned char *bytes = (const unsigned char *)signed_info->bytes;
	EVP_PKEY *key = making->key->private_key;
	unsigned char *value = NULL;

	if (context != NULL &&
	    EVP_DigestSignInit(context, NULL, making->method->md(), NULL, key) == 1 &&
	    EVP_DigestSign(context, NULL, length, bytes, signed_info->length) == 1) {
		value = arena_alloc(making->arena, *length);
		if (EVP_DigestSign(context, value, length, bytes, signed_info->length) != 1)
			value = NULL;
	}
	EVP_MD_CTX_free(context);
	return value;
}

/* From OpenSSL's DER to r and s side by side, each in full width. */
static unsigned char *ecdsa_raw(struct arena *arena, const unsigned char *der, size_t *length,
				size_t half)
{
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)*length);
	unsigned char *raw = arena_alloc(arena, 2 * half);
	bool done = pair != NULL &&
		    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, (int)half) == (int)half &&
		    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + half, (int)half) == (int)half;

	ECDSA_SIG_free(pair);
	*length = 2 * half;
	return done ? raw : NULL;
}

static bool make_value(struct making *making)
{
	struct text signed_info = TEXT_EMPTY;
	unsigned char *value = NULL;
	size_t length;

	if (canonical_element(&signed_info, making->parts[SIGNED_INFO]))
		value = sign(making, &signed_info, &length);
	if (value != NULL && strcmp(making->method->key, "EC") == 0)
		value = ecdsa_raw(making->arena, value, &length,
				  ecdsa_half(making->key->private_key));
	if (value != NULL)
		xmlNodeAddContent(making->parts[SIGNATURE_VALUE],
				  (const xmlChar *)base64_text(making->arena, value, length));
	text_free(&signed_info);
	return value != NULL;
}

/* ---- altogether ----------------------------------------------------------------------- */

static bool openssl_refused(struct failure *why, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	fault(why, "SIG-090", "%s: %s", what, reason != NULL ? reason : "no reason given");
	ERR_clear_error();
	return false;
}

static bool make(struct making *making, xmlDocPtr tree, const void *payload, size_t payload_length,
		 struct failure *why)
{
	making->method = signature_method_for(making->key->private_key);
	if (making->method == NULL)
		return fault(why, "SIG-090",
			     "the signing key is neither RSA nor on P-256 or P-384");
	if (!digest_document(&making->document, &digest_sha256, tree))
		return fault(why, "SIG-090", "the document has no canonical form");
	if (payload != NULL &&
	    !digest_bytes(&making->payload, &digest_sha256, payload, payload_length))
		return openssl_refused(why, "no digest of the payload");
	if (!make_parts(making, tree, payload != NULL))
		return fault(why, "SIG-090", "libxml2 has no memory for a Signature");
	return make_value(making) || openssl_refused(why, "the key does not sign");
}

bool signature_add(xmlDocPtr tree, const void *payload, size_t payload_length,
		   const struct signing_key *key, struct failure *why)
{
	struct making making = { .key = key };
	bool made;

	if (signature_present(tree))
		return fault(why, "SIG-090", "the document is signed already");
	making.arena = arena_new();
	made = make(&making, tree, payload, payload_length, why);
	if (made)
		xmlAddChild(xmlDocGetRootElement(tree), making.parts[SIGNATURE]);
	else
		xmlFreeNode(making.parts[SIGNATURE]);
	arena_free(making.arena);
	return made;
}
