#include "journal/life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/datafile.h"

#define LIFE_NS	     "urn:nsw:life:1"
#define GENERIC_LIFE "generic/life.xml"

struct state {
	const char *id;
	bool final, frees, reached, left;
	const char *result;
	int64_t timeout;
};

struct rule {
	struct life_row row;
	const char *const *from;
	const char *event;
	struct question *guard; /* NULL: always */
};

struct life {
	const char *path;
	struct state *states;
	size_t state_count;
	struct rule *rules;
	size_t rule_count;
};

struct lives {
	struct arena *arena;
	struct life **of_kind; /* as kinds_at() counts; lives of one file are shared */
	const struct kinds *kinds;
	struct life **loaded;
	size_t loaded_count;
};

static const struct datafile_element grammar[] = {
	{ "life", "title review", "state+ row+" },
	{ "state", "id! title title-vi final timeout result frees", "" },
	{ "row",
	  "from! event! guard to! send answer number plan withdraw amend forward ask again tells "
	  "decides fails",
	  "" },
	{ NULL, NULL, NULL },
};

/* ---- loading ------------------------------------------------------------------------------- */

static struct state *state_named(const struct life *life, const char *id)
{
	for (size_t i = 0; i < life->state_count; i++)
		if (strcmp(life->states[i].id, id) == 0)
			return &life->states[i];
	return NULL;
}

static const char *const results[] = { "AP", "RE", "CA", "AJ", NULL };
static const char *const sends[] = { "AP", "RE", "CA", "AJ", "state", NULL };

static bool read_word(const char **out, const char *const words[], const struct datafile *file,
		      xmlNodePtr node, const char *attribute, struct failure *why)
{
	int word = -1;

	if (!datafile_word(file, node, attribute, words, &word, why))
		return false;
	if (word >= 0)
		*out = words[word];
	return true;
}

static bool read_state(struct life *life, const struct datafile *file, xmlNodePtr node,
		       struct failure *why)
{
	struct state *state = &life->states[life->state_count];

	state->id = datafile_get(file, node, "id");
	if (state_named(life, state->id) != NULL)
		return datafile_fault(file, node, why, "the state %s stands here twice", state->id);
	life->state_count++;
	state->result = "AJ";
	return read_word(&state->result, results, file, node, "result", why) &&
	       datafile_yes(file, node, "final", &state->final, why) &&
	       datafile_yes(file, node, "frees", &state->frees, why) &&
	       datafile_duration(file, node, "timeout", &state->timeout, why);
}

/* The sender of the event is the only one it can go to again. */
static bool read_again(struct life_row *row, const struct datafile *file, xmlNodePtr node,
		       struct failure *why)
{
	static const char *const whom[] = { "sender", NULL };
	const char *again = NULL;

	if (!read_word(&again, whom, file, node, "again", why))
		return false;
	row->again = again != NULL;
	return true;
}

static bool read_tellings(struct life_row *row, struct arena *arena, const struct datafile *file,
			  xmlNodePtr node, struct failure *why)
{
	const char *const *words = datafile_list(file, node, "tells");
	struct life_telling *tells;

	while (words[row->tell_count] != NULL)
		row->tell_count++;
	row->tells = tells = arena_alloc(arena, row->tell_count * sizeof *tells + 1);
	for (size_t i = 0; i < row->tell_count; i++) {
		const char *colon = strchr(words[i], ':');

		if (colon == NULL || colon == words[i] || colon[1] == '\0')
			return datafile_fault(file, node, why,
					      "tells: '%.60s' is not like permit:used", words[i]);
		tells[i].what = arena_copy(arena, words[i], (size_t)(colon - words[i]));
		tells[i].event = colon + 1;
	}
	return true;
}

static bool read_effects(struct life_row *row, struct arena *arena, const struct datafile *file,
			 xmlNodePtr node, struct failure *why)
{
	row->answer = datafile_get(file, node, "answer");
	if (row->answer == NULL)
		row->answer = "RES";
	row->forward = datafile_list(file, node, "forward");
	row->ask = datafile_list(file, node, "ask");
	row->decides = datafile_get(file, node, "decides");
	row->fails = datafile_get(file, node, "fails");
	return read_word(&row->send, sends, file, node, "send", why) &&
	       datafile_yes(file, node, "number", &row->number, why) &&
	       datafile_yes(file, node, "plan", &row->plan, why) &&
	       datafile_yes(file, node, "withdraw", &row->withdraw, why) &&
	       datafile_yes(file, node, "amend", &row->amend, why) &&
	       read_again(row, file, node, why) && read_tellings(row, arena, file, node, why);
}

