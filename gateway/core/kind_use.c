/* What a kind says of a message: which it is, whether it is right, and its facts. */
#include <string.h>

#include "core/kind_parts.h"
#include "core/nearest.h"
#include "core/text.h"

/* ---- looking -------------------------------------------------------------------------- */

size_t kinds_count(const struct kinds *kinds)
{
	return kinds->count;
}

const struct kind *kinds_at(const struct kinds *kinds, size_t index)
{
	return kinds->list[index];
}

const char *kinds_left_out(const struct kinds *kinds)
{
	return kinds->left_out;
}

const struct codes *kinds_codes(const struct kinds *kinds)
{
	return kinds->codes;
}

const struct rollout *kinds_rollout(const struct kinds *kinds)
{
	return kinds->rollout;
}

const struct procedures *kinds_procedures(const struct kinds *kinds)
{
	return kinds->procedures;
}

const struct rules_world *kinds_world(const struct kinds *kinds)
{
	return &kinds->world;
}

const struct kind *kinds_named(const struct kinds *kinds, const char *id)
{
	const struct kind *newest = NULL;

	for (size_t i = 0; i < kinds->count; i++) {
		const struct kind *kind = kinds->list[i];

		if (strcmp(kind->id, id) == 0 &&
		    (newest == NULL || strverscmp(kind->version, newest->version) > 0))
			newest = kind;
	}
	return newest;
}

const char *kind_id(const struct kind *kind)
{
	return kind->id;
}

const char *kind_version(const struct kind *kind)
{
	return kind->version;
}

const char *kind_namespace(const struct kind *kind)
{
	return kind->identifications->namespace;
}

const char *kind_title(const struct kind *kind, bool vietnamese)
{
	return vietnamese && kind->title_vi != NULL ? kind->title_vi : kind->title;
}

const char *kind_folder(const struct kind *kind)
{
	return kind->folder;
}

const char *kind_life(const struct kind *kind)
{
	return kind->life;
}

enum kind_role kind_role(const struct kind *kind)
{
	return kind->role;
}

enum own_signature kind_own_signature(const struct kind *kind)
{
	return kind->own_signature;
}

bool kind_from(const struct kind *kind, const char *party_role)
{
	for (const char *const *from = kind->from; *from != NULL; from++)
		if (strcmp(*from, "any") == 0 || strcmp(*from, party_role) == 0)
			return true;
	return false;
}

const char *kind_event(const struct kind *kind, const struct facts *facts)
{
	static const char *const only[] = {
		[KIND_APPLICATION] = "lodge", [KIND_DECISION] = "decision", [KIND_RECEIPT] = NULL
	};
	const char *value;

	if (kind->event_fact == NULL)
		return only[kind->role];
	value = facts_get(facts, kind->event_fact);
	for (const struct event *at = kind->events; value != NULL && at != NULL; at = at->next)
		if (strcmp(at->value, value) == 0)
			return at->name;
	return NULL;
}

/* ---- recognising ---------------------------------------------------------------------- */

struct root {
	const char *name, *namespace;
};

static struct root root_of(const struct document *document)
{
	xmlNodePtr node = document_root(document);

	return (struct root){ (const char *)node->name,
			      node->ns != NULL ? (const char *)node->ns->href : "" };
}

static bool names(const struct identification *identification, const struct root *root)
{
	return strcmp(identification->root, root->name) == 0 &&
	       strcmp(identification->namespace, root->namespace) == 0;
}

static bool holds(const struct kind *kind, const struct identification *identification,
		  const struct document *document, bool *answer, struct failure *why)
{
	xmlDocPtr tree = document_tree(document);
	struct evaluation *evaluation;
	bool done;

	*answer = true;
	if (identification->when == NULL)
		return true;
	evaluation = evaluation_begin(kind->set, tree, 0);
	evaluation_for(evaluation, "identify/@when");
	done = evaluate_boolean(evaluation, identification->when_holds, (xmlNodePtr)tree, answer,
				why);
	evaluation_end(evaluation);
	return done;
}

/* Those with a condition are asked first: a kind without one takes what is left. */
static bool find(const struct kinds *kinds, const struct document *document, bool conditional,
		 const struct kind **found, struct failure *why)
{
	struct root root = root_of(document);
	bool answer;

	*found = NULL;
	for (size_t i = 0; i < kinds->count; i++)
		for (const struct identification *at = kinds->list[i]->identifications; at != NULL;
		     at = at->next) {
			if ((at->when != NULL) != conditional || !names(at, &root))
				continue;
			if (!holds(kinds->list[i], at, document, &answer, why))
				return false;
			if (answer) {
				*found = kinds->list[i];
				return true;
			}
		}
	return true;
}

