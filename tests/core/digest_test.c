#include "core/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void test_the_standards_own_examples_hold(void **state)
{
	static const struct {
		const char *bytes, *digest;
	} rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char text[DIGEST_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct digest digest = digest_of(rows[i].bytes, strlen(rows[i].bytes));

		assert_string_equal(digest_text(&digest, text), rows[i].digest);
	}
}

static void test_pieces_make_the_digest_of_the_whole(void **state)
{
	struct digest whole = digest_of("abcdef", 6), pieces;
	struct digest_stream *stream = digest_begin();

	(void)state;
	digest_add(stream, "ab", 2);
	digest_add(stream, NULL, 0);
	digest_add(stream, "cdef", 4);
	pieces = digest_end(stream);
	assert_memory_equal(&pieces, &whole, sizeof whole);
}

static struct digest of_fields(const char *one, const char *two)
{
	struct digest_stream *stream = digest_begin();

	digest_add_field(stream, one, strlen(one));
	digest_add_field(stream, two, strlen(two));
	return digest_end(stream);
}

static void test_fields_that_read_alike_differ(void **state)
{
	struct digest one = of_fields("ab", "c"), two = of_fields("a", "bc");
	struct digest written = digest_of("\0\0\0\0\0\0\0\2ab\0\0\0\0\0\0\0\1c", 19);

	(void)state;
	assert_memory_not_equal(&one, &two, sizeof one);
	assert_memory_equal(&one, &written, sizeof one);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_standards_own_examples_hold),
		cmocka_unit_test(test_pieces_make_the_digest_of_the_whole),
		cmocka_unit_test(test_fields_that_read_alike_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
