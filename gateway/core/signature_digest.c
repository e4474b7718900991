#include <libxml/c14n.h>
#include <string.h>

#include "core/signature_profile.h"

/* Exclusive canonical form repeats namespace declarations: 8 MiB can be made to yield many
 * gigabytes. Four times the largest document is more than any honest one needs. */
#define CANONICAL_LIMIT ((size_t)32 * 1024 * 1024)

/* Where a canonical form flows to. `other` is NULL when the stated digest is SHA-256 too. */
struct sink {
	struct digest_stream *sha256;
	EVP_MD_CTX *other;
	size_t length;
};

static bool sink_add(struct sink *sink, const void *bytes, size_t length)
{
	sink->length += length;
	digest_add(sink->sha256, bytes, length);
	return sink->other == NULL || EVP_DigestUpdate(sink->other, bytes, length) == 1;
}

static bool sink_open(struct sink *sink, const struct digest_method *method)
{
	*sink = (struct sink){ .sha256 = digest_begin() };
	if (method == &digest_sha256)
		return true;
	sink->other = EVP_MD_CTX_new();
	return sink->other != NULL && EVP_DigestInit_ex(sink->other, method->md(), NULL) == 1;
}

static bool sink_close(struct sink *sink, struct digest_pair *out)
{
	unsigned length = DIGEST_SIZE;
	bool done = true;

	out->sha256 = digest_end(sink->sha256);
	if (sink->other == NULL)
		memcpy(out->bytes, out->sha256.bytes, DIGEST_SIZE);
	else
		done = EVP_DigestFinal_ex(sink->other, out->bytes, &length) == 1;
	out->length = length;
	EVP_MD_CTX_free(sink->other);
	return done;
}

bool digest_bytes(struct digest_pair *out, const struct digest_method *method, const void *bytes,
		  size_t length)
{
	struct sink sink;
	bool done = sink_open(&sink, method) && sink_add(&sink, bytes, length);

	return sink_close(&sink, out) && done;
}

/* xmlOutputWriteCallback; -1 makes libxml2 write no more. */
static int write_to_sink(void *context, const char *bytes, int length)
{
	struct sink *sink = context;

	if (sink->length + (size_t)length > CANONICAL_LIMIT)
		return -1;
	return sink_add(sink, bytes, (size_t)length) ? length : -1;
}

static bool canonical_document(struct sink *sink, xmlDocPtr tree)
{
	xmlOutputBufferPtr buffer = xmlOutputBufferCreateIO(write_to_sink, NULL, sink, NULL);
	bool done;

	if (buffer == NULL)
		return false;
	done = xmlC14NDocSaveTo(tree, NULL, XML_C14N_EXCLUSIVE_1_0, NULL, 0, buffer) >= 0;
	return xmlOutputBufferClose(buffer) >= 0 && done;
}

bool digest_document(struct digest_pair *out, const struct digest_method *method, xmlDocPtr tree)
{
	struct sink sink;
	bool done = sink_open(&sink, method) && canonical_document(&sink, tree);

	return sink_close(&sink, out) && done;
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
