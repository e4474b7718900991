/* data - what stands in the data on gateway time's day: who is connected, which codes there are. */
#include <stdlib.h>
#include <string.h>

#include "cli/scenario/play.h"
#include "cli/scenario/tell.h"
#include "core/codes.h"
#include "core/text.h"

#define CODES_TOLD 5

/* ---- the calendar ---------------------------------------------------------------------------------------- */

static bool same_day(gateway_time one, gateway_time other)
{
	char first[TIME_TEXT_SIZE], second[TIME_TEXT_SIZE];

	return strcmp(date_text(one, first), date_text(other, second)) == 0;
}

/* A row of that day says so: the only trace of those that switch nothing. */
static enum done is_told(struct play *play, const struct deed *deed)
{
	const struct rollout *rollout = play_calendar(play);
	const char *day = "nothing";
	char date[TIME_TEXT_SIZE];

	for (size_t i = 0; i < rollout_count(rollout); i++) {
		const struct rollout_row *row = rollout_at(rollout, i);

		if (row->from == 0 || row->title == NULL || !same_day(row->from, play->now))
			continue;
		if (strstr(row->title, deed->text) != NULL)
			return MET;
		day = row->title;
	}
	return tell_unmet(play, deed,
			  arena_printf(play->arena, "the calendar of %s says '%s'",
				       date_text(play->now, date), deed->text),
			  arena_printf(play->arena, "it says %s", day));
}

enum done do_calendar(struct play *play, const struct deed *deed, struct failure *why)
{
	const char *who = deed->procedure ?: deed->party;
	const struct rollout_row *row;
	enum link_state state;
	char date[TIME_TEXT_SIZE];

	(void)why;
	if (deed->text != NULL)
		return is_told(play, deed);
	state = rollout_state(play_calendar(play), deed->party, deed->procedure, deed->place,
			      play->now, &row);
	if (state == deed->link)
		return MET;
	if (row != NULL)
		play->step->why =
			arena_printf(play->arena, "%s (%s)", row->title ?: "", row->place);
	return tell_unmet(play, deed,
			  arena_printf(play->arena, "%s %s on %s", who, link_state_name(deed->link),
				       date_text(play->now, date)),
			  arena_printf(play->arena, "%s %s", who, link_state_name(state)));
}

/* ---- code lists ------------------------------------------------------------------------------------------ */

struct values {
	const char **value;
	size_t count;
};

static int compare(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static bool is_among(const struct values *values, const char *value)
{
	return bsearch(&value, values->value, values->count, sizeof *values->value, compare) !=
	       NULL;
}

/* The words of a text, sorted. */
static struct values words_of(struct play *play, const char *text)
{
	char *rest = arena_string(play->arena, text), *state = NULL;
	struct values values = { .value = arena_alloc(play->arena, (strlen(text) / 2 + 1) *
									   sizeof *values.value) };

	for (const char *word = strtok_r(rest, " \t\n", &state); word != NULL;
	     word = strtok_r(NULL, " \t\n", &state))
		values.value[values.count++] = word;
	qsort(values.value, values.count, sizeof *values.value, compare);
	return values;
}

static void differs(struct text *text, size_t *told, const char *value, const char *how)
{
	if (++*told <= CODES_TOLD)
		text_printf(text, "%s%s %s", text->length > 0 ? ", " : "", value, how);
}

enum done do_codes(struct play *play, const struct deed *deed, struct failure *why)
{
	const struct codes *codes = kinds_codes(play->choice->library->kinds);
	struct values expected = words_of(play, deed->text);
	struct text text = TEXT_EMPTY;
	char date[TIME_TEXT_SIZE];
	const char *nearest, *value;
	size_t told = 0;

	(void)why;
	for (size_t i = 0; i < expected.count; i++)
		if (!codes_has(codes, deed->list, expected.value[i], play->now))
			differs(&text, &told, expected.value[i], "is missing");
	for (size_t i = 0; (value = codes_value(codes, deed->list, i)) != NULL; i++)
		if (codes_has(codes, deed->list, value, play->now) && !is_among(&expected, value))
			differs(&text, &told, value, "is one too many");
	if (told > CODES_TOLD)
		text_printf(&text, ", and %zu more", told - CODES_TOLD);
	nearest = arena_string(play->arena, text.length > 0 ? text.bytes : "");
	text_free(&text);
	if (told == 0)
		return MET;
	return tell_unmet(play, deed,
			  arena_printf(play->arena, "the list %s as it stands there, on %s",
				       deed->list, date_text(play->now, date)),
			  nearest);
}
