#include "core/procedures.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/datafile.h"
#include "core/decimal.h"
#include "core/nearest.h"

#define FILE_NAME "procedures.xml"

static const struct datafile_element grammar[] = {
	{ "procedures", "title title-vi source mark review", "procedure*" },
	{ "procedure",
	  "id! party! title! title-vi documents hs direction from fee paper-time electronic-time "
	  "counter counter-vi source mark assumed",
	  "data*" },
	{ "data", "name! form! required title title-vi", "" },
	{ NULL, NULL, NULL },
};

static const char *const columns[] = {
	"id",	"party",   "title",	 "title-vi",	    "documents", "hs",	       "direction",
	"from", "fee",	   "paper-time", "electronic-time", "counter",	 "counter-vi", "source",
	"mark", "assumed", NULL,
};
enum { COLUMNS = sizeof columns / sizeof *columns - 1 };

/* A row as others see it, and as it stands in the file. */
struct registered {
	struct procedure procedure; /* first: procedure_attribute() goes back from here */
	const char *columns[COLUMNS];
};

struct procedures {
	struct arena *arena;
	struct registered **rows;
	size_t count;
};

/* ---- a row ---------------------------------------------------------------------------- */

struct reading {
	struct procedures *procedures;
	const struct codes *codes;
	const struct datafile *file;
	xmlNodePtr node;
	struct procedure *procedure;
	struct failure *why;
};

static const char *get(const struct reading *r, const char *attribute)
{
	return datafile_get(r->file, r->node, attribute);
}

static const char *get_or(const struct reading *r, const char *attribute, const char *otherwise)
{
	const char *value = get(r, attribute);

	return value != NULL ? value : otherwise;
}

static bool read_words(const struct reading *r)
{
	static const char *const directions[] = { [DIRECTION_ANY] = "any",
						  [DIRECTION_IMPORT] = "import",
						  [DIRECTION_EXPORT] = "export",
						  [DIRECTION_TRANSIT] = "transit",
						  NULL };
	static const char *const marks[] = { "S", "A", "B", "C", "X", NULL };
	struct procedure *procedure = r->procedure;
	int direction = DIRECTION_ANY, mark = 0;

	procedure->id = get(r, "id");
	procedure->party = get(r, "party");
	procedure->title = get(r, "title");
	procedure->title_vi = get(r, "title-vi");
	procedure->documents = datafile_list(r->file, r->node, "documents");
	procedure->counter = get(r, "counter");
	procedure->counter_vi = get(r, "counter-vi");
	procedure->source = get(r, "source");
	procedure->mark = get(r, "mark");
	procedure->assumed = get_or(r, "assumed", "");
	procedure->place = datafile_place(r->file, r->node);
	if (*procedure->id == '\0')
		return datafile_fault(r->file, r->node, r->why, "the id is empty");
	if (!datafile_word(r->file, r->node, "direction", directions, &direction, r->why))
		return false;
	procedure->direction = (enum direction)direction;
	return datafile_word(r->file, r->node, "mark", marks, &mark, r->why);
}

static bool read_figures(const struct reading *r)
{
	struct procedure *procedure = r->procedure;
	struct decimal fee;

	procedure->fee = get_or(r, "fee", "0");
	if (!decimal_parse(&fee, procedure->fee) || fee.negative)
		return datafile_fault(r->file, r->node, r->why, "fee='%.60s' is no amount in VND",
				      procedure->fee);
	return datafile_date(r->file, r->node, "from", &procedure->from, r->why) &&
	       datafile_duration(r->file, r->node, "paper-time", &procedure->paper_time, r->why) &&
	       datafile_duration(r->file, r->node, "electronic-time", &procedure->electronic_time,
				 r->why);
}

static bool is_column(const char *name, char hint[NEAREST_TEXT_SIZE])
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < COLUMNS; i++) {
		if (strcmp(columns[i], name) == 0)
			return true;
		nearest_offer(&nearest, columns[i]);
	}
	nearest_text(&nearest, hint);
	return false;
}

/* What is said to be assumed must be there to be so. */
static bool check_assumed(const struct reading *r)
{
	char hint[NEAREST_TEXT_SIZE];

	for (const char *const *word = datafile_list(r->file, r->node, "assumed"); *word != NULL;
	     word++)
		if (!is_column(*word, hint))
			return datafile_fault(r->file, r->node, r->why,
					      "assumed: there is no column '%.60s'%s", *word, hint);
	return true;
}

/* ---- its data ------------------------------------------------------------------------- */

static bool form_text(const char *value)
{
	return *value != '\0';
}

static bool form_number(const char *value)
{
	struct decimal number;

	return decimal_parse(&number, value);
}

static bool form_date(const char *value)
{
	char buffer[TIME_TEXT_SIZE];
	gateway_time when;

	return time_parse(value, &when, NULL) && strcmp(date_text(when, buffer), value) == 0;
}

static bool form_yes(const char *value)
{
	return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
}

static const struct {
	const char *name;
	bool (*good)(const char *value);
} forms[] = {
	{ "text", form_text }, { "number", form_number }, { "date", form_date },
	{ "yes", form_yes },   { "code", form_text },
};

static bool read_form(const struct reading *r, xmlNodePtr node, struct procedure_data *data)
{
	const char *const *words = datafile_list(r->file, node, "form");
	size_t form = 0;
	bool coded;

	while (form < sizeof forms / sizeof *forms && words[0] != NULL &&
	       strcmp(forms[form].name, words[0]) != 0)
		form++;
	coded = words[0] != NULL && strcmp(words[0], "code") == 0;
	if (words[0] == NULL || form == sizeof forms / sizeof *forms ||
	    (words[1] != NULL) != coded || (coded && words[2] != NULL))
		return datafile_fault(r->file, node, r->why,
				      "form='%.60s' is not text, number, date, yes or code LIST",
				      datafile_get(r->file, node, "form"));
	data->form = forms[form].name;
	data->list = coded ? words[1] : NULL;
	if (!coded || r->codes == NULL || codes_has_list(r->codes, data->list))
		return true;
	return datafile_fault(r->file, node, r->why, "there is no code list '%.60s'", data->list);
}

