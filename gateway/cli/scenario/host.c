#include "cli/scenario/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

#define ENDING_MS 200

static void give(struct running_choice *choice, const char *name, const char *value)
{
	choice->given[choice->count].name = name;
	choice->given[choice->count].value = value;
	choice->count++;
}

static void choose(struct running_choice *choice, const struct session *session,
		   const struct scenario *scenario, const char *seed, bool keep)
{
	*choice = (struct running_choice){
		.quiet = true, .detach = keep, .closed = true, .throwaway = true
	};
	if (!keep && session->sandbox.own_programs) {
		choice->gateway = nswd_main;
		choice->adapter = adapter_main;
	}
	give(choice, "date", scenario->date);
	give(choice, "seed", seed);
	give(choice, "clock", "held");
	if (scenario->calendar != NULL)
		give(choice, "calendar", scenario->calendar);
	for (size_t i = 0; i < scenario->setting_count; i++)
		give(choice, scenario->settings[i].name, scenario->settings[i].value);
}

/* Below the ground; what may be kept lies where it stays. */
static bool make_state(struct host *host, const struct ground *ground,
		       const struct scenario *scenario, bool keep, struct failure *why)
{
	struct session *session = &host->session;
	const char *place = keep ? session->sandbox.scratch : ground->folder;
	char *state = arena_printf(session->arena, "%s/%.40s.XXXXXX", place,
				   keep ? scenario->name : "state");

	if (folder_make(place, 0777) && mkdtemp(state) != NULL) {
		session->sandbox.state = state;
		return true;
	}
	reject(why, "CLI-006", "no folder can be made here for a gateway: %s", strerror(errno));
	return failure_at(why, "%s", place);
}

bool host_start(struct host *out, const struct session *session, const struct ground *ground,
		const struct scenario *scenario, const char *seed, bool keep, struct failure *why)
{
	*out = (struct host){ .session = *session, .kept = keep };
	out->session.gateway = out->session.instance = out->session.operator_id = NULL;
	out->session.keys = keep ? NULL : ground->keys;
	out->session.keyring = keep ? NULL : session->keyring;
	out->session.settings = NULL;
	out->session.mortal = true;
	out->running.session = &out->session;
	choose(&out->choice, session, scenario, seed, keep);
	if (!make_state(out, ground, scenario, keep, why))
		return false;
	if (running_start(&out->running, &out->session, &out->choice, why))
		return true;
	folder_remove(out->session.sandbox.state);
	return false;
}

void host_end(struct host *host, bool stay)
{
	if (host->session.keyring != NULL && host->kept)
		keyring_close(host->session.keyring);
	if (stay && host->kept)
		return;
	running_stop(&host->running);
	folder_remove(host->session.sandbox.state);
}

static const char *ended_within(struct host *host, int timeout_ms)
{
	const char *ended = running_ended(&host->running, timeout_ms);

	if (ended == NULL)
		return NULL;
	return arena_printf(host->session.arena, "%s has ended by itself; its last words: %s",
			    ended, running_last_words(&host->running, ended));
}

const char *host_trouble(struct host *host)
{
	/* Its connection is lost a moment before it is seen to have ended. */
	return ended_within(host, ENDING_MS);
}

const char *host_ended(struct host *host)
{
	return ended_within(host, 0);
}
