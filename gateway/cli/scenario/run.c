#include "cli/scenario/run.h"

#include <stdlib.h>
#include <string.h>

#include "cli/follow.h"
#include "cli/scenario/play.h"

/* ---- what all look at ------------------------------------------------------------------------------------ */

bool library_open(struct library *out, struct session *session, struct failure *why)
{
	const char *folders[SETTINGS_FOLDERS + 1] = { NULL };
	size_t count;

	*out = (struct library){ 0 };
	if (session_kind_folders(session, folders, &count, why) &&
	    session_kinds(session, &out->kinds, why) &&
	    lives_load(&out->lives, out->kinds, folders, why) &&
	    session_parties(session, &out->parties, NULL, 0, why))
		return true;
	library_close(out);
	return false;
}

void library_close(struct library *library)
{
	lives_free(library->lives);
	parties_free(library->parties);
	*library = (struct library){ 0 };
}

/* ---- beginning and end ------------------------------------------------------------------------------------- */

static size_t count_submits(const struct scenario *scenario)
{
	size_t count = 0;

	for (size_t i = 0; i < scenario->count; i++)
		count += scenario->steps[i].count;
	return count;
}

static bool open_calendar(struct play *play, struct failure *why)
{
	const char *folders[SETTINGS_FOLDERS];
	size_t count;

	return play->scenario->calendar == NULL || play->host == NULL ||
	       (session_kind_folders(play->session, folders, &count, why) &&
		rollout_load(&play->rollout, folders, count, play->scenario->calendar, why));
}

static bool read_position(struct play *play, struct failure *why)
{
	play->now = client_time(play->client);
	/* Of a private gateway everything is the scenario's; of a live one, what comes from now on. */
	if (play->host == NULL && !follow_position(play->client, &play->seen, why))
		return false;
	if (!play_settle(play, why))
		return false;
	play->acted = play->now;
	return true;
}

static bool begin(struct play *play, struct failure *why)
{
	return open_calendar(play, why) &&
	       session_connect(play->session, &play->client, NULL, false, why) &&
	       read_position(play, why);
}

static void end(struct play *play)
{
	struct failure ignored;
	bool reset;

	if (play->host == NULL && play->client != NULL) {
		reset = steer_reset(play, &ignored);
		(void)reset; /* the gateway has gone, and its faults with it */
	}
	for (size_t i = 0; i < play->voice_count; i++)
		client_close(play->voices[i].client);
	client_close(play->client);
	rollout_free(play->rollout);
	answer_free(&play->bodies);
	free(play->remembered);
	free(play->meant);
	free(play->voices);
	free(play->submitted);
	free(play->hops);
	free(play->met);
}

/* ---- steps ------------------------------------------------------------------------------------------------------ */

static const struct {
	do_deed *do_it;
	bool only_looks; /* what may follow is counted from the deed before */
} deeds[DEED_KINDS] = {
	[DEED_SUBMIT] = { do_submit, false },
	[DEED_ACCEPTED] = { do_accepted, true },
	[DEED_REFUSED] = { do_refused, true },
	[DEED_EXPECT] = { do_expect, true },
	[DEED_NEVER] = { do_never, false },
	[DEED_DATE] = { do_date, false },
	[DEED_ADVANCE] = { do_advance, false },
	[DEED_AGENCY] = { do_agency, false },
	[DEED_PAPER] = { do_paper, false },
	[DEED_FAULT] = { do_fault, false },
	[DEED_FAULT_RESET] = { do_fault_reset, false },
	[DEED_RETRY] = { do_retry, false },
	[DEED_CALENDAR] = { do_calendar, true },
	[DEED_CODES] = { do_codes, true },
	[DEED_FOLLOW] = { do_follow, true },
	[DEED_REMEMBER] = { do_remember, true },
};

/* What a deed brings about at once belongs to it: counted from just before it. */
static enum done do_one(struct play *play, const struct deed *deed, struct failure *why)
{
	enum done done;

	if (!deeds[deed->kind].only_looks)
		play->acted = play->now;
	done = deeds[deed->kind].do_it(play, deed, why);
	if (!deeds[deed->kind].only_looks)
		play->acted = play->now;
	return done;
}

static enum done do_all(struct play *play, const struct deed *all, size_t count,
			struct failure *why)
{
	enum done done = MET;

	for (size_t i = 0; done == MET && i < count; i++)
		done = do_one(play, &all[i], why);
	return done;
}

/* The gateway's own end explains more than that it no longer answers. */
static void tell_trouble(struct play *play, const struct failure *why,
			 struct scenario_result *result)
{
	const char *ended = play->host != NULL ? host_trouble(play->host) : NULL;

	if (exit_for(why) == EXIT_INTERRUPTED) {
		*play->step = (struct step_result){ .name = play->step->name,
						    .line = play->step->line,
						    .outcome = STEP_SKIPPED,
						    .why = "interrupted" };
		result->trouble = EXIT_INTERRUPTED;
		return;
	}
	play->step->outcome = STEP_ERRORED;
	play->step->expected = play->step->nearest = NULL;
	play->step->why = arena_printf(play->arena, "%s%s%s %s%s%s", why->place,
				       *why->place != '\0' ? ": " : "", why->code, why->text,
				       ended != NULL ? "\n" : "", ended ?: "");
	result->trouble = exit_for(why);
	if (result->trouble == EXIT_DONE || result->trouble == EXIT_UNMET ||
	    result->trouble == EXIT_INVALID)
		result->trouble = EXIT_INTERNAL;
}

