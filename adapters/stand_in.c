#include "stand_in.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/text.h"

#include "execute.h"

/* Linux takes no longer ones (128 KiB each), nor any number of them. */
#define VARIABLE_SIZE	 (64 * 1024)
#define ENVIRONMENT_SIZE (512 * 1024)

/* ---- the environment ---------------------------------------------------------------------- */

struct environment {
	struct arena *arena;
	const char **rows;
	size_t count, room, bytes;
};

static void add_row(struct environment *environment, const char *row)
{
	const char **rows = environment->rows;

	if (environment->count + 1 >= environment->room) {
		environment->room = 2 * environment->room + 64;
		environment->rows = arena_alloc(environment->arena,
						environment->room * sizeof *environment->rows);
		if (environment->count > 0)
			memcpy(environment->rows, rows, environment->count * sizeof *rows);
	}
	environment->rows[environment->count++] = row;
	environment->rows[environment->count] = NULL;
}

/* What is too long is left out rather than cut: the command has the payload. */
static void set(struct environment *environment, const char *name, const char *value)
{
	size_t size = strlen(name) + strlen(value) + 2;

	if (size > VARIABLE_SIZE || environment->bytes + size > ENVIRONMENT_SIZE)
		return;
	environment->bytes += size;
	add_row(environment, arena_printf(environment->arena, "%s=%s", name, value));
}

/* Names that are set here; whatever our own caller meant by them is not about this message. */
static bool is_ours(const char *row)
{
	static const char *const ours[] = {
		"NSW_PARTY=",	"NSW_KIND=",	  "NSW_EVENT=", "NSW_MESSAGE=", "NSW_FROM=",
		"NSW_CREATED=", "NSW_REFERENCE=", "NSW_FACT_",	"NSW_ITEM_",
	};

	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (strncmp(row, ours[i], strlen(ours[i])) == 0)
			return true;
	return false;
}

static void inherit(struct environment *environment)
{
	for (char **row = environ; *row != NULL; row++)
		if (!is_ours(*row))
			add_row(environment, *row);
}

/* "item-count" in NSW_FACT_: NSW_FACT_ITEM_COUNT. */
static const char *variable(struct arena *arena, const char *prefix, const char *fact)
{
	char *name = arena_printf(arena, "%s%s", prefix, fact);

	for (char *at = name + strlen(prefix); *at != '\0'; at++)
		*at = isalnum((unsigned char)*at) ? (char)toupper((unsigned char)*at) : '_';
	return name;
}

/* A value of several lines would look like several values. */
static void add_line(struct text *lines, const char *value)
{
	size_t from = lines->length;

	text_add(lines, value != NULL ? value : "");
	for (char *at = lines->bytes + from; from < lines->length; from++, at++)
		if (*at == '\n' || *at == '\r')
			*at = ' ';
}

static bool is_group(xmlNodePtr node)
{
	return xmlFirstElementChild(node) != NULL;
}

static bool first_of_its_name(xmlNodePtr node)
{
	xmlNodePtr before = xmlPreviousElementSibling(node);

	while (before != NULL && !xmlStrEqual(before->name, node->name))
		before = xmlPreviousElementSibling(before);
	return before == NULL;
}

/* A fact that stands there several times: one value a line. */
static void set_fact(struct environment *environment, xmlNodePtr node)
{
	struct text lines = TEXT_EMPTY;
	const char *name = (const char *)node->name;

	for (xmlNodePtr at = node; at != NULL; at = next_named(at, name)) {
		if (at != node)
			text_add(&lines, "\n");
		add_line(&lines, node_text(environment->arena, at));
	}
	set(environment, variable(environment->arena, "NSW_FACT_", name), lines.bytes);
	text_free(&lines);
}

static void set_facts(struct environment *environment, const struct facts *facts)
{
	for (xmlNodePtr node = xmlFirstElementChild(facts_root(facts)); node != NULL;
	     node = xmlNextElementSibling(node))
		if (!is_group(node) && first_of_its_name(node))
			set_fact(environment, node);
}

