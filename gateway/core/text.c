#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uuid.h>

#include "core/digest.h"

/* ---- a string that grows -------------------------------------------------------------- */

/* Room for `length` more bytes and the NUL behind them. */
static char *make_room(struct text *text, size_t length)
{
	size_t needed = text->length + length + 1;

	if (needed > text->room) {
		text->room = needed > 2 * text->room ? needed : 2 * text->room;
		text->bytes = must_realloc(text->bytes, text->room);
	}
	return text->bytes + text->length;
}

void text_add_bytes(struct text *text, const void *bytes, size_t length)
{
	char *end = make_room(text, length);

	if (length != 0)
		memcpy(end, bytes, length);
	end[length] = '\0';
	text->length += length;
}

void text_add(struct text *text, const char *string)
{
	text_add_bytes(text, string, strlen(string));
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		abort(); /* only a broken format string gets here */

	va_start(arguments, format);
	vsnprintf(make_room(text, (size_t)length), (size_t)length + 1, format, arguments);
	va_end(arguments);
	text->length += (size_t)length;
}

static const char *xml_escape(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\r':
		return "&#13;"; /* a bare one would be read back as a newline */
	default:
		return NULL;
	}
}

void text_add_xml(struct text *text, const char *string)
{
	const char *end = string + strlen(string);

	text_add(text, "");
	while (string < end) {
		size_t step = utf8_step((const unsigned char *)string, (size_t)(end - string));
		const char *escape = step == 0 ? "\xEF\xBF\xBD" : xml_escape(*string);

		if (escape != NULL)
			text_add(text, escape);
		else
			text_add_bytes(text, string, step);
		string += step != 0 ? step : 1;
	}
}

void text_clear(struct text *text)
{
	text->length = 0;
	if (text->bytes != NULL)
		text->bytes[0] = '\0';
}

void text_free(struct text *text)
{
	free(text->bytes);
	*text = TEXT_EMPTY;
}

char *text_take(struct text *text)
{
	char *string = text->bytes != NULL ? text->bytes : must_string("");

	*text = TEXT_EMPTY;
	return string;
}

/* ---- files ---------------------------------------------------------------------------- */

static bool read_all(struct text *out, int file, size_t limit, struct failure *why)
{
	size_t before = out->length;

	for (;;) {
		size_t piece = out->length < 65536 ? 65536 : out->length;
		char *end = make_room(out, piece);
		ssize_t got = read(file, end, piece);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return reject(why, "IO-001", "cannot be read: %s", strerror(errno));
		end[got] = '\0';
		out->length += (size_t)got;
		if (out->length - before > limit)
			return reject(why, "IO-002", "is larger than the limit of %zu bytes",
				      limit);
		if (got == 0)
			return true;
	}
}

bool text_read_file(struct text *out, const char *path, size_t limit, struct failure *why)
{
	bool standard_input = strcmp(path, "-") == 0;
	int file = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	size_t before = out->length;
	bool done;

	if (file < 0) {
		reject(why, "IO-001", "cannot be opened: %s", strerror(errno));
		return failure_at(why, "%s", path);
	}
	done = read_all(out, file, limit, why);
	if (!standard_input)
		close(file);
	if (done)
		return true;

	out->length = before;
	out->bytes[before] = '\0';
	return failure_at(why, "%s", standard_input ? "standard input" : path);
}

