#include "cli/process.h"

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

#include "core/arena.h"
#include "core/settings.h"
#include "core/text.h"

/* ---- in the child ------------------------------------------------------------------------------ */

static void forget_settings(void)
{
	const char *name, *metavar, *description, *standard;

	for (size_t i = 0; settings_describe(i, &name, &metavar, &description, &standard); i++) {
		char variable[64] = "NSW_";
		size_t at = 4;

		for (; *name != '\0' && at + 1 < sizeof variable; name++, at++)
			variable[at] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
		unsetenv(variable);
	}
}

static void redirect(int from, int to)
{
	if (from >= 0 && from != to)
		dup2(from, to);
}

static void arrange_streams(const char *log)
{
	redirect(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
	if (log != NULL)
		redirect(open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), STDERR_FILENO);
	redirect(STDERR_FILENO, STDOUT_FILENO);
}

/* Nothing of ours is left but memory. Whoever looks for the program finds it by its name. */
static void run_within(program_main *within, const char *const argv[])
{
	const char *slash = strrchr(argv[0], '/');
	int count = 0, status;

	prctl(PR_SET_NAME, slash != NULL ? slash + 1 : argv[0]);

	closefrom(STDERR_FILENO + 1);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	while (argv[count] != NULL)
		count++;
	status = within(count, (char **)argv);
	fflush(NULL);
	_exit(status);
}

static void become(const char *const argv[], program_main *within, const char *log, bool detached,
		   pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	arrange_streams(log);
	if (detached) {
		setsid();
	} else {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(EXIT_SUCCESS);
	}
	forget_settings();
	if (within != NULL)
		run_within(within, argv);
	execv(argv[0], (char *const *)argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* ---- starting ---------------------------------------------------------------------------------- */

bool process_start(struct process *out, const char *const argv[], program_main *within,
		   const char *log, bool detached, struct failure *why)
{
	pid_t parent = getpid();

	*out = (struct process){ .child = true };
	fflush(NULL);
	out->pid = fork();
	if (out->pid == 0)
		become(argv, within, log, detached, parent);
	out->descriptor = out->pid > 0 ? pidfd_open(out->pid, 0) : -1;
	if (out->descriptor >= 0)
		return true;
	fault(why, "CLI-010", "cannot be started: %s", strerror(errno));
	out->pid = 0;
	return failure_at(why, "%s", argv[0]);
}

bool process_run(const char *const argv[], struct failure *why)
{
	struct process process;
	int status = -1;

	if (!process_start(&process, argv, NULL, NULL, false, why))
		return false;
	process_ended(&process, -1, &status);
	if (status == 0)
		return true;
	fault(why, "CLI-014", "ended with status %d",
	      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return failure_at(why, "%s", argv[0]);
}

/* ---- finding ----------------------------------------------------------------------------------- */

static pid_t read_pid(const char *file)
{
	struct text text = TEXT_EMPTY;
	struct failure ignored;
	long pid = 0;

	if (text_read_file(&text, file, 64, &ignored) && text.length > 0)
		pid = strtol(text.bytes, NULL, 10);
	text_free(&text);
	return pid > 1 ? (pid_t)pid : 0;
}

/* Also of a socket there. */
static bool lies_in(const char *path, const char *folder)
{
	static const char socket[] = "ipc://";
	size_t length = strlen(folder);

	if (strncmp(path, socket, strlen(socket)) == 0)
		path += strlen(socket);
	return strncmp(path, folder, length) == 0 && path[length] == '/';
}

/* Its arguments, each with a NUL behind. */
static bool is_ours(pid_t pid, const char *program, const char *state)
{
	struct text line = TEXT_EMPTY;
	struct failure ignored;
	bool named = false, there = false;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
	if (text_read_file(&line, path, 1 << 20, &ignored))
		for (const char *word = line.bytes, *end = word + line.length; word < end;
		     word += strlen(word) + 1) {
			const char *slash = strrchr(word, '/');

			named = named || strcmp(slash != NULL ? slash + 1 : word, program) == 0;
			there = there || lies_in(word, state);
		}
	text_free(&line);
	return named && there;
}

bool process_find(struct process *out, const char *pid_file, const char *program, const char *state)
{
	*out = (struct process){ .pid = read_pid(pid_file), .descriptor = -1 };
	if (out->pid == 0)
		return false;
	out->descriptor = pidfd_open(out->pid, 0); /* first, then look: the number stays its own */
	if (out->descriptor >= 0 && is_ours(out->pid, program, state) &&
	    !process_ended(out, 0, NULL))
		return true;
	if (out->descriptor >= 0)
		close(out->descriptor);
	out->pid = 0;
	return false;
}

/* ---- ending ------------------------------------------------------------------------------------ */

bool process_ended(struct process *process, int timeout_ms, int *status)
{
	struct pollfd end = { .fd = process->descriptor, .events = POLLIN };
	int code = -1;

	if (process->pid == 0)
		return true;
	if (poll(&end, 1, timeout_ms) != 1)
		return false;
	if (process->child)
		waitpid(process->pid, &code, 0);
	if (status != NULL)
		*status = code;
	close(process->descriptor);
	process->pid = 0;
	return true;
}

void process_kill(const struct process *process)
{
	if (process->pid != 0)
		pidfd_send_signal(process->descriptor, SIGKILL, NULL, 0);
}

bool process_stop(struct process *process, int patience_ms)
{
	if (process->pid == 0)
		return true;
	pidfd_send_signal(process->descriptor, SIGTERM, NULL, 0);
	if (process_ended(process, patience_ms, NULL))
		return true;
	pidfd_send_signal(process->descriptor, SIGKILL, NULL, 0);
	process_ended(process, patience_ms, NULL);
	return false;
}
