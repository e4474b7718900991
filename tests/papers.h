/*
 * papers - documents of our kinds held against everything their folders say of them.
 *
 * The group's set-up and tear-down are those of ours.h. Whatever does not hold fails the test, with
 * the file and what was said.
 */
#ifndef NSW_TEST_PAPERS_H
#define NSW_TEST_PAPERS_H

#include "ours.h"

const struct kind *papers_kind(const char *id); /* it exists */

/* Facts of a document; NULL when its schema or a rule has anything to say against it, a warning
 * too. It is judged on the day it was drawn up: its IssueDateTime. */
struct facts *papers_read(struct arena *arena, const char *path);

/* Every sample of the folder is accepted without a remark, and there are so many at least. */
void papers_samples(const char *folder, size_t least);
/* Every file of tests/corpus/FOLDER/CODE is told CODE, in both languages and with its place;
 * every rule of schemas/FOLDER/rules.sch has such a folder. */
void papers_corpus(const char *folder);

/* What rules of the journal phase say to these journal facts: the first code, warnings too;
 * "OK" when nothing. */
struct papers_past {
	const char *facts, *code;
};
void papers_pasts(const char *kind, gateway_time at, const struct papers_past *pasts, size_t count);

/* What a life makes of an event. */
struct papers_step {
	const char *state, *event;
	const char *facts; /* inside <case> */
	const char *to;	   /* "=": the same; NULL: no row takes it */
	const char *send;  /* NULL: nothing */
};
void papers_steps(const char *kind, gateway_time at, const struct papers_step *steps, size_t count);
/* The row itself, which must exist. */
const struct life_row *papers_row(const char *kind, gateway_time at,
				  const struct papers_step *step);
/* Each of these states is met by `query`, and ends by itself unless it is final. */
void papers_states(const char *kind, const char *const states[]);

#endif
