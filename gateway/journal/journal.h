/*
 * journal - the durable record of every message, every attempt, every decision.
 *
 * The gateway takes responsibility for a message when journal_commit() has returned true,
 * and not before. One append-only list of records is the truth:
 *
 *	hash(n) = SHA-256( hash(n-1), instance, seq, time, type, fields )	each length-prefixed
 *
 * where fields name the bodies (envelopes, payloads, facts) by their digests; bodies are kept
 * once, beside. Everything else in the file is a projection: the tables of messages, cases,
 * tasks, deliveries and held answers follow from the records alone (journal/projection.h),
 * and journal_verify() proves it by building them again.
 *
 * This header hides SQL; a record's key includes the gateway instance, so that a backend
 * shared by several instances can come later.
 *
 * One journal has one writer (the journal thread; a lock keeps a second gateway out) and any
 * number of readers, each with a struct journal of its own. Strings of the structs below
 * live in the arena given.
 */
#ifndef NSW_JOURNAL_H
#define NSW_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/digest.h"
#include "core/failure.h"
#include "core/message.h"

struct journal;

/* Where the chain stands. A response that carries it convicts a truncated journal. */
struct journal_head {
	int64_t seq;
	char hash[DIGEST_TEXT_SIZE];
};

/* FAULT JRN-901 cannot be opened or made, JRN-902 held by another gateway, JRN-905 written by
 * a newer version or by another instance. */
MUST_CHECK bool journal_open(struct journal **out, const char *path, const char *instance,
			     struct failure *why);
MUST_CHECK bool journal_open_reader(struct journal **out, const char *path, struct failure *why);
void journal_close(struct journal *journal); /* NULL is fine */

/* ---- writing: one transaction a batch, one savepoint a message --------------------------- */

/* All: FAULT JRN-903 database refuses, JRN-904 disk refuses: the process must then end. */
MUST_CHECK bool journal_begin(struct journal *journal, struct failure *why);
MUST_CHECK bool journal_savepoint(struct journal *journal, struct failure *why);
MUST_CHECK bool journal_keep(struct journal *journal, struct failure *why); /* since savepoint */
MUST_CHECK bool journal_undo(struct journal *journal, struct failure *why); /* since savepoint */
MUST_CHECK bool journal_commit(struct journal *journal, struct failure *why);
MUST_CHECK bool journal_checkpoint(struct journal *journal, struct failure *why);
bool journal_broken(const struct journal *journal);

/* Keep a body; its digest, as hex, is what records name it by. */
MUST_CHECK bool journal_body(struct journal *journal, struct bytes body,
			     char digest[DIGEST_TEXT_SIZE], struct failure *why);

/* Append a record and apply it to the projections. Fields are pairs of strings (name, value)
 * ended by NULL; a NULL value leaves the field out, hence the sentinel is a NULL name.
 * The types and their fields are the table in projection.c. */
MUST_CHECK bool journal_append(struct journal *journal, gateway_time at, struct failure *why,
			       const char *type, ...);

/* ---- reading ------------------------------------------------------------------------------- */

struct journal_head journal_head(struct journal *journal); /* a reader: as of the refresh */
gateway_time journal_last_time(struct journal *journal);   /* of the last record; 0: none */
MUST_CHECK bool journal_refresh(struct journal *journal, struct failure *why); /* readers */
/* A reader: the same, and all that is read until journal_thaw() is of one moment, whatever is
 * committed meanwhile. Briefly: the log cannot be folded in while somebody looks at its past. */
MUST_CHECK bool journal_freeze(struct journal *journal, struct failure *why);
void journal_thaw(struct journal *journal);
/* The last start: gateway time then, and what the machine's clock said. False: none yet. */
bool journal_started(struct journal *journal, gateway_time *at, gateway_time *wall);
const char *journal_instance(const struct journal *journal);

struct journal_message {
	int64_t seq;
	gateway_time at, effective;
	const char *id, *sender, *digest, *conversation, *ref, *kind, *case_id, *state, *code;
	const char *reference, *event, *environment, *run;
	const char *envelope, *payload, *facts;		/* digests of bodies */
	const char *receipt_envelope, *receipt_payload; /* likewise */
};
/* The receipted message with that identity. */
bool journal_message(struct journal *journal, struct arena *arena, const char *sender,
		     const char *id, struct journal_message *out);