static bool write_all(int file, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(file, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

/* A rename is durable when the folder that holds the name is. */
static bool sync_folder_of(const char *path)
{
	char *copy = must_string(path);
	int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = folder >= 0 && fsync(folder) == 0;

	if (folder >= 0)
		close(folder);
	free(copy);
	return done;
}

static bool write_beside(const char *path, char *beside, const void *bytes, size_t length,
			 unsigned mode)
{
	int file = mkostemp(beside, O_CLOEXEC);
	bool done;

	if (file < 0)
		return false;
	done = write_all(file, bytes, length) && fchmod(file, (mode_t)mode) == 0 &&
	       fsync(file) == 0;
	done = close(file) == 0 && done;
	if (done && rename(beside, path) == 0)
		return sync_folder_of(path);

	int reason = errno; /* what went wrong, not what unlink() says */
	unlink(beside);
	errno = reason;
	return false;
}

bool file_write(const char *path, const void *bytes, size_t length, unsigned mode,
		struct failure *why)
{
	struct text beside = TEXT_EMPTY;
	bool done;

	text_printf(&beside, "%s.XXXXXX", path);
	done = write_beside(path, beside.bytes, bytes, length, mode);
	if (!done) {
		fault(why, "IO-003", "cannot be written: %s", strerror(errno));
		failure_at(why, "%s", path);
	}
	text_free(&beside);
	return done;
}

/* ---- characters ----------------------------------------------------------------------- */

static bool xml_character(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	return c < 0xD800 || (c > 0xDFFF && c < 0xFFFE) || (c > 0xFFFF && c <= 0x10FFFF);
}

size_t utf8_step(const unsigned char *bytes, size_t length)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t step;
	uint32_t c;

	if (length == 0)
		return 0;
	if (bytes[0] < 0x80)
		return xml_character(bytes[0]) ? 1 : 0;
	step = bytes[0] < 0xC0 ? 0 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
	if (step == 0 || bytes[0] > 0xF4 || length < step)
		return 0;

	c = bytes[0] & (0xFFU >> (step + 1));
	for (size_t i = 1; i < step; i++) {
		if ((bytes[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (bytes[i] & 0x3F);
	}
	return c >= smallest[step] && xml_character(c) ? step : 0;
}

/* ---- hex and base64 ------------------------------------------------------------------- */

char *hex_text(struct arena *arena, const void *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;
	char *text = arena_alloc(arena, 2 * length + 1);

	for (size_t i = 0; i < length; i++) {
		text[2 * i] = digits[from[i] >> 4];
		text[2 * i + 1] = digits[from[i] & 15];
	}
	return text;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_parse(const char *text, unsigned char *bytes, size_t length)
{
	if (strlen(text) != 2 * length)
		return false;
	for (size_t i = 0; i < length; i++) {
		int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static const char base64_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_text(struct arena *arena, const void *bytes, size_t length)
{
	const unsigned char *from = bytes;
	char *text = arena_alloc(arena, (length + 2) / 3 * 4 + 1), *to = text;

	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		uint32_t three = (uint32_t)from[i] << 16 |
				 (left > 1 ? (uint32_t)from[i + 1] << 8 : 0) |
				 (left > 2 ? from[i + 2] : 0);

		*to++ = base64_alphabet[three >> 18];
		*to++ = base64_alphabet[three >> 12 & 63];
		*to++ = left > 1 ? base64_alphabet[three >> 6 & 63] : '=';
		*to++ = left > 2 ? base64_alphabet[three & 63] : '=';
	}
	return text;
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

unsigned char *base64_parse(struct arena *arena, const char *text, size_t *length)
{
	unsigned char *bytes = arena_alloc(arena, strlen(text) / 4 * 3 + 3), *to = bytes;
	unsigned count = 0, padding = 0; /* characters and '=' seen, white space apart */
	uint32_t bits = 0;		 /* what is left over after whole bytes */

	for (; *text != '\0'; text++) {
		int digit = base64_digit(*text);

		if (strchr(" \t\r\n", *text) != NULL)
			continue;
		count++;
		if (*text == '=') {
			padding++;
			continue;
		}
		if (digit < 0 || padding != 0)
			return NULL;
		bits = bits << 6 | (uint32_t)digit;
		if (count % 4 != 1) {
			unsigned spare = 6 - 2 * ((count - 1) % 4);

			*to++ = (unsigned char)(bits >> spare);
			bits &= (1U << spare) - 1;
		}
	}
	if (count % 4 != 0 || padding > 2 || bits != 0)
		return NULL;
	*length = (size_t)(to - bytes);
	return bytes;
}

/* ---- names and draws ------------------------------------------------------------------ */

bool uuid_valid(const char *text)
{
	for (int i = 0; i < UUID_SIZE - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');

		if (dash ? text[i] != '-' : !hex)
			return false;
	}
	return text[UUID_SIZE - 1] == '\0';
}

void uuid_random(char out[UUID_SIZE])
{
	uuid_t id;

	uuid_generate_random(id);
	uuid_unparse_lower(id, out);
}

void uuid_derive(char out[UUID_SIZE], const char *cause, const char *party, const char *step)
{
	/* Drawn once at random for this project; changing it would change every answer's id. */
	static const uuid_t namespace = { 0x68, 0x26, 0x78, 0xff, 0xad, 0x34, 0x47, 0xd8,
					  0xa4, 0xe5, 0x5e, 0x55, 0xdf, 0x17, 0x08, 0x80 };
	struct text name = TEXT_EMPTY;
	uuid_t id;

	/* Each with its NUL, which no name contains: "a","bc" and "ab","c" differ. */
	text_add_bytes(&name, cause, strlen(cause) + 1);
	text_add_bytes(&name, party, strlen(party) + 1);
	text_add_bytes(&name, step, strlen(step) + 1);
	uuid_generate_sha1(id, namespace, name.bytes, name.length);
	uuid_unparse_lower(id, out);
	text_free(&name);
}

double keyed_draw(const char *seed, ...)
{
	struct digest_stream *stream = digest_begin();
	struct digest digest;
	uint64_t top = 0;
	va_list keys;

	va_start(keys, seed);
	for (const char *key = seed; key != NULL; key = va_arg(keys, const char *))
		digest_add_field(stream, key, strlen(key));
	va_end(keys);

	digest = digest_end(stream);
	for (int i = 0; i < 8; i++)
		top = top << 8 | digest.bytes[i];
	return (double)(top >> 11) / 9007199254740992.0; /* 53 bits fill a double exactly */
}
