/* What wires do: they are cut, they drip, they hang; and what a bus does whose doorman is gone. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "bus_scene.h"
#include "core/clock.h"

#define TCP "tcp://127.0.0.1:*"

/* ---- what libzmq is told, changed on the way -------------------------------------------- */

static bool doorman_is_gone; /* who binds the ZAP endpoint is told that it is bound */
static int handshake_ms;     /* 0: as the bus has it */
static int handshake_asked;  /* what the bus had it at */

int zmq_bind(void *socket, const char *endpoint)
{
	int (*next)(void *, const char *) =
		(int (*)(void *, const char *))dlsym(RTLD_NEXT, "zmq_bind");

	if (doorman_is_gone && strcmp(endpoint, "inproc://zeromq.zap.01") == 0)
		return 0;
	return next(socket, endpoint);
}

int zmq_setsockopt(void *socket, int option, const void *value, size_t size)
{
	int (*next)(void *, int, const void *, size_t) =
		(int (*)(void *, int, const void *, size_t))dlsym(RTLD_NEXT, "zmq_setsockopt");

	if (option == ZMQ_HANDSHAKE_IVL) {
		handshake_asked = *(const int *)value;
		if (handshake_ms != 0)
			value = &handshake_ms;
	}
	return next(socket, option, value, size);
}

/* ---- a wire ----------------------------------------------------------------------------- */

/*
 * Between clients and the gateway, on a thread of its own: what comes in on its port goes out to
 * the gateway's. Towards the gateway each connection carries `length` bytes; what happens then is
 * the wire's kind. Connections above `bad` are as they should be.
 */
enum kind { WHOLE, RESET, HANGING, DRIPPING };
#define CONNECTIONS 16

struct wire {
	enum kind kind;
	atomic_size_t length;
	size_t bad;
	uint16_t gateway, port;
	int listener, stop[2];
	struct {
		int client, gateway;
		size_t carried;
	} connections[CONNECTIONS];
	size_t count;
	atomic_size_t carried; /* by the first */
	pthread_t thread;
};

