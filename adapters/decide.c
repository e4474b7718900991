#include "decide.h"

#include <stdlib.h>
#include <string.h>

#include "core/findings.h"
#include "core/response.h"
#include "core/text.h"

#include "desk.h"

#define RECEIPT_KIND "ACK"
#define RECEIPT_STEP "receipt"

static const char *fact_or(const struct facts *facts, const char *name, const char *standard)
{
	const char *value = facts_get(facts, name);

	return value != NULL ? value : standard;
}

/* A request without a reference still gets draws of its own; one without a version is the
 * original, so that its amendments draw anew. */
static struct desk desk_for(const struct profile *profile, const char *seed,
			    const struct request *request, struct arena *arena)
{
	return (struct desk){
		.profile = profile,
		.seed = seed,
		.request = request,
		.arena = arena,
		.reference = fact_or(request->facts, "reference", request->envelope->id),
		.version = fact_or(request->facts, "version", "0"),
		.declarant = fact_or(request->facts, "declarant", ""),
		.own_times = true,
	};
}

/* ---- which row ------------------------------------------------------------------------ */

static bool drawn(const struct desk *desk, const struct decision *decision)
{
	double draw;

	if (decision->draw == NULL)
		return true;
	draw = keyed_draw(desk->seed, desk->profile->party, decision->draw, desk->reference,
			  desk->version, NULL) *
	       WHOLE_DRAW;
	return draw >= decision->from && draw < decision->below;
}

bool desk_holds(const struct desk *desk, const struct question *question, xmlNodePtr node,
		bool *answer, struct failure *why)
{
	*answer = true;
	return question == NULL ||
	       question_ask(question, node, desk->request->envelope->created, answer, why);
}

static bool fits(const struct desk *desk, const struct decision *decision, bool *answer,
		 struct failure *why)
{
	*answer = drawn(desk, decision);
	if (!*answer)
		return true;
	if (!desk_holds(desk, decision->when, facts_root(desk->request->facts), answer, why))
		return false;
	if (!*answer)
		return true;
	return desk_holds(desk, decision->payload, document_root(desk->request->payload), answer,
			  why);
}

/* NULL and *why when there is none, or none that can be told. */
static const struct decision *choose(const struct desk *desk, struct failure *why)
{
	const struct profile *profile = desk->profile;

	for (size_t i = 0; i < profile->decision_count; i++) {
		const struct decision *decision = &profile->decisions[i];
		bool found;

		if (!fits(desk, decision, &found, why)) {
			failure_at(why, "%s: decision %s", profile->file, decision->id);
			return NULL;
		}
		if (found)
			return decision;
	}
	fault(why, "PRF-901", "no decision fits"); /* profile_load() refuses such a table */
	failure_at(why, "%s", profile->file);
	return NULL;
}

/* ---- what stands in an answer --------------------------------------------------------- */

static gateway_time moment_after(const struct desk *desk, const struct step *step,
				 gateway_time before)
{
	double draw = 0;

	if (!desk->own_times)
		return before;
	if (step->after_most > step->after_least)
		draw = keyed_draw(desk->seed, desk->profile->party, "time", desk->reference,
				  desk->version, step->name, NULL);
	return before + step->after_least +
	       (int64_t)(draw * (double)(step->after_most - step->after_least + 1));
}

/* As the declarant numbered it, else by its place. */
static int item_sequence(const struct desk *desk, xmlNodePtr item, int place)
{
	const char *stated = child_text(desk->arena, item, "sequence");
	int sequence = stated != NULL ? atoi(stated) : 0;

	return sequence > 0 ? sequence : place;
}

static void cite_items(const struct desk *desk, struct response *response)
{
	xmlNodePtr first = child_named(facts_root(desk->request->facts), "item");
	struct response_item *items;
	size_t count = 0;

	for (xmlNodePtr item = first; item != NULL; item = next_named(item, "item"))
		count++;
	items = arena_alloc(desk->arena, (count + 1) * sizeof *items);
	response->items = items;
	for (xmlNodePtr item = first; item != NULL; item = next_named(item, "item")) {
		struct response_item *cited = &items[response->item_count++];

		cited->sequence = item_sequence(desk, item, (int)response->item_count);
		cited->hs = child_text(desk->arena, item, "hs");
		cited->origin = child_text(desk->arena, item, "origin");
	}
}

static const struct finding *refusal(const struct desk *desk, const struct step *step)
{
	struct finding *finding;

	if (step->code == NULL)
		return NULL;
	finding = arena_alloc(desk->arena, sizeof *finding);
	finding->code = step->code;
	finding->layer = 'E';
	finding->text = step->text;
	finding->text_vi = step->text_vi;
	finding->hint = step->hint;
	return finding;
}

/* ---- answers -------------------------------------------------------------------------- */

/* One message before it has a cover. */
struct content {
	const char *step, *id, *kind;
	gateway_time moment;
	const char *payload;
	size_t length;
};

static const char *id_of(struct arena *arena, const struct profile *profile,
			 const struct envelope *request, const char *step)
{
	char id[UUID_SIZE];

	uuid_derive(id, request->id, profile->party, step);
	return arena_string(arena, id);
}

/* Written from the request's envelope alone: an answer repeated a day later must be the same
 * message. */
static void cover(struct answer *answer, const struct profile *profile,
		  const struct envelope *request, const struct content *content)
{
	*answer = (struct answer){
		.step = content->step,
		.payload = content->payload,
		.envelope = {
			.id = content->id,
			.conversation = request->conversation,
			.ref = request->id,
			.from = profile->party,
			.to = request->from,
			.kind = content->kind,
			.environment = request->environment,
			.created = request->created,
			.expires = request->expires,
			.effective = content->moment > request->created ? content->moment : 0,
			.run = request->run,
			.origin = request->origin,
			.payload_type = "application/xml",
			.payload_size = content->length,
		},
	};
}

