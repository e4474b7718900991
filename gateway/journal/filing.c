#include "journal/filing.h"

#include <string.h>

#include "core/crash.h"
#include "journal/journal_private.h"

struct bodies {
	char envelope[DIGEST_TEXT_SIZE], payload[DIGEST_TEXT_SIZE], facts[DIGEST_TEXT_SIZE];
	char receipt_envelope[DIGEST_TEXT_SIZE], receipt_payload[DIGEST_TEXT_SIZE];
};

static bool keep_bodies(struct journal *journal, const struct message *message,
			struct bodies *bodies, struct failure *why)
{
	const struct parcel *parcel = &message->parcel;
	struct bytes envelope = { parcel->envelope, parcel->envelope_length };
	struct bytes payload = { parcel->payload, parcel->payload_length };

	return journal_body(journal, envelope, bodies->envelope, why) &&
	       journal_body(journal, payload, bodies->payload, why) &&
	       journal_body(journal, message->answer_envelope, bodies->receipt_envelope, why) &&
	       journal_body(journal, message->answer_payload, bodies->receipt_payload, why);
}

static bool keep_facts(struct journal *journal, const struct facts *facts, struct bodies *bodies,
		       struct failure *why)
{
	struct text written = TEXT_EMPTY;
	struct bytes body;
	bool good;

	facts_write(&written, facts);
	body = (struct bytes){ (const unsigned char *)written.bytes, written.length };
	good = journal_body(journal, body, bodies->facts, why);
	text_free(&written);
	return good;
}

bool file_message(struct conduct *conduct, const struct message *message, const char *case_id,
		  const char *event, struct failure *why)
{
	const struct envelope *envelope = &message->envelope;
	struct bodies bodies;
	char effective[NUMBER_SIZE];

	if (!keep_bodies(conduct->journal, message, &bodies, why) ||
	    !keep_facts(conduct->journal, message->facts, &bodies, why))
		return false;
	if (!journal_append(
		    conduct->journal, message->at, why, "message", "id", envelope->id, "sender",
		    envelope->from, "digest", message->digest_hex, "conversation",
		    envelope->conversation, "ref", envelope->ref, "kind", envelope->kind, "case",
		    case_id, "reference", facts_get(message->facts, "reference"), "event", event,
		    "environment", envelope->environment, "run", envelope->run, "effective",
		    envelope->effective != 0 ? number_text(envelope->effective, effective) : NULL,
		    "envelope", bodies.envelope, "payload", bodies.payload, "facts", bodies.facts,
		    "receipt_envelope", bodies.receipt_envelope, "receipt_payload",
		    bodies.receipt_payload, NULL))
		return false;
	crash_point(CRASH_MESSAGE_FILED);
	return true;
}

/* What answers, or says that it answers, a delivery to its sender: the case of that. Whatever is
 * wrong with it, who sent it is proven. */
static const char *case_answered(struct conduct *conduct, const struct message *message)
{
	const char *ref = message->opened ? message->envelope.ref : NULL;
	struct journal_delivery delivery;

	if (ref == NULL || !journal_delivery(conduct->journal, conduct->arena, ref, &delivery) ||
	    strcmp(delivery.party, message->parcel.party) != 0)
		return NULL;
	return delivery.case_id;
}

bool conduct_refusal(struct conduct *conduct, const struct message *message, struct failure *why)
{
	static const struct envelope unread; /* an envelope that could not be read claims nothing */
	const struct envelope *envelope = message->opened ? &message->envelope : &unread;
	const struct failure *reason = &message->why;
	const char *reference = NULL;
	struct bodies bodies;

	if (message->facts != NULL)
		reference = facts_get(message->facts, "reference");
	if (!keep_bodies(conduct->journal, message, &bodies, why))
		return false;
	return journal_append(
		conduct->journal, message->at, why, "refused", "id", envelope->id, "sender",
		message->parcel.party, "digest", message->trusted ? message->digest_hex : NULL,
		"conversation", envelope->conversation, "ref", envelope->ref, "kind",
		envelope->kind, "case", case_answered(conduct, message), "reference", reference,
		"run", envelope->run, "code", reason->code, "verdict",
		verdict_name(reason->verdict), "text", reason->text, "place", reason->place,
		"envelope", bodies.envelope, "payload", bodies.payload, "receipt_envelope",
		bodies.receipt_envelope, "receipt_payload", bodies.receipt_payload, NULL);
}
