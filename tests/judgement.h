/*
 * judgement - rules of the journal phase, asked on a day about journal facts that a test writes.
 *
 * By the calendar and the register of schemas/; ours_open() must have loaded them. Each
 * finding must speak both languages and say what to do.
 */
#ifndef NSW_TEST_JUDGEMENT_H
#define NSW_TEST_JUDGEMENT_H

#include "core/arena.h"

struct judgement {
	const char *on;	   /* the day */
	const char *facts; /* inside <case>, whose version is 1 */
	const char *codes; /* of all that is found, in order; a warning in parentheses */
};

/* Fails the test where other things are found. */
void judge(const char *kind, const struct judgement *row);
void judge_all(const char *kind, const struct judgement *rows, size_t count);
/* What the first finding says, in English; there must be one. */
const char *judged_text(struct arena *arena, const char *kind, const struct judgement *row);

#endif
