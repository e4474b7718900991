#include "profile_step.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"

#include "transform.h"

/* What the gateway takes for interim, and so keeps the delivery open. */
static const char *const interim_results[] = { "AJ", NULL };
static const char *const interim_statuses[] = { "RECEIVED", "FEE_DUE", "DOCS_REQUIRED", NULL };

static const char *const results[] = { "AP", "RE", "CA", "AJ", NULL };
/* The words of an agency's decision; those of customs are open, as life cycles are data. */
static const char *const agency_statuses[] = { "RECEIVED", "DOCS_REQUIRED", "FEE_DUE",
					       "APPROVED", "REFUSED",	    "SUSPENDED",
					       "REVOKED",  "CANCELLED",	    "CANCEL_REFUSED",
					       NULL };
/* Those that say no, and so why. */
static const char *const refusals[] = { "REFUSED", "CANCEL_REFUSED", NULL };
#define STATUS_SIZE 35

static bool listed(const char *const words[], const char *word)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

/* Does this party owe a decision? */
static bool answers_decisions(const struct reader *reader)
{
	return strcmp(reader->profile->answer, "none") != 0;
}

static bool is_interim(const struct step *step)
{
	return step->result != NULL ? listed(interim_results, step->result)
				    : listed(interim_statuses, step->status);
}

static bool is_refusal(const struct step *step)
{
	return step->result != NULL ? strcmp(step->result, "RE") == 0
				    : listed(refusals, step->status);
}

/* ---- when ------------------------------------------------------------------------------- */

/* "5m", or a window "30m..2h". */
static bool read_after(const struct reader *reader, xmlNodePtr node, struct step *step,
		       struct failure *why)
{
	const char *text = datafile_get(reader->file, node, "after");
	const char *dots = strstr(text, "..");
	const char *least = text, *most = text;

	if (dots != NULL) {
		least = arena_copy(reader->arena, text, (size_t)(dots - text));
		most = dots + strlen("..");
	}
	if (!duration_parse(least, &step->after_least, NULL) ||
	    !duration_parse(most, &step->after_most, NULL) || step->after_most < step->after_least)
		return datafile_fault(reader->file, node, why,
				      "after '%s' is not a duration like 5m or a window like "
				      "30m..2h",
				      text);
	return true;
}

/* ---- an answer of the party's own kind -------------------------------------------------- */

static bool read_refusal(const struct reader *reader, xmlNodePtr node, struct step *step,
			 struct failure *why)
{
	xmlNodePtr refusal = child_named(node, "refusal");

	if (is_refusal(step) != (refusal != NULL))
		return datafile_fault(reader->file, node, why,
				      "a step that refuses (%s) needs a <refusal>, any other has "
				      "none",
				      step->result != NULL ? "result RE" : "status REFUSED");
	if (refusal == NULL)
		return true;
	step->code = datafile_get(reader->file, refusal, "code");
	step->text = datafile_get(reader->file, refusal, "text");
	step->text_vi = datafile_get(reader->file, refusal, "text-vi");
	step->hint = datafile_get(reader->file, refusal, "hint");
	return true;
}

/* Customs states a result, an agency's status says all. */
static bool read_result(const struct reader *reader, xmlNodePtr node, struct step *step,
			struct failure *why)
{
	bool wanted = strcmp(reader->profile->answer, "RES") == 0;
	int result = 0;

	if (wanted != (datafile_get(reader->file, node, "result") != NULL))
		return datafile_fault(reader->file, node, why, "a step of %s has %s result",
				      reader->profile->answer, wanted ? "a" : "no");
	if (!datafile_word(reader->file, node, "result", results, &result, why))
		return false;
	step->result = wanted ? results[result] : NULL;
	return true;
}

static bool read_status(const struct reader *reader, xmlNodePtr node, struct step *step,
			struct failure *why)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	int status;

	step->status = datafile_get(reader->file, node, "status");
	if (step->status == NULL)
		return datafile_fault(reader->file, node, why,
				      "a step has a status, or sends something (send, template)");
	if (step->result == NULL)
		return datafile_word(reader->file, node, "status", agency_statuses, &status, why);
	if (step->status[0] == '\0' || step->status[0] == '_' ||
	    step->status[strspn(step->status, letters)] != '\0' ||
	    strlen(step->status) > STATUS_SIZE)
		return datafile_fault(reader->file, node, why,
				      "status '%.60s': capital letters and _, %d at most",
				      step->status, STATUS_SIZE);
	return true;
}

static bool read_answer(const struct reader *reader, xmlNodePtr node, struct step *step,
			struct failure *why)
{
	if (!answers_decisions(reader))
		return datafile_fault(reader->file, node, why,
				      "a party that answers none sends messages (send, template), "
				      "and has no answer of its own");
	step->note = datafile_get(reader->file, node, "note");
	return read_result(reader, node, step, why) && read_status(reader, node, step, why) &&
	       datafile_yes(reader->file, node, "items", &step->cites_items, why) &&
	       read_refusal(reader, node, step, why);
}

/* ---- a message of another kind ---------------------------------------------------------- */

static bool answers_nothing(const struct reader *reader, xmlNodePtr node, struct failure *why)
{
	static const char *const of_answers[] = { "result", "status", "note", "items" };

	for (size_t i = 0; i < sizeof of_answers / sizeof *of_answers; i++)
		if (datafile_get(reader->file, node, of_answers[i]) != NULL)
			return datafile_fault(reader->file, node, why,
					      "a step that sends has no %s", of_answers[i]);
	if (child_named(node, "refusal") != NULL)
		return datafile_fault(reader->file, node, why,
				      "a step that sends has no <refusal>");
	return true;
}

