#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include "bus_scene.h"
#include "core/clock.h"

/* ---- opening -------------------------------------------------------------------------- */

static void test_what_a_link_cannot_be_opened_with(void **state)
{
	static const char wrong[] = "0000000000000000000000000000000000000000";
	static const char printed_public[] = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
	static const char printed_secret[] = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";
	struct scene *scene = *state;
	const struct link_settings good = scene_link_settings(scene, TRADER);
	struct link_settings cases[] = { good, good, good, good, good, good, good };
	static const char *const codes[] = { "BUS-001", "BUS-001", "BUS-005", "BUS-005",
					     "BUS-005", "BUS-005", "BUS-003" };

	cases[0].endpoint = "nowhere";
	cases[1].endpoint = "tcp://no-port";
	cases[2].server_key = "short";
	cases[3].secret_key = "";
	cases[4].secret_key = wrong;
	cases[5].public_key = "|||||||||||||||||||||||||||||||||||||||||";
	cases[6].public_key = printed_public;
	cases[6].secret_key = printed_secret;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct link *link;
		struct failure why;

		assert_false(link_open(&link, &cases[i], &why));
		assert_string_equal(why.code, codes[i]);
		assert_int_equal(why.verdict, FAULT);
	}
}

/* ---- being refused -------------------------------------------------------------------- */

static void test_an_unknown_key_is_refused_and_logged(void **state)
{
	struct scene *scene = *state;
	struct link_settings settings = scene_link_settings(scene, TRADER);
	char public[CURVE_TEXT_SIZE], secret[CURVE_TEXT_SIZE], *log;
	struct failure why;
	struct link *link;

	bus_keypair(public, secret);
	settings.public_key = public;
	settings.secret_key = secret;
	assert_true(link_open(&link, &settings, &why));
	scene_send(link, VERB_HELLO, "", "credit=1\n");
	log_listen();
	for (int i = 0; i < 2; i++) { /* and so for ever */
		scene_link_fails(scene, link, "BUS-032", &why);
		assert_int_equal(why.verdict, REJECT);
		assert_string_equal(why.place, bus_endpoint(scene->bus));
	}
	log = log_heard();
	assert_non_null(strstr(log, "handshake refused"));
	assert_non_null(strstr(log, "code=BUS-014"));
	assert_non_null(strstr(log, public));
	assert_null(strstr(log, secret));
	assert_int_equal(bus_counts(scene->bus).handshakes_refused, 1);
	assert_int_equal(bus_counts(scene->bus).received, 0);
	free(log);
	link_close(link);
}

static void test_another_gateways_key_is_noticed(void **state)
{
	static const char *const endpoints[] = { NULL, "tcp://127.0.0.1:*" };
	struct scene *scene = *state;
	char other[CURVE_TEXT_SIZE], secret[CURVE_TEXT_SIZE], *log;

	bus_keypair(other, secret);
	for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
		struct link_settings settings;
		struct failure why;
		struct link *link;

		scene_reopen(scene, &(struct bus_settings){ .endpoint = endpoints[i] });
		settings = scene_link_settings(scene, TRADER);
		settings.server_key = other;
		assert_true(link_open(&link, &settings, &why));
		log_listen();
		scene_link_fails(scene, link, "BUS-031", &why); /* once may be chance */
		scene_link_fails(scene, link, "BUS-033", &why);
		assert_int_equal(why.verdict, REJECT);
		WAIT_FOR(scene, handshakes_refused, 3);
		link_close(link);
		log = log_heard();
		assert_non_null(strstr(log, "code=BUS-015"));
		free(log);
	}
}

static void test_a_gateway_without_curve_is_not_ours(void **state)
{
	struct scene *scene = *state;
	struct link_settings settings = scene_link_settings(scene, TRADER);
	void *context = zmq_ctx_new(), *router = zmq_socket(context, ZMQ_ROUTER);
	char endpoint[256];
	size_t size = sizeof endpoint;
	struct failure why;
	struct link *link;
	bool got = false;

	assert_int_equal(zmq_bind(router, "tcp://127.0.0.1:*"), 0);
	assert_int_equal(zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, endpoint, &size), 0);
	settings.endpoint = endpoint;
	assert_true(link_open(&link, &settings, &why));
	while (link_receive(link, scene->arena, &scene->parcel, &got, PATIENCE_MS, &why) ||
	       strcmp(why.code, "BUS-031") == 0)
		assert_false(got); /* who hangs up first is chance */
	assert_string_equal(why.code, "BUS-033");
	link_close(link);
	zmq_close(router);
	zmq_ctx_term(context);
}

