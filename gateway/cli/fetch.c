/* nsw fetch: a trader takes what waits in its mailbox. */
#include "cli/bundle.h"
#include "cli/command.h"
#include "cli/letters.h"

struct options {
	const char *as, *folder;
	long most;
	bool leave;
};

enum { KEY_TO = 0x2000, KEY_LEAVE };

static const struct argp_option argp_options[] = {
	{ "as", 'a', "PARTY", 0, "Whose mailbox (that of the first trader of the keyring)", 0 },
	{ "to", KEY_TO, "DIR", 0, "Write the messages there, each in a folder of its own", 0 },
	{ "leave", KEY_LEAVE, NULL, 0, "Look only: they stay in the mailbox", 0 },
	{ "limit", 'n', "N", 0, "At most so many (100)", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'a':
		options->as = value;
		return 0;
	case KEY_TO:
		options->folder = value;
		return 0;
	case KEY_LEAVE:
		options->leave = true;
		return 0;
	case 'n':
		options->most = command_number(state, value, 1, 1000);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	argp_options,
	parse,
	NULL,
	"Take the messages that wait for a trader. Each is verified, written if --to says so, and "
	"only then removed from the mailbox.",
	NULL,
	NULL,
	NULL
};

static bool take(struct client *client, const struct options *options, const struct letter *letter,
		 struct failure *why)
{
	if (options->folder != NULL && !letter_write(options->folder, letter, why))
		return false;
	return options->leave || client_keep(client, letter->cover.id, why);
}

static bool take_all(struct session *session, struct client *client, const struct options *options,
		     size_t *taken, struct failure *why)
{
	struct table *table = letters_table(session->output, false);
	struct letter *letters;
	size_t count;
	bool fine;

	fine = client_fetch(client, session->arena, (size_t)options->most, &letters, &count, why);
	for (*taken = 0; fine && *taken < count; (*taken)++) {
		fine = take(client, options, &letters[*taken], why);
		if (fine)
			table_add(table, letter_row(&letters[*taken], session->arena));
	}
	table_end(table);
	return fine;
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { .most = 100 };
	struct client *client = NULL;
	struct failure why;
	size_t taken = 0;
	bool fine;

	command_line(session, &argp, argc, argv, &options);
	fine = (options.as != NULL || session_trader(session, NULL, &options.as, &why)) &&
	       (options.folder == NULL ||
		bundle_begin(options.folder, session_keys(session), &why)) &&
	       session_connect(session, &client, options.as, false, &why) &&
	       take_all(session, client, &options, &taken, &why);
	client_close(client);
	if (!fine)
		return session_failed(session, &why);
	output_say(session->output, "%zu message%s for %s", taken, taken == 1 ? "" : "s",
		   options.as);
	return EXIT_DONE;
}

const struct command command_fetch = { "fetch", GROUP_SEND, "take what waits in a trader's mailbox",
				       &argp, run };
