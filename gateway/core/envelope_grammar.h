/*
 * envelope_grammar - schemas/envelope/envelope.xsd as rows.
 *
 * Private to envelope*.c: reading and sealing go by the same rows, so that what is sent can
 * be read, and a test holds the rows against the XSD.
 */
#ifndef NSW_ENVELOPE_GRAMMAR_H
#define NSW_ENVELOPE_GRAMMAR_H

#include "core/envelope.h"

/* A child element of Envelope that holds a value. */
struct envelope_value {
	const char *name;
	bool required;
	bool (*fits)(const char *text);
	const char *form; /* what fits, in words */
	bool is_time;
	size_t offset; /* of the string, or the time, in struct envelope */
};

/* In the order of the document; Payload and the Signature come after them. */
#define ENVELOPE_VALUES 12
extern const struct envelope_value envelope_values[ENVELOPE_VALUES];

/* An attribute of Payload. */
struct envelope_attribute {
	const char *name;
	bool (*fits)(const char *text);
	const char *form;
};

enum { PAYLOAD_NAME, PAYLOAD_TYPE, PAYLOAD_SIZE, PAYLOAD_ATTRIBUTES };
extern const struct envelope_attribute envelope_payload[PAYLOAD_ATTRIBUTES];

#define PAYLOAD_TYPE_USUAL "application/xml"

extern const struct document_limits envelope_limits;

/* Expires after Created, and not too long after. */
bool envelope_lifetime_fits(const struct envelope *envelope);

#endif
