/* filing - a message with its signed answer, put into the journal. Private to gateway/journal. */
#ifndef NSW_FILING_H
#define NSW_FILING_H

#include "journal/conduct.h"

/* Bodies (envelope, payload, facts, receipt) and the record of a message that is accepted. */
MUST_CHECK bool file_message(struct conduct *conduct, const struct message *message,
			     const char *case_id, const char *event, struct failure *why);

#endif
