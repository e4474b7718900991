/*
 * A file of somebody's kind: kind.xml, life.xml or journal.sch, told by its root, in a folder whose
 * other files are those of a kind that is well (tests/journal/library/loan).
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/document.h"
#include "core/kind.h"
#include "core/log.h"
#include "fuzz.h"
#include "journal/life.h"

#define WELL "tests/journal/library"

static char folder[256];

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)kind, (void)where;
	return remove(path);
}

static void clean_up(void)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void fuzz_set_up(void)
{
	const char *temporary = getenv("TMPDIR");
	char command[1024];

	log_level(LOG_ERROR);
	document_setup();
	snprintf(folder, sizeof folder, "%s/kind.XXXXXX", temporary != NULL ? temporary : "/tmp");
	if (mkdtemp(folder) == NULL)
		exit(70);
	atexit(clean_up);
	snprintf(command, sizeof command, "cp -R %s/book %s/loan '%s/'", WELL, WELL, folder);
	if (system(command) != 0)
		exit(70);
}

static const char *place_of(const unsigned char *bytes, size_t size)
{
	if (memmem(bytes, size, "urn:nsw:life:", 13) != NULL)
		return "life.xml";
	return memmem(bytes, size, "schematron", 10) != NULL ? "journal.sch" : "kind.xml";
}

static void put(const char *name, const unsigned char *bytes, size_t size)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/loan/%s", folder, name);
	file = fopen(path, "w");
	if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
		exit(70);
}

static void put_back(const char *name)
{
	char path[512];
	struct text well = TEXT_EMPTY;
	struct failure why;

	snprintf(path, sizeof path, "%s/loan/%s", WELL, name);
	fuzz_must(text_read_file(&well, path, 1 << 20, &why), &why);
	put(name, (const unsigned char *)well.bytes, well.length);
	text_free(&well);
}

void fuzz_bytes(const unsigned char *bytes, size_t size)
{
	const char *const folders[] = { folder, NULL }, *name = place_of(bytes, size);
	struct kinds *kinds;
	struct lives *lives;
	struct failure why;

	put(name, bytes, size);
	if (kinds_load(&kinds, folders, 1, &why)) {
		if (lives_load(&lives, kinds, folders, &why))
			lives_free(lives);
		else
			fuzz_refused(&why);
		kinds_free(kinds);
	} else {
		fuzz_refused(&why);
	}
	put_back(name);
}
