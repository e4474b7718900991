/* nsw replay: many documents, at a pace, and what became of them. */
#include "cli/replay/replay.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/interrupt.h"

#define THREADS_STANDARD 16
#define THREADS_MOST	 256
#define RATE_STANDARD	 20.0

enum {
	KEY_RATE = 0x2000,
	KEY_SPEED,
	KEY_LOOP,
	KEY_COUNT,
	KEY_SHUFFLE,
	KEY_SEED,
	KEY_SAME_IDS,
	KEY_WAIT,
	KEY_THRESHOLD,
	KEY_DRY_RUN
};

static const struct argp_option argp_options[] = {
	{ "rate", KEY_RATE, "N/s", 0, "So many a second (20/s)", 0 },
	{ "speed", KEY_SPEED, "max", 0, "As fast as -j allows", 0 },
	{ "jobs", 'j', "N", 0, "At most so many in flight (16)", 0 },
	{ "loop", KEY_LOOP, "N", 0, "All of them N times; 0: until ^C", 0 },
	{ "count", KEY_COUNT, "N", 0, "End after so many", 0 },
	{ "shuffle", KEY_SHUFFLE, NULL, 0, "In another order, each time", 0 },
	{ "seed", KEY_SEED, "TEXT", 0, "Of the order (1)", 0 },
	{ "same-ids", KEY_SAME_IDS, NULL, 0,
	  "A document keeps its message id and signature: each "
	  "loop repeats the first",
	  0 },
	{ "wait", KEY_WAIT, "WHAT", 0,
	  "none, accepted (receipt or refusal) or final (decided); "
	  "standard: accepted",
	  0 },
	{ "threshold", KEY_THRESHOLD, "LIST", 0, "Exit 1 unless met: 'p95<500ms,errors<1%'", 0 },
	{ "dry-run", KEY_DRY_RUN, NULL, 0, "Say what would be sent, and how long it would take",
	  0 },
	{ 0 },
};

static double read_rate(struct argp_state *state, const char *value)
{
	char *end;
	double rate = strtod(value, &end);

	if (end == value || (*end != '\0' && strcmp(end, "/s") != 0) || !(rate > 0) || rate > 1e6)
		argp_error(state, "'%s' is not a rate: 50/s", value);
	return rate;
}

static enum replay_wait read_wait(struct argp_state *state, const char *value)
{
	static const char *const words[] = {
		[REPLAY_NONE] = "none", [REPLAY_ACCEPTED] = "accepted", [REPLAY_FINAL] = "final"
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(value, words[i]) == 0)
			return (enum replay_wait)i;
	argp_error(state, "'%s' is none of: none, accepted, final", value);
	return REPLAY_ACCEPTED;
}

static const char *read_thresholds(struct argp_state *state, const char *value)
{
	struct failure why;

	if (!replay_threshold_check(value, &why))
		argp_error(state, "%s", why.text);
	return value;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct replay_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->outgoing;
		return 0;
	case KEY_RATE:
		options->rate = read_rate(state, value);
		return 0;
	case KEY_SPEED:
		if (strcmp(value, "max") != 0)
			argp_error(state, "the one speed is 'max'; --rate sets others");
		options->rate = 0;
		return 0;
	case 'j':
		options->threads = command_number(state, value, 1, THREADS_MOST);
		return 0;
	case KEY_LOOP:
		options->loops = command_number(state, value, 0, INT_MAX);
		return 0;
	case KEY_COUNT:
		options->count = command_number(state, value, 1, REPLAY_CHUNK * REPLAY_CHUNKS);
		return 0;
	case KEY_SHUFFLE:
		options->shuffle = true;
		return 0;
	case KEY_SEED:
		options->seed = value;
		return 0;
	case KEY_SAME_IDS:
		options->same_ids = true;
		return 0;
	case KEY_WAIT:
		options->wait = read_wait(state, value);
		return 0;
	case KEY_THRESHOLD:
		options->threshold = read_thresholds(state, value);
		return 0;
	case KEY_DRY_RUN:
		options->dry_run = true;
		return 0;
	case ARGP_KEY_ARG:
		words_add(options->session, &options->sources, value);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which SOURCE? A file, a folder, or - for standard input");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &outgoing_common_argp, 0, NULL, 0 },
					      { NULL, 0, NULL, 0 } };
static const struct argp argp = {
	argp_options,
	parse,
	"SOURCE...",
	"Send many documents and count what became of them. Each gets a message id of its own; its "
	"bytes are not touched but for --set and --clock.\vLatency is measured from the moment at "
	"which a message should "
	"have "
	"been sent, so that a slow gateway does not hide behind a late sender. The first ^C stops "
	"sending and waits for what is on its way, the second gives up; the summary is always "
	"printed. -v lists every message.",
	children,
	NULL,
	NULL
};

/* ---- without sending ------------------------------------------------------------------------------ */

static enum exit_code dry_run(const struct replay *replay)
{
	const struct replay_options *options = replay->options;
	size_t count = (size_t)options->loops * replay->document_count;
	struct row *row = row_new("forecast");
	double seconds;

