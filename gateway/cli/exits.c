#include "cli/exits.h"

#include <string.h>

/* Best first: a later row outweighs an earlier one. */
static const struct {
	enum exit_code code;
	const char *meaning;
} exits[] = {
	{ EXIT_DONE, "done and as expected" },
	{ EXIT_UNMET, "an expectation or a threshold was not met" },
	{ EXIT_REFUSED, "refused by the gateway or an agency" },
	{ EXIT_INVALID, "input is not valid" },
	{ EXIT_TIMEOUT, "timed out waiting" },
	{ EXIT_UNREACHABLE, "the gateway is unreachable or not ready" },
	{ EXIT_BROKEN, "a signature or the journal's chain does not hold" },
	{ EXIT_USAGE, "the command line is wrong" },
	{ EXIT_INTERNAL, "internal error" },
	{ EXIT_INTERRUPTED, "interrupted" },
};
#define EXITS (sizeof exits / sizeof *exits)

static size_t weight(enum exit_code code)
{
	for (size_t i = 0; i < EXITS; i++)
		if (exits[i].code == code)
			return i;
	return EXITS;
}

enum exit_code exit_worse(enum exit_code one, enum exit_code other)
{
	return weight(one) >= weight(other) ? one : other;
}

bool exit_describe(size_t index, int *code, const char **meaning)
{
	if (index >= EXITS)
		return false;
	*code = exits[index].code;
	*meaning = exits[index].meaning;
	return true;
}

/* The first row whose text begins the failure's code. */
static const struct {
	const char *begin;
	enum exit_code code;
} exits_of_codes[] = {
	{ "CLI-001", EXIT_USAGE },	 /* arguments */
	{ "CLI-002", EXIT_UNREACHABLE }, /* no gateway known here */
	{ "CLI-003", EXIT_UNREACHABLE }, /* no answer */
	{ "CLI-004", EXIT_TIMEOUT },	 /* waited in vain */
	{ "CLI-005", EXIT_UNREACHABLE }, /* not ready */
	{ "CLI-007", EXIT_INTERNAL },	 /* an answer that nobody understands */
	{ "CLI-010", EXIT_INTERNAL },	 /* part of the installation is missing */
	{ "CLI-011", EXIT_UNMET },	 /* already running, not running */
	{ "CLI-012", EXIT_BROKEN },	 /* what was exported does not verify */
	{ "CLI-015", EXIT_UNMET },	 /* the demo went otherwise than told */
	{ "CLI-014", EXIT_UNREACHABLE }, /* a process ended while starting */
	{ "CLI-013", EXIT_INTERRUPTED },
	{ "CLI-", EXIT_INVALID },
	{ "CTL-007", EXIT_REFUSED }, /* gateway time only goes forward */
	{ "BUS-", EXIT_UNREACHABLE },
	{ "JRN-954", EXIT_INVALID }, /* what was to prove it is no anchor */
	{ "JRN-95", EXIT_BROKEN },
	{ "JRN-90", EXIT_INVALID },
	{ "SIG-09", EXIT_INTERNAL },
	{ "SIG-", EXIT_BROKEN },
	/* Data files, keys and settings are input, whoever wrote them. */
	{ "KEY-", EXIT_INVALID },
	{ "KND-", EXIT_INVALID },
	{ "RUL-90", EXIT_INVALID },
	{ "COD-", EXIT_INVALID },
	{ "CFG-", EXIT_INVALID },
	{ "PLN-", EXIT_INVALID },
	{ "PRC-", EXIT_INVALID },
	{ "ROL-", EXIT_INVALID },
	{ "PTY-", EXIT_INVALID },
	{ "XSD-", EXIT_INVALID },
};

static enum exit_code exit_for_verdict(enum verdict verdict)
{
	static const enum exit_code of_verdict[] = {
		[REJECT] = EXIT_INVALID,
		[DEFER] = EXIT_UNREACHABLE,
		[FAULT] = EXIT_INTERNAL,
	};

	return of_verdict[verdict];
}

enum exit_code exit_for(const struct failure *why)
{
	for (size_t i = 0; i < sizeof exits_of_codes / sizeof *exits_of_codes; i++) {
		const char *begin = exits_of_codes[i].begin;

		if (strncmp(why->code, begin, strlen(begin)) == 0)
			return exits_of_codes[i].code;
	}
	return exit_for_verdict(why->verdict);
}
