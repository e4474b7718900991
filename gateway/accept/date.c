#include "accept/accept.h"

#define AHEAD_MOST ((int64_t)366 * 86400 * 1000) /* of an answer that is to be held */

/*
 * After verify, so that a message which was answered in its time is still known when that time
 * is over: the same message gets the same answer.
 */
bool accept_date(const struct house *house, struct message *message, struct failure *why)
{
	const struct envelope *envelope = &message->envelope;
	char stated[TIME_TEXT_SIZE], now[TIME_TEXT_SIZE];

	time_text(message->at, now);
	if (envelope->created > message->at + house->settings->skew) {
		reject(why, "ENV-007", "created %s is ahead of gateway time %s",
		       time_text(envelope->created, stated), now);
		return failure_at(why, "Envelope/Created");
	}
	if (envelope->expires <= message->at) {
		reject(why, "ENV-008", "the message expired at %s; gateway time is %s",
		       time_text(envelope->expires, stated), now);
		return failure_at(why, "Envelope/Expires");
	}
	if (envelope->effective > message->at + AHEAD_MOST) {
		reject(why, "ENV-009", "effective %s is more than 366 days after gateway time %s",
		       time_text(envelope->effective, stated), now);
		return failure_at(why, "Envelope/Effective");
	}
	return true;
}
