/* demo_proof - the journal, and what leaves the house. */
#include <string.h>

#include "cli/bundle.h"
#include "cli/demo.h"
#include "journal/journal.h"

bool demo_journal(struct demo *demo, struct failure *why)
{
	const char *path = sandbox_file(&demo->session->sandbox, demo->arena, "journal.db");
	struct journal_report report;

	if (!journal_verify(path, NULL, &report, why))
		return false;
	demo_say(demo,
		 "Everything above stands in the gateway's journal: %lld records, each with the",
		 (long long)report.records);
	demo_say(demo, "hash of the one before, and every message byte for byte. Read again now:");
	demo_say(demo, "the chain is intact, up to %lld %.16s...", (long long)report.head.seq,
		 report.head.hash);
	demo_result(demo, "%lld records, chain intact", (long long)report.records);
	return true;
}

static bool write_bodies(struct demo *demo, const char *folder, const struct answer *bodies,
			 struct failure *why)
{
	for (size_t i = 0; i < bodies->count; i++) {
		const struct row *body = bodies->rows[i];
		const char *name = row_get(body, "name"), *envelope = row_get(body, "envelope"),
			   *payload = row_get(body, "payload");
		unsigned char *cover, *content;
		size_t cover_length, content_length;

		if (name == NULL || envelope == NULL || payload == NULL)
			continue;
		cover = base64_parse(demo->arena, envelope, &cover_length);
		content = base64_parse(demo->arena, payload, &content_length);
		if (cover == NULL || content == NULL)
			return fault(why, "CLI-007", "the gateway's answer holds no message");
		if (!bundle_add(folder, name, cover, cover_length, content, content_length, why))
			return false;
	}
	return true;
}

static bool export(struct demo *demo, const char *folder, struct failure *why)
{
	struct row *question = row_new("ask");
	struct answer bodies;
	bool written;

	row_put(question, "ask", "export");
	row_put(question, "id", demo->declaration.id);
	if (!client_ask(demo->follower.client, question, &bodies, why))
		return false;
	written = bundle_begin(folder, session_keys(demo->session), why) &&
		  write_bodies(demo, folder, &bodies, why);
	answer_free(&bodies);
	return written;
}

static bool verify_all(struct demo *demo, const char *folder, size_t *count, struct failure *why)
{
	struct signature signature;
	struct keyring *keyring;
	struct envelope cover;
	const char **names;

	if (!session_keyring(demo->session, &keyring, why) ||
	    !bundle_list(folder, demo->arena, &names, count, why))
		return false;
	for (size_t i = 0; i < *count; i++)
		if (!bundle_verify(arena_printf(demo->arena, "%s/%s", folder, names[i]), keyring,
				   demo->arena, &cover, &signature, why))
			return false;
	return true;
}

/* One byte of the exported declaration, on disk. */
static bool forge_export(const char *path, struct failure *why)
{
	struct text payload = TEXT_EMPTY;
	char was, is;
	bool done;

	done = text_read_file(&payload, path, PAYLOAD_POLITE_LIMIT, why) &&
	       demo_change_one_byte(&payload, &was, &is) &&
	       file_write(path, payload.bytes, payload.length, 0644, why);
	text_free(&payload);
	return done;
}

bool demo_export(struct demo *demo, struct failure *why)
{
	const char *folder = arena_printf(demo->arena, "%s/export", demo->folder);
	const char *reason;
	struct failure found;
	size_t count;

	if (!export(demo, folder, why) || !verify_all(demo, folder, &count, why))
		return false;
	demo_say(demo,
		 "The declaration, its receipt, what went to each ministry and what each said");
	demo_say(demo,
		 "are exported: %zu signed messages, and every signature holds. Anybody can check",
		 count);
	demo_say(demo, "that without this project, with the public xmlsec1 tool.");
	if (!forge_export(arena_printf(demo->arena, "%s/message/payload.xml", folder), why))
		return false;
	if (verify_all(demo, folder, &count, &found))
		return demo_otherwise(why, "a changed byte is found", "it is not");
	demo_say(demo, "After one byte of the exported declaration is changed:");
	reason = strstr(found.text, ": "); /* behind the code that was found */
	reason = reason != NULL ? reason + 2 : found.text;
	demo_say(demo, "  %.*s.", (int)strcspn(reason, ":"), reason);
	demo_result(demo, "%zu signatures hold; a changed byte is found", count);
	return true;
}
