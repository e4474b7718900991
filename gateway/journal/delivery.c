#include "journal/delivery.h"

#include <assert.h>
#include <string.h>

#include "journal/journal_private.h"

enum way { PUSH = 1, PULL = 2, EITHER = PUSH | PULL };

/* What may follow WAITING, SENT, RECEIVED, DEAD; nothing follows DONE and WITHDRAWN. */
static const struct {
	const char *from;
	enum delivery_event event;
	const char *to;
	enum way way;
} moves[] = {
	{ "WAITING", DELIVERY_SENT, "SENT", PUSH },
	{ "WAITING", DELIVERY_SENT, "WAITING", PULL }, /* lent: only ACK ends it */
	{ "WAITING", DELIVERY_NOT_SENT, "WAITING", PUSH },
	{ "WAITING", DELIVERY_RECEIVED, "RECEIVED", PUSH }, /* before a crash forgot the attempt */
	{ "WAITING", DELIVERY_DECIDED, "DONE", PUSH },
	{ "WAITING", DELIVERY_ACKNOWLEDGED, "DONE", EITHER },
	{ "WAITING", DELIVERY_REFUSED, "DEAD", PUSH },
	{ "WAITING", DELIVERY_DAMAGED, "WAITING", PUSH },
	{ "WAITING", DELIVERY_GIVEN_UP, "DEAD", PUSH },
	{ "WAITING", DELIVERY_WITHDRAWN, "WITHDRAWN", PUSH },

	{ "SENT", DELIVERY_SENT, "SENT", PUSH },
	{ "SENT", DELIVERY_NOT_SENT, "WAITING", PUSH },
	{ "SENT", DELIVERY_RECEIVED, "RECEIVED", PUSH },
	{ "SENT", DELIVERY_DECIDED, "DONE", PUSH },
	{ "SENT", DELIVERY_ACKNOWLEDGED, "DONE", PUSH },
	{ "SENT", DELIVERY_REFUSED, "DEAD", PUSH },
	{ "SENT", DELIVERY_DAMAGED, "SENT", PUSH },
	{ "SENT", DELIVERY_GIVEN_UP, "DEAD", PUSH },
	{ "SENT", DELIVERY_WITHDRAWN, "WITHDRAWN", PUSH },

	{ "RECEIVED", DELIVERY_SENT, "RECEIVED", PUSH }, /* again, for want of a decision */
	{ "RECEIVED", DELIVERY_NOT_SENT, "RECEIVED", PUSH },
	{ "RECEIVED", DELIVERY_RECEIVED, "RECEIVED", PUSH },
	{ "RECEIVED", DELIVERY_DECIDED, "DONE", PUSH },
	{ "RECEIVED", DELIVERY_REFUSED, "DEAD", PUSH },
	{ "RECEIVED", DELIVERY_DAMAGED, "RECEIVED", PUSH },
	{ "RECEIVED", DELIVERY_GIVEN_UP, "DEAD", PUSH },
	{ "RECEIVED", DELIVERY_WITHDRAWN, "WITHDRAWN", PUSH },

	{ "DEAD", DELIVERY_DECIDED, "DONE", PUSH }, /* late is better than never */
	{ "DEAD", DELIVERY_WITHDRAWN, "WITHDRAWN", PUSH },
	{ "DEAD", DELIVERY_RETRIED, "WAITING", PUSH },
};

const char *delivery_next(const struct journal_delivery *delivery, enum delivery_event event)
{
	enum way way = delivery->push ? PUSH : PULL;

	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
		if (moves[i].event == event && (moves[i].way & way) != 0 &&
		    strcmp(moves[i].from, delivery->state) == 0)
			return moves[i].to;
	return NULL;
}

bool delivery_move(struct journal *journal, const struct journal_delivery *delivery,
		   enum delivery_event event, const struct delivery_note *note, gateway_time at,
		   struct failure *why)
{
	const char *to = delivery_next(delivery, event);
	char due[NUMBER_SIZE];

	assert(to != NULL);
	return journal_append(journal, at, why, "delivery-state", "delivery", delivery->id, "case",
			      delivery->case_id, "party", delivery->party, "state", to, "due",
			      note->due != 0 ? number_text(note->due, due) : NULL, "code",
			      note->code, "text", note->text, "message", note->message, "by",
			      note->by, NULL);
}

static const char *said(const struct facts *facts, const char *name)
{
	return facts != NULL ? facts_get(facts, name) : NULL;
}

bool delivery_task(struct journal *journal, const struct journal_delivery *delivery,
		   const char *state, const struct facts *facts, const char *message,
		   gateway_time at, struct failure *why)
{
	return journal_append(journal, at, why, "task-state", "case", delivery->case_id, "party",
			      delivery->party, "delivery", delivery->id, "state", state, "status",
			      said(facts, "status"), "result", said(facts, "result"), "note",
			      said(facts, "note"), "message", message, NULL);
}
