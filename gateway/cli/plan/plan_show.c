#include "cli/plan/plan_show.h"

#include <string.h>

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

struct show {
	struct output *output;
	const struct plan_subject *subject;
	const struct sheet *sheet;
	struct arena *arena;
};

/* ---- spellings -------------------------------------------------------------------------------- */

static const char *with_assumed(const struct show *show, const char *figure, bool assumed)
{
	return assumed ? arena_printf(show->arena, "%s (assumed)", figure) : figure;
}

static const char *span(const struct show *show, int64_t ms)
{
	static const struct {
		int64_t ms;
		char name;
	} units[] = { { DAY, 'd' }, { HOUR, 'h' }, { MINUTE, 'm' } };

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (ms >= units[i].ms && ms % units[i].ms == 0)
			return arena_printf(show->arena, "%lld%c", (long long)(ms / units[i].ms),
					    units[i].name);
	return arena_printf(show->arena, "%llds", (long long)(ms / 1000));
}

/* In tenths of a day, rounded up: what takes an hour does take some time. */
static const char *days(const struct show *show, int64_t ms)
{
	long long tenths = (long long)((ms * 10 + DAY - 1) / DAY);

	return tenths % 10 == 0 ? arena_printf(show->arena, "%lld", tenths / 10)
				: arena_printf(show->arena, "%lld.%lld", tenths / 10, tenths % 10);
}

static const char *date(const struct show *show, gateway_time at)
{
	char text[TIME_TEXT_SIZE];

	return at == 0 ? NULL : arena_string(show->arena, date_text(at, text));
}

/* One line of text; what documents and data files say in it is made harmless. */
static void print_line(const struct show *show, const char *line)
{
	struct text shown = TEXT_EMPTY;

	cell_add(&shown, line);
	output_print(show->output, "%s\n", shown.bytes);
	text_free(&shown);
}

/* ---- the matrix ------------------------------------------------------------------------------- */

static const char *number(const struct show *show, size_t count)
{
	return arena_printf(show->arena, "%zu", count);
}

static struct table *begin_matrix(const struct show *show)
{
	size_t count = show->sheet->day_count + 1;
	struct column *columns = arena_alloc(show->arena, count * sizeof *columns);

	columns[0].name = "decision";
	for (size_t i = 1; i < count; i++)
		columns[i] =
			(struct column){ .name = show->sheet->days[i - 1].label, .word = true };
	return table_begin(show->output, columns, count, false);
}

static void add_decision(const struct show *show, struct table *table, size_t at)
{
	const struct plan_task *task = show->sheet->rows[at];
	struct row *row = row_new("plan");

	row_put(row, "decision", arena_printf(show->arena, "%s %s", task->party, task->procedure));
	for (size_t i = 0; i < show->sheet->day_count; i++)
		row_put(row, show->sheet->days[i].label, task_cell(sheet_task(show->sheet, at, i)));
	table_add(table, row);
}

static const char *counters_of(const struct show *show, const struct sheet_totals *totals)
{
	return number(show, totals->counters);
}

static const char *papers_of(const struct show *show, const struct sheet_totals *totals)
{
	return number(show, totals->papers);
}

static const char *days_of(const struct show *show, const struct sheet_totals *totals)
{
	return with_assumed(show, days(show, totals->longest), totals->assumed);
}

static const struct {
	const char *title;
	const char *(*figure)(const struct show *show, const struct sheet_totals *totals);
} total_lines[] = {
	{ "counters to visit", counters_of },
	{ "papers", papers_of },
	{ "days", days_of },
};

static void show_matrix(const struct show *show)
{
	const struct sheet *sheet = show->sheet;
	struct table *table = begin_matrix(show);

	for (size_t i = 0; i < sheet->row_count; i++)
		add_decision(show, table, i);
	for (size_t i = 0; i < sizeof total_lines / sizeof *total_lines; i++) {
		struct row *row = row_new("plan");

		row_put(row, "decision", total_lines[i].title);
		for (size_t day = 0; day < sheet->day_count; day++) {
			struct sheet_totals totals = sheet_totals(sheet, day);

			row_put(row, sheet->days[day].label, total_lines[i].figure(show, &totals));
		}
		table_add(table, row);
	}
	table_end(table);
}

void plan_show_matrix(struct output *output, const struct sheet *sheet, struct arena *arena)
{
	show_matrix(&(struct show){ .output = output, .sheet = sheet, .arena = arena });
}

/* ---- what stands behind it -------------------------------------------------------------------- */

