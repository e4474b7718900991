#include "cli/scenario/play.h"

#include <stdlib.h>
#include <string.h>

#include "cli/follow.h"
#include "cli/scenario/fill.h"

#define WAIT_MS	    200 /* a live gateway's events are waited for so long at a time */
#define EVENTS_MOST 5000

/* ---- hops ----------------------------------------------------------------------------------------- */

static const char *kept(struct play *play, const struct row *row, const char *name)
{
	return arena_string(play->arena, row_get(row, name));
}

static void read_hop(struct play *play, struct hop *hop, const struct row *row)
{
	const char *party = row_get(row, "hop"), *attempt = row_get(row, "attempt");
	struct failure ignored;

	*hop = (struct hop){
		.message = kept(play, row, "message"),
		.case_id = kept(play, row, "case"),
		.kind = kept(play, row, "kind"),
		.event = kept(play, row, "event") ?: "",
		.state = kept(play, row, "state"),
		.code = kept(play, row, "code"),
		.text = kept(play, row, "text"),
		.attempt = attempt != NULL ? strtoll(attempt, NULL, 10) : 0,
	};
	if (party != NULL && strcmp(party, "gateway") != 0)
		hop->party = arena_string(play->arena, party);
	row_get_number(row, "seq", &hop->seq);
	if (!time_parse(row_get(row, "time") ?: "", &hop->time, &ignored))
		hop->time = play->now;
}

/* The case of a message is known once a hop names both. */
static void learn_case(struct play *play, const struct hop *hop)
{
	for (size_t i = 0; hop->case_id != NULL && i < play->submitted_count; i++) {
		struct submitted *submitted = &play->submitted[i];

		if (hop->message != NULL && hop->seq > submitted->since &&
		    strcmp(hop->message, submitted->id) == 0)
			submitted->case_id = hop->case_id;
	}
}

static void add_hop(struct play *play, const struct row *row)
{
	if (play->hop_count == play->hop_room) {
		play->hop_room = play->hop_room != 0 ? 2 * play->hop_room : 128;
		play->hops = must_realloc(play->hops, play->hop_room * sizeof *play->hops);
	}
	read_hop(play, &play->hops[play->hop_count], row);
	learn_case(play, &play->hops[play->hop_count++]);
}

static bool read_page(struct play *play, int64_t wait_ms, size_t *count, struct failure *why)
{
	struct row *question = row_new("ask");
	struct answer events;

	row_put(question, "ask", "events");
	row_put_number(question, "since", play->seen);
	row_put_number(question, "wait", wait_ms);
	row_put_number(question, "limit", EVENTS_MOST);
	if (!client_ask(play->client, question, &events, why))
		return false;
	*count = events.count > 0 ? events.count - 1 : 0; /* the last says where it ended */
	for (size_t i = 0; i < *count; i++)
		add_hop(play, events.rows[i]);
	if (events.count > 0)
		row_get_number(events.rows[*count], "seq", &play->seen);
	answer_free(&events);
	return true;
}

static bool read_events(struct play *play, int64_t wait_ms, struct failure *why)
{
	size_t count;

	do {
		if (!read_page(play, wait_ms, &count, why))
			return false;
	} while (count == EVENTS_MOST);
	return true;
}

/* ---- time ------------------------------------------------------------------------------------------ */

bool play_ask(struct play *play, struct row *question, struct answer *answer, struct failure *why)
{
	struct answer unwanted;

	if (!client_ask(play->client, question, answer != NULL ? answer : &unwanted, why))
		return false;
	if (answer == NULL)
		answer_free(&unwanted);
	return true;
}

/* `to` 0: time stays. */
static bool settle(struct play *play, gateway_time to, bool *there, struct failure *why)
{
	struct row *question = row_new("ask");
	char time[TIME_TEXT_SIZE];
	struct answer answer;
	int64_t head = 0;
	bool told;

	row_put(question, "ask", "settle");
	if (to != 0) {
		row_put(question, "to", time_text(to, time));
		row_put_flag(question, "leap", true);
	}
	if (!client_ask(play->client, question, &answer, why))
		return false;
	told = answer.count > 0 && row_get_number(answer.rows[0], "seq", &head) &&
	       time_parse(row_get(answer.rows[0], "time") ?: "", &play->now, why);
	*there = told && row_get_flag(answer.rows[0], "done");
	answer_free(&answer);
	if (!told)
		return fault(why, "CLI-007", "the gateway does not say what it settled");
	return head <= play->seen || read_events(play, 0, why);
}

/* A clock that is held goes only where it is told to; on a live gateway by us as well. */
static bool moves_time(const struct play *play)
{
	return play->host != NULL || client_welcome(play->client)->held;
}

bool play_settle(struct play *play, struct failure *why)
{
	bool there;

	if (moves_time(play))
		return settle(play, 0, &there, why);
	play->now = client_time(play->client);
	return read_events(play, 0, why);
}

/* On a live gateway, whose time passes as it does for everybody: nothing has happened for as long as any
 * question may take, and what is left would take longer. */
static bool has_stalled(struct play *play, gateway_time to)
{
	int64_t patience = play->session->timeout;

	if (play->heard != play->seen || play->heard_at == 0) {
		play->heard = play->seen;
		play->heard_at = monotonic_ms();
	}
	return to - play->now > patience && monotonic_ms() - play->heard_at > (uint64_t)patience;
}

