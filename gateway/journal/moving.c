#include "journal/moving.h"

#include <stdio.h>
#include <string.h>

#include "core/crash.h"
#include "journal/journal_private.h"
#include "journal/links.h"
#include "journal/number.h"

#define DEPTH_MOST 4  /* of cases that tell each other */
#define VERSIONS   10 /* of a case */

/* ---- one row ------------------------------------------------------------------------------- */

static bool set_number(struct conduct *conduct, struct journal_case *case_, gateway_time at,
		       struct failure *why)
{
	char serial[NUMBER_SIZE];

	case_->serial = journal_next_serial(conduct->journal);
	case_->number = number_of(conduct->arena, case_->serial, case_->version);
	return journal_append(conduct->journal, at, why, "numbered", "case", case_->id, "number",
			      case_->number, "serial", number_text(case_->serial, serial), NULL);
}

bool moving_can_amend(const struct journal_case *case_, struct failure *why)
{
	return case_->version < VERSIONS || reject(why, "LIF-003",
						   "the declaration has been amended nine times; "
						   "cancel it and lodge a new one");
}

/* The number's last digit counts the amendments, as the declarant knows it from VNACCS. */
static bool amend(struct conduct *conduct, struct journal_case *case_, const char *message,
		  gateway_time at, struct failure *why)
{
	char version[NUMBER_SIZE], accepted[NUMBER_SIZE];

	if (!moving_can_amend(case_, why))
		return false;
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
		      const char *event, struct failure *why)
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
			    from, "event", event, "to", case_->state, "by", move->by, "due",
			    timeout != 0 ? number_text(move->at + timeout, due) : NULL, NULL))
		return false;
	crash_point(CRASH_CASE_MOVED);
	return true;
}

/* ---- what follows for others --------------------------------------------------------------- */

/* A further move with the same cause, of another case. */
static struct move *follow(struct conduct *conduct, struct move *move)
{
	struct move *more = arena_alloc(conduct->arena, sizeof *more);

	more->by = move->by;
	more->cause = move->cause;
	more->at = move->at;
	while (move->next != NULL)
		move = move->next;
	move->next = more;
	return more;
}

static bool go_deeper(struct conduct *conduct, struct move *more, const struct case_event *event,
		      struct failure *why)
{
	bool good;

	if (conduct->depth == DEPTH_MOST)
		return fault(why, "LIF-904", "the event '%s' of case %s goes round in circles",
			     event->name, more->case_.id);
	conduct->depth++;
	good = moving_by(conduct, more, NULL, event, why);
	conduct->depth--;
	return good;
}

static bool tell_one(struct conduct *conduct, struct move *move, const struct life_telling *telling,
		     const struct journal_use *use, struct failure *why)
{
	struct case_event event = { .name = telling->event };
	struct move *more;

	if (strcmp(use->what, telling->what) != 0)
		return true;
	more = follow(conduct, move);
	return journal_case(conduct->journal, conduct->arena, use->target, &more->case_)
		       ? go_deeper(conduct, more, &event, why)
		       : fault(why, "JRN-907", "case %s is not in the journal", use->target);
}

/* Two items that cite one certificate are one use to tell it of. */
static bool told_before(const struct journal_use *uses, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(uses[i].what, uses[at].what) == 0 &&
		    strcmp(uses[i].target, uses[at].target) == 0)
			return true;
	return false;
}

static bool tell(struct conduct *conduct, struct move *move, struct failure *why)
{
	const struct life_row *row = move->row;
	struct journal_use *uses;
	size_t count;

	if (row->tell_count == 0)
		return true;
	count = journal_uses_by(conduct->journal, conduct->arena, move->case_.id, &uses);
	for (size_t i = 0; i < row->tell_count; i++)
		for (size_t j = 0; j < count; j++)
			if (!told_before(uses, j) &&
			    !tell_one(conduct, move, &row->tells[i], &uses[j], why))
				return false;
	return true;
}

/* The task of the parent that waits for this case; NULL when none does. */
static struct journal_task *waiting_task(struct conduct *conduct, const char *parent,
					 const char *procedure)
{
	struct journal_task *tasks;
	size_t count = journal_tasks(conduct->journal, conduct->arena, parent, &tasks);

	for (size_t i = 0; i < count; i++)
		if (strcmp(tasks[i].procedure, procedure) == 0 &&
		    strcmp(tasks[i].way, "case") == 0 && strcmp(tasks[i].state, "OPEN") == 0)
			return &tasks[i];
	return NULL;
}

