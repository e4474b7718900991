#include <arpa/inet.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "bus_scene.h"
#include "core/clock.h"

extern char **environ;

/* ---- a client that obeys nothing but libzmq ------------------------------------------- */

struct raw {
	void *context, *socket;
};

static struct raw raw_open(const struct link_settings *settings, const char *routing_id)
{
	struct raw raw = { .context = zmq_ctx_new() };

	raw.socket = zmq_socket(raw.context, ZMQ_DEALER);
	zmq_setsockopt(raw.socket, ZMQ_LINGER, &(int){ 0 }, sizeof(int));
	zmq_setsockopt(raw.socket, ZMQ_RCVTIMEO, &(int){ PATIENCE_MS }, sizeof(int));
	if (routing_id != NULL)
		zmq_setsockopt(raw.socket, ZMQ_ROUTING_ID, routing_id, strlen(routing_id));
	if (settings->server_key == NULL && settings->public_key != NULL) {
		zmq_setsockopt(raw.socket, ZMQ_PLAIN_USERNAME, settings->public_key,
			       strlen(settings->public_key));
		zmq_setsockopt(raw.socket, ZMQ_PLAIN_PASSWORD, settings->secret_key,
			       strlen(settings->secret_key));
	}
	if (settings->server_key != NULL) {
		zmq_setsockopt(raw.socket, ZMQ_CURVE_SERVERKEY, settings->server_key, 41);
		zmq_setsockopt(raw.socket, ZMQ_CURVE_PUBLICKEY, settings->public_key, 41);
		zmq_setsockopt(raw.socket, ZMQ_CURVE_SECRETKEY, settings->secret_key, 41);
	}
	assert_int_equal(zmq_connect(raw.socket, settings->endpoint), 0);
	return raw;
}

static void raw_close(struct raw *raw)
{
	zmq_close(raw->socket);
	zmq_ctx_term(raw->context);
}

/* Frames are parted by '|'. */
static void raw_send(struct raw *raw, const char *frames)
{
	for (const char *frame = frames, *end; frame != NULL; frame = end) {
		size_t length = strcspn(frame, "|");

		end = frame[length] == '|' ? frame + length + 1 : NULL;
		assert_int_equal(
			zmq_send(raw->socket, frame, length, end != NULL ? ZMQ_SNDMORE : 0),
			length);
	}
}

/* What is received, in that form, into a buffer of 1 KB. */
static void raw_receive(struct raw *raw, char *text)
{
	int more = 1, length = 0;

	while (more != 0) {
		size_t size = sizeof more;
		int got = zmq_recv(raw->socket, text + length, 1000 - (size_t)length, 0);

		assert_true(got >= 0);
		length += got;
		zmq_getsockopt(raw->socket, ZMQ_RCVMORE, &more, &size);
		if (more != 0)
			text[length++] = '|';
	}
	text[length] = '\0';
}

static void serves_others(struct scene *scene)
{
	struct link *link = scene_link(scene, MINISTRY);
	struct failure why;
	bool got;

	scene_send(link, VERB_PING, "", "");
	do {
		assert_true(bus_receive(scene->bus, scene->arena, &scene->parcel, &got, PATIENCE_MS,
					&why));
		assert_true(got);
	} while (scene->parcel.verb == VERB_GONE);
	assert_string_equal(verb_name(scene->parcel.verb), "PING");
	assert_string_equal(scene->parcel.party, MINISTRY);
	link_close(link);
}

/* ---- strangers ------------------------------------------------------------------------ */

static const char *const endpoints[] = { NULL, "tcp://127.0.0.1:*" };

