/*
 * fire - send what a probe says, as an example trader, and hear how it ends.
 *
 * Each probe has a connection of its own, so that none stands in another's way. It ends with a
 * code of the catalogue, or with one of the words of probe.h.
 */
#ifndef NSW_CLI_SELFTEST_FIRE_H
#define NSW_CLI_SELFTEST_FIRE_H

#include "cli/selftest/probe.h"

struct shot {
	char end[32];
	char text[512]; /* in the gateway's words */
};

/* False when it could not be sent at all. */
MUST_CHECK bool fire(struct shot *out, struct session *session, const struct probes *probes,
		     const struct probe *probe, struct failure *why);
/* The honest message, to see that the gateway still works: RECEIPT. */
MUST_CHECK bool fire_honest(struct shot *out, struct session *session, const struct probes *probes,
			    struct failure *why);

#endif
