/* answers - status, messages, deliveries: what stands where. */
#include "control/answers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/version.h"

#define LIMIT	   100
#define LIMIT_MOST 10000

static void put_time(struct row *row, const char *name, gateway_time when)
{
	char text[TIME_TEXT_SIZE];

	row_put(row, name, when != 0 ? time_text(when, text) : NULL);
}

static size_t limit_of(const struct row *ask)
{
	int64_t limit = LIMIT;

	if (!row_get_number(ask, "limit", &limit) || limit < 1)
		limit = LIMIT;
	return (size_t)(limit < LIMIT_MOST ? limit : LIMIT_MOST);
}

/* ---- status -------------------------------------------------------------------------------- */

static const char *const open_states[] = { "WAITING", "SENT", "RECEIVED" };

static int64_t count_open(struct journal *journal, const char *party, bool in_flight)
{
	int64_t count = 0;

	for (size_t i = in_flight ? 1 : 0; i < (in_flight ? 3 : 1); i++)
		count += journal_count_deliveries(journal, party, open_states[i]);
	return count;
}

static void put_counts(struct row *row, struct journal *journal, const char *party)
{
	row_put_number(row, "waiting", count_open(journal, party, false));
	row_put_number(row, "in_flight", count_open(journal, party, true));
	row_put_number(row, "dead", journal_count_deliveries(journal, party, "DEAD"));
}

static bool all_connected(const struct control_links *links)
{
	const struct parties *parties = links->house->parties;

	for (size_t i = 0; i < parties_count(parties); i++) {
		const struct party *party = parties_at(parties, i);

		struct presence_view view = presence_of(links->presence, party->id);

		if (party->push && !view.connected && !view.off)
			return false;
	}
	return true;
}

static void say_gateway(struct question_asked *asked)
{
	const struct control_links *links = asked->links;
	const struct settings *settings = links->house->settings;
	struct journal_head head = journal_head(asked->journal);
	struct row *row = row_new("gateway");
	struct control_figures figures;

	links->figures(links->gateway, &figures);
	row_put(row, "instance", settings->instance);
	row_put(row, "version", NSW_VERSION);
	put_time(row, "time", clock_now(links->house->clock));
	row_put(row, "environment", settings->environment);
	row_put(row, "endpoint", links->endpoint);
	row_put_number(row, "seq", head.seq);
	row_put(row, "head", head.hash);
	row_put_number(row, "pid", getpid());
	row_put_flag(row, "ready", all_connected(links));
	row_put(row, "clock", settings->clock);
	row_put_flag(row, "skip_time", settings->skip_time);
	put_counts(row, asked->journal, NULL);
	row_put_number(row, "accepted", (int64_t)figures.accepted);
	row_put_number(row, "refused", (int64_t)figures.refused);
	row_put_number(row, "duplicates", (int64_t)figures.duplicates);
	row_put_number(row, "busy", (int64_t)figures.busy);
	row_put_number(row, "queued", (int64_t)figures.inside);
	row_put_number(row, "workers", settings->workers);
	row_put(row, "kinds_left_out", kinds_left_out(links->house->kinds));
	say(asked, row);
}

bool answer_status(struct question_asked *asked, struct failure *why)
{
	const struct parties *parties = asked->links->house->parties;

	(void)why;
	say_gateway(asked);
	for (size_t i = 0; i < parties_count(parties); i++) {
		const struct party *party = parties_at(parties, i);
		struct presence_view view;
		struct row *row;

		if (strcmp(party->role, "operator") == 0 || strcmp(party->role, "gateway") == 0)
			continue;
		row = row_new("party");
		row_put(row, "id", party->id);
		row_put(row, "role", party->role);
		row_put(row, "name",
			party_name_on(party, clock_now(asked->links->house->clock), false));
		row_put(row, "delivery", party->push ? "push" : "pull");
		view = presence_of(asked->links->presence, party->id);
		row_put_flag(row, "connected", view.connected);
		row_put_flag(row, "off", view.off);
		row_put_flag(row, "expected", party->push);
		put_counts(row, asked->journal, party->id);
		say(asked, row);
	}
	return true;
}

/* ---- messages ------------------------------------------------------------------------------ */

static int64_t attempts_of(struct journal *journal, struct arena *arena, const char *case_id)
{
	struct journal_delivery *deliveries;
	size_t count;
	int64_t attempts = 0;

	if (case_id == NULL)
		return 0;
	count = journal_deliveries(journal, arena, case_id, &deliveries);
	for (size_t i = 0; i < count; i++)
		if (deliveries[i].push)
			attempts += deliveries[i].attempts;
	return attempts;
}

