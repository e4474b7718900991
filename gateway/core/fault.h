/*
 * fault - what is to go wrong at a party, as a tester writes it.
 *
 *	PARTY drop on=request first=2
 *	<fault at="PARTY" kind="drop" on="request" first="2"/>
 *
 * One grammar for the command line, the setting and scenario files: a party, a kind, then
 * name=value in any order; a value with blanks stands in quotes. The table at the top of fault.c
 * says what each kind takes. When a fault strikes is decided by the gateway alone
 * (deliver/faults.h); what it tells the party's simulation to do travels as a `simulation`, the
 * payload of SIMULATE.
 *
 * Strings live in the arena given. Nothing here keeps state; any thread may call anything.
 */
#ifndef NSW_FAULT_H
#define NSW_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/failure.h"
#include "core/party.h"
#include "core/text.h"

enum fault_kind {
	FAULT_DELAY,
	FAULT_DROP,
	FAULT_DUPLICATE,
	FAULT_REORDER,
	FAULT_CORRUPT,
	FAULT_TRUNCATE,
	FAULT_BAD_SIGNATURE,
	FAULT_EXPIRED_CERTIFICATE,
	FAULT_WRONG_VERSION,
	FAULT_REJECT,
	FAULT_HANG,
	FAULT_DOWN,
	FAULT_KINDS
};

/* What it happens to: what the gateway sends to the party, or what the party answers. */
enum fault_side { ON_REQUEST, ON_REPLY, FAULT_SIDES };

struct fault {
	const char *id;	   /* "f-1"; NULL: the gateway gives one */
	const char *party; /* as its profile spells it */
	enum fault_kind kind;
	enum fault_side on;

	/* What a kind takes; 0 or NULL: not said. */
	int64_t by, jitter;	 /* delay: ms of gateway time, and up to so many more */
	const char *code, *text; /* reject */

	/* Whom it strikes. */
	const char *document, *run; /* kind of the message, run label; NULL: any */
	int64_t first;		    /* at most so many attempts of each message; 0: all */
	int64_t every;		    /* each so many'th attempt that fits; 0: each */
	double probability;	    /* 1 where it is not said */
	int64_t lasts;		    /* `for`: ms of gateway time since it was added; 0: for good */
};

const char *fault_kind_name(enum fault_kind kind); /* "bad-signature" */
const char *fault_side_name(enum fault_side side); /* "request" */

/*
 * From a file's attributes: FAULT_NEW, a fault_set() for each (`at` and `kind` are names too), then
 * fault_finish(), which puts in what was left out and checks that all of it goes together. With
 * `parties` NULL the party is taken as it is written. REJECT FLT-001 unknown kind, FLT-002 unknown
 * name, FLT-003 a value that its name does not take, FLT-004 what the kind cannot do or needs,
 * FLT-005 nothing is delivered to that party, PTY-004 unknown party; all but the last two with the
 * nearest word where there is one.
 */
#define FAULT_NEW ((struct fault){ .kind = FAULT_KINDS, .on = FAULT_SIDES, .probability = 1 })
MUST_CHECK bool fault_set(struct fault *fault, struct arena *arena, const char *name,
			  const char *value, struct failure *why);
MUST_CHECK bool fault_finish(struct fault *fault, const struct parties *parties,
			     struct failure *why);

/* All at once, from a line; likewise, and FLT-006 when it is no such line. */
MUST_CHECK bool fault_parse(struct fault *out, struct arena *arena, const char *line,
			    const struct parties *parties, struct failure *why);
/* The line again, in one order and without what goes without saying; `id` is left out, so that the
 * same fault is the same line. It parses to the same fault. */
void fault_write(struct text *out, const struct fault *fault);
/* NAME=VALUE, with quotes where a line needs them, and a blank in front unless `out` is empty. */
void fault_write_value(struct text *out, const char *name, const char *value);

/* "drop of the request"; "delay of the reply by 800ms"; `later` is what a delay came to. */
void fault_tell(struct text *out, const struct fault *fault, int64_t later);

/* Does the party's simulation carry it out? The rest (delay, down, reorder of requests) the gateway
 * does by itself. */
bool fault_is_simulated(const struct fault *fault);

/* ---- what a simulation is told ------------------------------------------------------------- */

/* The payload of SIMULATE: how the next DELIVER of that message is to be treated. Lines
 * name=value: message, attempt, then for each fault `fault` (its kind), `on` and, of reject, `code`
 * and `text`. */
struct simulation {
	char message[UUID_SIZE];
	int64_t attempt;
	struct fault *faults;
	size_t count;
};

void simulation_write(struct text *out, const struct simulation *simulation);
/* REJECT FLT-001, FLT-003, FLT-004, FLT-006 when it is none. Lines of a name that is not known are passed over. */
MUST_CHECK bool simulation_read(struct simulation *out, struct arena *arena, const char *lines,
				size_t length, struct failure *why);

#endif
