#include <stdio.h>
#include <string.h>

#include "cli/bundle.h"
#include "cli/demo.h"
#include "cli/report.h"
#include "cli/status.h"
#include "core/document.h"
#include "journal/journal.h"

#define KIND	     "DEC-IMP"
#define SAMPLE	     "shrimp-thailand"
#define BROKEN	     "fruit-china"
#define CASE_IS_OVER 15000 /* ms */

static bool is_type(const struct row *row, const char *type)
{
	return row != NULL && row_type(row) != NULL && strcmp(row_type(row), type) == 0;
}

static bool sample(struct demo *demo, const char *name, const char **path, struct failure *why)
{
	return sandbox_data(&demo->session->sandbox, demo->arena,
			    arena_printf(demo->arena, "schemas/dec-imp/samples/%s.xml", name), path,
			    why);
}

/* ---- who is there --------------------------------------------------------------------------------- */

static bool tell_who(struct demo *demo, struct failure *why)
{
	struct answer answer;
	size_t parties = 0;

	if (!status_ask(demo->follower.client, &answer, why))
		return false;
	demo_say(demo, "A gateway is running, %s. It believes that it is %s.",
		 row_get(answer.rows[0], "instance") ?: "?",
		 row_get(answer.rows[0], "time") ?: "?");
	demo_say(demo, "These have connected, each with keys of its own:");
	for (size_t i = 1; i < answer.count; i++) {
		const struct row *row = answer.rows[i];

		if (!is_type(row, "party") || !row_get_flag(row, "connected"))
			continue;
		demo_say(demo, "  %-6s %s", row_get(row, "id") ?: "?", row_get(row, "name") ?: "");
		parties++;
	}
	answer_free(&answer);
	demo_result(demo, "%zu parties connected", parties);
	return parties > 0 || demo_otherwise(why, "parties connect", "none did");
}

/* ---- a declaration is sent ----------------------------------------------------------------------------- */

static void tell_items(struct demo *demo, const struct facts *facts)
{
	for (xmlNodePtr item = child_named(facts_root(facts), "item"); item != NULL;
	     item = next_named(item, "item"))
		demo_say(demo, "  item %s: commodity %s, origin %s",
			 child_text(demo->arena, item, "sequence") ?: "?",
			 child_text(demo->arena, item, "hs") ?: "?",
			 child_text(demo->arena, item, "origin") ?: "?");
}

static bool tell_declaration(struct demo *demo, struct failure *why)
{
	const struct kind *kind = kinds_named(demo->follower.kinds, KIND);
	struct document *document;
	struct facts *facts;
	bool fine;

	if (!document_parse(&document, SAMPLE, demo->declaration.payload.bytes,
			    demo->declaration.payload.length, &document_limits_message, why))
		return false;
	fine = kind_facts(kind, document, client_time(demo->trader), demo->arena, &facts, why);
	document_free(document);
	if (!fine)
		return false;
	demo_say(demo, "Trader %s imports frozen shrimps from Thailand, by sea to Hai Phong,",
		 demo->declaration.party);
	demo_say(demo, "and hands in one declaration, %s:", facts_get(facts, "reference") ?: "?");
	tell_items(demo, facts);
	demo_say(demo, "It is signed with the trader's key, over its very bytes.");
	return true;
}

static bool submit(struct demo *demo, const struct outgoing *outgoing, struct reply *reply,
		   struct failure *why)
{
	return client_submit(demo->trader, demo->arena, outgoing->id, outgoing->envelope.bytes,
			     outgoing->envelope.length, outgoing->payload.bytes,
			     outgoing->payload.length, reply, why);
}

