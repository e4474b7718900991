#include "cli/session.h"

#include <stdlib.h>
#include <string.h>

#include "cli/catalogue.h"
#include "core/document.h"
#include "core/party.h"
#include "core/text.h"

#define TIMEOUT_STANDARD (30 * 1000)

/* ---- the environment ------------------------------------------------------------------------ */

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static bool yes(const char *name)
{
	const char *value = variable(name);

	return value != NULL && strcmp(value, "0") != 0 && strcmp(value, "no") != 0;
}

static void add_kinds(struct session *session, const char *list)
{
	char *copy = arena_string(session->arena, list), *rest;
	size_t count = 0;

	for (char *folder = copy != NULL ? strtok_r(copy, ":", &rest) : NULL;
	     folder != NULL && count < SESSION_FOLDERS; folder = strtok_r(NULL, ":", &rest))
		session->kinds[count++] = folder;
}

void session_start(struct session *session)
{
	struct failure ignored;
	const char *timeout = variable("NSW_TIMEOUT");

	*session = (struct session){
		.arena = arena_new(),
		.gateway = variable("NSW_GATEWAY"),
		.state = variable("NSW_STATE"),
		.run = variable("NSW_RUN"),
		.keys = variable("NSW_KEYS"),
		.instance = variable("NSW_INSTANCE"),
		.operator_id = variable("NSW_OPERATOR"),
		.json = yes("NSW_JSON"),
		.no_color = yes("NSW_NO_COLOR"),
		.quiet = yes("NSW_QUIET"),
		.verbose = yes("NSW_VERBOSE"),
		.timeout = TIMEOUT_STANDARD,
		.interrupts = 1,
	};
	add_kinds(session, variable("NSW_KINDS"));
	if (timeout != NULL && !duration_parse(timeout, &session->timeout, &ignored))
		session->timeout = TIMEOUT_STANDARD;
}

bool session_ready(struct session *session, struct failure *why)
{
	struct output_world world = output_here(session->json, session->no_color);

	session->output = output_new(output_style(&world), stdout, stderr);
	if (session->quiet)
		output_quiet(session->output);
	return sandbox_find(&session->sandbox, session->arena, session->state, why);
}

void session_end(struct session *session)
{
	kinds_free(session->kinds_loaded);
	keyring_close(session->keyring);
	output_free(session->output);
	arena_free(session->arena);
}

enum exit_code session_failed(struct session *session, const struct failure *why)
{
	const char *catalogue, *hint = NULL;
	struct failure ignored;

	if (sandbox_data(&session->sandbox, session->arena, "schemas/catalogue.xml", &catalogue,
			 &ignored))
		hint = catalogue_hint(catalogue, why->code, session->arena);
	return output_failure(session->output, why, hint);
}

/* ---- what is opened when needed ---------------------------------------------------------------- */

bool session_settings(struct session *session, const struct settings **settings,
		      struct failure *why)
{
	const char *file = sandbox_file(&session->sandbox, session->arena, "settings.xml");

	if (session->settings == NULL) {
		session->settings = arena_alloc(session->arena, sizeof *session->settings);
		if (!settings_load(session->settings, session->arena,
				   path_exists(file) ? file : NULL, why)) {
			session->settings = NULL;
			return false;
		}
	}
	*settings = session->settings;
	return true;
}

const char *session_keys(struct session *session)
{
	if (session->keys != NULL)
		return session->keys;
	return sandbox_file(&session->sandbox, session->arena, "keys");
}

bool session_keyring(struct session *session, struct keyring **keyring, struct failure *why)
{
	if (session->keyring == NULL &&
	    !keyring_open(&session->keyring, session_keys(session), why))
		return false;
	*keyring = session->keyring;
	return true;
}

static void add_folder(const char **folders, size_t *count, const char *folder)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp(folders[i], folder) == 0)
			return;
	if (*count < SETTINGS_FOLDERS)
		folders[(*count)++] = folder;
}

bool session_kind_folders(struct session *session, const char **folders, size_t *count,
			  struct failure *why)
{
	const char *settings_file = sandbox_file(&session->sandbox, session->arena, "settings.xml");
	const struct settings *settings;
	const char *ours;

	*count = 0;
	if (!sandbox_data(&session->sandbox, session->arena, "schemas", &ours, why))
		return false;
	add_folder(folders, count, ours);
	if (path_exists(settings_file)) {
		if (!session_settings(session, &settings, why))
			return false;
		for (size_t i = 0; settings->kinds[i] != NULL; i++)
			add_folder(folders, count, settings->kinds[i]);
	}
	for (size_t i = 0; session->kinds[i] != NULL; i++)
		add_folder(folders, count, session->kinds[i]);
	return true;
}

bool session_kinds(struct session *session, const struct kinds **kinds, struct failure *why)
{
	const char *folders[SETTINGS_FOLDERS];
	const struct settings *settings;
	size_t count;

	if (session->kinds_loaded == NULL &&
	    (!session_kind_folders(session, folders, &count, why) ||
	     !session_settings(session, &settings, why) ||
	     !kinds_load_with(&session->kinds_loaded, folders, count, settings->calendar, why)))
		return false;
	*kinds = session->kinds_loaded;
	return true;
}

