/*
 * settings - how one gateway is to run: a file, the environment, then options.
 *
 *	<settings xmlns="urn:nsw:settings:1">
 *		<state>/var/lib/nsw</state>
 *		<kinds>schemas</kinds> <kinds>/srv/kinds</kinds>
 *		<retry-first>2s</retry-first>
 *	</settings>
 *
 * settings.xml (grammar in schemas/grammar/settings.xsd) has one element a setting, in any
 * order; only lists repeat theirs. The environment variable NSW_RETRY_FIRST overrides the file,
 * an option overrides both. All three come from the one table at the top of settings.c, which
 * also writes --help.
 *
 * Folders and files named in a file are relative to that file, others to the current folder. A list in a
 * file is the whole list; the environment (folders between colons, faults between
 * semicolons) and options add to it, what is in the list already excepted.
 */
#ifndef NSW_SETTINGS_H
#define NSW_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/failure.h"

#define SETTINGS_FOLDERS 16

struct settings {
	const char *instance; /* party id of this gateway: "NSW-VN" */
	const char *state;    /* folder of journal, log, pid and endpoint files */
	const char *keys;     /* keyring folder */
	const char *kinds[SETTINGS_FOLDERS + 1];   /* NULL-terminated; schemas first */
	const char *parties[SETTINGS_FOLDERS + 1]; /* folders of party profiles */
	const char *faults[SETTINGS_FOLDERS + 1];  /* lines, as core/fault.h has them */
	const char *endpoint;	 /* "" : ipc://STATE/bus; or tcp://127.0.0.1:0 ... */
	const char *environment; /* TEST, PARALLEL, LIVE */
	const char *date;	 /* gateway time at the start; "" : today, or on from the journal */
	const char *calendar;	 /* "" : of the kinds folders; "none"; or a path (kind.h) */
	const char *seed;	 /* of every draw */
	const char *log;	 /* error, warn, note, debug */
	const char *clock;	 /* "ticking"; or "held": it moves by orders alone */
	bool skip_time;		 /* gateway time jumps when nothing is in flight */
	int64_t workers;	 /* 0: one a core */
	int64_t queue; /* messages waiting for a worker before new business is told busy */
	int64_t retry_first, retry_most; /* ms of gateway time between attempts: first, cap */
	int64_t attempts;		 /* before a delivery is a dead letter */
	int64_t answer_within;		 /* ms of gateway time until a sent delivery is overdue */
	int64_t window;			 /* deliveries in flight to one party */
	int64_t absence;   /* ms of monotonic time for which skipped time waits for a gone party */
	int64_t lease;	   /* ms of monotonic time a trader may hold a fetched message */
	int64_t skew;	   /* ms that `created` may be ahead of gateway time */
	int64_t retention; /* ms of gateway time that bodies of what is over are kept; 0: ever */
	int64_t polite_limit; /* bytes of a payload */
};

/* Defaults, then FILE (NULL: none), then the environment. Strings live in the arena.
 * FAULT CFG-001 file broken or a setting given twice (FILE:LINE), CFG-002 value outside its
 * range (the place is where it came from, the text names setting and range). */
MUST_CHECK bool settings_load(struct settings *out, struct arena *arena, const char *file,
			      struct failure *why);
/* One setting by its name ("retry-first", "2s"), as an option does it; `origin` ("--retry-first")
 * becomes the place of a failure. Lists are added to.
 * FAULT CFG-002, CFG-003 unknown setting (with the nearest name). */
MUST_CHECK bool settings_set(struct settings *settings, struct arena *arena, const char *name,
			     const char *value, const char *origin, struct failure *why);
/* The table, for --help, completion and the README: false past the end. */
bool settings_describe(size_t index, const char **name, const char **metavar,
		       const char **description, const char **standard);

#endif
