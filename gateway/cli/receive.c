/* nsw receive: stand in for a party by hand, and take what the gateway has for it. */
#include <string.h>
#include <unistd.h>

#include "cli/bundle.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/letters.h"
#include "cli/lookup.h"
#include "core/response.h"

#define CREDIT	 32   /* deliveries open at a time, as many as a simulated party takes */
#define QUIET_MS 1000 /* nothing for so long: that was all */
#define POLL_MS	 200  /* a mailbox does not say when something comes */

struct options {
	const char *as, *folder;
	long count; /* 0: what there is */
	bool ack, wait;
};

enum { KEY_TO = 0x2000, KEY_ACK, KEY_COUNT };

static const struct argp_option argp_options[] = {
	{ "as", 'a', "PARTY", 0, "Whose messages: any party whose keys the keyring holds", 0 },
	{ "to", KEY_TO, "DIR", 0, "Write them there, each in a folder of its own", 0 },
	{ "ack", KEY_ACK, NULL, 0,
	  "Tell the gateway that they are safe: a technical receipt, signed by the party; a "
	  "trader's "
	  "are removed from its mailbox. Without it they come again",
	  0 },
	{ "wait", 'w', NULL, 0, "Wait for them, up to --timeout", 0 },
	{ "count", KEY_COUNT, "N", 0, "End after so many (what there is; with --wait: 1)", 0 },
	{ 0 },
};

static void check_complete(struct argp_state *state, const struct options *options)
{
	if (options->as == NULL)
		argp_error(state, "--as PARTY is missing");
	if (options->folder == NULL)
		argp_error(state, "--to DIR is missing");
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'a':
		options->as = command_word(state, value, "PARTY");
		return 0;
	case KEY_TO:
		options->folder = command_word(state, value, "DIR");
		return 0;
	case KEY_ACK:
		options->ack = true;
		return 0;
	case 'w':
		options->wait = true;
		return 0;
	case KEY_COUNT:
		options->count = command_number(state, value, 1, 1000000);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is not an option", value);
		return 0;
	case ARGP_KEY_END:
		check_complete(state, options);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	argp_options,
	parse,
	NULL,
	"Take what the gateway has for a party, as that party: deliveries of a ministry, the bank "
	"or a "
	"partner, the mailbox of a trader. Each is verified and written as envelope.xml and "
	"payload.xml; `nsw submit --as PARTY --ref DIR/ID FILE` answers it.\vMeant for a party "
	"whose "
	"simulation is not there (nsw up --without PARTY): of several connections of one party the "
	"latest gets the deliveries. Exit code 5 when with --wait fewer came in time, 6 when the "
	"gateway refuses a receipt.",
	NULL,
	NULL,
	NULL
};

struct receiving {
	struct session *session;
	const struct options *options;
	struct client *client;
	struct table *table;
	struct lookup *seen; /* what is delivered again is neither listed nor counted again */
	long taken, wanted;  /* wanted 0: what there is */
	bool refused;	     /* a receipt of ours */
};

/* ---- the receipt of a push party --------------------------------------------------------------- */

/* Written from the delivery alone, so that a receipt given twice is the same message. */
static bool seal_receipt(const struct receiving *receiving, const struct letter *letter,
			 const char *id, struct text *envelope, struct text *payload,
			 struct failure *why)
{
	const struct envelope *cover = &letter->cover;
	char digest[DIGEST_TEXT_SIZE];
	const struct response response = {
		.kind = "ACK",
		.result = "AB",
		.message = cover->id,
		.digest = digest_text(&letter->digest, digest),
		.issued = cover->created,
	};
	struct envelope receipt = {
		.id = id,
		.conversation = cover->conversation,
		.ref = cover->id,
		.from = receiving->options->as,
		.to = cover->from,
		.kind = response.kind,
		.environment = cover->environment,
		.created = cover->created,
		.expires = cover->expires,
		.run = cover->run,
		.origin = cover->origin,
	};
	const struct signing_key *key;

	response_write(payload, &response);
	return keyring_signing_key(receiving->session->keyring, receiving->options->as,
				   cover->created, &key, why) &&
	       envelope_seal(envelope, &receipt, payload->bytes, payload->length, key, why);
}

static bool give_receipt(struct receiving *receiving, struct arena *arena,
			 const struct letter *letter, struct failure *why)
{
	struct text envelope = TEXT_EMPTY, payload = TEXT_EMPTY;
	struct reply reply = { 0 };
	char id[UUID_SIZE];
	bool given;

	/* Another step than a simulated party's own receipt: who takes over later gives that. */
	uuid_derive(id, letter->cover.id, receiving->options->as, "received by hand");
	given = seal_receipt(receiving, letter, id, &envelope, &payload, why) &&
		client_submit(receiving->client, arena, id, envelope.bytes, envelope.length,
			      payload.bytes, payload.length, &reply, why);
	if (given && !reply.taken) {
		*why = reply.why;
		receiving->refused = true;
		given = false;
	}
	text_free(&envelope);
	text_free(&payload);
	return given || failure_at(why, "%s", letter->cover.id);
}

