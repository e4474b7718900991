#include "cli/outgoing.h"

#include <stdio.h>
#include <string.h>

#include "core/document.h"
#include "core/envelope.h"

#define READ_MOST ((size_t)256 * 1024 * 1024) /* more than the bus takes: it shall say so itself */
#define LIFETIME  ((int64_t)7 * 86400 * 1000)

/* ---- reading -------------------------------------------------------------------------------- */

static bool recognise(struct outgoing *out, struct session *session,
		      const struct document *document, const char **declarant, struct failure *why)
{
	const struct kinds *kinds;
	const struct kind *kind;
	struct facts *facts;
	struct failure ignored;

	if (!session_kinds(session, &kinds, why) || !kinds_recognise(kinds, document, &kind, why))
		return failure_at(why, "%s", out->file);
	out->kind = kind_id(kind);
	/* A document without the facts it needs is sent all the same: the refusal says why. */
	if (kind_facts(kind, document, wall_now(), session->arena, &facts, &ignored))
		*declarant = arena_string(session->arena, facts_get(facts, "declarant"));
	return true;
}

static bool look_inside(struct outgoing *out, struct session *session, const char **declarant,
			struct failure *why)
{
	struct document_limits limits = document_limits_message;
	struct document *document;
	bool recognised;

	limits.bytes = BUS_HARD_LIMIT; /* the gateway says what is too large, not we */
	if (!document_parse(&document, out->file, out->payload.bytes, out->payload.length, &limits,
			    why))
		return false;
	recognised = recognise(out, session, document, declarant, why);
	document_free(document);
	return recognised;
}

bool outgoing_read(struct outgoing *out, struct session *session, const char *file,
		   const struct outgoing_choice *choice, struct failure *why)
{
	const char *declarant = NULL;

	*out = (struct outgoing){ .file = file, .kind = choice->kind };
	text_add(&out->payload, "");
	if (!text_read_file(&out->payload, file, READ_MOST, why))
		return false;
	if (out->kind == NULL && !look_inside(out, session, &declarant, why))
		return false;
	out->party = choice->as;
	return out->party != NULL || session_trader(session, declarant, &out->party, why);
}

/* ---- sealing ---------------------------------------------------------------------------------- */

/* The envelope without its signature, which envelope_seal() rightly never writes. */
static bool strip_signature(struct text *envelope, struct failure *why)
{
	struct document *document;
	xmlNodePtr signature;
	xmlChar *bytes;
	int length;

	if (!document_parse(&document, "envelope", envelope->bytes, envelope->length,
			    &document_limits_message, why))
		return false;
	signature = child_named(document_root(document), "Signature");
	if (signature != NULL) {
		xmlUnlinkNode(signature);
		xmlFreeNode(signature);
	}
	xmlDocDumpMemoryEnc(document_tree(document), &bytes, &length, "UTF-8");
	text_clear(envelope);
	text_add_bytes(envelope, bytes, (size_t)length);
	xmlFree(bytes);
	document_free(document);
	return true;
}

static bool write_envelope(struct outgoing *out, struct session *session,
			   const struct client *client, const struct outgoing_choice *choice,
			   struct failure *why)
{
	const struct welcome *welcome = client_welcome(client);
	gateway_time now = client_time(client);
	const char *signer = choice->sign_as != NULL ? choice->sign_as : out->party;
	const struct signing_key *key;
	char conversation[UUID_SIZE];
	struct keyring *keyring;
	struct envelope envelope = {
		.id = out->id,
		.conversation = choice->conversation,
		.from = choice->from != NULL ? choice->from : out->party,
		.to = welcome->instance,
		.kind = out->kind,
		.environment = welcome->environment,
		.created = now,
		.expires = now + LIFETIME,
		.run = session->run,
		.payload_type = "application/xml",
		.payload_size = out->payload.length,
	};

	if (envelope.conversation == NULL) {
		uuid_random(conversation);
		envelope.conversation = conversation;
	}
	return session_keyring(session, &keyring, why) &&
	       keyring_signing_key(keyring, signer, choice->sign_at != 0 ? choice->sign_at : now,
				   &key, why) &&
	       envelope_seal(&out->envelope, &envelope, out->payload.bytes, out->payload.length,
			     key, why) &&
	       (!choice->no_signature || strip_signature(&out->envelope, why));
}

/* The id of an envelope that somebody else wrote, so that its answer is known. */
static void id_of_raw(struct outgoing *out)
{
	struct arena *arena = arena_new();
	struct document *document;
	struct envelope envelope;
	struct failure ignored;

	if (envelope_parse(&envelope, &document, arena, out->envelope.bytes, out->envelope.length,
			   &ignored)) {
		snprintf(out->id, sizeof out->id, "%s", envelope.id);
		document_free(document);
	}
	arena_free(arena);
}

static bool small_enough(const struct outgoing *out, const struct client *client,
			 const struct outgoing_choice *choice, struct failure *why)
{
	int64_t limit = client_welcome(client)->polite_limit;

	if (choice->force_size || (int64_t)out->payload.length <= limit)
		return true;
	reject(why, "PLD-001", "%zu bytes: the gateway takes %lld", out->payload.length,
	       (long long)limit);
	return failure_at(why, "%s", out->file);
}

bool outgoing_seal(struct outgoing *out, struct session *session, const struct client *client,
		   const struct outgoing_choice *choice, struct failure *why)
{
	text_clear(&out->envelope);
	if (choice->id != NULL)
		snprintf(out->id, sizeof out->id, "%s", choice->id);
	else
		uuid_random(out->id);
	if (!small_enough(out, client, choice, why))
		return false;
	if (choice->raw_envelope == NULL)
		return write_envelope(out, session, client, choice, why);
	if (!text_read_file(&out->envelope, choice->raw_envelope, READ_MOST, why))
		return false;
	id_of_raw(out);
	return true;
}

void outgoing_free(struct outgoing *out)
{
	text_free(&out->payload);
	text_free(&out->envelope);
}
