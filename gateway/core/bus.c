#include "core/bus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bus_endpoint.h"
#include "core/bus_guard.h"
#include "core/bus_parcel.h"
#include "core/bus_peers.h"
#include "core/bus_socket.h"
#include "core/bus_zap.h"
#include "core/clock.h"
#include "core/log.h"

#define ATTEND_EVERY	 64 /* messages between two looks at the door and the monitor, and back */
#define LINES_PER_SECOND 20 /* of the log that strangers can provoke */

struct bus {
	struct bus_socket *socket;
	struct keyring *keyring; /* the caller's */
	struct peers *peers;
	struct guard *guard;
	struct bus_counts counts;
	size_t hard_limit;
	unsigned unattended; /* messages since the last look */

	bool handshake_failed; /* the connection that the monitor names next */
	struct socket_event how;

	uint64_t log_second; /* monotonic; lines written and left out in it */
	unsigned lines, left_out;
};

/* ---- opening and closing -------------------------------------------------------------- */

static bool open_socket(struct bus *bus, const struct bus_settings *settings, struct failure *why)
{
	char public_key[CURVE_TEXT_SIZE], secret_key[CURVE_TEXT_SIZE];
	const struct socket_keys keys = { .public_key = public_key, .secret_key = secret_key };
	bool opened;

	if (!keyring_curve(bus->keyring, settings->party, public_key, secret_key, why))
		return false;
	opened = socket_bind(&bus->socket, settings->endpoint, &keys, bus->hard_limit, why);
	explicit_bzero(secret_key, sizeof secret_key);
	return opened;
}

bool bus_open(struct bus **out, const struct bus_settings *settings, struct keyring *keyring,
	      struct failure *why)
{
	struct bus *bus = must_alloc(sizeof *bus);

	bus->keyring = keyring;
	bus->hard_limit = settings->hard_limit != 0 ? settings->hard_limit : BUS_HARD_LIMIT;
	bus->peers = peers_new();
	bus->guard =
		guard_new(settings->memory_limit != 0 ? settings->memory_limit : BUS_MEMORY_LIMIT);
	if (!open_socket(bus, settings, why)) {
		bus_close(bus);
		return false;
	}
	if (!endpoint_local(bus_endpoint(bus)))
		log_line(LOG_WARN, "open-to-the-network", "endpoint", bus_endpoint(bus), NULL);
	*out = bus;
	return true;
}

void bus_close(struct bus *bus)
{
	if (bus == NULL)
		return;
	socket_close(bus->socket);
	guard_free(bus->guard);
	peers_free(bus->peers); /* now the other side sees the end of its connection */
	free(bus);
}

const char *bus_endpoint(const struct bus *bus)
{
	return socket_endpoint(bus->socket);
}

void bus_wake(struct bus *bus)
{
	socket_wake(bus->socket);
}

struct bus_counts bus_counts(const struct bus *bus)
{
	struct bus_counts counts = bus->counts;

	counts.connections = peers_open(bus->peers);
	return counts;
}

/* ---- the log -------------------------------------------------------------------------- */

/* Whoever can reach the port can provoke lines: a flood is counted, not written. */
static bool may_log(struct bus *bus)
{
	uint64_t second = monotonic_ms() / 1000;
	char number[16];

	if (second != bus->log_second) {
		snprintf(number, sizeof number, "%u", bus->left_out);
		if (bus->left_out != 0)
			log_line(LOG_WARN, "bus lines left out", "count", number, NULL);
		bus->log_second = second;
		bus->lines = bus->left_out = 0;
	}
	if (bus->lines < LINES_PER_SECOND)
		return ++bus->lines > 0;
	bus->left_out++;
	return false;
}

static void tell(struct bus *bus, const char *event, const struct failure *why, const char *from,
		 const char *party, const char *key)
{
	if (may_log(bus))
		log_line(LOG_WARN, event, "code", why->code, "peer", from, "party", party, "key",
			 key, "text", why->text, NULL);
}

static void tell_of_peer(struct bus *bus, const char *event, const struct failure *why,
			 const struct peer *peer)
{
	tell(bus, event, why, peer->from[0] != '\0' ? peer->from : NULL,
	     peer->spoke ? peer->party : NULL, NULL);
}

/* ---- the door and the monitor --------------------------------------------------------- */

static void answer_the_door(struct bus *bus, const struct socket_message *request)
{
	struct zap_verdict verdict;
	struct failure why;

	if (!zap_judge(&verdict, request, bus->keyring, &why)) {
		bus->counts.handshakes_refused++;
		tell(bus, "handshake refused", &why, verdict.from, NULL,
		     verdict.key[0] != '\0' ? verdict.key : NULL);
	}
	socket_answer(bus->socket, &verdict.id, verdict.status, verdict.party, verdict.key);
}

