/*
 * schedule - scenarios, one after the other or several at a time, each in a process of its own.
 *
 * A child runs one scenario once and sends what came of it through a pipe (report.h: as rows);
 * the parent tells the results in the order of the files, whichever ended first, and counts
 * what it was told. A child that dies takes nobody along: its scenario is an error of the
 * harness. What was never run (--fail-fast, ^C) is told too, as skipped.
 *
 * On ^C, or when told to terminate, nothing more is started, every child is told to end
 * (SIGTERM, which interrupts() counts there) and is waited for; a second one, or impatience,
 * kills. No child is left when schedule_run() returns.
 *
 * The process must have one thread when it calls schedule_run().
 */
#ifndef NSW_SCENARIO_SCHEDULE_H
#define NSW_SCENARIO_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/exits.h"
#include "cli/output.h"
#include "cli/scenario/report.h"
#include "core/arena.h"
#include "core/failure.h"

struct schedule {
	size_t count; /* scenarios */

	/* What would be run, told without running it: fills in name, file, date and seed, and a
	 * new array of steps with the name and the line of each, all in the arena or longer. */
	void (*describe)(void *context, size_t scenario, struct arena *arena,
			 struct scenario_result *out);
	/* In a child: run it. *result is as described, with its iteration and all steps
	 * skipped; started, ms, trouble and the steps are to be filled in. */
	void (*perform)(void *context, size_t scenario, struct scenario_result *result);
	void *context;

	unsigned jobs;	 /* at a time; 0 is 1 */
	unsigned repeat; /* all of them so often; 0 is 1 */
	bool fail_fast;	 /* start nothing more once a step failed or erred */
	enum report_form form;
	const char *junit; /* a file for it; NULL: none */
};

/* *code is what the results say (0, 1, 4, 70, 130), also when false is returned: REJECT CLI-006
 * when the JUnit file cannot be written, which is found out before anything is run. */
MUST_CHECK bool schedule_run(const struct schedule *schedule, struct output *output,
			     enum exit_code *code, struct failure *why);

/* --list: the same scenarios, told and not run. */
void schedule_list(const struct schedule *schedule, struct output *output);

/* --filter: the name of the scenario or of one of its steps contains the text, whatever its case; a
 * text with * ? [ is a pattern for the whole of a name. */
bool schedule_wants(const char *filter, const struct scenario_result *described);

#endif
