#include "core/rollout.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/datafile.h"

#define FILE_NAME "rollout.xml"

static const struct datafile_element grammar[] = {
	{ "rollout", "title title-vi source mark review", "row*" },
	{ "row",
	  "of state place via used earliest latest title title-vi source mark mark-day club "
	  "country order",
	  "" },
	{ NULL, NULL, NULL },
};

/* What rows are about: a party or a procedure, and its rows in order of date. */
struct subject {
	const char *id;
	const struct rollout_row **rows;
	size_t count;
};

struct rollout {
	struct arena *arena;
	struct rollout_row **rows; /* in order of date */
	size_t count;
	struct subject *subjects; /* by id */
	size_t subject_count;
};

const char *link_state_name(enum link_state state)
{
	static const char *const names[] = { "NONE", "TEST", "PARALLEL", "LIVE", "ENDED" };

	assert(state <= LINK_ENDED);
	return names[state];
}

bool link_carries(enum link_state state)
{
	return state == LINK_PARALLEL || state == LINK_LIVE;
}

/* ---- a row ---------------------------------------------------------------------------- */

struct reading {
	const struct datafile *file;
	xmlNodePtr node;
	struct rollout_row *row;
	struct failure *why;
};

static const char *get(const struct reading *r, const char *attribute)
{
	return datafile_get(r->file, r->node, attribute);
}

/* A link changes at midnight; a moment would be shown as a day on which it is half true. */
static bool read_day(const struct reading *r, const char *attribute, gateway_time *out)
{
	const char *value = get(r, attribute);
	char buffer[TIME_TEXT_SIZE];

	if (value == NULL)
		return true;
	if (!datafile_date(r->file, r->node, attribute, out, r->why))
		return false;
	if (strcmp(date_text(*out, buffer), value) == 0)
		return true;
	return datafile_fault(r->file, r->node, r->why, "%s='%.60s' is no day (YYYY-MM-DD)",
			      attribute, value);
}

static bool read_days(const struct reading *r)
{
	struct rollout_row *row = r->row;

	if (!read_day(r, "used", &row->from) || !read_day(r, "earliest", &row->earliest) ||
	    !read_day(r, "latest", &row->latest))
		return false;
	if (row->earliest != 0 && row->latest != 0 && row->latest < row->earliest)
		return datafile_fault(r->file, r->node, r->why, "latest is before earliest");
	if (row->from != 0 && ((row->earliest != 0 && row->from < row->earliest) ||
			       (row->latest != 0 && row->from > row->latest)))
		return datafile_fault(r->file, r->node, r->why,
				      "used is not between earliest and latest");
	return true;
}

static bool read_words(const struct reading *r)
{
	static const char *const states[] = { "NONE", "TEST", "PARALLEL", "LIVE", "ENDED", NULL };
	static const char *const marks[] = { "S", "A", "B", "C", "X", NULL };
	struct rollout_row *row = r->row;
	int state = LINK_NONE, mark = 0;

	row->of = datafile_list(r->file, r->node, "of");
	row->places = datafile_list(r->file, r->node, "place");
	row->via = get(r, "via");
	row->title = get(r, "title");
	row->title_vi = get(r, "title-vi");
	row->source = get(r, "source");
	row->mark = get(r, "mark");
	row->mark_day = get(r, "mark-day");
	row->club = get(r, "club");
	row->country = get(r, "country");
	row->place = datafile_place(r->file, r->node);
	if (!datafile_word(r->file, r->node, "state", states, &state, r->why))
		return false;
	row->state = (enum link_state)state;
	return datafile_word(r->file, r->node, "mark", marks, &mark, r->why) &&
	       datafile_word(r->file, r->node, "mark-day", marks, &mark, r->why);
}

static bool read_order(const struct reading *r)
{
	const char *order = get(r, "order");

	if (order == NULL)
		return true;
	if (strspn(order, "0123456789") != strlen(order) || strlen(order) > 3 || atoi(order) == 0)
		return datafile_fault(r->file, r->node, r->why, "order='%.60s' is no number",
				      order);
	r->row->order = atoi(order);
	return true;
}

