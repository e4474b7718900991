/* What the files of the outbox share. Private to gateway/deliver. */
#ifndef NSW_OUTBOX_PRIVATE_H
#define NSW_OUTBOX_PRIVATE_H

#include "deliver/outbox.h"

struct parcel_plan { /* one delivery to write down */
	const char *id, *party, *kind, *ref, *payload;
	bool push;
};

const char *outbox_number(struct outbox *outbox, int64_t value);
/* The id of what a move sends to a party. */
const char *outbox_id(struct outbox *outbox, const struct move *move, const char *party,
		      const char *step);
MUST_CHECK bool outbox_write(struct outbox *outbox, const struct move *move,
			     const struct parcel_plan *parcel, struct failure *why);
/* The delivery and, where it was opened for one, its task. */
MUST_CHECK bool outbox_withdraw(struct outbox *outbox, const struct journal_delivery *delivery,
				const char *by, const char *text, gateway_time at,
				struct failure *why);
/* outbox_carry.c: what the row forwards, asks and sends again. */
MUST_CHECK bool outbox_carry_on(struct outbox *outbox, const struct move *move,
				struct failure *why);

#endif
