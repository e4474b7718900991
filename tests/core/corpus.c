#include "corpus.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES_MAX ((size_t)1 << 20)

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "README.md") != 0;
}

static void expect_file(const char *folder, const char *name, const char *code,
			corpus_expect *expect)
{
	struct text path = TEXT_EMPTY, bytes = TEXT_EMPTY;

	text_printf(&path, "%s/%s", folder, name);
	assert_true(text_read_file(&bytes, path.bytes, BYTES_MAX, NULL));
	expect(code, &bytes, path.bytes);
	text_free(&path);
	text_free(&bytes);
}

static void walk_code(const char *folder, const char *code, corpus_expect *expect)
{
	struct dirent **files;
	struct text path = TEXT_EMPTY;
	int count;

	text_printf(&path, "%s/%s", folder, code);
	count = scandir(path.bytes, &files, visible, alphasort);
	if (count <= 0)
		fail_msg("no file in %s", path.bytes);
	for (int i = 0; i < count; i++) {
		expect_file(path.bytes, files[i]->d_name, code, expect);
		free(files[i]);
	}
	free(files);
	text_free(&path);
}

static bool among(const char *name, const char *const codes[])
{
	for (; *codes != NULL; codes++)
		if (strcmp(name, *codes) == 0)
			return true;
	return false;
}

void corpus_walk(const char *kind, const char *const codes[], corpus_expect *expect)
{
	struct dirent **folders;
	struct text path = TEXT_EMPTY;
	int count;

	text_printf(&path, "tests/corpus/%s", kind);
	count = scandir(path.bytes, &folders, visible, alphasort);
	for (int i = 0; i < count; i++) {
		if (!among(folders[i]->d_name, codes))
			fail_msg("%s/%s is walked by nobody", path.bytes, folders[i]->d_name);
		free(folders[i]);
	}
	free(folders);
	for (; *codes != NULL; codes++)
		walk_code(path.bytes, *codes, expect);
	text_free(&path);
}