static void test_what_is_no_zeromq_is_not_ours(void **state)
{
	static const char page[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
	struct scene *scene = *state;
	struct link_settings settings = scene_link_settings(scene, TRADER);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	int server = socket(AF_INET, SOCK_STREAM, 0), caller;
	char endpoint[64];
	struct failure why;
	struct link *link;

	assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(server, 4), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&address, &length), 0);
	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", ntohs(address.sin_port));
	settings.endpoint = endpoint;
	assert_true(link_open(&link, &settings, &why));
	caller = accept(server, NULL, NULL);
	assert_int_equal(write(caller, page, strlen(page)), strlen(page));
	scene_link_fails(scene, link, "BUS-033", &why);
	link_close(link);
	close(caller);
	close(server);
}

/* ---- coming and going ----------------------------------------------------------------- */

static void test_an_absent_gateway_is_told_once_and_waited_for(void **state)
{
	static const char *const endpoints[] = { "ipc", "tcp" };
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
		struct link_settings settings;
		char endpoint[256];
		struct failure why;
		struct link *link;
		bool got;

		if (i == 1) /* a port that was free a moment ago */
			scene_reopen(scene,
				     &(struct bus_settings){ .endpoint = "tcp://127.0.0.1:*" });
		settings = scene_link_settings(scene, TRADER);
		snprintf(endpoint, sizeof endpoint, "%s", settings.endpoint);
		settings.endpoint = endpoint;
		bus_close(scene->bus);
		scene->bus = NULL;

		assert_true(link_open(&link, &settings, &why));
		scene_send(link, VERB_HELLO, "", "credit=0\n");
		assert_false(
			link_receive(link, scene->arena, &scene->parcel, &got, PATIENCE_MS, &why));
		assert_string_equal(why.code, "BUS-031");
		assert_int_equal(why.verdict, DEFER);
		assert_true(link_receive(link, scene->arena, &scene->parcel, &got, 500, &why));
		assert_false(got);

		scene_reopen(scene, &(struct bus_settings){ .endpoint = endpoint });
		scene_gateway_hears(scene, VERB_HELLO); /* it was queued all the time */
		scene_answer(scene, &scene->parcel.address, VERB_WELCOME, "");
		scene_link_hears(scene, link, VERB_WELCOME);
		link_close(link);
	}
}

static void test_a_restarted_gateway_is_greeted_again(void **state)
{
	struct scene *scene = *state;
	struct link *link = scene_link(scene, MINISTRY);
	struct failure why;
	bool got;

	scene_greet(scene, link);
	bus_close(scene->bus);
	scene->bus = NULL;
	assert_false(link_receive(link, scene->arena, &scene->parcel, &got, PATIENCE_MS, &why));
	assert_string_equal(why.code, "BUS-030");
	assert_int_equal(why.verdict, DEFER);
	assert_null(strstr(why.text, "hard limit"));
	scene_reopen(scene, &(struct bus_settings){ 0 });
	while (!link_receive(link, scene->arena, &scene->parcel, &got, 0, &why))
		assert_string_equal(why.code, "BUS-031"); /* perhaps, while nobody was there */
	scene_greet(scene, link);
	link_close(link);
}

/* A listener that hangs up on whoever comes. That the second has come says that the client has
 * noticed how its first knock ended. */
static void hang_up_on_two(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	unlink(path); /* what the gateway left */
	assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(server, 4), 0);
	for (int i = 0; i < 2; i++)
		close(accept(server, NULL, NULL));
	close(server);
	unlink(path);
}

/* Whoever sleeps through both must still be told of the loss: after it, HELLO is due again. */
static void test_a_loss_is_told_before_the_failures_after_it(void **state)
{
	struct scene *scene = *state;
	struct link *link = scene_link(scene, MINISTRY);
	struct failure why;
	bool got;

	scene_greet(scene, link);
	bus_close(scene->bus);
	scene->bus = NULL;
	hang_up_on_two(scene_path("bus"));
	assert_false(link_receive(link, scene->arena, &scene->parcel, &got, PATIENCE_MS, &why));
	assert_string_equal(why.code, "BUS-030");
	assert_false(link_receive(link, scene->arena, &scene->parcel, &got, PATIENCE_MS, &why));
	assert_string_equal(why.code, "BUS-031");
	link_close(link);
}

