/* conduct - what somebody applies for: cases opened, amended, cancelled, and events of others. */
#include "journal/conduct.h"

#include <stdio.h>
#include <string.h>

#include "core/crash.h"
#include "journal/case_facts.h"
#include "journal/conduct_private.h"
#include "journal/filing.h"
#include "journal/journal_private.h"
#include "journal/links.h"
#include "journal/moving.h"

/* ---- what is applied for ------------------------------------------------------------------- */

struct hand { /* what one application needs while it is looked at */
	struct conduct *conduct;
	const struct lodging *lodging;
	struct journal_case *case_; /* the move's */
	const char *event;
	bool concerns; /* it is an event in the case of another kind */
	bool opens;    /* a case of its own */
	bool found;    /* the case that it names, or concerns */
	struct link_found *links;
	size_t link_count;
};

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* Of its kind and of its sender's own: what others lodged does not exist for this party. */
static bool named_case(const struct hand *hand)
{
	const struct lodging *lodging = hand->lodging;
	const char *number = facts_get(lodging->facts, "document");

	return number != NULL &&
	       journal_case_by_number(hand->conduct->journal, hand->conduct->arena, lodging->sender,
				      number, hand->case_) &&
	       same(hand->case_->kind, kind_id(lodging->kind));
}

static bool look_around(struct hand *hand, struct failure *why)
{
	const struct lodging *lodging = hand->lodging;
	const struct kind_concern *concerns;

	hand->concerns = kind_concerns(lodging->kind, &concerns) != 0;
	if (hand->concerns) {
		if (!links_concerned(hand->conduct, lodging->kind, lodging->facts, lodging->sender,
				     lodging->at, hand->case_, &hand->found, why))
			return false;
	} else {
		hand->opens = life_opens(life_of(hand->conduct->lives, lodging->kind), hand->event);
		hand->found = named_case(hand);
	}
	return links_find(hand->conduct, lodging->kind, lodging->facts, lodging->sender,
			  lodging->at, &hand->links, &hand->link_count, why);
}

/* ---- journal facts ------------------------------------------------------------------------- */

static bool tell_link(struct hand *hand, xmlDocPtr facts, const struct link_found *link,
		      struct failure *why)
{
	struct move there = { .case_ = link->case_ };
	xmlNodePtr known = case_facts_known(facts, link->what, &link->case_);

	if (!moving_document(hand->conduct, &there, why))
		return false;
	case_facts_set(known, "value", link->value);
	case_facts_set(known, "used",
		       links_used(hand->conduct, &link->case_, link->value,
				  hand->found && !hand->concerns ? hand->case_->id : NULL));
	case_facts_document(known, there.facts, link->value);
	case_facts_issued(known, hand->conduct->journal, hand->conduct->arena, &link->case_);
	return true;
}

static bool tell_known(struct hand *hand, xmlDocPtr facts, struct failure *why)
{
	const struct lodging *lodging = hand->lodging;
	const char *reference = facts_get(lodging->facts, "reference");
	struct journal_case other;

	if (reference != NULL && !hand->concerns &&
	    journal_case_by_reference(hand->conduct->journal, hand->conduct->arena, lodging->sender,
				      kind_id(lodging->kind), reference, &other))
		case_facts_known(facts, "reference", &other);
	if (hand->found && !hand->concerns)
		case_facts_known(facts, "document", hand->case_);
	for (size_t i = 0; i < hand->link_count; i++)
		if (!tell_link(hand, facts, &hand->links[i], why))
			return false;
	return true;
}

static bool gather_facts(struct hand *hand, xmlDocPtr *out, struct failure *why)
{
	struct conduct *conduct = hand->conduct;
	const struct lodging *lodging = hand->lodging;
	struct case_event event = { .name = hand->event, .party = lodging->sender };
	struct move there = { .case_ = *hand->case_ };
	struct journal_case parent;
	struct case_view view = { .declarant = lodging->sender,
				  .message = lodging->facts,
				  .event = &event };
	const char *parent_id = lodging->parent;

	if (hand->found && !hand->opens) {
		if (!moving_document(conduct, &there, why))
			return false;
		view.case_ = hand->case_;
		view.document = there.facts;
		parent_id = hand->case_->parent;
	}
	if (parent_id != NULL && journal_case(conduct->journal, conduct->arena, parent_id, &parent))
		view.parent = &parent;
	*out = case_facts(conduct->journal, conduct->arena, &view);
	return tell_known(hand, *out, why);
}

