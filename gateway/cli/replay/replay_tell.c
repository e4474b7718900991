#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/replay/replay.h"

/* ---- progress --------------------------------------------------------------------------------------- */

#define BAR_WIDTH 16
#define QUIET_MS  10000 /* off a terminal: one line so often */

static size_t planned(const struct replay *replay)
{
	const struct replay_options *options = replay->options;
	size_t all = (size_t)options->loops * replay->document_count;

	if (options->count > 0 && (all == 0 || (size_t)options->count < all))
		return (size_t)options->count;
	return all; /* 0: nobody knows */
}

static const char *bar(struct text *text, const struct output_style *style, size_t done, size_t all)
{
	size_t filled = all > 0 ? done * BAR_WIDTH / all : 0;

	for (size_t i = 0; i < BAR_WIDTH; i++)
		text_add(text, i < filled ? (style->glyphs ? "━" : "=") : " ");
	return text->bytes;
}

void replay_progress(struct replay *replay, bool last)
{
	struct output *output = replay->options->session->output;
	struct output_style style = output_style_of(output);
	static uint64_t told;
	uint64_t now = monotonic_ms(), elapsed = now - replay->began;
	size_t done = atomic_load(&replay->finished), all = planned(replay);
	struct text line = TEXT_EMPTY, drawing = TEXT_EMPTY;

	text_printf(&line, "replay  %s  %zu", bar(&drawing, &style, done, all), done);
	if (all > 0)
		text_printf(&line, "/%zu  %3zu%%", all, done * 100 / all);
	text_printf(&line, "  %.1f/s  behind %zu  refused %zu  failed %zu",
		    elapsed > 0 ? (double)done * 1000 / (double)elapsed : 0.0,
		    atomic_load(&replay->behind), atomic_load(&replay->refused),
		    atomic_load(&replay->failed));
	if (style.live)
		output_progress(output, "%s", last ? "" : line.bytes);
	else if (!last && now - (told > replay->began ? told : replay->began) >= QUIET_MS) {
		output_say(output, "%s", line.bytes);
		told = now;
	}
	text_free(&line);
	text_free(&drawing);
}

/* ---- figures ------------------------------------------------------------------------------------------- */

struct figures {
	int64_t *values; /* ms, sorted by figures_done() */
	size_t count;
};