static void count_failed_handshake(struct bus *bus, const struct peer *peer, const char *text)
{
	struct failure why;

	reject(&why, "BUS-015", "%s", text);
	bus->counts.handshakes_refused++;
	tell_of_peer(bus, "handshake refused", &why, peer);
}

static void count_dropped(struct bus *bus, const struct peer *peer)
{
	struct failure why;

	reject(&why, "BUS-013",
	       "closed on this side: a frame above the hard limit of %zu bytes, bytes that are no "
	       "ZMTP, or no heartbeat",
	       bus->hard_limit);
	tell_of_peer(bus, "connection dropped", &why, peer);
}

/* libzmq names the cause of a failed handshake and then, in the next event, the descriptor. A
 * peer that speaks no ZMTP 3 at all it drops without a cause. */
static void connection_over(struct bus *bus, int descriptor)
{
	struct peer peer;
	enum peer_end end = peers_leave(bus->peers, descriptor, &peer);

	if (bus->handshake_failed)
		count_failed_handshake(bus, &peer, socket_event_text(&bus->how));
	else if (end == PEER_DROPPED && peer.spoke)
		count_dropped(bus, &peer);
	else if (end == PEER_DROPPED)
		count_failed_handshake(bus, &peer,
				       "not ZMTP with CURVE, or a first message above the "
				       "hard limit");
	bus->handshake_failed = false;
	bus->counts.disconnects++;
}

static void note_event(struct bus *bus, const struct socket_event *event)
{
	switch (event->kind) {
	case EVENT_ACCEPTED:
		peers_accept(bus->peers, (int)event->value);
		break;
	case EVENT_NO_MATCH:
	case EVENT_BROKEN_OFF:
		bus->handshake_failed = true;
		bus->how = *event;
		break;
	case EVENT_DISCONNECTED:
		connection_over(bus, (int)event->value);
		break;
	case EVENT_CONNECTED:
	case EVENT_UNREACHABLE:
	case EVENT_READY:
	case EVENT_REFUSED: /* told at the door already */
		break;
	}
}

static void attend(struct bus *bus)
{
	struct socket_message request;
	struct socket_event event;

	bus->unattended = 0;
	for (int i = 0; i < ATTEND_EVERY && socket_knock(bus->socket, &request); i++)
		answer_the_door(bus, &request);
	for (int i = 0; i < ATTEND_EVERY && socket_event(bus->socket, &event); i++)
		note_event(bus, &event);
	bus->counts.cut_off += guard_look(bus->guard, bus->peers);
}

/* ---- who is speaking ------------------------------------------------------------------ */

static bool key_still_good(struct bus *bus, const char *key, const char *party)
{
	char owner[PARTY_ID_SIZE];

	return keyring_party_of_curve(bus->keyring, key, owner) && strcmp(owner, party) == 0;
}

static void end_connection(struct bus *bus, struct peer *peer, const struct failure *why)
{
	if (peer->cut)
		return; /* this is more of what was in the queue */
	tell_of_peer(bus, "connection ended", why, peer);
	bus->counts.cut_off++;
	peer_cut(peer);
}

static bool may_speak(struct bus *bus, struct peer *peer)
{
	struct failure why;

	if (!peer->cut && key_still_good(bus, peer->key, peer->party))
		return true;
	reject(&why, "BUS-011", "the transport key of this connection was withdrawn");
	end_connection(bus, peer, &why);
	return false;
}

/* What the ROUTER makes up begins with 0; a client that chose for itself might choose another's. */
static bool read_address(const struct socket_message *message, struct address *address)
{
	const struct frame *frame = &message->frames[0];

	if (frame->length == 0 || frame->length > BUS_ADDRESS_SIZE ||
	    ((const char *)frame->bytes)[0] != '\0')
		return false;
	*address = (struct address){ .length = frame->length, .descriptor = message->descriptor };
	memcpy(address->bytes, frame->bytes, frame->length);
	return true;
}

/* The connection that a message came by; NULL when it is not to be listened to. */
static struct peer *speaker(struct bus *bus, const struct socket_message *message)
{
	struct address address;
	struct peer *peer;
	struct failure why;

	if (message->descriptor < 0 || message->user == NULL || message->key == NULL) {
		/* nobody gets here without the door: libzmq has changed its ways */
		fault(&why, "BUS-004", "a message without a connection or without a key");
		tell(bus, "message dropped", &why, NULL, message->user, message->key);
		return NULL;
	}
	if (!read_address(message, &address)) {
		reject(&why, "BUS-010", "a client chooses no routing id of its own");
		bus->counts.malformed++;
		end_connection(bus, peers_on(bus->peers, message->descriptor), &why);
		return NULL;
	}
	peer = peers_heard(bus->peers, &address, message->user, message->key);
	return may_speak(bus, peer) ? peer : NULL;
}

