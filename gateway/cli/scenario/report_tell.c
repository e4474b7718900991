#include "cli/scenario/report_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- what the forms share ------------------------------------------------------------------- */

static void add_iteration(struct text *text, const struct scenario_result *scenario)
{
	if (scenario->iterations > 1)
		text_printf(text, " (%u of %u)", scenario->iteration, scenario->iterations);
}

void add_scenario_name(struct text *text, const struct scenario_result *scenario)
{
	cell_add(text, scenario->name);
	add_iteration(text, scenario);
}

void add_title(struct text *text, const struct scenario_result *scenario,
	       const struct step_result *step)
{
	add_scenario_name(text, scenario);
	text_add(text, " / ");
	cell_add(text, step->name);
}

void add_lines(struct text *text, const char *first, const char *next, const char *lines)
{
	while (lines != NULL && *lines != '\0') {
		size_t length = strcspn(lines, "\n");
		char *line = strndup(lines, length);

		text_add(text, first);
		cell_add(text, line != NULL ? line : "");
		text_add(text, "\n");
		free(line);
		first = next;
		lines += length + (lines[length] == '\n');
	}
}

/* ---- why a step did not pass ---------------------------------------------------------------- */

static void add_labelled(struct text *text, struct arena *arena, const char *first,
			 const char *next, const char *label, const char *lines)
{
	add_lines(text, arena_printf(arena, "%s%s", first, label),
		  arena_printf(arena, "%s%*s", next, (int)strlen(label), ""), lines);
}

static const char *or_dash(const char *lines)
{
	return lines != NULL && *lines != '\0' ? lines : "-";
}

/* FILE:LINE and what was expected there; where nothing was, the reason stands in its place. */
static void add_place(struct text *text, const char *margin, const struct scenario_result *scenario,
		      const struct step_result *step)
{
	struct arena *arena = arena_new();
	struct text place = TEXT_EMPTY;
	const char *first, *blank;

	cell_add(&place, scenario->file);
	text_printf(&place, ":%u  ", step->failed_line != 0 ? step->failed_line : step->line);
	first = arena_printf(arena, "%s%s", margin, place.bytes);
	blank = arena_printf(arena, "%s%*s", margin, cell_width(place.bytes), "");
	if (step->expected == NULL && step->nearest == NULL) {
		add_lines(text, first, blank, or_dash(step->why));
	} else {
		add_labelled(text, arena, first, blank, "expected ", or_dash(step->expected));
		add_labelled(text, arena, blank, blank, "nearest  ", step->nearest);
	}
	text_free(&place);
	arena_free(arena);
}

static void add_remark(struct text *text, const char *margin, const char *title, const char *lines)
{
	struct text first = TEXT_EMPTY;

	text_printf(&first, "%s%s", margin, title);
	add_lines(text, first.bytes, first.bytes, lines);
	text_free(&first);
}

void add_explanation(struct text *text, const char *margin, const struct scenario_result *scenario,
		     const struct step_result *step)
{
	bool told = step->expected == NULL && step->nearest == NULL;

	add_place(text, margin, scenario, step);
	add_remark(text, margin, "why:  ", told ? NULL : step->why);
	add_remark(text, margin, "hint: ", step->hint);
	add_remark(text, margin, "more: ", step->more);
}

/* Lines as one: what stood below each other is set apart by a semicolon. */
static void add_joined(struct text *text, const char *lines)
{
	struct text cells = TEXT_EMPTY;

	add_lines(&cells, "", "", lines);
	for (size_t i = 0; i + 1 < cells.length; i++) {
		if (cells.bytes[i] == '\n')
			text_add(text, "; ");
		else
			text_add_bytes(text, cells.bytes + i, 1);
	}
	text_free(&cells);
}

void add_summary(struct text *text, const struct step_result *step)
{
	text_add(text, "");
	if (step->expected != NULL) {
		text_add(text, "expected ");
		add_joined(text, step->expected);
	}
	if (step->nearest != NULL) {
		text_add(text, step->expected != NULL ? ", nearest " : "nearest ");
		add_joined(text, step->nearest);
	}
	if (step->expected == NULL && step->nearest == NULL)
		add_joined(text, step->why);
}

/* ---- telling -------------------------------------------------------------------------------- */

struct report {
	struct output *output;
	const struct report_teller *teller;
	size_t steps; /* told so far */
};

struct report *report_new(struct output *output, enum report_form form)
{
	static const struct report_teller *const tellers[] = {
		[REPORT_TEXT] = &report_text_teller,
		[REPORT_TAP] = &report_tap_teller,
	};
	bool rows = output_style_of(output).form == OUTPUT_JSON;
	struct report *report = must_alloc(sizeof *report);

	*report = (struct report){
		.output = output,
		.teller = rows ? &report_json_teller : tellers[form],
	};
	return report;
}

void report_free(struct report *report)
{
	free(report);
}

void report_scenario(struct report *report, const struct scenario_result *result)
{
	report->teller->scenario(report->output, result, report->steps);
	report->steps += result->count;
	output_flush(report->output);
}

void report_end(struct report *report, const struct scenario_result *results, size_t count,
		int64_t ms)
{
	report->teller->end(report->output, results, count, ms);
	output_flush(report->output);
}
