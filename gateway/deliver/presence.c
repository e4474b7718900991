#include "deliver/presence.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"

struct connection {
	struct connection *next;
	char party[PARTY_ID_SIZE];
	struct address address;
	size_t credit;
	int64_t since;
	uint64_t last_heard;
	bool silent;	  /* taken for gone until it is heard again */
	bool settles;	  /* it says SETTLED */
	size_t unsettled; /* deliveries to which it has not */
};

struct absence { /* when a party was last seen to go */
	struct absence *next;
	char party[PARTY_ID_SIZE];
	uint64_t since;
	bool off; /* switched off, whether it is there or not */
};

struct presence {
	pthread_mutex_t lock;
	struct connection *connections; /* newest first */
	struct absence *absences;
	uint64_t started;
};

struct presence *presence_new(void)
{
	struct presence *presence = must_alloc(sizeof *presence);

	pthread_mutex_init(&presence->lock, NULL);
	presence->started = monotonic_ms();
	return presence;
}

void presence_free(struct presence *presence)
{
	if (presence == NULL)
		return;
	for (struct connection *connection = presence->connections, *next; connection != NULL;
	     connection = next) {
		next = connection->next;
		free(connection);
	}
	for (struct absence *absence = presence->absences, *next; absence != NULL; absence = next) {
		next = absence->next;
		free(absence);
	}
	pthread_mutex_destroy(&presence->lock);
	free(presence);
}

static struct connection *at_address(struct presence *presence, const struct address *address)
{
	struct connection *connection = presence->connections;

	while (connection != NULL && !address_same(&connection->address, address))
		connection = connection->next;
	return connection;
}

static struct connection *of_party(struct presence *presence, const char *party)
{
	struct connection *connection = presence->connections;

	while (connection != NULL && (connection->silent || strcmp(connection->party, party) != 0))
		connection = connection->next;
	return connection;
}

static struct absence *absence_of(struct presence *presence, const char *party)
{
	struct absence *absence = presence->absences;

	while (absence != NULL && strcmp(absence->party, party) != 0)
		absence = absence->next;
	return absence;
}

static struct absence *make_absence(struct presence *presence, const char *party)
{
	struct absence *absence = absence_of(presence, party);

	if (absence != NULL)
		return absence;
	absence = must_alloc(sizeof *absence);
	snprintf(absence->party, sizeof absence->party, "%s", party);
	absence->since = presence->started;
	absence->next = presence->absences;
	presence->absences = absence;
	return absence;
}

static void note_absence(struct presence *presence, const char *party, uint64_t monotonic)
{
	make_absence(presence, party)->since = monotonic;
}

void presence_hello(struct presence *presence, const char *party, const struct address *address,
		    size_t credit, bool settles, uint64_t monotonic)
{
	struct connection *connection;

	pthread_mutex_lock(&presence->lock);
	connection = at_address(presence, address);
	if (connection == NULL) {
		connection = must_alloc(sizeof *connection);
		connection->address = *address;
		connection->next = presence->connections;
		presence->connections = connection;
		snprintf(connection->party, sizeof connection->party, "%s", party);
	}
	connection->since = INT64_MAX;
	connection->silent = false;
	connection->credit = credit;
	connection->settles = settles;
	connection->last_heard = monotonic;
	pthread_mutex_unlock(&presence->lock);
}

bool presence_heard(struct presence *presence, const struct address *address, uint64_t monotonic)
{
	struct connection *connection;
	bool back = false;

	pthread_mutex_lock(&presence->lock);
	connection = at_address(presence, address);
	if (connection != NULL) {
		back = connection->silent;
		connection->last_heard = monotonic;
		connection->silent = false;
		if (back)
			connection->since = INT64_MAX;
	}
	pthread_mutex_unlock(&presence->lock);
	return back;
}

void presence_gone(struct presence *presence, const struct address *address, uint64_t monotonic)
{
	pthread_mutex_lock(&presence->lock);
	for (struct connection **link = &presence->connections; *link != NULL;) {
		struct connection *connection = *link;

		if (!address_same(&connection->address, address)) {
			link = &connection->next;
			continue;
		}
		note_absence(presence, connection->party, monotonic);
		*link = connection->next;
		free(connection);
	}
	pthread_mutex_unlock(&presence->lock);
}

size_t presence_sweep(struct presence *presence, uint64_t silent_since, uint64_t monotonic)
{
	struct connection *connection;
	size_t silent = 0;

	pthread_mutex_lock(&presence->lock);
	for (connection = presence->connections; connection != NULL;
	     connection = connection->next) {
		if (connection->silent || connection->last_heard >= silent_since)
			continue;
		connection->silent = true;
		note_absence(presence, connection->party, monotonic);
		silent++;
	}
	pthread_mutex_unlock(&presence->lock);
	return silent;
}

void presence_sent(struct presence *presence, const struct address *address)
{
	struct connection *connection;

	pthread_mutex_lock(&presence->lock);
	connection = at_address(presence, address);
	if (connection != NULL && connection->settles)
		connection->unsettled++;
	pthread_mutex_unlock(&presence->lock);
}

bool presence_settled(struct presence *presence, const struct address *address)
{
	struct connection *connection;
	bool last = false;

	pthread_mutex_lock(&presence->lock);
	connection = at_address(presence, address);
	if (connection != NULL && connection->unsettled > 0)
		last = --connection->unsettled == 0;
	pthread_mutex_unlock(&presence->lock);
	return last;
}

size_t presence_unsettled(struct presence *presence)
{
	struct connection *connection;
	size_t count = 0;

	pthread_mutex_lock(&presence->lock);
	for (connection = presence->connections; connection != NULL; connection = connection->next)
		count += connection->silent ? 0 : connection->unsettled;
	pthread_mutex_unlock(&presence->lock);
	return count;
}

void presence_since(struct presence *presence, const char *party, int64_t seq)
{
	struct connection *connection;

	pthread_mutex_lock(&presence->lock);
	for (connection = presence->connections; connection != NULL; connection = connection->next)
		if (strcmp(connection->party, party) == 0 && connection->since == INT64_MAX)
			connection->since = seq;
	pthread_mutex_unlock(&presence->lock);
}

void presence_switch(struct presence *presence, const char *party, bool off, int64_t seq)
{
	struct connection *connection;

	pthread_mutex_lock(&presence->lock);
	make_absence(presence, party)->off = off;
	for (connection = presence->connections; connection != NULL; connection = connection->next)
		if (!off && strcmp(connection->party, party) == 0 && connection->since != INT64_MAX)
			connection->since = seq;
	pthread_mutex_unlock(&presence->lock);
}

struct presence_view presence_of(struct presence *presence, const char *party)
{
	struct presence_view view = { .connected = false };
	struct connection *connection;
	struct absence *absence;

	pthread_mutex_lock(&presence->lock);
	connection = of_party(presence, party);
	absence = absence_of(presence, party);
	view.absent_since = absence != NULL ? absence->since : presence->started;
	view.off = absence != NULL && absence->off;
	if (connection != NULL && !view.off) {
		view.connected = true;
		view.address = connection->address;
		view.settles = connection->settles;
		view.credit = connection->credit;
		view.since = connection->since;
		view.last_heard = connection->last_heard;
	}
	pthread_mutex_unlock(&presence->lock);
	return view;
}
