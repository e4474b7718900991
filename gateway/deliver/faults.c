#include "deliver/faults.h"

#include <string.h>

#include "core/nearest.h"
#include "deliver/outbox_private.h"
#include "journal/fault_rows.h"

#define NUMBER_SIZE 24

/* An attempt that is about to be made, and what strikes it. */
struct strike {
	struct outbox *outbox;
	const struct journal_delivery *delivery;
	const struct underway *underway;
	gateway_time now;
	const char *try;
	struct firing *firings;
	size_t count;
	bool down, holds, behind;
	int64_t hold; /* ms */
};

/* A line of the journal was read once already, when it was added. */
static bool read_back(struct fault **out, struct arena *arena, const char *id, const char *line,
		      struct failure *why)
{
	struct failure reason;

	*out = arena_alloc(arena, sizeof **out);
	if (!fault_parse(*out, arena, line, NULL, &reason))
		return fault(why, "FLT-901", "the fault %s of the journal cannot be read: %s", id,
			     reason.text);
	(*out)->id = id;
	return true;
}

/* ---- does it strike? ----------------------------------------------------------------------- */

static bool fits(const struct fault *fault, const struct journal_delivery *delivery)
{
	return (fault->document == NULL || strcmp(fault->document, delivery->kind) == 0) &&
	       (fault->run == NULL ||
		(delivery->run != NULL && strcmp(fault->run, delivery->run) == 0));
}

/* What it is, not what it is called or whose it is: two runs side by side on one gateway draw
 * what each of them alone would. */
static double draw(const struct strike *strike, const struct fault *fault, const char *purpose)
{
	struct fault of_any_run = *fault;
	struct text line = TEXT_EMPTY;
	double drawn;

	of_any_run.run = NULL;
	fault_write(&line, &of_any_run);
	drawn = keyed_draw(strike->outbox->house->settings->seed, purpose, line.bytes,
			   strike->delivery->id, strike->try, NULL);
	text_free(&line);
	return drawn;
}

/* Attempts that it will have seen before this one although no record says so yet. */
static size_t still_to_see(const struct strike *strike, const struct journal_fault *row,
			   const struct fault *fault)
{
	struct journal *journal = strike->outbox->journal;
	struct journal_delivery other;
	size_t count = 0;

	for (size_t i = 0; i < strike->underway->count; i++)
		count += journal_delivery(journal, strike->outbox->arena,
					  strike->underway->deliveries[i], &other) &&
			 strcmp(other.party, strike->delivery->party) == 0 && fits(fault, &other) &&
			 !journal_fired_at(journal, row, other.id, other.tries + 1);
	return count;
}

static bool strikes(const struct strike *strike, const struct journal_fault *row,
		    const struct fault *fault)
{
	struct journal *journal = strike->outbox->journal;
	const char *party = strike->delivery->party;

	if (!fits(fault, strike->delivery))
		return false;
	if (fault->first != 0 && journal_fired(journal, row, strike->delivery->id) >= fault->first)
		return false;
	if (fault->every != 0 &&
	    (row->seen + 1 + (int64_t)still_to_see(strike, row, fault)) % fault->every != 0)
		return false;
	if (fault->kind == FAULT_REORDER && fault->on == ON_REQUEST &&
	    (strike->behind || journal_held_behind(journal, party)))
		return false; /* it is the one that the other is to come after */
	return fault->probability >= 1 || draw(strike, fault, "fault") < fault->probability;
}

static int64_t later_by(const struct strike *strike, const struct fault *fault)
{
	if (fault->kind != FAULT_DELAY)
		return 0;
	return fault->by + (int64_t)((double)fault->jitter * draw(strike, fault, "jitter"));
}

/* ---- what becomes of the attempt ----------------------------------------------------------- */

/* For one retry interval at most, when nothing comes that it could come after. */
static void hold_back(struct strike *strike, const struct firing *firing)
{
	if (firing->fault->on != ON_REQUEST)
		return;
	if (firing->fault->kind == FAULT_DELAY) {
		strike->hold += firing->later;
		strike->holds = true;
	}
	if (firing->fault->kind == FAULT_REORDER)
		strike->holds = strike->behind = true;
}

static void note(struct strike *strike, const struct fault *fault, int64_t later)
{
	struct firing *firing = &strike->firings[strike->count++];

	*firing = (struct firing){ fault, (unsigned)strike->delivery->attempts + 1, later };
	strike->down = strike->down || fault->kind == FAULT_DOWN;
	hold_back(strike, firing);
}

/* To a party that is not there nothing else happens. */
static void keep_down_alone(struct strike *strike)
{
	size_t kept = 0;

	for (size_t i = 0; i < strike->count; i++)
		if (strike->firings[i].fault->kind == FAULT_DOWN)
			strike->firings[kept++] = strike->firings[i];
	strike->count = kept;
}

static const char *told(const struct strike *strike, const struct journal_fault *row,
			const struct firing *firing)
{
	const struct fault *fault = firing->fault;
	struct text text = TEXT_EMPTY;
	const char *kept;

	fault_tell(&text, fault, firing->later);
	if (fault->first != 0)
		text_printf(&text, " (%lld of %lld)",
			    (long long)journal_fired(strike->outbox->journal, row,
						     strike->delivery->id) +
				    1,
			    (long long)fault->first);
	kept = arena_string(strike->outbox->arena, text.bytes);
	text_free(&text);
	return kept;
}

