/* nsw export: a message and all that belongs to it, as a folder that anybody can verify. */
#include <string.h>

#include "cli/bundle.h"
#include "cli/command.h"

struct options {
	const char *id, *folder;
};

static const struct argp_option argp_options[] = {
	{ "to", 't', "DIR", 0, "Folder to write to (the ID)", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 't':
		options->folder = value;
		return 0;
	case ARGP_KEY_ARG:
		if (options->id != NULL)
			argp_error(state, "one ID at a time");
		options->id = value;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which ID?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	argp_options,
	parse,
	"ID",
	"Write a message, its receipt, what went to each party and what came back, each as "
	"envelope.xml and payload.xml in a folder of its own.\vThe public xmlsec1 tool verifies "
	"each of them; README.txt in the folder says how.",
	NULL,
	NULL,
	NULL
};

static const struct column columns[] = {
	{ .name = "name" }, { .name = "id" }, { .name = "bytes", .right = true }, { .name = "path" }
};

static bool write_body(struct session *session, const struct options *options,
		       const struct row *body, struct table *table, struct failure *why)
{
	const char *name = row_get(body, "name");
	const char *envelope64 = row_get(body, "envelope"), *payload64 = row_get(body, "payload");
	unsigned char *envelope = NULL, *payload = NULL;
	size_t envelope_length, payload_length;
	struct row *row;

	if (name != NULL && envelope64 != NULL && payload64 != NULL) {
		envelope = base64_parse(session->arena, envelope64, &envelope_length);
		payload = base64_parse(session->arena, payload64, &payload_length);
	}
	if (envelope == NULL || payload == NULL)
		return fault(why, "CLI-007", "the gateway's answer holds no message");
	if (!bundle_add(options->folder, name, envelope, envelope_length, payload, payload_length,
			why))
		return false;
	row = row_new("exported");
	row_put(row, "name", name);
	row_put(row, "id", row_get(body, "id"));
	row_put_number(row, "bytes", (int64_t)payload_length);
	row_put(row, "path", arena_printf(session->arena, "%s/%s", options->folder, name));
	table_add(table, row);
	return true;
}

static bool write_all(struct session *session, const struct options *options,
		      const struct answer *bodies, struct failure *why)
{
	struct table *table;
	bool fine = true;

	if (!bundle_begin(options->folder, session_keys(session), why))
		return false;
	table = table_begin(session->output, columns, sizeof columns / sizeof *columns, false);
	for (size_t i = 0; fine && i < bodies->count; i++)
		if (row_get(bodies->rows[i], "envelope") != NULL)
			fine = write_body(session, options, bodies->rows[i], table, why);
	table_end(table);
	return fine;
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { 0 };
	struct row *question;
	struct answer bodies;
	struct failure why;
	bool written;

	command_line(session, &argp, argc, argv, &options);
	if (options.folder == NULL)
		options.folder = options.id;
	question = row_new("ask");
	row_put(question, "ask", "export");
	row_put(question, "id", options.id);
	if (!session_ask(session, question, &bodies, &why))
		return session_failed(session, &why);
	written = write_all(session, &options, &bodies, &why);
	answer_free(&bodies);
	if (!written)
		return session_failed(session, &why);
	output_say(session->output, "%s/README.txt says how to verify it without us",
		   options.folder);
	return EXIT_DONE;
}

const struct command command_export = { "export", GROUP_PROVE,
					"a message as a folder that anybody can verify", &argp,
					run };
