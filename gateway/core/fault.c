#include "core/fault.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/nearest.h"

#define SHOWN	   60 /* bytes of what is refused */
#define ID_MOST	   32
#define COUNT_MOST 1000000
#define BLANKS	   " \t"

/* What each kind can be on, is on when nobody says, and takes. */
#define REQUEST (1u << ON_REQUEST)
#define REPLY	(1u << ON_REPLY)
enum takes { NOTHING, TIMES, WORDS };

/* A table is read in columns. */
/* clang-format off */
static const struct {
	const char *name, *noun;
	unsigned sides;
	enum fault_side standard;
	enum takes takes;
} kinds[] = {
	[FAULT_DELAY] = { "delay", "delay", REQUEST | REPLY, ON_REQUEST, TIMES },
	[FAULT_DROP] = { "drop", "drop", REQUEST | REPLY, ON_REQUEST, NOTHING },
	[FAULT_DUPLICATE] = { "duplicate", "duplicate", REQUEST | REPLY, ON_REPLY, NOTHING },
	[FAULT_REORDER] = { "reorder", "reordering", REQUEST | REPLY, ON_REPLY, NOTHING },
	[FAULT_CORRUPT] = { "corrupt", "corruption", REQUEST | REPLY, ON_REPLY, NOTHING },
	[FAULT_TRUNCATE] = { "truncate", "truncation", REQUEST | REPLY, ON_REPLY, NOTHING },
	[FAULT_BAD_SIGNATURE] = { "bad-signature", "bad signature", REPLY, ON_REPLY, NOTHING },
	[FAULT_EXPIRED_CERTIFICATE] = { "expired-certificate", "expired certificate", REPLY,
					ON_REPLY, NOTHING },
	[FAULT_WRONG_VERSION] = { "wrong-version", "wrong version", REPLY, ON_REPLY, NOTHING },
	[FAULT_REJECT] = { "reject", "rejection", REPLY, ON_REPLY, WORDS },
	[FAULT_HANG] = { "hang", "hang", REQUEST | REPLY, ON_REQUEST, NOTHING },
	[FAULT_DOWN] = { "down", "down", REQUEST | REPLY, ON_REQUEST, NOTHING },
};
/* clang-format on */

static const char *const sides[] = { [ON_REQUEST] = "request", [ON_REPLY] = "reply" };

const char *fault_kind_name(enum fault_kind kind)
{
	return kind < FAULT_KINDS ? kinds[kind].name : "";
}

const char *fault_side_name(enum fault_side side)
{
	return side < FAULT_SIDES ? sides[side] : "";
}

bool fault_is_simulated(const struct fault *fault)
{
	return fault->kind != FAULT_DELAY && fault->kind != FAULT_DOWN &&
	       !(fault->kind == FAULT_REORDER && fault->on == ON_REQUEST);
}

/* ---- values -------------------------------------------------------------------------------- */

static bool misfit(struct failure *why, const char *name, const char *value, const char *takes)
{
	return reject(why, "FLT-003", "%s is '%.*s'; it takes %s", name, SHOWN, value, takes);
}

/* What a line can hold again: no control characters, and not both kinds of quotes. */
static bool is_writable(const char *value)
{
	for (const char *at = value; *at != '\0'; at++)
		if (iscntrl((unsigned char)*at))
			return false;
	return *value != '\0' && (strchr(value, '"') == NULL || strchr(value, '\'') == NULL);
}

static bool set_words(const char **out, struct arena *arena, const char *name, const char *value,
		      struct failure *why)
{
	if (!is_writable(value))
		return misfit(why, name, value, "a text on one line, without both kinds of quotes");
	*out = arena_string(arena, value);
	return true;
}

static bool set_party(struct fault *fault, struct arena *arena, const char *name, const char *value,
		      struct failure *why)
{
	return set_words(&fault->party, arena, name, value, why);
}

static bool set_kind(struct fault *fault, struct arena *arena, const char *name, const char *value,
		     struct failure *why)
{
	struct nearest nearest = nearest_to(value);
	char hint[NEAREST_TEXT_SIZE];
	struct text all = TEXT_EMPTY;

