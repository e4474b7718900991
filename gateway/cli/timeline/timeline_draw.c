/*
 * The calendar as an SVG drawing: a lane for each link that has rows, one for who joined a
 * club, one for events, and every row by its number in a list below. States differ in pattern and
 * in name, not in colour alone.
 */
#include <string.h>

#include "cli/timeline/timeline_drawing.h"

#define COLUMNS	   2 /* of the list */
#define ENTRY	   17
#define ENTRY_MOST 104 /* letters of an entry that are shown; the rest is its tooltip */
#define DAY	   (INT64_C(24) * 60 * 60 * 1000)
#define YEAR	   (INT64_C(365) * DAY)

/* ---- rows ----------------------------------------------------------------------------- */

const struct rollout_row *drawing_row(const struct drawing *d, size_t index)
{
	return rollout_at(d->timeline->rollout, index);
}

size_t drawing_rows(const struct drawing *d)
{
	return rollout_count(d->timeline->rollout);
}

bool drawing_shows(const struct drawing *d, const struct rollout_row *row)
{
	return timeline_chosen(d->timeline, d->choice, row);
}

size_t drawing_number(const struct drawing *d, const struct rollout_row *row)
{
	size_t number = 1;

	while (drawing_row(d, number - 1) != row)
		number++;
	return number;
}

int drawing_x(const struct drawing *d, gateway_time at)
{
	if (at <= d->from)
		return DRAWING_LEFT;
	if (at >= d->to)
		return DRAWING_RIGHT;
	return DRAWING_LEFT +
	       (int)((at - d->from) * (DRAWING_RIGHT - DRAWING_LEFT) / (d->to - d->from));
}

/* ---- words ---------------------------------------------------------------------------- */

static void add_day(struct text *out, gateway_time day)
{
	char buffer[TIME_TEXT_SIZE];

	text_add(out, date_text(day, buffer));
}

/* "2015-12-01 (2015-10-01 to 2015-12-31)", "until 2015-09-07" */
static void add_days(struct text *out, const struct rollout_row *row)
{
	if (row->from == 0 && row->latest == 0)
		text_add(out, "day not known");
	else if (row->from == 0)
		text_add(out, "not later than ");
	if (timeline_day(row) != 0)
		add_day(out, timeline_day(row));
	if (row->from == 0 || (row->earliest == 0 && row->latest == 0))
		return;
	text_add(out, " (");
	add_day(out, row->earliest != 0 ? row->earliest : row->from);
	text_add(out, " to ");
	add_day(out, row->latest != 0 ? row->latest : row->from);
	text_add(out, ")");
}

static void add_marks(struct text *out, const struct rollout_row *row)
{
	if (row->mark == NULL)
		return;
	text_printf(out, " [%s", row->mark);
	if (row->mark_day != NULL)
		text_printf(out, ", day %s", row->mark_day);
	text_add(out, "]");
}

/* Whose link, which state, where, and by what; who joined; nothing of an event. */
static void add_link(struct text *out, const struct drawing *d, const struct rollout_row *row)
{
	const char *of = timeline_words(d->timeline->arena, row->of);
	const char *places = timeline_words(d->timeline->arena, row->places);

	if (of != NULL)
		text_printf(out, " %s %s", of, link_state_name(row->state));
	if (places != NULL)
		text_printf(out, " at %s", places);
	if (row->via != NULL)
		text_printf(out, " by the %s", row->via);
	if (row->club != NULL)
		text_printf(out, " %s %s", row->club, row->country);
	if (row->order != 0)
		text_printf(out, ", number %d", row->order);
}

void drawing_describe(struct text *out, const struct drawing *d, const struct rollout_row *row)
{
	text_printf(out, "%zu. ", drawing_number(d, row));
	add_days(out, row);
	add_marks(out, row);
	add_link(out, d, row);
	if (row->title != NULL)
		text_printf(out, ": %s", row->title);
}

void drawing_tooltip(const struct drawing *d, const struct rollout_row *row)
{
	struct text line = TEXT_EMPTY;

	drawing_describe(&line, d, row);
	if (row->source != NULL)
		text_printf(&line, " Source: %s", row->source);
	text_add(d->out, "<title>");
	text_add_xml(d->out, line.bytes);
	text_add(d->out, "</title>");
	text_free(&line);
}

