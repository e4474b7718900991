#include "journal/links.h"

#include <string.h>

#include "core/decimal.h"
#include "journal/moving.h"

/* Values of a question's nodes, trimmed, in the arena; empty ones left out. */
struct words {
	const char **word;
	xmlNodePtr *node;
	size_t count;
};

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool said_before(const struct words *words, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (same(words->word[i], words->word[index]))
			return true;
	return false;
}

static bool ask_words(struct conduct *conduct, const struct question *question,
		      const struct facts *facts, gateway_time at, struct words *out,
		      struct failure *why)
{
	size_t count;

	*out = (struct words){ 0 };
	if (!question_nodes(question, facts_root(facts), at, conduct->arena, &out->node, &count,
			    why))
		return false;
	out->word = arena_alloc(conduct->arena, count * sizeof *out->word + 1);
	for (size_t i = 0; i < count; i++) {
		const char *word = node_text(conduct->arena, out->node[i]);

		if (*word == '\0')
			continue;
		out->node[out->count] = out->node[i];
		out->word[out->count++] = word;
	}
	return true;
}

/* ---- keys ---------------------------------------------------------------------------------- */

static bool keep_key(struct conduct *conduct, const struct kind_key *key, const struct facts *facts,
		     const char *case_id, bool answer, gateway_time at, struct failure *why)
{
	struct words words;

	if (!ask_words(conduct, key->fact, facts, at, &words, why))
		return false;
	for (size_t i = 0; i < words.count; i++)
		if (!said_before(&words, i) &&
		    !journal_append(conduct->journal, at, why, "key", "case", case_id, "kind",
				    facts_kind(facts), "name", key->name, "value", words.word[i],
				    "source", answer ? "answer" : "document", NULL))
			return false;
	return true;
}

bool links_keep_keys(struct conduct *conduct, const struct kind *kind, const struct facts *facts,
		     const char *case_id, bool answer, gateway_time at, struct failure *why)
{
	const struct kind_key *keys;
	size_t count = kind_keys(kind, &keys);

	if (count != 0 && !answer &&
	    !journal_append(conduct->journal, at, why, "keys-dropped", "case", case_id, NULL))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!keep_key(conduct, &keys[i], facts, case_id, answer, at, why))
			return false;
	return true;
}

/* ---- looking up ---------------------------------------------------------------------------- */

static bool own_by_reference(struct conduct *conduct, const char *const *kinds, const char *sender,
			     const char *word, struct journal_case *out)
{
	for (size_t i = 0; i < kinds_count(conduct->kinds); i++) {
		const char *kind = kind_id(kinds_at(conduct->kinds, i));

		if (kind_listed(kinds, kind) &&
		    journal_case_by_reference(conduct->journal, conduct->arena, sender, kind, word,
					      out))
			return true;
	}
	return false;
}

/* The cases that are found under the word, newest first. */
static size_t look_up(struct conduct *conduct, const char *const *kinds, const char *key,
		      const char *sender, const char *word, struct journal_case **out)
{
	struct journal_case *all;
	size_t count, kept = 0;

	if (same(key, "number") || same(key, "reference")) {
		*out = arena_alloc(conduct->arena, sizeof **out);
		if (same(key, "reference"))
			return own_by_reference(conduct, kinds, sender, word, *out);
		return journal_case_by_number(conduct->journal, conduct->arena, sender, word,
					      *out) &&
		       kind_listed(kinds, (*out)->kind);
	}
	count = journal_cases_by_key(conduct->journal, conduct->arena, key, word, &all);
	*out = arena_alloc(conduct->arena, count * sizeof **out + 1);
	while (count-- > 0)
		if (kind_listed(kinds, all[count].kind))
			(*out)[kept++] = all[count];
	return kept;
}

static bool ask_of(struct conduct *conduct, const struct question *question, xmlNodePtr node,
		   gateway_time at, const char **out, struct failure *why)
{
	*out = NULL;
	if (question == NULL)
		return true;
	if (!question_string(question, node, at, conduct->arena, out, why))
		return false;
	if (**out == '\0')
		*out = NULL;
	return true;
}

static const char *added(struct arena *arena, const char *a, const char *b)
{
	struct decimal sum, more;
	char text[DECIMAL_TEXT_SIZE];

	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	if (!decimal_parse(&sum, a) || !decimal_parse(&more, b) || !decimal_add(&sum, &sum, &more))
		return "NaN";
	return arena_string(arena, decimal_text(&sum, text));
}

/* Several items may use the same certificate: one thing found, and their quantities together. */
static struct link_found *found_already(struct link_found *found, size_t count, const char *what,
					const char *value)
{
	for (size_t i = 0; i < count; i++)
		if (same(found[i].what, what) && same(found[i].value, value))
			return &found[i];
	return NULL;
}

static bool is_alive(struct conduct *conduct, const struct journal_case *case_)
{
	const struct kind *kind = kinds_named(conduct->kinds, case_->kind);

	return kind != NULL && !life_frees(life_of(conduct->lives, kind), case_->state);
}

/* Two issuers may have given the same number: what is meant must fit besides. */
static bool fits(struct conduct *conduct, const struct kind_reference *reference, const char *to,
		 const struct journal_case *case_, bool *answer, struct failure *why)
{
	struct move there = { .case_ = *case_ };
	const char *value;

	*answer = true;
	if (reference->match == NULL)
		return true;
	if (!moving_document(conduct, &there, why))
		return false;
	value = facts_get(there.facts, reference->match);
	*answer = value != NULL && to != NULL && same(value, to);
	return true;
}

