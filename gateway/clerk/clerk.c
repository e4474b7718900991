#include "clerk/clerk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control.h"
#include "core/crash.h"
#include "core/log.h"

#define CHECKPOINT_EVERY 64 /* commits */

/* ---- lists --------------------------------------------------------------------------------- */

static void add(struct slips *slips, struct slip *slip)
{
	if (slips->count == slips->room) {
		slips->room = slips->room != 0 ? 2 * slips->room : BATCH;
		slips->slip = must_realloc(slips->slip, slips->room * sizeof *slips->slip);
	}
	slips->slip[slips->count++] = slip;
}

void clerk_send_later(struct clerk *clerk, struct slip *slip)
{
	add(&clerk->outgoing, slip);
}

void clerk_done(struct clerk *clerk, struct slip *slip)
{
	add(&clerk->done, slip);
}

static size_t sending_find(const struct sending *sending, const char *delivery)
{
	size_t i = 0;

	while (i < sending->count && strcmp(sending->entries[i].delivery, delivery) != 0)
		i++;
	return i;
}

bool sending_has(const struct sending *sending, const char *delivery)
{
	return sending_find(sending, delivery) < sending->count;
}

size_t sending_to(const struct sending *sending, const char *party)
{
	size_t count = 0;

	for (size_t i = 0; i < sending->count; i++)
		count += strcmp(sending->entries[i].party, party) == 0;
	return count;
}

static bool same(const char *entry, const char *value)
{
	return strcmp(entry, value != NULL ? value : "") == 0;
}

bool sending_before(const struct sending *sending, const struct journal_delivery *delivery)
{
	for (size_t i = 0; i < sending->count; i++)
		if (same(sending->entries[i].party, delivery->party) &&
		    same(sending->entries[i].declarant, delivery->declarant) &&
		    same(sending->entries[i].conversation, delivery->conversation))
			return true;
	return false;
}

static void set(char *entry, size_t size, const char *value)
{
	snprintf(entry, size, "%s", value != NULL ? value : "");
}

void sending_begin(struct sending *sending, const struct journal_delivery *delivery)
{
	if (sending->count == sending->room) {
		sending->room = sending->room != 0 ? 2 * sending->room : BATCH;
		sending->entries =
			must_realloc(sending->entries, sending->room * sizeof *sending->entries);
	}
	set(sending->entries[sending->count].delivery, UUID_SIZE, delivery->id);
	set(sending->entries[sending->count].party, PARTY_ID_SIZE, delivery->party);
	set(sending->entries[sending->count].declarant, PARTY_ID_SIZE, delivery->declarant);
	set(sending->entries[sending->count].conversation, UUID_SIZE, delivery->conversation);
	sending->count++;
}

void sending_end(struct sending *sending, const char *delivery)
{
	size_t i = sending_find(sending, delivery);

	if (i < sending->count)
		sending->entries[i] = sending->entries[--sending->count];
}

/* ---- batches ------------------------------------------------------------------------------- */

bool clerk_begin(struct clerk *clerk, struct failure *why)
{
	if (!journal_begin(clerk->gateway->journal, why))
		return false;
	crash_point(CRASH_BATCH_BEGUN);
	return true;
}

/* Where a slip goes once what it says has become true. */
static void release(struct gateway *gateway, struct slip *slip)
{
	if (slip->type == SLIP_DELIVER || slip->next != NULL) /* or with one behind it */
		queue_put(gateway->work, slip);
	else
		queue_put(gateway->out, slip);
}

bool clerk_commit(struct clerk *clerk, struct failure *why)
{
	struct gateway *gateway = clerk->gateway;

	if (!journal_commit(gateway->journal, why))
		return false;
	for (size_t i = 0; i < clerk->outgoing.count; i++)
		release(gateway, clerk->outgoing.slip[i]);
	for (size_t i = 0; i < clerk->done.count; i++)
		slip_free(clerk->done.slip[i]);
	clerk->outgoing.count = clerk->done.count = 0;
	bus_wake(gateway->bus);
	control_committed(gateway->control);

	if (++clerk->commits % CHECKPOINT_EVERY == 0)
		return journal_checkpoint(gateway->journal, why);
	return true;
}

/* The first slip opens a batch; it takes in what lies on the desk, 64 at most. */
static bool work_off(struct clerk *clerk, struct slip *slip, struct failure *why)
{
	size_t count = 0;

	if (!clerk_begin(clerk, why))
		return false;
	while (slip != NULL) {
		if (!clerk_handle(clerk, slip, why))
			return false;
		slip = ++count < BATCH ? queue_take(clerk->gateway->desk, 0) : NULL;
	}
	return clerk_commit(clerk, why);
}

/* A gateway that dies before its first checkpoint, again and again, would leave its successors an
 * ever longer log to read. A journal that has just been made has nothing to fold in. */
static bool fold_in_the_past(struct journal *journal, struct failure *why)
{
	return journal_head(journal).seq <= 1 || journal_checkpoint(journal, why);
}

static bool run(struct clerk *clerk, struct failure *why)
{
	struct gateway *gateway = clerk->gateway;
	struct slip *slip;
	bool more = true;

	if (!fold_in_the_past(gateway->journal, why))
		return false;
	while (!queue_closed(gateway->desk) || queue_length(gateway->desk) != 0) {
		slip = queue_take(gateway->desk, more ? 0 : clerk_wait(clerk));
		if (slip != NULL && !work_off(clerk, slip, why))
			return false;
		if (queue_closed(gateway->desk))
			more = false;
		else if (!clerk_due(clerk, &more, why))
			return false;
	}
	return true;
}

void *clerk_run(void *argument)
{
	struct clerk clerk = { .gateway = argument, .leases = leases_new() };
	struct failure why;

	if (!run(&clerk, &why)) {
		log_failure(LOG_ERROR, "journal-failed", &why);
		gateway_stop(clerk.gateway, true);
	}
	/* What an unfinished batch would have said has not become true: it is never said. */
	for (size_t i = 0; i < clerk.outgoing.count; i++)
		slip_free(clerk.outgoing.slip[i]);
	for (size_t i = 0; i < clerk.done.count; i++)
		slip_free(clerk.done.slip[i]);
	free(clerk.outgoing.slip);
	free(clerk.done.slip);
	free(clerk.sending.entries);
	clerk_free_settling(&clerk);
	leases_free(clerk.leases);
	return NULL;
}
