/* time - what is in flight, and where gateway time goes when nothing is. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "clerk/clerk.h"
#include "control/control.h"
#include "deliver/faults.h"

#define LOOK_AGAIN 100 /* ms until it is looked again whether a party has come back */

/* ---- in flight ----------------------------------------------------------------------------- */

static bool is_down(const struct clerk *clerk, const char *party)
{
	struct gateway *gateway = clerk->gateway;
	struct arena *arena = arena_new();
	bool down = faults_down(gateway->journal, arena, party, clock_now(gateway->house.clock));

	arena_free(arena);
	return down;
}

bool clerk_may_come_back(const struct clerk *clerk, const char *party,
			 const struct presence_view *view)
{
	const struct house *house = &clerk->gateway->house;

	return (house->settings->skip_time || clock_is_held(house->clock)) && !view->connected &&
	       !view->off &&
	       monotonic_ms() - view->absent_since < (uint64_t)house->settings->absence &&
	       !is_down(clerk, party);
}

/* Of parties that do not say SETTLED, and of those that are away: what the journal has open. */
static bool owes_answers(const struct clerk *clerk, const char *party)
{
	struct presence_view view = presence_of(clerk->gateway->presence, party);
	struct journal *journal = clerk->gateway->journal;

	if (!view.connected)
		return clerk_may_come_back(clerk, party, &view) && journal_has_open(journal, party);
	return !view.settles && view.since != INT64_MAX &&
	       journal_in_flight(journal, party, view.since) != 0;
}

static bool awaiting_answers(const struct clerk *clerk)
{
	const struct parties *parties = clerk->gateway->house.parties;

	for (size_t i = 0; i < parties_count(parties); i++)
		if (parties_at(parties, i)->push && owes_answers(clerk, parties_at(parties, i)->id))
			return true;
	return presence_unsettled(clerk->gateway->presence) != 0;
}

bool clerk_in_flight(const struct clerk *clerk)
{
	struct gateway *gateway = clerk->gateway;

	return atomic_load(&gateway->inside) != 0 || clerk->sending.count != 0 ||
	       queue_length(gateway->desk) != 0 || awaiting_answers(clerk);
}

/* Nobody comes in between the look and the leap. */
static bool leap_to(struct clerk *clerk, gateway_time next)
{
	struct gateway *gateway = clerk->gateway;
	bool idle;

	pthread_mutex_lock(&gateway->door);
	idle = !clerk_in_flight(clerk);
	if (idle)
		clock_advance(gateway->house.clock, next);
	pthread_mutex_unlock(&gateway->door);
	return idle;
}

/* ---- waiting ------------------------------------------------------------------------------- */

int clerk_wait(struct clerk *clerk)
{
	struct gateway *gateway = clerk->gateway;
	gateway_time now = clock_now(gateway->house.clock), next;
	bool skips = gateway->house.settings->skip_time;

	/* Whatever else it waits for comes as a slip; that somebody stays away does not. */
	if (clock_is_held(gateway->house.clock))
		return awaiting_answers(clerk) ? LOOK_AGAIN : -1;
	/* Not after now: a commit takes its time, and something may have fallen due meanwhile. */
	next = journal_next_due(gateway->journal, clerk->looked, !skips);
	if (next == 0)
		return skips && awaiting_answers(clerk) ? LOOK_AGAIN : -1;
	if (next <= now)
		return 0;
	if (skips && leap_to(clerk, next))
		return 0;
	if (skips && next - now > LOOK_AGAIN)
		return LOOK_AGAIN;
	return next - now < INT_MAX ? (int)(next - now) : INT_MAX;
}

/* ---- orders -------------------------------------------------------------------------------- */

bool clerk_read_time(const struct clerk *clerk, const char *text, gateway_time *to,
		     struct failure *why)
{
	gateway_time now = clock_now(clerk->gateway->house.clock);
	char present[TIME_TEXT_SIZE], stated[TIME_TEXT_SIZE];

	if (!time_parse(text, to, why))
		return false;
	return *to >= now ||
	       reject(why, "CTL-007", "it is %s already; gateway time does not go back to %s",
		      time_text(now, present), time_text(*to, stated));
}

static bool note_date(struct clerk *clerk, gateway_time from, gateway_time to, const char *by,
		      struct failure *why)
{
	char text[TIME_TEXT_SIZE];

	return journal_append(clerk->gateway->journal, to, why, "dated", "from",
			      time_text(from, text), "by", by, NULL);
}

bool clerk_date(struct clerk *clerk, gateway_time to, const char *by, struct failure *why)
{
	struct gateway *gateway = clerk->gateway;
	gateway_time from = clock_now(gateway->house.clock);

	pthread_mutex_lock(&gateway->door);
	clock_advance(gateway->house.clock, to);
	pthread_mutex_unlock(&gateway->door);
	return note_date(clerk, from, to, by, why);
}

/* ---- settling ------------------------------------------------------------------------------ */

static struct slip *rows_to(const struct slip *asked, const void *rows, size_t length)
{
	struct slip *reply = slip_new(SLIP_REPLY);

