/*
 * jump - a machine whose date is wrong, or is put right while the gateway runs.
 *
 * Linked into a program, NSW_CLOCK_JUMP=SECONDS:N adds so many seconds to the time of day from the
 * N-th time on that it is asked for. Monotonic time is left alone, as on a machine.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long jump, jump_at;
static atomic_long asked;

__attribute__((constructor)) static void read_jump(void)
{
	char *text = getenv("NSW_CLOCK_JUMP");

	if (text != NULL)
		jump = strtol(text, &text, 10);
	if (text != NULL && *text == ':')
		jump_at = strtol(text + 1, NULL, 10);
}

int clock_gettime(clockid_t id, struct timespec *now)
{
	int result = (int)syscall(SYS_clock_gettime, id, now);

	if (jump != 0 && id == CLOCK_REALTIME && atomic_fetch_add(&asked, 1) >= jump_at)
		now->tv_sec += jump;
	return result;
}
