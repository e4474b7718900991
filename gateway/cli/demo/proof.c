/* proof - the journal, and what leaves the house. */
#include <string.h>

#include "cli/body.h"
#include "cli/bundle.h"
#include "cli/demo/demo.h"
#include "journal/journal.h"

static bool read_journal(struct demo *demo, struct journal_report *report, struct failure *why)
{
	const char *path = sandbox_file(&demo->session->sandbox, demo->arena, "journal.db");

	if (!journal_verify(path, NULL, report, why))
		return false;
	demo_say(demo, "Everything above stands in the gateway's journal: %lld records, each with",
		 (long long)report->records);
	demo_say(demo, "the hash of the one before, and every message byte for byte. Read again");
	demo_say(demo, "now: the chain is intact, up to %lld %.16s...", (long long)report->head.seq,
		 report->head.hash);
	return true;
}

/* ---- exported ------------------------------------------------------------------------------------ */

static bool write_bodies(struct demo *demo, const char *folder, const struct answer *bodies,
			 struct failure *why)
{
	struct body body;

	for (size_t i = 0; i < bodies->count; i++)
		if (!body_read(&body, demo->arena, bodies->rows[i], why) ||
		    !bundle_add(folder, body.name, body.envelope, body.envelope_length,
				body.payload, body.payload_length, why))
			return false;
	return true;
}

static bool export(struct demo *demo, const char *folder, struct failure *why)
{
	struct answer bodies;
	bool written;

	if (!bodies_ask(demo->session, demo->stories[JOINED].declaration.id, &bodies, why))
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

/* ---- and forged ---------------------------------------------------------------------------------- */

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

static bool find_forgery(struct demo *demo, const char *folder, struct failure *why)
{
	struct failure found;
	const char *reason;
	size_t count;

	if (!forge_export(arena_printf(demo->arena, "%s/message/payload.xml", folder), why))
		return false;
	if (verify_all(demo, folder, &count, &found))
		return demo_otherwise(why, "a changed byte is found", "it is not");
	demo_say(demo, "After one byte of the exported declaration is changed:");
	reason = strstr(found.text, ": "); /* behind the code that was found */
	reason = reason != NULL ? reason + 2 : found.text;
	demo_say(demo, "  %.*s.", demo_reason_length(reason), reason);
	return true;
}

bool demo_proof(struct demo *demo, struct failure *why)
{
	const char *folder = arena_printf(demo->arena, "%s/export", demo->folder);
	struct journal_report report;
	size_t count;

	if (!read_journal(demo, &report, why) || !export(demo, folder, why) ||
	    !verify_all(demo, folder, &count, why))
		return false;
	demo_pause(demo);
	demo_say(demo,
		 "The last declaration, its receipt, what went to each ministry and what each");
	demo_say(demo, "said are exported: %zu signed messages, and every signature holds. Anybody",
		 count);
	demo_say(demo, "can check that without this project, with the public xmlsec1 tool.");
	if (!find_forgery(demo, folder, why))
		return false;
	demo_result(demo, "%lld records, chain intact; %zu signatures hold",
		    (long long)report.records, count);
	return true;
}
