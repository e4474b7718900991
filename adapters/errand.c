#include "errand.h"

#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/digest.h"
#include "core/envelope.h"
#include "core/text.h"

#include "mischief.h"

#define PATIENCE_MOST (60 * 1000)

struct errand {
	struct errand *next;
	struct arena *arena; /* of all of it, itself included */
	const char *request;
	const struct letter *letters;
	size_t count, at; /* letters[at] is being handed over */
	uint64_t due;
	unsigned repeated;
};

/* ---- the list ------------------------------------------------------------------------- */

static void drop(struct errands *errands, struct errand **link)
{
	struct errand *errand = *link;

	*link = errand->next;
	errands->count--;
	errands->ended++;
	arena_free(errand->arena);
}

void errands_clear(struct errands *errands)
{
	while (errands->first != NULL)
		drop(errands, &errands->first);
	errands->ended = 0;
}

static void forget_request(struct errands *errands, const char *request)
{
	for (struct errand **link = &errands->first; *link != NULL; link = &(*link)->next) {
		if (strcmp((*link)->request, request) != 0)
			continue;
		drop(errands, link);
		return;
	}
}

bool errands_have(const struct errands *errands, const char *request)
{
	for (const struct errand *errand = errands->first; errand != NULL; errand = errand->next)
		if (strcmp(errand->request, request) == 0)
			return true;
	return false;
}

static const struct letter *current(const struct errand *errand)
{
	return &errand->letters[errand->at];
}

/* The link to the errand that is waiting for the fate of this message; NULL without one. */
static struct errand **waiting_for(struct errands *errands, const char *message)
{
	for (struct errand **link = &errands->first; *link != NULL; link = &(*link)->next)
		if (strcmp(current(*link)->id, message) == 0)
			return link;
	return NULL;
}

/* ---- sealing -------------------------------------------------------------------------- */

static bool seal(struct letter *letter, struct arena *arena, const struct answer *answer,
		 const struct signing_key *key, struct failure *why)
{
	const struct envelope *envelope = &answer->envelope;
	struct text sealed = TEXT_EMPTY;
	bool good =
		envelope_seal(&sealed, envelope, answer->payload, envelope->payload_size, key, why);

	if (good)
		*letter = (struct letter){
			.id = arena_string(arena, envelope->id),
			.step = arena_string(arena, answer->step),
			.envelope = arena_copy(arena, sealed.bytes, sealed.length),
			.envelope_length = sealed.length,
			.payload = arena_copy(arena, answer->payload, envelope->payload_size),
			.payload_length = envelope->payload_size,
			.expires = envelope->expires,
		};
	text_free(&sealed);
	return good;
}

static bool seal_all(struct errand *errand, const struct answers *answers,
		     const struct signing_key *key, const struct mischief *mischief,
		     struct failure *why)
{
	struct letter *letters = arena_alloc(errand->arena, answers->count * sizeof *letters);

	errand->letters = letters;
	for (; errand->count < answers->count; errand->count++)
		if (!seal(&letters[errand->count], errand->arena, &answers->rows[errand->count],
			  key, why))
			return false;
	if (mischief != NULL)
		mischief_letters(mischief, errand->arena, letters, errand->count);
	return true;
}

bool errands_add(struct errands *errands, const char *request, const struct answers *answers,
		 const struct signing_key *key, const struct mischief *mischief,
		 struct failure *why)
{
	struct arena *arena = arena_new();
	struct errand *errand = arena_alloc(arena, sizeof *errand);

	errand->arena = arena;
	errand->request = arena_string(arena, request);
	if (!seal_all(errand, answers, key, mischief, why)) {
		arena_free(arena);
		return false;
	}
	forget_request(errands, request);
	errand->next = errands->first;
	errands->first = errand;
	errands->count++;
	return true;
}

/* ---- sending -------------------------------------------------------------------------- */

/* Repetitions of many letters spread out, so that a gateway that was away is not met by all of
 * them in one instant. */
static int64_t with_jitter(const struct letter *letter, int64_t wait)
{
	return wait + (int64_t)(keyed_draw("jitter", letter->id, NULL) * (double)wait / 4);
}

static void count_as_sent(struct errand *errand, uint64_t now, int64_t patience)
{
	for (unsigned i = 0; i < errand->repeated && patience < PATIENCE_MOST; i++)
		patience *= 2;
	if (patience > PATIENCE_MOST)
		patience = PATIENCE_MOST;
	errand->repeated++;
	errand->due = now + (uint64_t)with_jitter(current(errand), patience);
}

const struct letter *errands_next(struct errands *errands, uint64_t now, int64_t patience,
				  gateway_time today)
{
	struct errand **link = &errands->first;

	while (*link != NULL) {
		struct errand *errand = *link;

		if (errand->due <= now && current(errand)->expires > today) {
			count_as_sent(errand, now, patience);
			return current(errand);
		}
		if (errand->due <= now)
			drop(errands, link);
		else
			link = &errand->next;
	}
	return NULL;
}

int64_t errands_wait(const struct errands *errands, uint64_t now, int64_t most)
{
	for (const struct errand *errand = errands->first; errand != NULL; errand = errand->next)
		if (errand->due <= now)
			return 0;
		else if (errand->due - now < (uint64_t)most)
			most = (int64_t)(errand->due - now);
	return most;
}

/* ---- what the gateway says to it ------------------------------------------------------ */

bool errands_receipted(struct errands *errands, const char *message)
{
	struct errand **link = waiting_for(errands, message);

	if (link == NULL)
		return false;
	(*link)->at++;
	(*link)->due = 0;
	(*link)->repeated = 0;
	if ((*link)->at == (*link)->count)
		drop(errands, link);
	return true;
}

bool errands_refused(struct errands *errands, const char *message)
{
	struct errand **link = waiting_for(errands, message);

	if (link == NULL)
		return false;
	drop(errands, link);
	return true;
}

bool errands_postponed(struct errands *errands, const char *envelope_digest, uint64_t now,
		       int64_t wait)
{
	for (struct errand *errand = errands->first; errand != NULL; errand = errand->next) {
		const struct letter *letter = current(errand);
		struct digest digest = digest_of(letter->envelope, letter->envelope_length);
		char text[DIGEST_TEXT_SIZE];

		if (strcmp(digest_text(&digest, text), envelope_digest) != 0)
			continue;
		if (wait > PATIENCE_MOST)
			wait = PATIENCE_MOST;
		errand->due = now + (uint64_t)with_jitter(letter, wait);
		return true;
	}
	return false;
}
