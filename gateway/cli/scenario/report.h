/*
 * report - what came of the scenarios: one struct, and every form in which it is told.
 *
 * The runner fills in a struct scenario_result; text, TAP, JUnit and `--json` are rendered from
 * it and from nothing else, so they cannot tell different stories. A count is never kept: it
 * is what counts_of() finds by looking at every step.
 *
 * One case is one step in one iteration (`--repeat`). A step that was not run is a skipped
 * case and says why; none disappears. What a scenario expected and did not see is FAILED; when
 * the harness could not do its part (a gateway that died, a file that vanished) it is ERRORED.
 *
 * Texts are borrowed: they live in the arena of whoever filled them in. NULL: nothing to say.
 * Whoever writes them may quote anything; each form makes strange bytes harmless itself.
 * One thread.
 */
#ifndef NSW_SCENARIO_REPORT_H
#define NSW_SCENARIO_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/exits.h"
#include "cli/output.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/failure.h"
#include "core/row.h"

enum outcome { STEP_PASSED, STEP_FAILED, STEP_ERRORED, STEP_SKIPPED };

struct step_result {
	const char *name;
	unsigned line; /* of <step> in the scenario's file */
	enum outcome outcome;
	int64_t ms; /* real time */

	unsigned failed_line; /* of the element that was not met; 0: none */
	const char *expected; /* "d2 from MoH: ACCEPTED within 2s" */
	const char *nearest;  /* "d2 from MoH: PAPER_DUE at 0.000s" */
	const char *why;      /* reasons, one a line; of an error or a skip: what happened */
	const char *hint;     /* what to do about it; several lines are several hints */
	const char *more;     /* the command that shows more */
	const char *trace;    /* hops of the message, one a line: the body of a <failure> */
};

struct scenario_result {
	const char *name, *file;
	const char *date, *seed; /* as <given> says them */
	unsigned iteration;	 /* from 1 */
	unsigned iterations;	 /* how many --repeat asked for; 0 or 1: no word about it */
	gateway_time started;	 /* by the wall's clock; 0: it was not run */
	int64_t ms;		 /* all of it, real time */
	int64_t start_ms;	 /* of these until the gateway was ready */
	enum exit_code trouble;	 /* of what was ERRORED: 4, 70, 130; EXIT_DONE without */
	struct step_result *steps;
	size_t count;
};

struct counts {
	size_t passed, failed, errored, skipped;
};

struct counts counts_of(const struct scenario_result *results, size_t count);
size_t counts_total(const struct counts *counts);
/* 0, 1 when anything failed, or the worst trouble. */
enum exit_code results_exit(const struct scenario_result *results, size_t count);

/* "passed", "failed", "errored", "skipped": as JSON has it. */
const char *outcome_name(enum outcome outcome);

/* ---- as rows: what a child process tells its parent, and what --json prints ---------------- */

/* A `step` row for each step, then one `scenario` row with the counts. */
void result_write(struct text *out, const struct scenario_result *result);
/* The lines of one scenario back again, copied into the arena. REJECT CTL-001 when the
 * lines are none that result_write() wrote, or are not all there. */
MUST_CHECK bool result_read(struct scenario_result *out, struct arena *arena, const char *lines,
			    size_t length, struct failure *why);

/* ---- told as they come, in the order of the files ------------------------------------------- */

enum report_form { REPORT_TEXT, REPORT_TAP };

struct report;

/* Rows where the output's form is JSON, whatever else was asked for. Off a terminal there is no byte
 * of colour. */
struct report *report_new(struct output *output, enum report_form form);
void report_free(struct report *report); /* NULL is fine */
void report_scenario(struct report *report, const struct scenario_result *result);
/* The last line. `results` are all that report_scenario() was given, `ms` what it took. */
void report_end(struct report *report, const struct scenario_result *results, size_t count,
		int64_t ms);

/* What would be run, for --list: a table, TSV or `listed` rows. */
void report_list(struct output *output, const struct scenario_result *results, size_t count);

/* ---- a file for build servers ---------------------------------------------------------------- */

/* Makes the folder, and finds out before anything is run whether the file can be written there.
 * REJECT CLI-006. */
MUST_CHECK bool report_junit_ready(const char *path, struct failure *why);
/* JUnit XML of all results, whole or not at all. REJECT CLI-006. */
MUST_CHECK bool report_junit(const char *path, const struct scenario_result *results, size_t count,
			     int64_t ms, struct failure *why);

#endif
