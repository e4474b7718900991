#include <string.h>

#include "accept/accept.h"

bool accept_verify(const struct house *house, struct message *message, struct failure *why)
{
	const struct envelope *envelope = &message->envelope;
	struct signature *signature = &message->signature;
	const struct parcel *parcel = &message->parcel;

	if (envelope->payload_size != parcel->payload_length)
		return reject(why, "ENV-005",
			      "the envelope announces a payload of %zu bytes, %zu arrived",
			      envelope->payload_size, parcel->payload_length);
	if (!signature_verify(signature, message->arena, document_tree(message->envelope_document),
			      parcel->payload, parcel->payload_length, why))
		return false;
	message->digest = envelope_digest(signature);
	digest_text(&message->digest, message->digest_hex);
	if (!keyring_check(house->keyring, signature->certificate, signature->certificate_length,
			   envelope->created, message->at, signature->signer, why))
		return false;
	if (strcmp(signature->signer, envelope->from) != 0)
		return reject(why, "SIG-019", "%s signed what %s is said to have sent",
			      signature->signer, envelope->from);

	message->trusted = true;
	return true;
}
