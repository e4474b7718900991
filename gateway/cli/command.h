/*
 * command - the table of what `nsw` can do.
 *
 * One file a command; each hands over one row. The table in main.c feeds dispatch and help,
 * and everything else that must know all commands. Command lines are argp's; the global
 * options are understood before and after the command's name.
 */
#ifndef NSW_COMMAND_H
#define NSW_COMMAND_H

#include <argp.h>

#include "cli/session.h"

enum command_group { GROUP_RUN, GROUP_SEND, GROUP_LOOK, GROUP_STEER, GROUP_PROVE, GROUP_SHELL };

struct command {
	const char *name; /* one word or two: "journal verify" */
	enum command_group group;
	const char *summary; /* one line, for the list */
	const struct argp *argp;
	/* argv[0] is "nsw NAME". Starts with command_line(). */
	enum exit_code (*run)(struct session *session, int argc, char **argv);
};

/* Parse the rest of the line with the command's argp (its `input` is given) and the global
 * options, then make the session ready. A mistake ends the process with exit code 2. */
void command_line(struct session *session, const struct argp *argp, int argc, char **argv,
		  void *input);
/* The global options, as main() reads them before the command's name. */
extern const struct argp command_global_argp;

/* In an argp parser: a duration, a number, a date; argp_error() when it is none. */
int64_t command_duration(struct argp_state *state, const char *value);
long command_number(struct argp_state *state, const char *value, long least, long most);
gateway_time command_date(struct argp_state *state, const char *value);
/* A word that may be anything but empty; `name` is what the help calls it. */
const char *command_word(struct argp_state *state, const char *value, const char *name);

/* In a parser's default: the one positional argument, which must be there. */
error_t command_one(struct argp_state *state, int key, const char *value, const char *name,
		    const char **out);

/* A list that grows: positional arguments, options that may be repeated. In the arena. */
struct words {
	const char **words;
	size_t count;
};
void words_add(struct session *session, struct words *words, const char *word);

extern const struct command command_agency_ls, command_agency_off, command_agency_on,
	command_date_ls, command_date_next, command_date_set, command_date_show, command_demo,
	command_down, command_export, command_fault_add, command_fault_ls, command_fault_reset,
	command_fault_rm, command_fetch, command_init, command_journal_anchor,
	command_journal_prune, command_journal_verify, command_ls, command_paper_decide,
	command_paper_ls, command_plan, command_ready, command_receive, command_replay,
	command_retry, command_samples_cat, command_samples_ls, command_selftest, command_show,
	command_sign, command_status, command_submit, command_tail, command_test, command_timeline,
	command_up, command_validate, command_verify, command_version;

#endif