static bool tell_sending(struct demo *demo, struct failure *why)
{
	const struct outgoing_choice choice = { 0 };
	char time[TIME_TEXT_SIZE];
	const char *path;

	if (!sample(demo, SAMPLE, &path, why) ||
	    !outgoing_read(&demo->declaration, demo->session, path, &choice, why) ||
	    !session_connect(demo->session, &demo->trader, demo->declaration.party, false, why) ||
	    !outgoing_seal(&demo->declaration, demo->session, demo->trader, &choice, why) ||
	    !tell_declaration(demo, why) || !submit(demo, &demo->declaration, &demo->receipt, why))
		return false;
	if (!demo->receipt.taken)
		return demo_otherwise(why, "a receipt", demo->receipt.why.text);
	output_print(demo->session->output, "\n");
	demo_say(demo, "The answer is a receipt, signed by %s at %s.", demo->receipt.cover.from,
		 time_text(demo->receipt.cover.created, time));
	demo_say(demo, "It is a promise: the declaration is on disk and will be decided, whatever");
	demo_say(demo, "crashes from now on.");
	demo_result(demo, "receipt %s", demo->receipt.cover.id);
	return true;
}

/* ---- it is decided ------------------------------------------------------------------------------------- */

static void tell_tasks(struct demo *demo, const struct answer *answer, bool decided)
{
	for (size_t i = 0; i < answer->count; i++) {
		const struct row *row = answer->rows[i];

		if (!is_type(row, "task"))
			continue;
		if (decided)
			demo_say(demo, "  %-6s %s", row_get(row, "party") ?: "?",
				 row_get(row, "status") ?: "-");
		else
			demo_say(demo, "  %-6s by procedure %s%s", row_get(row, "party") ?: "?",
				 row_get(row, "procedure") ?: "?",
				 row_get_flag(row, "releases") ? "; only its word releases" : "");
	}
}

static bool wait_until_over(struct demo *demo, struct answer *answer, struct failure *why)
{
	uint64_t until = monotonic_ms() + CASE_IS_OVER;
	struct answer events;
	int64_t since = 0;

	for (;;) {
		if (!follow_message(demo->follower.client, demo->declaration.id, answer, why))
			return false;
		if (follow_final(&demo->follower, answer->rows[0]))
			return true;
		answer_free(answer);
		if (monotonic_ms() >= until)
			return defer(why, "CLI-004", "the declaration is not decided");
		if (!follow_events(demo->follower.client, NULL, &since, 500, &events, why))
			return false;
		answer_free(&events);
	}
}

/* When each agency's word took effect, as its events say. */
static void tell_moments(struct demo *demo, const struct answer *answer)
{
	char after[SPAN_TEXT_SIZE];
	const char *began = NULL;

	for (size_t i = 0; i < answer->count; i++) {
		const struct row *row = answer->rows[i];
		const char *event = row_get(row, "event"), *state = row_get(row, "state");

		if (!is_type(row, "hop"))
			continue;
		if (began == NULL)
			began = row_get(row, "time");
		span_text(began, row_get(row, "time"), after);
		if (event != NULL && strcmp(event, "state") == 0)
			demo_say(demo, "  %9s  the declaration is %s", after, state ?: "?");
		else if (state != NULL && strcmp(state, "DECIDED") == 0)
			demo_say(demo, "  %9s  %s says %s", after, row_get(row, "hop") ?: "?",
				 event ?: "?");
	}
}

static bool tell_decision(struct demo *demo, struct failure *why)
{
	struct answer answer;
	bool cleared;

	if (!wait_until_over(demo, &answer, why))
		return false;
	demo_say(demo, "The control table (a data file) says who must decide on such goods:");
	tell_tasks(demo, &answer, false);
	demo_say(demo, "The gateway signs, delivers, repeats what is not acknowledged, and waits:");
	tell_moments(demo, &answer);
	demo_say(demo, "Those hours are the ministries' processing times. The gateway's clock has");
	demo_say(demo, "jumped over them, because nothing else was going on.");
	cleared = !follow_refused(answer.rows[0]);
	demo_result(demo, "%s, number %s", row_get(answer.rows[0], "state") ?: "?",
		    row_get(answer.rows[0], "number") ?: "-");
	if (!cleared)
		demo_otherwise(why, "the declaration is cleared",
			       row_get(answer.rows[0], "state") ?: "?");
	answer_free(&answer);
	return cleared;
}

/* ---- the answers reach the trader ------------------------------------------------------------------------ */

