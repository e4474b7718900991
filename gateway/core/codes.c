#include "core/codes.h"

#include <stdlib.h>
#include <string.h>

#include "core/datafile.h"

#define DAY ((gateway_time)24 * 60 * 60 * 1000)

/* The columns that the engine knows; whatever else a row has is for rules to look up. */
static const struct datafile_element grammar[] = {
	{ "codes", "id! title title-vi source mark extends review", "code*" },
	{ "code", "value! from until *", "" },
	{ NULL, NULL, NULL },
};

struct attribute {
	const char *name, *value;
};

struct row {
	const char *value;
	gateway_time from, until; /* valid when from <= t < until */
	const struct attribute *attributes;
	size_t attribute_count;
	const char *place; /* FILE:LINE, while loading */
};

struct list {
	struct list *next;
	const char *id;
	const char *place; /* where it was first met */
	struct row *rows;  /* sorted by value, then date */
	size_t count;
};

struct codes {
	struct arena *arena; /* strings and lists; the rows are allocated singly */
	struct list *lists;
};

/* ---- looking up ----------------------------------------------------------------------- */

static struct list *find_list(const struct codes *codes, const char *id)
{
	struct list *list = codes->lists;

	while (list != NULL && strcmp(list->id, id) != 0)
		list = list->next;
	return list;
}

/* The first row whose value is not less. */
static size_t lower_bound(const struct list *list, const char *value)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(list->rows[middle].value, value) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct row *find_row(const struct codes *codes, const char *id, const char *value,
				  gateway_time on)
{
	const struct list *list = find_list(codes, id);

	if (list == NULL)
		return NULL;
	for (size_t i = lower_bound(list, value);
	     i < list->count && strcmp(list->rows[i].value, value) == 0; i++)
		if (list->rows[i].from <= on && on < list->rows[i].until)
			return &list->rows[i];
	return NULL;
}

bool codes_has_list(const struct codes *codes, const char *list)
{
	return find_list(codes, list) != NULL;
}

bool codes_has(const struct codes *codes, const char *list, const char *value, gateway_time on)
{
	return find_row(codes, list, value, on) != NULL;
}

const char *codes_value(const struct codes *codes, const char *list, size_t index)
{
	const struct list *found = find_list(codes, list);

	return found != NULL && index < found->count ? found->rows[index].value : NULL;
}

const char *codes_attribute(const struct codes *codes, const char *list, const char *value,
			    const char *attribute, gateway_time on)
{
	const struct row *row = find_row(codes, list, value, on);

	for (size_t i = 0; row != NULL && i < row->attribute_count; i++)
		if (strcmp(row->attributes[i].name, attribute) == 0)
			return row->attributes[i].value;
	return NULL;
}

/* ---- reading a file ------------------------------------------------------------------- */

static void read_attributes(struct arena *arena, const struct datafile *file, xmlNodePtr node,
			    struct row *row)
{
	struct attribute *attributes;

	for (xmlAttrPtr at = node->properties; at != NULL; at = at->next)
		row->attribute_count++;
	attributes = arena_alloc(arena, row->attribute_count * sizeof *attributes);
	row->attributes = attributes;
	for (xmlAttrPtr at = node->properties; at != NULL; at = at->next) {
		attributes->name = arena_string(arena, (const char *)at->name);
		attributes->value = datafile_get(file, node, attributes->name);
		attributes++;
	}
}

static bool read_row(struct arena *arena, const struct datafile *file, xmlNodePtr node,
		     struct row *row, struct failure *why)
{
	gateway_time last = INT64_MAX - DAY;

	*row = (struct row){ .value = datafile_get(file, node, "value"),
			     .from = INT64_MIN,
			     .place = datafile_place(file, node) };
	if (*row->value == '\0')
		return datafile_fault(file, node, why, "the value is empty");
	if (!datafile_date(file, node, "from", &row->from, why) ||
	    !datafile_date(file, node, "until", &last, why))
		return false;
	if (last < row->from)
		return datafile_fault(file, node, why, "'%.60s' ends before it begins", row->value);
	row->until = last + DAY;
	read_attributes(arena, file, node, row);
	return true;
}