/* What was asked for in answer to an earlier version of the parent says nothing of this one. */
static bool is_of_version(struct conduct *conduct, const struct journal_case *child,
			  const struct journal_case *parent)
{
	struct journal_message opened;
	struct journal_delivery answered;

	return !journal_message(conduct->journal, conduct->arena, child->declarant, child->message,
				&opened) ||
	       opened.ref == NULL ||
	       !journal_delivery(conduct->journal, conduct->arena, opened.ref, &answered) ||
	       answered.created >= parent->accepted;
}

static bool decide_for_parent(struct conduct *conduct, struct move *move, const char *procedure,
			      bool refused, struct failure *why)
{
	const char *parent = move->case_.parent;
	struct journal_case parent_case;
	struct journal_task *task;
	struct case_event event = { .name = "decision" };
	struct move *more;

	if (procedure == NULL || parent == NULL)
		return true;
	if (!journal_case(conduct->journal, conduct->arena, parent, &parent_case))
		return fault(why, "JRN-907", "case %s is not in the journal", parent);
	task = waiting_task(conduct, parent, procedure);
	if (task == NULL || !is_of_version(conduct, &move->case_, &parent_case))
		return true;
	event.party = task->party;
	event.status = refused ? "REFUSED" : task->releases ? "RELEASED" : "APPROVED";
	more = follow(conduct, move);
	if (!journal_append(conduct->journal, move->at, why, "task-state", "case", parent, "party",
			    task->party, "delivery", task->delivery, "state", "DECIDED", "status",
			    event.status, "note", move->case_.reference, NULL))
		return false;
	more->case_ = parent_case;
	return go_deeper(conduct, more, &event, why);
}

bool moving_make(struct conduct *conduct, const struct life *life, struct move *move,
		 const char *event, struct failure *why)
{
	const struct life_row *row = move->row;

	move->made = true;
	if (row->amend && !amend(conduct, &move->case_, move->cause, move->at, why))
		return false;
	if (row->number && !set_number(conduct, &move->case_, move->at, why))
		return false;
	if (!set_state(conduct, life, move, event, why))
		return false;
	move->result = row->send;
	if (row->send != NULL && strcmp(row->send, "state") == 0)
		move->result = life_result(life, move->case_.state);
	if (!tell(conduct, move, why) ||
	    !decide_for_parent(conduct, move, row->decides, false, why) ||
	    !decide_for_parent(conduct, move, row->fails, true, why))
		return false;
	return !life_frees(life, move->case_.state) ||
	       links_free_uses(conduct, move->case_.id, move->at, why);
}

/* ---- an event ------------------------------------------------------------------------------ */

bool moving_document(struct conduct *conduct, struct move *move, struct failure *why)
{
	struct journal_message document;
	struct bytes body;
	struct facts *facts;

	if (!journal_message(conduct->journal, conduct->arena, move->case_.declarant,
			     move->case_.message, &document) ||
	    !journal_body_read(conduct->journal, conduct->arena, document.facts, &body))
		return fault(why, "JRN-907", "the declaration of case %s is not in the journal",
			     move->case_.id);
	if (!facts_read(&facts, conduct->arena, (const char *)body.start, body.length, why))
		return false;
	move->facts = facts;
	move->origin = document.digest;
	move->payload = document.payload;
	move->kind = kinds_named(conduct->kinds, move->case_.kind);
	if (move->kind == NULL)
		return fault(why, "JRN-908", "the kind %s of case %s is no longer known",
			     move->case_.kind, move->case_.id);
	return true;
}

bool moving_by(struct conduct *conduct, struct move *move, const struct facts *message,
	       const struct case_event *event, struct failure *why)
{
	struct journal_case parent;
	struct case_view view = { .case_ = &move->case_, .message = message, .event = event };
	const struct life *life;
	xmlDocPtr facts;

	if (!moving_document(conduct, move, why))
		return false;
	life = life_of(conduct->lives, move->kind);
	view.document = move->facts;
	if (move->case_.parent != NULL &&
	    journal_case(conduct->journal, conduct->arena, move->case_.parent, &parent))
		view.parent = &parent;
	facts = case_facts(conduct->journal, conduct->arena, &view);
	if (!life_row(life, move->case_.state, event->name, facts, move->at, &move->row, why))
		return false;
	return move->row == NULL || moving_make(conduct, life, move, event->name, why);
}
