/* client_private - what the files of the client share. */
#ifndef NSW_CLIENT_PRIVATE_H
#define NSW_CLIENT_PRIVATE_H

#include "cli/client/client.h"

/* A delivery that came while something else was waited for. */
struct put_by {
	struct put_by *next;
	struct arena *arena; /* of all of it */
	struct parcel parcel;
};

struct client {
	struct client_settings settings; /* strings are ours */
	struct link *link;
	struct welcome welcome;
	gateway_time time; /* as we were last told */
	uint64_t told;	   /* monotonic: when that was */
	uint64_t spoke;	   /* when we last said something */
	bool greeted;	   /* HELLO was said on this connection */
	bool welcomed;
	struct failure lost;   /* why the connection is or was away; code "" when it never was */
	unsigned asked;	       /* numbers the questions */
	struct put_by *put_by; /* oldest first; no more than the credit at a time */
};

/* Send, after HELLO where the connection is new. */
MUST_CHECK bool client_say(struct client *client, enum verb verb, const void *envelope,
			   size_t envelope_length, const void *payload, size_t payload_length,
			   struct failure *why);
/*
 * Wait a short while (never beyond `until`) for one parcel; *got says whether there is one. The
 * greeting and the heartbeat are dealt with inside. A lost connection is no failure here: it
 * is kept in client->lost, and the caller decides.
 */
MUST_CHECK bool client_hear(struct client *client, struct arena *arena, struct parcel *parcel,
			    bool *got, uint64_t until, struct failure *why);

void client_put_by(struct client *client, const struct parcel *parcel);
void client_drop_put_by(struct client *client);
/* Open what must be signed by the gateway; its digest. */
MUST_CHECK bool from_the_gateway(const struct client *client, struct arena *arena,
				 const struct parcel *parcel, struct envelope *cover,
				 struct digest *digest, struct failure *why);

/* Value of a line `name=value` of a parcel's payload; NULL. */
const char *line_value(struct arena *arena, const struct parcel *parcel, const char *name);
int64_t line_number(struct arena *arena, const struct parcel *parcel, const char *name,
		    int64_t standard);

/* When something that got no answer is said again: after an interval, doubling to a minute. */
struct patience {
	uint64_t until; /* the end of all waiting */
	uint64_t again; /* the next repetition */
	int64_t interval;
};
struct patience patience_for(const struct client *client);
bool patience_over(const struct patience *patience);
bool patience_again(struct patience *patience); /* is it time to repeat? */
/* Why waiting ended: the lost connection if there is one, else CLI-004. Returns false. */
bool patience_ended(const struct client *client, const char *what, struct failure *why);

#endif