/* ---- one message ------------------------------------------------------------------------------- */

static bool is_full(const struct receiving *receiving)
{
	return interrupts() > 0 || (receiving->wanted > 0 && receiving->taken >= receiving->wanted);
}

static bool acknowledge(struct receiving *receiving, struct arena *arena,
			const struct letter *letter, bool push, struct failure *why)
{
	if (!receiving->options->ack)
		return true;
	if (push)
		return give_receipt(receiving, arena, letter, why);
	return client_keep(receiving->client, letter->cover.id, why);
}

static bool take(struct receiving *receiving, struct arena *arena, const struct letter *letter,
		 bool push, struct failure *why)
{
	size_t before;
	bool known = lookup_get(receiving->seen, letter->cover.id, &before);

	if (!known && !letter_write(receiving->options->folder, letter, why))
		return false;
	if (!acknowledge(receiving, arena, letter, push, why))
		return false;
	if (known)
		return true;
	lookup_put(receiving->seen, arena_string(receiving->session->arena, letter->cover.id), 0);
	table_add(receiving->table, letter_row(letter, arena));
	receiving->taken++;
	return true;
}

/* ---- all of them --------------------------------------------------------------------------------- */

/* Until when the next one is waited for. */
static uint64_t patience(const struct receiving *receiving, uint64_t end)
{
	return receiving->options->wait ? end : monotonic_ms() + QUIET_MS;
}

static bool take_deliveries(struct receiving *receiving, uint64_t end, struct failure *why)
{
	bool got = true, fine = true;

	while (fine && got && !is_full(receiving)) {
		struct arena *arena = arena_new();
		struct letter letter;

		fine = client_delivery(receiving->client, arena, patience(receiving, end), &letter,
				       &got, why) &&
		       (!got || take(receiving, arena, &letter, true, why));
		arena_free(arena);
	}
	return fine;
}

/* What is in the mailbox now. */
static bool empty_mailbox(struct receiving *receiving, struct failure *why)
{
	struct arena *arena = arena_new();
	struct letter *letters;
	size_t count = 0;
	bool fine;

	fine = client_fetch(receiving->client, arena, CREDIT, &letters, &count, why);
	for (size_t i = 0; fine && i < count && !is_full(receiving); i++)
		fine = take(receiving, arena, &letters[i], false, why);
	arena_free(arena);
	return fine;
}

static bool take_mailbox(struct receiving *receiving, uint64_t end, struct failure *why)
{
	long before;

	do {
		before = receiving->taken;
		if (!empty_mailbox(receiving, why))
			return false;
		if (receiving->taken > before)
			continue;
		if (!receiving->options->wait || monotonic_ms() >= end)
			return true;
		usleep(POLL_MS * 1000);
	} while (!is_full(receiving));
	return true;
}

static bool connect_party(struct receiving *receiving, bool push, struct failure *why)
{
	struct session *session = receiving->session;
	struct client_settings settings;

	if (!session_client(session, &settings, receiving->options->as, why))
		return false;
	settings.patient = receiving->options->wait;
	settings.credit = push ? CREDIT : 0;
	return client_open(&receiving->client, &settings, why);
}

static bool is_push(struct session *session, const char *party, bool *push, struct failure *why)
{
	struct parties *parties;

	if (!session_parties(session, &parties, NULL, 0, why))
		return false;
	*push = parties_push(parties, party);
	parties_free(parties);
	return true;
}

static bool receive(struct receiving *receiving, struct failure *why)
{
	const struct options *options = receiving->options;
	struct session *session = receiving->session;
	uint64_t end = monotonic_ms() + (uint64_t)session->timeout;
	bool push;

	if (!is_push(session, options->as, &push, why) ||
	    !bundle_begin(options->folder, session_keys(session), why) ||
	    !connect_party(receiving, push, why) ||
	    !(push ? take_deliveries : take_mailbox)(receiving, end, why))
		return false;
	if (interrupts() > 0)
		return reject(why, "CLI-013", "interrupted");
	if (!options->wait || is_full(receiving))
		return true;
	return defer(why, "CLI-004", "%ld of %ld messages for %s within %g s", receiving->taken,
		     receiving->wanted, options->as, (double)session->timeout / 1000);
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { 0 };
	struct receiving receiving = { .session = session, .options = &options };
	struct failure why;
	bool received;

	command_line(session, &argp, argc, argv, &options);
	interrupt_catch();
	receiving.wanted = options.count == 0 && options.wait ? 1 : options.count;
	receiving.seen = lookup_new();
	receiving.table = letters_table(session->output, true);
	received = receive(&receiving, &why);
	table_end(receiving.table);
	client_close(receiving.client);
	lookup_free(receiving.seen);
	output_say(session->output, "%ld message%s for %s", receiving.taken,
		   receiving.taken == 1 ? "" : "s", options.as);
	if (received)
		return EXIT_DONE;
	session_failed(session, &why);
	return receiving.refused ? EXIT_REFUSED : exit_for(&why);
}

const struct command command_receive = { "receive", GROUP_SEND,
					 "take what the gateway has for any party", &argp, run };
