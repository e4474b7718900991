/* answer_calendar - what day it is, and what waits on paper for its day. */
#include <string.h>

#include "control/answers.h"

#define PAPERS_MOST 10000

static void put_moment(struct row *row, const char *name, gateway_time when)
{
	char text[TIME_TEXT_SIZE];

	row_put(row, name, time_text(when, text));
}

/* The next row of the calendar that says anything. */
static const struct rollout_row *next_row(const struct rollout *rollout, gateway_time now)
{
	for (size_t i = 0; i < rollout_count(rollout); i++)
		if (rollout_at(rollout, i)->from > now)
			return rollout_at(rollout, i);
	return NULL;
}

bool answer_date(struct question_asked *asked, struct failure *why)
{
	const struct house *house = asked->links->house;
	gateway_time now = clock_now(house->clock);
	const struct rollout_row *next = next_row(kinds_rollout(house->kinds), now);
	struct row *row = row_new("date");
	char date[TIME_TEXT_SIZE];

	(void)why;
	put_moment(row, "time", now);
	row_put(row, "date", date_text(now, date));
	row_put(row, "clock", house->settings->clock);
	row_put_flag(row, "skip_time", house->settings->skip_time);
	if (next != NULL) {
		row_put(row, "next", date_text(next->from, date));
		row_put(row, "next_title", next->title);
	}
	say(asked, row);
	return true;
}

static void say_paper(struct question_asked *asked, const struct journal_task *task)
{
	const struct procedure *procedure =
		procedures_find(kinds_procedures(asked->links->house->kinds), task->procedure);
	const char *run = row_get(asked->ask, "run");
	struct journal_case case_ = { .run = NULL };
	bool known = journal_case(asked->journal, asked->arena, task->case_id, &case_);
	struct row *row;

	if (run != NULL && (case_.run == NULL || strcmp(case_.run, run) != 0))
		return;
	row = row_new("paper");
	row_put(row, "case", task->case_id);
	if (known) {
		row_put(row, "number", case_.number);
		row_put(row, "reference", case_.reference);
	}
	row_put(row, "party", task->party);
	row_put(row, "procedure", task->procedure);
	put_moment(row, "due", task->due);
	row_put(row, "counter", procedure != NULL ? procedure->counter : NULL);
	say(asked, row);
}

bool answer_papers(struct question_asked *asked, struct failure *why)
{
	struct journal_task *tasks;
	size_t count = journal_papers(asked->journal, asked->arena, 0, PAPERS_MOST, &tasks);

	(void)why;
	for (size_t i = 0; i < count; i++)
		say_paper(asked, &tasks[i]);
	return true;
}