static const char *const ways[] = {
	[BY_DELIVERY] = "delivery", [BY_DOCUMENT] = "document", [BY_CASE] = "case"
};
static const char *const way_texts[] = {
	[BY_DELIVERY] = "",
	[BY_DOCUMENT] = ", a document to be shown",
	[BY_CASE] = ", in a case of its own",
};

static const char *sourced(const struct show *show, const char *source, const char *mark,
			   const char *mark_day)
{
	const char *day = mark_day != NULL ? arena_printf(show->arena, ", day %s", mark_day) : "";

	return arena_printf(show->arena, "%s [%s%s]", source ?: "no source", mark ?: "C", day);
}

static void show_procedure(const struct show *show, const struct plan_task *task)
{
	const struct procedure *registered = task->registered;
	bool paper = task_assumes(task, "paper-time");

	print_line(show, arena_printf(show->arena, "%s %s%s: %s%s%s%s", task->party,
				      task->procedure, way_texts[task->by],
				      task->title ?: "no title", task->title_vi != NULL ? " (" : "",
				      task->title_vi ?: "", task->title_vi != NULL ? ")" : ""));
	print_line(show, arena_printf(show->arena, "  basis: %s",
				      sourced(show, task->source, task->mark, NULL)));
	if (registered == NULL) {
		print_line(show,
			   arena_printf(show->arena, "  not in the register; on paper %s",
					with_assumed(show, span(show, task->paper_time), paper)));
		return;
	}
	print_line(show,
		   arena_printf(show->arena, "  fee %s; on paper %s, electronically %s",
				with_assumed(show,
					     arena_printf(show->arena, "%s VND", registered->fee),
					     task_assumes(task, "fee")),
				with_assumed(show, span(show, task->paper_time), paper),
				with_assumed(show, span(show, registered->electronic_time),
					     task_assumes(task, "electronic-time"))));
	if (registered->counter != NULL)
		print_line(show, arena_printf(show->arena, "  papers go to: %s",
					      with_assumed(show, registered->counter,
							   task_assumes(task, "counter"))));
}

/* "LIVE since 2015-12-01 (known: 2015-10-01 to 2015-12-31): title; source [S, day C]" */
static const char *since_text(const struct show *show, const struct plan_task *task)
{
	const struct rollout_row *row = task->since;
	const char *known = "", *via = "";

	if (row == NULL)
		return task->link == LINK_LIVE ? "the calendar does not name it" : "not connected";
	if (row->earliest != 0 || row->latest != 0)
		known = arena_printf(show->arena, " (known: %s to %s)",
				     date(show, row->earliest) ?: "?",
				     date(show, row->latest) ?: "?");
	if (row->via != NULL)
		via = arena_printf(show->arena, " by %s", row->via);
	return arena_printf(show->arena, "%s%s since %s%s: %s; %s", link_state_name(task->link),
			    via, date(show, row->from) ?: "?", known, row->title ?: "no title",
			    sourced(show, row->source, row->mark, row->mark_day));
}

static const char *day_text(const struct show *show, size_t row, const struct plan_task *task)
{
	const struct procedure *registered = show->sheet->rows[row]->registered;

	if (task == NULL)
		return registered != NULL && registered->from != 0
			       ? arena_printf(show->arena, "the procedure begins on %s",
					      date(show, registered->from))
			       : "no row of the control table asks for it";
	if (task->next == NULL)
		return since_text(show, task);
	return arena_printf(show->arena, "%s; electronic from %s", since_text(show, task),
			    date(show, task->next->from));
}

/* Only the days on which the cell or what it rests on is another than the day before. */
static void show_basis(const struct show *show, size_t row)
{
	const char *last = NULL;

	for (size_t i = 0; i < show->sheet->day_count; i++) {
		const struct plan_task *task = sheet_task(show->sheet, row, i);
		const char *text = arena_printf(show->arena, "%s: %s", task_cell(task),
						day_text(show, row, task));

		if (last == NULL || strcmp(text, last) != 0)
			print_line(show, arena_printf(show->arena, "  %s %s",
						      show->sheet->days[i].label, text));
		last = text;
	}
}

static const char *title_of(const struct show *show)
{
	const struct facts *facts = show->subject->facts;
	const char *reference = facts_get(facts, "reference"), *office = facts_get(facts, "office");

	return arena_printf(show->arena, "%s: %s%s%s%s%s", show->subject->file,
			    kind_title(show->subject->kind, false), reference != NULL ? " " : "",
			    reference ?: "", office != NULL ? ", office " : "", office ?: "");
}

