/*
 * crash - kills the gateway again and again, and holds it to its receipts.
 *
 *	crash --gateway NSWD --adapter NSW-ADAPTER --keys DIR --settings FILE --work DIR
 *	      [--rounds N] [--seed S]
 *
 * One era is one state folder: some rounds, each of which starts the gateway, trades with it
 * and ends it: killed at a named crash point or at a random moment, alone or with the adapter, or
 * stopped by a disk that fails. Now and then only the adapter is killed, the machine's clock jumps,
 * or a second gateway is started. Then comes a last start without any of this, in which everything
 * must come to its end. NSWD is meant to be linked with vfs.c, so that a kill is a power cut, and
 * with jump.c. The report says how often each crash point was reached, and each failure met.
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

static const char *const troubles[DISK_TROUBLES] = { "no-space", "write", "torn-write", "sync",
						     "read-only" };

static void count_hit(struct harness *harness, const char *name)
{
	for (int point = 0; point < CRASH_POINTS; point++)
		if (strcmp(crash_point_name((enum crash_point)point), name) == 0)
			harness->hits[point]++;
	for (int trouble = 0; trouble < DISK_TROUBLES; trouble++)
		if (strcmp(troubles[trouble], name) == 0)
			harness->disk_hits[trouble]++;
}

static void count_hits(struct harness *harness)
{
	char path[600], line[64];
	FILE *hits;

	snprintf(path, sizeof path, "%s/hits", harness->state);
	hits = fopen(path, "r");
	while (hits != NULL && fgets(line, sizeof line, hits) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		count_hit(harness, line);
	}
	if (hits != NULL)
		fclose(hits);
	unlink(path);
}

/* Early passages more often than late ones; the first most often, for some come by once in a life. */
static int passage(struct harness *harness, double spread)
{
	double share = draw(harness);

	return 1 + (int)(share * share * spread);
}

/* ---- what befalls a life -------------------------------------------------------------------- */

static void die_at_a_point(struct harness *harness, struct fate *fate, int point)
{
	static const double spreads[] = { 1, 3, 40 };

	snprintf(fate->at, sizeof fate->at, "%s:%d",
		 harness->at != NULL ? harness->at : crash_point_name((enum crash_point)point),
		 passage(harness, spreads[draw_below(harness, 3)]));
}

static void fail_on_disk(struct harness *harness, struct fate *fate, int trouble)
{
	snprintf(fate->disk, sizeof fate->disk, "%s:%d",
		 harness->disk != NULL ? harness->disk : troubles[trouble],
		 trouble == DISK_READ_ONLY ? 1 : passage(harness, trouble == DISK_SYNC ? 30 : 120));
	harness->disk_rounds[trouble]++;
}

/* The machine's date is wrong, from the beginning or from now on. */
static void jump(struct harness *harness, struct fate *fate)
{
	static const int jumps[] = { 3600, 60, -1, -3600 };

	fate->jump = jumps[draw_below(harness, sizeof jumps / sizeof *jumps)];
	fate->jump_at = (int)draw_below(harness, 2) * (int)draw_below(harness, 200);
	harness->jumps++;
}

/* Six rounds of ten die at a named point, each in its turn. */
static struct fate fate_of(struct harness *harness, size_t round)
{
	struct fate fate = { .gateway_after = -1, .adapter_after = -1 };
	int turn = harness->at != NULL ? 0 : harness->disk != NULL ? 9 : (int)(round % 10);

	if (draw(harness) < 0.2)
		jump(harness, &fate);
	switch (turn) {
	case 1:
		fate.second = true;
		harness->seconds++;
		/* fall through */
	case 3:
		fate.gateway_after = (int)draw_below(harness, 400);
		harness->random_kills++;
		break;
	case 5:
		fate.gateway_after = 400;
		fate.adapter_after = (int)draw_below(harness, 300);
		harness->adapter_kills++;
		break;
	case 7:
		fate.gateway_after = fate.adapter_after = (int)draw_below(harness, 400);
		harness->both_kills++;
		break;
	case 9:
		fail_on_disk(harness, &fate, (int)(round / 10 % DISK_TROUBLES));
		break;
	default:
		die_at_a_point(harness, &fate, (int)(round % CRASH_POINTS));
	}
	return fate;
}

