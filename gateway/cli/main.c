/*
 * nsw - the command line of the single window.
 *
 * Start a sandbox, validate, submit, replay, look, prove. Data on stdout, talk on stderr; a
 * table on a terminal, TSV off it, JSON lines with --json; the exit codes of cli/exits.h.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "core/document.h"
#include "core/log.h"
#include "core/nearest.h"
#include "core/secrets.h"

static enum exit_code run_help(struct session *session, int argc, char **argv);
static const struct argp help_argp = {
	NULL, NULL, "[COMMAND]", "What nsw can do, or what COMMAND can.", NULL, NULL, NULL
};
static const struct command command_help = { "help", GROUP_SHELL, "this list, or a command's help",
					     &help_argp, run_help };

static const struct command *const commands[] = {
	&command_demo,
	&command_up,
	&command_down,
	&command_ready,
	&command_status,
	&command_validate,
	&command_submit,
	&command_replay,
	&command_fetch,
	&command_receive,
	&command_sign,
	&command_plan,
	&command_samples_ls,
	&command_samples_cat,
	&command_ls,
	&command_show,
	&command_tail,
	&command_timeline,
	&command_retry,
	&command_date_show,
	&command_date_set,
	&command_date_next,
	&command_date_ls,
	&command_paper_ls,
	&command_paper_decide,
	&command_agency_ls,
	&command_agency_off,
	&command_agency_on,
	&command_fault_add,
	&command_fault_ls,
	&command_fault_rm,
	&command_fault_reset,
	&command_init,
	&command_export,
	&command_verify,
	&command_journal_verify,
	&command_journal_anchor,
	&command_journal_prune,
	&command_selftest,
	&command_test,
	&command_version,
	&command_help,
};
#define COMMANDS (sizeof commands / sizeof *commands)

static const char *const groups[] = {
	[GROUP_RUN] = "Run",	 [GROUP_SEND] = "Send",	  [GROUP_LOOK] = "Look",
	[GROUP_STEER] = "Steer", [GROUP_PROVE] = "Prove", [GROUP_SHELL] = "Shell",
};

static const char banner[] = "Simulation: not connected to any government system.";

/* ---- help ------------------------------------------------------------------------------------- */

static void describe_group(FILE *out, size_t group)
{
	fprintf(out, "\n%s\n", groups[group]);
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i]->group == group)
			fprintf(out, "  %-15s %s\n", commands[i]->name, commands[i]->summary);
}

static void describe_exits(FILE *out)
{
	const char *meaning;
	int code;

	fprintf(out, "\nExit codes (of several, the last in this list)\n");
	for (size_t i = 0; exit_describe(i, &code, &meaning); i++)
		fprintf(out, "  %-15d %s\n", code, meaning);
}

static void describe_all(FILE *out)
{
	fprintf(out, "nsw - the national single window, from the command line\n"
		     "Usage: nsw [OPTION...] COMMAND [ARGUMENT...]\n");
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		describe_group(out, i);
	describe_exits(out);
	fprintf(out, "\n`nsw COMMAND --help` tells the rest. First time here: nsw demo\n%s\n",
		banner);
}

/* ---- finding a command ------------------------------------------------------------------------- */

/* Does the line begin with the command's one or two words? Then how many. */
static int words_of(const struct command *command, int argc, char **argv)
{
	const char *second = strchr(command->name, ' ');
	size_t first = second != NULL ? (size_t)(second - command->name) : strlen(command->name);

	if (strlen(argv[0]) != first || strncmp(argv[0], command->name, first) != 0)
		return 0;
	if (second == NULL)
		return 1;
	return argc > 1 && strcmp(argv[1], second + 1) == 0 ? 2 : 0;
}

/* The one with most words: `date set` before `date`. NULL, and no words, when there is none. */
static const struct command *find_command(int argc, char **argv, int *words)
{
	const struct command *found = NULL;

	*words = 0;
	for (size_t i = 0; i < COMMANDS; i++) {
		int count = words_of(commands[i], argc, argv);

		if (count <= *words)
			continue;
		found = commands[i];
		*words = count;
	}
	return found;
}

/* The second words that may follow a first one; empty when it is none. */
static const char *second_words(struct session *session, const char *first)
{
	const char *list = "";
	size_t length = strlen(first);

	for (size_t i = 0; i < COMMANDS; i++) {
		const char *name = commands[i]->name;

		if (strncmp(name, first, length) == 0 && name[length] == ' ')
			list = arena_printf(session->arena, "%s%s%s", list,
					    *list != '\0' ? ", " : "", name + length + 1);
	}
	return list;
}

static enum exit_code usage(struct session *session, const char *text)
{
	struct failure why;

