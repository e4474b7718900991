/*
 * plan_show - a sheet as people and as scripts read it.
 *
 * For people the matrix and its totals, then for each decision what stands behind it: whose, on
 * what basis, since when, what it costs and takes. With --json one `decision` row for each
 * decision and day, and one `totals` row a day.
 */
#ifndef NSW_PLAN_SHOW_H
#define NSW_PLAN_SHOW_H

#include "cli/output.h"
#include "cli/plan/plan_sheet.h"
#include "core/kind.h"

struct plan_subject { /* the document that was planned */
	const char *file;
	const struct kind *kind;
	const struct facts *facts;
};

/* The matrix alone: decisions down, days across, and what they come to. */
void plan_show_matrix(struct output *output, const struct sheet *sheet, struct arena *arena);

void plan_show(struct output *output, const struct plan_subject *subject, const struct sheet *sheet,
	       struct arena *arena);

#endif