/* Warnings refuse nothing, but the response tells them: they travel with the facts. */
static void keep_warning(const struct lodging *lodging, const struct finding *finding)
{
	xmlNodePtr warning = facts_add(lodging->facts, NULL, "warning", NULL);

	facts_add(lodging->facts, warning, "code", finding->code);
	facts_add(lodging->facts, warning, "text", finding->text);
}

static bool rules_hold(const struct lodging *lodging, xmlDocPtr facts, struct failure *why)
{
	const struct finding *last = NULL, *finding;

	for (finding = lodging->findings->first; finding != NULL; finding = finding->next)
		last = finding;
	if (!kind_check_journal(lodging->kind, facts, lodging->at, lodging->findings, why))
		return false;
	for (finding = last != NULL ? last->next : lodging->findings->first; finding != NULL;
	     finding = finding->next) {
		if (!finding->warning)
			return reject(why, finding->code, "%s", finding->text);
		keep_warning(lodging, finding);
	}
	return true;
}

/* ---- the case ------------------------------------------------------------------------------ */

static bool open_case(struct hand *hand, struct failure *why)
{
	const struct lodging *lodging = hand->lodging;
	struct journal_case *case_ = hand->case_;
	char id[UUID_SIZE], accepted[NUMBER_SIZE];

	uuid_derive(id, lodging->id, lodging->sender, "case");
	*case_ = (struct journal_case){
		.id = arena_string(hand->conduct->arena, id),
		.kind = kind_id(lodging->kind),
		.version_of_kind = kind_version(lodging->kind),
		.state = "",
		.declarant = lodging->sender,
		.reference = facts_get(lodging->facts, "reference"),
		.conversation = lodging->conversation,
		.message = lodging->id,
		.run = lodging->run,
		.environment = lodging->environment,
		.parent = lodging->parent,
		.version = 1,
		.accepted = lodging->at,
		.since = lodging->at,
	};
	return journal_append(hand->conduct->journal, lodging->at, why, "case", "case", case_->id,
			      "kind", case_->kind, "version_of_kind", case_->version_of_kind,
			      "declarant", case_->declarant, "reference", case_->reference,
			      "conversation", case_->conversation, "message", case_->message, "run",
			      case_->run, "environment", case_->environment, "accepted",
			      number_text(case_->accepted, accepted), "parent", case_->parent,
			      NULL);
}

static bool put_on_file(const struct hand *hand, struct failure *why)
{
	const struct lodging *lodging = hand->lodging;

	if (lodging->message != NULL)
		return file_message(hand->conduct, lodging->message, hand->case_->id, hand->event,
				    why);
	/* It lay there, held. */
	return journal_append(hand->conduct->journal, lodging->at, why, "placed", "message",
			      lodging->id, "sender", lodging->sender, "case", hand->case_->id,
			      "event", hand->event, NULL);
}

/* What the case is found by and refers to is what its present document says. */
static bool keep_links(const struct hand *hand, const struct life_row *row, struct failure *why)
{
	const struct lodging *lodging = hand->lodging;

	if (!hand->opens && !row->amend)
		return true;
	return links_keep_keys(hand->conduct, lodging->kind, lodging->facts, hand->case_->id, false,
			       lodging->at, why) &&
	       links_keep_uses(hand->conduct, hand->case_->id, hand->links, hand->link_count,
			       lodging->at, why);
}

static bool nobody_there(const struct hand *hand, struct failure *why)
{
	const struct lodging *lodging = hand->lodging;
	const char *number = facts_get(lodging->facts, "document");

	if (hand->concerns)
		return reject(why, "JRN-011",
			      "this %s concerns nothing that %s has lodged or got here",
			      kind_id(lodging->kind), lodging->sender);
	return reject(why, "JRN-011", "%s names no %s that %s has lodged here",
		      number != NULL ? number : "the message", kind_id(lodging->kind),
		      lodging->sender);
}

