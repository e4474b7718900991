/*
 * session - one invocation of `nsw`: its global options and what it has opened.
 *
 * Keyring, kinds and settings are opened when first needed and live as long as the session, as
 * does everything in its arena. Functions that open something say why they could not;
 * session_failed() turns that into what the user sees and the exit code.
 */
#ifndef NSW_SESSION_H
#define NSW_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/client/client.h"
#include "cli/output.h"
#include "cli/sandbox.h"
#include "core/arena.h"
#include "core/keyring.h"
#include "core/kind.h"
#include "core/party.h"
#include "core/settings.h"

#define SESSION_FOLDERS 12

struct session {
	struct arena *arena;
	struct output *output;
	struct sandbox sandbox;

	/* global options; NULL: not said */
	const char *gateway, *state, *run, *keys, *instance, *operator_id;
	const char *kinds[SESSION_FOLDERS + 1]; /* in addition to ours */
	int64_t timeout;			/* ms */
	bool mortal; /* the gateway lives as long as we need it, and has no second life */
	bool json, no_color, quiet, verbose;
	int interrupts; /* so many ^C end a wait; commands that drain say 2 */

	/* opened when needed */
	struct keyring *keyring;
	struct kinds *kinds_loaded;
	struct settings *settings;
};

/* From the environment alone; options follow. */
void session_start(struct session *session);
/* After the options: finds the sandbox, decides how to speak. */
MUST_CHECK bool session_ready(struct session *session, struct failure *why);
void session_end(struct session *session);

/* Tell the user, with the catalogue's hint. */
enum exit_code session_failed(struct session *session, const struct failure *why);

/* The settings of the sandbox in the state folder, or the defaults where there is none. */
MUST_CHECK bool session_settings(struct session *session, const struct settings **settings,
				 struct failure *why);
MUST_CHECK bool session_keyring(struct session *session, struct keyring **keyring,
				struct failure *why);
const char *session_keys(struct session *session); /* the keyring's folder */
/* Our own kinds and those of --kinds. */
MUST_CHECK bool session_kinds(struct session *session, const struct kinds **kinds,
			      struct failure *why);
/* Folders of --kinds, of the sandbox and our own schemas, schemas first; how many. */
MUST_CHECK bool session_kind_folders(struct session *session, const char **folders, size_t *count,
				     struct failure *why);

/* The profiles of our own parties, of the sandbox's and of `more` folders; yours to free. */
MUST_CHECK bool session_parties(struct session *session, struct parties **parties,
				const char *const *more, size_t more_count, struct failure *why);

/* Party id of the operator, who asks, and of the gateway. */
const char *session_operator(const struct session *session);
MUST_CHECK bool session_instance(struct session *session, const char **instance,
				 struct failure *why);
/* Where the gateway listens. REJECT CLI-002 when nobody says. */
MUST_CHECK bool session_endpoint(struct session *session, const char **endpoint,
				 struct failure *why);
/* How to connect as that party; NULL: as the operator. What it borrows lives in the session. */
MUST_CHECK bool session_client(struct session *session, struct client_settings *settings,
			       const char *party, struct failure *why);
/* Connected and welcomed as that party; NULL: as the operator. `patient`: a gateway that is
 * not there yet is waited for. */
MUST_CHECK bool session_connect(struct session *session, struct client **out, const char *party,
				bool patient, struct failure *why);
/* One question on a connection of its own. */
MUST_CHECK bool session_ask(struct session *session, struct row *question, struct answer *answer,
			    struct failure *why); /* takes the question */

/* The first trader of the keyring whose private keys are here. REJECT CLI-008. */
MUST_CHECK bool session_trader(struct session *session, const char *preferred, const char **party,
			       struct failure *why);

#endif
