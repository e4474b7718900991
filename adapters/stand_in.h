/*
 * stand_in - a command that decides in place of a party's table.
 *
 * The command (--exec) gets the payload on standard input and what the engine knows of the
 * message in its environment, and writes a <decision> to standard output; README.md describes
 * both. What it writes is held to the same rules as a row of the party's table. It may be
 * asked about one message any number of times, and should answer the same: the ids of the
 * answers derive from the request and the names of its steps.
 */
#ifndef NSW_ADAPTERS_STAND_IN_H
#define NSW_ADAPTERS_STAND_IN_H

#include "decide.h"

#define STAND_IN_WITHIN	     5000  /* ms */
#define STAND_IN_WITHIN_MOST 10000 /* two heartbeats: after three the gateway takes us for gone */

struct stand_in {
	const char *party; /* NULL: any party that has none of its own */
	const char *command;
	int64_t within; /* ms */
};

/* The decision, in the arena. `stop` as in execute.h. DEFER ADP-020, ADP-021, ADP-022 what the
 * command wrote is no decision; FAULT ADP-023. */
MUST_CHECK bool stand_in_ask(const struct decision **out, const struct stand_in *stand_in,
			     struct arena *arena, const struct profile *profile,
			     const struct request *request, int stop, struct failure *why);

/* What the command finds in its environment: NULL-terminated, in the arena. */
const char *const *stand_in_environment(struct arena *arena, const struct profile *profile,
					const struct request *request);

#endif