static bool begin_move(struct hand *hand, struct move *move, struct failure *why)
{
	const struct lodging *lodging = hand->lodging;

	move->by = lodging->sender;
	move->cause = lodging->id;
	move->at = lodging->at;
	move->carried_kind = kind_id(lodging->kind);
	move->carried = lodging->payload;
	move->carried_ref = lodging->id;
	if (hand->concerns)
		return moving_document(hand->conduct, move, why);
	move->kind = lodging->kind;
	move->facts = lodging->facts;
	move->origin = lodging->digest;
	move->payload = lodging->payload;
	return true;
}

/* The document of a case that is long over may have been given up (journal/prune.h). */
static bool can_send_again(struct conduct *conduct, const struct move *move, struct failure *why)
{
	struct bytes document;

	return journal_body_read(conduct->journal, conduct->arena, move->payload, &document) ||
	       reject(why, "LIF-004", "the document of %s was given up when its time was over",
		      move->case_.reference);
}

static bool take_row(struct hand *hand, struct move *move, xmlDocPtr facts, struct failure *why)
{
	const struct life *life = life_of(hand->conduct->lives, move->kind);
	const char *state = hand->opens ? "" : hand->case_->state;

	if (!life_row(life, state, hand->event, facts, hand->lodging->at, &move->row, why))
		return false;
	if (move->row == NULL)
		return reject(why, "LIF-001", "'%s' is not possible while the %s is %s",
			      hand->event, hand->concerns ? hand->case_->kind : "declaration",
			      *state != '\0' ? state : "not there");
	/* Before anything is written: what was held cannot be undone. */
	if ((move->row->amend && !moving_can_amend(hand->case_, why)) ||
	    (move->row->again && !can_send_again(hand->conduct, move, why)))
		return false;
	if (hand->opens && !open_case(hand, why))
		return false;
	return put_on_file(hand, why) && keep_links(hand, move->row, why) &&
	       moving_make(hand->conduct, life, move, hand->event, why);
}

bool conduct_lodge(struct conduct *conduct, const struct lodging *lodging, struct move *move,
		   struct failure *why)
{
	struct hand hand = { .conduct = conduct, .lodging = lodging, .case_ = &move->case_ };
	xmlDocPtr facts;

	*move = (struct move){ .at = lodging->at };
	hand.event = kind_event(lodging->kind, lodging->facts);
	if (hand.event == NULL)
		return reject(why, "LIF-002", "a %s has no function %s", kind_id(lodging->kind),
			      facts_get(lodging->facts, "function"));
	if (!look_around(&hand, why) || !gather_facts(&hand, &facts, why) ||
	    !rules_hold(lodging, facts, why))
		return false;
	if (!hand.opens && !hand.found)
		return nobody_there(&hand, why);
	return begin_move(&hand, move, why) && take_row(&hand, move, facts, why);
}

/* ---- from the wire ------------------------------------------------------------------------- */

static const char *payload_digest(struct conduct *conduct, const struct message *message)
{
	struct digest digest = message->signature.payload;
	char text[DIGEST_TEXT_SIZE];

	return arena_string(conduct->arena, digest_text(&digest, text));
}

/* An application in the course of another case: a push party answers a delivery with it. What a
 * trader has from its mailbox starts nothing of that sort. */
static const char *parent_of(struct conduct *conduct, const struct message *message)
{
	const char *ref = message->envelope.ref;
	struct journal_delivery delivery;

	if (ref == NULL || !journal_delivery(conduct->journal, conduct->arena, ref, &delivery) ||
	    !same(delivery.party, message->envelope.from) || !delivery.push)
		return NULL;
	return delivery.case_id;
}

bool conduct_application(struct conduct *conduct, struct message *message, struct move *move,
			 struct failure *why)
{
	const struct envelope *envelope = &message->envelope;
	struct lodging lodging = {
		.kind = message->kind,
		.facts = message->facts,
		.findings = &message->findings,
		.id = envelope->id,
		.sender = envelope->from,
		.conversation = envelope->conversation,
		.run = envelope->run,
		.environment = envelope->environment,
		.digest = message->digest_hex,
		.payload = payload_digest(conduct, message),
		.parent = parent_of(conduct, message),
		.at = message->at,
		.message = message,
	};

	*move = (struct move){ .at = message->at };
	if (lodging.parent == NULL || envelope->effective <= message->at)
		return conduct_lodge(conduct, &lodging, move, why);
	return file_message(conduct, message, lodging.parent, NULL, why) &&
	       conduct_hold(conduct, message, lodging.parent, why);
}
