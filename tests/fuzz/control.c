/* A question of an operator: a row, and the fault that may stand in it. */
#include <stdlib.h>

#include "core/fault.h"
#include "core/log.h"
#include "core/row.h"
#include "fuzz.h"

void fuzz_set_up(void)
{
	log_level(LOG_ERROR);
}

static void read_fault(const char *line)
{
	struct arena *arena = arena_new();
	struct fault fault;
	struct failure why;

	if (!fault_parse(&fault, arena, line, NULL, &why))
		fuzz_refused(&why);
	arena_free(arena);
}

/* What is written is read back. */
static void write_again(const struct row *row)
{
	struct text written = TEXT_EMPTY;
	struct failure why;
	struct row *again;

	row_write(&written, row);
	if (!row_read(&again, written.bytes, written.length, &why))
		abort();
	row_free(again);
	text_free(&written);
}

void fuzz_bytes(const unsigned char *bytes, size_t size)
{
	struct failure why;
	const char *line;
	struct row *row;
	int64_t number;

	if (!row_read(&row, (const char *)bytes, size, &why)) {
		fuzz_refused(&why);
		return;
	}
	(void)row_get_number(row, "limit", &number);
	(void)row_get_flag(row, "failed");
	line = row_get(row, "spec");
	if (line != NULL)
		read_fault(line);
	write_again(row);
	row_free(row);
}