static int by_size(const void *a, const void *b)
{
	const int64_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static int64_t percentile(const struct figures *figures, double part)
{
	size_t rank;

	if (figures->count == 0)
		return 0;
	rank = (size_t)(part * (double)figures->count + 0.999999);
	return figures->values[rank > 0 ? rank - 1 : 0];
}

/* Latencies of what was answered, or of what has come to its end. */
static struct figures latencies(const struct replay *replay, bool to_the_end)
{
	struct figures figures = { .values = must_alloc((replay->next + 1) * sizeof(int64_t)) };

	for (size_t i = 0; i < replay->next; i++) {
		const struct shot *shot = replay_shot(replay, i);
		bool answered = shot->state == SHOT_TAKEN || shot->state == SHOT_REFUSED;

		if (to_the_end ? shot->ended != 0 : answered)
			figures.values[figures.count++] =
				(int64_t)((to_the_end ? shot->ended : shot->answered) -
					  shot->intended);
	}
	qsort(figures.values, figures.count, sizeof *figures.values, by_size);
	return figures;
}

static const struct {
	const char *name;
	double part;
} percentiles[] = {
	{ "p50", 0.5 }, { "p90", 0.9 }, { "p95", 0.95 }, { "p99", 0.99 }, { "max", 1 }
};
#define PERCENTILES (sizeof percentiles / sizeof *percentiles)

/* ---- states ------------------------------------------------------------------------------------------------ */

static const char *state_of(const struct replay *replay, const struct shot *shot)
{
	static const char *const words[] = { [SHOT_WAITING] = "NOT_SENT",
					     [SHOT_SENT] = "SENT",
					     [SHOT_TAKEN] = "RECEIVED",
					     [SHOT_REFUSED] = "REFUSED",
					     [SHOT_FAILED] = "NO_ANSWER" };

	if (shot->state == SHOT_TAKEN && replay->options->wait == REPLAY_FINAL)
		return shot->end[0] != '\0' ? shot->end : "UNDECIDED";
	return words[shot->state];
}

struct count {
	const char *state, *code;
	size_t n;
};

static size_t count_states(const struct replay *replay, struct count *counts, size_t room)
{
	size_t kinds = 0;

	for (size_t i = 0; i < replay->next; i++) {
		const struct shot *shot = replay_shot(replay, i);
		const char *state = state_of(replay, shot);
		size_t at = 0;

		if (shot->document == NULL)
			continue;
		while (at < kinds && (strcmp(counts[at].state, state) != 0 ||
				      strcmp(counts[at].code, shot->code) != 0))
			at++;
		if (at == room)
			continue;
		if (at == kinds)
			counts[kinds++] = (struct count){ state, shot->code, 0 };
		counts[at].n++;
	}
	return kinds;
}

static int by_count(const void *a, const void *b)
{
	const struct count *one = a, *other = b;

	return (one->n < other->n) - (one->n > other->n);
}

static void tell_states(const struct replay *replay, size_t sent)
{
	static const struct column columns[] = { { .name = "state", .word = true },
						 { .name = "code" },
						 { .name = "n", .right = true },
						 { .name = "percent", .right = true } };
	struct count counts[64];
	size_t kinds = count_states(replay, counts, sizeof counts / sizeof *counts);
	struct table *table = table_begin(replay->options->session->output, columns, 4, false);
	char percent[16];

	qsort(counts, kinds, sizeof *counts, by_count);
	for (size_t i = 0; i < kinds; i++) {
		struct row *row = row_new("state");

		row_put(row, "state", counts[i].state);
		row_put(row, "code", *counts[i].code != '\0' ? counts[i].code : NULL);
		row_put_number(row, "n", (int64_t)counts[i].n);
		snprintf(percent, sizeof percent, "%.1f",
			 sent > 0 ? 100.0 * (double)counts[i].n / (double)sent : 0.0);
		row_put(row, "percent", percent);
		table_add(table, row);
	}
	table_end(table);
}

/* ---- latencies ------------------------------------------------------------------------------------------------ */

static void add_latency(struct table *table, const char *what, const char *clock,
			const struct figures *figures)
{
	struct row *row;

	if (figures->count == 0)
		return;
	row = row_new("latency");
	row_put(row, "of", what);
	row_put_number(row, "n", (int64_t)figures->count);
	for (size_t i = 0; i < PERCENTILES; i++)
		row_put_number(row, percentiles[i].name, percentile(figures, percentiles[i].part));
	row_put(row, "clock", clock);
	table_add(table, row);
}

static void tell_latencies(struct replay *replay, const struct figures *receipts,
			   const struct figures *ends)
{
	static const struct column columns[] = {
		{ .name = "of" },
		{ .name = "n", .right = true },
		{ .name = "p50", .right = true },
		{ .name = "p90", .right = true },
		{ .name = "p95", .right = true },
		{ .name = "p99", .right = true },
		{ .name = "max", .right = true },
		{ .name = "clock" },
	};
	struct table *table = table_begin(replay->options->session->output, columns,
					  sizeof columns / sizeof *columns, false);

	add_latency(table, "answer", "ms", receipts);
	add_latency(table, "final", "ms", ends);
	for (size_t i = 0; i < replay->party_count; i++) {
		struct figures of = { replay->parties[i].took, replay->parties[i].count };

		qsort(of.values, of.count, sizeof *of.values, by_size);
		add_latency(table, replay->parties[i].id, "ms of gateway time", &of);
	}
	table_end(table);
}

/* ---- thresholds ------------------------------------------------------------------------------------------------- */

struct threshold {
	char name[16];
	double limit; /* ms, or percent */
};

/* One of "p95<500ms", "errors<1%", in front of *text, which is moved behind it. */
static bool read_threshold(const char **text, struct threshold *out)
{
	char name[16], value[24], unit[4];
	int length = 0;
	int64_t ms;

	if (sscanf(*text, " %15[a-z0-9] < %23[0-9.]%3[a-z%%]%n", name, value, unit, &length) != 3)
		return false;
	snprintf(out->name, sizeof out->name, "%s", name);
	out->limit = strtod(value, NULL);
	*text += length;
	if (strcmp(unit, "%") == 0)
		return strcmp(name, "errors") == 0 || strcmp(name, "refused") == 0;
	if (!duration_parse(strcat(value, unit), &ms, NULL))
		return false;
	out->limit = (double)ms;
	for (size_t i = 0; i < PERCENTILES; i++)
		if (strcmp(name, percentiles[i].name) == 0)
			return true;
	return false;
}

bool replay_threshold_check(const char *text, struct failure *why)
{
	struct threshold threshold;
	const char *at = text;

	do {
		if (!read_threshold(&at, &threshold))
			return reject(why, "CLI-001",
				      "'%s' is no threshold: p50 p90 p95 p99 max < DURATION, "
				      "errors refused < N%%, parted by commas",
				      at);
	} while (*at++ == ',');
	return at[-1] == '\0' ||
	       reject(why, "CLI-001", "'%s' does not belong to a threshold", at - 1);
}

static double measured(const struct replay *replay, const struct figures *figures, const char *name,
		       size_t sent)
{
	size_t failed = atomic_load(&replay->failed), refused = atomic_load(&replay->refused);

	if (replay->options->wait == REPLAY_FINAL)
		failed += atomic_load(&replay->taken) - atomic_load(&replay->ended);
	if (strcmp(name, "errors") == 0)
		return sent > 0 ? 100.0 * (double)failed / (double)sent : 0;
	if (strcmp(name, "refused") == 0)
		return sent > 0 ? 100.0 * (double)refused / (double)sent : 0;
	for (size_t i = 0; i < PERCENTILES; i++)
		if (strcmp(name, percentiles[i].name) == 0)
			return (double)percentile(figures, percentiles[i].part);
	return 0;
}

static enum exit_code tell_thresholds(const struct replay *replay, const struct figures *figures,
				      size_t sent)
{
	struct output *output = replay->options->session->output;
	const char *at = replay->options->threshold;
	enum exit_code code = EXIT_DONE;
	struct threshold threshold;

	while (at != NULL && read_threshold(&at, &threshold)) {
		double value = measured(replay, figures, threshold.name, sent);
		bool met = value < threshold.limit;
		struct row *row = row_new("threshold");

		output_print(output, "threshold %s < %g: %g %s\n", threshold.name, threshold.limit,
			     value, met ? "ok" : "NOT MET");
		row_put(row, "name", threshold.name);
		row_put_number(row, "limit", (int64_t)threshold.limit);
		row_put_number(row, "measured", (int64_t)(value + 0.5));
		row_put_flag(row, "met", met);
		output_row(output, row);
		code = met ? code : EXIT_UNMET;
		at += *at == ',';
	}
	return code;
}

/* ---- all of it ----------------------------------------------------------------------------------------------------- */

static void tell_shots(const struct replay *replay)
{
	static const struct column columns[] = { { .name = "file" },
						 { .name = "state", .word = true },
						 { .name = "code" },
						 { .name = "ms", .right = true },
						 { .name = "id" } };
	struct table *table = table_begin(replay->options->session->output, columns, 5, false);

	for (size_t i = 0; i < replay->next; i++) {
		const struct shot *shot = replay_shot(replay, i);
		struct row *row;

		if (shot->document == NULL)
			continue;
		row = row_new("shot");
		row_put(row, "file", shot->document->outgoing.file);
		row_put(row, "state", state_of(replay, shot));
		row_put(row, "code", shot->code[0] != '\0' ? shot->code : NULL);
		row_put_number(row, "ms",
			       (int64_t)((shot->ended != 0 ? shot->ended : shot->answered) -
					 shot->intended));
		row_put(row, "id", shot->id);
		table_add(table, row);
	}
	table_end(table);
}

static void tell_headline(const struct replay *replay, size_t sent, uint64_t took)
{
	struct output *output = replay->options->session->output;
	double seconds = (double)took / 1000;
	size_t taken = atomic_load(&replay->taken), refused = atomic_load(&replay->refused);
	struct row *row = row_new("replay");

	output_print(output, "%zu sent in %.1fs (%.1f/s, behind schedule %zu)%s%s\n", sent, seconds,
		     seconds > 0 ? (double)sent / seconds : 0.0, atomic_load(&replay->behind),
		     replay->options->session->run != NULL ? "   run " : "",
		     replay->options->session->run ?: "");
	output_print(output, "%zu signed receipts: %zu acknowledge, %zu refuse\n", taken + refused,
		     taken, refused);
	row_put_number(row, "sent", (int64_t)sent);
	row_put_number(row, "ms", (int64_t)took);
	row_put_number(row, "behind", (int64_t)atomic_load(&replay->behind));
	row_put_number(row, "receipts", (int64_t)taken);
	row_put_number(row, "refusals", (int64_t)refused);
	row_put_number(row, "unanswered", (int64_t)atomic_load(&replay->failed));
	row_put_number(row, "ended", (int64_t)atomic_load(&replay->ended));
	row_put(row, "run", replay->options->session->run);
	output_row(output, row);
}

/* What went wrong with those that got no answer: the first one's reason stands for all. */
static enum exit_code outcome(const struct replay *replay)
{
	const struct replay_options *options = replay->options;
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < replay->next; i++) {
		const struct shot *shot = replay_shot(replay, i);
		struct failure why = { .verdict = DEFER };

		if (shot->document == NULL || shot->state != SHOT_FAILED)
			continue;
		snprintf(why.code, sizeof why.code, "%s", shot->code);
		code = exit_worse(code, exit_for(&why));
	}
	if (options->wait == REPLAY_FINAL &&
	    atomic_load(&replay->ended) < atomic_load(&replay->taken))
		code = exit_worse(code, EXIT_TIMEOUT);
	return code;
}

enum exit_code replay_tell(struct replay *replay)
{
	const struct replay_options *options = replay->options;
	struct figures receipts = latencies(replay, false), ends = latencies(replay, true);
	size_t sent = atomic_load(&replay->finished);
	uint64_t last = replay->began;
	enum exit_code code;

	for (size_t i = 0; i < replay->next; i++)
		if (replay_shot(replay, i)->answered > last)
			last = replay_shot(replay, i)->answered;
	if (options->session->verbose)
		tell_shots(replay);
	tell_headline(replay, sent, last - replay->began);
	tell_states(replay, sent);
	tell_latencies(replay, &receipts, &ends);
	code = tell_thresholds(replay, options->wait == REPLAY_FINAL ? &ends : &receipts, sent);
	free(receipts.values);
	free(ends.values);
	return exit_worse(code, outcome(replay));
}
