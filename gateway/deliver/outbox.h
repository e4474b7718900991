/*
 * outbox - what goes to whom, kept until it is done.
 *
 * Runs inside the clerk's transaction. A delivery is planned in the transaction that makes it
 * necessary, its id follows from its cause (so that planning it twice is planning it once),
 * and its attempts are recorded with the next batch:
 *
 *	push	WAITING -> SENT -> RECEIVED -> DONE	(agencies, bank, partners)
 *		any of the first three -> DEAD after the last attempt, WITHDRAWN by the case
 *	pull	WAITING -> DONE				(a trader's mailbox; only ACK ends it)
 *
 * A dead letter holds back what follows it in the same conversation, for that party only,
 * until it is retried or dropped.
 */
#ifndef NSW_OUTBOX_H
#define NSW_OUTBOX_H

#include "core/house.h"
#include "deliver/plan.h"
#include "journal/conduct.h"
#include "journal/journal.h"

struct outbox { /* what the clerk lends */
	const struct house *house;
	struct journal *journal;
	const struct plan *plan;
	struct arena *arena; /* of this transaction step */
};

/* Tasks to withdraw and to open, and the response to send: all that a move asks for. REJECT
 * PLN-001 nobody decides on such a message; FAULT JRN-907, RUL-901. */
MUST_CHECK bool outbox_carry_out(struct outbox *outbox, const struct move *move,
				 struct failure *why);

/* An attempt was made. `sent` false with the reason in *failed; `envelope` as it went out. FAULT
 * DLV-902 there is no such delivery. */
MUST_CHECK bool outbox_attempt(struct outbox *outbox, const char *delivery, bool sent,
			       const struct failure *failed, struct bytes envelope, gateway_time at,
			       struct failure *why);

/* Has it been tried as often as may be? An attempt counts for as long as it has time: who loses the
 * connection and comes back meanwhile gets the message again, which is the same attempt. */
bool outbox_spent(const struct outbox *outbox, const struct journal_delivery *delivery,
		  gateway_time at);
/* Before a due delivery is sent (again): is it over? Then it becomes a dead letter: DLV-007
 * expired, else for what its last attempt failed of, else DLV-008 never answered. */
MUST_CHECK bool outbox_give_up(struct outbox *outbox, const struct journal_delivery *delivery,
			       gateway_time at, bool *given_up, struct failure *why);

/* A trader has its message safe. REJECT DLV-004 when that message is not in its mailbox. */
MUST_CHECK bool outbox_acknowledge(struct outbox *outbox, const char *party, const char *delivery,
				   gateway_time at, struct failure *why);

/* An operator's orders: retry or drop one delivery, or (retry) all dead ones of a party, a case (by
 * its id or number) or a message. *count how many. REJECT DLV-005 what is dead has expired
 * and can only be dropped, DLV-006 nothing dead of that name. */
MUST_CHECK bool outbox_order(struct outbox *outbox, const char *order, const char *id,
			     const char *by, gateway_time at, size_t *count, struct failure *why);

#endif
