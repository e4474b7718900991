/* The inside of a journal, for the files of gateway/journal alone. */
#ifndef NSW_JOURNAL_PRIVATE_H
#define NSW_JOURNAL_PRIVATE_H

#include "core/digest.h"
#include "journal/journal.h"
#include "journal/store.h"

#define JOURNAL_FORMAT "4"

struct journal {
	struct store *store;
	char instance[PARTY_ID_SIZE];
	int64_t seq; /* of the last record; writer only */
	struct digest hash;
	gateway_time at;
	int64_t kept_seq; /* as of the savepoint or the transaction's begin */
	struct digest kept_hash;
	gateway_time kept_at;
};

/* Numbers as SQL takes them here: text in the arena of the caller's function. */
#define NUMBER_SIZE 24
const char *number_text(int64_t number, char buffer[NUMBER_SIZE]);

#endif
