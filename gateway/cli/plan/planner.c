#include "cli/plan/planner.h"

static bool load_plan(struct planner *planner, struct session *session, struct failure *why)
{
	const char *folders[SETTINGS_FOLDERS + 1] = { NULL };
	const struct kinds *kinds;
	struct plan_data data;
	size_t count;

	if (!session_kind_folders(session, folders, &count, why) ||
	    !session_kinds(session, &kinds, why))
		return false;
	data = plan_data_of(kinds, planner->parties);
	return plan_load(&planner->plan, &data, folders, why);
}

bool planner_open(struct planner *out, struct session *session, const char *const *more,
		  size_t more_count, struct failure *why)
{
	*out = (struct planner){ 0 };
	if (session_parties(session, &out->parties, more, more_count, why) &&
	    load_plan(out, session, why))
		return true;
	planner_close(out);
	return false;
}

void planner_close(struct planner *planner)
{
	plan_free(planner->plan);
	parties_free(planner->parties);
	*planner = (struct planner){ 0 };
}
