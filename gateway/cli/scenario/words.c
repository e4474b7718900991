#include "cli/scenario/words.h"

#include <string.h>

#include "cli/scenario/observe.h"
#include "core/document.h"

static void add_word(struct words *words, struct play *play, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->words[i], word) == 0)
			return;
	words_add(play->session, words, arena_string(play->arena, word));
}

static void add_all(struct words *words, struct play *play, const char *const list[])
{
	for (size_t i = 0; list[i] != NULL; i++)
		add_word(words, play, list[i]);
}

/* Every status of a decision's step, wherever it stands in the profile. */
static void add_statuses(struct words *words, struct play *play, xmlNodePtr element)
{
	const char *status = attribute_text(play->arena, element, "status");

	if (status != NULL && status[strcspn(status, "{$(")] == '\0')
		add_word(words, play, status);
	for (xmlNodePtr at = xmlFirstElementChild(element); at != NULL;
	     at = xmlNextElementSibling(at))
		add_statuses(words, play, at);
}

static void add_profile(struct words *words, struct play *play, const char *id)
{
	const struct party *party = parties_find(play->choice->library->parties, id);
	struct document *document;
	struct failure ignored;

	if (party == NULL || party->file == NULL ||
	    !document_read(&document, party->file, &document_limits_data, &ignored))
		return;
	add_statuses(words, play, document_root(document));
	document_free(document);
}

static void add_seen(struct words *words, struct play *play, const struct submitted *submitted,
		     const char *party)
{
	for (size_t i = 0; i < play->hop_count; i++) {
		const struct hop *hop = &play->hops[i];

		if (!is_of(hop, submitted) || !is_from(hop, party))
			continue;
		add_word(words, play, hop->event);
		if (hop->state != NULL)
			add_word(words, play, hop->state);
	}
}

void words_of_speaker(struct words *words, struct play *play, const struct submitted *submitted,
		      const char *party)
{
	static const char *const of_messages[] = { "RECEIVED", "REFUSED", NULL };
	static const char *const of_parties[] = { "APPROVED", "REFUSED", "RECEIVED", "PAPER_DUE",
						  "SENT",     "DONE",	 "DEAD",     "WITHDRAWN",
						  "DECIDED",  "OPEN",	 "fault",    NULL };
	const struct life *life = observe_life(play, submitted);

	if (party != NULL) {
		add_all(words, play, of_parties);
		add_profile(words, play, party);
		add_seen(words, play, submitted, party);
		return;
	}
	for (size_t i = 0; life != NULL && life_state(life, i) != NULL; i++)
		add_word(words, play, life_state(life, i));
	add_all(words, play, of_messages);
}
