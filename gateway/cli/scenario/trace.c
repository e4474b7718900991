#include "cli/scenario/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/body.h"
#include "cli/bundle.h"
#include "cli/edit.h"
#include "cli/follow.h"
#include "cli/report.h"
#include "cli/scenario/observe.h"
#include "core/document.h"

struct trace {
	xmlDocPtr tree;
	xmlNodePtr root;
	struct play *play;
	const struct submitted *of;
	const char *party; /* NULL: everybody */
};

/* ---- small things -------------------------------------------------------------------------------------- */

static xmlNodePtr add(xmlNodePtr parent, const char *name)
{
	return xmlNewChild(parent, NULL, (const xmlChar *)name, NULL);
}

static void set(xmlNodePtr node, const char *name, const char *value)
{
	struct text clean = TEXT_EMPTY;

	if (value == NULL)
		return;
	text_add(&clean, value);
	for (size_t i = 0, step; i < clean.length; i += step) {
		step = utf8_step((const unsigned char *)clean.bytes + i, clean.length - i);
		if (step == 0) {
			clean.bytes[i] = '?'; /* what XML cannot hold */
			step = 1;
		}
	}
	xmlNewProp(node, (const xmlChar *)name, (const xmlChar *)(clean.bytes ?: ""));
	text_free(&clean);
}

static void set_number(xmlNodePtr node, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, value);
	set(node, name, text);
}

static void set_time(xmlNodePtr node, gateway_time when)
{
	char text[TIME_TEXT_SIZE];

	set(node, "time", time_text(when, text));
}

static bool concerns(const struct trace *trace, const char *party)
{
	return trace->party == NULL || (party != NULL && strcmp(trace->party, party) == 0);
}

/* ---- hops and attempts ----------------------------------------------------------------------------------- */

static const char *faults_of(const struct trace *trace, const struct hop *attempt)
{
	const struct play *play = trace->play;
	const char *list = NULL;

	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (strcmp(hop->event, "fault") == 0 && is_of(hop, trace->of) &&
		    is_from(hop, attempt->party) && hop->attempt == attempt->attempt &&
		    hop->code != NULL)
			list = list == NULL ? hop->code
					    : arena_printf(play->arena, "%s %s", list, hop->code);
	}
	return list;
}

static void add_attempt(const struct trace *trace, const struct hop *hop)
{
	xmlNodePtr node = add(trace->root, "attempt");

	set_number(node, "n", hop->attempt);
	set(node, "party", hop->party);
	set_time(node, hop->time);
	set(node, "fault", faults_of(trace, hop));
}

static void add_hop(const struct trace *trace, const struct hop *hop)
{
	xmlNodePtr node = add(trace->root, "hop");

	set_number(node, "seq", hop->seq);
	set_time(node, hop->time);
	set(node, "party", hop->party ?: "gateway");
	set(node, "event", hop->event);
	set(node, "state", hop->state);
	if (hop->attempt != 0)
		set_number(node, "attempt", hop->attempt);
	set(node, "code", hop->code);
	set(node, "text", hop->text);
}

static void add_hops(const struct trace *trace,
		     void (*add_one)(const struct trace *trace, const struct hop *hop),
		     const char *event)
{
	const struct play *play = trace->play;

	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (is_of(hop, trace->of) && concerns(trace, hop->party) &&
		    (event == NULL || strcmp(hop->event, event) == 0))
			add_one(trace, hop);
	}
}

/* ---- the message and its tasks ------------------------------------------------------------------------------ */

static void set_from(xmlNodePtr node, const struct row *row, const char *const names[])
{
	for (size_t i = 0; names[i] != NULL; i++)
		set(node, names[i], row_get(row, names[i]));
}

static bool add_message(const struct trace *trace, struct failure *why)
{
	static const char *const of_message[] = { "kind",      "case",	       "state", "number",
						  "reference", "conversation", NULL };
	static const char *const of_task[] = { "party", "procedure", "route", "link", "via",
					       "state", "status",    "note",  NULL };
	struct answer answer;

	if (!follow_message(trace->play->client, trace->of->id, &answer, why))
		return false;
	set_from(trace->root, answer.rows[0], of_message);
	for (size_t i = 1; i < answer.count; i++) {
		const struct row *row = answer.rows[i];

		if (strcmp(row_type(row) ?: "", "task") == 0 &&
		    concerns(trace, row_get(row, "party")))
			set_from(add(trace->root, "task"), row, of_task);
	}
	answer_free(&answer);
	return true;
}

/* ---- answers -------------------------------------------------------------------------------------------------- */

static void add_findings(const struct trace *trace, const struct findings *findings,
			 const char *from)
{
	for (const struct finding *at = findings->first; at != NULL; at = at->next) {
		xmlNodePtr node = add(trace->root, "finding");

		set(node, "from", from);
		set(node, "code", at->code);
		if (at->line != 0)
			set_number(node, "line", at->line);
		if (at->warning)
			set(node, "warning", "yes");
		set(node, "text", at->text);
		xmlNodeAddContent(node, (const xmlChar *)at->text);
	}
}

/* The word that came with an answer, once it has taken effect. */
static const char *status_of(const struct trace *trace, const char *id)
{
	const struct play *play = trace->play;

	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (hop->message != NULL && strcmp(hop->message, id) == 0 && hop->event[0] >= 'A' &&
		    hop->event[0] <= 'Z')
			return hop->event;
	}
	return NULL;
}

static void add_payload(xmlNodePtr node, const void *payload, size_t length)
{
	struct document *document;
	struct failure ignored;
	xmlNodePtr copy;

	if (!document_parse(&document, "answer", payload, length, &document_limits_message,
			    &ignored))
		return;
	edit_forget_namespaces(document_root(document));
	copy = xmlDocCopyNode(document_root(document), node->doc, 1);
	if (copy != NULL)
		xmlAddChild(node, copy);
	document_free(document);
}

