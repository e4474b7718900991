/*
 * follow - watch what becomes of a message, from the gateway's events.
 *
 * One `hop` row an event, in journal order; each is shown as it comes.
 */
#ifndef NSW_FOLLOW_H
#define NSW_FOLLOW_H

#include "cli/client/client.h"
#include "cli/session.h"
#include "journal/life.h"

/* One batch of events after *since, oldest first, waiting up to wait_ms for the first; *since
 * moves on. `run` NULL: all. */
MUST_CHECK bool follow_events(struct client *operator_client, const char *run, int64_t *since,
			      int64_t wait_ms, struct answer *events, struct failure *why);
/* The journal's last record now: where events of what is sent next begin. */
MUST_CHECK bool follow_position(struct client *operator_client, int64_t *since,
				struct failure *why);

/* What `message` says: the message's own row is the first. */
MUST_CHECK bool follow_message(struct client *operator_client, const char *id,
			       struct answer *answer, struct failure *why);
/* The same, among the messages of that run alone; NULL: of all. */
MUST_CHECK bool follow_message_of(struct client *operator_client, const char *run, const char *id,
				  struct answer *answer, struct failure *why);

/* An operator's connection, and the life cycles that say when a case is over. */
struct follower {
	struct client *client;
	const struct kinds *kinds;
	struct lives *lives;
};
MUST_CHECK bool follower_open(struct follower *out, struct session *session, struct failure *why);
void follower_close(struct follower *follower); /* one that was never opened is fine */

/* Of a `message` row: nothing more will happen; and was it refused? */
bool follow_final(const struct follower *follower, const struct row *message);
bool follow_refused(const struct row *message);

/*
 * Print the trace of a message from record `since` on until its case is final, for up to
 * timeout ms. *code is EXIT_DONE or EXIT_REFUSED; DEFER CLI-004 when time is over (the text names
 * who has not decided).
 */
MUST_CHECK bool follow_to_the_end(struct follower *follower, struct output *output, const char *id,
				  int64_t since, int64_t timeout, enum exit_code *code,
				  struct failure *why);

/* "+0.004s", "+2h05m", "+3d04h": gateway time between two written times; "-" if unreadable. */
#define SPAN_TEXT_SIZE 24
const char *span_text(const char *from, const char *to, char buffer[SPAN_TEXT_SIZE]);

#endif
