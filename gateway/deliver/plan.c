#include "deliver/plan.h"

#include <string.h>
#include <unistd.h>

#include "core/datafile.h"

#define CONTROL_NS   "urn:nsw:control:1"
#define CONTROL_FILE "control.xml"

struct range { /* of HS prefixes: "0201-0210", or one alone */
	const char *first, *last;
};

struct row {
	struct row *next;
	struct plan_task task;
	const char *const *kinds;
	struct range *goods; /* NULL: any goods, or none */
	size_t range_count;
	struct question *when; /* NULL: always */
};

struct plan {
	struct arena *arena;
	struct row *rows, **last;
};

static const struct datafile_element grammar[] = {
	{ "control", "title source mark review", "row*" },
	{ "row",
	  "kind! to! procedure! hs when releases title title-vi source mark basis part note "
	  "direction",
	  "" },
	{ NULL, NULL, NULL },
};

/* ---- loading ------------------------------------------------------------------------------- */

static bool digits(const char *text, size_t length)
{
	return length >= 2 && length <= 10 && strspn(text, "0123456789") >= length;
}

static bool read_range(struct range *range, struct arena *arena, const char *word)
{
	const char *dash = strchr(word, '-');
	size_t length = dash != NULL ? (size_t)(dash - word) : strlen(word);

	if (!digits(word, length) ||
	    (dash != NULL && (strlen(dash + 1) != length || !digits(dash + 1, length))))
		return false;
	range->first = arena_copy(arena, word, length);
	range->last = dash != NULL ? dash + 1 : range->first;
	return strcmp(range->first, range->last) <= 0;
}

static bool read_goods(struct row *row, struct arena *arena, const struct datafile *file,
		       xmlNodePtr node, struct failure *why)
{
	const char *const *words = datafile_list(file, node, "hs");

	if (datafile_get(file, node, "hs") == NULL)
		return true;
	for (; words[row->range_count] != NULL;)
		row->range_count++;
	row->goods = arena_alloc(arena, row->range_count * sizeof *row->goods + 1);
	for (size_t i = 0; i < row->range_count; i++)
		if (!read_range(&row->goods[i], arena, words[i]))
			return datafile_fault(file, node, why,
					      "'%s' is no HS prefix or range of prefixes of equal "
					      "length, like 0306 or 0201-0210",
					      words[i]);
	return true;
}

static bool read_row(struct plan *plan, const struct kinds *kinds, const struct parties *parties,
		     const struct datafile *file, xmlNodePtr node, struct failure *why)
{
	struct row *row = arena_alloc(plan->arena, sizeof *row);
	const char *when = datafile_get(file, node, "when");

	*plan->last = row;
	plan->last = &row->next;
	row->kinds = datafile_list(file, node, "kind");
	row->task.party = datafile_get(file, node, "to");
	row->task.procedure = datafile_get(file, node, "procedure");
	if (parties_find(parties, row->task.party) == NULL)
		return fault(why, "PLN-902", "no party profile describes %s", row->task.party) ||
		       failure_at(why, "%s", datafile_place(file, node));
	return datafile_yes(file, node, "releases", &row->task.releases, why) &&
	       read_goods(row, plan->arena, file, node, why) &&
	       (when == NULL || question_compile(&row->when, when, kinds_world(kinds),
						 datafile_place(file, node), why));
}

static bool read_table(struct plan *plan, const struct kinds *kinds, const struct parties *parties,
		       const char *path, struct failure *why)
{
	struct datafile *file;
	bool good = true;

	if (!datafile_read(&file, plan->arena, path, CONTROL_NS, grammar, "PLN-901", why))
		return false;
	for (xmlNodePtr node = child_named(datafile_root(file), "row"); good && node != NULL;
	     node = next_named(node, "row"))
		good = read_row(plan, kinds, parties, file, node, why);
	datafile_free(file);
	return good;
}

bool plan_load(struct plan **out, const struct kinds *kinds, const struct parties *parties,
	       const char *const folders[], struct failure *why)
{
	struct arena *arena = arena_new();
	struct plan *plan = arena_alloc(arena, sizeof *plan);
	bool good = true;

	plan->arena = arena;
	plan->last = &plan->rows;
	for (size_t i = 0; good && folders[i] != NULL; i++) {
		const char *path = arena_printf(arena, "%s/" CONTROL_FILE, folders[i]);

		if (access(path, F_OK) == 0)
			good = read_table(plan, kinds, parties, path, why);
	}
	if (!good) {
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
	for (struct row *row = plan->rows; row != NULL; row = row->next)
		question_free(row->when);
	arena_free(plan->arena);
}

/* ---- planning ------------------------------------------------------------------------------ */

static bool kind_fits(const struct row *row, const char *kind)
{
	for (const char *const *word = row->kinds; *word != NULL; word++)
		if (strcmp(*word, kind) == 0 || strcmp(*word, "*") == 0)
			return true;
	return false;
}

static bool in_range(const struct range *range, const char *hs)
{
	size_t length = strlen(range->first);

	return strncmp(hs, range->first, length) >= 0 && strncmp(hs, range->last, length) <= 0;
}

static bool goods_fit(const struct row *row, const struct facts *facts, struct arena *arena)
{
	if (row->goods == NULL)
		return true;
	for (xmlNodePtr item = child_named(facts_root(facts), "item"); item != NULL;
	     item = next_named(item, "item")) {
		const char *hs = child_text(arena, item, "hs");

		for (size_t i = 0; hs != NULL && i < row->range_count; i++)
			if (in_range(&row->goods[i], hs))
				return true;
	}
	return false;
}

static bool opened_already(const struct plan_task *tasks, size_t count, const struct row *row)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(tasks[i].party, row->task.party) == 0 &&
		    strcmp(tasks[i].procedure, row->task.procedure) == 0)
			return true;
	return false;
}

static bool row_fits(const struct row *row, const struct facts *facts, gateway_time at,
		     struct arena *arena, bool *fits, struct failure *why)
{
	*fits = kind_fits(row, facts_kind(facts)) && goods_fit(row, facts, arena);
	if (!*fits || row->when == NULL)
		return true;
	return question_ask(row->when, facts_root(facts), at, fits, why);
}

bool plan_tasks(const struct plan *plan, const struct facts *facts, gateway_time at,
		struct arena *arena, struct plan_task **tasks, size_t *count, struct failure *why)
{
	size_t rows = 0;

	for (const struct row *row = plan->rows; row != NULL; row = row->next)
		rows++;
	*tasks = arena_alloc(arena, rows * sizeof **tasks + 1);
	*count = 0;
	for (const struct row *row = plan->rows; row != NULL; row = row->next) {
		bool fits;

		if (!row_fits(row, facts, at, arena, &fits, why))
			return false;
		if (fits && !opened_already(*tasks, *count, row))
			(*tasks)[(*count)++] = row->task;
	}
	return true;
}