static bool tell_letter(struct demo *demo, const struct letter *letter, const char **result,
			struct failure *why)
{
	static const struct {
		const char *code, *words;
	} meanings[] = { { "AP", "approved" },
			 { "RE", "refused" },
			 { "CA", "conditional" },
			 { "AJ", "pending" } };
	struct document *document;
	char time[TIME_TEXT_SIZE];
	const char *code, *words = "?";

	if (!document_parse(&document, "response", letter->payload, letter->payload_length,
			    &document_limits_message, why))
		return false;
	code = child_text(demo->arena, document_root(document), "ResultCode") ?: "?";
	document_free(document);
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (strcmp(code, meanings[i].code) == 0)
			words = meanings[i].words;
	demo_say(demo, "  %s  %s %s", time_text(letter->cover.created, time), code, words);
	*result = code;
	return true;
}

static bool tell_mailbox(struct demo *demo, struct failure *why)
{
	const char *result = "none";
	struct letter *letters;
	size_t count;

	if (!client_fetch(demo->trader, demo->arena, 32, &letters, &count, why))
		return false;
	demo_say(demo, "The answers wait in the trader's mailbox until the trader has them safe:");
	for (size_t i = 0; i < count; i++)
		if (!tell_letter(demo, &letters[i], &result, why) ||
		    !client_keep(demo->trader, letters[i].cover.id, why))
			return false;
	demo_say(demo, "Each is signed by the gateway, and names the place in its journal.");
	demo_result(demo, "%zu answers, the last is %s", count, result);
	return strcmp(result, "AP") == 0 || demo_otherwise(why, "the last answer is AP", result);
}

/* ---- what is not taken --------------------------------------------------------------------------------------- */

/* Another digit in the first amount that ends with one: one byte. */
static bool change_one_byte(struct text *payload, size_t *at)
{
	for (size_t i = 1; i < payload->length; i++) {
		char *digit = &payload->bytes[i - 1];

		if (payload->bytes[i] != '<' || *digit < '1' || *digit > '8')
			continue;
		(*digit)++;
		*at = i - 1;
		return true;
	}
	return false;
}

static bool refused_for(struct demo *demo, const struct reply *reply, const char *code,
			struct failure *why)
{
	char found[sizeof reply->why.code + sizeof reply->why.text + 4];

	snprintf(found, sizeof found, "%s %s", reply->taken ? "a receipt" : reply->why.code,
		 reply->taken ? "" : reply->why.text);
	if (reply->taken || strcmp(reply->why.code, code) != 0)
		return demo_otherwise(why, arena_printf(demo->arena, "a refusal, %s", code), found);
	demo_say(demo, "Refused, %s: %s.", reply->why.code, reply->why.text);
	demo_result(demo, "refused, %s", code);
	return true;
}

static bool send_forged(struct demo *demo, struct outgoing *forged, struct reply *reply,
			struct failure *why)
{
	const struct outgoing_choice choice = { 0 };
	const char *path;
	size_t at = 0;

	if (!sample(demo, BROKEN, &path, why) ||
	    !outgoing_read(forged, demo->session, path, &choice, why) ||
	    !outgoing_seal(forged, demo->session, demo->trader, &choice, why))
		return false;
	if (!change_one_byte(&forged->payload, &at))
		return demo_otherwise(why, "an amount to change", "none");
	demo_say(demo,
		 "Another declaration is signed, and then one byte of it is changed on the way:");
	demo_say(demo, "byte %zu is now '%c'.", at, forged->payload.bytes[at]);
	return submit(demo, forged, reply, why);
}

static bool tell_forged(struct demo *demo, struct failure *why)
{
	struct outgoing forged = { 0 };
	struct reply reply;
	bool told;

	told = send_forged(demo, &forged, &reply, why) && refused_for(demo, &reply, "SIG-002", why);
	outgoing_free(&forged);
	return told;
}

