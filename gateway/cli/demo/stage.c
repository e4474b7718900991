/* stage - the sandbox that the story plays in. */
#include <stdlib.h>
#include <string.h>

#include "cli/demo/demo.h"
#include "core/document.h"

/* ---- setting up and clearing away -------------------------------------------------------------- */

static bool make_folder(struct demo *demo, struct failure *why)
{
	struct session *session = demo->session;
	const char *scratch = session->sandbox.scratch;
	char *folder = arena_printf(demo->arena, "%s/demo.XXXXXX", scratch);

	if (!folder_make(scratch, 0777) || mkdtemp(folder) == NULL) {
		reject(why, "CLI-006", "no folder can be made here for the demo");
		return failure_at(why, "%s", scratch);
	}
	demo->folder = folder;
	session->sandbox.state = arena_printf(demo->arena, "%s/state", folder);
	session->gateway = session->keys = session->run = NULL; /* this sandbox, whatever is set */
	unsetenv("NSW_CALENDAR");				/* and the real calendar */
	return true;
}

static void remove_folder(struct demo *demo)
{
	const char *const command[] = { "/bin/rm", "-rf", demo->folder, NULL };
	struct failure why;

	if (demo->folder != NULL && !process_run(command, &why))
		session_failed(demo->session, &why);
}

bool demo_prepare(struct demo *demo, struct failure *why)
{
	return make_folder(demo, why) && planner_open(&demo->planner, demo->session, NULL, 0, why);
}

bool demo_start(struct demo *demo, struct failure *why)
{
	demo->choice = (struct running_choice){
		.given = { { "date", demo->stories[0].date },
			   { "skip-time", "no" },
			   { "seed", "1" } },
		.count = 3,
		.quiet = true,
		.without = { demo->late->party },
	};
	return running_start(&demo->running, demo->session, &demo->choice, why) &&
	       follower_open(&demo->follower, demo->session, why);
}

void demo_stop(struct demo *demo, bool keep)
{
	follower_close(&demo->follower);
	for (size_t i = 0; i < STORIES; i++)
		outgoing_free(&demo->stories[i].declaration);
	outgoing_free(&demo->certificate);
	if (demo->running.session != NULL)
		running_stop(&demo->running);
	planner_close(&demo->planner);
	if (!keep)
		remove_folder(demo);
	else if (demo->folder != NULL)
		output_say(demo->session->output, "left for you: %s", demo->folder);
}

/* ---- documents --------------------------------------------------------------------------------- */

bool demo_sample(struct demo *demo, const char *kind, const char *name, const char **path,
		 struct failure *why)
{
	return sandbox_data(&demo->session->sandbox, demo->arena,
			    arena_printf(demo->arena, "schemas/%s/samples/%s.xml", kind, name),
			    path, why);
}

bool demo_facts(struct demo *demo, const char *path, struct facts **facts, struct failure *why)
{
	const struct kinds *kinds = plan_data(demo->planner.plan)->kinds;
	struct document *document;
	const struct kind *kind;
	bool fine;

	if (!document_read(&document, path, &document_limits_message, why))
		return false;
	fine = kinds_recognise(kinds, document, &kind, why) &&
	       kind_facts(kind, document, wall_now(), demo->arena, facts, why);
	document_free(document);
	return fine;
}

bool demo_change_one_byte(struct text *payload, char *was, char *is)
{
	char *amount = strstr(payload->bytes, "<InvoiceAmount");
	char *digit = amount != NULL ? strchr(amount, '>') : NULL;

	if (digit == NULL || digit[1] < '1' || digit[1] > '9')
		return false;
	*was = digit[1];
	*is = *was == '9' ? '1' : (char)(*was + 1);
	digit[1] = *is;
	return true;
}

/* ---- the gateway's clock, and what is handed in ------------------------------------------------- */

bool demo_clock(struct demo *demo, const char *to, struct failure *why)
{
	struct row *question = row_new("ask");
	struct answer done;

	row_put(question, "ask", "date");
	row_put(question, "to", to);
	if (!client_ask(demo->follower.client, question, &done, why))
		return strcmp(why->code, "CTL-007") == 0; /* it ticks, too */
	answer_free(&done);
	return true;
}

/* Clients learn the time when they connect: each comes anew. */
bool demo_seal(struct demo *demo, const char *path, const struct outgoing_choice *choice,
	       struct outgoing *out, struct failure *why)
{
	struct client *client;
	bool sealed;

	if (!outgoing_read(out, demo->session, path, choice, why) ||
	    !session_connect(demo->session, &client, out->party, false, why))
		return false;
	sealed = outgoing_seal(out, demo->session, client, choice, why);
	client_close(client);
	return sealed;
}

bool demo_send(struct demo *demo, const struct outgoing *sealed, struct reply *reply,
	       struct failure *why)
{
	struct client *client;
	bool answered;

	if (!session_connect(demo->session, &client, sealed->party, false, why))
		return false;
	answered = client_submit(client, demo->arena, sealed->id, sealed->envelope.bytes,
				 sealed->envelope.length, sealed->payload.bytes,
				 sealed->payload.length, reply, why);
	client_close(client);
	return answered;
}

bool demo_hand_in(struct demo *demo, struct story *story, struct failure *why)
{
	const struct outgoing_choice choice = { 0 };
	const char *path;

	if (!demo_sample(demo, "dec-imp", story->sample, &path, why) ||
	    !demo_seal(demo, path, &choice, &story->declaration, why) ||
	    !demo_send(demo, &story->declaration, &story->receipt, why))
		return false;
	return story->receipt.taken || demo_otherwise(why, "a receipt", story->receipt.why.text);
}
