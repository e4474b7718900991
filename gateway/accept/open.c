#include <string.h>

#include "accept/accept.h"

static bool sizes_bounded(const struct house *house, const struct message *message,
			  struct failure *why)
{
	if (message->parcel.payload_length > (size_t)house->settings->polite_limit)
		return reject(why, "PLD-001", "the payload has %zu bytes; the limit is %lld",
			      message->parcel.payload_length,
			      (long long)house->settings->polite_limit);
	return true;
}

static bool names(const struct rollout_row *row, const char *party)
{
	for (const char *const *of = row->of; *of != NULL; of++)
		if (strcmp(*of, party) == 0)
			return true;
	return false;
}

/* What answers a delivery says what that said, and the link may have become another since. */
static bool environment_fits(const struct house *house, const struct message *message)
{
	const struct rollout *rollout = kinds_rollout(house->kinds);
	const char *stated = message->envelope.environment;

	if (strcmp(stated, house->settings->environment) == 0)
		return true;
	for (size_t i = 0; i < rollout_count(rollout); i++) {
		const struct rollout_row *row = rollout_at(rollout, i);

		if (row->from <= message->at && names(row, message->parcel.party) &&
		    strcmp(link_state_name(row->state), stated) == 0)
			return true;
	}
	return false;
}

static bool addressed_to_us(const struct house *house, const struct message *message,
			    struct failure *why)
{
	const struct envelope *envelope = &message->envelope;

	if (strcmp(envelope->to, house->settings->instance) != 0) {
		reject(why, "PTY-003", "the message is addressed to %s; this gateway is %s",
		       envelope->to, house->settings->instance);
		return failure_at(why, "Envelope/To");
	}
	if (!environment_fits(house, message)) {
		reject(why, "ENV-006", "the message is for the environment %s; this link is %s",
		       envelope->environment,
		       house_environment(house, envelope->from, message->at));
		return failure_at(why, "Envelope/Environment");
	}
	return true;
}

static bool sent_by_its_sender(const struct message *message, struct failure *why)
{
	if (strcmp(message->envelope.from, message->parcel.party) == 0)
		return true;
	reject(why, "PTY-001", "the envelope says %s sent it; the connection belongs to %s",
	       message->envelope.from, message->parcel.party);
	return failure_at(why, "Envelope/From");
}

bool accept_open(const struct house *house, struct message *message, struct failure *why)
{
	/* First the cheap question, so that a refusal can still name the message. */
	bool bounded = sizes_bounded(house, message, why);

	if (!envelope_parse(&message->envelope, &message->envelope_document, message->arena,
			    message->parcel.envelope, message->parcel.envelope_length,
			    bounded ? why : NULL))
		return false;
	message->opened = true;
	return bounded && sent_by_its_sender(message, why) && addressed_to_us(house, message, why);
}
