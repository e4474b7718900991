#include "profile.h"

#include <ctype.h>
#include <string.h>

#include "core/datafile.h"
#include "core/party.h"

#include "profile_step.h"

static const char *const answers[] = { "RES", "LPR", "none", NULL };

static void free_question(void *question)
{
	question_free(question);
}

static bool compile(const struct reader *reader, xmlNodePtr node, const char *attribute,
		    const struct rules_world *world, struct question **out, struct failure *why)
{
	const char *xpath = datafile_get(reader->file, node, attribute);

	*out = NULL;
	if (xpath == NULL)
		return true;
	if (!question_compile(out, xpath, world, datafile_place(reader->file, node), why))
		return false;
	arena_on_free(reader->arena, free_question, *out);
	return true;
}

bool read_question(const struct reader *reader, xmlNodePtr node, const char *attribute,
		   struct question **out, struct failure *why)
{
	return compile(reader, node, attribute, reader->world, out, why);
}

size_t count_named(xmlNodePtr parent, const char *name)
{
	size_t count = 0;

	for (xmlNodePtr child = child_named(parent, name); child != NULL;
	     child = next_named(child, name))
		count++;
	return count;
}

/* ---- shares of a draw ----------------------------------------------------------------- */

/* "37.4%" is 374000 millionths; 0 when it is no share above nothing and up to 100 %. */
static int share_parse(const char *text)
{
	int share = 0, digits = 0;

	for (; isdigit((unsigned char)*text) && share <= WHOLE_DRAW; text++, digits++)
		share = share * 10 + (*text - '0');
	if (digits == 0 || digits > 3)
		return 0;
	share *= WHOLE_DRAW / 100;
	if (*text == '.') {
		int weight = WHOLE_DRAW / 1000;

		for (text++; isdigit((unsigned char)*text) && weight > 0; text++, weight /= 10)
			share += (*text - '0') * weight;
	}
	return strcmp(text, "%") == 0 && share <= WHOLE_DRAW ? share : 0;
}

static bool same_draw(const struct decision *a, const struct decision *b)
{
	return a->draw != NULL && b->draw != NULL && strcmp(a->draw, b->draw) == 0;
}

/* A row's share begins where that of the row before it in the same draw ends. */
static bool read_draw(const struct reader *reader, xmlNodePtr node, struct decision *row,
		      struct failure *why)
{
	const char *text = datafile_get(reader->file, node, "share");
	int share;

	row->draw = datafile_get(reader->file, node, "draw");
	if ((row->draw == NULL) != (text == NULL))
		return datafile_fault(reader->file, node, why, "draw and share need one another");
	if (row->draw == NULL)
		return true;

	share = share_parse(text);
	if (share == 0)
		return datafile_fault(reader->file, node, why,
				      "'%s' is not a share like 37.4%%, above 0 and up to 100",
				      text);
	for (const struct decision *other = reader->profile->decisions; other < row; other++)
		if (same_draw(other, row))
			row->from = other->below;
	row->below = row->from + share;
	if (row->below > WHOLE_DRAW)
		return datafile_fault(reader->file, node, why,
				      "the shares of the draw '%s' make more than 100%%",
				      row->draw);
	return true;
}

/* ---- rows ----------------------------------------------------------------------------- */

static bool without_question(const struct decision *row)
{
	return row->when == NULL && row->payload == NULL;
}

/* Does no request get past this row? Either it has no condition, or it and the rows above it
 * that only draw take the whole draw. */
static bool closes_table(const struct profile *profile, const struct decision *row)
{
	int covered = 0;

	if (!without_question(row))
		return false;
	if (row->draw == NULL)
		return true;
	for (const struct decision *other = profile->decisions; other <= row; other++)
		if (same_draw(other, row) && without_question(other))
			covered += other->below - other->from;
	return covered == WHOLE_DRAW;
}

static bool id_is_new(const struct reader *reader, xmlNodePtr node, const struct decision *row,
		      struct failure *why)
{
	for (const struct decision *other = reader->profile->decisions; other < row; other++)
		if (strcmp(other->id, row->id) == 0)
			return datafile_fault(reader->file, node, why,
					      "there is a decision '%s' already", row->id);
	return true;
}

static bool read_row(const struct reader *reader, xmlNodePtr node, struct decision *row,
		     struct failure *why)
{
	row->id = datafile_get(reader->file, node, "id");
	return id_is_new(reader, node, row, why) &&
	       compile(reader, node, "when", reader->world, &row->when, why) &&
	       compile(reader, node, "payload", &reader->profile->world, &row->payload, why) &&
	       read_draw(reader, node, row, why) && read_steps(reader, node, row, why);
}

static bool read_rows(const struct reader *reader, struct profile *profile, xmlNodePtr table,
		      struct failure *why)
{
	struct decision *rows =
		arena_alloc(profile->arena, count_named(table, "decision") * sizeof *rows);
	xmlNodePtr last = NULL;
	bool closed = false;

	profile->decisions = rows;
	for (xmlNodePtr node = child_named(table, "decision"); node != NULL;
	     node = next_named(node, "decision")) {
		struct decision *row = &rows[profile->decision_count];

		if (closed)
			return datafile_fault(reader->file, node, why,
					      "this decision can never be reached: the ones above "
					      "it fit every request");
		if (!read_row(reader, node, row, why))
			return false;
		profile->decision_count++;
		closed = closes_table(profile, row);
		last = node;
	}
	if (!closed)
		return datafile_fault(reader->file, last, why,
				      "a request may fit no decision: end the table with a row "
				      "without conditions, or with shares that make 100%%");
	return true;
}

