/* answer_trace - one message in full, events as they happen, and what `export` writes out. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/answers.h"
#include "core/document.h"

#define EVENTS	    500
#define EVENTS_MOST 5000

/* ---- hops ---------------------------------------------------------------------------------- */

/* How a record is told: who acted, what happened, and where its details stand. */
static const struct hop {
	const char *type;
	const char *party; /* field that names who acted; NULL: the gateway */
	const char *event; /* a word, or with '=' in front a field */
	const char *state, *text;
} hops[] = {
	{ "started", NULL, "started", NULL, "version" },
	{ "message", "sender", "received", NULL, "kind" },
	{ "refused", "sender", "refused", NULL, "text" },
	{ "case", NULL, "opened", NULL, NULL },
	{ "numbered", NULL, "numbered", NULL, "number" },
	{ "amended", NULL, "amended", NULL, "number" },
	{ "state", NULL, "state", "to", "event" },
	{ "task", "party", "task", "state", "procedure" },
	{ "key", NULL, "found under", NULL, "value" },
	{ "use", NULL, "refers to", "what", "value" },
	{ "task-state", "party", "=status", "state", "note" },
	{ "delivery", "party", "planned", NULL, "kind" },
	{ "attempt", "party", "=outcome", "state", "text" },
	{ "delivery-state", "party", "delivery", "state", "text" },
	{ "retried", "party", "retried", NULL, "by" },
	{ "held", "sender", "held", NULL, NULL },
	{ "released", "sender", "took effect", NULL, NULL },
	{ "withdrawn", "sender", "withdrawn", NULL, NULL },
	{ "not-applied", "sender", "not applied", NULL, "text" },
	{ "on-paper", "party", "on paper", "link", "kind" },
	{ "dated", NULL, "dated", NULL, "by" },
	{ "fault", "party", "fault", "what", "text" },
	{ "fault-added", "party", "fault added", NULL, "line" },
	{ "fault-removed", "party", "fault removed", NULL, "line" },
	{ "switched", "party", "switched", "state", "by" },
	{ "pruned", NULL, "given up", NULL, "body" },
};

static const struct hop *hop_of(const char *type)
{
	for (size_t i = 0; i < sizeof hops / sizeof *hops; i++)
		if (strcmp(hops[i].type, type) == 0)
			return &hops[i];
	return NULL;
}

static const char *field_or(const struct journal_record *record, const char *name,
			    const char *otherwise)
{
	const char *value = name != NULL ? journal_field(record, name) : NULL;

	return value != NULL ? value : otherwise;
}

static const char *event_of(const struct hop *hop, const struct journal_record *record)
{
	if (hop == NULL)
		return record->type;
	if (hop->event[0] != '=')
		return hop->event;
	return field_or(record, hop->event + 1, "task");
}

struct row *hop_row(struct journal *journal, struct arena *arena,
		    const struct journal_record *record)
{
	const struct hop *hop = hop_of(record->type);
	const char *case_id = journal_field(record, "case"), *until;
	struct journal_case case_ = { .id = NULL };
	struct row *row = row_new("hop");
	char time[TIME_TEXT_SIZE];

	if (case_id != NULL)
		(void)journal_case(journal, arena, case_id, &case_);
	row_put_number(row, "seq", record->seq);
	row_put(row, "time", time_text(record->at, time));
	row_put(row, "message", field_or(record, "id", field_or(record, "message", case_.message)));
	row_put(row, "case", case_id);
	row_put(row, "kind", field_or(record, "kind", case_.kind));
	row_put(row, "reference", field_or(record, "reference", case_.reference));
	row_put(row, "run", field_or(record, "run", case_.run));
	row_put(row, "hop", field_or(record, hop != NULL ? hop->party : NULL, "gateway"));
	row_put(row, "event", event_of(hop, record));
	row_put(row, "state", field_or(record, hop != NULL ? hop->state : NULL, NULL));
	row_put(row, "attempt", journal_field(record, "attempt"));
	row_put(row, "code", field_or(record, "code", journal_field(record, "fault")));
	until = journal_field(record, "until");
	row_put(row, "text",
		until != NULL ? time_text(strtoll(until, NULL, 10), time)
			      : field_or(record, hop != NULL ? hop->text : NULL, NULL));
	return row;
}

/* ---- events -------------------------------------------------------------------------------- */

static bool of_run(const struct row *row, const char *run)
{
	const char *of = row_get(row, "run");

	return run == NULL || (of != NULL && strcmp(of, run) == 0);
}

