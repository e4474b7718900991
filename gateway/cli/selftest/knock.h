/*
 * knock - to the gateway's door with what no client of ours would send.
 */
#ifndef NSW_CLI_SELFTEST_KNOCK_H
#define NSW_CLI_SELFTEST_KNOCK_H

#include "cli/session.h"
#include "core/bus.h"

/* These frames as one message, behind a valid key and after a greeting. *end is what was
 * said to them: the refusal, BUS-030 when the connection was lost, or SILENCE. */
MUST_CHECK bool knock_frames(struct session *session, const char *party, const struct frame *frames,
			     size_t count, struct failure *end, struct failure *why);
/* These bytes on the bare connection; was it closed within a while? */
MUST_CHECK bool knock_raw(struct session *session, const void *bytes, size_t length, bool *closed,
			  struct failure *why);
/* With transport keys that nobody knows: *refused is what the link says. */
MUST_CHECK bool knock_with_a_strangers_key(struct session *session, struct failure *refused,
					   struct failure *why);

#endif
