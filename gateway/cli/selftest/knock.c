#include "cli/selftest/knock.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/bus.h"

#define PATIENCE_MS 5000 /* a gateway under attack may be slow */

/* ---- behind a link ----------------------------------------------------------------------------- */

static bool open_link(struct link **out, struct session *session, const char *party,
		      struct failure *why)
{
	char server[CURVE_TEXT_SIZE], public[CURVE_TEXT_SIZE], secret[CURVE_TEXT_SIZE];
	struct link_settings settings = { .server_key = server,
					  .public_key = public,
					  .secret_key = secret };
	const char *instance;
	struct keyring *keyring;
	char none[CURVE_TEXT_SIZE];

	if (!session_endpoint(session, &settings.endpoint, why) ||
	    !session_instance(session, &instance, why) ||
	    !session_keyring(session, &keyring, why) ||
	    !keyring_curve(keyring, instance, server, none, why))
		return false;
	if (party == NULL)
		bus_keypair(public, secret);
	else if (!keyring_curve(keyring, party, public, secret, why))
		return false;
	return link_open(out, &settings, why);
}

/* The next parcel of these two verbs; false when there was none, or the link says why not. */
static bool await(struct link *link, struct arena *arena, enum verb one, enum verb other,
		  struct parcel *out, struct failure *why)
{
	uint64_t until = monotonic_ms() + PATIENCE_MS, now;
	bool got;

	*why = (struct failure){ .code = "SILENCE" };
	while ((now = monotonic_ms()) < until) {
		if (!link_receive(link, arena, out, &got, (int)(until - now), why))
			return false;
		if (got && (out->verb == one || out->verb == other))
			return true;
	}
	*why = (struct failure){ .code = "SILENCE" };
	return false;
}

static void read_refusal(const struct parcel *parcel, struct failure *out)
{
	*out = (struct failure){ .verdict = REJECT };
	if (!parcel_line(parcel, "code", out->code, sizeof out->code))
		snprintf(out->code, sizeof out->code, "%s", "REFUSAL");
	(void)parcel_line(parcel, "text", out->text, sizeof out->text);
}

bool knock_frames(struct session *session, const char *party, const struct frame *frames,
		  size_t count, struct failure *end, struct failure *why)
{
	static const char hello[] = "credit=0\n";
	struct arena *arena = arena_new();
	struct link *link = NULL;
	struct parcel parcel;
	bool good;

	good = open_link(&link, session, party, why) &&
	       link_send(link, VERB_HELLO, NULL, 0, hello, strlen(hello), why) &&
	       await(link, arena, VERB_WELCOME, VERB_WELCOME, &parcel, why) &&
	       link_send_frames(link, frames, count, why);
	if (good && await(link, arena, VERB_REFUSAL, VERB_REFUSAL, &parcel, end))
		read_refusal(&parcel, end);
	link_close(link);
	arena_free(arena);
	return good;
}

bool knock_with_a_strangers_key(struct session *session, struct failure *refused,
				struct failure *why)
{
	static const char hello[] = "credit=0\n";
	struct arena *arena = arena_new();
	struct link *link = NULL;
	struct parcel parcel;
	bool good;

	good = open_link(&link, session, NULL, why) &&
	       link_send(link, VERB_HELLO, NULL, 0, hello, strlen(hello), why);
	if (good && await(link, arena, VERB_WELCOME, VERB_WELCOME, &parcel, refused))
		*refused = (struct failure){ .code = "WELCOME", .text = "a stranger was let in" };
	link_close(link);
	arena_free(arena);
	return good;
}

/* ---- on the bare connection ---------------------------------------------------------------------- */

static int connect_path(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (made >= 0 && connect(made, (struct sockaddr *)&address, sizeof address) != 0) {
		close(made);
		return -1;
	}
	return made;
}

static int connect_port(const char *where) /* HOST:PORT */
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
	const char *colon = strrchr(where, ':');
	struct addrinfo *found = NULL;
	char host[64];
	int made = -1;

	if (colon == NULL || (size_t)(colon - where) >= sizeof host)
		return -1;
	snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return -1;
	made = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (made >= 0 && connect(made, found->ai_addr, found->ai_addrlen) != 0) {
		close(made);
		made = -1;
	}
	freeaddrinfo(found);
	return made;
}

static bool ends_soon(int made)
{
	struct pollfd watched = { .fd = made, .events = POLLIN };
	uint64_t until = monotonic_ms() + PATIENCE_MS, now;
	char heard[256];

	while ((now = monotonic_ms()) < until)
		if (poll(&watched, 1, (int)(until - now)) > 0 &&
		    recv(made, heard, sizeof heard, 0) <= 0)
			return true;
	return false;
}

bool knock_raw(struct session *session, const void *bytes, size_t length, bool *closed,
	       struct failure *why)
{
	const char *endpoint;
	int made;

	if (!session_endpoint(session, &endpoint, why))
		return false;
	made = strncmp(endpoint, "ipc://", 6) == 0 ? connect_path(endpoint + 6)
						   : connect_port(endpoint + 6 /* tcp:// */);
	if (made < 0)
		return defer(why, "BUS-031", "cannot connect to %s: %s", endpoint, strerror(errno));
	/* What is not taken is an answer, too. */
	*closed = send(made, bytes, length, MSG_NOSIGNAL) < 0 || ends_soon(made);
	close(made);
	return true;
}
