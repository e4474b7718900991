/* From a Schematron file to struct rules: the half of rules.h that runs once, at start. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/datafile.h"
#include "core/nearest.h"
#include "core/rules_parts.h"
#include "core/text.h"

#define SCHEMATRON "http://purl.oclc.org/dsdl/schematron"

/* The subset. Ids may be missing here because that has a code of its own. */
#define CHECK_ATTRIBUTES "id role test! diagnostics nsw:layer nsw:pointer nsw:where"
static const struct datafile_element grammar[] = {
	{ "schema", "queryBinding review", "title? ns* let* pattern+ diagnostics?" },
	{ "title", "xml:lang", "#text" },
	{ "ns", "prefix! uri!", "" },
	{ "let", "name! value!", "" },
	{ "pattern", "id", "title? let* rule+" },
	{ "rule", "id context!", "let* assert|report+" },
	{ "assert", CHECK_ATTRIBUTES, "#text value-of*" },
	{ "report", CHECK_ATTRIBUTES, "#text value-of*" },
	{ "value-of", "select!", "" },
	{ "diagnostics", "", "diagnostic+" },
	{ "diagnostic", "id xml:lang", "#text value-of*" },
	{ NULL, NULL, NULL },
};

/* What is known while a file is compiled. */
struct compilation {
	struct rules *rules;
	struct datafile *file;
	struct failure *why;
	const char *variables[EXPRESSION_VARIABLES]; /* in scope here */
	size_t variable_count;
	const char **ids; /* of checks and diagnostics so far */
	size_t id_count;
	bool *used; /* diagnostics, in their order */
};

/* ---- small steps ---------------------------------------------------------------------- */

static bool refuse(struct compilation *c, xmlNodePtr node, const char *code, const char *text, ...)
	PRINTF_LIKE(4, 5);
static bool refuse(struct compilation *c, xmlNodePtr node, const char *code, const char *text, ...)
{
	char sentence[sizeof c->why->text];
	va_list arguments;

	va_start(arguments, text);
	vsnprintf(sentence, sizeof sentence, text, arguments);
	va_end(arguments);
	fault(c->why, code, "%s", sentence);
	return failure_at(c->why, "%s", datafile_place(c->file, node));
}

static bool add_expression(struct compilation *c, xmlNodePtr node, const char *attribute,
			   bool pattern, size_t *index)
{
	const struct expression_scope scope = { c->variables, c->variable_count, pattern };

	return expressions_add(c->rules->set, datafile_get(c->file, node, attribute), &scope,
			       datafile_place(c->file, node), index, c->why);
}

/* Ids of checks and of diagnostics are one namespace: "TOT-01", "TOT-01.vi". */
static bool take_id(struct compilation *c, xmlNodePtr node, const char **id)
{
	*id = datafile_get(c->file, node, "id");
	if (*id == NULL || **id == '\0')
		return refuse(c, node, "RUL-904", "the %s has no id", (const char *)node->name);
	for (size_t i = 0; i < c->id_count; i++)
		if (strcmp(c->ids[i], *id) == 0)
			return refuse(c, node, "RUL-904", "the id '%.60s' is taken already", *id);
	c->ids = must_realloc(c->ids, (c->id_count + 1) * sizeof *c->ids);
	c->ids[c->id_count++] = *id;
	return true;
}

/* ---- let ------------------------------------------------------------------------------ */

static bool declare(struct compilation *c, xmlNodePtr node, const char *name)
{
	if (xmlValidateNCName((const xmlChar *)name, 0) != 0)
		return refuse(c, node, "RUL-902", "'%.60s' cannot be the name of a let", name);
	for (size_t i = 0; i < c->variable_count; i++)
		if (strcmp(c->variables[i], name) == 0)
			return refuse(c, node, "RUL-902", "a let '%.60s' is in scope already",
				      name);
	if (c->variable_count == EXPRESSION_VARIABLES)
		return refuse(c, node, "RUL-902", "'%.60s' is one let too many in scope", name);
	c->variables[c->variable_count++] = name;
	return true;
}

static bool compile_lets(struct compilation *c, xmlNodePtr parent, struct let **lets)
{
	struct arena *arena = c->rules->arena;

	for (xmlNodePtr node = child_named(parent, "let"); node != NULL;
	     node = next_named(node, "let")) {
		struct let *let = arena_alloc(arena, sizeof *let);

		let->name = datafile_get(c->file, node, "name");
		let->who = arena_printf(arena, "let $%s", let->name);
		/* Its own value does not see it yet. */
		if (!add_expression(c, node, "value", false, &let->value) ||
		    !declare(c, node, let->name))
			return false;
		*lets = let;
		lets = &let->next;
	}
	return true;
}

/* ---- texts ---------------------------------------------------------------------------- */