/* The records after asked->seen, `limit` at most; how many there were, and were of the run. */
static size_t say_page(struct question_asked *asked, size_t limit, size_t *told)
{
	const char *run = row_get(asked->ask, "run");
	struct arena *arena = arena_new();
	struct journal_record *records;
	size_t count = journal_records(asked->journal, arena, asked->seen, NULL, limit, &records);

	*told = 0;
	for (size_t i = 0; i < count; i++) {
		struct row *row = hop_row(asked->journal, arena, &records[i]);

		asked->seen = records[i].seq;
		if (!of_run(row, run)) {
			row_free(row);
			continue;
		}
		say(asked, row);
		++*told;
	}
	arena_free(arena);
	return count;
}

bool answer_events(struct question_asked *asked, struct failure *why)
{
	int64_t limit = EVENTS;
	size_t count, told;
	struct row *end;

	(void)why;
	if (!row_get_number(asked->ask, "since", &asked->seen))
		asked->seen = 0;
	if (!row_get_number(asked->ask, "limit", &limit) || limit < 1 || limit > EVENTS_MOST)
		limit = EVENTS;
	do /* a page of other runs' records is no answer, and nothing to wait for */
		count = say_page(asked, (size_t)limit, &told);
	while (told == 0 && count == (size_t)limit);
	end = row_new("end");
	row_put_number(end, "seq", asked->seen);
	say(asked, end);
	asked->nothing_yet = told == 0;
	return true;
}

/* ---- one message --------------------------------------------------------------------------- */

static const char *error_text(struct arena *arena, xmlNodePtr error, const char *language)
{
	for (xmlNodePtr node = child_named(error, "Description"); node != NULL;
	     node = next_named(node, "Description")) {
		xmlChar *of = xmlNodeGetLang(node); /* xml:lang, which is inherited */
		bool fits = strcmp(of != NULL ? (const char *)of : "en", language) == 0;

		xmlFree(of);
		if (fits)
			return node_text(arena, node);
	}
	return NULL;
}

static const char *step_added(struct arena *arena, const char *way, const char *step)
{
	if (step == NULL)
		return way;
	return way != NULL ? arena_printf(arena, "%s/%s", way, step) : step;
}

/* "42A/68A[2]/145" as a finding has it; a refusal has a Pointer element for each section. */
static const char *pointer_of(struct arena *arena, xmlNodePtr error)
{
	const char *way = NULL, *place;

	for (xmlNodePtr node = child_named(error, "Pointer"); node != NULL;
	     node = next_named(node, "Pointer")) {
		way = step_added(arena, way, child_text(arena, node, "DocumentSectionCode"));
		place = child_text(arena, node, "SequenceNumeric");
		if (way != NULL && place != NULL)
			way = arena_printf(arena, "%s[%s]", way, place);
		way = step_added(arena, way, child_text(arena, node, "TagID"));
	}
	return way;
}

static void say_finding(struct question_asked *asked, xmlNodePtr error)
{
	const char *role = attribute_text(asked->arena, error, "role");
	xmlNodePtr location = child_named(error, "Location");
	struct row *row = row_new("finding");

	row_put(row, "code", child_text(asked->arena, error, "ValidationCode"));
	row_put_flag(row, "warning", role != NULL && strcmp(role, "warning") == 0);
	row_put(row, "layer", child_text(asked->arena, error, "Layer"));
	row_put(row, "text", error_text(asked->arena, error, "en"));
	row_put(row, "text_vi", error_text(asked->arena, error, "vi"));
	row_put(row, "hint", child_text(asked->arena, error, "Hint"));
	row_put(row, "path", location != NULL ? child_text(asked->arena, location, "Path") : NULL);
	row_put(row, "pointer", pointer_of(asked->arena, error));
	row_put(row, "line", location != NULL ? child_text(asked->arena, location, "Line") : NULL);
	say(asked, row);
}

/* What was wrong stands in the refusal itself, word for word as its sender got it. */
static bool say_findings(struct question_asked *asked, const struct journal_message *message,
			 struct failure *why)
{
	struct document *refusal;
	struct bytes body;

	if (!journal_body_read(asked->journal, asked->arena, message->receipt_payload, &body))
		return true;
	if (!document_parse(&refusal, "receipt", body.start, body.length, &document_limits_data,
			    why))
		return false;
	for (xmlNodePtr error = child_named(document_root(refusal), "Error"); error != NULL;
	     error = next_named(error, "Error"))
		say_finding(asked, error);
	document_free(refusal);
	return true;
}

