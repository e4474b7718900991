/* nsw submit: sign documents and hand them in. */
#include <string.h>

#include "cli/bundle.h"
#include "cli/command.h"
#include "cli/follow.h"
#include "cli/interrupt.h"
#include "cli/outgoing.h"
#include "cli/report.h"

struct options {
	struct session *session;
	struct words files;
	struct outgoing_choice choice;
	const char *keep; /* folder for what was sent and answered */
	bool wait;
};

enum {
	KEY_ID = 0x2000,
	KEY_CONVERSATION,
	KEY_KIND,
	KEY_KEEP,
	KEY_FORCE_SIZE,
	KEY_FROM,
	KEY_SIGN_AS,
	KEY_SIGN_AT,
	KEY_RAW,
	KEY_UNSIGNED
};

#define HIDDEN OPTION_HIDDEN
static const struct argp_option argp_options[] = {
	{ "as", 'a', "PARTY", 0,
	  "Send as this party (the document's declarant, else the first "
	  "trader of the keyring)",
	  0 },
	{ "wait", 'w', NULL, 0, "Follow the message until it is decided", 0 },
	{ "id", KEY_ID, "UUID", 0, "Message id (a fresh one)", 0 },
	{ "conversation", KEY_CONVERSATION, "UUID", 0, "Conversation it belongs to (a fresh one)",
	  0 },
	{ "kind", KEY_KIND, "ID", 0,
	  "Kind of document; without it the document must be well-formed", 0 },
	{ "keep", KEY_KEEP, "DIR", 0, "Write what was sent and the signed answer there", 0 },
	{ "force-size", KEY_FORCE_SIZE, NULL, 0, "Send even what is above the gateway's limit", 0 },

	/* For testing refusals: what no honest sender does. */
	{ "from", KEY_FROM, "PARTY", HIDDEN, "Sender to state in the envelope", 0 },
	{ "sign-as", KEY_SIGN_AS, "PARTY", HIDDEN, "Sign with this party's key", 0 },
	{ "sign-at", KEY_SIGN_AT, "DATE", HIDDEN, "Sign with the key that was valid then", 0 },
	{ "raw-envelope", KEY_RAW, "FILE", HIDDEN, "Send these bytes as the envelope", 0 },
	{ "unsigned", KEY_UNSIGNED, NULL, HIDDEN, "Do not sign", 0 },
	{ 0 },
};

