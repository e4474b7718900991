/* telling - what several chapters say in the same words. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/demo/demo.h"
#include "core/document.h"

#define LETTERS 32

/* ---- lines --------------------------------------------------------------------------------------- */

void demo_say(struct demo *demo, const char *format, ...)
{
	struct text line = TEXT_EMPTY;
	char part[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(part, sizeof part, format, arguments);
	va_end(arguments);
	cell_add(&line, part);
	output_print(demo->session->output, "   %s\n", line.bytes);
	output_flush(demo->session->output);
	text_free(&line);
}

void demo_pause(struct demo *demo)
{
	output_print(demo->session->output, "\n");
}

void demo_result(struct demo *demo, const char *format, ...)
{
	char part[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(part, sizeof part, format, arguments);
	va_end(arguments);
	demo->result = arena_string(demo->arena, part);
}

bool demo_otherwise(struct failure *why, const char *expected, const char *found)
{
	return reject(why, "CLI-015", "this should have happened: %s; and this did: %s", expected,
		      found);
}

int demo_reason_length(const char *text)
{
	return (int)strcspn(text, ":");
}

/* ---- the calendar -------------------------------------------------------------------------------- */

static enum link_state better(enum link_state one, enum link_state other)
{
	return one == LINK_LIVE || !link_carries(other) ? one : other;
}

/* Of any procedure that it has then; of a party without one, the link itself. */
static enum link_state best_link(const struct plan_data *data, const char *party, gateway_time at)
{
	enum link_state best = LINK_NONE;
	bool registered = false;

	for (size_t i = 0; i < procedures_count(data->procedures); i++) {
		const struct procedure *procedure = procedures_at(data->procedures, i);

		if (strcmp(procedure->party, party) != 0 || procedure->from > at)
			continue;
		registered = true;
		best = better(best,
			      rollout_state(data->rollout, party, procedure->id, NULL, at, NULL));
	}
	return registered ? best : rollout_state(data->rollout, party, NULL, NULL, at, NULL);
}

const char *demo_way(const struct demo *demo, const char *party, gateway_time at)
{
	enum link_state link = best_link(plan_data(demo->planner.plan), party, at);

	if (link == LINK_PARALLEL)
		return "parallel";
	return link_carries(link) ? "electronic" : "paper";
}

void demo_tell_day(struct demo *demo, const struct story *story)
{
	const struct rollout *rollout = plan_data(demo->planner.plan)->rollout;
	char date[TIME_TEXT_SIZE];

	demo_say(demo, "It is %s, 00:00 in Viet Nam. The calendar says of the day:", story->date);
	for (size_t i = 0; i < rollout_count(rollout); i++) {
		const struct rollout_row *row = rollout_at(rollout, i);

		if (row->from != 0 && strcmp(date_text(row->from, date), story->date) == 0)
			demo_say(demo, "  %s [%s]", row->title ?: "?", row->mark ?: "C");
	}
	demo_pause(demo);
}

/* ---- who must decide ----------------------------------------------------------------------------- */

static const struct plan_task *planned(const struct demo *demo, const struct story *story,
				       const struct row *task)
{
	const struct sheet_day *day = &demo->sheet.days[story - demo->stories];

	for (size_t i = 0; i < day->count; i++)
		if (demo_is(task, "party", day->tasks[i].party) &&
		    demo_is(task, "procedure", day->tasks[i].procedure))
			return &day->tasks[i];
	return NULL;
}

static const char *how_asked(const struct plan_task *task)
{
	if (task->route == ROUTE_ELECTRONIC)
		return task->releases ? "electronic; only its word releases" : "electronic";
	if (task->link == LINK_PARALLEL)
		return "paper; an electronic copy may come beside it";
	return "paper";
}

bool demo_tell_tasks(struct demo *demo, const struct story *story, const struct answer *about,
		     struct failure *why)
{
	size_t count = 0;

	demo_say(demo, "So these must decide, and this is how each is asked:");
	for (size_t i = 0; i < about->count; i++) {
		const struct row *row = about->rows[i];
		const struct plan_task *task;

		if (!demo_is(row, "type", "task"))
			continue;
		task = planned(demo, story, row);
		if (task == NULL || !demo_is(row, "route", route_name(task->route)) ||
		    !demo_is(row, "link", link_state_name(task->link)))
			return demo_otherwise(why, "each is asked as planned",
					      row_get(row, "party") ?: "?");
		demo_say(demo, "  %-6s %-12s %s", task->party, task->procedure, how_asked(task));
		count++;
	}
	return count == demo->sheet.days[story - demo->stories].count ||
	       demo_otherwise(why, "all are asked that were planned", "fewer");
}

/* ---- what happened ------------------------------------------------------------------------------- */

/* Who said what, and on paper the number of it; a document of somebody abroad is shown. */
static const char *decision(struct demo *demo, const struct answer *about, const struct row *hop)
{
	const char *party = row_get(hop, "hop") ?: "?", *note = row_get(hop, "text") ?: "-";
	const char *status = row_get(hop, "event") ?: "?";

	if (!demo_is(demo_task(about, party), "route", "PAPER"))
		return arena_printf(demo->arena, "%s says %s", party, status);
	if (strcmp(party, demo->document->party) == 0)
		return arena_printf(demo->arena, "the paper of %s has been looked at: %s", party,
				    status);
	return arena_printf(demo->arena, "%s says %s on paper, %s", party, status, note);
}

void demo_tell_moments(struct demo *demo, const struct answer *about, int64_t since)
{
	char after[SPAN_TEXT_SIZE];
	const char *began = NULL;
	int64_t seq = 0;

	for (size_t i = 0; i < about->count; i++) {
		const struct row *row = about->rows[i];

		if (!demo_is(row, "type", "hop"))
			continue;
		if (began == NULL)
			began = row_get(row, "time");
		if (!row_get_number(row, "seq", &seq) || seq <= since)
			continue;
		span_text(began, row_get(row, "time"), after);
		if (demo_is(row, "event", "state"))
			demo_say(demo, "  %9s  the declaration is %s", after,
				 row_get(row, "state") ?: "?");
		else if (demo_is(row, "state", "DECIDED") && !demo_is(row, "event", "task"))
			demo_say(demo, "  %9s  %s", after, decision(demo, about, row));
	}
}

/* ---- answers ------------------------------------------------------------------------------------- */

static const char *words_of(const char *code)
{
	static const struct {
		const char *code, *words;
	} meanings[] = { { "AP", "approved" },
			 { "RE", "refused" },
			 { "CA", "conditional" },
			 { "AJ", "pending" } };

	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (strcmp(code, meanings[i].code) == 0)
			return meanings[i].words;
	return "?";
}

static bool read_letter(struct demo *demo, const struct letter *letter, bool tell,
			const char **result, struct failure *why)
{
	struct document *document;
	char time[TIME_TEXT_SIZE];

	if (!document_parse(&document, "response", letter->payload, letter->payload_length,
			    &document_limits_message, why))
		return false;
	*result = child_text(demo->arena, document_root(document), "ResultCode") ?: "?";
	document_free(document);
	if (tell)
		demo_say(demo, "  %s  %s %s", time_text(letter->cover.created, time), *result,
			 words_of(*result));
	return true;
}

static bool empty_mailbox(struct demo *demo, struct client *trader, bool each, const char **result,
			  size_t *count, struct failure *why)
{
	struct letter *letters;

	if (!client_fetch(trader, demo->arena, LETTERS, &letters, count, why))
		return false;
	for (size_t i = 0; i < *count; i++)
		if (!read_letter(demo, &letters[i], each, result, why) ||
		    !client_keep(trader, letters[i].cover.id, why))
			return false;
	return true;
}

bool demo_tell_answers(struct demo *demo, const struct story *story, bool each, size_t *count,
		       struct failure *why)
{
	const char *result = "none";
	struct client *trader;
	bool emptied;

	if (!session_connect(demo->session, &trader, story->declaration.party, false, why))
		return false;
	emptied = empty_mailbox(demo, trader, each, &result, count, why);
	client_close(trader);
	if (!emptied)
		return false;
	if (!each)
		demo_say(demo, "In the trader's mailbox: %zu answers, the last is %s %s.", *count,
			 result, words_of(result));
	return strcmp(result, "AP") == 0 || demo_otherwise(why, "the last answer is AP", result);
}
