#include "cli/outgoing.h"

#include <stdio.h>
#include <string.h>

#include "cli/edit.h"
#include "core/document.h"
#include "core/envelope.h"

#define READ_MOST ((size_t)256 * 1024 * 1024) /* more than the bus takes: it shall say so itself */
#define LIFETIME  ((int64_t)7 * 86400 * 1000)

/* ---- what it answers, and who wrote it ----------------------------------------------------------- */

static bool read_envelope(struct envelope *out, struct session *session, const char *path,
			  struct failure *why)
{
	struct text bytes = TEXT_EMPTY;
	struct document *document = NULL;
	bool read;

	read = text_read_file(&bytes, path, ENVELOPE_LIMIT, why) &&
	       envelope_parse(out, &document, session->arena, bytes.bytes, bytes.length, why);
	document_free(document);
	text_free(&bytes);
	return read;
}

/* A folder, as `nsw receive` writes it, says the conversation as well. */
static bool read_ref(struct outgoing *out, struct session *session,
		     const struct outgoing_choice *choice, struct failure *why)
{
	struct envelope answered;
	const char *path;

	out->ref = choice->ref;
	out->conversation = choice->conversation;
	if (choice->ref == NULL || uuid_valid(choice->ref))
		return true;
	path = arena_printf(session->arena, "%s/envelope.xml", choice->ref);
	if (!path_exists(path)) {
		reject(why, "CLI-009", "is neither a message id nor a folder of a message");
		return failure_at(why, "%s", choice->ref);
	}
	if (!read_envelope(&answered, session, path, why))
		return failure_at(why, "%s", path);
	out->ref = answered.id;
	if (out->conversation == NULL)
		out->conversation = answered.conversation;
	return true;
}

/* An envelope that is none is sent all the same, by whoever is found otherwise. */
static const char *raw_sender(struct session *session, const char *path)
{
	struct envelope envelope;
	struct failure ignored;

	if (path == NULL || !read_envelope(&envelope, session, path, &ignored))
		return NULL;
	return envelope.from;
}

/* ---- reading -------------------------------------------------------------------------------- */

struct contents {
	const char *declarant, *issued; /* facts; NULL when there are none */
};

static bool recognise(struct outgoing *out, struct session *session,
		      const struct document *document, struct contents *contents,
		      struct failure *why)
{
	const struct kinds *kinds;
	const struct kind *kind;
	struct facts *facts;
	struct failure ignored;

	if (!session_kinds(session, &kinds, why) || !kinds_recognise(kinds, document, &kind, why))
		return failure_at(why, "%s", out->file);
	out->kind = kind_id(kind);
	/* A document without the facts it needs is sent all the same: the refusal says why. */
	if (kind_facts(kind, document, wall_now(), session->arena, &facts, &ignored)) {
		contents->declarant = arena_string(session->arena, facts_get(facts, "declarant"));
		contents->issued = arena_string(session->arena, facts_get(facts, "issued"));
	}
	return true;
}

static bool find_day(struct outgoing *out, const struct document *document, const char *issued,
		     struct failure *why)
{
	out->issued = edit_issued(document, issued);
	if (out->issued != EDIT_NO_DAY)
		return true;
	reject(why, "CLI-016", "does not say when it was issued, so --clock cannot move its dates");
	return failure_at(why, "%s", out->file);
}

static bool look_inside(struct outgoing *out, struct session *session,
			const struct outgoing_choice *choice, struct contents *contents,
			struct failure *why)
{
	struct document_limits limits = document_limits_message;
	struct document *document;
	bool fine;

	limits.bytes = BUS_HARD_LIMIT; /* the gateway says what is too large, not we */
	if (!document_parse(&document, out->file, out->payload.bytes, out->payload.length, &limits,
			    why))
		return false;
	fine = (out->kind != NULL || recognise(out, session, document, contents, why)) &&
	       (choice->clock == CLOCK_RECORDED || find_day(out, document, contents->issued, why));
	document_free(document);
	return fine;
}