static void one_round(struct harness *harness, size_t round)
{
	struct fate fate = fate_of(harness, round);

	if (live_through(harness, &fate) && fate.at[0] != '\0')
		harness->deaths[round % CRASH_POINTS]++;
	judge_crash(&harness->books, harness->journal);
	count_hits(harness);
	if (harness->books.violations != 0)
		printf("  in round %zu (seed %llu), %s%s, state %s\n", round,
		       (unsigned long long)harness->seed, fate.at, fate.disk, harness->state);
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

static void run_all(struct harness *harness)
{
	/* The first violation is the one that tells: what follows from it is no news. */
	for (size_t round = 0; round < harness->rounds && harness->violations == 0; round++) {
		if (round % ROUNDS_OF_AN_ERA == 0)
			open_era(harness, round / ROUNDS_OF_AN_ERA);
		one_round(harness, round);
		if ((round + 1) % ROUNDS_OF_AN_ERA == 0 || round + 1 == harness->rounds ||
		    harness->books.violations != 0)
			close_era(harness);
	}
}

static void line(const char *what, size_t count, size_t of_them)
{
	printf("%-22s %8zu %8zu\n", what, count, of_them);
}

static void count_line(const char *what, size_t count)
{
	printf("%-22s %8zu\n", what, count);
}

/* Lines of a name and numbers: `run` adds up those of several harnesses. */
static void report(const struct harness *harness)
{
	printf("%-22s %8s %8s\n", "crash point", "reached", "died");
	for (int point = 0; point < CRASH_POINTS; point++)
		line(crash_point_name((enum crash_point)point), harness->hits[point],
		     harness->deaths[point]);
	printf("%-22s %8s %8s\n", "the disk fails", "rounds", "failed");
	for (int trouble = 0; trouble < DISK_TROUBLES; trouble++)
		line(troubles[trouble], harness->disk_rounds[trouble], harness->disk_hits[trouble]);
	printf("%-22s %8s\n", "and besides", "rounds");
	count_line("gateway-killed", harness->random_kills);
	count_line("adapter-killed", harness->adapter_kills);
	count_line("both-killed", harness->both_kills);
	count_line("clock-jumped", harness->jumps);
	count_line("second-gateway", harness->seconds);
	printf("%-22s %8s\n", "all", "count");
	count_line("rounds", harness->rounds);
	count_line("messages", harness->messages);
	count_line("receipted", harness->receipted);
	count_line("violations", harness->violations);
}

/* ---- the command line ---------------------------------------------------------------------- */

static const struct argp_option options[] = {
	{ "gateway", 'g', "NSWD", 0, "The gateway, linked with the forgetful disk", 0 },
	{ "adapter", 'a', "PROGRAM", 0, "nsw-adapter", 0 },
	{ "keys", 'k', "DIR", 0, "Keyring of the example PKI", 0 },
	{ "settings", 'c', "FILE", 0, "The gateway's settings", 0 },
	{ "work", 'w', "DIR", 0, "Where the eras' state folders are made", 0 },
	{ "at", 'p', "POINT", 0, "Die at this crash point only", 0 },
	{ "disk", 'd', "KIND", 0, "The disk fails in every round, in this way", 0 },
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
	case 'd':
		harness->disk = value;
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
	struct failure why;

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
	run_all(&harness);
	report(&harness);
	for (size_t i = 0; i < SAMPLES; i++)
		text_free(&harness.samples[i]);
	keyring_close(harness.keyring);
	return harness.violations == 0 ? 0 : 1;
}