	(void)arena, (void)name;
	for (size_t i = 0; i < FAULT_KINDS; i++) {
		if (strcmp(kinds[i].name, value) == 0) {
			fault->kind = (enum fault_kind)i;
			text_free(&all);
			return true;
		}
		nearest_offer(&nearest, kinds[i].name);
		text_printf(&all, "%s%s", i > 0 ? ", " : "", kinds[i].name);
	}
	reject(why, "FLT-001", "'%.*s' is not one of %s%s", SHOWN, value, all.bytes,
	       nearest_text(&nearest, hint));
	text_free(&all);
	return false;
}

static bool set_side(struct fault *fault, struct arena *arena, const char *name, const char *value,
		     struct failure *why)
{
	struct nearest nearest = nearest_to(value);
	char hint[NEAREST_TEXT_SIZE];

	(void)arena;
	for (size_t i = 0; i < FAULT_SIDES; i++) {
		if (strcmp(sides[i], value) == 0) {
			fault->on = (enum fault_side)i;
			return true;
		}
		nearest_offer(&nearest, sides[i]);
	}
	return reject(why, "FLT-003", "%s is '%.*s'; it takes request or reply%s", name, SHOWN,
		      value, nearest_text(&nearest, hint));
}

static bool set_id(struct fault *fault, struct arena *arena, const char *name, const char *value,
		   struct failure *why)
{
	size_t length = strlen(value);

	for (const char *at = value; *at != '\0'; at++)
		if (!isalnum((unsigned char)*at) && strchr("-_.", *at) == NULL)
			length = 0;
	if (length == 0 || length > ID_MOST)
		return misfit(why, name, value, "up to 32 letters, digits and - _ .");
	fault->id = arena_string(arena, value);
	return true;
}

static bool read_duration(int64_t *out, const char *name, const char *value, struct failure *why)
{
	return (duration_parse(value, out, NULL) && *out > 0) ||
	       misfit(why, name, value, "a duration, as 800ms, 10s, 2m, 8h or 5d");
}

static bool set_by(struct fault *fault, struct arena *arena, const char *name, const char *value,
		   struct failure *why)
{
	(void)arena;
	return read_duration(&fault->by, name, value, why);
}

static bool set_jitter(struct fault *fault, struct arena *arena, const char *name,
		       const char *value, struct failure *why)
{
	(void)arena;
	return read_duration(&fault->jitter, name, value, why);
}

static bool set_lasts(struct fault *fault, struct arena *arena, const char *name, const char *value,
		      struct failure *why)
{
	(void)arena;
	return read_duration(&fault->lasts, name, value, why);
}

static bool set_code(struct fault *fault, struct arena *arena, const char *name, const char *value,
		     struct failure *why)
{
	return set_words(&fault->code, arena, name, value, why);
}

static bool set_text(struct fault *fault, struct arena *arena, const char *name, const char *value,
		     struct failure *why)
{
	return set_words(&fault->text, arena, name, value, why);
}

static bool set_document(struct fault *fault, struct arena *arena, const char *name,
			 const char *value, struct failure *why)
{
	return set_words(&fault->document, arena, name, value, why);
}

static bool set_run(struct fault *fault, struct arena *arena, const char *name, const char *value,
		    struct failure *why)
{
	return set_words(&fault->run, arena, name, value, why);
}

static bool read_count(int64_t *out, const char *name, const char *value, struct failure *why)
{
	size_t digits = strspn(value, "0123456789");

	*out = digits > 0 && digits < 8 && value[digits] == '\0' ? strtoll(value, NULL, 10) : 0;
	return (*out >= 1 && *out <= COUNT_MOST) ||
	       misfit(why, name, value, "a whole number from 1 to 1000000");
}

static bool set_first(struct fault *fault, struct arena *arena, const char *name, const char *value,
		      struct failure *why)
{
	(void)arena;
	return read_count(&fault->first, name, value, why);
}

