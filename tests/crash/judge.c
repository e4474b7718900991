#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal/journal.h"

#define TRADER	"9900000016"
#define RECORDS 1000000

static const char *const final_states[] = { "CLEARED", "REFUSED", "CANCELLED" };

static bool is_final(const char *state)
{
	for (size_t i = 0; i < sizeof final_states / sizeof *final_states; i++)
		if (state != NULL && strcmp(final_states[i], state) == 0)
			return true;
	return false;
}

static struct journal *open_reader(struct books *books, const char *path)
{
	struct journal *journal;
	struct failure why;

	if (journal_open_reader(&journal, path, &why))
		return journal;
	for (size_t i = 0; i < books->entry_count; i++)
		if (books->entries[i].outcome == RECEIPTED) {
			violated(books, "the journal can be read", path, why.text);
			break;
		}
	return NULL; /* the disk failed when it was to be made: nobody was told anything */
}

/* ---- nothing receipted is lost ------------------------------------------------------------- */

static void check_receipted(struct books *books, struct journal *journal, struct arena *arena)
{
	for (size_t i = 0; i < books->entry_count; i++) {
		const struct entry *entry = &books->entries[i];
		struct journal_message message;
		struct bytes body;

		if (entry->outcome != RECEIPTED)
			continue;
		if (!journal_message(journal, arena, TRADER, entry->id, &message))
			violated(books, "what was receipted is in the journal", entry->id, NULL);
		else if (!journal_body_read(journal, arena, message.payload, &body) ||
			 body.length != strlen(entry->payload) ||
			 memcmp(body.start, entry->payload, body.length) != 0)
			violated(books, "it is there byte for byte", entry->id, NULL);
		else if (!journal_body_read(journal, arena, message.receipt_envelope, &body))
			violated(books, "its receipt is there", entry->id, NULL);
		else {
			struct digest kept = digest_of(body.start, body.length);

			if (memcmp(&kept, &entry->answer, sizeof kept) != 0)
				violated(books, "the receipt kept is the receipt sent", entry->id,
					 NULL);
		}
	}
}

/* ---- the chain ----------------------------------------------------------------------------- */

static void check_positions(struct books *books, const struct journal_record *records, size_t count)
{
	/* A response speaks of the record before its own: the anchor says whether it is there. */
	for (size_t i = 0; i < books->response_count; i++) {
		long long seq = strtoll(books->responses[i].sequence, NULL, 10);

		if (seq > 0 && (size_t)seq > count)
			violated(books, "no journal position that was told is lost",
				 books->responses[i].id, books->responses[i].sequence);
	}
	(void)records;
}

static void check_chain(struct books *books, const char *path)
{
	struct journal_report report;
	struct failure why;
	char anchor[128];
	const struct response *latest = NULL;

	for (size_t i = 0; i < books->response_count; i++)
		if (latest == NULL || strtoll(books->responses[i].sequence, NULL, 10) >
					      strtoll(latest->sequence, NULL, 10))
			latest = &books->responses[i];
	if (latest != NULL)
		snprintf(anchor, sizeof anchor, "%s %s", latest->sequence, latest->head);
	if (!journal_verify(path, latest != NULL ? anchor : NULL, &report, &why))
		violated(books, "the journal verifies", path, why.text);
}

/* ---- nothing is decided twice -------------------------------------------------------------- */

static bool same(const struct journal_record *one, const struct journal_record *other,
		 const char *field)
{
	const char *left = journal_field(one, field), *right = journal_field(other, field);

	return left != NULL && right != NULL && strcmp(left, right) == 0;
}

static bool is_decision(const struct journal_record *record)
{
	const char *state = journal_field(record, "state");

	return strcmp(record->type, "task-state") == 0 && state != NULL &&
	       strcmp(state, "DECIDED") == 0;
}

static bool is_end(const struct journal_record *record)
{
	return strcmp(record->type, "state") == 0 && is_final(journal_field(record, "to"));
}

/* Pairs of records that must not be: the same party's second delivery for one version of a
 * case is what a retry under a new id would look like. */
