/* nsw export: a message and all that belongs to it, as a folder that anybody can verify. */
#include "cli/body.h"
#include "cli/bundle.h"
#include "cli/command.h"

struct options {
	const char *id, *folder;
};

static const struct argp_option argp_options[] = {
	{ "to", 't', "DIR", 0, "Folder to write to, which holds no other message (the ID)", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 't':
		options->folder = command_word(state, value, "DIR");
		return 0;
	default:
		return command_one(state, key, value, "ID", &options->id);
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
		       const struct row *row, struct table *table, struct failure *why)
{
	struct row *exported;
	struct body body;

	if (!body_read(&body, session->arena, row, why) ||
	    !bundle_add(options->folder, body.name, body.envelope, body.envelope_length,
			body.payload, body.payload_length, why))
		return false;
	exported = row_new("exported");
	row_put(exported, "name", body.name);
	row_put(exported, "id", body.id);
	row_put_number(exported, "bytes", (int64_t)body.payload_length);
	row_put(exported, "path",
		arena_printf(session->arena, "%s/%s", options->folder, body.name));
	table_add(table, exported);
	return true;
}

/* The same message may be exported there again: more may belong to it by now. */
static bool begin(struct session *session, const struct options *options,
		  const struct answer *bodies, struct failure *why)
{
	const struct row *message = bodies_find(bodies, "message");
	struct body body;

	if (message == NULL)
		return fault(why, "CLI-007", "the gateway's answer holds no message");
	return body_read(&body, session->arena, message, why) &&
	       bundle_free_for(options->folder, body.envelope, body.envelope_length, why) &&
	       bundle_begin(options->folder, session_keys(session), why);
}

static bool write_all(struct session *session, const struct options *options,
		      const struct answer *bodies, struct failure *why)
{
	struct table *table;
	bool fine = true;

	if (!begin(session, options, bodies, why))
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
	struct answer bodies;
	struct failure why;
	bool written;

	command_line(session, &argp, argc, argv, &options);
	if (options.folder == NULL)
		options.folder = options.id;
	if (!bodies_ask(session, options.id, &bodies, &why))
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
