/* conduct_answers - what agencies say, and what time says: decisions, receipts, papers. */
#include <string.h>

#include "core/crash.h"
#include "journal/case_facts.h"
#include "journal/conduct_private.h"
#include "journal/delivery.h"
#include "journal/filing.h"
#include "journal/journal_private.h"
#include "journal/links.h"
#include "journal/moving.h"

/* ---- answers ------------------------------------------------------------------------------- */

bool conduct_answered(struct conduct *conduct, const struct message *message,
		      struct journal_delivery *delivery, struct failure *why)
{
	const char *ref = message->envelope.ref;

	if (ref != NULL && journal_delivery(conduct->journal, conduct->arena, ref, delivery) &&
	    strcmp(delivery->party, message->envelope.from) == 0)
		return true;
	return defer(why, "JRN-010", "%s answers %s, which was never sent to %s",
		     message->envelope.id, ref != NULL ? ref : "nothing", message->envelope.from);
}

static bool is_dead(const struct journal_delivery *delivery)
{
	return strcmp(delivery->state, "DEAD") == 0;
}

/* A party that says so has not got what was signed and sent: it was damaged on the way. */
static bool is_damage(const char *code)
{
	static const char *const codes[] = { "ENV-005", "SIG-002", "SIG-004" };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcmp(codes[i], code) == 0)
			return true;
	return false;
}

/* What a technical receipt is to its delivery: a response asks for no decision. */
static enum delivery_event receipt_event(const struct journal_delivery *delivery,
					 const struct facts *facts, const char *code)
{
	const char *result = facts_get(facts, "result");

	if (result != NULL && strcmp(result, "RE") == 0)
		return is_damage(code) ? DELIVERY_DAMAGED : DELIVERY_REFUSED;
	return delivery->ref != NULL ? DELIVERY_ACKNOWLEDGED : DELIVERY_RECEIVED;
}

/* Why a receipt refuses, in the party's words: "SIG-002: a digest differs". */
static const char *reason_of(struct conduct *conduct, const char *what, xmlNodePtr error)
{
	const char *code = child_text(conduct->arena, error, "code");
	const char *text = child_text(conduct->arena, error, "text");

	return arena_printf(conduct->arena, "%s: %s: %s", what, code != NULL ? code : "no code",
			    text != NULL ? text : "no reason given");
}

bool conduct_receipt(struct conduct *conduct, struct message *message,
		     const struct journal_delivery *delivery, struct failure *why)
{
	xmlNodePtr error = child_named(facts_root(message->facts), "error");
	const char *code = child_text(conduct->arena, error, "code");
	enum delivery_event event =
		receipt_event(delivery, message->facts, code != NULL ? code : "");
	const char *next = delivery->push ? delivery_next(delivery, event) : NULL;
	struct delivery_note note = { .message = message->envelope.id };

	if (!file_message(conduct, message, delivery->case_id, "receipt", why))
		return false;
	if (next == NULL)
		return true; /* late, a second one, or of a mailbox: kept, changes nothing */
	if (event == DELIVERY_RECEIVED || event == DELIVERY_DAMAGED)
		note.due = delivery->due;
	if (event == DELIVERY_REFUSED) {
		note.code = "DLV-002";
		note.text = reason_of(conduct, "the party refused the message technically", error);
	}
	if (event == DELIVERY_DAMAGED) {
		note.code = "DLV-009";
		note.text = reason_of(conduct, "what arrived was damaged", error);
	}
	if (!delivery_move(conduct->journal, delivery, event, &note, message->at, why))
		return false;
	return event == DELIVERY_ACKNOWLEDGED || event == DELIVERY_DAMAGED ||
	       delivery_task(conduct->journal, delivery, next, NULL, message->envelope.id,
			     message->at, why);
}

static bool not_applied(struct conduct *conduct, const char *sender, const char *message,
			const char *case_id, gateway_time at, const char *code, const char *text,
			struct failure *why)
{
	return journal_append(conduct->journal, at, why, "not-applied", "message", message,
			      "sender", sender, "case", case_id, "code", code, "text", text, NULL);
}

static const char *task_state(const struct journal_delivery *delivery, bool final)
{
	if (final)
		return "DECIDED";
	return is_dead(delivery) ? "DEAD" : "RECEIVED";
}

/* A decision on its way into the case, from the wire or out of the journal. */
struct word {
	const struct journal_delivery *delivery;
	const struct facts *facts;
	const char *sender, *message, *kind, *payload;
	bool final;
};

/* Under what it issued, others find the case. */
static bool keep_issued(struct conduct *conduct, const struct word *word, gateway_time at,
			struct failure *why)
{
	const struct kind *kind = kinds_named(conduct->kinds, word->kind);

