#include "serve.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "core/bus.h"
#include "core/log.h"

#include "talk.h"

struct serving {
	const struct office *office;
	const struct profile *profile;
	char server_key[CURVE_TEXT_SIZE], public_key[CURVE_TEXT_SIZE], secret_key[CURVE_TEXT_SIZE];
	pthread_t thread;

	pthread_mutex_t lock; /* of these three, which serve_stop() touches */
	pthread_cond_t ended;
	struct link *link; /* NULL while it rests after a final refusal */
	bool ending;
	int stop; /* readable from then on, for a stand-in that is waited for */

	/* the thread's own */
	struct talk talk;
	char trouble[sizeof((struct failure *)0)->code]; /* logged already; empty: none */
};

/* ---- the link ------------------------------------------------------------------------- */

static bool open_link(const struct serving *serving, struct link **out, struct failure *why)
{
	struct link_settings settings = {
		.endpoint = serving->office->endpoint,
		.server_key = serving->server_key,
		.public_key = serving->public_key,
		.secret_key = serving->secret_key,
	};

	return link_open(out, &settings, why);
}

static void exchange_link(struct serving *serving, struct link *fresh)
{
	struct link *old;

	pthread_mutex_lock(&serving->lock);
	old = serving->link;
	serving->link = fresh;
	pthread_mutex_unlock(&serving->lock);
	link_close(old);
}

/* Once, however often it is met, until the gateway has welcomed us again. */
static void tell_trouble(struct serving *serving, const struct failure *why)
{
	if (strcmp(serving->trouble, why->code) == 0)
		return;
	memcpy(serving->trouble, why->code, sizeof serving->trouble);
	log_line(why->verdict == DEFER ? LOG_WARN : LOG_ERROR, "gateway out of reach", "party",
		 serving->profile->party, "endpoint", serving->office->endpoint, "code", why->code,
		 "text", why->text, NULL);
}

/* DEFER: libzmq goes on trying, and our HELLO waits in its queue. Otherwise this link is done. */
static void on_trouble(struct serving *serving, const struct failure *why)
{
	tell_trouble(serving, why);
	if (why->verdict != DEFER)
		exchange_link(serving, NULL);
	else if (strcmp(why->code, "BUS-030") == 0)
		talk_begin(&serving->talk, serving->link);
}

static void connect_anew(struct serving *serving)
{
	struct link *fresh;
	struct failure why;

	exchange_link(serving, NULL);
	if (!open_link(serving, &fresh, &why)) {
		tell_trouble(serving, &why);
		return;
	}
	exchange_link(serving, fresh);
	talk_begin(&serving->talk, fresh);
}

/* ---- the thread ----------------------------------------------------------------------- */

static bool is_ending(struct serving *serving)
{
	bool ending;

	pthread_mutex_lock(&serving->lock);
	ending = serving->ending;
	pthread_mutex_unlock(&serving->lock);
	return ending;
}

/* A key that is refused now may be registered in a while. */
static void rest(struct serving *serving)
{
	int64_t ms = TALK_SILENCE * serving->talk.heartbeat;
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	ms += until.tv_nsec / 1000000;
	until.tv_sec += ms / 1000;
	until.tv_nsec = ms % 1000 * 1000000;
	pthread_mutex_lock(&serving->lock);
	while (!serving->ending &&
	       pthread_cond_timedwait(&serving->ended, &serving->lock, &until) == 0)
		;
	pthread_mutex_unlock(&serving->lock);
}

static void listen_once(struct serving *serving)
{
	struct arena *arena = arena_new();
	struct parcel parcel;
	struct failure why;
	bool got;

	if (!link_receive(serving->link, arena, &parcel, &got, talk_patience(&serving->talk), &why))
		on_trouble(serving, &why);
	else if (got)
		talk_hear(&serving->talk, &parcel, arena);
	if (serving->talk.welcome)
		serving->trouble[0] = '\0';
	arena_free(arena);
}

static void *work(void *argument)
{
	struct serving *serving = argument;

	talk_begin(&serving->talk, serving->link);
	while (!is_ending(serving)) {
		if (serving->link == NULL) {
			rest(serving);
			connect_anew(serving);
		} else if (talk_is_over(&serving->talk)) {
			connect_anew(serving);
		} else {
			talk_say(&serving->talk);
			listen_once(serving);
		}
	}
	talk_end(&serving->talk);
	return NULL;
}

/* ---- beginning and end ---------------------------------------------------------------- */

static void init_lock(struct serving *serving)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&serving->ended, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&serving->lock, NULL);
}

/* The one that is for this party alone, before one that is for all. */
static const struct stand_in *stand_in_for(const struct office *office, const char *party)
{
	const struct stand_in *found = NULL;

	for (size_t i = 0; i < office->stand_in_count; i++) {
		const struct stand_in *stand_in = &office->stand_ins[i];

		if (stand_in->party == NULL && found == NULL)
			found = stand_in;
		if (stand_in->party != NULL && strcmp(stand_in->party, party) == 0)
			found = stand_in;
	}
	return found;
}

static void init_talk(struct serving *serving)
{
	serving->stop = eventfd(0, EFD_CLOEXEC);
	serving->talk = (struct talk){
		.office = serving->office,
		.profile = serving->profile,
		.stand_in = stand_in_for(serving->office, serving->profile->party),
		.stop = serving->stop,
		.heartbeat = TALK_HEARTBEAT,
	};
}

static bool open_all(struct serving *serving, struct failure *why)
{
	const char *party = serving->profile->party;
	struct keyring *keyring = serving->office->keyring;
	char unused[CURVE_TEXT_SIZE];

	if (!keyring_curve(keyring, serving->office->gateway, serving->server_key, unused, why) ||
	    !keyring_curve(keyring, party, serving->public_key, serving->secret_key, why))
		return false;
	if (serving->secret_key[0] == '\0')
		return fault(why, "KEY-004", "the secret transport key of %s is not in the keyring",
			     party);
	return open_link(serving, &serving->link, why);
}

static void free_serving(struct serving *serving)
{
	link_close(serving->link);
	if (serving->stop >= 0)
		close(serving->stop);
	pthread_cond_destroy(&serving->ended);
	pthread_mutex_destroy(&serving->lock);
	explicit_bzero(serving->secret_key, sizeof serving->secret_key);
	free(serving);
}

bool serve_start(struct serving **out, const struct office *office, const struct profile *profile,
		 struct failure *why)
{
	struct serving *serving = must_alloc(sizeof *serving);
	bool good;

	serving->office = office;
	serving->profile = profile;
	init_lock(serving);
	init_talk(serving);
	good = serving->stop >= 0 ? open_all(serving, why)
				  : fault(why, "ADP-006", "no descriptor for %s", profile->party);
	if (good && pthread_create(&serving->thread, NULL, work, serving) != 0)
		good = fault(why, "ADP-006", "no thread for %s", profile->party);
	if (!good) {
		free_serving(serving);
		return false;
	}
	*out = serving;
	return true;
}

void serve_stop(struct serving *serving)
{
	pthread_mutex_lock(&serving->lock);
	serving->ending = true;
	eventfd_write(serving->stop, 1);
	if (serving->link != NULL)
		link_wake(serving->link);
	pthread_cond_signal(&serving->ended);
	pthread_mutex_unlock(&serving->lock);
}

void serve_close(struct serving *serving)
{
	if (serving == NULL)
		return;
	serve_stop(serving);
	pthread_join(serving->thread, NULL);
	free_serving(serving);
}
