/* nsw journal verify, nsw journal anchor: is the record whole, and how to prove it later. */
#include <string.h>

#include "cli/command.h"
#include "core/text.h"
#include "journal/journal.h"

struct options {
	const char *anchor; /* file */
};

static const struct argp_option verify_options[] = {
	{ "anchor", 'a', "FILE", 0, "Compare with what `nsw journal anchor` said then", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	if (key != 'a')
		return ARGP_ERR_UNKNOWN;
	options->anchor = value;
	return 0;
}

static const struct argp verify_argp = {
	verify_options,
	parse,
	NULL,
	"Read the whole journal of the state folder: the chain of hashes, every kept message "
	"against its digest, every table built anew and compared. A working gateway may go "
	"on.\vExit code 7 when anything does not hold; the failure names the record. A journal "
	"that "
	"was cut or rewritten as a whole is found with --anchor.",
	NULL,
	NULL,
	NULL
};
static const struct argp anchor_argp = { NULL,
					 NULL,
					 NULL,
					 "Print where the journal's chain stands, to be kept "
					 "elsewhere: whoever has it can convict a "
					 "journal that is cut or rewritten later.",
					 NULL,
					 NULL,
					 NULL };

static const char *journal_path(struct session *session)
{
	return sandbox_file(&session->sandbox, session->arena, "journal.db");
}

static bool read_anchor(struct session *session, const char *file, const char **anchor,
			struct failure *why)
{
	struct text text = TEXT_EMPTY;
	char *line;

	*anchor = NULL;
	if (file == NULL)
		return true;
	if (!text_read_file(&text, file, 4096, why))
		return false;
	text_add(&text, "");
	line = arena_string(session->arena, text.bytes);
	text_free(&text);
	line[strcspn(line, "\r\n")] = '\0';
	*anchor = line;
	return true;
}

static void tell(struct session *session, const struct journal_report *report, bool whole)
{
	struct row *row = row_new("journal");

	output_print(session->output,
		     "%s: %lld records, %lld bodies, %lld messages, %lld cases, %lld deliveries\n"
		     "head %lld %s\n",
		     whole ? "whole" : "BROKEN", (long long)report->records,
		     (long long)report->bodies, (long long)report->messages,
		     (long long)report->cases, (long long)report->deliveries,
		     (long long)report->head.seq, report->head.hash);
	row_put_flag(row, "whole", whole);
	row_put_number(row, "records", report->records);
	row_put_number(row, "bodies", report->bodies);
	row_put_number(row, "messages", report->messages);
	row_put_number(row, "cases", report->cases);
	row_put_number(row, "deliveries", report->deliveries);
	row_put_number(row, "seq", report->head.seq);
	row_put(row, "head", report->head.hash);
	row_put(row, "finding", whole ? NULL : report->finding);
	output_row(session->output, row);
}

static enum exit_code run_verify(struct session *session, int argc, char **argv)
{
	struct journal_report report = { 0 };
	struct options options = { 0 };
	const char *anchor;
	struct failure why;
	bool whole;

	command_line(session, &verify_argp, argc, argv, &options);
	if (!read_anchor(session, options.anchor, &anchor, &why))
		return session_failed(session, &why);
	whole = journal_verify(journal_path(session), anchor, &report, &why);
	if (whole || report.finding[0] != '\0')
		tell(session, &report, whole);
	return whole ? EXIT_DONE : session_failed(session, &why);
}

static enum exit_code run_anchor(struct session *session, int argc, char **argv)
{
	char anchor[128];
	struct failure why;
	struct row *row;

	command_line(session, &anchor_argp, argc, argv, NULL);
	if (!journal_anchor(journal_path(session), anchor, sizeof anchor, &why))
		return session_failed(session, &why);
	output_print(session->output, "%s\n", anchor);
	row = row_new("anchor");
	row_put(row, "anchor", anchor);
	output_row(session->output, row);
	return EXIT_DONE;
}

const struct command command_journal_verify = { "journal verify", GROUP_PROVE,
						"is the journal whole?", &verify_argp, run_verify };
const struct command command_journal_anchor = { "journal anchor", GROUP_PROVE,
						"where the journal's chain stands", &anchor_argp,
						run_anchor };
