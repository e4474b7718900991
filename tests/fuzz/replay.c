/*
 * replay - a target without libFuzzer: TARGET MUTATIONS PATH...
 *
 * Every file below the paths, and of each so many mutations, drawn from the file's own bytes: the
 * same inputs everywhere, whatever else there is.
 */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/digest.h"
#include "core/text.h"
#include "fuzz.h"

#define LARGEST	     (64 * 1024) /* larger files are for other tests */
#define AT_ONCE_MOST 16		 /* bytes that one change moves */

static size_t mutations, inputs;

static uint64_t next(uint64_t *state) /* xorshift64 */
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* One byte changed, some taken out, some doubled, or all that follows cut off. */
static size_t mutate(unsigned char *bytes, size_t size, uint64_t *state)
{
	size_t at = next(state) % size, span = 1 + next(state) % AT_ONCE_MOST;

	if (span > size - at)
		span = size - at;
	switch (next(state) % 5) {
	case 0:
		return at + 1;
	case 1:
		memmove(bytes + at, bytes + at + span, size - at - span);
		return size - span;
	case 2:
		memmove(bytes + at + span, bytes + at, size - at); /* room is there */
		return size + span;
	default:
		bytes[at] = (unsigned char)next(state);
		return size;
	}
}

static void replay(const struct text *original)
{
	struct digest digest = digest_of(original->bytes, original->length);
	unsigned char *bytes = must_alloc(original->length + 4 * AT_ONCE_MOST + 1);
	uint64_t state;

	memcpy(&state, digest.bytes, sizeof state);
	state |= 1;
	fuzz_bytes((const unsigned char *)original->bytes, original->length);
	inputs++;
	for (size_t i = 0; i < mutations && original->length != 0; i++) {
		size_t size = original->length;

		memcpy(bytes, original->bytes, size);
		for (size_t changes = 1 + next(&state) % 3; changes > 0 && size > 0; changes--)
			size = mutate(bytes, size, &state);
		fuzz_bytes(bytes, size);
		inputs++;
	}
	free(bytes);
}

static int visit(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	struct text bytes = TEXT_EMPTY;
	struct failure why;

	(void)where;
	if (kind != FTW_F || status->st_size > LARGEST)
		return 0;
	fuzz_must(text_read_file(&bytes, path, LARGEST, &why), &why);
	replay(&bytes);
	text_free(&bytes);
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc < 3) {
		fprintf(stderr, "usage: %s MUTATIONS PATH...\n", argv[0]);
		return 2;
	}
	mutations = strtoul(argv[1], NULL, 10);
	fuzz_set_up();
	for (int i = 2; i < argc; i++)
		if (nftw(argv[i], visit, 16, FTW_PHYS) != 0) {
			perror(argv[i]);
			return 1;
		}
	printf("%zu inputs\n", inputs);
	return inputs != 0 ? 0 : 1;
}
