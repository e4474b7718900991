/*
 * bus_zap - who may come in: the judgement of a ZAP request (RFC 27). Private to bus.c.
 */
#ifndef NSW_BUS_ZAP_H
#define NSW_BUS_ZAP_H

#include "core/bus.h"
#include "core/bus_socket.h"

struct zap_verdict {
	struct frame id;	   /* of the request, borrowed from it: the answer names it */
	char status[4];		   /* "200", "400" a key of no party, "500" not a request of ours */
	char party[PARTY_ID_SIZE]; /* with 200 */
	char key[CURVE_TEXT_SIZE]; /* the client's, where the request holds one */
	char from[64];		   /* "127.0.0.1", "pid 4711 uid 0" */
};

/* True when it is 200. REJECT BUS-014 a key of no party; FAULT BUS-004
 * a request that the ROUTER of this bus cannot have made. */
MUST_CHECK bool zap_judge(struct zap_verdict *out, const struct socket_message *request,
			  struct keyring *keyring, struct failure *why);

#endif
