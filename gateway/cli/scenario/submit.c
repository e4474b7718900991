/* submit - a document of the scenario is signed and handed in, and what the gateway said to it. */
#include <string.h>

#include "cli/edit.h"
#include "cli/outgoing.h"
#include "cli/report.h"
#include "cli/scenario/fill.h"
#include "cli/scenario/play.h"
#include "cli/scenario/tell.h"

/* ---- what is handed in ---------------------------------------------------------------------------- */

static bool fill_edits(struct play *play, const struct deed *deed, const struct deed_value *values,
		       size_t count, struct words *edits, struct failure *why)
{
	struct filling filling = { play, deed->as };
	const char *value;

	for (size_t i = 0; i < count; i++) {
		if (!fill(&value, play->arena, values[i].value, play_value, &filling, why))
			return false;
		words_add(play->session, edits,
			  arena_printf(play->arena, "%s=%s", values[i].name, value));
	}
	return true;
}

/* What is done to a document on its way, after it was signed. */
static bool alter(struct play *play, const struct deed *deed, struct outgoing *outgoing,
		  struct failure *why)
{
	struct words edits = { 0 };

	return deed->alter_count == 0 ||
	       (fill_edits(play, deed, deed->alters, deed->alter_count, &edits, why) &&
		edit_values(&outgoing->payload, deed->path, edits.words, edits.count, why));
}

/* The same seed, scenario and alias are the same message; on a live gateway, of one run. */
static void derive(const struct play *play, const struct deed *deed, struct submitted *submitted)
{
	const char *cause = play->host != NULL
				    ? play->seed
				    : arena_printf(play->arena, "%s/%s", play->seed, play->label);
	const char *step = arena_printf(play->arena, "%s conversation", deed->as);

	uuid_derive(submitted->id, cause, play->scenario->name, deed->as);
	uuid_derive(submitted->conversation, cause, play->scenario->name, step);
}

/* What an agency answers is not the document, but the message by which it got it. */
static bool find_delivery(struct play *play, const struct submitted *of, const char *party,
			  const char **id, struct failure *why)
{
	const char *name = arena_printf(play->arena, "delivery-%s", party);
	const struct answer *bodies;

	if (!play_bodies(play, of, &bodies, why))
		return false;
	for (size_t i = 0; i < bodies->count; i++) {
		const char *found = row_get(bodies->rows[i], "name") ?: "";
		size_t length = strlen(name);

		if (strncmp(found, name, length) == 0 &&
		    (found[length] == '\0' || found[length] == '-'))
			*id = arena_string(play->arena, row_get(bodies->rows[i], "id"));
	}
	return true;
}

static bool refer(struct play *play, const struct deed *deed, struct submitted *submitted,
		  const char **ref, struct failure *why)
{
	const struct submitted *before = play_submitted(play, deed->ref);

	memcpy(submitted->conversation, before->conversation, UUID_SIZE);
	*ref = before->id;
	return deed->by == NULL || find_delivery(play, before, deed->by, ref, why);
}

static bool choose(struct play *play, const struct deed *deed, struct submitted *submitted,
		   struct outgoing_choice *choice, struct failure *why)
{
	const char *ref = NULL;

	derive(play, deed, submitted);
	if (deed->ref != NULL && !refer(play, deed, submitted, &ref, why))
		return false;
	if (deed->id_of != NULL)
		memcpy(submitted->id, play_submitted(play, deed->id_of)->id, UUID_SIZE);
	*choice = (struct outgoing_choice){
		.as = deed->by,
		.id = submitted->id,
		.conversation = submitted->conversation,
		.ref = ref,
		.kind = deed->document,
		.clock = deed->shift ? CLOCK_SHIFT : CLOCK_RECORDED,
		.from = deed->from,
		.sign_as = deed->sign_as,
		.sign_at = deed->at,
		.no_signature = deed->unsigned_,
	};
	return fill_edits(play, deed, deed->values, deed->value_count, &choice->edits, why);
}

static bool send(struct play *play, const struct deed *deed, struct outgoing *outgoing,
		 const struct outgoing_choice *choice, struct reply *reply, struct failure *why)
{
	struct addressee addressee;
	struct client *client;

	if (!play_voice(play, outgoing->party, &client, why))
		return false;
	addressee = outgoing_addressee(client);
	if (!outgoing_seal_for(outgoing, play->session, &addressee, choice, why))
		return false;
	if (deed->id_of != NULL)
		outgoing_repeat(outgoing, play->session);
	return alter(play, deed, outgoing, why) &&
	       client_submit(client, play->arena, outgoing->id, outgoing->envelope.bytes,
			     outgoing->envelope.length, outgoing->payload.bytes,
			     outgoing->payload.length, reply, why);
}

static void note_reply(struct play *play, struct submitted *submitted,
		       const struct outgoing *outgoing, const struct reply *reply)
{
	submitted->party = outgoing->party;
	submitted->kind = outgoing->kind;
	submitted->taken = reply->taken;
	if (reply->taken)
		return;
	submitted->refusal = reply->why;
	findings_start(&submitted->findings, play->arena);
	report_read(&submitted->findings, reply->payload, reply->payload_length);
}

static bool hand_in(struct play *play, const struct deed *deed, struct submitted *submitted,
		    struct failure *why)
{
	struct outgoing_choice choice;
	struct outgoing outgoing = { .file = deed->path };
	struct reply reply;
	bool sent;

	if (!choose(play, deed, submitted, &choice, why))
		return false;
	sent = outgoing_read(&outgoing, play->session, deed->path, &choice, why) &&
	       send(play, deed, &outgoing, &choice, &reply, why);
	if (sent)
		note_reply(play, submitted, &outgoing, &reply);
	outgoing_free(&outgoing);
	return sent;
}

enum done do_submit(struct play *play, const struct deed *deed, struct failure *why)
{
	struct submitted *submitted = &play->submitted[play->submitted_count];

	*submitted = (struct submitted){ .deed = deed, .path = deed->path, .since = play->seen };
	if (!hand_in(play, deed, submitted, why))
		return not_done(play, deed, arena_printf(play->arena, "%s handed in", deed->as),
				why);
	play->submitted_count++;
	if (!play_settle(play, why))
		return TROUBLE;
	if (submitted->taken || deed->may_be_refused)
		return MET;
	return tell_refusal(play, deed, submitted,
			    arena_printf(play->arena, "%s accepted", deed->as));
}

/* ---- what the gateway said to it --------------------------------------------------------------------- */

enum done do_accepted(struct play *play, const struct deed *deed, struct failure *why)
{
	const struct submitted *submitted = play_submitted(play, deed->of);

	(void)why;
	if (submitted->taken)
		return MET;
	return tell_refusal(play, deed, submitted,
			    arena_printf(play->arena, "%s accepted", deed->of));
}

static bool has_code(const struct submitted *submitted, const char *code)
{
	if (code == NULL || strcmp(submitted->refusal.code, code) == 0)
		return true;
	for (const struct finding *at = submitted->findings.first; at != NULL; at = at->next)
		if (!at->warning && strcmp(at->code, code) == 0)
			return true;
	return false;
}

enum done do_refused(struct play *play, const struct deed *deed, struct failure *why)
{
	const struct submitted *submitted = play_submitted(play, deed->of);
	const char *expected = arena_printf(play->arena, "%s refused%s%s", deed->of,
					    deed->code != NULL ? " with " : "", deed->code ?: "");

	(void)why;
	if (!submitted->taken && has_code(submitted, deed->code))
		return MET;
	return tell_refusal(play, deed, submitted, expected);
}
