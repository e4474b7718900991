/* needs - what one import needs, on which day: the plan, before anything runs. */
#include "cli/demo/demo.h"
#include "cli/plan/plan_show.h"

/* Days of the matrix beside the stories': before the window, and when partners exchange for good. */
#define BEFORE	  "2013-12-01"
#define EXCHANGED "2018-01-01"

static bool add_day(struct demo *demo, struct moments *days, const char *date, struct failure *why)
{
	gateway_time at;

	if (!time_parse(date, &at, why))
		return false;
	moments_add(days, demo->arena, at);
	return true;
}

static bool make_sheets(struct demo *demo, const struct facts *facts, struct sheet *shown,
			struct failure *why)
{
	struct moments all = { 0 }, stories = { 0 };

	if (!add_day(demo, &all, BEFORE, why))
		return false;
	for (size_t i = 0; i < STORIES; i++)
		if (!add_day(demo, &stories, demo->stories[i].date, why) ||
		    !add_day(demo, &all, demo->stories[i].date, why))
			return false;
	return add_day(demo, &all, EXCHANGED, why) &&
	       sheet_make(shown, demo->planner.plan, facts, &all, demo->arena, why) &&
	       sheet_make(&demo->sheet, demo->planner.plan, facts, &stories, demo->arena, why);
}

/* Who plays which part follows from how the days differ. */
static void cast(struct demo *demo)
{
	const struct sheet *sheet = &demo->sheet;

	for (size_t i = 0; i < sheet->row_count; i++) {
		const struct plan_task *first = sheet_task(sheet, i, PILOT),
				       *last = sheet_task(sheet, i, JOINED);

		if (first == NULL || last == NULL)
			continue;
		if (last->releases)
			demo->customs = last;
		else if (last->by == BY_DOCUMENT)
			demo->document = last;
		else if (first->route == ROUTE_PAPER && last->route == ROUTE_ELECTRONIC)
			demo->late = last;
	}
}

static void tell_rows(struct demo *demo)
{
	for (size_t i = 0; i < demo->sheet.row_count; i++)
		demo_say(demo, "  %-12s %s", demo->sheet.rows[i]->procedure,
			 demo->sheet.rows[i]->title ?: "?");
}

bool demo_needs(struct demo *demo, struct failure *why)
{
	struct facts *facts;
	struct sheet shown;
	const char *path;

	if (!demo_sample(demo, "dec-imp", demo->stories[PILOT].sample, &path, why) ||
	    !demo_facts(demo, path, &facts, why) || !make_sheets(demo, facts, &shown, why))
		return false;
	cast(demo);
	if (demo->customs == NULL || demo->late == NULL || demo->document == NULL)
		return demo_otherwise(why,
				      "a decision goes from paper to electronic, and a document is "
				      "shown",
				      "the calendar or the control table say otherwise");
	demo_say(demo,
		 "A trader imports frozen shrimps from Thailand, by sea to Hai Phong, at the");
	demo_say(demo,
		 "ATIGA rate. Who must decide, and on which way that is asked on which day, are");
	demo_say(demo, "rows of data files. `nsw plan` reads them without any gateway:");
	demo_pause(demo);
	plan_show_matrix(demo->session->output, &shown, demo->arena);
	demo_pause(demo);
	tell_rows(demo);
	demo_pause(demo);
	demo_say(demo, "Parallel: an electronic copy goes too, and the paper stays the proof.");
	demo_say(demo, "Three of these days follow.");
	demo_result(demo, "%zu counters to visit on %s, %zu on %s",
		    sheet_totals(&demo->sheet, PILOT).counters, demo->stories[PILOT].date,
		    sheet_totals(&demo->sheet, JOINED).counters, demo->stories[JOINED].date);
	return sheet_totals(&demo->sheet, JOINED).counters <
		       sheet_totals(&demo->sheet, PILOT).counters ||
	       demo_otherwise(why, "fewer counters as ministries join", "as many or more");
}
