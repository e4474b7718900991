#include "mischief.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/document.h"
#include "core/text.h"

#define UNKNOWN_VERSION "99"

/* ---- what was told -------------------------------------------------------------------- */

bool mischief_does(const struct mischief *mischief, enum fault_side on, enum fault_kind kind)
{
	return (mischief->kinds[on] & 1U << kind) != 0;
}

/* A party that hangs has received the request, whichever side the fault was written for. */
static void add(struct mischief *told, const struct fault *fault)
{
	enum fault_side on = fault->kind == FAULT_HANG ? ON_REPLY : fault->on;

	told->kinds[on] |= 1U << fault->kind;
	if (fault->kind == FAULT_REJECT)
		reject(&told->because, fault->code, "%s",
		       fault->text != NULL ? fault->text : "refused, as a simulated fault has it");
}

bool mischief_told(struct mischief *told, const struct parcel *parcel, struct failure *why)
{
	struct arena *arena = arena_new();
	struct simulation simulation;
	bool read = simulation_read(&simulation, arena, (const char *)parcel->payload,
				    parcel->payload_length, why);

	*told = (struct mischief){ .message = "" };
	if (read) {
		memcpy(told->message, simulation.message, sizeof told->message);
		snprintf(told->attempt, sizeof told->attempt, "%" PRId64, simulation.attempt);
		for (size_t i = 0; i < simulation.count; i++)
			add(told, &simulation.faults[i]);
	}
	arena_free(arena);
	return read;
}

/* Hearsay, since nothing of it has been verified; good enough to tell deliveries apart. */
static bool is_of(const struct parcel *delivery, const char *message)
{
	struct arena *arena = arena_new();
	struct document *document = NULL;
	struct envelope envelope;
	bool same = envelope_parse(&envelope, &document, arena, delivery->envelope,
				   delivery->envelope_length, NULL) &&
		    strcmp(envelope.id, message) == 0;

	document_free(document);
	arena_free(arena);
	return same;
}

struct mischief mischief_take(struct mischief *told, const struct parcel *delivery,
			      const char *seed)
{
	static const struct mischief none;
	struct mischief taken = *told;

	if (told->message[0] == '\0' || !is_of(delivery, told->message))
		return none;
	*told = none;
	taken.seed = seed;
	return taken;
}

/* ---- damage --------------------------------------------------------------------------- */

/* Bytes on their way from one hand to another; never more than there were. */
struct load {
	unsigned char *bytes;
	size_t length;
};

static size_t somewhere(const struct mischief *mischief, const char *what, const char *message,
			size_t length)
{
	return (size_t)(keyed_draw(mischief->seed, "fault", what, message, mischief->attempt,
				   NULL) *
			(double)length);
}

static bool is_damaged(const struct mischief *mischief, enum fault_side on)
{
	return mischief_does(mischief, on, FAULT_TRUNCATE) ||
	       mischief_does(mischief, on, FAULT_CORRUPT);
}

/* First cut, then changed: the byte is one of those that arrive. */
static struct load damaged(const struct mischief *mischief, enum fault_side on, const char *message,
			   const void *bytes, size_t length, struct arena *arena)
{
	struct load load = { arena_copy(arena, bytes, length), length };

	if (mischief_does(mischief, on, FAULT_TRUNCATE))
		load.length /= 2;
	load.bytes[load.length] = '\0';
	if (mischief_does(mischief, on, FAULT_CORRUPT) && load.length > 0)
		load.bytes[somewhere(mischief, "corrupt", message, load.length)] ^= 1;
	return load;
}

struct parcel mischief_on_the_way(const struct mischief *mischief, const struct parcel *delivery,
				  struct arena *arena)
{
	struct parcel parcel = *delivery;
	struct load load;

	if (!is_damaged(mischief, ON_REQUEST))
		return parcel;
	load = damaged(mischief, ON_REQUEST, mischief->message, delivery->payload,
		       delivery->payload_length, arena);
	parcel.payload = load.bytes;
	parcel.payload_length = load.length;
	return parcel;
}

/* ---- the answers, before they are sealed ---------------------------------------------- */