static bool set_every(struct fault *fault, struct arena *arena, const char *name, const char *value,
		      struct failure *why)
{
	(void)arena;
	return read_count(&fault->every, name, value, why);
}

/* "0.25": written as people write it, so that it reads back to the same number. */
static bool set_probability(struct fault *fault, struct arena *arena, const char *name,
			    const char *value, struct failure *why)
{
	size_t whole = strspn(value, "0123456789");
	size_t part = value[whole] == '.' ? strspn(value + whole + 1, "0123456789") : 0;
	size_t length = whole + (part > 0 ? part + 1 : 0);
	double probability = strtod(value, NULL);

	(void)arena;
	if (whole == 0 || part > 9 || value[length] != '\0' || probability > 1)
		return misfit(why, name, value, "a number from 0 to 1, as 0.25");
	fault->probability = probability;
	return true;
}

static const struct {
	const char *name;
	bool (*set)(struct fault *fault, struct arena *arena, const char *name, const char *value,
		    struct failure *why);
} names[] = {
	{ "at", set_party },	  { "kind", set_kind },
	{ "on", set_side },	  { "by", set_by },
	{ "jitter", set_jitter }, { "code", set_code },
	{ "text", set_text },	  { "document", set_document },
	{ "run", set_run },	  { "first", set_first },
	{ "every", set_every },	  { "probability", set_probability },
	{ "for", set_lasts },	  { "id", set_id },
};

bool fault_set(struct fault *fault, struct arena *arena, const char *name, const char *value,
	       struct failure *why)
{
	struct nearest nearest = nearest_to(name);
	char hint[NEAREST_TEXT_SIZE];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(names[i].name, name) == 0)
			return names[i].set(fault, arena, name, value, why);
		nearest_offer(&nearest, names[i].name);
	}
	return reject(why, "FLT-002", "a fault has no '%.*s'%s", SHOWN, name,
		      nearest_text(&nearest, hint));
}

/* ---- the whole ----------------------------------------------------------------------------- */

static bool goes_together(const struct fault *fault, struct failure *why)
{
	const char *name = kinds[fault->kind].name;
	enum takes takes = kinds[fault->kind].takes;

	if ((kinds[fault->kind].sides & (1u << fault->on)) == 0)
		return reject(why, "FLT-004", "%s is possible on=reply alone", name);
	if (takes != TIMES && (fault->by != 0 || fault->jitter != 0))
		return reject(why, "FLT-004", "%s takes no by and jitter; delay does", name);
	if (takes != WORDS && (fault->code != NULL || fault->text != NULL))
		return reject(why, "FLT-004", "%s takes no code and text; reject does", name);
	if (takes == TIMES && fault->by == 0 && fault->jitter == 0)
		return reject(why, "FLT-004", "%s needs by=TIME, jitter=TIME or both", name);
	if (takes == WORDS && fault->code == NULL)
		return reject(why, "FLT-004", "%s needs code=CODE", name);
	return true;
}

static bool find_party(struct fault *fault, const struct parties *parties, struct failure *why)
{
	const struct party *party;

	if (!parties_meant(parties, fault->party, &party, why))
		return false;
	fault->party = party->id;
	return party->push ||
	       reject(why, "FLT-005", "%s is delivered nothing: it fetches what is for it",
		      party->id);
}

bool fault_finish(struct fault *fault, const struct parties *parties, struct failure *why)
{
	if (fault->party == NULL)
		return reject(why, "FLT-004", "at which party? A fault needs one");
	if (fault->kind == FAULT_KINDS)
		return reject(why, "FLT-004", "what is to go wrong at %.*s? A fault needs a kind",
			      SHOWN, fault->party);
	if (fault->on == FAULT_SIDES)
		fault->on = kinds[fault->kind].standard;
	return goes_together(fault, why) && (parties == NULL || find_party(fault, parties, why));
}

/* ---- lines --------------------------------------------------------------------------------- */

/* The next word of a line, its quotes taken off; NULL at the end. *line is changed in place, and
 * NULL when a quote is not closed. A name's quoted value is part of its word. */
