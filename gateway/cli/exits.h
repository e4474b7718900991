/*
 * exits - what the exit code of `nsw` says.
 *
 * The codes are documented, printed by `nsw help`, and never change their meaning: scripts
 * and build servers decide by them.
 */
#ifndef NSW_EXITS_H
#define NSW_EXITS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/failure.h"

enum exit_code {
	EXIT_DONE = 0,		/* done and as expected */
	EXIT_UNMET = 1,		/* an expectation or threshold was not met */
	EXIT_USAGE = 2,		/* the command line is wrong */
	EXIT_INVALID = 3,	/* input is not valid */
	EXIT_UNREACHABLE = 4,	/* gateway unreachable or not ready */
	EXIT_TIMEOUT = 5,	/* timed out waiting */
	EXIT_REFUSED = 6,	/* refused by the gateway or an agency */
	EXIT_BROKEN = 7,	/* a signature or the journal's chain does not hold */
	EXIT_INTERNAL = 70,	/* our own fault */
	EXIT_INTERRUPTED = 130, /* ^C */
};

/* Of several files or several steps the worst decides: 130, 70, 2, 7, 4, 5, 3, 6, 1, 0. */
enum exit_code exit_worse(enum exit_code one, enum exit_code other);

/* The code for a failure that ends a command. */
enum exit_code exit_for(const struct failure *why);

/* For help and the manual: false past the end. */
bool exit_describe(size_t index, int *code, const char **meaning);

#endif
