#include "core/settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/datafile.h"
#include "core/nearest.h"
#include "core/settings_form.h"
#include "core/text.h"

#define AT(field)    offsetof(struct settings, field)
#define COUNT(table) (sizeof(table) / sizeof *(table))
#define SHOWN	     80 /* bytes of a value that is refused */

/* A table is read in columns. */
/* clang-format off */
#define NONE { NULL, NULL }
static const struct setting {
	const char *name, *metavar, *standard;
	const struct form *form;
	struct bounds bounds;
	size_t field;
	const char *description;
} table[] = {
	{ "instance", "PARTY", "NSW-VN", &form_party, NONE, AT(instance),
	  "Party id of this gateway" },
	{ "state", "DIR", "build/state", &form_folder, NONE, AT(state),
	  "Folder of journal, log, pid and endpoint files" },
	{ "keys", "DIR", "build/pki", &form_folder, NONE, AT(keys),
	  "Keyring: certificates, keys and revocation lists" },
	{ "kinds", "DIR", "schemas", &form_folders, NONE, AT(kinds),
	  "Folder of document kinds; may be repeated" },
	{ "parties", "DIR", "adapters", &form_folders, NONE, AT(parties),
	  "Folder of party profiles; may be repeated" },
	{ "endpoint", "ENDPOINT", "", &form_endpoint, NONE, AT(endpoint),
	  "Where to listen, ipc://PATH or tcp://HOST:PORT; empty: a socket in the state folder" },
	{ "environment",
	  "NAME",
	  "TEST",
	  &form_word,
	  { "TEST PARALLEL LIVE", NULL },
	  AT(environment),
	  "What the links are for: TEST, PARALLEL or LIVE" },
	{ "date", "DATE", "", &form_moment, NONE, AT(date),
	  "Gateway time at the start; empty: today, or on from the journal" },
	{ "calendar", "FILE", "", &form_calendar, NONE, AT(calendar),
	  "Who is connected when: a file, or none for everybody, always; empty: the rollout.xml "
	  "of the kinds" },
	{ "seed", "TEXT", "1", &form_text, NONE, AT(seed), "Seed of every draw" },
	{ "log",
	  "LEVEL",
	  "note",
	  &form_word,
	  { "error warn note debug", NULL },
	  AT(log),
	  "What to log: error, warn, note or debug" },
	{ "clock",
	  "WORD",
	  "ticking",
	  &form_word,
	  { "ticking held", NULL },
	  AT(clock),
	  "How gateway time goes: ticking with the wall, or held until an order moves it" },
	{ "fault", "FAULT", "", &form_lines, NONE, AT(faults),
	  "What is to go wrong, as nsw fault add takes it: 'PARTY KIND [name=value...]'; may be "
	  "repeated" },
	{ "skip-time", "YES", "no", &form_yes, NONE, AT(skip_time),
	  "Let gateway time jump to the next due moment when nothing is in flight" },
	{ "workers",
	  "N",
	  "0",
	  &form_number,
	  { "0", "256" },
	  AT(workers),
	  "Threads that check messages; 0: one a core" },
	{ "queue",
	  "N",
	  "256",
	  &form_number,
	  { "1", "65536" },
	  AT(queue),
	  "Messages that may wait before new business is told to come back" },
	{ "retry-first",
	  "TIME",
	  "10s",
	  &form_duration,
	  { "10ms", "30d" },
	  AT(retry_first),
	  "Gateway time until a delivery is tried again; doubles with each attempt" },
	{ "retry-most",
	  "TIME",
	  "1h",
	  &form_duration,
	  { "10ms", "30d" },
	  AT(retry_most),
	  "Longest gateway time between two attempts" },
	{ "attempts",
	  "N",
	  "12",
	  &form_number,
	  { "1", "1000" },
	  AT(attempts),
	  "Attempts before a delivery is a dead letter" },
	{ "answer-within",
	  "TIME",
	  "60s",
	  &form_duration,
	  { "10ms", "30d" },
	  AT(answer_within),
	  "Gateway time until a delivery without a decision is overdue" },
	{ "window",
	  "N",
	  "32",
	  &form_number,
	  { "1", "10000" },
	  AT(window),
	  "Deliveries in flight to one party" },
	{ "lease",
	  "TIME",
	  "30s",
	  &form_duration,
	  { "10ms", "1d" },
	  AT(lease),
	  "How long a trader may hold a fetched message without acknowledging it" },
	{ "absence",
	  "TIME",
	  "5s",
	  &form_duration,
	  { "0s", "1d" },
	  AT(absence),
	  "How long a party that is gone holds up skipping time, since it may come back" },
	{ "skew",
	  "TIME",
	  "5m",
	  &form_duration,
	  { "0s", "1d" },
	  AT(skew),
	  "How far ahead of gateway time a message may have been created" },
	{ "retention",
	  "TIME",
	  "0s",
	  &form_duration,
	  { "0s", "36500d" },
	  AT(retention),
	  "How long the messages of what is over are kept; 0s: for ever" },
	{ "polite-limit",
	  "SIZE",
	  "8MiB",
	  &form_size,
	  { "1KiB", "48MiB" },
	  AT(polite_limit),
	  "Largest payload that is taken" },
};
/* clang-format on */

bool settings_describe(size_t index, const char **name, const char **metavar,
		       const char **description, const char **standard)
{
	if (index >= COUNT(table))
		return false;
	*name = table[index].name;
	*metavar = table[index].metavar;
	*description = table[index].description;
	*standard = table[index].standard;
	return true;
}

/* ---- one setting ---------------------------------------------------------------------- */

