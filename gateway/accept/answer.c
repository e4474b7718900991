#include "accept/accept.h"
#include "core/crash.h"
#include "core/response.h"

#define ANSWER_LIFETIME ENVELOPE_LIFETIME_MAX

/* `single` is where the one finding of a message that never came to rules is written. */
static void fill_refusal(const struct message *message, struct response *response,
			 struct finding *single)
{
	response->result = "RE";
	response->findings = message->findings.first;
	if (message->findings.errors != 0)
		return;
	*single = (struct finding){ .code = message->why.code,
				    .layer = 'A',
				    .text = message->why.text,
				    .path = message->why.place[0] != '\0' ? message->why.place
									  : NULL };
	response->findings = single;
}

static void write_payload(const struct message *message, struct text *payload)
{
	struct finding single;
	struct response response = {
		.kind = "ACK",
		.result = "AB",
		.reference = message->facts != NULL ? facts_get(message->facts, "reference") : NULL,
		.message = message->opened ? message->envelope.id : NULL,
		.digest = message->digest_hex[0] != '\0' ? message->digest_hex : NULL,
		.issued = message->at,
	};

	if (message->refused)
		fill_refusal(message, &response, &single);
	response_write(payload, &response);
}

/*
 * A receipt's id follows from the message's, of which there is one. A refusal's follows from the
 * bytes: many things may be refused under one id, and each refusal is a message of its own.
 */
static void derive_id(const struct message *message, char id[UUID_SIZE])
{
	const struct parcel *parcel = &message->parcel;
	struct digest envelope, payload;
	char cover[DIGEST_TEXT_SIZE], content[DIGEST_TEXT_SIZE];

	if (!message->refused) {
		uuid_derive(id, message->envelope.id, parcel->party, "receipt");
		return;
	}
	envelope = digest_of(parcel->envelope, parcel->envelope_length);
	payload = digest_of(parcel->payload, parcel->payload_length);
	uuid_derive(id, digest_text(&envelope, cover), parcel->party,
		    digest_text(&payload, content));
}

bool accept_answer(const struct house *house, struct message *message, struct failure *why)
{
	struct text payload = TEXT_EMPTY, envelope = TEXT_EMPTY;
	const struct signing_key *key;
	char id[UUID_SIZE];
	struct envelope cover = {
		.id = id,
		.conversation = message->opened ? message->envelope.conversation : id,
		.ref = message->opened ? message->envelope.id : NULL,
		.from = house->settings->instance,
		.to = message->parcel.party,
		.kind = "ACK",
		.environment = house->settings->environment,
		.created = message->at,
		.expires = message->at + ANSWER_LIFETIME,
		.run = message->opened ? message->envelope.run : NULL,
		.origin = message->digest_hex[0] != '\0' ? message->digest_hex : NULL,
		.payload_type = "application/xml",
	};
	bool good;

	derive_id(message, id);
	write_payload(message, &payload);
	cover.payload_size = payload.length;
	good = keyring_signing_key(house->keyring, cover.from, message->at, &key, why) &&
	       envelope_seal(&envelope, &cover, payload.bytes, payload.length, key, why);
	if (good) {
		message->answer_payload.start =
			arena_copy(message->arena, payload.bytes, payload.length);
		message->answer_payload.length = payload.length;
		message->answer_envelope.start =
			arena_copy(message->arena, envelope.bytes, envelope.length);
		message->answer_envelope.length = envelope.length;
		crash_point(CRASH_RECEIPT_SIGNED);
	}
	text_free(&payload);
	text_free(&envelope);
	return good;
}
