/* faults_orders - which faults there are, and who is switched off: what operators and settings say. */
#include <string.h>

#include "core/nearest.h"
#include "deliver/faults.h"
#include "deliver/outbox_private.h"
#include "journal/fault_rows.h"

/* ---- adding -------------------------------------------------------------------------------- */

/* A message's kind that nobody knows would never be struck, and nobody would notice. */
static bool document_is_known(const struct house *house, const char *document, struct failure *why)
{
	struct nearest nearest = nearest_to(document);
	char hint[NEAREST_TEXT_SIZE];

	if (kinds_named(house->kinds, document) != NULL)
		return true;
	for (size_t i = 0; i < kinds_count(house->kinds); i++)
		nearest_offer(&nearest, kind_id(kinds_at(house->kinds, i)));
	return reject(why, "FLT-009", "there is no kind of document '%.40s'%s", document,
		      nearest_text(&nearest, hint));
}

/* The first of f-1, f-2 ... that was never given, and that nobody has taken for himself. */
static const char *free_id(struct outbox *outbox)
{
	int64_t number = journal_faults_ever(outbox->journal);
	struct journal_fault taken;
	const char *id;

	do
		id = arena_printf(outbox->arena, "f-%lld", (long long)++number);
	while (journal_fault(outbox->journal, outbox->arena, id, &taken));
	return id;
}

static bool name(struct outbox *outbox, struct fault *fault, struct failure *why)
{
	struct journal_fault taken;

	if (fault->id == NULL)
		fault->id = free_id(outbox);
	else if (journal_fault(outbox->journal, outbox->arena, fault->id, &taken))
		return reject(why, "FLT-007", "there is a fault %s already: %s", fault->id,
			      taken.line);
	return true;
}

static const char *line_of(struct outbox *outbox, const struct fault *fault)
{
	struct text text = TEXT_EMPTY;
	const char *line;

	fault_write(&text, fault);
	line = arena_string(outbox->arena, text.bytes);
	text_free(&text);
	return line;
}

static bool read_line(struct outbox *outbox, struct fault *out, const char *line, const char *run,
		      struct failure *why)
{
	if (!fault_parse(out, outbox->arena, line, outbox->house->parties, why))
		return false;
	if (out->run == NULL && run != NULL && !fault_set(out, outbox->arena, "run", run, why))
		return false;
	return out->document == NULL || document_is_known(outbox->house, out->document, why);
}

static bool add(struct outbox *outbox, struct fault *fault, const char *by, gateway_time now,
		struct failure *why)
{
	return name(outbox, fault, why) &&
	       journal_append(outbox->journal, now, why, "fault-added", "fault", fault->id, "party",
			      fault->party, "what", fault_kind_name(fault->kind), "on",
			      fault_side_name(fault->on), "document", fault->document, "run",
			      fault->run, "line", line_of(outbox, fault), "over",
			      fault->lasts != 0 ? outbox_number(outbox, now + fault->lasts) : NULL,
			      "by", by, NULL);
}

bool faults_add(struct outbox *outbox, const char *line, const char *run, const char *by,
		gateway_time now, const char **id, struct failure *why)
{
	struct fault fault;

	if (!read_line(outbox, &fault, line, run, why) || !add(outbox, &fault, by, now, why))
		return false;
	*id = fault.id;
	return true;
}

static bool is_there(struct outbox *outbox, const struct fault *fault, gateway_time now)
{
	const char *line = line_of(outbox, fault);
	struct journal_fault *rows;
	size_t count =
		journal_faults(outbox->journal, outbox->arena, fault->party, NULL, now, &rows);

	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].line, line) == 0)
			return true;
	return false;
}

bool faults_of_settings(struct outbox *outbox, gateway_time now, struct failure *why)
{
	const char *const *lines = outbox->house->settings->faults;
	struct fault fault;

	for (; *lines != NULL; lines++) {
		if (!read_line(outbox, &fault, *lines, NULL, why) ||
		    (!is_there(outbox, &fault, now) && !add(outbox, &fault, "settings", now, why)))
			return failure_at(why, "fault '%s'", *lines);
	}
	return true;
}

/* ---- removing ------------------------------------------------------------------------------ */

static bool offer_ids(struct outbox *outbox, const char *id, gateway_time now, struct failure *why)
{
	struct nearest nearest = nearest_to(id);
	char hint[NEAREST_TEXT_SIZE];
	struct journal_fault *rows;
	size_t count = journal_faults(outbox->journal, outbox->arena, NULL, NULL, now, &rows);

	for (size_t i = 0; i < count; i++)
		nearest_offer(&nearest, rows[i].id);
	return reject(why, "FLT-008", "there is no fault '%.40s'%s", id,
		      nearest_text(&nearest, hint));
}

static bool remove_one(struct outbox *outbox, const struct journal_fault *fault, const char *by,
		       gateway_time now, struct failure *why)
{
	return journal_append(outbox->journal, now, why, "fault-removed", "fault", fault->id,
			      "party", fault->party, "run", fault->run, "line", fault->line, "by",
			      by, NULL);
}

bool faults_remove(struct outbox *outbox, const char *id, const char *by, gateway_time now,
		   struct failure *why)
{
	struct journal_fault fault;

	if (!journal_fault(outbox->journal, outbox->arena, id, &fault))
		return offer_ids(outbox, id, now, why);
	return remove_one(outbox, &fault, by, now, why);
}

bool faults_reset(struct outbox *outbox, const char *run, const char *by, gateway_time now,
		  size_t *count, struct failure *why)
{
	struct journal_fault *rows;

	*count = journal_faults(outbox->journal, outbox->arena, NULL, run, now, &rows);
	for (size_t i = 0; i < *count; i++)
		if (!remove_one(outbox, &rows[i], by, now, why))
			return false;
	return true;
}

/* ---- switching parties ----------------------------------------------------------------------- */

static bool is_off(struct outbox *outbox, const char *party)
{
	const char *const *off;
	size_t count = journal_switched_off(outbox->journal, outbox->arena, &off);

	for (size_t i = 0; i < count; i++)
		if (strcmp(off[i], party) == 0)
			return true;
	return false;
}

bool faults_switch(struct outbox *outbox, const char *written, bool off, const char *by,
		   gateway_time now, const struct party **party, bool *changed, struct failure *why)
{
	if (!parties_meant(outbox->house->parties, written, party, why))
		return false;
	if (!(*party)->push)
		return reject(why, "FLT-005", "%s is delivered nothing: it fetches what is for it",
			      (*party)->id);
	*changed = is_off(outbox, (*party)->id) != off;
	return !*changed ||
	       journal_append(outbox->journal, now, why, "switched", "party", (*party)->id, "state",
			      off ? "off" : "on", "by", by, NULL);
}
