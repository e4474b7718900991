#include <libxml/tree.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <string.h>

#include "core/document.h"
#include "core/signature.h"
#include "core/signature_profile.h"

/* A verification under way. */
struct check {
	struct arena *arena;
	struct failure *why;
	xmlDocPtr tree;
	xmlNodePtr parts[SIGNATURE_PARTS]; /* NULL where the payload's are not expected */
	const struct signature_method *method;
	const struct digest_method *document_method, *payload_method;
};

/* ---- finding it ----------------------------------------------------------------------- */

/* After a reject(): say where. */
static bool reject_at(struct check *check, xmlNodePtr node)
{
	failure_at(check->why, "%s", node_path(check->arena, node));
	return false;
}

/* The next node in document order below `top`, with its depth under it; NULL at the end. */
static xmlNodePtr next_node(xmlNodePtr node, xmlNodePtr top, int *depth)
{
	if (node->type == XML_ELEMENT_NODE && node->children != NULL) {
		(*depth)++;
		return node->children;
	}
	while (node != top && node->next == NULL) {
		node = node->parent;
		(*depth)--;
	}
	return node != top ? node->next : NULL;
}

static xmlNodePtr next_element(xmlNodePtr node, xmlNodePtr top, int *depth)
{
	do
		node = next_node(node, top, depth);
	while (node != NULL && node->type != XML_ELEMENT_NODE);
	return node;
}

/* There is one in the whole document, and nothing that is signed can come after it or hold it:
 * no room for a signed part moved aside and a forged one in its place. */
static bool find_signature(struct check *check)
{
	xmlNodePtr root = xmlDocGetRootElement(check->tree), found = NULL;
	int depth = 0, count = 0;

	for (xmlNodePtr node = root; node != NULL; node = next_element(node, root, &depth)) {
		if (!is_element(node, SIGNATURE_NS, "Signature"))
			continue;
		found = node;
		count++;
	}
	check->parts[SIGNATURE] = found;
	if (count == 0)
		reject(check->why, "SIG-001", "the document is not signed");
	else if (count > 1)
		reject(check->why, "SIG-006", "the document has %d signatures; one is accepted",
		       count);
	else if (found != xmlLastElementChild(root))
		reject(check->why, "SIG-006",
		       "the Signature is not the last child of the root element");
	else
		return true;
	return reject_at(check, found != NULL ? found : root);
}

/* ---- holding it against the profile --------------------------------------------------- */

/* An attribute's or element's text where it is one plain piece; "" where there is none. */
static const char *plain(xmlNodePtr children)
{
	if (children == NULL)
		return "";
	if (children->type != XML_TEXT_NODE || children->next != NULL)
		return NULL;
	return (const char *)children->content;
}

static bool attribute_fits(xmlNodePtr node, const struct signature_row *row, struct failure *why)
{
	xmlAttrPtr first = node->properties;
	const char *value;

	if (row->attribute == NULL)
		return first == NULL ||
		       reject(why, row->code, "%s may have no attribute", row->name);
	if (first == NULL || first->next != NULL || first->ns != NULL ||
	    strcmp((const char *)first->name, row->attribute) != 0)
		return reject(why, row->code, "%s must have the attribute %s and no other",
			      row->name, row->attribute);
	value = plain(first->children);
	if (value == NULL)
		return reject(why, row->code, "the %s of %s is not plain text", row->attribute,
			      row->name);
	if (row->value != NULL && strcmp(value, row->value) != 0)
		return reject(why, row->code, "the %s of this %s must be \"%s\", not \"%.80s\"",
			      row->attribute, row->name, row->value, value);
	return true;
}

/* What stands inside apart from elements. */
static bool content_fits(xmlNodePtr node, const struct signature_row *row, struct failure *why)
{
	for (xmlNodePtr child = node->children; child != NULL; child = child->next) {
		if (child->type == XML_ELEMENT_NODE)
			continue;
		if (child->type != XML_TEXT_NODE)
			return reject(why, "SIG-006",
				      "%s may hold no comment, CDATA or processing instruction",
				      row->name);
		if (!(row->flags & HAS_TEXT) && !xmlIsBlankNode(child))
			return reject(why, "SIG-006", "%s may hold no text", row->name);
	}
	return true;
}

static bool fits(struct check *check, xmlNodePtr node, const struct signature_row *row)
{
	return (attribute_fits(node, row, check->why) && content_fits(node, row, check->why)) ||
	       reject_at(check, node);
}

static bool is_part(xmlNodePtr node, int depth, const struct signature_row *row)
{
	return node != NULL && depth == row->depth && is_element(node, SIGNATURE_NS, row->name);
}