static bool read_guard(struct rule *rule, const struct kinds *kinds, const struct datafile *file,
		       xmlNodePtr node, struct failure *why)
{
	const char *guard = datafile_get(file, node, "guard");

	return guard == NULL || question_compile(&rule->guard, guard, kinds_world(kinds),
						 datafile_place(file, node), why);
}

static void leave_all(struct life *life, const char *to)
{
	for (size_t i = 0; i < life->state_count; i++)
		if (strcmp(to, "=") != 0 && strcmp(to, life->states[i].id) != 0)
			life->states[i].left = true;
}

/* Note which states the row leads out of; every name must be a state. */
static bool connect(struct life *life, struct rule *rule, const struct datafile *file,
		    xmlNodePtr node, struct failure *why)
{
	struct state *state;

	for (const char *const *from = rule->from; *from != NULL; from++) {
		if (strcmp(*from, "*") == 0) {
			leave_all(life, rule->row.to);
			continue;
		}
		state = state_named(life, *from);
		if (state == NULL)
			return fault(why, "LIF-902", "no state is called %s", *from) ||
			       failure_at(why, "%s", datafile_place(file, node));
		if (strcmp(rule->row.to, "=") != 0 && strcmp(rule->row.to, *from) != 0)
			state->left = true;
	}
	if (strcmp(rule->row.to, "=") == 0)
		return true;
	if (state_named(life, rule->row.to) == NULL)
		return fault(why, "LIF-902", "no state is called %s", rule->row.to) ||
		       failure_at(why, "%s", datafile_place(file, node));
	return true;
}

static bool read_row(struct life *life, struct arena *arena, const struct kinds *kinds,
		     const struct datafile *file, xmlNodePtr node, struct failure *why)
{
	struct rule *rule = &life->rules[life->rule_count++];
	struct life_row *row = &rule->row;

	rule->from = datafile_list(file, node, "from");
	rule->event = datafile_get(file, node, "event");
	row->to = datafile_get(file, node, "to");
	row->line = node_line(node);
	return read_effects(row, arena, file, node, why) &&
	       read_guard(rule, kinds, file, node, why) && connect(life, rule, file, node, why);
}

static bool any_reached(const struct life *life)
{
	for (size_t i = 0; i < life->state_count; i++)
		if (life->states[i].reached)
			return true;
	return false;
}

/* From no case at all, or from a state that can be reached itself. */
static bool can_apply(const struct life *life, const struct rule *rule)
{
	for (const char *const *from = rule->from; *from != NULL; from++)
		if (strcmp(*from, "*") == 0 ? any_reached(life) : state_named(life, *from)->reached)
			return true;
	return rule->from[0] == NULL;
}

static void find_reachable(struct life *life)
{
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < life->rule_count; i++) {
			struct state *to = state_named(life, life->rules[i].row.to); /* "=": NULL */

			if (to == NULL || to->reached || !can_apply(life, &life->rules[i]))
				continue;
			to->reached = more = true;
		}
	}
}

static bool check_states(struct life *life, struct failure *why)
{
	find_reachable(life);
	for (size_t i = 0; i < life->state_count; i++) {
		const struct state *state = &life->states[i];

		if (!state->reached)
			return fault(why, "LIF-903", "no way leads to the state %s", state->id) ||
			       failure_at(why, "%s", life->path);
		if (!state->final && !state->left)
			return fault(why, "LIF-903", "no row leads out of the state %s",
				     state->id) ||
			       failure_at(why, "%s", life->path);
	}
	return true;
}

static bool read_life(struct life *life, struct arena *arena, const struct kinds *kinds,
		      const char *path, struct failure *why)
{
	struct datafile *file;
	xmlNodePtr root;
	size_t count;
	bool good = true;

	if (!datafile_read(&file, arena, path, LIFE_NS, grammar, "LIF-901", why))
		return false;
	root = datafile_root(file);
	count = xmlChildElementCount(root);
	life->path = arena_string(arena, path);
	life->states = arena_alloc(arena, count * sizeof *life->states);
	life->rules = arena_alloc(arena, count * sizeof *life->rules);
	for (xmlNodePtr node = child_named(root, "state"); good && node != NULL;
	     node = next_named(node, "state"))
		good = read_state(life, file, node, why);
	for (xmlNodePtr node = child_named(root, "row"); good && node != NULL;
	     node = next_named(node, "row"))
		good = read_row(life, arena, kinds, file, node, why);
	datafile_free(file);
	return good && check_states(life, why);
}

