#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/replay/replay.h"

/* ---- files ------------------------------------------------------------------------------------- */

static int is_document(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && end != NULL && strcasecmp(end, ".xml") == 0;
}

static void add_folder(struct session *session, struct words *files, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_document, alphasort);

	for (int i = 0; i < count; i++) {
		words_add(session, files,
			  arena_printf(session->arena, "%s/%s", folder, entries[i]->d_name));
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static struct words list_files(const struct replay_options *options)
{
	struct words files = { 0 };
	struct stat found;

	for (size_t i = 0; i < options->sources.count; i++) {
		const char *source = options->sources.words[i];

		if (stat(source, &found) == 0 && S_ISDIR(found.st_mode))
			add_folder(options->session, &files, source);
		else
			words_add(options->session, &files, source);
	}
	return files;
}

/* ---- documents ----------------------------------------------------------------------------------- */

static bool add_document(struct replay *replay, const char *file, struct failure *why)
{
	struct replay_document *document = &replay->documents[replay->document_count];

	if (!outgoing_read(&document->outgoing, replay->options->session, file,
			   &replay->options->choice, why)) {
		outgoing_free(&document->outgoing);
		return false;
	}
	pthread_mutex_init(&document->sealing, NULL);
	replay->document_count++;
	return true;
}

bool replay_collect(struct replay *replay, enum exit_code *code, struct failure *why)
{
	struct session *session = replay->options->session;
	struct words files = list_files(replay->options);
	struct failure unusable;

	replay->documents = must_alloc((files.count + 1) * sizeof *replay->documents);
	for (size_t i = 0; i < files.count; i++)
		if (!add_document(replay, files.words[i], &unusable))
			*code = exit_worse(*code, session_failed(session, &unusable));
	if (replay->document_count == 0)
		return reject(why, "CLI-009", "there is nothing to replay (*.xml)");
	replay->order = must_alloc(replay->document_count * sizeof *replay->order);
	replay_order(replay, 0);
	return true;
}

void replay_release(struct replay *replay)
{
	for (size_t i = 0; i < replay->document_count; i++) {
		outgoing_free(&replay->documents[i].outgoing);
		pthread_mutex_destroy(&replay->documents[i].sealing);
	}
	for (size_t i = 0; i < REPLAY_CHUNKS && replay->chunks[i] != NULL; i++)
		free(replay->chunks[i]);
	for (size_t i = 0; i < replay->party_count; i++)
		free(replay->parties[i].took);
	free(replay->documents);
	free(replay->order);
}

/* The same seed shuffles the same way, each loop anew. */
void replay_order(struct replay *replay, size_t loop)
{
	char round[24], place[24];

	for (size_t i = 0; i < replay->document_count; i++)
		replay->order[i] = i;
	if (!replay->options->shuffle)
		return;
	snprintf(round, sizeof round, "%zu", loop);
	for (size_t i = replay->document_count - 1; i > 0; i--) {
		size_t other, kept = replay->order[i];

		snprintf(place, sizeof place, "%zu", i);
		other = (size_t)(keyed_draw(replay->options->seed, "shuffle", round, place, NULL) *
				 (double)(i + 1));
		replay->order[i] = replay->order[other];
		replay->order[other] = kept;
	}
}
