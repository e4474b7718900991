#include "execute.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"

#define SHELL "/bin/sh"
#define TICK  20	  /* ms */
#define PIPE  (64 * 1024) /* what Linux lets stand in one */

enum stream { INPUT, OUTPUT, ERRORS, STREAMS }; /* in the order of their numbers */

struct running {
	const struct command *command;
	pid_t pid;	      /* and of its group */
	int ended;	      /* its pidfd */
	int streams[STREAMS]; /* our ends; -1: closed */
	size_t written;	      /* of the input */
	struct text *output;
	char *said;
	size_t said_length;
	uint64_t deadline; /* monotonic */
};

/* ---- in the child ------------------------------------------------------------------------- */

/* Only what a child of a process with threads may do. */
static void become(const struct command *command, int theirs[STREAMS], pid_t parent)
{
	const char *const words[] = { SHELL, "-c", command->line, NULL };
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_SUCCESS);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* Out of the way first: ours may have been given the numbers that theirs shall have. */
	for (int i = 0; i < STREAMS; i++)
		theirs[i] = fcntl(theirs[i], F_DUPFD, STREAMS);
	for (int i = 0; i < STREAMS; i++)
		if (dup2(theirs[i], i) != i)
			_exit(126);
	close_range(STREAMS, ~0U, 0);
	execve(words[0], (char *const *)words, (char *const *)command->environment);
	_exit(127);
}

/* ---- starting ----------------------------------------------------------------------------- */

static void shut(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

static void shut_all(int descriptors[STREAMS])
{
	for (int i = 0; i < STREAMS; i++)
		shut(&descriptors[i]);
}

static bool open_pipe(enum stream stream, int *ours, int *theirs)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	*ours = ends[stream == INPUT ? 1 : 0];
	*theirs = ends[stream == INPUT ? 0 : 1];
	return fcntl(*ours, F_SETFL, O_NONBLOCK) == 0;
}

static bool open_pipes(int ours[STREAMS], int theirs[STREAMS])
{
	for (int i = 0; i < STREAMS; i++)
		ours[i] = theirs[i] = -1;
	for (int i = 0; i < STREAMS; i++)
		if (!open_pipe((enum stream)i, &ours[i], &theirs[i]))
			return false;
	return true;
}

static bool begin(struct running *running, int theirs[STREAMS])
{
	pid_t parent = getpid();

	running->pid = fork();
	if (running->pid == 0)
		become(running->command, theirs, parent);
	if (running->pid < 0)
		return false;
	setpgid(running->pid, running->pid);	      /* whichever of the two comes first */
	running->ended = pidfd_open(running->pid, 0); /* -1: has_ended() is asked instead */
	return true;
}

static void end(struct running *running)
{
	shut_all(running->streams);
	shut(&running->ended);
}