/* How near an identification is to a root that nobody knows; the lower the nearer. */
enum likeness { SAME_NAMES, SAME_NAMESPACE, SAME_ROOT, NEAR_ROOT, UNLIKE };

static enum likeness likeness(const struct identification *identification, const struct root *root)
{
	struct nearest nearest = nearest_to(root->name);

	if (names(identification, root))
		return SAME_NAMES;
	if (strcmp(identification->namespace, root->namespace) == 0)
		return SAME_NAMESPACE;
	if (strcmp(identification->root, root->name) == 0)
		return SAME_ROOT;
	nearest_offer(&nearest, identification->root);
	return nearest.word != NULL ? NEAR_ROOT : UNLIKE;
}

/* Of several kinds with the same root, the one whose namespace is nearest. */
static bool nearer(const struct identification *a, const struct identification *b,
		   const struct root *root)
{
	struct nearest nearest = nearest_to(root->namespace);

	if (likeness(a, root) != likeness(b, root))
		return likeness(a, root) < likeness(b, root);
	nearest_offer(&nearest, b->namespace);
	nearest_offer(&nearest, a->namespace);
	return nearest.word == a->namespace;
}

static void add_known(struct text *text, const struct kinds *kinds)
{
	text_add(text, "; known are");
	for (size_t i = 0; i < kinds->count; i++)
		text_printf(text, "%s %s", i > 0 ? "," : "", kinds->list[i]->id);
}

static void add_nearest(struct text *text, const struct kind *kind, const struct identification *at,
			const struct root *root)
{
	switch (likeness(at, root)) {
	case SAME_NAMES:
		text_printf(text, "; %s is, where %s", kind->id, at->when);
		break;
	case SAME_NAMESPACE:
		text_printf(text, "; the namespace is that of %s, whose root is '%s'", kind->id,
			    at->root);
		break;
	default:
		text_printf(text, "; the nearest is %s: '%s' in the namespace '%s'", kind->id,
			    at->root, at->namespace);
	}
}

static bool nobody_knows(const struct kinds *kinds, const struct document *document,
			 struct failure *why)
{
	struct root root = root_of(document);
	const struct identification *best = NULL;
	const struct kind *whose = NULL;
	struct text text = TEXT_EMPTY;

	for (size_t i = 0; i < kinds->count; i++)
		for (const struct identification *at = kinds->list[i]->identifications; at != NULL;
		     at = at->next)
			if (best == NULL || nearer(at, best, &root)) {
				best = at;
				whose = kinds->list[i];
			}
	text_printf(&text, "no kind of document is '%.60s' in the namespace '%.120s'", root.name,
		    root.namespace);
	if (best != NULL && likeness(best, &root) != UNLIKE)
		add_nearest(&text, whose, best, &root);
	else
		add_known(&text, kinds);
	reject(why, "KND-001", "%s", text.bytes);
	text_free(&text);
	return failure_at(why, "%s:%d", document_name(document),
			  node_line(document_root(document)));
}

bool kinds_recognise(const struct kinds *kinds, const struct document *document,
		     const struct kind **kind, struct failure *why)
{
	if (!find(kinds, document, true, kind, why))
		return false;
	if (*kind == NULL && !find(kinds, document, false, kind, why))
		return false;
	return *kind != NULL || nobody_knows(kinds, document, why);
}

/* ---- checking ------------------------------------------------------------------------- */

bool kind_validate(const struct kind *kind, const struct document *document,
		   struct findings *findings, struct failure *why)
{
	return schema_validate(kind->schema, document, findings, why);
}

static bool check(const struct rule_file *file, xmlDocPtr tree, gateway_time at,
		  struct findings *findings, struct failure *why)
{
	for (; file != NULL; file = file->next)
		if (!rules_run(file->rules, tree, at, findings, why))
			return false;
	return true;
}

bool kind_check(const struct kind *kind, const struct document *document, gateway_time at,
		struct findings *findings, struct failure *why)
{
	return check(kind->message_rules, document_tree(document), at, findings, why);
}

bool kind_check_journal(const struct kind *kind, xmlDocPtr journal_facts, gateway_time at,
			struct findings *findings, struct failure *why)
{
	return check(kind->journal_rules, journal_facts, at, findings, why);
}

bool kind_question_compile(const struct kind *kind, struct question **out, const char *xpath,
			   const char *place, struct failure *why)
{
	return question_compile(out, xpath, &kind->world, place, why);
}