/* ---- receiving and sending ------------------------------------------------------------ */

/* Unsigned, since the bus has no signing key: it is about frames, not about a message. */
static void refuse_malformed(struct bus *bus, const struct peer *peer, const struct failure *why)
{
	struct frame frames[1 + PARCEL_FRAMES] = {
		{ peer->address.bytes, peer->address.length },
	};
	char payload[sizeof why->code + sizeof why->text + 32];

	bus->counts.malformed++;
	tell_of_peer(bus, "message refused", why, peer);
	snprintf(payload, sizeof payload, "code=%s\ntext=%s\n", why->code, why->text);
	parcel_write(frames + 1, VERB_REFUSAL, NULL, 0, payload, strlen(payload));
	/* who cannot be told, or does not listen, need not be */
	if (socket_send(bus->socket, frames, 1 + PARCEL_FRAMES) == SENT)
		bus->counts.sent++;
}

enum taken { NOTHING, SPOILT, TAKEN };

static enum taken take_parcel(struct bus *bus, struct arena *arena, struct parcel *out)
{
	struct socket_message message;
	const struct peer *peer;
	struct failure why;

	if (!socket_receive(bus->socket, &message))
		return NOTHING;
	bus->unattended++;
	peer = speaker(bus, &message);
	if (peer == NULL)
		return SPOILT;
	if (!parcel_read(out, arena, message.frames + 1, message.count - 1, CLIENT_SIDE, &why)) {
		refuse_malformed(bus, peer, &why);
		return SPOILT;
	}
	memcpy(out->party, peer->party, sizeof out->party);
	out->address = peer->address;
	bus->counts.received++;
	return TAKEN;
}

static bool take_departure(struct bus *bus, struct parcel *out)
{
	static const unsigned char nothing[1];

	*out = (struct parcel){ .verb = VERB_GONE, .envelope = nothing, .payload = nothing };
	return peers_departed(bus->peers, &out->address, out->party);
}

static bool look_around(struct bus *bus, struct parcel *out)
{
	attend(bus);
	return take_departure(bus, out);
}

/* Messages first, for they were sent before their sender left; but however many there are, the
 * door, the monitor and the departed get their turn. */
static bool take_any(struct bus *bus, struct arena *arena, struct parcel *out)
{
	enum taken taken;

	if (bus->unattended >= ATTEND_EVERY && look_around(bus, out))
		return true;
	do {
		taken = take_parcel(bus, arena, out);
	} while (taken == SPOILT && bus->unattended < ATTEND_EVERY);
	return taken == TAKEN || look_around(bus, out);
}

/* How long to sleep: until the deadline, or the guard's next look while anybody is there. */
static int sleep_ms(const struct bus *bus, int left)
{
	if (peers_open(bus->peers) == 0)
		return left;
	return left < 0 || left > GUARD_INTERVAL_MS ? GUARD_INTERVAL_MS : left;
}

bool bus_receive(struct bus *bus, struct arena *arena, struct parcel *out, bool *got,
		 int timeout_ms, struct failure *why)
{
	uint64_t begun = monotonic_ms();
	int left = timeout_ms;
	bool woken = false;

	while (!(*got = take_any(bus, arena, out)) && !woken && left != 0) {
		if (!socket_wait(bus->socket, sleep_ms(bus, left), &woken, why))
			return false;
		left = time_left(begun, timeout_ms);
	}
	return true;
}

bool bus_send(struct bus *bus, const struct address *to, enum verb verb, const void *envelope,
	      size_t envelope_length, const void *payload, size_t payload_length,
	      struct failure *why)
{
	struct frame frames[1 + PARCEL_FRAMES] = { { to->bytes, to->length } };
	struct peer *peer = peers_find(bus->peers, to);

	if (peer == NULL || !may_speak(bus, peer))
		return defer(why, "BUS-020", "the connection has ended");
	parcel_write(frames + 1, verb, envelope, envelope_length, payload, payload_length);
	switch (socket_send(bus->socket, frames, 1 + PARCEL_FRAMES)) {
	case SENT:
		bus->counts.sent++;
		return true;
	case SENT_FULL:
		return defer(why, "BUS-021", "the queue to %s is full", peer->party);
	case SENT_GONE:
		break;
	}
	return defer(why, "BUS-020", "%s has gone", peer->party);
}
