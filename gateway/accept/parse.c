#include "accept/accept.h"

bool accept_parse(const struct house *house, struct message *message, struct failure *why)
{
	(void)house;
	return document_parse(&message->payload, SIGNATURE_PAYLOAD_URI, message->parcel.payload,
			      message->parcel.payload_length, &document_limits_message, why);
}
