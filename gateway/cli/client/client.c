#include "cli/client/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/client/client_private.h"
#include "cli/interrupt.h"

#define GRACE_MS     700 /* a connection that fails at once may yet say why: three handshakes */
#define SLICE_MS     200 /* how long ^C may go unnoticed */
#define RECONNECT_MS 100 /* libzmq's own pace; asking faster only spins */

/* ---- the greeting ---------------------------------------------------------------------- */

const char *line_value(struct arena *arena, const struct parcel *parcel, const char *name)
{
	const char *at = (const char *)parcel->payload, *end = at + parcel->payload_length;
	size_t length = strlen(name);

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t size = (size_t)((newline != NULL ? newline : end) - at);

		if (size > length && memcmp(at, name, length) == 0 && at[length] == '=')
			return arena_copy(arena, at + length + 1, size - length - 1);
		at += size + 1;
	}
	return NULL;
}

int64_t line_number(struct arena *arena, const struct parcel *parcel, const char *name,
		    int64_t standard)
{
	const char *value = line_value(arena, parcel, name);

	return value != NULL ? strtoll(value, NULL, 10) : standard;
}

static void read_welcome(struct client *client, struct arena *arena, const struct parcel *parcel)
{
	struct welcome *welcome = &client->welcome;
	const char *time = line_value(arena, parcel, "time");
	struct failure ignored;

	snprintf(welcome->instance, sizeof welcome->instance, "%s",
		 line_value(arena, parcel, "instance") ?: "");
	snprintf(welcome->environment, sizeof welcome->environment, "%s",
		 line_value(arena, parcel, "environment") ?: "");
	welcome->polite_limit = line_number(arena, parcel, "polite-limit", PAYLOAD_POLITE_LIMIT);
	welcome->heartbeat = line_number(arena, parcel, "heartbeat", 5000);
	if (welcome->heartbeat < 100)
		welcome->heartbeat = 100;
	welcome->held = strcmp(line_value(arena, parcel, "clock") ?: "", "held") == 0;
	client->welcomed = time != NULL && time_parse(time, &welcome->time, &ignored);
	client_told(client, welcome->time);
}

/* ---- sending and receiving -------------------------------------------------------------- */

static bool greet(struct client *client, struct failure *why)
{
	char hello[32];
	int length = snprintf(hello, sizeof hello, "credit=%u\n", client->settings.credit);

	if (!link_send(client->link, VERB_HELLO, "", 0, hello, (size_t)length, why))
		return false;
	client->greeted = true;
	return true;
}

bool client_say(struct client *client, enum verb verb, const void *envelope, size_t envelope_length,
		const void *payload, size_t payload_length, struct failure *why)
{
	if (!client->greeted && !greet(client, why))
		return false;
	client->spoke = monotonic_ms();
	return link_send(client->link, verb, envelope, envelope_length, payload, payload_length,
			 why);
}

static bool keep_heartbeat(struct client *client, struct failure *why)
{
	if (client->spoke + (uint64_t)client->welcome.heartbeat > monotonic_ms())
		return true;
	return client_say(client, VERB_PING, "", 0, "", 0, why);
}

/* Parcels that concern the connection and not the verb that is being waited for. */
static bool of_the_connection(struct client *client, struct arena *arena,
			      const struct parcel *parcel)
{
	if (parcel->verb == VERB_WELCOME)
		read_welcome(client, arena, parcel);
	return parcel->verb == VERB_WELCOME || parcel->verb == VERB_PONG ||
	       parcel->verb == VERB_UNKNOWN;
}

static int slice_until(uint64_t until)
{
	uint64_t now = monotonic_ms();

	if (now >= until)
		return 0;
	return until - now < SLICE_MS ? (int)(until - now) : SLICE_MS;
}

