#include <libxml/c14n.h>
#include <string.h>

#include "core/signature_profile.h"

/* Exclusive canonical form repeats namespace declarations: 8 MiB can be made to yield many
 * gigabytes. Four times the largest document is more than any honest one needs. */
#define CANONICAL_LIMIT ((size_t)32 * 1024 * 1024)

/* Where bytes to be digested flow to. `other` is NULL when the stated digest is SHA-256 too;
 * a broken sink takes no more and gives no digest. */
struct sink {
	struct digest_stream *sha256;
	EVP_MD_CTX *other;
	size_t length;
	bool broken;
};

static void sink_open(struct sink *sink, const struct digest_method *method)
{
	*sink = (struct sink){ .sha256 = digest_begin() };
	if (method == &digest_sha256)
		return;
	sink->other = EVP_MD_CTX_new();
	if (sink->other == NULL || EVP_DigestInit_ex(sink->other, method->md(), NULL) != 1)
		sink->broken = true;
}

static void sink_add(struct sink *sink, const void *bytes, size_t length)
{
	sink->length += length;
	if (sink->broken)
		return;
	digest_add(sink->sha256, bytes, length);
	if (sink->other != NULL && EVP_DigestUpdate(sink->other, bytes, length) != 1)
		sink->broken = true;
}

static bool sink_close(struct sink *sink, struct digest_pair *out)
{
	unsigned length = DIGEST_SIZE;

	out->sha256 = digest_end(sink->sha256);
	if (sink->other == NULL)
		memcpy(out->bytes, out->sha256.bytes, DIGEST_SIZE);
	else if (!sink->broken && EVP_DigestFinal_ex(sink->other, out->bytes, &length) != 1)
		sink->broken = true;
	out->length = length;
	EVP_MD_CTX_free(sink->other);
	return !sink->broken;
}

bool digest_bytes(struct digest_pair *out, const struct digest_method *method, const void *bytes,
		  size_t length)
{
	struct sink sink;

	sink_open(&sink, method);
	sink_add(&sink, bytes, length);
	return sink_close(&sink, out);
}

/* For libxml2's output. It takes everything, so that libxml2's own buffer stays small. */
static int write_to_sink(void *context, const char *bytes, int length)
{
	struct sink *sink = context;

	if (sink->length + (size_t)length > CANONICAL_LIMIT)
		sink->broken = true;
	sink_add(sink, bytes, (size_t)length);
	return length;
}

/* For libxml2's walk over the tree: what is not visible is passed over. A failing write alone
 * would not keep it from piling up namespace names. */
static int still_wanted(void *context, xmlNodePtr node, xmlNodePtr parent)
{
	const struct sink *sink = context;

	(void)node;
	(void)parent;
	return !sink->broken;
}

static void canonical_document(struct sink *sink, xmlDocPtr tree)
{
	xmlOutputBufferPtr buffer = xmlOutputBufferCreateIO(write_to_sink, NULL, sink, NULL);

	if (buffer == NULL ||
	    xmlC14NExecute(tree, still_wanted, sink, XML_C14N_EXCLUSIVE_1_0, NULL, 0, buffer) < 0)
		sink->broken = true;
	if (buffer != NULL && xmlOutputBufferClose(buffer) < 0)
		sink->broken = true;
}

bool digest_document(struct digest_pair *out, const struct digest_method *method, xmlDocPtr tree)
{
	struct sink sink;

	sink_open(&sink, method);
	canonical_document(&sink, tree);
	return sink_close(&sink, out);
}

/*
 * The element is copied into a document of its own, where libxml2 declares at the top what
 * namespaces it inherited. Exclusive canonical form shows only namespaces in use and
 * inherits no xml: attributes, so this is the form of the element in its place, and
 * costs nothing for the rest of the document.
 */
bool canonical_element(struct text *out, xmlNodePtr element)
{
	xmlDocPtr alone = xmlNewDoc((const xmlChar *)"1.0");
	xmlNodePtr copy = alone != NULL ? xmlDocCopyNode(element, alone, 1) : NULL;
	xmlChar *bytes = NULL;
	int length = -1;

	if (copy != NULL) {
		xmlDocSetRootElement(alone, copy);
		length = xmlC14NDocDumpMemory(alone, NULL, XML_C14N_EXCLUSIVE_1_0, NULL, 0, &bytes);
	}
	if (length >= 0)
		text_add_bytes(out, bytes, (size_t)length);
	xmlFree(bytes);
	xmlFreeDoc(alone);
	return length >= 0;
}