/* Attributes that say nothing without another, and rows that say nothing at all. */
static bool check_sense(const struct reading *r)
{
	static const struct {
		const char *attribute, *needs;
	} needs[] = {
		{ "of", "state" },     { "of", "used" },    { "state", "of" },
		{ "place", "of" },     { "via", "of" },	    { "club", "country" },
		{ "country", "club" }, { "order", "club" }, { "mark-day", "mark" },
	};
	const struct rollout_row *row = r->row;

	for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
		if (get(r, needs[i].attribute) != NULL && get(r, needs[i].needs) == NULL)
			return datafile_fault(r->file, r->node, r->why, "'%s' needs '%s' beside it",
					      needs[i].attribute, needs[i].needs);
	if ((get(r, "of") != NULL && row->of[0] == NULL) ||
	    (get(r, "place") != NULL && row->places[0] == NULL))
		return datafile_fault(r->file, r->node, r->why, "of or place is empty");
	if (row->of[0] == NULL && row->club == NULL && (row->title == NULL || row->from == 0))
		return datafile_fault(r->file, r->node, r->why,
				      "an event needs a title and the day ('used')");
	return true;
}

static bool read_row(struct rollout *rollout, const struct datafile *file, xmlNodePtr node,
		     struct failure *why)
{
	struct reading r = { file, node, arena_alloc(rollout->arena, sizeof *r.row), why };

	rollout->rows = must_realloc(rollout->rows, (rollout->count + 1) * sizeof *rollout->rows);
	rollout->rows[rollout->count++] = r.row;
	return read_words(&r) && read_order(&r) && read_days(&r) && check_sense(&r);
}

static bool read_file(struct rollout *rollout, const char *path, struct failure *why)
{
	struct datafile *file;
	bool done = true;

	if (!datafile_read(&file, rollout->arena, path, "urn:nsw:rollout:1", grammar, "ROL-901",
			   why))
		return false;
	for (xmlNodePtr node = child_named(datafile_root(file), "row"); done && node != NULL;
	     node = next_named(node, "row"))
		done = read_row(rollout, file, node, why);
	datafile_free(file);
	return done;
}

/* ---- order ---------------------------------------------------------------------------- */

/* A membership whose day is not known stands where it was known at last. */
static gateway_time sorts_at(const struct rollout_row *row)
{
	return row->from != 0 ? row->from : row->latest;
}

/* By insertion: rows of one day keep the order of the files. */
static void sort(struct rollout *rollout)
{
	for (size_t i = 1; i < rollout->count; i++) {
		struct rollout_row *row = rollout->rows[i];
		size_t to = i;

		for (; to > 0 && sorts_at(rollout->rows[to - 1]) > sorts_at(row); to--)
			rollout->rows[to] = rollout->rows[to - 1];
		rollout->rows[to] = row;
	}
}

