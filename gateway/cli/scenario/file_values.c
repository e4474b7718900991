#include "cli/scenario/file_parts.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "cli/samples.h"
#include "cli/scenario/fill.h"
#include "core/nearest.h"

bool reader_unfit(const struct reader *reader, xmlNodePtr node, const char *text)
{
	return datafile_fault(reader->file, node, reader->why, "%s", text);
}

/* What another one refused, at its place here. */
bool reader_misplaced(const struct reader *reader, xmlNodePtr node)
{
	reader->why->verdict = REJECT; /* whoever else's mistake it would be otherwise */
	reader->why->place[0] = '\0';
	return failure_at(reader->why, "%s", datafile_place(reader->file, node));
}

/* ---- values of attributes ---------------------------------------------------------------------- */

typedef bool read_value(struct reader *reader, xmlNodePtr node, const char *value, void *out);

bool read_text(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	(void)node;
	*(const char **)out = arena_string(reader->arena, value);
	return true;
}

/* REJECT with all the words there are. */
static bool none_of(const struct reader *reader, xmlNodePtr node, const char *value,
		    const char *const words[])
{
	struct nearest nearest = nearest_to(value);
	char hint[NEAREST_TEXT_SIZE];
	const char *list = "";

	for (size_t i = 0; words[i] != NULL; i++) {
		list = arena_printf(reader->arena, "%s%s%s", list, i > 0 ? ", " : "", words[i]);
		nearest_offer(&nearest, words[i]);
	}
	return datafile_fault(reader->file, node, reader->why, "'%.60s' is not one of %s%s", value,
			      list, nearest_text(&nearest, hint));
}

static bool read_word(const struct reader *reader, xmlNodePtr node, const char *value,
		      const char *const words[], int *which)
{
	for (int i = 0; words[i] != NULL; i++) {
		*which = i;
		if (strcmp(words[i], value) == 0)
			return true;
	}
	return none_of(reader, node, value, words);
}

bool read_yes(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	static const char *const words[] = { "no", "yes", NULL };
	int which;

	if (!read_word(reader, node, value, words, &which))
		return false;
	*(bool *)out = which == 1;
	return true;
}

bool read_shift(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	static const char *const words[] = { "recorded", "shift", NULL };
	int which;

	if (!read_word(reader, node, value, words, &which))
		return false;
	*(bool *)out = which == 1;
	return true;
}

bool read_status(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	static const char *const words[] = { "APPROVED", "REFUSED", NULL };
	int which;

	return read_word(reader, node, value, words, &which) && read_text(reader, node, value, out);
}

bool read_link(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	const char *words[LINK_ENDED + 2] = { NULL };
	int which;

	for (int i = 0; i <= LINK_ENDED; i++)
		words[i] = link_state_name((enum link_state)i);
	if (!read_word(reader, node, value, words, &which))
		return false;
	*(enum link_state *)out = (enum link_state)which;
	return true;
}

bool read_moment(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	return time_parse(value, out, reader->why) || reader_misplaced(reader, node);
}

bool read_party(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	const struct party *party;

	if (!parties_meant(reader->parties, value, &party, reader->why))
		return reader_misplaced(reader, node);
	return read_text(reader, node, party->id, out);
}

/* The gateway is nobody's word but its own. */
bool read_speaker(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	return strcasecmp(value, "gateway") == 0 || read_party(reader, node, value, out);
}

bool read_duration(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	struct deed *deed = out;

	deed->lasts_text = arena_string(reader->arena, value);
	return duration_parse(value, &deed->lasts, reader->why) || reader_misplaced(reader, node);
}

bool read_on(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	struct deed *deed = out;

	deed->on = true;
	return read_party(reader, node, value, &deed->party);
}

bool read_off(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	struct deed *deed = out;

	if (deed->party != NULL)
		return reader_unfit(reader, node, "an agency goes either on or off");
	return read_party(reader, node, value, &deed->party);
}

