#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/text.h"
#include "fuzz.h"

/* In memory: a target that wrote to a disk would mostly wait for it. */
const char *fuzz_file(const unsigned char *bytes, size_t size)
{
	static char path[64];
	static int file = -1;

	if (file < 0)
		file = memfd_create("fuzz", MFD_CLOEXEC);
	if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, bytes, size, 0) != (ssize_t)size) {
		perror("fuzz");
		exit(70);
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	return path;
}

char *fuzz_text(const unsigned char *bytes, size_t size)
{
	char *text = must_alloc(size + 1);

	if (size != 0)
		memcpy(text, bytes, size);
	text[size] = '\0';
	return text;
}

void fuzz_must(bool good, const struct failure *why)
{
	char line[1024];

	if (good)
		return;
	fprintf(stderr, "fuzz: %s\n", failure_line(why, line, sizeof line));
	exit(70);
}

void fuzz_refused(const struct failure *why)
{
	if (why->code[0] == '\0' || why->text[0] == '\0')
		abort();
}
