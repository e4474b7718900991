#include <string.h>

#include "accept/accept.h"

bool accept_recognise(const struct house *house, struct message *message, struct failure *why)
{
	const char *role = parties_role(house->parties, message->parcel.party);

	if (!kinds_recognise(house->kinds, message->payload, &message->kind, why))
		return false;
	if (strcmp(kind_id(message->kind), message->envelope.kind) != 0)
		return reject(why, "KND-002", "the envelope announces %s, the payload is a %s",
			      message->envelope.kind, kind_id(message->kind));
	if (!kind_from(message->kind, role))
		return reject(why, "KND-003", "%s is a %s; such a party sends no %s",
			      message->parcel.party, role, kind_id(message->kind));
	return true;
}
