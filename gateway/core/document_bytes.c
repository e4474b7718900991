#include "core/document_bytes.h"

#include <string.h>
#include <strings.h>

#include "core/text.h"

/* A place in the bytes, and where they end. */
struct cursor {
	const char *name;
	const unsigned char *start, *at, *end;
};

static bool starts_with(const struct cursor *cursor, const char *mark, size_t length)
{
	return (size_t)(cursor->end - cursor->at) >= length &&
	       memcmp(cursor->at, mark, length) == 0;
}

/* Behind the next `mark`, or at the end. */
static void skip_past(struct cursor *cursor, const char *mark)
{
	size_t length = strlen(mark);
	const unsigned char *found =
		memmem(cursor->at, (size_t)(cursor->end - cursor->at), mark, length);

	cursor->at = found != NULL ? found + length : cursor->end;
}

static bool at_line(const struct cursor *cursor, struct failure *why)
{
	size_t line = 1;

	for (const unsigned char *at = cursor->start; at < cursor->at; at++)
		line += *at == '\n';
	return failure_at(why, "%s:%zu", cursor->name, line);
}

/* ---- encoding ------------------------------------------------------------------------- */

static const struct {
	const char *bytes;
	size_t length;
	const char *name;
} other_encodings[] = {
	{ "\xFE\xFF", 2, "UTF-16" },
	{ "\xFF\xFE", 2, "UTF-16" },
	{ "\0<\0", 3, "UTF-16" },
	{ "<\0", 2, "UTF-16" },
	{ "\0\0\0<", 4, "UTF-32" },
	{ "\0\0\xFE\xFF", 4, "UTF-32" },
	{ "\x4C\x6F\xA7\x94", 4, "EBCDIC" },
};

static bool encoding_found(struct cursor *cursor, struct failure *why)
{
	for (size_t i = 0; i < sizeof other_encodings / sizeof *other_encodings; i++) {
		if (!starts_with(cursor, other_encodings[i].bytes, other_encodings[i].length))
			continue;
		reject(why, "XML-004", "is written in %s; only UTF-8 is accepted",
		       other_encodings[i].name);
		return at_line(cursor, why);
	}
	return true;
}

static void skip_space(struct cursor *cursor)
{
	while (cursor->at < cursor->end && memchr(" \t\r\n", *cursor->at, 4) != NULL)
		cursor->at++;
}

/* The value of encoding="..." in the XML declaration; 0 when there is none. It can be taken
 * for granted to be the first thing called so: before it stands only version="1.x". */
static size_t declared_encoding(struct cursor cursor, const char **value)
{
	struct cursor behind = cursor;

	if (!starts_with(&cursor, "<?xml", 5))
		return 0;
	skip_past(&behind, "?>");
	cursor.end = behind.at;
	skip_past(&cursor, "encoding");
	skip_space(&cursor);
	skip_past(&cursor, "=");
	skip_space(&cursor);
	if (cursor.end - cursor.at < 2)
		return 0;
	*value = (const char *)cursor.at + 1;
	for (size_t length = 0; cursor.at + 1 + length < cursor.end; length++)
		if (cursor.at[1 + length] == *cursor.at)
			return length;
	return 0;
}

static bool encoding_declared(struct cursor *cursor, struct failure *why)
{
	const char *value = "";
	size_t length = declared_encoding(*cursor, &value);

	if (length == 0 || (length == 5 && strncasecmp(value, "UTF-8", 5) == 0))
		return true;
	reject(why, "XML-004", "declares the encoding %.*s; only UTF-8 is accepted",
	       length < 40 ? (int)length : 40, value);
	return at_line(cursor, why);
}

static bool characters(struct cursor cursor, struct failure *why)
{
	while (cursor.at < cursor.end) {
		size_t step;

		if (*cursor.at >= 0x20 && *cursor.at < 0x80) {
			cursor.at++;
			continue;
		}
		step = utf8_step(cursor.at, (size_t)(cursor.end - cursor.at));
		if (step == 0)
			break;
		cursor.at += step;
	}
	if (cursor.at == cursor.end)
		return true;

	if (*cursor.at < 0x20)
		reject(why, "XML-001", "the character U+%04X may not stand in XML", *cursor.at);
	else
		reject(why, "XML-004",
		       "the byte 0x%02X begins no UTF-8 character that XML may hold", *cursor.at);
	return at_line(&cursor, why);
}

/* ---- tags ----------------------------------------------------------------------------- */

/* What a '<' inside means nothing in. */
static const struct {
	const char *opens, *closes;
} opaque[] = {
	{ "<!--", "-->" },
	{ "<![CDATA[", "]]>" },
	{ "<?", "?>" },
};

static bool skip_opaque(struct cursor *cursor)
{
	for (size_t i = 0; i < sizeof opaque / sizeof *opaque; i++) {
		size_t length = strlen(opaque[i].opens);

		if (!starts_with(cursor, opaque[i].opens, length))
			continue;
		cursor->at += length;
		skip_past(cursor, opaque[i].closes);
		return true;
	}
	return false;
}

/* Behind the '>' of a tag. In well-formed XML each attribute has one '=' outside quotes. */
static int skip_tag(struct cursor *cursor)
{
	int attributes = 0;

	for (cursor->at++; cursor->at < cursor->end && *cursor->at != '>'; cursor->at++) {
		const unsigned char c = *cursor->at;

		if (c == '=')
			attributes++;
		if (c != '"' && c != '\'')
			continue;
		cursor->at++;
		cursor->at = memchr(cursor->at, c, (size_t)(cursor->end - cursor->at));
		if (cursor->at == NULL) {
			cursor->at = cursor->end;
			break;
		}
	}
	return attributes;
}

static bool tags(struct cursor cursor, int attributes_limit, struct failure *why)
{
	while (cursor.at < cursor.end &&
	       (cursor.at = memchr(cursor.at, '<', (size_t)(cursor.end - cursor.at))) != NULL) {
		struct cursor tag = cursor;

		if (skip_opaque(&cursor))
			continue;
		if (starts_with(&tag, "<!DOCTYPE", 9)) {
			reject(why, "XML-003", "has a DOCTYPE, which is never accepted");
			return at_line(&tag, why);
		}
		if (skip_tag(&cursor) > attributes_limit) {
			reject(why, "XML-007", "an element has more than %d attributes",
			       attributes_limit);
			return at_line(&tag, why);
		}
	}
	return true;
}

/* ---- altogether ----------------------------------------------------------------------- */

bool document_bytes_check(const char *name, const void *bytes, size_t length,
			  const struct document_limits *limits, struct failure *why)
{
	struct cursor cursor = { .name = name, .start = bytes, .at = bytes };
	struct cursor content;

	if (length > limits->bytes) {
		reject(why, "XML-002", "has %zu bytes; at most %zu are accepted", length,
		       limits->bytes);
		return failure_at(why, "%s", name);
	}
	cursor.end = cursor.start + length;
	if (starts_with(&cursor, "\xEF\xBB\xBF", 3))
		cursor.at += 3;
	content = cursor;
	skip_space(&content);
	if (content.at == content.end) {
		reject(why, "XML-009", "is empty");
		return failure_at(why, "%s", name);
	}
	return encoding_found(&cursor, why) && encoding_declared(&cursor, why) &&
	       characters(cursor, why) && tags(cursor, limits->attributes, why);
}
