/*
 * demo - the story that `nsw demo` tells, and what its chapters share. Private to demo*.c.
 *
 * Each chapter does something for real, says in plain words what happened, and checks that it
 * happened as told. The first that goes otherwise ends the story with a failure.
 */
#ifndef NSW_DEMO_H
#define NSW_DEMO_H

#include "cli/follow.h"
#include "cli/outgoing.h"
#include "cli/running.h"

struct demo {
	struct session *session;
	struct arena *arena;
	const char *folder; /* everything the demo makes */
	struct running running;
	struct client *trader;
	struct follower follower;
	struct outgoing declaration; /* the one whose way is told */
	struct reply receipt;	     /* what it got */
	const char *result;	     /* of the present chapter, for the table at the end */
};

struct chapter {
	const char *title;
	bool (*tell)(struct demo *demo, struct failure *why);
};

/* In the order they are told; title NULL at the end. */
extern const struct chapter demo_chapters[];

/* A paragraph's line, indented. */
void demo_say(struct demo *demo, const char *format, ...) PRINTF_LIKE(2, 3);
/* What the table says of this chapter. */
void demo_result(struct demo *demo, const char *format, ...) PRINTF_LIKE(2, 3);
/* It went otherwise than told: REJECT CLI-015; returns false. */
bool demo_otherwise(struct failure *why, const char *expected, const char *found);

#endif
