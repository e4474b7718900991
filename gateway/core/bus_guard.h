/*
 * bus_guard - against the message that never ends. Private to bus.c.
 *
 * libzmq keeps the frames of an unfinished multipart message without limit and tells nobody; the
 * size limit counts single frames, the queue's limit whole messages. What shows is the process's
 * memory. So it is read ten times a second and compared with what it was, plus what the parcels
 * alive may explain. Above the limit, the connections that have completed nothing meanwhile are
 * cut off: on TCP those that have sent more than heartbeats since their last message, on ipc, where
 * the system keeps no count, all of them. An innocent one reconnects and loses nothing.
 */
#ifndef NSW_BUS_GUARD_H
#define NSW_BUS_GUARD_H

#include "core/bus_peers.h"

#define GUARD_INTERVAL_MS 100

struct guard;

struct guard *guard_new(size_t limit);
void guard_free(struct guard *guard); /* NULL is fine */

/* Look, if it is time to. Returns how many connections were cut off (logged as BUS-012). */
size_t guard_look(struct guard *guard, struct peers *peers);

#endif
