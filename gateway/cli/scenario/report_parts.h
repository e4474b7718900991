/* report_parts - what the forms of a report share; see report.h. */
#ifndef NSW_SCENARIO_REPORT_PARTS_H
#define NSW_SCENARIO_REPORT_PARTS_H

#include "cli/scenario/report.h"

/* One way of telling results as they come. */
struct report_teller {
	void (*scenario)(struct output *output, const struct scenario_result *result,
			 size_t before); /* so many steps were told already */
	void (*end)(struct output *output, const struct scenario_result *results, size_t count,
		    int64_t ms);
};

extern const struct report_teller report_text_teller, report_tap_teller, report_json_teller;

/* "moit-flaky-permit / permit is granted", with "(2 of 50)" where it was repeated. */
void add_title(struct text *text, const struct scenario_result *scenario,
	       const struct step_result *step);
/* "moit-flaky-permit", likewise. */
void add_scenario_name(struct text *text, const struct scenario_result *scenario);

/*
 * Everything known about a step that did not pass, each line after `margin`:
 *
 *	tests/moit-flaky.xml:19  expected d2 from MoH: ACCEPTED within 2s
 *	                         nearest  d2 from MoH: PAPER_DUE at 0.000s
 *	why:  ...
 *	hint: ...
 *	more: ...
 */
void add_explanation(struct text *text, const char *margin, const struct scenario_result *scenario,
		     const struct step_result *step);

/* The same in one line, for places that have one: "expected ..., nearest ..." or why. */
void add_summary(struct text *text, const struct step_result *step);

/* Each line of `lines` as harmless cells; the first after `first`, the others after `next`. */
void add_lines(struct text *text, const char *first, const char *next, const char *lines);

#endif