struct journal_case {
	const char *id, *kind, *version_of_kind, *number, *state, *declarant, *reference;
	const char *conversation, *message, *run, *environment;
	const char *parent; /* the case in whose course it was opened; NULL */
	int64_t serial, version;
	gateway_time accepted, since;
};
bool journal_case(struct journal *journal, struct arena *arena, const char *id,
		  struct journal_case *out);
/* Among that declarant's own. Numbers are compared without their last digit, the version. */
bool journal_case_by_number(struct journal *journal, struct arena *arena, const char *declarant,
			    const char *number, struct journal_case *out);
bool journal_case_by_reference(struct journal *journal, struct arena *arena, const char *declarant,
			       const char *kind, const char *reference, struct journal_case *out);
int64_t journal_next_serial(struct journal *journal);

struct journal_task {
	const char *party, *procedure, *state, *status, *result, *note;
	const char *delivery;	/* its name, also where nothing is delivered */
	const char *message;	/* id of its last answer; NULL before there is one */
	const char *route;	/* "ELECTRONIC", "PAPER" */
	const char *link, *via; /* as the calendar had it at receipt; via may be NULL */
	const char *way;	/* "delivery", "document", "case" */
	const char *case_id;
	gateway_time due; /* of a PAPER_DUE one: when its decision comes in by itself */
	bool releases;
};
/* Of the case's current version, in the order they were opened. One that was sent and not yet
 * received is SENT here. */
size_t journal_tasks(struct journal *journal, struct arena *arena, const char *case_id,
		     struct journal_task **out);
bool journal_task(struct journal *journal, struct arena *arena, const char *name,
		  struct journal_task *out);
/* Those that are not over, of all its versions: what an amendment leaves behind is still there. */
size_t journal_tasks_open(struct journal *journal, struct arena *arena, const char *case_id,
			  struct journal_task **out);
/* Tasks on paper: those due by `now`; with `now` 0 all that wait, soonest first. */
size_t journal_papers(struct journal *journal, struct arena *arena, gateway_time now, size_t limit,
		      struct journal_task **out);

/* Was anything of the case ever delivered to that party? */
bool journal_shared_with(struct journal *journal, const char *case_id, const char *party);
/* Cases that are found under a word; oldest first. */
size_t journal_cases_by_key(struct journal *journal, struct arena *arena, const char *name,
			    const char *value, struct journal_case **out);

/* What a case refers to among other cases, and how much of it it uses (NULL: nothing is used up). */
struct journal_use {
	const char *case_id; /* the user */
	const char *what, *target, *value, *quantity, *unit;
};
size_t journal_uses_by(struct journal *journal, struct arena *arena, const char *case_id,
		       struct journal_use **out);
size_t journal_uses_of(struct journal *journal, struct arena *arena, const char *target,
		       struct journal_use **out);

struct journal_delivery {
	int64_t seq, attempts, attempt_seq;
	int64_t counted; /* of the attempts: those that did not just repeat one whose time was running */
	int64_t tries; /* all attempts, also those before an operator had it tried again */
	gateway_time due, created, expires;
	const char *id, *party, *kind, *case_id, *declarant, *conversation, *state, *cause, *ref;
	const char *payload, *envelope, *environment, *origin, *run, *code, *text;
	bool push;
};
bool journal_delivery(struct journal *journal, struct arena *arena, const char *id,
		      struct journal_delivery *out);
/* Of one case; all states. */
size_t journal_deliveries(struct journal *journal, struct arena *arena, const char *case_id,
			  struct journal_delivery **out);

/*
 * What may be sent to a push party: due, or last attempted before record `since` (the party's
 * connection began there) and not `again` times since it last counted, or while a fault had the party down that is over, and not behind an
 * earlier one of the same declarant's conversation that is unsent or dead. What a fault holds
 * back is none of it. At most `limit`, oldest first.
 */
size_t journal_due(struct journal *journal, struct arena *arena, const char *party,
		   gateway_time now, int64_t since, int64_t again, size_t limit,
		   struct journal_delivery **out);