static bool tell_twice(struct demo *demo, struct failure *why)
{
	const struct reply *first = &demo->receipt;
	struct reply again;
	bool same;

	demo_say(demo,
		 "Networks lose answers. So the trader sends the shrimps again, the same message");
	demo_say(demo, "under the same id, although it was decided long ago.");
	if (!submit(demo, &demo->declaration, &again, why))
		return false;
	same = again.taken && again.envelope_length == first->envelope_length &&
	       again.payload_length == first->payload_length &&
	       memcmp(again.envelope, first->envelope, first->envelope_length) == 0 &&
	       memcmp(again.payload, first->payload, first->payload_length) == 0;
	if (!same)
		return demo_otherwise(why, "the same receipt, byte for byte", "another answer");
	demo_say(demo, "The answer is the first receipt, byte for byte; nothing is decided twice.");
	demo_result(demo, "the same receipt, %zu bytes",
		    again.envelope_length + again.payload_length);
	return true;
}

/* What people do to their declarations. */
static const struct {
	const char *element, *content;
} mistakes[] = {
	{ "GoodsItemQuantity", "7" },
	{ "CurrencyTypeCode", "XXX" },
	{ "TotalGrossMassMeasure", "1" },
};

static void make_mistakes(xmlNodePtr node)
{
	for (; node != NULL; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
			if (is_element(node, NULL, mistakes[i].element))
				xmlNodeSetContent(node, (const xmlChar *)mistakes[i].content);
		make_mistakes(node->children);
	}
}

static bool break_it(struct outgoing *broken, struct failure *why)
{
	struct document *document;
	xmlChar *bytes = NULL;
	int length = 0;

	if (!document_parse(&document, BROKEN, broken->payload.bytes, broken->payload.length,
			    &document_limits_message, why))
		return false;
	make_mistakes(document_root(document));
	xmlDocDumpMemoryEnc(document_tree(document), &bytes, &length, "UTF-8");
	text_clear(&broken->payload);
	text_add_bytes(&broken->payload, bytes, (size_t)length);
	xmlFree(bytes);
	document_free(document);
	return true;
}

static bool tell_findings(struct demo *demo, const struct reply *reply, struct failure *why)
{
	struct findings findings;

	if (reply->taken)
		return demo_otherwise(why, "a refusal", "a receipt");
	findings_start(&findings, demo->arena);
	report_read(&findings, reply->payload, reply->payload_length);
	demo_say(demo, "Refused, with everything that is wrong, not only the first thing:");
	for (const struct finding *finding = findings.first; finding != NULL;
	     finding = finding->next) {
		demo_say(demo, "  line %d: %s: %s", finding->line, finding->code, finding->text);
		if (finding->hint != NULL)
			demo_say(demo, "     hint: %s", finding->hint);
	}
	demo_result(demo, "refused, %zu findings", findings.errors);
	return findings.errors > 1 || demo_otherwise(why, "several findings", "fewer");
}

static bool tell_broken(struct demo *demo, struct failure *why)
{
	const struct outgoing_choice choice = { 0 };
	struct outgoing broken = { 0 };
	struct reply reply;
	const char *path;
	bool told;

	demo_say(demo,
		 "A declaration of fruit counts seven items where there are fewer, and more.");
	told = sample(demo, BROKEN, &path, why) &&
	       outgoing_read(&broken, demo->session, path, &choice, why) &&
	       break_it(&broken, why) &&
	       outgoing_seal(&broken, demo->session, demo->trader, &choice, why) &&
	       submit(demo, &broken, &reply, why) && tell_findings(demo, &reply, why);
	outgoing_free(&broken);
	return told;
}

/* ---- the proof ------------------------------------------------------------------------------------------------ */

static bool tell_journal(struct demo *demo, struct failure *why)
{
	const char *path = sandbox_file(&demo->session->sandbox, demo->arena, "journal.db");
	struct journal_report report;

	if (!journal_verify(path, NULL, &report, why))
		return false;
	demo_say(demo,
		 "Everything above stands in the gateway's journal: %lld records, each with the",
		 (long long)report.records);
	demo_say(demo, "hash of the one before, and every message byte for byte. Read again now:");
	demo_say(demo, "the chain is intact, up to %lld %.16s...", (long long)report.head.seq,
		 report.head.hash);
	demo_result(demo, "%lld records, chain intact", (long long)report.records);
	return true;
}

