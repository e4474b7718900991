#include "journal/conduct.h"

#include <stdio.h>
#include <string.h>

#include "core/crash.h"
#include "journal/case_facts.h"
#include "journal/delivery.h"
#include "journal/filing.h"
#include "journal/journal_private.h"
#include "journal/number.h"

/* ---- moving a case ------------------------------------------------------------------------- */

static bool set_number(struct conduct *conduct, struct journal_case *case_, gateway_time at,
		       struct failure *why)
{
	char serial[NUMBER_SIZE];

	case_->serial = journal_next_serial(conduct->journal);
	case_->number = number_of(conduct->arena, case_->serial, case_->version);
	return journal_append(conduct->journal, at, why, "numbered", "case", case_->id, "number",
			      case_->number, "serial", number_text(case_->serial, serial), NULL);
}

/* The number's last digit counts the amendments, as the declarant knows it from VNACCS. */
static bool amend(struct conduct *conduct, struct journal_case *case_, const char *message,
		  gateway_time at, struct failure *why)
{
	char version[NUMBER_SIZE], accepted[NUMBER_SIZE];

	if (case_->version == 10)
		return reject(why, "LIF-003",
			      "the declaration has been amended nine times; "
			      "cancel it and lodge a new one");
	case_->version++;
	case_->message = message;
	case_->accepted = at;
	if (case_->number != NULL)
		case_->number = number_of(conduct->arena, case_->serial, case_->version);
	return journal_append(conduct->journal, at, why, "amended", "case", case_->id, "version",
			      number_text(case_->version, version), "number", case_->number,
			      "message", message, "accepted", number_text(at, accepted), NULL);
}

static bool set_state(struct conduct *conduct, const struct life *life, struct move *move,
		      const char *event, const char *by, struct failure *why)
{
	struct journal_case *case_ = &move->case_;
	const char *from = case_->state;
	bool stays = strcmp(move->row->to, "=") == 0;
	int64_t timeout = stays ? 0 : life_timeout(life, move->row->to);
	char due[NUMBER_SIZE];

	if (stays && strcmp(event, "timeout") != 0)
		return true; /* a timeout that changes nothing still ends the waiting */
	if (!stays) {
		case_->state = move->row->to;
		case_->since = move->at;
	}
	if (!journal_append(conduct->journal, move->at, why, "state", "case", case_->id, "from",
			    from, "event", event, "to", case_->state, "by", by, "due",
			    timeout != 0 ? number_text(move->at + timeout, due) : NULL, NULL))
		return false;
	crash_point(CRASH_CASE_MOVED);
	return true;
}

static bool make_move(struct conduct *conduct, const struct life *life, struct move *move,
		      const char *event, const char *by, struct failure *why)
{
	const struct life_row *row = move->row;

	move->made = true;
	if (row->amend && !amend(conduct, &move->case_, move->cause, move->at, why))
		return false;
	if (row->number && !set_number(conduct, &move->case_, move->at, why))
		return false;
	return set_state(conduct, life, move, event, by, why);
}

/* ---- applications -------------------------------------------------------------------------- */

static bool open_case(struct conduct *conduct, const struct message *message,
		      struct journal_case *case_, struct failure *why)
{
	const struct envelope *envelope = &message->envelope;
	char id[UUID_SIZE], accepted[NUMBER_SIZE];

	uuid_derive(id, envelope->id, envelope->from, "case");
	*case_ = (struct journal_case){
		.id = arena_string(conduct->arena, id),
		.kind = kind_id(message->kind),
		.version_of_kind = kind_version(message->kind),
		.state = "",
		.declarant = envelope->from,
		.reference = facts_get(message->facts, "reference"),
		.conversation = envelope->conversation,
		.message = envelope->id,
		.run = envelope->run,
		.environment = envelope->environment,
		.version = 1,
		.accepted = message->at,
		.since = message->at,
	};
	return journal_append(conduct->journal, message->at, why, "case", "case", case_->id, "kind",
			      case_->kind, "version_of_kind", case_->version_of_kind, "declarant",
			      case_->declarant, "reference", case_->reference, "conversation",
			      case_->conversation, "message", case_->message, "run", case_->run,
			      "environment", case_->environment, "accepted",
			      number_text(case_->accepted, accepted), NULL);
}

static void tell_known(struct conduct *conduct, const struct message *message, xmlDocPtr facts,
		       const struct journal_case *named)
{
	const char *reference = facts_get(message->facts, "reference");
	struct journal_case other;

	if (reference != NULL &&
	    journal_case_by_reference(conduct->journal, conduct->arena, message->envelope.from,
				      kind_id(message->kind), reference, &other))
		case_facts_known(facts, "reference", &other);
	if (named != NULL)
		case_facts_known(facts, "document", named);
}

