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

enum disk { DISK_FULL, DISK_WRITE, DISK_TORN_WRITE, DISK_SYNC, DISK_READ_ONLY, DISK_TROUBLES };

/* What befalls one life of the gateway. */
struct fate {
	char at[64];			  /* crash point and passage; "": none */
	char disk[32];			  /* what fails at which call (vfs.c); "": nothing */
	int gateway_after, adapter_after; /* ms until it is killed; -1: it is not */
	int jump, jump_at;		  /* seconds; at the how-manieth look at the clock */
	bool second;			  /* another gateway is started on the same state */
};

struct harness {
	const char *gateway, *adapter, *keys, *settings, *work;
	const char *at;	  /* the one crash point to die at; NULL: each in its turn */
	const char *disk; /* the one way in which the disk fails; likewise */
	size_t rounds;
	uint64_t seed, draws;
	char state[512], journal[600], endpoint[600];
	struct text samples[SAMPLES];
	struct keyring *keyring;
	struct books books;
	pid_t adapter_pid;
	size_t hits[CRASH_POINTS], deaths[CRASH_POINTS];
	size_t disk_rounds[DISK_TROUBLES], disk_hits[DISK_TROUBLES];
	size_t random_kills, adapter_kills, both_kills, jumps, seconds;
	size_t references, violations, messages, receipted;
};

/* The harness itself cannot go on: exit 2. */
void give_up(const char *what, const char *detail) __attribute__((noreturn));

/* The next draw of this seed, in [0, 1), or below a limit. */
double draw(struct harness *harness);
size_t draw_below(struct harness *harness, size_t limit);

/* processes.c. No way out of the harness leaves one of them behind. */
void start_adapter(struct harness *harness);
pid_t start_gateway(struct harness *harness, const struct fate *fate);
void end(pid_t pid);	/* SIGKILL; 0 is fine */
bool lives(pid_t *pid); /* the gateway; false, and 0, once it is dead */
int last_status(void);	/* of the gateway that was found dead, as waitpid() tells it */
/* A second gateway on the same state ends at once and says why (JRN-902). */
bool second_is_kept_out(struct harness *harness);
void end_all_at_exit(void);

#endif
