#include "decide.h"

#include <stdlib.h>
#include <string.h>

#include "core/findings.h"
#include "core/response.h"
#include "core/text.h"

#define RECEIPT_KIND	 "ACK"
#define RECEIPT_STEP	 "receipt"
#define DOCUMENT_ID_SIZE 35 /* an..35, as the messages' grammars have it */

/* One request on the table of one party, and what every answer to it needs. */
struct desk {
	const struct profile *profile;
	const char *seed;
	const struct request *request;
	struct arena *arena;
	const char *reference, *version, *declarant; /* keys of the draws */
};

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

/* No question: it holds. */
static bool holds(const struct desk *desk, const struct question *question, xmlNodePtr node,
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
	if (!holds(desk, decision->when, facts_root(desk->request->facts), answer, why))
		return false;
	if (!*answer)
		return true;
	return holds(desk, decision->payload, document_root(desk->request->payload), answer, why);
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

	if (step->after_most > step->after_least)
		draw = keyed_draw(desk->seed, desk->profile->party, "time", desk->reference,
				  desk->version, step->name, NULL);
	return before + step->after_least +
	       (int64_t)(draw * (double)(step->after_most - step->after_least + 1));
}

/* A reference is its declarant's own: two of them may use the same, and still no agency gives
 * two permits one number. */
static const char *serial_number(const struct desk *desk, const struct step *step,
				 const struct issue *issue)
{
	double draw = keyed_draw(desk->seed, desk->profile->party, "document", desk->reference,
				 desk->version, desk->declarant, step->name, issue->type,
				 issue->number, NULL);

	return arena_printf(desk->arena, "%012lld", (long long)(draw * 1e12));
}

static const char *year_of(const struct desk *desk, gateway_time moment)
{
	char date[TIME_TEXT_SIZE];

	return arena_printf(desk->arena, "%.4s", date_text(moment, date));
}

/* "TY-{year}-{draw}" with its places filled. */
static const char *document_number(const struct desk *desk, const struct step *step,
				   const struct issue *issue, gateway_time moment)
{
	const char *const values[PLACES] = {
		[PLACE_REFERENCE] = desk->reference,
		[PLACE_YEAR] = year_of(desk, moment),
		[PLACE_DRAW] = serial_number(desk, step, issue),
	};
	struct text number = TEXT_EMPTY;
	const char *copy;
	size_t length;

	for (const char *at = issue->number; *at != '\0'; at += length) {
		enum place place = place_at(at, &length);

		if (place == PLACES)
			text_add_bytes(&number, at, length = 1);
		else
			text_add(&number, values[place]);
	}
	copy = arena_copy(desk->arena, number.bytes, number.length);
	text_free(&number);
	return copy;
}

static bool too_long(const struct desk *desk, const struct step *step, const char *number,
		     struct failure *why)
{
	fault(why, "ADP-004", "step %s: document number '%.80s' has more than %d characters",
	      step->name, number, DOCUMENT_ID_SIZE);
	return failure_at(why, "%s", desk->profile->file);
}

static bool issue_documents(const struct desk *desk, const struct step *step, gateway_time moment,
			    struct response *response, struct failure *why)
{
	struct response_document *documents =
		arena_alloc(desk->arena, (step->issue_count + 1) * sizeof *documents);
	bool due;

	response->documents = documents;
	for (size_t i = 0; i < step->issue_count; i++) {
		const struct issue *issue = &step->issues[i];
		struct response_document *document = &documents[response->document_count];

		if (!holds(desk, issue->when, facts_root(desk->request->facts), &due, why))
			return failure_at(why, "%s: step %s", desk->profile->file, step->name);
		if (!due)
			continue;
		document->type = issue->type;
		document->id = document_number(desk, step, issue, moment);
		document->from = moment;
		document->until = issue->valid > 0 ? moment + issue->valid : 0;
		if (strlen(document->id) > DOCUMENT_ID_SIZE)
			return too_long(desk, step, document->id, why);
		response->document_count++;
	}
	return true;
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

/* Written from the request's envelope alone: an answer repeated a day later must be the same
 * message. */
static void fill(struct answer *answer, struct arena *arena, const struct profile *profile,
		 const struct envelope *request, const char *step, const struct response *response)
{
	char id[UUID_SIZE];
	struct text payload = TEXT_EMPTY;

	response_write(&payload, response);
	uuid_derive(id, request->id, profile->party, step);
	*answer = (struct answer){
		.step = step,
		.payload = arena_copy(arena, payload.bytes, payload.length),
		.envelope = {
			.id = arena_string(arena, id),
			.conversation = request->conversation,
			.ref = request->id,
			.from = profile->party,
			.to = request->from,
			.kind = response->kind,
			.environment = request->environment,
			.created = request->created,
			.expires = request->expires,
			.effective = response->issued > request->created ? response->issued : 0,
			.run = request->run,
			.origin = request->origin,
			.payload_type = "application/xml",
			.payload_size = payload.length,
		},
	};
	text_free(&payload);
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

static bool take_step(const struct desk *desk, const struct step *step, gateway_time moment,
		      struct answer *answer, struct failure *why)
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
	};

	if (step->cites_items)
		cite_items(desk, &response);
	if (!issue_documents(desk, step, moment, &response, why))
		return false;
	fill(answer, desk->arena, desk->profile, desk->request->envelope, step->name, &response);
	return true;
}

bool decide(struct answers *out, struct arena *arena, const struct profile *profile,
	    const char *seed, const struct request *request, struct failure *why)
{
	struct desk desk = desk_for(profile, seed, request, arena);
	gateway_time moment = request->envelope->created;
	const struct decision *decision = choose(&desk, why);

	if (decision == NULL)
		return false;
	out->decision = decision->id;
	out->count = decision->step_count + 1;
	out->rows = arena_alloc(arena, out->count * sizeof *out->rows);
	acknowledge(&desk, &out->rows[0]);
	for (size_t i = 0; i < decision->step_count; i++) {
		const struct step *step = &decision->steps[i];

		moment = moment_after(&desk, step, moment);
		if (!take_step(&desk, step, moment, &out->rows[i + 1], why))
			return false;
	}
	return true;
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
