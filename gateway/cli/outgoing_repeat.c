#include <string.h>

#include "cli/body.h"
#include "cli/outgoing.h"
#include "core/document.h"
#include "core/envelope.h"

static bool is_ours(const struct outgoing *outgoing, struct arena *arena, const struct body *body)
{
	struct document *document;
	struct envelope envelope;
	struct failure ignored;

	if (!envelope_parse(&envelope, &document, arena, body->envelope, body->envelope_length,
			    &ignored))
		return false;
	document_free(document);
	return strcmp(envelope.id, outgoing->id) == 0 &&
	       strcmp(envelope.from, outgoing->party) == 0;
}

static bool same_payload(const struct outgoing *outgoing, const struct body *body)
{
	return body->payload_length == outgoing->payload.length &&
	       memcmp(body->payload, outgoing->payload.bytes, body->payload_length) == 0;
}

void outgoing_repeat(struct outgoing *outgoing, struct session *session)
{
	struct arena *arena = arena_new();
	const struct row *message;
	struct answer bodies;
	struct failure unknown;
	struct body body;

	if (bodies_ask(session, outgoing->id, &bodies, &unknown)) {
		message = bodies_find(&bodies, "message");
		if (message != NULL && body_read(&body, arena, message, &unknown) &&
		    same_payload(outgoing, &body) && is_ours(outgoing, arena, &body)) {
			text_clear(&outgoing->envelope);
			text_add_bytes(&outgoing->envelope, body.envelope, body.envelope_length);
		}
		answer_free(&bodies);
	}
	arena_free(arena);
}