bool client_hear(struct client *client, struct arena *arena, struct parcel *parcel, bool *got,
		 uint64_t until, struct failure *why)
{
	struct failure lost;

	*got = false;
	if (interrupts() >= client->settings.interrupts)
		return reject(why, "CLI-013", "interrupted");
	if (link_receive(client->link, arena, parcel, got, slice_until(until), &lost)) {
		if (*got && of_the_connection(client, arena, parcel))
			*got = false;
		return keep_heartbeat(client, why);
	}
	*got = false;
	client->lost = lost;
	if (lost.verdict != DEFER || (client->settings.mortal && client->welcomed)) {
		*why = lost;
		return false;
	}
	client->greeted = false; /* libzmq connects again by itself: then we say hello again */
	return true;
}

/* ---- opening ----------------------------------------------------------------------------- */

static bool open_link(struct client *client, struct failure *why)
{
	const struct client_settings *settings = &client->settings;
	char public_key[CURVE_TEXT_SIZE], secret_key[CURVE_TEXT_SIZE];
	char server_key[CURVE_TEXT_SIZE];
	struct link_settings link = { .endpoint = settings->endpoint,
				      .server_key = server_key,
				      .public_key = public_key,
				      .secret_key = secret_key };
	bool open;

	open = keyring_curve(settings->keyring, settings->party, public_key, secret_key, why) &&
	       keyring_curve(settings->keyring, settings->instance, server_key, NULL, why) &&
	       link_open(&client->link, &link, why);
	explicit_bzero(secret_key, sizeof secret_key);
	return open;
}

static bool no_answer(const struct client *client, struct failure *why)
{
	if (client->lost.code[0] != '\0') {
		*why = client->lost;
		return false;
	}
	defer(why, "CLI-003", "nobody answers within %g s",
	      (double)client->settings.timeout / 1000);
	return failure_at(why, "%s", client->settings.endpoint);
}

/* Nobody there: the impatient wait only long enough to hear the real reason. */
static uint64_t give_up_at(const struct client *client, uint64_t began)
{
	int64_t timeout = client->settings.timeout;
	bool away = client->lost.code[0] != '\0' && !client->settings.patient;

	return began + (uint64_t)(away && timeout > GRACE_MS ? GRACE_MS : timeout);
}

static bool be_welcomed(struct client *client, struct failure *why)
{
	struct arena *arena = arena_new();
	uint64_t began = monotonic_ms();
	struct parcel parcel;
	bool got, fine = true;

	while (fine && !client->welcomed && monotonic_ms() < give_up_at(client, began))
		fine = (client->greeted || greet(client, why)) &&
		       client_hear(client, arena, &parcel, &got, give_up_at(client, began), why);
	arena_free(arena);
	if (fine && !client->welcomed)
		return no_answer(client, why);
	memset(&client->lost, 0, sizeof client->lost);
	return fine;
}

bool client_open(struct client **out, const struct client_settings *settings, struct failure *why)
{
	struct client *client = must_alloc(sizeof *client);

	client->settings = *settings;
	client->settings.party = must_string(settings->party);
	client->settings.instance = must_string(settings->instance);
	client->settings.endpoint = must_string(settings->endpoint);
	if (settings->interrupts == 0)
		client->settings.interrupts = 1;
	client->welcome.heartbeat = 1000; /* until we are told */
	client->spoke = monotonic_ms();
	if (!open_link(client, why) || !be_welcomed(client, why)) {
		client_close(client);
		return false;
	}
	*out = client;
	return true;
}

void client_close(struct client *client)
{
	if (client == NULL)
		return;
	link_close(client->link);
	client_drop_put_by(client);
	free((char *)client->settings.party);
	free((char *)client->settings.instance);
	free((char *)client->settings.endpoint);
	free(client);
}

const struct welcome *client_welcome(const struct client *client)
{
	return &client->welcome;
}

const char *client_party(const struct client *client)
{
	return client->settings.party;
}

gateway_time client_time(const struct client *client)
{
	if (client->welcome.held)
		return client->time;
	return client->time + (gateway_time)(monotonic_ms() - client->told);
}

void client_told(struct client *client, gateway_time time)
{
	client->time = time;
	client->told = monotonic_ms();
}
