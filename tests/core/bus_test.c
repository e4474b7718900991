#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus_scene.h"
#include "core/bus_parcel.h"
#include "core/bus_zap.h"
#include "core/clock.h"

/* ---- opening -------------------------------------------------------------------------- */

static void test_an_endpoint_that_cannot_be_used_is_named(void **state)
{
	static const struct {
		const char *endpoint, *text;
	} cases[] = {
		{ "inproc://here", "ipc:// or tcp://" },
		{ "/run/nsw/bus", "ipc:// or tcp://" },
		{ "ipc:///tmp/12345678901234567890123456789012345678901234567890/"
		  "123456789012345678901234567890123456789012345678901234567890",
		  "has 116 bytes, and the system takes 107" },
		{ "ipc:///no/such/folder/bus", "No such file" },
		{ "tcp://127.0.0.1:http and more", "cannot be bound" },
	};
	struct scene *scene = *state;
	struct failure why;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct bus_settings settings = { .endpoint = cases[i].endpoint, .party = GATEWAY };
		struct bus *bus;

		assert_false(bus_open(&bus, &settings, scene->keyring, &why));
		assert_string_equal(why.code, "BUS-001");
		assert_string_equal(why.place, cases[i].endpoint);
		assert_non_null(strstr(why.text, cases[i].text));
	}
}

static void test_a_living_gateway_keeps_its_door(void **state)
{
	struct scene *scene = *state;
	struct bus_settings settings = { .endpoint = scene_ipc("bus"), .party = GATEWAY };
	struct bus *second;
	struct failure why;

	assert_false(bus_open(&second, &settings, scene->keyring, &why));
	assert_string_equal(why.code, "BUS-001");
	assert_non_null(strstr(why.text, "in use"));
}