static void check_pairs(struct books *books, const struct journal_record *records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool decision = is_decision(&records[i]), end = is_end(&records[i]);
		bool task = strcmp(records[i].type, "task") == 0;

		for (size_t j = i + 1; (decision || end || task) && j < count; j++) {
			if (!same(&records[i], &records[j], "case"))
				continue;
			if (decision && is_decision(&records[j]) &&
			    same(&records[i], &records[j], "delivery"))
				violated(books, "a task is decided once",
					 journal_field(&records[j], "delivery"), NULL);
			if (end && is_end(&records[j]))
				violated(books, "a case ends once",
					 journal_field(&records[j], "case"), NULL);
			if (task && strcmp(records[j].type, "task") == 0 &&
			    same(&records[i], &records[j], "party") &&
			    same(&records[i], &records[j], "version"))
				violated(books, "a task is opened once",
					 journal_field(&records[j], "delivery"), NULL);
		}
	}
}

/* Every case that moved with a response has that response's row, from the same transaction on. */
static void check_outbox(struct books *books, const struct journal_record *records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool planned = false;

		if (!is_end(&records[i]))
			continue;
		for (size_t j = i + 1; j < count && !planned; j++)
			planned = strcmp(records[j].type, "delivery") == 0 &&
				  same(&records[i], &records[j], "case") &&
				  strcmp(journal_field(&records[j], "push"), "0") == 0;
		if (!planned)
			violated(books, "a case that ends tells its declarant",
				 journal_field(&records[i], "case"), NULL);
	}
}

void judge_crash(struct books *books, const char *path)
{
	struct journal *journal = open_reader(books, path);
	struct arena *arena = arena_new();
	struct journal_record *records;
	size_t count;

	if (journal != NULL) {
		count = journal_records(journal, arena, 0, NULL, RECORDS, &records);
		check_receipted(books, journal, arena);
		check_positions(books, records, count);
		check_pairs(books, records, count);
		check_outbox(books, records, count);
		check_chain(books, path);
	}
	journal_close(journal);
	arena_free(arena);
}

/* ---- nothing is stuck ---------------------------------------------------------------------- */

static const char *const open_deliveries[] = { "WAITING", "SENT", "RECEIVED", "DEAD" };

bool judge_quiet(const char *path)
{
	struct arena *arena = arena_new();
	struct journal *journal;
	struct journal_message *messages;
	struct journal_filter all = { .applications = true };
	struct failure why;
	bool quiet = false;
	size_t count;

	if (journal_open_reader(&journal, path, &why)) {
		quiet = true;
		for (size_t i = 0; i < 4; i++)
			quiet = quiet &&
				journal_count_deliveries(journal, NULL, open_deliveries[i]) == 0;
		count = journal_messages(journal, arena, &all, &messages);
		for (size_t i = 0; i < count; i++)
			quiet = quiet && is_final(messages[i].state);
		journal_close(journal);
	}
	arena_free(arena);
	return quiet;
}

static void check_stuck(struct books *books, struct journal *journal, struct arena *arena)
{
	for (size_t i = 0; i < books->entry_count; i++) {
		const struct entry *entry = &books->entries[i];
		struct journal_message message;
		struct journal_case case_;

		if (entry->outcome == UNANSWERED)
			violated(books, "every message is answered", entry->id, NULL);
		if (entry->outcome != RECEIPTED || entry->cancels)
			continue;
		if (!journal_message(journal, arena, TRADER, entry->id, &message) ||
		    !journal_case(journal, arena, message.case_id, &case_))
			continue; /* told above */
		if (!is_final(case_.state))
			violated(books, "every case comes to its end", entry->id, case_.state);
		else if (entry->final[0] == '\0')
			violated(books, "every end is told to its declarant", entry->id,
				 case_.state);
	}
	for (size_t i = 0; i < 4; i++)
		if (journal_count_deliveries(journal, NULL, open_deliveries[i]) != 0)
			violated(books, "no delivery is left", open_deliveries[i], NULL);
}

void judge_end(struct books *books, const char *path)
{
	struct journal *journal = open_reader(books, path);
	struct arena *arena = arena_new();

	judge_crash(books, path);
	if (journal != NULL)
		check_stuck(books, journal, arena);
	journal_close(journal);
	arena_free(arena);
}
