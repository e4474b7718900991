#include "core/log.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/text.h"

/* A write of at most PIPE_BUF bytes is not mixed with another process's, even in a pipe. */
#define LINE_SIZE PIPE_BUF
#define CUT_MARK  "...\"\n"

struct line {
	char bytes[LINE_SIZE];
	size_t length;
	bool cut; /* something did not fit */
};

static const struct {
	const char *name;
	int priority; /* syslog's, for systemd */
} levels[] = {
	[LOG_ERROR] = { "error", 3 },
	[LOG_WARN] = { "warn", 4 },
	[LOG_NOTE] = { "note", 5 },
	[LOG_DEBUG] = { "debug", 7 },
};

static _Atomic enum log_level threshold = LOG_NOTE;

void log_level(enum log_level level)
{
	atomic_store(&threshold, level);
}

/* Whole or not at all, so that neither an escape nor a UTF-8 character is ever halved. */
static void add(struct line *line, const char *bytes, size_t length)
{
	if (line->cut || length > LINE_SIZE - strlen(CUT_MARK) - line->length) {
		line->cut = true;
		return;
	}
	memcpy(line->bytes + line->length, bytes, length);
	line->length += length;
}

static void add_string(struct line *line, const char *string)
{
	add(line, string, strlen(string));
}

/* C1 controls, line separators and direction overrides would show a line that is not there. */
static bool deceives(const unsigned char *at)
{
	return (at[0] == 0xc2 && at[1] < 0xa0) ||
	       (at[0] == 0xe2 && at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae) ||
	       (at[0] == 0xe2 && at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9);
}

/* Bytes of the character at `at` if it may stand in a line as it is; 0 if it must be escaped. */
static size_t ordinary(const unsigned char *at)
{
	if (*at < 0x80)
		return *at >= ' ' && *at != 0x7f && *at != '"' && *at != '\\';
	return deceives(at) ? 0 : utf8_step(at, strnlen((const char *)at, 4));
}

static bool needs_quotes(const unsigned char *value)
{
	size_t length;

	for (const unsigned char *at = value; *at != '\0'; at += length) {
		length = ordinary(at);
		if (length == 0 || *at == ' ' || *at == '=')
			return true;
	}
	return *value == '\0';
}

static void add_escaped(struct line *line, unsigned char byte)
{
	static const char shorts[][3] = {
		['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t", ['"'] = "\\\"", ['\\'] = "\\\\",
	};
	char hex[8];

	if (byte < sizeof shorts / sizeof *shorts && shorts[byte][0] != '\0') {
		add_string(line, shorts[byte]);
		return;
	}
	snprintf(hex, sizeof hex, "\\x%02x", byte);
	add_string(line, hex);
}

static void add_value(struct line *line, const char *value)
{
	const unsigned char *at = (const unsigned char *)value;
	const char *quote = needs_quotes(at) ? "\"" : "";
	size_t length;

	add_string(line, quote);
	for (; *at != '\0' && !line->cut; at += length) {
		length = ordinary(at);
		if (length != 0) {
			add(line, (const char *)at, length);
		} else {
			add_escaped(line, *at);
			length = 1;
		}
	}
	add_string(line, quote);
}

/* systemd names device and inode of the stream it reads; stderr may have been redirected since. */
static bool systemd_reads_us(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char ours[64];
	struct stat file;

	if (stream == NULL || fstat(STDERR_FILENO, &file) != 0)
		return false;
	snprintf(ours, sizeof ours, "%llu:%llu", (unsigned long long)file.st_dev,
		 (unsigned long long)file.st_ino);
	return strcmp(stream, ours) == 0;
}

static void add_start(struct line *line, enum log_level level)
{
	char start[TIME_TEXT_SIZE + 1];

	if (systemd_reads_us()) {
		snprintf(start, sizeof start, "<%d>", levels[level].priority);
	} else {
		time_text(wall_now(), start);
		strcat(start, " ");
	}
	add_string(line, start);
	add_string(line, levels[level].name);
}

void log_line(enum log_level level, const char *event, ...)
{
	struct line line = { .length = 0 };
	const char *end;
	int saved = errno;
	va_list fields;

	if (level > atomic_load(&threshold))
		return;
	add_start(&line, level);
	add_string(&line, " ");
	add_value(&line, event);

	va_start(fields, event);
	for (const char *name; (name = va_arg(fields, const char *)) != NULL;) {
		const char *value = va_arg(fields, const char *);

		add_string(&line, " ");
		add_string(&line, name);
		add_string(&line, "=");
		add_value(&line, value != NULL ? value : "-");
	}
	va_end(fields);

	end = line.cut ? CUT_MARK : "\n";
	memcpy(line.bytes + line.length, end, strlen(end)); /* add() kept this room */
	line.length += strlen(end);
	/* A log that cannot be written must not stop the work, and there is nobody to tell. */
	while (write(STDERR_FILENO, line.bytes, line.length) < 0 && errno == EINTR)
		continue;
	errno = saved;
}

void log_failure(enum log_level level, const char *event, const struct failure *why)
{
	log_line(level, event, "code", why->code, "place",
		 why->place[0] != '\0' ? why->place : NULL, "verdict", verdict_name(why->verdict),
		 "text", why->text, NULL);
}
