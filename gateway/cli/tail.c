/* nsw tail: what happens, as it happens. */
#include <limits.h>
#include <string.h>

#include "cli/command.h"
#include "cli/follow.h"
#include "cli/interrupt.h"

struct options {
	int64_t since; /* -1: from now on */
	long count;    /* 0: for ever */
	bool all;      /* until what is there has been shown */
};

enum { KEY_FROM = 0x2000, KEY_NO_FOLLOW };

static const struct argp_option argp_options[] = {
	{ "from", KEY_FROM, "SEQ", 0, "Begin after this journal record (0: from the start)", 0 },
	{ "count", 'n', "N", 0, "End after so many events", 0 },
	{ "no-follow", KEY_NO_FOLLOW, NULL, 0, "End with what is there; begins at the start", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_FROM:
		options->since = command_number(state, value, 0, LONG_MAX);
		return 0;
	case 'n':
		options->count = command_number(state, value, 1, LONG_MAX);
		return 0;
	case KEY_NO_FOLLOW:
		options->all = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	argp_options,
	parse,
	NULL,
	"Events of the gateway as they happen, until ^C or until the reader of the pipe leaves.",
	NULL,
	NULL,
	NULL
};

static const struct column columns[] = {
	{ .name = "seq", .right = true, .width = 6 },
	{ .name = "time", .width = 24 },
	{ .name = "kind", .width = 8 },
	{ .name = "reference", .width = 18 },
	{ .name = "hop", .width = 8 },
	{ .name = "event", .width = 14 },
	{ .name = "state", .word = true, .width = 16 },
	{ .name = "attempt", .right = true },
	{ .name = "code", .width = 8 },
	{ .name = "text" },
};

/* Shown until there is nothing more to wait for; false only on failure. */
static bool show_batch(struct session *session, struct table *table, struct answer *events,
		       struct options *options, bool *over)
{
	size_t shown = 0;

	for (size_t i = 0; i < events->count && !*over; i++) {
		struct row *row = events->rows[i];

		if (row_type(row) == NULL || strcmp(row_type(row), "hop") != 0)
			continue;
		events->rows[i] = NULL;
		table_add(table, row);
		shown++;
		*over = options->count > 0 && --options->count == 0;
	}
	*over = *over || (options->all && shown == 0);
	return !output_closed(session->output);
}

static bool follow(struct session *session, struct client *client, struct options *options,
		   struct failure *why)
{
	int64_t wait = session->timeout < 2000 ? session->timeout / 2 : 1000;
	struct table *table =
		table_begin(session->output, columns, sizeof columns / sizeof *columns, true);
	bool over = false, fine = true;
	struct answer events;

	while (fine && !over && interrupts() == 0) {
		fine = follow_events(client, session->run, &options->since, options->all ? 0 : wait,
				     &events, why);
		if (!fine)
			break;
		over = !show_batch(session, table, &events, options, &over) || over;
		answer_free(&events);
	}
	table_end(table);
	return fine;
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { .since = -1 };
	struct client *client;
	struct failure why;
	bool fine;

	command_line(session, &argp, argc, argv, &options);
	if (options.since < 0 && options.all)
		options.since = 0;
	interrupt_catch();
	if (!session_connect(session, &client, NULL, false, &why))
		return session_failed(session, &why);
	fine = (options.since >= 0 || follow_position(client, &options.since, &why)) &&
	       follow(session, client, &options, &why);
	client_close(client);
	if (interrupts() > 0)
		return EXIT_INTERRUPTED;
	return fine ? EXIT_DONE : session_failed(session, &why);
}

const struct command command_tail = { "tail", GROUP_LOOK, "events as they happen", &argp, run };
