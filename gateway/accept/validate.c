#include <string.h>

#include "accept/accept.h"

/* A payload may bear a signature of its own, beside the envelope's over its bytes. */
static bool own_signature_holds(const struct house *house, struct message *message,
				struct failure *why)
{
	enum own_signature wanted = kind_own_signature(message->kind);
	xmlDocPtr tree = document_tree(message->payload);
	struct signature own;

	if (!signature_present(tree)) {
		if (wanted == OWN_SIGNATURE_REQUIRED)
			return reject(why, "PLD-002", "a %s must bear its declarant's signature",
				      kind_id(message->kind));
		return true;
	}
	if (wanted == OWN_SIGNATURE_FORBIDDEN)
		return reject(why, "PLD-003", "a %s bears no signature of its own",
			      kind_id(message->kind));
	if (!signature_verify(&own, message->arena, tree, NULL, 0, why) ||
	    !keyring_check(house->keyring, own.certificate, own.certificate_length,
			   message->envelope.created, message->at, own.signer, why))
		return false;
	message->own_signer = arena_string(message->arena, own.signer); /* whose: see check */
	return true;
}

bool accept_validate(const struct house *house, struct message *message, struct failure *why)
{
	const struct finding *first;

	if (!kind_validate(message->kind, message->payload, &message->findings, why))
		return false;
	if (message->findings.errors == 0)
		return own_signature_holds(house, message, why);

	first = message->findings.first;
	reject(why, first->code, "%s", first->text);
	return failure_at(why, "line %d", first->line);
}