/* The code for an element that is one too many: that of its name, else of what it stands in. */
static const char *surplus_code(xmlNodePtr node)
{
	for (; node != NULL; node = node->parent)
		for (int part = 0; part < SIGNATURE_PARTS; part++)
			if (is_element(node, SIGNATURE_NS, signature_profile[part].name))
				return signature_profile[part].code;
	return "SIG-006";
}

static bool surplus(struct check *check, xmlNodePtr node)
{
	reject(check->why, surplus_code(node), "the element %s has no place here",
	       (const char *)node->name);
	return reject_at(check, node);
}

/* `node` stands where the profile has `row`; NULL: the Signature is at its end. */
static bool misplaced(struct check *check, xmlNodePtr node, int depth,
		      const struct signature_row *row)
{
	if (node == NULL) {
		reject(check->why, row->code, "the Signature has no %s", row->name);
		return reject_at(check, check->parts[SIGNATURE]);
	}
	if (depth > row->depth)
		return surplus(check, node);
	reject(check->why, row->code, "the profile has %s here, not %s", row->name,
	       (const char *)node->name);
	return reject_at(check, node);
}

static bool match_profile(struct check *check, bool with_payload)
{
	xmlNodePtr top = check->parts[SIGNATURE], node = top;
	int depth = 0;

	for (int part = 0; part < SIGNATURE_PARTS; part++) {
		const struct signature_row *row = &signature_profile[part];

		if ((row->flags & PAYLOAD_ONLY) && !with_payload)
			continue;
		if (!is_part(node, depth, row))
			return misplaced(check, node, depth, row);
		check->parts[part] = node;
		do {
			if (!fits(check, node, row))
				return false;
			node = next_element(node, top, &depth);
		} while ((row->flags & REPEATS) && is_part(node, depth, row));
	}
	return node == NULL || surplus(check, node);
}

/* ---- reading it ----------------------------------------------------------------------- */

static const char *algorithm_of(struct check *check, enum signature_part part)
{
	return plain(check->parts[part]->properties->children);
}

static bool unknown_algorithm(struct check *check, enum signature_part part)
{
	reject(check->why, "SIG-005", "the algorithm \"%.80s\" is not accepted",
	       algorithm_of(check, part));
	return reject_at(check, check->parts[part]);
}

static bool read_algorithms(struct check *check)
{
	check->method = signature_method_of(algorithm_of(check, SIGNATURE_METHOD));
	if (check->method == NULL)
		return unknown_algorithm(check, SIGNATURE_METHOD);
	check->document_method = digest_method_of(algorithm_of(check, DOCUMENT_DIGEST_METHOD));
	if (check->document_method == NULL)
		return unknown_algorithm(check, DOCUMENT_DIGEST_METHOD);
	if (check->parts[PAYLOAD_DIGEST_METHOD] == NULL)
		return true;
	check->payload_method = digest_method_of(algorithm_of(check, PAYLOAD_DIGEST_METHOD));
	return check->payload_method != NULL || unknown_algorithm(check, PAYLOAD_DIGEST_METHOD);
}

static const unsigned char *base64_of(struct check *check, enum signature_part part, size_t *length)
{
	const char *text = plain(check->parts[part]->children);
	const unsigned char *bytes = text != NULL ? base64_parse(check->arena, text, length) : NULL;

	if (bytes != NULL && *length > 0)
		return bytes;
	reject(check->why, signature_profile[part].code, "%s is not base64",
	       signature_profile[part].name);
	reject_at(check, check->parts[part]);
	return NULL;
}

/* The signer's public key, from the first certificate; *key is yours to free. */
static bool read_key(struct check *check, struct signature *out, EVP_PKEY **key)
{
	out->certificate = base64_of(check, X509_CERTIFICATE, &out->certificate_length);
	if (out->certificate == NULL)
		return false;
	if (!signature_key_read(key, out->certificate, out->certificate_length, check->why))
		return reject_at(check, check->parts[X509_CERTIFICATE]);
	if (EVP_PKEY_is_a(*key, check->method->key))
		return true;
	reject(check->why, "SIG-005", "the signer's key is not of the kind that %s needs",
	       check->method->name);
	return reject_at(check, check->parts[SIGNATURE_METHOD]);
}

/* ---- verifying it --------------------------------------------------------------------- */

static bool same_digest(struct check *check, const struct digest_pair *computed,
			enum signature_part part, const char *what)
{
	size_t length;
	const unsigned char *stated = base64_of(check, part, &length);

	if (stated == NULL)
		return false;
	if (length == computed->length && memcmp(stated, computed->bytes, length) == 0)
		return true;
	reject(check->why, "SIG-002",
	       "%s has been changed since it was signed: stated digest %.88s, computed %s", what,
	       base64_text(check->arena, stated, length),
	       base64_text(check->arena, computed->bytes, computed->length));
	return reject_at(check, check->parts[part]);
}

