/*
 * bench - one message on its way through the pure stages, until one of them stops it.
 *
 * bench_open and bench_close are a test's set-up and tear-down; people_gather is the group's.
 */
#ifndef NSW_TEST_BENCH_H
#define NSW_TEST_BENCH_H

#include "accept/accept.h"
#include "people.h"

struct bench {
	struct arena *arena;
	struct settings settings;
	struct house house; /* changes are for this test alone */
	gateway_time at;    /* when it comes in */
	struct message *message;
};

#define AT_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_open, bench_close)

int bench_open(void **state);
int bench_close(void **state);

/* A letter that nothing stops; not sealed. */
struct letter *good_letter(struct bench *bench);
/* The name of the stage that stops it, NULL when none does; bench->message is the message. */
const char *walk(struct bench *bench, const struct letter *letter);
void assert_stops(struct bench *bench, const struct letter *letter, const char *stage,
		  const char *code);
void assert_passes(struct bench *bench, const struct letter *letter);

#endif
