#include "cli/scenario/report.h"

#include <string.h>

/* ---- counting ------------------------------------------------------------------------------- */

static const char *const outcome_names[] = {
	[STEP_PASSED] = "passed",
	[STEP_FAILED] = "failed",
	[STEP_ERRORED] = "errored",
	[STEP_SKIPPED] = "skipped",
};
#define OUTCOMES (sizeof outcome_names / sizeof *outcome_names)

const char *outcome_name(enum outcome outcome)
{
	return outcome_names[outcome];
}

static void count_step(struct counts *counts, const struct step_result *step)
{
	switch (step->outcome) {
	case STEP_PASSED:
		counts->passed++;
		break;
	case STEP_FAILED:
		counts->failed++;
		break;
	case STEP_ERRORED:
		counts->errored++;
		break;
	case STEP_SKIPPED:
		counts->skipped++;
		break;
	}
}

struct counts counts_of(const struct scenario_result *results, size_t count)
{
	struct counts counts = { 0 };

	for (size_t i = 0; i < count; i++)
		for (size_t s = 0; s < results[i].count; s++)
			count_step(&counts, &results[i].steps[s]);
	return counts;
}

size_t counts_total(const struct counts *counts)
{
	return counts->passed + counts->failed + counts->errored + counts->skipped;
}

enum exit_code results_exit(const struct scenario_result *results, size_t count)
{
	struct counts counts = counts_of(results, count);
	enum exit_code worst = counts.failed != 0 ? EXIT_UNMET : EXIT_DONE;

	for (size_t i = 0; i < count; i++)
		worst = exit_worse(worst, results[i].trouble);
	/* An error that nobody gave a code is our own fault, and no success. */
	return counts.errored != 0 && worst == EXIT_DONE ? EXIT_INTERNAL : worst;
}

/* ---- as rows -------------------------------------------------------------------------------- */

static void add_row(struct text *out, struct row *row)
{
	row_write(out, row);
	row_free(row);
}

static void add_step(struct text *out, const struct scenario_result *scenario,
		     const struct step_result *step)
{
	struct row *row = row_new("step");

	row_put(row, "scenario", scenario->name);
	row_put(row, "step", step->name);
	row_put(row, "file", scenario->file);
	row_put_number(row, "line", step->line);
	row_put_number(row, "iteration", scenario->iteration);
	row_put(row, "outcome", outcome_name(step->outcome));
	row_put_number(row, "ms", step->ms);
	row_put_number(row, "failed_line", step->failed_line);
	row_put(row, "expected", step->expected);
	row_put(row, "nearest", step->nearest);
	row_put(row, "why", step->why);
	row_put(row, "hint", step->hint);
	row_put(row, "more", step->more);
	row_put(row, "trace", step->trace);
	add_row(out, row);
}

static void add_scenario(struct text *out, const struct scenario_result *scenario)
{
	struct counts counts = counts_of(scenario, 1);
	struct row *row = row_new("scenario");
	char started[TIME_TEXT_SIZE];

	row_put(row, "scenario", scenario->name);
	row_put(row, "file", scenario->file);
	row_put(row, "date", scenario->date);
	row_put(row, "seed", scenario->seed);
	row_put_number(row, "iteration", scenario->iteration);
	row_put_number(row, "iterations", scenario->iterations);
	row_put(row, "started",
		scenario->started != 0 ? time_text(scenario->started, started) : NULL);
	row_put_number(row, "ms", scenario->ms);
	row_put_number(row, "start_ms", scenario->start_ms);
	row_put_number(row, "trouble", scenario->trouble);
	row_put_number(row, "passed", (int64_t)counts.passed);
	row_put_number(row, "failed", (int64_t)counts.failed);
	row_put_number(row, "errored", (int64_t)counts.errored);
	row_put_number(row, "skipped", (int64_t)counts.skipped);
	add_row(out, row);
}

