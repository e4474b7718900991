/*
 * settings_form - the inside of settings.[ch]: how the value of a setting is written.
 *
 * A form reads a value into its field, or leaves the field alone and says no. Bounds are
 * written as the value is ("10ms", "48MiB"); for a word, `least` holds all words there are.
 */
#ifndef NSW_SETTINGS_FORM_H
#define NSW_SETTINGS_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"

struct bounds {
	const char *least, *most; /* NULL where there are none */
};

struct form {
	bool (*read)(const struct form *form, const struct bounds *bounds, struct arena *arena,
		     const char *value, void *field);
	bool (*parse)(const char *value, int64_t *number); /* of numbers */
	const char *expected; /* "a duration", to be followed by bounds */
};

/* const char *: */
extern const struct form form_text;	/* not empty */
extern const struct form form_party;	/* a party id */
extern const struct form form_folder;	/* not empty */
extern const struct form form_endpoint; /* or empty */
extern const struct form form_moment;	/* a date, or empty */
extern const struct form form_calendar; /* a file, "none", or empty */
extern const struct form form_word;	/* one of bounds.least */
/* const char *[SETTINGS_FOLDERS + 1], which the value is added to: */
extern const struct form form_folders;
extern const struct form form_lines;
/* bool: */
extern const struct form form_yes;
/* int64_t: */
extern const struct form form_number;
extern const struct form form_duration; /* in ms */
extern const struct form form_size;	/* in bytes */

/* "a whole number from 1 to 1000" */
const char *form_expected(const struct form *form, const struct bounds *bounds,
			  struct arena *arena);

#endif
