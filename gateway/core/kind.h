/*
 * kind - a kind of document, known by data alone.
 *
 * A folder with a kind.xml says what identifies the kind, its schema, its rules, its life
 * cycle, its facts and who may send it; schemas/README.md has the grammar. All folders are
 * compiled once at start; a broken one is refused with FILE:LINE and nothing is loaded.
 * Several versions of a kind live side by side: same id, other namespace; the message
 * chooses.
 *
 * The schema of a foreign kind may stand elsewhere: `schema/@file` is looked for in the
 * kind's own folder, then in each folder of the list. A kind marked `schema/@external="yes"`
 * whose schema is not found is left out, and said so by kinds_left_out().
 *
 * Compiled kinds are read-only and shared by all threads.
 */
#ifndef NSW_KIND_H
#define NSW_KIND_H

#include "core/clock.h"
#include "core/codes.h"
#include "core/document.h"
#include "core/facts.h"
#include "core/failure.h"
#include "core/findings.h"
#include "core/rules.h"

struct kinds;
struct kind;

/* What a message of this kind is to the engine. */
enum kind_role {
	KIND_APPLICATION, /* a trader asks for something: opens or continues a case */
	KIND_DECISION,	  /* an agency answers a delivery */
	KIND_RECEIPT	  /* technical: I have got it */
};

enum own_signature { OWN_SIGNATURE_FORBIDDEN, OWN_SIGNATURE_ALLOWED, OWN_SIGNATURE_REQUIRED };

/*
 * Each folder may itself hold a kind.xml, or folders that do; `codes/` below any of them
 * holds code lists, and procedures.xml and rollout.xml in it are the register and the calendar
 * (of all folders joined). FAULT KND-901 kind.xml broken (place FILE:LINE), KND-902 the same
 * identification twice, KND-903 schema missing or broken, KND-904 unbounded or hostile
 * schema, KND-905 it names a kind or a key that there is not; RUL-…, COD-…, PRC-…, ROL-….
 */
MUST_CHECK bool kinds_load(struct kinds **out, const char *const folders[], size_t count,
			   struct failure *why);
/* With another calendar (rollout.h) than the rollout.xml of the folders: "none" (everybody is
 * LIVE, always), or the path of a file, which counts alone; "" is kinds_load(). */
MUST_CHECK bool kinds_load_with(struct kinds **out, const char *const folders[], size_t count,
				const char *calendar, struct failure *why);
/* Whoever loads the same folders with the same calendar from now on gets these, also in a forked
 * process: they are read once for all. One at a time; before any thread; until the last
 * kinds_free(). */
void kinds_keep(struct kinds *kinds);
void kinds_free(struct kinds *kinds); /* NULL is fine */

size_t kinds_count(const struct kinds *kinds);
const struct kind *kinds_at(const struct kinds *kinds, size_t index);
/* Ids of external kinds that were left out, and what was missing; "" when none. */
const char *kinds_left_out(const struct kinds *kinds);
const struct codes *kinds_codes(const struct kinds *kinds);
const struct rollout *kinds_rollout(const struct kinds *kinds);
const struct procedures *kinds_procedures(const struct kinds *kinds);
/* For questions over facts (guards, control table, decision tables). */
const struct rules_world *kinds_world(const struct kinds *kinds);

/* By root element and namespace, then by identify/@when, which knows no date. REJECT KND-001
 * nobody knows it (the text names what was found and the nearest kind); FAULT RUL-901. */
MUST_CHECK bool kinds_recognise(const struct kinds *kinds, const struct document *document,
				const struct kind **kind, struct failure *why);
/* The newest version with that id; NULL. */
const struct kind *kinds_named(const struct kinds *kinds, const char *id);

const char *kind_id(const struct kind *kind);
const char *kind_version(const struct kind *kind);
const char *kind_namespace(const struct kind *kind);
const char *kind_title(const struct kind *kind, bool vietnamese);
const char *kind_folder(const struct kind *kind);
const char *kind_life(const struct kind *kind); /* path of life.xml; NULL: the generic one */
enum kind_role kind_role(const struct kind *kind);
enum own_signature kind_own_signature(const struct kind *kind);
/* May a party of that role ("trader", "agency", "customs", "bank", "peer") send it? */
bool kind_from(const struct kind *kind, const char *party_role);
/* The event that a message with these facts is to a life cycle ("lodge", "amend"...); NULL
 * when the function code is not one of the kind's. A kind without <events> is one event: an
 * application lodges, a decision is "decision", a receipt none (NULL). */
const char *kind_event(const struct kind *kind, const struct facts *facts);

/* The XSD. Adds XSD-… findings (every one, with line, path, the expected elements in words);
 * false only on FAULT XSD-901. */
MUST_CHECK bool kind_validate(const struct kind *kind, const struct document *document,
			      struct findings *findings, struct failure *why);
/* The rules over the message alone. */
MUST_CHECK bool kind_check(const struct kind *kind, const struct document *document,
			   gateway_time at, struct findings *findings, struct failure *why);
/* The rules over the facts of the message and of what it refers to (see journal facts in
 * schemas/README.md). */
MUST_CHECK bool kind_check_journal(const struct kind *kind, xmlDocPtr journal_facts,
				   gateway_time at, struct findings *findings, struct failure *why);
/* Values are one line each: white space in them is one space. FAULT RUL-901. REJECT FCT-002 when a
 * fact marked required is empty. */
MUST_CHECK bool kind_facts(const struct kind *kind, const struct document *document,
			   gateway_time at, struct arena *arena, struct facts **out,
			   struct failure *why);

/* ---- how its messages hang together with the cases of others ------------------------------ */

/* The message is an event in a case found by the words that `fact` gives, under that key. */
struct kind_concern {
	const char *const *kinds; /* of the case; "*": any */
	const char *key;
	struct question *fact;
};
/* Under these words others find the case that the message opens, amends or decides. */
struct kind_key {
	const char *name;
	struct question *fact;
};
/* What the message refers to, one a node; it may use up a quantity of it. */
struct kind_reference {
	const char *what;
	const char *const *kinds;
	const char *key;
	struct question *fact, *quantity, *unit; /* the last two from each node; NULL: none */
	const char *match;   /* a fact of what is found must be... NULL: any will do */
	struct question *to; /* ...this, from the node */
};
/* All questions are over facts, from the root. The arrays are the kind's. */
size_t kind_concerns(const struct kind *kind, const struct kind_concern **out);
size_t kind_keys(const struct kind *kind, const struct kind_key **out);
size_t kind_references(const struct kind *kind, const struct kind_reference **out);
bool kind_listed(const char *const *kinds, const char *id); /* or "*" is */

/* A namespace prefix map of the kind for XPath over its payloads: kind_question_compile. */
MUST_CHECK bool kind_question_compile(const struct kind *kind, struct question **out,
				      const char *xpath, const char *place, struct failure *why);

#endif