static void test_what_came_before_the_loss_is_read_first(void **state)
{
	struct scene *scene = *state;
	struct link *link = scene_link(scene, MINISTRY);
	struct address client;
	struct failure why;

	scene_greet(scene, link);
	client = scene->parcel.address;
	scene_answer(scene, &client, VERB_DELIVER, "one");
	scene_answer(scene, &client, VERB_DELIVER, "two");
	scene_send(link, VERB_PING, "", "");
	scene_gateway_hears(scene, VERB_PING);
	scene_link_hears(scene, link, VERB_DELIVER);
	scene_reopen(scene, &(struct bus_settings){ 0 });
	scene_link_hears(scene, link, VERB_DELIVER);
	assert_string_equal((const char *)scene->parcel.payload, "two");
	scene_link_fails(scene, link, "BUS-030", &why);
	link_close(link);
}

static void test_a_queue_to_nobody_fills_up(void **state)
{
	struct scene *scene = *state;
	struct link_settings settings = scene_link_settings(scene, TRADER);
	struct failure why;
	struct link *link;
	uint64_t begun;
	int sent = 0;

	settings.endpoint = scene_ipc("nobody");
	assert_true(link_open(&link, &settings, &why));
	while (link_send(link, VERB_PING, "", 0, "", 0, &why))
		assert_true(++sent < 10000);
	assert_string_equal(why.code, "BUS-021");
	assert_int_equal(why.verdict, DEFER);
	begun = monotonic_ms();
	link_close(link); /* gives them half a second, in vain */
	assert_true(monotonic_ms() - begun < PATIENCE_MS);
}

/* ---- limits --------------------------------------------------------------------------- */

#define HARD_LIMIT (64 * 1024)

static void test_above_the_hard_limit_the_connection_is_lost_and_both_say_why(void **state)
{
	static const char *const endpoints[] = { NULL, "tcp://127.0.0.1:*" };
	static char payload[HARD_LIMIT + 1];
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
		struct bus_settings limited = { .endpoint = endpoints[i],
						.hard_limit = HARD_LIMIT };
		struct link_settings settings;
		struct failure why;
		struct link *link;
		char *log;

		scene_reopen(scene, &limited);
		settings = scene_link_settings(scene, TRADER);
		settings.hard_limit = HARD_LIMIT;
		assert_true(link_open(&link, &settings, &why));
		scene_greet(scene, link);
		assert_true(link_send(link, VERB_SUBMIT, "", 0, payload, HARD_LIMIT, &why));
		scene_gateway_hears(scene, VERB_SUBMIT);
		assert_int_equal(scene->parcel.payload_length, HARD_LIMIT);

		log_listen();
		assert_true(link_send(link, VERB_SUBMIT, "", 0, payload, HARD_LIMIT + 1, &why));
		scene_link_fails(scene, link, "BUS-030", &why);
		assert_non_null(strstr(why.text, "65537 bytes"));
		assert_non_null(strstr(why.text, "hard limit of 65536 bytes"));
		scene_send(link, VERB_HELLO, "", "credit=0\n");
		do { /* the departure first; what was too large never */
			struct failure reason;
			bool got;

			assert_true(bus_receive(scene->bus, scene->arena, &scene->parcel, &got,
						PATIENCE_MS, &reason));
			assert_true(got);
		} while (scene->parcel.verb == VERB_GONE);
		assert_int_equal(scene->parcel.verb, VERB_HELLO);
		log = log_heard();
		assert_non_null(strstr(log, "code=BUS-013"));
		assert_non_null(strstr(log, "party=" TRADER));
		assert_non_null(strstr(log, "hard limit of 65536 bytes"));
		free(log);
		link_close(link);
	}
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(test_what_a_link_cannot_be_opened_with),
		SCENE(test_an_unknown_key_is_refused_and_logged),
		SCENE(test_another_gateways_key_is_noticed),
		SCENE(test_a_gateway_without_curve_is_not_ours),
		SCENE(test_what_is_no_zeromq_is_not_ours),
		SCENE(test_an_absent_gateway_is_told_once_and_waited_for),
		SCENE(test_a_restarted_gateway_is_greeted_again),
		SCENE(test_a_loss_is_told_before_the_failures_after_it),
		SCENE(test_what_came_before_the_loss_is_read_first),
		SCENE(test_a_queue_to_nobody_fills_up),
		SCENE(test_above_the_hard_limit_the_connection_is_lost_and_both_say_why),
	};

	return cmocka_run_group_tests(tests, scene_make_keys, scene_remove_keys);
}
