/* nsw submit: sign documents and hand them in. */
#include <string.h>

#include "cli/body.h"
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
	struct outgoing_options outgoing; /* where its options go */
	const char *keep;		  /* folder for what was sent and answered */
	bool wait;
};

enum {
	KEY_KEEP = 0x2000,
	KEY_FORCE_SIZE,
	KEY_FROM,
	KEY_SIGN_AS,
	KEY_SIGN_AT,
	KEY_RAW,
	KEY_UNSIGNED
};

static const struct argp_option argp_options[] = {
	{ "wait", 'w', NULL, 0, "Follow the message until it is decided", 0 },
	{ "keep", KEY_KEEP, "DIR", 0, "Write what was sent and the signed answer there", 0 },
	{ "force-size", KEY_FORCE_SIZE, NULL, 0, "Send even what is above the gateway's limit", 0 },
	{ "raw-envelope", KEY_RAW, "FILE", 0,
	  "Send the bytes of this envelope, as `nsw sign` made it, with FILE as its payload", 0 },

	/* For testing refusals: what no honest sender does. */
	{ "from", KEY_FROM, "PARTY", OPTION_HIDDEN, "Sender to state in the envelope", 0 },
	{ "sign-as", KEY_SIGN_AS, "PARTY", OPTION_HIDDEN, "Sign with this party's key", 0 },
	{ "sign-at", KEY_SIGN_AT, "DATE", OPTION_HIDDEN, "Sign with the key that was valid then",
	  0 },
	{ "unsigned", KEY_UNSIGNED, NULL, OPTION_HIDDEN, "Do not sign", 0 },
	{ 0 },
};

static void check_single(struct argp_state *state, const struct options *options)
{
	const struct outgoing_choice *choice = &options->choice;

	if (options->files.count > 1 &&
	    (choice->id != NULL || options->keep != NULL || choice->raw_envelope != NULL))
		argp_error(state, "--id, --keep and --raw-envelope go with one FILE");
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;
	struct outgoing_choice *choice = &options->choice;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->outgoing;
		return 0;
	case 'w':
		options->wait = true;
		return 0;
	case KEY_KEEP:
		options->keep = command_word(state, value, "DIR");
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
		check_single(state, options);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &outgoing_argp, 0, NULL, 0 },
					      { NULL, 0, NULL, 0 } };
static const struct argp argp = {
	argp_options,
	parse,
	"FILE...",
	"Sign documents and hand them to the gateway: as a trader, a ministry, the bank, a "
	"partner, "
	"as any party whose keys the keyring holds. A receipt means that the message is safe; "
	"--wait follows what is decided, and says why where it is refused.\vThe same message sent "
	"twice (same id, same content) gets the same receipt. A gateway that is away is waited "
	"for, "
	"up to --timeout. Exit code 6 when the gateway or an agency refuses, 3 when --set finds "
	"nothing, or too much.",
	children,
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

/* A gateway that is being started again is worth a wait; who waits is told. */
static bool connect_party(struct errand *errand, struct failure *why)
{
	struct session *session = errand->session;
	const char *party = errand->outgoing.party;

	if (session_connect(session, &errand->client, party, false, why))
		return true;
	if (strcmp(why->code, "BUS-031") != 0 && strcmp(why->code, "BUS-030") != 0)
		return false;
	output_say(session->output, "nobody listens at %s; trying again for %g s", why->place,
		   (double)session->timeout / 1000);
	return session_connect(session, &errand->client, party, true, why);
}

static bool seal(struct errand *errand, struct failure *why)
{
	const struct outgoing_choice *choice = &errand->options->choice;
	struct outgoing *outgoing = &errand->outgoing;
	const char *keep = errand->options->keep;

	if (!outgoing_seal(outgoing, errand->session, errand->client, choice, why))
		return false;
	if (choice->id != NULL && choice->raw_envelope == NULL)
		outgoing_repeat(outgoing, errand->session);
	return keep == NULL ||
	       bundle_free_for(keep, outgoing->envelope.bytes, outgoing->envelope.length, why);
}

static bool prepare(struct errand *errand, struct failure *why)
{
	const struct outgoing_choice *choice = &errand->options->choice;
	struct session *session = errand->session;

	if (!outgoing_read(&errand->outgoing, session, errand->outgoing.file, choice, why) ||
	    !connect_party(errand, why))
		return false;
	if (errand->options->wait &&
	    (!follower_open(&errand->follower, session, why) ||
	     !follow_position(errand->follower.client, &errand->since, why)))
		return false;
	return seal(errand, why);
}

/* To the end, and why it was refused if it was. */
static bool follow(struct errand *errand, enum exit_code *code, struct failure *why)
{
	struct session *session = errand->session;
	const char *id = errand->outgoing.id;
	struct answer about;
	bool told;

	if (!follow_to_the_end(&errand->follower, session->output, id, errand->since,
			       session->timeout, code, why))
		return false;
	if (*code != EXIT_REFUSED)
		return true;
	if (!follow_message(errand->follower.client, id, &about, why))
		return false;
	told = bodies_tell_reasons(session, id, &about, why);
	answer_free(&about);
	return told;
}

static bool hand_in(struct errand *errand, enum exit_code *code, struct failure *why)
{
	const struct outgoing *outgoing = &errand->outgoing;
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
	return !errand->options->wait || follow(errand, code, why);
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

	options.outgoing =
		(struct outgoing_options){ .session = session, .choice = &options.choice };
	command_line(session, &argp, argc, argv, &options);
	interrupt_catch();
	for (size_t i = 0; i < options.files.count && interrupts() == 0; i++)
		code = exit_worse(code, submit_one(&options, options.files.words[i]));
	return code;
}

const struct command command_submit = { "submit", GROUP_SEND, "sign documents and hand them in",
					&argp, run };
