#include "core/bus_guard.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/bus_parcel.h"
#include "core/clock.h"
#include "core/log.h"

/* A parsed document takes up to so many times its bytes. */
#define TREE_FACTOR 16

/* What a connection sends that completes no message: less than one frame, and heartbeats. */
#define QUIET_BYTES	       (64 * 1024)
#define QUIET_BYTES_PER_SECOND 64

/* Under a sanitizer memory grows with use as such, by shadows and by what is freed but kept. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif
#define SANITIZED_FACTOR 16

struct guard {
	size_t limit;
	size_t usual;	  /* bytes of memory that are nobody's fault */
	bool was_alarmed; /* what is left now, after the culprits have gone, is usual */
	uint64_t next_look;
	int statm;
	size_t page;
};

/* Memory of our own: resident, less what is shared with files. */
static size_t memory_now(const struct guard *guard)
{
	char text[128];
	ssize_t length = pread(guard->statm, text, sizeof text - 1, 0);
	size_t resident, shared;

	if (length <= 0)
		return 0;
	text[length] = '\0';
	if (sscanf(text, "%*u %zu %zu", &resident, &shared) != 2 || shared > resident)
		return 0;
	return (resident - shared) * guard->page;
}

struct guard *guard_new(size_t limit)
{
	struct guard *guard = must_alloc(sizeof *guard);

	guard->limit = SANITIZED ? limit * SANITIZED_FACTOR : limit;
	guard->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	guard->page = (size_t)sysconf(_SC_PAGESIZE);
	guard->usual = memory_now(guard);
	return guard;
}

void guard_free(struct guard *guard)
{
	if (guard == NULL)
		return;
	if (guard->statm >= 0)
		close(guard->statm);
	free(guard);
}

static bool too_much(const struct guard *guard, size_t memory)
{
	return memory > guard->usual + guard->limit + TREE_FACTOR * parcels_alive();
}

static bool is_suspect(const struct peer *peer, uint64_t now)
{
	uint64_t taken_in, quiet;

	if (peer->cut || peer->completed)
		return false;
	if (!peer_taken_in(peer, &taken_in))
		return true;
	quiet = QUIET_BYTES + QUIET_BYTES_PER_SECOND * (now - peer->heard_at) / 1000;
	return taken_in - peer->taken_in > quiet;
}

static void cut_off(struct peer *peer)
{
	log_line(LOG_WARN, "connection cut off", "code", "BUS-012", "peer", peer->from, "party",
		 peer->spoke ? peer->party : NULL, "text",
		 "an unfinished message took too much memory", NULL);
	peer_cut(peer);
}

static size_t cut_suspects(struct peers *peers, uint64_t now)
{
	struct peer *peer;
	size_t count = 0;

	for (size_t i = 0; (peer = peers_next(peers, &i)) != NULL;) {
		if (is_suspect(peer, now)) {
			cut_off(peer);
			count++;
		}
	}
	return count;
}

static void begin_anew(struct peers *peers)
{
	struct peer *peer;

	for (size_t i = 0; (peer = peers_next(peers, &i)) != NULL;)
		peer->completed = false;
}

size_t guard_look(struct guard *guard, struct peers *peers)
{
	uint64_t now = monotonic_ms();
	size_t memory, count = 0;

	if (now < guard->next_look)
		return 0;
	guard->next_look = now + GUARD_INTERVAL_MS;
	memory = memory_now(guard);
	if (guard->was_alarmed || too_much(guard, memory)) {
		malloc_trim(0); /* what is free already is no alarm */
		memory = memory_now(guard);
	}
	if (guard->was_alarmed || memory < guard->usual)
		guard->usual = memory;
	guard->was_alarmed = too_much(guard, memory);
	if (guard->was_alarmed)
		count = cut_suspects(peers, now);
	begin_anew(peers);
	return count;
}
