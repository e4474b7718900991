/* nsw date: what day it is for the gateway, and what the calendar brings. */
#include <string.h>

#include "cli/command.h"

/* ---- the gateway's clock ------------------------------------------------------------------------ */

static bool ask_date(struct session *session, const char *to, struct answer *answer,
		     struct failure *why)
{
	struct row *question = row_new("ask");

	row_put(question, "ask", "date");
	if (to != NULL)
		row_put(question, "to", to);
	if (!session_ask(session, question, answer, why))
		return false;
	if (answer->count > 0)
		return true;
	return fault(why, "CLI-007", "the gateway does not say what day it is");
}

/* Takes the row. */
static void tell(struct session *session, struct row *date)
{
	struct output *output = session->output;
	const char *next = row_get(date, "next");

	output_print(output, "date     %s\n", row_text(date, "date", session->arena));
	output_print(output, "time     %s\n", row_text(date, "time", session->arena));
	output_print(output, "next     %s  %s\n", next != NULL ? next : "-",
		     next != NULL ? row_text(date, "next_title", session->arena)
				  : "nothing more in the calendar");
	output_row(output, date);
}

static bool show(struct session *session, struct failure *why)
{
	struct answer answer;

	if (!ask_date(session, NULL, &answer, why))
		return false;
	tell(session, answer.rows[0]);
	answer.rows[0] = NULL;
	answer_free(&answer);
	return true;
}

/* Forward, and then what it is now: skipped time may be further on already. */
static bool set(struct session *session, const char *to, struct failure *why)
{
	struct answer done;

	if (!ask_date(session, to, &done, why))
		return false;
	answer_free(&done);
	return show(session, why);
}

/* ---- show ---------------------------------------------------------------------------------------- */

static error_t parse_show(int key, char *value, struct argp_state *state)
{
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (strcmp(value, "show") != 0 || state->arg_num > 0)
		argp_error(state, "after 'date' comes one of: show, set, next, ls");
	return 0;
}

static const struct argp show_argp = { NULL,
				       parse_show,
				       "[show]",
				       "What day it is for the gateway, and what the calendar "
				       "brings next. `date set`, `date next` and "
				       "`date ls` are commands of their own.",
				       NULL,
				       NULL,
				       NULL };

static enum exit_code run_show(struct session *session, int argc, char **argv)
{
	struct failure why;

	command_line(session, &show_argp, argc, argv, NULL);
	return show(session, &why) ? EXIT_DONE : session_failed(session, &why);
}

/* ---- set ----------------------------------------------------------------------------------------- */

struct options {
	const char *to;
};