	return kind == NULL ||
	       links_keep_keys(conduct, kind, word->facts, word->delivery->case_id, true, at, why);
}

/* The decision takes effect: on its task, then on the case. */
static bool apply(struct conduct *conduct, const struct word *word, struct move *move,
		  struct failure *why)
{
	const struct journal_delivery *delivery = word->delivery;
	struct case_event event = { .name = "decision",
				    .party = word->sender,
				    .status = facts_get(word->facts, "status"),
				    .result = facts_get(word->facts, "result") };

	move->by = word->sender;
	move->cause = word->message;
	move->carried_kind = word->kind;
	move->carried = word->payload;
	move->carried_ref = word->message;
	if (!delivery_task(conduct->journal, delivery, task_state(delivery, word->final),
			   word->facts, word->message, move->at, why) ||
	    !keep_issued(conduct, word, move->at, why))
		return false;
	if (!journal_case(conduct->journal, conduct->arena, delivery->case_id, &move->case_))
		return fault(why, "JRN-907", "case %s is not in the journal", delivery->case_id);
	if (!moving_by(conduct, move, word->facts, &event, why))
		return false;
	if (move->made)
		return true;
	return not_applied(conduct, word->sender, word->message, delivery->case_id, move->at,
			   "LIF-001",
			   "no row of the life cycle takes this decision in the case's state", why);
}

bool conduct_hold(struct conduct *conduct, const struct message *message, const char *case_id,
		  struct failure *why)
{
	char until[NUMBER_SIZE];

	if (!journal_append(conduct->journal, message->at, why, "held", "message",
			    message->envelope.id, "sender", message->envelope.from, "case", case_id,
			    "until", number_text(message->envelope.effective, until), NULL))
		return false;
	crash_point(CRASH_ANSWER_HELD);
	return true;
}

/* An interim answer tells progress; the kind's events say which answers are decisions. */
static bool is_final(const struct kind *kind, const struct facts *facts)
{
	const char *event = kind_event(kind, facts);

	return event != NULL && strcmp(event, "decision") == 0;
}

bool conduct_decision(struct conduct *conduct, struct message *message,
		      const struct journal_delivery *delivery, bool *final, struct move *move,
		      struct failure *why)
{
	const char *event = kind_event(message->kind, message->facts);
	bool awaited = delivery_next(delivery, DELIVERY_DECIDED) != NULL;
	struct delivery_note note = { .message = message->envelope.id };
	struct digest body = message->signature.payload;
	char digest[DIGEST_TEXT_SIZE];
	struct word word = {
		.delivery = delivery,
		.facts = message->facts,
		.sender = message->envelope.from,
		.message = message->envelope.id,
		.kind = kind_id(message->kind),
		.payload = arena_string(conduct->arena, digest_text(&body, digest)),
		.final = is_final(message->kind, message->facts),
	};

	*move = (struct move){ .at = message->at };
	*final = word.final;
	if (!file_message(conduct, message, delivery->case_id, event, why))
		return false;
	if (!awaited)
		return not_applied(conduct, message->envelope.from, message->envelope.id,
				   delivery->case_id, message->at, "DLV-003",
				   "its delivery was over when it came", why);
	if (*final &&
	    !delivery_move(conduct->journal, delivery, DELIVERY_DECIDED, &note, message->at, why))
		return false;
	if (delivery->ref != NULL)
		return not_applied(conduct, message->envelope.from, message->envelope.id,
				   delivery->case_id, message->at, "DLV-003",
				   "its delivery only informed and asked for no decision", why);
	if (message->envelope.effective > message->at)
		return conduct_hold(conduct, message, delivery->case_id, why);
	return apply(conduct, &word, move, why);
}

static bool task_over(struct conduct *conduct, const struct journal_delivery *delivery)
{
	struct journal_task *tasks;
	size_t count = journal_tasks(conduct->journal, conduct->arena, delivery->case_id, &tasks);

	for (size_t i = 0; i < count; i++)
		if (strcmp(tasks[i].delivery, delivery->id) == 0)
			return strcmp(tasks[i].state, "DECIDED") == 0 ||
			       strcmp(tasks[i].state, "WITHDRAWN") == 0;
	return false;
}

static bool release_decision(struct conduct *conduct, const struct journal_message *answer,
			     const struct facts *facts, struct move *move, struct failure *why)
{
	struct journal_delivery delivery;
	struct word word = {
		.delivery = &delivery,
		.facts = facts,
		.sender = answer->sender,
		.message = answer->id,
		.kind = answer->kind,
		.payload = answer->payload,
		.final = answer->event != NULL && strcmp(answer->event, "decision") == 0,
	};

	if (!journal_delivery(conduct->journal, conduct->arena, answer->ref, &delivery))
		return fault(why, "JRN-907", "the delivery that %s answers is not in the journal",
			     answer->id);
	if (!word.final && task_over(conduct, &delivery))
		return not_applied(conduct, answer->sender, answer->id, answer->case_id, move->at,
				   "DLV-003", "its task was over when it took effect", why);
	return apply(conduct, &word, move, why);
}

