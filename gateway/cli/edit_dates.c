#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/edit.h"
#include "cli/splice.h"
#include "core/arena.h"
#include "core/bus.h"

#define DAY_SECONDS 86400
#define DAY_MS	    ((int64_t)DAY_SECONDS * 1000)
#define VIET_NAM    ((int64_t)7 * 3600 * 1000) /* no summer time */
#define SPACE	    " \t\r\n"

static int64_t whole_days(int64_t ms)
{
	return ms / DAY_MS - (ms % DAY_MS < 0);
}

int64_t edit_day(gateway_time when)
{
	return whole_days(when + VIET_NAM);
}

/* ---- a day, written ---------------------------------------------------------------------------- */

/* Two ways to write a day: "2014-02-26" and "20140226". */
struct form {
	size_t length;
	const char *pattern; /* 9: a digit */
};
static const struct form dashed = { 10, "9999-99-99" };
static const struct form plain = { 8, "99999999" };

static bool has_form(const struct form *form, const char *at)
{
	for (size_t i = 0; i < form->length; i++)
		if (form->pattern[i] == '9' ? !isdigit((unsigned char)at[i])
					    : at[i] != form->pattern[i])
			return false;
	return true;
}

static int number_at(const char *at, size_t digits)
{
	int number = 0;

	while (digits-- > 0)
		number = 10 * number + (*at++ - '0');
	return number;
}

/* EDIT_NO_DAY when no day of that form begins there, or none that is in the calendar. */
static int64_t read_day(const struct form *form, const char *at)
{
	size_t gap = form == &dashed ? 1 : 0;
	struct tm tm = { 0 };
	int month, day;
	time_t when;

	if (!has_form(form, at))
		return EDIT_NO_DAY;
	month = number_at(at + 4 + gap, 2);
	day = number_at(at + 6 + 2 * gap, 2);
	tm.tm_year = number_at(at, 4) - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	when = timegm(&tm); /* which sets 30 February right: to March */
	if (tm.tm_mon != month - 1 || tm.tm_mday != day)
		return EDIT_NO_DAY;
	return whole_days((int64_t)when * 1000);
}

/* In the same form; false beyond its four digits for a year. */
static bool write_day(const struct form *form, int64_t day, char *at)
{
	time_t when = (time_t)day * DAY_SECONDS;
	char written[40];
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL || tm.tm_year < 1000 - 1900 || tm.tm_year > 9999 - 1900)
		return false;
	if (form == &dashed)
		snprintf(written, sizeof written, "%04d-%02d-%02d", tm.tm_year + 1900,
			 tm.tm_mon + 1, tm.tm_mday);
	else
		snprintf(written, sizeof written, "%04d%02d%02d", tm.tm_year + 1900, tm.tm_mon + 1,
			 tm.tm_mday);
	memcpy(at, written, form->length);
	return true;
}

/* ---- a value that is a date ---------------------------------------------------------------------- */

/* UN/EDIFACT 2379: the formats that begin with century, year, month and day. */
static bool begins_with_day(const char *format)
{
	static const char *const formats[] = { "102", "203", "204", "205", "208", "304" };

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(format, formats[i]) == 0)
			return true;
	return false;
}

static const struct form *form_of(const char *value, const char *format)
{
	size_t length = strcspn(value, SPACE);

	if (value[length + strspn(value + length, SPACE)] != '\0')
		return NULL; /* several words */
	if (format != NULL && begins_with_day(format))
		return length >= plain.length ? &plain : NULL;
	/* A date, with a time or a zone behind it or without. */
	if (length < dashed.length ||
	    (length > dashed.length && strchr("TZ+-", value[dashed.length]) == NULL) ||
	    strspn(value + dashed.length, "TZ0123456789:.+-") != length - dashed.length)
		return NULL;
	return &dashed;
}

/* Where the day begins in a value that is a date; NULL when it is none. */
static const char *find_day(const char *value, const char *format, const struct form **form,
			    int64_t *day)
{
	value += strspn(value, SPACE);
	*form = form_of(value, format);
	*day = *form != NULL ? read_day(*form, value) : EDIT_NO_DAY;
	return *day != EDIT_NO_DAY ? value : NULL;
}

/* ---- when it was issued ---------------------------------------------------------------------------- */

static int64_t day_of_value(const char *value, const char *format)
{
	const struct form *form;
	struct failure ignored;
	gateway_time moment;
	int64_t day;

	if (value == NULL)
		return EDIT_NO_DAY;
	if (time_parse(value, &moment, &ignored)) /* with a zone: the day it was here */
		return edit_day(moment);
	(void)find_day(value, format, &form, &day);
	return day;
}

/* <IssueDateTime>, or the element in it that has the value and its format. */
static int64_t day_of_element(struct arena *arena, xmlNodePtr element)
{
	xmlNodePtr inner = element != NULL ? xmlFirstElementChild(element) : NULL;

	if (inner != NULL)
		element = inner;
	return day_of_value(node_text(arena, element),
			    attribute_text(arena, element, "formatCode"));
}

int64_t edit_issued(const struct document *document, const char *fact)
{
	int64_t day = day_of_value(fact, NULL);
	struct arena *arena;

	if (day != EDIT_NO_DAY)
		return day;
	arena = arena_new();
	day = day_of_element(arena, child_named(document_root(document), "IssueDateTime"));
	arena_free(arena);
	return day;
}

/* ---- moving all of them ---------------------------------------------------------------------------- */

struct moving {
	struct arena *arena;
	int64_t days;
	struct failure *why;
};

static bool move_value(struct moving *moving, xmlNodePtr node, const char *format)
{
	xmlChar *value = xmlNodeGetContent(node);
	const struct form *form;
	const char *found;
	char *moved;
	int64_t day;
	bool fine = true;

	found = value != NULL ? find_day((const char *)value, format, &form, &day) : NULL;
	if (found != NULL) {
		moved = arena_string(moving->arena, (const char *)value);
		fine = write_day(form, day + moving->days, moved + (found - (const char *)value));
		if (fine)
			splice_mark(node, moved);
		else
			reject(moving->why, "CLI-016",
			       "'%s' cannot be moved by %lld days: years have four digits", moved,
			       (long long)moving->days);
	}
	xmlFree(value);
	return fine;
}

static bool move_element(struct moving *moving, xmlNodePtr element)
{
	for (xmlAttrPtr attribute = element->properties; attribute != NULL;
	     attribute = attribute->next)
		if (!move_value(moving, (xmlNodePtr)attribute, NULL))
			return false;
	if (splice_possible(element))
		return move_value(moving, element,
				  attribute_text(moving->arena, element, "formatCode"));
	for (xmlNodePtr child = xmlFirstElementChild(element); child != NULL;
	     child = xmlNextElementSibling(child))
		if (!move_element(moving, child))
			return false;
	return true;
}

bool edit_dates(struct text *out, const struct text *payload, const char *name, int64_t days,
		struct failure *why)
{
	struct document_limits limits = document_limits_message;
	struct moving moving = { .arena = arena_new(), .days = days, .why = why };
	struct document *document;
	bool good;

	limits.bytes = BUS_HARD_LIMIT; /* the gateway says what is too large, not we */
	good = document_parse(&document, name, payload->bytes, payload->length, &limits, why);
	if (good) {
		good = move_element(&moving, document_root(document)) ||
		       failure_at(why, "%s", name);
		if (good)
			splice_write(out, document, payload->bytes, payload->length);
		document_free(document);
	}
	arena_free(moving.arena);
	return good;
}
