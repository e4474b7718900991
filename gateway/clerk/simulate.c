/*
 * simulate - what is to go wrong: orders for it, what it does to an attempt, and how the
 * party's simulation is told of it, just before the delivery.
 */
#include <stdio.h>
#include <string.h>

#include "clerk/clerk.h"
#include "control/control.h"
#include "deliver/faults.h"

/* ---- attempts ------------------------------------------------------------------------------ */

static struct underway underway_to(const struct clerk *clerk, struct arena *arena,
				   const char *party)
{
	const struct sending *sending = &clerk->sending;
	const char **deliveries = arena_alloc(arena, sending->count * sizeof *deliveries + 1);
	struct underway underway = { deliveries, 0 };

	for (size_t i = 0; i < sending->count; i++)
		if (strcmp(sending->entries[i].party, party) == 0)
			deliveries[underway.count++] = sending->entries[i].delivery;
	return underway;
}

static bool note_down(struct outbox *outbox, const struct journal_delivery *delivery,
		      const struct fault *fault, gateway_time now, struct failure *why)
{
	struct failure absent;

	defer(&absent, "BUS-020", "%s is down (fault %s)", delivery->party, fault->id);
	return outbox_attempt(outbox, delivery->id, false, &absent, (struct bytes){ NULL, 0 }, now,
			      why);
}

bool clerk_strike(struct clerk *clerk, struct outbox *outbox,
		  const struct journal_delivery *delivery, gateway_time now,
		  struct firing **firings, size_t *count, bool *leaves, struct failure *why)
{
	struct underway underway = underway_to(clerk, outbox->arena, delivery->party);
	enum struck struck;

	if (!faults_strike(outbox, delivery, &underway, now, firings, count, &struck, why))
		return false;
	*leaves = struck == STRUCK_SEND;
	return struck != STRUCK_ABSENT ||
	       note_down(outbox, delivery, (*firings)[0].fault, now, why);
}

struct slip *clerk_simulated(struct slip *deliver, const struct firing *firings, size_t count)
{
	struct text lines = TEXT_EMPTY;
	struct slip *tell;

	faults_tell(&lines, &deliver->delivery, firings, count);
	if (lines.length == 0)
		return deliver;
	tell = slip_new(SLIP_REPLY);
	tell->verb = VERB_SIMULATE;
	tell->address = deliver->address;
	tell->payload.start = arena_copy(tell->arena, lines.bytes, lines.length);
	tell->payload.length = lines.length;
	tell->next = deliver;
	text_free(&lines);
	return tell;
}

/* ---- orders -------------------------------------------------------------------------------- */

/* Asking again must not add another one. */
static bool was_added(const struct clerk *clerk, const struct slip *slip)
{
	return slip->order->tag != NULL && strcmp(slip->order->tag, clerk->added.tag) == 0 &&
	       address_same(&slip->address, &clerk->added.from);
}

static void keep_added(struct clerk *clerk, const struct slip *slip, const char *id)
{
	struct added *added = &clerk->added;

	snprintf(added->tag, sizeof added->tag, "%s",
		 slip->order->tag != NULL ? slip->order->tag : "");
	snprintf(added->id, sizeof added->id, "%s", id);
	added->from = slip->address;
}

static bool add_fault(struct clerk *clerk, struct outbox *outbox, const struct slip *slip,
		      gateway_time now, const char **added, size_t *count, struct failure *why)
{
	const struct control_order *order = slip->order;

	*count = 1;
	if (order->line == NULL)
		return reject(why, "CTL-005", "'fault' needs a spec: PARTY KIND [name=value ...]");
	if (was_added(clerk, slip)) {
		*added = clerk->added.id;
		return true;
	}
	if (!faults_add(outbox, order->line, order->run, slip->party, now, added, why))
		return false;
	keep_added(clerk, slip, *added);
	return true;
}

static bool remove_fault(struct clerk *clerk, struct outbox *outbox, const struct slip *slip,
			 gateway_time now, const char **added, size_t *count, struct failure *why)
{
	(void)clerk, (void)added;
	*count = 1;
	if (slip->order->id == NULL)
		return reject(why, "CTL-005", "'fault' needs the id of the one to remove");
	return faults_remove(outbox, slip->order->id, slip->party, now, why);
}

static bool reset_faults(struct clerk *clerk, struct outbox *outbox, const struct slip *slip,
			 gateway_time now, const char **added, size_t *count, struct failure *why)
{
	(void)clerk, (void)added;
	return faults_reset(outbox, slip->order->run, slip->party, now, count, why);
}

bool clerk_order_fault(struct clerk *clerk, struct outbox *outbox, const struct slip *slip,
		       const char **added, size_t *count, struct failure *why)
{
	static const struct {
		const char *what;
		bool (*do_it)(struct clerk *clerk, struct outbox *outbox, const struct slip *slip,
			      gateway_time now, const char **added, size_t *count,
			      struct failure *why);
	} ways[] = { { "add", add_fault }, { "rm", remove_fault }, { "reset", reset_faults } };
	gateway_time now = clock_now(clerk->gateway->house.clock);
	const char *what = slip->order->what != NULL ? slip->order->what : "";

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (strcmp(ways[i].what, what) == 0)
			return ways[i].do_it(clerk, outbox, slip, now, added, count, why);
	return reject(why, "CTL-005", "'fault' is to do add, rm or reset, not '%.40s'", what);
}

bool clerk_order_agency(struct clerk *clerk, struct outbox *outbox, const struct slip *slip,
			size_t *count, struct failure *why)
{
	struct gateway *gateway = clerk->gateway;
	const char *what = slip->order->what != NULL ? slip->order->what : "";
	bool off = strcmp(what, "off") == 0, changed;
	const struct party *party;

	if (!off && strcmp(what, "on") != 0)
		return reject(why, "CTL-005", "'agency' is to do on or off, not '%.40s'", what);
	if (!faults_switch(outbox, slip->order->id, off, slip->party,
			   clock_now(gateway->house.clock), &party, &changed, why))
		return false;
	*count = changed;
	if (changed)
		presence_switch(gateway->presence, party->id, off,
				journal_head(gateway->journal).seq + 1);
	return true;
}
