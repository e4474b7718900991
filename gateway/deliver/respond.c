#include "deliver/respond.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/response.h"

struct parts {
	struct arena *arena;
	struct findings findings;
	struct response_status *statuses;
	struct response_item *items;
	struct response_document *documents;
	struct response_note *notes;
	size_t status_count, item_count, document_count, document_room, note_count;
};

static size_t count_named(const struct facts *facts, const char *name)
{
	size_t count = 0;

	for (xmlNodePtr node = child_named(facts_root(facts), name); node != NULL;
	     node = next_named(node, name))
		count++;
	return count;
}

static bool is_on_paper(const struct journal_task *task)
{
	return strcmp(task->state, "PAPER_DUE") == 0;
}

/* The case first, then each agency that has spoken, or waits for papers. */
static void tell_statuses(struct parts *parts, const struct move *move,
			  const struct journal_task *tasks, size_t count)
{
	parts->statuses = arena_alloc(parts->arena, (count + 1) * sizeof *parts->statuses);
	parts->statuses[parts->status_count++] =
		(struct response_status){ .name = move->case_.state, .effective = move->at };
	for (size_t i = 0; i < count; i++) {
		if (tasks[i].status == NULL && !is_on_paper(&tasks[i]))
			continue;
		parts->statuses[parts->status_count++] = (struct response_status){
			.name = is_on_paper(&tasks[i]) ? tasks[i].state : tasks[i].status,
			.agency = tasks[i].party,
			.effective = move->at,
			.note = tasks[i].note,
		};
	}
}

/* ---- where to go with papers --------------------------------------------------------------- */

static const char *paper_text(struct parts *parts, const struct journal_task *task,
			      const struct procedure *procedure, const struct rollout_row *next,
			      bool vietnamese)
{
	const char *title = task->procedure, *counter = task->party, *from = NULL;
	char date[TIME_TEXT_SIZE];

	if (procedure != NULL) {
		title = vietnamese && procedure->title_vi != NULL ? procedure->title_vi
								  : procedure->title;
		counter = vietnamese && procedure->counter_vi != NULL ? procedure->counter_vi
			  : procedure->counter != NULL		      ? procedure->counter
								      : task->party;
	}
	if (next != NULL)
		from = date_text(next->from, date);
	return arena_printf(parts->arena,
			    vietnamese ? "%s (%s): nộp hồ sơ giấy tại %s%s%s"
				       : "%s (%s): take the papers to %s%s%s",
			    task->procedure, title, counter,
			    from == NULL ? ""
			    : vietnamese ? "; điện tử từ ngày "
					 : "; electronic from ",
			    from != NULL ? from : "");
}

/* A copy beside the paper is not enough for a document that must be shown. */
static const struct rollout_row *electronic_from(const struct rollout *rollout,
						 const struct journal_task *task,
						 const char *office, gateway_time at)
{
	const struct rollout_row *next =
		rollout_next(rollout, task->party, task->procedure, office, at);

	while (next != NULL && next->state != LINK_LIVE && strcmp(task->way, "document") == 0)
		next = rollout_next(rollout, task->party, task->procedure, office, next->from);
	return next;
}

#define NOTES_MOST 9 /* as the schema of responses has it */

static void tell_papers(struct parts *parts, const struct plan_data *data, const struct move *move,
			const struct journal_task *tasks, size_t count)
{
	const char *office = facts_get(move->facts, "office");

	parts->notes = arena_alloc(parts->arena, NOTES_MOST * sizeof *parts->notes);
	for (size_t i = 0; i < count && parts->note_count < NOTES_MOST; i++) {
		const struct procedure *procedure;
		const struct rollout_row *next;

		if (!is_on_paper(&tasks[i]))
			continue;
		procedure = procedures_find(data->procedures, tasks[i].procedure);
		next = electronic_from(data->rollout, &tasks[i], office, move->at);
		parts->notes[parts->note_count++] = (struct response_note){
			.code = "PAPER",
			.text = paper_text(parts, &tasks[i], procedure, next, false),
			.text_vi = paper_text(parts, &tasks[i], procedure, next, true),
		};
	}
}

/* ---- what the document said ---------------------------------------------------------------- */

static void tell_items(struct parts *parts, const struct facts *facts)
{
	parts->items =
		arena_alloc(parts->arena, count_named(facts, "item") * sizeof *parts->items + 1);
	for (xmlNodePtr item = child_named(facts_root(facts), "item"); item != NULL;
	     item = next_named(item, "item")) {
		parts->items[parts->item_count] = (struct response_item){
			.sequence = (int)parts->item_count + 1,
			.hs = child_text(parts->arena, item, "hs"),
			.origin = child_text(parts->arena, item, "origin"),
		};
		parts->item_count++;
	}
}

