/*
 * log - one line an event, on stderr, in logfmt.
 *
 *	log_line(LOG_NOTE, "refused", "id", message_id, "code", why.code, NULL);
 *	=> 2014-02-26T01:15:02.214Z note refused id=3f… code=SIG-002
 *
 * The time is the machine's; gateway time is a field like any other. Values
 * are quoted where needed and control characters escaped, so that no sender
 * can forge a line. Under systemd (JOURNAL_STREAM is set) the line starts with
 * <N> instead of the date. Any thread may log; a line is written with one write.
 */
#ifndef NSW_LOG_H
#define NSW_LOG_H

#include "core/failure.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_NOTE, LOG_DEBUG };

/* Lines above the level are not written; LOG_NOTE at the start. */
void log_level(enum log_level level);

/* Pairs of strings (name, value), ended by NULL; a NULL value is written as "-". */
void log_line(enum log_level level, const char *event, ...) __attribute__((sentinel));

/* The failure's code, place, verdict and text as one line. */
void log_failure(enum log_level level, const char *event, const struct failure *why);

#endif
