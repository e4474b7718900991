#include "cli/output.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct output {
	struct output_style style;
	FILE *data, *talk;
	bool quiet, progress; /* progress: a line on the terminal waits to be wiped */
	bool closed, broken;
};

/* ---- which form ----------------------------------------------------------------------- */

struct output_world output_here(bool json, bool no_color)
{
	return (struct output_world){
		.json = json,
		.no_color = no_color,
		.data_tty = isatty(STDOUT_FILENO),
		.talk_tty = isatty(STDERR_FILENO),
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.no_color_variable = getenv("NO_COLOR"),
		.term = getenv("TERM"),
	};
}

static bool wants_colour(const struct output_world *world)
{
	const char *variable = world->no_color_variable;

	if (world->no_color || (variable != NULL && *variable != '\0'))
		return false;
	return world->term != NULL && strcmp(world->term, "dumb") != 0;
}

struct output_style output_style(const struct output_world *world)
{
	bool colour = wants_colour(world);

	return (struct output_style){
		.form = world->json	  ? OUTPUT_JSON
			: world->data_tty ? OUTPUT_TABLE
					  : OUTPUT_TSV,
		.colour = colour && world->data_tty && !world->json,
		.talk_colour = colour && world->talk_tty,
		.glyphs = world->utf8 && world->data_tty && !world->json,
		.live = world->talk_tty && world->term != NULL && strcmp(world->term, "dumb") != 0,
	};
}

struct output *output_new(struct output_style style, FILE *data, FILE *talk)
{
	struct output *output = must_alloc(sizeof *output);

	*output = (struct output){ .style = style, .data = data, .talk = talk };
	return output;
}

void output_free(struct output *output)
{
	free(output);
}

struct output_style output_style_of(const struct output *output)
{
	return output->style;
}

void output_quiet(struct output *output)
{
	output->quiet = true;
}

/* ---- the two streams ------------------------------------------------------------------ */

static void noted(struct output *output, bool written)
{
	if (written || output->closed)
		return;
	if (errno == EPIPE)
		output->closed = true;
	else
		output->broken = true;
}

bool output_flush(struct output *output)
{
	noted(output, fflush(output->data) == 0);
	return !output->broken;
}

bool output_closed(struct output *output)
{
	struct pollfd reader = { .fd = fileno(output->data), .events = 0 };

	if (!output->closed && reader.fd >= 0 && poll(&reader, 1, 0) == 1)
		output->closed = (reader.revents & POLLERR) != 0;
	return output->closed;
}

void output_bytes(struct output *output, const void *bytes, size_t length)
{
	noted(output, fwrite(bytes, 1, length, output->data) == length);
}

void output_print(struct output *output, const char *format, ...)
{
	va_list arguments;

	if (output->style.form == OUTPUT_JSON)
		return;
	va_start(arguments, format);
	noted(output, vfprintf(output->data, format, arguments) >= 0);
	va_end(arguments);
}

static void write_row(struct output *output, const struct row *row)
{
	struct text line = TEXT_EMPTY;

	row_write(&line, row);
	output_bytes(output, line.bytes, line.length);
	output_flush(output);
	text_free(&line);
}

void output_row(struct output *output, struct row *row)
{
	if (output->style.form == OUTPUT_JSON)
		write_row(output, row);
	row_free(row);
}

static void wipe_progress(struct output *output)
{
	if (output->progress)
		fputs("\r\033[K", output->talk);
	output->progress = false;
}

void output_say(struct output *output, const char *format, ...)
{
	va_list arguments;

	if (output->quiet)
		return;
	fflush(output->data); /* the order in which things were said */
	wipe_progress(output);
	va_start(arguments, format);
	vfprintf(output->talk, format, arguments);
	va_end(arguments);
	fputc('\n', output->talk);
	fflush(output->talk);
}

void output_progress(struct output *output, const char *format, ...)
{
	va_list arguments;

	if (output->quiet || !output->style.live)
		return;
	wipe_progress(output);
	va_start(arguments, format);
	vfprintf(output->talk, format, arguments);
	va_end(arguments);
	output->progress = *format != '\0';
	fflush(output->talk);
}

static void write_error_row(struct output *output, const struct failure *why, const char *hint)
{
	struct row *row = row_new("error");

	row_put_number(row, "exit", exit_for(why));
	row_put(row, "code", why->code);
	row_put(row, "verdict", verdict_name(why->verdict));
	row_put(row, "place", why->place[0] != '\0' ? why->place : NULL);
	row_put(row, "text", why->text);
	row_put(row, "hint", hint);
	output_row(output, row);
}

