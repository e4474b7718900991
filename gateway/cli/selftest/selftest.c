/* nsw selftest: hostile cases against a running gateway, for whoever has to be convinced. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/selftest/fire.h"

struct options {
	bool hostile;
	long room; /* MiB */
	struct words only;
	struct session *session;
};

enum { KEY_HOSTILE = 0x2000, KEY_ONLY, KEY_MEMORY };

static const struct argp_option argp_options[] = {
	{ "hostile", KEY_HOSTILE, NULL, 0, "Fire the hostile cases, too", 0 },
	{ "only", KEY_ONLY, "CASE", 0, "Only this case (A1); may be repeated", 0 },
	{ "memory", KEY_MEMORY, "MIB", 0, "By so much its memory may grow at any moment (100)", 0 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_HOSTILE:
		options->hostile = true;
		return 0;
	case KEY_ONLY:
		words_add(options->session, &options->only, command_word(state, value, "CASE"));
		return 0;
	case KEY_MEMORY:
		options->room = command_number(state, value, 1, 1000000);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "no argument is wanted");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	argp_options,
	parse,
	NULL,
	"See whether a running gateway keeps its promises: an honest message gets its receipt; "
	"with "
	"--hostile, whatever an attacker with a valid key or none may send ends as it must, and "
	"afterwards the gateway is the same process, within its memory, and still works.\vThe "
	"cases are "
	"data: schemas/selftest.xml. What is refused leaves a line in the journal and the log of "
	"that "
	"gateway. Exit code 1 when a case does not end as it must.",
	NULL,
	NULL,
	NULL
};

static const struct column columns[] = {
	{ .name = "case", .width = 4 },	     { .name = "family", .width = 9 },
	{ .name = "title", .width = 56 },    { .name = "expected", .width = 16 },
	{ .name = "got", .width = 8 },	     { .name = "ms", .right = true, .width = 5 },
	{ .name = "verdict", .word = true },
};

struct selftest {
	struct session *session;
	const struct options *options;
	struct probes probes;
	struct table *table;
	size_t passed, failed, skipped;
	int64_t pid, memory; /* of the gateway, before: process, KiB at most so far */
};

/* ---- the gateway itself -------------------------------------------------------------------------- */

/* What it has needed at most so far, where it is a process of this machine; else 0. */
static int64_t most_memory(int64_t pid)
{
	char path[64], line[256];
	long long kib = 0;
	FILE *status;

	snprintf(path, sizeof path, "/proc/%lld/status", (long long)pid);
	status = fopen(path, "r");
	while (status != NULL && kib == 0 && fgets(line, sizeof line, status) != NULL)
		(void)sscanf(line, "VmHWM: %lld", &kib);
	if (status != NULL)
		fclose(status);
	return kib;
}

static bool ask_pid(struct session *session, int64_t *pid, struct failure *why)
{
	struct row *question = row_new("ask");
	struct answer answer;

	row_put(question, "ask", "status");
	if (!session_ask(session, question, &answer, why))
		return false;
	for (size_t i = 0; i < answer.count; i++)
		if (strcmp(row_type(answer.rows[i]), "gateway") == 0)
			(void)row_get_number(answer.rows[i], "pid", pid);
	answer_free(&answer);
	return true;
}

/* ---- lines ----------------------------------------------------------------------------------- */

struct finding_of_ours {
	const char *id, *family, *title, *expected, *got, *text;
	int64_t ms;
};

static void tell(struct selftest *test, const struct finding_of_ours *line, const char *verdict)
{
	struct row *row = row_new("probe");

	test->passed += strcmp(verdict, "passed") == 0;
	test->failed += strcmp(verdict, "failed") == 0;
	test->skipped += strcmp(verdict, "skipped") == 0;
	row_put(row, "case", line->id);
	row_put(row, "family", line->family);
	row_put(row, "title", line->title);
	row_put(row, "expected", line->expected);
	row_put(row, "got", line->got);
	row_put(row, "text", line->text);
	row_put_number(row, "ms", line->ms);
	row_put(row, "verdict", verdict);
	table_add(test->table, row);
	if (strcmp(verdict, "failed") == 0)
		output_say(test->session->output, "%s: %s: %s", line->id, line->got, line->text);
}

static const char *words_of(struct arena *arena, const char *const *words)
{
	const char *all = words[0];

	for (size_t i = 1; words[i] != NULL; i++)
		all = arena_printf(arena, "%s %s", all, words[i]);
	return all;
}

