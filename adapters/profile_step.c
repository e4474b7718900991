#include "profile_step.h"

#include <string.h>

#include "core/clock.h"

static const char *const place_names[PLACES] = {
	[PLACE_REFERENCE] = "{reference}",
	[PLACE_YEAR] = "{year}",
	[PLACE_DRAW] = "{draw}",
};

enum place place_at(const char *text, size_t *length)
{
	int place = 0;

	for (; place < PLACES; place++) {
		*length = strlen(place_names[place]);
		if (strncmp(text, place_names[place], *length) == 0)
			break;
	}
	return place;
}

/* What the gateway takes for interim, and so keeps the delivery open. */
static const char *const interim_results[] = { "AJ", NULL };
static const char *const interim_statuses[] = { "RECEIVED", "FEE_DUE", "DOCS_REQUIRED", NULL };

static const char *const results[] = { "AP", "RE", "CA", "AJ", NULL };
/* The words of an agency's decision; those of customs are open, as life cycles are data. */
static const char *const agency_statuses[] = { "RECEIVED", "DOCS_REQUIRED", "FEE_DUE",
					       "APPROVED", "REFUSED",	    "SUSPENDED",
					       "REVOKED",  "CANCELLED",	    NULL };
#define STATUS_SIZE 35

static bool listed(const char *const words[], const char *word)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

static bool is_interim(const struct step *step)
{
	return step->result != NULL ? listed(interim_results, step->result)
				    : listed(interim_statuses, step->status);
}

static bool is_refusal(const struct step *step)
{
	return strcmp(step->result != NULL ? step->result : step->status,
		      step->result != NULL ? "RE" : "REFUSED") == 0;
}

/* ---- documents ------------------------------------------------------------------------ */

/* Every brace belongs to a place that decide.c can fill. */
static bool number_is_good(const char *number)
{
	size_t length;

	for (; *number != '\0'; number += length) {
		if (place_at(number, &length) != PLACES)
			continue;
		if (*number == '{' || *number == '}')
			return false;
		length = 1;
	}
	return true;
}

static bool read_issue(const struct reader *reader, xmlNodePtr node, struct issue *issue,
		       struct failure *why)
{
	issue->type = datafile_get(reader->file, node, "type");
	issue->number = datafile_get(reader->file, node, "number");
	if (issue->number[0] == '\0' || !number_is_good(issue->number))
		return datafile_fault(reader->file, node, why,
				      "number '%s': only {reference}, {year} and {draw} can be "
				      "filled in",
				      issue->number);
	return datafile_duration(reader->file, node, "valid", &issue->valid, why) &&
	       read_question(reader, node, "when", &issue->when, why);
}

static bool read_issues(const struct reader *reader, xmlNodePtr node, struct step *step,
			struct failure *why)
{
	struct issue *issues = arena_alloc(reader->profile->arena,
					   (count_named(node, "document") + 1) * sizeof *issues);

	step->issues = issues;
	for (xmlNodePtr child = child_named(node, "document"); child != NULL;
	     child = next_named(child, "document"))
		if (!read_issue(reader, child, &issues[step->issue_count++], why))
			return false;
	return true;
}

/* ---- one step ------------------------------------------------------------------------- */

/* "5m", or a window "30m..2h". */
static bool read_after(const struct reader *reader, xmlNodePtr node, struct step *step,
		       struct failure *why)
{
	const char *text = datafile_get(reader->file, node, "after");
	const char *dots = strstr(text, "..");
	const char *least = text, *most = text;

	if (dots != NULL) {
		least = arena_copy(reader->profile->arena, text, (size_t)(dots - text));
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

static bool read_step(const struct reader *reader, xmlNodePtr node, struct step *step,
		      struct failure *why)
{
	step->name = datafile_get(reader->file, node, "name");
	step->note = datafile_get(reader->file, node, "note");
	return read_result(reader, node, step, why) && read_status(reader, node, step, why) &&
	       datafile_yes(reader->file, node, "items", &step->cites_items, why) &&
	       read_after(reader, node, step, why) && read_refusal(reader, node, step, why) &&
	       read_issues(reader, node, step, why);
}

static bool ends_in_place(const struct reader *reader, xmlNodePtr node, const struct step *step,
			  bool last, struct failure *why)
{
	if (is_interim(step) != last)
		return true;
	if (last)
		return datafile_fault(reader->file, node, why,
				      "the last step must decide, but %s is interim",
				      step->result != NULL ? step->result : step->status);
	return datafile_fault(reader->file, node, why,
			      "only the last step may decide: %s ends the delivery",
			      step->result != NULL ? step->result : step->status);
}

bool read_steps(const struct reader *reader, xmlNodePtr node, struct decision *row,
		struct failure *why)
{
	size_t count = count_named(node, "step");
	struct step *steps = arena_alloc(reader->profile->arena, count * sizeof *steps);

	row->steps = steps;
	for (xmlNodePtr child = child_named(node, "step"); child != NULL;
	     child = next_named(child, "step")) {
		struct step *step = &steps[row->step_count++];

		if (!read_step(reader, child, step, why) ||
		    !name_is_free(reader, child, steps, step, why) ||
		    !ends_in_place(reader, child, step, row->step_count == count, why))
			return false;
	}
	return true;
}