static void test_a_client_without_curve_is_not_heard(void **state)
{
	struct scene *scene = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(endpoints); i++) {
		struct link_settings settings = { 0 };
		struct raw raw;
		char *log;

		if (i % 2 == 1) { /* PLAIN, not NULL */
			settings.public_key = MINISTRY;
			settings.secret_key = "secret";
		}
		scene_reopen(scene, &(struct bus_settings){ .endpoint = endpoints[i / 2] });
		settings.endpoint = bus_endpoint(scene->bus);
		log_listen();
		raw = raw_open(&settings, NULL);
		raw_send(&raw, "NSW1|HELLO||");
		WAIT_FOR(scene, handshakes_refused, 1);
		log = log_heard();
		assert_non_null(strstr(log, "code=BUS-015"));
		free(log);
		raw_close(&raw);
		log_listen();
		serves_others(scene);
		free(log_heard());
		assert_int_equal(bus_counts(scene->bus).received, 1);
	}
}

/* A socket connected to the bus, whatever it speaks. */
static int call_bus(struct scene *scene)
{
	const char *endpoint = bus_endpoint(scene->bus);
	struct sockaddr_un path = { .sun_family = AF_UNIX };
	struct sockaddr_in port = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	bool ipc = strncmp(endpoint, "ipc://", 6) == 0;
	int caller = socket(ipc ? AF_UNIX : AF_INET, SOCK_STREAM, 0);

	if (ipc) {
		snprintf(path.sun_path, sizeof path.sun_path, "%s", endpoint + 6);
		assert_int_equal(connect(caller, (struct sockaddr *)&path, sizeof path), 0);
	} else {
		port.sin_port = htons((uint16_t)atoi(strrchr(endpoint, ':') + 1));
		assert_int_equal(connect(caller, (struct sockaddr *)&port, sizeof port), 0);
	}
	return caller;
}

static void test_garbage_on_the_port_is_dropped(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} cases[] = {
		{ "GET / HTTP/1.1\r\nHost: gateway.example\r\n\r\n", 41 },
		{ "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20 },
		/* the greeting of ZMTP 1.0, then of 2.0 */
		{ "\x01\0\x05\0HELLO and more of it", 24 },
		{ "\xff\0\0\0\0\0\0\0\x01\x7f\x01\x05\0\x05HELLO and more of it", 34 },
		/* that of ZMTP 3.0 with a mechanism nobody has, and with CURVE and then nonsense */
		{ "\xff\0\0\0\0\0\0\0\x01\x7f\x03\0MAGIC\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
		  64 },
		{ "\xff\0\0\0\0\0\0\0\x01\x7f\x03\0CURVE\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		  "\x04\x06\x05HELLO",
		  72 },
		{ "", 0 },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(endpoints) * COUNT_OF(cases); i++) {
		const char *bytes = cases[i / 2].bytes;
		size_t length = cases[i / 2].length;
		int caller;

		scene_reopen(scene, &(struct bus_settings){ .endpoint = endpoints[i % 2] });
		log_listen();
		caller = call_bus(scene);
		assert_int_equal(write(caller, bytes, length), length);
		shutdown(caller, SHUT_WR);
		WAIT_FOR(scene, disconnects, 1);
		serves_others(scene);
		free(log_heard());
		close(caller);
	}
}

/* ---- parties that do not keep to the protocol ----------------------------------------- */

static void test_what_is_no_message_of_this_protocol_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"NSW1",
		"NSW1|SUBMIT",
		"NSW1|SUBMIT|envelope",
		"NSW1|SUBMIT|envelope|payload|more",
		"NSW1|a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p",
		"NSW2|SUBMIT|envelope|payload",
		"NSW|SUBMIT|envelope|payload",
		"NSW11|SUBMIT|envelope|payload",
		"|SUBMIT|envelope|payload",
		"NSW1||envelope|payload",
		"NSW1|SUBMI|envelope|payload",
		"NSW1|SUBMITS|envelope|payload",
		"NSW1|submit|envelope|payload",
		"NSW1|RECEIPT|envelope|payload", /* the gateway's to say */
		"NSW1|DELIVER|envelope|payload",
		"NSW1|GONE||", /* nobody's */
		"NSW1|UNKNOWN||",
	};
	struct scene *scene = *state;
	struct link_settings settings = scene_link_settings(scene, TRADER);
	struct raw raw = raw_open(&settings, NULL);
	char text[1024];

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char *log;

		raw_send(&raw, cases[i]);
		log_listen();
		WAIT_FOR(scene, malformed, i + 1);
		log = log_heard();
		assert_non_null(strstr(log, "code=BUS-010"));
		assert_non_null(strstr(log, "party=" TRADER));
		free(log);
		raw_receive(&raw, text);
		assert_memory_equal(text, "NSW1|REFUSAL||code=BUS-010\ntext=", 32);
	}
	raw_send(&raw, "NSW1|SUBMIT|envelope|payload");
	scene_gateway_hears(scene, VERB_SUBMIT);
	assert_int_equal(bus_counts(scene->bus).received, 1);
	raw_close(&raw);
}

