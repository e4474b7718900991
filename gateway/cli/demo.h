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

/* Chapters. Each returns true when it went as told. */
typedef bool demo_chapter(struct demo *demo, struct failure *why);
demo_chapter demo_who, demo_sending, demo_decision, demo_mailbox; /* demo_way.c */
demo_chapter demo_forged, demo_twice, demo_broken;		  /* demo_refused.c */
demo_chapter demo_journal, demo_export;				  /* demo_proof.c */

/* A paragraph's line, indented. */
void demo_say(struct demo *demo, const char *format, ...) PRINTF_LIKE(2, 3);
/* What the table says of this chapter. */
void demo_result(struct demo *demo, const char *format, ...) PRINTF_LIKE(2, 3);
/* It went otherwise than told: REJECT CLI-015; returns false. */
bool demo_otherwise(struct failure *why, const char *expected, const char *found);

/* Path of a sample declaration. */
MUST_CHECK bool demo_sample(struct demo *demo, const char *name, const char **path,
			    struct failure *why);
MUST_CHECK bool demo_submit(struct demo *demo, const struct outgoing *outgoing, struct reply *reply,
			    struct failure *why);
/* The first digit of the invoice's amount; false when there is none. */
bool demo_change_one_byte(struct text *payload, char *was, char *is);
/* How much of a failure's text a story needs: not what a digest should have been. */
int demo_reason_length(const struct failure *why);

#endif
