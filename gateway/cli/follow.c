#include "cli/follow.h"

#include <stdio.h>
#include <string.h>

#include "core/clock.h"

#define WAIT_MS 1000 /* one question's; ^C and closed pipes are noticed between them */

/* ---- questions --------------------------------------------------------------------------------- */

bool follow_events(struct client *operator_client, const char *run, int64_t *since, int64_t wait_ms,
		   struct answer *events, struct failure *why)
{
	struct row *question = row_new("ask");

	row_put(question, "ask", "events");
	row_put_number(question, "since", *since);
	row_put_number(question, "wait", wait_ms);
	if (run != NULL)
		row_put(question, "run", run);
	if (!client_ask(operator_client, question, events, why))
		return false;
	if (events->count > 0)
		row_get_number(events->rows[events->count - 1], "seq", since);
	return true;
}

bool follow_position(struct client *operator_client, int64_t *since, struct failure *why)
{
	struct row *question = row_new("ask");
	struct answer answer;

	row_put(question, "ask", "status");
	if (!client_ask(operator_client, question, &answer, why))
		return false;
	*since = 0;
	if (answer.count > 0)
		row_get_number(answer.rows[0], "seq", since);
	answer_free(&answer);
	return true;
}

bool follow_message(struct client *operator_client, const char *id, struct answer *answer,
		    struct failure *why)
{
	return follow_message_of(operator_client, NULL, id, answer, why);
}

bool follow_message_of(struct client *operator_client, const char *run, const char *id,
		       struct answer *answer, struct failure *why)
{
	struct row *question = row_new("ask");

	row_put(question, "ask", "message");
	row_put(question, "id", id);
	if (run != NULL)
		row_put(question, "run", run);
	if (!client_ask(operator_client, question, answer, why))
		return false;
	if (answer->count > 0)
		return true;
	return fault(why, "CLI-007", "the gateway answers nothing about %s", id);
}

/* ---- the end of a case --------------------------------------------------------------------------- */

static bool load_lives(struct follower *follower, struct session *session, struct failure *why)
{
	const char *folders[SETTINGS_FOLDERS + 1] = { NULL };
	size_t count;

	return session_kind_folders(session, folders, &count, why) &&
	       session_kinds(session, &follower->kinds, why) &&
	       lives_load(&follower->lives, follower->kinds, folders, why);
}

bool follower_open(struct follower *out, struct session *session, struct failure *why)
{
	*out = (struct follower){ 0 };
	if (load_lives(out, session, why) &&
	    session_connect(session, &out->client, NULL, true, why))
		return true;
	follower_close(out);
	return false;
}

void follower_close(struct follower *follower)
{
	client_close(follower->client);
	lives_free(follower->lives);
	*follower = (struct follower){ 0 };
}

bool follow_final(const struct follower *follower, const struct row *message)
{
	const char *name = row_get(message, "kind"), *state = row_get(message, "state");
	const struct kind *kind = name != NULL ? kinds_named(follower->kinds, name) : NULL;
	const struct life *life = kind != NULL ? life_of(follower->lives, kind) : NULL;

	if (row_get(message, "case") == NULL)
		return true; /* refused at the door, or an answer that opens nothing */
	if (kind == NULL || state == NULL)
		return false;
	/* What is an event in somebody else's case has had its effect. An approved permit lives on,
	 * but its applicant has his answer. */
	return life == NULL || life_final(life, state) ||
	       strcmp(life_result(life, state), "AJ") != 0;
}

bool follow_refused(const struct row *message)
{
	const char *state = row_get(message, "state");

	return state != NULL && strcmp(state, "REFUSED") == 0;
}

/* ---- time ----------------------------------------------------------------------------------------- */

const char *span_text(const char *from, const char *to, char buffer[SPAN_TEXT_SIZE])
{
	gateway_time start, end;
	struct failure ignored;
	int64_t ms, minutes;

	if (from == NULL || to == NULL || !time_parse(from, &start, &ignored) ||
	    !time_parse(to, &end, &ignored)) {
		snprintf(buffer, SPAN_TEXT_SIZE, "-");
		return buffer;
	}
	ms = end - start;
	minutes = ms / 60000;
	if (ms < 60000)
		snprintf(buffer, SPAN_TEXT_SIZE, "%+.3fs", (double)ms / 1000);
	else if (minutes < 60)
		snprintf(buffer, SPAN_TEXT_SIZE, "+%dm%02ds", (int)minutes, (int)(ms / 1000 % 60));
	else if (minutes < 24 * 60)
		snprintf(buffer, SPAN_TEXT_SIZE, "+%dh%02dm", (int)(minutes / 60),
			 (int)(minutes % 60));
	else
		snprintf(buffer, SPAN_TEXT_SIZE, "+%lldd%02dh", (long long)(minutes / 1440),
			 (int)(minutes / 60 % 24));
	return buffer;
}

/* ---- a trace ------------------------------------------------------------------------------------------ */