struct row *message_row_of(struct journal *journal, struct arena *arena,
			   const struct journal_message *message)
{
	struct row *row = row_new("message");
	struct journal_case case_ = { .number = NULL };

	if (message->case_id != NULL)
		(void)journal_case(journal, arena, message->case_id, &case_);
	row_put_number(row, "seq", message->seq);
	put_time(row, "time", message->at);
	row_put(row, "id", message->id);
	row_put(row, "kind", message->kind);
	row_put(row, "from", message->sender);
	row_put(row, "reference", message->reference);
	row_put(row, "number", case_.number);
	row_put(row, "case", message->case_id);
	row_put(row, "state", message->state);
	row_put(row, "code", message->code);
	row_put_number(row, "attempts", attempts_of(journal, arena, message->case_id));
	row_put(row, "conversation", message->conversation);
	row_put(row, "run", message->run);
	row_put(row, "digest", message->digest);
	return row;
}

bool answer_messages(struct question_asked *asked, struct failure *why)
{
	const struct row *ask = asked->ask;
	struct journal_filter filter = {
		.state = row_get(ask, "state"),
		.party = row_get(ask, "party"),
		.kind = row_get(ask, "kind"),
		.run = row_get(ask, "run"),
		.case_id = row_get(ask, "case"),
		.failed = row_get_flag(ask, "failed"),
		.applications = !row_get_flag(ask, "all"),
		.limit = limit_of(ask),
	};
	struct journal_message *messages;
	size_t count;

	(void)why;
	if (!row_get_number(ask, "since", &filter.since))
		filter.since = 0;
	count = journal_messages(asked->journal, asked->arena, &filter, &messages);
	for (size_t i = 0; i < count; i++)
		say(asked, message_row_of(asked->journal, asked->arena, &messages[i]));
	return true;
}

/* Ways to name a message, tried in this order; the first that finds something decides. */
bool find_message(struct question_asked *asked, struct journal_message *out, struct failure *why)
{
	const char *id = row_get(asked->ask, "id"), *run = row_get(asked->ask, "run");
	struct journal_filter by[] = {
		{ .id = id, .run = run, .limit = 2 },
		{ .number = id, .run = run, .applications = true, .limit = 1 },
		{ .reference = id, .run = run, .applications = true, .limit = 1 },
		{ .case_id = id, .run = run, .applications = true, .limit = 1 },
	};
	struct journal_message *found;
	size_t count;

	if (id == NULL)
		return reject(why, "CTL-005", "which message? The question needs an id");
	for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
		if (i == 0 && strlen(id) < 8)
			continue; /* too short for the beginning of a message id */
		count = journal_messages(asked->journal, asked->arena, &by[i], &found);
		if (i == 0 && count > 1 && strcmp(found[0].id, found[1].id) != 0)
			return reject(why, "CTL-004", "several message ids begin with %s", id);
		if (count != 0) {
			*out = found[0];
			return true;
		}
	}
	return reject(why, "CTL-003", "no message, number or reference %s%s is %s",
		      run != NULL ? "of the run " : "here", run != NULL ? run : "", id);
}

/* ---- deliveries, reload -------------------------------------------------------------------- */

bool answer_deliveries(struct question_asked *asked, struct failure *why)
{
	struct journal_delivery *deliveries;
	size_t count = journal_deliveries_of(
		asked->journal, asked->arena, row_get(asked->ask, "party"),
		row_get(asked->ask, "state"), limit_of(asked->ask), &deliveries);

	(void)why;
	for (size_t i = 0; i < count; i++) {
		struct row *row = row_new("delivery");

		row_put(row, "id", deliveries[i].id);
		row_put(row, "party", deliveries[i].party);
		row_put(row, "kind", deliveries[i].kind);
		row_put(row, "message", deliveries[i].cause);
		row_put(row, "case", deliveries[i].case_id);
		row_put(row, "state", deliveries[i].state);
		row_put_number(row, "attempts", deliveries[i].attempts);
		put_time(row, "due", deliveries[i].due);
		row_put(row, "code", deliveries[i].code);
		row_put(row, "text", deliveries[i].text);
		say(asked, row);
	}
	return true;
}

bool answer_reload(struct question_asked *asked, struct failure *why)
{
	if (!keyring_reload(asked->links->house->keyring, why))
		return false;
	control_write_done(asked->rows, asked->tag, 1);
	return true;
}
