#include "cli/scenario/words.h"

#include <fts.h>
#include <string.h>

#include "cli/scenario/observe.h"
#include "core/document.h"
#include "core/text.h"

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
	static const char *const of_parties[] = { "REFUSED", "RECEIVED", "PAPER_DUE", "SENT",
						  "DONE",    "DEAD",	 "WITHDRAWN", "DECIDED",
						  "OPEN",    NULL };
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

void words_of_all_parties(struct words *words, struct play *play)
{
	const struct parties *parties = play->choice->library->parties;

	for (size_t i = 0; i < parties_count(parties); i++)
		add_profile(words, play, parties_at(parties, i)->id);
}

/* ---- codes ---------------------------------------------------------------------------------------------- */

#define DATA_MOST (16 * 1024 * 1024)

static bool file_has(const char *path, const char *code)
{
	struct text text = TEXT_EMPTY;
	size_t length = strlen(code);
	struct failure ignored;
	bool found = false;

	if (!text_read_file(&text, path, DATA_MOST, &ignored) || text.length == 0)
		return false;
	for (const char *at = strstr(text.bytes, code); at != NULL && !found;
	     at = strstr(at + 1, code))
		found = (at == text.bytes || strchr("\"'>", at[-1]) != NULL) &&
			strchr("\"'<", at[length]) != NULL;
	text_free(&text);
	return found;
}

static bool folder_has(const char *folder, const char *code)
{
	char *const paths[] = { (char *)folder, NULL };
	FTS *tree = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	bool found = false;
	FTSENT *at;

	while (!found && tree != NULL && (at = fts_read(tree)) != NULL) {
		const char *dot = strrchr(at->fts_name, '.');

		found = at->fts_info == FTS_F && dot != NULL &&
			(strcmp(dot, ".xml") == 0 || strcmp(dot, ".sch") == 0) &&
			file_has(at->fts_accpath, code);
	}
	if (tree != NULL)
		fts_close(tree);
	return found;
}

bool words_have_code(struct play *play, const char *code)
{
	const struct parties *parties = play->choice->library->parties;
	const char *folders[SETTINGS_FOLDERS];
	struct failure ignored;
	bool found = false;
	size_t count;

	for (size_t i = 0; !found && i < parties_count(parties); i++)
		found = parties_at(parties, i)->file != NULL &&
			file_has(parties_at(parties, i)->file, code);
	if (found || !session_kind_folders(play->session, folders, &count, &ignored))
		return found;
	for (size_t i = 0; !found && i < count; i++)
		found = folder_has(folders[i], code);
	return found;
}