	reply->verb = VERB_ROWS;
	reply->address = asked->address;
	reply->payload.start = arena_copy(reply->arena, rows, length);
	reply->payload.length = length;
	return reply;
}

/* Who hears nothing asks again; asking again must not be another leap. */
static bool same_question(const struct slip *one, const struct slip *other)
{
	const char *tag = one->order->tag;

	return tag != NULL && other->order->tag != NULL && strcmp(tag, other->order->tag) == 0 &&
	       address_same(&one->address, &other->address);
}

static bool asked_again(struct clerk *clerk, const struct slip *slip)
{
	const struct slip *settled = clerk->settled;

	for (size_t i = 0; i < clerk->settling_count; i++)
		if (same_question(clerk->settling[i].slip, slip))
			return true;
	if (settled == NULL || !same_question(settled, slip))
		return false;
	gateway_out(clerk->gateway, rows_to(slip, settled->payload.start, settled->payload.length));
	return true;
}

static bool admit(const struct clerk *clerk, const struct slip *slip, gateway_time *to,
		  struct failure *why)
{
	*to = 0;
	if (!clock_is_held(clerk->gateway->house.clock))
		return reject(why, "CTL-008", "the clock of this gateway is not held");
	return slip->order->to == NULL || clerk_read_time(clerk, slip->order->to, to, why);
}

static void refuse(struct clerk *clerk, const struct slip *slip, const struct failure *why)
{
	struct text rows = TEXT_EMPTY;

	control_write_error(&rows, slip->order->tag, why);
	gateway_out(clerk->gateway, rows_to(slip, rows.bytes, rows.length));
	text_free(&rows);
}

void clerk_settle(struct clerk *clerk, struct slip *slip)
{
	struct settling settling = { .slip = slip };
	struct failure why;
	bool again = asked_again(clerk, slip);

	if (!again && admit(clerk, slip, &settling.to, &why)) {
		clerk->settling = must_realloc(clerk->settling, (clerk->settling_count + 1) *
									sizeof *clerk->settling);
		clerk->settling[clerk->settling_count++] = settling;
		return;
	}
	if (!again)
		refuse(clerk, slip, &why);
	clerk_done(clerk, slip);
}

static void forget(struct clerk *clerk, size_t i)
{
	memmove(&clerk->settling[i], &clerk->settling[i + 1],
		(--clerk->settling_count - i) * sizeof *clerk->settling);
}

static void tell_settled(struct clerk *clerk, const struct settling *settling)
{
	struct gateway *gateway = clerk->gateway;
	gateway_time now = clock_now(gateway->house.clock);
	struct control_settled settled = {
		.time = now,
		.next = journal_next_due(gateway->journal, now, true),
		.seq = journal_head(gateway->journal).seq,
		.leapt = settling->leapt,
	};
	struct slip *slip = settling->slip;
	struct text rows = TEXT_EMPTY;

	settled.done = settling->to != 0 ? now >= settling->to : settled.next == 0;
	control_write_settled(&rows, slip->order->tag, &settled);
	slip->payload.start = arena_copy(slip->arena, rows.bytes, rows.length);
	slip->payload.length = rows.length;
	gateway_out(gateway, rows_to(slip, rows.bytes, rows.length));
	text_free(&rows);
	slip_free(clerk->settled);
	clerk->settled = slip;
}

/* To the next due moment, or to the end of what was allowed: of that nothing else would be on record,
 * and the next start goes on from there. */
static bool leap(struct clerk *clerk, struct settling *settling, struct failure *why)
{
	struct gateway *gateway = clerk->gateway;
	gateway_time from = clock_now(gateway->house.clock), to = settling->to;
	gateway_time next = journal_next_due(gateway->journal, from, true);
	bool due = next != 0 && (to == 0 || next <= to);

	if (due)
		to = next;
	settling->tried = to <= from || leap_to(clerk, to);
	settling->leapt = settling->tried && to > from;
	if (due || !settling->leapt)
		return true;
	return clerk_begin(clerk, why) && note_date(clerk, from, to, settling->slip->party, why) &&
	       clerk_commit(clerk, why);
}

bool clerk_settled(struct clerk *clerk, bool *more, struct failure *why)
{
	while (clerk->settling_count > 0) {
		struct settling *first = &clerk->settling[0];

		if (first->slip->order->leap && !first->tried) {
			*more = true; /* what is due there is done before anybody is told */
			return leap(clerk, first, why);
		}
		tell_settled(clerk, first);
		forget(clerk, 0);
	}
	return true;
}

void clerk_stop_settling(struct clerk *clerk, const struct address *address)
{
	for (size_t i = clerk->settling_count; i-- > 0;)
		if (address_same(&clerk->settling[i].slip->address, address)) {
			slip_free(clerk->settling[i].slip);
			forget(clerk, i);
		}
}

void clerk_free_settling(struct clerk *clerk)
{
	for (size_t i = 0; i < clerk->settling_count; i++)
		slip_free(clerk->settling[i].slip);
	free(clerk->settling);
	slip_free(clerk->settled);
}
