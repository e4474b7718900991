/* follow - messages that the scenario did not send: found, named, and read from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/scenario/play.h"
#include "cli/scenario/tell.h"
#include "cli/scenario/trace.h"

static bool same(const char *one, const char *other)
{
	return one != NULL && other != NULL && strcmp(one, other) == 0;
}

/* ---- finding it -------------------------------------------------------------------------------------------- */

static void note(struct play *play, struct submitted *out, const struct row *message)
{
	snprintf(out->id, sizeof out->id, "%s", row_get(message, "id") ?: "");
	snprintf(out->conversation, sizeof out->conversation, "%s",
		 row_get(message, "conversation") ?: "");
	out->party = arena_string(play->arena, row_get(message, "from"));
	out->kind = arena_string(play->arena, row_get(message, "kind"));
	out->case_id = arena_string(play->arena, row_get(message, "case"));
	out->taken = !same(row_get(message, "state"), "REFUSED") || out->case_id != NULL;
}

/* The newest of its kind in that conversation, once it has taken effect; they come newest first. */
static bool look_for(struct play *play, const struct deed *deed, struct submitted *out,
		     struct failure *why)
{
	const struct submitted *of = play_submitted(play, deed->of);
	struct row *question = row_new("ask");
	struct answer answer;

	row_put(question, "ask", "messages");
	row_put_flag(question, "all", true);
	if (!client_ask(play->client, question, &answer, why))
		return false;
	for (size_t i = 0; i < answer.count && out->id[0] == '\0'; i++)
		if (same(row_get(answer.rows[i], "kind"), deed->document) &&
		    same(row_get(answer.rows[i], "conversation"), of->conversation) &&
		    row_get(answer.rows[i], "case") != NULL)
			note(play, out, answer.rows[i]);
	answer_free(&answer);
	return true;
}

enum done do_follow(struct play *play, const struct deed *deed, struct failure *why)
{
	struct submitted *followed = &play->submitted[play->submitted_count];
	gateway_time until = play->acted + deed->lasts;
	bool there = false;

	*followed = (struct submitted){ .deed = deed };
	for (;;) {
		if (!look_for(play, deed, followed, why))
			return TROUBLE;
		if (followed->id[0] != '\0' || there || play->now >= until)
			break;
		if (!play_leap(play, until, &there, why))
			return TROUBLE;
	}
	if (followed->id[0] == '\0')
		return tell_unmet(play, deed,
				  arena_printf(play->arena, "a %s in the conversation of %s",
					       deed->document, deed->of),
				  "none");
	play->submitted_count++;
	return MET;
}

/* ---- remembering it ------------------------------------------------------------------------------------------ */

enum done do_remember(struct play *play, const struct deed *deed, struct failure *why)
{
	const struct submitted *of = play_submitted(play, deed->of);
	struct trace *trace;
	const char *value;
	enum done done;

	if (!trace_make(&trace, play, of, NULL, why))
		return TROUBLE;
	done = trace_value(trace, play, deed, deed->text, &value, why);
	trace_free(trace);
	if (done != MET)
		return done;
	play->remembered = must_realloc(play->remembered,
					(play->remembered_count + 1) * sizeof *play->remembered);
	play->remembered[play->remembered_count++] =
		(struct deed_value){ .name = deed->as, .value = value, .line = deed->line };
	return MET;
}