/* One line an item, an empty one where the item has no such fact: the lists stay in step. */
static void set_items(struct environment *environment, const struct facts *facts, const char *name)
{
	struct text lines = TEXT_EMPTY;
	xmlNodePtr first = child_named(facts_root(facts), "item");

	text_add(&lines, "");
	for (xmlNodePtr item = first; item != NULL; item = next_named(item, "item")) {
		if (item != first)
			text_add(&lines, "\n");
		add_line(&lines, child_text(environment->arena, item, name));
	}
	set(environment, variable(environment->arena, "NSW_ITEM_", name), lines.bytes);
	text_free(&lines);
}

#define ITEM_FACTS 32 /* of different names; kinds have a dozen */

static void set_item_lists(struct environment *environment, const struct facts *facts)
{
	const char *names[ITEM_FACTS];
	size_t count = 0;

	for (xmlNodePtr item = child_named(facts_root(facts), "item"); item != NULL;
	     item = next_named(item, "item"))
		for (xmlNodePtr node = xmlFirstElementChild(item); node != NULL;
		     node = xmlNextElementSibling(node)) {
			const char *name = (const char *)node->name;
			size_t at = 0;

			while (at < count && strcmp(names[at], name) != 0)
				at++;
			if (at < count || count == ITEM_FACTS || is_group(node))
				continue;
			names[count++] = name;
			set_items(environment, facts, name);
		}
}

static const char *fact_or_nothing(const struct facts *facts, const char *name)
{
	const char *value = facts_get(facts, name);

	return value != NULL ? value : "";
}

const char *const *stand_in_environment(struct arena *arena, const struct profile *profile,
					const struct request *request)
{
	struct environment environment = { .arena = arena };
	char created[TIME_TEXT_SIZE];

	inherit(&environment);
	set(&environment, "NSW_PARTY", profile->party);
	set(&environment, "NSW_KIND", request->envelope->kind);
	set(&environment, "NSW_EVENT", fact_or_nothing(request->facts, "event"));
	set(&environment, "NSW_MESSAGE", request->envelope->id);
	set(&environment, "NSW_FROM", request->envelope->from);
	set(&environment, "NSW_CREATED", time_text(request->envelope->created, created));
	set(&environment, "NSW_REFERENCE", fact_or_nothing(request->facts, "reference"));
	set_facts(&environment, request->facts);
	set_item_lists(&environment, request->facts);
	return environment.rows;
}

/* ---- the answer --------------------------------------------------------------------------- */

/* Nonsense is nobody's refusal: the command may know better next time. */
static bool is_no_decision(const char *said, const struct failure *broken, struct failure *why)
{
	defer(why, "ADP-022", "what the command wrote is no decision: %s: %.200s%s%s", broken->code,
	      broken->text, *said != '\0' ? "; it said: " : "", said);
	return failure_at(why, "%s", broken->place);
}

bool stand_in_ask(const struct decision **out, const struct stand_in *stand_in, struct arena *arena,
		  const struct profile *profile, const struct request *request, int stop,
		  struct failure *why)
{
	const struct command command = {
		.line = stand_in->command,
		.environment = stand_in_environment(arena, profile, request),
		.input = request->bytes,
		.input_length = request->length,
		.within = stand_in->within,
		.stop = stop,
	};
	struct text output = TEXT_EMPTY;
	char said[EXECUTE_SAID + 1];
	struct failure broken;
	bool done = execute(&output, said, &command, why);

	if (done) {
		done = decision_read(out, arena, profile, "standard output", output.bytes,
				     output.length, &broken) ||
		       is_no_decision(said, &broken, why);
		if (done && *said != '\0')
			log_line(LOG_NOTE, "the command says", "party", profile->party, "message",
				 request->envelope->id, "text", said, NULL);
	}
	text_free(&output);
	return done;
}
