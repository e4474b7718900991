/*
 * life - what may happen to a case, and what follows: life.xml, compiled.
 *
 * A life is a table of rows: from which states, on which event, under which guard, to which
 * state, with which effects. The first row that fits wins; an event without a row is
 * refused. The grammar is in schemas/README.md, the guards are XPath over the journal facts.
 *
 * Read-only after loading, shared by all threads.
 */
#ifndef NSW_LIFE_H
#define NSW_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/failure.h"
#include "core/kind.h"

struct lives;
struct life;

/* "what:event": an event for the cases that this one refers to as `what`. */
struct life_telling {
	const char *what, *event;
};

struct life_row {
	const char *to;	    /* "=": the state stays */
	const char *send;   /* AP RE CA AJ, or "state": a response with that result; NULL: none */
	const char *answer; /* kind of that response: "RES", or another one written like it */
	const char *const *forward; /* what made the move goes to these; may be empty */
	const char *const *ask;	    /* the same, and they must decide */
	bool again;		    /* the case's document goes to the sender of the event */
	const struct life_telling *tells;
	size_t tell_count;
	const char *decides, *fails; /* a procedure of the parent case that this decides; NULL */
	bool number;		     /* issue the gateway's number */
	bool plan;		     /* open the tasks of the control table */
	bool withdraw;		     /* open tasks and held answers are withdrawn */
	bool amend;		     /* a new version of the case */
	int line;		     /* in its file, for traces */
};

/* One life a kind, the generic one (GENERIC/life.xml in one of the folders) where a kind has
 * none. FAULT LIF-901 file broken (FILE:LINE), LIF-902 a row names a state that does not exist,
 * LIF-903 a state that cannot be reached or cannot be left; RUL-903 a guard. */
MUST_CHECK bool lives_load(struct lives **out, const struct kinds *kinds,
			   const char *const folders[], struct failure *why);
void lives_free(struct lives *lives); /* NULL is fine */

/* NULL for a kind that opens no case. */
const struct life *life_of(const struct lives *lives, const struct kind *kind);
bool life_opens(const struct life *life, const char *event);   /* a row from "" */
const char *life_state(const struct life *life, size_t index); /* its states; NULL past the end */
bool life_final(const struct life *life, const char *state);
/* What `send="state"` says in that state. */
const char *life_result(const struct life *life, const char *state);
/* What a case in that state has used of others no longer counts. */
bool life_frees(const struct life *life, const char *state);
/* Gateway time a case may stay in a state before the event "timeout"; 0: for ever. */
int64_t life_timeout(const struct life *life, const char *state);

/* The row for an event in a state; *row NULL when nothing fits. FAULT RUL-901. */
MUST_CHECK bool life_row(const struct life *life, const char *state, const char *event,
			 xmlDocPtr facts, gateway_time at, const struct life_row **row,
			 struct failure *why);

#endif