/* ---- the gateway -------------------------------------------------------------------------------- */

const char *session_operator(const struct session *session)
{
	return session->operator_id != NULL ? session->operator_id : "OPERATOR";
}

bool session_instance(struct session *session, const char **instance, struct failure *why)
{
	const struct settings *settings;

	*instance = session->instance;
	if (*instance != NULL)
		return true;
	if (!session_settings(session, &settings, why))
		return false;
	*instance = settings->instance;
	return true;
}

/* First line of a small file of the state folder, NULL when it is not there. */
static const char *line_of(struct session *session, const char *name)
{
	const char *path = sandbox_file(&session->sandbox, session->arena, name);
	struct text text = TEXT_EMPTY;
	struct failure ignored;
	char *line = NULL;

	if (text_read_file(&text, path, 4096, &ignored) && text.length > 0) {
		line = arena_string(session->arena, text.bytes);
		line[strcspn(line, "\r\n")] = '\0';
	}
	text_free(&text);
	return line != NULL && *line != '\0' ? line : NULL;
}

bool session_endpoint(struct session *session, const char **endpoint, struct failure *why)
{
	*endpoint = session->gateway;
	if (*endpoint == NULL)
		*endpoint = line_of(session, "endpoint");
	if (*endpoint != NULL)
		return true;
	reject(why, "CLI-002", "no gateway has been started with this state folder");
	return failure_at(why, "%s", session->sandbox.state);
}

bool session_client(struct session *session, struct client_settings *settings, const char *party,
		    struct failure *why)
{
	*settings = (struct client_settings){
		.party = party != NULL ? party : session_operator(session),
		.timeout = session->timeout,
		.interrupts = session->interrupts,
	};
	return session_endpoint(session, &settings->endpoint, why) &&
	       session_instance(session, &settings->instance, why) &&
	       session_keyring(session, &settings->keyring, why);
}

bool session_connect(struct session *session, struct client **out, const char *party, bool patient,
		     struct failure *why)
{
	struct client_settings settings;

	if (!session_client(session, &settings, party, why))
		return false;
	settings.patient = patient;
	settings.mortal = session->mortal;
	return client_open(out, &settings, why);
}

bool session_ask(struct session *session, struct row *question, struct answer *answer,
		 struct failure *why)
{
	struct client *client;
	bool asked;

	if (!session_connect(session, &client, NULL, false, why)) {
		row_free(question);
		return false;
	}
	asked = client_ask(client, question, answer, why);
	client_close(client);
	return asked;
}

/* ---- who we are ------------------------------------------------------------------------------------ */

static bool can_sign(struct session *session, const char *party)
{
	char public_key[CURVE_TEXT_SIZE], secret_key[CURVE_TEXT_SIZE] = "";
	struct failure ignored;
	bool home;

	home = keyring_knows(session->keyring, party) &&
	       keyring_curve(session->keyring, party, public_key, secret_key, &ignored) &&
	       secret_key[0] != '\0';
	explicit_bzero(secret_key, sizeof secret_key);
	return home;
}

static bool is_trader(const struct parties *parties, const char *party, const char *instance,
		      const char *operator_id)
{
	return strcmp(parties_role(parties, party), "trader") == 0 &&
	       strcmp(party, instance) != 0 && strcmp(party, operator_id) != 0;
}

bool session_parties(struct session *session, struct parties **parties, const char *const *more,
		     size_t more_count, struct failure *why)
{
	const struct settings *settings;
	const char *folders[SETTINGS_FOLDERS];
	size_t count = 0;
	const char *ours;

	if (!sandbox_data(&session->sandbox, session->arena, "adapters", &ours, why) ||
	    !session_settings(session, &settings, why))
		return false;
	add_folder(folders, &count, ours);
	if (path_exists(sandbox_file(&session->sandbox, session->arena, "settings.xml")))
		for (size_t i = 0; settings->parties[i] != NULL; i++)
			add_folder(folders, &count, settings->parties[i]);
	for (size_t i = 0; i < more_count; i++)
		add_folder(folders, &count, more[i]);
	return parties_load(parties, folders, count, why);
}

static bool first_trader(struct session *session, const char **party, struct failure *why)
{
	struct parties *parties;
	const char *instance, **ids;
	size_t count;

	if (!session_instance(session, &instance, why) ||
	    !session_parties(session, &parties, NULL, 0, why))
		return false;
	*party = NULL;
	count = keyring_parties(session->keyring, session->arena, &ids);
	for (size_t i = 0; i < count && *party == NULL; i++)
		if (is_trader(parties, ids[i], instance, session_operator(session)) &&
		    can_sign(session, ids[i]))
			*party = ids[i];
	parties_free(parties);
	if (*party != NULL)
		return true;
	return reject(why, "CLI-008", "the keyring holds no trader's private key; say --as PARTY");
}

bool session_trader(struct session *session, const char *preferred, const char **party,
		    struct failure *why)
{
	struct keyring *keyring;

	if (!session_keyring(session, &keyring, why))
		return false;
	*party = preferred;
	return (preferred != NULL && can_sign(session, preferred)) ||
	       first_trader(session, party, why);
}
