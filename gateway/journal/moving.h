/*
 * moving - a case takes a row of its life, and what follows from that for other cases.
 *
 * Private to gateway/journal, inside the clerk's transaction. A move may make others: a case
 * tells those it refers to, and decides a task of the case in whose course it was opened. They
 * hang on move->next, in the order they were made.
 */
#ifndef NSW_MOVING_H
#define NSW_MOVING_H

#include "journal/case_facts.h"
#include "journal/conduct.h"

/* The document that the case is about now: its kind, facts, payload and origin. FAULT JRN-907 the
 * journal lacks it, JRN-908 its kind is no longer loaded. */
MUST_CHECK bool moving_document(struct conduct *conduct, struct move *move, struct failure *why);

/* An event meets the case of `move` (case_, by, cause, at are set, and what is carried); `message`:
 * facts of what brings it; NULL. move->made is false when no row takes it. FAULT as above, RUL-901,
 * LIF-904 lives that tell each other for ever. */
MUST_CHECK bool moving_by(struct conduct *conduct, struct move *move, const struct facts *message,
			  const struct case_event *event, struct failure *why);

/* REJECT LIF-003 amended too often. */
MUST_CHECK bool moving_can_amend(const struct journal_case *case_, struct failure *why);
/* move->row is taken. REJECT LIF-003 amended too often. */
MUST_CHECK bool moving_make(struct conduct *conduct, const struct life *life, struct move *move,
			    const char *event, struct failure *why);

#endif
