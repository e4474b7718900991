/* The documents that a step issues; see desk.h. */
#include <string.h>

#include "core/text.h"

#include "desk.h"

#define DOCUMENT_ID_SIZE 35 /* an..35, as the messages' grammars have it */

/* A reference is its declarant's own: two of them may use the same, and still no agency gives
 * two permits one number. */
static const char *serial_number(const struct desk *desk, const struct step *step,
				 const struct issue *issue)
{
	double draw = keyed_draw(desk->seed, desk->profile->party, "document", desk->reference,
				 desk->version, desk->declarant,
				 issue->as != NULL ? issue->as : step->name, issue->type,
				 issue->number, NULL);

	return arena_printf(desk->arena, "%012lld", (long long)(draw * 1e12));
}

static const char *year_of(const struct desk *desk, gateway_time moment)
{
	char date[TIME_TEXT_SIZE];

	return arena_printf(desk->arena, "%.4s", date_text(moment, date));
}

/* "TY-{year}-{draw}" with its places filled. */
static const char *document_number(const struct desk *desk, const struct step *step,
				   const struct issue *issue, gateway_time moment)
{
	const char *const values[PLACES] = {
		[PLACE_REFERENCE] = desk->reference,
		[PLACE_YEAR] = year_of(desk, moment),
		[PLACE_DRAW] = serial_number(desk, step, issue),
	};
	struct text number = TEXT_EMPTY;
	const char *copy;
	size_t length;

	for (const char *at = issue->number; *at != '\0'; at += length) {
		enum place place = place_at(at, &length);

		if (place == PLACES)
			text_add_bytes(&number, at, length = 1);
		else
			text_add(&number, values[place]);
	}
	copy = arena_copy(desk->arena, number.bytes, number.length);
	text_free(&number);
	return copy;
}

static bool too_long(const struct desk *desk, const struct step *step, const char *number,
		     struct failure *why)
{
	fault(why, "ADP-004", "step %s: document number '%.80s' has more than %d characters",
	      step->name, number, DOCUMENT_ID_SIZE);
	return failure_at(why, "%s", desk->profile->file);
}

static bool issue_anew(const struct desk *desk, const struct step *step, const struct issue *issue,
		       gateway_time moment, struct response_document *document, struct failure *why)
{
	int64_t valid = issue->valid > 0 && desk->valid > 0 ? desk->valid : issue->valid;

	*document = (struct response_document){
		.type = issue->type,
		.id = document_number(desk, step, issue, moment),
		.from = moment,
		.until = valid > 0 ? moment + valid : 0,
	};
	return strlen(document->id) <= DOCUMENT_ID_SIZE || too_long(desk, step, document->id, why);
}

static struct named_document *issued_before(const struct desk *desk, const char *as)
{
	struct named_document *named = as != NULL ? desk->named : NULL;

	while (named != NULL && strcmp(named->as, as) != 0)
		named = named->next;
	return named;
}

static void remember(struct desk *desk, const char *as, const struct response_document *document)
{
	struct named_document *named;

	if (as == NULL)
		return;
	named = arena_alloc(desk->arena, sizeof *named);
	*named = (struct named_document){ desk->named, as, *document };
	desk->named = named;
}

/* Under one name it is one document: with the number and dates of the step that issued it. */
static bool issue_one(struct desk *desk, const struct step *step, const struct issue *issue,
		      gateway_time moment, struct response_document *document, struct failure *why)
{
	const struct named_document *named = issued_before(desk, issue->as);

	if (named != NULL) {
		*document = named->document;
		return true;
	}
	if (!issue_anew(desk, step, issue, moment, document, why))
		return false;
	remember(desk, issue->as, document);
	return true;
}

bool issue_documents(struct desk *desk, const struct step *step, gateway_time moment,
		     struct issued *out, struct failure *why)
{
	struct response_document *documents =
		arena_alloc(desk->arena, (step->issue_count + 1) * sizeof *documents);
	bool due;

	*out = (struct issued){ documents, 0 };
	for (size_t i = 0; i < step->issue_count; i++) {
		const struct issue *issue = &step->issues[i];

		if (!desk_holds(desk, issue->when, facts_root(desk->request->facts), &due, why))
			return failure_at(why, "%s: step %s", desk->profile->file, step->name);
		if (!due)
			continue;
		if (!issue_one(desk, step, issue, moment, &documents[out->count], why))
			return false;
		out->count++;
	}
	return true;
}