/* What is not seen because a program has died is no failure of what is tested. */
static void blame_host(struct play *play, struct scenario_result *result)
{
	const char *ended = play->host != NULL ? host_ended(play->host) : NULL;

	if (ended == NULL)
		return;
	play->step->outcome = STEP_ERRORED;
	play->step->why = play->step->why != NULL
				  ? arena_printf(play->arena, "%s\n%s", ended, play->step->why)
				  : ended;
	play->step->hint = NULL;
	result->trouble = EXIT_UNREACHABLE;
}

static bool do_step(struct play *play, size_t index, struct scenario_result *result)
{
	const struct scenario *scenario = play->scenario;
	const struct scenario_step *step = &scenario->steps[index];
	uint64_t began = monotonic_ms();
	struct failure why;
	enum done done = MET;

	play->step = &result->steps[index];
	if (index == 0)
		done = do_all(play, scenario->given, scenario->given_count, &why);
	if (done == MET)
		done = do_all(play, step->deeds, step->count, &why);
	if (done == TROUBLE)
		tell_trouble(play, &why, result);
	else
		play->step->outcome = done == MET ? STEP_PASSED : STEP_FAILED;
	if (done == UNMET)
		blame_host(play, result);
	play->step->ms = (int64_t)(monotonic_ms() - began);
	return done == MET;
}

static const char *ending_of(const struct step_result *step)
{
	switch (step->outcome) {
	case STEP_FAILED:
		return "failed before it";
	case STEP_SKIPPED:
		return "was interrupted before it";
	default:
		return "could not be done before it";
	}
}

static void do_steps(struct play *play, struct scenario_result *result)
{
	const char *reason = NULL;

	for (size_t i = 0; i < result->count; i++) {
		if (reason != NULL) {
			result->steps[i].outcome = STEP_SKIPPED;
			result->steps[i].why = reason;
		} else if (!do_step(play, i, result)) {
			reason = arena_printf(play->arena, "'%s' %s", result->steps[i].name,
					      ending_of(&result->steps[i]));
		}
	}
}

/* ---- all of it ---------------------------------------------------------------------------------------------------- */

static bool failed(const struct scenario_result *result)
{
	for (size_t i = 0; i < result->count; i++)
		if (result->steps[i].outcome == STEP_FAILED ||
		    result->steps[i].outcome == STEP_ERRORED)
			return true;
	return false;
}

static void not_started(struct play *play, const struct failure *why,
			struct scenario_result *result)
{
	if (result->count == 0)
		return;
	play->step = &result->steps[0];
	tell_trouble(play, why, result);
	if (result->trouble != EXIT_INTERRUPTED)
		result->trouble = EXIT_UNREACHABLE;
	for (size_t i = 1; i < result->count; i++)
		result->steps[i].why = result->trouble == EXIT_INTERRUPTED
					       ? "interrupted"
					       : "its gateway could not be started";
}

static void do_play(struct play *play, uint64_t began, struct scenario_result *result)
{
	struct failure why;

	if (!begin(play, &why)) {
		not_started(play, &why, result);
	} else {
		result->start_ms = (int64_t)(monotonic_ms() - began);
		do_steps(play, result);
	}
	end(play);
}

static void run_hosted(struct play *play, struct host *host, uint64_t began,
		       struct scenario_result *result)
{
	const struct run_choice *choice = play->choice;
	struct session *session = play->session;
	struct failure why;
	bool stay;

	if (!host_start(host, session, choice->ground, play->scenario, play->seed, choice->keep,
			&why)) {
		play->step = result->steps;
		not_started(play, &why, result);
		free(play->submitted);
		return;
	}
	play->host = host;
	play->session = &host->session;
	do_play(play, began, result);
	stay = choice->keep && (failed(result) || choice->keep_passed);
	if (stay)
		output_say(session->output, "%s: export NSW_STATE=%s", play->scenario->name,
			   host->session.sandbox.state);
	host_end(host, stay);
}

void scenario_run(struct session *session, const struct scenario *scenario,
		  const struct run_choice *choice, struct scenario_result *result)
{
	uint64_t began = monotonic_ms();
	const char *seed = choice->seed != NULL ? choice->seed : scenario->seed;
	struct play play = {
		.session = session,
		.scenario = scenario,
		.choice = choice,
		.arena = session->arena,
		.seed = seed,
		.label = choice->label != NULL ? choice->label : seed,
		.submitted = must_alloc((count_submits(scenario) + 1) * sizeof *play.submitted),
	};
	struct host host;

	result->started = wall_now();
	if (choice->ground == NULL && result->iteration > 1)
		play.label = arena_printf(play.arena, "%s-%u", play.label, result->iteration);
	if (choice->ground != NULL)
		run_hosted(&play, &host, began, result);
	else
		do_play(&play, began, result);
	result->ms = (int64_t)(monotonic_ms() - began);
}

void scenario_describe(const struct scenario *scenario, const struct run_choice *choice,
		       struct arena *arena, struct scenario_result *out)
{
	*out = (struct scenario_result){
		.name = scenario->name,
		.file = scenario->file,
		.date = scenario->date,
		.seed = choice->seed != NULL ? choice->seed : scenario->seed,
		.steps = arena_alloc(arena, (scenario->count + 1) * sizeof *out->steps),
		.count = scenario->count,
	};
	for (size_t i = 0; i < scenario->count; i++) {
		out->steps[i].name = scenario->steps[i].name;
		out->steps[i].line = scenario->steps[i].line;
		out->steps[i].outcome = STEP_SKIPPED;
	}
}
