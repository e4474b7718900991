/* attendance - who was connected how on each of the days, and what went to and fro. */
#include <string.h>

#include "cli/demo/demo.h"
#include "cli/status.h"

#define MOST 64

struct figures {
	size_t messages, decisions;
};

struct attendance {
	struct demo *demo;
	const char *parties[MOST];
	struct figures figures[MOST][STORIES];
	size_t count;
};

/* ---- parties ------------------------------------------------------------------------------------- */

static void add_party(struct attendance *attendance, const char *party)
{
	if (party == NULL || attendance->count == MOST)
		return;
	for (size_t i = 0; i < attendance->count; i++)
		if (strcmp(attendance->parties[i], party) == 0)
			return;
	attendance->parties[attendance->count++] = arena_string(attendance->demo->arena, party);
}

/* Whoever sends the declarations, then everybody with a profile. */
static bool add_parties(struct attendance *attendance, struct failure *why)
{
	struct demo *demo = attendance->demo;
	struct answer answer;

	if (!status_ask(demo->follower.client, &answer, why))
		return false;
	for (size_t i = 0; i < STORIES; i++)
		add_party(attendance, demo->stories[i].declaration.party);
	for (size_t i = 0; i < answer.count; i++)
		if (demo_is(answer.rows[i], "type", "party"))
			add_party(attendance, row_get(answer.rows[i], "id"));
	answer_free(&answer);
	return true;
}

/* ---- what they said and got ---------------------------------------------------------------------- */

/* The story in whose time that was. */
static size_t story_at(const struct demo *demo, const char *time)
{
	struct failure ignored;
	gateway_time at;
	size_t story = 0;

	if (time == NULL || !time_parse(time, &at, &ignored))
		return 0;
	while (story + 1 < STORIES && demo->sheet.days[story + 1].at <= at)
		story++;
	return story;
}

/* A technical receipt is no message to people. */
static bool is_message(const struct row *hop)
{
	return demo_is(hop, "event", "planned") ||
	       (demo_is(hop, "event", "received") && !demo_is(hop, "kind", "ACK"));
}

static void add_hop(struct attendance *attendance, const struct row *hop)
{
	size_t story = story_at(attendance->demo, row_get(hop, "time"));

	for (size_t i = 0; i < attendance->count; i++) {
		struct figures *figures = &attendance->figures[i][story];

		if (!demo_is(hop, "hop", attendance->parties[i]))
			continue;
		figures->messages += is_message(hop);
		figures->decisions +=
			demo_is(hop, "state", "DECIDED") && !demo_is(hop, "event", "task");
	}
}

static bool add_hops(struct attendance *attendance, struct failure *why)
{
	struct answer events;
	int64_t since = 0;
	size_t count;

	do {
		if (!follow_events(attendance->demo->follower.client, NULL, &since, 0, &events,
				   why))
			return false;
		count = events.count;
		for (size_t i = 0; i < count; i++)
			if (demo_is(events.rows[i], "type", "hop"))
				add_hop(attendance, events.rows[i]);
		answer_free(&events);
	} while (count > 1); /* more than the row that ends each answer */
	return true;
}

/* ---- the table ----------------------------------------------------------------------------------- */

static const char *counted(struct arena *arena, size_t count, const char *what)
{
	if (count == 0)
		return "";
	return arena_printf(arena, ", %zu %s%s", count, what, count == 1 ? "" : "s");
}

static const char *cell(const struct attendance *attendance, size_t party, size_t story)
{
	const struct figures *figures = &attendance->figures[party][story];
	const struct demo *demo = attendance->demo;

	return arena_printf(demo->arena, "%s%s%s",
			    demo_way(demo, attendance->parties[party], demo->sheet.days[story].at),
			    counted(demo->arena, figures->messages, "message"),
			    counted(demo->arena, figures->decisions, "decision"));
}

static void show(const struct attendance *attendance)
{
	const struct demo *demo = attendance->demo;
	struct column columns[STORIES + 1] = { { .name = "party" } };
	struct table *table;

	for (size_t i = 0; i < STORIES; i++)
		columns[i + 1].name = demo->stories[i].date;
	table = table_begin(demo->session->output, columns, STORIES + 1, false);
	for (size_t i = 0; i < attendance->count; i++) {
		struct row *row = row_new("attendance");

		row_put(row, "party", attendance->parties[i]);
		for (size_t story = 0; story < STORIES; story++)
			row_put(row, demo->stories[story].date, cell(attendance, i, story));
		table_add(table, row);
	}
	table_end(table);
}

bool demo_attendance(struct demo *demo, struct failure *why)
{
	struct attendance attendance = { .demo = demo };

	if (!add_parties(&attendance, why) || !add_hops(&attendance, why))
		return false;
	show(&attendance);
	return true;
}
