/* pilot - the first day of the window: one electronic answer, and papers beside it. */
#include "cli/demo/demo.h"
#include "cli/status.h"

/* ---- the day, and who is there ------------------------------------------------------------------- */

static void tell_party(struct demo *demo, const struct row *row)
{
	const char *id = row_get(row, "id") ?: "?";

	demo_say(demo, "  %-7s %-11s %s", id, demo_way(demo, id, demo->sheet.days[PILOT].at),
		 row_get(row, "name") ?: "");
}

/* All but the late one have connected, and nobody is asked before its day. */
static bool tell_parties(struct demo *demo, size_t *count, struct failure *why)
{
	struct answer answer;
	size_t connected = 0;

	if (!status_ask(demo->follower.client, &answer, why))
		return false;
	*count = 0;
	for (size_t i = 0; i < answer.count; i++) {
		if (!demo_is(answer.rows[i], "type", "party"))
			continue;
		tell_party(demo, answer.rows[i]);
		connected += row_get_flag(answer.rows[i], "connected");
		++*count;
	}
	answer_free(&answer);
	return connected == *count - 1 ||
	       demo_otherwise(why, "all but one are connected", "others are");
}

/* ---- a declaration is handed in ------------------------------------------------------------------ */

static void tell_receipt(struct demo *demo, const struct story *story)
{
	char time[TIME_TEXT_SIZE];

	demo_say(demo, "Trader %s signs the declaration, over its very bytes, and hands it in.",
		 story->declaration.party);
	demo_say(demo, "The answer is a receipt, signed by %s at %s.", story->receipt.cover.from,
		 time_text(story->receipt.cover.created, time));
	demo_say(demo, "It is a promise: the declaration is on disk and will be decided, whatever");
	demo_say(demo, "crashes from now on.");
	demo_pause(demo);
}

bool demo_opening(struct demo *demo, struct failure *why)
{
	struct story *story = &demo->stories[PILOT];
	struct answer about;
	size_t parties;
	bool told;

	if (!demo_start(demo, why))
		return false;
	demo_tell_day(demo, story);
	demo_say(demo, "A gateway serves. It knows these, each with keys of its own; the calendar");
	demo_say(demo, "decides how they may be asked, whoever has a cable:");
	if (!tell_parties(demo, &parties, why))
		return false;
	demo_say(demo, "All but %s have connected; it comes when its day has come.",
		 demo->late->party);
	if (!demo_hand_in(demo, story, why))
		return false;
	demo_pause(demo);
	tell_receipt(demo, story);
	if (!demo_wait(demo, story->declaration.id, &demo_answered, &about, why))
		return false;
	told = demo_tell_tasks(demo, story, &about, why);
	answer_free(&about);
	demo_result(demo, "%zu parties, receipt %.8s...", parties, story->receipt.cover.id);
	return told;
}

/* ---- papers -------------------------------------------------------------------------------------- */

static bool only_one_waits(const struct demo *demo, const struct answer *about, int64_t number)
{
	size_t waiting = 0;

	(void)number;
	for (size_t i = 0; i < about->count; i++)
		waiting += demo_is(about->rows[i], "type", "task") &&
			   !demo_is(about->rows[i], "state", "DECIDED");
	return waiting == 1 && demo_is(demo_task(about, demo->late->party), "state", "PAPER_DUE");
}

/* What `nsw paper decide` asks for. */
static bool stamp(struct demo *demo, const char *permit, struct failure *why)
{
	struct row *question = row_new("ask");
	struct answer done;

	row_put(question, "ask", "paper");
	row_put(question, "id", demo->stories[PILOT].declaration.id);
	row_put(question, "agency", demo->late->party);
	row_put(question, "permit", permit);
	if (!client_ask(demo->follower.client, question, &done, why))
		return false;
	answer_free(&done);
	return true;
}

static int64_t last_seq(const struct answer *about)
{
	int64_t seq = 0, last = 0;

	for (size_t i = 0; i < about->count; i++)
		if (demo_is(about->rows[i], "type", "hop") &&
		    row_get_number(about->rows[i], "seq", &seq))
			last = seq;
	return last;
}

static bool up_to_the_counter(struct demo *demo, const char **reference, int64_t *seen,
			      struct failure *why)
{
	static const struct demo_wish one_left = { "one paper is left", only_one_waits, 0 };
	struct answer about;

	demo_say(demo, "An electronic answer says from when it holds; the gateway keeps it until");
	demo_say(demo, "then. A counter is simulated, with the register's time. The clock is set");
	demo_say(demo, "forward from one to the next:");
	if (!demo_pass_time(demo, demo->stories[PILOT].declaration.id, &one_left, &about, why))
		return false;
	demo_tell_moments(demo, &about, 0);
	*seen = last_seq(&about);
	*reference = arena_string(demo->arena, row_get(about.rows[0], "reference") ?: "?");
	answer_free(&about);
	return true;
}

static bool at_the_counter(struct demo *demo, const char *reference, const char *permit,
			   struct failure *why)
{
	const struct procedure *procedure = demo->late->registered;

	demo_pause(demo);
	demo_say(demo, "%s waits on paper, at this counter:", demo->late->procedure);
	demo_say(demo, "  %s", procedure != NULL ? procedure->counter ?: "?" : "?");
	demo_say(demo,
		 "What is stamped there need not wait for the simulation. Somebody enters it:");
	demo_say(demo, "  nsw paper decide %s --agency %s --permit %s", reference,
		 demo->late->party, permit);
	return stamp(demo, permit, why);
}

static bool tell_end(struct demo *demo, const struct answer *about, struct failure *why)
{
	const struct row *message = about->rows[0], *task = demo_task(about, demo->late->party);
	size_t count;

	if (follow_refused(message) || !demo_is(task, "status", "APPROVED"))
		return demo_otherwise(why, "the declaration is cleared",
				      row_get(message, "state") ?: "?");
	demo_pause(demo);
	demo_say(demo, "The answers wait in the trader's mailbox until the trader has them safe:");
	if (!demo_tell_answers(demo, &demo->stories[PILOT], true, &count, why))
		return false;
	demo_result(demo, "%s, number %s, %zu answers", row_get(message, "state") ?: "?",
		    row_get(message, "number") ?: "-", count);
	return true;
}

bool demo_papers(struct demo *demo, struct failure *why)
{
	const char *id = demo->stories[PILOT].declaration.id, *permit, *reference;
	struct answer about;
	int64_t seen;
	bool told;

	permit = arena_printf(demo->arena, "KD-%.4s-000417", demo->stories[PILOT].date);
	if (!up_to_the_counter(demo, &reference, &seen, why) ||
	    !at_the_counter(demo, reference, permit, why) ||
	    !demo_wait(demo, id, &demo_over, &about, why))
		return false;
	demo_tell_moments(demo, &about, seen);
	told = tell_end(demo, &about, why);
	answer_free(&about);
	return told;
}
