/* bus_endpoint - where a gateway can be met: "ipc://PATH" or "tcp://HOST:PORT". Private to bus*.c. */
#ifndef NSW_BUS_ENDPOINT_H
#define NSW_BUS_ENDPOINT_H

#include "core/failure.h"

#define ENDPOINT_SIZE 256

/* FAULT BUS-001: another transport, or longer than the system takes; place names it. */
MUST_CHECK bool endpoint_check(const char *endpoint, struct failure *why);

/* Can it be met from this machine alone? Asked of what was bound, where names are addresses. */
bool endpoint_local(const char *endpoint);

/* Does a living process listen on this ipc endpoint? False for tcp, where bind itself tells. */
bool endpoint_taken(const char *endpoint);

#endif
