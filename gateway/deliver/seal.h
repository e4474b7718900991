/*
 * seal - the stages between the outbox and the wire.
 *
 * A delivery's envelope is the same at every attempt (same id, same times), so that a retry
 * is the same message; it is signed anew each time, with the key of now.
 */
#ifndef NSW_SEAL_H
#define NSW_SEAL_H

#include "core/house.h"
#include "core/message.h"
#include "journal/journal.h"

struct sealed {
	struct arena *arena;
	const struct journal_delivery *delivery;
	struct bytes payload;
	struct envelope envelope;    /* address fills it */
	struct bytes envelope_bytes; /* seal fills it */
};

typedef bool deliver_stage(const struct house *house, struct sealed *sealed, struct failure *why);

/* FAULT DLV-901 the payload's body is not there. */
deliver_stage deliver_address;
/* FAULT KEY-005, SIG-090. */
deliver_stage deliver_seal;

#endif