static const struct column columns[] = {
	{ .name = "after", .right = true, .width = 9 },
	{ .name = "event", .width = 14 },
	{ .name = "hop", .width = 8 },
	{ .name = "state", .word = true, .width = 16 },
	{ .name = "attempt", .right = true },
	{ .name = "code", .width = 8 },
	{ .name = "text" },
};

struct trace {
	struct follower *follower;
	struct table *table;
	const char *id;
	char case_id[64];	    /* of the message, once known */
	char began[TIME_TEXT_SIZE]; /* of its first event */
	bool news;		    /* something happened since we asked what it is now */
};

static bool concerns(const struct trace *trace, const struct row *hop)
{
	const char *message = row_get(hop, "message"), *case_id = row_get(hop, "case");

	if (message != NULL && strcmp(message, trace->id) == 0)
		return true;
	return case_id != NULL && strcmp(case_id, trace->case_id) == 0;
}

static void show_hop(struct trace *trace, struct row *hop)
{
	const char *time = row_get(hop, "time");
	char after[SPAN_TEXT_SIZE];

	if (trace->began[0] == '\0' && time != NULL)
		snprintf(trace->began, sizeof trace->began, "%s", time);
	row_put(hop, "after", span_text(trace->began, time, after));
	table_add(trace->table, hop);
	trace->news = true;
}

static bool show_events(struct trace *trace, int64_t *since, int64_t wait_ms, struct failure *why)
{
	struct answer events;

	if (!follow_events(trace->follower->client, NULL, since, wait_ms, &events, why))
		return false;
	for (size_t i = 0; i < events.count; i++) {
		struct row *row = events.rows[i];

		if (row_type(row) == NULL || strcmp(row_type(row), "hop") != 0 ||
		    !concerns(trace, row))
			continue;
		events.rows[i] = NULL; /* now the table's */
		show_hop(trace, row);
	}
	answer_free(&events);
	return true;
}

/* Its case, and whether it is over. */
static bool look(struct trace *trace, bool *final, bool *refused, struct failure *why)
{
	struct answer answer;

	if (!follow_message(trace->follower->client, trace->id, &answer, why))
		return false;
	snprintf(trace->case_id, sizeof trace->case_id, "%s",
		 row_get(answer.rows[0], "case") ?: "");
	*final = follow_final(trace->follower, answer.rows[0]);
	*refused = follow_refused(answer.rows[0]);
	answer_free(&answer);
	trace->news = false;
	return true;
}

static bool decided(const struct row *task)
{
	const char *state = row_get(task, "state");

	return state != NULL && (strcmp(state, "DECIDED") == 0 || strcmp(state, "WITHDRAWN") == 0);
}

/* Time is over: name those who have not decided. */
static bool not_in_time(struct trace *trace, int64_t timeout, struct failure *why)
{
	struct answer answer;
	struct text who = TEXT_EMPTY;

	if (!follow_message(trace->follower->client, trace->id, &answer, why))
		return false;
	for (size_t i = 1; i < answer.count; i++) {
		const struct row *task = answer.rows[i];

		if (row_type(task) != NULL && strcmp(row_type(task), "task") == 0 && !decided(task))
			text_printf(&who, "%s%s (%s)", who.length != 0 ? ", " : "",
				    row_get(task, "party") ?: "?", row_get(task, "state") ?: "?");
	}
	defer(why, "CLI-004", "not decided within %g s; the state is %s%s%s",
	      (double)timeout / 1000, row_get(answer.rows[0], "state") ?: "unknown",
	      who.length != 0 ? ", waiting for " : "", who.length != 0 ? who.bytes : "");
	failure_at(why, "%s", trace->id);
	text_free(&who);
	answer_free(&answer);
	return false;
}

static bool until_final(struct trace *trace, int64_t since, int64_t timeout, bool *refused,
			struct failure *why)
{
	uint64_t until = monotonic_ms() + (uint64_t)timeout;
	bool final = false;

	if (!look(trace, &final, refused, why))
		return false;
	for (;;) {
		uint64_t now = monotonic_ms(), left = now < until ? until - now : 0;

		/* What had happened when it was final is told as well. */
		if (!show_events(trace, &since,
				 final		  ? 0
				 : left < WAIT_MS ? (int64_t)left
						  : WAIT_MS,
				 why))
			return false;
		if (final && !trace->news)
			return true;
		if (trace->news && !look(trace, &final, refused, why))
			return false;
		if (!final && left == 0)
			return not_in_time(trace, timeout, why);
	}
}

bool follow_to_the_end(struct follower *follower, struct output *output, const char *id,
		       int64_t since, int64_t timeout, enum exit_code *code, struct failure *why)
{
	struct trace trace = { .follower = follower, .id = id };
	bool refused = false, done;

	trace.table = table_begin(output, columns, sizeof columns / sizeof *columns, true);
	done = until_final(&trace, since, timeout, &refused, why);
	table_end(trace.table);
	*code = refused ? EXIT_REFUSED : EXIT_DONE;
	return done;
}
