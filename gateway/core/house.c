#include "core/house.h"

const char *house_environment(const struct house *house, const char *party, gateway_time at)
{
	const struct rollout *rollout = kinds_rollout(house->kinds);
	enum link_state state = rollout_state(rollout, party, NULL, NULL, at, NULL);

	if (!rollout_knows(rollout, party) || state == LINK_NONE || state == LINK_ENDED)
		return house->settings->environment;
	return link_state_name(state);
}