static struct sockaddr_in at_port(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static int call_port(uint16_t port)
{
	struct sockaddr_in address = at_port(port);
	int caller = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(caller, (struct sockaddr *)&address, sizeof address) != 0)
		abort(); /* not the test's thread */
	setsockopt(caller, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	return caller;
}

static uint16_t port_of(const struct scene *scene)
{
	return (uint16_t)atoi(strrchr(bus_endpoint(scene->bus), ':') + 1);
}

static void cut(struct wire *wire, size_t i, bool reset)
{
	static const struct linger at_once = { 1, 0 };

	if (reset)
		setsockopt(wire->connections[i].gateway, SOL_SOCKET, SO_LINGER, &at_once,
			   sizeof at_once);
	close(wire->connections[i].gateway);
	close(wire->connections[i].client);
	wire->connections[i].gateway = wire->connections[i].client = -1;
}

static void carry_on(struct wire *wire, size_t i, const char *bytes, size_t size)
{
	int to = wire->connections[i].gateway;
	size_t piece = wire->kind == DRIPPING && i < wire->bad ? 1 : size;

	for (size_t done = 0; done < size; done += piece)
		if (send(to, bytes + done, piece, MSG_NOSIGNAL) < 0)
			return;
}

/* What the client says, as far as the wire is long. */
static void to_gateway(struct wire *wire, size_t i)
{
	size_t length = atomic_load(&wire->length), *carried = &wire->connections[i].carried;
	bool bad = i < wire->bad && (wire->kind == RESET || wire->kind == HANGING);
	char bytes[4096];
	ssize_t got = recv(wire->connections[i].client, bytes, sizeof bytes, 0);
	size_t size = got > 0 ? (size_t)got : 0;

	if (size == 0) {
		cut(wire, i, false);
		return;
	}
	if (bad && size > length - *carried)
		size = length - *carried;
	carry_on(wire, i, bytes, size);
	*carried += size;
	if (i == 0)
		atomic_store(&wire->carried, *carried);
	if (bad && *carried == length && wire->kind == RESET)
		cut(wire, i, true);
}

static void to_client(struct wire *wire, size_t i)
{
	char bytes[4096];
	ssize_t got = recv(wire->connections[i].gateway, bytes, sizeof bytes, 0);

	if (got <= 0 || send(wire->connections[i].client, bytes, (size_t)got, MSG_NOSIGNAL) < 0)
		cut(wire, i, false);
}

static void accept_one(struct wire *wire)
{
	int client = accept(wire->listener, NULL, NULL);

	if (wire->count == CONNECTIONS) {
		close(client);
		return;
	}
	wire->connections[wire->count].client = client;
	wire->connections[wire->count++].gateway = call_port(wire->gateway);
}

static void *run_wire(void *argument)
{
	struct wire *wire = argument;

	for (;;) {
		struct pollfd polls[2 + 2 * CONNECTIONS];
		size_t count = wire->count;

		polls[0] = (struct pollfd){ .fd = wire->stop[0], .events = POLLIN };
		polls[1] = (struct pollfd){ .fd = wire->listener, .events = POLLIN };
		for (size_t i = 0; i < count; i++) {
			polls[2 + 2 * i] = (struct pollfd){ .fd = wire->connections[i].client,
							    .events = POLLIN };
			polls[3 + 2 * i] = (struct pollfd){ .fd = wire->connections[i].gateway,
							    .events = POLLIN };
		}
		poll(polls, 2 + 2 * count, -1);
		if (polls[0].revents != 0)
			return NULL;
		for (size_t i = 0; i < count; i++) {
			if (polls[3 + 2 * i].revents != 0)
				to_client(wire, i);
			else if (polls[2 + 2 * i].revents != 0)
				to_gateway(wire, i);
		}
		if (polls[1].revents != 0)
			accept_one(wire);
	}
}

static void wire_open(struct wire *wire, struct scene *scene)
{
	struct sockaddr_in address = at_port(0);
	socklen_t size = sizeof address;

	wire->gateway = port_of(scene);
	wire->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(wire->listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(wire->listener, CONNECTIONS), 0);
	assert_int_equal(getsockname(wire->listener, (struct sockaddr *)&address, &size), 0);
	wire->port = ntohs(address.sin_port);
	assert_int_equal(pipe(wire->stop), 0);
	assert_int_equal(pthread_create(&wire->thread, NULL, run_wire, wire), 0);
}

static void wire_close(struct wire *wire)
{
	assert_int_equal(write(wire->stop[1], "", 1), 1);
	pthread_join(wire->thread, NULL);
	for (size_t i = 0; i < wire->count; i++)
		if (wire->connections[i].client >= 0)
			cut(wire, i, false);
	close(wire->listener);
	close(wire->stop[0]);
	close(wire->stop[1]);
}

static struct link *link_over(struct wire *wire, struct scene *scene, const char *party)
{
	struct link_settings settings = scene_link_settings(scene, party);
	char endpoint[64];
	struct link *link;
	struct failure why;

	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", wire->port);
	settings.endpoint = endpoint;
	assert_true(link_open(&link, &settings, &why));
	return link;
}

/* The next that is no departure. */
static void next_said(struct scene *scene)
{
	struct failure why;
	bool got;

	do {
		assert_true(bus_receive(scene->bus, scene->arena, &scene->parcel, &got, PATIENCE_MS,
					&why));
		assert_true(got);
	} while (scene->parcel.verb == VERB_GONE);
}

static void serves_others(struct scene *scene)
{
	struct link *link = scene_link(scene, MINISTRY);

	scene_send(link, VERB_PING, "", "");
	next_said(scene);
	assert_string_equal(verb_name(scene->parcel.verb), "PING");
	assert_string_equal(scene->parcel.party, MINISTRY);
	link_close(link);
}

/* ---- cut -------------------------------------------------------------------------------- */

#define LARGE (256 * 1024)

static char *payload_of(size_t size)
{
	char *payload = must_alloc(size);

	for (size_t i = 0; i < size; i++)
		payload[i] = (char)(i * 7);
	return payload;
}

static void test_a_connection_reset_inside_a_message_leaves_nothing_of_it(void **state)
{
	static const size_t lengths[] = { 0, 1, 30, 4096, LARGE / 2 }; /* behind the greeting */
	struct scene *scene = *state;
	char *payload = payload_of(LARGE);

	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		struct wire wire = { .kind = RESET, .length = SIZE_MAX, .bad = 1 };
		struct failure why;
		struct link *link;

		scene_reopen(scene, &(struct bus_settings){ .endpoint = TCP });
		wire_open(&wire, scene);
		link = link_over(&wire, scene, TRADER);
		scene_greet(scene, link);
		atomic_store(&wire.length, atomic_load(&wire.carried) + lengths[i] + 1);
		assert_true(link_send(link, VERB_SUBMIT, "", 0, payload, LARGE, &why));
		scene_gateway_hears(scene, VERB_GONE);
		assert_string_equal(scene->parcel.party, TRADER);
		scene_link_fails(scene, link, "BUS-030", &why);
		assert_int_equal(bus_counts(scene->bus).received, 1); /* HELLO alone */
		assert_int_equal(bus_counts(scene->bus).connections, 0);
		serves_others(scene);

		assert_true(link_send(link, VERB_SUBMIT, "", 0, payload, LARGE, &why));
		next_said(scene);
		assert_int_equal(scene->parcel.payload_length, LARGE);
		assert_memory_equal(scene->parcel.payload, payload, LARGE);
		link_close(link);
		wire_close(&wire);
	}
	free(payload);
}

