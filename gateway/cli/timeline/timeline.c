/* nsw timeline: the rollout calendar, what it says of a day, and a drawing of it. */
#include <string.h>

#include "cli/command.h"
#include "cli/timeline/timeline.h"

enum { KEY_FROM = 0x2000, KEY_TO, KEY_AT, KEY_PARTY, KEY_SVG, KEY_CALENDAR };

static const struct argp_option options_table[] = {
	{ "from", KEY_FROM, "DATE", 0, "From this day", 0 },
	{ "to", KEY_TO, "DATE", 0, "Up to and with this day", 0 },
	{ "party", KEY_PARTY, "ID", 0, "Only this party and its procedures, or this procedure", 0 },
	{ "at", KEY_AT, "DATE", 0,
	  "The state of every party and procedure on this day; may be repeated", 0 },
	{ "svg", KEY_SVG, "FILE", 0, "Draw it; - is stdout", 0 },
	{ "calendar", KEY_CALENDAR, "FILE", 0, "This calendar, instead of the sandbox's", 0 },
	{ 0 },
};

struct options {
	struct session *session;
	struct timeline_choice choice;
	struct words days;
	const char *svg, *calendar;
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_FROM:
		options->choice.from = command_date(state, value);
		return 0;
	case KEY_TO:
		options->choice.to = command_date(state, value);
		return 0;
	case KEY_PARTY:
		options->choice.id = value;
		return 0;
	case KEY_AT:
		(void)command_date(state, value);
		words_add(options->session, &options->days, value);
		return 0;
	case KEY_SVG:
		options->svg = value;
		return 0;
	case KEY_CALENDAR:
		options->calendar = value;
		return 0;
	case ARGP_KEY_END:
		if (options->svg != NULL && options->days.count > 0)
			argp_error(state, "--svg draws a time, --at looks at a day");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp timeline_argp = {
	options_table,
	parse,
	NULL,
	"Who is connected to the window since when, and what else happened.\v"
	"Days have three readings: the earliest and the latest they may have been, and the one "
	"used here, on which links change at 00:00 in Viet Nam. MARK says how well the fact is "
	"known, MARK DAY the day: S source paper, A read in code, schema or law, B official site "
	"or press, C chosen for this simulation, X conflicting. Works without a gateway.",
	NULL,
	NULL,
	NULL
};

/* ---- rows of the calendar ------------------------------------------------------------- */

static const struct column columns[] = {
	{ .name = "used" },  { .name = "earliest" }, { .name = "latest" },
	{ .name = "who" },   { .name = "place" },    { .name = "state", .word = true },
	{ .name = "via" },   { .name = "mark" },     { .name = "mark_day" },
	{ .name = "title" }, { .name = "source" },
};

static void put_day(struct row *row, const char *name, gateway_time day)
{
	char buffer[TIME_TEXT_SIZE];

	row_put(row, name, day != 0 ? date_text(day, buffer) : NULL);
}

/* A day that is known well is its own earliest and latest. */
static void put_days(struct row *row, const char *used, const struct rollout_row *from)
{
	put_day(row, used, from->from);
	put_day(row, "earliest", from->earliest != 0 ? from->earliest : from->from);
	put_day(row, "latest", from->latest != 0 ? from->latest : from->from);
}

/* Whose links, or "CLUB COUNTRY (5)"; NULL of an event. */
static const char *who_of(struct arena *arena, const struct rollout_row *from)
{
	const char *links = timeline_words(arena, from->of);

	if (from->club == NULL)
		return links;
	return arena_printf(arena, "%s%s%s %s%s", links != NULL ? links : "",
			    links != NULL ? " " : "", from->club, from->country,
			    from->order != 0 ? arena_printf(arena, " (%d)", from->order) : "");
}

static struct row *calendar_row(struct arena *arena, const struct rollout_row *from)
{
	struct row *row = row_new("rollout");

