#include "overhear.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/arena.h"

static int real_stderr;
static FILE *listener;

void overhear(void)
{
	listener = tmpfile();
	assert_non_null(listener);
	real_stderr = dup(STDERR_FILENO);
	dup2(fileno(listener), STDERR_FILENO);
}

char *overheard(void)
{
	struct stat file;
	char *text;

	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	assert_int_equal(fstat(fileno(listener), &file), 0);
	text = must_alloc((size_t)file.st_size + 1);
	assert_int_equal(pread(fileno(listener), text, (size_t)file.st_size, 0), file.st_size);
	fclose(listener);
	return text;
}