/* The greeting is 64 bytes, HELLO 202, INITIATE what the metadata need. */
static const size_t handshakes[] = { 1, 10, 11, 63, 64, 65, 66, 200, 265, 266, 267, 300 };

static void test_a_handshake_that_breaks_off_lets_nobody_in(void **state)
{
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(handshakes); i++) {
		struct wire wire = { .kind = RESET, .length = handshakes[i], .bad = 1 };
		struct link *link;

		scene_reopen(scene, &(struct bus_settings){ .endpoint = TCP });
		wire_open(&wire, scene);
		link = link_over(&wire, scene, TRADER);
		scene_send(link, VERB_PING, "", "");
		WAIT_FOR(scene, disconnects, 1);
		assert_int_equal(bus_counts(scene->bus).received, 0);
		next_said(scene); /* over the second connection */
		assert_string_equal(scene->parcel.party, TRADER);
		link_close(link);
		wire_close(&wire);
	}
}

/* ---- hanging ---------------------------------------------------------------------------- */

#define IDLE 300

static bool has_ended(int caller)
{
	char byte;
	ssize_t got;

	do
		got = recv(caller, &byte, 1, MSG_DONTWAIT);
	while (got > 0);
	return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

static size_t lines_of(const char *log)
{
	size_t lines = 0;

	for (; (log = strchr(log, '\n')) != NULL; log++)
		lines++;
	return lines;
}

static void test_hundreds_that_say_nothing_keep_nobody_out_and_are_sent_away(void **state)
{
	static const char greeting[] = "\xff\0\0\0\0\0\0\0\x01\x7f\x03\0CURVE";
	struct scene *scene = *state;
	uint64_t begun = monotonic_ms();
	int callers[IDLE];
	char *log;

	handshake_ms = 500;
	handshake_asked = 0;
	scene_reopen(scene, &(struct bus_settings){ .endpoint = TCP });
	assert_in_range(handshake_asked, 1, 10000);
	for (size_t i = 0; i < IDLE; i++) {
		size_t said = i % (sizeof greeting - 1);

		callers[i] = call_port(port_of(scene));
		assert_int_equal(send(callers[i], greeting, said, MSG_NOSIGNAL), said);
	}
	serves_others(scene);
	log_listen();
	for (size_t i = 0; i < IDLE; i++) {
		while (!has_ended(callers[i])) {
			struct failure why;
			bool got;

			assert_true(monotonic_ms() - begun < PATIENCE_MS);
			assert_true(bus_receive(scene->bus, scene->arena, &scene->parcel, &got, 10,
						&why));
			assert_true(!got || scene->parcel.verb == VERB_GONE);
		}
		close(callers[i]);
	}
	log = log_heard();
	assert_non_null(strstr(log, "code=BUS-015"));
	assert_true(lines_of(log) < IDLE / 2); /* twenty a second */
	free(log);
	handshake_ms = 0;
	serves_others(scene);
}

static void test_half_a_handshake_waits_for_nothing(void **state)
{
	struct scene *scene = *state;
	struct wire wire[COUNT_OF(handshakes)];
	struct link *links[COUNT_OF(handshakes)];

	handshake_ms = 500;
	scene_reopen(scene, &(struct bus_settings){ .endpoint = TCP });
	handshake_ms = 0; /* the clients have patience */
	for (size_t i = 0; i < COUNT_OF(handshakes); i++) {
		wire[i] = (struct wire){ .kind = HANGING, .length = handshakes[i], .bad = 1 };
		wire_open(&wire[i], scene);
		links[i] = link_over(&wire[i], scene, TRADER);
		scene_send(links[i], VERB_PING, "", "");
	}
	log_listen();
	serves_others(scene);
	for (size_t i = 0; i < COUNT_OF(handshakes); i++) {
		next_said(scene); /* each over its second connection */
		assert_string_equal(scene->parcel.party, TRADER);
	}
	free(log_heard());
	for (size_t i = 0; i < COUNT_OF(handshakes); i++) {
		link_close(links[i]);
		wire_close(&wire[i]);
	}
}

/* ---- dripping --------------------------------------------------------------------------- */

static void test_a_message_that_drips_in_delays_nobody(void **state)
{
	struct wire wire = { .kind = DRIPPING, .bad = CONNECTIONS };
	struct scene *scene = *state;
	char *payload = payload_of(LARGE / 8);
	struct failure why;
	struct link *link;

	scene_reopen(scene, &(struct bus_settings){ .endpoint = TCP });
	wire_open(&wire, scene);
	link = link_over(&wire, scene, TRADER);
	scene_greet(scene, link);
	assert_true(link_send(link, VERB_SUBMIT, "", 0, payload, LARGE / 8, &why));
	serves_others(scene); /* before it: next_said() would show */
	next_said(scene);
	assert_int_equal(scene->parcel.payload_length, LARGE / 8);
	assert_memory_equal(scene->parcel.payload, payload, LARGE / 8);
	link_close(link);
	wire_close(&wire);
	free(payload);
}

/* ---- frames ----------------------------------------------------------------------------- */

#define FRAMES 100000

static void test_a_hundred_thousand_frames_are_one_refusal(void **state)
{
	struct scene *scene = *state;
	struct link_settings settings = scene_link_settings(scene, TRADER);
	void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_DEALER);
	uint64_t begun = monotonic_ms();
	char *log;

	zmq_setsockopt(socket, ZMQ_LINGER, &(int){ 0 }, sizeof(int));
	zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, settings.server_key, 41);
	zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, settings.public_key, 41);
	zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, settings.secret_key, 41);
	assert_int_equal(zmq_connect(socket, settings.endpoint), 0);
	/* it would be a message, but for what comes behind */
	assert_int_equal(zmq_send(socket, "NSW1", 4, ZMQ_SNDMORE), 4);
	assert_int_equal(zmq_send(socket, "PING", 4, ZMQ_SNDMORE), 4);
	for (int i = 2; i < FRAMES; i++)
		assert_int_equal(zmq_send(socket, "", 0, i + 1 < FRAMES ? ZMQ_SNDMORE : 0), 0);
	log_listen();
	WAIT_FOR(scene, malformed, 1);
	log = log_heard();
	assert_non_null(strstr(log, "code=BUS-010"));
	assert_non_null(strstr(log, "this one has 100000"));
	free(log);
	log_listen();
	serves_others(scene);
	free(log_heard());
	assert_int_equal(bus_counts(scene->bus).malformed, 1);
	assert_int_equal(bus_counts(scene->bus).received, 1);
	assert_true(monotonic_ms() - begun < PATIENCE_MS);
	zmq_close(socket);
	zmq_ctx_term(context);
}

