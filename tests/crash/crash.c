/*
 * crash - kills the gateway again and again, and holds it to its receipts.
 *
 *	crash --gateway NSWD --adapter NSW-ADAPTER --keys DIR --settings FILE --work DIR
 *	      [--rounds N] [--seed S]
 *
 * One era is one state folder: some rounds, each of which starts the gateway, trades with it
 * and kills it, at a named crash point or at a random moment; then a last start without a
 * crash, in which everything must come to its end. NSWD is meant to be linked with vfs.c, so
 * that a kill is a power cut. The report names each crash point's rounds.
 */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/document.h"
#include "core/log.h"
#include "judge.h"
#include "visit.h"

#define ROUNDS_OF_AN_ERA 12

static const char *const samples[SAMPLES] = {
	"schemas/dec-imp/samples/machine-parts-japan.xml", /* customs alone decides */
	"schemas/dec-imp/samples/shrimp-thailand.xml",	   /* a ministry too */
};

void give_up(const char *what, const char *detail)
{
	fprintf(stderr, "crash harness: %s: %s\n", what, detail);
	exit(2);
}

double draw(struct harness *harness)
{
	char seed[24], count[24];

	snprintf(seed, sizeof seed, "%llu", (unsigned long long)harness->seed);
	snprintf(count, sizeof count, "%llu", (unsigned long long)harness->draws++);
	return keyed_draw(seed, "crash", count, NULL);
}

size_t draw_below(struct harness *harness, size_t limit)
{
	return (size_t)(draw(harness) * (double)limit);
}

/* ---- eras ---------------------------------------------------------------------------------- */

static void count_hits(struct harness *harness)
{
	char path[600], line[64];
	FILE *hits;

	snprintf(path, sizeof path, "%s/hits", harness->state);
	hits = fopen(path, "r");
	while (hits != NULL && fgets(line, sizeof line, hits) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		for (int point = 0; point < CRASH_POINTS; point++)
			if (strcmp(crash_point_name((enum crash_point)point), line) == 0)
				harness->hits[point]++;
	}
	if (hits != NULL)
		fclose(hits);
	unlink(path);
}

/* Three rounds of four die at a named point, each in its turn; the fourth when chance says. */
static void one_round(struct harness *harness, size_t round, size_t *deaths)
{
	int point = (int)(round % CRASH_POINTS);
	double spread = round % 3 == 0 ? 3 : 40;
	double share = draw(harness);
	int passage = 1 + (int)(share * share * spread); /* early ones more often */
	char at[64];

	if (harness->adapter_pid > 0 && draw(harness) < 0.15) {
		end(harness->adapter_pid);
		start_adapter(harness);
	}
	if (round % 4 == 3) {
		live_through(harness, NULL, (int)draw_below(harness, 400));
		harness->random_kills++;
	} else {
		snprintf(at, sizeof at, "%s:%d",
			 harness->at != NULL ? harness->at
					     : crash_point_name((enum crash_point)point),
			 passage);
		if (live_through(harness, at, -1))
			deaths[point]++;
	}
	judge_crash(&harness->books, harness->journal);
	count_hits(harness);
	if (harness->books.violations != 0)
		printf("  in round %zu (seed %llu), state %s\n", round,
		       (unsigned long long)harness->seed, harness->state);
}

static void open_era(struct harness *harness, size_t era)
{
	snprintf(harness->state, sizeof harness->state, "%s/era-%zu", harness->work, era);
	snprintf(harness->journal, sizeof harness->journal, "%s/journal.db", harness->state);
	snprintf(harness->endpoint, sizeof harness->endpoint, "ipc://%s/bus", harness->state);
	if (mkdir(harness->state, 0700) != 0)
		give_up(strerror(errno), harness->state);
	start_adapter(harness);
}

static void close_era(struct harness *harness)
{
	if (harness->books.violations == 0)
		settle(harness);
	count_hits(harness);
	end(harness->adapter_pid);
	for (size_t i = 0; i < harness->books.entry_count; i++)
		harness->receipted += harness->books.entries[i].outcome == RECEIPTED;
	harness->messages += harness->books.entry_count;
	harness->violations += harness->books.violations;
	books_close(&harness->books);
}

