/* nsw demo: the whole story, told to somebody who is here for the first time. */
#include "cli/command.h"

static const struct argp argp = { NULL, NULL, NULL, "The whole story.", NULL, NULL, NULL };

static enum exit_code run(struct session *session, int argc, char **argv)
{
	command_line(session, &argp, argc, argv, NULL);
	return EXIT_DONE;
}

const struct command command_demo = { "demo", GROUP_RUN, "the whole story, explained", &argp, run };
