#include "core/row.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/*
 * A row is a jansson object under a name of our own: `struct row` is never defined, the pointer
 * is jansson's. So a row inside a row is borrowed and freed exactly as jansson does it.
 */
static json_t *json_of(const struct row *row)
{
	return (json_t *)row;
}

/* jansson answers NULL only when memory is gone (all else is checked before), and like
 * an arena a row never fails. */
static json_t *must(json_t *json)
{
	if (json == NULL)
		abort();
	return json;
}

static void put(struct row *row, const char *name, json_t *value)
{
	if (json_object_set_new(json_of(row), name, must(value)) != 0)
		abort();
}

/* How many bytes of a string may stand as they are. Control characters are well-formed UTF-8
 * and JSON has an escape for them; they are no characters to utf8_step(), which speaks XML. */
static size_t json_step(const unsigned char *bytes, size_t length)
{
	return bytes[0] < 0x80 ? 1 : utf8_step(bytes, length);
}

static json_t *repaired_string(const char *value)
{
	const char *end = value + strlen(value);
	struct text repaired = TEXT_EMPTY;
	json_t *string;

	text_add(&repaired, "");
	while (value < end) {
		size_t step = json_step((const unsigned char *)value, (size_t)(end - value));

		if (step != 0)
			text_add_bytes(&repaired, value, step);
		else
			text_add(&repaired, "\xEF\xBF\xBD");
		value += step != 0 ? step : 1;
	}
	string = json_stringn(repaired.bytes, repaired.length);
	text_free(&repaired);
	return string;
}

static json_t *string_of(const char *value)
{
	json_t *string = json_string(value);

	return string != NULL ? string : repaired_string(value);
}

/* ---- making one ----------------------------------------------------------------------- */

struct row *row_new(const char *type)
{
	struct row *row = (struct row *)must(json_object());

	row_put_number(row, "v", 1);
	row_put(row, "type", type);
	return row;
}

void row_free(struct row *row)
{
	json_decref(json_of(row));
}

void row_put(struct row *row, const char *name, const char *value)
{
	put(row, name, value != NULL ? string_of(value) : json_null());
}

void row_put_number(struct row *row, const char *name, int64_t value)
{
	put(row, name, json_integer(value));
}

void row_put_flag(struct row *row, const char *name, bool value)
{
	put(row, name, json_boolean(value));
}

void row_put_rows(struct row *row, const char *name, struct row **rows, size_t count)
{
	json_t *array = must(json_array());

	for (size_t i = 0; i < count; i++)
		if (json_array_append_new(array, json_of(rows[i])) != 0)
			abort();
	put(row, name, array);
}

/* ---- a line of JSON ------------------------------------------------------------------- */

static int append(const char *bytes, size_t length, void *text)
{
	text_add_bytes(text, bytes, length);
	return 0;
}

void row_write(struct text *out, const struct row *row)
{
	if (json_dump_callback(json_of(row), append, out, JSON_COMPACT) != 0)
		abort();
	text_add(out, "\n");
}

bool row_read(struct row **out, const char *line, size_t length, struct failure *why)
{
	json_error_t error;
	json_t *json = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);

	if (json == NULL) {
		reject(why, "CTL-001", "not one JSON object: %s", error.text);
		return failure_at(why, "byte %d", error.position);
	}
	if (!json_is_object(json)) {
		json_decref(json);
		return reject(why, "CTL-001", "not one JSON object: another kind of value");
	}
	*out = (struct row *)json;
	return true;
}

/* ---- looking at one ------------------------------------------------------------------- */

const char *row_type(const struct row *row)
{
	return row_get(row, "type");
}

const char *row_get(const struct row *row, const char *name)
{
	return json_string_value(json_object_get(json_of(row), name));
}

bool row_get_number(const struct row *row, const char *name, int64_t *value)
{
	json_t *number = json_object_get(json_of(row), name);

	if (!json_is_integer(number))
		return false;
	*value = json_integer_value(number);
	return true;
}

bool row_get_flag(const struct row *row, const char *name)
{
	return json_is_true(json_object_get(json_of(row), name));
}

size_t row_get_rows(const struct row *row, const char *name)
{
	return json_array_size(json_object_get(json_of(row), name));
}

struct row *row_get_row(const struct row *row, const char *name, size_t index)
{
	json_t *item = json_array_get(json_object_get(json_of(row), name), index);

	return json_is_object(item) ? (struct row *)item : NULL;
}

const char *row_text(const struct row *row, const char *name, struct arena *arena)
{
	json_t *value = json_object_get(json_of(row), name);

	if (json_is_string(value))
		return arena_string(arena, json_string_value(value));
	if (json_is_integer(value))
		return arena_printf(arena, "%" PRId64, (int64_t)json_integer_value(value));
	if (json_is_real(value))
		return arena_printf(arena, "%.15g", json_real_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	return "-";
}
