#include "core/bus_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include "core/arena.h"
#include "core/bus.h"
#include "core/bus_endpoint.h"
#include "core/clock.h"

/* Debian's zmq.h hides it with the draft options; its library knows it. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

#define ZAP_ENDPOINT	 "inproc://zeromq.zap.01"
#define MONITOR_ENDPOINT "inproc://monitor"
#define KEY_PROPERTY	 "X-Key" /* ZAP's properties win over those that a client claims */
#define CURVE_OVERHEAD	 33	 /* bytes that CURVE adds to a frame, which MAXMSGSIZE counts too */

struct bus_socket {
	void *context;
	void *wire;    /* the ROUTER or DEALER */
	void *monitor; /* a PAIR */
	void *door;    /* the ZAP handler's REP; NULL on a client's side */
	int wake;      /* an eventfd */
	char endpoint[ENDPOINT_SIZE];
	zmq_msg_t held[SOCKET_FRAMES]; /* what the last socket_message points into */
	size_t held_count;
};

struct option {
	int name, value;
};

static const struct option both_options[] = {
	{ ZMQ_IPV6, 0 },
	{ ZMQ_HANDSHAKE_IVL, 10000 },
	{ ZMQ_HEARTBEAT_IVL, BUS_HEARTBEAT_MS },
	{ ZMQ_HEARTBEAT_TIMEOUT, 3 * BUS_HEARTBEAT_MS },
};

static const struct option router_options[] = {
	{ ZMQ_ROUTER_MANDATORY, 1 }, /* without it, what cannot be routed vanishes */
	{ ZMQ_ROUTER_HANDOVER, 0 },  /* with it, a second peer takes over an address */
	{ ZMQ_CURVE_SERVER, 1 },     { ZMQ_SNDHWM, 1000 }, { ZMQ_RCVHWM, 128 },
	{ ZMQ_BACKLOG, 1024 },	     { ZMQ_LINGER, 0 },
};

static const struct option dealer_options[] = {
	{ ZMQ_SNDHWM, 1000 },	       { ZMQ_RCVHWM, 1000 },
	{ ZMQ_RECONNECT_IVL, 10 },     { ZMQ_RECONNECT_IVL_MAX, 2000 },
	{ ZMQ_CONNECT_TIMEOUT, 5000 }, { ZMQ_LINGER, 500 },
};