static const char *generic_path(struct arena *arena, const char *const folders[])
{
	for (size_t i = 0; folders[i] != NULL; i++) {
		const char *path = arena_printf(arena, "%s/" GENERIC_LIFE, folders[i]);

		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

static bool life_at(struct lives *lives, const char *path, struct life **out, struct failure *why)
{
	for (size_t i = 0; i < lives->loaded_count; i++) {
		*out = lives->loaded[i];
		if (strcmp((*out)->path, path) == 0)
			return true;
	}
	*out = arena_alloc(lives->arena, sizeof **out);
	lives->loaded[lives->loaded_count++] = *out; /* so that its guards are freed */
	return read_life(*out, lives->arena, lives->kinds, path, why);
}

static bool load_all(struct lives *lives, const char *const folders[], struct failure *why)
{
	const char *generic = generic_path(lives->arena, folders);
	const struct kind_concern *concerns;

	for (size_t i = 0; i < kinds_count(lives->kinds); i++) {
		const struct kind *kind = kinds_at(lives->kinds, i);
		const char *path = kind_life(kind);

		if (kind_role(kind) != KIND_APPLICATION || kind_concerns(kind, &concerns) != 0)
			continue; /* it opens no case */
		if (path == NULL)
			path = generic;
		if (path == NULL)
			return fault(why, "LIF-901",
				     "the kind %s has no life.xml and no folder has " GENERIC_LIFE,
				     kind_id(kind));
		if (!life_at(lives, path, &lives->of_kind[i], why))
			return false;
	}
	return true;
}

bool lives_load(struct lives **out, const struct kinds *kinds, const char *const folders[],
		struct failure *why)
{
	struct arena *arena = arena_new();
	struct lives *lives = arena_alloc(arena, sizeof *lives);
	size_t count = kinds_count(kinds);

	lives->arena = arena;
	lives->kinds = kinds;
	lives->of_kind = arena_alloc(arena, count * sizeof *lives->of_kind);
	lives->loaded = arena_alloc(arena, count * sizeof *lives->loaded);
	if (!load_all(lives, folders, why)) {
		lives_free(lives);
		return false;
	}
	*out = lives;
	return true;
}

void lives_free(struct lives *lives)
{
	if (lives == NULL)
		return;
	for (size_t i = 0; i < lives->loaded_count; i++)
		for (size_t j = 0; j < lives->loaded[i]->rule_count; j++)
			question_free(lives->loaded[i]->rules[j].guard);
	arena_free(lives->arena);
}

/* ---- asking -------------------------------------------------------------------------------- */

const struct life *life_of(const struct lives *lives, const struct kind *kind)
{
	for (size_t i = 0; i < kinds_count(lives->kinds); i++)
		if (kinds_at(lives->kinds, i) == kind)
			return lives->of_kind[i];
	return NULL;
}

bool life_opens(const struct life *life, const char *event)
{
	for (size_t i = 0; i < life->rule_count; i++)
		if (life->rules[i].from[0] == NULL && strcmp(life->rules[i].event, event) == 0)
			return true;
	return false;
}

const char *life_state(const struct life *life, size_t index)
{
	return index < life->state_count ? life->states[index].id : NULL;
}

bool life_final(const struct life *life, const char *state)
{
	const struct state *found = state_named(life, state);

	return found != NULL && found->final;
}

const char *life_result(const struct life *life, const char *state)
{
	const struct state *found = state_named(life, state);

	return found != NULL ? found->result : "AJ";
}

bool life_frees(const struct life *life, const char *state)
{
	const struct state *found = state_named(life, state);

	return found != NULL && found->frees;
}

int64_t life_timeout(const struct life *life, const char *state)
{
	const struct state *found = state_named(life, state);

	return found != NULL ? found->timeout : 0;
}

static bool from_fits(const struct rule *rule, const char *state)
{
	if (state[0] == '\0')
		return rule->from[0] == NULL;
	for (const char *const *from = rule->from; *from != NULL; from++)
		if (strcmp(*from, "*") == 0 || strcmp(*from, state) == 0)
			return true;
	return false;
}

bool life_row(const struct life *life, const char *state, const char *event, xmlDocPtr facts,
	      gateway_time at, const struct life_row **row, struct failure *why)
{
	*row = NULL;
	for (size_t i = 0; i < life->rule_count; i++) {
		const struct rule *rule = &life->rules[i];
		bool fits = true;

		if (strcmp(rule->event, event) != 0 || !from_fits(rule, state))
			continue;
		if (rule->guard != NULL &&
		    !question_ask(rule->guard, xmlDocGetRootElement(facts), at, &fits, why))
			return false;
		if (fits) {
			*row = &rule->row;
			return true;
		}
	}
	return true;
}