static error_t parse_set(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (options->to != NULL)
			argp_error(state, "one DATE");
		(void)command_date(state, value);
		options->to = value;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which DATE?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp set_argp = {
	NULL,
	parse_set,
	"DATE",
	"Move gateway time to a day (00:00 in Viet Nam) or to a date-time with zone.\vGateway time "
	"only "
	"goes forward: an earlier DATE is refused (exit code 6) and wants a new --state.",
	NULL,
	NULL,
	NULL
};

static enum exit_code run_set(struct session *session, int argc, char **argv)
{
	struct options options = { 0 };
	struct failure why;

	command_line(session, &set_argp, argc, argv, &options);
	return set(session, options.to, &why) ? EXIT_DONE : session_failed(session, &why);
}

/* ---- the calendar --------------------------------------------------------------------------------- */

static bool open_calendar(struct session *session, struct rollout **rollout, struct failure *why)
{
	const char *folders[SETTINGS_FOLDERS];
	const struct settings *settings;
	size_t count;

	return session_kind_folders(session, folders, &count, why) &&
	       session_settings(session, &settings, why) &&
	       rollout_load(rollout, folders, count, settings->calendar, why);
}

static const char *list(struct session *session, const char *const *words)
{
	const char *line = "";

	for (size_t i = 0; words[i] != NULL; i++)
		line = arena_printf(session->arena, "%s%s%s", line, i > 0 ? " " : "", words[i]);
	return line;
}

/* What a row does: "LIVE", "event", or the club that is joined. */
static const char *effect(const struct rollout_row *row)
{
	if (row->of[0] != NULL)
		return link_state_name(row->state);
	return row->club != NULL ? row->club : "event";
}

static const char *range(struct session *session, const struct rollout_row *row)
{
	char earliest[TIME_TEXT_SIZE], latest[TIME_TEXT_SIZE];

	if (row->earliest == 0 && row->latest == 0)
		return NULL;
	return arena_printf(session->arena, "%s..%s",
			    row->earliest != 0 ? date_text(row->earliest, earliest) : "",
			    row->latest != 0 ? date_text(row->latest, latest) : "");
}

static struct row *calendar_row(struct session *session, const struct rollout_row *of)
{
	struct row *row = row_new("calendar");
	char date[TIME_TEXT_SIZE];

	row_put(row, "date", of->from != 0 ? date_text(of->from, date) : NULL);
	row_put(row, "known", range(session, of));
	row_put(row, "of", of->country != NULL ? of->country : list(session, of->of));
	row_put(row, "place", *of->places != NULL ? list(session, of->places) : NULL);
	row_put(row, "state", effect(of));
	row_put(row, "via", of->via);
	row_put(row, "mark", of->mark_day != NULL ? of->mark_day : of->mark);
	row_put(row, "title", of->title);
	return row;
}

/* ---- next ------------------------------------------------------------------------------------------ */

static const struct argp next_argp = { NULL,
				       NULL,
				       NULL,
				       "Move gateway time to the calendar's next day, and say what "
				       "happens on it.\vExit code 1 when "
				       "nothing more is in the calendar.",
				       NULL,
				       NULL,
				       NULL };

static bool now_at_gateway(struct session *session, gateway_time *now, struct failure *why)
{
	struct answer answer;
	bool read;

	if (!ask_date(session, NULL, &answer, why))
		return false;
	read = time_parse(row_get(answer.rows[0], "time") ?: "", now, why) ||
	       fault(why, "CLI-007", "the gateway does not say what time it is");
	answer_free(&answer);
	return read;
}

/* The day after `now` on which the calendar says anything; 0: none. Rows stand by date. */
static gateway_time day_after(const struct rollout *rollout, gateway_time now)
{
	for (size_t i = 0; i < rollout_count(rollout); i++)
		if (rollout_at(rollout, i)->from > now)
			return rollout_at(rollout, i)->from;
	return 0;
}

static void tell_day(struct session *session, const struct rollout *rollout, gateway_time day)
{
	for (size_t i = 0; i < rollout_count(rollout); i++) {
		const struct rollout_row *row = rollout_at(rollout, i);

		if (row->from != day)
			continue;
		output_print(session->output, "%-8s %s  %s\n", effect(row), list(session, row->of),
			     row->title);
		output_row(session->output, calendar_row(session, row));
	}
}

static bool next(struct session *session, const struct rollout *rollout, bool *moved,
		 struct failure *why)
{
	char date[TIME_TEXT_SIZE];
	gateway_time now, day;

	if (!now_at_gateway(session, &now, why))
		return false;
	day = day_after(rollout, now);
	*moved = day != 0;
	if (!*moved) {
		output_say(session->output, "nothing more in the calendar after %s",
			   date_text(now, date));
		return true;
	}
	if (!set(session, date_text(day, date), why))
		return false;
	tell_day(session, rollout, day);
	return true;
}

static enum exit_code run_next(struct session *session, int argc, char **argv)
{
	struct rollout *rollout;
	bool fine, moved = false;
	struct failure why;

	command_line(session, &next_argp, argc, argv, NULL);
	if (!open_calendar(session, &rollout, &why))
		return session_failed(session, &why);
	fine = next(session, rollout, &moved, &why);
	rollout_free(rollout);
	if (!fine)
		return session_failed(session, &why);
	return moved ? EXIT_DONE : EXIT_UNMET;
}

/* ---- ls --------------------------------------------------------------------------------------------- */

static const struct argp ls_argp = { NULL,
				     NULL,
				     NULL,
				     "The calendar's days, by which gateway time can be set. Needs "
				     "no gateway.\vA day that is known "
				     "only within limits says them under 'known'; 'mark' says how "
				     "well: S source paper, A read in "
				     "law or code, B official site or press, C assumed, X "
				     "conflicting. `nsw timeline` says who is "
				     "connected on a day.",
				     NULL,
				     NULL,
				     NULL };

static const struct column columns[] = {
	{ .name = "date" },
	{ .name = "known" },
	{ .name = "of" },
	{ .name = "place" },
	{ .name = "state", .word = true },
	{ .name = "mark" },
	{ .name = "title" },
};

static enum exit_code run_ls(struct session *session, int argc, char **argv)
{
	struct rollout *rollout;
	struct failure why;
	struct table *table;

	command_line(session, &ls_argp, argc, argv, NULL);
	if (!open_calendar(session, &rollout, &why))
		return session_failed(session, &why);
	table = table_begin(session->output, columns, sizeof columns / sizeof *columns, false);
	for (size_t i = 0; i < rollout_count(rollout); i++)
		table_add(table, calendar_row(session, rollout_at(rollout, i)));
	table_end(table);
	rollout_free(rollout);
	return EXIT_DONE;
}

const struct command command_date_show = { "date", GROUP_STEER, "gateway time, and what comes next",
					   &show_argp, run_show };
const struct command command_date_set = { "date set", GROUP_STEER, "move gateway time forward",
					  &set_argp, run_set };
const struct command command_date_next = { "date next", GROUP_STEER,
					   "move it to the calendar's next day", &next_argp,
					   run_next };
const struct command command_date_ls = { "date ls", GROUP_STEER, "the calendar's days", &ls_argp,
					 run_ls };