static void tell_warnings(struct parts *parts, const struct facts *facts)
{
	for (xmlNodePtr node = child_named(facts_root(facts), "warning"); node != NULL;
	     node = next_named(node, "warning")) {
		struct finding warning = { .warning = true,
					   .layer = 'R',
					   .code = child_text(parts->arena, node, "code"),
					   .text = child_text(parts->arena, node, "text") };

		findings_add(&parts->findings, &warning);
	}
}

static gateway_time time_or_none(const char *text)
{
	gateway_time when = 0;

	if (text != NULL && !time_parse(text, &when, NULL))
		when = 0;
	return when;
}

static void tell_documents(struct parts *parts, const struct facts *facts)
{
	size_t count = count_named(facts, "issued");
	struct response_document *larger;

	if (count == 0)
		return;
	larger = arena_alloc(parts->arena, (parts->document_count + count) * sizeof *larger);
	if (parts->document_count != 0)
		memcpy(larger, parts->documents, parts->document_count * sizeof *larger);
	parts->documents = larger;
	for (xmlNodePtr node = child_named(facts_root(facts), "issued"); node != NULL;
	     node = next_named(node, "issued"))
		parts->documents[parts->document_count++] = (struct response_document){
			.type = child_text(parts->arena, node, "type"),
			.id = child_text(parts->arena, node, "id"),
			.from = time_or_none(child_text(parts->arena, node, "from")),
			.until = time_or_none(child_text(parts->arena, node, "until")),
		};
}

/* Why an agency refused is told to the declarant in the agency's words. */
static void tell_errors(struct parts *parts, const struct facts *facts)
{
	for (xmlNodePtr node = child_named(facts_root(facts), "error"); node != NULL;
	     node = next_named(node, "error")) {
		struct finding error = { .layer = 'E',
					 .code = child_text(parts->arena, node, "code"),
					 .text = child_text(parts->arena, node, "text") };

		findings_add(&parts->findings, &error);
	}
}

/* What the agencies' last answers brought. An answer still held is not a task's yet, so it says
 * nothing before its time; what was said of an earlier version is over. */
static bool tell_answers(struct parts *parts, struct journal *journal,
			 const struct journal_task *tasks, size_t count, struct failure *why)
{
	for (size_t i = 0; i < count; i++) {
		struct journal_message answer;
		struct facts *facts;
		struct bytes body;

		if (tasks[i].message == NULL)
			continue;
		if (!journal_message(journal, parts->arena, tasks[i].party, tasks[i].message,
				     &answer) ||
		    !journal_body_read(journal, parts->arena, answer.facts, &body))
			continue; /* pruned: the status above still tells the outcome */
		if (!facts_read(&facts, parts->arena, (const char *)body.start, body.length, why))
			return false;
		tell_documents(parts, facts);
		tell_errors(parts, facts);
	}
	return true;
}

bool respond_write(struct text *out, struct journal *journal, struct arena *arena,
		   const struct plan_data *data, const struct move *move, struct failure *why)
{
	const struct journal_case *case_ = &move->case_;
	struct journal_head head = journal_head(journal);
	struct parts parts = { .arena = arena };
	struct journal_task *tasks;
	size_t count = journal_tasks(journal, arena, case_->id, &tasks);

	findings_start(&parts.findings, arena);
	tell_statuses(&parts, move, tasks, count);
	tell_papers(&parts, data, move, tasks, count);
	tell_items(&parts, move->facts);
	tell_warnings(&parts, move->facts);
	if (!tell_answers(&parts, journal, tasks, count, why))
		return false;
	response_write(out,
		       &(struct response){
			       .kind = move->row->answer,
			       .result = move->result,
			       .reference = case_->reference,
			       .message = case_->message,
			       .issued = move->at,
			       .number = case_->number,
			       .version = arena_printf(arena, "%lld", (long long)case_->version),
			       .accepted = case_->accepted,
			       .sequence = arena_printf(arena, "%lld", (long long)head.seq),
			       .head = head.hash,
			       .findings = parts.findings.first,
			       .notes = parts.notes,
			       .note_count = parts.note_count,
			       .statuses = parts.statuses,
			       .status_count = parts.status_count,
			       .items = parts.items,
			       .item_count = parts.item_count,
			       .documents = parts.documents,
			       .document_count = parts.document_count,
		       });
	return true;
}