/* Has it anything that is not decided? */
bool journal_has_open(struct journal *journal, const char *party);
/* The same for a party that is not connected: what is due, by that alone. */
size_t journal_overdue(struct journal *journal, struct arena *arena, const char *party,
		       gateway_time now, size_t limit, struct journal_delivery **out);
/* How many were sent to it after `since` and are not decided. */
size_t journal_in_flight(struct journal *journal, const char *party, int64_t since);
/* Unacknowledged messages of a mailbox, oldest first, after record `after`. */
size_t journal_mailbox(struct journal *journal, struct arena *arena, const char *party,
		       int64_t after, size_t limit, struct journal_delivery **out);

struct journal_held {
	const char *sender, *message, *case_id;
};
size_t journal_held_due(struct journal *journal, struct arena *arena, gateway_time now,
			size_t limit, struct journal_held **out);
size_t journal_held_of(struct journal *journal, struct arena *arena, const char *case_id,
		       struct journal_held **out);
bool journal_still_held(struct journal *journal, const struct journal_held *held);
size_t journal_cases_due(struct journal *journal, struct arena *arena, gateway_time now,
			 size_t limit, struct journal_case **out);
/* The next moment after `now` at which any of them may have something to do; 0: never. Without
 * `idle`, of the cases only those in which a party's word is awaited count: that a permit's year is
 * over, a payer has not paid, or a dead letter was not retried, is nothing to leap for. */
gateway_time journal_next_due(struct journal *journal, gateway_time now, bool idle);

/* A body by digest, into the arena; false when it is not there (pruned, or unknown). */
bool journal_body_read(struct journal *journal, struct arena *arena, const char *digest,
		       struct bytes *out);

/* ---- records and rows, for control ----------------------------------------------------------- */

/* A record as name=value pairs. */
struct journal_field {
	const char *name, *value;
};
struct journal_record {
	int64_t seq;
	gateway_time at;
	const char *type;
	size_t count;
	struct journal_field *fields;
};
const char *journal_field(const struct journal_record *record, const char *name); /* or NULL */
/* Records after seq, oldest first; only those of a case when case_id is not NULL. */
size_t journal_records(struct journal *journal, struct arena *arena, int64_t after,
		       const char *case_id, size_t limit, struct journal_record **out);

/* What `messages` asks for; NULL or 0 leaves a condition out. Of id (or how it begins), number
 * (of any version), reference and case_id the first that is set is looked up. */
struct journal_filter {
	const char *state, *party, *kind, *run, *case_id, *id, *reference, *number;
	int64_t since;
	bool failed;
	bool applications; /* no receipts and decisions */
	size_t limit;
};
/* Newest first. For received messages with a case, `state` is the case's. */
size_t journal_messages(struct journal *journal, struct arena *arena,
			const struct journal_filter *filter, struct journal_message **out);
/* Deliveries by party and state (either may be NULL). */
size_t journal_deliveries_of(struct journal *journal, struct arena *arena, const char *party,
			     const char *state, size_t limit, struct journal_delivery **out);
/* For `status`: of a party (NULL: of all) in a state. */
int64_t journal_count_deliveries(struct journal *journal, const char *party, const char *state);

/* ---- proof (journal/verify.c) ---------------------------------------------------------------- */

struct journal_report {
	int64_t records, bodies, messages, cases, deliveries;
	struct journal_head head;
	char finding[512]; /* what is wrong, and at which record; empty when nothing is */
};
/*
 * Read the journal at `path` as it is on disk: chain, bodies against their digests, projections
 * built anew and compared row by row, and the anchor ("SEQ HASH", NULL for none) if given.
 * True when everything holds. REJECT JRN-950 chain broken, JRN-951 a body differs from its
 * digest or is missing, JRN-952 a projection differs, JRN-953 truncated or rewritten against
 * the anchor, JRN-954 the anchor is none (then report->finding is empty); FAULT JRN-901,
 * JRN-904. May run beside a working gateway.
 */
MUST_CHECK bool journal_verify(const char *path, const char *anchor, struct journal_report *report,
			       struct failure *why);
/* "SEQ HASH" of the last record, to be kept elsewhere. */
MUST_CHECK bool journal_anchor(const char *path, char *out, size_t size, struct failure *why);

#endif