static char *next_word(char **line)
{
	char *at = *line + strspn(*line, BLANKS), *word = at, *to = at;

	if (*at == '\0')
		return NULL;
	while (*at != '\0' && strchr(BLANKS, *at) == NULL) {
		char quote = *at, *end;

		if (quote != '"' && quote != '\'') {
			*to++ = *at++;
			continue;
		}
		end = strchr(at + 1, quote);
		if (end == NULL) {
			*line = NULL;
			return word;
		}
		memmove(to, at + 1, (size_t)(end - at - 1));
		to += end - at - 1;
		at = end + 1;
	}
	*line = *at != '\0' ? at + 1 : at;
	*to = '\0';
	return word;
}

/* The party, then the kind, then names with values. */
static bool take_word(struct fault *fault, struct arena *arena, char *word, struct failure *why)
{
	char *equals = strchr(word, '=');

	if (fault->party == NULL && equals == NULL)
		return fault_set(fault, arena, "at", word, why);
	if (fault->kind == FAULT_KINDS && equals == NULL)
		return fault_set(fault, arena, "kind", word, why);
	if (equals == NULL || equals == word)
		return reject(why, "FLT-006", "'%.*s' is not name=value", SHOWN, word);
	*equals = '\0';
	return fault_set(fault, arena, word, equals + 1, why);
}

bool fault_parse(struct fault *out, struct arena *arena, const char *line,
		 const struct parties *parties, struct failure *why)
{
	char *rest = arena_string(arena, line), *word;

	*out = FAULT_NEW;
	while ((word = next_word(&rest)) != NULL) {
		if (rest == NULL)
			return reject(why, "FLT-006", "a quote is not closed in '%.*s'", SHOWN,
				      line);
		if (!take_word(out, arena, word, why))
			return false;
	}
	return fault_finish(out, parties, why);
}

void fault_write_value(struct text *out, const char *name, const char *value)
{
	bool quoted = *value == '\0' || strpbrk(value, BLANKS "\"'") != NULL;
	const char *quote = !quoted ? "" : strchr(value, '"') != NULL ? "'" : "\"";

	text_printf(out, "%s%s=%s%s%s", out->length > 0 ? " " : "", name, quote, value, quote);
}

static void write_optional(struct text *out, const char *name, const char *value)
{
	if (value != NULL)
		fault_write_value(out, name, value);
}

/* In the largest unit that leaves no rest. */
static void add_duration(struct text *out, int64_t ms)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 }
	};
	size_t i = 0;

	while (ms % units[i].ms != 0)
		i++;
	text_printf(out, "%lld%s", (long long)(ms / units[i].ms), units[i].name);
}

static void write_duration(struct text *out, const char *name, int64_t ms)
{
	if (ms == 0)
		return;
	text_printf(out, " %s=", name);
	add_duration(out, ms);
}

static void write_count(struct text *out, const char *name, int64_t count)
{
	if (count != 0)
		text_printf(out, " %s=%lld", name, (long long)count);
}

void fault_write(struct text *out, const struct fault *fault)
{
	text_printf(out, "%s %s on=%s", fault->party, kinds[fault->kind].name, sides[fault->on]);
	write_duration(out, "by", fault->by);
	write_duration(out, "jitter", fault->jitter);
	write_optional(out, "code", fault->code);
	write_optional(out, "text", fault->text);
	write_optional(out, "document", fault->document);
	write_optional(out, "run", fault->run);
	write_count(out, "first", fault->first);
	write_count(out, "every", fault->every);
	if (fault->probability < 1)
		text_printf(out, " probability=%.9g", fault->probability);
	write_duration(out, "for", fault->lasts);
}

void fault_tell(struct text *out, const struct fault *fault, int64_t later)
{
	if (fault->kind == FAULT_DOWN) {
		text_add(out, "down, as though not connected");
		return;
	}
	text_printf(out, "%s of the %s", kinds[fault->kind].noun, sides[fault->on]);
	if (later != 0) {
		text_add(out, " by ");
		add_duration(out, later);
	}
	if (fault->code != NULL)
		text_printf(out, " with %s", fault->code);
}