static bool is_held(const struct firing *firing)
{
	return firing->fault->on == ON_REQUEST &&
	       (firing->fault->kind == FAULT_DELAY || firing->fault->kind == FAULT_REORDER);
}

static bool record(struct strike *strike, const struct firing *firing, struct failure *why)
{
	const struct journal_delivery *delivery = strike->delivery;
	const struct fault *fault_ = firing->fault;
	struct outbox *outbox = strike->outbox;
	bool behind = fault_->kind == FAULT_REORDER;
	const char *due = outbox_number(outbox, strike->now + strike->hold);
	struct journal_fault row;

	if (!journal_fault(outbox->journal, outbox->arena, fault_->id, &row))
		return fault(why, "FLT-901", "the fault %s has gone from the journal", fault_->id);
	return journal_append(
		outbox->journal, strike->now, why, "fault", "fault", fault_->id, "what",
		fault_kind_name(fault_->kind), "on", fault_side_name(fault_->on), "party",
		delivery->party, "delivery", delivery->id, "case", delivery->case_id, "attempt",
		outbox_number(outbox, firing->attempt), "try", strike->try, "later",
		firing->later != 0 ? outbox_number(outbox, firing->later) : NULL, "due",
		is_held(firing) ? due : NULL, "behind", is_held(firing) && behind ? "1" : NULL,
		"text", told(strike, &row, firing), NULL);
}

static bool record_all(struct strike *strike, struct failure *why)
{
	for (size_t i = 0; i < strike->count; i++)
		if (!record(strike, &strike->firings[i], why))
			return false;
	return true;
}

/* ---- striking ------------------------------------------------------------------------------ */

/* What is recorded for this try, and no more; what held it back has had its time. */
static bool strike_again(struct strike *strike, const struct journal_firing *rows, size_t count,
			 struct failure *why)
{
	struct fault *fault;

	for (size_t i = 0; i < count; i++) {
		if (!read_back(&fault, strike->outbox->arena, rows[i].id, rows[i].line, why))
			return false;
		note(strike, fault, rows[i].later);
	}
	strike->holds = false;
	return true;
}

static bool strike_anew(struct strike *strike, const struct journal_fault *rows, size_t count,
			struct failure *why)
{
	struct fault *fault;

	for (size_t i = 0; i < count; i++) {
		if (!read_back(&fault, strike->outbox->arena, rows[i].id, rows[i].line, why))
			return false;
		if (strikes(strike, &rows[i], fault))
			note(strike, fault, later_by(strike, fault));
	}
	if (strike->down)
		keep_down_alone(strike);
	if (strike->behind && strike->hold < strike->outbox->house->settings->retry_first)
		strike->hold = strike->outbox->house->settings->retry_first;
	return record_all(strike, why);
}

bool faults_strike(struct outbox *outbox, const struct journal_delivery *delivery,
		   const struct underway *underway, gateway_time now, struct firing **out,
		   size_t *count, enum struck *struck, struct failure *why)
{
	struct strike strike = { .outbox = outbox,
				 .delivery = delivery,
				 .underway = underway,
				 .now = now,
				 .try = outbox_number(outbox, delivery->tries + 1) };
	struct journal_firing *recorded;
	struct journal_fault *rows;
	size_t known = journal_firings(outbox->journal, outbox->arena, delivery->id,
				       delivery->tries + 1, &recorded);
	size_t all =
		journal_faults(outbox->journal, outbox->arena, delivery->party, NULL, now, &rows);
	size_t room = known > all ? known : all;
	bool good;

	strike.firings = arena_alloc(outbox->arena, room * sizeof *strike.firings + 1);
	good = known > 0 ? strike_again(&strike, recorded, known, why)
			 : strike_anew(&strike, rows, all, why);
	*out = strike.firings;
	*count = strike.count;
	*struck = strike.down ? STRUCK_ABSENT : strike.holds ? STRUCK_HOLD : STRUCK_SEND;
	return good;
}

void faults_tell(struct text *out, const struct journal_delivery *delivery,
		 const struct firing *firings, size_t count)
{
	struct arena *arena = arena_new();
	struct simulation simulation = { .attempt = delivery->attempts + 1 };

	simulation.faults = arena_alloc(arena, count * sizeof *simulation.faults + 1);
	memcpy(simulation.message, delivery->id, sizeof simulation.message);
	for (size_t i = 0; i < count; i++)
		if (fault_is_simulated(firings[i].fault))
			simulation.faults[simulation.count++] = *firings[i].fault;
	if (simulation.count > 0)
		simulation_write(out, &simulation);
	arena_free(arena);
}

/* ---- looking ------------------------------------------------------------------------------- */

bool faults_at(struct journal *journal, const struct journal_delivery *delivery, gateway_time now)
{
	return journal_faulty(journal, delivery, now);
}

static bool strikes_everything(const struct fault *fault)
{
	return fault->document == NULL && fault->run == NULL && fault->first == 0 &&
	       fault->every == 0 && fault->probability >= 1;
}

bool faults_down(struct journal *journal, struct arena *arena, const char *party, gateway_time now)
{
	struct journal_fault *rows;
	size_t count = journal_faults(journal, arena, party, NULL, now, &rows);
	struct fault *fault;

	for (size_t i = 0; i < count; i++)
		if (read_back(&fault, arena, rows[i].id, rows[i].line, NULL) &&
		    fault->kind == FAULT_DOWN && strikes_everything(fault))
			return true;
	return false;
}

int64_t faults_hold_reply(struct journal *journal, const struct journal_delivery *delivery)
{
	return journal_reply_later(journal, delivery);
}
