#include "cli/running_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"

/* ---- settings.xml --------------------------------------------------------------------------- */

/* What was given there for a setting; NULL when that is about another one. */
static const char *given_at(const struct running_choice *choice, size_t at, const char *name)
{
	return strcmp(choice->given[at].name, name) == 0 ? choice->given[at].value : NULL;
}

/* The last word counts. */
static const char *given_value(const struct running_choice *choice, const char *name)
{
	const char *value = NULL;

	for (size_t i = choice->count; i > 0 && value == NULL; i--)
		value = given_at(choice, i - 1, name);
	return value;
}

static const char *variable_of(const struct session *session, const char *name)
{
	char *variable = arena_printf(session->arena, "NSW_%s", name);
	const char *value;

	for (char *at = variable; *at != '\0'; at++)
		*at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
	value = getenv(variable);
	return value != NULL && *value != '\0' ? value : NULL;
}

static void add_element(struct text *out, const char *name, const char *value)
{
	text_printf(out, "\t<%s>", name);
	text_add_xml(out, value);
	text_printf(out, "</%s>\n", name);
}

static const char *absolute_path(const struct session *session, const char *path)
{
	char *here = *path != '/' ? getcwd(NULL, 0) : NULL;
	const char *absolute =
		here != NULL ? arena_printf(session->arena, "%s/%s", here, path) : path;

	free(here);
	return absolute;
}

/* settings.xml stands elsewhere: what is named relative to here would be looked for there. */
static const char *calendar_path(const struct session *session, const char *calendar)
{
	bool path = *calendar != '\0' && strcmp(calendar, "none") != 0;

	return path ? absolute_path(session, calendar) : calendar;
}

/* What the sandbox itself decides. */
static bool add_places(struct text *out, struct session *session,
		       const struct running_choice *choice, struct failure *why)
{
	const char *endpoint = session->gateway, *schemas, *adapters, *folder;

	if (endpoint == NULL)
		endpoint = given_value(choice, "endpoint");
	if (endpoint == NULL &&
	    !sandbox_endpoint(&session->sandbox, session->arena, &endpoint, why))
		return false;
	if (!sandbox_data(&session->sandbox, session->arena, "schemas", &schemas, why) ||
	    !sandbox_data(&session->sandbox, session->arena, "adapters", &adapters, why))
		return false;
	add_element(out, "state", session->sandbox.state);
	add_element(out, "keys", absolute_path(session, session_keys(session)));
	add_element(out, "endpoint", endpoint);
	add_element(out, "kinds", schemas);
	for (size_t i = 0; (folder = session->kinds[i]) != NULL; i++)
		add_element(out, "kinds", absolute_path(session, folder));
	add_element(out, "parties", adapters);
	for (size_t i = 0; i < choice->count; i++)
		if ((folder = given_at(choice, i, "parties")) != NULL)
			add_element(out, "parties", absolute_path(session, folder));
	return true;
}

/* Those of the environment the gateway adds by itself. */
static void add_faults(struct text *out, const struct running_choice *choice)
{
	const char *fault;

	for (size_t i = 0; i < choice->count; i++)
		if ((fault = given_at(choice, i, "fault")) != NULL)
			add_element(out, "fault", fault);
}

/* Everything else: an option, else the environment. */
static void add_others(struct text *out, struct session *session,
		       const struct running_choice *choice)
{
	static const char *const places[] = { "state", "keys",	  "endpoint",
					      "kinds", "parties", "fault" };
	const char *name, *metavar, *description, *standard, *value;

	for (size_t i = 0; settings_describe(i, &name, &metavar, &description, &standard); i++) {
		bool place = false;

		for (size_t j = 0; j < sizeof places / sizeof *places; j++)
			place = place || strcmp(name, places[j]) == 0;
		value = given_value(choice, name);
		if (value == NULL && !choice->closed)
			value = variable_of(session, name);
		if (value != NULL && strcmp(name, "calendar") == 0)
			value = calendar_path(session, value);
		if (!place && value != NULL)
			add_element(out, name, value);
	}
}

bool running_write_settings(struct session *session, const struct running_choice *choice,
			    struct failure *why)
{
	struct text out = TEXT_EMPTY;
	bool written;

	text_add(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		       "<!-- Written by `nsw up`, anew each time. -->\n"
		       "<settings xmlns=\"urn:nsw:settings:1\">\n");
	written = add_places(&out, session, choice, why);
	add_faults(&out, choice);
	add_others(&out, session, choice);
	text_add(&out, "</settings>\n");
	written = written && file_write(running_file(session, "settings.xml"), out.bytes,
					out.length, 0600, why);
	text_free(&out);
	session->settings = NULL; /* read again by whoever needs them */
	return written;
}

/* ---- keys --------------------------------------------------------------------------------------- */

/* Those the source tree has made already, to save the time of making them. */
static bool copy_keys(struct session *session, const char *keys, struct failure *why)
{
	const char *made = arena_printf(session->arena, "%s/build/pki", session->sandbox.data);
	const char *const copy[] = { "/bin/cp", "-R", made, keys, NULL };

	if (path_exists(keys) || session->sandbox.data == NULL ||
	    !path_exists(arena_printf(session->arena, "%s/.made", made)))
		return true;
	return process_run(copy, why);
}

static bool has_keys(struct session *session, const char *keys, const char *party)
{
	return path_exists(arena_printf(session->arena, "%s/parties/%s/sign.crt", keys, party));
}

bool running_has_keys(struct session *session, const char *keys, const struct parties *parties)
{
	bool all = path_exists(arena_printf(session->arena, "%s/ca", keys));

	for (size_t i = 0; all && i < parties_count(parties); i++)
		all = has_keys(session, keys, parties_at(parties, i)->id);
	return all;
}

/* A profile of a party without keys: a new agency. It gets some. */
bool running_make_keys(struct session *session, const struct parties *parties, struct failure *why)
{
	const char *keys = session_keys(session), *make_pki;
	const char *words[PROFILES_MOST + 3];
	size_t count = 0;

	if (!sandbox_data(&session->sandbox, session->arena, "certs-example/make-pki", &make_pki,
			  why) ||
	    !copy_keys(session, keys, why))
		return false;
	words[count++] = make_pki;
	words[count++] = keys;
	words[count] = NULL;
	if (!path_exists(arena_printf(session->arena, "%s/ca", keys)) && !process_run(words, why))
		return false;
	for (size_t i = 0; i < parties_count(parties) && count < PROFILES_MOST + 2; i++)
		if (!has_keys(session, keys, parties_at(parties, i)->id))
			words[count++] = parties_at(parties, i)->id;
	words[count] = NULL;
	return count == 2 || process_run(words, why);
}
