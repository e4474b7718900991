/* respond - the consolidated response: where a case stands, with every agency's word. */
#ifndef NSW_RESPOND_H
#define NSW_RESPOND_H

#include "core/text.h"
#include "deliver/plan.h"
#include "journal/conduct.h"

/* Write the payload of the response to a move; for each task on paper it says where to go, and from
 * which day that will be electronic. */
MUST_CHECK bool respond_write(struct text *out, struct journal *journal, struct arena *arena,
			      const struct plan_data *data, const struct move *move,
			      struct failure *why);

#endif