static bool may_be_sent(const struct reader *reader, xmlNodePtr node, const char *id,
			struct failure *why)
{
	const struct kind *kind = kinds_named(reader->profile->kinds, id);

	if (kind == NULL)
		return datafile_fault(reader->file, node, why,
				      "send='%.60s': there is no such kind", id);
	if (kind_role(kind) == KIND_RECEIPT)
		return datafile_fault(reader->file, node, why,
				      "%s is a receipt, and is sent without being asked for", id);
	if (!kind_from(kind, reader->profile->role))
		return datafile_fault(reader->file, node, why,
				      "%s cannot come from a party of role %s", id,
				      reader->profile->role);
	return true;
}

static void free_transform(void *transform)
{
	transform_free(transform);
}

/* Beside the profile, and nowhere else: also for a decision that came alone. */
static bool read_template(const struct reader *reader, xmlNodePtr node, struct step *step,
			  struct failure *why)
{
	const char *name = datafile_get(reader->file, node, "template");
	const char *file = reader->profile->file, *slash = strrchr(file, '/'), *path;
	int folder = slash != NULL ? (int)(slash - file + 1) : 0;

	if (name == NULL || !isalnum((unsigned char)name[0]) || strchr(name, '/') != NULL)
		return datafile_fault(reader->file, node, why,
				      "a step that sends names the style sheet that makes the "
				      "message: template=, a file beside this one");
	path = arena_printf(reader->arena, "%.*s%s", folder, file, name);
	if (access(path, R_OK) != 0)
		return datafile_fault(reader->file, node, why,
				      "template='%.120s': there is no such file", name);
	if (!transform_load(&step->transform, path, why))
		return false;
	arena_on_free(reader->arena, free_transform, step->transform);
	return true;
}

static bool read_send(const struct reader *reader, xmlNodePtr node, struct step *step,
		      struct failure *why)
{
	return answers_nothing(reader, node, why) && may_be_sent(reader, node, step->send, why) &&
	       read_template(reader, node, step, why);
}

/* ---- steps ------------------------------------------------------------------------------ */

/* The name makes the answer's id, and these two are the technical receipt's. */
static bool name_is_free(const struct reader *reader, xmlNodePtr node, const struct step *first,
			 const struct step *step, struct failure *why)
{
	if (strcmp(step->name, "receipt") == 0 || strchr(step->name, ' ') != NULL)
		return datafile_fault(reader->file, node, why,
				      "a step cannot be called '%s': take one word other than "
				      "receipt",
				      step->name);
	for (const struct step *other = first; other < step; other++)
		if (strcmp(other->name, step->name) == 0)
			return datafile_fault(reader->file, node, why,
					      "there is a step '%s' already", step->name);
	return true;
}

static bool read_step(const struct reader *reader, xmlNodePtr node, const struct decision *row,
		      struct step *step, struct failure *why)
{
	step->name = datafile_get(reader->file, node, "name");
	step->send = datafile_get(reader->file, node, "send");
	if (step->send == NULL && datafile_get(reader->file, node, "template") != NULL)
		return datafile_fault(reader->file, node, why,
				      "template and send need one another");
	return read_question(reader, node, "when", &step->when, why) &&
	       read_after(reader, node, step, why) &&
	       (step->send != NULL ? read_send(reader, node, step, why)
				   : read_answer(reader, node, step, why)) &&
	       read_issues(reader, node, row, step, why);
}

static bool decides(const struct reader *reader, const struct step *step)
{
	if (step->send == NULL)
		return !is_interim(step);
	return kind_role(kinds_named(reader->profile->kinds, step->send)) == KIND_DECISION;
}

static const char *what_it_says(const struct step *step)
{
	if (step->send != NULL)
		return step->send;
	return step->result != NULL ? step->result : step->status;
}

static bool ends_in_place(const struct reader *reader, xmlNodePtr node, const struct decision *row,
			  const struct step *step, bool last, struct failure *why)
{
	bool deciding = decides(reader, step);

	if (deciding && row->silent)
		return datafile_fault(reader->file, node, why,
				      "a silent row never decides, but %s does",
				      what_it_says(step));
	if (deciding && !last)
		return datafile_fault(reader->file, node, why,
				      "only the last step may decide: %s ends the delivery",
				      what_it_says(step));
	if (deciding && step->when != NULL)
		return datafile_fault(
			reader->file, node, why,
			"the step that decides cannot be left out: take its when away");
	if (!deciding && last && !row->silent && answers_decisions(reader))
		return datafile_fault(reader->file, node, why,
				      "the last step must decide, but %s is interim",
				      what_it_says(step));
	return true;
}

bool read_steps(const struct reader *reader, xmlNodePtr node, struct decision *row,
		struct failure *why)
{
	size_t count = count_named(node, "step");
	struct step *steps = arena_alloc(reader->arena, (count + 1) * sizeof *steps);

	row->steps = steps;
	if (!datafile_yes(reader->file, node, "silent", &row->silent, why))
		return false;
	if (count == 0 && !row->silent && answers_decisions(reader))
		return datafile_fault(reader->file, node, why,
				      "no <step>: a row that is to stay silent says silent='yes'");
	for (xmlNodePtr child = child_named(node, "step"); child != NULL;
	     child = next_named(child, "step")) {
		struct step *step = &steps[row->step_count++];

		if (!read_step(reader, child, row, step, why) ||
		    !name_is_free(reader, child, steps, step, why) ||
		    !ends_in_place(reader, child, row, step, row->step_count == count, why))
			return false;
	}
	return true;
}