/* The whole document without its Signature, which goes back exactly where it was: white space
 * around it is part of what was signed. */
static bool digest_around(struct digest_pair *out, const struct digest_method *method,
			  xmlDocPtr tree, xmlNodePtr signature)
{
	xmlNodePtr parent = signature->parent, next = signature->next;
	bool done;

	xmlUnlinkNode(signature);
	done = digest_document(out, method, tree);
	if (next != NULL)
		xmlAddPrevSibling(next, signature);
	else
		xmlAddChild(parent, signature);
	return done;
}

static bool document_unchanged(struct check *check, struct signature *out)
{
	struct digest_pair computed;

	if (!digest_around(&computed, check->document_method, check->tree, check->parts[SIGNATURE]))
		return reject(check->why, "SIG-006", "the document has no canonical form");
	out->document = computed.sha256;
	return same_digest(check, &computed, DOCUMENT_DIGEST, "the document");
}

static bool payload_unchanged(struct check *check, struct signature *out, const void *payload,
			      size_t length)
{
	struct digest_pair computed;

	if (check->payload_method == NULL)
		return true;
	if (!digest_bytes(&computed, check->payload_method, payload, length))
		return fault(check->why, "SIG-090", "OpenSSL cannot compute a digest");
	out->payload = computed.sha256;
	return same_digest(check, &computed, PAYLOAD_DIGEST, SIGNATURE_PAYLOAD_URI);
}

/* XML has r and s side by side in full width, OpenSSL wants them in DER. Length 0: not so. */
static size_t ecdsa_der(unsigned char **der, const unsigned char *value, size_t length, size_t half)
{
	ECDSA_SIG *pair;
	int size;

	if (half == 0 || length != 2 * half)
		return 0;
	pair = ECDSA_SIG_new();
	if (pair == NULL || ECDSA_SIG_set0(pair, BN_bin2bn(value, (int)half, NULL),
					   BN_bin2bn(value + half, (int)half, NULL)) != 1) {
		ECDSA_SIG_free(pair);
		return 0;
	}
	size = i2d_ECDSA_SIG(pair, der);
	ECDSA_SIG_free(pair);
	return size > 0 ? (size_t)size : 0;
}

static bool openssl_verifies(const EVP_MD *md, EVP_PKEY *key, const struct text *signed_info,
			     const unsigned char *value, size_t length)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool verified =
		context != NULL && EVP_DigestVerifyInit(context, NULL, md, NULL, key) == 1 &&
		EVP_DigestVerify(context, value, length, (const unsigned char *)signed_info->bytes,
				 signed_info->length) == 1;

	EVP_MD_CTX_free(context);
	return verified;
}

static bool value_verifies(struct check *check, EVP_PKEY *key, const unsigned char *value,
			   size_t length)
{
	struct text signed_info = TEXT_EMPTY;
	unsigned char *der = NULL;
	bool verified;

	if (strcmp(check->method->key, "EC") == 0) {
		length = ecdsa_der(&der, value, length, ecdsa_half(key));
		value = der;
	}
	verified = length > 0 && canonical_element(&signed_info, check->parts[SIGNED_INFO]) &&
		   openssl_verifies(check->method->md(), key, &signed_info, value, length);
	text_free(&signed_info);
	OPENSSL_free(der);
	return verified;
}

static bool value_matches(struct check *check, EVP_PKEY *key)
{
	size_t length;
	const unsigned char *value = base64_of(check, SIGNATURE_VALUE, &length);

	if (value == NULL)
		return false;
	if (value_verifies(check, key, value, length))
		return true;
	reject(check->why, "SIG-004",
	       "the signature value does not match: SignedInfo was changed after signing, or "
	       "another key than the certificate's made it");
	return reject_at(check, check->parts[SIGNATURE_VALUE]);
}

/* What costs little and what tells the sender most comes first. */
bool signature_verify(struct signature *out, struct arena *arena, xmlDocPtr tree,
		      const void *payload, size_t payload_length, struct failure *why)
{
	struct check check = { .arena = arena, .why = why, .tree = tree };
	EVP_PKEY *key = NULL;
	bool verified;

	memset(out, 0, sizeof *out);
	verified = find_signature(&check) && match_profile(&check, payload != NULL) &&
		   read_algorithms(&check) && read_key(&check, out, &key) &&
		   document_unchanged(&check, out) &&
		   payload_unchanged(&check, out, payload, payload_length) &&
		   value_matches(&check, key);
	EVP_PKEY_free(key);
	if (verified)
		out->algorithm = check.method->name;
	else
		ERR_clear_error(); /* OpenSSL's own reasons would surface in another's message */
	return verified;
}
