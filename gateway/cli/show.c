/* nsw show: one message with everything that is known of it. */
#include <stdlib.h>
#include <string.h>

#include "cli/body.h"
#include "cli/command.h"
#include "cli/follow.h"
#include "cli/report.h"

struct options {
	const char *id, *part;
	bool xml, envelope;
};

enum { KEY_XML = 0x2000, KEY_ENVELOPE };

static const struct argp_option argp_options[] = {
	{ "xml", KEY_XML, "PART", OPTION_ARG_OPTIONAL,
	  "Print the payload: of the message, or of receipt, delivery-PARTY, answer-PARTY-N, "
	  "response-N",
	  0 },
	{ "envelope", KEY_ENVELOPE, "PART", OPTION_ARG_OPTIONAL, "The same for the envelope", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_XML:
	case KEY_ENVELOPE:
		options->xml = key == KEY_XML;
		options->envelope = key == KEY_ENVELOPE;
		if (value != NULL)
			options->part = value;
		return 0;
	default:
		return command_one(state, key, value, "ID", &options->id);
	}
}

static const struct argp argp = {
	argp_options,
	parse,
	"ID",
	"One message: what it is, its findings, who must decide, and its trace.\vID is a message "
	"id "
	"(its first 8 characters are enough), a declaration number or a reference.",
	NULL,
	NULL,
	NULL
};

/* ---- its parts as tables ------------------------------------------------------------------------- */

static const char *const message_fields[] = {
	"id",	"kind", "from", "reference",	"number", "case",   "state",
	"code", "seq",	"time", "conversation", "run",	  "digest",
};

static const struct column task_columns[] = {
	{ .name = "party" },
	{ .name = "procedure" },
	{ .name = "releases" },
	{ .name = "route" },
	{ .name = "link" },
	{ .name = "state", .word = true },
	{ .name = "status", .word = true },
	{ .name = "delivery" },
};

static const struct column hop_columns[] = {
	{ .name = "after", .right = true },
	{ .name = "seq", .right = true },
	{ .name = "event" },
	{ .name = "hop" },
	{ .name = "state", .word = true },
	{ .name = "attempt", .right = true },
	{ .name = "code" },
	{ .name = "text" },
};

static void show_message(struct session *session, const struct row *message)
{
	for (size_t i = 0; i < sizeof message_fields / sizeof *message_fields; i++) {
		struct text line = TEXT_EMPTY;

		text_printf(&line, "%-13s", message_fields[i]);
		output_word(session->output, &line,
			    row_text(message, message_fields[i], session->arena), 0);
		output_print(session->output, "%s\n", line.bytes);
		text_free(&line);
	}
}

static void show_finding(struct session *session, const struct row *row, const char *file)
{
	const char *layer = row_get(row, "layer");
	int line = atoi(row_text(row, "line", session->arena));
	struct finding finding = {
		.code = row_get(row, "code") ?: "-",
		.warning = row_get_flag(row, "warning"),
		.layer = layer != NULL ? *layer : '\0',
		.text = row_get(row, "text") ?: "no text",
		.text_vi = row_get(row, "text_vi"),
		.hint = row_get(row, "hint"),
		.path = row_get(row, "path"),
		.pointer = row_get(row, "pointer"),
		.line = line,
	};

	report_finding(session->output, file, &finding);
}

static bool is_type(const struct row *row, const char *type)
{
	return row != NULL && row_type(row) != NULL && strcmp(row_type(row), type) == 0;
}

/* The rows of one type, as a table with a line of air above it. */
static void show_rows(struct session *session, struct answer *answer, const char *type,
		      const struct column *columns, size_t count)
{
	struct table *table = NULL;

	for (size_t i = 0; i < answer->count; i++) {
		if (!is_type(answer->rows[i], type))
			continue;
		if (table == NULL) {
			output_print(session->output, "\n");
			table = table_begin(session->output, columns, count, false);
		}
		table_add(table, answer->rows[i]);
		answer->rows[i] = NULL;
	}
	if (table != NULL)
		table_end(table);
}

static void add_spans(struct answer *answer)
{
	char after[SPAN_TEXT_SIZE];
	const char *began = NULL;

	for (size_t i = 0; i < answer->count; i++) {
		struct row *row = answer->rows[i];

		if (!is_type(row, "hop"))
			continue;
		if (began == NULL)
			began = row_get(row, "time");
		row_put(row, "after", span_text(began, row_get(row, "time"), after));
	}
}

/* What was wrong with it, and then why agencies refused it. */
static bool show_all(struct session *session, struct answer *answer, struct failure *why)
{
	const char *name = arena_string(session->arena, row_get(answer->rows[0], "id") ?: "");

	show_message(session, answer->rows[0]);
	output_row(session->output, answer->rows[0]);
	answer->rows[0] = NULL;
	for (size_t i = 1; i < answer->count; i++)
		if (is_type(answer->rows[i], "finding"))
			show_finding(session, answer->rows[i], name);
	if (!bodies_tell_reasons(session, name, answer, why))
		return false;
	add_spans(answer);
	show_rows(session, answer, "task", task_columns,
		  sizeof task_columns / sizeof *task_columns);
	show_rows(session, answer, "hop", hop_columns, sizeof hop_columns / sizeof *hop_columns);
	return true;
}

/* ---- its bytes --------------------------------------------------------------------------------------- */

static bool print_part(struct session *session, const struct options *options,
		       const struct answer *bodies, struct failure *why)
{
	const struct row *part = bodies_find(bodies, options->part);
	struct body body;

	if (part == NULL) {
		reject(why, "CLI-009", "has no '%s'", options->part);
		return failure_at(why, "%s", options->id);
	}
	if (!body_read(&body, session->arena, part, why))
		return false;
	if (options->xml)
		output_bytes(session->output, body.payload, body.payload_length);
	else
		output_bytes(session->output, body.envelope, body.envelope_length);
	return true;
}

static bool show_bytes(struct session *session, const struct options *options, struct failure *why)
{
	struct answer bodies;
	bool printed;

	if (!bodies_ask(session, options->id, &bodies, why))
		return false;
	printed = print_part(session, options, &bodies, why);
	answer_free(&bodies);
	return printed;
}

static bool show(struct session *session, const struct options *options, struct failure *why)
{
	struct client *client;
	struct answer answer;
	bool shown;

	if (!session_connect(session, &client, NULL, false, why))
		return false;
	shown = follow_message_of(client, session->run, options->id, &answer, why);
	client_close(client);
	if (!shown)
		return false;
	shown = show_all(session, &answer, why);
	answer_free(&answer);
	return shown;
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { .part = "message" };
	struct failure why;

	command_line(session, &argp, argc, argv, &options);
	if (options.xml || options.envelope ? show_bytes(session, &options, &why)
					    : show(session, &options, &why))
		return EXIT_DONE;
	return session_failed(session, &why);
}

const struct command command_show = { "show", GROUP_LOOK, "one message: trace, tasks, findings",
				      &argp, run };