static const struct {
	uint16_t event;
	enum socket_event_kind kind;
} events[] = {
	{ ZMQ_EVENT_ACCEPTED, EVENT_ACCEPTED },
	{ ZMQ_EVENT_CONNECTED, EVENT_CONNECTED },
	{ ZMQ_EVENT_CLOSED, EVENT_UNREACHABLE },
	{ ZMQ_EVENT_HANDSHAKE_SUCCEEDED, EVENT_READY },
	{ ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, EVENT_REFUSED },
	{ ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, EVENT_NO_MATCH },
	{ ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, EVENT_BROKEN_OFF },
	{ ZMQ_EVENT_DISCONNECTED, EVENT_DISCONNECTED },
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- opening and closing -------------------------------------------------------------- */

static bool cannot(const char *what, const char *endpoint, struct failure *why)
{
	fault(why, "BUS-001", "the endpoint cannot be %s: %s", what, zmq_strerror(errno));
	return failure_at(why, "%s", endpoint);
}

static bool set_options(void *wire, const struct option *options, size_t count, struct failure *why)
{
	for (size_t i = 0; i < count; i++) {
		if (zmq_setsockopt(wire, options[i].name, &options[i].value, sizeof(int)) != 0)
			return fault(why, "BUS-004", "libzmq refuses option %d: %s",
				     options[i].name, zmq_strerror(errno));
	}
	return true;
}

/* Printed in ZeroMQ's manual: everybody holds the secrets. */
static bool is_published(const char *public_key)
{
	static const char *const printed[] = {
		"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
		"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
	};

	for (size_t i = 0; i < COUNT(printed); i++) {
		if (strcmp(public_key, printed[i]) == 0)
			return true;
	}
	return false;
}

static bool keys_are_a_pair(const struct socket_keys *keys)
{
	char derived[CURVE_TEXT_SIZE];

	return strlen(keys->public_key) == CURVE_TEXT_SIZE - 1 &&
	       strlen(keys->secret_key) == CURVE_TEXT_SIZE - 1 &&
	       zmq_curve_public(derived, keys->secret_key) == 0 &&
	       strcmp(derived, keys->public_key) == 0;
}

static bool set_key(void *wire, int name, const char *key)
{
	return zmq_setsockopt(wire, name, key, CURVE_TEXT_SIZE) == 0;
}

static bool set_keys(void *wire, const struct socket_keys *keys, struct failure *why)
{
	if (!keys_are_a_pair(keys) || !set_key(wire, ZMQ_CURVE_PUBLICKEY, keys->public_key) ||
	    !set_key(wire, ZMQ_CURVE_SECRETKEY, keys->secret_key))
		return fault(why, "BUS-005",
			     "the transport keys are not a pair of 40 characters of Z85 each");
	if (is_published(keys->public_key))
		return fault(why, "BUS-003",
			     "the transport key is the one printed in ZeroMQ's manual");
	if (keys->server_key == NULL)
		return true;
	if (strlen(keys->server_key) != CURVE_TEXT_SIZE - 1 ||
	    !set_key(wire, ZMQ_CURVE_SERVERKEY, keys->server_key))
		return fault(why, "BUS-005", "the gateway's key is not 40 characters of Z85");
	return true;
}

/* A monitor that is full would stop libzmq's thread, hence no limit on our end: what fills it is
 * small, and read on every turn. */
static bool watch(struct bus_socket *socket, struct failure *why)
{
	static const int no_limit = 0;
	int mask = 0;

	for (size_t i = 0; i < COUNT(events); i++)
		mask |= events[i].event;
	socket->monitor = zmq_socket(socket->context, ZMQ_PAIR);
	if (socket->monitor == NULL ||
	    zmq_setsockopt(socket->monitor, ZMQ_RCVHWM, &no_limit, sizeof no_limit) != 0 ||
	    zmq_socket_monitor(socket->wire, MONITOR_ENDPOINT, mask) != 0 ||
	    zmq_connect(socket->monitor, MONITOR_ENDPOINT) != 0)
		return fault(why, "BUS-004", "the sockets cannot be watched: %s",
			     zmq_strerror(errno));
	return true;
}

static bool open_wire(struct bus_socket *socket, int type, const struct option *options,
		      size_t count, const struct socket_keys *keys, struct failure *why)
{
	socket->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	socket->context = zmq_ctx_new();
	if (socket->wake >= 0 && socket->context != NULL)
		socket->wire = zmq_socket(socket->context, type);
	if (socket->wire == NULL)
		return fault(why, "BUS-004", "no socket: %s", zmq_strerror(errno));
	return set_options(socket->wire, both_options, COUNT(both_options), why) &&
	       set_options(socket->wire, options, count, why) &&
	       set_keys(socket->wire, keys, why) && watch(socket, why);
}

/* Fails closed: a ZAP domain, that it is enforced, and the handler, all of it before bind. */
static bool keep_the_door(struct bus_socket *socket, struct failure *why)
{
	static const int on = 1;

	if (zmq_setsockopt(socket->wire, ZMQ_ZAP_DOMAIN, SOCKET_ZAP_DOMAIN,
			   strlen(SOCKET_ZAP_DOMAIN)) != 0 ||
	    zmq_setsockopt(socket->wire, ZMQ_ZAP_ENFORCE_DOMAIN, &on, sizeof on) != 0)
		return fault(why, "BUS-002", "this libzmq cannot enforce the ZAP domain: %s",
			     zmq_strerror(errno));
	socket->door = zmq_socket(socket->context, ZMQ_REP);
	if (socket->door == NULL || zmq_bind(socket->door, ZAP_ENDPOINT) != 0)
		return fault(why, "BUS-002", "the ZAP handler cannot be bound: %s",
			     zmq_strerror(errno));
	return true;
}

static bool bind_wire(struct bus_socket *socket, const char *endpoint, size_t hard_limit,
		      struct failure *why)
{
	int64_t limit = (int64_t)hard_limit + CURVE_OVERHEAD;
	size_t size = sizeof socket->endpoint;

	if (zmq_setsockopt(socket->wire, ZMQ_MAXMSGSIZE, &limit, sizeof limit) != 0)
		return fault(why, "BUS-004", "libzmq refuses the hard limit: %s",
			     zmq_strerror(errno));
	if (endpoint_taken(endpoint)) {
		errno = EADDRINUSE;
		return cannot("bound", endpoint, why);
	}
	if (zmq_bind(socket->wire, endpoint) != 0)
		return cannot("bound", endpoint, why);
	if (zmq_getsockopt(socket->wire, ZMQ_LAST_ENDPOINT, socket->endpoint, &size) != 0)
		return cannot("read back", endpoint, why);
	return true;
}

bool socket_bind(struct bus_socket **out, const char *endpoint, const struct socket_keys *keys,
		 size_t hard_limit, struct failure *why)
{
	struct bus_socket *socket;

	if (!endpoint_check(endpoint, why))
		return false;
	socket = must_alloc(sizeof *socket);
	if (!open_wire(socket, ZMQ_ROUTER, router_options, COUNT(router_options), keys, why) ||
	    !keep_the_door(socket, why) || !bind_wire(socket, endpoint, hard_limit, why)) {
		socket_close(socket);
		return false;
	}
	*out = socket;
	return true;
}

bool socket_connect(struct bus_socket **out, const char *endpoint, const struct socket_keys *keys,
		    struct failure *why)
{
	struct bus_socket *socket;

	if (!endpoint_check(endpoint, why))
		return false;
	socket = must_alloc(sizeof *socket);
	strcpy(socket->endpoint, endpoint); /* endpoint_check() has measured it */
	if (!open_wire(socket, ZMQ_DEALER, dealer_options, COUNT(dealer_options), keys, why) ||
	    (zmq_connect(socket->wire, endpoint) != 0 && !cannot("used", endpoint, why))) {
		socket_close(socket);
		return false;
	}
	*out = socket;
	return true;
}

static void let_go(struct bus_socket *socket)
{
	while (socket->held_count > 0)
		zmq_msg_close(&socket->held[--socket->held_count]);
}

/* The monitor is told to stop first: libzmq's thread would wait for ever to tell an end that is
 * closed. libzmq takes a NULL for what was never opened. */
void socket_close(struct bus_socket *socket)
{
	if (socket == NULL)
		return;
	let_go(socket);
	zmq_socket_monitor(socket->wire, NULL, 0);
	zmq_close(socket->wire);
	zmq_close(socket->monitor);
	zmq_close(socket->door);
	while (socket->context != NULL && zmq_ctx_term(socket->context) != 0 && errno == EINTR)
		; /* a signal came while what is queued had its time to leave */
	if (socket->wake >= 0)
		close(socket->wake);
	free(socket);
}

void socket_hang_up(struct bus_socket *socket)
{
	zmq_disconnect(socket->wire, socket->endpoint);
}

const char *socket_endpoint(const struct bus_socket *socket)
{
	return socket->endpoint;
}

/* ---- waiting -------------------------------------------------------------------------- */

bool socket_wait(struct bus_socket *socket, int timeout_ms, bool *woken, struct failure *why)
{
	zmq_pollitem_t items[] = {
		{ .socket = socket->wire, .events = ZMQ_POLLIN },
		{ .socket = socket->monitor, .events = ZMQ_POLLIN },
		{ .fd = socket->wake, .events = ZMQ_POLLIN },
		{ .socket = socket->door, .events = ZMQ_POLLIN },
	};
	int count = socket->door != NULL ? 4 : 3;
	uint64_t calls;

	*woken = false;
	if (zmq_poll(items, count, timeout_ms) < 0) {
		*woken = errno == EINTR;
		return *woken ||
		       fault(why, "BUS-004", "the sockets are broken: %s", zmq_strerror(errno));
	}
	if (items[2].revents != 0)
		*woken = read(socket->wake, &calls, sizeof calls) == sizeof calls;
	return true;
}

int time_left(uint64_t begun, int timeout_ms)
{
	uint64_t passed = monotonic_ms() - begun;

	if (timeout_ms < 0)
		return timeout_ms;
	return passed < (uint64_t)timeout_ms ? timeout_ms - (int)passed : 0;
}

void socket_wake(struct bus_socket *socket)
{
	static const uint64_t once = 1;
	int saved = errno; /* a signal handler may be calling */

	/* the one way to fail is a counter that is full, and then it wakes anyway */
	if (write(socket->wake, &once, sizeof once) < 0)
		errno = saved;
}

/* ---- frames --------------------------------------------------------------------------- */

static bool take_frame(void *from, zmq_msg_t *frame)
{
	zmq_msg_init(frame);
	while (zmq_msg_recv(frame, from, ZMQ_DONTWAIT) < 0) {
		if (errno == EINTR)
			continue;
		zmq_msg_close(frame);
		return false;
	}
	return true;
}

static void hold_frame(struct bus_socket *socket, zmq_msg_t *frame, struct socket_message *out)
{
	zmq_msg_t *held = &socket->held[socket->held_count];

	if (out->count++ >= SOCKET_FRAMES) {
		zmq_msg_close(frame);
		return;
	}
	zmq_msg_init(held);
	zmq_msg_move(held, frame);
	zmq_msg_close(frame);
	out->frames[socket->held_count++] =
		(struct frame){ zmq_msg_data(held), zmq_msg_size(held) };
}

/* Frames of a message arrive together: once there is a first, the others are there as well. */
static bool take_message(struct bus_socket *socket, void *from, struct socket_message *out)
{
	zmq_msg_t frame;
	bool more;

	let_go(socket);
	*out = (struct socket_message){ .descriptor = -1 };
	do {
		if (!take_frame(from, &frame))
			return false;
		more = zmq_msg_more(&frame);
		hold_frame(socket, &frame, out);
	} while (more);
	return true;
}

bool socket_receive(struct bus_socket *socket, struct socket_message *out)
{
	zmq_msg_t *frame;

	if (!take_message(socket, socket->wire, out))
		return false;
	if (socket->held_count < 2)
		return true;
	/* the first may be the routing id that the ROUTER adds, sometimes without properties */
	frame = &socket->held[1];
	out->user = zmq_msg_gets(frame, "User-Id");
	out->key = zmq_msg_gets(frame, KEY_PROPERTY);
	out->descriptor = zmq_msg_get(frame, ZMQ_SRCFD);
	return true;
}

static bool put_frame(void *to, const struct frame *frame, int more)
{
	while (zmq_send(to, frame->bytes, frame->length, ZMQ_DONTWAIT | more) < 0) {
		if (errno != EINTR)
			return false;
	}
	return true;
}

/* Only the first frame can be refused: libzmq takes a message whole. */
static bool put_message(void *to, const struct frame *frames, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!put_frame(to, &frames[i], i + 1 < count ? ZMQ_SNDMORE : 0))
			return false;
	}
	return true;
}