static const char *id_value(struct argp_state *state, const char *value)
{
	if (!uuid_valid(value))
		argp_error(state, "'%s' is not a UUID in lower case", value);
	return value;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;
	struct outgoing_choice *choice = &options->choice;

	switch (key) {
	case 'a':
		choice->as = value;
		return 0;
	case 'w':
		options->wait = true;
		return 0;
	case KEY_ID:
		choice->id = id_value(state, value);
		return 0;
	case KEY_CONVERSATION:
		choice->conversation = id_value(state, value);
		return 0;
	case KEY_KIND:
		choice->kind = value;
		return 0;
	case KEY_KEEP:
		options->keep = value;
		return 0;
	case KEY_FORCE_SIZE:
		choice->force_size = true;
		return 0;
	case KEY_FROM:
		choice->from = value;
		return 0;
	case KEY_SIGN_AS:
		choice->sign_as = value;
		return 0;
	case KEY_SIGN_AT:
		choice->sign_at = command_date(state, value);
		return 0;
	case KEY_RAW:
		choice->raw_envelope = value;
		return 0;
	case KEY_UNSIGNED:
		choice->no_signature = true;
		return 0;
	case ARGP_KEY_ARG:
		words_add(options->session, &options->files, value);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which FILE?");
		return 0;
	case ARGP_KEY_END:
		if (options->files.count > 1 && (choice->id != NULL || options->keep != NULL))
			argp_error(state, "--id and --keep go with one FILE");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	argp_options,
	parse,
	"FILE...",
	"Sign documents as a trader and hand them to the gateway. A receipt means that the message "
	"is safe; --wait follows what is decided.\vThe same message sent twice (same id, same "
	"content) gets the same receipt. Exit code 6 when the gateway or an agency refuses.",
	NULL,
	NULL,
	NULL
};

/* One document, with the connection of its party. */
struct errand {
	struct session *session;
	const struct options *options;
	struct outgoing outgoing;
	struct client *client;	  /* as the party */
	struct follower follower; /* only with --wait */
	int64_t since;		  /* where the trace begins */
	struct arena *arena;
};

/* ---- the answer ---------------------------------------------------------------------------------- */

static bool keep(const struct errand *errand, const struct reply *reply, struct failure *why)
{
	const struct outgoing *outgoing = &errand->outgoing;
	const char *folder = errand->options->keep;

	return folder == NULL ||
	       (bundle_begin(folder, session_keys(errand->session), why) &&
		bundle_add(folder, "message", outgoing->envelope.bytes, outgoing->envelope.length,
			   outgoing->payload.bytes, outgoing->payload.length, why) &&
		bundle_add(folder, reply->taken ? "receipt" : "refusal", reply->envelope,
			   reply->envelope_length, reply->payload, reply->payload_length, why));
}

static void tell_receipt(const struct errand *errand, const struct reply *reply)
{
	const struct outgoing *outgoing = &errand->outgoing;
	struct output *output = errand->session->output;
	char time[TIME_TEXT_SIZE];
	struct row *row = row_new("receipt");

	output_print(output, "%s\t%s\treceipt %s signed by %s at %s\n", outgoing->id,
		     outgoing->kind, reply->cover.id, reply->cover.from,
		     time_text(reply->cover.created, time));
	row_put(row, "id", outgoing->id);
	row_put(row, "kind", outgoing->kind);
	row_put(row, "file", outgoing->file);
	row_put(row, "from", outgoing->party);
	row_put(row, "receipt", reply->cover.id);
	row_put(row, "signer", reply->cover.from);
	row_put(row, "time", time);
	row_put_number(row, "sent", reply->sent);
	row_put_number(row, "busy", reply->busy);
	output_row(output, row);
}

static enum exit_code tell_refusal(const struct errand *errand, const struct reply *reply)
{
	const struct outgoing *outgoing = &errand->outgoing;
	struct output *output = errand->session->output;
	struct findings findings;
	struct row *row = row_new("refusal");

	findings_start(&findings, errand->arena);
	report_read(&findings, reply->payload, reply->payload_length);
	output_print(output, "%s\t%s\tREFUSED %s\n", outgoing->id, outgoing->kind, reply->why.code);
	report_findings(output, outgoing->file, &findings);
	row_put(row, "id", outgoing->id);
	row_put(row, "kind", outgoing->kind);
	row_put(row, "file", outgoing->file);
	row_put(row, "from", outgoing->party);
	row_put(row, "code", reply->why.code);
	row_put(row, "text", reply->why.text);
	row_put(row, "refusal", reply->cover.id);
	row_put(row, "signer", reply->cover.from);
	output_row(output, row);
	if (findings.errors == 0)
		session_failed(errand->session, &reply->why);
	else
		output_say(output, "refused by %s: nothing of it was taken",
			   client_welcome(errand->client)->instance);
	return EXIT_REFUSED;
}

/* ---- one document ----------------------------------------------------------------------------------- */

static bool prepare(struct errand *errand, struct failure *why)
{
	const struct outgoing_choice *choice = &errand->options->choice;
	struct session *session = errand->session;

	if (!outgoing_read(&errand->outgoing, session, errand->outgoing.file, choice, why) ||
	    !session_connect(session, &errand->client, errand->outgoing.party, false, why))
		return false;
	if (errand->options->wait &&
	    (!follower_open(&errand->follower, session, why) ||
	     !follow_position(errand->follower.client, &errand->since, why)))
		return false;
	return outgoing_seal(&errand->outgoing, session, errand->client, choice, why);
}

static bool hand_in(struct errand *errand, enum exit_code *code, struct failure *why)
{
	const struct outgoing *outgoing = &errand->outgoing;
	struct session *session = errand->session;
	struct reply reply;

	if (!client_submit(errand->client, errand->arena, outgoing->id, outgoing->envelope.bytes,
			   outgoing->envelope.length, outgoing->payload.bytes,
			   outgoing->payload.length, &reply, why)) {
		failure_at(why, "%s", outgoing->file);
		return false;
	}
	if (!keep(errand, &reply, why))
		return false;
	if (!reply.taken) {
		*code = tell_refusal(errand, &reply);
		return true;
	}
	tell_receipt(errand, &reply);
	return !errand->options->wait ||
	       follow_to_the_end(&errand->follower, session->output, outgoing->id, errand->since,
				 session->timeout, code, why);
}

static enum exit_code submit_one(const struct options *options, const char *file)
{
	struct errand errand = { .session = options->session,
				 .options = options,
				 .outgoing = { .file = file },
				 .arena = arena_new() };
	enum exit_code code = EXIT_DONE;
	struct failure why;

	if (!prepare(&errand, &why) || !hand_in(&errand, &code, &why))
		code = session_failed(options->session, &why);
	follower_close(&errand.follower);
	client_close(errand.client);
	outgoing_free(&errand.outgoing);
	arena_free(errand.arena);
	return code;
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { .session = session };
	enum exit_code code = EXIT_DONE;

	command_line(session, &argp, argc, argv, &options);
	interrupt_catch();
	for (size_t i = 0; i < options.files.count && interrupts() == 0; i++)
		code = exit_worse(code, submit_one(&options, options.files.words[i]));
	return code;
}

const struct command command_submit = { "submit", GROUP_SEND, "sign documents and hand them in",
					&argp, run };