/* What is known of an envelope that may be broken. */
static void look_at_signature(const struct trace *trace, xmlNodePtr node, const struct body *body,
			      struct keyring *keyring, struct envelope *cover)
{
	struct arena *arena = trace->play->arena;
	struct signature signature;
	struct document *parsed;
	struct failure wrong, ignored;
	xmlNodePtr mark = add(node, "Signature");

	if (bundle_verify_bytes(body->name, body->envelope, body->envelope_length, body->payload,
				body->payload_length, keyring, arena, cover, &signature, &wrong)) {
		set(mark, "status", "ok");
		set(mark, "signer", signature.signer);
		return;
	}
	set(mark, "status", wrong.code);
	if (envelope_parse(cover, &parsed, arena, body->envelope, body->envelope_length, &ignored))
		document_free(parsed);
}

/* Sealed when it is fetched: until then nobody has signed it. */
static const char *kind_of_payload(const struct trace *trace, const struct body *body)
{
	struct document *document;
	const struct kind *kind;
	struct failure ignored;
	const char *id = NULL;

	if (!document_parse(&document, body->name, body->payload, body->payload_length,
			    &document_limits_message, &ignored))
		return NULL;
	if (kinds_recognise(trace->play->choice->library->kinds, document, &kind, &ignored))
		id = kind_id(kind);
	document_free(document);
	return id;
}

static void add_said(const struct trace *trace, const struct body *body, struct keyring *keyring)
{
	bool of_itself = strcmp(body->name, "message") == 0;
	bool of_a_party = strncmp(body->name, "answer-", 7) == 0;
	xmlNodePtr node = xmlNewDocNode(trace->tree, NULL,
					(const xmlChar *)(of_itself ? "message" : "answer"), NULL);
	struct envelope cover = { 0 };
	struct findings findings;
	const char *from;

	if (body->envelope != NULL)
		look_at_signature(trace, node, body, keyring, &cover);
	from = of_itself || of_a_party ? cover.from : "gateway";
	if (!concerns(trace, from)) {
		xmlFreeNode(node);
		return;
	}
	xmlAddChild(trace->root, node);
	set(node, "from", from);
	set(node, "to", body->envelope != NULL ? cover.to : trace->of->party);
	set(node, "kind", body->envelope != NULL ? cover.kind : kind_of_payload(trace, body));
	set(node, "id", body->id);
	set(node, "status", status_of(trace, body->id));
	add_payload(node, body->payload, body->payload_length);
	findings_start(&findings, trace->play->arena);
	report_read(&findings, body->payload, body->payload_length);
	add_findings(trace, &findings, from);
}

/* The receipt says nothing that is not known otherwise. */
static bool is_told(const struct trace *trace, const char *name)
{
	static const char *const begins[] = { "answer-", "response-", "delivery-", "message",
					      NULL };

	for (size_t i = 0; begins[i] != NULL; i++)
		if (strncmp(name, begins[i], strlen(begins[i])) == 0)
			return i == 0 || trace->party == NULL;
	return false;
}

/* What the document itself says stands behind all that was said to it. */
static void add_bodies_named(const struct trace *trace, const struct answer *bodies, bool itself,
			     struct keyring *keyring)
{
	struct arena *arena = trace->play->arena;

	for (size_t i = 0; i < bodies->count; i++) {
		const struct row *row = bodies->rows[i];
		const char *envelope = row_get(row, "envelope"), *payload = row_get(row, "payload");
		struct body body = { .name = row_get(row, "name"), .id = row_get(row, "id") };

		if (body.name == NULL || payload == NULL || !is_told(trace, body.name) ||
		    itself != (strcmp(body.name, "message") == 0))
			continue;
		body.payload = base64_parse(arena, payload, &body.payload_length);
		if (envelope != NULL)
			body.envelope = base64_parse(arena, envelope, &body.envelope_length);
		if (body.payload != NULL)
			add_said(trace, &body, keyring);
	}
}

static bool add_bodies(const struct trace *trace, struct failure *why)
{
	const struct answer *bodies;
	struct keyring *keyring;

	if (!session_keyring(trace->play->session, &keyring, why) ||
	    !play_bodies(trace->play, trace->of, &bodies, why))
		return false;
	add_bodies_named(trace, bodies, false, keyring);
	add_bodies_named(trace, bodies, true, keyring);
	return true;
}

/* ---- all of it ---------------------------------------------------------------------------------------------------- */

bool trace_make(struct trace **out, struct play *play, const struct submitted *submitted,
		const char *party, struct failure *why)
{
	struct trace *trace = must_alloc(sizeof *trace);

	*trace = (struct trace){ .tree = xmlNewDoc((const xmlChar *)"1.0"),
				 .play = play,
				 .of = submitted,
				 .party = party };
	trace->root = xmlNewNode(NULL, (const xmlChar *)"trace");
	xmlDocSetRootElement(trace->tree, trace->root);
	set(trace->root, "of", submitted->deed->as);
	set(trace->root, "id", submitted->id);
	set_time(trace->root, play->now);
	if (add_message(trace, why)) {
		add_hops(trace, add_attempt, "sent");
		add_hops(trace, add_hop, NULL);
		if (party == NULL && !submitted->taken)
			add_findings(trace, &submitted->findings, NULL);
		if (add_bodies(trace, why)) {
			*out = trace;
			return true;
		}
	}
	trace_free(trace);
	return false;
}

void trace_free(struct trace *trace)
{
	if (trace == NULL)
		return;
	xmlFreeDoc(trace->tree);
	free(trace);
}

xmlDocPtr trace_tree(const struct trace *trace)
{
	return trace->tree;
}
