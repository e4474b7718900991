/*
 * conduct - what a message means to the case it belongs to.
 *
 * Everything here runs inside the clerk's transaction: it reads the past and appends records,
 * and it either holds as a whole or is undone as a whole. It decides by data alone: the
 * kind's rules of the journal phase and the life cycle's rows.
 *
 * A `move` is one row of a life applied to one case. What it means for parties (tasks to open
 * or withdraw, a response to send) is left in the move for the outbox to carry out, in the
 * same transaction.
 */
#ifndef NSW_CONDUCT_H
#define NSW_CONDUCT_H

#include "core/message.h"
#include "journal/journal.h"
#include "journal/life.h"

struct conduct { /* what the clerk lends */
	struct journal *journal;
	const struct kinds *kinds;
	const struct lives *lives;
	struct arena *arena; /* of this transaction step */
	int depth;	     /* of cases that tell each other; 0 at the start */
};

struct move {
	bool made; /* a row fitted: the rest is set */
	const struct life_row *row;
	struct journal_case case_; /* after the move */
	const struct kind *kind;   /* of the case */
	const struct facts *facts; /* of the case's present document */
	const char *by, *cause;	   /* who sent what moved it: (sender, message id), or a timer */
	const char *origin;	   /* digest of the declarant's envelope */
	const char *payload;	   /* digest of the document's body */
	const char *result;	   /* of the response to send; NULL: none */
	/* The message that moved it, to be carried on: kind, digest of the body, id. Of a time-out
	 * the case's document; NULL where nobody brought anything (papers, other cases). */
	const char *carried_kind, *carried, *carried_ref;
	gateway_time at;
	struct move *next; /* moves of other cases that this one made; NULL */
};

/*
 * Was it answered before? Then *found, and *known is what was said: the same message gets the
 * same receipt, and the same refusal, whatever its date, its certificate or the rules have
 * become since. REJECT JRN-001 when the id was used for another message.
 */
MUST_CHECK bool conduct_known(struct conduct *conduct, const struct message *message,
			      struct journal_message *known, bool *found, struct failure *why);

/* Keep a refused message, with its refusal. */
MUST_CHECK bool conduct_refusal(struct conduct *conduct, const struct message *message,
				struct failure *why);

/*
 * Somebody applies: rules over the past, the life's row, the message's record, the case. What
 * answers a delivery and takes effect later is recorded and held till then; the move is then
 * not made yet. REJECT a rule's id (all findings are added to the message's), LIF-001 not possible
 * in the case's state, LIF-002 function code without a meaning, LIF-003 amended too often,
 * JRN-011 names a case that does not exist.
 */
MUST_CHECK bool conduct_application(struct conduct *conduct, struct message *message,
				    struct move *move, struct failure *why);

/* Which delivery does this answer? DEFER JRN-010 when there is none to that party. */
MUST_CHECK bool conduct_answered(struct conduct *conduct, const struct message *message,
				 struct journal_delivery *delivery, struct failure *why);

/*
 * An agency's decision: recorded, then held until it takes effect, or applied. *final when
 * it ends its delivery (an interim answer does not). `move` is made when it moved the case.
 * That the delivery is a dead letter does not matter: giving up was ours, the word is theirs,
 * and they would say it in the same message again. FAULT JRN-907 the journal lacks the case or
 * its declaration, JRN-908 its kind is no longer loaded; so of the two at the end.
 */
MUST_CHECK bool conduct_decision(struct conduct *conduct, struct message *message,
				 const struct journal_delivery *delivery, bool *final,
				 struct move *move, struct failure *why);
/* The technical receipt of a delivery. Of one in a mailbox it changes nothing: ACK does. */
MUST_CHECK bool conduct_receipt(struct conduct *conduct, struct message *message,
				const struct journal_delivery *delivery, struct failure *why);

/* A held message whose moment has come. An interim one is not applied when its party has decided
 * meanwhile, or its task was withdrawn. */
MUST_CHECK bool conduct_release(struct conduct *conduct, const struct journal_held *held,
				gateway_time at, struct move *move, struct failure *why);
/* A case that has been in its state for too long. */
MUST_CHECK bool conduct_timeout(struct conduct *conduct, const struct journal_case *case_,
				gateway_time at, struct move *move, struct failure *why);

/* A task on paper is decided, by whoever notes it (`by`): an operator, or time itself. Without
 * `permit` nothing is issued. */
struct paper_decision {
	const char *status; /* "APPROVED", "RELEASED", "REFUSED" */
	const char *permit, *by;
	const char *text; /* why; NULL */
};
MUST_CHECK bool conduct_paper(struct conduct *conduct, const struct journal_task *task,
			      const struct paper_decision *decision, gateway_time at,
			      struct move *move, struct failure *why);

#endif
