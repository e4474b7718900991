#include "scratch.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/arena.h"

struct scratch {
	struct arena *arena;
	char *folder;
};

struct scratch *scratch_new(void)
{
	struct arena *arena = arena_new();
	struct scratch *scratch = arena_alloc(arena, sizeof *scratch);
	const char *temporary = getenv("TMPDIR");

	scratch->arena = arena;
	scratch->folder =
		arena_printf(arena, "%s/nsw-XXXXXX", temporary != NULL ? temporary : "/tmp");
	assert_non_null(mkdtemp(scratch->folder));
	return scratch;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

void scratch_free(struct scratch *scratch)
{
	assert_int_equal(nftw(scratch->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	arena_free(scratch->arena);
}

const char *scratch_folder(const struct scratch *scratch)
{
	return scratch->folder;
}

const char *scratch_path(struct scratch *scratch, const char *name)
{
	return arena_printf(scratch->arena, "%s/%s", scratch->folder, name);
}

static void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

const char *scratch_write(struct scratch *scratch, const char *name, const char *content)
{
	char *path = arena_printf(scratch->arena, "%s/%s", scratch->folder, name);
	FILE *file;

	make_folders(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

void assert_failure(const struct failure *why, enum verdict verdict, const char *code,
		    const char *place, const char *text)
{
	size_t length = strlen(why->place), end = place != NULL ? strlen(place) : 0;
	bool fits = why->verdict == verdict && strcmp(why->code, code) == 0 &&
		    (end <= length &&
		     strcmp(why->place + length - end, place != NULL ? place : "") == 0) &&
		    strstr(why->text, text) != NULL;
	char line[1024];

	if (!fits)
		fail_msg("%s: %s\nis not %s %s at %s: ...%s...", verdict_name(why->verdict),
			 failure_line(why, line, sizeof line), verdict_name(verdict), code,
			 place != NULL ? place : "any place", text);
}
