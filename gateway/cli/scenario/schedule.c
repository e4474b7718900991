#include "cli/scenario/schedule.h"

#include <errno.h>
#include <fnmatch.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/scenario/schedule_child.h"
#include "core/clock.h"
#include "core/text.h"

/* What a child may take to end its gateway. */
#define PATIENCE_MS 10000

/* All of one schedule_run(). Slots are in the order in which results are told. */
struct work {
	const struct schedule *schedule;
	struct output *output;
	struct arena *arena;
	struct report *report;
	struct scenario_result *results;
	struct child *children; /* of the same index */
	bool *over;		/* likewise: nothing more comes of it */
	size_t *order;		/* slots, in the order in which they are started */
	size_t count, started, running, told;
	const char *stopped;	/* why nothing more is started; NULL: it is */
	enum exit_code because; /* trouble of what is not started */
	uint64_t patience;	/* children are killed then; 0: nobody was told to end */
	int heard;		/* interrupts */
};

/* ---- what was not run, and what went wrong -------------------------------------------------- */

static void describe(struct work *work, size_t slot)
{
	const struct schedule *schedule = work->schedule;
	struct scenario_result *result = &work->results[slot];

	schedule->describe(schedule->context, slot % schedule->count, work->arena, result);
	result->iteration = (unsigned)(slot / schedule->count) + 1;
	result->iterations = schedule->repeat != 0 ? schedule->repeat : 1;
	for (size_t i = 0; i < result->count; i++)
		result->steps[i].outcome = STEP_SKIPPED;
}

static void skip_rest(struct scenario_result *result, size_t from, const char *reason)
{
	for (size_t i = from; i < result->count; i++) {
		result->steps[i].outcome = STEP_SKIPPED;
		result->steps[i].why = reason;
	}
}

/* Its steps are told, whatever became of them; nobody knows how far it came. */
static void lost(struct work *work, size_t slot, const char *reason)
{
	struct scenario_result *result = &work->results[slot];

	describe(work, slot);
	work->over[slot] = true;
	if (work->patience != 0) {
		result->trouble = EXIT_INTERRUPTED;
		skip_rest(result, 0, "interrupted");
		return;
	}
	result->trouble = EXIT_INTERNAL;
	if (result->count > 0) {
		result->steps[0].outcome = STEP_ERRORED;
		result->steps[0].why = reason;
	}
	skip_rest(result, 1, "its process ended before it was told");
}

/* ---- starting and stopping ------------------------------------------------------------------ */

static void tell_children(struct work *work, int signal_number)
{
	for (size_t i = 0; i < work->count; i++)
		if (work->children[i].pid != 0)
			kill(work->children[i].pid, signal_number);
}

static void stop_starting(struct work *work, const char *reason, enum exit_code because)
{
	if (work->stopped != NULL && because != EXIT_INTERRUPTED)
		return;
	work->stopped = reason;
	work->because = because;
}

/* Each signal counts, also one that came together with another. */
static void heed_signals(struct work *work)
{
	bool impatient = work->patience != 0 && monotonic_ms() >= work->patience;

	if (interrupts() == work->heard && !impatient)
		return;
	tell_children(work, work->patience == 0 ? SIGTERM : SIGKILL);
	stop_starting(work, "not run: interrupted", EXIT_INTERRUPTED);
	work->patience = monotonic_ms() + PATIENCE_MS;
	work->heard += interrupts() > work->heard;
}

static void start(struct work *work, size_t slot)
{
	struct failure why;

	describe(work, slot);
	if (child_start(&work->children[slot], work->schedule, slot % work->schedule->count,
			&work->results[slot], &why))
		work->running++;
	else
		lost(work, slot, arena_string(work->arena, why.text));
}

static void start_more(struct work *work)
{
	size_t jobs = work->schedule->jobs != 0 ? work->schedule->jobs : 1;

	while (work->stopped == NULL && work->running < jobs && work->started < work->count)
		start(work, work->order[work->started++]);
	for (; work->stopped != NULL && work->started < work->count; work->started++) {
		size_t slot = work->order[work->started];

		describe(work, slot);
		skip_rest(&work->results[slot], 0, work->stopped);
		work->results[slot].trouble = work->because;
		work->over[slot] = true;
	}
}

/* ---- ending --------------------------------------------------------------------------------- */

static void judge(struct work *work, size_t slot)
{
	struct scenario_result *result = &work->results[slot];
	struct counts counts = counts_of(result, 1);

	if (work->schedule->fail_fast && counts.failed + counts.errored != 0)
		stop_starting(work,
			      arena_printf(work->arena, "not run: '%s' did not pass (--fail-fast)",
					   result->name),
			      EXIT_DONE);
}

static void end(struct work *work, size_t slot)
{
	struct child *child = &work->children[slot];
	struct scenario_result *result = &work->results[slot];
	struct scenario_result told;
	struct failure ignored;
	const char *ending = child_end(child, work->arena);

	work->running--;
	work->over[slot] = true;
	if (result_read(&told, work->arena, child->said.bytes, child->said.length, &ignored)) {
		*result = told;
		if (ending != NULL) {
			result->trouble = exit_worse(result->trouble, EXIT_INTERNAL);
			output_say(work->output, "nsw: %s: after its last step its process %s",
				   result->name, ending);
		}
	} else {
		lost(work, slot,
		     arena_printf(work->arena, "the process that ran it %s",
				  ending != NULL ? ending : "ended without a result"));
	}
	text_free(&child->said);
	judge(work, slot);
}

