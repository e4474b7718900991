#include "cli/scenario/report_parts.h"

/*
 * Rows, one a line: `step` for each step, `scenario` after the steps of one, `tested` at the end.
 * The first two are the very lines that a child process sends.
 */

static void tell_scenario(struct output *output, const struct scenario_result *scenario,
			  size_t before)
{
	struct text lines = TEXT_EMPTY;

	(void)before;
	result_write(&lines, scenario);
	output_bytes(output, lines.bytes, lines.length);
	text_free(&lines);
}

static void tell_end(struct output *output, const struct scenario_result *results, size_t count,
		     int64_t ms)
{
	struct counts counts = counts_of(results, count);
	struct row *row = row_new("tested");

	row_put_number(row, "scenarios", (int64_t)count);
	row_put_number(row, "passed", (int64_t)counts.passed);
	row_put_number(row, "failed", (int64_t)counts.failed);
	row_put_number(row, "errored", (int64_t)counts.errored);
	row_put_number(row, "skipped", (int64_t)counts.skipped);
	row_put_number(row, "ms", ms);
	row_put_number(row, "exit", results_exit(results, count));
	output_row(output, row);
}

const struct report_teller report_json_teller = { tell_scenario, tell_end };
