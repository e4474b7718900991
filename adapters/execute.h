/*
 * execute - a command of the shell, with an input, a deadline and bounds.
 *
 * It runs in a process group of its own, with nothing open but its three streams. Both ways
 * are attended to at once, so that neither side waits for the other. When it ends, fails or is
 * late, its whole group is killed and it is reaped: nothing of it is left, except what took a
 * session of its own.
 *
 * Any thread may call; the caller waits. The process must ignore SIGPIPE, because a command
 * need not read its input. When the calling thread ends, so does the command.
 */
#ifndef NSW_ADAPTERS_EXECUTE_H
#define NSW_ADAPTERS_EXECUTE_H

#include <stddef.h>
#include <stdint.h>

#include "core/failure.h"
#include "core/text.h"

#define EXECUTE_OUTPUT (64 * 1024) /* bytes of standard output; more is nonsense */
#define EXECUTE_SAID   300	   /* bytes kept of standard error: the last ones */

struct command {
	const char *line;		/* for /bin/sh -c */
	const char *const *environment; /* "NAME=value", NULL at the end; all that it gets */
	const void *input;
	size_t input_length;
	int64_t within; /* ms */
	int stop;	/* a descriptor that becomes readable: give up at once; -1: none */
};

/* What it wrote, appended; `said` is the end of its standard error, "" when it was silent.
 * DEFER, the text with what it said: ADP-020 not within its time, or stopped; ADP-021 it
 * failed: a status other than 0, or a signal; ADP-022 too much output. FAULT ADP-023 it could
 * not be started. */
MUST_CHECK bool execute(struct text *output, char said[EXECUTE_SAID + 1],
			const struct command *command, struct failure *why);

#endif
