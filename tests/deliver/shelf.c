#include "shelf.h"

static struct kinds *kinds;
static struct parties *parties;
static struct scratch *profiles;

static void write_profile(const char *id, const char *sees)
{
	char file[64], text[1024];

	snprintf(file, sizeof file, "%s.xml", id);
	snprintf(text, sizeof text,
		 "<party xmlns='urn:nsw:party:1' id='%s' role='agency' delivery='push'>"
		 "<name lang='en'>A</name><name lang='vi'>A</name>%s</party>",
		 id, sees);
	scratch_write(profiles, file, text);
}

int shelf_gather(void **state)
{
	const char *folder;
	struct failure why;

	(void)state;
	document_setup();
	profiles = scratch_new();
	folder = scratch_folder(profiles);
	write_profile("MoF", "<sees kind='DEC-IMP'/><sees kind='WCO-DEC'/>");
	write_profile("MARD", "<sees kind='DEC-IMP'/><sees kind='APPLY'/>");
	write_profile("MoH", "<sees kind='APPLY'/>");
	write_profile("ASW-TH", "");
	if (kinds_load(&kinds, &folder, 1, &why) && parties_load(&parties, &folder, 1, &why))
		return 0;
	print_error("%s\n", why.text);
	return -1;
}

int shelf_leave(void **state)
{
	(void)state;
	parties_free(parties);
	kinds_free(kinds);
	scratch_free(profiles);
	return 0;
}

int shelf_open(void **state)
{
	struct shelf *shelf = calloc(1, sizeof *shelf);

	shelf->scratch = scratch_new();
	shelf->arena = arena_new();
	shelf->folders[0] = scratch_path(shelf->scratch, "one");
	shelf->folders[1] = scratch_path(shelf->scratch, "two");
	*state = shelf;
	return 0;
}

static void put_down(struct shelf *shelf)
{
	plan_free(shelf->plan);
	rollout_free(shelf->rollout);
	procedures_free(shelf->procedures);
	shelf->plan = NULL;
	shelf->rollout = NULL;
	shelf->procedures = NULL;
}

int shelf_close(void **state)
{
	struct shelf *shelf = *state;

	put_down(shelf);
	arena_free(shelf->arena);
	scratch_free(shelf->scratch);
	free(shelf);
	return 0;
}

bool shelf_load(struct shelf *shelf, const char *one, const char *two)
{
	struct plan_data data = { .kinds = kinds, .parties = parties };

	put_down(shelf);
	scratch_write(shelf->scratch, "one/control.xml", one);
	if (two != NULL)
		scratch_write(shelf->scratch, "two/control.xml", two);
	if (!procedures_load(&shelf->procedures, shelf->folders, 1, NULL, &shelf->why) ||
	    !rollout_load(&shelf->rollout, shelf->folders, 1, "", &shelf->why))
		fail_msg("%s: %s", shelf->why.place, shelf->why.text);
	data.procedures = shelf->procedures;
	data.rollout = shelf->rollout;
	return plan_check(&data, &shelf->why) &&
	       plan_load(&shelf->plan, &data, shelf->folders, &shelf->why);
}

void shelf_must_load(struct shelf *shelf, const char *control)
{
	if (!shelf_load(shelf, control, NULL))
		fail_msg("%s: %s", shelf->why.place, shelf->why.text);
}

static gateway_time day(const char *text)
{
	gateway_time when = 0;

	if (!time_parse(text, &when, NULL))
		fail_msg("%s is no date", text);
	return when;
}

size_t shelf_plan(struct shelf *shelf, const char *kind, const char *facts_inside, const char *at,
		  struct plan_task **task)
{
	const char *bytes = arena_printf(shelf->arena, "<facts kind='%s' version='1'>%s</facts>",
					 kind, facts_inside);
	struct facts *facts;
	size_t count = 0;

	if (!facts_read(&facts, shelf->arena, bytes, strlen(bytes), &shelf->why) ||
	    !plan_tasks(shelf->plan, facts, day(at), shelf->arena, task, &count, &shelf->why))
		fail_msg("%s", shelf->why.text);
	return count;
}

const char *shelf_tasks(struct shelf *shelf, const char *kind, const char *facts_inside,
			const char *at)
{
	struct plan_task *task;
	size_t count = shelf_plan(shelf, kind, facts_inside, at, &task);
	const char *list = "";

	for (size_t i = 0; i < count; i++)
		list = arena_printf(shelf->arena, "%s%s%s/%s%s", list, i != 0 ? " " : "",
				    task[i].party, task[i].procedure, task[i].releases ? "*" : "");
	return list;
}
