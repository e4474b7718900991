#include "core/envelope.h"

#include <string.h>

#include "core/envelope_grammar.h"

/* ---- sealing -------------------------------------------------------------------------- */

/* NULL when absent. */
static const char *text_of(const struct envelope *envelope, const struct envelope_value *value,
			   char buffer[TIME_TEXT_SIZE])
{
	const char *where = (const char *)envelope + value->offset;
	gateway_time when;

	if (!value->is_time)
		return *(const char *const *)(const void *)where;
	when = *(const gateway_time *)(const void *)where;
	return when != 0 ? time_text(when, buffer) : NULL;
}

static bool write_value(struct text *out, const struct envelope *envelope,
			const struct envelope_value *value, struct failure *why)
{
	char buffer[TIME_TEXT_SIZE];
	const char *text = text_of(envelope, value, buffer);

	if (text == NULL && !value->required)
		return true;
	if (text == NULL || !value->fits(text))
		return fault(why, "ENV-002", "the %s of a message of ours, \"%.80s\", is not %s",
			     value->name, text != NULL ? text : "", value->form);
	text_printf(out, "<%s>%s</%s>", value->name, text, value->name);
	return true;
}

/* No value that fits its type has a character that XML would want escaped. */
static bool write_envelope(struct text *out, const struct envelope *envelope, size_t payload_length,
			   struct failure *why)
{
	const char *type =
		envelope->payload_type != NULL ? envelope->payload_type : PAYLOAD_TYPE_USUAL;

	if (!envelope_lifetime_fits(envelope))
		return fault(why, "ENV-004", "a message of ours expires too early or too late");
	text_add(out, "<Envelope xmlns=\"" ENVELOPE_NS "\">");
	for (int i = 0; i < ENVELOPE_VALUES; i++)
		if (!write_value(out, envelope, &envelope_values[i], why))
			return false;
	if (!envelope_payload[PAYLOAD_TYPE].fits(type))
		return fault(why, "ENV-002", "\"%.80s\" is no media type", type);
	text_printf(out, "<Payload name=\"%s\" mediaType=\"%s\" size=\"%zu\"/></Envelope>",
		    SIGNATURE_PAYLOAD_URI, type, payload_length);
	return true;
}

static bool serialise(struct text *out, xmlDocPtr tree, struct failure *why)
{
	xmlChar *bytes = NULL;
	int length = 0;

	xmlDocDumpMemoryEnc(tree, &bytes, &length, "UTF-8");
	if (bytes == NULL)
		return fault(why, "SIG-090", "libxml2 cannot write the envelope");
	text_add_bytes(out, bytes, (size_t)length);
	xmlFree(bytes);
	return true;
}

bool envelope_seal(struct text *out, const struct envelope *envelope, const void *payload,
		   size_t payload_length, const struct signing_key *key, struct failure *why)
{
	struct text unsigned_form = TEXT_EMPTY;
	struct document *document = NULL;
	bool sealed;

	sealed = write_envelope(&unsigned_form, envelope, payload_length, why) &&
		 document_parse(&document, "envelope", unsigned_form.bytes, unsigned_form.length,
				&envelope_limits, why) &&
		 signature_add(document_tree(document), payload != NULL ? payload : "",
			       payload_length, key, why) &&
		 serialise(out, document_tree(document), why);
	document_free(document);
	text_free(&unsigned_form);
	return sealed;
}

/* ---- opening -------------------------------------------------------------------------- */

struct digest envelope_digest(const struct signature *signature)
{
	struct digest_stream *stream = digest_begin();

	digest_add(stream, signature->document.bytes, DIGEST_SIZE);
	digest_add(stream, signature->payload.bytes, DIGEST_SIZE);
	return digest_end(stream);
}

static bool size_is_stated(const struct envelope *envelope, size_t payload_length,
			   struct failure *why)
{
	if (envelope->payload_size == payload_length)
		return true;
	reject(why, "ENV-005", "the envelope states a payload of %zu bytes; %zu came with it",
	       envelope->payload_size, payload_length);
	return failure_at(why, "/Envelope/Payload");
}

static bool signed_by_sender(const struct envelope *envelope, struct signature *signature,
			     struct keyring *keyring, gateway_time now, struct failure *why)
{
	if (!keyring_check(keyring, signature->certificate, signature->certificate_length,
			   envelope->created, now, signature->signer, why))
		return false;
	if (strcmp(signature->signer, envelope->from) == 0)
		return true;
	reject(why, "SIG-019", "signed by %s but sent in the name of %s", signature->signer,
	       envelope->from);
	return failure_at(why, "/Envelope/From");
}

bool envelope_open(struct envelope *out, struct signature *signature, struct arena *arena,
		   const void *bytes, size_t length, const void *payload, size_t payload_length,
		   struct keyring *keyring, gateway_time now, struct failure *why)
{
	struct document *document;
	bool opened;

	if (!envelope_parse(out, &document, arena, bytes, length, why))
		return false;
	opened = size_is_stated(out, payload_length, why) &&
		 signature_verify(signature, arena, document_tree(document),
				  payload != NULL ? payload : "", payload_length, why) &&
		 signed_by_sender(out, signature, keyring, now, why);
	document_free(document);
	return opened;
}
