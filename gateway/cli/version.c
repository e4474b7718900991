/* nsw version: what this is. */
#include "core/version.h"
#include "cli/command.h"

static const struct argp argp = { NULL, NULL, NULL, "Version and protocol.", NULL, NULL, NULL };

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct row *row;

	command_line(session, &argp, argc, argv, NULL);
	output_print(session->output, "nsw %s\nprotocol %s\n", NSW_VERSION, BUS_PROTOCOL);
	row = row_new("version");
	row_put(row, "version", NSW_VERSION);
	row_put(row, "protocol", BUS_PROTOCOL);
	output_row(session->output, row);
	return EXIT_DONE;
}

const struct command command_version = { "version", GROUP_SHELL, "version and protocol", &argp,
					 run };