static bool rules_hold(struct message *message, xmlDocPtr facts, struct failure *why)
{
	size_t errors = message->findings.errors;
	const struct finding *finding;

	if (!kind_check_journal(message->kind, facts, message->at, &message->findings, why))
		return false;
	if (message->findings.errors == errors)
		return true;
	for (finding = message->findings.first; finding->warning;)
		finding = finding->next;
	return reject(why, finding->code, "%s", finding->text);
}

/* Of its kind and of its sender's own: what others lodged does not exist for this party. */
static bool named_case(struct conduct *conduct, const struct message *message,
		       struct journal_case *case_)
{
	const char *number = facts_get(message->facts, "document");

	return number != NULL &&
	       journal_case_by_number(conduct->journal, conduct->arena, message->envelope.from,
				      number, case_) &&
	       strcmp(case_->kind, kind_id(message->kind)) == 0;
}

static void begin_move(struct move *move, const struct message *message)
{
	*move = (struct move){ .kind = message->kind,
			       .facts = message->facts,
			       .by = message->envelope.from,
			       .cause = message->envelope.id,
			       .origin = message->digest_hex,
			       .at = message->at };
}

static const char *payload_digest(struct conduct *conduct, const struct message *message)
{
	struct digest digest = message->signature.payload;
	char text[DIGEST_TEXT_SIZE];

	return arena_string(conduct->arena, digest_text(&digest, text));
}

bool conduct_application(struct conduct *conduct, struct message *message, struct move *move,
			 struct failure *why)
{
	const struct life *life = life_of(conduct->lives, message->kind);
	const char *event = kind_event(message->kind, message->facts);
	struct case_event happening = { .name = event };
	struct journal_case *case_ = &move->case_;
	bool opens, named;
	xmlDocPtr facts;

	begin_move(move, message);
	if (event == NULL)
		return reject(why, "LIF-002", "a %s has no function %s", kind_id(message->kind),
			      facts_get(message->facts, "function"));
	opens = life_opens(life, event);
	named = named_case(conduct, message, case_);
	facts = case_facts(conduct->journal, conduct->arena, named && !opens ? case_ : NULL,
			   message->facts, message->envelope.from, &happening);
	tell_known(conduct, message, facts, named ? case_ : NULL);
	if (!rules_hold(message, facts, why))
		return false;
	if (!opens && !named)
		return reject(why, "JRN-011", "%s names no %s that %s has lodged here",
			      facts_get(message->facts, "document") != NULL
				      ? facts_get(message->facts, "document")
				      : "the message",
			      kind_id(message->kind), message->envelope.from);
	if (!life_row(life, opens ? "" : case_->state, event, facts, message->at, &move->row, why))
		return false;
	if (move->row == NULL)
		return reject(why, "LIF-001", "'%s' is not possible while the declaration is %s",
			      event, case_->state);

	if (opens && !open_case(conduct, message, case_, why))
		return false;
	move->payload = payload_digest(conduct, message);
	return file_message(conduct, message, case_->id, event, why) &&
	       make_move(conduct, life, move, event, message->envelope.from, why);
}

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

/* What a technical receipt is to its delivery: a response asks for no decision. */
static enum delivery_event receipt_event(const struct journal_delivery *delivery,
					 const struct facts *facts)
{
	const char *result = facts_get(facts, "result");

	if (result != NULL && strcmp(result, "RE") == 0)
		return DELIVERY_REFUSED;
	return delivery->ref != NULL ? DELIVERY_ACKNOWLEDGED : DELIVERY_RECEIVED;
}

