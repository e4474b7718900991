/*
 * prune - what is long over gives its bodies back; its records stay.
 *
 * What makes a journal large are the bodies: each message as it came, each delivery as it
 * left. Those of a case that is over may go: the records that name them keep their digests,
 * each body that goes is recorded (`pruned`), and journal_verify() misses a body only when no
 * such record follows the one that names it. So the chain stays as it was, and whoever still
 * has the body can prove it by the digest.
 *
 * Never pruned, however old: records; facts (rules go on seeing what was declared); receipts
 * and refusals (the same message gets the same answer for ever, past its `expires` too); and
 * whatever belongs to a case that is not over, or is over but has a delivery that nobody
 * acknowledged, a dead letter, an open task, a held answer, or a parent or child of which that
 * is true. A body that is named elsewhere as well stays until all who name it are over.
 *
 * The room in the file is used again; the file does not shrink.
 */
#ifndef NSW_PRUNE_H
#define NSW_PRUNE_H

#include "journal/journal.h"

struct pruning {
	gateway_time at;     /* now */
	gateway_time before; /* what was over by then */
	const char *by;	     /* who wants it */
	size_t limit;	     /* bodies at once */
	/* Is that a state in which nothing more happens to a case of that kind? Of a kind that
	 * is not known any more nobody can tell: false. */
	bool (*is_final)(const void *context, const char *kind, const char *state);
	const void *context;
};

/* Inside a transaction; *count bodies went, and as long as it is `limit` there may be more. The
 * cost is one reading of all projections. FAULT JRN-903, JRN-904. */
MUST_CHECK bool journal_prune(struct journal *journal, struct arena *arena,
			      const struct pruning *pruning, size_t *count, struct failure *why);

#endif