/* What the rules say now, nobody is there to hear: it has had its receipt. */
static bool release_application(struct conduct *conduct, const struct kind *kind,
				const struct journal_message *message, struct facts *facts,
				struct move *move, struct failure *why)
{
	struct findings findings;
	struct lodging lodging = {
		.kind = kind,
		.facts = facts,
		.findings = &findings,
		.id = message->id,
		.sender = message->sender,
		.conversation = message->conversation,
		.run = message->run,
		.environment = message->environment,
		.digest = message->digest,
		.payload = message->payload,
		.parent = message->case_id,
		.at = move->at,
	};

	findings_start(&findings, conduct->arena);
	if (conduct_lodge(conduct, &lodging, move, why))
		return true;
	return why->verdict == REJECT &&
	       not_applied(conduct, message->sender, message->id, message->case_id, lodging.at,
			   why->code, why->text, why);
}

bool conduct_release(struct conduct *conduct, const struct journal_held *held, gateway_time at,
		     struct move *move, struct failure *why)
{
	struct journal_message answer;
	const struct kind *kind;
	struct bytes body;
	struct facts *facts;

	*move = (struct move){ .at = at };
	if (!journal_message(conduct->journal, conduct->arena, held->sender, held->message,
			     &answer) ||
	    !journal_body_read(conduct->journal, conduct->arena, answer.facts, &body))
		return fault(why, "JRN-907", "the held answer %s is not in the journal",
			     held->message);
	kind = kinds_named(conduct->kinds, answer.kind);
	if (kind == NULL)
		return fault(why, "JRN-908", "the kind %s of the held %s is no longer known",
			     answer.kind, held->message);
	if (!facts_read(&facts, conduct->arena, (const char *)body.start, body.length, why) ||
	    !journal_append(conduct->journal, at, why, "released", "message", held->message,
			    "sender", held->sender, "case", held->case_id, NULL))
		return false;
	crash_point(CRASH_ANSWER_RELEASED);
	return kind_role(kind) == KIND_APPLICATION
		       ? release_application(conduct, kind, &answer, facts, move, why)
		       : release_decision(conduct, &answer, facts, move, why);
}

bool conduct_timeout(struct conduct *conduct, const struct journal_case *case_, gateway_time at,
		     struct move *move, struct failure *why)
{
	struct case_event event = { .name = "timeout" };
	char since[TIME_TEXT_SIZE];

	*move = (struct move){ .at = at, .case_ = *case_ };
	move->by = journal_instance(conduct->journal);
	move->cause = arena_printf(conduct->arena, "%s/%s", case_->message,
				   time_text(case_->since, since));
	if (!moving_by(conduct, move, NULL, &event, why))
		return false;
	move->carried_kind = kind_id(move->kind);
	move->carried = move->payload;
	move->carried_ref = move->case_.message;
	if (move->made)
		return true;
	/* Nothing is to happen after all: the state stays, without a deadline. */
	return journal_append(conduct->journal, at, why, "state", "case", case_->id, "from",
			      case_->state, "event", "timeout", "to", case_->state, NULL);
}

bool conduct_paper(struct conduct *conduct, const struct journal_task *task,
		   const struct paper_decision *decision, gateway_time at, struct move *move,
		   struct failure *why)
{
	struct case_event event = { .name = "decision",
				    .party = task->party,
				    .status = decision->status };

	/* Of an approval the number of what was issued, of a refusal the reason. */
	const char *note =
		strcmp(decision->status, "REFUSED") == 0 ? decision->text : decision->permit;

	*move = (struct move){ .at = at, .by = task->party, .cause = task->delivery };
	if (!journal_append(conduct->journal, at, why, "task-state", "case", task->case_id, "party",
			    task->party, "delivery", task->delivery, "state", "DECIDED", "status",
			    decision->status, "note", note, "text", decision->text, "by",
			    decision->by, NULL))
		return false;
	if (decision->permit != NULL &&
	    !journal_append(conduct->journal, at, why, "key", "case", task->case_id, "kind", "",
			    "name", "permit", "value", decision->permit, "source", "answer", NULL))
		return false;
	if (!journal_case(conduct->journal, conduct->arena, task->case_id, &move->case_))
		return fault(why, "JRN-907", "case %s is not in the journal", task->case_id);
	if (!moving_by(conduct, move, NULL, &event, why))
		return false;
	return move->made ||
	       not_applied(conduct, task->party, task->delivery, task->case_id, at, "LIF-001",
			   "no row of the life cycle takes this decision in the case's state", why);
}
