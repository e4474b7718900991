/* outbox_carry - messages carried on: to whom a row of a life says, as they came. */
#include <string.h>

#include "deliver/outbox_private.h"

/* "PARTNER-{destination}" with the facts of the case's document filled in; NULL when one is absent. */
static const char *filled_in(struct outbox *outbox, const struct facts *facts, const char *word)
{
	struct text out = TEXT_EMPTY;
	const char *brace, *end, *value = "", *filled = NULL;

	while (value != NULL && (brace = strchr(word, '{')) != NULL &&
	       (end = strchr(brace, '}')) != NULL) {
		text_add_bytes(&out, word, (size_t)(brace - word));
		value = facts_get(facts,
				  arena_copy(outbox->arena, brace + 1, (size_t)(end - brace - 1)));
		text_add(&out, value != NULL ? value : "");
		word = end + 1;
	}
	text_add(&out, word);
	if (value != NULL)
		filled = arena_string(outbox->arena, out.bytes);
	text_free(&out);
	return filled;
}

static const char *recipient(struct outbox *outbox, const struct move *move, const char *word)
{
	struct journal_case parent;

	if (strcmp(word, "declarant") == 0)
		return move->case_.declarant;
	if (strcmp(word, "sender") == 0)
		return move->by;
	if (strcmp(word, "applicant") != 0)
		return filled_in(outbox, move->facts, word);
	if (move->case_.parent == NULL ||
	    !journal_case(outbox->journal, outbox->arena, move->case_.parent, &parent))
		return NULL;
	return parent.declarant;
}

/* A push party without a link on that day gets it on paper, outside this house. */
static bool has_link(struct outbox *outbox, const struct move *move, const char *party,
		     enum link_state *state)
{
	*state = rollout_state(plan_data(outbox->plan)->rollout, party, NULL, NULL, move->at, NULL);
	return link_carries(*state) || !parties_push(outbox->house->parties, party);
}

static bool carry_to(struct outbox *outbox, const struct move *move, const char *party,
		     const char *step, struct parcel_plan *parcel, struct failure *why)
{
	enum link_state state;

	if (!has_link(outbox, move, party, &state))
		return journal_append(outbox->journal, move->at, why, "on-paper", "case",
				      move->case_.id, "party", party, "kind", parcel->kind, "link",
				      link_state_name(state), NULL);
	parcel->id = outbox_id(outbox, move, party, step);
	parcel->party = party;
	parcel->push = parties_push(outbox->house->parties, party);
	return outbox_write(outbox, move, parcel, why);
}

struct recipients { /* of one list of words; who is named twice gets it once */
	const char **party;
	size_t count;
};

static bool is_new(struct recipients *recipients, const char *party)
{
	for (size_t i = 0; i < recipients->count; i++)
		if (strcmp(recipients->party[i], party) == 0)
			return false;
	recipients->party[recipients->count++] = party;
	return true;
}

static bool is_sender(const struct move *move, const char *party)
{
	return move->by != NULL && strcmp(party, move->by) == 0;
}

static struct recipients room_for(struct outbox *outbox, const char *const *words)
{
	size_t count = 0;

	while (words[count] != NULL)
		count++;
	return (struct recipients){ arena_alloc(outbox->arena, count * sizeof(char *) + 1), 0 };
}

/* An information names what it answers, and so ends with its receipt; a question does not. */
static bool carry(struct outbox *outbox, const struct move *move, const char *const *words,
		  const char *step, const char *ref, struct failure *why)
{
	struct recipients recipients = room_for(outbox, words);

	for (; *words != NULL; words++) {
		const char *party = recipient(outbox, move, *words);
		struct parcel_plan parcel = { .kind = move->carried_kind,
					      .payload = move->carried,
					      .ref = ref };

		if (party == NULL || is_sender(move, party) || !is_new(&recipients, party))
			continue;
		if (!carry_to(outbox, move, party, step, &parcel, why))
			return false;
	}
	return true;
}

static bool send_again(struct outbox *outbox, const struct move *move, struct failure *why)
{
	struct parcel_plan parcel = { .kind = kind_id(move->kind),
				      .payload = move->payload,
				      .ref = move->cause };

	return carry_to(outbox, move, move->by, "again", &parcel, why);
}

bool outbox_carry_on(struct outbox *outbox, const struct move *move, struct failure *why)
{
	const struct life_row *row = move->row;

	if (move->carried != NULL &&
	    (!carry(outbox, move, row->forward, "forward", move->carried_ref, why) ||
	     !carry(outbox, move, row->ask, "ask", NULL, why)))
		return false;
	return !row->again || send_again(outbox, move, why);
}
