/* answer_faults - which faults there are at the parties, and how often they struck. */
#include "control/answers.h"
#include "core/fault.h"
#include "journal/fault_rows.h"

static void put_words(struct row *row, const char *name, const char *value)
{
	if (value != NULL)
		row_put(row, name, value);
}

static void put_count(struct row *row, const char *name, int64_t count)
{
	if (count != 0)
		row_put_number(row, name, count);
}

/* What it is, where its line can be read: a journal that lies is for `journal verify` to name. */
static void put_fault(struct row *row, const struct fault *fault)
{
	struct text share = TEXT_EMPTY;

	row_put(row, "kind", fault_kind_name(fault->kind));
	row_put(row, "on", fault_side_name(fault->on));
	put_words(row, "document", fault->document);
	put_count(row, "first", fault->first);
	put_count(row, "every", fault->every);
	if (fault->probability < 1) {
		text_printf(&share, "%.9g", fault->probability);
		row_put(row, "probability", share.bytes);
	}
	text_free(&share);
}

static struct row *fault_row(struct arena *arena, const struct journal_fault *there)
{
	struct row *row = row_new("fault");
	char until[TIME_TEXT_SIZE];
	struct fault fault;

	row_put(row, "id", there->id);
	row_put(row, "party", there->party);
	if (fault_parse(&fault, arena, there->line, NULL, NULL))
		put_fault(row, &fault);
	row_put(row, "spec", there->line);
	put_words(row, "run", there->run);
	if (there->until != 0)
		row_put(row, "until", time_text(there->until, until));
	row_put_number(row, "seen", there->seen);
	row_put_number(row, "fired", there->fired);
	return row;
}

bool answer_faults(struct question_asked *asked, struct failure *why)
{
	gateway_time now = clock_now(asked->links->house->clock);
	struct journal_fault *faults;
	size_t count = journal_faults(asked->journal, asked->arena, NULL,
				      row_get(asked->ask, "run"), now, &faults);

	(void)why;
	for (size_t i = 0; i < count; i++)
		say(asked, fault_row(asked->arena, &faults[i]));
	return true;
}

void control_write_fault(struct text *out, const char *tag, struct journal *journal, const char *id)
{
	struct arena *arena = arena_new();
	struct journal_fault there;

	if (journal_fault(journal, arena, id, &there))
		control_write_row(out, tag, fault_row(arena, &there));
	arena_free(arena);
}
