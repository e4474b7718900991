/*
 * profile - how a simulated party decides: the decision half of a party's file.
 *
 * adapters/ID.xml holds both halves; core/party.h reads who the party is, this file how its
 * simulation answers. README.md in this folder describes the table for those who write one.
 * A table is compiled once and refused whole, with FILE:LINE, when any of it is wrong; a
 * compiled profile is read-only and shared by all threads.
 *
 * A table is read from the top and the first row that fits decides. Its steps are answered
 * in order: all but the last are interim, the last one ends the delivery. A table without a
 * row for every request does not compile, so that no request meets silence by mistake; a row that
 * is to be met with silence says so. A party whose table answers nothing ("none") owes no decision:
 * its rows may have no step at all.
 */
#ifndef NSW_ADAPTERS_PROFILE_H
#define NSW_ADAPTERS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/facts.h"
#include "core/failure.h"
#include "core/kind.h"
#include "core/rules.h"

#define WHOLE_DRAW 1000000 /* a draw is counted in millionths: shares add up exactly */

/* What a document's number may leave open: "{reference}", "{year}", "{draw}". */
enum place { PLACE_REFERENCE, PLACE_YEAR, PLACE_DRAW, PLACES };
/* The place at the front of `text`, and how many bytes its name has; PLACES when none is. */
enum place place_at(const char *text, size_t *length);

/* A document that a step issues: a permit, a certificate. */
struct issue {
	const char *type;      /* UNCL 1001: "853" */
	const char *number;    /* "TY-{year}-{draw}" */
	int64_t valid;	       /* ms from the step's moment; 0: without an end */
	struct question *when; /* over the facts; NULL: always */
	const char *as;	       /* one and the same in all steps of its decision; NULL */
};

struct transform;

/* An answer of the party's own kind, with a status; or with `send` a message of another. */
struct step {
	const char *name;		 /* unique in its decision: it makes the answer's id */
	struct question *when;		 /* over the facts: else left out; NULL: always */
	const char *send;		 /* kind of the message; NULL: an answer */
	struct transform *transform;	 /* of `send`: makes its payload */
	const char *result;		 /* RES: AP RE CA AJ; NULL for LPR */
	const char *status;		 /* "CHANNELLED", "APPROVED"; NULL with `send` */
	const char *note;		 /* "GREEN"; NULL */
	int64_t after_least, after_most; /* ms since the step before; equal: no draw */
	bool cites_items;
	const char *code, *text, *text_vi, *hint; /* of a refusal; code NULL: none */
	const struct issue *issues;
	size_t issue_count;
};

/* One row of the table. */
struct decision {
	const char *id;		  /* NULL: it came alone, and said none */
	struct question *when;	  /* over the facts; NULL: any */
	struct question *payload; /* over the payload's own tree; NULL: any */
	const char *draw;	  /* name of a keyed draw; NULL: any */
	int from, below;	  /* millionths of that draw */
	bool silent;		  /* nothing decides: its steps, if any, are interim */
	const struct step *steps;
	size_t step_count;
};

/* Terms of a table: what holds for all of its rows. */
struct wait {
	struct question *when;	  /* over the facts; NULL: always */
	struct question *seconds; /* over the facts: a number; anything else is 0 */
	bool instead;		  /* of the times of the steps, and not besides them */
};
struct validity {
	struct question *when; /* over the facts; NULL: always */
	int64_t valid;	       /* ms, of every document that has an end */
};

struct seen {
	const char *kind;
	bool answered; /* no: it is for information, and gets the technical receipt only */
};

struct profile {
	const char *party, *role;
	const char *file;
	const char *answer; /* "RES", "LPR" or "none" */
	const struct seen *sees;
	size_t seen_count;
	const struct wait *waits;
	size_t wait_count;
	const struct validity *validities;
	size_t validity_count;
	const struct decision *decisions;
	size_t decision_count;

	const struct kinds *kinds; /* borrowed */
	struct arena *arena;	   /* all of the above */
	struct rules_world world;  /* of the questions */
};

/* `kinds` must outlive the profile. FAULT PRF-901 the file is broken, RUL-903 an XPath in it
 * is, ADP-010 a style sheet is; place is FILE:LINE. */
MUST_CHECK bool profile_load(struct profile **out, const char *path, const struct kinds *kinds,
			     struct failure *why);
void profile_free(struct profile *profile); /* NULL is fine */

bool profile_sees(const struct profile *profile, const char *kind);
bool profile_answers(const struct profile *profile, const char *kind);

/*
 * A <decision> that comes alone, from somebody who decides in place of the table: its steps
 * have the form and are held to the rules of a row of this profile; `id` is optional. `name`
 * stands in failures. It lives in the arena. FAULT PRF-901, RUL-903, ADP-010, and the codes of
 * document_parse().
 */
MUST_CHECK bool decision_read(const struct decision **out, struct arena *arena,
			      const struct profile *profile, const char *name, const void *bytes,
			      size_t length, struct failure *why);

#endif
