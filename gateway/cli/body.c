#include "cli/body.h"

#include <string.h>

#include "cli/report.h"
#include "core/envelope.h"
#include "core/text.h"

bool bodies_ask(struct session *session, const char *id, struct answer *bodies, struct failure *why)
{
	struct row *question = row_new("ask");

	row_put(question, "ask", "export");
	row_put(question, "id", id);
	if (session->run != NULL)
		row_put(question, "run", session->run);
	return session_ask(session, question, bodies, why);
}

const struct row *bodies_find(const struct answer *bodies, const char *name)
{
	for (size_t i = 0; i < bodies->count; i++) {
		const char *known = row_get(bodies->rows[i], "name");

		if (known != NULL && strcmp(known, name) == 0)
			return bodies->rows[i];
	}
	return NULL;
}

bool body_read(struct body *out, struct arena *arena, const struct row *row, struct failure *why)
{
	const char *envelope = row_get(row, "envelope"), *payload = row_get(row, "payload");

	*out = (struct body){ .name = row_get(row, "name"), .id = row_get(row, "id") };
	if (out->name != NULL && envelope != NULL && payload != NULL) {
		out->envelope = base64_parse(arena, envelope, &out->envelope_length);
		out->payload = base64_parse(arena, payload, &out->payload_length);
	}
	if (out->envelope != NULL && out->payload != NULL)
		return true;
	return fault(why, "CLI-007", "the gateway's answer holds no message");
}

/* ---- why it was refused --------------------------------------------------------------------------- */

static bool is(const struct row *row, const char *name, const char *value)
{
	const char *found = row_get(row, name);

	return found != NULL && strcmp(found, value) == 0;
}

/* Of that party, or of any. */
static bool has_decided(const struct answer *about, const char *party)
{
	for (size_t i = 0; i < about->count; i++) {
		const struct row *task = about->rows[i];

		if (task != NULL && is(task, "type", "task") && is(task, "state", "DECIDED") &&
		    (party == NULL || is(task, "party", party)))
			return true;
	}
	return false;
}

static void tell_reasons(struct session *session, struct arena *arena, const struct answer *about,
			 const struct body *body)
{
	struct findings findings;
	struct document *document;
	struct envelope envelope;
	struct failure ignored;

	if (!envelope_parse(&envelope, &document, arena, body->envelope, body->envelope_length,
			    &ignored))
		return;
	document_free(document);
	if (!has_decided(about, envelope.from))
		return;
	findings_start(&findings, arena);
	report_read(&findings, body->payload, body->payload_length);
	report_findings(session->output, envelope.from, &findings);
}

static bool is_answer(const struct row *row)
{
	static const char begin[] = "answer-";
	const char *name = row_get(row, "name");

	return name != NULL && strncmp(name, begin, strlen(begin)) == 0;
}

bool bodies_tell_reasons(struct session *session, const char *id, const struct answer *about,
			 struct failure *why)
{
	struct arena *arena;
	struct answer bodies;
	struct body body;
	bool fine = true;

	if (!has_decided(about, NULL))
		return true;
	if (!bodies_ask(session, id, &bodies, why))
		return false;
	arena = arena_new();
	for (size_t i = 0; fine && i < bodies.count; i++) {
		if (!is_answer(bodies.rows[i]))
			continue;
		fine = body_read(&body, arena, bodies.rows[i], why);
		if (fine)
			tell_reasons(session, arena, about, &body);
	}
	answer_free(&bodies);
	arena_free(arena);
	return fine;
}