void result_write(struct text *out, const struct scenario_result *result)
{
	for (size_t i = 0; i < result->count; i++)
		add_step(out, result, &result->steps[i]);
	add_scenario(out, result);
}

/* ---- and back ------------------------------------------------------------------------------- */

static int64_t number(const struct row *row, const char *name)
{
	int64_t value = 0;

	return row_get_number(row, name, &value) ? value : 0;
}

static bool outcome_of(const struct row *row, enum outcome *outcome)
{
	const char *name = row_get(row, "outcome");

	for (size_t i = 0; i < OUTCOMES; i++) {
		if (name != NULL && strcmp(name, outcome_names[i]) == 0) {
			*outcome = (enum outcome)i;
			return true;
		}
	}
	return false;
}

static bool read_step(struct step_result *step, struct arena *arena, const struct row *row,
		      struct failure *why)
{
	*step = (struct step_result){
		.name = arena_string(arena, row_get(row, "step")),
		.line = (unsigned)number(row, "line"),
		.ms = number(row, "ms"),
		.failed_line = (unsigned)number(row, "failed_line"),
		.expected = arena_string(arena, row_get(row, "expected")),
		.nearest = arena_string(arena, row_get(row, "nearest")),
		.why = arena_string(arena, row_get(row, "why")),
		.hint = arena_string(arena, row_get(row, "hint")),
		.more = arena_string(arena, row_get(row, "more")),
		.trace = arena_string(arena, row_get(row, "trace")),
	};
	if (step->name == NULL || !outcome_of(row, &step->outcome))
		return reject(why, "CTL-001", "a step without a name or an outcome");
	return true;
}

static bool read_scenario(struct scenario_result *scenario, struct arena *arena,
			  const struct row *row, struct failure *why)
{
	const char *started = row_get(row, "started");

	scenario->name = arena_string(arena, row_get(row, "scenario"));
	scenario->file = arena_string(arena, row_get(row, "file"));
	scenario->date = arena_string(arena, row_get(row, "date"));
	scenario->seed = arena_string(arena, row_get(row, "seed"));
	scenario->iteration = (unsigned)number(row, "iteration");
	scenario->iterations = (unsigned)number(row, "iterations");
	scenario->ms = number(row, "ms");
	scenario->start_ms = number(row, "start_ms");
	scenario->trouble = (enum exit_code)number(row, "trouble");
	if (started != NULL && !time_parse(started, &scenario->started, why))
		return false;
	if (scenario->name == NULL || scenario->file == NULL)
		return reject(why, "CTL-001", "a scenario without a name or a file");
	return true;
}

static size_t lines_of(const char *lines, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += lines[i] == '\n';
	return count;
}

static bool read_row(struct scenario_result *out, struct arena *arena, const struct row *row,
		     bool last, struct failure *why)
{
	const char *type = row_type(row);

	if (type != NULL && strcmp(type, "step") == 0 && !last)
		return read_step(&out->steps[out->count++], arena, row, why);
	if (type != NULL && strcmp(type, "scenario") == 0 && last)
		return read_scenario(out, arena, row, why);
	return reject(why, "CTL-001", "a scenario's lines are steps and, last, itself");
}

bool result_read(struct scenario_result *out, struct arena *arena, const char *lines, size_t length,
		 struct failure *why)
{
	size_t count = lines_of(lines, length);
	bool good = true;

	*out = (struct scenario_result){ 0 };
	if (count == 0 || lines[length - 1] != '\n')
		return reject(why, "CTL-001", "a scenario that ends before its last line");
	out->steps = arena_alloc(arena, count * sizeof *out->steps);
	for (size_t i = 1; i <= count && good; i++) {
		const char *end = memchr(lines, '\n', length);
		struct row *row;

		good = row_read(&row, lines, (size_t)(end - lines), why);
		if (good) {
			good = read_row(out, arena, row, i == count, why);
			row_free(row);
		}
		length -= (size_t)(end + 1 - lines);
		lines = end + 1;
	}
	return good;
}
