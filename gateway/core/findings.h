/*
 * findings - everything that is wrong with one document, not only the first thing.
 *
 * The schema, the rules and the life cycle each add theirs; a receipt, a refusal, the
 * command line and the portal print them. A list lives in an arena, so do its strings; it
 * belongs to the arena's thread.
 */
#ifndef NSW_FINDINGS_H
#define NSW_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"

struct finding {
	struct finding *next;
	const char *code;    /* "XSD-020", "TOT-01" */
	bool warning;	     /* told, but refuses nothing */
	char layer;	     /* VNACCS class: A system, U authority, S one field, R relation
			      * between fields, E business, L reference data missing */
	const char *text;    /* English */
	const char *text_vi; /* Vietnamese; NULL when there is none */
	const char *hint;    /* what to do about it; NULL */
	const char *hint_vi; /* the same in Vietnamese; NULL */
	const char *path;    /* where, as document.h's node_path(); NULL */
	const char *pointer; /* WCO pointer: "42A/67A/68A[2]/23A/21A/145"; NULL */
	int line;	     /* of the payload; 0 unknown */
};

struct findings {
	struct arena *arena;
	struct finding *first, **last;
	size_t errors, warnings;
};

#define FINDINGS_KEPT 200 /* further ones are counted, not kept */

void findings_start(struct findings *findings, struct arena *arena);
/* Copies the struct and its strings into the arena. */
void findings_add(struct findings *findings, const struct finding *finding);
/* Nothing more is kept: who makes findings may spare the words and only count, with
 * findings_count(). A document with a million mistakes then costs no more than one pass. */
bool findings_full(const struct findings *findings);
void findings_count(struct findings *findings, bool warning);

#endif
