/*
 * step - what one slip needs; lives as long as the slip is handled. Private to the clerk.
 */
#ifndef NSW_CLERK_STEP_H
#define NSW_CLERK_STEP_H

#include "clerk/clerk.h"
#include "deliver/outbox.h"

struct step {
	struct clerk *clerk;
	struct conduct conduct;
	struct outbox outbox;
	const char *added; /* id of the fault that an order has added; NULL */
};

/* orders.c: what an operator told the gateway to do, inside the transaction. False is a FAULT. */
MUST_CHECK bool step_order(struct step *step, struct slip *slip, struct failure *why);

#endif