static void test_what_a_dead_process_left_is_replaced(void **state)
{
	struct scene *scene = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int dead = socket(AF_UNIX, SOCK_STREAM, 0);
	struct link *link;

	snprintf(address.sun_path, sizeof address.sun_path, "%s", scene_path("left"));
	assert_int_equal(bind(dead, (const struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(dead, 1), 0);
	close(dead);
	scene_reopen(scene, &(struct bus_settings){ .endpoint = scene_ipc("left") });
	link = scene_link(scene, MINISTRY);
	scene_greet(scene, link);
	link_close(link);
}

static void test_without_keys_there_is_no_bus(void **state)
{
	struct scene *scene = *state;
	struct bus_settings settings = { .endpoint = scene_ipc("other"), .party = "NOBODY" };
	struct bus *bus;
	struct failure why;

	assert_false(bus_open(&bus, &settings, scene->keyring, &why));
	assert_string_equal(why.code, "KEY-004");
}

/* ---- talking -------------------------------------------------------------------------- */

static void test_a_party_is_named_by_its_key(void **state)
{
	static const char *const endpoints[] = { NULL, "tcp://127.0.0.1:*" };
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
		struct link *ministry, *trader;

		scene_reopen(scene, &(struct bus_settings){ .endpoint = endpoints[i] });
		ministry = scene_link(scene, MINISTRY);
		trader = scene_link(scene, TRADER);
		scene_send(ministry, VERB_HELLO, "", "credit=8\n");
		scene_gateway_hears(scene, VERB_HELLO);
		assert_string_equal(scene->parcel.party, MINISTRY);
		scene_send(trader, VERB_HELLO, "", "credit=0\n");
		scene_gateway_hears(scene, VERB_HELLO);
		assert_string_equal(scene->parcel.party, TRADER);
		link_close(ministry);
		link_close(trader);
	}
}

static void test_frames_arrive_byte_for_byte(void **state)
{
	static const char envelope[] = "<Envelope>\0\xff</Envelope>";
	struct scene *scene = *state;
	struct link *link = scene_link(scene, TRADER);
	size_t size = 3 * 1024 * 1024;
	unsigned char *payload = must_alloc(size);
	struct failure why;

	for (size_t i = 0; i < size; i++)
		payload[i] = (unsigned char)(i * 31 >> 3);
	assert_true(link_send(link, VERB_SUBMIT, envelope, sizeof envelope, payload, size, &why));
	scene_gateway_hears(scene, VERB_SUBMIT);
	assert_int_equal(scene->parcel.envelope_length, sizeof envelope);
	assert_memory_equal(scene->parcel.envelope, envelope, sizeof envelope);
	assert_int_equal(scene->parcel.payload_length, size);
	assert_memory_equal(scene->parcel.payload, payload, size);
	assert_int_equal(parcels_alive(), sizeof envelope + size);

	assert_true(bus_send(scene->bus, &scene->parcel.address, VERB_RECEIPT, envelope,
			     sizeof envelope, payload, size, &why));
	scene_link_hears(scene, link, VERB_RECEIPT);
	assert_int_equal(scene->parcel.envelope_length, sizeof envelope);
	assert_memory_equal(scene->parcel.envelope, envelope, sizeof envelope);
	assert_memory_equal(scene->parcel.payload, payload, size);
	assert_string_equal(scene->parcel.party, "");
	link_close(link);
	free(payload);
}

static void test_an_answer_goes_to_the_connection_that_asked(void **state)
{
	struct scene *scene = *state;
	struct link *one = scene_link(scene, TRADER), *other = scene_link(scene, TRADER);
	struct address first, second;

	scene_greet(scene, one);
	first = scene->parcel.address;
	scene_greet(scene, other);
	second = scene->parcel.address;
	assert_false(address_same(&first, &second));
	scene_answer(scene, &second, VERB_PONG, "other");
	scene_answer(scene, &first, VERB_PONG, "one");
	scene_link_hears(scene, one, VERB_PONG);
	assert_string_equal((const char *)scene->parcel.payload, "one");
	scene_link_hears(scene, other, VERB_PONG);
	assert_string_equal((const char *)scene->parcel.payload, "other");
	link_close(one);
	link_close(other);
}

#define MANY 1000

static void test_many_messages_keep_their_order_both_ways(void **state)
{
	struct scene *scene = *state;
	struct link *link = scene_link(scene, TRADER);
	char number[16];

	for (int i = 0; i < MANY; i++) {
		snprintf(number, sizeof number, "%d", i);
		scene_send(link, VERB_SUBMIT, number, "");
	}
	for (int i = 0; i < MANY; i++) {
		scene_gateway_hears(scene, VERB_SUBMIT);
		scene_answer(scene, &scene->parcel.address, VERB_RECEIPT,
			     (const char *)scene->parcel.envelope);
	}
	for (int i = 0; i < MANY; i++) {
		snprintf(number, sizeof number, "%d", i);
		scene_link_hears(scene, link, VERB_RECEIPT);
		assert_string_equal((const char *)scene->parcel.payload, number);
	}
	assert_int_equal(bus_counts(scene->bus).received, MANY);
	assert_int_equal(bus_counts(scene->bus).sent, MANY);
	link_close(link);
}

static void test_a_full_queue_defers_and_blocks_nobody(void **state)
{
	struct scene *scene = *state;
	struct link *link = scene_link(scene, TRADER), *other = scene_link(scene, MINISTRY);
	static char payload[16 * 1024];
	struct address full;
	struct failure why;
	int sent = 0;

	scene_greet(scene, link); /* and from now on it reads nothing */
	full = scene->parcel.address;
	while (bus_send(scene->bus, &full, VERB_DELIVER, "", 0, payload, sizeof payload, &why))
		assert_true(++sent < 100000);
	assert_string_equal(why.code, "BUS-021");
	assert_int_equal(why.verdict, DEFER);
	scene_greet(scene, other);
	assert_false(bus_send(scene->bus, &full, VERB_DELIVER, "", 0, "", 0, &why));
	assert_string_equal(why.code, "BUS-021");
	link_close(other);
	for (int i = 0; i < sent; i++)
		scene_link_hears(scene, link, VERB_DELIVER);
	link_close(link);
}

/* ---- coming and going ----------------------------------------------------------------- */

static void test_a_departure_is_told(void **state)
{
	struct scene *scene = *state;
	struct link *link = scene_link(scene, MINISTRY);
	struct address client;
	struct failure why;

	scene_greet(scene, link);
	client = scene->parcel.address;
	assert_int_equal(bus_counts(scene->bus).connections, 1);
	link_close(link);
	scene_gateway_hears(scene, VERB_GONE);
	assert_string_equal(scene->parcel.party, MINISTRY);
	assert_true(address_same(&scene->parcel.address, &client));
	assert_int_equal(scene->parcel.payload_length, 0);
	assert_int_equal(bus_counts(scene->bus).connections, 0);

	assert_false(bus_send(scene->bus, &client, VERB_DELIVER, "", 0, "", 0, &why));
	assert_string_equal(why.code, "BUS-020");
	assert_int_equal(why.verdict, DEFER);
}

static void test_an_address_is_not_inherited(void **state)
{
	struct scene *scene = *state;
	struct link *link = scene_link(scene, MINISTRY);
	struct address old;
	struct failure why;

	scene_greet(scene, link);
	old = scene->parcel.address;
	link_close(link);
	scene_gateway_hears(scene, VERB_GONE);
	link = scene_link(scene, TRADER);
	scene_greet(scene, link);
	assert_false(address_same(&scene->parcel.address, &old));
	assert_false(bus_send(scene->bus, &old, VERB_DELIVER, "", 0, "", 0, &why));
	assert_string_equal(why.code, "BUS-020");
	link_close(link);
}

static void test_what_was_sent_before_closing_arrives(void **state)
{
	struct scene *scene = *state;
	struct link *link = scene_link(scene, TRADER);
	size_t size = 4 * 1024 * 1024; /* more than the system's buffers take at once */
	char *payload = must_alloc(size);
	struct failure why;
	bool got;

	scene_greet(scene, link);
	assert_true(link_send(link, VERB_SUBMIT, "", 0, payload, size, &why));
	link_close(link);
	do {
		assert_true(bus_receive(scene->bus, scene->arena, &scene->parcel, &got, PATIENCE_MS,
					&why));
		assert_true(got);
	} while (scene->parcel.verb == VERB_GONE);
	assert_int_equal(scene->parcel.payload_length, size);
	free(payload);
}

/* ---- keys ----------------------------------------------------------------------------- */

static void test_a_key_withdrawn_while_connected_stops_working(void **state)
{
	struct scene *scene = *state;
	struct link *link = scene_link(scene, "LEAVER");
	struct address client;
	struct failure why;
	char *log;

	scene_greet(scene, link);
	client = scene->parcel.address;
	assert_int_equal(unlink(scene_path("pki/parties/LEAVER/curve.pub")), 0);
	assert_true(keyring_reload(scene->keyring, &why));

	log_listen();
	scene_send(link, VERB_SUBMIT, "not to be", "heard");
	scene_link_fails(scene, link, "BUS-030", &why);
	assert_false(bus_send(scene->bus, &client, VERB_DELIVER, "", 0, "", 0, &why));
	assert_string_equal(why.code, "BUS-020");
	scene_link_fails(scene, link, "BUS-032", &why);
	log = log_heard();
	assert_non_null(strstr(log, "code=BUS-011"));
	assert_non_null(strstr(log, "party=LEAVER"));
	assert_int_equal(bus_counts(scene->bus).received, 1);
	free(log);
	link_close(link);
}

static void test_nothing_is_sent_under_a_withdrawn_key(void **state)
{
	struct scene *scene = *state;
	struct link *link;
	char old_key[CURVE_TEXT_SIZE], secret[CURVE_TEXT_SIZE], fresh[CURVE_TEXT_SIZE];
	struct failure why;
	FILE *file;

	/* two keys overlap; the connection is made with the older, which then is withdrawn */
	assert_true(keyring_curve(scene->keyring, "CHANGER", old_key, secret, &why));
	link = scene_link(scene, "CHANGER");
	scene_greet(scene, link);
	bus_keypair(fresh, secret);
	file = fopen(scene_path("pki/parties/CHANGER/curve.pub"), "w");
	fprintf(file, "%s\n%s\n", fresh, old_key);
	fclose(file);
	assert_true(keyring_reload(scene->keyring, &why));
	scene_answer(scene, &scene->parcel.address, VERB_PONG, "still good");

	file = fopen(scene_path("pki/parties/CHANGER/curve.pub"), "w");
	fprintf(file, "%s\n", fresh);
	fclose(file);
	assert_true(keyring_reload(scene->keyring, &why));
	assert_true(keyring_knows(scene->keyring, "CHANGER"));
	log_listen();
	assert_false(
		bus_send(scene->bus, &scene->parcel.address, VERB_DELIVER, "", 0, "", 0, &why));
	assert_string_equal(why.code, "BUS-020");
	scene_link_hears(scene, link, VERB_PONG);
	scene_link_fails(scene, link, "BUS-030", &why);
	link_close(link);
	free(log_heard());
}

static void test_a_strange_zap_request_admits_nobody(void **state)
{
	static const unsigned char stranger[32] = { 1 };
	static const struct {
		const char *version, *domain, *mechanism;
		size_t key_length, count;
		const char *status, *code;
	} cases[] = {
		{ "1.0", "nsw", "CURVE", 32, 7, "400", "BUS-014" },
		{ "2.0", "nsw", "CURVE", 32, 7, "500", "BUS-004" },
		{ "", "nsw", "CURVE", 32, 7, "500", "BUS-004" },
		{ "1.0", "", "CURVE", 32, 7, "500", "BUS-004" },
		{ "1.0", "global", "CURVE", 32, 7, "500", "BUS-004" },
		{ "1.0", "nsw", "NULL", 32, 7, "500", "BUS-004" },
		{ "1.0", "nsw", "PLAIN", 32, 7, "500", "BUS-004" },
		{ "1.0", "nsw", "CURVE", 31, 7, "500", "BUS-004" },
		{ "1.0", "nsw", "CURVE", 0, 7, "500", "BUS-004" },
		{ "1.0", "nsw", "CURVE", 32, 6, "500", "BUS-004" },
		{ "1.0", "nsw", "CURVE", 32, 8, "500", "BUS-004" },
		{ "1.0", "nsw", "CURVE", 32, 0, "500", "BUS-004" },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct socket_message request = {
			.count = cases[i].count,
			.frames = { { cases[i].version, strlen(cases[i].version) },
				    { "1", 1 },
				    { cases[i].domain, strlen(cases[i].domain) },
				    { "127.0.0.1", 9 },
				    { "", 0 },
				    { cases[i].mechanism, strlen(cases[i].mechanism) },
				    { stranger, cases[i].key_length } },
		};
		struct zap_verdict verdict;
		struct failure why;

		assert_false(zap_judge(&verdict, &request, scene->keyring, &why));
		assert_string_equal(verdict.status, cases[i].status);
		assert_string_equal(why.code, cases[i].code);
		assert_string_equal(verdict.party, "");
	}
}

/* ---- waiting -------------------------------------------------------------------------- */

static void test_time_runs_out(void **state)
{
	static const int timeouts[] = { 0, 30 };
	struct scene *scene = *state;
	struct failure why;
	bool got = true;

	for (size_t i = 0; i < COUNT_OF(timeouts); i++) {
		uint64_t begun = monotonic_ms();

		assert_true(bus_receive(scene->bus, scene->arena, &scene->parcel, &got, timeouts[i],
					&why));
		assert_false(got);
		assert_true(monotonic_ms() - begun >= (uint64_t)timeouts[i]);
	}
}

struct waker {
	struct scene *scene;
	struct link *link;
	pthread_t waiter;
	atomic_bool done;
};

static void *wake_both(void *argument)
{
	struct waker *waker = argument;

	bus_wake(waker->scene->bus);
	link_wake(waker->link);
	return NULL;
}

static void test_waking_ends_the_wait(void **state)
{
	struct scene *scene = *state;
	struct waker waker = { .scene = scene, .link = scene_link(scene, TRADER) };
	struct failure why;
	pthread_t thread;
	bool got = true;

	assert_int_equal(pthread_create(&thread, NULL, wake_both, &waker), 0);
	assert_true(bus_receive(scene->bus, scene->arena, &scene->parcel, &got, -1, &why));
	assert_false(got);
	got = true;
	assert_true(link_receive(waker.link, scene->arena, &scene->parcel, &got, -1, &why));
	assert_false(got);
	pthread_join(thread, NULL);
	link_close(waker.link);
}

static void nothing(int number)
{
	(void)number;
}

static void *keep_signalling(void *argument)
{
	struct waker *waker = argument;

	while (!atomic_load(&waker->done)) {
		pthread_kill(waker->waiter, SIGUSR1);
		sched_yield();
	}
	return NULL;
}

static void test_a_signal_ends_the_wait(void **state)
{
	struct scene *scene = *state;
	struct waker waker = { .scene = scene, .waiter = pthread_self() };
	struct sigaction action = { .sa_handler = nothing }, before;
	struct failure why;
	pthread_t thread;
	bool got = true;

	sigaction(SIGUSR1, &action, &before);
	assert_int_equal(pthread_create(&thread, NULL, keep_signalling, &waker), 0);
	assert_true(bus_receive(scene->bus, scene->arena, &scene->parcel, &got, -1, &why));
	assert_false(got);
	atomic_store(&waker.done, true);
	pthread_join(thread, NULL);
	sigaction(SIGUSR1, &before, NULL);
}

/* ---- lines ---------------------------------------------------------------------------- */

static void test_a_payload_of_lines_is_read_by_name(void **state)
{
	static const struct {
		const char *payload, *name, *value; /* NULL: no such line */
	} cases[] = {
		{ "credit=8\n", "credit", "8" },
		{ "credit=8", "credit", "8" },
		{ "count=1\nleft=22\n", "left", "22" },
		{ "count=1\nleft=22\n", "count", "1" },
		{ "count=\n", "count", "" },
		{ "a=b=c\n", "a", "b=c" },
		{ "", "credit", NULL },
		{ "\n\n", "credit", NULL },
		{ "credits=8\n", "credit", NULL },
		{ "credi=8\n", "credit", NULL },
		{ "credit\n", "credit", NULL },
		{ "xcredit=8\n", "credit", NULL },
		{ "credit=123456789012345678901234567890123\n", "credit", NULL },
	};
	char value[32];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct parcel parcel = {
			.payload = (const unsigned char *)cases[i].payload,
			.payload_length = strlen(cases[i].payload),
		};

		assert_int_equal(parcel_line(&parcel, cases[i].name, value, sizeof value),
				 cases[i].value != NULL);
		if (cases[i].value != NULL)
			assert_string_equal(value, cases[i].value);
	}
}