	if (!session_ready(session, &why))
		return session_failed(session, &why);
	reject(&why, "CLI-001", "%s", text);
	return output_failure(session->output, &why, "nsw help lists the commands");
}

static enum exit_code unknown(struct session *session, int argc, char **argv)
{
	const char *seconds = second_words(session, argv[0]);
	struct nearest nearest = nearest_to(argv[0]);
	char did_you_mean[NEAREST_TEXT_SIZE];

	(void)argc;
	if (*seconds != '\0')
		return usage(session, arena_printf(session->arena, "after '%s' comes one of: %s",
						   argv[0], seconds));
	for (size_t i = 0; i < COMMANDS; i++)
		nearest_offer(&nearest, commands[i]->name);
	return usage(session, arena_printf(session->arena, "'%s' is no command%s", argv[0],
					   nearest_text(&nearest, did_you_mean)));
}

static enum exit_code run_command(struct session *session, int argc, char **argv)
{
	const struct command *command;
	int words;

	command = find_command(argc, argv, &words);
	if (words == 0)
		return unknown(session, argc, argv);
	argv[words - 1] = arena_printf(session->arena, "nsw %s", command->name);
	return command->run(session, argc - words + 1, argv + words - 1);
}

static enum exit_code run_help(struct session *session, int argc, char **argv)
{
	char *words[] = { NULL, NULL, NULL, NULL };
	int count = 0;

	for (int i = 1; i < argc && count < 2; i++)
		words[count++] = argv[i];
	if (count == 0) {
		describe_all(stdout);
		return EXIT_DONE;
	}
	words[count++] = arena_string(session->arena, "--help");
	return run_command(session, count, words);
}

/* ---- the line before the command's name ----------------------------------------------------------- */

struct line {
	struct session *session;
	int command; /* index of its name; 0: none */
};

static error_t parse_line(int key, char *value, struct argp_state *state)
{
	struct line *line = state->input;

	(void)value;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = line->session;
		return 0;
	case ARGP_KEY_ARG:
		line->command = state->next - 1;
		state->next = state->argc; /* the rest is the command's */
		return 0;
	case '?':
		describe_all(stdout);
		exit(EXIT_DONE);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option line_options[] = {
	{ "help", '?', NULL, 0, "List of commands", 0 },
	{ 0 },
};
static const struct argp_child line_children[] = { { &command_global_argp, 0, NULL, 0 },
						   { NULL, 0, NULL, 0 } };
static const struct argp line_argp = { line_options, parse_line,    "COMMAND [ARGUMENT...]",
				       NULL,	     line_children, NULL,
				       NULL };

/* ---- all of it ------------------------------------------------------------------------------------- */

/* argp ends the process by itself when a line is wrong; whoever asked for JSON gets a row. */
static void tell_usage(int status, void *session)
{
	const struct session *told = session;
	struct text line = TEXT_EMPTY;
	struct row *row;

	if (status != EXIT_USAGE || !told->json || told->output != NULL)
		return;
	row = row_new("error");
	row_put_number(row, "exit", EXIT_USAGE);
	row_put(row, "code", "CLI-001");
	row_put(row, "verdict", verdict_name(REJECT));
	row_put(row, "place", NULL);
	row_put(row, "text", "the command line is wrong; stderr says where");
	row_put(row, "hint", NULL);
	row_write(&line, row);
	fputs(line.bytes, stdout);
	fflush(stdout);
	text_free(&line);
	row_free(row);
}

static enum exit_code finish(struct session *session, enum exit_code code)
{
	struct failure why;

	if (session->output == NULL || output_flush(session->output))
		return code;
	fault(&why, "IO-003", "standard output cannot be written");
	return exit_worse(code, output_failure(session->output, &why, NULL));
}

int main(int argc, char **argv)
{
	static struct session session; /* tell_usage() looks at it after main() */
	struct line line = { .session = &session };
	enum exit_code code;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	secrets_stay_inside(); /* it signs, and it meets the bus as a party */
	document_setup();
	log_level(LOG_WARN);
	argp_err_exit_status = EXIT_USAGE;

	session_start(&session);
	for (int i = 1; i < argc; i++)
		session.json |= strcmp(argv[i], "--json") == 0;
	on_exit(tell_usage, &session);
	argp_parse(&line_argp, argc, argv, ARGP_IN_ORDER | ARGP_NO_HELP, NULL, &line);
	if (line.command == 0) {
		describe_all(stderr);
		return EXIT_USAGE;
	}
	code = finish(&session, run_command(&session, argc - line.command, argv + line.command));
	session_end(&session);
	return (int)code;
}
