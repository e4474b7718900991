#include "core/settings_form.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/clock.h"
#include "core/keyring.h"
#include "core/settings.h"

#define SOCKET_PATH_MOST 107 /* bytes; what a socket's address holds */

/* ---- texts ---------------------------------------------------------------------------- */

static bool keep(struct arena *arena, const char *value, void *field)
{
	*(const char **)field = arena_string(arena, value);
	return true;
}

static bool read_text(const struct form *form, const struct bounds *bounds, struct arena *arena,
		      const char *value, void *field)
{
	(void)form, (void)bounds;
	return *value != '\0' && keep(arena, value, field);
}

/* Whether the file is there is found out when it is read. */
static bool read_calendar(const struct form *form, const struct bounds *bounds, struct arena *arena,
			  const char *value, void *field)
{
	(void)form, (void)bounds;
	return keep(arena, value, field);
}

static bool read_party(const struct form *form, const struct bounds *bounds, struct arena *arena,
		       const char *value, void *field)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-";
	size_t length = strlen(value);

	(void)form, (void)bounds;
	return length > 0 && length < PARTY_ID_SIZE && strspn(value, allowed) == length &&
	       keep(arena, value, field);
}

static bool same_folder(const char *a, const char *b)
{
	struct stat of_a, of_b;

	if (strcmp(a, b) == 0)
		return true;
	return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
	       of_a.st_ino == of_b.st_ino;
}

/* A folder that is there already is not read twice: a file may hold what the environment says. */
static bool read_folders(const struct form *form, const struct bounds *bounds, struct arena *arena,
			 const char *value, void *field)
{
	const char **list = field;
	size_t count = 0;

	(void)form, (void)bounds;
	for (; list[count] != NULL; count++)
		if (same_folder(list[count], value))
			return true;
	return *value != '\0' && count < SETTINGS_FOLDERS && keep(arena, value, &list[count]);
}

static bool read_lines(const struct form *form, const struct bounds *bounds, struct arena *arena,
		       const char *value, void *field)
{
	const char **list = field;
	size_t count = 0;

	(void)form, (void)bounds;
	for (; list[count] != NULL; count++)
		if (strcmp(list[count], value) == 0)
			return true;
	return *value == '\0' || (count < SETTINGS_FOLDERS && keep(arena, value, &list[count]));
}

static bool read_endpoint(const struct form *form, const struct bounds *bounds, struct arena *arena,
			  const char *value, void *field)
{
	bool ipc = strncmp(value, "ipc://", 6) == 0 && value[6] != '\0' &&
		   strlen(value + 6) <= SOCKET_PATH_MOST;
	bool tcp = strncmp(value, "tcp://", 6) == 0 && strchr(value + 6, ':') != NULL;

	(void)form, (void)bounds;
	return (*value == '\0' || ipc || tcp) && keep(arena, value, field);
}

static bool read_moment(const struct form *form, const struct bounds *bounds, struct arena *arena,
			const char *value, void *field)
{
	gateway_time when;

	(void)form, (void)bounds;
	return (*value == '\0' || time_parse(value, &when, NULL)) && keep(arena, value, field);
}

static bool read_word(const struct form *form, const struct bounds *bounds, struct arena *arena,
		      const char *value, void *field)
{
	size_t length = strlen(value), step;

	(void)form;
	for (const char *at = bounds->least; *at != '\0'; at += step, at += strspn(at, " ")) {
		step = strcspn(at, " ");
		if (step == length && memcmp(at, value, length) == 0)
			return keep(arena, value, field);
	}
	return false;
}

static bool read_yes(const struct form *form, const struct bounds *bounds, struct arena *arena,
		     const char *value, void *field)
{
	bool yes = strcmp(value, "yes") == 0;

	(void)form, (void)bounds, (void)arena;
	if (!yes && strcmp(value, "no") != 0)
		return false;
	*(bool *)field = yes;
	return true;
}

/* ---- numbers -------------------------------------------------------------------------- */

/* The whole number at the front; *rest is what follows it. */
static bool parse_front(const char *value, int64_t *number, const char **rest)
{
	char *end;

	if (!isdigit((unsigned char)*value)) /* strtoll() would take a sign and white space */
		return false;
	errno = 0;
	*number = strtoll(value, &end, 10);
	*rest = end;
	return errno == 0;
}

static bool parse_number(const char *value, int64_t *number)
{
	const char *rest;

	return parse_front(value, number, &rest) && *rest == '\0';
}

static bool parse_duration(const char *value, int64_t *number)
{
	return duration_parse(value, number, NULL);
}

static bool parse_size(const char *value, int64_t *number)
{
	static const struct {
		const char *unit;
		int64_t bytes;
	} units[] = { { "", 1 }, { "KiB", 1024 }, { "MiB", 1024 * 1024 } };
	const char *rest;

	if (!parse_front(value, number, &rest))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(rest, units[i].unit) == 0)
			return !__builtin_mul_overflow(*number, units[i].bytes, number);
	return false;
}

static bool read_bounded(const struct form *form, const struct bounds *bounds, struct arena *arena,
			 const char *value, void *field)
{
	int64_t least, most, number;

	(void)arena;
	if (!form->parse(value, &number) || !form->parse(bounds->least, &least) ||
	    !form->parse(bounds->most, &most) || number < least || number > most)
		return false;
	*(int64_t *)field = number;
	return true;
}

/* ---- the forms ------------------------------------------------------------------------ */

const struct form form_text = { read_text, NULL, "some text" };
const struct form form_party = { read_party, NULL, "a party id (letters, digits, dashes)" };
const struct form form_folder = { read_text, NULL, "a folder" };
const struct form form_folders = { read_folders, NULL, "a folder, at most 16 of them" };
const struct form form_lines = { read_lines, NULL, "a fault, at most 16 of them" };
const struct form form_endpoint = { read_endpoint, NULL,
				    "ipc://PATH of at most 107 bytes, tcp://HOST:PORT, or empty" };
const struct form form_moment = { read_moment, NULL,
				  "a date (2014-02-26), a date-time with zone, or empty" };
const struct form form_calendar = { read_calendar, NULL, "a file, none, or empty" };
const struct form form_word = { read_word, NULL, "one of" };
const struct form form_yes = { read_yes, NULL, "yes or no" };
const struct form form_number = { read_bounded, parse_number, "a whole number" };
const struct form form_duration = { read_bounded, parse_duration, "a duration" };
const struct form form_size = { read_bounded, parse_size, "a size in bytes, KiB or MiB" };

const char *form_expected(const struct form *form, const struct bounds *bounds, struct arena *arena)
{
	if (bounds->least == NULL)
		return form->expected;
	if (bounds->most == NULL)
		return arena_printf(arena, "%s %s", form->expected, bounds->least);
	return arena_printf(arena, "%s from %s to %s", form->expected, bounds->least, bounds->most);
}