static void test_a_number_is_digits_only(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} cases[] = {
		{ "n=0\n", true, 0 },
		{ "n=5000\n", true, 5000 },
		{ "n=999999999999999999\n", true, 999999999999999999 },
		{ "n=1000000000000000000\n", false, 0 },
		{ "n=\n", false, 0 },
		{ "n=-1\n", false, 0 },
		{ "n= 1\n", false, 0 },
		{ "n=1 \n", false, 0 },
		{ "n=0x1\n", false, 0 },
		{ "m=1\n", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct parcel parcel = {
			.payload = (const unsigned char *)cases[i].text,
			.payload_length = strlen(cases[i].text),
		};
		int64_t value = 0;

		assert_int_equal(parcel_number(&parcel, "n", &value), cases[i].good);
		assert_int_equal(value, cases[i].value);
	}
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(test_an_endpoint_that_cannot_be_used_is_named),
		SCENE(test_a_living_gateway_keeps_its_door),
		SCENE(test_what_a_dead_process_left_is_replaced),
		SCENE(test_without_keys_there_is_no_bus),
		SCENE(test_a_party_is_named_by_its_key),
		SCENE(test_frames_arrive_byte_for_byte),
		SCENE(test_an_answer_goes_to_the_connection_that_asked),
		SCENE(test_many_messages_keep_their_order_both_ways),
		SCENE(test_a_full_queue_defers_and_blocks_nobody),
		SCENE(test_a_departure_is_told),
		SCENE(test_an_address_is_not_inherited),
		SCENE(test_what_was_sent_before_closing_arrives),
		SCENE(test_a_key_withdrawn_while_connected_stops_working),
		SCENE(test_nothing_is_sent_under_a_withdrawn_key),
		SCENE(test_a_strange_zap_request_admits_nobody),
		SCENE(test_time_runs_out),
		SCENE(test_waking_ends_the_wait),
		SCENE(test_a_signal_ends_the_wait),
		cmocka_unit_test(test_a_payload_of_lines_is_read_by_name),
		cmocka_unit_test(test_a_number_is_digits_only),
	};

	return cmocka_run_group_tests(tests, scene_make_keys, scene_remove_keys);
}
