#include "core/bus_peers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h> /* the C library's tcp_info ends before tcpi_bytes_received */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"

struct departure {
	struct address address;
	char party[PARTY_ID_SIZE];
};

struct peers {
	struct peer *rows; /* by descriptor: small numbers, each used once at a time */
	size_t count, open;
	struct departure *departures; /* from `told` to `departed` not yet asked for */
	size_t told, departed, room;
};

struct peers *peers_new(void)
{
	return must_alloc(sizeof(struct peers));
}

static void forget(struct peer *peer)
{
	if (peer->open && peer->watch >= 0)
		close(peer->watch);
	*peer = (struct peer){ .watch = -1 };
}

void peers_free(struct peers *peers)
{
	if (peers == NULL)
		return;
	for (size_t i = 0; i < peers->count; i++)
		forget(&peers->rows[i]);
	free(peers->rows);
	free(peers->departures);
	free(peers);
}

/* ---- one connection ------------------------------------------------------------------- */

static bool is_socket(int descriptor)
{
	struct stat status;

	return fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
}

/*
 * The connection may be over already, and its number be somebody's file. Such a file is never
 * copied knowingly, and never closed if it was: closing it would drop every lock that this process,
 * SQLite that is, holds on it.
 */
static int copy_of(int descriptor)
{
	int copy = is_socket(descriptor) ? fcntl(descriptor, F_DUPFD_CLOEXEC, 0) : -1;

	return copy >= 0 && is_socket(copy) ? copy : -1;
}

static void describe(struct peer *peer)
{
	union {
		struct sockaddr any;
		struct sockaddr_in inet;
		struct sockaddr_storage room;
	} address = { .any.sa_family = AF_UNSPEC };
	socklen_t length = sizeof address;
	struct ucred who;
	socklen_t who_length = sizeof who;
	char host[INET_ADDRSTRLEN];

	if (getpeername(peer->watch, &address.any, &length) != 0)
		return;
	if (address.any.sa_family == AF_INET &&
	    inet_ntop(AF_INET, &address.inet.sin_addr, host, sizeof host) != NULL)
		snprintf(peer->from, sizeof peer->from, "%s:%d", host,
			 ntohs(address.inet.sin_port));
	else if (getsockopt(peer->watch, SOL_SOCKET, SO_PEERCRED, &who, &who_length) == 0)
		snprintf(peer->from, sizeof peer->from, "pid %d uid %u", (int)who.pid, who.uid);
}

bool peer_taken_in(const struct peer *peer, uint64_t *bytes)
{
	struct tcp_info figures;
	socklen_t length = sizeof figures;

	if (getsockopt(peer->watch, IPPROTO_TCP, TCP_INFO, &figures, &length) != 0)
		return false;
	*bytes = figures.tcpi_bytes_received;
	return true;
}

void peer_cut(struct peer *peer)
{
	peer->cut = true;
	if (peer->watch >= 0)
		shutdown(peer->watch, SHUT_RDWR);
}

/* Who leaves closes its end, which reads as an end of file or a reset. A connection whose other
 * end is still there, with bytes to read or just now without, was closed on this side. */
static enum peer_end how_it_ended(const struct peer *peer)
{
	ssize_t read;
	char byte;

	if (peer->cut)
		return PEER_CUT;
	if (peer->watch < 0)
		return PEER_LEFT;
	read = recv(peer->watch, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	if (read > 0 || (read < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)))
		return PEER_DROPPED;
	return PEER_LEFT;
}

/* ---- all of them ---------------------------------------------------------------------- */

static struct peer *row_of(struct peers *peers, int descriptor)
{
	size_t wanted = (size_t)descriptor + 1;

	if (wanted > peers->count) {
		size_t count = wanted > 2 * peers->count ? wanted : 2 * peers->count;

		peers->rows = must_realloc(peers->rows, count * sizeof *peers->rows);
		for (size_t i = peers->count; i < count; i++)
			peers->rows[i] = (struct peer){ .watch = -1 };
		peers->count = count;
	}
	return &peers->rows[descriptor];
}

struct peer *peers_on(struct peers *peers, int descriptor)
{
	struct peer *peer = row_of(peers, descriptor);

	if (!peer->open) {
		forget(peer);
		peer->open = true;
		peer->heard_at = monotonic_ms();
		peers->open++;
	}
	return peer;
}

static void depart(struct peers *peers, const struct peer *peer)
{
	struct departure *departure;

	if (peers->departed == peers->room) {
		peers->room = peers->room != 0 ? 2 * peers->room : 16;
		peers->departures =
			must_realloc(peers->departures, peers->room * sizeof *departure);
	}
	departure = &peers->departures[peers->departed++];
	departure->address = peer->address;
	memcpy(departure->party, peer->party, sizeof departure->party);
}

/* Its first message may have been read before: then the row is open, and has a name already. */
void peers_accept(struct peers *peers, int descriptor)
{
	struct peer *peer = peers_on(peers, descriptor);

	if (peer->watch >= 0)
		close(peer->watch);
	peer->watch = copy_of(descriptor);
	describe(peer);
}

struct peer *peers_heard(struct peers *peers, const struct address *address, const char *party,
			 const char *key)
{
	struct peer *peer = peers_on(peers, address->descriptor);

	if (peer->spoke && !address_same(&peer->address, address)) {
		depart(peers, peer); /* a straggler of an older connection had taken the row */
		peer->spoke = false;
	}
	if (!peer->spoke) {
		peer->spoke = true;
		peer->address = *address;
		snprintf(peer->party, sizeof peer->party, "%s", party);
		snprintf(peer->key, sizeof peer->key, "%s", key);
	}
	peer->completed = true;
	peer->heard_at = monotonic_ms();
	if (!peer_taken_in(peer, &peer->taken_in))
		peer->taken_in = 0;
	return peer;
}

struct peer *peers_find(struct peers *peers, const struct address *address)
{
	struct peer *peer;

	if (address->descriptor < 0 || (size_t)address->descriptor >= peers->count)
		return NULL;
	peer = &peers->rows[address->descriptor];
	return peer->spoke && address_same(&peer->address, address) ? peer : NULL;
}

struct peer *peers_next(struct peers *peers, size_t *position)
{
	while (*position < peers->count) {
		struct peer *peer = &peers->rows[(*position)++];

		if (peer->open)
			return peer;
	}
	return NULL;
}

size_t peers_open(const struct peers *peers)
{
	return peers->open;
}

enum peer_end peers_leave(struct peers *peers, int descriptor, struct peer *was)
{
	struct peer *peer = row_of(peers, descriptor);
	enum peer_end end;

	*was = *peer;
	if (!peer->open)
		return PEER_UNKNOWN;
	end = how_it_ended(peer);
	if (peer->spoke)
		depart(peers, peer);
	forget(peer);
	peers->open--;
	return end;
}

bool peers_departed(struct peers *peers, struct address *address, char party[PARTY_ID_SIZE])
{
	const struct departure *departure;

	if (peers->told == peers->departed)
		return false;
	departure = &peers->departures[peers->told];
	*address = departure->address;
	memcpy(party, departure->party, sizeof departure->party);
	if (++peers->told == peers->departed)
		peers->told = peers->departed = 0;
	return true;
}