static void show_text(const struct show *show)
{
	print_line(show, title_of(show));
	output_print(show->output, "\n");
	show_matrix(show);
	for (size_t i = 0; i < show->sheet->row_count; i++) {
		output_print(show->output, "\n");
		show_procedure(show, show->sheet->rows[i]);
		show_basis(show, i);
	}
	output_print(show->output,
		     "\nDays: the longest expected time, since all decide at the same time.\n"
		     "Parallel: the electronic copy goes too, the paper stays the proof and is "
		     "counted.\n");
}

/* ---- for scripts -------------------------------------------------------------------------------- */

/* `task` NULL: not required; every row has the same members. */
static void put_calendar(const struct show *show, struct row *row, const struct plan_task *task)
{
	static const struct rollout_row nothing;
	const struct rollout_row *since =
		task != NULL && task->since != NULL ? task->since : &nothing;
	const struct rollout_row *next = task != NULL ? task->next : NULL;

	row_put(row, "link", task != NULL ? link_state_name(task->link) : NULL);
	row_put(row, "via", task != NULL ? task_via(task) : NULL);
	row_put(row, "since", date(show, since->from));
	row_put(row, "earliest", date(show, since->earliest));
	row_put(row, "latest", date(show, since->latest));
	row_put(row, "basis", since->title);
	row_put(row, "basis_vi", since->title_vi);
	row_put(row, "basis_source", since->source);
	row_put(row, "basis_mark", since->mark);
	row_put(row, "basis_mark_day", since->mark_day);
	row_put(row, "next", next != NULL ? date(show, next->from) : NULL);
}

static void put_figures(const struct show *show, struct row *row, const struct plan_task *task)
{
	const struct procedure *registered = task != NULL ? task->registered : NULL;
	bool assumed = false, paper = task != NULL && task_needs_paper(task);
	int64_t time = task != NULL ? task_time(task, &assumed) : 0;

	row_put(row, "fee", registered != NULL ? registered->fee : NULL);
	row_put_flag(row, "fee_assumed", task != NULL && task_assumes(task, "fee"));
	row_put(row, "time", time != 0 ? span(show, time) : NULL);
	row_put_flag(row, "time_assumed", assumed);
	row_put(row, "counter", registered != NULL && paper ? registered->counter : NULL);
}

static struct row *decision_row(const struct show *show, size_t at, size_t day)
{
	const struct plan_task *task = sheet_task(show->sheet, at, day);
	const struct plan_task *known = task != NULL ? task : show->sheet->rows[at];
	struct row *row = row_new("decision");

	row_put(row, "file", show->subject->file);
	row_put(row, "date", show->sheet->days[day].label);
	row_put(row, "party", known->party);
	row_put(row, "procedure", known->procedure);
	row_put(row, "title", known->title);
	row_put(row, "title_vi", known->title_vi);
	row_put(row, "source", known->source);
	row_put(row, "mark", known->mark);
	row_put(row, "by", ways[known->by]);
	row_put_flag(row, "releases", known->releases);
	row_put(row, "cell", task_cell(task));
	row_put(row, "route", task != NULL ? route_name(task->route) : NULL);
	put_calendar(show, row, task);
	put_figures(show, row, task);
	return row;
}

static struct row *totals_row(const struct show *show, size_t day)
{
	struct sheet_totals totals = sheet_totals(show->sheet, day);
	struct row *row = row_new("totals");

	row_put(row, "file", show->subject->file);
	row_put(row, "date", show->sheet->days[day].label);
	row_put_number(row, "required", (int64_t)totals.required);
	row_put_number(row, "counters", (int64_t)totals.counters);
	row_put_number(row, "papers", (int64_t)totals.papers);
	row_put(row, "days", days(show, totals.longest));
	row_put_flag(row, "days_assumed", totals.assumed);
	return row;
}

static void show_rows(const struct show *show)
{
	for (size_t day = 0; day < show->sheet->day_count; day++) {
		for (size_t i = 0; i < show->sheet->row_count; i++)
			output_row(show->output, decision_row(show, i, day));
		output_row(show->output, totals_row(show, day));
	}
}

void plan_show(struct output *output, const struct plan_subject *subject, const struct sheet *sheet,
	       struct arena *arena)
{
	struct show show = { output, subject, sheet, arena };

	if (output_style_of(output).form == OUTPUT_JSON)
		show_rows(&show);
	else
		show_text(&show);
}
