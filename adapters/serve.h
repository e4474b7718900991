/*
 * serve - one party at work: its link to the gateway, and a thread that answers.
 *
 * The loop keeps nothing that matters. Between two receipts it holds the deliveries it is just
 * answering (errand.h), at most as many as the credit it told the gateway; when the connection
 * is lost they are dropped, because the gateway delivers again what was not decided.
 *
 * A gateway that is away, restarts or refuses our key ends nothing: the link is tried again for
 * ever, each trouble is logged once, and once more that it is over.
 */
#ifndef NSW_ADAPTERS_SERVE_H
#define NSW_ADAPTERS_SERVE_H

#include "core/failure.h"

#include "profile.h"
#include "request.h"

struct serving;

/* Both arguments must outlive the serving. FAULT KEY-004 this is not the party's home,
 * BUS-001, BUS-003 and BUS-005 as link_open(), ADP-006 no thread or descriptor. Whether the gateway is there
 * and takes the key is found out in the background. */
MUST_CHECK bool serve_start(struct serving **out, const struct office *office,
			    const struct profile *profile, struct failure *why);

/* Asks the thread to end, and returns at once; whatever it is doing, it ends soon. */
void serve_stop(struct serving *serving);
/* Stops it, waits for its end and closes the link. NULL is fine. */
void serve_close(struct serving *serving);

#endif