/* The number of the group is not given away before its leader is reaped. */
static int kill_and_reap(struct running *running)
{
	int status = 0;

	if (running->pid <= 0)
		return 0;
	kill(-running->pid, SIGKILL);
	while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static bool start(struct running *running, struct failure *why)
{
	int theirs[STREAMS];
	bool started = open_pipes(running->streams, theirs) && begin(running, theirs);
	int error = errno;

	shut_all(theirs);
	if (started)
		return true;
	kill_and_reap(running);
	end(running);
	return fault(why, "ADP-023", "the command cannot be started: %s", strerror(error));
}

/* ---- attending ---------------------------------------------------------------------------- */

static bool later(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static void feed(struct running *running)
{
	const struct command *command = running->command;
	ssize_t count = 0;

	if (running->written < command->input_length)
		count = write(running->streams[INPUT],
			      (const char *)command->input + running->written,
			      command->input_length - running->written);
	if (count > 0)
		running->written += (size_t)count;
	if (running->written == command->input_length || (count < 0 && !later()))
		shut(&running->streams[INPUT]); /* all said, or nobody listens */
}

/* The last of it is kept. */
static void keep_said(struct running *running, const char *bytes, size_t length)
{
	size_t over;

	if (length > EXECUTE_SAID) {
		bytes += length - EXECUTE_SAID;
		length = EXECUTE_SAID;
	}
	over = running->said_length + length > EXECUTE_SAID
		       ? running->said_length + length - EXECUTE_SAID
		       : 0;
	memmove(running->said, running->said + over, running->said_length - over);
	running->said_length -= over;
	memcpy(running->said + running->said_length, bytes, length);
	running->said_length += length;
	running->said[running->said_length] = '\0';
}

static void take_bytes(struct running *running, enum stream stream, const char *bytes,
		       size_t length)
{
	if (stream == ERRORS)
		keep_said(running, bytes, length);
	else
		text_add_bytes(running->output, bytes, length);
}

/* What is there, and no more than a pipe holds: who writes without an end is not listened to
 * without an end. */
static void take(struct running *running, enum stream stream)
{
	char bytes[4096];
	ssize_t count;

	for (size_t taken = 0; running->streams[stream] >= 0 && taken <= PIPE;
	     taken += sizeof bytes) {
		count = read(running->streams[stream], bytes, sizeof bytes);
		if (count < 0 && later())
			return;
		if (count <= 0)
			shut(&running->streams[stream]);
		else
			take_bytes(running, stream, bytes, (size_t)count);
	}
}

static bool is_late(const struct running *running)
{
	return monotonic_ms() >= running->deadline;
}

/* Where there are no pidfds (valgrind knows none), it is looked for every now and then. */
static int patience(const struct running *running)
{
	uint64_t now = monotonic_ms();
	int left = now < running->deadline ? (int)(running->deadline - now) : 0;

	return running->ended < 0 && left > TICK ? TICK : left;
}

static bool has_ended(const struct running *running)
{
	siginfo_t end = { 0 };

	waitid(P_PID, (id_t)running->pid, &end, WEXITED | WNOHANG | WNOWAIT);
	return end.si_pid != 0;
}

/* Until the command itself has ended; what it left behind is not waited for. */
static bool attend(struct running *running, struct failure *why)
{
	struct pollfd polled[STREAMS + 2];
	bool ended = false;

	while (!ended) {
		for (int i = 0; i < STREAMS; i++)
			polled[i] = (struct pollfd){ running->streams[i],
						     i == INPUT ? POLLOUT : POLLIN, 0 };
		polled[STREAMS] = (struct pollfd){ running->ended, POLLIN, 0 };
		polled[STREAMS + 1] = (struct pollfd){ running->command->stop, POLLIN, 0 };
		poll(polled, STREAMS + 2, patience(running));
		ended = has_ended(running);
		if (!ended && is_late(running))
			return defer(why, "ADP-020", "the command has not ended within %g s",
				     (double)running->command->within / 1000);
		if (polled[STREAMS + 1].revents != 0)
			return defer(why, "ADP-020", "stopped while the command was running");
		if (polled[INPUT].revents != 0)
			feed(running);
		take(running, OUTPUT);
		take(running, ERRORS);
		if (running->output->length > EXECUTE_OUTPUT)
			return defer(why, "ADP-022", "the command writes more than %d bytes",
				     EXECUTE_OUTPUT);
	}
	return true;
}

static bool succeeded(int status, struct failure *why)
{
	if (WIFSIGNALED(status))
		return defer(why, "ADP-021", "the command was ended by SIG%s",
			     sigabbrev_np(WTERMSIG(status)) ?: "-");
	if (WEXITSTATUS(status) != 0)
		return defer(why, "ADP-021", "the command ended with status %d",
			     WEXITSTATUS(status));
	return true;
}

/* Lines become one, and those at the end go. */
static void tidy(char *said)
{
	size_t length = strlen(said);

	while (length > 0 && isspace((unsigned char)said[length - 1]))
		said[--length] = '\0';
	for (; *said != '\0'; said++)
		if (*said == '\n')
			*said = '|';
}

static void add_said(const char *said, struct failure *why)
{
	size_t had = strlen(why->text);

	if (*said != '\0')
		snprintf(why->text + had, sizeof why->text - had, "; it said: %s", said);
}

bool execute(struct text *output, char said[EXECUTE_SAID + 1], const struct command *command,
	     struct failure *why)
{
	struct running running = {
		.command = command,
		.ended = -1,
		.output = output,
		.said = said,
		.deadline = monotonic_ms() + (uint64_t)command->within,
	};
	bool done;
	int status;

	*said = '\0';
	if (!start(&running, why))
		return false;
	done = attend(&running, why);
	status = kill_and_reap(&running);
	end(&running);
	done = done && succeeded(status, why);
	tidy(said);
	if (!done)
		add_said(said, why);
	return done;
}
