#include "core/crash.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[CRASH_POINTS] = {
	[CRASH_MESSAGE_TAKEN] = "message-taken",   [CRASH_RECEIPT_SIGNED] = "receipt-signed",
	[CRASH_BATCH_BEGUN] = "batch-begun",	   [CRASH_MESSAGE_FILED] = "message-filed",
	[CRASH_CASE_MOVED] = "case-moved",	   [CRASH_DELIVERY_PLANNED] = "delivery-planned",
	[CRASH_BEFORE_COMMIT] = "before-commit",   [CRASH_AFTER_COMMIT] = "after-commit",
	[CRASH_RECEIPT_SENT] = "receipt-sent",	   [CRASH_DELIVERY_SEALED] = "delivery-sealed",
	[CRASH_DELIVERY_SENT] = "delivery-sent",   [CRASH_ATTEMPT_RECORDED] = "attempt-recorded",
	[CRASH_ANSWER_HELD] = "answer-held",	   [CRASH_ANSWER_RELEASED] = "answer-released",
	[CRASH_MAILBOX_LEASED] = "mailbox-leased", [CRASH_MAILBOX_ACKED] = "mailbox-acked",
	[CRASH_CHECKPOINT] = "checkpoint",
};

bool crash_armed;
static atomic_int passages[CRASH_POINTS];
static int fatal_point = CRASH_POINTS, fatal_passage;
static int log_file = -1;

const char *crash_point_name(enum crash_point point)
{
	return (unsigned)point < CRASH_POINTS ? names[point] : NULL;
}

void crash_setup(void)
{
	const char *at = getenv("NSW_CRASH_AT"), *log = getenv("NSW_CRASH_LOG");
	const char *colon = at != NULL ? strchr(at, ':') : NULL;

	for (int point = 0; at != NULL && point < CRASH_POINTS; point++) {
		size_t length = colon != NULL ? (size_t)(colon - at) : strlen(at);

		if (strlen(names[point]) == length && strncmp(names[point], at, length) == 0)
			fatal_point = point;
	}
	fatal_passage = colon != NULL ? atoi(colon + 1) : 1;
	if (log != NULL)
		log_file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	crash_armed = fatal_point < CRASH_POINTS || log_file >= 0;
}

void crash_passed(enum crash_point point)
{
	int passage = atomic_fetch_add(&passages[point], 1) + 1;
	char line[64];
	int length;

	if (passage == 1 && log_file >= 0) {
		length = snprintf(line, sizeof line, "%s\n", names[point]);
		if (write(log_file, line, (size_t)length) != length)
			abort(); /* only tests come here, and a test that cannot log is void */
	}
	if ((int)point == fatal_point && passage == fatal_passage)
		kill(getpid(), SIGKILL);
}
