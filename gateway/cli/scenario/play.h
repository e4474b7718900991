/*
 * play - a scenario while it is played: the gateway, what was handed in, what was seen.
 *
 * For the files of the runner alone. What the gateway's journal told are hops; they are read once,
 * in order, and kept. Everything lives in the play's arena.
 */
#ifndef NSW_SCENARIO_PLAY_H
#define NSW_SCENARIO_PLAY_H

#include "cli/client/client.h"
#include "cli/scenario/run.h"
#include "core/findings.h"

struct hop {
	int64_t seq;
	gateway_time time;
	const char *message, *case_id, *kind; /* NULL where there is none */
	const char *party;		      /* who acted; NULL: the gateway */
	const char *event, *state, *code, *text;
	int64_t attempt; /* 0: of none */
};

/* What was handed in, or is followed, under an alias. */
struct submitted {
	const struct deed *deed;
	char id[UUID_SIZE], conversation[UUID_SIZE];
	const char *path, *party, *kind;
	const char *case_id; /* NULL while it has none */
	int64_t since;	     /* the journal's head before it */
	bool taken;	     /* receipt; otherwise refused: */
	struct failure refusal;
	struct findings findings;
};

/* A hop that met an expectation. */
struct met {
	const struct deed *deed;
	size_t hop; /* in hops */
};

struct voice { /* a party's connection */
	const char *party;
	struct client *client;
};

struct play {
	struct session *session; /* of the gateway it is played on */
	const struct scenario *scenario;
	const struct run_choice *choice;
	struct arena *arena;
	struct host *host; /* NULL: live */
	const char *seed, *label;
	struct rollout *rollout; /* of a calendar of its own; NULL: the kinds' */
	struct client *client;	 /* the operator's */
	struct voice *voices;
	size_t voice_count;
	gateway_time now, acted; /* acted: when the last deed was done that is no expectation */
	struct submitted *submitted;
	size_t submitted_count;
	struct hop *hops;
	size_t hop_count, hop_room;
	int64_t seen;  /* the last record that was read */
	int64_t heard; /* likewise, of a live gateway, at this moment by our own clock: */
	uint64_t heard_at;
	struct met *met;
	size_t met_count, met_room;
	struct deed_value *remembered; /* <remember>: name and value */
	size_t remembered_count;
	struct answer bodies; /* of the submit and up to the record that follow */
	const struct submitted *bodies_of;
	int64_t bodies_seen;
	const struct deed *
		*meant; /* of <never>, those that are known to say what somebody may say */
	size_t meant_count;
	struct step_result *step; /* the one that is being done */
};

/* What came of a deed: when it is not MET, the step or the failure says why. */
enum done { MET, UNMET, TROUBLE };

/* ---- play.c: the gateway ---------------------------------------------------------------------- */

/* A question or order (taken); the last row of its answer stays in *answer, which may be NULL. */
MUST_CHECK bool play_ask(struct play *play, struct row *question, struct answer *answer,
			 struct failure *why);
/* Read what happened until now. On a private gateway it has settled then. */
MUST_CHECK bool play_settle(struct play *play, struct failure *why);
/* Towards a moment: to the next thing that falls due, or to that moment itself; *there when it has
 * come. On a live gateway: as time does, for a short while. */
MUST_CHECK bool play_leap(struct play *play, gateway_time to, bool *there, struct failure *why);
/* All the way. */
MUST_CHECK bool play_until(struct play *play, gateway_time to, struct failure *why);
/* The connection of a party, which stays open. */
MUST_CHECK bool play_voice(struct play *play, const char *party, struct client **client,
			   struct failure *why);
struct submitted *play_submitted(const struct play *play, const char *alias); /* NULL */
/* All that the gateway has of its case, byte for byte (control/protocol.md, export); borrowed until
 * something else is asked. */
MUST_CHECK bool play_bodies(struct play *play, const struct submitted *of,
			    const struct answer **bodies, struct failure *why);
const struct rollout *play_calendar(const struct play *play);

/* The value of a ${name} (fill.h); the context is a struct filling. */
struct filling {
	struct play *play;
	const char *as; /* NULL: no alias is at hand */
};
const char *play_value(void *filling, const char *name, struct failure *why);

/* ---- what is done: submit.c, steer.c, expect.c, follow.c -------------------------------------- */

typedef enum done do_deed(struct play *play, const struct deed *deed, struct failure *why);
do_deed do_submit, do_accepted, do_refused, do_expect, do_never, do_date, do_advance, do_agency,
	do_paper, do_fault, do_fault_reset, do_retry, do_calendar, do_codes, do_follow, do_remember;

/* The faults that a play added to a live gateway. */
MUST_CHECK bool steer_reset(struct play *play, struct failure *why);

/* Refused for a reason that is the scenario's: the step fails, and says it. Otherwise TROUBLE. */
enum done not_done(struct play *play, const struct deed *deed, const char *expected,
		   const struct failure *why);

#endif
