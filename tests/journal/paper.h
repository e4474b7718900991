/*
 * paper - a journal in a scratch folder, and records short enough for a test.
 *
 * paper_open() is a test's set-up: *state becomes a struct paper with an empty journal.
 */
#ifndef PAPER_H
#define PAPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/scratch.h"
#include "journal/journal.h"

#define NOON ((gateway_time)1393390800000) /* 2014-02-26T05:00:00Z */

struct paper {
	struct journal *journal;
	struct arena *arena;
	char *path;
	struct failure why;
};

int paper_open(void **state);
int paper_close(void **state);
/* The writer steps aside, so that the file can be looked at, or be opened again. */
void paper_shut(struct paper *paper);
void paper_reopen(struct paper *paper);

void paper_begin(struct paper *paper);
void paper_commit(struct paper *paper);
/* A body of its own text; its digest in the arena. */
const char *paper_body(struct paper *paper, const char *text);
/* A receipted message with a case of its own: id, case id and reference derive from `name`. */
void paper_message(struct paper *paper, const char *name, gateway_time at);
void paper_delivery(struct paper *paper, const char *id, const char *party,
		    const char *conversation, bool push, gateway_time due);
/* One SQL statement on the file, by the sqlite3 tool: what a forger would do. */
void paper_forge(struct paper *paper, const char *sql);

#endif