bool conduct_receipt(struct conduct *conduct, struct message *message,
		     const struct journal_delivery *delivery, struct failure *why)
{
	enum delivery_event event = receipt_event(delivery, message->facts);
	const char *next = delivery->push ? delivery_next(delivery, event) : NULL;
	struct delivery_note note = { .message = message->envelope.id };

	if (!file_message(conduct, message, delivery->case_id, "receipt", why))
		return false;
	if (next == NULL)
		return true; /* late, a second one, or of a mailbox: kept, changes nothing */
	if (event == DELIVERY_RECEIVED)
		note.due = delivery->due;
	if (event == DELIVERY_REFUSED) {
		note.code = "DLV-002";
		note.text = "the party refused the message technically";
	}
	if (!delivery_move(conduct->journal, delivery, event, &note, message->at, why))
		return false;
	return event == DELIVERY_ACKNOWLEDGED ||
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

/* The declaration that the case is about now: its facts, payload and origin, for the outbox. */
static bool load_declaration(struct conduct *conduct, struct move *move, struct failure *why)
{
	struct journal_message declaration;
	struct bytes body;
	struct facts *facts;

	if (!journal_message(conduct->journal, conduct->arena, move->case_.declarant,
			     move->case_.message, &declaration) ||
	    !journal_body_read(conduct->journal, conduct->arena, declaration.facts, &body))
		return fault(why, "JRN-907", "the declaration of case %s is not in the journal",
			     move->case_.id);
	if (!facts_read(&facts, conduct->arena, (const char *)body.start, body.length, why))
		return false;
	move->facts = facts;
	move->origin = declaration.digest;
	move->payload = declaration.payload;
	move->kind = kinds_named(conduct->kinds, move->case_.kind);
	if (move->kind == NULL)
		return fault(why, "JRN-908", "the kind %s of case %s is no longer known",
			     move->case_.kind, move->case_.id);
	return true;
}

static bool move_by(struct conduct *conduct, struct move *move, const struct facts *answer,
		    const struct case_event *event, const char *by, struct failure *why)
{
	const struct life *life;
	xmlDocPtr facts;

	if (!load_declaration(conduct, move, why))
		return false;
	life = life_of(conduct->lives, move->kind);
	facts = case_facts(conduct->journal, conduct->arena, &move->case_, answer, NULL, event);
	if (!life_row(life, move->case_.state, event->name, facts, move->at, &move->row, why))
		return false;
	return move->row == NULL || make_move(conduct, life, move, event->name, by, why);
}

static const char *task_state(const struct journal_delivery *delivery, bool final)
{
	if (final)
		return "DECIDED";
	return is_dead(delivery) ? "DEAD" : "RECEIVED";
}

/* The decision takes effect: on its task, then on the case. */
static bool apply(struct conduct *conduct, const struct journal_delivery *delivery,
		  const struct facts *facts, const char *sender, const char *message, bool final,
		  struct move *move, struct failure *why)
{
	struct case_event event = { .name = "decision",
				    .party = sender,
				    .status = facts_get(facts, "status"),
				    .result = facts_get(facts, "result") };

	move->by = sender;
	move->cause = message;
	if (!delivery_task(conduct->journal, delivery, task_state(delivery, final), facts, message,
			   move->at, why))
		return false;
	if (!journal_case(conduct->journal, conduct->arena, delivery->case_id, &move->case_))
		return fault(why, "JRN-907", "case %s is not in the journal", delivery->case_id);
	if (!move_by(conduct, move, facts, &event, sender, why))
		return false;
	if (move->made)
		return true;
	return not_applied(conduct, sender, message, delivery->case_id, move->at, "LIF-001",
			   "no row of the life cycle takes this decision in the case's state", why);
}

static bool hold(struct conduct *conduct, const struct message *message,
		 const struct journal_delivery *delivery, struct failure *why)
{
	char until[NUMBER_SIZE];

	if (!journal_append(conduct->journal, message->at, why, "held", "message",
			    message->envelope.id, "sender", message->envelope.from, "case",
			    delivery->case_id, "until",
			    number_text(message->envelope.effective, until), NULL))
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

	*move = (struct move){ .at = message->at };
	*final = is_final(message->kind, message->facts);
	if (!file_message(conduct, message, delivery->case_id, event, why))
		return false;
	if (!awaited)
		return not_applied(conduct, message->envelope.from, message->envelope.id,
				   delivery->case_id, message->at, "DLV-003",
				   "its delivery was over when it came", why);
	if (*final &&
	    !delivery_move(conduct->journal, delivery, DELIVERY_DECIDED, &note, message->at, why))
		return false;
	if (message->envelope.effective > message->at)
		return hold(conduct, message, delivery, why);
	return apply(conduct, delivery, message->facts, message->envelope.from,
		     message->envelope.id, *final, move, why);
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

bool conduct_release(struct conduct *conduct, const struct journal_held *held, gateway_time at,
		     struct move *move, struct failure *why)
{
	struct journal_message answer;
	struct journal_delivery delivery;
	struct bytes body;
	struct facts *facts;
	bool final;

	*move = (struct move){ .at = at };
	if (!journal_message(conduct->journal, conduct->arena, held->sender, held->message,
			     &answer) ||
	    !journal_delivery(conduct->journal, conduct->arena, answer.ref, &delivery) ||
	    !journal_body_read(conduct->journal, conduct->arena, answer.facts, &body))
		return fault(why, "JRN-907", "the held answer %s is not in the journal",
			     held->message);
	if (!facts_read(&facts, conduct->arena, (const char *)body.start, body.length, why) ||
	    !journal_append(conduct->journal, at, why, "released", "message", held->message,
			    "sender", held->sender, "case", held->case_id, NULL))
		return false;
	crash_point(CRASH_ANSWER_RELEASED);
	final = answer.event != NULL && strcmp(answer.event, "decision") == 0;
	if (!final && task_over(conduct, &delivery))
		return not_applied(conduct, held->sender, held->message, held->case_id, at,
				   "DLV-003", "its task was over when it took effect", why);
	return apply(conduct, &delivery, facts, held->sender, held->message, final, move, why);
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
	if (!move_by(conduct, move, NULL, &event, move->by, why))
		return false;
	if (move->made)
		return true;
	/* Nothing is to happen after all: the state stays, without a deadline. */
	return journal_append(conduct->journal, at, why, "state", "case", case_->id, "from",
			      case_->state, "event", "timeout", "to", case_->state, NULL);
}