static void test_a_client_chooses_no_address(void **state)
{
	struct scene *scene = *state;
	struct link_settings settings = scene_link_settings(scene, TRADER);
	static const char *const chosen[] = { "me", "MINISTRY", "longer than any address" };

	for (size_t i = 0; i < COUNT_OF(chosen); i++) {
		struct raw raw = raw_open(&settings, chosen[i]);
		char *log;

		raw_send(&raw, "NSW1|HELLO||credit=1\n");
		log_listen();
		WAIT_FOR(scene, malformed, i + 1);
		WAIT_FOR(scene, disconnects, i + 1);
		log = log_heard();
		assert_non_null(strstr(log, "code=BUS-010"));
		free(log);
		raw_close(&raw);
	}
	assert_int_equal(bus_counts(scene->bus).received, 0);
	log_listen();
	serves_others(scene);
	free(log_heard());
}

static void test_two_with_the_same_address_hear_nothing_of_each_other(void **state)
{
	struct scene *scene = *state;
	struct link_settings settings = scene_link_settings(scene, TRADER);
	struct raw one, other;

	log_listen();
	one = raw_open(&settings, "same");
	raw_send(&one, "NSW1|HELLO||credit=1\n");
	other = raw_open(&settings, "same");
	raw_send(&other, "NSW1|HELLO||credit=1\n");
	WAIT_FOR(scene, malformed, 1);
	serves_others(scene);
	assert_int_equal(bus_counts(scene->bus).received, 1);
	raw_close(&one);
	raw_close(&other);
	free(log_heard());
}

static void test_a_flood_of_nonsense_starves_nobody(void **state)
{
	struct scene *scene = *state;
	struct link_settings settings = scene_link_settings(scene, TRADER);
	struct raw raw = raw_open(&settings, NULL);
	struct failure why;
	bool got;
	char *log;
	size_t lines = 0;

	for (int i = 0; i < 900; i++)
		raw_send(&raw, "nonsense");
	log_listen();
	WAIT_FOR(scene, malformed, 100);
	serves_others(scene);
	while (bus_counts(scene->bus).malformed < 900)
		assert_true(bus_receive(scene->bus, scene->arena, &scene->parcel, &got, 10, &why));
	log = log_heard();
	for (const char *line = strchr(log, '\n'); line != NULL; line = strchr(line + 1, '\n'))
		lines++;
	assert_true(lines < 450); /* 20 a second, and it does not take twenty seconds */
	free(log);
	raw_close(&raw);
}

/* ---- the message that never ends ------------------------------------------------------ */

#define FLOOD_FRAME (64 * 1024)

/*
 * A process of its own (this program, called with "flood"), so that what it holds is not taken
 * for the gateway's: one message of frames without end, and an exit when the connection ends.
 * libzmq sends nothing of a message before its last frame was given to it, so there is a last one,
 * after far more than the gateway's limit.
 */