/* ---- the file ------------------------------------------------------------------------- */

static bool read_sees(const struct reader *reader, struct profile *profile, xmlNodePtr root,
		      struct failure *why)
{
	struct seen *seen =
		arena_alloc(profile->arena, (count_named(root, "sees") + 1) * sizeof *seen);

	profile->sees = seen;
	for (xmlNodePtr node = child_named(root, "sees"); node != NULL;
	     node = next_named(node, "sees"), seen++) {
		seen->kind = datafile_get(reader->file, node, "kind");
		seen->answered = true;
		if (profile_sees(profile, seen->kind))
			return datafile_fault(reader->file, node, why, "it sees %s already",
					      seen->kind);
		if (!datafile_yes(reader->file, node, "answer", &seen->answered, why))
			return false;
		profile->seen_count++;
	}
	if (profile->seen_count == 0)
		return datafile_fault(reader->file, root, why,
				      "a party that decides must see a kind: <sees kind=…/>");
	return true;
}

/* Questions over the payload may use the table's own prefixes. */
static bool read_prefixes(const struct reader *reader, struct profile *profile, xmlNodePtr table,
			  struct failure *why)
{
	struct rules_world *world = &profile->world;
	size_t most = sizeof world->ns / sizeof *world->ns, count = 0;

	*world = *reader->world;
	memset(world->ns, 0, sizeof world->ns);
	for (xmlNodePtr ns = child_named(table, "ns"); ns != NULL; ns = next_named(ns, "ns")) {
		if (count == most)
			return datafile_fault(reader->file, ns, why, "more than %zu prefixes",
					      most);
		world->ns[count].prefix = datafile_get(reader->file, ns, "prefix");
		world->ns[count++].uri = datafile_get(reader->file, ns, "uri");
	}
	return true;
}

static bool read_table(const struct reader *reader, struct profile *profile, xmlNodePtr table,
		       struct failure *why)
{
	int answer = 0;

	if (!datafile_word(reader->file, table, "answer", answers, &answer, why))
		return false;
	profile->answer = answers[answer];
	return read_prefixes(reader, profile, table, why) &&
	       read_terms(reader, profile, table, why) && read_rows(reader, profile, table, why);
}

/* Who only looks on needs no table. */
static bool owes_answers(const struct profile *profile)
{
	for (size_t i = 0; i < profile->seen_count; i++)
		if (profile->sees[i].answered)
			return true;
	return false;
}

static bool read_profile(const struct reader *reader, struct profile *profile, struct failure *why)
{
	xmlNodePtr root = datafile_root(reader->file);
	xmlNodePtr table = child_named(root, "decisions");

	profile->party = datafile_get(reader->file, root, "id");
	profile->role = datafile_get(reader->file, root, "role");
	profile->answer = "none";
	if (!read_sees(reader, profile, root, why))
		return false;
	if (table != NULL)
		return read_table(reader, profile, table, why);
	if (owes_answers(profile))
		return datafile_fault(reader->file, root, why,
				      "no <decisions>: nothing says how this party answers");
	return true;
}

bool profile_load(struct profile **out, const char *path, const struct kinds *kinds,
		  struct failure *why)
{
	struct arena *arena = arena_new();
	struct profile *profile = arena_alloc(arena, sizeof *profile);
	struct reader reader = { .arena = arena, .profile = profile, .world = kinds_world(kinds) };
	bool good;

	profile->arena = arena;
	profile->kinds = kinds;
	profile->file = arena_string(arena, path);
	good = datafile_read(&reader.file, arena, path, PARTY_NS, party_grammar, PROFILE_CODE, why);
	if (good) {
		good = read_profile(&reader, profile, why);
		datafile_free(reader.file);
	}
	if (!good) {
		profile_free(profile);
		return false;
	}
	*out = profile;
	return true;
}

void profile_free(struct profile *profile)
{
	if (profile != NULL)
		arena_free(profile->arena);
}

static const struct seen *find_seen(const struct profile *profile, const char *kind)
{
	for (size_t i = 0; i < profile->seen_count; i++)
		if (strcmp(profile->sees[i].kind, kind) == 0)
			return &profile->sees[i];
	return NULL;
}

bool profile_sees(const struct profile *profile, const char *kind)
{
	return find_seen(profile, kind) != NULL;
}

bool profile_answers(const struct profile *profile, const char *kind)
{
	const struct seen *seen = find_seen(profile, kind);

	return seen != NULL && seen->answered;
}

/* ---- a decision that comes alone ------------------------------------------------------ */

static const struct datafile_element decision_grammar[] = {
	{ "decision", "id silent title title-vi source mark", "step*" },
	PARTY_STEP_GRAMMAR,
	{ NULL, NULL, NULL },
};

bool decision_read(const struct decision **out, struct arena *arena, const struct profile *profile,
		   const char *name, const void *bytes, size_t length, struct failure *why)
{
	struct decision *decision = arena_alloc(arena, sizeof *decision);
	struct reader reader = { .arena = arena,
				 .profile = profile,
				 .world = kinds_world(profile->kinds) };
	struct document *document;
	bool good;

	if (!document_parse(&document, name, bytes, length, &document_limits_message, why) ||
	    !datafile_take(&reader.file, arena, document, PARTY_NS, decision_grammar, PROFILE_CODE,
			   why))
		return false;
	decision->id = datafile_get(reader.file, datafile_root(reader.file), "id");
	good = read_steps(&reader, datafile_root(reader.file), decision, why);
	datafile_free(reader.file);
	*out = decision;
	return good;
}