static bool has_nothing_to_say(struct play *play, gateway_time to, struct failure *why)
{
	char now[TIME_TEXT_SIZE], then[TIME_TEXT_SIZE];

	return defer(
		why, "CLI-003",
		"nothing has happened for %g s, and its time, %s, is far from %s (a gateway with "
		"--clock held goes there at once; --timeout waits longer)",
		(double)play->session->timeout / 1000, time_text(play->now, now),
		time_text(to, then));
}

bool play_leap(struct play *play, gateway_time to, bool *there, struct failure *why)
{
	*there = play->now >= to;
	if (*there)
		return true;
	if (moves_time(play))
		return settle(play, to, there, why);
	if (has_stalled(play, to))
		return has_nothing_to_say(play, to, why);
	if (!read_events(play, to - play->now < WAIT_MS ? to - play->now : WAIT_MS, why))
		return false;
	play->now = client_time(play->client);
	if (play->hop_count > 0 && play->hops[play->hop_count - 1].time > play->now) {
		play->now = play->hops[play->hop_count - 1].time; /* its time has skipped */
		client_told(play->client, play->now);
	}
	return true;
}

bool play_until(struct play *play, gateway_time to, struct failure *why)
{
	bool there = false;

	while (!there)
		if (!play_leap(play, to, &there, why))
			return false;
	return true;
}

/* ---- people and papers ------------------------------------------------------------------------------ */

bool play_voice(struct play *play, const char *party, struct client **client, struct failure *why)
{
	struct voice *voice;

	for (size_t i = 0; i < play->voice_count; i++)
		if (strcmp(play->voices[i].party, party) == 0) {
			*client = play->voices[i].client;
			client_told(*client, play->now);
			return true;
		}
	if (!session_connect(play->session, client, party, false, why))
		return false;
	play->voices = must_realloc(play->voices, (play->voice_count + 1) * sizeof *play->voices);
	voice = &play->voices[play->voice_count++];
	*voice = (struct voice){ arena_string(play->arena, party), *client };
	return true;
}

struct submitted *play_submitted(const struct play *play, const char *alias)
{
	for (size_t i = 0; i < play->submitted_count; i++)
		if (strcmp(play->submitted[i].deed->as, alias) == 0)
			return &play->submitted[i];
	return NULL;
}

bool play_bodies(struct play *play, const struct submitted *of, const struct answer **bodies,
		 struct failure *why)
{
	struct row *question;

	*bodies = &play->bodies;
	if (play->bodies_of == of && play->bodies_seen == play->seen)
		return true;
	answer_free(&play->bodies);
	play->bodies_of = NULL;
	question = row_new("ask");
	row_put(question, "ask", "export");
	row_put(question, "id", of->id);
	row_put_flag(question, "unsealed", true);
	if (!client_ask(play->client, question, &play->bodies, why))
		return false;
	play->bodies_of = of;
	play->bodies_seen = play->seen;
	return true;
}

const struct rollout *play_calendar(const struct play *play)
{
	return play->rollout != NULL ? play->rollout : kinds_rollout(play->choice->library->kinds);
}

/* ---- ${...} ------------------------------------------------------------------------------------------- */

/* The text of the last such hop of a submit; NULL. */
static const char *last_text(const struct play *play, const struct submitted *of, const char *event)
{
	const char *text = NULL;

	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (hop->case_id != NULL && of->case_id != NULL && hop->text != NULL &&
		    strcmp(hop->case_id, of->case_id) == 0 && strcmp(hop->event, event) == 0)
			text = hop->text;
	}
	return text;
}

static bool ask_reference(struct play *play, const struct submitted *of, const char **reference,
			  struct failure *why)
{
	struct answer answer;

	if (!follow_message(play->client, of->id, &answer, why))
		return false;
	*reference = kept(play, answer.rows[0], "reference");
	answer_free(&answer);
	return true;
}

static const char *value_of(struct play *play, const struct submitted *of, const char *what,
			    struct failure *why)
{
	const char *value = NULL;

	if (strcmp(what, "id") == 0)
		return of->id;
	if (strcmp(what, "number") == 0)
		value = last_text(play, of, "numbered");
	else if (strcmp(what, "permit") == 0)
		value = last_text(play, of, "found under");
	else if (!ask_reference(play, of, &value, why))
		return NULL;
	if (value == NULL)
		reject(why, "SCN-003", "%s has no %s yet", of->deed->as, what);
	return value;
}

const char *play_value(void *filling, const char *name, struct failure *why)
{
	const struct filling *of = filling;
	const char *alias, *what, *value = NULL;

	if (strcmp(name, "run") == 0)
		return of->play->label;
	if (strcmp(name, "seed") == 0)
		return of->play->seed;
	for (size_t i = 0; i < of->play->remembered_count; i++)
		if (strcmp(of->play->remembered[i].name, name) == 0)
			return of->play->remembered[i].value;
	if (strcmp(name, "as") == 0)
		value = of->as;
	else if (fill_split(of->play->arena, name, &alias, &what) &&
		 play_submitted(of->play, alias) != NULL)
		return value_of(of->play, play_submitted(of->play, alias), what, why);
	if (value == NULL)
		reject(why, "SCN-003", "${%.60s} stands for nothing here", name);
	return value;
}
