/*
 * replay - many documents, at a pace, and what became of them. Private to replay*.c.
 *
 *	replay.c	the command line; the whole from start to summary
 *	replay_source.c	files and folders become a list of documents, in an order
 *	replay_shoot.c	threads that send, each at its intended time
 *	replay_watch.c	one thread that sees from the events how cases end
 *	replay_tell.c	progress, summary, thresholds
 *
 * A `shot` is one submission. Its latency runs from the moment at which it should have been
 * sent: a gateway that holds up the sender does not look faster for it.
 */
#ifndef NSW_REPLAY_H
#define NSW_REPLAY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "cli/command.h"
#include "cli/follow.h"
#include "cli/outgoing.h"

enum replay_wait { REPLAY_NONE, REPLAY_ACCEPTED, REPLAY_FINAL };

struct replay_options {
	struct session *session;
	struct words sources;
	struct outgoing_choice choice;
	struct outgoing_options outgoing; /* where its options go */
	double rate;			  /* a second; 0: as fast as it goes */
	long threads, loops, count;	  /* loops 0: until ^C; count 0: no limit */
	enum replay_wait wait;
	bool shuffle, same_ids, dry_run;
	const char *seed, *threshold;
};

/* A document of the sources. */
struct replay_document {
	struct outgoing outgoing; /* payload, kind, party */
	pthread_mutex_t sealing;  /* --same-ids: sealed by whoever comes first */
};

enum shot_state { SHOT_WAITING, SHOT_SENT, SHOT_TAKEN, SHOT_REFUSED, SHOT_FAILED };

struct shot {
	struct replay_document *document;
	char id[UUID_SIZE];
	enum shot_state state;
	uint64_t intended, sent, answered; /* monotonic */
	char code[24];			   /* of a refusal or failure */
	unsigned busy;

	/* the watcher's */
	char end[36];	/* final state of its case; empty while there is none */
	uint64_t ended; /* monotonic */
};

/* Figures of one party, in gateway time. */
struct replay_party {
	char id[PARTY_ID_SIZE];
	int64_t *took; /* ms, one a decision */
	size_t count, room;
};

#define REPLAY_PARTIES 32
#define REPLAY_CHUNK   1024
#define REPLAY_CHUNKS  65536

struct replay {
	const struct replay_options *options;
	struct replay_document *documents;
	size_t document_count;
	size_t *order; /* of the present loop */
	struct client_settings operator_settings;
	struct client_settings client_settings; /* party: each document's own */

	/* Shots are kept in chunks that never move: a shot belongs to the thread that sends it until
	 * it is answered. */
	struct shot *chunks[REPLAY_CHUNKS];
	pthread_mutex_t lock; /* next, order, and the chunks' being there */
	size_t next;
	uint64_t began;
	atomic_size_t finished, failed, refused, taken, ended, behind;
	atomic_bool stop; /* no further shot */
	atomic_bool done; /* nobody sends any more: the watcher may stop when all have ended */

	/* the watcher's, read when it has been joined */
	struct replay_party parties[REPLAY_PARTIES];
	size_t party_count;
	struct failure watch_failure;
	bool watch_failed;
};

struct shot *replay_shot(const struct replay *replay, size_t index);

/* ---- replay_source.c */
/* All documents; what cannot be read or is of no known kind is told and left out (*code says
 * so). REJECT CLI-009 when nothing is left. */
MUST_CHECK bool replay_collect(struct replay *replay, enum exit_code *code, struct failure *why);
void replay_release(struct replay *replay);
/* The order of one loop. */
void replay_order(struct replay *replay, size_t loop);

/* ---- replay_shoot.c */
void *replay_shooter(void *replay);

/* ---- replay_watch.c */
struct replay_watch {
	struct replay *replay;
	struct follower follower; /* opened by the main thread */
	int64_t since;
};
void *replay_watcher(void *watch);

/* ---- replay_tell.c */
void replay_progress(struct replay *replay, bool last);
/* Summary and thresholds; the exit code they mean. */
enum exit_code replay_tell(struct replay *replay);
/* "p95<500ms,errors<1%". REJECT CLI-001. */
MUST_CHECK bool replay_threshold_check(const char *text, struct failure *why);

#endif