enum exit_code output_failure(struct output *output, const struct failure *why, const char *hint)
{
	char line[sizeof why->place + sizeof why->code + sizeof why->text + 8];
	struct text shown = TEXT_EMPTY;

	fflush(output->data);
	wipe_progress(output);
	cell_add(&shown, failure_line(why, line, sizeof line));
	fprintf(output->talk, "nsw: %s\n", shown.bytes);
	text_clear(&shown);
	if (hint != NULL) {
		cell_add(&shown, hint);
		fprintf(output->talk, "  hint: %s\n", shown.bytes);
	}
	fflush(output->talk);
	text_free(&shown);
	if (output->style.form == OUTPUT_JSON)
		write_error_row(output, why, hint);
	return exit_for(why);
}

/* ---- cells ---------------------------------------------------------------------------- */

static unsigned character(const unsigned char *bytes, size_t step)
{
	unsigned c = step == 1 ? bytes[0] : bytes[0] & (0xFFU >> (step + 1));

	for (size_t i = 1; i < step; i++)
		c = c << 6 | (bytes[i] & 0x3FU);
	return c;
}

/* Characters that would move the cursor or turn the direction of what follows. */
static bool harmful(unsigned c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C ||
	       (c >= 0x200E && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

static void add_escape(struct text *text, unsigned c)
{
	if (c == '\n')
		text_add(text, "\\n");
	else if (c == '\t')
		text_add(text, "\\t");
	else if (c < 0x100)
		text_printf(text, "\\x%02x", c);
	else
		text_printf(text, "\\u%04x", c);
}

void cell_add(struct text *text, const char *value)
{
	const unsigned char *at = (const unsigned char *)value;
	size_t left = strlen(value);

	text_add(text, "");
	while (left > 0) {
		size_t step = utf8_step(at, left);
		unsigned c = step != 0 ? character(at, step) : at[0];

		if (step == 0 || harmful(c))
			add_escape(text, c);
		else
			text_add_bytes(text, at, step);
		step = step != 0 ? step : 1;
		at += step;
		left -= step;
	}
}

/* Vietnamese in decomposed form stacks up to two marks on a letter. */
static bool combining(unsigned c)
{
	return (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) ||
	       (c >= 0x20D0 && c <= 0x20FF) || c == 0x200B || c == 0x200D;
}

int cell_width(const char *value)
{
	const unsigned char *at = (const unsigned char *)value;
	size_t left = strlen(value);
	int width = 0;

	while (left > 0) {
		size_t step = utf8_step(at, left);

		width += step == 0 || !combining(character(at, step));
		step = step != 0 ? step : 1;
		at += step;
		left -= step;
	}
	return width;
}

/* ---- words of state ------------------------------------------------------------------- */

#define GREEN  "\033[32m"
#define RED    "\033[31m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

/* What a word of any life cycle or profile most likely means; unknown words stay plain. */
static const struct {
	const char *word, *colour;
} word_colours[] = {
	{ "CLEARED", GREEN },
	{ "APPROVED", GREEN },
	{ "DONE", GREEN },
	{ "ACCEPTED", GREEN },
	{ "DECIDED", GREEN },
	{ "LIVE", GREEN },
	{ "valid", GREEN },
	{ "ok", GREEN },
	{ "ready", GREEN },
	{ "yes", GREEN },
	{ "REFUSED", RED },
	{ "DEAD", RED },
	{ "CANCELLED", RED },
	{ "EXPIRED", RED },
	{ "invalid", RED },
	{ "broken", RED },
	{ "FAULT", RED },
	{ "TIMEOUT", RED },
	{ "WAITING", YELLOW },
	{ "DOCS_REQUIRED", YELLOW },
	{ "DEFER", YELLOW },
	{ "SUSPENDED", YELLOW },
	{ "no", YELLOW },
	{ "electronic", GREEN },
	{ "electronic (parallel)", GREEN },
	{ "paper", YELLOW },
	{ "PASS", GREEN },
	{ "FAIL", RED },
	{ "ERROR", RED },
	{ "SKIP", YELLOW },
};

static const char *colour_of(const char *word)
{
	for (size_t i = 0; i < sizeof word_colours / sizeof *word_colours; i++)
		if (strcmp(word, word_colours[i].word) == 0)
			return word_colours[i].colour;
	return NULL;
}

void output_word(struct output *output, struct text *line, const char *word, int width)
{
	const char *colour = output->style.colour ? colour_of(word) : NULL;
	int padding = width - cell_width(word);

	if (colour != NULL)
		text_add(line, colour);
	cell_add(line, word);
	if (colour != NULL)
		text_add(line, PLAIN);
	if (padding > 0)
		text_printf(line, "%*s", padding, "");
}
