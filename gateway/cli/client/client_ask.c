#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/client/client_private.h"

#define INTERVAL_MOST 60000

/* ---- patience ---------------------------------------------------------------------------- */

struct patience patience_for(const struct client *client)
{
	uint64_t now = monotonic_ms();

	return (struct patience){ .until = now + (uint64_t)client->settings.timeout,
				  .again = now + (uint64_t)client->welcome.heartbeat,
				  .interval = client->welcome.heartbeat };
}

bool patience_over(const struct patience *patience)
{
	return monotonic_ms() >= patience->until;
}

bool patience_again(struct patience *patience)
{
	uint64_t now = monotonic_ms();
	char key[UUID_SIZE];

	if (now < patience->again)
		return false;
	if (patience->interval < INTERVAL_MOST)
		patience->interval *= 2;
	uuid_random(key); /* jitter: many clients lost the same gateway at the same moment */
	patience->again = now + (uint64_t)((double)patience->interval *
					   (1.0 + 0.2 * keyed_draw(key, "again", NULL)));
	return true;
}

bool patience_ended(const struct client *client, const char *what, struct failure *why)
{
	if (client->lost.code[0] != '\0') {
		*why = client->lost;
		return false;
	}
	defer(why, "CLI-004", "no %s within %g s", what, (double)client->settings.timeout / 1000);
	return failure_at(why, "%s", client->settings.endpoint);
}

/* ---- questions ----------------------------------------------------------------------------- */

void answer_free(struct answer *answer)
{
	for (size_t i = 0; i < answer->count; i++)
		row_free(answer->rows[i]);
	free(answer->rows);
	*answer = (struct answer){ 0 };
}

static bool read_rows(struct answer *answer, const struct parcel *parcel, struct failure *why)
{
	const char *at = (const char *)parcel->payload, *end = at + parcel->payload_length;
	size_t room = 0;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((newline != NULL ? newline : end) - at);

		if (answer->count == room) {
			room = room != 0 ? 2 * room : 16;
			answer->rows = must_realloc(answer->rows, room * sizeof *answer->rows);
		}
		if (!row_read(&answer->rows[answer->count], at, length, why))
			return fault(why, "CLI-007", "row %zu of the gateway's answer is no row",
				     answer->count + 1);
		answer->count++;
		at += length + 1;
	}
	return true;
}

/* An error without a tag is about a question that was not even read: who asks it or how long it
 * is is wrong, now as before. */
static bool is_answer_to(const struct answer *answer, const char *tag)
{
	const struct row *first = answer->count > 0 ? answer->rows[0] : NULL;
	const char *repeated = first != NULL ? row_get(first, "tag") : NULL;
	const char *type = first != NULL ? row_type(first) : NULL;

	if (repeated == NULL)
		return type != NULL && strcmp(type, "error") == 0;
	return strcmp(repeated, tag) == 0;
}

static enum verdict verdict_of(const char *name)
{
	static const enum verdict all[] = { REJECT, DEFER, FAULT };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (name != NULL && strcmp(name, verdict_name(all[i])) == 0)
			return all[i];
	return FAULT;
}

/* An `error` row is the failure it describes. */
static bool error_of(const struct answer *answer, struct failure *why)
{
	const struct row *last = answer->count > 0 ? answer->rows[answer->count - 1] : NULL;

	if (last == NULL || row_type(last) == NULL || strcmp(row_type(last), "error") != 0)
		return false;
	*why = (struct failure){ .verdict = verdict_of(row_get(last, "verdict")) };
	snprintf(why->code, sizeof why->code, "%s", row_get(last, "code") ?: "CLI-007");
	snprintf(why->text, sizeof why->text, "%s", row_get(last, "text") ?: "no reason given");
	return true;
}

/* The row that stands for no rows. */
static bool is_none(const struct answer *answer)
{
	const char *type = answer->count == 1 ? row_type(answer->rows[0]) : NULL;

	return type != NULL && strcmp(type, "none") == 0;
}

static bool listen_for_rows(struct client *client, const char *tag, struct patience *patience,
			    struct answer *answer, bool *answered, struct failure *why)
{
	struct arena *arena = arena_new();
	struct parcel parcel;
	bool got, fine;

	fine = client_hear(client, arena, &parcel, &got, patience->until, why);
	if (fine && got && parcel.verb == VERB_ROWS) {
		fine = read_rows(answer, &parcel, why);
		*answered = fine && is_answer_to(answer, tag);
		if (!*answered)
			answer_free(answer); /* a late one, to an earlier question */
	}
	arena_free(arena);
	return fine;
}

static bool ask(struct client *client, const struct row *question, const char *tag,
		struct answer *answer, struct failure *why)
{
	struct patience patience = patience_for(client);
	struct text line = TEXT_EMPTY;
	bool answered = false, fine = true, send = true;

	memset(&client->lost, 0, sizeof client->lost);
	row_write(&line, question);
	while (fine && !answered) {
		bool connected = client->lost.code[0] == '\0';

		if (patience_over(&patience) || (!connected && !client->settings.patient)) {
			fine = patience_ended(client, "answer", why);
			break;
		}
		if (send || patience_again(&patience))
			fine = client_say(client, VERB_ASK, "", 0, line.bytes, line.length, why);
		fine = fine && listen_for_rows(client, tag, &patience, answer, &answered, why);
		send = !client->greeted; /* a new connection knows nothing of the question */
	}
	text_free(&line);
	return fine;
}

/* The rows that tell the time tell it to us as well. */
static void learn_time(struct client *client, const struct answer *answer)
{
	static const char *const telling[] = { "date", "settled" };
	struct failure ignored;
	gateway_time time;

	for (size_t i = 0; i < answer->count; i++)
		for (size_t j = 0; j < sizeof telling / sizeof *telling; j++)
			if (strcmp(row_type(answer->rows[i]) ?: "", telling[j]) == 0 &&
			    time_parse(row_get(answer->rows[i], "time") ?: "", &time, &ignored))
				client_told(client, time);
}

bool client_ask(struct client *client, struct row *question, struct answer *answer,
		struct failure *why)
{
	char tag[16];
	bool fine;

	*answer = (struct answer){ 0 };
	snprintf(tag, sizeof tag, "%u", ++client->asked);
	row_put(question, "tag", tag);
	fine = ask(client, question, tag, answer, why);
	row_free(question);
	if (fine && is_none(answer))
		answer_free(answer);
	if (fine && !error_of(answer, why)) {
		learn_time(client, answer);
		return true;
	}
	answer_free(answer);
	return false;
}
