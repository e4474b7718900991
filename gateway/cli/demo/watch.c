/* watch - what has become of a message, and what it still waits for. */
#include <string.h>

#include "cli/demo/demo.h"

#define PATIENCE 15000 /* ms in which a sandbox does what it is going to do */
#define LOOK	 500   /* ms that one question waits for news */

/* ---- rows ---------------------------------------------------------------------------------------- */

bool demo_is(const struct row *row, const char *member, const char *value)
{
	const char *found = row != NULL ? row_get(row, member) : NULL;

	return found != NULL && strcmp(found, value) == 0;
}

static bool is_hop(const struct row *row, const char *party, const char *event)
{
	return demo_is(row, "type", "hop") && demo_is(row, "event", event) &&
	       (party == NULL || demo_is(row, "hop", party));
}

const struct row *demo_task(const struct answer *about, const char *party)
{
	for (size_t i = 0; i < about->count; i++)
		if (demo_is(about->rows[i], "type", "task") &&
		    demo_is(about->rows[i], "party", party))
			return about->rows[i];
	return NULL;
}

size_t demo_count(const struct answer *about, const char *party, const char *event)
{
	size_t count = 0;

	for (size_t i = 0; i < about->count; i++)
		count += is_hop(about->rows[i], party, event);
	return count;
}

/* ---- wishes -------------------------------------------------------------------------------------- */

bool demo_has_answered(const struct answer *about, const char *party)
{
	for (size_t i = 0; i < about->count; i++)
		if (is_hop(about->rows[i], party, "delivery") &&
		    demo_is(about->rows[i], "state", "DONE"))
			return true;
	return false;
}

static bool waits_for_answer(const struct answer *about, const struct row *row)
{
	return demo_is(row, "type", "task") && demo_is(row, "route", "ELECTRONIC") &&
	       !demo_is(row, "state", "DECIDED") && !demo_is(row, "state", "WITHDRAWN") &&
	       !demo_has_answered(about, row_get(row, "party"));
}

static bool all_answered(const struct demo *demo, const struct answer *about, int64_t number)
{
	(void)demo;
	(void)number;
	for (size_t i = 0; i < about->count; i++)
		if (waits_for_answer(about, about->rows[i]))
			return false;
	return true;
}

static bool is_over(const struct demo *demo, const struct answer *about, int64_t number)
{
	(void)number;
	return follow_final(&demo->follower, about->rows[0]);
}

const struct demo_wish demo_answered = { "everybody who was asked answers", all_answered, 0 };
const struct demo_wish demo_over = { "the case comes to its end", is_over, 0 };

/* ---- waiting ------------------------------------------------------------------------------------- */

static bool await_news(struct demo *demo, struct failure *why)
{
	struct answer events;

	if (!follow_events(demo->follower.client, NULL, &demo->seen, LOOK, &events, why))
		return false;
	answer_free(&events);
	return true;
}

bool demo_wait(struct demo *demo, const char *id, const struct demo_wish *wish,
	       struct answer *about, struct failure *why)
{
	uint64_t until = monotonic_ms() + PATIENCE;

	for (;;) {
		if (!follow_message(demo->follower.client, id, about, why))
			return false;
		if (wish->holds(demo, about, wish->number))
			return true;
		answer_free(about);
		if (monotonic_ms() >= until)
			return defer(why, "CLI-004", "waited %d s in vain until %s",
				     PATIENCE / 1000, wish->words);
		if (!await_news(demo, why))
			return false;
	}
}

/* ---- letting time pass --------------------------------------------------------------------------- */

/* Answers are held in the order in which they came, and take effect in it, for one party. */
static bool is_still_held(const struct answer *about, const struct row *held)
{
	const char *party = row_get(held, "hop");
	size_t before = 0;

	for (size_t i = 0; i < about->count && about->rows[i] != held; i++)
		before += is_hop(about->rows[i], party, "held");
	return before >=
	       demo_count(about, party, "took effect") + demo_count(about, party, "withdrawn");
}

/* When something is to happen by itself; NULL: not of this row. */
static const char *due_of(const struct answer *about, const struct row *row)
{
	if (demo_is(row, "type", "task") && demo_is(row, "state", "PAPER_DUE"))
		return row_get(row, "due");
	if (is_hop(row, NULL, "held") && is_still_held(about, row))
		return row_get(row, "text");
	return NULL;
}

/* The first of all that is due; 0: nothing is. */
static gateway_time next_due(const struct answer *about)
{
	gateway_time next = 0, at;
	struct failure ignored;

	for (size_t i = 0; i < about->count; i++) {
		const char *due = due_of(about, about->rows[i]);

		if (due != NULL && time_parse(due, &at, &ignored) && (next == 0 || at < next))
			next = at;
	}
	return next;
}

static bool has_come_to_pass(const struct demo *demo, const struct answer *about, int64_t number)
{
	(void)demo;
	return next_due(about) != number;
}

/* What is due next in the case, once everybody who was asked has said what comes of it. */
static bool ask_due(struct demo *demo, const char *id, const struct demo_wish *wish,
		    bool *fulfilled, gateway_time *due, struct failure *why)
{
	struct answer about;

	if (!demo_wait(demo, id, &demo_answered, &about, why))
		return false;
	*fulfilled = wish->holds(demo, &about, wish->number);
	*due = next_due(&about);
	answer_free(&about);
	return true;
}

static bool let_happen(struct demo *demo, const char *id, gateway_time due, struct failure *why)
{
	struct demo_wish passed = { "what fell due happens", has_come_to_pass, due };
	char moment[TIME_TEXT_SIZE];
	struct answer about;

	if (!demo_clock(demo, time_text(due, moment), why) ||
	    !demo_wait(demo, id, &passed, &about, why))
		return false;
	answer_free(&about);
	return true;
}

bool demo_pass_time(struct demo *demo, const char *id, const struct demo_wish *wish,
		    struct answer *about, struct failure *why)
{
	gateway_time due;
	bool fulfilled;

	do {
		if (!ask_due(demo, id, wish, &fulfilled, &due, why))
			return false;
		if (!fulfilled && due != 0 && !let_happen(demo, id, due, why))
			return false;
	} while (!fulfilled && due != 0);
	return demo_wait(demo, id, wish, about, why);
}
