/*
 * books - what a trader knows of its own declarations, whatever the gateway forgets.
 *
 * The harness is a trader with a good memory: for every message the bytes it sent, the bytes of
 * the receipt or refusal it got, and every response it fetched. What is in these books must be
 * in the journal; that is all a receipt promises.
 */
#ifndef BOOKS_H
#define BOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/digest.h"
#include "core/text.h"

enum outcome { UNANSWERED, RECEIPTED, REFUSED };

struct entry {
	char id[UUID_SIZE], conversation[UUID_SIZE];
	char *payload;
	struct text envelope; /* sealed once: every retry sends these bytes */
	enum outcome outcome;
	struct digest answer; /* of the receipt's envelope bytes */
	bool answered_twice;  /* and both times alike */
	bool cancels;	      /* a cancellation: may come too late and be refused */
	char reference[40];
	char final[8];	 /* result of the final response: AP or RE; empty before */
	char number[20]; /* of the declaration, once told */
};

struct response {
	char id[UUID_SIZE];
	struct digest payload;
	char sequence[24], head[DIGEST_TEXT_SIZE]; /* the journal position it carries */
};

struct books {
	struct entry *entries;
	size_t entry_count;
	struct response *responses;
	size_t response_count;
	size_t violations;
};

void books_close(struct books *books);

struct entry *books_add(struct books *books);
struct entry *books_find(struct books *books, const char *id);
struct entry *books_by_reference(struct books *books, const char *reference);

/* Say what is wrong, where: it counts. */
void violated(struct books *books, const char *what, const char *id, const char *detail);

#endif
