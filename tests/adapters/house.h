/*
 * house - the parties of this house, and deliveries to them, without a gateway between.
 *
 * house_open() and house_close() are a group's set-up and tear-down: the kinds of schemas/ and every
 * profile of adapters/ that decides. A delivery is a sample as it stands, or with another reference
 * and function, on the day it was drawn up.
 */
#ifndef NSW_TESTS_ADAPTERS_HOUSE_H
#define NSW_TESTS_ADAPTERS_HOUSE_H

#include "core/kind.h"
#include "core/text.h"

#include "adapters/decide.h"

#define HOUSE_MOST 16

struct house {
	struct kinds *kinds;
	struct profile *everybody[HOUSE_MOST];
	size_t count;
};
extern struct house house;

int house_open(void **state);
int house_close(void **state);
/* Fails the test with the failure's line. */
void house_must(bool done, const struct failure *why);
const struct profile *house_party(const char *id);

struct delivery {
	struct arena *arena;
	struct document *document;
	struct envelope envelope;
	struct request request;
};

void house_deliver(struct delivery *out, const char *name, const char *bytes, size_t length);
/* NULL: as the sample has it. */
void house_deliver_sample(struct delivery *out, const char *path, const char *reference,
			  const char *function);
void house_take_back(struct delivery *delivery);

struct answers house_answers(struct delivery *delivery, const struct profile *profile);
/* free it */
struct document *house_payload(const struct answer *answer);
/* The fact `status` of its kind; NULL when it has none. */
const char *house_word(struct arena *arena, const struct answer *answer);
/* The gateway would take it, on the day on which it gets it. */
void house_check_answer(struct arena *arena, const struct profile *profile,
			const struct answer *answer, gateway_time at);

#endif