	if (options->count > 0 && (count == 0 || (size_t)options->count < count))
		count = (size_t)options->count;
	seconds = options->rate > 0 && count > 0 ? (double)(count - 1) / options->rate : 0;
	output_print(options->session->output, "%zu documents, ", replay->document_count);
	if (count == 0)
		output_print(options->session->output, "over and over until ^C");
	else
		output_print(options->session->output, "%zu messages", count);
	if (options->rate > 0)
		output_print(options->session->output, ", %.1f/s, %.1fs\n", options->rate, seconds);
	else
		output_print(options->session->output, ", as fast as %ld in flight allow\n",
			     options->threads);
	row_put_number(row, "documents", (int64_t)replay->document_count);
	row_put_number(row, "messages", (int64_t)count);
	row_put_number(row, "ms", (int64_t)(seconds * 1000));
	output_row(options->session->output, row);
	return EXIT_DONE;
}

/* ---- sending --------------------------------------------------------------------------------------- */

static void start_thread(pthread_t *thread, void *(*body)(void *), void *argument)
{
	if (pthread_create(thread, NULL, body, argument) != 0)
		abort(); /* as when memory is gone */
}

/* Progress is the main thread's; it ends when all senders have. */
static void show_until_sent(struct replay *replay, const atomic_size_t *running)
{
	struct timespec tenth = { .tv_nsec = 100 * 1000000 };

	while (atomic_load(running) > 0) {
		replay_progress(replay, false);
		nanosleep(&tenth, NULL);
	}
	replay_progress(replay, true);
}

struct crew {
	struct replay *replay;
	atomic_size_t running;
};

static void *sender(void *argument)
{
	struct crew *crew = argument;

	replay_shooter(crew->replay);
	atomic_fetch_sub(&crew->running, 1);
	return NULL;
}

static void send_all(struct replay *replay)
{
	size_t threads = (size_t)replay->options->threads;
	pthread_t *senders = must_alloc(threads * sizeof *senders);
	struct crew crew = { .replay = replay };

	atomic_init(&crew.running, threads);
	replay->began = monotonic_ms();
	for (size_t i = 0; i < threads; i++)
		start_thread(&senders[i], sender, &crew);
	show_until_sent(replay, &crew.running);
	for (size_t i = 0; i < threads; i++)
		pthread_join(senders[i], NULL);
	atomic_store(&replay->done, true);
	free(senders);
}

static bool send_and_watch(struct replay *replay, struct failure *why)
{
	struct session *session = replay->options->session;
	struct replay_watch watch = { .replay = replay };
	pthread_t watcher;

	if (!follower_open(&watch.follower, session, why))
		return false;
	if (!follow_position(watch.follower.client, &watch.since, why)) {
		follower_close(&watch.follower);
		return false;
	}
	start_thread(&watcher, replay_watcher, &watch);
	send_all(replay);
	pthread_join(watcher, NULL);
	follower_close(&watch.follower);
	if (replay->watch_failed && interrupts() == 0)
		session_failed(session, &replay->watch_failure);
	return true;
}

/* A gateway that is not there is told once, and not by every message. */
static bool look_for_gateway(struct replay *replay, struct failure *why)
{
	struct session *session = replay->options->session;
	struct client *client;

	if (!session_client(session, &replay->client_settings, NULL, why) ||
	    !session_connect(session, &client, replay->documents[0].outgoing.party, false, why))
		return false;
	client_close(client);
	replay->client_settings.patient = true;
	return true;
}

static enum exit_code replay_all(struct replay *replay)
{
	struct session *session = replay->options->session;
	struct failure why;

	if (!look_for_gateway(replay, &why))
		return session_failed(session, &why);
	if (replay->options->wait == REPLAY_FINAL) {
		if (!send_and_watch(replay, &why))
			return session_failed(session, &why);
	} else {
		send_all(replay);
	}
	return replay_tell(replay);
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct replay_options options = { .session = session,
					  .rate = RATE_STANDARD,
					  .threads = THREADS_STANDARD,
					  .loops = 1,
					  .wait = REPLAY_ACCEPTED,
					  .seed = "1" };
	struct replay *replay = must_alloc(sizeof *replay);
	enum exit_code code = EXIT_DONE;
	struct failure why;

	options.outgoing =
		(struct outgoing_options){ .session = session, .choice = &options.choice };
	command_line(session, &argp, argc, argv, &options);
	replay->options = &options;
	pthread_mutex_init(&replay->lock, NULL);
	interrupt_catch();
	session->interrupts = 2;
	if (!replay_collect(replay, &code, &why))
		code = exit_worse(code, session_failed(session, &why));
	else if (options.dry_run)
		code = exit_worse(code, dry_run(replay));
	else
		code = exit_worse(code, replay_all(replay));
	replay_release(replay);
	pthread_mutex_destroy(&replay->lock);
	free(replay);
	return interrupts() > 0 ? EXIT_INTERRUPTED : code;
}

const struct command command_replay = { "replay", GROUP_SEND, "many documents, at a pace", &argp,
					run };
