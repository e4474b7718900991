/*
 * scratch - a folder for one test: files written from strings, all of it removed at the end.
 */
#ifndef NSW_SCRATCH_H
#define NSW_SCRATCH_H

#include "core/failure.h"

struct scratch;

struct scratch *scratch_new(void);
void scratch_free(struct scratch *scratch);

const char *scratch_folder(const struct scratch *scratch);
/* FOLDER/NAME; borrowed. */
const char *scratch_path(struct scratch *scratch, const char *name);
/* Writes NAME, making the folders it stands in; gives its path. */
const char *scratch_write(struct scratch *scratch, const char *name, const char *content);

/* It was this verdict and code, the place ends with `place` ("kind.xml:3"; NULL: any) and the
 * text holds `text`. */
void assert_failure(const struct failure *why, enum verdict verdict, const char *code,
		    const char *place, const char *text);

#endif