	put_days(row, "used", from);
	row_put(row, "who", who_of(arena, from));
	row_put(row, "of", timeline_words(arena, from->of));
	row_put(row, "place", timeline_words(arena, from->places));
	row_put(row, "state", from->of[0] != NULL ? link_state_name(from->state) : NULL);
	row_put(row, "via", from->via);
	row_put(row, "club", from->club);
	row_put(row, "country", from->country);
	if (from->order != 0)
		row_put_number(row, "order", from->order);
	row_put(row, "title", from->title);
	row_put(row, "title_vi", from->title_vi);
	row_put(row, "mark", from->mark);
	row_put(row, "mark_day", from->mark_day != NULL ? from->mark_day : from->mark);
	row_put(row, "source", from->source);
	return row;
}

static void tell_calendar(struct session *session, const struct timeline *timeline,
			  const struct timeline_choice *choice)
{
	struct table *table =
		table_begin(session->output, columns, sizeof columns / sizeof *columns, false);

	for (size_t i = 0; i < rollout_count(timeline->rollout); i++) {
		const struct rollout_row *row = rollout_at(timeline->rollout, i);

		if (timeline_chosen(timeline, choice, row))
			table_add(table, calendar_row(timeline->arena, row));
	}
	table_end(table);
}

/* ---- a day ---------------------------------------------------------------------------- */

static const struct column day_columns[] = {
	{ .name = "date" },
	{ .name = "id" },
	{ .name = "party" },
	{ .name = "place" },
	{ .name = "state", .word = true },
	{ .name = "via" },
	{ .name = "since" },
	{ .name = "earliest" },
	{ .name = "latest" },
	{ .name = "next" },
	{ .name = "then" },
	{ .name = "mark" },
	{ .name = "source" },
};

struct day {
	const struct timeline *timeline;
	struct table *table;
	const struct timeline_choice *choice;
	gateway_time at;
};

/* The row that says so; NULL: none does. */
static void put_source(struct row *row, const struct rollout_row *from)
{
	static const struct rollout_row none;
	const struct rollout_row *says = from != NULL ? from : &none;

	row_put(row, "via", says->via);
	put_days(row, "since", says);
	row_put(row, "title", says->title);
	row_put(row, "title_vi", says->title_vi);
	row_put(row, "mark", says->mark);
	row_put(row, "source", says->source);
}

/* At the places named, where one row counts, `place` being one of them; NULL: everywhere. */
static void tell_link(const struct day *day, const struct timeline_link *link, const char *place,
		      const char *places)
{
	const struct rollout *rollout = day->timeline->rollout;
	const struct rollout_row *from, *next;
	struct row *row = row_new("link");
	enum link_state state =
		rollout_state(rollout, link->party, link->procedure, place, day->at, &from);

	next = rollout_change(rollout, link->party, link->procedure, place, day->at);
	put_day(row, "date", day->at);
	row_put(row, "id", timeline_id(link));
	row_put(row, "party", link->party);
	row_put(row, "procedure", link->procedure);
	row_put(row, "place", places);
	row_put(row, "state", link_state_name(state));
	put_source(row, from);
	put_day(row, "next", next != NULL ? next->from : 0);
	row_put(row, "then", next != NULL ? link_state_name(next->state) : NULL);
	table_add(day->table, row);
}

/* Is it this row that counts there on that day? */
static bool counts(const struct day *day, const struct timeline_link *link, const char *place,
		   const struct rollout_row *row)
{
	const struct rollout_row *here;

	(void)rollout_state(day->timeline->rollout, link->party, link->procedure, place, day->at,
			    &here);
	return here == row;
}

/* At those of its places where the row counts on that day, in one go. */
static void tell_row(const struct day *day, const struct timeline_link *link,
		     const struct rollout_row *row)
{
	const char *one = NULL, *all = NULL;

	for (const char *const *place = row->places; *place != NULL; place++) {
		if (!counts(day, link, *place, row))
			continue;
		all = one == NULL ? *place
				  : arena_printf(day->timeline->arena, "%s %s", all, *place);
		one = *place;
	}
	if (one != NULL)
		tell_link(day, link, one, all);
}

/* Everywhere, then where it is otherwise on that day. */
static void tell_places(const struct day *day, const struct timeline_link *link)
{
	const struct timeline *timeline = day->timeline;
	const char *id = timeline_own(timeline, link) ? timeline_id(link) : link->party;

	tell_link(day, link, NULL, NULL);
	for (size_t i = 0; i < rollout_count(timeline->rollout); i++) {
		const struct rollout_row *row = rollout_at(timeline->rollout, i);

		if (timeline_names(row, id))
			tell_row(day, link, row);
	}
}

static void tell_day(const struct day *day)
{
	const struct timeline *timeline = day->timeline;
	const char *id = day->choice->id;

	for (size_t i = 0; i < timeline->count; i++) {
		const struct timeline_link *link = &timeline->links[i];

		if (id == NULL || strcmp(link->party, id) == 0 ||
		    strcmp(timeline_id(link), id) == 0)
			tell_places(day, link);
	}
}

static void tell_days(struct session *session, const struct timeline *timeline,
		      const struct options *options)
{
	struct day day = { timeline, NULL, &options->choice, 0 };

	day.table = table_begin(session->output, day_columns,
				sizeof day_columns / sizeof *day_columns, false);
	for (size_t i = 0; i < options->days.count; i++)
		if (time_parse(options->days.words[i], &day.at, NULL))
			tell_day(&day);
	table_end(day.table);
}

/* ---- a drawing ------------------------------------------------------------------------ */

/* A place that takes no file is the user's to change. */
static bool write_drawing(struct session *session, const struct text *svg, const char *path,
			  struct failure *why)
{
	struct failure unwritten;

	if (strcmp(path, "-") == 0) {
		output_bytes(session->output, svg->bytes, svg->length);
		return true;
	}
	if (!file_write(path, svg->bytes, svg->length, 0644, &unwritten)) {
		reject(why, "CLI-006", "%s", unwritten.text);
		return failure_at(why, "%s", path);
	}
	output_say(session->output, "drawn to %s", path);
	return true;
}

static bool draw(struct session *session, const struct timeline *timeline,
		 const struct options *options, struct failure *why)
{
	struct text svg = TEXT_EMPTY;
	bool written;

	timeline_draw(&svg, timeline, &options->choice);
	written = write_drawing(session, &svg, options->svg, why);
	text_free(&svg);
	return written;
}

/* ---- the command ---------------------------------------------------------------------- */

static enum exit_code run_timeline(struct session *session, int argc, char **argv)
{
	struct options options = {
		.session = session,
		.choice = { .from = INT64_MIN, .to = INT64_MAX },
	};
	struct timeline timeline;
	struct failure why;
	bool done;

	command_line(session, &timeline_argp, argc, argv, &options);
	if (!timeline_open(&timeline, session, options.calendar, &why))
		return session_failed(session, &why);
	done = options.choice.id == NULL || timeline_known(&timeline, options.choice.id, &why);
	if (done && options.svg != NULL)
		done = draw(session, &timeline, &options, &why);
	else if (done && options.days.count > 0)
		tell_days(session, &timeline, &options);
	else if (done)
		tell_calendar(session, &timeline, &options.choice);
	timeline_close(&timeline);
	return done ? EXIT_DONE : session_failed(session, &why);
}

const struct command command_timeline = { "timeline", GROUP_LOOK, "who is connected since when",
					  &timeline_argp, run_timeline };
