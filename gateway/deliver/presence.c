#include "deliver/presence.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct connection {
	struct connection *next;
	char party[PARTY_ID_SIZE];
	struct address address;
	size_t credit;
	int64_t since;
	uint64_t last_heard;
};

struct presence {
	pthread_mutex_t lock;
	struct connection *connections; /* newest first */
};

struct presence *presence_new(void)
{
	struct presence *presence = must_alloc(sizeof *presence);

	pthread_mutex_init(&presence->lock, NULL);
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

	while (connection != NULL && strcmp(connection->party, party) != 0)
		connection = connection->next;
	return connection;
}

void presence_hello(struct presence *presence, const char *party, const struct address *address,
		    size_t credit, uint64_t monotonic)
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
	connection->credit = credit;
	connection->last_heard = monotonic;
	pthread_mutex_unlock(&presence->lock);
}

void presence_heard(struct presence *presence, const struct address *address, uint64_t monotonic)
{
	struct connection *connection;

	pthread_mutex_lock(&presence->lock);
	connection = at_address(presence, address);
	if (connection != NULL)
		connection->last_heard = monotonic;
	pthread_mutex_unlock(&presence->lock);
}

static size_t drop_if(struct presence *presence, const struct address *address,
		      uint64_t silent_since)
{
	size_t dropped = 0;

	pthread_mutex_lock(&presence->lock);
	for (struct connection **link = &presence->connections; *link != NULL;) {
		struct connection *connection = *link;

		if (address != NULL ? address_same(&connection->address, address)
				    : connection->last_heard < silent_since) {
			*link = connection->next;
			free(connection);
			dropped++;
		} else {
			link = &connection->next;
		}
	}
	pthread_mutex_unlock(&presence->lock);
	return dropped;
}

void presence_gone(struct presence *presence, const struct address *address)
{
	drop_if(presence, address, 0);
}

size_t presence_sweep(struct presence *presence, uint64_t silent_since)
{
	return drop_if(presence, NULL, silent_since);
}

void presence_since(struct presence *presence, const char *party, int64_t seq)
{
	struct connection *connection;

	pthread_mutex_lock(&presence->lock);
	connection = of_party(presence, party);
	if (connection != NULL)
		connection->since = seq;
	pthread_mutex_unlock(&presence->lock);
}

struct presence_view presence_of(struct presence *presence, const char *party)
{
	struct presence_view view = { .connected = false };
	struct connection *connection;

	pthread_mutex_lock(&presence->lock);
	connection = of_party(presence, party);
	if (connection != NULL) {
		view.connected = true;
		view.address = connection->address;
		view.credit = connection->credit;
		view.since = connection->since;
		view.last_heard = connection->last_heard;
	}
	pthread_mutex_unlock(&presence->lock);
	return view;
}
