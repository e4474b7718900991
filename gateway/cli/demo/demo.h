/*
 * demo - the story that `nsw demo` tells, and what its chapters share. Private to cli/demo.c and
 * this folder.
 *
 *	stage.c		the sandbox it plays in: gateway, ministries, clock; what is handed in
 *	watch.c		waiting for what is to happen, and letting time pass until it does
 *	telling.c	what several chapters say in the same words
 *	needs.c		what an import needs, by the calendar
 *	pilot.c		the first day: papers beside one electronic answer
 *	partner.c	a partner abroad is connected, and sends a certificate
 *	joining.c	a ministry joins, is silent, and is recovered
 *	refusals.c	what is not taken, or taken only once
 *	proof.c		the journal, and what leaves the house
 *	attendance.c	who was connected how, on each of the days
 *
 * Each chapter does something for real, says in plain words what happened, and checks that it
 * happened as told. The first that goes otherwise ends the story with a failure. Who plays which
 * part stands in data: the calendar and the control table are asked, nobody is known by name.
 */
#ifndef NSW_DEMO_H
#define NSW_DEMO_H

#include "cli/follow.h"
#include "cli/outgoing.h"
#include "cli/plan/plan_sheet.h"
#include "cli/plan/planner.h"
#include "cli/running.h"

/* One import of the same goods. Gateway time is set to its day; time skips nothing by itself. */
struct story {
	const char *date, *sample;
	struct outgoing declaration;
	struct reply receipt;
};

enum { PILOT, PARTNER, JOINED, STORIES };

struct demo {
	struct session *session;
	struct arena *arena;
	const char *folder; /* everything the demo makes */
	struct running_choice choice;
	struct running running;
	struct follower follower;
	int64_t seen; /* events before this have been waited for */
	struct planner planner;
	struct story stories[STORIES];
	struct sheet sheet;		  /* what the stories need; a day each, from needs.c */
	const struct plan_task *customs;  /* whose word releases */
	const struct plan_task *late;	  /* on paper in the first story, electronic in the last */
	const struct plan_task *document; /* the partner's, that must be shown */
	struct outgoing certificate;	  /* as the partner sends it */
	const char *result;		  /* of the present chapter, for the table at the end */
};

/* Chapters. Each returns true when it went as told. */
typedef bool demo_chapter(struct demo *demo, struct failure *why);
demo_chapter demo_needs;		     /* needs.c; starts nothing */
demo_chapter demo_opening, demo_papers;	     /* pilot.c */
demo_chapter demo_parallel, demo_arriving;   /* partner.c */
demo_chapter demo_silence, demo_utilisation; /* joining.c */
demo_chapter demo_refusals;		     /* refusals.c */
demo_chapter demo_proof;		     /* proof.c */

/* ---- telling ---- */

/* A paragraph's line, indented. */
void demo_say(struct demo *demo, const char *format, ...) PRINTF_LIKE(2, 3);
void demo_pause(struct demo *demo); /* an empty line */
/* What the table says of this chapter. */
void demo_result(struct demo *demo, const char *format, ...) PRINTF_LIKE(2, 3);
/* It went otherwise than told: REJECT CLI-015; returns false. */
bool demo_otherwise(struct failure *why, const char *expected, const char *found);

/* What the calendar says of the story's day. */
void demo_tell_day(struct demo *demo, const struct story *story);
/* "electronic", "parallel" or "paper": the best way to any of the party's procedures that day. */
const char *demo_way(const struct demo *demo, const char *party, gateway_time at);
/* Who must decide and how each is asked; REJECT CLI-015 when `nsw plan` said something else. */
MUST_CHECK bool demo_tell_tasks(struct demo *demo, const struct story *story,
				const struct answer *about, struct failure *why);
/* States and decisions from record `since` on, with the time since the declaration came. */
void demo_tell_moments(struct demo *demo, const struct answer *about, int64_t since);
/* Empty the mailbox of whoever sent the story's declaration, and say what the answers say, each or
 * only the last; that must approve. */
MUST_CHECK bool demo_tell_answers(struct demo *demo, const struct story *story, bool each,
				  size_t *count, struct failure *why);
/* Parties by date; all hops of the journal are read again. */
MUST_CHECK bool demo_attendance(struct demo *demo, struct failure *why);
/* How much of a failure's text a story needs: not what a digest should have been. */
int demo_reason_length(const char *text);

/* ---- the stage ---- */

/* A folder and the control table; nothing runs yet. */
MUST_CHECK bool demo_prepare(struct demo *demo, struct failure *why);
/* Gateway and everybody but the late one, on the first story's day. */
MUST_CHECK bool demo_start(struct demo *demo, struct failure *why);
void demo_stop(struct demo *demo, bool keep);

/* Path of a sample of that kind's folder. */
MUST_CHECK bool demo_sample(struct demo *demo, const char *kind, const char *name,
			    const char **path, struct failure *why);
MUST_CHECK bool demo_facts(struct demo *demo, const char *path, struct facts **facts,
			   struct failure *why);
/* Gateway time forward to a date or moment; one that has come already is fine. */
MUST_CHECK bool demo_clock(struct demo *demo, const char *to, struct failure *why);
/* Read, and signed at this moment of gateway time. */
MUST_CHECK bool demo_seal(struct demo *demo, const char *path, const struct outgoing_choice *choice,
			  struct outgoing *out, struct failure *why);
/* On a connection of its own: senders come and go. */
MUST_CHECK bool demo_send(struct demo *demo, const struct outgoing *sealed, struct reply *reply,
			  struct failure *why);
/* The story's declaration is sent, and gets a receipt. */
MUST_CHECK bool demo_hand_in(struct demo *demo, struct story *story, struct failure *why);
/* The first digit of the invoice's amount; false when there is none. */
bool demo_change_one_byte(struct text *payload, char *was, char *is);

/* ---- watching ---- */

/* False of no row. */
bool demo_is(const struct row *row, const char *member, const char *value);
/* The task of a party; NULL. */
const struct row *demo_task(const struct answer *about, const char *party);
/* Has its last word come: in effect at once, or held until its hour? */
bool demo_has_answered(const struct answer *about, const char *party);
/* So many events of that name, by that party (NULL: any). */
size_t demo_count(const struct answer *about, const char *party, const char *event);

/* What is waited for: does it hold of a message and all that is known of it? */
struct demo_wish {
	const char *words; /* "everybody who was asked answers" */
	bool (*holds)(const struct demo *demo, const struct answer *about, int64_t number);
	int64_t number;
};
extern const struct demo_wish demo_answered; /* whoever was asked electronically has */
extern const struct demo_wish demo_over;     /* nothing more will happen to the case */

/* *about is yours to free. DEFER CLI-004 when it does not come true. */
MUST_CHECK bool demo_wait(struct demo *demo, const char *id, const struct demo_wish *wish,
			  struct answer *about, struct failure *why);
/* Set the clock forward to whatever falls due in that case, one thing after the other, until the
 * wish holds. DEFER CLI-004 when it does not although nothing is due any more. */
MUST_CHECK bool demo_pass_time(struct demo *demo, const char *id, const struct demo_wish *wish,
			       struct answer *about, struct failure *why);

#endif
