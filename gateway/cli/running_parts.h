/* running_parts - what the files of running share. */
#ifndef NSW_RUNNING_PARTS_H
#define NSW_RUNNING_PARTS_H

#include "cli/running.h"
#include "core/party.h"

#define PROFILES_MOST 32

/* "STATE/name" */
const char *running_file(const struct session *session, const char *name);
/* settings.xml of the state folder, anew. */
MUST_CHECK bool running_write_settings(struct session *session, const struct running_choice *choice,
				       struct failure *why);
/* Keys for all of these parties, in the session's keyring folder: what is there stays. */
MUST_CHECK bool running_make_keys(struct session *session, const struct parties *parties,
				  struct failure *why);
/* Has each of them some already? */
bool running_has_keys(struct session *session, const char *keys, const struct parties *parties);
/* A program ended while starting: the failure that it wrote down. Returns false. */
bool running_ended_early(const struct running *running, const struct running_choice *choice,
			 const char *program, struct failure *why);

#endif
