/* demo_way - a declaration is sent, decided and answered. */
#include <stdio.h>
#include <string.h>

#include "cli/demo.h"
#include "cli/status.h"
#include "core/document.h"

#define KIND	     "DEC-IMP"
#define SAMPLE	     "shrimp-thailand"
#define CASE_IS_OVER 15000 /* ms */

static bool is_type(const struct row *row, const char *type)
{
	return row != NULL && row_type(row) != NULL && strcmp(row_type(row), type) == 0;
}

bool demo_sample(struct demo *demo, const char *name, const char **path, struct failure *why)
{
	return sandbox_data(&demo->session->sandbox, demo->arena,
			    arena_printf(demo->arena, "schemas/dec-imp/samples/%s.xml", name), path,
			    why);
}

/* ---- who is there --------------------------------------------------------------------------------- */

bool demo_who(struct demo *demo, struct failure *why)
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

bool demo_submit(struct demo *demo, const struct outgoing *outgoing, struct reply *reply,
		 struct failure *why)
{
	return client_submit(demo->trader, demo->arena, outgoing->id, outgoing->envelope.bytes,
			     outgoing->envelope.length, outgoing->payload.bytes,
			     outgoing->payload.length, reply, why);
}

bool demo_sending(struct demo *demo, struct failure *why)
{
	const struct outgoing_choice choice = { 0 };
	char time[TIME_TEXT_SIZE];
	const char *path;

	if (!demo_sample(demo, SAMPLE, &path, why) ||
	    !outgoing_read(&demo->declaration, demo->session, path, &choice, why) ||
	    !session_connect(demo->session, &demo->trader, demo->declaration.party, false, why) ||
	    !outgoing_seal(&demo->declaration, demo->session, demo->trader, &choice, why) ||
	    !tell_declaration(demo, why) ||
	    !demo_submit(demo, &demo->declaration, &demo->receipt, why))
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

bool demo_decision(struct demo *demo, struct failure *why)
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

bool demo_mailbox(struct demo *demo, struct failure *why)
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
