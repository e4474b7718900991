/* status - what `up`, `ready` and `status` ask of a gateway. */
#ifndef NSW_STATUS_H
#define NSW_STATUS_H

#include "cli/client/client.h"

/* The gateway's row first, then a party each. */
MUST_CHECK bool status_ask(struct client *client, struct answer *answer, struct failure *why);
/* True once every expected party is connected; DEFER CLI-005 names who is missing. */
MUST_CHECK bool status_wait_ready(struct client *client, int64_t timeout, struct failure *why);

/* The same, but for the parties listed (NULL at the end): nobody waits for those. */
MUST_CHECK bool status_wait_connected(struct client *client, const char *const without[],
				      int64_t timeout, struct failure *why);

#endif
