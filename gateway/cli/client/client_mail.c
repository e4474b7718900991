#include <stdlib.h>
#include <string.h>

#include "cli/client/client_private.h"

/* ---- the mailbox ---------------------------------------------------------------------------- */

struct mailbox {
	struct letter *letters;
	size_t count, room;
	bool told;     /* FETCHED came */
	size_t leased; /* what it said */
};

static bool take_letter(struct client *client, struct arena *arena, const struct parcel *parcel,
			struct mailbox *mailbox, struct failure *why)
{
	struct letter *letter = &mailbox->letters[mailbox->count];

	if (mailbox->count == mailbox->room)
		return true; /* more than we asked for stays leased, and comes again */
	*letter = (struct letter){ .envelope = parcel->envelope,
				   .envelope_length = parcel->envelope_length,
				   .payload = parcel->payload,
				   .payload_length = parcel->payload_length };
	if (!from_the_gateway(client, arena, parcel, &letter->cover, &letter->digest, why))
		return false;
	for (size_t i = 0; i < mailbox->count; i++)
		if (strcmp(mailbox->letters[i].cover.id, letter->cover.id) == 0)
			return true; /* delivered twice: the id tells */
	mailbox->count++;
	return true;
}

static bool take_delivery(struct client *client, struct arena *arena, const struct parcel *parcel,
			  struct mailbox *mailbox, struct failure *why)
{
	if (parcel->verb == VERB_DELIVER)
		return take_letter(client, arena, parcel, mailbox, why);
	if (parcel->verb == VERB_FETCHED) {
		mailbox->told = true;
		mailbox->leased = (size_t)line_number(arena, parcel, "count", 0);
	}
	return true;
}

/* What was leased may arrive before FETCHED says how much it is, or after. */
static bool complete(const struct mailbox *mailbox)
{
	return mailbox->told &&
	       (mailbox->count >= mailbox->leased || mailbox->count == mailbox->room);
}

/* The gateway seals in parallel: in which order letters arrive says nothing. */
static void sort_letters(struct mailbox *mailbox)
{
	for (size_t i = 1; i < mailbox->count; i++) {
		struct letter letter = mailbox->letters[i];
		size_t at = i;

		for (; at > 0 && mailbox->letters[at - 1].cover.created > letter.cover.created;
		     at--)
			mailbox->letters[at] = mailbox->letters[at - 1];
		mailbox->letters[at] = letter;
	}
}

bool client_fetch(struct client *client, struct arena *arena, size_t credit,
		  struct letter **letters, size_t *count, struct failure *why)
{
	struct mailbox mailbox = { .letters = arena_alloc(arena, credit * sizeof **letters),
				   .room = credit };
	struct patience patience = patience_for(client);
	const char *line = arena_printf(arena, "credit=%zu\n", credit);
	struct parcel parcel;
	bool got, ask = true;

	memset(&client->lost, 0, sizeof client->lost);
	while (!complete(&mailbox)) {
		if (patience_over(&patience))
			return patience_ended(client, "answer from the mailbox", why);
		if ((ask || patience_again(&patience)) &&
		    !client_say(client, VERB_FETCH, "", 0, line, strlen(line), why))
			return false;
		if (!client_hear(client, arena, &parcel, &got, patience.until, why))
			return false;
		if (got && !take_delivery(client, arena, &parcel, &mailbox, why))
			return false;
		ask = !client->greeted;
	}
	sort_letters(&mailbox);
	*letters = mailbox.letters;
	*count = mailbox.count;
	return true;
}

bool client_keep(struct client *client, const char *id, struct failure *why)
{
	struct patience patience = patience_for(client);
	struct arena *arena = arena_new();
	struct parcel parcel;
	bool got, say = true, removed = false, fine = true;

	memset(&client->lost, 0, sizeof client->lost);
	while (fine && !removed) {
		if (patience_over(&patience)) {
			fine = patience_ended(client, "confirmation from the mailbox", why);
			break;
		}
		if (say || patience_again(&patience))
			fine = client_say(client, VERB_ACK, "", 0, id, strlen(id), why);
		fine = fine && client_hear(client, arena, &parcel, &got, patience.until, why);
		removed = fine && got && parcel.verb == VERB_ACK &&
			  parcel.payload_length == strlen(id) &&
			  memcmp(parcel.payload, id, strlen(id)) == 0;
		say = !client->greeted;
	}
	arena_free(arena);
	return fine;
}

/* ---- deliveries ----------------------------------------------------------------------------- */

void client_put_by(struct client *client, const struct parcel *parcel)
{
	struct arena *arena = arena_new();
	struct put_by *put_by = arena_alloc(arena, sizeof *put_by), **last = &client->put_by;

	*put_by = (struct put_by){ .arena = arena, .parcel = *parcel };
	put_by->parcel.envelope = arena_copy(arena, parcel->envelope, parcel->envelope_length);
	put_by->parcel.payload = arena_copy(arena, parcel->payload, parcel->payload_length);
	while (*last != NULL)
		last = &(*last)->next;
	*last = put_by;
}

void client_drop_put_by(struct client *client)
{
	while (client->put_by != NULL) {
		struct put_by *put_by = client->put_by;

		client->put_by = put_by->next;
		arena_free(put_by->arena);
	}
}

/* The oldest of those that came while something else was waited for. */
static bool take_put_by(struct client *client, struct arena *arena, struct parcel *parcel)
{
	struct put_by *put_by = client->put_by;

	if (put_by == NULL)
		return false;
	client->put_by = put_by->next;
	*parcel = put_by->parcel;
	parcel->envelope = arena_copy(arena, parcel->envelope, parcel->envelope_length);
	parcel->payload = arena_copy(arena, parcel->payload, parcel->payload_length);
	arena_free(put_by->arena);
	return true;
}

static bool hear_delivery(struct client *client, struct arena *arena, struct parcel *parcel,
			  bool *got, uint64_t until, struct failure *why)
{
	*got = take_put_by(client, arena, parcel);
	while (!*got && monotonic_ms() < until) {
		/* A new connection brings nothing before it has said HELLO. */
		if (!client->greeted && !client_say(client, VERB_PING, "", 0, "", 0, why))
			return false;
		if (!client_hear(client, arena, parcel, got, until, why))
			return false;
		*got = *got && parcel->verb == VERB_DELIVER;
	}
	return true;
}

bool client_delivery(struct client *client, struct arena *arena, uint64_t until,
		     struct letter *letter, bool *got, struct failure *why)
{
	struct parcel parcel;

	memset(&client->lost, 0, sizeof client->lost);
	if (!hear_delivery(client, arena, &parcel, got, until, why))
		return false;
	if (!*got)
		return true;
	*letter = (struct letter){ .envelope = parcel.envelope,
				   .envelope_length = parcel.envelope_length,
				   .payload = parcel.payload,
				   .payload_length = parcel.payload_length };
	return from_the_gateway(client, arena, &parcel, &letter->cover, &letter->digest, why);
}