static bool write_bodies(struct demo *demo, const char *folder, const struct answer *bodies,
			 struct failure *why)
{
	for (size_t i = 0; i < bodies->count; i++) {
		const struct row *body = bodies->rows[i];
		const char *name = row_get(body, "name"), *envelope = row_get(body, "envelope"),
			   *payload = row_get(body, "payload");
		unsigned char *cover, *content;
		size_t cover_length, content_length;

		if (name == NULL || envelope == NULL || payload == NULL)
			continue;
		cover = base64_parse(demo->arena, envelope, &cover_length);
		content = base64_parse(demo->arena, payload, &content_length);
		if (cover == NULL || content == NULL)
			return fault(why, "CLI-007", "the gateway's answer holds no message");
		if (!bundle_add(folder, name, cover, cover_length, content, content_length, why))
			return false;
	}
	return true;
}

static bool export(struct demo *demo, const char *folder, struct failure *why)
{
	struct row *question = row_new("ask");
	struct answer bodies;
	bool written;

	row_put(question, "ask", "export");
	row_put(question, "id", demo->declaration.id);
	if (!client_ask(demo->follower.client, question, &bodies, why))
		return false;
	written = bundle_begin(folder, session_keys(demo->session), why) &&
		  write_bodies(demo, folder, &bodies, why);
	answer_free(&bodies);
	return written;
}

static bool verify_all(struct demo *demo, const char *folder, size_t *count, struct failure *why)
{
	struct signature signature;
	struct keyring *keyring;
	struct envelope cover;
	const char **names;

	if (!session_keyring(demo->session, &keyring, why) ||
	    !bundle_list(folder, demo->arena, &names, count, why))
		return false;
	for (size_t i = 0; i < *count; i++)
		if (!bundle_verify(arena_printf(demo->arena, "%s/%s", folder, names[i]), keyring,
				   demo->arena, &cover, &signature, why))
			return false;
	return true;
}

/* One byte of the exported declaration, on disk. */
static bool forge_export(const char *path, struct failure *why)
{
	struct text payload = TEXT_EMPTY;
	size_t at;
	bool done;

	done = text_read_file(&payload, path, PAYLOAD_POLITE_LIMIT, why) &&
	       change_one_byte(&payload, &at) &&
	       file_write(path, payload.bytes, payload.length, 0644, why);
	text_free(&payload);
	return done;
}

static bool tell_export(struct demo *demo, struct failure *why)
{
	const char *folder = arena_printf(demo->arena, "%s/export", demo->folder);
	struct failure found;
	size_t count;

	if (!export(demo, folder, why) || !verify_all(demo, folder, &count, why))
		return false;
	demo_say(demo,
		 "The declaration, its receipt, what went to each ministry and what each said");
	demo_say(demo,
		 "are exported: %zu signed messages, and every signature holds. Anybody can check",
		 count);
	demo_say(demo, "that without this project, with the public xmlsec1 tool.");
	if (!forge_export(arena_printf(demo->arena, "%s/message/payload.xml", folder), why))
		return false;
	if (verify_all(demo, folder, &count, &found))
		return demo_otherwise(why, "a changed byte is found", "it is not");
	demo_say(demo, "After one byte of the exported declaration is changed:");
	demo_say(demo, "  %s", found.text);
	demo_result(demo, "%zu signatures hold; a changed byte is found", count);
	return true;
}

const struct chapter demo_chapters[] = {
	{ "Who is there", tell_who },
	{ "A trader hands in a declaration, once", tell_sending },
	{ "Everybody who must decide decides", tell_decision },
	{ "The trader gets the answers", tell_mailbox },
	{ "One byte changed after signing", tell_forged },
	{ "The same message sent twice", tell_twice },
	{ "A declaration with mistakes", tell_broken },
	{ "The record of it all", tell_journal },
	{ "Proof that leaves the house", tell_export },
	{ NULL, NULL },
};
