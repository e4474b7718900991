/*
 * process - the programs that `nsw up` starts, and how they are found and ended again.
 *
 * A process is held by a descriptor (pidfd), so that a number that was given to somebody else
 * meanwhile is never signalled. One thread.
 */
#ifndef NSW_PROCESS_H
#define NSW_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/failure.h"
#include "core/programs.h"

struct process {
	pid_t pid; /* 0: none */
	int descriptor;
	bool child; /* ours to reap */
};

/*
 * Start a program (argv[0] is its path, NULL at the end). It writes to the log file, or without one
 * to our stderr. Detached, it has a session of its own and outlives us; otherwise it ends
 * when we do. ^C at the terminal is never for it. Settings (NSW_...) are not inherited: they are
 * in the file that it is told to read. With `within` no program is executed: that is run in a copy
 * of this process, which must have no threads. FAULT CLI-010.
 */
MUST_CHECK bool process_start(struct process *out, const char *const argv[], program_main *within,
			      const char *log, bool detached, struct failure *why);
/* Run to the end. FAULT CLI-014 when it cannot be run or fails. */
MUST_CHECK bool process_run(const char *const argv[], struct failure *why);

/* The process that a pid file names, if it still runs: one of its arguments is a program of that
 * name, one lies in the state folder. False when there is none. */
bool process_find(struct process *out, const char *pid_file, const char *program,
		  const char *state);

/* Has it ended? Waits up to timeout_ms (0: looks). *status as waitpid() gives it, -1 if unknown. */
bool process_ended(struct process *process, int timeout_ms, int *status);
/* SIGKILL, and no waiting: for what nobody needs any more. */
void process_kill(const struct process *process);
/* SIGTERM, patience, SIGKILL. True when it ended by itself. NULL pid is fine. */
bool process_stop(struct process *process, int patience_ms);

#endif
