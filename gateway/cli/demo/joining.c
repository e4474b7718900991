/* joining - a ministry joins and does not answer; it is recovered, and the circle closes. */
#include <string.h>

#include "cli/body.h"
#include "cli/bundle.h"
#include "cli/demo/demo.h"
#include "core/document.h"

#define TRIES	  3
#define TRY_LATER 30000 /* ms of gateway time; more than any wait between the first attempts */

/* ---- silence ------------------------------------------------------------------------------------- */

static bool tried_so_often(const struct demo *demo, const struct answer *about, int64_t number)
{
	return demo_count(about, demo->late->party, "not sent") >= (size_t)number;
}

/* Back-off counts in gateway time. */
static bool let_it_try(struct demo *demo, const char *id, struct failure *why)
{
	struct demo_wish tried = { "a delivery is tried again", tried_so_often, 1 };
	gateway_time at = demo->stories[JOINED].receipt.cover.created;
	char moment[TIME_TEXT_SIZE];
	struct answer about;

	for (; tried.number <= TRIES; tried.number++) {
		if (tried.number > 1 && !demo_clock(demo, time_text(at += TRY_LATER, moment), why))
			return false;
		if (!demo_wait(demo, id, &tried, &about, why))
			return false;
		answer_free(&about);
	}
	return true;
}

/* How many there were. */
static int tell_attempts(struct demo *demo, const struct answer *about)
{
	const char *began = NULL, *attempt, *text;
	char after[SPAN_TEXT_SIZE];
	int count = 0;

	for (size_t i = 0; i < about->count; i++) {
		const struct row *row = about->rows[i];

		if (!demo_is(row, "type", "hop"))
			continue;
		if (began == NULL)
			began = row_get(row, "time");
		attempt = row_get(row, "attempt");
		if (attempt == NULL || !demo_is(row, "hop", demo->late->party))
			continue;
		text = row_get(row, "text");
		count++;
		demo_say(demo, "  %9s  attempt %s: %s%s%s",
			 span_text(began, row_get(row, "time"), after), attempt,
			 row_get(row, "event") ?: "?", text != NULL ? ", " : "", text ?: "");
	}
	return count;
}

static bool tell_recovery(struct demo *demo, const struct answer *about, struct failure *why)
{
	int attempts = tell_attempts(demo, about);

	if (attempts <= TRIES || demo_count(about, demo->late->party, "sent") != 1)
		return demo_otherwise(why, "several attempts, and the last one is sent",
				      "something else");
	demo_say(demo, "Nothing was lost, and nothing was sent twice.");
	demo_result(demo, "silent for %d attempts, answers at attempt %d", TRIES, attempts);
	return true;
}

static bool recover(struct demo *demo, const char *id, struct failure *why)
{
	struct answer about;
	bool told;

	if (!running_admit(&demo->running, &demo->choice, why) ||
	    !demo_wait(demo, id, &demo_answered, &about, why))
		return false;
	told = tell_recovery(demo, &about, why);
	answer_free(&about);
	return told;
}

static bool others_answered(const struct demo *demo, const struct answer *about, int64_t number)
{
	(void)number;
	return demo_has_answered(about, demo->customs->party);
}

static bool tell_others(struct demo *demo, const char *id, struct failure *why)
{
	static const struct demo_wish answered = { "the others answer", others_answered, 0 };
	struct answer about;
	bool told;

	if (!demo_wait(demo, id, &answered, &about, why))
		return false;
	told = demo_tell_tasks(demo, &demo->stories[JOINED], &about, why);
	answer_free(&about);
	return told;
}

bool demo_silence(struct demo *demo, struct failure *why)
{
	struct story *story = &demo->stories[JOINED];
	const char *id;

	if (!demo_hand_in(demo, story, why))
		return false;
	id = story->declaration.id;
	demo_say(demo, "The import that cites the certificate is handed in, and gets a receipt.");
	if (!tell_others(demo, id, why))
		return false;
	demo_pause(demo);
	demo_say(demo, "%s is asked electronically for the first time, and its system is down.",
		 demo->late->party);
	demo_say(demo, "%s has answered all the same. The clock goes on, half a minute at a time,",
		 demo->customs->party);
	demo_say(demo, "and then that system is started:");
	return let_it_try(demo, id, why) && recover(demo, id, why);
}

/* ---- before and after ---------------------------------------------------------------------------- */

/* How and when the late party decided in that story. */
static bool tell_way(struct demo *demo, const struct story *story, enum route route,
		     struct failure *why)
{
	const char *began = NULL, *decided = NULL, *party = demo->late->party;
	char after[SPAN_TEXT_SIZE];
	const struct row *task;
	struct answer about;
	bool as_told;