void drawing_text(const struct drawing *d, int x, int y, const char *class, const char *words)
{
	text_printf(d->out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, class);
	text_add_xml(d->out, words);
	text_add(d->out, "</text>\n");
}

/* ---- the frame ------------------------------------------------------------------------ */

static const char style[] =
	"<style>\n"
	"text { font: 12px sans-serif; fill: #111; stroke: #fff; stroke-width: 3px; paint-order: "
	"stroke }\n"
	".head { font-size: 22px; font-weight: bold } .party { font-weight: bold }\n"
	".small { font-size: 10px; fill: #444 } .middle { text-anchor: middle }\n"
	".end { text-anchor: end } .light { fill: #fff; stroke: none }\n"
	".grid { stroke: #ccc } .lane { stroke: #999; stroke-dasharray: 1 4 }\n"
	".TEST { fill: url(#test); stroke: #555; stroke-dasharray: 3 2 }\n"
	".PARALLEL { fill: url(#parallel); stroke: #1a4d80 }\n"
	".LIVE { fill: #1a4d80; stroke: #1a4d80 }\n"
	".ENDED { fill: none; stroke: #777; stroke-dasharray: 6 4 }\n"
	".NONE { fill: none; stroke: none }\n"
	".range { stroke: #b34700; stroke-width: 2 }\n"
	".event { fill: #fff; stroke: #111; stroke-width: 1.5 }\n"
	".known { fill: #fff; stroke: #111; stroke-width: 2 }\n"
	".unknown { fill: #fff; stroke: #111; stroke-dasharray: 2 2 }\n"
	"</style>\n"
	"<defs>\n"
	"<pattern id=\"test\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
	"<rect width=\"6\" height=\"6\" fill=\"#fff\"/><circle cx=\"3\" cy=\"3\" r=\"1\"/>"
	"</pattern>\n"
	"<pattern id=\"parallel\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
	"<rect width=\"6\" height=\"6\" fill=\"#dbe9f6\"/>"
	"<path d=\"M0 6L6 0\" stroke=\"#1a4d80\"/></pattern>\n"
	"</defs>\n";

static void draw_head(const struct drawing *d)
{
	text_add(d->out, "<title>Rollout of the single window</title>\n<desc>A lane for each party "
			 "and procedure shows from when its link was in which state; a list below "
			 "gives every row of the calendar. Simulation.</desc>\n");
	text_add(d->out, style);
	text_printf(d->out, "<rect width=\"%d\" height=\"100%%\" fill=\"#fff\"/>\n", DRAWING_WIDTH);
	drawing_text(d, 20, 36, "head", "Rollout of the single window");
	drawing_text(
		d, 20, 58, "small",
		"Simulation, not connected to any government system. Numbers lead to the list "
		"below. Marks: S source paper, A code, schema or law, B official site or press, C "
		"chosen for the simulation, X conflicting.");
}

static void draw_legend(const struct drawing *d)
{
	static const struct {
		enum link_state state;
		const char *words;
	} entries[] = {
		{ LINK_TEST, "TEST" },
		{ LINK_PARALLEL, "PARALLEL: electronic, paper stays the proof" },
		{ LINK_LIVE, "LIVE" },
		{ LINK_ENDED, "ENDED" },
	};
	int x = 20;

	for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
		text_printf(d->out,
			    "<rect x=\"%d\" y=\"72\" width=\"36\" height=\"%d\" class=\"%s\"/>\n",
			    x, DRAWING_BAR, link_state_name(entries[i].state));
		drawing_text(d, x + 44, 85, "", entries[i].words);
		x += 74 + (int)strlen(entries[i].words) * (DRAWING_LETTER + 1);
	}
	text_printf(d->out, "<path class=\"range\" d=\"M%d 80H%d M%d 75V85 M%d 75V85\"/>\n", x,
		    x + 36, x, x + 36);
	drawing_text(d, x + 44, 85, "", "earliest to latest; drawn at the day used");
	x += 330;
	text_printf(d->out, "<rect x=\"%d\" y=\"76\" width=\"36\" height=\"6\" class=\"LIVE\"/>\n",
		    x);
	drawing_text(d, x + 44, 85, "", "at some places only");
}

static int year_of(gateway_time at)
{
	char buffer[TIME_TEXT_SIZE];
	int year = 0;

	for (const char *digit = date_text(at, buffer); *digit >= '0' && *digit <= '9'; digit++)
		year = year * 10 + (*digit - '0');
	return year;
}