/* A text under way: words are gathered until a value or the end. */
struct composition {
	struct compilation *c;
	struct piece **last; /* where the next piece goes */
	struct text words;
};

static struct piece *add_piece(struct composition *composition)
{
	struct piece *piece = arena_alloc(composition->c->rules->arena, sizeof *piece);

	*composition->last = piece;
	composition->last = &piece->next;
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
static void add_words(struct composition *composition, bool first, bool last)
{
	struct text folded = TEXT_EMPTY;
	char *start;

	if (composition->words.length == 0)
		return;
	fold(&folded, composition->words.bytes);
	start = folded.bytes + (first && folded.bytes[0] == ' ');
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

	return add_expression(composition->c, node, "select", false, &piece->value);
}

static bool compile_text(struct compilation *c, xmlNodePtr parent, struct piece **text)
{
	struct composition composition = { .c = c, .last = text };
	bool done = true;

	for (xmlNodePtr node = parent->children; node != NULL && done; node = node->next) {
		if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
			text_add(&composition.words, (const char *)node->content);
		if (node->type != XML_ELEMENT_NODE)
			continue;
		add_words(&composition, *text == NULL, false);
		done = add_value(&composition, node);
	}
	add_words(&composition, *text == NULL, true);
	text_free(&composition.words);
	if (done && *text == NULL)
		return refuse(c, parent, "RUL-902", "the %s says nothing",
			      (const char *)parent->name);
	return done;
}

/* ---- diagnostics ---------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *ending)
{
	size_t length = strlen(text), end = strlen(ending);

	return length >= end && strcmp(text + length - end, ending) == 0;
}

static xmlNodePtr first_diagnostic(const struct compilation *c)
{
	return child_named(child_named(datafile_root(c->file), "diagnostics"), "diagnostic");
}

static xmlNodePtr find_diagnostic(struct compilation *c, const char *id, struct nearest *nearest)
{
	size_t i = 0;

	for (xmlNodePtr at = first_diagnostic(c); at != NULL; at = next_named(at, "diagnostic")) {
		const char *its = datafile_get(c->file, at, "id");

		if (its != NULL && strcmp(its, id) == 0) {
			c->used[i] = true;
			return at;
		}
		nearest_offer(nearest, its != NULL ? its : "");
		i++;
	}
	return NULL;
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
	struct nearest nearest = nearest_to(id);
	xmlNodePtr diagnostic = find_diagnostic(c, id, &nearest);
	char hint[NEAREST_TEXT_SIZE];
	struct piece **text;

	if (diagnostic == NULL)
		return refuse(c, node, "RUL-905", "there is no diagnostic '%.60s'%s", id,
			      nearest_text(&nearest, hint));
	text = place_of(c, diagnostic, check);
	if (text == NULL)
		return refuse(c, diagnostic, "RUL-902",
			      "the diagnostic '%.60s' is neither Vietnamese (xml:lang='vi') nor a "
			      "hint (its id ends in .hint)",
			      id);
	if (*text != NULL)
		return refuse(c, node, "RUL-905",
			      "the diagnostic '%.60s' is the second of its sort here", id);
	return compile_text(c, diagnostic, text);
}

static bool add_diagnostics(struct compilation *c, xmlNodePtr node, struct check *check)
{
	for (const char *const *id = datafile_list(c->file, node, "diagnostics"); *id != NULL; id++)
		if (!add_diagnostic(c, node, *id, check))
			return false;
	return true;
}

static bool all_used(struct compilation *c)
{
	size_t i = 0;

	for (xmlNodePtr at = first_diagnostic(c); at != NULL; at = next_named(at, "diagnostic"))
		if (!c->used[i++])
			return refuse(c, at, "RUL-905", "no rule uses the diagnostic '%.60s'",
				      datafile_get(c->file, at, "id"));
	return true;
}

/* ---- assert and report ---------------------------------------------------------------- */

static bool take_role(struct compilation *c, xmlNodePtr node, struct check *check)
{
	static const char *const roles[] = { "error", "warning", NULL };
	static const char *const layers[] = { "A", "U", "S", "R", "E", "L", NULL };
	int role = 0, layer = 3;

	if (!datafile_word(c->file, node, "role", roles, &role, c->why) ||
	    !datafile_word(c->file, node, "nsw:layer", layers, &layer, c->why))
		return false;
	check->warning = role == 1;
	check->layer = layers[layer][0];
	return true;
}

static bool compile_check(struct compilation *c, xmlNodePtr node, struct check *check)
{
	check->report = strcmp((const char *)node->name, "report") == 0;
	check->where = NO_EXPRESSION;
	if (!take_id(c, node, &check->id) || !take_role(c, node, check))
		return false;
	check->who = arena_printf(c->rules->arena, "rule %s", check->id);
	check->pointer = datafile_get(c->file, node, "nsw:pointer");
	if (!add_expression(c, node, "test", false, &check->test))
		return false;
	if (datafile_get(c->file, node, "nsw:where") != NULL &&
	    !add_expression(c, node, "nsw:where", false, &check->where))
		return false;
	c->rules->count++;
	return compile_text(c, node, &check->text) && add_diagnostics(c, node, check);
}

static bool is_check(xmlNodePtr node)
{
	return is_element(node, NULL, "assert") || is_element(node, NULL, "report");
}

static bool compile_checks(struct compilation *c, xmlNodePtr parent, struct check **checks)
{
	for (xmlNodePtr node = xmlFirstElementChild(parent); node != NULL;
	     node = xmlNextElementSibling(node)) {
		struct check *check;

		if (!is_check(node))
			continue;
		check = arena_alloc(c->rules->arena, sizeof *check);
		if (!compile_check(c, node, check))
			return false;
		*checks = check;
		checks = &check->next;
	}
	return true;
}

/* ---- rule, pattern, schema ------------------------------------------------------------ */

static bool compile_rules(struct compilation *c, xmlNodePtr parent, struct rule **rules)
{
	for (xmlNodePtr node = child_named(parent, "rule"); node != NULL;
	     node = next_named(node, "rule")) {
		struct rule *rule = arena_alloc(c->rules->arena, sizeof *rule);
		size_t outer = c->variable_count;

		if (!add_expression(c, node, "context", true, &rule->context) ||
		    !compile_lets(c, node, &rule->lets) || !compile_checks(c, node, &rule->checks))
			return false;
		rule->who = arena_printf(c->rules->arena, "the context of %s", rule->checks->id);
		c->variable_count = outer;
		*rules = rule;
		rules = &rule->next;
	}
	return true;
}

static bool compile_patterns(struct compilation *c, struct pattern **patterns)
{
	for (xmlNodePtr node = child_named(datafile_root(c->file), "pattern"); node != NULL;
	     node = next_named(node, "pattern")) {
		struct pattern *pattern = arena_alloc(c->rules->arena, sizeof *pattern);
		size_t outer = c->variable_count;

		if (!compile_lets(c, node, &pattern->lets) ||
		    !compile_rules(c, node, &pattern->rules))
			return false;
		c->variable_count = outer;
		*patterns = pattern;
		patterns = &pattern->next;
	}
	return true;
}

static bool declare_prefixes(struct compilation *c)
{
	for (xmlNodePtr node = child_named(datafile_root(c->file), "ns"); node != NULL;
	     node = next_named(node, "ns")) {
		const char *prefix = datafile_get(c->file, node, "prefix");

		if (!expressions_declare(c->rules->set, prefix, datafile_get(c->file, node, "uri")))
			return refuse(c, node, "RUL-902", "the prefix '%.60s' is taken already",
				      prefix);
	}
	return true;
}

static bool compile_schema(struct compilation *c)
{
	static const char *const bindings[] = { "xslt", "xpath", NULL }; /* both: XPath 1.0 */
	xmlNodePtr root = datafile_root(c->file);
	xmlNodePtr diagnostics = child_named(root, "diagnostics");
	const char *id;
	int binding = 0;

	if (diagnostics != NULL)
		c->used = must_alloc(xmlChildElementCount(diagnostics) * sizeof *c->used);
	for (xmlNodePtr at = first_diagnostic(c); at != NULL; at = next_named(at, "diagnostic"))
		if (!take_id(c, at, &id))
			return false;
	return datafile_word(c->file, root, "queryBinding", bindings, &binding, c->why) &&
	       declare_prefixes(c) && compile_lets(c, root, &c->rules->lets) &&
	       compile_patterns(c, &c->rules->patterns) && all_used(c);
}

bool rules_compile(struct rules **out, const char *path, const struct rules_world *world,
		   struct failure *why)
{
	struct arena *arena = arena_new();
	struct rules *rules = arena_alloc(arena, sizeof *rules);
	struct compilation c = { .rules = rules, .why = why };
	bool done;

	*out = rules;
	rules->arena = arena;
	rules->set = expressions_new(world);
	done = datafile_read(&c.file, arena, path, SCHEMATRON, grammar, "RUL-902", why) &&
	       compile_schema(&c);
	datafile_free(c.file);
	free(c.ids);
	free(c.used);
	if (done)
		return true;
	rules_free(rules);
	*out = NULL;
	return false;
}

void rules_free(struct rules *rules)
{
	if (rules == NULL)
		return;
	expressions_free(rules->set);
	arena_free(rules->arena);
}

size_t rules_count(const struct rules *rules)
{
	return rules->count;
}
