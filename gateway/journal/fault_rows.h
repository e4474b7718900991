/*
 * fault_rows - faults in the journal: which there are, and what they struck.
 *
 * Read from the projections fault_, fired_ and switch_. A fault is kept as the line that it was
 * written in (core/fault.h); once it is removed or its time is over it is none of "those there
 * are". Firings are of one try: one attempt, counted over everything that was ever tried of a
 * delivery.
 */
#ifndef NSW_FAULT_ROWS_H
#define NSW_FAULT_ROWS_H

#include "journal/journal.h"

struct journal_fault {
	int64_t seq;	     /* of its record: what tells two of one id apart */
	int64_t seen, fired; /* attempts that it fitted, and those that it struck */
	gateway_time until;  /* 0: until it is removed */
	const char *id, *party, *line, *run;
};

/* Those there are, in the order they were added; of one party, of one run (NULL: all). */
size_t journal_faults(struct journal *journal, struct arena *arena, const char *party,
		      const char *run, gateway_time now, struct journal_fault **out);
/* Not removed, though its time may be over. */
bool journal_fault(struct journal *journal, struct arena *arena, const char *id,
		   struct journal_fault *out);
int64_t journal_faults_ever(struct journal *journal); /* how many were added, all told */

struct journal_firing {
	const char *id, *line; /* of the fault */
	int64_t later;
};
/* What is recorded for that try of a delivery. */
size_t journal_firings(struct journal *journal, struct arena *arena, const char *delivery,
		       int64_t try, struct journal_firing **out);
/* How often a fault struck a message, and did it strike that try? */
int64_t journal_fired(struct journal *journal, const struct journal_fault *fault,
		      const char *delivery);
bool journal_fired_at(struct journal *journal, const struct journal_fault *fault,
		      const char *delivery, int64_t try);
/* Is there, at that party, a fault, or for the next try of that delivery, a firing? */
bool journal_faulty(struct journal *journal, const struct journal_delivery *delivery,
		    gateway_time now);
/* Is one held back at that party until another has gone? */
bool journal_held_behind(struct journal *journal, const char *party);
/* Sum of what the firings of its last try add to an answer, in ms. */
int64_t journal_reply_later(struct journal *journal, const struct journal_delivery *delivery);

/* Parties that are switched off. */
size_t journal_switched_off(struct journal *journal, struct arena *arena,
			    const char *const **parties);

#endif
