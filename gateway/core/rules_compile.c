/* From a Schematron file to struct rules: the half of rules.h that runs once, at start. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rules_compile.h"

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

/* ---- small steps ---------------------------------------------------------------------- */

bool rules_refuse(struct compilation *c, xmlNodePtr node, const char *code, const char *text, ...)
{
	char sentence[sizeof c->why->text];
	va_list arguments;

	va_start(arguments, text);
	vsnprintf(sentence, sizeof sentence, text, arguments);
	va_end(arguments);
	fault(c->why, code, "%s", sentence);
	return failure_at(c->why, "%s", datafile_place(c->file, node));
}

bool rules_add_expression(struct compilation *c, xmlNodePtr node, const char *attribute,
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
		return rules_refuse(c, node, "RUL-904", "the %s has no id",
				    (const char *)node->name);
	for (size_t i = 0; i < c->id_count; i++)
		if (strcmp(c->ids[i], *id) == 0)
			return rules_refuse(c, node, "RUL-904", "the id '%.60s' is taken already",
					    *id);
	c->ids = must_realloc(c->ids, (c->id_count + 1) * sizeof *c->ids);
	c->ids[c->id_count++] = *id;
	return true;
}

/* ---- let ------------------------------------------------------------------------------ */

static bool declare(struct compilation *c, xmlNodePtr node, const char *name)
{
	if (xmlValidateNCName((const xmlChar *)name, 0) != 0)
		return rules_refuse(c, node, "RUL-902", "'%.60s' cannot be the name of a let",
				    name);
	for (size_t i = 0; i < c->variable_count; i++)
		if (strcmp(c->variables[i], name) == 0)
			return rules_refuse(c, node, "RUL-902", "a let '%.60s' is in scope already",
					    name);
	if (c->variable_count == EXPRESSION_VARIABLES)
		return rules_refuse(c, node, "RUL-902", "'%.60s' is one let too many in scope",
				    name);
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
		if (!rules_add_expression(c, node, "value", false, &let->value) ||
		    !declare(c, node, let->name))
			return false;
		*lets = let;
		lets = &let->next;
	}
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
	if (!rules_add_expression(c, node, "test", false, &check->test))
		return false;
	if (datafile_get(c->file, node, "nsw:where") != NULL &&
	    !rules_add_expression(c, node, "nsw:where", false, &check->where))
		return false;
	c->rules->count++;
	return rules_compile_text(c, node, &check->text) && rules_add_diagnostics(c, node, check);
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

		if (!rules_add_expression(c, node, "context", true, &rule->context) ||
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
			return rules_refuse(c, node, "RUL-902",
					    "the prefix '%.60s' is taken already", prefix);
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
	for (xmlNodePtr at = rules_first_diagnostic(c); at != NULL;
	     at = next_named(at, "diagnostic"))
		if (!take_id(c, at, &id))
			return false;
	return datafile_word(c->file, root, "queryBinding", bindings, &binding, c->why) &&
	       declare_prefixes(c) && compile_lets(c, root, &c->rules->lets) &&
	       compile_patterns(c, &c->rules->patterns) && rules_all_used(c);
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
