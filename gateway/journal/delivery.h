/*
 * delivery - what may become of something on its way, as a table.
 *
 * The table at the top of delivery.c is the engine's own machine (a case's life is data, see
 * life.h): which event leads from which state to which. What it does not list has no
 * effect. The task that a delivery was opened for follows it; both are recorded here.
 *
 * Inside the clerk's transaction. All that append: FAULT JRN-….
 */
#ifndef NSW_DELIVERY_H
#define NSW_DELIVERY_H

#include "core/facts.h"
#include "journal/journal.h"

enum delivery_event {
	DELIVERY_SENT,
	DELIVERY_NOT_SENT,
	DELIVERY_RECEIVED, /* the technical receipt */
	DELIVERY_DECIDED,
	DELIVERY_ACKNOWLEDGED, /* safe with a trader, or a response with anybody */
	DELIVERY_REFUSED,      /* by a technical receipt */
	DELIVERY_DAMAGED,      /* likewise, for something else than what was sent */
	DELIVERY_GIVEN_UP,
	DELIVERY_WITHDRAWN,
	DELIVERY_RETRIED,
	DELIVERY_EVENTS
};

/* The state that an event leads to; NULL when it has no effect now. */
const char *delivery_next(const struct journal_delivery *delivery, enum delivery_event event);

struct delivery_note { /* beside the state; all may be NULL or 0 */
	const char *by, *message, *code, *text;
	gateway_time due;
};
/* Record the move; the event must have an effect. Attempts are recorded by the outbox. */
MUST_CHECK bool delivery_move(struct journal *journal, const struct journal_delivery *delivery,
			      enum delivery_event event, const struct delivery_note *note,
			      gateway_time at, struct failure *why);

/* The task's state, with what the answer's facts say (NULL: nothing was said). */
MUST_CHECK bool delivery_task(struct journal *journal, const struct journal_delivery *delivery,
			      const char *state, const struct facts *facts, const char *message,
			      gateway_time at, struct failure *why);

#endif
