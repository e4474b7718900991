/*
 * links - how cases hang together: keys that find them, references to them, uses of them.
 *
 * A kind says by what words its cases are found (<key>), what its messages refer to
 * (<refers>) and which cases they are events of (<concerns>); core/kind.h. Private to
 * gateway/journal, inside the clerk's transaction. All: FAULT RUL-901, JRN-….
 */
#ifndef NSW_LINKS_H
#define NSW_LINKS_H

#include "journal/conduct.h"

#define LINKS_MOST 20 /* found things that one <refers> of a kind shows */

/* One thing that a message refers to, found. */
struct link_found {
	const char *what, *value;
	const char *quantity, *unit; /* that the message uses of it; NULL: nothing is used up */
	struct journal_case case_;
};

/* Write down the words under which the case is found from now on; those of its last document
 * are forgotten first. `answer`: the facts are of a decision in the case. */
MUST_CHECK bool links_keep_keys(struct conduct *conduct, const struct kind *kind,
				const struct facts *facts, const char *case_id, bool answer,
				gateway_time at, struct failure *why);

/* What a message with these facts refers to and the journal knows; in the arena. `sender` for
 * the keys that find one's own cases only. */
MUST_CHECK bool links_find(struct conduct *conduct, const struct kind *kind,
			   const struct facts *facts, const char *sender, gateway_time at,
			   struct link_found **out, size_t *count, struct failure *why);
/* The case refers to these from now on, and no longer to what it referred to before. */
MUST_CHECK bool links_keep_uses(struct conduct *conduct, const char *case_id,
				const struct link_found *found, size_t count, gateway_time at,
				struct failure *why);
MUST_CHECK bool links_free_uses(struct conduct *conduct, const char *case_id, gateway_time at,
				struct failure *why);
/* Exact sum of what other cases than `but` use of it under that word; "0" without any. */
const char *links_used(struct conduct *conduct, const struct journal_case *target,
		       const char *value, const char *but);

/* The case that a message of a kind with <concerns> is an event of: the sender's own, or one of
 * which something was delivered to it. *found false: none. */
MUST_CHECK bool links_concerned(struct conduct *conduct, const struct kind *kind,
				const struct facts *facts, const char *sender, gateway_time at,
				struct journal_case *out, bool *found, struct failure *why);

#endif
