/* Control tables: read, and compared with the register, the calendar and the profiles. */
#include <string.h>
#include <unistd.h>

#include "core/datafile.h"
#include "deliver/plan_parts.h"

#define CONTROL_NS   "urn:nsw:control:1"
#define CONTROL_FILE "control.xml"

static const struct datafile_element grammar[] = {
	{ "control", "title source mark review", "row*" },
	{ "row",
	  "kind! to procedure! by hs when releases title title-vi source mark basis part note "
	  "direction",
	  "" },
	{ NULL, NULL, NULL },
};

/* ---- one row ---------------------------------------------------------------------------------- */

struct reading {
	struct plan *plan;
	struct plan_row *row;
	const struct datafile *file;
	xmlNodePtr node;
	struct failure *why;
};

static bool refuse(const struct reading *r, const char *code, const char *text, const char *what)
{
	fault(r->why, code, "%s %s", text, what);
	return failure_at(r->why, "%s", r->row->place);
}

/* A word, or the name of the fact that says it, for "{fact}". */
static bool read_word(const struct reading *r, const char *attribute, const char **word,
		      const char **fact)
{
	const char *value = datafile_get(r->file, r->node, attribute);
	size_t length = value != NULL ? strlen(value) : 0;

	*word = value;
	if (value == NULL || (length > 0 && strpbrk(value, "{} ") == NULL))
		return true;
	if (length < 3 || value[0] != '{' || strcspn(value + 1, "{} ") != length - 2 ||
	    value[length - 1] != '}')
		return datafile_fault(r->file, r->node, r->why,
				      "%s='%.60s' is neither an id nor one fact like {agency}",
				      attribute, value);
	*fact = arena_copy(r->plan->arena, value + 1, length - 2);
	*word = NULL;
	return true;
}

static bool read_by(const struct reading *r)
{
	static const char *const ways[] = {
		[BY_DELIVERY] = "delivery", [BY_DOCUMENT] = "document", [BY_CASE] = "case", NULL
	};
	int by = BY_DELIVERY;

	if (!datafile_word(r->file, r->node, "by", ways, &by, r->why))
		return false;
	r->row->task.by = (enum plan_by)by;
	return true;
}

static bool read_goods(const struct reading *r)
{
	r->row->own_goods = datafile_get(r->file, r->node, "hs") != NULL;
	return hs_read(&r->row->goods, &r->row->goods_count, r->file, r->plan->arena, r->node, "hs",
		       r->why);
}

static bool read_when(const struct reading *r)
{
	const char *when = datafile_get(r->file, r->node, "when");

	return when == NULL ||
	       question_compile(&r->row->when, when, kinds_world(r->plan->data.kinds),
				r->row->place, r->why);
}

static void read_titles(const struct reading *r)
{
	struct plan_task *task = &r->row->task;

	task->title = datafile_get(r->file, r->node, "title");
	task->title_vi = datafile_get(r->file, r->node, "title-vi");
	task->source = datafile_get(r->file, r->node, "source");
	task->mark = datafile_get(r->file, r->node, "mark");
}

/* What the register says of a procedure that the row itself names. */
static bool settle_procedure(const struct reading *r)
{
	struct plan_task *task = &r->row->task;
	const struct procedure *procedure;

	if (task->procedure == NULL)
		return true;
	procedure = procedures_find(r->plan->data.procedures, task->procedure);
	if (procedure != NULL)
		plan_register(task, procedure);
	if (task->party != NULL || r->row->party_fact != NULL)
		return true;
	if (procedure == NULL || procedure->party[0] == '\0')
		return refuse(r, "PLN-904", "neither the row nor the register says whose it is:",
			      task->procedure);
	task->party = procedure->party;
	return true;
}

/* A party that would only refuse what it is sent never decides. */
static bool check_party(const struct reading *r)
{
	const struct plan_task *task = &r->row->task;
	const struct party *party;

	if (task->party == NULL)
		return true;
	party = parties_find(r->plan->data.parties, task->party);
	if (party == NULL)
		return refuse(r, "PLN-902", "no party profile describes", task->party);
	if (!plan_belongs(task))
		return refuse(r, "PLN-904", "the register says that it belongs to another party:",
			      task->procedure);
	for (const char *const *kind = r->row->kinds; task->by == BY_DELIVERY && *kind != NULL;
	     kind++)
		if (strcmp(*kind, "*") != 0 && !party_sees(party, *kind))
			return refuse(r, "PLN-903",
				      arena_printf(r->plan->arena, "%s does not see", party->id),
				      *kind);
	return true;
}

