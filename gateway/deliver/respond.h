/* respond - the consolidated response: where a case stands, with every agency's word. */
#ifndef NSW_RESPOND_H
#define NSW_RESPOND_H

#include "core/text.h"
#include "journal/conduct.h"

/* Write the RES payload for a move. */
MUST_CHECK bool respond_write(struct text *out, struct journal *journal, struct arena *arena,
			      const struct move *move, struct failure *why);

#endif
