#include <stdlib.h>
#include <string.h>

#include "cli/client/client_private.h"
#include "cli/report.h"
#include "core/digest.h"
#include "core/document.h"

/* ---- opening what the gateway signed ------------------------------------------------------- */

/* Gateway time may have jumped ahead of what we were told; what it signed says how far. */
static bool open_signed(const struct client *client, struct arena *arena,
			const struct parcel *parcel, struct envelope *cover,
			struct signature *signature, struct failure *why)
{
	gateway_time now = client_time(client);
	struct document *document;

	if (!envelope_parse(cover, &document, arena, parcel->envelope, parcel->envelope_length,
			    why))
		return false;
	document_free(document);
	return envelope_open(cover, signature, arena, parcel->envelope, parcel->envelope_length,
			     parcel->payload, parcel->payload_length, client->settings.keyring,
			     cover->created > now ? cover->created : now, why);
}

bool from_the_gateway(const struct client *client, struct arena *arena, const struct parcel *parcel,
		      struct envelope *cover, struct digest *digest, struct failure *why)
{
	struct signature signature;

	if (!open_signed(client, arena, parcel, cover, &signature, why)) {
		failure_at(why, "what came from %s", client->settings.instance);
		return false;
	}
	if (strcmp(cover->from, client->welcome.instance) != 0)
		return reject(why, "SIG-019", "the answer is signed by %s and not by the gateway",
			      cover->from);
	*digest = envelope_digest(&signature);
	return true;
}

/* The first error that a refusal names. */
static void read_reason(struct reply *reply, struct arena *arena)
{
	struct document *document;
	struct failure ignored;
	xmlNodePtr error;

	reject(&reply->why, "CLI-009", "refused without a reason");
	if (!document_parse(&document, "refusal", reply->payload, reply->payload_length,
			    &document_limits_message, &ignored))
		return;
	error = child_named(document_root(document), "Error");
	while (error != NULL && strcmp(attribute_text(arena, error, "role") ?: "", "warning") == 0)
		error = next_named(error, "Error");
	if (error != NULL) {
		xmlNodePtr place = child_named(error, "Location");

		reject(&reply->why, child_text(arena, error, "ValidationCode") ?: "CLI-009", "%s",
		       report_description(arena, error, "en") ?: "no text");
		if (child_text(arena, place, "Path") != NULL)
			failure_at(&reply->why, "%s", child_text(arena, place, "Path"));
	}
	document_free(document);
}

/* The gateway could not even read what we said, and so has nothing to sign. */
static void read_unsigned(struct reply *reply, struct arena *arena, const struct parcel *parcel)
{
	reject(&reply->why, line_value(arena, parcel, "code") ?: "BUS-010", "%s",
	       line_value(arena, parcel, "text") ?: "not a message of this protocol");
}

/* ---- submitting ---------------------------------------------------------------------------- */

struct submission {
	const char *id;
	const void *envelope, *payload;
	size_t envelope_length, payload_length;
	char digest[DIGEST_TEXT_SIZE]; /* of the envelope: how BUSY names it */
	struct patience patience;
	bool send;     /* now */
	uint64_t back; /* when BUSY told us to come back; 0 */
	bool answered;
};

static bool send_it(struct client *client, struct submission *submission, struct reply *reply,
		    struct failure *why)
{
	submission->send = false;
	submission->back = 0;
	if (client_say(client, VERB_SUBMIT, submission->envelope, submission->envelope_length,
		       submission->payload, submission->payload_length, why)) {
		reply->sent++;
		return true;
	}
	return why->verdict == DEFER; /* a full queue: the next round tries again */
}

static bool concerns(const struct submission *submission, const struct reply *reply)
{
	/* A refusal of an envelope that could not be read names no message. */
	return reply->cover.ref == NULL || strcmp(reply->cover.ref, submission->id) == 0;
}

static bool read_answer(struct client *client, struct arena *arena, const struct parcel *parcel,
			struct submission *submission, struct reply *reply, struct failure *why)
{
	struct digest digest;

	reply->taken = parcel->verb == VERB_RECEIPT;
	reply->envelope = parcel->envelope;
	reply->envelope_length = parcel->envelope_length;
	reply->payload = parcel->payload;
	reply->payload_length = parcel->payload_length;
	if (parcel->envelope_length == 0 && !reply->taken) {
		read_unsigned(reply, arena, parcel);
		submission->answered = true;
		return true;
	}
	if (!from_the_gateway(client, arena, parcel, &reply->cover, &digest, why))
		return false;
	submission->answered = concerns(submission, reply);
	if (submission->answered && !reply->taken)
		read_reason(reply, arena);
	return true;
}

