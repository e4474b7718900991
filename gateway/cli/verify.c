/* nsw verify: do the signatures of a message hold? */
#include <string.h>
#include <sys/stat.h>

#include "cli/body.h"
#include "cli/bundle.h"
#include "cli/command.h"

struct options {
	struct session *session;
	struct words names;
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		words_add(options->session, &options->names, command_word(state, value, "DIR|ID"));
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which DIR or ID?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	NULL,
	parse,
	"DIR|ID...",
	"Verify what `nsw export` has written, or the message ID in the gateway: signature, both "
	"references, certificate as of the day of signing, signer.\vExit code 7 when anything does "
	"not hold; the failure says which reference.",
	NULL,
	NULL,
	NULL
};

static const struct column columns[] = {
	{ .name = "name" },   { .name = "signature", .word = true },
	{ .name = "signer" }, { .name = "algorithm" },
	{ .name = "signed" }, { .name = "id" },
};

struct verifying {
	struct session *session;
	struct keyring *keyring;
	struct table *table;
	enum exit_code code;
};

static void tell(struct verifying *verifying, const char *name, bool good,
		 const struct envelope *cover, const struct signature *signature,
		 const struct failure *why)
{
	char time[TIME_TEXT_SIZE];
	struct row *row = row_new("verified");

	row_put(row, "name", name);
	row_put(row, "signature", good ? "ok" : "broken");
	row_put(row, "signer", good ? signature->signer : NULL);
	row_put(row, "algorithm", good ? signature->algorithm : NULL);
	row_put(row, "signed", good ? time_text(cover->created, time) : NULL);
	row_put(row, "id", good ? cover->id : NULL);
	table_add(verifying->table, row);
	if (!good)
		verifying->code =
			exit_worse(verifying->code, session_failed(verifying->session, why));
}

static bool verify_folder(struct verifying *verifying, const char *folder, struct failure *why)
{
	struct arena *arena = verifying->session->arena;
	const char **names;
	size_t count;

	if (!bundle_list(folder, arena, &names, &count, why))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct signature signature = { 0 };
		struct envelope cover = { 0 };
		struct failure broken;
		const char *path = arena_printf(arena, "%s/%s", folder, names[i]);
		bool good =
			bundle_verify(path, verifying->keyring, arena, &cover, &signature, &broken);

		tell(verifying, path, good, &cover, &signature, &broken);
	}
	return true;
}

static bool verify_body(struct verifying *verifying, const struct row *row, struct failure *why)
{
	struct arena *arena = verifying->session->arena;
	struct signature signature = { 0 };
	struct envelope cover = { 0 };
	struct failure broken;
	struct body body;
	bool good;

	if (row_get(row, "envelope") == NULL)
		return true; /* not a message */
	if (!body_read(&body, arena, row, why))
		return false;
	good = bundle_verify_bytes(body.name, body.envelope, body.envelope_length, body.payload,
				   body.payload_length, verifying->keyring, arena, &cover,
				   &signature, &broken);
	tell(verifying, body.name, good, &cover, &signature, &broken);
	return true;
}

static bool verify_id(struct verifying *verifying, const char *id, struct failure *why)
{
	struct answer bodies;
	bool fine = true;

	if (!bodies_ask(verifying->session, id, &bodies, why))
		return false;
	for (size_t i = 0; fine && i < bodies.count; i++)
		fine = verify_body(verifying, bodies.rows[i], why);
	answer_free(&bodies);
	return fine;
}

static bool is_folder(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { .session = session };
	struct verifying verifying = { .session = session };
	struct failure why;

	command_line(session, &argp, argc, argv, &options);
	if (!session_keyring(session, &verifying.keyring, &why))
		return session_failed(session, &why);
	verifying.table =
		table_begin(session->output, columns, sizeof columns / sizeof *columns, false);
	for (size_t i = 0; i < options.names.count; i++) {
		const char *name = options.names.words[i];

		if (is_folder(name) ? verify_folder(&verifying, name, &why)
				    : verify_id(&verifying, name, &why))
			continue;
		verifying.code = exit_worse(verifying.code, session_failed(session, &why));
	}
	table_end(verifying.table);
	return verifying.code;
}

const struct command command_verify = { "verify", GROUP_PROVE, "do the signatures hold?", &argp,
					run };
