#include "core/clock.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"

#define SECOND	    INT64_C(1000)
#define MINUTE	    (60 * SECOND)
#define HOUR	    (60 * MINUTE)
#define DAY	    (24 * HOUR)
#define HO_CHI_MINH (7 * HOUR)
/* Longer than any customs procedure, and safe to add to any date that can be written. */
#define LONGEST_DURATION (36525 * DAY)

/* Gateway time is monotonic time plus an offset that only grows: so it cannot step back. Of a clock
 * that is held the offset is all there is. */
struct clock {
	_Atomic int64_t offset;
	bool held;
};

static int64_t read_ms(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec * SECOND + now.tv_nsec / 1000000;
}

uint64_t monotonic_ms(void)
{
	return (uint64_t)read_ms(CLOCK_MONOTONIC);
}

gateway_time wall_now(void)
{
	return read_ms(CLOCK_REALTIME);
}

struct clock *clock_new(gateway_time start)
{
	struct clock *clock = must_alloc(sizeof *clock);

	atomic_init(&clock->offset, start - read_ms(CLOCK_MONOTONIC));
	return clock;
}

void clock_free(struct clock *clock)
{
	free(clock);
}

void clock_hold(struct clock *clock)
{
	atomic_store(&clock->offset, clock_now(clock));
	clock->held = true;
}

bool clock_is_held(const struct clock *clock)
{
	return clock->held;
}

gateway_time clock_now(const struct clock *clock)
{
	/* The offset before the tick: a reader overtaken by clock_advance() is at most late. */
	int64_t offset = atomic_load(&clock->offset);

	return clock->held ? offset : offset + read_ms(CLOCK_MONOTONIC);
}

void clock_advance(struct clock *clock, gateway_time to)
{
	gateway_time now = clock_now(clock);

	if (to > now)
		atomic_fetch_add(&clock->offset, to - now);
}

/* Whole seconds since the epoch and the milliseconds above them, also before 1970. */
static int split(gateway_time when, struct tm *parts)
{
	int ms = (int)(when % SECOND);
	time_t seconds = when / SECOND;

	if (ms < 0) {
		ms += SECOND;
		seconds--;
	}
	gmtime_r(&seconds, parts);
	return ms;
}

const char *time_text(gateway_time when, char buffer[TIME_TEXT_SIZE])
{
	struct tm parts;
	int ms = split(when, &parts);
	int length = snprintf(buffer, TIME_TEXT_SIZE, "%04ld-%02d-%02dT%02d:%02d:%02d.%03dZ",
			      parts.tm_year + 1900L, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
			      parts.tm_min, parts.tm_sec, ms);

	return length < TIME_TEXT_SIZE ? buffer : ""; /* every int64_t fits */
}

const char *date_text(gateway_time when, char buffer[TIME_TEXT_SIZE])
{
	struct tm parts;

	split(when + HO_CHI_MINH, &parts);
	snprintf(buffer, TIME_TEXT_SIZE, "%04ld-%02d-%02d", parts.tm_year + 1900L, parts.tm_mon + 1,
		 parts.tm_mday);
	return buffer;
}

/* Exactly `digits` digits, between the limits; *text moves behind them. */
static bool number(const char **text, int digits, int lowest, int highest, int *out)
{
	int value = 0;

	for (int i = 0; i < digits; i++, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return false;
		value = value * 10 + (**text - '0');
	}
	*out = value;
	return value >= lowest && value <= highest;
}

static bool character(const char **text, char wanted)
{
	if (**text != wanted)
		return false;
	(*text)++;
	return true;
}

static bool calendar_date(const char **text, struct tm *parts)
{
	if (!number(text, 4, 1, 9999, &parts->tm_year) || !character(text, '-') ||
	    !number(text, 2, 1, 12, &parts->tm_mon) || !character(text, '-') ||
	    !number(text, 2, 1, 31, &parts->tm_mday))
		return false;
	parts->tm_year -= 1900;
	parts->tm_mon -= 1;
	return true;
}

static bool time_of_day(const char **text, struct tm *parts)
{
	return number(text, 2, 0, 23, &parts->tm_hour) && character(text, ':') &&
	       number(text, 2, 0, 59, &parts->tm_min) && character(text, ':') &&
	       number(text, 2, 0, 59, &parts->tm_sec);
}

/* ".214": any number of digits; what is finer than a millisecond is dropped. */
static bool fraction(const char **text, int64_t *ms)
{
	int64_t weight = SECOND / 10;

	*ms = 0;
	if (!character(text, '.'))
		return true;
	if (!isdigit((unsigned char)**text))
		return false;
	for (; isdigit((unsigned char)**text); (*text)++, weight /= 10)
		*ms += (**text - '0') * weight;
	return true;
}

/* "Z", "+07:00": what must be subtracted to reach UTC. */
static bool zone(const char **text, int64_t *ahead)
{
	int hours, minutes;
	int sign = **text == '-' ? -1 : 1;

	*ahead = 0;
	if (character(text, 'Z'))
		return true;
	if (!character(text, '+') && !character(text, '-'))
		return false;
	if (!number(text, 2, 0, 14, &hours) || !character(text, ':') ||
	    !number(text, 2, 0, 59, &minutes))
		return false;
	*ahead = sign * (hours * HOUR + minutes * MINUTE);
	return *ahead >= -14 * HOUR && *ahead <= 14 * HOUR;
}

/* False for a day that the month does not have: timegm() moves it to the next month. */
static bool to_epoch(struct tm *parts, int64_t *ms)
{
	int day = parts->tm_mday;

	*ms = timegm(parts) * SECOND;
	return parts->tm_mday == day;
}

bool time_parse(const char *text, gateway_time *when, struct failure *why)
{
	struct tm parts = { 0 };
	const char *at = text;
	int64_t seconds, ms = 0, ahead = HO_CHI_MINH;
	bool good = calendar_date(&at, &parts);

	if (good && character(&at, 'T'))
		good = time_of_day(&at, &parts) && fraction(&at, &ms) && zone(&at, &ahead);
	if (!good || *at != '\0' || !to_epoch(&parts, &seconds))
		return reject(why, "TIM-001",
			      "'%.40s' is not a date (2014-02-26) or a date and time with zone "
			      "(2014-02-26T08:15:00+07:00)",
			      text);
	*when = seconds + ms - ahead;
	return true;
}

static const struct {
	const char *name;
	int64_t ms;
} units[] = {
	{ "ms", 1 }, { "s", SECOND }, { "m", MINUTE }, { "h", HOUR }, { "d", DAY },
};

static int64_t unit_named(const char *name)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(units[i].name, name) == 0)
			return units[i].ms;
	return 0;
}

bool duration_parse(const char *text, int64_t *ms, struct failure *why)
{
	const char *at = text;
	int64_t count = 0, unit;

	for (; isdigit((unsigned char)*at) && count <= LONGEST_DURATION; at++)
		count = count * 10 + (*at - '0');
	unit = at != text ? unit_named(at) : 0;
	if (unit == 0 || count > LONGEST_DURATION / unit)
		return reject(why, "TIM-002",
			      "'%.40s' is not a duration: a whole number and ms, s, m, h or d "
			      "(at most a hundred years)",
			      text);
	*ms = count * unit;
	return true;
}
