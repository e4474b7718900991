#include "deliver/seal.h"

#include "core/crash.h"

bool deliver_address(const struct house *house, struct sealed *sealed, struct failure *why)
{
	const struct journal_delivery *delivery = sealed->delivery;

	if (sealed->payload.start == NULL)
		return fault(why, "DLV-901", "the payload %s of delivery %s is not in the journal",
			     delivery->payload, delivery->id);
	sealed->envelope = (struct envelope){
		.id = delivery->id,
		.conversation = delivery->conversation,
		.ref = delivery->ref,
		.from = house->settings->instance,
		.to = delivery->party,
		.kind = delivery->kind,
		.environment = delivery->environment,
		.created = delivery->created,
		.expires = delivery->expires,
		.run = delivery->run,
		.origin = delivery->origin,
		.payload_type = "application/xml",
		.payload_size = sealed->payload.length,
	};
	return true;
}

bool deliver_seal(const struct house *house, struct sealed *sealed, struct failure *why)
{
	struct text envelope = TEXT_EMPTY;
	const struct signing_key *key;
	bool good;

	good = keyring_signing_key(house->keyring, house->settings->instance,
				   clock_now(house->clock), &key, why) &&
	       envelope_seal(&envelope, &sealed->envelope, sealed->payload.start,
			     sealed->payload.length, key, why);
	if (good) {
		sealed->envelope_bytes.start =
			arena_copy(sealed->arena, envelope.bytes, envelope.length);
		sealed->envelope_bytes.length = envelope.length;
		crash_point(CRASH_DELIVERY_SEALED);
	}
	text_free(&envelope);
	return good;
}
