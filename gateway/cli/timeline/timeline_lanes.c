/* The lanes of the drawing: links with their states over time, members of clubs, events. */
#include <string.h>

#include "cli/timeline/timeline_drawing.h"

#define LANE  30
#define LEVEL 20

/* ---- lanes of links ------------------------------------------------------------------- */

/* When the next row takes over: another for the same places, or one for everywhere. */
static gateway_time end_of(const struct drawing *d, const struct rollout_row *row, const char *id)
{
	for (size_t i = drawing_number(d, row); i < drawing_rows(d); i++) {
		const struct rollout_row *next = drawing_row(d, i);

		if (timeline_names(next, id) && next->places[0] == NULL)
			return next->from;
	}
	return d->to;
}

static void draw_range(const struct drawing *d, const struct rollout_row *row, int y)
{
	int first = drawing_x(d, row->earliest != 0 ? row->earliest : row->from);
	int last = drawing_x(d, row->latest != 0 ? row->latest : row->from);

	if (first < last)
		text_printf(d->out, "<path class=\"range\" d=\"M%d %dH%d M%d %dV%d M%d %dV%d\"/>\n",
			    first, y, last, first, y - 3, y + 3, last, y - 3, y + 3);
}

static void draw_state(const struct drawing *d, const struct rollout_row *row, const char *id)
{
	bool everywhere = row->places[0] == NULL;
	const char *state = link_state_name(row->state);
	int left = drawing_x(d, row->from), right = drawing_x(d, end_of(d, row, id));
	int y = d->y + (everywhere ? 8 : 18), height = everywhere ? DRAWING_BAR : 6;

	if (right <= left)
		return;
	text_printf(d->out, "<g><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"%s\"/>",
		    left, y, right - left, height, state);
	drawing_tooltip(d, row);
	text_add(d->out, "</g>\n");
	if (row->from >= d->from)
		draw_range(d, row, d->y + 8);
	if (everywhere && right - left > (int)strlen(state) * (DRAWING_LETTER + 3))
		drawing_text(d, left + 6, y + 12, row->state == LINK_LIVE ? "light" : "", state);
	if (row->from >= d->from)
		text_printf(d->out, "<text x=\"%d\" y=\"%d\" class=\"small%s\">%zu</text>\n",
			    left - (everywhere ? 0 : 2), d->y + (everywhere ? 6 : 24),
			    everywhere ? "" : " end", drawing_number(d, row));
}

static void draw_link(struct drawing *d, const struct timeline_link *link)
{
	const char *id = timeline_id(link);
	bool procedure = link->procedure != NULL;

	drawing_text(d, procedure ? 36 : 20, d->y + 20, procedure ? "" : "party", id);
	text_printf(d->out, "<path class=\"lane\" d=\"M%d %dH%d\"/>\n", DRAWING_LEFT, d->y + 24,
		    DRAWING_RIGHT);
	for (size_t i = 0; i < drawing_rows(d); i++)
		if (timeline_names(drawing_row(d, i), id))
			draw_state(d, drawing_row(d, i), id);
	d->y += LANE;
}

/* A party without rows of its own is shown for the sake of its procedures. */
static bool has_lane(const struct drawing *d, const struct timeline_link *link)
{
	const char *wanted = d->choice->id;

	return timeline_own(d->timeline, link) &&
	       (wanted == NULL || strcmp(wanted, link->party) == 0 ||
		strcmp(wanted, timeline_id(link)) == 0);
}

/* ---- lanes of points ------------------------------------------------------------------ */

/* The first level that is free at `left`; the last one where none is. */
static int take_level(struct drawing *d, int left, int right)
{
	int level = 0;

	while (level < DRAWING_LEVELS - 1 && d->ends[level] > left)
		level++;
	d->ends[level] = right;
	return level;
}

static int begin_points(struct drawing *d, const char *title)
{
	memset(d->ends, 0, sizeof d->ends);
	drawing_text(d, 20, d->y + 20, "party", title);
	return d->y;
}

static void end_points(struct drawing *d)
{
	int levels = 1;

	for (int i = 0; i < DRAWING_LEVELS; i++)
		if (d->ends[i] != 0)
			levels = i + 1;
	d->y += levels * LEVEL + 14;
}

/* A circle with its place in the order, dashed where the day is not known, and the country. */
static void draw_member(struct drawing *d, const struct rollout_row *row)
{
	int x = drawing_x(d, timeline_day(row));
	int y = d->y + 16 + LEVEL * take_level(d, x - 10, x + 66);

	text_printf(d->out, "<g><circle cx=\"%d\" cy=\"%d\" r=\"8\" class=\"%s\"/>", x, y,
		    row->from != 0 ? "known" : "unknown");
	drawing_tooltip(d, row);
	if (row->order != 0)
		text_printf(d->out, "<text x=\"%d\" y=\"%d\" class=\"middle\">%d</text>", x, y + 4,
			    row->order);
	text_printf(d->out,
		    "<text x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\" "
		    "class=\"small\">%zu</text></g>\n",
		    x + 12, y + 4, row->country, x + 34, y + 4, drawing_number(d, row));
}

static void draw_clubs(struct drawing *d)
{
	const char *last = "";

	for (size_t i = 0; i < drawing_rows(d); i++) {
		const char *club = drawing_row(d, i)->club;

		if (club == NULL || strcmp(club, last) == 0 || !drawing_shows(d, drawing_row(d, i)))
			continue;
		last = club;
		begin_points(d, arena_printf(d->timeline->arena, "%s, in order", club));
		for (size_t j = i; j < drawing_rows(d); j++) {
			const struct rollout_row *row = drawing_row(d, j);

			if (row->club != NULL && strcmp(row->club, club) == 0 &&
			    drawing_shows(d, row))
				draw_member(d, row);
		}
		end_points(d);
	}
}

static void draw_event(struct drawing *d, const struct rollout_row *row)
{
	int x = drawing_x(d, timeline_day(row));
	int y = d->y + 16 + LEVEL * take_level(d, x - 10, x + 14);

	text_printf(d->out, "<g><path class=\"event\" d=\"M%d %dl12 9l-12 9l-12 -9z\"/>", x, y - 9);
	drawing_tooltip(d, row);
	text_printf(d->out, "<text x=\"%d\" y=\"%d\" class=\"small middle\">%zu</text></g>\n", x,
		    y + 4, drawing_number(d, row));
}

static bool is_event(const struct drawing *d, const struct rollout_row *row)
{
	return row->of[0] == NULL && row->club == NULL && drawing_shows(d, row);
}

static void draw_events(struct drawing *d)
{
	bool begun = false;

	for (size_t i = 0; i < drawing_rows(d); i++) {
		if (!is_event(d, drawing_row(d, i)))
			continue;
		if (!begun)
			begin_points(d, "Events");
		begun = true;
		draw_event(d, drawing_row(d, i));
	}
	if (begun)
		end_points(d);
}

/* ---- all of them ----------------------------------------------------------------------- */

void drawing_lanes(struct drawing *d)
{
	const struct timeline *timeline = d->timeline;

	for (size_t i = 0; i < timeline->count; i++)
		if (has_lane(d, &timeline->links[i]))
			draw_link(d, &timeline->links[i]);
	draw_clubs(d);
	draw_events(d);
}
