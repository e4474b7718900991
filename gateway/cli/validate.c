/* nsw validate: every check of a document that needs no gateway and no past. */
#include <string.h>

#include "cli/command.h"
#include "cli/report.h"
#include "core/document.h"

struct options {
	struct session *session;
	struct words files;
	gateway_time date;
	bool date_given, schema_only;
};

static const struct argp_option argp_options[] = {
	{ "date", 'd', "DATE", 0,
	  "Judge by the rules and code lists of this day (that of the document; without one, "
	  "today)",
	  0 },
	{ "schema-only", 's', NULL, 0, "Stop after the schema: no facts, no rules", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'd':
		options->date = command_date(state, value);
		options->date_given = true;
		return 0;
	case 's':
		options->schema_only = true;
		return 0;
	case ARGP_KEY_ARG:
		words_add(options->session, &options->files, value);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which FILE?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	argp_options,
	parse,
	"FILE...",
	"Check documents without a gateway: well-formed, of a known kind, by its schema, its "
	"facts and its rules.\vEvery finding is told as FILE:LINE: CODE: text, with a hint where "
	"there is one. '-' is standard input. Exit code 3 when a file is not valid.",
	NULL,
	NULL,
	NULL
};

/* What one file turned out to be. */
struct judgement {
	const struct kind *kind; /* NULL: not recognised */
	struct findings findings;
};

/* What stops a stage is a finding like any other, if it is the file's fault. */
static bool stopped(struct judgement *judgement, const struct failure *why)
{
	struct finding finding = { .code = why->code,
				   .layer = strncmp(why->code, "FCT-", 4) == 0 ? 'S' : 'A',
				   .text = why->text };
	const char *line = strrchr(why->place, ':');

	if (why->verdict != REJECT)
		return false;
	if (line != NULL)
		finding.line = atoi(line + 1);
	findings_add(&judgement->findings, &finding);
	return true;
}

/* The day to judge by: the one asked for, else the document's own, else today. A declaration of
 * 2014 is a good one, though its ship has come in long ago. */
static gateway_time day_of(const struct options *options, const struct facts *facts)
{
	const char *issued = facts != NULL ? facts_get(facts, "issued") : NULL;
	gateway_time day = options->date;

	if (options->date_given || issued == NULL || !time_parse(issued, &day, NULL))
		return options->date;
	return day;
}

static bool judge_rules(const struct options *options, struct judgement *judgement,
			const struct document *document, struct failure *why)
{
	struct facts *facts = NULL;

	if (!kind_facts(judgement->kind, document, options->date, judgement->findings.arena, &facts,
			why) &&
	    !stopped(judgement, why))
		return false;
	return kind_check(judgement->kind, document, day_of(options, facts), &judgement->findings,
			  why);
}

static bool judge_document(const struct options *options, const struct kinds *kinds,
			   struct judgement *judgement, const struct document *document,
			   struct failure *why)
{
	if (!kinds_recognise(kinds, document, &judgement->kind, why))
		return stopped(judgement, why);
	if (!kind_validate(judgement->kind, document, &judgement->findings, why))
		return false;
	if (options->schema_only || judgement->findings.errors > 0)
		return true;
	return judge_rules(options, judgement, document, why);
}

static bool judge(const struct options *options, const struct kinds *kinds, const char *file,
		  struct judgement *judgement, struct failure *why)
{
	struct document *document;
	bool judged;

	if (!document_read(&document, file, &document_limits_message, why))
		return stopped(judgement, why);
	judged = judge_document(options, kinds, judgement, document, why);
	document_free(document);
	return judged;
}

static void tell(struct session *session, const char *file, const struct judgement *judgement)
{
	const struct findings *findings = &judgement->findings;
	const struct kind *kind = judgement->kind;
	struct row *row = row_new("file");

	report_findings(session->output, file, findings);
	if (findings->errors == 0 && session->verbose)
		output_print(session->output, "%s: valid, %s %s\n", file, kind_id(kind),
			     kind_version(kind));
	row_put(row, "file", file);
	row_put_flag(row, "valid", findings->errors == 0);
	row_put(row, "kind", kind != NULL ? kind_id(kind) : NULL);
	row_put(row, "version", kind != NULL ? kind_version(kind) : NULL);
	row_put_number(row, "errors", (int64_t)findings->errors);
	row_put_number(row, "warnings", (int64_t)findings->warnings);
	output_row(session->output, row);
}

static enum exit_code validate_all(struct session *session, const struct options *options,
				   const struct kinds *kinds)
{
	enum exit_code code = EXIT_DONE;
	size_t valid = 0, unknown = 0;

	for (size_t i = 0; i < options->files.count; i++) {
		const char *file = options->files.words[i];
		struct arena *arena = arena_new();
		struct judgement judgement = { 0 };
		struct failure why;

		findings_start(&judgement.findings, arena);
		if (!judge(options, kinds, file, &judgement, &why))
			code = exit_worse(code, session_failed(session, &why));
		else
			tell(session, file, &judgement);
		unknown += judgement.kind == NULL;
		if (judgement.findings.errors > 0)
			code = exit_worse(code, EXIT_INVALID);
		else
			valid++;
		arena_free(arena);
	}
	if (unknown > 0 && *kinds_left_out(kinds) != '\0')
		output_say(session->output, "note: left out for want of a schema (--kinds): %s",
			   kinds_left_out(kinds));
	output_say(session->output, "%zu file%s valid, %zu invalid", valid, valid == 1 ? "" : "s",
		   options->files.count - valid);
	return code;
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { .session = session, .date = wall_now() };
	const struct kinds *kinds;
	struct failure why;

	command_line(session, &argp, argc, argv, &options);
	if (!session_kinds(session, &kinds, &why))
		return session_failed(session, &why);
	return validate_all(session, &options, kinds);
}

const struct command command_validate = { "validate", GROUP_SEND,
					  "check documents without a gateway", &argp, run };