static void tell_in_order(struct work *work)
{
	while (work->told < work->count && work->over[work->told])
		report_scenario(work->report, &work->results[work->told++]);
}

/* ---- waiting -------------------------------------------------------------------------------- */

/* The pipes of whoever runs; which slot each belongs to. */
static size_t pipes_of(const struct work *work, struct pollfd *pipes, size_t *slots)
{
	size_t count = 0;

	for (size_t i = work->told; i < work->count; i++) {
		if (work->children[i].pid == 0)
			continue;
		pipes[count] = (struct pollfd){ .fd = work->children[i].pipe, .events = POLLIN };
		slots[count++] = i;
	}
	return count;
}

/* Signals are let in here and nowhere else, so that none is missed. */
static void wait_for_children(struct work *work, const sigset_t *let_in)
{
	struct timespec second = { .tv_sec = 1 };
	struct pollfd *pipes = must_alloc(work->running * sizeof *pipes);
	size_t *slots = must_alloc(work->running * sizeof *slots);
	size_t count = pipes_of(work, pipes, slots);

	if (ppoll(pipes, count, work->patience != 0 ? &second : NULL, let_in) > 0)
		for (size_t i = 0; i < count; i++)
			if (pipes[i].revents != 0 && !child_listen(&work->children[slots[i]]))
				end(work, slots[i]);
	free(pipes);
	free(slots);
}

static void run_all(struct work *work)
{
	sigset_t ours, before;

	interrupt_catch();
	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigprocmask(SIG_BLOCK, &ours, &before);
	work->heard = interrupts();

	start_more(work);
	while (work->running > 0) {
		wait_for_children(work, &before);
		heed_signals(work);
		start_more(work);
		tell_in_order(work);
	}
	tell_in_order(work);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int longer_first(const void *one, const void *other, void *context)
{
	const struct work *work = context;
	size_t a = *(const size_t *)one, b = *(const size_t *)other;
	size_t rounds[] = { a / work->schedule->count, b / work->schedule->count };
	size_t steps[] = { work->results[a].count, work->results[b].count };

	if (rounds[0] != rounds[1])
		return rounds[0] < rounds[1] ? -1 : 1;
	if (steps[0] != steps[1])
		return steps[0] > steps[1] ? -1 : 1;
	return a < b ? -1 : 1;
}

/* Beside others, what has most steps goes first, so that none is left running alone at the end. */
static void arrange(struct work *work)
{
	for (size_t i = 0; i < work->count; i++)
		work->order[i] = i;
	if (work->schedule->jobs < 2)
		return;
	for (size_t i = 0; i < work->count; i++)
		describe(work, i);
	qsort_r(work->order, work->count, sizeof *work->order, longer_first, work);
}

static void open_work(struct work *work, const struct schedule *schedule, struct output *output)
{
	size_t count = schedule->count * (schedule->repeat != 0 ? schedule->repeat : 1);

	*work = (struct work){ .schedule = schedule, .output = output, .count = count };
	work->arena = arena_new();
	work->report = report_new(output, schedule->form);
	work->results = arena_alloc(work->arena, (count + 1) * sizeof *work->results);
	work->children = arena_alloc(work->arena, (count + 1) * sizeof *work->children);
	work->over = arena_alloc(work->arena, (count + 1) * sizeof *work->over);
	work->order = arena_alloc(work->arena, (count + 1) * sizeof *work->order);
	arrange(work);
}

static void close_work(struct work *work)
{
	report_free(work->report);
	arena_free(work->arena);
}

bool schedule_run(const struct schedule *schedule, struct output *output, enum exit_code *code,
		  struct failure *why)
{
	uint64_t began = monotonic_ms();
	struct work work;
	bool good = true;
	int64_t ms;

	*code = EXIT_DONE;
	if (schedule->junit != NULL && !report_junit_ready(schedule->junit, why))
		return false;

	open_work(&work, schedule, output);
	run_all(&work);
	ms = (int64_t)(monotonic_ms() - began);
	*code = results_exit(work.results, work.count);
	report_end(work.report, work.results, work.count, ms);
	if (schedule->junit != NULL)
		good = report_junit(schedule->junit, work.results, work.count, ms, why);
	close_work(&work);
	return good;
}

void schedule_list(const struct schedule *schedule, struct output *output)
{
	struct schedule once = *schedule;
	struct work work;

	once.repeat = 1;
	open_work(&work, &once, output);
	for (size_t i = 0; i < work.count; i++)
		describe(&work, i);
	report_list(output, work.results, work.count);
	close_work(&work);
}

/* ---- which ones ----------------------------------------------------------------------------- */

static bool names(const char *filter, const char *name)
{
	if (strpbrk(filter, "*?[") != NULL)
		return fnmatch(filter, name, FNM_CASEFOLD) == 0;
	return strcasestr(name, filter) != NULL;
}

bool schedule_wants(const char *filter, const struct scenario_result *described)
{
	if (filter == NULL || names(filter, described->name))
		return true;
	for (size_t i = 0; i < described->count; i++)
		if (names(filter, described->steps[i].name))
			return true;
	return false;
}