static int flood(char *const arguments[])
{
	const struct link_settings settings = { .endpoint = arguments[0],
						.server_key = arguments[1],
						.public_key = arguments[2],
						.secret_key = arguments[3] };
	static char frame[FLOOD_FRAME];
	struct raw raw = { .context = zmq_ctx_new() };
	void *monitor;
	zmq_msg_t part;

	raw.socket = zmq_socket(raw.context, ZMQ_DEALER);
	zmq_setsockopt(raw.socket, ZMQ_LINGER, &(int){ 0 }, sizeof(int));
	zmq_setsockopt(raw.socket, ZMQ_CURVE_SERVERKEY, settings.server_key, 41);
	zmq_setsockopt(raw.socket, ZMQ_CURVE_PUBLICKEY, settings.public_key, 41);
	zmq_setsockopt(raw.socket, ZMQ_CURVE_SECRETKEY, settings.secret_key, 41);
	zmq_socket_monitor(raw.socket, "inproc://monitor", ZMQ_EVENT_DISCONNECTED);
	monitor = zmq_socket(raw.context, ZMQ_PAIR);
	zmq_connect(monitor, "inproc://monitor");
	zmq_connect(raw.socket, settings.endpoint);
	for (int i = 0; i < 16 * 1024; i++) { /* 1 GB, all of them the same bytes */
		zmq_msg_init_data(&part, frame, sizeof frame, NULL, NULL);
		if (zmq_msg_send(&part, raw.socket, ZMQ_SNDMORE) < 0)
			return 1;
	}
	if (zmq_send(raw.socket, "", 0, 0) < 0)
		return 1;
	zmq_msg_init(&part);
	if (zmq_msg_recv(&part, monitor, 0) < 0)
		return 1;
	zmq_msg_close(&part);
	return 0; /* the monitor's second frame and the rest go with the process */
}

static pid_t start_flood(const struct link_settings *settings)
{
	const char *const words[] = { "bus_hostile_test",   "flood",
				      settings->endpoint,   settings->server_key,
				      settings->public_key, settings->secret_key };
	char *arguments[COUNT_OF(words) + 1] = { NULL }, program[512] = "";
	pid_t child;

	assert_true(readlink("/proc/self/exe", program, sizeof program - 1) > 0);
	for (size_t i = 0; i < COUNT_OF(words); i++)
		arguments[i] = must_string(words[i]);
	assert_int_equal(posix_spawn(&child, program, NULL, NULL, arguments, environ), 0);
	for (size_t i = 0; i < COUNT_OF(words); i++)
		free(arguments[i]);
	return child;
}

static void test_a_message_without_end_is_cut_off(void **state)
{
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
		struct bus_settings limited = { .endpoint = endpoints[i],
						.memory_limit = 16 * 1024 * 1024 };
		struct link_settings settings;
		struct link *link;
		struct failure why;
		pid_t child;
		int status;
		bool got;
		char *log;

		scene_reopen(scene, &limited);
		link = scene_link(scene, MINISTRY);
		scene_greet(scene, link);
		settings = scene_link_settings(scene, TRADER);
		log_listen();
		child = start_flood(&settings);
		WAIT_FOR(scene, cut_off, 1);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		log = log_heard();
		assert_non_null(strstr(log, "code=BUS-012"));
		free(log);

		/* on tcp the idle one is seen to be innocent, on ipc it may have to come again */
		if (i == 1) {
			assert_int_equal(bus_counts(scene->bus).cut_off, 1);
			scene_send(link, VERB_PING, "", "");
			scene_gateway_hears(scene, VERB_PING);
			assert_string_equal(scene->parcel.party, MINISTRY);
		} else {
			serves_others(scene);
		}
		while (!link_receive(link, scene->arena, &scene->parcel, &got, 0, &why))
			assert_int_equal(why.verdict, DEFER);
		link_close(link);
	}
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(int count, char *arguments[])
{
	const struct CMUnitTest tests[] = {
		SCENE(test_a_client_without_curve_is_not_heard),
		SCENE(test_garbage_on_the_port_is_dropped),
		SCENE(test_what_is_no_message_of_this_protocol_is_refused),
		SCENE(test_a_client_chooses_no_address),
		SCENE(test_two_with_the_same_address_hear_nothing_of_each_other),
		SCENE(test_a_flood_of_nonsense_starves_nobody),
		SCENE(test_a_message_without_end_is_cut_off),
	};

	if (count == 6 && strcmp(arguments[1], "flood") == 0)
		return flood(arguments + 2);
	return cmocka_run_group_tests(tests, scene_make_keys, scene_remove_keys);
}