static void *field_of(struct settings *settings, const struct setting *setting)
{
	return (char *)settings + setting->field;
}

static bool is_list(const struct setting *setting)
{
	return setting->form == &form_folders || setting->form == &form_lines;
}

/* Does it name something on the disk? */
static bool is_path(const struct setting *setting, const char *value)
{
	return setting->form == &form_folder || setting->form == &form_folders ||
	       (setting->form == &form_calendar && strcmp(value, "none") != 0);
}

static bool apply(struct settings *settings, struct arena *arena, const struct setting *setting,
		  const char *value, const char *origin, struct failure *why)
{
	if (setting->form->read(setting->form, &setting->bounds, arena, value,
				field_of(settings, setting)))
		return true;
	fault(why, "CFG-002", "%s is '%.*s'; it takes %s", setting->name, SHOWN, value,
	      form_expected(setting->form, &setting->bounds, arena));
	return failure_at(why, "%s", origin);
}

bool settings_set(struct settings *settings, struct arena *arena, const char *name,
		  const char *value, const char *origin, struct failure *why)
{
	struct nearest nearest = nearest_to(name);
	char hint[NEAREST_TEXT_SIZE];

	for (size_t i = 0; i < COUNT(table); i++) {
		if (strcmp(table[i].name, name) == 0)
			return apply(settings, arena, &table[i], value, origin, why);
		nearest_offer(&nearest, table[i].name);
	}
	fault(why, "CFG-003", "there is no setting '%.*s'%s", SHOWN, name,
	      nearest_text(&nearest, hint));
	return failure_at(why, "%s", origin);
}

static bool apply_standards(struct settings *out, struct arena *arena, struct failure *why)
{
	*out = (struct settings){ 0 };
	for (size_t i = 0; i < COUNT(table); i++)
		if (!apply(out, arena, &table[i], table[i].standard, "standard", why))
			return false;
	return true;
}

/* ---- the file ------------------------------------------------------------------------- */

/* The root with every setting in any order, then a row a setting. */
static const struct datafile_element *grammar_of(struct arena *arena)
{
	struct datafile_element *grammar = arena_alloc(arena, (COUNT(table) + 2) * sizeof *grammar);
	struct text children = TEXT_EMPTY;

	for (size_t i = 0; i < COUNT(table); i++) {
		text_printf(&children, "%s%s", i > 0 ? "|" : "", table[i].name);
		grammar[i + 1] = (struct datafile_element){ table[i].name, "", "#text" };
	}
	text_add(&children, "*");
	grammar[0] =
		(struct datafile_element){ "settings", "", arena_string(arena, children.bytes) };
	text_free(&children);
	return grammar;
}

/* A folder in a file is relative to the file, so that the two can be moved together. */
static const char *beside(struct arena *arena, const char *path, const char *value)
{
	const char *slash = strrchr(path, '/');

	if (*value == '/' || *value == '\0' || slash == NULL)
		return value;
	return arena_printf(arena, "%.*s%s", (int)(slash - path + 1), path, value);
}

static bool apply_elements(struct settings *out, struct arena *arena, const struct datafile *file,
			   const struct setting *setting, struct failure *why)
{
	xmlNodePtr first = child_named(datafile_root(file), setting->name);

	if (first == NULL)
		return true;
	if (is_list(setting))
		memset(field_of(out, setting), 0, sizeof out->kinds);
	for (xmlNodePtr node = first; node != NULL; node = next_named(node, setting->name)) {
		const char *value = node_text(arena, node);

		if (node != first && !is_list(setting))
			return datafile_fault(file, node, why, "%s is given twice", setting->name);
		if (is_path(setting, value))
			value = beside(arena, datafile_path(file), value);
		if (!apply(out, arena, setting, value, datafile_place(file, node), why))
			return false;
	}
	return true;
}

static bool apply_file(struct settings *out, struct arena *arena, const char *path,
		       struct failure *why)
{
	struct datafile *file;
	bool fine = true;

	if (!datafile_read(&file, arena, path, "urn:nsw:settings:1", grammar_of(arena), "CFG-001",
			   why))
		return false;
	for (size_t i = 0; fine && i < COUNT(table); i++)
		fine = apply_elements(out, arena, file, &table[i], why);
	datafile_free(file);
	return fine;
}

/* ---- the environment ------------------------------------------------------------------ */

/* "retry-first" is NSW_RETRY_FIRST. */
static const char *variable_of(struct arena *arena, const struct setting *setting)
{
	char *variable = arena_printf(arena, "NSW_%s", setting->name);

	for (char *at = variable; *at != '\0'; at++)
		*at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
	return variable;
}

static bool apply_variable(struct settings *out, struct arena *arena, const struct setting *setting,
			   struct failure *why)
{
	const char *variable = variable_of(arena, setting), *value = getenv(variable);
	const char *between = setting->form == &form_lines ? ";" : ":";
	char *rest;

	if (value == NULL || *value == '\0')
		return true;
	if (!is_list(setting))
		return apply(out, arena, setting, value, variable, why);
	rest = arena_string(arena, value);
	for (const char *one; (one = strsep(&rest, between)) != NULL;)
		if (*one != '\0' && !apply(out, arena, setting, one, variable, why))
			return false;
	return true;
}

bool settings_load(struct settings *out, struct arena *arena, const char *file, struct failure *why)
{
	if (!apply_standards(out, arena, why))
		return false;
	if (file != NULL && !apply_file(out, arena, file, why))
		return false;
	for (size_t i = 0; i < COUNT(table); i++)
		if (!apply_variable(out, arena, &table[i], why))
			return false;
	return true;
}
