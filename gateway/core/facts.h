/*
 * facts - what the engine needs to know of a message, as a small XML tree.
 *
 * kind.xml says by XPath where each fact stands in the payload; the result has no
 * namespaces and one shape for all kinds, so that guards, the control table and the
 * adapters' decision tables are plain XPath over it:
 *
 *	<facts kind="DEC-IMP" version="1">
 *	  <function>9</function> <reference>…</reference> <declarant>…</declarant>
 *	  <office>…</office>
 *	  <item> <hs>03061721</hs> <origin>TH</origin> <amount currency="USD">…</amount> </item>
 *	</facts>
 *
 * Names the engine itself reads (every kind may add its own): function, reference,
 * declarant, document (the gateway-issued number the message names), version, office,
 * status, result, item/hs, item/origin.
 *
 * Facts belong to the arena they were made in and to its thread.
 */
#ifndef NSW_FACTS_H
#define NSW_FACTS_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/failure.h"
#include "core/text.h"

struct facts;

/* An empty <facts kind= version=/>; freed with the arena. */
struct facts *facts_new(struct arena *arena, const char *kind, const char *version);
/* From their written form; FAULT FCT-001 when that is broken (it was ours). */
MUST_CHECK bool facts_read(struct facts **out, struct arena *arena, const char *bytes,
			   size_t length, struct failure *why);
void facts_write(struct text *out, const struct facts *facts);

xmlDocPtr facts_tree(const struct facts *facts);
xmlNodePtr facts_root(const struct facts *facts);
const char *facts_kind(const struct facts *facts);
/* First value of a name at the top level; NULL when absent. Borrowed. */
const char *facts_get(const struct facts *facts, const char *name);
xmlNodePtr facts_add(struct facts *facts, xmlNodePtr parent, const char *name,
		     const char *value); /* parent NULL: the root */

/* A compiled XPath over facts (or any tree), for guards and decision tables. Compiled once,
 * evaluated by any thread. The functions of rules.h are available, `ns` as there. */
struct question;
struct rules_world; /* rules.h */
/* FAULT RUL-903 (place as given) when it does not compile. */
MUST_CHECK bool question_compile(struct question **out, const char *xpath,
				 const struct rules_world *world, const char *place,
				 struct failure *why);
void question_free(struct question *question);
/* Evaluate at `node`. FAULT RUL-901 when it exceeds the operation limit or cannot be. */
MUST_CHECK bool question_ask(const struct question *question, xmlNodePtr node, gateway_time at,
			     bool *answer, struct failure *why);
MUST_CHECK bool question_string(const struct question *question, xmlNodePtr node, gateway_time at,
				struct arena *arena, const char **answer, struct failure *why);
/* The nodes found, in the arena; none when the answer is no set of nodes. */
MUST_CHECK bool question_nodes(const struct question *question, xmlNodePtr node, gateway_time at,
			       struct arena *arena, xmlNodePtr **nodes, size_t *count,
			       struct failure *why);

#endif
