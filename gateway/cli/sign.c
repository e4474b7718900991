/* nsw sign: a signed message without a gateway, for those who send it by their own means. */
#include <string.h>

#include "cli/bundle.h"
#include "cli/command.h"
#include "cli/outgoing.h"

/* Whoever signs offline may send late: as long as an envelope can live. */
#define LIFETIME ENVELOPE_LIFETIME_MAX

struct options {
	struct outgoing_choice choice;
	struct outgoing_options outgoing; /* where its options go */
	const char *file, *to, *folder, *environment;
	gateway_time date;
};

enum { KEY_TO = 0x2000, KEY_OUT, KEY_DATE, KEY_ENVIRONMENT };

static const struct argp_option argp_options[] = {
	{ "to", KEY_TO, "PARTY", 0, "Addressee (the gateway)", 0 },
	{ "out", KEY_OUT, "DIR", 0, "Write envelope.xml and payload.xml there (the message id)",
	  0 },
	{ "date", KEY_DATE, "DATE", 0,
	  "Moment of signing: a date, or a date-time with zone (now). The gateway takes what is "
	  "not "
	  "ahead of its own time, for 31 days",
	  0 },
	{ "environment", KEY_ENVIRONMENT, "WORD", 0,
	  "TEST, PARALLEL or LIVE (that of the sandbox's gateway)", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->outgoing;
		return 0;
	case KEY_TO:
		options->to = command_word(state, value, "PARTY");
		return 0;
	case KEY_OUT:
		options->folder = command_word(state, value, "DIR");
		return 0;
	case KEY_DATE:
		options->date = command_date(state, value);
		return 0;
	case KEY_ENVIRONMENT:
		options->environment = command_word(state, value, "WORD");
		return 0;
	case ARGP_KEY_ARG:
		if (options->file != NULL)
			argp_error(state, "one FILE at a time");
		options->file = value;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which FILE?");
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
	"FILE",
	"Sign a document without a gateway: envelope.xml and payload.xml, for those who send them "
	"by their own means. With --clock shift its dates follow --date.\v`nsw verify DIR` "
	"verifies "
	"them, as does the public xmlsec1 tool inside DIR, given the authorities of the "
	"keyring:\n\n"
	"  xmlsec1 --verify --enabled-key-data x509 --trusted-pem KEYS/ca/root.crt \\\n"
	"    --trusted-pem KEYS/ca/issuing.crt envelope.xml\n\n`nsw submit --raw-envelope "
	"DIR/envelope.xml DIR/payload.xml` hands them in.",
	children,
	NULL,
	NULL
};

static bool address(struct addressee *out, struct session *session, const struct options *options,
		    struct failure *why)
{
	const struct settings *settings;

	if (!session_settings(session, &settings, why))
		return false;
	*out = (struct addressee){
		.instance = options->to,
		.environment =
			options->environment != NULL ? options->environment : settings->environment,
		.now = options->date,
		.lifetime = LIFETIME,
	};
	return out->instance != NULL || session_instance(session, &out->instance, why);
}

static void tell(struct session *session, const struct outgoing *outgoing,
		 const struct addressee *addressee, const char *folder)
{
	char time[TIME_TEXT_SIZE];
	struct row *row = row_new("signed");

	output_print(session->output, "%s\t%s\tsigned by %s for %s at %s\t%s\n", outgoing->id,
		     outgoing->kind, outgoing->party, addressee->instance,
		     time_text(addressee->now, time), folder);
	row_put(row, "id", outgoing->id);
	row_put(row, "kind", outgoing->kind);
	row_put(row, "file", outgoing->file);
	row_put(row, "from", outgoing->party);
	row_put(row, "to", addressee->instance);
	row_put(row, "time", time);
	row_put(row, "path", folder);
	output_row(session->output, row);
}

static bool sign(struct session *session, const struct options *options, struct outgoing *outgoing,
		 struct failure *why)
{
	struct addressee addressee;
	const char *folder;

	if (!address(&addressee, session, options, why) ||
	    !outgoing_read(outgoing, session, options->file, &options->choice, why) ||
	    !outgoing_seal_for(outgoing, session, &addressee, &options->choice, why))
		return false;
	folder = options->folder != NULL ? options->folder : outgoing->id;
	if (!bundle_free_for(folder, outgoing->envelope.bytes, outgoing->envelope.length, why) ||
	    !bundle_write(folder, outgoing->envelope.bytes, outgoing->envelope.length,
			  outgoing->payload.bytes, outgoing->payload.length, why))
		return false;
	tell(session, outgoing, &addressee, folder);
	return true;
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { .date = wall_now() };
	struct outgoing outgoing = { 0 };
	struct failure why;
	bool done;

	options.outgoing =
		(struct outgoing_options){ .session = session, .choice = &options.choice };
	command_line(session, &argp, argc, argv, &options);
	done = sign(session, &options, &outgoing, &why);
	outgoing_free(&outgoing);
	return done ? EXIT_DONE : session_failed(session, &why);
}

const struct command command_sign = { "sign", GROUP_SEND, "a signed message, without a gateway",
				      &argp, run };