/* The submit that an alias stands for, so far; NULL when there is none. */
struct deed *find_submit(const struct reader *reader, const char *alias)
{
	for (size_t i = 0; i < reader->submit_count; i++)
		if (strcmp(reader->submits[i]->as, alias) == 0)
			return reader->submits[i];
	return NULL;
}

static bool no_submit(const struct reader *reader, const char *alias, struct failure *why)
{
	struct nearest nearest = nearest_to(alias);
	char hint[NEAREST_TEXT_SIZE];

	for (size_t i = 0; i < reader->submit_count; i++)
		nearest_offer(&nearest, reader->submits[i]->as);
	return reject(why, SCENARIO_CODE, "nothing has been submitted as '%.40s' before this%s",
		      alias, nearest_text(&nearest, hint));
}

bool read_alias(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	if (find_submit(reader, value) == NULL && !no_submit(reader, value, reader->why))
		return reader_misplaced(reader, node);
	return read_text(reader, node, value, out);
}

/* Looked for once, however often a table names it. */
static bool find_sample(struct reader *reader, const char *name, const char **path)
{
	struct named_path *found;

	for (found = reader->samples; found != NULL; found = found->before)
		if (strcmp(found->name, name) == 0) {
			*path = found->path;
			return true;
		}
	if (!sample_find(reader->session, name, path, reader->why))
		return false;
	found = arena_alloc(reader->arena, sizeof *found);
	*found = (struct named_path){ reader->samples, arena_string(reader->arena, name), *path };
	reader->samples = found;
	return true;
}

/* Beside the scenario, else one of the samples. */
bool read_path(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	const char *file = datafile_path(reader->file), *slash = strrchr(file, '/');
	const char *path = *value == '/' || slash == NULL
				   ? arena_string(reader->arena, value)
				   : arena_printf(reader->arena, "%.*s%s", (int)(slash - file + 1),
						  file, value);
	struct stat found;

	*(const char **)out = path;
	if (stat(path, &found) == 0 && S_ISREG(found.st_mode))
		return true;
	if (find_sample(reader, value, out))
		return true;
	if (strcmp(reader->why->code, "CLI-009") != 0)
		return false;
	return datafile_fault(reader->file, node, reader->why,
			      "'%.120s' is neither a file nor a sample: %.300s", value,
			      reader->why->text);
}

/* ---- ${...} -------------------------------------------------------------------------------------- */

static const char *known_value(void *context, const char *name, struct failure *why)
{
	static const char *const own[] = { "run", "seed", "as", NULL };
	static const char *const of_a_submit[] = { "id", "number", "reference", "permit", NULL };
	const struct reader *reader = context;
	struct nearest nearest = nearest_to(name);
	const char *alias, *what = name;
	char hint[NEAREST_TEXT_SIZE];
	bool dotted = fill_split(reader->arena, name, &alias, &what);
	const char *const *words = dotted ? of_a_submit : own;

	if (dotted && find_submit(reader, alias) == NULL) {
		no_submit(reader, alias, why);
		return NULL;
	}
	for (size_t i = 0; i < reader->remembered_count; i++)
		if (strcmp(reader->remembered[i], name) == 0)
			return "1"; /* fits whatever an XPath wants */
	nearest.wanted = what;
	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], what) == 0)
			return "1";
		nearest_offer(&nearest, words[i]);
	}
	reject(why, SCENARIO_CODE, "${%.60s} is not known%s", name, nearest_text(&nearest, hint));
	return NULL;
}

/* May it be filled in later? *out is an example of it. */
bool check_fill(struct reader *reader, xmlNodePtr node, const char *text, const char **out)
{
	return fill(out, reader->arena, text, known_value, reader, reader->why) ||
	       reader_misplaced(reader, node);
}

bool read_filled(struct reader *reader, xmlNodePtr node, const char *value, void *out)
{
	const char *example;

	return check_fill(reader, node, value, &example) && read_text(reader, node, value, out);
}