static struct subject *find(const struct rollout *rollout, const char *id, size_t *at)
{
	size_t low = 0, high = rollout->subject_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(rollout->subjects[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (at != NULL)
		*at = low;
	return low < rollout->subject_count && strcmp(rollout->subjects[low].id, id) == 0
		       ? &rollout->subjects[low]
		       : NULL;
}

static struct subject *subject_of(struct rollout *rollout, const char *id)
{
	size_t at;
	struct subject *subject = find(rollout, id, &at);

	if (subject != NULL)
		return subject;
	rollout->subjects = must_realloc(rollout->subjects,
					 (rollout->subject_count + 1) * sizeof *rollout->subjects);
	subject = &rollout->subjects[at];
	memmove(subject + 1, subject, (rollout->subject_count++ - at) * sizeof *subject);
	*subject = (struct subject){ .id = id };
	return subject;
}

static void index_rows(struct rollout *rollout)
{
	for (size_t i = 0; i < rollout->count; i++)
		for (const char *const *of = rollout->rows[i]->of; *of != NULL; of++) {
			struct subject *subject = subject_of(rollout, *of);

			subject->rows = must_realloc(subject->rows,
						     (subject->count + 1) * sizeof *subject->rows);
			subject->rows[subject->count++] = rollout->rows[i];
		}
}

/* ---- loading -------------------------------------------------------------------------- */

struct rollout *rollout_none(void)
{
	struct rollout *rollout = must_alloc(sizeof *rollout);

	rollout->arena = arena_new();
	return rollout;
}

static bool read_folders(struct rollout *rollout, const char *const folders[], size_t count,
			 struct failure *why)
{
	for (size_t i = 0; i < count; i++) {
		const char *path = arena_printf(rollout->arena, "%s/" FILE_NAME, folders[i]);

		if (access(path, F_OK) == 0 && !read_file(rollout, path, why))
			return false;
	}
	return true;
}

bool rollout_load(struct rollout **out, const char *const folders[], size_t count,
		  const char *calendar, struct failure *why)
{
	struct rollout *rollout = rollout_none();
	bool done = true;

	if (*calendar == '\0')
		done = read_folders(rollout, folders, count, why);
	else if (strcmp(calendar, "none") != 0)
		done = read_file(rollout, calendar, why);
	*out = done ? rollout : NULL;
	if (!done) {
		rollout_free(rollout);
		return false;
	}
	sort(rollout);
	index_rows(rollout);
	return true;
}

void rollout_free(struct rollout *rollout)
{
	if (rollout == NULL)
		return;
	for (size_t i = 0; i < rollout->subject_count; i++)
		free(rollout->subjects[i].rows);
	free(rollout->subjects);
	free(rollout->rows);
	arena_free(rollout->arena);
	free(rollout);
}

/* ---- asking --------------------------------------------------------------------------- */

size_t rollout_count(const struct rollout *rollout)
{
	return rollout->count;
}

const struct rollout_row *rollout_at(const struct rollout *rollout, size_t index)
{
	return rollout->rows[index];
}

bool rollout_knows(const struct rollout *rollout, const char *id)
{
	return find(rollout, id, NULL) != NULL;
}

/* Whose rows count: the procedure's own, when it has some. */
static const struct subject *who(const struct rollout *rollout, const char *party,
				 const char *procedure)
{
	const struct subject *own = procedure != NULL ? find(rollout, procedure, NULL) : NULL;

	return own != NULL ? own : find(rollout, party, NULL);
}

static bool fits(const struct rollout_row *row, const char *place)
{
	if (row->places[0] == NULL)
		return true;
	for (const char *const *start = row->places; place != NULL && *start != NULL; start++)
		if (strncmp(place, *start, strlen(*start)) == 0)
			return true;
	return false;
}

enum link_state rollout_state(const struct rollout *rollout, const char *party,
			      const char *procedure, const char *place, gateway_time at,
			      const struct rollout_row **row)
{
	const struct subject *subject = who(rollout, party, procedure);
	const struct rollout_row *latest = NULL;

	for (size_t i = 0; subject != NULL && i < subject->count; i++)
		if (subject->rows[i]->from <= at && fits(subject->rows[i], place))
			latest = subject->rows[i];
	if (row != NULL)
		*row = latest;
	if (subject == NULL)
		return LINK_LIVE;
	return latest != NULL ? latest->state : LINK_NONE;
}

static const struct rollout_row *first_after(const struct subject *subject, const char *place,
					     gateway_time at, bool carrying)
{
	for (size_t i = 0; subject != NULL && i < subject->count; i++) {
		const struct rollout_row *row = subject->rows[i];

		if (row->from > at && fits(row, place) && (!carrying || link_carries(row->state)))
			return row;
	}
	return NULL;
}

const struct rollout_row *rollout_next(const struct rollout *rollout, const char *party,
				       const char *procedure, const char *place, gateway_time at)
{
	return first_after(who(rollout, party, procedure), place, at, true);
}

const struct rollout_row *rollout_change(const struct rollout *rollout, const char *party,
					 const char *procedure, const char *place, gateway_time at)
{
	return first_after(who(rollout, party, procedure), place, at, false);
}