	if (!follow_message(demo->follower.client, story->declaration.id, &about, why))
		return false;
	for (size_t i = about.count; i-- > 0;) {
		const struct row *row = about.rows[i];

		if (!demo_is(row, "type", "hop"))
			continue;
		began = row_get(row, "time");
		if (demo_is(row, "hop", party) && demo_is(row, "state", "DECIDED"))
			decided = row_get(row, "time");
	}
	task = demo_task(&about, party);
	as_told = task != NULL && decided != NULL && demo_is(task, "route", route_name(route));
	if (as_told)
		demo_say(demo, "  %s  %-11s %s after %s", story->date,
			 route == ROUTE_PAPER ? "paper" : "electronic",
			 row_get(task, "status") ?: "?", span_text(began, decided, after));
	answer_free(&about);
	return as_told || demo_otherwise(why, "the same task on another way", "the same way");
}

static bool tell_turned(struct demo *demo, struct failure *why)
{
	demo_pause(demo);
	demo_say(demo, "The same decision, %s, in the first story and in this one:",
		 demo->late->procedure);
	return tell_way(demo, &demo->stories[PILOT], ROUTE_PAPER, why) &&
	       tell_way(demo, &demo->stories[JOINED], ROUTE_ELECTRONIC, why);
}

/* ---- what the partner hears ---------------------------------------------------------------------- */

static bool partner_has_it(const struct demo *demo, const struct answer *about, int64_t number)
{
	size_t taken = 0;

	(void)number;
	for (size_t i = 0; i < about->count; i++)
		taken += demo_is(about->rows[i], "event", "delivery") &&
			 demo_is(about->rows[i], "hop", demo->document->party) &&
			 demo_is(about->rows[i], "state", "DONE");
	return taken > 1 && demo_over.holds(demo, about, 0);
}

/* What was delivered to the partner last: "delivery-PARTY", "delivery-PARTY-2"... */
static const struct row *last_body(struct demo *demo, const struct answer *bodies)
{
	const char *prefix = arena_printf(demo->arena, "delivery-%s", demo->document->party);
	const struct row *last = NULL;

	for (size_t i = 0; i < bodies->count; i++) {
		const char *name = row_get(bodies->rows[i], "name");

		if (name != NULL && strncmp(name, prefix, strlen(prefix)) == 0)
			last = bodies->rows[i];
	}
	return last;
}

static bool tell_response(struct demo *demo, const struct answer *bodies, struct failure *why)
{
	const struct row *row = last_body(demo, bodies);
	struct document *document;
	struct signature signature;
	struct keyring *keyring;
	struct envelope cover;
	struct body body;
	xmlNodePtr root;

	if (row == NULL)
		return demo_otherwise(why, "a response to the partner", "none");
	if (!body_read(&body, demo->arena, row, why) ||
	    !session_keyring(demo->session, &keyring, why) ||
	    !bundle_verify_bytes(body.name, body.envelope, body.envelope_length, body.payload,
				 body.payload_length, keyring, demo->arena, &cover, &signature,
				 why) ||
	    !document_parse(&document, body.name, body.payload, body.payload_length,
			    &document_limits_message, why))
		return false;
	root = document_root(document);
	demo_say(demo, "  %s to %s, signed by %s: certificate %s is %s", cover.kind, cover.to,
		 cover.from, child_text(demo->arena, root, "FunctionalReferenceID") ?: "?",
		 child_text(demo->arena, child_named(root, "Status"), "NameCode") ?: "?");
	document_free(document);
	return true;
}

static bool tell_partner(struct demo *demo, struct failure *why)
{
	static const struct demo_wish has_it = { "the partner is told of its certificate",
						 partner_has_it, 0 };
	struct answer about, bodies;
	bool told;

	if (!demo_wait(demo, demo->certificate.id, &has_it, &about, why))
		return false;
	demo_result(demo, "CLEARED, certificate %s", row_get(about.rows[0], "state") ?: "?");
	answer_free(&about);
	if (!bodies_ask(demo->session, demo->certificate.id, &bodies, why))
		return false;
	demo_pause(demo);
	demo_say(demo, "What was used of the certificate goes back to %s:", demo->document->party);
	told = tell_response(demo, &bodies, why);
	answer_free(&bodies);
	return told;
}

bool demo_utilisation(struct demo *demo, struct failure *why)
{
	const struct story *story = &demo->stories[JOINED];
	struct answer about;
	size_t count;
	bool cleared;

	if (!demo_pass_time(demo, story->declaration.id, &demo_over, &about, why))
		return false;
	demo_tell_moments(demo, &about, 0);
	cleared = !follow_refused(about.rows[0]);
	answer_free(&about);
	if (!cleared)
		return demo_otherwise(why, "the declaration is cleared", "it is refused");
	return demo_tell_answers(demo, story, false, &count, why) && tell_partner(demo, why) &&
	       tell_turned(demo, why);
}
