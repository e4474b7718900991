/* Messages of other kinds that a step sends, made by its style sheet; see desk.h. */
#include <string.h>

#include "core/text.h"

#include "desk.h"
#include "transform.h"

#define FACT_PREFIX "fact-"

/* ---- parameters of the sheet -------------------------------------------------------------- */

struct parameters {
	struct transform_parameter *rows;
	size_t count;
};

static void set(struct parameters *parameters, const char *name, const char *value)
{
	parameters->rows[parameters->count].name = name;
	parameters->rows[parameters->count++].value = value != NULL ? value : "";
}

static bool is_fact(xmlNodePtr node)
{
	return node->type == XML_ELEMENT_NODE && xmlFirstElementChild(node) == NULL;
}

/* The first of those with one name, as facts_get() has it. */
static void set_facts(struct parameters *parameters, const struct desk *desk)
{
	const struct facts *facts = desk->request->facts;
	size_t own = parameters->count;

	for (xmlNodePtr node = facts_root(facts)->children; node != NULL; node = node->next) {
		const char *name;
		size_t at = own;

		if (!is_fact(node))
			continue;
		name = arena_printf(desk->arena, FACT_PREFIX "%s", (const char *)node->name);
		while (at < parameters->count && strcmp(parameters->rows[at].name, name) != 0)
			at++;
		if (at == parameters->count)
			set(parameters, name, node_text(desk->arena, node));
	}
}

/* Six digits; like a document's number they are the declarant's own. */
static const char *six_digits(const struct desk *desk, const struct step *step)
{
	double draw = keyed_draw(desk->seed, desk->profile->party, "message", desk->reference,
				 desk->version, desk->declarant, step->name, NULL);

	return arena_printf(desk->arena, "%06d", (int)(draw * 1e6));
}

static const char *time_of(const struct desk *desk, gateway_time moment)
{
	char time[TIME_TEXT_SIZE];

	return moment != 0 ? arena_string(desk->arena, time_text(moment, time)) : "";
}

static const char *day_of(const struct desk *desk, gateway_time moment)
{
	char date[TIME_TEXT_SIZE];

	return arena_string(desk->arena, date_text(moment, date));
}

static struct parameters parameters_for(const struct desk *desk, const struct sending *sending)
{
	static const struct response_document none;
	const struct response_document *document =
		sending->issued->count > 0 ? sending->issued->documents : &none;
	struct parameters parameters = {
		.rows = arena_alloc(desk->arena,
				    (16 + xmlChildElementCount(facts_root(desk->request->facts))) *
					    sizeof *parameters.rows),
	};

	set(&parameters, "id", sending->id);
	set(&parameters, "request", desk->request->envelope->id);
	set(&parameters, "party", desk->profile->party);
	set(&parameters, "moment", time_of(desk, sending->moment));
	set(&parameters, "date", day_of(desk, sending->moment));
	set(&parameters, "reference", facts_get(desk->request->facts, "reference"));
	set(&parameters, "document", document->id);
	set(&parameters, "until", time_of(desk, document->until));
	set(&parameters, "draw", six_digits(desk, sending->step));
	set_facts(&parameters, desk);
	return parameters;
}

/* ---- what came out of it ------------------------------------------------------------------ */

static bool nonsense(const struct desk *desk, const struct sending *sending, struct failure *why,
		     const char *code, const char *text)
{
	fault(why, "ADP-012", "step %s was to make a message of the kind %s: %s: %s",
	      sending->step->name, sending->step->send, code, text);
	return failure_at(why, "%s", desk->profile->file);
}

static bool is_valid(const struct desk *desk, const struct sending *sending,
		     const struct kind *kind, const struct document *document, struct failure *why)
{
	struct findings findings;

	findings_start(&findings, desk->arena);
	if (!kind_validate(kind, document, &findings, why))
		return false;
	return findings.errors == 0 ||
	       nonsense(desk, sending, why, findings.first->code, findings.first->text);
}

/* Nothing is sent that the gateway would have to refuse for its form. */
static bool is_sound(const struct desk *desk, const struct sending *sending,
		     const struct document *document, struct failure *why)
{
	const struct kind *kind;
	struct failure unknown;

	if (!kinds_recognise(desk->profile->kinds, document, &kind, &unknown))
		return nonsense(desk, sending, why, unknown.code, unknown.text);
	if (strcmp(kind_id(kind), sending->step->send) != 0)
		return nonsense(desk, sending, why, "it is a", kind_id(kind));
	return is_valid(desk, sending, kind, document, why);
}

static bool look_at(const struct desk *desk, const struct sending *sending, const char *payload,
		    size_t length, struct failure *why)
{
	struct document *document;
	struct failure broken;
	bool sound;

	if (!document_parse(&document, "output", payload, length, &document_limits_message,
			    &broken))
		return nonsense(desk, sending, why, broken.code, broken.text);
	sound = is_sound(desk, sending, document, why);
	document_free(document);
	return sound;
}

bool compose(const struct desk *desk, const struct sending *sending, const char **payload,
	     size_t *length, struct failure *why)
{
	struct parameters parameters = parameters_for(desk, sending);
	struct text made = TEXT_EMPTY;

	if (!transform_run(&made, sending->step->transform, desk->request->payload, parameters.rows,
			   parameters.count, why))
		return false;
	*payload = arena_copy(desk->arena, made.bytes != NULL ? made.bytes : "", made.length);
	*length = made.length;
	text_free(&made);
	return look_at(desk, sending, *payload, *length, why);
}