bool outgoing_read(struct outgoing *out, struct session *session, const char *file,
		   const struct outgoing_choice *choice, struct failure *why)
{
	struct contents contents = { 0 };
	bool look = choice->kind == NULL || choice->clock != CLOCK_RECORDED;

	*out = (struct outgoing){ .file = file, .kind = choice->kind };
	text_add(&out->payload, "");
	if (!read_ref(out, session, choice, why) ||
	    !text_read_file(&out->payload, file, READ_MOST, why) ||
	    (choice->edits.count > 0 &&
	     !edit_values(&out->payload, file, choice->edits.words, choice->edits.count, why)) ||
	    (look && !look_inside(out, session, choice, &contents, why)))
		return false;
	if (choice->clock != CLOCK_RECORDED) {
		out->recorded = out->payload;
		out->payload = TEXT_EMPTY;
	}
	out->party = choice->as != NULL ? choice->as : raw_sender(session, choice->raw_envelope);
	return out->party != NULL || session_trader(session, contents.declarant, &out->party, why);
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
			   const struct addressee *addressee, const struct outgoing_choice *choice,
			   struct failure *why)
{
	const char *signer = choice->sign_as != NULL ? choice->sign_as : out->party;
	gateway_time sign_at = choice->sign_at != 0 ? choice->sign_at : addressee->now;
	const struct signing_key *key;
	char conversation[UUID_SIZE];
	struct keyring *keyring;
	struct envelope envelope = {
		.id = out->id,
		.conversation = out->conversation,
		.ref = out->ref,
		.from = choice->from != NULL ? choice->from : out->party,
		.to = addressee->instance,
		.kind = out->kind,
		.environment = addressee->environment,
		.created = addressee->now,
		.expires = addressee->now + addressee->lifetime,
		.run = session->run,
		.payload_type = "application/xml",
		.payload_size = out->payload.length,
	};

	if (envelope.conversation == NULL) {
		uuid_random(conversation);
		envelope.conversation = conversation;
	}
	return session_keyring(session, &keyring, why) &&
	       keyring_signing_key(keyring, signer, sign_at, &key, why) &&
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

static bool small_enough(const struct outgoing *out, const struct addressee *addressee,
			 const struct outgoing_choice *choice, struct failure *why)
{
	if (choice->force_size || addressee->polite_limit == 0 ||
	    (int64_t)out->payload.length <= addressee->polite_limit)
		return true;
	reject(why, "PLD-001", "%zu bytes: the gateway takes %lld", out->payload.length,
	       (long long)addressee->polite_limit);
	return failure_at(why, "%s", out->file);
}

static bool set_clock(struct outgoing *out, const struct addressee *addressee,
		      const struct outgoing_choice *choice, struct failure *why)
{
	gateway_time day = choice->clock == CLOCK_FIXED ? choice->at : addressee->now;

	if (choice->clock == CLOCK_RECORDED)
		return true;
	text_clear(&out->payload);
	return edit_dates(&out->payload, &out->recorded, out->file, edit_day(day) - out->issued,
			  why);
}

struct addressee outgoing_addressee(const struct client *client)
{
	const struct welcome *welcome = client_welcome(client);

	return (struct addressee){ .instance = welcome->instance,
				   .environment = welcome->environment,
				   .now = client_time(client),
				   .lifetime = LIFETIME,
				   .polite_limit = welcome->polite_limit };
}

bool outgoing_seal_for(struct outgoing *out, struct session *session,
		       const struct addressee *addressee, const struct outgoing_choice *choice,
		       struct failure *why)
{
	text_clear(&out->envelope);
	if (choice->id != NULL)
		snprintf(out->id, sizeof out->id, "%s", choice->id);
	else
		uuid_random(out->id);
	if (!set_clock(out, addressee, choice, why) || !small_enough(out, addressee, choice, why))
		return false;
	if (choice->raw_envelope == NULL)
		return write_envelope(out, session, addressee, choice, why);
	if (!text_read_file(&out->envelope, choice->raw_envelope, READ_MOST, why))
		return false;
	id_of_raw(out);
	return true;
}

bool outgoing_seal(struct outgoing *out, struct session *session, const struct client *client,
		   const struct outgoing_choice *choice, struct failure *why)
{
	struct addressee addressee = outgoing_addressee(client);

	return outgoing_seal_for(out, session, &addressee, choice, why);
}

void outgoing_free(struct outgoing *out)
{
	text_free(&out->payload);
	text_free(&out->recorded);
	text_free(&out->envelope);
}