static void draw_years(const struct drawing *d, int bottom)
{
	for (int year = year_of(d->from); year <= year_of(d->to); year++) {
		const char *first = arena_printf(d->timeline->arena, "%04d-01-01", year);
		gateway_time at;

		if (!time_parse(first, &at, NULL) || at < d->from || at > d->to)
			continue;
		text_printf(d->out, "<path class=\"grid\" d=\"M%d %dV%d\"/>", drawing_x(d, at),
			    DRAWING_TOP - 10, bottom);
		text_printf(d->out, "<text x=\"%d\" y=\"%d\" class=\"small middle\">%d</text>\n",
			    drawing_x(d, at), DRAWING_TOP - 14, year);
	}
}

/* ---- the list ------------------------------------------------------------------------- */

/* Cut between characters, with an ellipsis. */
static void cut(struct text *line)
{
	size_t length = 0, letters = 0;

	while (length < line->length && letters < ENTRY_MOST) {
		size_t step = utf8_step((const unsigned char *)line->bytes + length,
					line->length - length);

		length += step != 0 ? step : 1;
		letters++;
	}
	if (length == line->length)
		return;
	line->bytes[length] = '\0';
	line->length = length;
	text_add(line, "…");
}

static void draw_entry(const struct drawing *d, const struct rollout_row *row, int x, int y)
{
	struct text line = TEXT_EMPTY;

	drawing_describe(&line, d, row);
	cut(&line);
	text_printf(d->out, "<g><text x=\"%d\" y=\"%d\">", x, y);
	text_add_xml(d->out, line.bytes);
	text_add(d->out, "</text>");
	drawing_tooltip(d, row);
	text_add(d->out, "</g>\n");
	text_free(&line);
}

static void draw_list(struct drawing *d)
{
	int count = 0, shown = 0, lines;

	for (size_t i = 0; i < drawing_rows(d); i++)
		count += drawing_shows(d, drawing_row(d, i));
	lines = 1 + (count > 0 ? count - 1 : 0) / COLUMNS;
	for (size_t i = 0; i < drawing_rows(d); i++) {
		if (!drawing_shows(d, drawing_row(d, i)))
			continue;
		draw_entry(d, drawing_row(d, i),
			   20 + shown / lines * (DRAWING_WIDTH - 20) / COLUMNS,
			   d->y + 24 + shown % lines * ENTRY);
		shown++;
	}
	d->y += 36 + lines * ENTRY;
}

/* ---- the whole ------------------------------------------------------------------------ */

/* From half a year before the first row to half a year after the last one, unless asked for. */
static void set_bounds(struct drawing *d)
{
	gateway_time first = INT64_MAX, last = INT64_MIN;

	for (size_t i = 0; i < drawing_rows(d); i++) {
		gateway_time day = timeline_day(drawing_row(d, i));

		if (day == 0 || !drawing_shows(d, drawing_row(d, i)))
			continue;
		first = day < first ? day : first;
		last = day > last ? day : last;
	}
	if (first > last) /* nothing is shown: the time asked for, or any */
		first = last = d->choice->from != INT64_MIN ? d->choice->from : 0;
	d->from = d->choice->from != INT64_MIN ? d->choice->from : first - YEAR / 2;
	d->to = d->choice->to != INT64_MAX ? d->choice->to : last + YEAR / 2;
	if (d->to <= d->from)
		d->to = d->from + DAY;
}

void timeline_draw(struct text *out, const struct timeline *timeline,
		   const struct timeline_choice *choice)
{
	struct text body = TEXT_EMPTY;
	struct drawing d = {
		.out = &body, .timeline = timeline, .choice = choice, .y = DRAWING_TOP
	};
	int bottom;

	set_bounds(&d);
	drawing_lanes(&d);
	bottom = d.y;
	draw_list(&d);

	/* The height is known now; the grid stands behind everything. */
	text_printf(out,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" "
		    "height=\"%d\" viewBox=\"0 0 %d %d\">\n",
		    DRAWING_WIDTH, d.y, DRAWING_WIDTH, d.y);
	d.out = out;
	draw_head(&d);
	draw_legend(&d);
	draw_years(&d, bottom);
	text_add(out, body.bytes != NULL ? body.bytes : "");
	text_add(out, "</svg>\n");
	text_free(&body);
}
