/*
 * case_facts - the small document that rules of the journal phase and guards look at.
 *
 * Its form is in schemas/README.md ("journal facts"). Never the payload: the facts of the
 * message at hand and of the case's document, the case, its tasks, what the message refers
 * to, and who uses the case.
 */
#ifndef NSW_CASE_FACTS_H
#define NSW_CASE_FACTS_H

#include "core/facts.h"
#include "journal/journal.h"

struct case_event {
	const char *name;		     /* "lodge", "decision", "timeout" */
	const char *party, *status, *result; /* of a decision; NULL otherwise */
};

struct case_view {			  /* what is shown; NULL: not there */
	const struct journal_case *case_; /* NULL: a message that opens one */
	const struct journal_case *parent;
	const char *declarant; /* where there is no case yet */
	const struct facts *message, *document;
	const struct case_event *event;
};

/* In the arena. */
xmlDocPtr case_facts(struct journal *journal, struct arena *arena, const struct case_view *view);

/* Another case that the message refers to: what="reference" or "document", or what its kind
 * calls it. */
xmlNodePtr case_facts_known(xmlDocPtr facts, const char *what, const struct journal_case *known);
/* The facts of that case's document: of its groups only those in which the value stands, when
 * there are such. */
void case_facts_document(xmlNodePtr known, const struct facts *document, const char *value);
/* Documents that the answers in that case issued. */
void case_facts_issued(xmlNodePtr known, struct journal *journal, struct arena *arena,
		       const struct journal_case *issuer);
void case_facts_set(xmlNodePtr node, const char *name, const char *value);

#endif