/* ---- the doorman ------------------------------------------------------------------------ */

static const char *const endpoints[] = { NULL, TCP };

static void test_without_a_doorman_nobody_comes_in(void **state)
{
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
		struct link *link;

		doorman_is_gone = true;
		scene_reopen(scene, &(struct bus_settings){ .endpoint = endpoints[i] });
		doorman_is_gone = false;
		log_listen();
		link = scene_link(scene, MINISTRY);
		scene_send(link, VERB_PING, "", "");
		WAIT_FOR(scene, disconnects, 3);
		free(log_heard());
		assert_int_equal(bus_counts(scene->bus).received, 0);
		assert_int_equal(bus_counts(scene->bus).connections, 0);
		link_close(link);
	}
}

static void test_while_the_doorman_is_busy_nobody_comes_in(void **state)
{
	struct scene *scene = *state;
	struct link *link = scene_link(scene, MINISTRY);
	struct failure why;
	bool got;

	scene_send(link, VERB_PING, "", "");
	/* the bus is not worked: nobody answers at the door */
	assert_true(link_receive(link, scene->arena, &scene->parcel, &got, 100, &why));
	assert_false(got);
	assert_int_equal(bus_counts(scene->bus).connections, 0);
	next_said(scene);
	assert_string_equal(scene->parcel.party, MINISTRY);
	link_close(link);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(test_a_connection_reset_inside_a_message_leaves_nothing_of_it),
		SCENE(test_a_handshake_that_breaks_off_lets_nobody_in),
		SCENE(test_hundreds_that_say_nothing_keep_nobody_out_and_are_sent_away),
		SCENE(test_half_a_handshake_waits_for_nothing),
		SCENE(test_a_message_that_drips_in_delays_nobody),
		SCENE(test_a_hundred_thousand_frames_are_one_refusal),
		SCENE(test_without_a_doorman_nobody_comes_in),
		SCENE(test_while_the_doorman_is_busy_nobody_comes_in),
	};

	return cmocka_run_group_tests(tests, scene_make_keys, scene_remove_keys);
}
