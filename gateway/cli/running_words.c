#include "cli/running_parts.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"

/* The last line of a log: why a program ended. */
static const char *last_line(struct session *session, const char *path)
{
	struct text text = TEXT_EMPTY;
	struct failure ignored;
	const char *line = "it said nothing";
	char *newline;

	if (text_read_file(&text, path, 64 << 20, &ignored) && text.length > 0) {
		if (text.bytes[text.length - 1] == '\n')
			text.bytes[text.length - 1] = '\0';
		newline = strrchr(text.bytes, '\n');
		line = arena_string(session->arena, newline != NULL ? newline + 1 : text.bytes);
	}
	text_free(&text);
	return line;
}

/* Where ": CFG-010: " begins in a line; NULL when there is no code. */
static const char *find_code(const char *line)
{
	for (const char *at = strstr(line, ": "); at != NULL; at = strstr(at + 2, ": "))
		if (strspn(at + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 && at[5] == '-' &&
		    strspn(at + 6, "0123456789") == 3 && strncmp(at + 9, ": ", 2) == 0)
			return at;
	return NULL;
}

/* "nswd: place: CODE: text" is a failure written down; anything else is quoted. */
static bool failure_of(const char *name, const char *line, struct failure *why)
{
	const char *at = find_code(line), *place = line;
	char code[8];

	if (at == NULL) {
		fault(why, "CLI-014", "ended while starting: %s", line);
		return failure_at(why, "%s", name);
	}
	if (strncmp(place, name, strlen(name)) == 0 && at > place + strlen(name))
		place += strlen(name) + 2;
	snprintf(code, sizeof code, "%.7s", at + 2);
	fault(why, code, "%s", at + 11);
	return failure_at(why, "%.*s", (int)(at - place), place);
}

const char *running_last_words(const struct running *running, const char *program)
{
	const char *log = strcmp(program, "nswd") == 0 ? "nswd.log" : "adapter.log";

	return last_line(running->session, running_file(running->session, log));
}

bool running_ended_early(const struct running *running, const struct running_choice *choice,
			 const char *program, struct failure *why)
{
	if (!choice->detach && !choice->quiet)
		return failure_of(program, "it says why above", why);
	return failure_of(program, running_last_words(running, program), why);
}
