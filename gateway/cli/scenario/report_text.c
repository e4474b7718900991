#include "cli/scenario/report_parts.h"

/*
 * For people, the same on a terminal and off it:
 *
 *	PASS  moit-flaky-permit / permit is granted after two lost requests   0.031s
 *	1 passed, 0 failed, 0 skipped
 */

static const char *const words[] = {
	[STEP_PASSED] = "PASS",
	[STEP_FAILED] = "FAIL",
	[STEP_ERRORED] = "ERROR",
	[STEP_SKIPPED] = "SKIP",
};
#define WORD_WIDTH 6

static void add_padding(struct text *line, int width)
{
	if (width > 0)
		text_printf(line, "%*s", width, "");
}

/* Of one scenario's steps, so that its times stand below each other. */
static int widest_title(const struct scenario_result *scenario)
{
	struct text title = TEXT_EMPTY;
	int widest = 0;

	for (size_t i = 0; i < scenario->count; i++) {
		int width;

		text_clear(&title);
		add_title(&title, scenario, &scenario->steps[i]);
		width = cell_width(title.bytes);
		widest = width > widest ? width : widest;
	}
	text_free(&title);
	return widest;
}

static void add_step(struct output *output, struct text *out,
		     const struct scenario_result *scenario, const struct step_result *step,
		     int widest)
{
	struct text title = TEXT_EMPTY;

	add_title(&title, scenario, step);
	output_word(output, out, words[step->outcome], WORD_WIDTH);
	text_add(out, title.bytes);
	add_padding(out, widest - cell_width(title.bytes));
	if (step->outcome == STEP_SKIPPED) {
		text_add(out, "   ");
		add_summary(out, step);
		text_add(out, "\n");
	} else {
		text_printf(out, "  %6.3fs\n", (double)step->ms / 1000);
	}
	if (step->outcome == STEP_FAILED || step->outcome == STEP_ERRORED)
		add_explanation(out, "  ", scenario, step);
	text_free(&title);
}

static void tell_scenario(struct output *output, const struct scenario_result *scenario,
			  size_t before)
{
	int widest = widest_title(scenario);
	struct text out = TEXT_EMPTY;

	(void)before;
	text_add(&out, "");
	for (size_t i = 0; i < scenario->count; i++)
		add_step(output, &out, scenario, &scenario->steps[i], widest);
	output_bytes(output, out.bytes, out.length);
	text_free(&out);
}

static void tell_end(struct output *output, const struct scenario_result *results, size_t count,
		     int64_t ms)
{
	struct counts counts = counts_of(results, count);

	(void)ms;
	output_print(output, "%zu passed, %zu failed, %zu skipped", counts.passed, counts.failed,
		     counts.skipped);
	if (counts.errored != 0)
		output_print(output, ", %zu errored", counts.errored);
	output_print(output, "\n");
}

const struct report_teller report_text_teller = { tell_scenario, tell_end };

/* ---- what would be run ---------------------------------------------------------------------- */

void report_list(struct output *output, const struct scenario_result *results, size_t count)
{
	static const struct column columns[] = {
		{ .name = "scenario" },
		{ .name = "step" },
		{ .name = "file" },
		{ .name = "line", .right = true },
	};
	struct table *table = table_begin(output, columns, sizeof columns / sizeof *columns, false);

	for (size_t i = 0; i < count; i++) {
		for (size_t s = 0; s < results[i].count; s++) {
			struct row *row = row_new("listed");

			row_put(row, "scenario", results[i].name);
			row_put(row, "step", results[i].steps[s].name);
			row_put(row, "file", results[i].file);
			row_put_number(row, "line", results[i].steps[s].line);
			table_add(table, row);
		}
	}
	table_end(table);
}
