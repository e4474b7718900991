/* The documents that the steps of a row issue; see profile_step.h. */
#include <string.h>

#include "profile_step.h"

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

/* Every brace belongs to a place that issue.c can fill. */
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

static bool called_alike(const struct issue *a, const struct issue *b)
{
	return a->as != NULL && b->as != NULL && strcmp(a->as, b->as) == 0;
}

static bool same_document(const struct issue *a, const struct issue *b)
{
	return strcmp(a->type, b->type) == 0 && strcmp(a->number, b->number) == 0 &&
	       a->valid == b->valid;
}

/* What is called alike is one document, and no step issues it twice. */
static bool agrees(const struct reader *reader, xmlNodePtr node, const struct decision *row,
		   const struct step *step, const struct issue *issue, struct failure *why)
{
	for (const struct step *at = row->steps; at <= step; at++)
		for (size_t i = 0; i < at->issue_count; i++) {
			const struct issue *other = &at->issues[i];

			if (other == issue || !called_alike(other, issue))
				continue;
			if (at == step)
				return datafile_fault(reader->file, node, why,
						      "there is a document '%s' already in this "
						      "step",
						      issue->as);
			if (!same_document(other, issue))
				return datafile_fault(reader->file, node, why,
						      "the document '%s' has another type, number "
						      "or validity in step '%s'",
						      issue->as, at->name);
		}
	return true;
}

static bool read_issue(const struct reader *reader, xmlNodePtr node, struct issue *issue,
		       struct failure *why)
{
	issue->type = datafile_get(reader->file, node, "type");
	issue->number = datafile_get(reader->file, node, "number");
	issue->as = datafile_get(reader->file, node, "as");
	if (issue->number[0] == '\0' || !number_is_good(issue->number))
		return datafile_fault(reader->file, node, why,
				      "number '%s': only {reference}, {year} and {draw} can be "
				      "filled in",
				      issue->number);
	return datafile_duration(reader->file, node, "valid", &issue->valid, why) &&
	       read_question(reader, node, "when", &issue->when, why);
}

bool read_issues(const struct reader *reader, xmlNodePtr node, const struct decision *row,
		 struct step *step, struct failure *why)
{
	struct issue *issues =
		arena_alloc(reader->arena, (count_named(node, "document") + 1) * sizeof *issues);

	step->issues = issues;
	for (xmlNodePtr child = child_named(node, "document"); child != NULL;
	     child = next_named(child, "document")) {
		struct issue *issue = &issues[step->issue_count++];

		if (!read_issue(reader, child, issue, why) ||
		    !agrees(reader, child, row, step, issue, why))
			return false;
	}
	return true;
}
