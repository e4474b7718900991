/*
 * harness - what the parts of the crash harness share: its settings, its draws, its processes.
 *
 * crash.c runs the eras and reports, processes.c starts and kills, visit.c is the trader's
 * connection to one life of the gateway, books.c what the trader knows, judge.c holds the
 * journal against it.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdint.h>
#include <sys/types.h>

#include "books.h"
#include "core/crash.h"
#include "core/keyring.h"

#define TRADER	"9900000016"
#define GATEWAY "NSW-VN"
#define SAMPLES 2
#define END_MS	20000 /* for everything to come to its end */

struct harness {
	const char *gateway, *adapter, *keys, *settings, *work;
	const char *at; /* the one crash point to die at; NULL: each in its turn */
	size_t rounds;
	uint64_t seed, draws;
	char state[512], journal[600], endpoint[600];
	struct text samples[SAMPLES];
	struct keyring *keyring;
	struct books books;
	pid_t adapter_pid;
	size_t hits[CRASH_POINTS], random_kills, references, violations, messages, receipted;
};

/* The harness itself cannot go on: exit 2. */
void give_up(const char *what, const char *detail) __attribute__((noreturn));

/* The next draw of this seed, in [0, 1), or below a limit. */
double draw(struct harness *harness);
size_t draw_below(struct harness *harness, size_t limit);

/* processes.c. No way out of the harness leaves one of them behind. */
void start_adapter(struct harness *harness);
pid_t start_gateway(struct harness *harness, const char *at); /* `at` NULL: it is left alone */
void end(pid_t pid);					      /* SIGKILL; 0 is fine */
bool lives(pid_t *pid);					      /* false, and 0, once it is dead */
void end_all_at_exit(void);

#endif