static bool read_data(const struct reading *r)
{
	struct procedure *procedure = r->procedure;
	struct procedure_data *list =
		arena_alloc(r->procedures->arena, xmlChildElementCount(r->node) * sizeof *list);

	procedure->data = list;
	for (xmlNodePtr node = child_named(r->node, "data"); node != NULL;
	     node = next_named(node, "data")) {
		struct procedure_data *data = &list[procedure->data_count];

		data->name = datafile_get(r->file, node, "name");
		data->title = datafile_get(r->file, node, "title");
		data->title_vi = datafile_get(r->file, node, "title-vi");
		if (procedure_data(procedure, data->name) != NULL)
			return datafile_fault(r->file, node, r->why,
					      "the data '%.60s' stands here already", data->name);
		if (*data->name == '\0' || strpbrk(data->name, " \t\r\n") != NULL)
			return datafile_fault(r->file, node, r->why,
					      "'%.60s' is no name of data: one word", data->name);
		if (!datafile_yes(r->file, node, "required", &data->required, r->why) ||
		    !read_form(r, node, data))
			return false;
		procedure->data_count++;
	}
	return true;
}

/* ---- files ---------------------------------------------------------------------------- */

static bool add(const struct reading *r, struct registered *row)
{
	struct procedures *procedures = r->procedures;
	const struct procedure *other = procedures_find(procedures, row->procedure.id);

	if (other != NULL) {
		fault(r->why, "PRC-902", "the procedure '%.60s' stands in %.200s already",
		      other->id, other->place);
		return failure_at(r->why, "%s", row->procedure.place);
	}
	procedures->rows =
		must_realloc(procedures->rows, (procedures->count + 1) * sizeof *procedures->rows);
	procedures->rows[procedures->count++] = row;
	return true;
}

static bool read_row(struct reading *r)
{
	struct registered *row = arena_alloc(r->procedures->arena, sizeof *row);
	struct hs_range *goods;

	r->procedure = &row->procedure;
	for (size_t i = 0; i < COLUMNS; i++)
		row->columns[i] = get(r, columns[i]);
	if (!read_words(r) || !read_figures(r) || !check_assumed(r) || !read_data(r) ||
	    !hs_read(&goods, &r->procedure->goods_count, r->file, r->procedures->arena, r->node,
		     "hs", r->why))
		return false;
	r->procedure->goods = goods;
	return add(r, row);
}

static bool read_file(struct procedures *procedures, const char *path, const struct codes *codes,
		      struct failure *why)
{
	struct datafile *file;
	bool done = true;

	if (!datafile_read(&file, procedures->arena, path, "urn:nsw:procedures:1", grammar,
			   "PRC-901", why))
		return false;
	for (xmlNodePtr node = child_named(datafile_root(file), "procedure"); done && node != NULL;
	     node = next_named(node, "procedure"))
		done = read_row(&(struct reading){ procedures, codes, file, node, NULL, why });
	datafile_free(file);
	return done;
}

bool procedures_load(struct procedures **out, const char *const folders[], size_t count,
		     const struct codes *codes, struct failure *why)
{
	struct procedures *procedures = must_alloc(sizeof *procedures);
	bool done = true;

	procedures->arena = arena_new();
	for (size_t i = 0; done && i < count; i++) {
		const char *path = arena_printf(procedures->arena, "%s/" FILE_NAME, folders[i]);

		done = access(path, F_OK) != 0 || read_file(procedures, path, codes, why);
	}
	*out = done ? procedures : NULL;
	if (!done)
		procedures_free(procedures);
	return done;
}

void procedures_free(struct procedures *procedures)
{
	if (procedures == NULL)
		return;
	free(procedures->rows);
	arena_free(procedures->arena);
	free(procedures);
}

/* ---- asking --------------------------------------------------------------------------- */

size_t procedures_count(const struct procedures *procedures)
{
	return procedures->count;
}

const struct procedure *procedures_at(const struct procedures *procedures, size_t index)
{
	return &procedures->rows[index]->procedure;
}

const struct procedure *procedures_find(const struct procedures *procedures, const char *id)
{
	for (size_t i = 0; i < procedures->count; i++)
		if (strcmp(procedures->rows[i]->procedure.id, id) == 0)
			return &procedures->rows[i]->procedure;
	return NULL;
}

const char *const *procedure_columns(void)
{
	return columns;
}

const char *procedure_attribute(const struct procedure *procedure, const char *name)
{
	const struct registered *row = (const struct registered *)procedure;

	for (size_t i = 0; i < COLUMNS; i++)
		if (strcmp(columns[i], name) == 0)
			return row->columns[i];
	return NULL;
}

const struct procedure_data *procedure_data(const struct procedure *procedure, const char *name)
{
	for (size_t i = 0; i < procedure->data_count; i++)
		if (strcmp(procedure->data[i].name, name) == 0)
			return &procedure->data[i];
	return NULL;
}

bool procedure_data_good(const struct procedure_data *data, const char *value,
			 const struct codes *codes, gateway_time at)
{
	if (data->list != NULL)
		return codes != NULL && codes_has(codes, data->list, value, at);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (strcmp(forms[i].name, data->form) == 0)
			return forms[i].good(value);
	return false;
}