static bool read_rows(struct arena *arena, const struct datafile *file, struct list *list,
		      struct failure *why)
{
	xmlNodePtr root = datafile_root(file);
	size_t more = xmlChildElementCount(root);

	list->rows = must_realloc(list->rows, (list->count + more) * sizeof *list->rows);
	for (xmlNodePtr node = child_named(root, "code"); node != NULL;
	     node = next_named(node, "code"))
		if (!read_row(arena, file, node, &list->rows[list->count++], why))
			return false;
	return true;
}

/* The list that the file is, or goes on with. */
static bool list_of(struct codes *codes, const struct datafile *file, struct list **list,
		    struct failure *why)
{
	xmlNodePtr root = datafile_root(file);
	const char *id = datafile_get(file, root, "id");
	bool extends = false;

	if (!datafile_yes(file, root, "extends", &extends, why))
		return false;
	*list = find_list(codes, id);
	if (*list != NULL && !extends) {
		fault(why, "COD-902", "the code list '%.60s' stands in %.200s already", id,
		      (*list)->place);
		return failure_at(why, "%s", datafile_place(file, root));
	}
	if (*list == NULL && extends)
		return datafile_fault(file, root, why,
				      "there is no code list '%.60s' to extend before this file",
				      id);
	if (*list == NULL) {
		*list = arena_alloc(codes->arena, sizeof **list);
		**list = (struct list){ codes->lists, id, datafile_place(file, root), NULL, 0 };
		codes->lists = *list;
	}
	return true;
}

static bool load_file(struct codes *codes, const char *path, struct failure *why)
{
	struct datafile *file;
	struct list *list;
	bool done;

	if (!datafile_read(&file, codes->arena, path, "urn:nsw:codes:1", grammar, "COD-901", why))
		return false;
	done = list_of(codes, file, &list, why) && read_rows(codes->arena, file, list, why);
	datafile_free(file);
	return done;
}

/* ---- all of them ---------------------------------------------------------------------- */

static int by_value_and_date(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	int order = strcmp(left->value, right->value);

	if (order != 0)
		return order;
	return (left->from > right->from) - (left->from < right->from);
}

/* Two rows of one value may not both be valid on a day: which attributes would count? */
static bool sort(struct list *list, struct failure *why)
{
	if (list->count > 0)
		qsort(list->rows, list->count, sizeof *list->rows, by_value_and_date);
	for (size_t i = 1; i < list->count; i++) {
		const struct row *before = &list->rows[i - 1], *row = &list->rows[i];

		if (strcmp(before->value, row->value) == 0 && row->from < before->until) {
			fault(why, "COD-901", "'%.60s' is valid on the same day in %.200s",
			      row->value, before->place);
			return failure_at(why, "%s", row->place);
		}
	}
	return true;
}

static bool load_folder(struct codes *codes, const char *folder, struct failure *why)
{
	const char *const *paths;

	if (!datafiles_in(&paths, codes->arena, folder, "COD-901", why))
		return false;
	for (; *paths != NULL; paths++)
		if (!load_file(codes, *paths, why))
			return false;
	return true;
}

static bool load(struct codes *codes, const char *const folders[], size_t count,
		 struct failure *why)
{
	for (size_t i = 0; i < count; i++)
		if (!load_folder(codes, folders[i], why))
			return false;
	for (struct list *list = codes->lists; list != NULL; list = list->next)
		if (!sort(list, why))
			return false;
	return true;
}

bool codes_load(struct codes **out, const char *const folders[], size_t count, struct failure *why)
{
	struct codes *codes = must_alloc(sizeof *codes);

	codes->arena = arena_new();
	*out = codes;
	if (load(codes, folders, count, why))
		return true;
	codes_free(codes);
	*out = NULL;
	return false;
}

void codes_free(struct codes *codes)
{
	if (codes == NULL)
		return;
	for (struct list *list = codes->lists; list != NULL; list = list->next)
		free(list->rows);
	arena_free(codes->arena);
	free(codes);
}
