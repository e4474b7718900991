/*
 * timeline_drawing - the inside of timeline_draw(): what is drawn where. Coordinates are whole, so
 * that no locale spoils them.
 */
#ifndef NSW_TIMELINE_DRAWING_H
#define NSW_TIMELINE_DRAWING_H

#include "cli/timeline/timeline.h"

#define DRAWING_WIDTH  1600
#define DRAWING_LEFT   190 /* where time begins */
#define DRAWING_RIGHT  (DRAWING_WIDTH - 40)
#define DRAWING_TOP    132
#define DRAWING_BAR    16
#define DRAWING_LETTER 6  /* width of one, about */
#define DRAWING_LEVELS 12 /* of points that would lie on each other */

struct drawing {
	struct text *out;
	const struct timeline *timeline;
	const struct timeline_choice *choice;
	gateway_time from, to; /* what is drawn, from left to right */
	int y;		       /* where the next thing begins */
	/* of the lane of points at hand: where each level is free again */
	int ends[DRAWING_LEVELS];
};

size_t drawing_rows(const struct drawing *d);
const struct rollout_row *drawing_row(const struct drawing *d, size_t index);
bool drawing_shows(const struct drawing *d, const struct rollout_row *row);
/* Rows count from 1 in the order of the calendar, whichever are drawn. */
size_t drawing_number(const struct drawing *d, const struct rollout_row *row);
int drawing_x(const struct drawing *d, gateway_time at);

/* Everything about a row, as one line. */
void drawing_describe(struct text *out, const struct drawing *d, const struct rollout_row *row);
void drawing_tooltip(const struct drawing *d, const struct rollout_row *row);
void drawing_text(const struct drawing *d, int x, int y, const char *class, const char *words);

/* timeline_lanes.c: one lane a link, then who joined a club, then events. */
void drawing_lanes(struct drawing *d);

#endif
