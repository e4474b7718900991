#include <stdlib.h>
#include <string.h>

#include "core/bus.h"
#include "core/bus_parcel.h"
#include "core/bus_socket.h"
#include "core/clock.h"
#include "core/log.h"

/* A handshake that the other side breaks off may have met a gateway that just died; when it
 * happens so often without a break, the other side is not the one whose key we hold. */
#define BROKEN_OFF_MAX 3

struct link {
	struct bus_socket *socket;
	size_t hard_limit;

	bool up;	      /* handshake done */
	bool explained;	      /* the monitor said why this handshake failed */
	int broken_off;	      /* handshakes in a row */
	bool told;	      /* BUS-031, since the connection was last up */
	size_t largest_frame; /* sent since then */

	bool failing, final; /* there is a failure to report; and to report for ever */
	struct failure failure;
};

bool link_open(struct link **out, const struct link_settings *settings, struct failure *why)
{
	const struct socket_keys keys = {
		.public_key = settings->public_key,
		.secret_key = settings->secret_key,
		.server_key = settings->server_key,
	};
	struct link *link = must_alloc(sizeof *link);

	link->hard_limit = settings->hard_limit != 0 ? settings->hard_limit : BUS_HARD_LIMIT;
	if (!socket_connect(&link->socket, settings->endpoint, &keys, why)) {
		link_close(link);
		return false;
	}
	*out = link;
	return true;
}

void link_close(struct link *link)
{
	if (link == NULL)
		return;
	socket_close(link->socket);
	free(link);
}

void link_wake(struct link *link)
{
	socket_wake(link->socket);
}

bool link_send(struct link *link, enum verb verb, const void *envelope, size_t envelope_length,
	       const void *payload, size_t payload_length, struct failure *why)
{
	size_t larger = envelope_length > payload_length ? envelope_length : payload_length;
	struct frame frames[PARCEL_FRAMES];

	parcel_write(frames, verb, envelope, envelope_length, payload, payload_length);
	if (socket_send(link->socket, frames, PARCEL_FRAMES) != SENT)
		return defer(why, "BUS-021", "the queue to the gateway is full");
	if (larger > link->largest_frame)
		link->largest_frame = larger;
	return true;
}

bool link_send_frames(struct link *link, const struct frame *frames, size_t count,
		      struct failure *why)
{
	return socket_send(link->socket, frames, count) == SENT ||
	       defer(why, "BUS-021", "the queue to the gateway is full");
}

/* ---- what the monitor saw ------------------------------------------------------------- */

static void lost(struct link *link)
{
	if (link->largest_frame > link->hard_limit)
		defer(&link->failure, "BUS-030",
		      "connection lost: %zu bytes were sent, and above the hard limit of %zu bytes "
		      "the "
		      "gateway closes it",
		      link->largest_frame, link->hard_limit);
	else
		defer(&link->failure, "BUS-030", "connection to the gateway lost");
	link->failing = true;
	link->up = false;
	link->largest_frame = 0;
}

static void cannot_connect(struct link *link, const char *text)
{
	if (link->told)
		return;
	defer(&link->failure, "BUS-031", "cannot connect: %s", text);
	link->failing = link->told = true;
}

static void not_our_gateway(struct link *link, const char *text)
{
	reject(&link->failure, "BUS-033", "this is not the gateway whose key we hold: %s", text);
	link->failing = link->final = true;
}

static void handshake_refused(struct link *link)
{
	reject(&link->failure, "BUS-032", "the gateway refused our transport key");
	link->failing = link->final = true;
}

static void handshake_broken_off(struct link *link)
{
	if (++link->broken_off >= BROKEN_OFF_MAX)
		not_our_gateway(link, "it breaks off every handshake");
	else
		cannot_connect(link, "the other side broke off the handshake");
}

static void handshake_done(struct link *link)
{
	link->up = true;
	link->told = false;
	link->broken_off = 0;
}

/* A side that speaks no ZMTP 3 at all is dropped by libzmq without a word about why. */
static void disconnected(struct link *link)
{
	if (link->up)
		lost(link);
	else if (!link->explained)
		not_our_gateway(link, "it speaks no ZMTP with CURVE");
}

static void note_event(struct link *link, const struct socket_event *event)
{
	switch (event->kind) {
	case EVENT_CONNECTED:
		link->explained = false;
		return;
	case EVENT_READY:
		handshake_done(link);
		return;
	case EVENT_DISCONNECTED:
		disconnected(link);
		return;
	case EVENT_UNREACHABLE:
		cannot_connect(link, "nobody listens there");
		return;
	case EVENT_REFUSED:
		handshake_refused(link);
		break;
	case EVENT_NO_MATCH:
		not_our_gateway(link, socket_event_text(event));
		break;
	case EVENT_BROKEN_OFF:
		handshake_broken_off(link);
		break;
	case EVENT_ACCEPTED:
		return;
	}
	link->explained = true;
}

/* ---- receiving ------------------------------------------------------------------------ */

/* A newer gateway may say what this version does not know: that is passed over. */
static bool take_parcel(struct link *link, struct arena *arena, struct parcel *out)
{
	struct socket_message message;
	struct failure why;

	while (socket_receive(link->socket, &message)) {
		*out = (struct parcel){ 0 };
		if (parcel_read(out, arena, message.frames, message.count, GATEWAY_SIDE, &why))
			return true;
		log_failure(LOG_DEBUG, "message passed over", &why);
	}
	return false;
}

/* Messages first: they came before what is to be told of their connection. And one failure at a
 * time: after a loss the caller has a HELLO to say, whatever has happened since. */
static bool has_failed(struct link *link, struct failure *why)
{
	struct socket_event event;

	while (!link->failing && socket_event(link->socket, &event))
		note_event(link, &event);
	if (link->failing && link->final)
		socket_hang_up(link->socket); /* or libzmq would knock for ever */
	if (!link->failing)
		return false;
	*why = link->failure;
	failure_at(why, "%s", socket_endpoint(link->socket));
	link->failing = link->final;
	return true;
}

bool link_receive(struct link *link, struct arena *arena, struct parcel *out, bool *got,
		  int timeout_ms, struct failure *why)
{
	uint64_t begun = monotonic_ms();
	int left = timeout_ms;
	bool woken = false;

	while (!(*got = take_parcel(link, arena, out))) {
		if (has_failed(link, why))
			return false;
		if (woken || left == 0)
			break;
		if (!socket_wait(link->socket, left, &woken, why))
			return false;
		left = time_left(begun, timeout_ms);
	}
	return true;
}
