#include "request.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static void free_document(void *document)
{
	document_free(document);
}

/* ---- the cover ------------------------------------------------------------------------ */

/* Before the signature is verified this is hearsay: enough to name the message in a refusal. */
static bool read_cover(struct envelope *envelope, struct arena *arena, const struct parcel *parcel,
		       struct failure *why)
{
	struct document *document;
	bool read = envelope_parse(envelope, &document, arena, parcel->envelope,
				   parcel->envelope_length, why);

	if (read)
		document_free(document);
	else
		*envelope = (struct envelope){ 0 };
	return read;
}

static bool between_us(const struct envelope *envelope, const struct office *office,
		       const struct profile *profile, struct failure *why)
{
	if (!same(envelope->from, office->gateway))
		return reject(why, "ADP-001", "%s serves the gateway %s, this message is from %s",
			      profile->party, office->gateway, envelope->from);
	if (!same(envelope->to, profile->party))
		return reject(why, "ADP-002", "this message is for %s, not for %s", envelope->to,
			      profile->party);
	return true;
}

bool cover_open(struct envelope *envelope, struct signature *signature, struct arena *arena,
		const struct office *office, const struct profile *profile,
		const struct parcel *parcel, gateway_time now, struct failure *why)
{
	struct envelope opened;

	*envelope = (struct envelope){ 0 };
	if (!read_cover(envelope, arena, parcel, why) ||
	    !between_us(envelope, office, profile, why))
		return false;
	/* The transport key has proved who sends this: its own time may be believed. */
	if (now < envelope->created)
		now = envelope->created;
	return envelope_open(&opened, signature, arena, parcel->envelope, parcel->envelope_length,
			     parcel->payload, parcel->payload_length, office->keyring, now, why);
}

/* ---- what is in it -------------------------------------------------------------------- */

static bool parse_payload(struct request *out, struct arena *arena, const struct parcel *parcel,
			  struct failure *why)
{
	struct document *document;

	if (!document_parse(&document, "payload.xml", parcel->payload, parcel->payload_length,
			    &document_limits_message, why))
		return false;
	arena_on_free(arena, free_document, document);
	out->payload = document;
	return true;
}

/* The life cycle's word for the message, so that a table need not know the function codes of
 * every kind. */
static void add_event(struct facts *facts, const struct kind *kind)
{
	const char *event = kind_event(kind, facts);

	if (event != NULL && facts_get(facts, "event") == NULL)
		facts_add(facts, NULL, "event", event);
}

static bool read_facts(struct request *out, struct arena *arena, const struct office *office,
		       struct failure *why)
{
	const struct kind *kind;
	struct facts *facts;

	if (!kinds_recognise(office->kinds, out->payload, &kind, why))
		return false;
	if (!same(kind_id(kind), out->envelope->kind))
		return reject(why, "ADP-003", "the envelope says %s, the payload is a %s",
			      out->envelope->kind, kind_id(kind));
	if (!kind_facts(kind, out->payload, out->envelope->created, arena, &facts, why))
		return false;
	add_event(facts, kind);
	out->facts = facts;
	return true;
}

bool request_open(struct request *out, struct envelope *envelope, struct arena *arena,
		  const struct office *office, const struct profile *profile,
		  const struct parcel *parcel, gateway_time now, struct failure *why)
{
	struct signature signature;

	*out = (struct request){ .envelope = envelope,
				 .bytes = parcel->payload,
				 .length = parcel->payload_length };
	if (!cover_open(envelope, &signature, arena, office, profile, parcel, now, why))
		return false;
	if (!profile_sees(profile, envelope->kind))
		return reject(why, "ADP-003", "%s does not take messages of the kind %s",
			      profile->party, envelope->kind);
	out->digest = envelope_digest(&signature);
	return parse_payload(out, arena, parcel, why) && read_facts(out, arena, office, why);
}