static void say_tasks(struct question_asked *asked, const char *case_id)
{
	struct journal_task *tasks;
	size_t count = journal_tasks(asked->journal, asked->arena, case_id, &tasks);

	for (size_t i = 0; i < count; i++) {
		struct row *row = row_new("task");
		char due[TIME_TEXT_SIZE];

		row_put(row, "party", tasks[i].party);
		row_put(row, "procedure", tasks[i].procedure);
		row_put(row, "route", tasks[i].route);
		row_put(row, "link", tasks[i].link);
		row_put(row, "via", tasks[i].via);
		if (tasks[i].due != 0)
			row_put(row, "due", time_text(tasks[i].due, due));
		row_put_flag(row, "releases", tasks[i].releases);
		row_put(row, "state", tasks[i].state);
		row_put(row, "status", tasks[i].status);
		row_put(row, "note", tasks[i].note);
		row_put(row, "delivery", tasks[i].delivery);
		say(asked, row);
	}
}

static void say_hops(struct question_asked *asked, const struct journal_message *message)
{
	struct journal_record *records;
	size_t count;

	if (message->case_id != NULL)
		count = journal_records(asked->journal, asked->arena, 0, message->case_id,
					EVENTS_MOST, &records);
	else
		count = journal_records(asked->journal, asked->arena, message->seq - 1, NULL, 1,
					&records);
	for (size_t i = 0; i < count; i++)
		say(asked, hop_row(asked->journal, asked->arena, &records[i]));
}

bool answer_message(struct question_asked *asked, struct failure *why)
{
	struct journal_message message;

	if (!find_message(asked, &message, why))
		return false;
	say(asked, message_row_of(asked->journal, asked->arena, &message));
	if (!say_findings(asked, &message, why))
		return false;
	if (message.case_id != NULL)
		say_tasks(asked, message.case_id);
	say_hops(asked, &message);
	return true;
}

/* ---- export -------------------------------------------------------------------------------- */

/* False when it is no longer kept. */
static bool say_body(struct question_asked *asked, const char *name, const char *id,
		     const char *envelope, const char *payload)
{
	struct bytes cover, content;
	bool sealed;
	struct row *row;

	if (!journal_body_read(asked->journal, asked->arena, payload, &content))
		return false;
	sealed = journal_body_read(asked->journal, asked->arena, envelope, &cover);
	if (!sealed && !row_get_flag(asked->ask, "unsealed"))
		return true; /* never sent */
	row = row_new("body");
	row_put(row, "name", name);
	row_put(row, "id", id);
	if (sealed)
		row_put(row, "envelope", base64_text(asked->arena, cover.start, cover.length));
	row_put(row, "payload", base64_text(asked->arena, content.start, content.length));
	say(asked, row);
	return true;
}

/* A party may get several in one case: the first has its name alone. */
static const char *delivery_name(struct arena *arena, const struct journal_delivery *all,
				 size_t index)
{
	size_t before = 0;

	for (size_t i = 0; i < index; i++)
		before += all[i].push && strcmp(all[i].party, all[index].party) == 0;
	return before == 0 ? arena_printf(arena, "delivery-%s", all[index].party)
			   : arena_printf(arena, "delivery-%s-%zu", all[index].party, before + 1);
}

static void say_deliveries(struct question_asked *asked, const char *case_id)
{
	struct journal_delivery *deliveries;
	size_t count = journal_deliveries(asked->journal, asked->arena, case_id, &deliveries);
	size_t responses = 0;

	for (size_t i = 0; i < count; i++) {
		const struct journal_delivery *delivery = &deliveries[i];
		const char *name =
			delivery->push ? delivery_name(asked->arena, deliveries, i)
				       : arena_printf(asked->arena, "response-%zu", ++responses);

		say_body(asked, name, delivery->id, delivery->envelope, delivery->payload);
	}
}

static void say_answers(struct question_asked *asked, const struct journal_message *message)
{
	struct journal_filter of_case = { .case_id = message->case_id };
	struct journal_message *messages;
	size_t count = journal_messages(asked->journal, asked->arena, &of_case, &messages);
	size_t number = 0;

	while (count-- > 0) { /* they come newest first */
		const struct journal_message *answer = &messages[count];

		if (answer->ref == NULL || strcmp(answer->sender, message->sender) == 0)
			continue;
		say_body(asked,
			 arena_printf(asked->arena, "answer-%s-%zu", answer->sender, ++number),
			 answer->id, answer->envelope, answer->payload);
	}
}

bool answer_export(struct question_asked *asked, struct failure *why)
{
	struct journal_message message;

	if (!find_message(asked, &message, why))
		return false;
	if (!say_body(asked, "message", message.id, message.envelope, message.payload))
		return reject(why, "CTL-009",
			      "%s was given up when its time was over; its digest is %s",
			      message.id, message.payload);
	say_body(asked, "receipt", message.id, message.receipt_envelope, message.receipt_payload);
	if (message.case_id != NULL) {
		say_deliveries(asked, message.case_id);
		say_answers(asked, &message);
	}
	return true;
}
