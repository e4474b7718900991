/*
 * house - what every stage may look at: read-only, shared by all threads.
 */
#ifndef NSW_HOUSE_H
#define NSW_HOUSE_H

#include "core/clock.h"
#include "core/keyring.h"
#include "core/kind.h"
#include "core/party.h"
#include "core/settings.h"

struct house {
	const struct settings *settings;
	const struct kinds *kinds;
	const struct parties *parties;
	struct keyring *keyring; /* locks itself */
	struct clock *clock;	 /* likewise; stages use the message's own time instead */
};

/* What the link to a party is for on that day: TEST, PARALLEL or LIVE. The calendar says it of those
 * whom it knows and who have a link; of all others the settings do. */
const char *house_environment(const struct house *house, const char *party, gateway_time at);

#endif
