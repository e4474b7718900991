/* known - was this message answered before? The identity half of conduct.h. */
#include <string.h>

#include "journal/conduct.h"
#include "journal/rows.h"

static bool refusal_of_bytes(struct journal *journal, struct arena *arena, const char *sender,
			     const char *envelope, const char *payload, struct journal_message *out)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT " MESSAGE_COLUMNS " FROM message m WHERE sender=?1"
			   " AND envelope=?2 AND payload=?3 AND state='REFUSED' LIMIT 1",
			   sender, envelope, payload, NULL) &&
	       first_row(rows, arena, message_row, out);
}

static bool refusal_of_identity(struct journal *journal, struct arena *arena, const char *sender,
				const char *id, const char *digest, struct journal_message *out)
{
	struct statement *rows;

	return store_query(journal->store, &rows, NULL,
			   "SELECT " MESSAGE_COLUMNS " FROM message m WHERE id=?2 AND sender=?1"
			   " AND digest=?3 AND state='REFUSED' LIMIT 1",
			   sender, id, digest, NULL) &&
	       first_row(rows, arena, message_row, out);
}

/* Its signature held, whatever was wrong besides: the digest says which message it is. */
static bool has_digest(const struct message *message)
{
	return message->digest_hex[0] != '\0';
}

static bool refused_before(struct conduct *conduct, const struct message *message,
			   struct journal_message *known)
{
	const struct parcel *parcel = &message->parcel;
	struct digest envelope, payload;
	char envelope_hex[DIGEST_TEXT_SIZE], payload_hex[DIGEST_TEXT_SIZE];

	if (message->trusted)
		return refusal_of_identity(conduct->journal, conduct->arena, parcel->party,
					   message->envelope.id, message->digest_hex, known);
	envelope = digest_of(parcel->envelope, parcel->envelope_length);
	payload = digest_of(parcel->payload, parcel->payload_length);
	return refusal_of_bytes(conduct->journal, conduct->arena, parcel->party,
				digest_text(&envelope, envelope_hex),
				digest_text(&payload, payload_hex), known);
}

bool conduct_known(struct conduct *conduct, const struct message *message,
		   struct journal_message *known, bool *found, struct failure *why)
{
	char at[TIME_TEXT_SIZE];
	bool same;

	*found = false;
	if (has_digest(message) &&
	    journal_message(conduct->journal, conduct->arena, message->parcel.party,
			    message->envelope.id, known)) {
		same = strcmp(known->digest, message->digest_hex) == 0;
		if (!same && !message->refused)
			return reject(why, "JRN-001",
				      "the message id %s was used at %s for a message with other "
				      "content",
				      message->envelope.id, time_text(known->at, at));
		*found = same;
		return true;
	}
	*found = refused_before(conduct, message, known);
	return true;
}
