/* nsw plan: who must decide on a document, and on which way, on any days: no gateway needed. */
#include <string.h>

#include "cli/command.h"
#include "cli/plan/plan_show.h"
#include "cli/plan/planner.h"
#include "cli/report.h"
#include "core/document.h"

enum { KEY_PARTIES = 0x2000 };

struct options {
	struct session *session;
	struct words files, parties;
	struct moments dates;
};

static const struct argp_option argp_options[] = {
	{ "dates", 'd', "D1,D2,...", 0,
	  "Plan it for these days, or dates and times with zone (the days on which calendar or "
	  "register change something for it, and the day that it names as its own, else today)",
	  0 },
	{ "parties", KEY_PARTIES, "DIR", 0, "Profiles in addition to ours; may be repeated", 0 },
	{ 0 },
};

static void add_dates(struct argp_state *state, struct options *options, const char *list)
{
	char *copy = arena_string(options->session->arena, list), *rest;

	for (char *date = strtok_r(copy, ",", &rest); date != NULL;
	     date = strtok_r(NULL, ",", &rest))
		moments_add(&options->dates, options->session->arena, command_date(state, date));
	if (options->dates.count == 0)
		argp_error(state, "--dates: which?");
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'd':
		add_dates(state, options, value);
		return 0;
	case KEY_PARTIES:
		words_add(options->session, &options->parties, value);
		return 0;
	case ARGP_KEY_ARG:
		words_add(options->session, &options->files, value);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which FILE?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	argp_options,
	parse,
	"FILE...",
	"What a document would need on different days: which decisions, electronically or on "
	"paper, on what basis, and how many counters, papers and days that makes.\vNothing is "
	"sent. The document must be valid by its schema; rules are not run, so that the same file "
	"can be planned for any day. '-' is standard input. Exit code 3 when a file is not valid, "
	"or nobody decides on its kind.",
	NULL,
	NULL,
	NULL
};

/* ---- one document ------------------------------------------------------------------------------ */

/* Findings are told, and are no failure of ours: then *facts stays NULL. */
static bool facts_of(struct session *session, const struct kinds *kinds,
		     struct plan_subject *subject, const struct document *document,
		     struct arena *arena, struct failure *why)
{
	struct findings findings;
	struct facts *facts;

	findings_start(&findings, arena);
	if (!kinds_recognise(kinds, document, &subject->kind, why) ||
	    !kind_validate(subject->kind, document, &findings, why))
		return false;
	report_findings(session->output, subject->file, &findings);
	if (findings.errors > 0)
		return true;
	if (!kind_facts(subject->kind, document, wall_now(), arena, &facts, why))
		return false;
	subject->facts = facts;
	return true;
}

static bool read_subject(struct session *session, const struct kinds *kinds,
			 struct plan_subject *subject, struct arena *arena, struct failure *why)
{
	struct document *document;
	bool read;

	if (!document_read(&document, subject->file, &document_limits_message, why))
		return false;
	read = facts_of(session, kinds, subject, document, arena, why);
	document_free(document);
	return read;
}

/* The day that the document names as its own, else today. */
static gateway_time own_day(const struct facts *facts)
{
	const char *issued = facts_get(facts, "issued");
	gateway_time day = wall_now();

	return issued != NULL && time_parse(issued, &day, NULL) ? day : wall_now();
}

static bool plan_subject(const struct options *options, const struct plan *plan,
			 const struct plan_subject *subject, struct arena *arena,
			 struct failure *why)
{
	struct moments dates = options->dates;
	struct sheet sheet;

	if (dates.count == 0 &&
	    !sheet_changes(&dates, plan, subject->facts, own_day(subject->facts), arena, why))
		return false;
	if (!sheet_make(&sheet, plan, subject->facts, &dates, arena, why))
		return false;
	if (sheet.row_count == 0) {
		reject(why, "PLN-001", "the control table names nobody who decides on this %s",
		       kind_id(subject->kind));
		return failure_at(why, "%s", subject->file);
	}
	plan_show(options->session->output, subject, &sheet, arena);
	return true;
}

static enum exit_code plan_file(const struct options *options, const struct plan *plan,
				const char *file)
{
	struct session *session = options->session;
	struct plan_subject subject = { .file = file };
	struct arena *arena = arena_new();
	enum exit_code code = EXIT_DONE;
	struct failure why;

	if (!read_subject(session, plan_data(plan)->kinds, &subject, arena, &why) ||
	    (subject.facts != NULL && !plan_subject(options, plan, &subject, arena, &why)))
		code = session_failed(session, &why);
	else if (subject.facts == NULL)
		code = EXIT_INVALID;
	arena_free(arena);
	return code;
}

/* ---- all of them ------------------------------------------------------------------------------- */

static enum exit_code plan_all(const struct options *options, const struct planner *planner)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < options->files.count; i++) {
		if (i > 0)
			output_print(options->session->output, "\n");
		code = exit_worse(code, plan_file(options, planner->plan, options->files.words[i]));
	}
	return code;
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { .session = session };
	struct planner planner;
	enum exit_code code;
	struct failure why;

	command_line(session, &argp, argc, argv, &options);
	output_say(session->output, "Simulation: not connected to any government system.");
	if (!planner_open(&planner, session, options.parties.words, options.parties.count, &why))
		return session_failed(session, &why);
	code = plan_all(&options, &planner);
	planner_close(&planner);
	return code;
}

const struct command command_plan = { "plan", GROUP_SEND,
				      "who must decide on a document, on any day", &argp, run };
