#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/interrupt.h"
#include "cli/replay/replay.h"

#define BEHIND_MS      10 /* later than this is behind schedule */
#define CLIENTS_MOST   64 /* parties one thread speaks for */
#define SLEEP_SLICE_MS 50

struct shot *replay_shot(const struct replay *replay, size_t index)
{
	return &replay->chunks[index / REPLAY_CHUNK][index % REPLAY_CHUNK];
}

/* ---- which is next ------------------------------------------------------------------------------ */

static bool beyond_the_end(const struct replay *replay, size_t index)
{
	const struct replay_options *options = replay->options;

	if (index >= (size_t)REPLAY_CHUNKS * REPLAY_CHUNK)
		return true;
	if (options->count > 0 && index >= (size_t)options->count)
		return true;
	return options->loops > 0 && index >= (size_t)options->loops * replay->document_count;
}

static struct shot *take_shot(struct replay *replay, size_t index)
{
	size_t place = index % replay->document_count;
	struct shot *shot;

	if (place == 0 && index > 0)
		replay_order(replay, index / replay->document_count);
	if (replay->chunks[index / REPLAY_CHUNK] == NULL)
		replay->chunks[index / REPLAY_CHUNK] =
			must_alloc(REPLAY_CHUNK * sizeof(struct shot));
	shot = replay_shot(replay, index);
	shot->document = &replay->documents[replay->order[place]];
	if (replay->options->rate > 0)
		shot->intended =
			replay->began + (uint64_t)((double)index * 1000.0 / replay->options->rate);
	return shot;
}

/* NULL when there is nothing more to send. */
static struct shot *next_shot(struct replay *replay)
{
	struct shot *shot = NULL;

	pthread_mutex_lock(&replay->lock);
	if (!atomic_load(&replay->stop) && interrupts() == 0 &&
	    !beyond_the_end(replay, replay->next))
		shot = take_shot(replay, replay->next++);
	pthread_mutex_unlock(&replay->lock);
	return shot;
}

/* False when ^C came first. */
static bool wait_for_turn(const struct shot *shot)
{
	for (uint64_t now = monotonic_ms(); now < shot->intended && interrupts() == 0;
	     now = monotonic_ms()) {
		uint64_t left = shot->intended - now;
		struct timespec pause = {
			.tv_nsec = (long)(left < SLEEP_SLICE_MS ? left : SLEEP_SLICE_MS) * 1000000
		};

		nanosleep(&pause, NULL);
	}
	return interrupts() == 0;
}

/* ---- a thread's connections ------------------------------------------------------------------------ */

struct shooter {
	struct replay *replay;
	struct client *clients[CLIENTS_MOST];
	size_t count;
};

static struct client *known_client(const struct shooter *shooter, const char *party)
{
	for (size_t i = 0; i < shooter->count; i++)
		if (strcmp(client_party(shooter->clients[i]), party) == 0)
			return shooter->clients[i];
	return NULL;
}

static bool client_for(struct shooter *shooter, const char *party, struct client **client,
		       struct failure *why)
{
	struct client_settings settings = shooter->replay->client_settings;

	*client = known_client(shooter, party);
	if (*client != NULL)
		return true;
	if (shooter->count == CLIENTS_MOST) /* the oldest makes room */
		client_close(shooter->clients[--shooter->count]);
	settings.party = party;
	if (!client_open(client, &settings, why))
		return false;
	shooter->clients[shooter->count++] = *client;
	return true;
}

/* ---- one shot ------------------------------------------------------------------------------------------ */

/* Sealed anew for each shot, or once for all with --same-ids. */
static bool seal(struct shooter *shooter, struct shot *shot, struct client *client,
		 struct outgoing *fresh, struct failure *why)
{
	const struct replay_options *options = shooter->replay->options;
	struct outgoing *kept = &shot->document->outgoing;
	bool sealed = true;

	if (!options->same_ids) {
		*fresh = *kept; /* what was read is shared, only looked at */
		fresh->envelope = TEXT_EMPTY;
		if (options->choice.clock != CLOCK_RECORDED)
			fresh->payload = TEXT_EMPTY; /* each gets dates of its own */
		return outgoing_seal(fresh, options->session, client, &options->choice, why);
	}
	pthread_mutex_lock(&shot->document->sealing);
	if (kept->envelope.length == 0)
		sealed = outgoing_seal(kept, options->session, client, &options->choice, why);
	*fresh = *kept;
	pthread_mutex_unlock(&shot->document->sealing);
	return sealed;
}

static bool send(struct shooter *shooter, struct shot *shot, struct client *client,
		 const struct outgoing *outgoing, struct failure *why)
{
	struct arena *arena;
	struct reply reply;
	bool answered;

	if (shooter->replay->options->wait == REPLAY_NONE) {
		shot->state = SHOT_SENT;
		return client_post(client, outgoing->envelope.bytes, outgoing->envelope.length,
				   outgoing->payload.bytes, outgoing->payload.length, why);
	}
	arena = arena_new();
	answered = client_submit(client, arena, outgoing->id, outgoing->envelope.bytes,
				 outgoing->envelope.length, outgoing->payload.bytes,
				 outgoing->payload.length, &reply, why);
	if (answered) {
		shot->busy = reply.busy;
		shot->state = reply.taken ? SHOT_TAKEN : SHOT_REFUSED;
		if (!reply.taken)
			snprintf(shot->code, sizeof shot->code, "%s", reply.why.code);
	}
	arena_free(arena);
	return answered;
}

static void note(struct replay *replay, const struct shot *shot)
{
	if (shot->state == SHOT_FAILED)
		atomic_fetch_add(&replay->failed, 1);
	if (shot->state == SHOT_REFUSED)
		atomic_fetch_add(&replay->refused, 1);
	if (shot->state == SHOT_TAKEN)
		atomic_fetch_add(&replay->taken, 1);
	if (shot->sent > shot->intended + BEHIND_MS)
		atomic_fetch_add(&replay->behind, 1);
	atomic_fetch_add(&replay->finished, 1);
}

static void shoot(struct shooter *shooter, struct shot *shot)
{
	struct outgoing outgoing = { .envelope = TEXT_EMPTY };
	bool own = !shooter->replay->options->same_ids;
	struct client *client;
	struct failure why;
	bool fine;

	shot->sent = monotonic_ms();
	if (shot->intended == 0)
		shot->intended = shot->sent;
	fine = client_for(shooter, shot->document->outgoing.party, &client, &why) &&
	       seal(shooter, shot, client, &outgoing, &why);
	snprintf(shot->id, sizeof shot->id, "%s", outgoing.id);
	fine = fine && send(shooter, shot, client, &outgoing, &why);
	if (!fine) {
		shot->state = SHOT_FAILED;
		snprintf(shot->code, sizeof shot->code, "%s", why.code);
	}
	shot->answered = monotonic_ms();
	if (own) {
		text_free(&outgoing.envelope);
		if (shooter->replay->options->choice.clock != CLOCK_RECORDED)
			text_free(&outgoing.payload);
	}
	note(shooter->replay, shot);
}

void *replay_shooter(void *argument)
{
	struct shooter shooter = { .replay = argument };
	struct shot *shot;

	while ((shot = next_shot(shooter.replay)) != NULL) {
		if (wait_for_turn(shot)) {
			shoot(&shooter, shot);
			continue;
		}
		shot->document = NULL; /* never sent */
		break;
	}
	for (size_t i = 0; i < shooter.count; i++)
		client_close(shooter.clients[i]);
	return NULL;
}
