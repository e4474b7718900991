#include "core/expression_check.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/nearest.h"

#define DEEPEST 32 /* parentheses and brackets inside each other */
#define SHOWN	60 /* bytes of a name in a failure */

struct span {
	const char *start;
	size_t length;
};

/* An open parenthesis or bracket. */
struct opened {
	bool bracket;
	const struct xpath_function *function; /* whose arguments these are; NULL: none */
	int commas;
	bool empty; /* nothing stands in it yet */
	bool fresh; /* nor behind its last comma */
};

/* Reading an expression word by word. */
struct words {
	const char *at;
	const struct expression_names *names;
	struct failure *why;
	struct opened opened[DEEPEST];
	int depth, brackets;
	bool operand; /* the last word was one, so `*` and `and` are operators now */
};

/* ---- small readers -------------------------------------------------------------------- */

static bool name_starts(char c)
{
	return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool name_goes_on(char c)
{
	return name_starts(c) || isdigit((unsigned char)c) || c == '-' || c == '.';
}

static void skip_space(struct words *words)
{
	words->at += strspn(words->at, " \t\r\n");
}

static struct span read_name(struct words *words)
{
	struct span name = { words->at, 0 };

	while (name_goes_on(*words->at))
		words->at++;
	name.length = (size_t)(words->at - name.start);
	return name;
}

static bool is(struct span name, const char *word)
{
	return strlen(word) == name.length && memcmp(name.start, word, name.length) == 0;
}

static bool one_of(struct span name, const char *const words[])
{
	for (; *words != NULL; words++)
		if (is(name, *words))
			return true;
	return false;
}

/* As a string, cut to what a failure can show. */
static const char *shown(struct span name, char copy[SHOWN + 1])
{
	size_t length = name.length < SHOWN ? name.length : SHOWN;

	memcpy(copy, name.start, length);
	copy[length] = '\0';
	return copy;
}

static bool refuse_name(struct words *words, const char *what, const struct nearest *nearest)
{
	char hint[NEAREST_TEXT_SIZE];

	return fault(words->why, "RUL-903", "%s '%s'%s", what, nearest->wanted,
		     nearest_text(nearest, hint));
}

/* Not inside a predicate: where a pattern says which nodes, and position() nothing. */
static bool outside(const struct words *words)
{
	return words->brackets == 0;
}

static bool refuse_in_pattern(struct words *words, const char *what)
{
	return fault(words->why, "RUL-902",
		     "%s cannot stand in a context outside [ ]: it is a match pattern such as "
		     "'/d:Declaration', 'd:Item[@x]' or 'a | b'",
		     what);
}

static bool in_pattern(const struct words *words)
{
	return words->names->scope->pattern && outside(words);
}

/* ---- names ---------------------------------------------------------------------------- */

/* What is near to a name is asked only once the name is known to be wrong: rules are full of
 * right ones. */

static bool refuse_prefix(struct words *words, struct span name)
{
	char copy[SHOWN + 1];
	struct nearest nearest = nearest_to(shown(name, copy));

	for (size_t i = 0; i < words->names->prefix_count; i++)
		nearest_offer(&nearest, words->names->prefixes[i].name);
	return refuse_name(words, "nothing declares the prefix", &nearest);
}

static bool check_prefix(struct words *words, struct span name, bool *of_rules)
{
	for (size_t i = 0; i < words->names->prefix_count; i++) {
		const struct prefix *prefix = &words->names->prefixes[i];

		*of_rules = strcmp(prefix->uri, RULE_NAMESPACE) == 0;
		if (is(name, prefix->name))
			return true;
	}
	return refuse_prefix(words, name);
}

static bool refuse_variable(struct words *words, struct span name)
{
	const struct expression_scope *scope = words->names->scope;
	char copy[SHOWN + 1];
	struct nearest nearest = nearest_to(shown(name, copy));

	for (size_t i = 0; i < scope->variable_count; i++)
		nearest_offer(&nearest, scope->variables[i]);
	return refuse_name(words, "no <let> in scope is called", &nearest);
}

static bool check_variable(struct words *words)
{
	const struct expression_scope *scope = words->names->scope;
	struct span name;

	words->at++;
	skip_space(words);
	name = read_name(words);
	words->operand = true;
	if (in_pattern(words))
		return refuse_in_pattern(words, "a variable");
	for (size_t i = 0; i < scope->variable_count; i++)
		if (is(name, scope->variables[i]))
			return true;
	return refuse_variable(words, name);
}

static bool check_axis(struct words *words, struct span name)
{
	static const char *const in_patterns[] = { "child", "attribute", NULL };

	words->at += strlen("::");
	words->operand = false;
	if (in_pattern(words) && !one_of(name, in_patterns))
		return refuse_in_pattern(words, "an axis other than child and attribute");
	return true; /* libxml2 knows the axes when it compiles */
}

/* ---- functions ------------------------------------------------------------------------ */

static const struct xpath_function *find_function(struct span name,
						  const struct xpath_function *functions)
{
	for (; functions->name != NULL; functions++)
		if (is(name, functions->name))
			return functions;
	return NULL;
}

static bool refuse_function(struct words *words, struct span name, bool of_rules)
{
	const struct xpath_function *all = of_rules ? nsw_functions : core_functions;
	char copy[SHOWN + 1];
	struct nearest nearest = nearest_to(shown(name, copy));

	for (; all->name != NULL; all++)
		nearest_offer(&nearest, all->name);
	return refuse_name(words, of_rules ? "there is no function nsw:" : "there is no function",
			   &nearest);
}

static bool open_one(struct words *words, bool bracket, const struct xpath_function *function)
{
	if (words->depth == DEEPEST)
		return fault(words->why, "RUL-903", "more than %d parentheses are open", DEEPEST);
	words->opened[words->depth++] = (struct opened){
		.bracket = bracket, .function = function, .empty = true, .fresh = true
	};
	words->brackets += bracket;
	words->operand = false;
	words->at++;
	return true;
}

static bool open_call(struct words *words, struct span name, bool of_rules)
{
	const struct xpath_function *all = of_rules ? nsw_functions : core_functions, *function;
	static const char *const positions[] = { "position", "last", NULL };

	if (in_pattern(words))
		return refuse_in_pattern(words, "a function");
	function = find_function(name, all);
	if (function == NULL)
		return refuse_function(words, name, of_rules);
	if (!of_rules && outside(words) && one_of(name, positions))
		return fault(words->why, "RUL-902",
			     "%s() says something inside [ ] only; count(preceding-sibling::*) may "
			     "be meant",
			     function->name);
	return open_one(words, false, function);
}

/* "p:name(", "node(", "name(", or a name test. */
static bool check_name(struct words *words)
{
	static const char *const operators[] = { "and", "or", "div", "mod", NULL };
	static const char *const node_types[] = { "node", "text", "comment",
						  "processing-instruction", NULL };
	struct span name = read_name(words);
	bool of_rules = false, prefixed = false;

	if (words->operand && one_of(name, operators)) {
		words->operand = false;
		return !in_pattern(words) || refuse_in_pattern(words, "an operator");
	}
	skip_space(words);
	if (strncmp(words->at, "::", 2) == 0)
		return check_axis(words, name);
	if (*words->at == ':') {
		if (!check_prefix(words, name, &of_rules))
			return false;
		prefixed = true;
		words->at++;
		name = read_name(words);
		if (name.length == 0 && *words->at == '*')
			words->at++;
		skip_space(words);
	}
	words->operand = true;
	if (*words->at != '(')
		return true;
	if (!prefixed && one_of(name, node_types))
		return open_one(words, false, NULL);
	if (prefixed && !of_rules)
		return fault(words->why, "RUL-903", "only nsw: has functions");
	return open_call(words, name, of_rules);
}

static bool refuse_arguments(struct words *words, const struct xpath_function *function, int given)
{
	char takes[40];

	if (function->max < 0)
		snprintf(takes, sizeof takes, "at least %d", function->min);
	else if (function->max != function->min)
		snprintf(takes, sizeof takes, "%d or %d", function->min, function->max);
	else
		snprintf(takes, sizeof takes, "%d", function->min);
	return fault(words->why, "RUL-903", "the function %s() takes %s argument%s, not %d",
		     function->name, takes, function->max == 1 ? "" : "s", given);
}

static bool close_one(struct words *words)
{
	const struct opened *opened;
	int given;

	words->at++;
	words->operand = true;
	if (words->depth == 0)
		return true; /* libxml2 says what is wrong */
	opened = &words->opened[--words->depth];
	words->brackets -= opened->bracket;
	given = opened->empty ? 0 : opened->commas + 1;
	if (opened->function == NULL ||
	    (given >= opened->function->min &&
	     (opened->function->max < 0 || given <= opened->function->max)))
		return true;
	return refuse_arguments(words, opened->function, given);
}

/* ---- literals ------------------------------------------------------------------------- */

/* What checks a constant that begins here, if it is an argument for itself; NULL: nothing. */
static constant_check *check_of_argument(const struct words *words)
{
	enum { CHECKED = sizeof words->opened->function->constants / sizeof(constant_check *) };
	const struct opened *opened = words->depth > 0 ? &words->opened[words->depth - 1] : NULL;

	if (opened == NULL || opened->function == NULL || !opened->fresh ||
	    opened->commas >= CHECKED)
		return NULL;
	/* cppcheck-suppress CastIntegerToAddressAtReturn ; no number: a function's address */
	return opened->function->constants[opened->commas];
}

static bool check_literal(struct words *words)
{
	char quote = *words->at++;
	struct span literal = { words->at, 0 };
	constant_check *known = check_of_argument(words);
	char copy[SHOWN + 1];

	while (*words->at != '\0' && *words->at != quote)
		words->at++;
	if (*words->at == '\0')
		return fault(words->why, "RUL-903", "a string in the XPath has no end");
	literal.length = (size_t)(words->at++ - literal.start);
	words->operand = true;
	if (in_pattern(words))
		return refuse_in_pattern(words, "a string");
	skip_space(words);
	/* nsw:code('uom-misspelt', ...) would be false for ever. */
	return known == NULL || strchr(",)", *words->at) == NULL ||
	       known(words->names->world, shown(literal, copy), words->why);
}

/* A number, "." or "..". */
static bool check_dots_and_digits(struct words *words)
{
	words->at += strspn(words->at, ".0123456789");
	words->operand = true;
	return !in_pattern(words) || refuse_in_pattern(words, "'.' or a number");
}

/* ---- the whole ------------------------------------------------------------------------ */

static bool check_symbol(struct words *words)
{
	char symbol = *words->at;

	if (symbol == '(')
		return in_pattern(words) ? refuse_in_pattern(words, "a parenthesis")
					 : open_one(words, false, NULL);
	if (symbol == '[')
		return open_one(words, true, NULL);
	if (symbol == ')' || symbol == ']')
		return close_one(words);

	if (symbol == ',' && words->depth > 0)
		words->opened[words->depth - 1].commas++;
	/* A star is an operand where one is missing, and a multiplication otherwise. */
	words->operand = symbol == '*' && !words->operand;
	words->at++;
	if (in_pattern(words) && strchr("/|@*", symbol) == NULL)
		return refuse_in_pattern(words, "an operator");
	return true;
}

static bool check_word(struct words *words)
{
	char first = *words->at;

	if (first == '"' || first == '\'')
		return check_literal(words);
	if (first == '$')
		return check_variable(words);
	if (name_starts(first))
		return check_name(words);
	if (first == '.' || isdigit((unsigned char)first))
		return check_dots_and_digits(words);
	return check_symbol(words);
}

bool expression_check(const char *xpath, const struct expression_names *names, struct failure *why)
{
	struct words words = { .at = xpath, .names = names, .why = why };

	skip_space(&words);
	if (*words.at == '\0')
		return fault(why, "RUL-903", "the XPath is empty");
	for (; *words.at != '\0'; skip_space(&words)) {
		int depth = words.depth;
		bool closes = *words.at == ')' || *words.at == ']', comma = *words.at == ',';

		if (!check_word(&words))
			return false;
		if (depth > 0 && !closes) {
			words.opened[depth - 1].empty = false;
			words.opened[depth - 1].fresh = comma;
		}
	}
	return true;
}

/* ---- match patterns ------------------------------------------------------------------- */

/* Behind the next '|' that is not inside brackets or a string. */
static const char *end_of_alternative(const char *at)
{
	int brackets = 0;

	for (; *at != '\0'; at++) {
		if (*at == '"' || *at == '\'')
			at = strchr(at + 1, *at); /* it was checked that there is one */
		else if (*at == '[')
			brackets++;
		else if (*at == ']')
			brackets--;
		else if (*at == '|' && brackets == 0)
			return at + 1;
	}
	return at;
}

void expression_of_pattern(struct text *out, const char *pattern)
{
	while (*pattern != '\0') {
		const char *end = end_of_alternative(pattern);

		pattern += strspn(pattern, " \t\r\n");
		if (*pattern != '/')
			text_add(out, "//");
		text_add_bytes(out, pattern, (size_t)(end - pattern));
		pattern = end;
	}
}