static void fill(struct answer *answer, struct arena *arena, const struct profile *profile,
		 const struct envelope *request, const char *step, const struct response *response)
{
	struct text payload = TEXT_EMPTY;
	struct content content = {
		.step = step,
		.id = id_of(arena, profile, request, step),
		.kind = response->kind,
		.moment = response->issued,
	};

	response_write(&payload, response);
	content.payload = arena_copy(arena, payload.bytes, payload.length);
	content.length = payload.length;
	text_free(&payload);
	cover(answer, profile, request, &content);
}

static void acknowledge(const struct desk *desk, struct answer *answer)
{
	const struct envelope *envelope = desk->request->envelope;
	char digest[DIGEST_TEXT_SIZE];
	struct response response = {
		.kind = RECEIPT_KIND,
		.result = "AB",
		.reference = facts_get(desk->request->facts, "reference"),
		.message = envelope->id,
		.digest = digest_text(&desk->request->digest, digest),
		.issued = envelope->created,
	};

	fill(answer, desk->arena, desk->profile, envelope, RECEIPT_STEP, &response);
}

static void answer_with(const struct desk *desk, const struct step *step, gateway_time moment,
			const struct issued *issued, struct answer *answer)
{
	const struct response_status status = {
		.name = step->status,
		.agency = desk->profile->party,
		.effective = moment,
		.note = step->note,
	};
	struct response response = {
		.kind = desk->profile->answer,
		.result = step->result,
		.reference = facts_get(desk->request->facts, "reference"),
		.message = desk->request->envelope->id,
		.issued = moment,
		.findings = refusal(desk, step),
		.statuses = &status,
		.status_count = 1,
		.documents = issued->documents,
		.document_count = issued->count,
	};

	if (step->cites_items)
		cite_items(desk, &response);
	fill(answer, desk->arena, desk->profile, desk->request->envelope, step->name, &response);
}

static bool send_another(const struct desk *desk, const struct step *step, gateway_time moment,
			 const struct issued *issued, struct answer *answer, struct failure *why)
{
	struct content content = {
		.step = step->name,
		.id = id_of(desk->arena, desk->profile, desk->request->envelope, step->name),
		.kind = step->send,
		.moment = moment,
	};
	const struct sending sending = { step, content.id, moment, issued };

	if (!compose(desk, &sending, &content.payload, &content.length, why))
		return false;
	cover(answer, desk->profile, desk->request->envelope, &content);
	return true;
}

/* ---- all of them ---------------------------------------------------------------------- */

/* A step that is left out takes no time either. */
static bool take_step(struct desk *desk, const struct step *step, gateway_time *moment,
		      struct answers *out, struct failure *why)
{
	struct answer *answer = &out->rows[out->count];
	struct issued issued;
	bool due;

	if (!desk_holds(desk, step->when, facts_root(desk->request->facts), &due, why))
		return failure_at(why, "%s: step %s", desk->profile->file, step->name);
	if (!due)
		return true;
	*moment = moment_after(desk, step, *moment);
	if (!issue_documents(desk, step, *moment, &issued, why))
		return false;
	out->count++;
	if (step->send != NULL)
		return send_another(desk, step, *moment, &issued, answer, why);
	answer_with(desk, step, *moment, &issued, answer);
	return true;
}

static void begin(struct answers *out, const struct desk *desk, size_t steps)
{
	out->decision = NULL;
	out->rows = arena_alloc(desk->arena, (steps + 1) * sizeof *out->rows);
	out->count = 1;
	acknowledge(desk, &out->rows[0]);
}

static bool take_steps(struct answers *out, struct desk *desk, const struct decision *decision,
		       struct failure *why)
{
	gateway_time moment = desk->request->envelope->created + desk->wait;

	begin(out, desk, decision->step_count);
	out->decision = decision->id;
	for (size_t i = 0; i < decision->step_count; i++)
		if (!take_step(desk, &decision->steps[i], &moment, out, why))
			return false;
	return true;
}

bool decide_as(struct answers *out, struct arena *arena, const struct profile *profile,
	       const char *seed, const struct request *request, const struct decision *decision,
	       struct failure *why)
{
	struct desk desk = desk_for(profile, seed, request, arena);

	return take_steps(out, &desk, decision, why);
}

bool decide(struct answers *out, struct arena *arena, const struct profile *profile,
	    const char *seed, const struct request *request, struct failure *why)
{
	struct desk desk = desk_for(profile, seed, request, arena);
	const struct decision *decision;

	if (!profile_answers(profile, request->envelope->kind)) {
		begin(out, &desk, 0);
		return true;
	}
	decision = choose(&desk, why);
	return decision != NULL && terms_find(&desk, why) && take_steps(out, &desk, decision, why);
}

void decide_refuse(struct answers *out, struct arena *arena, const struct profile *profile,
		   const struct envelope *envelope, const struct failure *because)
{
	char line[sizeof because->place + sizeof because->code + sizeof because->text + 8];
	const char *step;
	struct response response = {
		.kind = RECEIPT_KIND,
		.result = "RE",
		.message = envelope->id,
		.issued = envelope->created,
		.code = because->code,
		.text = because->text,
	};

	/* Trust may be found wanting today and whole tomorrow: each reason is a message of its
	 * own, so that none of them is taken for a changed copy of another. */
	step = arena_printf(arena, "refused %s", failure_line(because, line, sizeof line));
	out->decision = NULL;
	out->count = 1;
	out->rows = arena_alloc(arena, sizeof *out->rows);
	fill(&out->rows[0], arena, profile, envelope, step, &response);
}
