#include "paper.h"

#include "core/text.h"
#include "journal/store.h"

#define NUMBER 24

static void open_journal(struct paper *paper)
{
	if (!journal_open(&paper->journal, paper->path, "NSW-VN", &paper->why))
		fail_msg("%s", paper->why.text);
}

int paper_open(void **state)
{
	struct paper *paper = must_alloc(sizeof *paper);
	struct scratch *scratch = scratch_new();

	paper->arena = arena_new();
	arena_on_free(paper->arena, (void (*)(void *))scratch_free, scratch);
	paper->path = arena_string(paper->arena, scratch_path(scratch, "journal.db"));
	open_journal(paper);
	*state = paper;
	return 0;
}

int paper_close(void **state)
{
	struct paper *paper = *state;

	journal_close(paper->journal);
	arena_free(paper->arena);
	free(paper);
	return 0;
}

void paper_shut(struct paper *paper)
{
	journal_close(paper->journal);
	paper->journal = NULL;
}

void paper_reopen(struct paper *paper)
{
	paper_shut(paper);
	open_journal(paper);
}

static void must(struct paper *paper, bool good)
{
	if (!good)
		fail_msg("%s: %s", paper->why.code, paper->why.text);
}

void paper_begin(struct paper *paper)
{
	must(paper, journal_begin(paper->journal, &paper->why));
}

void paper_commit(struct paper *paper)
{
	must(paper, journal_commit(paper->journal, &paper->why));
}

const char *paper_body(struct paper *paper, const char *text)
{
	char digest[DIGEST_TEXT_SIZE];
	struct bytes body = { (const unsigned char *)text, strlen(text) };

	must(paper, journal_body(paper->journal, body, digest, &paper->why));
	return arena_string(paper->arena, digest);
}

void paper_message(struct paper *paper, const char *name, gateway_time at)
{
	const char *payload = paper_body(paper, name), *envelope = paper_body(paper, "envelope");
	const char *receipt = arena_printf(paper->arena, "receipt %s", name);

	must(paper, journal_append(paper->journal, at, &paper->why, "message", "id", name, "sender",
				   "9900000016", "digest", payload, "kind", "DEC-IMP",
				   "conversation", "c", "case", name, "reference", name, "event",
				   "lodge", "envelope", envelope, "payload", payload, "facts",
				   paper_body(paper, "<facts/>"), "receipt_envelope",
				   paper_body(paper, receipt), "receipt_payload", payload, NULL));
	must(paper,
	     journal_append(paper->journal, at, &paper->why, "case", "case", name, "kind",
			    "DEC-IMP", "declarant", "9900000016", "reference", name, "conversation",
			    "c", "message", name, "environment", "TEST", NULL));
}

void paper_delivery(struct paper *paper, const char *id, const char *party,
		    const char *conversation, bool push, gateway_time due)
{
	char when[NUMBER];

	snprintf(when, sizeof when, "%lld", (long long)due);
	must(paper,
	     journal_append(paper->journal, NOON, &paper->why, "delivery", "delivery", id, "party",
			    party, "push", push ? "1" : "0", "kind", "DEC-IMP", "declarant",
			    "9900000016", "conversation", conversation, "cause", "m", "payload",
			    paper_body(paper, id), "environment", "TEST", "created", "1", "expires",
			    "9999999999999", "due", push ? when : NULL, NULL));
}

void paper_forge(struct paper *paper, const char *sql)
{
	struct store *store;

	paper_shut(paper);
	must(paper, store_open(&store, paper->path, STORE_WRITE, &paper->why));
	must(paper, store_script(store, sql, &paper->why));
	store_close(store);
}
