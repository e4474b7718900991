#include "cli/scenario/schedule_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- in the child --------------------------------------------------------------------------- */

static bool write_all(int pipe, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t count = write(pipe, bytes, length);

		if (count < 0 && errno != EINTR)
			return false;
		bytes += count > 0 ? count : 0;
		length -= count > 0 ? (size_t)count : 0;
	}
	return true;
}

/* A group of its own: ^C at the terminal is the parent's, who passes it on once. */
static void leave_the_terminal(pid_t parent)
{
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_INTERRUPTED);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run(const struct schedule *schedule, size_t scenario, struct scenario_result *result,
		int pipe)
{
	struct text lines = TEXT_EMPTY;
	bool told;

	schedule->perform(schedule->context, scenario, result);
	result_write(&lines, result);
	told = write_all(pipe, lines.bytes, lines.length);
	text_free(&lines);
	exit(told ? EXIT_DONE : EXIT_INTERNAL);
}

/* ---- in the parent -------------------------------------------------------------------------- */

bool child_start(struct child *child, const struct schedule *schedule, size_t scenario,
		 struct scenario_result *result, struct failure *why)
{
	pid_t parent = getpid();
	int ends[2];

	*child = (struct child){ 0 };
	if (pipe2(ends, O_CLOEXEC) != 0)
		return fault(why, "CLI-010", "no pipe for a scenario: %s", strerror(errno));
	fflush(NULL); /* what is buffered is written once */
	child->pid = fork();
	if (child->pid == 0) {
		close(ends[0]);
		leave_the_terminal(parent);
		run(schedule, scenario, result, ends[1]);
	}
	close(ends[1]);
	child->pipe = ends[0];
	if (child->pid > 0)
		return true;
	child->pid = 0;
	close(ends[0]);
	return fault(why, "CLI-010", "no process for a scenario: %s", strerror(errno));
}

bool child_listen(struct child *child)
{
	char bytes[16384];
	ssize_t count = read(child->pipe, bytes, sizeof bytes);

	if (count > 0)
		text_add_bytes(&child->said, bytes, (size_t)count);
	return count > 0 || (count < 0 && errno == EINTR);
}

const char *child_end(struct child *child, struct arena *arena)
{
	int status = 0;

	close(child->pipe);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	child->pid = 0;
	if (WIFSIGNALED(status))
		return arena_printf(arena, "was ended by signal %d (%s)", WTERMSIG(status),
				    strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) != EXIT_DONE)
		return arena_printf(arena, "ended with status %d", WEXITSTATUS(status));
	return NULL;
}