static void come_back(struct submission *submission, struct reply *reply, struct arena *arena,
		      const struct parcel *parcel)
{
	const char *which = line_value(arena, parcel, "envelope");
	const char *after = line_value(arena, parcel, "retry-after");
	long long ms = after != NULL ? strtoll(after, NULL, 10) : 100;

	if (which != NULL && strcmp(which, submission->digest) != 0)
		return;
	ms = ms < 1 ? 1 : ms > 60000 ? 60000 : ms;
	submission->back =
		monotonic_ms() +
		(uint64_t)((double)ms *
			   (1.0 + 0.5 * keyed_draw(submission->digest,
						   reply->busy % 2 ? "odd" : "even", NULL)));
	reply->busy++;
	defer(&reply->why, "CLI-004", "the gateway says 'not now', again and again%s%s%s%s",
	      line_value(arena, parcel, "code") != NULL ? ": " : "",
	      line_value(arena, parcel, "code") ?: "",
	      line_value(arena, parcel, "code") != NULL ? " " : "",
	      line_value(arena, parcel, "text") ?: "");
}

static bool take_parcel(struct client *client, struct arena *arena, const struct parcel *parcel,
			struct submission *submission, struct reply *reply, struct failure *why)
{
	switch (parcel->verb) {
	case VERB_RECEIPT:
	case VERB_REFUSAL:
		return read_answer(client, arena, parcel, submission, reply, why);
	case VERB_BUSY:
		come_back(submission, reply, arena, parcel);
		return true;
	case VERB_DELIVER:
		client_put_by(client, parcel);
		return true;
	default:
		return true;
	}
}

static bool too_large(const struct submission *submission)
{
	return submission->payload_length > BUS_HARD_LIMIT ||
	       submission->envelope_length > BUS_HARD_LIMIT;
}

static bool due(struct submission *submission)
{
	if (submission->back != 0)
		return monotonic_ms() >= submission->back;
	return submission->send || patience_again(&submission->patience);
}

static bool ended_unanswered(const struct client *client, const struct reply *reply,
			     struct failure *why)
{
	if (reply->busy == 0)
		return patience_ended(client, "answer to this message", why);
	*why = reply->why;
	return false;
}

static bool until_answered(struct client *client, struct arena *arena,
			   struct submission *submission, struct reply *reply, struct failure *why)
{
	struct parcel parcel;
	bool got;

	while (!submission->answered) {
		if (patience_over(&submission->patience))
			return ended_unanswered(client, reply, why);
		if (due(submission) && !send_it(client, submission, reply, why))
			return false;
		if (!client_hear(client, arena, &parcel, &got, submission->patience.until, why))
			return false;
		if (got && !take_parcel(client, arena, &parcel, submission, reply, why))
			return false;
		if (client->greeted)
			continue;
		if (too_large(submission))
			return patience_ended(client, "answer", why);
		submission->send = true; /* repeat what has no answer, on the next connection */
	}
	return true;
}

bool client_submit(struct client *client, struct arena *arena, const char *id, const void *envelope,
		   size_t envelope_length, const void *payload, size_t payload_length,
		   struct reply *reply, struct failure *why)
{
	struct digest digest = digest_of(envelope, envelope_length);
	struct submission submission = { .id = id,
					 .envelope = envelope,
					 .envelope_length = envelope_length,
					 .payload = payload,
					 .payload_length = payload_length,
					 .patience = patience_for(client),
					 .send = true };

	*reply = (struct reply){ 0 };
	digest_text(&digest, submission.digest);
	memset(&client->lost, 0, sizeof client->lost);
	return until_answered(client, arena, &submission, reply, why);
}

bool client_post(struct client *client, const void *envelope, size_t envelope_length,
		 const void *payload, size_t payload_length, struct failure *why)
{
	struct arena *arena = arena_new();
	struct parcel parcel;
	bool got, sent = false;

	do {
		if (client_say(client, VERB_SUBMIT, envelope, envelope_length, payload,
			       payload_length, why))
			sent = true;
		else if (why->verdict != DEFER)
			break;
		if (!client_hear(client, arena, &parcel, &got, sent ? 0 : monotonic_ms() + 10,
				 why)) {
			sent = false;
			break;
		}
	} while (!sent);
	arena_free(arena);
	return sent;
}
