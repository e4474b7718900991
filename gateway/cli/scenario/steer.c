/* steer - deeds that are not messages: time, attendance, papers, faults. */
#include <string.h>

#include "cli/scenario/fill.h"
#include "cli/scenario/play.h"
#include "cli/scenario/tell.h"

/* ---- why not --------------------------------------------------------------------------------------- */

/* Refused, but not because of what the scenario says. */
static bool is_trouble(const struct failure *why)
{
	static const char *const begins[] = { "IO-", "BUS-", "KEY-", "CLI-013", "CLI-007", NULL };

	for (size_t i = 0; begins[i] != NULL; i++)
		if (strncmp(why->code, begins[i], strlen(begins[i])) == 0)
			return true;
	return why->verdict != REJECT;
}

enum done not_done(struct play *play, const struct deed *deed, const char *expected,
		   const struct failure *why)
{
	if (is_trouble(why))
		return TROUBLE;
	play->step->why = arena_printf(play->arena, "%s %s", why->code, why->text);
	return tell_unmet(play, deed, expected, "refused");
}

/* An order, and all that it brings about. */
static enum done order(struct play *play, const struct deed *deed, struct row *order,
		       const char *expected, struct failure *why)
{
	if (!play_ask(play, order, NULL, why))
		return not_done(play, deed, expected, why);
	return play_settle(play, why) ? MET : TROUBLE;
}

/* ---- time -------------------------------------------------------------------------------------------- */

/* A live gateway is told the day, and tells the time. */
static bool date_to(struct play *play, gateway_time to, struct failure *why)
{
	struct row *set = row_new("ask"), *ask = row_new("ask");
	char time[TIME_TEXT_SIZE];

	row_put(set, "ask", "date");
	row_put(set, "to", time_text(to, time));
	row_put(ask, "ask", "date");
	if (play_ask(play, set, NULL, why))
		return play_ask(play, ask, NULL, why);
	row_free(ask);
	return false;
}

static enum done go_to(struct play *play, const struct deed *deed, gateway_time to,
		       const char *expected, struct failure *why)
{
	bool gone;

	if (play->host != NULL && to < play->now) {
		reject(why, "CTL-007", "gateway time is past it");
		return not_done(play, deed, expected, why);
	}
	gone = play->host != NULL ? play_until(play, to, why) : date_to(play, to, why);
	if (!gone)
		return not_done(play, deed, expected, why);
	return play_settle(play, why) ? MET : TROUBLE;
}

enum done do_date(struct play *play, const struct deed *deed, struct failure *why)
{
	char date[TIME_TEXT_SIZE];

	return go_to(play, deed, deed->at,
		     arena_printf(play->arena, "date %s", date_text(deed->at, date)), why);
}

enum done do_advance(struct play *play, const struct deed *deed, struct failure *why)
{
	return go_to(play, deed, play->now + deed->lasts,
		     arena_printf(play->arena, "gateway time %s later", deed->lasts_text), why);
}

/* ---- attendance, papers, faults ------------------------------------------------------------------------ */

enum done do_agency(struct play *play, const struct deed *deed, struct failure *why)
{
	struct row *question = row_new("ask");

	row_put(question, "ask", "agency");
	row_put(question, "id", deed->party);
	row_put(question, "do", deed->on ? "on" : "off");
	return order(
		play, deed, question,
		arena_printf(play->arena, "%s switched %s", deed->party, deed->on ? "on" : "off"),
		why);
}

/* A decision needs what it says on paper: a number, or a reason. */
static bool fill_paper(struct play *play, const struct deed *deed, const char **permit,
		       const char **text, struct failure *why)
{
	bool refused = deed->state != NULL && strcmp(deed->state, "REFUSED") == 0;
	struct filling filling = { play, deed->of };
	const char *number = deed->permit ?: refused ? NULL : "PAPER-${as}";

	*permit = *text = NULL;
	return (number == NULL || fill(permit, play->arena, number, play_value, &filling, why)) &&
	       (!refused || fill(text, play->arena, deed->text ?: "refused at the counter",
				 play_value, &filling, why));
}

enum done do_paper(struct play *play, const struct deed *deed, struct failure *why)
{
	const char *expected =
		arena_printf(play->arena, "%s decides %s on paper", deed->party, deed->of);
	const char *permit, *text;
	struct row *question;

	if (!fill_paper(play, deed, &permit, &text, why))
		return not_done(play, deed, expected, why);
	question = row_new("ask");
	row_put(question, "ask", "paper");
	row_put(question, "id", play_submitted(play, deed->of)->id);
	row_put(question, "agency", deed->party);
	row_put(question, "status", deed->state ?: "APPROVED");
	if (deed->procedure != NULL)
		row_put(question, "procedure", deed->procedure);
	if (permit != NULL)
		row_put(question, "permit", permit);
	if (text != NULL)
		row_put(question, "text", text);
	return order(play, deed, question, expected, why);
}

/* What is added to a live gateway bears the run, so that it can be told from others' and ended. */
static void scope(const struct play *play, struct row *question)
{
	if (play->host == NULL)
		row_put(question, "run", play->session->run);
}

enum done do_fault(struct play *play, const struct deed *deed, struct failure *why)
{
	struct row *question = row_new("ask");
	struct text spec = TEXT_EMPTY;
	const char *expected;

	fault_write(&spec, &deed->fault);
	expected = arena_printf(play->arena, "fault %s", spec.bytes);
	if (deed->fault.id != NULL)
		fault_write_value(&spec, "id", deed->fault.id);
	row_put(question, "ask", "fault");
	row_put(question, "do", "add");
	row_put(question, "spec", spec.bytes);
	scope(play, question);
	text_free(&spec);
	return order(play, deed, question, expected, why);
}

bool steer_reset(struct play *play, struct failure *why)
{
	struct row *question = row_new("ask");

	row_put(question, "ask", "fault");
	row_put(question, "do", "reset");
	scope(play, question);
	return play_ask(play, question, NULL, why);
}

enum done do_fault_reset(struct play *play, const struct deed *deed, struct failure *why)
{
	if (!steer_reset(play, why))
		return not_done(play, deed, "faults ended", why);
	return play_settle(play, why) ? MET : TROUBLE;
}

enum done do_retry(struct play *play, const struct deed *deed, struct failure *why)
{
	struct row *question = row_new("ask");

	row_put(question, "ask", "retry");
	row_put(question, "id", play_submitted(play, deed->of)->id);
	return order(play, deed, question,
		     arena_printf(play->arena, "%s has something to try again", deed->of), why);
}
