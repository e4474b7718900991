/*
 * case_facts - the small document that rules of the journal phase and guards look at.
 *
 * Its form is in schemas/README.md ("journal facts"). Never the payload: the facts of the
 * message at hand, the case, its tasks, and what the message refers to among its sender's own.
 */
#ifndef NSW_CASE_FACTS_H
#define NSW_CASE_FACTS_H

#include "core/facts.h"
#include "journal/journal.h"

struct case_event {
	const char *name;		     /* "lodge", "decision", "timeout" */
	const char *party, *status, *result; /* of a decision; NULL otherwise */
};

/* In the arena. `case_` may be NULL (an opening message); `known` too. */
xmlDocPtr case_facts(struct journal *journal, struct arena *arena, const struct journal_case *case_,
		     const struct facts *message, const char *declarant,
		     const struct case_event *event);
/* Another case that the message refers to: what="reference" or "document". */
void case_facts_known(xmlDocPtr facts, const char *what, const struct journal_case *known);

#endif
