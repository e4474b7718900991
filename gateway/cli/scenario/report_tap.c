#include "cli/scenario/report_parts.h"

/*
 * The Test Anything Protocol, version 13, as `prove` reads it. The plan comes last: results are
 * told as they come. What is known about a failure stands in comments below it.
 */

/* "#" begins a directive, so a name may not hold one as it is. */
static void add_description(struct text *text, const struct scenario_result *scenario,
			    const struct step_result *step)
{
	struct text title = TEXT_EMPTY;

	add_title(&title, scenario, step);
	for (size_t i = 0; i < title.length; i++) {
		if (title.bytes[i] == '#' || title.bytes[i] == '\\')
			text_add(text, "\\");
		text_add_bytes(text, title.bytes + i, 1);
	}
	text_free(&title);
}

static void add_step(struct text *out, const struct scenario_result *scenario,
		     const struct step_result *step, size_t number)
{
	bool good = step->outcome == STEP_PASSED || step->outcome == STEP_SKIPPED;

	text_printf(out, "%s %zu - ", good ? "ok" : "not ok", number);
	add_description(out, scenario, step);
	if (step->outcome == STEP_SKIPPED) {
		text_add(out, " # SKIP ");
		add_summary(out, step);
	}
	text_add(out, "\n");
	if (step->outcome == STEP_ERRORED)
		text_add(out, "# an error of the harness, not of what was tested\n");
	if (!good)
		add_explanation(out, "# ", scenario, step);
}

static void tell_scenario(struct output *output, const struct scenario_result *scenario,
			  size_t before)
{
	struct text out = TEXT_EMPTY;

	text_add(&out, before == 0 ? "TAP version 13\n" : "");
	for (size_t i = 0; i < scenario->count; i++)
		add_step(&out, scenario, &scenario->steps[i], before + i + 1);
	output_bytes(output, out.bytes, out.length);
	text_free(&out);
}

static void tell_end(struct output *output, const struct scenario_result *results, size_t count,
		     int64_t ms)
{
	struct counts counts = counts_of(results, count);

	(void)ms;
	if (counts_total(&counts) == 0)
		output_print(output, "TAP version 13\n1..0 # SKIP nothing was run\n");
	else
		output_print(output, "1..%zu\n", counts_total(&counts));
}

const struct report_teller report_tap_teller = { tell_scenario, tell_end };
