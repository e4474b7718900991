#include <string.h>

#include "cli/scenario/file_parts.h"
#include "core/settings.h"

/* clang-format off */
static const struct datafile_element grammar[] = {
	{ "scenario", "name! title", "given step+" },
	{ "given", "date! seed calendar", "set|fault|agency*" },
	{ "step", "name!", "submit|accepted|refused|expect|never|date|advance|agency|paper|fault|"
			   "fault-reset|retry|calendar|codes|follow|remember*" },
	{ "given/set", "name! value!", "" },
	{ "submit", "file! as! by ref clock kind id-of from sign-as sign-at unsigned", "set|alter*" },
	{ "set", "xpath! value!", "" },
	{ "alter", "xpath! value!", "" },
	{ "accepted", "of!", "" },
	{ "refused", "of! code", "" },
	{ "expect", "of! from state code within", "xpath*" },
	{ "xpath", "test!", "" },
	{ "never", "of! from state code during!", "" },
	{ "date", "set!", "" },
	{ "advance", "by!", "" },
	{ "agency", "on off", "" },
	{ "paper", "decide! of! status permit procedure text", "" },
	{ "fault", "at! kind! on document run by jitter code text first every probability for id", "" },
	{ "fault-reset", "", "" },
	{ "retry", "of!", "" },
	{ "calendar", "party procedure place state says", "" },
	{ "codes", "list!", "#text" },
	{ "follow", "as! of! kind! within", "" },
	{ "remember", "name! of! xpath!", "" },
	{ NULL, NULL, NULL },
};
/* clang-format on */

/* What the scenario says otherwise, or its private gateway has by itself. */
static const char *const not_settings[] = { "state",	 "keys",     "endpoint", "clock",
					    "skip-time", "instance", "date",	 "seed",
					    "calendar",	 "kinds",    "parties",	 NULL };

static bool check_setting(struct reader *reader, xmlNodePtr node, const struct deed_value *setting)
{
	struct settings scratch;

	for (size_t i = 0; not_settings[i] != NULL; i++)
		if (strcmp(not_settings[i], setting->name) == 0)
			return datafile_fault(reader->file, node, reader->why,
					      "%s is not for a scenario to set", setting->name);
	return (settings_load(&scratch, reader->arena, NULL, reader->why) &&
		settings_set(&scratch, reader->arena, setting->name, setting->value,
			     datafile_place(reader->file, node), reader->why)) ||
	       reader_misplaced(reader, node);
}

static bool read_settings(struct reader *reader, xmlNodePtr given)
{
	struct scenario *scenario = reader->scenario;
	size_t at = 0;

	reader_values(reader, given, "set", "name", &scenario->settings, &scenario->setting_count);
	for (xmlNodePtr set = child_named(given, "set"); set != NULL; set = next_named(set, "set"))
		if (!check_setting(reader, set, &scenario->settings[at++]))
			return false;
	return true;
}

static bool read_calendar(struct reader *reader, xmlNodePtr given)
{
	const char *calendar = datafile_get(reader->file, given, "calendar");

	reader->scenario->calendar = calendar;
	return calendar == NULL || strcmp(calendar, "none") == 0 ||
	       datafile_beside(reader->file, given, "calendar", &reader->scenario->calendar,
			       reader->why);
}

static bool read_given(struct reader *reader, xmlNodePtr given)
{
	struct scenario *scenario = reader->scenario;

	scenario->date = datafile_get(reader->file, given, "date");
	scenario->seed = datafile_get(reader->file, given, "seed") ?: "1";
	scenario->given = arena_alloc(reader->arena,
				      (xmlChildElementCount(given) + 1) * sizeof *scenario->given);
	if (!datafile_date(reader->file, given, "date", &scenario->at, reader->why) ||
	    !read_calendar(reader, given) || !read_settings(reader, given))
		return false;
	for (xmlNodePtr at = xmlFirstElementChild(given); at != NULL;
	     at = xmlNextElementSibling(at))
		if (strcmp((const char *)at->name, "set") != 0 &&
		    !reader_deed(reader, at, &scenario->given[scenario->given_count++]))
			return false;
	return true;
}

static bool read_step(struct reader *reader, xmlNodePtr node, struct scenario_step *step)
{
	size_t count = xmlChildElementCount(node);

	step->name = datafile_get(reader->file, node, "name");
	step->line = (unsigned)node_line(node);
	step->deeds = arena_alloc(reader->arena, (count + 1) * sizeof *step->deeds);
	if (*step->name == '\0')
		return reader_unfit(reader, node, "a step without a name");
	for (xmlNodePtr at = xmlFirstElementChild(node); at != NULL; at = xmlNextElementSibling(at))
		if (!reader_deed(reader, at, &step->deeds[step->count++]))
			return false;
	return true;
}

static bool read_steps(struct reader *reader, xmlNodePtr root)
{
	struct scenario *scenario = reader->scenario;
	size_t count = xmlChildElementCount(root);

	scenario->steps = arena_alloc(reader->arena, count * sizeof *scenario->steps);
	for (xmlNodePtr at = child_named(root, "step"); at != NULL; at = next_named(at, "step"))
		if (!read_step(reader, at, &scenario->steps[scenario->count++]))
			return false;
	return true;
}

/* Build servers list scenarios by it, and --filter finds them: one word. */
static bool is_name(const char *name)
{
	size_t length =
		strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			     "._-");

	return length > 0 && length <= 80 && name[length] == '\0';
}

static size_t count_deeds(xmlNodePtr root)
{
	size_t count = 0;

	for (xmlNodePtr at = xmlFirstElementChild(root); at != NULL; at = xmlNextElementSibling(at))
		count += xmlChildElementCount(at);
	return count;
}

static bool read_root(struct reader *reader)
{
	xmlNodePtr root = datafile_root(reader->file);
	struct scenario *scenario = reader->scenario;

	scenario->name = datafile_get(reader->file, root, "name");
	scenario->title = datafile_get(reader->file, root, "title");
	reader->submits =
		arena_alloc(reader->arena, (count_deeds(root) + 1) * sizeof *reader->submits);
	reader->remembered =
		arena_alloc(reader->arena, (count_deeds(root) + 1) * sizeof *reader->remembered);
	if (!is_name(scenario->name))
		return datafile_fault(reader->file, root, reader->why,
				      "name='%.80s': letters, digits, . _ and - only, 80 at most",
				      scenario->name);
	return read_given(reader, child_named(root, "given")) && read_steps(reader, root);
}

bool scenario_read(struct scenario **out, struct session *session, struct arena *arena,
		   const struct parties *parties, const char *path, struct failure *why)
{
	struct scenario *scenario = arena_alloc(arena, sizeof *scenario);
	struct reader reader = { .session = session,
				 .arena = arena,
				 .parties = parties,
				 .scenario = scenario,
				 .why = why };
	bool read;

	*scenario = (struct scenario){ .file = arena_string(arena, path) };
	read = datafile_read(&reader.file, arena, path, SCENARIO_NS, grammar, SCENARIO_CODE, why) &&
	       read_root(&reader);
	datafile_free(reader.file);
	if (!read && why->verdict == FAULT && strcmp(why->code, SCENARIO_CODE) == 0)
		why->verdict = REJECT; /* unlike our own data files it is its user's */
	*out = scenario;
	return read;
}
