/* The texts of a rule: what its assert says, and the diagnostics that it names. */
#include <string.h>

#include "core/nearest.h"
#include "core/rules_compile.h"
#include "core/text.h"

/* ---- texts ---------------------------------------------------------------------------- */

/* A text under way: words are gathered until a value or the end. */
struct composition {
	struct compilation *c;
	struct piece *first, *last;
	struct text words;
};

static struct piece *add_piece(struct composition *composition)
{
	struct piece *piece = arena_alloc(composition->c->rules->arena, sizeof *piece);

	if (composition->first == NULL)
		composition->first = piece;
	else
		composition->last->next = piece;
	composition->last = piece;
	return piece;
}

/* Runs of white space become one blank. */
static void fold(struct text *out, const char *text)
{
	static const char space[] = " \t\r\n";

	text_add(out, "");
	while (*text != '\0') {
		size_t blank = strspn(text, space), word = strcspn(text + blank, space);

		if (blank > 0)
			text_add(out, " ");
		text_add_bytes(out, text + blank, word);
		text += blank + word;
	}
}

/* What was gathered becomes a piece, without blanks at the two ends of the whole text. */
static void add_words(struct composition *composition, bool last)
{
	struct text folded = TEXT_EMPTY;
	char *start;

	if (composition->words.length == 0)
		return;
	fold(&folded, composition->words.bytes);
	start = folded.bytes + (composition->first == NULL && folded.bytes[0] == ' ');
	if (last && folded.length > 0 && folded.bytes[folded.length - 1] == ' ')
		folded.bytes[folded.length - 1] = '\0';
	if (*start != '\0')
		add_piece(composition)->words = arena_string(composition->c->rules->arena, start);
	text_clear(&composition->words);
	text_free(&folded);
}

static bool add_value(struct composition *composition, xmlNodePtr node)
{
	struct piece *piece = add_piece(composition);

	return rules_add_expression(composition->c, node, "select", false, &piece->value);
}

bool rules_compile_text(struct compilation *c, xmlNodePtr parent, struct piece **text)
{
	struct composition composition = { .c = c };
	bool done = true;

	for (xmlNodePtr node = parent->children; node != NULL && done; node = node->next) {
		if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
			text_add(&composition.words, (const char *)node->content);
		if (node->type != XML_ELEMENT_NODE)
			continue;
		add_words(&composition, false);
		done = add_value(&composition, node);
	}
	add_words(&composition, true);
	text_free(&composition.words);
	*text = composition.first;
	if (done && *text == NULL)
		return rules_refuse(c, parent, "RUL-902", "the %s says nothing",
				    (const char *)parent->name);
	return done;
}

/* ---- diagnostics ---------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *ending)
{
	size_t length = strlen(text), end = strlen(ending);

	return length >= end && strcmp(text + length - end, ending) == 0;
}

xmlNodePtr rules_first_diagnostic(const struct compilation *c)
{
	return child_named(child_named(datafile_root(c->file), "diagnostics"), "diagnostic");
}

static xmlNodePtr find_diagnostic(struct compilation *c, const char *id)
{
	size_t i = 0;

	for (xmlNodePtr at = rules_first_diagnostic(c); at != NULL;
	     at = next_named(at, "diagnostic")) {
		const char *its = datafile_get(c->file, at, "id");

		if (its != NULL && strcmp(its, id) == 0) {
			c->used[i] = true;
			return at;
		}
		i++;
	}
	return NULL;
}

static const char *nearest_diagnostic(const struct compilation *c, const char *id,
				      char buffer[NEAREST_TEXT_SIZE])
{
	struct nearest nearest = nearest_to(id);

	for (xmlNodePtr at = rules_first_diagnostic(c); at != NULL;
	     at = next_named(at, "diagnostic"))
		nearest_offer(&nearest, datafile_get(c->file, at, "id") ?: "");
	return nearest_text(&nearest, buffer);
}

/* Which of the check's texts it is: NULL for one that is none. */
static struct piece **place_of(struct compilation *c, xmlNodePtr diagnostic, struct check *check)
{
	const char *id = datafile_get(c->file, diagnostic, "id");
	const char *language = datafile_get(c->file, diagnostic, "xml:lang");
	bool hint = ends_with(id, ".hint") || ends_with(id, ".hint-vi");

	if (language != NULL && strcmp(language, "vi") == 0)
		return hint ? &check->hint_vi : &check->text_vi;
	return hint ? &check->hint : NULL;
}

/* Compiled anew for each check that names it: its expressions see that rule's lets. */
static bool add_diagnostic(struct compilation *c, xmlNodePtr node, const char *id,
			   struct check *check)
{
	xmlNodePtr diagnostic = find_diagnostic(c, id);
	char hint[NEAREST_TEXT_SIZE];
	struct piece **text;

	if (diagnostic == NULL)
		return rules_refuse(c, node, "RUL-905", "there is no diagnostic '%.60s'%s", id,
				    nearest_diagnostic(c, id, hint));
	text = place_of(c, diagnostic, check);
	if (text == NULL)
		return rules_refuse(
			c, diagnostic, "RUL-902",
			"the diagnostic '%.60s' is neither Vietnamese (xml:lang='vi') nor a "
			"hint (its id ends in .hint)",
			id);
	if (*text != NULL)
		return rules_refuse(c, node, "RUL-905",
				    "the diagnostic '%.60s' is the second of its sort here", id);
	return rules_compile_text(c, diagnostic, text);
}

bool rules_add_diagnostics(struct compilation *c, xmlNodePtr node, struct check *check)
{
	for (const char *const *id = datafile_list(c->file, node, "diagnostics"); *id != NULL; id++)
		if (!add_diagnostic(c, node, *id, check))
			return false;
	return true;
}

bool rules_all_used(struct compilation *c)
{
	size_t i = 0;

	for (xmlNodePtr at = rules_first_diagnostic(c); at != NULL;
	     at = next_named(at, "diagnostic"))
		if (!c->used[i++])
			return rules_refuse(c, at, "RUL-905", "no rule uses the diagnostic '%.60s'",
					    datafile_get(c->file, at, "id"));
	return true;
}
