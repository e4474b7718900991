/*
 * faults - which faults strike an attempt.
 *
 * An attempt is one DELIVER of one message to one party. Just before it is made, the clerk asks
 * here what is to go wrong with it. What strikes is recorded (`fault`) in the clerk's transaction,
 * hence a hop of the message's trace; what does not strike leaves no trace at all. All counts follow
 * from the records, draws are keyed by seed, fault, message and attempt: the same attempt is always
 * struck by the same faults. One that was planned and then forgotten (a crash) meets what is
 * recorded for it, and nothing new.
 *
 * Inside the clerk's transaction. All that append: FAULT JRN-…; FLT-901 of a line in the journal.
 */
#ifndef NSW_FAULTS_H
#define NSW_FAULTS_H

#include "core/fault.h"
#include "deliver/outbox.h"

struct firing { /* one fault strikes one attempt */
	const struct fault *fault;
	unsigned attempt;
	int64_t later; /* ms; of a delay */
};

/* What becomes of the attempt. */
enum struck {
	STRUCK_SEND,  /* it is made; what the simulation is to do is in the firings */
	STRUCK_HOLD,  /* it leaves later: the delivery's moment was moved */
	STRUCK_ABSENT /* the party is as though not connected */
};

/* Attempts on their way whose records are still to come: the clerk's knowledge. */
struct underway {
	const char *const *deliveries;
	size_t count;
};

/* May anything strike the next attempt of that delivery? Without a fault at its party nothing of the
 * rest need be asked. */
bool faults_at(struct journal *journal, const struct journal_delivery *delivery, gateway_time now);
/* Is all that goes to that party struck by `down`? Then nobody waits for it. */
bool faults_down(struct journal *journal, struct arena *arena, const char *party, gateway_time now);

/* The attempt that is about to be made of `delivery`. The firings live in the outbox's arena. */
MUST_CHECK bool faults_strike(struct outbox *outbox, const struct journal_delivery *delivery,
			      const struct underway *underway, gateway_time now,
			      struct firing **out, size_t *count, enum struck *struck,
			      struct failure *why);
/* The payload of SIMULATE for those that the party's simulation carries out; empty when there are
 * none. */
void faults_tell(struct text *out, const struct journal_delivery *delivery,
		 const struct firing *firings, size_t count);

/* By how many ms its last attempt's faults hold up the answer to a delivery. */
int64_t faults_hold_reply(struct journal *journal, const struct journal_delivery *delivery);

/* ---- orders ---------------------------------------------------------------------------------- */

/* An operator's, or a setting's. `run` scopes (NULL: everything); *id is what the fault is called.
 * REJECT FLT-…, PTY-004 as of fault_parse(), FLT-007 that id is taken, FLT-008 there is none of that
 * id. */
MUST_CHECK bool faults_add(struct outbox *outbox, const char *line, const char *run, const char *by,
			   gateway_time now, const char **id, struct failure *why);
MUST_CHECK bool faults_remove(struct outbox *outbox, const char *id, const char *by,
			      gateway_time now, struct failure *why);
MUST_CHECK bool faults_reset(struct outbox *outbox, const char *run, const char *by,
			     gateway_time now, size_t *count, struct failure *why);
/* Those of the settings that are not there yet, when the gateway starts. */
MUST_CHECK bool faults_of_settings(struct outbox *outbox, gateway_time now, struct failure *why);

/* A party, as a person writes it, is switched off (as though not connected, and nobody waits for it)
 * or on again. *changed is false when it was so already. REJECT PTY-004, FLT-005. */
MUST_CHECK bool faults_switch(struct outbox *outbox, const char *written, bool off, const char *by,
			      gateway_time now, const struct party **party, bool *changed,
			      struct failure *why);

#endif