static void fire_one(struct selftest *test, const struct probe *probe)
{
	uint64_t began = monotonic_ms();
	struct failure why;
	struct shot shot;
	bool fired = fire(&shot, test->session, &test->probes, probe, &why);
	struct finding_of_ours line = {
		.id = probe->id,
		.family = probe->family,
		.title = probe->title,
		.expected = words_of(test->session->arena, probe->expect),
		.got = fired ? shot.end : why.code,
		.text = fired ? shot.text : why.text,
		.ms = (int64_t)(monotonic_ms() - began),
	};

	tell(test, &line, fired && probe_expects(probe, shot.end) ? "passed" : "failed");
}

static void fire_honestly(struct selftest *test, const char *id, const char *title)
{
	uint64_t began = monotonic_ms();
	struct failure why;
	struct shot shot;
	bool fired = fire_honest(&shot, test->session, &test->probes, &why);
	struct finding_of_ours line = {
		.id = id,
		.family = "honest",
		.title = title,
		.expected = END_RECEIPT,
		.got = fired ? shot.end : why.code,
		.text = fired ? shot.text : why.text,
		.ms = (int64_t)(monotonic_ms() - began),
	};

	tell(test, &line, strcmp(line.got, END_RECEIPT) == 0 ? "passed" : "failed");
}

/* The same process, and no more memory than a large message may need. */
static void look_at_it(struct selftest *test)
{
	int64_t pid = 0, grown;
	struct failure why;
	char got[32], text[96];
	struct finding_of_ours line = { .family = "afterwards", .got = got, .text = text };

	line.id = "alive", line.title = "the gateway is the process that it was";
	if (!ask_pid(test->session, &pid, &why))
		snprintf(text, sizeof text, "it does not answer: %s", why.code);
	else
		snprintf(text, sizeof text, "process %lld before and %lld now",
			 (long long)test->pid, (long long)pid);
	snprintf(got, sizeof got, "%lld", (long long)pid);
	line.expected = arena_printf(test->session->arena, "%lld", (long long)test->pid);
	tell(test, &line, pid == test->pid ? "passed" : "failed");

	line.id = "memory", line.title = "its memory grew by no more at any moment";
	line.expected = arena_printf(test->session->arena, "<%ld MiB", test->options->room);
	grown = most_memory(pid) - test->memory;
	snprintf(got, sizeof got, "%lld MiB", (long long)(grown / 1024));
	snprintf(text, sizeof text, "%lld KiB at most before, %lld more now",
		 (long long)test->memory, (long long)grown);
	if (test->memory == 0)
		snprintf(text, sizeof text, "it is no process of this machine");
	tell(test, &line,
	     test->memory == 0			  ? "skipped"
	     : grown < test->options->room * 1024 ? "passed"
						  : "failed");
}

/* ---- all of it -------------------------------------------------------------------------------- */

static bool wanted(const struct options *options, const char *id)
{
	for (size_t i = 0; i < options->only.count; i++)
		if (strcmp(options->only.words[i], id) == 0)
			return true;
	return options->only.count == 0;
}

static bool known(struct session *session, const struct options *options,
		  const struct probes *probes, struct failure *why)
{
	(void)session;
	for (size_t i = 0; i < options->only.count; i++) {
		size_t at = 0;

		while (at < probes->count &&
		       strcmp(probes->probes[at].id, options->only.words[i]) != 0)
			at++;
		if (at == probes->count)
			return reject(why, "SLF-001", "there is no hostile case '%s'",
				      options->only.words[i]);
	}
	return true;
}

static void fire_all(struct selftest *test)
{
	fire_honestly(test, "before", "an honest message is taken");
	for (size_t i = 0; test->options->hostile && i < test->probes.count; i++)
		if (wanted(test->options, test->probes.probes[i].id))
			fire_one(test, &test->probes.probes[i]);
	if (test->options->hostile)
		fire_honestly(test, "after", "an honest message is taken, still");
	look_at_it(test);
}

static enum exit_code run(struct session *session, int argc, char **argv)
{
	struct options options = { .session = session, .room = 100 };
	struct selftest test = { .session = session, .options = &options };
	struct failure why;

	command_line(session, &argp, argc, argv, &options);
	options.hostile = options.hostile || options.only.count > 0;
	if (!probes_read(&test.probes, session, &why) ||
	    !known(session, &options, &test.probes, &why) || !ask_pid(session, &test.pid, &why)) {
		probes_free(&test.probes);
		return session_failed(session, &why);
	}
	test.memory = most_memory(test.pid);
	test.table = table_begin(session->output, columns, sizeof columns / sizeof *columns, true);
	fire_all(&test);
	table_end(test.table);
	output_print(session->output, "%zu passed, %zu failed, %zu skipped\n", test.passed,
		     test.failed, test.skipped);
	probes_free(&test.probes);
	return test.failed == 0 ? EXIT_DONE : EXIT_UNMET;
}

const struct command command_selftest = { "selftest", GROUP_PROVE,
					  "does a running gateway keep its promises? (--hostile)",
					  &argp, run };
