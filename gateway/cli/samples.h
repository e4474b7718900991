/* samples - the documents that come with the kinds, by name. */
#ifndef NSW_SAMPLES_H
#define NSW_SAMPLES_H

#include "cli/session.h"

/*
 * The file of a sample: a NAME as `nsw samples ls` shows it, KIND/NAME, or any part of that which only
 * one sample has; "samples/" may stand before it and ".xml" behind. In the session's arena. REJECT
 * CLI-009 when none or several fit, with those that do.
 */
MUST_CHECK bool sample_find(struct session *session, const char *name, const char **path,
			    struct failure *why);

#endif
