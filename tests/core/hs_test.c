#include "core/hs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/document.h"
#include "scratch.h"

static const struct datafile_element grammar[] = {
	{ "goods", "hs", "" },
	{ NULL, NULL, NULL },
};

/* The ranges that an attribute gives, in the arena. */
static bool read_goods(struct scratch *scratch, struct arena *arena, const char *attribute,
		       struct hs_range **ranges, size_t *count, struct failure *why)
{
	char content[200];
	struct datafile *file;
	const char *path;
	bool read;

	snprintf(content, sizeof content, "<goods xmlns='urn:x' %s/>", attribute);
	path = scratch_write(scratch, "goods.xml", content);
	assert_true(datafile_read(&file, arena, path, "urn:x", grammar, "TST-001", why));
	read = hs_read(ranges, count, file, arena, datafile_root(file), "hs", why);
	datafile_free(file);
	return read;
}

static void test_a_prefix_or_range_holds_what_begins_like_it(void **state)
{
	static const struct {
		const char *attribute, *hs;
		bool held;
	} rows[] = {
		{ "hs='03'", "03061700", true },
		{ "hs='03'", "04", false },
		{ "hs='0306'", "03061700", true },
		{ "hs='0306'", "03", false },
		{ "hs='0201-0210'", "0200", false },
		{ "hs='0201-0210'", "02013000", true },
		{ "hs='0201-0210'", "02109990", true },
		{ "hs='0201-0210'", "0211", false },
		{ "hs=' 01-05\n1604 '", "16041411", true },
		{ "hs='01-05 1604'", "1605", false },
		{ "hs=''", "0306", false },
		{ "", "0306", false },
	};
	struct scratch *scratch = scratch_new();
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hs_range *ranges;
		struct failure why;
		size_t count;

		assert_true(read_goods(scratch, arena, rows[i].attribute, &ranges, &count, &why));
		if (hs_in(ranges, count, rows[i].hs) != rows[i].held)
			fail_msg("%s and %s", rows[i].attribute, rows[i].hs);
	}
	arena_free(arena);
	scratch_free(scratch);
}

static void test_what_is_no_range_is_refused(void **state)
{
	static const char *const wrong[] = { "hs='3'",	     "hs='0306.17'",   "hs='03061700001'",
					     "hs='0210-02'", "hs='0210-0201'", "hs='03 x'",
					     "hs='03-'",     "hs='-03'" };
	struct scratch *scratch = scratch_new();
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct hs_range *ranges;
		struct failure why;
		size_t count;

		if (read_goods(scratch, arena, wrong[i], &ranges, &count, &why))
			fail_msg("%s is taken", wrong[i]);
		assert_failure(&why, FAULT, "TST-001", "goods.xml:1", "is no HS prefix");
	}
	arena_free(arena);
	scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_prefix_or_range_holds_what_begins_like_it),
		cmocka_unit_test(test_what_is_no_range_is_refused),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