/* Where the namespace of the payload's root stands in its bytes, in quotes; NULL without one. */
static const char *root_namespace(const struct answer *answer, xmlNodePtr root, size_t *length)
{
	const char *found = answer->payload, *end = found + answer->envelope.payload_size;
	const char *name = root->ns != NULL ? (const char *)root->ns->href : "";

	*length = strlen(name);
	while (*length > 0 &&
	       (found = memmem(found, (size_t)(end - found), name, *length)) != NULL) {
		if (found > answer->payload && strchr("'\"", found[-1]) != NULL &&
		    found[*length] == found[-1])
			return found;
		found++;
	}
	return NULL;
}

/* "urn:nsw:res:1" becomes "urn:nsw:res:99". */
static void write_version(struct answer *answer, struct arena *arena, const char *name,
			  size_t length)
{
	size_t before = (size_t)(name - answer->payload), stem = length;
	struct text changed = TEXT_EMPTY;

	while (stem > 0 && name[stem - 1] != ':')
		stem--;
	text_add_bytes(&changed, answer->payload, before + (stem > 0 ? stem : length));
	text_add(&changed, stem > 0 ? UNKNOWN_VERSION : ":" UNKNOWN_VERSION);
	text_add_bytes(&changed, name + length, answer->envelope.payload_size - before - length);
	answer->payload = arena_copy(arena, changed.bytes, changed.length);
	answer->envelope.payload_size = changed.length;
	text_free(&changed);
}

static bool change_version(struct answer *answer, struct arena *arena, struct failure *why)
{
	struct document *document;
	const char *name;
	size_t length;

	if (!document_parse(&document, SIGNATURE_PAYLOAD_URI, answer->payload,
			    answer->envelope.payload_size, &document_limits_message, why))
		return false;
	name = root_namespace(answer, document_root(document), &length);
	document_free(document);
	if (name != NULL)
		write_version(answer, arena, name, length);
	return true;
}

bool mischief_answers(const struct mischief *mischief, struct answers *answers, struct arena *arena,
		      const struct profile *profile, const struct envelope *request,
		      struct failure *why)
{
	if (mischief_does(mischief, ON_REPLY, FAULT_REJECT))
		decide_refuse(answers, arena, profile, request, &mischief->because);
	if (mischief_does(mischief, ON_REPLY, FAULT_HANG))
		answers->count = 1;
	if (mischief_does(mischief, ON_REPLY, FAULT_WRONG_VERSION))
		for (size_t i = 0; i < answers->count; i++)
			if (!change_version(&answers->rows[i], arena, why))
				return false;
	return true;
}

/* ---- the answers, sealed -------------------------------------------------------------- */

/* One character of the value is exchanged for another of the same alphabet. */
static void spoil_signature(const struct mischief *mischief, struct arena *arena,
			    struct letter *letter)
{
	static const char element[] = "SignatureValue>";
	char *envelope = arena_copy(arena, letter->envelope, letter->envelope_length);
	char *value = strstr(envelope, element), *end;

	letter->envelope = envelope;
	if (value == NULL)
		return;
	value += sizeof element - 1;
	end = strpbrk(value, "=<"); /* the last characters may be filling */
	if (end == NULL || end - value < 4)
		return;
	value += somewhere(mischief, "signature", letter->id, (size_t)(end - value) - 3);
	*value = *value == 'A' ? 'B' : 'A';
}

static void spoil(const struct mischief *mischief, struct arena *arena, struct letter *letter)
{
	struct load load;

	if (mischief_does(mischief, ON_REPLY, FAULT_BAD_SIGNATURE))
		spoil_signature(mischief, arena, letter);
	if (is_damaged(mischief, ON_REPLY)) {
		load = damaged(mischief, ON_REPLY, letter->id, letter->payload,
			       letter->payload_length, arena);
		letter->payload = load.bytes;
		letter->payload_length = load.length;
	}
	letter->twice = mischief_does(mischief, ON_REPLY, FAULT_DUPLICATE);
}

static void reverse(struct letter *letters, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct letter first = letters[i];

		letters[i] = letters[count - 1 - i];
		letters[count - 1 - i] = first;
	}
}

void mischief_letters(const struct mischief *mischief, struct arena *arena, struct letter *letters,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		spoil(mischief, arena, &letters[i]);
	if (mischief_does(mischief, ON_REPLY, FAULT_REORDER))
		reverse(letters, count);
}