static void run_all(struct harness *harness, size_t *deaths)
{
	/* The first violation is the one that tells: what follows from it is no news. */
	for (size_t round = 0; round < harness->rounds && harness->violations == 0; round++) {
		if (round % ROUNDS_OF_AN_ERA == 0)
			open_era(harness, round / ROUNDS_OF_AN_ERA);
		one_round(harness, round, deaths);
		if ((round + 1) % ROUNDS_OF_AN_ERA == 0 || round + 1 == harness->rounds ||
		    harness->books.violations != 0)
			close_era(harness);
	}
}

static bool report(const struct harness *harness, const size_t *deaths)
{
	size_t missed = 0;

	printf("%-18s %8s %8s\n", "crash point", "reached", "died");
	for (int point = 0; point < CRASH_POINTS; point++) {
		printf("%-18s %8zu %8zu\n", crash_point_name((enum crash_point)point),
		       harness->hits[point], deaths[point]);
		missed += harness->hits[point] == 0 ||
			  (deaths[point] == 0 && harness->rounds >= 20 * CRASH_POINTS);
	}
	printf("%-18s %8s %8zu\n", "at random", "", harness->random_kills);
	printf("%zu rounds, seed %llu: %zu messages, %zu receipted, %zu violations\n",
	       harness->rounds, (unsigned long long)harness->seed, harness->messages,
	       harness->receipted, harness->violations);
	if (missed != 0)
		printf("%zu crash points were never hit\n", missed);
	return harness->violations == 0 && (missed == 0 || harness->rounds < 2 * CRASH_POINTS);
}

/* ---- the command line ---------------------------------------------------------------------- */

static const struct argp_option options[] = {
	{ "gateway", 'g', "NSWD", 0, "The gateway, linked with the forgetful disk", 0 },
	{ "adapter", 'a', "PROGRAM", 0, "nsw-adapter", 0 },
	{ "keys", 'k', "DIR", 0, "Keyring of the example PKI", 0 },
	{ "settings", 'c', "FILE", 0, "The gateway's settings", 0 },
	{ "work", 'w', "DIR", 0, "Where the eras' state folders are made", 0 },
	{ "at", 'p', "POINT", 0, "Die at this crash point only", 0 },
	{ "rounds", 'n', "N", 0, "Rounds (34)", 0 },
	{ "seed", 's', "N", 0, "Seed of everything that is drawn (1)", 0 },
	{ 0 },
};

static error_t take_option(int key, char *value, struct argp_state *state)
{
	struct harness *harness = state->input;

	switch (key) {
	case 'g':
		harness->gateway = value;
		return 0;
	case 'a':
		harness->adapter = value;
		return 0;
	case 'k':
		harness->keys = value;
		return 0;
	case 'w':
		harness->work = value;
		return 0;
	case 'c':
		harness->settings = value;
		return 0;
	case 'p':
		harness->at = value;
		return 0;
	case 'n':
		harness->rounds = strtoul(value, NULL, 10);
		return 0;
	case 's':
		harness->seed = strtoull(value, NULL, 10);
		return 0;
	case ARGP_KEY_END:
		if (harness->gateway == NULL || harness->adapter == NULL || harness->keys == NULL ||
		    harness->work == NULL || harness->settings == NULL || harness->rounds == 0)
			argp_error(
				state,
				"--gateway, --adapter, --keys, --settings and --work are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char *argv[])
{
	static const struct argp argp = {
		options, take_option, NULL, "Kills the gateway and holds it to its receipts.",
		NULL,	 NULL,	      NULL
	};
	struct harness harness = { .rounds = 2 * CRASH_POINTS, .seed = 1 };
	size_t deaths[CRASH_POINTS] = { 0 };
	struct failure why;
	bool good;

	argp_parse(&argp, argc, argv, 0, NULL, &harness);
	signal(SIGPIPE, SIG_IGN);
	end_all_at_exit();
	setvbuf(stdout, NULL, _IOLBF, 0);
	document_setup();
	log_level(LOG_ERROR);
	if (!keyring_open(&harness.keyring, harness.keys, &why))
		give_up(why.code, why.text);
	for (size_t i = 0; i < SAMPLES; i++)
		if (!text_read_file(&harness.samples[i], samples[i], 1 << 20, &why))
			give_up(why.place, why.text);
	run_all(&harness, deaths);
	good = report(&harness, deaths);
	for (size_t i = 0; i < SAMPLES; i++)
		text_free(&harness.samples[i]);
	keyring_close(harness.keyring);
	return good ? 0 : 1;
}
