/*
 * run - a scenario, played: on a private gateway whose time moves as fast as it can, or on a live one.
 *
 * On a private gateway every deed is followed to its end: it is settled (nothing is in flight), and
 * gateway time moves only from one due moment to the next. An expectation ends at the very moment
 * at which it is met. On a live gateway time is that gateway's: orders move its date, and what is
 * expected is waited for; the faults that the scenario added are taken back.
 *
 * What went otherwise than expected is FAILED, with texts that explain it; what the harness could
 * not do is ERRORED. The steps behind either are skipped.
 */
#ifndef NSW_SCENARIO_RUN_H
#define NSW_SCENARIO_RUN_H

#include "cli/scenario/host.h"
#include "cli/scenario/report.h"
#include "cli/scenario/scenario.h"
#include "journal/life.h"

/* What all scenarios of a run look at; read-only, and made before the first child. */
struct library {
	const struct kinds *kinds;
	struct lives *lives;
	struct parties *parties;
};
MUST_CHECK bool library_open(struct library *out, struct session *session, struct failure *why);
void library_close(struct library *library);

struct run_choice {
	const struct library *library;
	const struct ground *ground; /* NULL: on the session's live gateway */
	const char *seed;	     /* NULL: the scenario's */
	const char *label;	     /* of a live run: what keeps it apart from all others */
	bool keep;		     /* leave the gateway of a failed scenario up */
	bool keep_passed;	     /* and of one that passed */
};

/* What would be run: name, file, date, seed; name and line of each step, all skipped. Texts are the
 * scenario's; the steps lie in the arena. */
void scenario_describe(const struct scenario *scenario, const struct run_choice *choice,
		       struct arena *arena, struct scenario_result *out);

/* *result is as described. What it says lives in the session. */
void scenario_run(struct session *session, const struct scenario *scenario,
		  const struct run_choice *choice, struct scenario_result *result);

#endif
