/* nsw test: scenarios, each on a gateway of its own, or on a live one. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/scenario/run.h"
#include "cli/scenario/schedule.h"

#define JOBS_MOST   64
#define REPEAT_MOST 100000

struct options {
	struct session *session;
	struct words paths;
	struct run_choice choice;
	const char *filter, *junit;
	unsigned jobs, repeat;
	bool fail_fast, list, tap;
};

/* ---- the line -------------------------------------------------------------------------------------------- */

enum {
	KEY_FILTER = 0x2000,
	KEY_REPEAT,
	KEY_FAIL_FAST,
	KEY_KEEP,
	KEY_LIST,
	KEY_JUNIT,
	KEY_TAP,
	KEY_SEED,
	KEY_SKIP_TIME
};

static const struct argp_option argp_options[] = {
	{ "jobs", 'j', "N", 0, "So many scenarios at a time (1)", 0 },
	{ "filter", KEY_FILTER, "TEXT", 0,
	  "Only scenarios with this in their name or in that of a step; with * ? [ a pattern for "
	  "the whole name",
	  0 },
	{ "repeat", KEY_REPEAT, "N", 0, "All of them so often", 0 },
	{ "fail-fast", KEY_FAIL_FAST, NULL, 0, "Start nothing more once a step has failed", 0 },
	{ "keep", KEY_KEEP, NULL, 0,
	  "Leave the gateway of a failed scenario up, or that of the only one; says where it is",
	  0 },
	{ "list", KEY_LIST, NULL, 0, "What would be run", 0 },
	{ "junit", KEY_JUNIT, "FILE", 0, "Write JUnit XML there as well", 0 },
	{ "tap", KEY_TAP, NULL, 0, "TAP on standard output", 0 },
	{ "seed", KEY_SEED, "TEXT", 0, "Instead of the scenarios' own", 0 },
	{ "skip-time", KEY_SKIP_TIME, NULL, 0,
	  "Nothing waits for the wall's clock: so it is anyway on private gateways", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'j':
		options->jobs = (unsigned)command_number(state, value, 1, JOBS_MOST);
		return 0;
	case KEY_FILTER:
		options->filter = command_word(state, value, "TEXT");
		return 0;
	case KEY_REPEAT:
		options->repeat = (unsigned)command_number(state, value, 1, REPEAT_MOST);
		return 0;
	case KEY_FAIL_FAST:
		options->fail_fast = true;
		return 0;
	case KEY_KEEP:
		options->choice.keep = true;
		return 0;
	case KEY_LIST:
		options->list = true;
		return 0;
	case KEY_JUNIT:
		options->junit = command_word(state, value, "FILE");
		return 0;
	case KEY_TAP:
		options->tap = true;
		return 0;
	case KEY_SEED:
		options->choice.seed = command_word(state, value, "TEXT");
		return 0;
	case KEY_SKIP_TIME:
		return 0;
	case ARGP_KEY_ARG:
		words_add(options->session, &options->paths, value);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which FILE or DIR? `nsw init DIR` writes some to begin with");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	argp_options,
	parse,
	"FILE|DIR...",
	"Run scenarios: what is given, what is handed in, what is expected. Each has a gateway of "
	"its "
	"own, whose time jumps from one due moment to the next, so that days of waiting cost "
	"milliseconds; with --gateway they run on a live one, in its own time.\vOf a folder all "
	"scenarios in it are run. Exit code 0 when all passed, 1 when a step failed, 3 when a "
	"scenario "
	"is not valid (nothing is run then), 4 when a gateway cannot be started, 70 when something "
	"else went wrong.",
	NULL,
	NULL,
	NULL
};

/* ---- what is run ----------------------------------------------------------------------------------------- */

struct bench {
	struct options *options;
	struct session *session;
	struct library library;
	struct ground ground;
	struct scenario **scenarios;
	size_t count;
	struct scenario_result *invalid; /* as results, for the forms that build servers read */
	size_t invalid_count;
};

static bool is_live(const struct options *options)
{
	return options->session->gateway != NULL;
}

static bool wanted(const struct bench *bench, const struct scenario *scenario)
{
	struct scenario_result described;

	scenario_describe(scenario, &bench->options->choice, bench->session->arena, &described);
	return bench->options->filter == NULL || schedule_wants(bench->options->filter, &described);
}

/* Told to people at once; kept for the others. */
static enum exit_code not_valid(struct bench *bench, const char *path, const struct failure *why)
{
	struct arena *arena = bench->session->arena;
	struct step_result *step = arena_alloc(arena, sizeof *step);

	*step = (struct step_result){
		.name = "is a scenario",
		.outcome = STEP_ERRORED,
		.why = arena_printf(arena, "%s%s%s %s", why->place, *why->place != '\0' ? ": " : "",
				    why->code, why->text),
	};
	bench->invalid =
		must_realloc(bench->invalid, (bench->invalid_count + 1) * sizeof *bench->invalid);
	bench->invalid[bench->invalid_count++] =
		(struct scenario_result){ .name = arena_string(arena, path),
					  .file = arena_string(arena, path),
					  .date = "",
					  .seed = "",
					  .trouble = EXIT_INVALID,
					  .steps = step,
					  .count = 1 };
	return session_failed(bench->session, why);
}

/* Nothing is run; a build server is not left with the report of the last time, or with none. */
static enum exit_code report_invalid(struct bench *bench, enum exit_code code)
{
	const struct options *options = bench->options;
	struct failure why;

	if (bench->invalid_count == 0 || options->list)
		return code;
	if (options->tap)
		output_print(bench->session->output, "TAP version 13\nBail out! %s\n",
			     bench->invalid[0].steps->why);
	if (options->junit != NULL &&
	    !report_junit(options->junit, bench->invalid, bench->invalid_count, 0, &why))
		code = exit_worse(code, session_failed(bench->session, &why));
	return code;
}

/* All files are read, so that all that are not valid are told of. */
static enum exit_code read_files(struct bench *bench, const char *const *files)
{
	enum exit_code code = EXIT_DONE;
	struct scenario *scenario;
	struct failure why;

	for (; *files != NULL; files++) {
		if (!scenario_read(&scenario, bench->session, bench->session->arena,
				   bench->library.parties, *files, &why)) {
			code = exit_worse(code, not_valid(bench, *files, &why));
			continue;
		}
		if (!wanted(bench, scenario))
			continue;
		bench->scenarios = must_realloc(bench->scenarios,
						(bench->count + 1) * sizeof *bench->scenarios);
		bench->scenarios[bench->count++] = scenario;
	}
	return code;
}

static enum exit_code read_paths(struct bench *bench)
{
	enum exit_code code = EXIT_DONE;
	const char *const *files;
	struct failure why;

	for (size_t i = 0; i < bench->options->paths.count; i++) {
		const char *path = bench->options->paths.words[i];

		if (scenario_files(&files, bench->session->arena, path, &why))
			code = exit_worse(code, read_files(bench, files));
		else
			code = exit_worse(code, not_valid(bench, path, &why));
	}
	if (code != EXIT_DONE || bench->count > 0)
		return code;
	reject(&why, "SCN-002", "no scenario has '%s' in its name or its steps'",
	       bench->options->filter);
	return session_failed(bench->session, &why);
}

/* ---- running ----------------------------------------------------------------------------------------------- */

static void describe(void *context, size_t index, struct arena *arena, struct scenario_result *out)
{
	const struct bench *bench = context;

	scenario_describe(bench->scenarios[index], &bench->options->choice, arena, out);
}

static void perform(void *context, size_t index, struct scenario_result *result)
{
	const struct bench *bench = context;

	scenario_run(bench->session, bench->scenarios[index], &bench->options->choice, result);
}

/* What keeps this run apart from all others on a gateway that others use as well. */
static const char *fresh_label(struct session *session)
{
	char id[UUID_SIZE];

	uuid_random(id);
	return arena_printf(session->arena, "test-%.8s", id);
}

/* What every child needs is opened once, before there are any. */
static bool prepare(struct bench *bench, struct failure *why)
{
	struct session *session = bench->session;
	struct options *options = bench->options;
	struct keyring *keyring;

	options->choice.library = &bench->library;
	options->choice.label = session->run;
	options->choice.keep_passed = bench->count == 1 && options->repeat <= 1;
	if (is_live(options)) {
		if (session->run == NULL)
			session->run = fresh_label(session);
		options->choice.label = session->run;
		return true;
	}
	if (!ground_make(&bench->ground, session, why))
		return false;
	kinds_keep(session->kinds_loaded);
	options->choice.ground = &bench->ground;
	session->keys = bench->ground.keys;
	return session_keyring(session, &keyring, why);
}

static enum exit_code run_all(struct bench *bench)
{
	const struct options *options = bench->options;
	struct schedule schedule = {
		.count = bench->count,
		.describe = describe,
		.perform = perform,
		.context = bench,
		.jobs = is_live(options) ? 1 : options->jobs,
		.repeat = options->repeat,
		.fail_fast = options->fail_fast,
		.form = options->tap ? REPORT_TAP : REPORT_TEXT,
		.junit = options->junit,
	};
	enum exit_code code;
	struct failure why;

	if (options->list) {
		schedule_list(&schedule, bench->session->output);
		return EXIT_DONE;
	}
	if (!prepare(bench, &why))
		return session_failed(bench->session, &why);
	interrupt_catch();
	if (!schedule_run(&schedule, bench->session->output, &code, &why))
		code = exit_worse(code, session_failed(bench->session, &why));
	return code;
}

static enum exit_code run_test(struct session *session, int argc, char **argv)
{
	struct options options = { .session = session };
	struct bench bench = { .options = &options, .session = session };
	enum exit_code code;
	struct failure why;

	command_line(session, &argp, argc, argv, &options);
	if (!library_open(&bench.library, session, &why))
		return session_failed(session, &why);
	code = read_paths(&bench);
	code = code == EXIT_DONE ? run_all(&bench) : report_invalid(&bench, code);
	ground_clear(&bench.ground);
	free(bench.scenarios);
	free(bench.invalid);
	library_close(&bench.library);
	return code;
}

const struct command command_test = { "test", GROUP_PROVE, "run scenarios", &argp, run_test };