enum socket_sent socket_send(struct bus_socket *socket, const struct frame *frames, size_t count)
{
	if (put_message(socket->wire, frames, count))
		return SENT;
	return errno == EAGAIN ? SENT_FULL : SENT_GONE;
}

/* ---- the door ------------------------------------------------------------------------- */

bool socket_knock(struct bus_socket *socket, struct socket_message *out)
{
	return take_message(socket, socket->door, out);
}

/* A ZMTP property: name and value, each with its length before it. */
static size_t write_property(unsigned char *to, const char *name, const char *value)
{
	size_t name_length = strlen(name), value_length = strlen(value);

	to[0] = (unsigned char)name_length;
	memcpy(to + 1, name, name_length);
	to += 1 + name_length;
	memset(to, 0, 3);
	to[3] = (unsigned char)value_length;
	memcpy(to + 4, value, value_length);
	return 1 + name_length + 4 + value_length;
}

void socket_answer(struct bus_socket *socket, const struct frame *id, const char *status,
		   const char *user, const char *key)
{
	unsigned char property[1 + sizeof KEY_PROPERTY + 4 + CURVE_TEXT_SIZE];
	bool admitted = status[0] == '2';
	const struct frame reply[] = {
		{ "1.0", 3 },
		*id,
		{ status, strlen(status) },
		{ "", 0 },
		{ user, admitted ? strlen(user) : 0 },
		{ property, admitted ? write_property(property, KEY_PROPERTY, key) : 0 },
	};

	/* a REP that was asked can always answer */
	if (!put_message(socket->door, reply, COUNT(reply)))
		return;
}