/* The newest that fits; what was cancelled or refused hides nothing that stands. NULL: none. */
static bool choose(struct conduct *conduct, const struct kind_reference *reference, const char *to,
		   const struct journal_case *cases, size_t count, const struct journal_case **out,
		   struct failure *why)
{
	*out = NULL;
	for (size_t i = 0; i < count; i++) {
		bool good;

		if (!fits(conduct, reference, to, &cases[i], &good, why))
			return false;
		if (good && is_alive(conduct, &cases[i])) {
			*out = &cases[i];
			return true;
		}
		if (good && *out == NULL)
			*out = &cases[i];
	}
	return true;
}

static bool find_one(struct conduct *conduct, const struct kind_reference *reference,
		     const char *word, xmlNodePtr node, const char *sender, gateway_time at,
		     struct link_found *out, size_t *count, struct failure *why)
{
	struct link_found *found = found_already(out, *count, reference->what, word);
	const struct journal_case *chosen;
	const char *quantity, *unit, *to;
	struct journal_case *cases;
	size_t known;

	if (!ask_of(conduct, reference->quantity, node, at, &quantity, why) ||
	    !ask_of(conduct, reference->unit, node, at, &unit, why) ||
	    !ask_of(conduct, reference->to, node, at, &to, why))
		return false;
	if (found != NULL) {
		found->quantity = added(conduct->arena, found->quantity, quantity);
		return true;
	}
	known = look_up(conduct, reference->kinds, reference->key, sender, word, &cases);
	if (!choose(conduct, reference, to, cases, known, &chosen, why))
		return false;
	if (chosen == NULL)
		return true;
	out[(*count)++] = (struct link_found){ .what = reference->what,
					       .value = word,
					       .quantity = quantity,
					       .unit = unit,
					       .case_ = *chosen };
	return true;
}

static bool find_reference(struct conduct *conduct, const struct kind_reference *reference,
			   const struct facts *facts, const char *sender, gateway_time at,
			   struct link_found *out, size_t *count, struct failure *why)
{
	size_t most = *count + LINKS_MOST;
	struct words words;

	if (!ask_words(conduct, reference->fact, facts, at, &words, why))
		return false;
	for (size_t i = 0; i < words.count && *count < most; i++)
		if (!find_one(conduct, reference, words.word[i], words.node[i], sender, at, out,
			      count, why))
			return false;
	return true;
}

bool links_find(struct conduct *conduct, const struct kind *kind, const struct facts *facts,
		const char *sender, gateway_time at, struct link_found **out, size_t *count,
		struct failure *why)
{
	const struct kind_reference *references;
	size_t all = kind_references(kind, &references);

	*count = 0;
	*out = arena_alloc(conduct->arena, all * LINKS_MOST * sizeof **out + 1);
	for (size_t i = 0; i < all; i++)
		if (!find_reference(conduct, &references[i], facts, sender, at, *out, count, why))
			return false;
	return true;
}

bool links_concerned(struct conduct *conduct, const struct kind *kind, const struct facts *facts,
		     const char *sender, gateway_time at, struct journal_case *out, bool *found,
		     struct failure *why)
{
	const struct kind_concern *concerns;
	size_t count = kind_concerns(kind, &concerns);

	*found = false;
	for (size_t i = 0; !*found && i < count; i++) {
		struct journal_case *cases;
		struct words words;
		size_t known = 0;

		if (!ask_words(conduct, concerns[i].fact, facts, at, &words, why))
			return false;
		if (words.count != 0)
			known = look_up(conduct, concerns[i].kinds, concerns[i].key, sender,
					words.word[0], &cases);
		for (size_t j = 0; !*found && j < known; j++) {
			*out = cases[j];
			*found = same(out->declarant, sender) ||
				 journal_shared_with(conduct->journal, out->id, sender);
		}
	}
	return true;
}

/* ---- uses ---------------------------------------------------------------------------------- */

bool links_free_uses(struct conduct *conduct, const char *case_id, gateway_time at,
		     struct failure *why)
{
	struct journal_use *uses;

	return journal_uses_by(conduct->journal, conduct->arena, case_id, &uses) == 0 ||
	       journal_append(conduct->journal, at, why, "freed", "case", case_id, NULL);
}

bool links_keep_uses(struct conduct *conduct, const char *case_id, const struct link_found *found,
		     size_t count, gateway_time at, struct failure *why)
{
	if (!links_free_uses(conduct, case_id, at, why))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!journal_append(conduct->journal, at, why, "use", "case", case_id, "what",
				    found[i].what, "target", found[i].case_.id, "value",
				    found[i].value, "quantity", found[i].quantity, "unit",
				    found[i].unit, NULL))
			return false;
	return true;
}

const char *links_used(struct conduct *conduct, const struct journal_case *target,
		       const char *value, const char *but)
{
	struct decimal sum = { 0 }, quantity;
	char text[DECIMAL_TEXT_SIZE];
	struct journal_use *uses;
	size_t count = journal_uses_of(conduct->journal, conduct->arena, target->id, &uses);

	for (size_t i = 0; i < count; i++) {
		if (uses[i].quantity == NULL || !same(uses[i].value, value) ||
		    (but != NULL && same(uses[i].case_id, but)))
			continue;
		/* What is no number was refused by the kind's schema before it came here. */
		if (!decimal_parse(&quantity, uses[i].quantity) ||
		    !decimal_add(&sum, &sum, &quantity))
			return "NaN";
	}
	return arena_string(conduct->arena, decimal_text(&sum, text));
}
