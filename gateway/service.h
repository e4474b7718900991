/*
 * service - the gateway put together, started and stopped in order.
 *
 * daemon.c reads the command line and waits for signals; everything else about a running gateway
 * is here, so that tests can have one inside their own process.
 */
#ifndef NSW_SERVICE_H
#define NSW_SERVICE_H

#include "core/failure.h"
#include "core/settings.h"

struct service;

/* Load data, open the journal, bind, start the threads. FAULT from whatever refused: CFG-…,
 * KND-…, LIF-…, PLN-…, PTY-…, KEY-…, JRN-…, BUS-…, CFG-010 the date lies before the journal's
 * last record. The settings are borrowed. */
MUST_CHECK bool service_start(struct service **out, const struct settings *settings,
			      struct failure *why);
const char *service_endpoint(const struct service *service);
/* Serves on this thread until service_stop(); false on a FAULT. */
MUST_CHECK bool service_run(struct service *service, struct failure *why);
/* Any thread, also a signal's waiter: service_run() returns soon. */
void service_stop(struct service *service);
/* Any thread: read keys and revocation lists again; what cannot be read leaves the old ones. */
void service_reload(struct service *service);
/* Ends the threads in order, closes everything. NULL is fine. */
void service_free(struct service *service);

#endif