/* ---- what the monitor sees ------------------------------------------------------------ */

static bool event_known(uint16_t number, enum socket_event_kind *kind)
{
	for (size_t i = 0; i < COUNT(events); i++) {
		if (events[i].event == number) {
			*kind = events[i].kind;
			return true;
		}
	}
	return false;
}

/* Two frames: 16 bits of event and 32 of value, unaligned; then the endpoint, which is ours. */
static bool take_event(void *monitor, uint16_t *number, uint32_t *value)
{
	zmq_msg_t what, where;
	const unsigned char *bytes;

	if (!take_frame(monitor, &what))
		return false;
	bytes = zmq_msg_data(&what);
	memcpy(number, bytes, sizeof *number);
	memcpy(value, bytes + sizeof *number, sizeof *value);
	if (zmq_msg_more(&what) && take_frame(monitor, &where))
		zmq_msg_close(&where);
	zmq_msg_close(&what);
	return true;
}

bool socket_event(struct bus_socket *socket, struct socket_event *out)
{
	uint16_t number;

	while (take_event(socket->monitor, &number, &out->value)) {
		if (event_known(number, &out->kind))
			return true;
	}
	return false;
}

const char *socket_event_text(const struct socket_event *event)
{
	static const struct {
		uint32_t number;
		const char *text;
	} mismatches[] = {
		{ ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH, "the other side speaks no CURVE" },
		{ ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC,
		  "the other side expects another key of ours" },
	};

	for (size_t i = 0; event->kind == EVENT_NO_MATCH && i < COUNT(mismatches); i++) {
		if (mismatches[i].number == event->value)
			return mismatches[i].text;
	}
	return event->kind == EVENT_BROKEN_OFF ? "the other side did not finish the handshake"
					       : "the other side broke the handshake's rules";
}

/* ---- keys ----------------------------------------------------------------------------- */

void socket_z85(char text[CURVE_TEXT_SIZE], const void *key)
{
	zmq_z85_encode(text, key, 32);
}

void bus_keypair(char public_key[CURVE_TEXT_SIZE], char secret_key[CURVE_TEXT_SIZE])
{
	/* fails only where libzmq was built without CURVE, and then bus_open fails as well */
	if (zmq_curve_keypair(public_key, secret_key) != 0)
		public_key[0] = secret_key[0] = '\0';
}