static bool read_row(struct plan *plan, const struct datafile *file, xmlNodePtr node,
		     struct failure *why)
{
	struct plan_row *row = arena_alloc(plan->arena, sizeof *row);
	struct reading r = { plan, row, file, node, why };

	*plan->last = row;
	plan->last = &row->next;
	row->place = datafile_place(file, node);
	row->kinds = datafile_list(file, node, "kind");
	row->task.paper_time = PAPER_TIME;
	read_titles(&r);
	return read_word(&r, "to", &row->task.party, &row->party_fact) &&
	       read_word(&r, "procedure", &row->task.procedure, &row->procedure_fact) &&
	       read_by(&r) && datafile_yes(file, node, "releases", &row->task.releases, why) &&
	       settle_procedure(&r) && check_party(&r) && read_goods(&r) && read_when(&r);
}

static bool read_table(struct plan *plan, const char *path, struct failure *why)
{
	struct datafile *file;
	bool good = true;

	if (!datafile_read(&file, plan->arena, path, CONTROL_NS, grammar, "PLN-901", why))
		return false;
	for (xmlNodePtr node = child_named(datafile_root(file), "row"); good && node != NULL;
	     node = next_named(node, "row"))
		good = read_row(plan, file, node, why);
	datafile_free(file);
	return good;
}

/* ---- do calendar, register and profiles speak of the same parties? ------------------------------ */

/* A calendar row for a misspelt party would silently connect nobody. */
static bool check_calendar(const struct plan_data *data, struct failure *why)
{
	for (size_t i = 0; i < rollout_count(data->rollout); i++) {
		const struct rollout_row *row = rollout_at(data->rollout, i);

		for (const char *const *of = row->of; *of != NULL; of++) {
			if (parties_find(data->parties, *of) != NULL ||
			    procedures_find(data->procedures, *of) != NULL)
				continue;
			fault(why, "PLN-904",
			      "%s is neither a party with a profile nor a procedure", *of);
			return failure_at(why, "%s", row->place);
		}
	}
	return true;
}

static bool check_register(const struct plan_data *data, struct failure *why)
{
	for (size_t i = 0; i < procedures_count(data->procedures); i++) {
		const struct procedure *procedure = procedures_at(data->procedures, i);

		if (procedure->party[0] == '\0' ||
		    parties_find(data->parties, procedure->party) != NULL)
			continue;
		fault(why, "PLN-904",
		      "the procedure %s belongs to %s, whom no party profile "
		      "describes",
		      procedure->id, procedure->party);
		return failure_at(why, "%s", procedure->place);
	}
	return true;
}

bool plan_check(const struct plan_data *data, struct failure *why)
{
	return check_register(data, why) && check_calendar(data, why);
}

/* ---- all of it ---------------------------------------------------------------------------------- */

static bool read_folders(struct plan *plan, const char *const folders[], struct failure *why)
{
	for (; *folders != NULL; folders++) {
		const char *path = arena_printf(plan->arena, "%s/" CONTROL_FILE, *folders);

		if (access(path, F_OK) == 0 && !read_table(plan, path, why))
			return false;
	}
	return true;
}

bool plan_load(struct plan **out, const struct plan_data *data, const char *const folders[],
	       struct failure *why)
{
	struct arena *arena = arena_new();
	struct plan *plan = arena_alloc(arena, sizeof *plan);

	plan->arena = arena;
	plan->data = *data;
	plan->last = &plan->rows;
	if (!read_folders(plan, folders, why)) {
		plan_free(plan);
		return false;
	}
	*out = plan;
	return true;
}

void plan_free(struct plan *plan)
{
	if (plan == NULL)
		return;
	for (struct plan_row *row = plan->rows; row != NULL; row = row->next)
		question_free(row->when);
	arena_free(plan->arena);
}
